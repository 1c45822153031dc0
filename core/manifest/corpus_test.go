package manifest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"selvage/core"
	"selvage/core/manifest"
)

// corpus are the YAML files of the project that parse, by their paths, and the
// documents that stand in others: what scenarios write into Git.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	add := func(name string, data []byte) {
		if _, err := manifest.Parse(data); err == nil {
			files[name] = data
		}
	}
	for _, root := range []string{"../..", "../../../shared/domain/samples"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() && d.Name() == ".git" {
				return fs.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") && !strings.HasSuffix(path, ".yml") {
				return err
			}
			data, err := os.ReadFile(path)
			add(path, data)
			if values, bad := manifest.Values(data); bad == nil && strings.Contains(path, "scenarios") {
				for i, text := range texts(values) {
					add(path+"#"+string(rune('a'+i%26))+text[:min(20, len(text))], []byte(text))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 20 {
		t.Fatalf("only %d files are found", len(files))
	}
	return files
}

// texts are the strings in decoded values that look like files.
func texts(v any) (all []string) {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "\nkind: ") {
			return []string{v}
		}
	case []any:
		for _, e := range v {
			all = append(all, texts(e)...)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			all = append(all, texts(v[k])...)
		}
	}
	return all
}

// trial is a change of a document, and of what kind it is.
type trial struct {
	manifest.Change
	kind string
}

// trials are edits of every scalar, removals of every entry and item, and an
// insertion into every map and list.
func trials(at core.Path, v any) (all []trial) {
	add := func(kind string, p core.Path, to core.Value) {
		all = append(all, trial{Change: manifest.Change{Path: p, Value: to}, kind: kind})
	}
	switch t := v.(type) {
	case map[string]any:
		if at != core.Root {
			add("insert", at.Key("selvage"), core.ValueOf("x: y"))
		}
		for _, k := range slices.Sorted(maps.Keys(t)) {
			if at != core.Root || k != "kind" && k != "apiVersion" && k != "metadata" {
				add("remove", at.Key(k), core.Value{})
			}
			all = append(all, trials(at.Key(k), t[k])...)
		}
	case []any:
		add("insert", at.Element("a new one"), core.ValueOf("a new one"))
		for i, e := range t {
			add("remove", at.Index(i), core.Value{})
			all = append(all, trials(at.Index(i), e)...)
		}
	default:
		// Which value it becomes depends on the place, so that all come up.
		values := []any{"a-b", int64(7), "1e3", "two\nlines\n"}
		to := values[len(at)%len(values)]
		if core.EqualJSON(v, to) {
			to = false
		}
		add("scalar", at, core.ValueOf(to))
	}
	return all
}

// tally counts edits and refusals.
type tally struct {
	edits    int
	refusals map[string]int
}

var quotedPart = regexp.MustCompile(`".*?"|&[^ :]+`)

// try makes every so manieth trial on every document of a file.
func (c *tally) try(t testing.TB, name string, file []byte, every int) {
	docs, err := manifest.Parse(file)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	values, err := manifest.Values(file)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	values = slices.DeleteFunc(values, func(v any) bool { return v == nil })
	if len(values) != len(docs) {
		return // a List: its items are other documents' values
	}
	for i, d := range docs {
		if d.Err != nil && !errors.Is(d.Err, manifest.ErrForeign) && !errors.Is(d.Err, core.ErrNotAnObject) {
			continue
		}
		for n, trial := range trials(core.Root, values[i]) {
			if n%every != 0 {
				continue
			}
			trial.Line = d.Line
			want, err := core.ValueOf(values[i]).With(trial.Path, trial.Value)
			if err != nil {
				continue
			}
			c.edits++
			got, err := manifest.Edit(file, "default", trial.Change)
			if err != nil {
				var refusal *manifest.Refusal
				if !errors.As(err, &refusal) {
					t.Errorf("%s: %s %s: %v", name, trial.kind, trial.Path, err)
					continue
				}
				c.refusals[trial.kind+": "+quotedPart.ReplaceAllString(refusal.Reason, "…")]++
				continue
			}
			if !c.right(t, file, got, values, i, want) {
				t.Errorf("%s: %s of %s to %s made\n%s", name, trial.kind, trial.Path, trial.Value, got)
				return
			}
			if n := changedLines(file, got); trial.kind == "scalar" && n > 1+bytes.Count([]byte(trial.Value.String()), []byte(`\n`)) && !multiline(values[i], trial.Path) {
				t.Errorf("%s: %s of %s to %s changed %d lines:\n%s", name, trial.kind, trial.Path, trial.Value, n, got)
				return
			}
		}
	}
}

func multiline(doc any, p core.Path) bool {
	s, ok := core.ValueOf(doc).At(p).Any().(string)
	return ok && len(s) > 60 || strings.Contains(s, "\n")
}

// right tells whether a document says what is wanted, and all others what they
// said.
func (c *tally) right(t testing.TB, before, after []byte, values []any, i int, want core.Value) bool {
	got, err := manifest.Values(after)
	if err != nil {
		t.Error(err)
		return false
	}
	got = slices.DeleteFunc(got, func(v any) bool { return v == nil })
	if len(got) != len(values) {
		return false
	}
	for j := range got {
		expected := core.ValueOf(values[j])
		if i == j {
			expected = want
		}
		if !core.ValueOf(got[j]).Equal(expected) {
			return false
		}
	}
	head, tail := untouched(before, after)
	return head+tail <= len(before) && bytes.HasPrefix(after, before[:head]) && bytes.HasSuffix(after, before[len(before)-tail:])
}

// untouched is how many bytes two texts share at their begin and at their end.
func untouched(a, b []byte) (head, tail int) {
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// changedLines is the number of lines of the new text that are not all the same.
func changedLines(a, b []byte) int {
	head, tail := untouched(a, b)
	return 1 + bytes.Count(b[head:len(b)-tail], []byte("\n"))
}

func (c *tally) report(t testing.TB, most float64) {
	refused := 0
	for _, reason := range slices.Sorted(maps.Keys(c.refusals)) {
		refused += c.refusals[reason]
		t.Logf("%6d refused: %s", c.refusals[reason], reason)
	}
	share := 100 * float64(refused) / float64(c.edits)
	t.Logf("%6d edits, %d refused: %.2f %%", c.edits, refused, share)
	if share > most {
		t.Errorf("%.2f %% of the edits are refused, more than %.1f %%", share, most)
	}
}

// slow tells whether there is time for all ("make slow").
func slow() bool {
	checks, err := strconv.Atoi(flag.Lookup("rapid.checks").Value.String())
	return err == nil && checks > 1000
}

// TestCorpusIsEditedInPlace edits every scalar, removes every entry and inserts
// one everywhere, one at a time; of the few files over 6 kB it takes every tenth
// such edit where time is short.
func TestCorpusIsEditedInPlace(t *testing.T) {
	files := corpus(t)
	names := slices.Sorted(maps.Keys(files))
	tallies := make([]tally, 4)
	var work sync.WaitGroup
	for i := range tallies {
		tallies[i].refusals = map[string]int{}
		work.Go(func() {
			for n := i; n < len(names); n += len(tallies) {
				every := 1
				if len(files[names[n]]) > 6000 && !slow() {
					every = 10
				}
				tallies[i].try(t, names[n], files[names[n]], every)
			}
		})
	}
	work.Wait()
	sum := tally{refusals: map[string]int{}}
	for _, c := range tallies {
		sum.edits += c.edits
		for reason, n := range c.refusals {
			sum.refusals[reason] += n
		}
	}
	sum.report(t, 3)
}

var plainEntry = regexp.MustCompile(`(?m)^( *)((?:- )?[A-Za-z0-9./-]+:(?: [A-Za-z0-9./-]+)?)$`)

// TestMutatedCorpusIsEditedInPlace does the same with other ways to write the
// same documents, for some of the edits of each.
func TestMutatedCorpusIsEditedInPlace(t *testing.T) {
	c := &tally{refusals: map[string]int{}}
	files := corpus(t)
	used := map[string]int{}
	for n, name := range slices.Sorted(maps.Keys(files)) {
		file := files[name]
		if len(file) > 6000 {
			continue
		}
		values, err := manifest.Values(file)
		if err != nil {
			t.Fatal(err)
		}
		for how, text := range map[string]string{
			"CRLF":          strings.ReplaceAll(string(file), "\n", "\r\n"),
			"mark":          "\ufeff" + string(file),
			"end":           strings.TrimRight(string(file), "\n"),
			"comments":      plainEntry.ReplaceAllString(string(file), "$1# about it\n$1$2   # it\n$1# below it\n"),
			"deep comments": plainEntry.ReplaceAllString(string(file), "$1$2 # it\n\n$1      # below it"),
			"brackets":      bracketed(values, ""),
			"lines":         bracketed(values, "  "),
		} {
			again, err := manifest.Values([]byte(text))
			if err != nil || !core.EqualJSON(any(again), any(values)) {
				continue
			}
			used[how]++
			c.try(t, name+" with "+how, []byte(text), 12+n%7)
		}
	}
	t.Log(used)
	if len(used) != 7 {
		t.Errorf("only %v could be made", used)
	}
	c.report(t, 3)
}

// bracketed writes documents with everything below their first keys between
// brackets, on one line or on many.
func bracketed(values []any, indent string) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteString("---\n")
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			text := core.CanonicalJSON(m[k])
			if indent != "" {
				var lines bytes.Buffer
				if json.Indent(&lines, text, "  ", indent) == nil {
					text = lines.Bytes()
				}
			}
			fmt.Fprintf(&b, "%s: %s # about it\n", core.CanonicalJSON(k), text)
		}
	}
	return b.String()
}

package manifest_test

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/manifest"
)

// item is one of a list that a person wrote, with remarks that nobody else has.
type item struct {
	value any
	text  string   // in block style, without indentation
	says  []string // pieces of the text that are there as long as the item is
}

// drawItem writes an item that is known by n: a scalar, a map with a name, or a
// list.
func drawItem(t *rapid.T, kind string, n int) item {
	id := fmt.Sprintf("i%d", n)
	above := ""
	if rapid.Bool().Draw(t, "above") {
		above = "# above " + id + "\n"
	}
	var i item
	switch kind {
	case "scalars":
		i = item{id, fmt.Sprintf("- %s # by %s\n", id, id), []string{fmt.Sprintf("- %s # by %s\n", id, id)}}
	case "names":
		speed := rapid.SampledFrom([]int64{10, 20}).Draw(t, "speed")
		i = item{
			map[string]any{"name": id, "speed": speed},
			fmt.Sprintf("- name: %s # by %s\n  speed: %d # of %s\n", id, id, speed, id),
			[]string{fmt.Sprintf("- name: %s # by %s\n", id, id), "# of " + id + "\n"},
		}
	default:
		i = item{[]any{id, "x"}, fmt.Sprintf("- - %s # by %s\n  - x # of %s\n", id, id, id), []string{fmt.Sprintf("- - %s # by %s\n", id, id), "  - x # of " + id + "\n"}}
	}
	if above != "" {
		i.text = above + i.text
		i.says = append(i.says, above+"- ")
	}
	return i
}

// TestCommentsOfItemsThatStaySurvive whatever becomes of the list around them: it
// gets longer or shorter, its order changes, and so do the other items.
func TestCommentsOfItemsThatStaySurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"scalars", "names", "lists"}).Draw(t, "kind")
		indent := rapid.SampledFrom([]string{"", "  ", "    "}).Draw(t, "indent")
		before, after := named("a")+"spec:\n  # the list\n  l: # it\n", "  # below\n  z: 1\n"
		var have []item
		var text strings.Builder
		for n := range rapid.IntRange(1, 7).Draw(t, "items") {
			i := drawItem(t, kind, n)
			have = append(have, i)
			for line := range strings.Lines(i.text) {
				text.WriteString("  " + indent + line)
			}
		}
		var want []any
		var says []string
		for _, i := range rapid.Permutation(have).Draw(t, "order") {
			switch rapid.IntRange(0, 5).Draw(t, "what becomes of it") {
			case 0: // it goes
				continue
			case 1: // another one comes
				want = append(want, drawItem(t, kind, 10+len(want)).value)
			case 2:
				if m, ok := i.value.(map[string]any); ok {
					i.value = map[string]any{"name": m["name"], "speed": int64(30), "mtu": int64(1)}
				}
			}
			want, says = append(want, i.value), append(says, i.says...)
		}
		if len(says) == 0 {
			return
		}
		file := []byte(before + text.String() + after)
		if rapid.Bool().Draw(t, "CRLF") {
			file = bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n"))
		}
		got, err := manifest.Edit(file, "default", manifest.Change{Object: key("VPC", "a"), Path: ".spec.l", Value: core.ValueOf(want)})
		if err != nil {
			t.Fatalf("%v:\n%s", err, file)
		}
		lines := bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n"))
		if !bytes.HasPrefix(lines, []byte(before)) || !bytes.HasSuffix(lines, []byte(after)) {
			t.Fatalf("what surrounds the list changed:\n%s", got)
		}
		flat := regexp.MustCompile(`(?m)^ +`).ReplaceAllString(string(lines), "")
		for _, s := range says {
			if !strings.Contains(flat, strings.TrimLeft(s, " ")) {
				t.Fatalf("%q is lost where it becomes %v:\n%s\nof\n%s", s, want, got, file)
			}
		}
	})
}

// TestCommentsBetweenBracketsSurvive: of items between brackets some stand on a
// line of their own, with a comment behind them or above.
func TestCommentsBetweenBracketsSurvive(t *testing.T) {
	refusals, edits := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		before, after := named("a")+"spec:\n  l: [", "] # it\n  z: 1\n"
		var have, want []any
		var text strings.Builder
		behind, above := map[any]bool{}, map[any]bool{}
		items := rapid.IntRange(2, 6).Draw(t, "items")
		text.WriteString(rapid.SampledFrom([]string{"", "\n", " # the list\n"}).Draw(t, "begin"))
		for n := range items {
			id := fmt.Sprintf("i%d", n)
			have = append(have, id)
			if strings.HasSuffix(text.String(), "\n") && rapid.Bool().Draw(t, "above") {
				text.WriteString("    # above " + id + "\n")
				above[id] = true
			}
			lead := " "
			if strings.HasSuffix(text.String(), "\n") {
				lead = "    "
			}
			comma := ","
			if n == items-1 {
				comma = rapid.SampledFrom([]string{"", ","}).Draw(t, "comma")
			}
			end := rapid.SampledFrom([]string{"", "\n", " # by " + id + "\n"}).Draw(t, "end")
			behind[id] = strings.Contains(end, "#")
			text.WriteString(lead + id + comma + end)
		}
		for _, v := range rapid.Permutation(have).Draw(t, "order") {
			switch rapid.IntRange(0, 4).Draw(t, "what becomes of it") {
			case 0:
				continue
			case 1:
				want = append(want, fmt.Sprintf("n%d", len(want)))
			}
			want = append(want, v)
		}
		if len(want) == 0 {
			return
		}
		file := []byte(before + text.String() + after)
		if values, err := manifest.Values(file); err != nil || !core.ValueOf(values[0]).At(".spec.l").Equal(core.ValueOf(have)) {
			t.Fatalf("the test writes something else than it means: %v\n%s", err, file)
		}
		edits++
		got, err := manifest.Edit(file, "default", manifest.Change{Object: key("VPC", "a"), Path: ".spec.l", Value: core.ValueOf(want)})
		if err != nil {
			refusals++
			t.Logf("%v:\n%s", err, file)
			return
		}
		if !strings.HasPrefix(string(got), before) || !strings.HasSuffix(string(got), after) {
			t.Fatalf("what surrounds the list changed:\n%s", got)
		}
		if strings.Contains(text.String(), "# the list") && !strings.Contains(string(got), "l: [ # the list\n") {
			t.Fatalf("the comment of the list is lost:\n%s\nof\n%s", got, file)
		}
		for _, v := range want {
			if behind[v] && !regexp.MustCompile(fmt.Sprintf(`\b%s,? +# by %[1]s\n`, v)).Match(got) ||
				above[v] && !regexp.MustCompile(fmt.Sprintf(`# above %s\n +%[1]s\b`, v)).Match(got) {
				t.Fatalf("a comment of %s is lost where it becomes %v:\n%s\nof\n%s", v, want, got, file)
			}
		}
	})
	if refusals > 0 {
		t.Errorf("%d of %d edits are refused", refusals, edits)
	}
}

// TestListsOfTheCorpusKeepTheirComments gives every entry of every document a
// comment, and every list of two and more items back without its first item, in
// another order and with a new one: nothing is lost but what goes with the item.
func TestListsOfTheCorpusKeepTheirComments(t *testing.T) {
	edits, refusals := 0, 0
	files := corpus(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if len(files[name]) > 6000 && !slow() {
			continue
		}
		n := 0
		file := plainEntry.ReplaceAllFunc(files[name], func(line []byte) []byte {
			n++
			indent := line[:len(line)-len(bytes.TrimLeft(line, " "))]
			return fmt.Appendf(nil, "%s# above %d\n%s # by %d", indent, n, line, n)
		})
		docs, err := manifest.Parse(file)
		values, bad := manifest.Values(file)
		if err != nil || bad != nil || len(values) != len(docs) {
			continue
		}
		for i, d := range docs {
			if d.Err != nil || d.Template {
				continue
			}
			for _, path := range places(core.Root, values[i]) {
				list, ok := core.ValueOf(values[i]).At(path).Any().([]any)
				if !ok || len(list) < 2 {
					continue
				}
				edit := func(want []any) []byte {
					got, err := manifest.Edit(file, "default", manifest.Change{Line: d.Line, Path: path, Value: core.ValueOf(want)})
					if edits++; err != nil {
						refusals++
						t.Logf("%s: %v", name, err)
					}
					return got
				}
				without := edit(list[1:])
				other := slices.Clone(list[1:])
				slices.Reverse(other)
				moved := edit(append(other, "a new one"))
				if without == nil || moved == nil {
					continue
				}
				if lost := remarks(without, moved); len(lost) > 0 {
					t.Errorf("%s: %s lost %q:\n%s", name, path, lost, moved)
					return
				}
			}
		}
	}
	t.Logf("%d edits, %d refused", edits, refusals)
	if refusals*100 > edits*3 || edits < 100 {
		t.Errorf("%d of %d edits are refused", refusals, edits)
	}
}

// remarks are the lines with a comment that a file has and another one has not,
// without indentation and dashes.
func remarks(file, other []byte) (lost []string) {
	line := regexp.MustCompile(`(?m)^[ -]*(.*# (?:by|above) \d+)\r?$`)
	has := map[string]bool{}
	for _, m := range line.FindAllSubmatch(other, -1) {
		has[string(m[1])] = true
	}
	for _, m := range line.FindAllSubmatch(file, -1) {
		if !has[string(m[1])] {
			lost = append(lost, string(m[1]))
		}
	}
	return lost
}

// FuzzEditList gives a list back without some of its items and in another order,
// and an item that was changed.
func FuzzEditList(f *testing.F) {
	for _, seed := range []string{
		"a:\n- x # one\n# above\n- y # two\n- z\n", "a: [x, # one\n  y, z # two\n]\n", "a:\n- name: x\n  b: |\n    t\n- name: y # c\n\n  # d\n- name: z\n", "a:\n  - - x\n    - y # c\n  -\n    # d\n    - z\n  - {b: 1,   # e\n     c: 2}\n", `{"a": ["x", {"b": 1}, []]}`, "a:\n- >+\n  x\n\n- y\n- &x z\n- *x\n",
	} {
		for order := range uint64(6) {
			f.Add([]byte(seed), ".a", order)
			f.Add([]byte(strings.ReplaceAll(seed, "\n", "\r\n")), ".a", order)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, path string, order uint64) {
		docs, err := manifest.Parse(file)
		if err != nil || len(docs) != 1 {
			return
		}
		values, err := manifest.Values(file)
		if _, bad := core.ParsePath(path); err != nil || bad != nil || len(values) == 0 {
			return
		}
		list, _ := core.ValueOf(values[0]).At(core.Path(path)).Any().([]any)
		var want []any
		for i, e := range slices.Backward(list) {
			switch order >> (2 * (i % 32)) & 3 {
			case 0:
				want = append(want, e)
			case 1:
				want = slices.Insert(want, 0, e)
			case 2:
				want = append(want, map[string]any{"name": e})
			}
		}
		to, err := core.ValueOf(values[0]).With(core.Path(path), core.ValueOf(want))
		if err != nil {
			return
		}
		got, err := manifest.Edit(file, "", manifest.Change{Line: docs[0].Line, Path: core.Path(path), Value: core.ValueOf(want)})
		if err != nil {
			return
		}
		if after, err := manifest.Values(got); err != nil || len(after) != len(values) || !core.ValueOf(after[0]).Equal(to) {
			t.Fatalf("%q became %q: %v", file, got, err)
		}
	})
}

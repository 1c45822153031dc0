package manifest_test

import (
	"bytes"
	"errors"
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

func simple() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`[a-z]{2,9}`), rapid.StringMatching(`[a-z]{2,4}( [a-z]{2,5}){1,6}`), rapid.StringMatching(`[a-z]{2,4}(\n[a-z]{2,5}){1,3}\n{0,2}`))
}

func scalars() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Map(simple(), func(s string) any { return s }),
		rapid.Map(rapid.SampledFrom(slices.DeleteFunc(awkward(), func(s string) bool { return strings.Contains(s, "{{") })), func(s string) any { return s }),
		rapid.Map(rapid.Int64Range(-9, 99999), func(n int64) any { return n }),
		rapid.SampledFrom([]any{true, false, nil, 0.5, 1e30}),
	)
}

func values(depth int) *rapid.Generator[any] {
	if depth == 0 {
		return scalars()
	}
	keys := rapid.OneOf(rapid.StringMatching(`[a-z]{2,6}`), rapid.SampledFrom([]string{"a.b/c", "1", "on", "E1/1", "x y"}))
	return rapid.OneOf(
		scalars(),
		rapid.Map(rapid.MapOfN(keys, values(depth-1), 0, 4), func(m map[string]any) any { return m }),
		rapid.Map(rapid.SliceOfN(values(depth-1), 0, 4), func(l []any) any { return l }),
	)
}

// places are the paths of all values in a value.
func places(at core.Path, v any) []core.Path {
	all := []core.Path{at}
	switch t := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(t)) {
			all = append(all, places(at.Key(k), t[k])...)
		}
	case []any:
		for i, e := range t {
			all = append(all, places(at.Index(i), e)...)
		}
	}
	return all
}

// drawFile writes an object between two others.
func drawFile(t *rapid.T, fold bool) (file []byte, doc any, line int) {
	spec := rapid.MapOfN(rapid.StringMatching(`[a-z]{2,5}`), values(3), 1, 4).Draw(t, "spec")
	s := &scribe{t: t, step: rapid.SampledFrom([]int{2, 2, 4}).Draw(t, "step"), list: rapid.SampledFrom([]int{0, 2}).Draw(t, "list"), fold: fold}
	s.b.WriteString("# first\n" + named("b") + "---\n" + named("a") + "spec:\n")
	s.entries(spec, s.step, false)
	if rapid.Bool().Draw(t, "another") {
		s.b.WriteString("---\n" + named("c"))
	}
	text := s.b.String()
	if rapid.IntRange(0, 3).Draw(t, "line ends") == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	all, err := manifest.Values([]byte(text))
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	doc = all[1]
	if !core.ValueOf(doc).At(".spec").Equal(core.ValueOf(any(spec))) {
		t.Fatalf("the test writes something else than it means:\n%s", text)
	}
	return []byte(text), doc, 7
}

// drawChange is a change of one place, or the addition of one.
func drawChange(t *rapid.T, doc any) manifest.Change {
	spec := core.ValueOf(doc).At(".spec")
	c := manifest.Change{Object: key("VPC", "a"), Path: rapid.SampledFrom(places(".spec", spec.Any())).Draw(t, "path")}
	switch core.ValueOf(doc).At(c.Path).Any().(type) {
	case map[string]any:
		c.Path = c.Path.Key(rapid.SampledFrom([]string{string(c.Path), "aa", "zz", "on"}).Draw(t, "key"))
	case []any:
		if rapid.Bool().Draw(t, "member") {
			c.Path = c.Path.Element("new")
			c.Value = core.ValueOf("new")
			return c
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "remove") > 0 || c.Path == ".spec" {
		c.Value = core.ValueOf(values(2).Draw(t, "value"))
	}
	return c
}

// TestEditIsRefusedOrExact is property P11: what is edited says what is wanted,
// all else says what it said, and what surrounds the place is there to the byte.
func TestEditIsRefusedOrExact(t *testing.T) {
	edits, refusals := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		file, doc, _ := drawFile(t, true)
		c := drawChange(t, doc)
		want, err := core.ValueOf(doc).With(c.Path, c.Value)
		if err != nil {
			return
		}
		edits++
		got, err := manifest.Edit(file, "default", c)
		var refusal *manifest.Refusal
		if errors.As(err, &refusal) {
			refusals++
			t.Logf("%v\n%s", err, file)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		exact(t, file, got, c, want)
	})
	if t.Logf("%d edits, %d refused", edits, refusals); refusals*20 > edits {
		t.Errorf("%d of %d edits are refused", refusals, edits)
	}
}

func exact(t *rapid.T, file, got []byte, c manifest.Change, want core.Value) {
	all, err := manifest.Values(got)
	if err != nil || !core.ValueOf(all[1]).Equal(want) {
		t.Fatalf("%s of %s made\n%s\nof\n%s\n%v", c.Path, c.Value, got, file, err)
	}
	spec := bytes.Index(file, []byte("spec:"))
	if !bytes.HasPrefix(got, file[:spec]) {
		t.Fatalf("%s: what is above it changed:\n%s", c.Path, got)
	}
	if i := bytes.LastIndex(file, []byte("\n---")); i > spec && !bytes.HasSuffix(got, file[i:]) {
		t.Fatalf("%s: what is below it changed:\n%s", c.Path, got)
	}
	// Comments are lost only with what they are about.
	if c.Value.Present() && !strings.Contains(string(file), "# in") && notes(got) < notes(file) && scalar(core.ValueOf(all[1]).At(c.Path).Any()) {
		before, _ := manifest.Values(file)
		if was := core.ValueOf(before[1]).At(c.Path); was.Present() && scalar(was.Any()) {
			t.Fatalf("%s to %s lost a comment:\n%s\nof\n%s", c.Path, c.Value, got, file)
		}
	}
}

func notes(file []byte) int {
	return len(regexp.MustCompile(`# (note|far|above|one|two|deeper|first)`).FindAll(file, -1))
}

func scalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

var beforeComment = regexp.MustCompile(` +# (note|far)`)

// TestEditAndItsInverse gives the file back: words for words, numbers for
// numbers. How far away a comment stands that had to give way is left out.
func TestEditAndItsInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, doc, _ := drawFile(t, false)
		path := rapid.SampledFrom(places(".spec", core.ValueOf(doc).At(".spec").Any())).Draw(t, "path")
		have := core.ValueOf(doc).At(path)
		var to any
		switch v := have.Any().(type) {
		case string:
			if !simpleText.MatchString(v) {
				return
			}
			to = rapid.StringMatching(`[a-z]{2,9}`).Draw(t, "word")
			if strings.Contains(v, "\n") {
				to = rapid.StringMatching(`[a-z]{2,4}(\n[a-z]{2,5}){1,3}\n`).Draw(t, "lines")
			}
		case int64:
			to = rapid.Int64Range(-9, 9999999).Draw(t, "number")
		default:
			return
		}
		there := manifest.Change{Object: key("VPC", "a"), Path: path, Value: core.ValueOf(to)}
		back := there
		back.Value = have
		edited, err := manifest.Edit(file, "default", there)
		if err != nil {
			t.Fatalf("%v:\n%s", err, file)
		}
		again, err := manifest.Edit(edited, "default", back)
		if err != nil {
			t.Fatalf("%v:\n%s", err, edited)
		}
		same := func(b []byte) string { return string(beforeComment.ReplaceAll(b, []byte(" # $1"))) }
		if same(again) != same(file) {
			t.Fatalf("%s from %s to %v and back:\n%s\nof\n%s\nby\n%s", path, have, to, again, file, edited)
		}
	})
}

var simpleText = regexp.MustCompile(`^[a-z]{2}[a-z]*(\n[a-z]+)*\n?$`)

// TestEditsConverge is property P12: a file that is edited again and again says
// what the same edits make of its values, and an edit that is the case already
// changes no byte.
func TestEditsConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, doc, _ := drawFile(t, true)
		model := core.ValueOf(doc)
		for range rapid.IntRange(1, 12).Draw(t, "edits") {
			c := drawChange(t, model.Any())
			want, err := model.With(c.Path, c.Value)
			if err != nil {
				continue
			}
			got, err := manifest.Edit(file, "default", c)
			if err != nil {
				continue
			}
			exact(t, file, got, c, want)
			again, err := manifest.Edit(got, "default", manifest.Change{Object: c.Object, Path: ".spec", Value: want.At(".spec")})
			if err != nil || !bytes.Equal(again, got) {
				t.Fatalf("the same edit again: %v\n%s", err, again)
			}
			file, model = got, want
		}
	})
}

// TestWholeObjectsBecomeAnother changes everything of an object at once.
func TestWholeObjectsBecomeAnother(t *testing.T) {
	edits, refusals := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		file, doc, _ := drawFile(t, true)
		want := core.ValueOf(doc)
		for range rapid.IntRange(1, 5).Draw(t, "edits") {
			if next, err := want.With(drawChange(t, want.Any()).Path, core.ValueOf(values(2).Draw(t, "value"))); err == nil {
				want = next
			}
		}
		edits++
		got, err := manifest.Edit(file, "default", manifest.Change{Object: key("VPC", "a"), Path: core.Root, Value: core.ValueOf(map[string]any{"spec": want.At(".spec").Any()})})
		if err != nil {
			refusals++
			t.Logf("%v\n%s", err, file)
			return
		}
		exact(t, file, got, manifest.Change{Path: core.Root}, want)
	})
	if t.Logf("%d edits, %d refused", edits, refusals); refusals*20 > edits {
		t.Errorf("%d of %d edits are refused", refusals, edits)
	}
}

// TestWhatDiffersMakesWhatTheWholeMakes: the changes of the entries that differ, each by
// itself, make of a file what the whole content makes of it.
func TestWhatDiffersMakesWhatTheWholeMakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, doc, _ := drawFile(t, true)
		have := core.ValueOf(doc)
		want, err := have.With(drawChange(t, doc).Path, core.ValueOf(values(2).Draw(t, "value")))
		if err != nil {
			return
		}
		fields := func(v core.Value) core.Value { return core.ValueOf(map[string]any{"spec": v.At(".spec").Any()}) }
		changes := differing(nil, core.Root, fields(have), fields(want))
		got, err := manifest.Edit(file, "default", changes...)
		whole, wholeErr := manifest.Edit(file, "default", manifest.Change{Object: key("VPC", "a"), Path: core.Root, Value: fields(want)})
		if (err != nil) != (wholeErr != nil) || !bytes.Equal(got, whole) {
			t.Fatalf("%v: %v\n%s\nand at once %v\n%s", changes, err, got, wholeErr, whole)
		}
	})
}

// differing are the changes of the entries of maps that differ between two contents of
// the VPC a; lists differ as a whole.
func differing(all []manifest.Change, at core.Path, have, want core.Value) []manifest.Change {
	h, isMap := have.Any().(map[string]any)
	w, toMap := want.Any().(map[string]any)
	switch {
	case have.Equal(want):
		return all
	case !isMap || !toMap || at != core.Root && (len(h) == 0 || len(w) == 0):
		return append(all, manifest.Change{Object: key("VPC", "a"), Path: at, Value: want})
	}
	keys := maps.Clone(h)
	maps.Copy(keys, w)
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		step := string(core.Root.Key(k))
		all = differing(all, at.Key(k), have.Step(step), want.Step(step))
	}
	return all
}

// TestManyChangesAtOnceDoNotDependOnTheirOrder makes the same edits in two
// orders.
func TestManyChangesAtOnceDoNotDependOnTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, doc, _ := drawFile(t, true)
		var changes []manifest.Change
		for range rapid.IntRange(2, 5).Draw(t, "edits") {
			c := drawChange(t, doc)
			if !slices.ContainsFunc(changes, func(o manifest.Change) bool { return o.Path.Overlaps(c.Path) }) {
				changes = append(changes, c)
			}
		}
		got, err := manifest.Edit(file, "default", changes...)
		slices.Reverse(changes)
		other, otherErr := manifest.Edit(file, "default", changes...)
		if fmt.Sprint(err != nil) != fmt.Sprint(otherErr != nil) || !bytes.Equal(got, other) {
			t.Fatalf("%v, %v:\n%s\nand\n%s", err, otherErr, got, other)
		}
	})
}

func FuzzEditScalar(f *testing.F) {
	for _, seed := range []string{named("a"), "a: &a {b: *a}\n", "a: |\n  x\nb: 1\n", "- a: 'x' # c\n  b:\n", `{"a": {"b": "x"}}`, "a:\n  b: >-\n    x\n    y\n\n    z\n", "a: [x, {y: z}] # c\n", "? a\n: b\n", "a: one\n  two\n", "--- # x\na: 1\n...\n", ">", "|", "''"} {
		for _, path := range []string{".", ".a", ".a.b", ".metadata.name", "[0].a", ".a[1].y"} {
			f.Add([]byte(seed), path, "yes")
			f.Add([]byte(strings.ReplaceAll(seed, "\n", "\r\n")), path, "two\nlines\n")
		}
	}
	f.Add([]byte("[]"), `[="x"]`, "x")
	f.Fuzz(func(t *testing.T, file []byte, path, value string) {
		docs, err := manifest.Parse(file)
		if err != nil || len(docs) == 0 {
			return
		}
		c := manifest.Change{Line: docs[0].Line, Path: core.Path(path), Value: core.ValueOf(value)}
		got, err := manifest.Edit(file, "", c)
		if err != nil {
			return
		}
		before, _ := manifest.Values(file)
		after, err := manifest.Values(got)
		if err != nil || len(before) != len(after) {
			t.Fatalf("%q became %q: %v", file, got, err)
		}
		differ := 0
		for i := range before {
			if !core.EqualJSON(before[i], after[i]) {
				differ++
			}
		}
		if differ > 1 || differ == 0 && !bytes.Equal(file, got) {
			t.Fatalf("%q became %q", file, got)
		}
	})
}

package drift_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/drift"
	"selvage/testdata/hedgehog"
)

// TestMain makes thousands of cases the rule for every property, unless the
// command line says how many.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "2000"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// plainObject is an object of a kind that nothing is known of, so that every
// list is decided as one and nothing is folded.
func plainObject(spec map[string]any) map[string]any {
	return map[string]any{
		"apiVersion": "shop.example.org/v1", "kind": "Widget",
		"metadata": map[string]any{"name": "w", "namespace": "default"}, "spec": spec,
	}
}

func anyScalar(t *rapid.T) any {
	return rapid.SampledFrom([]any{int64(1), "a", nil, false, true, int64(0), 1.5, "", "5", int64(5)}).Draw(t, "scalar")
}

func anyValue(t *rapid.T, depth int) any {
	switch what := rapid.IntRange(0, 3).Draw(t, "what"); {
	case depth <= 0 || what < 2:
		return anyScalar(t)
	case what == 2:
		return anyMap(t, depth-1)
	}
	list := make([]any, rapid.IntRange(0, 3).Draw(t, "items"))
	for i := range list {
		list[i] = anyValue(t, depth-1)
	}
	return list
}

func anyMap(t *rapid.T, depth int) map[string]any {
	m := map[string]any{}
	for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "x.y/z"}), max(0, depth-1), 4).Draw(t, "keys") {
		m[k] = anyValue(t, depth)
	}
	return m
}

// touched is a copy of a value with a few changes.
func touched(t *rapid.T, v any, depth int) any {
	if rapid.IntRange(0, 15).Draw(t, "anew") == 15 {
		return anyValue(t, depth)
	}
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(x)) {
			switch what := rapid.IntRange(0, 9).Draw(t, "entry"); {
			case what == 9:
			case what > 5:
				out[k] = touched(t, x[k], depth-1)
			default:
				out[k] = core.CloneJSON(x[k])
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "more") == 3 {
			maps.Copy(out, anyMap(t, depth-1))
		}
		return out
	case []any:
		var out []any
		for _, e := range x {
			switch what := rapid.IntRange(0, 9).Draw(t, "item"); {
			case what == 9:
			case what > 5:
				out = append(out, touched(t, e, depth-1))
			default:
				out = append(out, core.CloneJSON(e))
			}
		}
		return append([]any{}, out...)
	}
	if rapid.Bool().Draw(t, "keep") {
		return v
	}
	return anyScalar(t)
}

// touchedObject changes an object's spec and labels, and nothing else.
func touchedObject(t *rapid.T, obj map[string]any, depth int) map[string]any {
	out := core.CloneJSON(obj).(map[string]any)
	if spec, ok := touched(t, obj["spec"], depth).(map[string]any); ok {
		out["spec"] = spec
	}
	if rapid.IntRange(0, 3).Draw(t, "label") == 3 {
		meta := out["metadata"].(map[string]any)
		labels, _ := meta["labels"].(map[string]any)
		labels = maps.Clone(labels)
		if labels == nil {
			labels = map[string]any{}
		}
		labels["team"] = rapid.SampledFrom([]any{"net", "ops", ""}).Draw(t, "team")
		meta["labels"] = labels
	}
	return out
}

// manifests are those of a generated fabric: every kind, with what people write.
func manifests() []map[string]any { return hedgehog.Generate(hedgehog.Small(7)).Objects }

// taken reads one object as a whole side.
func taken(t *rapid.T, source string, obj map[string]any) *core.Snapshot {
	s := core.NewSnapshot(core.Reading{Source: source, Access: core.AccessOK, ReadAt: now, RevisionTime: now})
	o, err := core.NewObject(core.CloneJSON(obj))
	if err != nil {
		t.Fatal(err)
	}
	if o.Key.Namespace == "" {
		o.Key.Namespace = "default"
	}
	s.Add(o)
	s.CoverAll()
	return s
}

// oneVerdict is the only verdict of a report.
func oneVerdict(t *rapid.T, res *drift.Result) core.Verdict {
	if len(res.Report.Verdicts) != 1 {
		t.Fatalf("%d verdicts, want one", len(res.Report.Verdicts))
	}
	return res.Report.Verdicts[0]
}

// TestNothingDiffersFromItself is the first part of P1: diff(a, a) is empty.
func TestNothingDiffersFromItself(t *testing.T) {
	objects := manifests()
	rapid.Check(t, func(t *rapid.T) {
		obj := plainObject(anyMap(t, 3))
		if rapid.Bool().Draw(t, "Hedgehog's") {
			obj = touchedObject(t, rapid.SampledFrom(objects).Draw(t, "object"), 3)
		}
		v := oneVerdict(t, compare(taken(t, "git", obj), taken(t, "kube", obj), &core.Memory{}))
		if v.State != core.InSync || len(v.Changes) > 0 {
			t.Fatalf("%s: %+v", v.State, v.Changes)
		}
	})
}

// TestChangesMakeOneSideTheOther is the rest of P1: with every change made, git
// says what live says, and no change is reported twice or for nothing.
func TestChangesMakeOneSideTheOther(t *testing.T) {
	objects := manifests()
	rapid.Check(t, func(t *rapid.T) {
		before := plainObject(anyMap(t, 3))
		if rapid.Bool().Draw(t, "Hedgehog's") {
			before = rapid.SampledFrom(objects).Draw(t, "object")
		}
		after := touchedObject(t, before, 3)
		git := taken(t, "git", before)
		m := remembered(compare(git, taken(t, "kube", before), &core.Memory{}), git)
		v := oneVerdict(t, compareAt(at(1), git, taken(t, "kube", after), m))
		if v.State == core.InSync {
			if len(v.Changes) > 0 {
				t.Fatalf("in sync with changes %+v", v.Changes)
			}
			return
		}
		doc := core.ValueOf(v.Git)
		for i, c := range v.Changes {
			if c.Git.Equal(c.Live) {
				t.Fatalf("%s is the same on both sides: %s", c.Path, c.Git)
			}
			for _, o := range v.Changes[:i] {
				if c.Path.Overlaps(o.Path) {
					t.Fatalf("%s is reported, and %s", c.Path, o.Path)
				}
			}
			var err error
			if doc, err = doc.With(c.Path, c.Live); err != nil {
				t.Fatalf("change %s: %v", c.Path, err)
			}
		}
		got, want := entries(doc.At(".spec")), entries(core.ValueOf(v.Live).At(".spec"))
		if core.HedgehogGroup(v.Key.Group) {
			got, want = meaning(got), meaning(want)
		}
		if !core.EqualJSON(got, want) {
			t.Fatalf("git with the changes is\n%s\nlive is\n%s\nchanges %s", core.CanonicalJSON(got), core.CanonicalJSON(want), say(&core.Report{Verdicts: []core.Verdict{v}}))
		}
	})
}

// entries are a spec; one without entries may be left out.
func entries(spec core.Value) any {
	if !spec.Present() {
		return map[string]any{}
	}
	return spec.Any()
}

// meaning is a document as a server with Go types understands it, whatever the
// order of its lists: without what is empty.
func meaning(v any) any {
	switch t := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range t {
			if e = meaning(e); e != nil {
				out[k] = e
			}
		}
		if len(out) > 0 {
			return out
		}
		return nil
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = meaning(e)
		}
		slices.SortFunc(out, core.CompareJSON)
		if len(out) > 0 {
			return out
		}
		return nil
	case string:
		if t == "" {
			return nil
		}
	case bool:
		if !t {
			return nil
		}
	case int64:
		if t == 0 {
			return nil
		}
	}
	return v
}

// webhook adds fields to a spec where there are none, the same each time.
func webhook(spec map[string]any, additions map[string]any) map[string]any {
	out := core.CloneJSON(spec).(map[string]any)
	for k, add := range additions {
		have, ok := out[k]
		m, isMap := have.(map[string]any)
		below, addMap := add.(map[string]any)
		switch {
		case !ok || have == nil:
			out[k] = core.CloneJSON(add)
		case isMap && addMap:
			out[k] = webhook(m, below)
		}
	}
	return out
}

// TestNoWebhookMakesDrift is P10 for a kind that nothing is known of: whatever a
// webhook adds is part of what the sides agreed on, and an edit past it is
// reported, and it alone.
func TestNoWebhookMakesDrift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec, additions := anyMap(t, 3), anyMap(t, 3)
		git := taken(t, "git", plainObject(spec))
		live := webhook(spec, additions)
		first := compare(git, taken(t, "kube", plainObject(live)), &core.Memory{})
		if v := oneVerdict(t, first); v.State != core.InSync {
			t.Fatalf("at first contact %s: %+v", v.State, v.Changes)
		}
		m := remembered(first, git)
		if v := oneVerdict(t, compareAt(at(1), git, taken(t, "kube", plainObject(live)), m)); v.State != core.InSync {
			t.Fatalf("later %s: %+v", v.State, v.Changes)
		}
		path, edited, ok := leafEdit(t, live)
		if !ok {
			return
		}
		v := oneVerdict(t, compareAt(at(1), git, taken(t, "kube", plainObject(edited)), m))
		if v.State != core.Drifted || len(v.Changes) != 1 || !reports(v.Changes[0], path) || v.Changes[0].Verdict != core.FieldDrift {
			t.Fatalf("an edit of %s is %s: %+v", path, v.State, v.Changes)
		}
	})
}

// reports tells whether a change is at a path, or at the list that it lies in.
func reports(c core.Change, path core.Path) bool {
	rest, below := strings.CutPrefix(string(path), string(c.Path))
	return below && (rest == "" || rest[0] == '[' && rest[1] != '"')
}

// leafEdit gives one leaf of a spec another value; false where there is none. A
// list counts as its items where they are scalars.
func leafEdit(t *rapid.T, spec map[string]any) (core.Path, map[string]any, bool) {
	var leaves []core.Path
	var walk func(v any, p core.Path)
	walk = func(v any, p core.Path) {
		switch x := v.(type) {
		case nil:
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(x)) {
				walk(x[k], p.Key(k))
			}
		case []any:
			for i, e := range x {
				walk(e, p.Index(i))
			}
		default:
			leaves = append(leaves, p)
		}
	}
	walk(spec, core.Root)
	if len(leaves) == 0 {
		return "", nil, false
	}
	p := rapid.SampledFrom(leaves).Draw(t, "leaf")
	out, err := core.ValueOf(spec).With(p, core.ValueOf("edited"))
	if err != nil {
		t.Fatal(err)
	}
	return core.Path(".spec" + string(p)), out.Any().(map[string]any), true
}

// TestHedgehogsWebhooksMakeNoDrift is P10 with webhooks that know nothing of this
// package: every kind, however it came to the server.
func TestHedgehogsWebhooksMakeNoDrift(t *testing.T) {
	objects := manifests()
	rapid.Check(t, func(t *rapid.T) {
		obj := rapid.SampledFrom(objects).Draw(t, "object")
		o := hedgehog.LiveOptions{Now: now, Method: rapid.SampledFrom([]hedgehog.Method{hedgehog.ServerSideApply, hedgehog.ClientSideApply, hedgehog.Post}).Draw(t, "method")}
		if rapid.Bool().Draw(t, "hydrated") {
			o.Hydration = hedgehog.PlanHydration(objects)
		}
		git, live := taken(t, "git", obj), hedgehog.Live(obj, o)
		first := compare(git, taken(t, "kube", live), &core.Memory{})
		if v := oneVerdict(t, first); v.State != core.InSync {
			t.Fatalf("at first contact %s %s: %+v", v.Key, v.State, v.Changes)
		}
		edit, ok := liveEdit(t, live)
		if !ok {
			return
		}
		edited := core.CloneJSON(live).(map[string]any)
		if _, changed := hedgehog.EditLive(edited, edit, hedgehog.KubectlEdit, now.Add(time.Minute)); !changed {
			return
		}
		// A webhook that runs again may take the edit back or follow it up: what
		// counts is what the API then says.
		want := differing(t, live, edited)
		v := oneVerdict(t, compareAt(at(2), git, taken(t, "kube", edited), remembered(first, git)))
		if len(want) == 0 {
			if v.State != core.InSync {
				t.Fatalf("%s: an edit of %s that changed nothing is %s: %+v", v.Key, edit.Path, v.State, v.Changes)
			}
			return
		}
		if v.State != core.Drifted {
			t.Fatalf("%s: %s made %v another, and it is %s", v.Key, edit.Path, want, v.State)
		}
		for _, c := range v.Changes {
			if !slices.ContainsFunc(want, c.Path.Overlaps) {
				t.Fatalf("%s: %s is reported, and only %v was edited", v.Key, c.Path, want)
			}
			mine := c.Path.Overlaps(core.Path(edit.Path.String())) // and not what a webhook made of it
			if mine && c.Live.Present() && c.Manager != hedgehog.KubectlEdit {
				t.Fatalf("%s: %s by %q after an edit of %s", v.Key, c.Path, c.Manager, edit.Path)
			}
		}
	})
}

// differing are the roots of what two documents of the API differ by in spec,
// with lists as one.
func differing(t *rapid.T, a, b map[string]any) []core.Path {
	t.Helper()
	var paths []core.Path
	var walk func(a, b any, p core.Path)
	walk = func(a, b any, p core.Path) {
		x, okA := a.(map[string]any)
		y, okB := b.(map[string]any)
		if !okA || !okB {
			if !core.EqualJSON(a, b) {
				paths = append(paths, p)
			}
			return
		}
		keys := slices.Concat(slices.Collect(maps.Keys(x)), slices.Collect(maps.Keys(y)))
		slices.Sort(keys)
		for _, k := range slices.Compact(keys) {
			walk(x[k], y[k], p.Key(k))
		}
	}
	walk(a["spec"], b["spec"], ".spec")
	return paths
}

// liveEdit changes one scalar of an object's spec that is in no list to another
// of its type.
func liveEdit(t *rapid.T, live map[string]any) (hedgehog.Edit, bool) {
	var leaves []hedgehog.Path
	var walk func(v any, p hedgehog.Path)
	walk = func(v any, p hedgehog.Path) {
		if m, ok := v.(map[string]any); ok {
			for _, k := range slices.Sorted(maps.Keys(m)) {
				walk(m[k], append(slices.Clone(p), k))
			}
			return
		}
		if _, ok := v.([]any); !ok && v != nil {
			leaves = append(leaves, p)
		}
	}
	walk(live["spec"], hedgehog.Path{"spec"})
	leaves = slices.DeleteFunc(leaves, func(p hedgehog.Path) bool { return len(p) < 2 })
	if len(leaves) == 0 {
		return hedgehog.Edit{}, false
	}
	p := rapid.SampledFrom(leaves).Draw(t, "edited")
	v, _ := p.At(live)
	switch x := v.(type) {
	case bool:
		v = !x
	case int64:
		v = x + rapid.Int64Range(1, 9).Draw(t, "more")
	case string:
		v = strings.TrimSpace(x + fmt.Sprintf("%d", rapid.IntRange(1, 9).Draw(t, "suffix")))
	default:
		return hedgehog.Edit{}, false
	}
	return hedgehog.Edit{Path: p, Value: v}, true
}

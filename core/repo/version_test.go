package repo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// step is a commit of a told story: files to write, with nothing to remove one.
type step map[string]string

// story makes a repository of steps.
func story(t testing.TB, steps ...step) (*world, []string) {
	t.Helper()
	w := newWorld(t)
	var ids []string
	for _, s := range steps {
		for path, content := range s {
			if content == "" {
				w.git("rm", "-q", path)
			} else {
				w.write(path, content)
			}
		}
		ids = append(ids, w.commit())
	}
	return w, ids
}

func TestWhatCountsAsAVersion(t *testing.T) {
	a := func(value int) string { return text([]doc{{"a", value}}) }
	const prefix = "namePrefix: x-\nresources: [f.yaml]\n"
	for name, c := range map[string]struct {
		steps []step
		want  string
	}{
		"a comment is none":                   {[]step{{"f.yaml": a(1)}, {"f.yaml": "# why\n" + a(1)}, {"f.yaml": a(2)}}, "f.yaml=2 by 2[1], f.yaml=1 by 0"},
		"the rest of the file is none":        {[]step{{"f.yaml": a(1)}, {"f.yaml": vpc("b") + "---\n" + a(1)}}, "f.yaml=1 by 0"},
		"what a namespace says already":       {[]step{{"f.yaml": a(1)}, {"f.yaml": strings.Replace(a(1), "name: a", "name: a\n  namespace: default", 1)}}, "f.yaml=1 by 0"},
		"another namespace":                   {[]step{{"f.yaml": a(1)}, {"f.yaml": strings.Replace(a(1), "name: a", "name: a\n  namespace: x", 1)}}, "gone by 1[1], f.yaml=1 by 0"},
		"a removal":                           {[]step{{"f.yaml": a(1)}, {"f.yaml": "", "g": "x"}}, "gone by 1[1], f.yaml=1 by 0"},
		"a removal, long ago":                 {[]step{{"f.yaml": a(1)}, {"f.yaml": "", "g": "x"}, {"g": "y"}}, "gone by 1[1], f.yaml=1 by 0"},
		"another life":                        {[]step{{"f.yaml": a(1)}, {"f.yaml": "", "g": "x"}, {"g": "y"}, {"h.yaml": a(1)}}, "h.yaml=1 by 3[1], gone by 1[2], f.yaml=1 by 0"},
		"a file that was broken":              {[]step{{"f.yaml": a(1)}, {"f.yaml": "\t{" + a(5)}, {"f.yaml": a(2)}}, "f.yaml=2 by 2[1], f.yaml=1 by 0"},
		"a file that was broken and mended":   {[]step{{"f.yaml": a(1)}, {"f.yaml": "\t{" + a(5)}, {"f.yaml": a(1)}}, "f.yaml=1 by 0"},
		"a file that began broken":            {[]step{{"f.yaml": "\t{" + a(5)}, {"f.yaml": a(1)}}, "f.yaml=1 by 1"},
		"a file that is broken":               {[]step{{"f.yaml": a(1)}, {"f.yaml": a(2)}, {"f.yaml": "\t{" + a(5)}}, "f.yaml=2 by 1[1], f.yaml=1 by 0"},
		"SOPS, and now":                       {[]step{{"f.yaml": a(1)}, {"f.yaml": a(1) + "sops: {}\n"}, {"f.yaml": a(2)}}, "f.yaml=2 by 2[1], f.yaml=1 by 0"},
		"now SOPS":                            {[]step{{"f.yaml": a(1)}, {"f.yaml": a(1) + "sops: {}\n"}}, "f.yaml=1 by 0"},
		"a template, and now":                 {[]step{{"f.yaml": a(1)}, {"f.yaml": a(1) + "  x: '{{ y }}'\n"}, {"f.yaml": a(2)}}, "f.yaml=2 by 2[1], f.yaml=1 by 0"},
		"twice in a file, and now":            {[]step{{"f.yaml": a(1)}, {"f.yaml": a(1) + "---\n" + a(5)}, {"f.yaml": a(2)}}, "f.yaml=2 by 2[1], f.yaml=1 by 0"},
		"under a kustomization, and now":      {[]step{{"f.yaml": a(1)}, {"kustomization.yaml": prefix}, {"f.yaml": a(2)}, {"kustomization.yaml": ""}, {"f.yaml": a(3)}}, "f.yaml=3 by 4[1], f.yaml=2 by 3[2], f.yaml=1 by 0"},
		"now under a kustomization":           {[]step{{"f.yaml": a(1)}, {"kustomization.yaml": prefix}, {"f.yaml": a(2)}}, "f.yaml=1 by 0"},
		"from outside":                        {[]step{{"old/f.txt": a(1)}, {"old/f.txt": "", "f.yaml": a(1)}, {"f.yaml": a(2)}}, "f.yaml=2 by 2[1], f.yaml=1 by 1"},
		"another kind of the same name":       {[]step{{"f.yaml": a(1)}, {"f.yaml": strings.Replace(a(1), "kind: VPC", "kind: External", 1)}, {"f.yaml": a(2)}}, "f.yaml=2 by 2[1], gone by 1[2], f.yaml=1 by 0"},
		"an older version of the API is none": {[]step{{"f.yaml": strings.Replace(a(1), "v1beta1", "v1alpha2", 1)}, {"f.yaml": a(1)}}, "f.yaml=1 by 0"},
	} {
		t.Run(name, func(t *testing.T) {
			w, ids := story(t, c.steps...)
			if got := told(ids, look(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}), nil, key("a"))[key("a")]); got != c.want {
				t.Errorf("the past is\n     %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCommitTellsWhoWhenAndWhy(t *testing.T) {
	w := newWorld(t)
	var h history
	h.commit(files{"a.yaml": {{"a", 1}}})
	h.commit(files{"a.yaml": {{"a", 2}}}, 0)
	ids := h.write(t, w.dir)
	got := look(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}), nil, key("a"))[key("a")].Versions[0]
	want := core.Commit{ID: ids[1], Author: "A1", Time: time.Unix(epoch+60, 0).UTC(), Summary: "commit 1"}
	if got.Commit != want {
		t.Errorf("commit %+v, want %+v", got.Commit, want)
	}
	if o := got.Object; o.Key != key("a") || o.Origin != (core.Origin{Path: "a.yaml", Line: 1}) || o.Version != "v1beta1" {
		t.Errorf("object %+v", o)
	}
}

func TestObjectOfAKindWithoutNamespacesIsFound(t *testing.T) {
	w, _ := story(t, step{"f.yaml": text([]doc{{"a", 1}})}, step{"f.yaml": text([]doc{{"a", 2}}), "g.yaml": strings.Replace(vpc("b"), "name: b", "name: b\n  namespace: x", 1)})
	a, b := key("a"), key("b")
	a.Namespace, b.Namespace = "", ""
	found := look(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}), nil, a, b)
	if got := values(found[a]); got != "2 1" || found[a].Versions[0].Object.Key != a {
		t.Errorf("the past of a is %q", got)
	}
	if len(found[b].Versions) != 1 || found[b].Versions[0].Object.Key != b {
		t.Errorf("the past of b is %+v", found[b])
	}
}

func TestEachRepositoryTellsOfItsOwnObjects(t *testing.T) {
	one, _ := story(t, step{"net/same.yaml": text([]doc{{"a", 1}})}, step{"net/same.yaml": text([]doc{{"a", 2}})}, step{"net/moved.yaml": text([]doc{{"m", 1}})}, step{"net/moved.yaml": ""})
	two, _ := story(t, step{"net/same.yaml": text([]doc{{"b", 5}})}, step{"net/moved.yaml": text([]doc{{"m", 2}}), "net/gone.yaml": text([]doc{{"g", 1}})}, step{"net/gone.yaml": ""})
	src := pool().Source([]repo.Location{{URL: one.dir, Branch: "main", Path: "net"}, {URL: two.dir, Branch: "main", Path: "net"}})
	found := look(t, src, nil, key("a"), key("b"), key("m"), key("g"), key("never"))
	for name, want := range map[string]string{"a": "2 1", "b": "5", "m": "2 ...", "g": "gone 1", "never": ""} {
		if got := values(found[key(name)]); got != want {
			t.Errorf("the past of %s is %q, want %q", name, got, want)
		}
	}
	at := src.Read(t.Context(), scope())
	two.git("branch", "-m", "other")
	r := readOfSecond(t, src)
	if got, err := src.Descends(t.Context(), at.Readings[1], one.git("rev-parse", "HEAD~1")); got || err != nil {
		t.Errorf("a commit of another repository: %v, %v", got, err)
	}
	if r.Access == core.AccessOK {
		t.Fatal("a branch that is gone was read")
	}
	if _, err := src.Past(t.Context(), core.NewSnapshot(at.Readings[0]), scope(), []core.Key{key("a")}, nil); err == nil {
		t.Error("a snapshot of other directories was good enough")
	}
}

func readOfSecond(t *testing.T, s *repo.Source) core.Reading {
	t.Helper()
	return read(t, s).Readings[1]
}

// TestOneRepositoryThatIsAwayHidesNoneButItsOwn has two, of which one cannot be
// looked into.
func TestOneRepositoryThatIsAwayHidesNoneButItsOwn(t *testing.T) {
	one, _ := story(t, step{"a.yaml": text([]doc{{"a", 1}})})
	two, _ := story(t, step{"b.yaml": text([]doc{{"b", 1}})})
	src := pool().Source([]repo.Location{{URL: one.dir, Branch: "main"}, {URL: two.dir, Branch: "main"}})
	at := readOK(t, src)
	broken := *at
	broken.Readings = slices.Clone(at.Readings)
	broken.Readings[1].Revision = strings.Repeat("1", 40)
	found, err := src.Past(t.Context(), &broken, scope(), []core.Key{key("a"), key("b"), key("never")}, nil)
	if _, ok := found[key("a")]; !ok || len(found) != 1 || err == nil {
		t.Errorf("found %v, %v; want a alone, and an error", found, err)
	}
}

func TestPastStopsWhereEnoughIsKnown(t *testing.T) {
	var h history
	h.commit(files{"a.yaml": {{"a", 0}}})
	for i := 1; i < 60; i++ {
		h.commit(files{"a.yaml": {{"a", i}}}, i-1)
	}
	w := newWorld(t)
	h.write(t, w.dir)
	src := pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}})
	if p := look(t, src, nil, key("a"))[key("a")]; len(p.Versions) != 50 || p.Whole {
		t.Errorf("%d versions, whole %v; want 50 and not whole", len(p.Versions), p.Whole)
	}
	var seen []int
	p := look(t, src, func(k core.Key, p core.Past) bool {
		seen = append(seen, len(p.Versions))
		return k == key("a") && len(p.Versions) == 3
	}, key("a"))[key("a")]
	if got := values(p); got != "59 58 57 ..." || !slices.Equal(seen, []int{1, 2, 3}) {
		t.Errorf("the past is %q after %v", got, seen)
	}
}

// TestMakerOfAFieldIsFoundThroughAMerge has two fields that were changed on
// either side of a merge.
func TestMakerOfAFieldIsFoundThroughAMerge(t *testing.T) {
	w := newWorld(t)
	field := func(x, y int) string {
		return fmt.Sprintf("%s  one: %d\n  # apart\n  # so that\n  # git merges\n  two: %d\n", vpc("a"), x, y)
	}
	w.write("a.yaml", field(1, 1))
	first := w.commit()
	w.git("checkout", "-q", "-b", "side")
	w.write("a.yaml", field(1, 2))
	side := w.commit()
	w.git("checkout", "-q", "main")
	w.write("a.yaml", field(2, 1))
	main := w.commit()
	w.git("merge", "-q", "--no-ff", "-m", "merge", "side")
	p := look(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}), nil, key("a"))[key("a")]
	for name, c := range map[string]struct {
		value int64
		maker string
	}{"one": {2, main}, "two": {2, side}} {
		v, sure := p.Maker(func(o *core.Object) bool { return o.Fields["spec"].(map[string]any)[name] == c.value })
		if v.Commit.ID != c.maker || !sure {
			t.Errorf("%s was made by %s (%v), want %s", name, v.Commit.ID, sure, c.maker)
		}
	}
	if v, _ := p.Maker(func(o *core.Object) bool { return o.Fields["spec"].(map[string]any)["vlanNamespace"] == "default" }); v.Commit.ID != first {
		t.Errorf("what never changed was made by %s, want %s", v.Commit.ID, first)
	}
}

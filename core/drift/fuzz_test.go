package drift_test

import (
	"reflect"
	"testing"

	"selvage/core"
)

// FuzzCompare compares two documents of one of Hedgehog's kinds, whatever is in
// them: as strangers, and as what became of the first of them.
func FuzzCompare(f *testing.F) {
	kinds := core.Kinds()
	for i, k := range kinds {
		for _, obj := range manifests() {
			if obj["kind"] == k.Kind {
				doc := string(core.CanonicalJSON(obj))
				f.Add(uint8(i), doc, doc)
				f.Add(uint8(i), doc, `{"spec":{}}`)
				break
			}
		}
	}
	for _, pair := range [][2]string{
		{`{"spec":{"subnets":{"a":null}}}`, `{"spec":{"subnets":[]}}`},
		{`{"spec":{"staticRoutes":[{"prefix":{"a":1}},{"prefix":null}]}}`, `{"spec":{"staticRoutes":[{"prefix":"a,b=\"]"},{"prefix":"a,b=\"]"}]}}`},
		{`{"spec":{"staticRoutes":[{"prefix":1,"nextHops":["a"]}]}}`, `{"spec":{"staticRoutes":[{"prefix":1.0,"nextHops":["b"]},1]}}`},
		{`{"metadata":{"labels":{"a":1}},"spec":1}`, `{"metadata":{"labels":[]},"spec":{"":{"":[[]]}}}`},
		{`{"spec":{"subnets":{"a":{"subnet":"10.0.0.1/33","dhcp":{"enable":true}}}}}`, `{"spec":{"subnets":{"a":{"subnet":"::/0","gateway":"x"}}}}`},
	} {
		f.Add(uint8(0), pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, kind uint8, git, live string) {
		k := kinds[int(kind)%len(kinds)]
		g, okG := fuzzed(k, git)
		l, okL := fuzzed(k, live)
		if !okG || !okL {
			return
		}
		gitWas, liveWas := core.CloneJSON(g.Fields), core.CloneJSON(l.Fields)
		same(t, g, g)
		same(t, l, l)
		before := read("git", g)
		agreed := remembered(compare(before, read("kube", g), &core.Memory{}), before)
		for name, memory := range map[string]*core.Memory{"first": {}, "later": agreed} {
			once := compareAt(at(1), read("git", g), read("kube", l), memory).Report.Verdicts
			again := compareAt(at(1), read("git", g), read("kube", l), memory).Report.Verdicts
			if !reflect.DeepEqual(once, again) {
				t.Errorf("%s: %+v, and then %+v", name, once, again)
			}
			for _, c := range once[0].Changes {
				if c.Git.Equal(c.Live) {
					t.Errorf("%s: %s is the same on both sides: %s", name, c.Path, c.Git)
				}
			}
		}
		if !core.EqualJSON(g.Fields, gitWas) || !core.EqualJSON(l.Fields, liveWas) {
			t.Errorf("the comparison changed what it was given: git\n%s\nwas\n%s\nlive\n%s\nwas\n%s",
				core.CanonicalJSON(g.Fields), core.CanonicalJSON(gitWas), core.CanonicalJSON(l.Fields), core.CanonicalJSON(liveWas))
		}
	})
}

// fuzzed is a document as an object of a kind that is not being deleted, false
// where it is none at all.
func fuzzed(k core.Kind, text string) (*core.Object, bool) {
	v, err := core.DecodeJSON([]byte(text))
	doc, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, false
	}
	meta, ok := doc["metadata"].(map[string]any)
	if !ok {
		meta = map[string]any{}
	}
	delete(meta, "deletionTimestamp")
	meta["name"], meta["namespace"] = "w", "default"
	doc["apiVersion"], doc["kind"], doc["metadata"] = k.Group+"/"+k.Version, k.Kind, meta
	o, err := core.NewObject(doc)
	return o, err == nil
}

// read is a whole side that holds one object.
func read(source string, o *core.Object) *core.Snapshot {
	s := core.NewSnapshot(core.Reading{Source: source, Access: core.AccessOK, ReadAt: now, RevisionTime: now})
	s.Add(o)
	s.CoverAll()
	return s
}

// same fails where two equal documents are said to differ.
func same(t *testing.T, git, live *core.Object) {
	t.Helper()
	v := compare(read("git", git), read("kube", live), &core.Memory{}).Report.Verdicts
	if len(v) != 1 || v[0].State != core.InSync || len(v[0].Changes) > 0 {
		t.Errorf("%s beside itself: %+v", core.CanonicalJSON(git.Fields), v)
	}
}

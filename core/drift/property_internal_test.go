package drift

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
)

// documentOf draws a document that goes where the rules of a kind go, in values
// that they may know and others.
func documentOf(t *rapid.T, n *node) map[string]any {
	m, _ := drawnValue(t, n, true, 8).(map[string]any)
	for _, k := range []string{"spec", "metadata"} {
		if _, ok := m[k].(map[string]any); !ok {
			m[k] = map[string]any{}
		}
	}
	return m
}

func drawnValue(t *rapid.T, n *node, deeper bool, depth int) any {
	switch {
	case depth <= 0:
		return drawn(t)
	case n == nil:
		switch rapid.IntRange(0, 5).Draw(t, "free") {
		case 4:
			return map[string]any{"a": drawnValue(t, nil, false, depth-1), "b": drawn(t)}
		case 5:
			return []any{drawnValue(t, nil, false, depth-1), drawn(t)}
		}
		return drawn(t)
	case !deeper && rapid.IntRange(0, 9).Draw(t, "odd") == 9:
		return drawnValue(t, nil, false, 1)
	}
	if item, list := n.kids[anyItem]; list || n.set || len(n.keys) > 0 || n.complete == nil && len(n.kids) == 0 && n.any == nil && rapid.IntRange(0, 3).Draw(t, "list") == 3 {
		out := make([]any, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range out {
			out[i] = drawnItem(t, n, item, depth-1)
		}
		return out
	}
	keys := slices.Sorted(maps.Keys(n.kids))
	if n.any != nil || n.dict || n.rekey != nil || len(n.owners) > 0 {
		keys = append(keys, "one", "A4-bb:00.11:22:33", "00:11:22:33:44:55", "fabric.githedgehog.com/x", "argocd.argoproj.io/tracking-id")
	}
	if len(keys) == 0 {
		return drawn(t)
	}
	m := map[string]any{}
	for _, k := range keys {
		if rapid.IntRange(0, 4).Draw(t, k) < 4 {
			m[k] = drawnValue(t, n.key(k), false, depth-1)
		}
	}
	return m
}

func drawnItem(t *rapid.T, list, item *node, depth int) any {
	v := drawnValue(t, item, false, depth)
	if len(list.keys) == 0 || rapid.IntRange(0, 9).Draw(t, "keyless") == 9 {
		return v
	}
	m, ok := v.(map[string]any)
	if !ok {
		m = map[string]any{"more": v}
	}
	for _, k := range list.keys {
		m[k] = rapid.SampledFrom([]any{"10.0.0.0/8", "10.1.0.0/16", int64(1)}).Draw(t, "key")
	}
	return m
}

func drawn(t *rapid.T) any {
	return rapid.SampledFrom([]any{
		"a", nil, "", "vpc-1", "vpc-1/default", "10.0.1.0/24", "10.0.1.7/24", "10.0.1.1", "A4-BB-CC-00-11-22", "2m0s", "0s", "120s",
		true, false, int64(0), int64(1), int64(9036), float64(1), "1", "mclag-1", "E1/1", "1000-1999",
	}).Draw(t, "value")
}

// kindsWithRules are all kinds that have rules of their own, and one that has none.
func kindsWithRules() []core.GroupKind {
	kinds := []core.GroupKind{{Group: "shop.example.org", Kind: "Widget"}}
	for _, k := range core.Kinds() {
		kinds = append(kinds, k.GroupKind)
	}
	return kinds
}

// TestNormalFormIsStable is the first half of P9: what is in normal form stays
// as it is, and normalising changes nothing that it was given.
func TestNormalFormIsStable(t *testing.T) {
	kinds := kindsWithRules()
	rapid.Check(t, func(t *rapid.T) {
		gk := rapid.SampledFrom(kinds).Draw(t, "kind")
		table := tableOf(gk, core.Fabric{}, nil)
		doc := documentOf(t, table.root)
		before := core.CloneJSON(doc)
		once := table.normal(doc, nil)
		if !core.EqualJSON(doc, before) {
			t.Fatalf("%s: the document became %s, was %s", gk, core.CanonicalJSON(doc), core.CanonicalJSON(before))
		}
		kept := core.CloneJSON(once)
		if twice := table.normal(once, nil); !core.EqualJSON(kept, twice) {
			t.Fatalf("%s of %s:\nonce  %s\ntwice %s", gk, core.CanonicalJSON(doc), core.CanonicalJSON(kept), core.CanonicalJSON(twice))
		}
	})
}

// TestOnlyRulesMakeTheSame is the second half of P9: a document to which no rule
// was applied is in normal form as it is, so that two that differ differ after
// it; and what is recorded is what is done when nobody records.
func TestOnlyRulesMakeTheSame(t *testing.T) {
	kinds := kindsWithRules()
	untouched := 0
	rapid.Check(t, func(t *rapid.T) {
		gk := rapid.SampledFrom(kinds).Draw(t, "kind")
		table := tableOf(gk, core.Fabric{}, nil)
		doc := documentOf(t, table.root)
		if rapid.Bool().Draw(t, "normal already") {
			doc = table.normal(doc, nil)
		}
		var steps []core.Step
		normal := table.normal(doc, &steps)
		if silent := table.normal(doc, nil); !core.EqualJSON(normal, silent) {
			t.Fatalf("%s of %s:\nrecorded %s\nsilent   %s", gk, core.CanonicalJSON(doc), core.CanonicalJSON(normal), core.CanonicalJSON(silent))
		}
		if len(steps) > 0 {
			return
		}
		untouched++
		if want := contained(doc); !core.EqualJSON(normal, want) {
			t.Fatalf("%s: no rule is named, and\n%s became\n%s", gk, core.CanonicalJSON(want), core.CanonicalJSON(normal))
		}
	})
	if untouched < 10 {
		t.Errorf("only %d documents needed no rule", untouched)
	}
}

// contained is a document with the containers that a normal form always has.
func contained(doc map[string]any) any {
	out, _ := core.CloneJSON(doc).(map[string]any)
	if out["spec"] == nil {
		out["spec"] = map[string]any{}
	}
	meta, _ := out["metadata"].(map[string]any)
	if meta == nil {
		meta = map[string]any{}
		out["metadata"] = meta
	}
	for _, k := range []string{"labels", "annotations"} {
		if meta[k] == nil {
			meta[k] = map[string]any{}
		}
	}
	return out
}

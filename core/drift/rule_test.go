package drift

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"selvage/core"
)

// TestEveryRowIsWhole: a person is told of each row by its id and reason.
func TestEveryRowIsWhole(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+[.-][a-z0-9-]+$`)
	kinds := kindRows()
	kinds[core.GroupKind{}] = append(commonRows(), hedgehogRows()...)
	rows := 0
	for gk, list := range kinds {
		if gk != (core.GroupKind{}) && core.KindOf(gk).Owner != core.Operator || !core.Known(gk) {
			t.Errorf("%s is no kind that is compared", gk)
		}
		for _, r := range list {
			rows++
			p, err := core.ParsePattern(string(r.Path))
			switch {
			case !id.MatchString(r.ID), strings.HasPrefix(r.ID, "user."), strings.HasPrefix(r.ID, "schema."):
				t.Errorf("%s: the id %q", gk, r.ID)
			case err != nil || p != r.Path:
				t.Errorf("%s %s: the path %q: %v", gk, r.ID, r.Path, err)
			case r.Why == "" || len(r.Why) > 90:
				t.Errorf("%s %s: the reason %q", gk, r.ID, r.Why)
			case !slices.Contains([]string{always, v126, v129}, r.Since):
				t.Errorf("%s %s: since %q", gk, r.ID, r.Since)
			}
		}
	}
	if rows < 80 {
		t.Errorf("only %d rows were looked at", rows)
	}
}

func TestRowTellsTheReleaseThatItCameWith(t *testing.T) {
	n := compile([]Row{{"a.b", v129, ".spec.a", Default{int64(1)}, "because"}}, nil).key("spec").key("a")
	if why := n.explain[0].Why; why != "because, since v0.129" {
		t.Errorf("the reason is %q", why)
	}
}

// TestStarMeansEveryKeyThatOtherRowsName, in whatever order rows are given.
func TestStarMeansEveryKeyThatOtherRowsName(t *testing.T) {
	rows := []Row{
		{"a.star", always, ".spec.*.x", Set{}, "s"},
		{"a.named", always, ".spec.one.y", Set{}, "s"},
		{"a.deep", always, ".spec.one.*.z", Optional{}, "s"},
		{"a.items", always, ".spec.list[*].x", Dict{}, "s"},
	}
	for range rows {
		rows = append(rows[1:], rows[0])
		spec := compile(rows, nil).key("spec")
		for where, ok := range map[string]bool{
			"one.x":     spec.key("one").key("x").set,
			"other.x":   spec.key("other").key("x").set,
			"one.y":     spec.key("one").key("y").set,
			"one.x.z":   spec.key("one").key("x").key("z").optional,
			"one.y.z":   spec.key("one").key("y").key("z").optional,
			"one.q.z":   spec.key("one").key("q").key("z").optional,
			"list[*].x": spec.key("list").item().key("x").dict,
			"list.x":    spec.key("list").key("x").set,
		} {
			if !ok {
				t.Errorf("with %s first: no rule at %s", rows[0].ID, where)
			}
		}
		if spec.key("other").key("y") != nil {
			t.Error("a rule of one key is another's, too")
		}
	}
}

// TestHintGivesWayToRows: what is known of a kind is not taken from its schema.
func TestHintGivesWayToRows(t *testing.T) {
	rows := []Row{
		{"a.set", always, ".spec.set", Set{}, "s"},
		{"a.computed", always, ".spec.value", Computed{onlyDefault}, "s"},
	}
	hints := []Row{
		{"schema.keys", always, ".spec.set", Keyed{[]string{"name"}}, "h"},
		{"schema.keys", always, ".spec.keyed", Keyed{[]string{"name"}}, "h"},
		{"schema.default", always, ".spec.value", Default{int64(1)}, "h"},
		{"schema.default", always, ".spec.other", Default{int64(1)}, "h"},
	}
	spec := compile(rows, hints).key("spec")
	if n := spec.key("set"); !n.set || n.keys != nil {
		t.Errorf("the set has keys %q", n.keys)
	}
	if n := spec.key("keyed"); len(n.keys) != 1 {
		t.Errorf("the keyed list has keys %q", n.keys)
	}
	if n := spec.key("value"); len(n.explain) != 1 || n.explain[0].ID != "a.computed" {
		t.Errorf("the value is explained by %+v", n.explain)
	}
	if n := spec.key("other"); len(n.explain) != 1 || n.explain[0].ID != "schema.default" {
		t.Errorf("the other value is explained by %+v", n.explain)
	}
}

// TestSchemaSaysNothingOfMetadataAndSpec where it does not know them, whatever
// live has.
func TestSchemaSaysNothingOfMetadataAndSpec(t *testing.T) {
	named := &core.SchemaNode{Properties: map[string]*core.SchemaNode{"name": {}}}
	table := table{root: &node{}, schema: document(&core.SchemaNode{Properties: map[string]*core.SchemaNode{"metadata": named, "data": {}}})}
	git := map[string]any{"metadata": map[string]any{"labels": map[string]any{"a": "b"}}, "spec": map[string]any{}, "bogus": "x"}
	found := table.pruned(git, nil)
	if len(found) != 1 || found[0].path != ".bogus" {
		t.Errorf("pruned is %+v", found)
	}
	if kept := table.kept(git, nil); len(kept) != 2 || len(git) != 3 {
		t.Errorf("kept is %v", kept)
	}
}

func TestTableIsMadeOncePerSchema(t *testing.T) {
	c := New(core.Fabric{})
	gk := core.GroupKind{Group: "vpc.githedgehog.com", Kind: "VPC"}
	schema := &core.Schema{Root: &core.SchemaNode{Properties: map[string]*core.SchemaNode{}}}
	plain, hinted := c.table(gk, nil), c.table(gk, schema)
	if plain.root == hinted.root {
		t.Error("a schema makes no other table")
	}
	same := &core.Schema{Root: &core.SchemaNode{Properties: map[string]*core.SchemaNode{}}}
	if again := c.table(gk, same); again.root != hinted.root {
		t.Error("a schema that says the same makes another table")
	}
	if other := c.table(gk, &core.Schema{Root: &core.SchemaNode{Open: true}}); other.root == hinted.root {
		t.Error("a schema that says something else makes no other table")
	}
}

package drift_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"selvage/core"
	"selvage/core/drift"
	"selvage/core/merge"
)

// TestConflictsAreWhatAMergeDisputes holds the comparison and the merge against
// each other: where the one sees a conflict, the other has a dispute, and nowhere
// else.
func TestConflictsAreWhatAMergeDisputes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := plainObject(anyMap(t, 3))
		disputed(t, base, touchedObject(t, base, 3), touchedObject(t, base, 3))
	})
}

// TestConflictsInListsAreWhatAMergeDisputes is the same for the kinds whose
// lists are known by more than their order.
func TestConflictsInListsAreWhatAMergeDisputes(t *testing.T) {
	kinds := listKinds()
	found := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		base, git, live := kind.sides(t)
		for _, p := range disputed(t, base, git, live) {
			found[kind.form(p)]++
		}
	})
	for _, form := range []string{"keyed list", "item of a keyed list", "field of an item", "list as one"} {
		if found[form] == 0 {
			t.Errorf("no conflict about a %s; found %v", form, found)
		}
	}
}

// disputed are the places that both say are in conflict, once each.
func disputed(t *rapid.T, base, git, live map[string]any) []core.Path {
	tree := func(obj map[string]any) core.Value {
		return core.ValueOf(map[string]any{"spec": obj["spec"], "metadata": map[string]any{"labels": core.ValueOf(obj).At(".metadata.labels").Any()}})
	}
	before := taken(t, "git", base)
	m := remembered(compare(before, taken(t, "kube", base), &core.Memory{}), before)
	v := oneVerdict(t, compareAt(at(1), taken(t, "git", git), taken(t, "kube", live), m))
	var conflicts, disputes []core.Path
	for _, c := range v.Changes {
		if c.Verdict == core.FieldConflict {
			conflicts = append(conflicts, cmp.Or(c.Unit, c.Path))
		}
	}
	shape := drift.New(core.Fabric{}).Shape(v.Key.GroupKind(), nil)
	for _, d := range merge.ThreeWay(tree(base), tree(git), tree(live), shape).Disputes {
		disputes = append(disputes, d.Path)
	}
	slices.Sort(conflicts)
	if conflicts = slices.Compact(conflicts); !slices.Equal(conflicts, disputes) {
		t.Fatalf("conflicts %v, disputes %v\nbase %s\ngit  %s\nlive %s", conflicts, disputes, tree(base), tree(git), tree(live))
	}
	return conflicts
}

// listKind is a kind of Hedgehog's with lists of every form at which a rule says
// how their items are known, or none does. Nothing in its objects is empty, or
// has a default: to a merge an empty value is one, and a default is nothing.
type listKind struct {
	core.GroupKind
	spec  map[string]any // what stays as it is
	lists map[core.Path]listForm
}

// listForm is how the items of a list are known: by a key, by themselves as
// members of a set, or not at all.
type listForm struct {
	key  string
	set  bool
	item func(t *rapid.T) any
}

func listKinds() []listKind {
	name := func(t *rapid.T) any {
		return rapid.SampledFrom([]any{"a", "b", "c", `d,e="]`}).Draw(t, "name")
	}
	keyed := func(key string) func(t *rapid.T) any {
		return func(t *rapid.T) any {
			return map[string]any{key: name(t), "to": name(t), "hops": []any{name(t), "z"}, "more": map[string]any{"x": name(t), "y": name(t)}}
		}
	}
	vlans := func(t *rapid.T) any {
		from := rapid.Int64Range(1, 3).Draw(t, "from")
		return map[string]any{"from": from, "to": from + rapid.Int64Range(0, 2).Draw(t, "to")}
	}
	permit := func(t *rapid.T) any {
		return map[string]any{"vpc-1": map[string]any{"subnets": []any{name(t)}}, "vpc-2": map[string]any{"subnets": []any{name(t), name(t)}}}
	}
	options := map[string]any{"interfaceMTU": int64(1500), "leaseTimeSeconds": int64(60)}
	const vpc, wiring = "vpc.githedgehog.com", "wiring.githedgehog.com"
	const dhcp = core.Path(".spec.subnets.default.dhcp.options")
	return []listKind{
		{core.GroupKind{Group: vpc, Kind: "VPC"}, map[string]any{"subnets": map[string]any{"default": map[string]any{"dhcp": map[string]any{"enable": true, "options": options}}}}, map[core.Path]listForm{
			".spec.staticRoutes":           {key: "prefix", item: keyed("prefix")},
			dhcp.Key("advertisedRoutes"):   {key: "destination", item: keyed("destination")},
			dhcp.Key("dnsServers"):         {set: true, item: name},
			".spec.subnets.default.unruly": {item: keyed("prefix")},
		}},
		{core.GroupKind{Group: vpc, Kind: "ExternalPeering"}, map[string]any{"permit": map[string]any{"vpc": map[string]any{"name": "v"}, "external": map[string]any{"name": "e"}}}, map[core.Path]listForm{
			".spec.permit.vpc.subnets":       {set: true, item: name},
			".spec.permit.external.prefixes": {key: "prefix", item: keyed("prefix")},
		}},
		{core.GroupKind{Group: vpc, Kind: "VPCPeering"}, map[string]any{"remote": "r"}, map[core.Path]listForm{".spec.permit": {item: permit}}},
		{core.GroupKind{Group: wiring, Kind: "VLANNamespace"}, map[string]any{"other": "o"}, map[core.Path]listForm{".spec.ranges": {set: true, item: vlans}, ".spec.plain": {item: name}}},
	}
}

// sides are an object and what git and live have made of it.
func (k listKind) sides(t *rapid.T) (base, git, live map[string]any) {
	object := func() core.Value {
		return core.ValueOf(map[string]any{
			"apiVersion": k.Group + "/v1beta1", "kind": k.Kind,
			"metadata": map[string]any{"name": "w", "namespace": "default"}, "spec": core.CloneJSON(k.spec),
		})
	}
	b, g, l := object(), object(), object()
	for _, p := range slices.Sorted(maps.Keys(k.lists)) {
		form := k.lists[p]
		was := form.drawn(t)
		b, g, l = with(t, b, p, was), with(t, g, p, form.edited(t, was)), with(t, l, p, form.edited(t, was))
	}
	return b.Any().(map[string]any), g.Any().(map[string]any), l.Any().(map[string]any)
}

// with is a value with a list in it; one without items is not there.
func with(t *rapid.T, v core.Value, p core.Path, list []any) core.Value {
	if len(list) == 0 {
		return v
	}
	out, err := v.With(p, core.ValueOf(core.CloneJSON(list)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (f listForm) drawn(t *rapid.T) []any {
	list := make([]any, rapid.IntRange(0, 3).Draw(t, "items"))
	for i := range list {
		list[i] = f.item(t)
	}
	return f.known(list)
}

// edited is a copy of a list with a few changes, in any order.
func (f listForm) edited(t *rapid.T, list []any) []any {
	if rapid.IntRange(0, 2).Draw(t, "keep") == 2 {
		return list
	}
	var out []any
	for _, e := range list {
		switch what := rapid.IntRange(0, 9).Draw(t, "item"); {
		case what == 9:
		case what > 5:
			out = append(out, f.editedItem(t, e))
		default:
			out = append(out, e)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "another") == 3 {
		out = append(out, f.item(t))
	}
	if len(out) > 1 && rapid.IntRange(0, 3).Draw(t, "shuffle") == 3 {
		out = rapid.Permutation(out).Draw(t, "order")
	}
	return f.known(out)
}

// editedItem is an item with some of the values of another: with the same key,
// and without a field now and then.
func (f listForm) editedItem(t *rapid.T, item any) any {
	to := f.item(t)
	m, ok := item.(map[string]any)
	if !ok || f.set {
		return to
	}
	out := maps.Clone(m)
	for _, k := range slices.Sorted(maps.Keys(to.(map[string]any))) {
		switch what := rapid.IntRange(0, 5).Draw(t, k); {
		case k == f.key:
		case what == 5:
			delete(out, k)
		case what > 2:
			out[k] = to.(map[string]any)[k]
		}
	}
	return out
}

// known leaves out the items of a keyed list that cannot be told from others. A
// merge decides a list as one where any of three sides has such items, a
// comparison goes by the two that differ.
func (f listForm) known(list []any) []any {
	if f.key == "" {
		return list
	}
	seen := map[any]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(e any) bool {
		id := e.(map[string]any)[f.key]
		defer func() { seen[id] = true }()
		return seen[id]
	})
}

// form says in words what lies at a path of a conflict.
func (k listKind) form(p core.Path) string {
	for list, f := range k.lists {
		rest, under := strings.CutPrefix(string(p), string(list))
		switch steps := core.Path(rest).Steps(); {
		case !under:
		case f.key == "" && !f.set && len(steps) == 0:
			return "list as one"
		case f.key != "" && len(steps) == 0:
			return "keyed list"
		case f.key != "" && len(steps) == 1:
			return "item of a keyed list"
		case f.key != "":
			return "field of an item"
		}
	}
	return "something else"
}

// TestItemsAreKnownByScalarsAlone: a path cannot name an item by anything else.
func TestItemsAreKnownByScalarsAlone(t *testing.T) {
	const routes = vpc + "  staticRoutes: [{prefix: {a: 1, b: 2}, nextHops: [%s]}]\n"
	const live = liveVPC + "  staticRoutes: [{prefix: {a: 1, b: 2}, nextHops: [%s]}]\n"
	m := agreed(t, fmt.Sprintf(routes, "x"), fmt.Sprintf(live, "x"))
	res := compareAt(at(1), snapshot(t, "git", fmt.Sprintf(routes, "x")), snapshot(t, "kube", fmt.Sprintf(live, "y")), m)
	if got, want := say(res.Report), "VPC/vpc-1 drifted .spec.staticRoutes changed drift"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

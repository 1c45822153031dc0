package hedgehog

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// varied is a fabric with few servers but enough VPCs and leaves for every mutation to fit somewhere.
func varied(seed uint64) Fabric {
	return Generate(Spec{
		Seed: seed, Name: "varied", Spines: 2, Leaves: 28, ESLAG: []int{2}, LinksPerPair: 2,
		Servers: Servers{Unbundled: 20, MultiHomed: 2}, VPCs: 40, SubnetsPerVPC: 3, Attachments: 90, VPCPeerings: 2,
		Externals: 1, ExternalPeerings: 2, Gateways: 1, GatewayPeerings: 1,
	})
}

func mutated(t *testing.T, m Mutation, seed uint64) (before, after *World, c Change) {
	t.Helper()
	f, o := varied(seed), LiveOptions{Now: testNow(), Application: "varied"}
	before, after = NewWorld(f, o), NewWorld(f, o)
	c, ok := after.ApplyFirst(m, testNow().Add(time.Hour), nil)
	if !ok {
		t.Fatalf("seed %d: %s fits nothing", seed, m.Name)
	}
	return before, after, c
}

// differing answers the paths at which an object's spec and labels of Git, as the server would hold them, are not live.
func differing(git, live map[string]any) []string {
	want := Clone(git).(map[string]any)
	dropNulls(want)
	Default(want, testNow())
	var out []string
	for _, part := range []Path{{"spec"}, {"metadata", "labels"}} {
		a, _ := part.At(want)
		b, _ := part.At(live)
		wantMap, _ := a.(map[string]any)
		liveMap, _ := b.(map[string]any)
		compareOwned(wantMap, liveMap, part, func(p Path) { out = append(out, p.String()) }, func(p Path) { out = append(out, p.String()) })
	}
	return out
}

// Every mutation does what its verdict says, seen by the plainest of comparisons.
func TestMutationsAreTrue(t *testing.T) {
	for _, m := range Mutations() {
		t.Run(m.Name, func(t *testing.T) {
			for seed := range uint64(3) {
				_, w, c := mutated(t, m, seed)
				g, l := find(w.Git, c.Object), find(w.Live, c.Object)
				if whole := c.Path != nil && len(c.Path) == 0; whole {
					checkWhole(t, m, w, c, g, l)
					continue
				}
				paths := differing(w.Git[g], w.Live[l])
				told := slices.ContainsFunc(paths, func(p string) bool {
					return c.Path != nil && (strings.HasPrefix(p, c.Path.String()) || strings.HasPrefix(c.Path.String(), p))
				})
				switch {
				case m.State != InSync && !told:
					t.Errorf("%s of %s: differs at %v", c.Path, c.Object, paths)
				case m.State == InSync && m.Verdict == "" && m.Name != "false-omitted" && len(paths) > 0:
					t.Errorf("%s of %s: differs at %v, want nothing", m.Name, c.Object, paths)
				case m.State == InSync && m.Verdict == "" && c.Path != nil:
					t.Errorf("%s tells %s", m.Name, c.Path)
				}
				if got := managerOf(w.Live[l], c.Path); c.Path != nil && got != c.Manager {
					t.Errorf("%s of %s is owned by %q, want %q", c.Path, c.Object, got, c.Manager)
				}
			}
		})
	}
}

func checkWhole(t *testing.T, m Mutation, w *World, c Change, g, l int) {
	t.Helper()
	twice := g >= 0 && find(w.Git[g+1:], c.Object) >= 0
	got := map[bool]string{true: "present", false: "absent"}
	state := got[g >= 0] + " " + got[l >= 0]
	want := map[string]string{
		"live-deleted": "present absent", "live-created": "absent present", "git-created": "present absent",
		"git-deleted": "absent present", "git-duplicate": "present present",
	}[m.Name]
	if state != want || twice != (m.State == Invalid) {
		t.Errorf("%s is %s (twice in Git: %v), want %s", c.Object, state, twice, want)
	}
}

// managerOf answers who but the engine owns the field at the path, or something below it.
func managerOf(live map[string]any, p Path) string {
	var fields Path
	for _, key := range p {
		fields = append(fields, "f:"+key)
	}
	for _, v := range listAt(mapAt(live, "metadata"), "managedFields") {
		entry := v.(map[string]any)
		if manager := stringAt(entry, "manager"); manager != EngineManager {
			if _, owns := fields.At(mapAt(entry, "fieldsV1")); owns {
				return manager
			}
		}
	}
	return ""
}

func TestMutationsTouchOneObjectOnly(t *testing.T) {
	for _, m := range Mutations() {
		before, after, c := mutated(t, m, 1)
		for _, side := range []struct{ was, is []map[string]any }{{before.Git, after.Git}, {before.Live, after.Live}} {
			now := map[Ref]map[string]any{}
			for _, o := range side.is {
				now[RefOf(o)] = o
			}
			for _, o := range side.was {
				if ref := RefOf(o); ref != c.Object && !reflect.DeepEqual(o, now[ref]) {
					t.Errorf("%s of %s changed %s", m.Name, c.Object, ref)
				}
			}
		}
	}
}

func TestMutationsAreNamedOnce(t *testing.T) {
	names := map[string]bool{}
	states := []string{InSync, Pending, Drifted, Conflict, OnlyLive, Invalid}
	verdicts := []string{"", Drift, GitAhead, ServerAdded, Converged, Conflict, Pruned}
	for _, m := range Mutations() {
		if names[m.Name] || m.Name == "" || m.Does == "" || !slices.Contains(states, m.State) || !slices.Contains(verdicts, m.Verdict) {
			t.Errorf("bad or second mutation %q (%s, %s)", m.Name, m.State, m.Verdict)
		}
		names[m.Name] = true
		if found, ok := MutationNamed(m.Name); !ok || found.Does != m.Does {
			t.Errorf("MutationNamed(%q) = %q, %v", m.Name, found.Does, ok)
		}
	}
	if _, ok := MutationNamed("no such"); ok {
		t.Error("found a mutation that is none")
	}
}

func TestAMutationThatDoesNotFitChangesNothing(t *testing.T) {
	w := NewWorld(Generate(Small(1)), LiveOptions{Now: testNow()})
	before := compact(w)
	m, _ := MutationNamed("vlan-edited")
	for _, ref := range []Ref{{}, RefOf(w.Git[0]), {groupVPC, "VPC", defaultName, "no-such"}} {
		if _, ok := w.Apply(m, ref, testNow()); ok || compact(w) != before {
			t.Errorf("Apply(%s) did something", ref)
		}
	}
}

func TestScatterGivesEachObjectOneMutation(t *testing.T) {
	run := func(n int) (*World, []Change) {
		w := NewWorld(varied(1), LiveOptions{Now: testNow()})
		return w, w.Scatter(9, n, testNow().Add(time.Hour))
	}
	one, changes := run(120)
	two, again := run(120)
	if !reflect.DeepEqual(one, two) || !reflect.DeepEqual(changes, again) {
		t.Error("two runs of one seed differ")
	}
	seen, kinds := map[Ref]bool{}, map[string]bool{}
	for _, c := range changes {
		if seen[c.Object] {
			t.Errorf("%s was changed twice", c.Object)
		}
		seen[c.Object], kinds[c.Mutation] = true, true
	}
	if len(changes) != 120 || len(kinds) < 15 {
		t.Errorf("%d changes of %d kinds, want 120 of 15 at least", len(changes), len(kinds))
	}
	if _, all := run(1 << 20); len(all) < len(one.Git)/2 {
		t.Errorf("%d changes where all were asked for", len(all))
	}
}

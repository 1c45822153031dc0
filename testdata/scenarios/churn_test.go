package scenarios_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/testdata/hedgehog"
	"selvage/testdata/labtest"
	"selvage/testdata/scenarios"
)

// churned is a fabric in the lab with a cluster of its own, in motion.
type churned struct {
	*site
	t       *testing.T
	program *program
	lab     *labtest.Cluster
	engine  *labtest.Engine
	rng     *rand.Rand
	kinds   *definitions
	tally   *tally
}

func newChurned(t *testing.T, what string) *churned {
	t.Helper()
	t.Logf("seed %d (-seed)", *seed)
	lab := labtest.Start(t)
	c := &churned{
		t: t, program: newProgram(t), lab: lab.NewCluster(t), tally: newTally(),
		rng: rand.New(rand.NewPCG(*seed, uint64(len(what)))), kinds: newDefinitions(t, "lab", lab.Definitions(t)),
	}
	c.site = newLive(t, lab, c.lab, c.program, what)
	c.engine = c.cluster.(*live).engine
	c.objects = spelled(several(*seed))
	c.found(nil)
	c.program.configure([]map[string]any{c.config(nil)})
	c.expect("the fabric as it was built", scenarios.Want{Status: "in_sync"})
	return c
}

// spelled has the MAC addresses of static leases in the server's spelling. In
// another one the webhook moves a lease to a key that nobody owns; no engine
// that applies on the server's side takes it away again when it leaves Git, and
// the program is right to say so.
func spelled(objects []map[string]any) []map[string]any {
	for _, o := range objects {
		subnets, _ := hedgehog.Path{"spec", "subnets"}.At(o)
		each, _ := subnets.(map[string]any)
		for _, subnet := range each {
			leases, _ := hedgehog.Path{"dhcp", "static"}.At(subnet.(map[string]any))
			static, _ := leases.(map[string]any)
			for _, mac := range slices.Sorted(maps.Keys(static)) {
				lease := static[mac]
				delete(static, mac)
				static[strings.ToLower(strings.ReplaceAll(mac, "-", ":"))] = lease
			}
		}
	}
	return objects
}

// expect looks once and wants exactly that.
func (c *churned) expect(after string, want scenarios.Want) {
	c.t.Helper()
	for _, f := range c.tally.judge(c.site, want, c.program.status()[c.name]) {
		c.t.Errorf("after %s: %s", after, f)
	}
	if c.t.Failed() {
		c.t.FailNow()
	}
}

// untouched wants nothing to be told.
func (c *churned) untouched(after string) {
	c.t.Helper()
	c.expect(after, scenarios.Want{Status: "in_sync"})
}

// commitSomething makes a random commit and tells what it did.
func (c *churned) commitSomething(n int) string {
	c.t.Helper()
	var did []string
	taken := map[hedgehog.Ref]bool{}
	for range 1 + c.rng.IntN(4) {
		switch c.rng.IntN(8) {
		case 0:
			c.layout = hedgehog.Layouts()[c.rng.IntN(3)]
			did = append(did, "layout "+c.layout.String())
		case 1:
			i := c.rng.IntN(len(c.objects))
			did = append(did, "drop "+c.refOf(c.objects[i]).String())
			c.objects = slices.Delete(c.objects, i, i+1)
		case 2:
			name := fmt.Sprintf("server-new-%d-%d", n, len(c.objects))
			c.objects = append(c.objects, map[string]any{
				"apiVersion": "wiring.githedgehog.com/v1beta1", "kind": "Server",
				"metadata": map[string]any{"name": name}, "spec": map[string]any{"description": "ordered"},
			})
			did = append(did, "add "+name)
		case 3:
			// What another seed makes of the fabric: hundreds of changes at once.
			c.objects = spelled(several(c.rng.Uint64N(8)))
			for _, o := range c.objects {
				c.place(o)
			}
			did = append(did, "another fabric")
		default:
			if said := c.commitMutation(taken); said != "" {
				did = append(did, said)
			}
		}
	}
	c.render()
	c.tree.commit(strings.Join(did, ", "), "Ada", time.Now())
	return strings.Join(did, ", ")
}

// commitMutation does the part in Git of some mutation that an engine can apply.
func (c *churned) commitMutation(taken map[hedgehog.Ref]bool) string {
	all := hedgehog.Mutations()
	for _, k := range c.rng.Perm(len(all)) {
		m := all[k]
		if m.Verdict == hedgehog.Pruned || m.State == hedgehog.Invalid {
			continue
		}
		for _, i := range c.rng.Perm(len(c.objects)) {
			ref := c.refOf(c.objects[i])
			if taken[ref] || m.Kind != "" && m.Kind != ref.Kind {
				continue
			}
			manifest := c.home(c.objects[i])
			steps, fits := m.Plan(manifest, c.home(hedgehog.Live(manifest, hedgehog.LiveOptions{Now: time.Now()})))
			if !fits || len(steps.Git) == 0 {
				continue
			}
			taken[ref] = true
			for _, e := range steps.Git {
				hedgehog.EditGit(manifest, e)
			}
			c.place(manifest)
			c.objects[i] = manifest
			return m.Name + " of " + ref.String()
		}
	}
	return ""
}

// TestNothingIsToldOfAnUntouchedFabric applies random commits and restarts the
// API server, and wants zero verdicts after each.
func TestNothingIsToldOfAnUntouchedFabric(t *testing.T) {
	commits, restarts := 3, 2
	if *full {
		commits, restarts = 50, 50
	}
	c := newChurned(t, "untouched")
	for i := range max(commits, restarts) {
		if i < commits {
			did := c.commitSomething(i)
			c.engine.Sync(t)
			c.untouched(fmt.Sprintf("commit %d (%s) and the engine", i+1, did))
		}
		if i < restarts {
			c.lab.Unplug()
			if c.rng.IntN(2) == 0 { // somebody looks meanwhile
				c.expect(fmt.Sprintf("unplugging %d", i+1), scenarios.Want{
					Status: "error", Objects: []scenarios.Object{{Object: "generated", State: "unknown"}},
				})
			}
			c.lab.Plug()
			c.untouched(fmt.Sprintf("restart %d", i+1))
		}
	}
}

// TestExactlyTheEditIsTold makes random edits as an operator's tools would, each
// somewhere in the spec of some object, and wants that place, that manager, and
// nothing else.
func TestExactlyTheEditIsTold(t *testing.T) {
	edits := 3
	if *full {
		edits = 50
	}
	c := newChurned(t, "edited")
	managers := []string{hedgehog.KubectlEdit, hedgehog.KubectlFabric, "kubectl-patch", "k9s"}
	for done := 0; done < edits; {
		i := c.rng.IntN(len(c.objects))
		ref := c.refOf(c.objects[i])
		before := c.cluster.get(ref)
		patch, where := c.randomEdit(before)
		if patch == nil {
			continue
		}
		by := managers[c.rng.IntN(len(managers))]
		l := c.cluster.(*live)
		if err := l.patch(ref, patch, by); err != nil {
			continue // the schema does not take it
		}
		after := c.cluster.get(ref)
		roots := differing(before["spec"], after["spec"], hedgehog.Path{"spec"})
		if len(roots) == 0 {
			continue // the webhook undid it
		}
		done++
		name := fmt.Sprintf("edit %d of %s at %s by %s", done, ref, where, by)
		c.exactly(name, ref, roots, where, by)
		c.restore(ref, before)
		c.untouched(name + ", undone")
	}
}

// exactly wants one drifted object, with changes only where it differs, among
// them the place that was edited.
func (c *churned) exactly(name string, ref hedgehog.Ref, roots []hedgehog.Path, where hedgehog.Path, by string) {
	c.t.Helper()
	edited := false
	for _, o := range c.program.status()[c.name].Objects {
		if o.Kind != ref.Kind || o.Name != ref.Name {
			if o.State != "in_sync" {
				c.t.Errorf("%s: %s/%s is %s: %s", name, o.Kind, o.Name, o.State, o.Reason)
			}
			continue
		}
		if o.State != "drifted" {
			c.t.Errorf("%s: it is %s (%s), want drifted", name, o.State, o.Reason)
		}
		for _, ch := range o.Changes {
			near := slices.ContainsFunc(roots, func(r hedgehog.Path) bool { return under(ch.Path, r.String()) || under(r.String(), ch.Path) })
			if ch.Verdict != "drift" || !near {
				c.t.Errorf("%s: %s, which nobody changed (%v)", name, ch, roots)
			}
			if under(ch.Path, where.String()) || under(where.String(), ch.Path) {
				edited = true
				if ch.Live != nil && ch.Manager != by {
					c.t.Errorf("%s: told as %s", name, ch)
				}
			}
		}
	}
	if !edited {
		c.t.Errorf("%s is not told", name)
	}
	if c.t.Failed() {
		c.t.FailNow()
	}
}

// under tells whether a path is another one or below it.
func under(path, root string) bool {
	rest, below := strings.CutPrefix(path, root)
	return below && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// randomEdit is a merge patch that changes, adds or removes one value somewhere
// in an object's spec, and where; nil where the object has nothing to change.
func (c *churned) randomEdit(o map[string]any) (map[string]any, hedgehog.Path) {
	var leaves []hedgehog.Path
	var walk func(v any, p hedgehog.Path)
	walk = func(v any, p hedgehog.Path) {
		if p.String() == ".spec.portLocators" { // a timer that is never compared
			return
		}
		m, isMap := v.(map[string]any)
		if !isMap {
			leaves = append(leaves, p)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(m)) {
			walk(m[key], append(p[:len(p):len(p)], key))
		}
	}
	walk(o["spec"], hedgehog.Path{"spec"})
	if len(leaves) == 0 {
		return nil, nil
	}
	p := leaves[c.rng.IntN(len(leaves))]
	if len(p) < 2 {
		return nil, nil
	}
	old, _ := p.At(o)
	patch := map[string]any{}
	setAt(patch, p, c.another(old), c.rng.IntN(6) == 0)
	return patch, p
}

// another is a value like the one given, and not the same.
func (c *churned) another(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case int64:
		return v + 1 + c.rng.Int64N(9)
	case float64:
		return v + 1
	case string:
		return v + "-" + string(rune('a'+c.rng.IntN(26)))
	case []any:
		if len(v) > 0 {
			list := hedgehog.Clone(v).([]any)
			i := c.rng.IntN(len(list))
			list[i] = c.another(list[i])
			return list
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			v[key] = c.another(v[key])
			return v
		}
	}
	return "other"
}

// differing are the roots of what differs between two values.
func differing(a, b any, at hedgehog.Path) []hedgehog.Path {
	am, aMap := a.(map[string]any)
	bm, bMap := b.(map[string]any)
	if !aMap || !bMap {
		if reflect.DeepEqual(a, b) {
			return nil
		}
		return []hedgehog.Path{at}
	}
	keys := maps.Clone(am)
	maps.Copy(keys, bm)
	var all []hedgehog.Path
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		all = append(all, differing(am[key], bm[key], append(at[:len(at):len(at)], key))...)
	}
	return all
}

// restore puts an object's spec back to what it was, as somebody who undoes his
// edit does, and has the engine take it over again.
func (c *churned) restore(ref hedgehog.Ref, before map[string]any) {
	c.t.Helper()
	now := c.cluster.get(ref)
	patch := map[string]any{}
	for _, p := range differing(now["spec"], before["spec"], hedgehog.Path{"spec"}) {
		v, there := p.At(before)
		setAt(patch, p, v, !there)
	}
	if len(patch) > 0 {
		c.cluster.do(change{verb: "patch", ref: ref, by: hedgehog.KubectlEdit, object: patch})
	}
	c.engine.Sync(c.t)
}

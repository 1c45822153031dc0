package scenarios_test

import (
	"math/rand/v2"
	"slices"

	"selvage/testdata/hedgehog"
	"selvage/testdata/scenarios"
)

// mutate does a mutation to an object of the generated fabric that it fits, and
// answers what is to be said about it. Objects that were taken are left alone.
func (s *site) mutate(m hedgehog.Mutation, kinds *definitions, seed uint64, taken map[hedgehog.Ref]bool) (scenarios.Object, bool) {
	rng := rand.New(rand.NewPCG(seed, uint64(len(m.Name))))
	for _, i := range rng.Perm(len(s.objects)) {
		manifest := s.objects[i]
		ref := s.refOf(manifest)
		if taken[ref] || m.Kind != "" && m.Kind != ref.Kind {
			continue
		}
		live := s.cluster.get(ref)
		if live == nil {
			continue
		}
		w := hedgehog.World{Git: []map[string]any{s.home(manifest)}, Live: []map[string]any{s.home(live)}}
		steps, fits := m.Plan(w.Git[0], w.Live[0])
		if !fits || !s.possible(steps, m, kinds, ref) {
			continue
		}
		c, ok := w.Apply(m, hedgehog.RefOf(w.Git[0]), s.now())
		if !ok {
			continue
		}
		taken[ref] = true
		op := opOf(c, s.home(manifest), s.home(live), w)
		s.meddleBy(steps, ref)
		s.rewrite(i, steps, w.Git)
		return s.wants(c, op), true
	}
	return scenarios.Object{}, false
}

// possible tells whether a mutation can be made here at all: a cluster drops
// fields that its kinds do not have, and a webhook cannot be kept from a write.
func (s *site) possible(steps hedgehog.Steps, m hedgehog.Mutation, kinds *definitions, ref hedgehog.Ref) bool {
	if _, offline := s.cluster.(*dump); !offline && steps.NeverHad != nil {
		return false
	}
	if steps.MakeLive != nil && s.cluster.get(s.refOf(steps.MakeLive)) != nil {
		return false
	}
	if made := steps.MakeGit; made != nil && s.refOf(made) != ref &&
		slices.ContainsFunc(s.objects, func(o map[string]any) bool { return s.refOf(o) == s.refOf(made) }) {
		return false // it was made before
	}
	for _, e := range slices.Concat(steps.Live, steps.Git) {
		if e.Path[0] == "spec" && !e.Remove && kinds.keeps(ref.Kind, e.Path, e.Value) != (m.Verdict != hedgehog.Pruned) {
			return false
		}
	}
	return true
}

// home is an object as package hedgehog knows it: in the namespace "default".
func (s *site) home(o map[string]any) map[string]any {
	c := hedgehog.Clone(o).(map[string]any)
	if meta, _ := c["metadata"].(map[string]any); meta["namespace"] == s.namespace {
		meta["namespace"] = "default"
	}
	return c
}

// meddleBy does a mutation's part on the cluster.
func (s *site) meddleBy(steps hedgehog.Steps, ref hedgehog.Ref) {
	patch := map[string]any{}
	for _, e := range steps.Live {
		setAt(patch, e.Path, e.Value, e.Remove)
	}
	for _, p := range steps.NeverHad {
		setAt(patch, p, nil, true)
	}
	if len(patch) > 0 {
		by := steps.Manager
		if steps.NeverHad != nil {
			by = ""
		}
		s.cluster.do(change{verb: "patch", ref: ref, by: by, object: patch})
	}
	if steps.MakeLive != nil {
		o := hedgehog.Clone(steps.MakeLive).(map[string]any)
		s.place(o)
		s.cluster.do(change{verb: "create", ref: s.refOf(o), by: steps.Manager, object: o})
	}
	if steps.DropLive {
		s.cluster.do(change{verb: "delete", ref: ref})
	}
}

// setAt puts a value, or the null of a merge patch, at a path.
func setAt(patch map[string]any, p hedgehog.Path, value any, remove bool) {
	for _, key := range p[:len(p)-1] {
		next, there := patch[key].(map[string]any)
		if !there {
			next = map[string]any{}
			patch[key] = next
		}
		patch = next
	}
	patch[p[len(p)-1]] = hedgehog.Clone(value)
	if remove {
		patch[p[len(p)-1]] = nil
	}
}

// rewrite takes over what a mutation made of the manifest. The files are written
// by render.
func (s *site) rewrite(i int, steps hedgehog.Steps, git []map[string]any) {
	for _, o := range git {
		s.place(o)
	}
	if steps.DropGit {
		s.objects = slices.Delete(s.objects, i, i+1)
		return
	}
	s.objects[i] = git[0]
	s.objects = append(s.objects, git[1:]...)
}

// opOf is what a change did to its path, on the side that moved; "" for both.
func opOf(c hedgehog.Change, git, live map[string]any, after hedgehog.World) string {
	if len(c.Path) == 0 || len(after.Git) != 1 || len(after.Live) != 1 {
		return ""
	}
	was, is := live, after.Live[0]
	switch c.Verdict {
	case hedgehog.GitAhead:
		was, is = git, after.Git[0]
	case hedgehog.Drift:
	default:
		return ""
	}
	before, had := c.Path.At(was)
	if m, isMap := before.(map[string]any); isMap && len(m) == 0 {
		had = false
	}
	_, has := c.Path.At(is)
	switch {
	case !had:
		return "added"
	case !has:
		return "removed"
	}
	return "changed"
}

// wants is what is to be said about what a mutation did.
func (s *site) wants(c hedgehog.Change, op string) scenarios.Object {
	ref := c.Object
	if ref.Namespace == "default" {
		ref.Namespace = s.namespace
	}
	o := scenarios.Object{Object: s.label(ref.Kind, ref.Namespace, ref.Name), State: c.State}
	if len(c.Path) > 0 && c.Verdict != "" && !quiet(c.Verdict) {
		o.Changes = []scenarios.Change{{
			Path: c.Path.String(), Op: op, Verdict: c.Verdict, Manager: c.Manager, Below: true,
		}}
	}
	return o
}

// shuffled puts mutations in a new order for each seed, so that none is always the
// one for which no object is left.
func shuffled(seed uint64, some []hedgehog.Mutation) []hedgehog.Mutation {
	all := slices.Clone(some)
	rng := rand.New(rand.NewPCG(seed, 0))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

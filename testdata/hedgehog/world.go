package hedgehog

import (
	"math/rand/v2"
	"slices"
	"time"
)

// World is both sides of a fabric at one time: what Git says and what the server holds.
type World struct {
	Git, Live []map[string]any
}

// NewWorld answers a fabric in agreement: every object of Git, applied. This is the base that the verdicts of mutations
// are measured from. It shares nothing with the fabric.
func NewWorld(f Fabric, o LiveOptions) *World {
	w := &World{Live: f.Live(o)}
	for _, obj := range f.Objects {
		w.Git = append(w.Git, Clone(obj).(map[string]any))
	}
	return w
}

// Change is what a mutation did, and what a tool that compares Git and live, and last saw them in agreement, should say.
type Change struct {
	Mutation string
	Object   Ref
	// Path is the root of what differs, in the manner of selvage: "." is the whole object. A list is one value here; a
	// tool that looks into lists may tell a path below. It is nil when nothing is to be told.
	Path Path
	// State of the object and Verdict of the field, in selvage's words. Verdict is "" where no difference is to be told,
	// and for a whole object on one side.
	State, Verdict string
	// Manager is the field manager that the live object names for the change, "" when nobody recorded who did it.
	Manager string
	At      time.Time
}

// Apply does a mutation to an object at a time, on whichever sides it touches. It answers false, and changes nothing,
// when either side lacks the object or the mutation does not fit it.
func (w *World) Apply(m Mutation, ref Ref, at time.Time) (Change, bool) {
	git, live := find(w.Git, ref), find(w.Live, ref)
	if git < 0 || live < 0 || m.Kind != "" && m.Kind != ref.Kind {
		return Change{}, false
	}
	s, fits := m.Plan(w.Git[git], w.Live[live])
	if !fits || s.MakeLive != nil && find(w.Live, RefOf(s.MakeLive)) >= 0 {
		return Change{}, false
	}
	if s.MakeGit != nil && RefOf(s.MakeGit) != ref && find(w.Git, RefOf(s.MakeGit)) >= 0 {
		return Change{}, false
	}
	c := Change{Mutation: m.Name, Object: ref, State: m.State, Verdict: m.Verdict, Manager: s.recorded(), At: at}
	if made := s.made(); made != nil {
		c.Object = RefOf(made)
	}
	if path := w.apply(s, git, live, at); m.Verdict != "" || m.State != InSync {
		c.Path = path
	}
	return c, true
}

// ApplyFirst does a mutation to the first object, in Git's order, that it fits and that is not among those taken.
func (w *World) ApplyFirst(m Mutation, at time.Time, taken map[Ref]bool) (Change, bool) {
	for _, obj := range w.Git {
		if ref := RefOf(obj); !taken[ref] {
			if c, ok := w.Apply(m, ref, at); ok {
				return c, true
			}
		}
	}
	return Change{}, false
}

// Scatter does n mutations, or as many as fit, each to an object of its own: chosen by the seed, the same for the same
// world.
func (w *World) Scatter(seed uint64, n int, at time.Time) []Change {
	rng := rand.New(rand.NewPCG(seed, uint64(len(w.Git))))
	mutations, refs := Mutations(), make([]Ref, len(w.Git))
	for i, obj := range w.Git {
		refs[i] = RefOf(obj)
	}
	rng.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
	var changes []Change
	for _, ref := range refs {
		if len(changes) == n {
			break
		}
		for _, i := range rng.Perm(len(mutations)) {
			if c, ok := w.Apply(mutations[i], ref, at); ok {
				changes = append(changes, c)
				break
			}
		}
	}
	return changes
}

// apply carries out the steps and answers the root of what they changed, the whole object when they made or dropped one.
func (w *World) apply(s Steps, git, live int, at time.Time) Path {
	var path Path
	for _, e := range s.Live {
		if root, changed := EditLive(w.Live[live], e, s.Manager, at); changed && path == nil {
			path = root
		}
	}
	for _, p := range s.NeverHad {
		p.remove(w.Live[live])
	}
	for _, e := range s.Git {
		if root, changed := EditGit(w.Git[git], e); changed && (path == nil || len(root) < len(path)) {
			path = root
		}
	}
	if s.MakeLive != nil {
		o := LiveOptions{Now: at, Method: Post, Manager: s.Manager, ResourceVersion: 900_000 + int64(len(w.Live))}
		w.Live = append(w.Live, Live(s.MakeLive, o))
	}
	if s.MakeGit != nil {
		w.Git = append(w.Git, Clone(s.MakeGit).(map[string]any))
	}
	if s.DropGit {
		w.Git = slices.Delete(w.Git, git, git+1)
	}
	if s.DropLive {
		w.Live = slices.Delete(w.Live, live, live+1)
	}
	if s.MakeLive != nil || s.MakeGit != nil || s.DropGit || s.DropLive {
		return Path{}
	}
	return path
}

func find(objects []map[string]any, ref Ref) int {
	return slices.IndexFunc(objects, func(o map[string]any) bool { return RefOf(o) == ref })
}

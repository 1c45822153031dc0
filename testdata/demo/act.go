package demo

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"selvage/testdata/hedgehog"
)

// act is something that somebody does on a fabric; false where there is nothing
// to do it to.
type act func(s *site, rng *rand.Rand, at time.Time) (done, bool)

// done tells what was done. What needs no commit has no message.
type done struct {
	told    string
	author  author
	message string
}

// words are what is told of an act, and the commit that belongs to it. "{}" is
// the object.
type words struct {
	told    string
	author  author
	message string
}

func (w words) about(ref hedgehog.Ref) done {
	fill := strings.NewReplacer("{}", ref.Kind+"/"+ref.Name, "{name}", ref.Name)
	return done{told: fill.Replace(w.told), author: w.author, message: fill.Replace(w.message)}
}

// change does a mutation to some object that nobody has changed yet.
func change(mutation func(*rand.Rand) hedgehog.Mutation, w words) act {
	return func(s *site, rng *rand.Rand, at time.Time) (done, bool) {
		m := mutation(rng)
		refs := make([]hedgehog.Ref, 0, len(s.world.Git))
		for _, obj := range s.world.Git {
			if ref := hedgehog.RefOf(obj); (m.Kind == "" || m.Kind == ref.Kind) && s.untouched(ref) {
				refs = append(refs, ref)
			}
		}
		rng.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
		for _, ref := range refs {
			before := open{git: copied(s.world.Git, ref), live: copied(s.world.Live, ref)}
			c, fits := s.world.Apply(m, ref, at)
			if !fits {
				continue
			}
			if c.State == hedgehog.InSync {
				s.touched[ref] = true
				return w.about(ref), true
			}
			if c.Object != ref {
				before = open{}
			}
			before.change = c
			s.open = append(s.open, before)
			return w.about(c.Object), true
		}
		return done{}, false
	}
}

func (s *site) untouched(ref hedgehog.Ref) bool {
	return !s.touched[ref] && !slices.ContainsFunc(s.open, func(o open) bool { return o.change.Object == ref }) &&
		(s.broken == "" || !slices.Contains(s.held(s.broken), ref))
}

// take removes and answers the oldest open difference of one of some states. What
// a script did is left for the visitor to settle.
func (s *site) take(states ...string) (open, bool) {
	return s.takeFirst(func(o open) bool { return slices.Contains(states, o.change.State) && o.change.Mutation != scripted })
}

func (s *site) takeFirst(is func(open) bool) (open, bool) {
	i := slices.IndexFunc(s.open, is)
	if i < 0 {
		return open{}, false
	}
	o := s.open[i]
	s.open = slices.Delete(s.open, i, i+1)
	return o, true
}

// onlyGit is the state of what waited too long for the engine, stuck of what it
// could not apply.
const (
	onlyGit = "only_git"
	stuck   = "stuck"
)

// apply has the engine bring the oldest change of Git to the cluster.
func apply(told string) act {
	return func(s *site, _ *rand.Rand, at time.Time) (done, bool) {
		// What is refused comes last: it does not keep the rest from being applied.
		waits := func(o open) bool { return slices.Contains([]string{hedgehog.Pending, onlyGit}, o.change.State) }
		o, ok := s.takeFirst(func(o open) bool { return waits(o) && !s.refuses(o) })
		if !ok {
			o, ok = s.takeFirst(waits)
		}
		if !ok {
			return done{}, false
		}
		s.apply(o.change.Object, at)
		return words{told: told}.about(o.change.Object), true
	}
}

// apply makes live what an engine makes of Git's manifest.
func (s *site) apply(ref hedgehog.Ref, at time.Time) {
	live := find(s.world.Live, ref)
	git := find(s.world.Git, ref)
	if git < 0 {
		if live >= 0 {
			s.world.Live = slices.Delete(s.world.Live, live, live+1)
		}
		return
	}
	s.seq++
	made := hedgehog.Live(s.world.Git[git], s.liveOptions(at))
	if live < 0 {
		s.world.Live = append(s.world.Live, made)
		return
	}
	is, _ := made["metadata"].(map[string]any)
	was, _ := s.world.Live[live]["metadata"].(map[string]any)
	is["creationTimestamp"] = was["creationTimestamp"]
	if n, ok := was["generation"].(int64); ok {
		is["generation"] = n + 1
	}
	s.world.Live[live] = made
}

// revert puts the oldest live edit, or live object, back to what it was.
func revert(state, told string) act {
	return func(s *site, _ *rand.Rand, at time.Time) (done, bool) {
		o, ok := s.take(state)
		if !ok {
			return done{}, false
		}
		ref, manager := o.change.Object, o.change.Manager
		live := find(s.world.Live, ref)
		switch {
		case live < 0:
			s.apply(ref, at)
		case o.live == nil:
			s.world.Live = slices.Delete(s.world.Live, live, live+1)
		default:
			hedgehog.EditLive(s.world.Live[live], putBack(o.live, o.change.Path), manager, at)
		}
		return words{told: told}.about(ref), true
	}
}

// adopt commits what live says of the oldest difference of a state.
func adopt(state string, w words) act {
	return func(s *site, _ *rand.Rand, _ time.Time) (done, bool) {
		o, ok := s.take(state)
		if !ok {
			return done{}, false
		}
		ref := o.change.Object
		git, live := find(s.world.Git, ref), find(s.world.Live, ref)
		switch {
		case git < 0 && live >= 0:
			s.world.Git = append(s.world.Git, manifest(s.world.Live[live]))
		case git >= 0 && live < 0:
			s.world.Git = slices.Delete(s.world.Git, git, git+1)
		case git >= 0:
			hedgehog.EditGit(s.world.Git[git], putBack(s.world.Live[live], o.change.Path))
		}
		return w.about(ref), true
	}
}

// putBack is the edit that makes a path what it is in an object.
func putBack(from map[string]any, path hedgehog.Path) hedgehog.Edit {
	v, there := path.At(from)
	return hedgehog.Edit{Path: path, Value: hedgehog.Clone(v), Remove: !there}
}

// manifest is what somebody writes down of a live object.
func manifest(live map[string]any) map[string]any {
	ref := hedgehog.RefOf(live)
	return map[string]any{
		"apiVersion": live["apiVersion"], "kind": live["kind"],
		"metadata": map[string]any{"name": ref.Name, "namespace": ref.Namespace}, "spec": hedgehog.Clone(live["spec"]),
	}
}

// breakFile commits the file of some object in the middle of a merge.
func breakFile(kind string, w words) act {
	return func(s *site, rng *rand.Rand, _ time.Time) (done, bool) {
		var refs []hedgehog.Ref
		for _, obj := range s.world.Git {
			if ref := hedgehog.RefOf(obj); ref.Kind == kind && s.untouched(ref) {
				refs = append(refs, ref)
			}
		}
		if s.broken != "" || len(refs) == 0 {
			return done{}, false
		}
		ref := refs[rng.IntN(len(refs))]
		s.broken = s.path(hedgehog.Plural(ref.Kind) + "/" + ref.Name + ".yaml")
		return w.about(ref), true
	}
}

// mendFile commits the file as it should be.
func mendFile(w words) act {
	return func(s *site, _ *rand.Rand, _ time.Time) (done, bool) {
		if s.broken == "" {
			return done{}, false
		}
		refs := s.held(s.broken)
		s.broken = ""
		return w.about(refs[0]), true
	}
}

// cutDump has the copy of the dump end early, or arrive whole again.
func cutDump(cut bool, told string) act {
	return func(s *site, _ *rand.Rand, _ time.Time) (done, bool) {
		if s.cut == cut {
			return done{}, false
		}
		s.cut = cut
		return done{told: told}, true
	}
}

func find(objects []map[string]any, ref hedgehog.Ref) int {
	return slices.IndexFunc(objects, func(o map[string]any) bool { return hedgehog.RefOf(o) == ref })
}

func copied(objects []map[string]any, ref hedgehog.Ref) map[string]any {
	i := find(objects, ref)
	if i < 0 {
		return nil
	}
	c, _ := hedgehog.Clone(objects[i]).(map[string]any)
	return c
}

package drift

import (
	"cmp"
	"slices"

	"selvage/core"
)

// freeze finds out whether too much vanished at once to be believed. What a
// commit removed is explained, and does not count.
func (f *frame) freeze() *core.Freeze {
	if f.Calm || f.fabric.Limits == (core.Limits{}) {
		return nil
	}
	live, git := f.vanished()
	for _, z := range []*core.Freeze{live, git} {
		if len(z.Gone) == 0 || !f.fabric.Limits.Exceeded(len(z.Gone), z.Of) || f.confirmed(z.Gone) {
			continue
		}
		z.Since = f.Now
		if r := f.Memory.Report; r != nil && r.Freeze != nil && r.Freeze.Side == z.Side {
			z.Since = r.Freeze.Since
		}
		f.hold(z)
		return z
	}
	return nil
}

// vanished is what each side is without now, though nothing explains it.
func (f *frame) vanished() (live, git *core.Freeze) {
	live, git = &core.Freeze{Side: "live"}, &core.Freeze{Side: "git"}
	moved := f.Memory.Git == nil || !slices.EqualFunc(f.Git.Readings, f.Memory.Git.Readings, func(a, b core.Reading) bool {
		return a.Revision == b.Revision
	})
	for _, p := range f.pairs() {
		switch {
		case p.before == nil:
			continue
		case p.git != nil && p.live != nil:
			live.Of++
			git.Of++
			continue
		}
		k, before, now := p.key, p.before, f.Git.Side(p.key).Presence
		if before.Live.Object != nil {
			live.Of++
			removed := now == core.Absent && (before.Base != nil || onceInGit(before) || len(f.Past[k].Versions) > 0)
			if !removed && f.Live.Side(k).Presence == core.Absent {
				live.Gone = append(live.Gone, k)
			}
		}
		if before.Git.Object != nil {
			git.Of++
			if !moved && now == core.Absent {
				git.Gone = append(git.Gone, k)
			}
		}
	}
	slices.SortFunc(live.Gone, core.Key.Compare)
	slices.SortFunc(git.Gone, core.Key.Compare)
	return live, git
}

// confirmed tells whether a person has said that what vanished was to vanish.
func (f *frame) confirmed(gone []core.Key) bool {
	return slices.ContainsFunc(f.Memory.Acceptances, func(a core.Acceptance) bool {
		return a.What == core.AcceptMass && !slices.ContainsFunc(gone, func(k core.Key) bool {
			// What came back after the word and vanishes again vanishes anew.
			before := f.Memory.Objects[k]
			return !slices.Contains(a.Keys, k) || before != nil && before.Live.At.After(a.At)
		})
	})
}

func (f *frame) hold(z *core.Freeze) {
	f.frozen = true
	f.gone = make(map[core.Key]string, len(z.Gone))
	why := z.Sentence(f.fabric.ID)
	for _, k := range z.Gone {
		f.gone[k] = why
	}
}

// rewrites are the rewritten histories that nobody has accepted yet: those
// found now, and those of the last report.
func (f *frame) rewrites() []core.Rewrite {
	var all []core.Rewrite
	if f.Memory.Report != nil {
		all = append(all, f.Memory.Report.Rewrites...)
	}
	for _, r := range f.Rewrites {
		if !slices.ContainsFunc(all, func(o core.Rewrite) bool { return o.Path == r.Path && o.From == r.From && o.To == r.To }) {
			all = append(all, r)
		}
	}
	all = slices.DeleteFunc(all, func(r core.Rewrite) bool {
		return slices.ContainsFunc(f.Memory.Acceptances, func(a core.Acceptance) bool {
			return a.What == core.AcceptRewrite && a.From == r.From && a.To == r.To
		})
	})
	slices.SortStableFunc(all, func(a, b core.Rewrite) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), a.At.Compare(b.At))
	})
	return all
}

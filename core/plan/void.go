package plan

import (
	"fmt"
	"slices"

	"selvage/core"
)

// Void tells why a plan no longer holds, given one that was made anew of the same
// drafts: git or live has moved on something that it touches. It is "" where both
// would do the same. That a branch has moved elsewhere is no reason.
func Void(then, now *core.Plan) string {
	for _, v := range now.Void {
		if !slices.ContainsFunc(then.Void, func(o core.VoidDraft) bool { return sameDraft(o, v) }) {
			return fmt.Sprintf("the decision on %s of %s no longer stands: %s", v.Resolution.Path, v.Resolution.Key, v.Reason)
		}
	}
	for _, e := range now.Refused {
		if !slices.ContainsFunc(then.Refused, func(o core.UpdateError) bool { return o.Fabric == e.Fabric && o.Key == e.Key }) {
			return fmt.Sprintf("%s: %v", e.Key, e.Err)
		}
	}
	was, is := changesOf(then), changesOf(now)
	for _, c := range was {
		if !slices.ContainsFunc(is, func(o core.PlannedChange) bool { return sameChange(c, o) }) {
			return fmt.Sprintf("%s of %s is no longer what it was, or is done already", c.Path, c.Key)
		}
	}
	for _, c := range is {
		if !slices.ContainsFunc(was, func(o core.PlannedChange) bool { return sameChange(c, o) }) {
			return fmt.Sprintf("%s of %s came in", c.Path, c.Key)
		}
	}
	for _, e := range then.Effects {
		if !decidedIn(then, e) || slices.ContainsFunc(now.Effects, func(o core.Effect) bool { return sameEffect(o, e) }) {
			continue
		}
		return fmt.Sprintf("live has moved on at %s of %s in %s", e.Path, e.Key, e.Fabric)
	}
	for _, why := range now.Unseen {
		if !slices.Contains(then.Unseen, why) {
			return why
		}
	}
	for _, e := range now.Effects {
		if e.Op != core.EffectUndo && e.Op != core.EffectDelete {
			continue
		}
		if !slices.ContainsFunc(then.Effects, func(o core.Effect) bool {
			return o.Op == e.Op && o.Fabric == e.Fabric && o.Key == e.Key && o.Path == e.Path && o.From.Equal(e.From)
		}) {
			return fmt.Sprintf("it would %s something that it did not before: %s of %s in %s%s", e.Op, e.Path, e.Key, e.Fabric, by(e))
		}
	}
	return ""
}

// decidedIn tells whether an effect is what the plan itself brings about in one of
// its own fabrics.
func decidedIn(p *core.Plan, e core.Effect) bool {
	return slices.ContainsFunc(changesOf(p), func(c core.PlannedChange) bool {
		return c.Fabric == e.Fabric && c.Key == e.Key && c.Path == e.Path
	})
}

func sameEffect(a, b core.Effect) bool {
	return a.Fabric == b.Fabric && a.Key == b.Key && a.Path == b.Path && a.From.Equal(b.From) && a.To.Equal(b.To)
}

func by(e core.Effect) string {
	if e.Manager == "" {
		return ""
	}
	return ", by " + e.Manager
}

func sameDraft(a, b core.VoidDraft) bool {
	return a.Fabric == b.Fabric && a.Resolution.Key == b.Resolution.Key && a.Resolution.Path == b.Resolution.Path
}

func changesOf(p *core.Plan) []core.PlannedChange {
	var all []core.PlannedChange
	for _, c := range p.Commits {
		all = append(all, c.Changes...)
	}
	return all
}

func sameChange(a, b core.PlannedChange) bool {
	return a.Fabric == b.Fabric && a.Key == b.Key && a.Path == b.Path && a.Before.Equal(b.Before) && a.After.Equal(b.After)
}

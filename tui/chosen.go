package tui

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"

	"selvage/core"
)

// chosen are the differences that an action is about. What can be decided about them
// is worked out once, however many keys ask.
type chosen struct {
	matters []matter
	offers  map[core.Choice]offer
	drafts  *bool // whether something of it is decided; nil where nobody asked yet
}

// chosenMade is what that was worked out for.
type chosenMade struct {
	loads  int // of the rows
	marks  int
	cursor int // -1 where the marks count
	drafts *core.DraftStanding
}

// offer counts what a choice would decide.
type offer struct{ differences, objects int }

// offer counts what a choice would decide of all that is chosen.
func (c *chosen) offer(by core.Choice) offer {
	is, known := c.offers[by]
	if known {
		return is
	}
	last := core.Key{}
	for _, m := range c.matters {
		if !m.offers(by) {
			continue
		}
		is.differences++
		if is.objects == 0 || m.verdict.Key != last {
			is.objects++
		}
		last = m.verdict.Key
	}
	if c.offers == nil {
		c.offers = map[core.Choice]offer{}
	}
	c.offers[by] = is
	return is
}

// drops tells whether something that is chosen is decided.
func (c *chosen) drops(desk decided) bool {
	if c.drafts == nil {
		any := len(desk) > 0 && slices.ContainsFunc(c.matters, func(m matter) bool { return desk.on(m) != nil })
		c.drafts = &any
	}
	return *c.drafts
}

// can tells whether an action would do something.
func (c *chosen) can(e Env, a Action) bool {
	f, ok := e.fabric()
	if !ok {
		return false
	}
	switch a {
	case ActUndo, ActRedo:
		return e.decides(f)
	case ActDrop:
		return e.decides(f) && c.drops(e.decided(f))
	case ActAccept:
		return e.acts.Accepter != nil && len(c.matters) == 1 && acceptable(c.matters[0].verdict.State)
	case ActPlan:
		return e.plans(f)
	case ActEdit:
		return e.decides(f) && len(c.matters) == 1 && c.matters[0].offers(core.TakeEdited)
	default:
		by := choiceOf(a)
		return by != "" && e.decides(f) && c.offer(by).differences > 0
	}
}

// digest is by which a set of differences is known again.
type digest [sha256.Size]byte

// digestOf is the digest of some places in fabrics, in their order.
func digestOf(places iter.Seq2[core.FabricID, placeOf]) digest {
	h := sha256.New()
	for id, at := range places {
		_, _ = fmt.Fprintf(h, "%q %q %q %q %q %q\n", id, at.key.Group, at.key.Kind, at.key.Namespace, at.key.Name, at.path)
	}
	return digest(h.Sum(nil))
}

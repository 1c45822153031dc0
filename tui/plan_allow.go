package tui

import (
	"context"
	"strconv"
	"strings"

	"selvage/core"
	"selvage/core/safe"
)

// several are the fabrics that a screen is about.
func (e Env) several() []core.FabricID {
	if len(e.fabrics) > 1 {
		return e.fabrics
	}
	return []core.FabricID{e.Place.Fabric}
}

// planned names what is planned: a fabric, or how many.
func (e Env) planned() string {
	if len(e.fabrics) > 1 {
		return plural(len(e.fabrics), "fabric")
	}
	return string(e.Place.Fabric)
}

// namesOf are several fabrics as one text, by which they are known; "" for fewer.
func namesOf(fabrics []core.FabricID) string {
	if len(fabrics) < 2 {
		return ""
	}
	names := make([]string, len(fabrics))
	for i, id := range fabrics {
		names[i] = string(id)
	}
	return strings.Join(names, "\x00")
}

// limited is how many objects a plan takes out of Git, where nothing but the
// limits of its fabrics keeps it from being published: another plan that may take
// so many tells.
func limited(ctx context.Context, planner Planner, p *core.Plan, fabrics []core.FabricID) int {
	n := p.Deletes()
	if len(p.Stop) == 0 || n <= p.Asked.AllowDelete {
		return 0
	}
	asked := p.Asked
	asked.AllowDelete = n
	again, err := planner.Plan(ctx, p.By, asked, fabrics...)
	if err != nil || len(again.Stop) > 0 || again.Deletes() != n {
		return 0
	}
	return n
}

// allowing is what a person types a number for: that a plan may take so many
// objects out of Git.
type allowing struct{ plan *planned }

func (p *planPane) askCount() Outcome {
	return Outcome{Ask: &question{
		label: safe.Sprintf("type %d to allow that: ", p.answer.toAllow),
		says:  []safe.Text{safe.Sprintf("it takes %s out of git", plural(p.answer.toAllow, "object"))},
		about: allowing{p.answer},
	}}
}

// allow takes the number that was typed, and has the plan made that it allows.
func (p *planPane) allow(e Env, is allowing, text string) Outcome {
	switch {
	case is.plan != p.plan(e):
		return Outcome{Note: safe.Lit("the plan is another one by now: nothing was allowed")}
	case text != strconv.Itoa(is.plan.toAllow):
		return Outcome{Note: safe.Sprintf("that is not %d: nothing was allowed", is.plan.toAllow)}
	}
	p.asked.AllowDelete = is.plan.toAllow
	return Outcome{}
}

// keyOf is the key of an action in a scope.
func keyOf(e Env, in scope, a Action) string {
	for _, b := range e.keymap.of([]scope{in}) {
		if b.action == a && len(b.keys) > 0 {
			return b.keys[0]
		}
	}
	return ""
}

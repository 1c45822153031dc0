package tui

import (
	"slices"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// draftOn is the draft that decides a difference: the one at its place, or the
// nearest around it; nil where there is none.
func draftOn(f core.FabricState, m matter) *core.DraftStanding {
	var on *core.DraftStanding
	for i := range f.Drafts {
		d := &f.Drafts[i]
		if d.Key == m.verdict.Key && m.change.Path.Under(d.Path) && (on == nil || d.Path.Under(on.Path)) {
			on = d
		}
	}
	return on
}

// draftsOn are those of several differences, each once.
func draftsOn(f core.FabricState, about []matter) []core.DraftStanding {
	all := []core.DraftStanding{}
	for _, m := range about {
		d := draftOn(f, m)
		if d != nil && !slices.ContainsFunc(all, func(o core.DraftStanding) bool { return o.ID == d.ID }) {
			all = append(all, *d)
		}
	}
	return all
}

// draftsOf are those about one object.
func draftsOf(f core.FabricState, k core.Key) []core.DraftStanding {
	return slices.DeleteFunc(slices.Clone(f.Drafts), func(d core.DraftStanding) bool { return d.Key != k })
}

// draftWord says what a draft wants, in a few words.
func draftWord(d *core.DraftStanding) safe.Text {
	switch {
	case d.Choice != core.TakeEdited:
		return safe.Sprintf("take %s", d.Choice)
	case !d.Value.Present():
		return safe.Lit("remove it")
	}
	return safe.Lit("set ").Plus(quoted(d.Value))
}

// draftState says what has become of a draft, in a word.
func draftState(d *core.DraftStanding) part {
	switch d.State {
	case core.DraftOpen:
		return part{role: themes.Match, text: safe.Lit("draft")}
	case core.DraftProposed:
		return part{role: themes.Match, text: safe.Lit("proposed")}
	case core.DraftPending:
		return part{role: role(core.Pending), text: safe.Lit("pending")}
	case core.DraftDone:
		return part{role: role(core.InSync), text: safe.Lit("done")}
	case core.DraftVoid:
		return part{role: themes.Warn, text: safe.Lit("void")}
	}
	return part{role: themes.Dim, text: safe.Clean(string(d.State))}
}

// draftWhy says why a draft is in its state, or how live is to follow it; nothing
// where there is nothing to say.
func draftWhy(d *core.DraftStanding) safe.Text {
	switch {
	case d.State == core.DraftPending && d.Keeping.Sentence != "":
		return safe.Clean(d.Keeping.Sentence)
	case d.State == core.DraftOpen:
		return safe.Text{}
	}
	return safe.Clean(d.Why)
}

// draft appends what was decided about a change.
func (d *scroll) draft(decided *core.DraftStanding) {
	is := draftState(decided)
	by := part{role: themes.Dim, text: safe.Clean(decided.By)}
	l := scrollLine{fold: -1, right: []part{by}, at: decided.At}
	l.left = []part{{role: is.role, text: safe.Lit("   = ").Plus(is.text, safe.Lit(": "), draftWord(decided))}}
	if decided.From != "" {
		l.left = append(l.left, part{role: themes.Dim, text: safe.Sprintf("  from %s", decided.From)})
	}
	d.add(l)
	if why := draftWhy(decided); why.Len() > 0 {
		d.say(is.role, 5, why)
	}
}

// draftCount says how many drafts lie on the desk of a fabric, and how many of
// them no longer stand: "3 drafts, 1 void"; "" where none does.
func draftCount(f core.FabricState) string {
	open, void := 0, 0
	for _, d := range f.Drafts {
		switch d.State {
		case core.DraftVoid:
			void++
		case core.DraftOpen, core.DraftProposed, core.DraftPending, core.DraftDone:
			open++
		}
	}
	text := ""
	if open > 0 {
		text = plural(open, "draft")
	}
	switch {
	case void > 0 && text != "":
		text += ", " + grouped(void) + " void"
	case void > 0:
		text = plural(void, "void draft")
	}
	return text
}

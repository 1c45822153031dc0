package tui

import (
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// decided are the drafts of a fabric by the objects that they are about.
type decided map[core.Key][]*core.DraftStanding

// decidedOn sorts the drafts of a fabric.
func decidedOn(drafts []core.DraftStanding) decided {
	all := make(decided, len(drafts))
	for i := range drafts {
		d := &drafts[i]
		all[d.Key] = append(all[d.Key], d)
	}
	return all
}

// firstDraft is by which the drafts of a fabric are known: they are replaced whole.
func firstDraft(f core.FabricState) *core.DraftStanding {
	if len(f.Drafts) == 0 {
		return nil
	}
	return &f.Drafts[0]
}

// on is the draft that decides a difference: the one at its place, or the nearest
// around it; nil where there is none.
func (all decided) on(m matter) *core.DraftStanding {
	var on *core.DraftStanding
	for _, d := range all[m.verdict.Key] {
		if m.change.Path.Under(d.Path) && (on == nil || d.Path.Under(on.Path)) {
			on = d
		}
	}
	return on
}

// over are those of several differences, each once.
func (all decided) over(about []matter) []core.DraftStanding {
	drafts, seen := []core.DraftStanding{}, map[int64]bool{}
	for _, m := range about {
		if d := all.on(m); d != nil && !seen[d.ID] {
			seen[d.ID] = true
			drafts = append(drafts, *d)
		}
	}
	return drafts
}

// deskMemo keeps the drafts that were sorted last: each row and each key of a frame
// asks for them.
type deskMemo struct {
	first *core.DraftStanding
	n     int
	all   decided
}

// decided are the drafts of a fabric.
func (e Env) decided(f core.FabricState) decided {
	switch first, n := firstDraft(f), len(f.Drafts); {
	case n == 0:
		return nil
	case e.desk == nil:
		return decidedOn(f.Drafts)
	case e.desk.first != first || e.desk.n != n:
		*e.desk = deskMemo{first, n, decidedOn(f.Drafts)}
	}
	return e.desk.all
}

// draftsOf are those about one object.
func draftsOf(f core.FabricState, k core.Key) []core.DraftStanding {
	drafts := []core.DraftStanding{}
	for i := range f.Drafts {
		if f.Drafts[i].Key == k {
			drafts = append(drafts, f.Drafts[i])
		}
	}
	return drafts
}

// draftWord says what a draft wants, in a few words.
func draftWord(d *core.DraftStanding) safe.Text {
	switch {
	case d.Choice != core.TakeEdited && !d.Value.Present():
		return safe.Sprintf("take %s: %s", d.Choice, lost(d.Choice, d.Path == core.Root))
	case d.Choice != core.TakeEdited:
		return safe.Sprintf("take %s", d.Choice)
	case !d.Value.Present():
		return safe.Lit("remove it")
	}
	return safe.Lit("set ").Plus(quoted(d.Value))
}

// draftSentence says what a draft does to which object, and where it takes away what
// is there.
func draftSentence(f core.FabricState, d *core.DraftStanding) safe.Text {
	text := safe.Clean(d.Sentence(f.Fabric.Label(d.Key)))
	if d.Choice != core.TakeEdited && !d.Value.Present() {
		text = text.Plus(safe.Sprintf(": %s", lost(d.Choice, d.Path == core.Root)))
	}
	return text
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

// draftCount says how many drafts are to be published, how many wait for a
// review or for live, and how many no longer stand: "3 drafts, 2 proposed, 1 void"; ""
// where none does any of it.
func draftCount(tally core.DraftTally) string {
	texts := []string{}
	for _, n := range []struct {
		count int
		word  string
	}{{tally.Open, ""}, {tally.Proposed, "proposed"}, {tally.Pending, "pending"}, {tally.Void, "void"}} {
		switch {
		case n.count == 0:
		case n.word == "":
			texts = append(texts, plural(n.count, "draft"))
		case len(texts) == 0:
			texts = append(texts, plural(n.count, n.word+" draft"))
		default:
			texts = append(texts, grouped(n.count)+" "+n.word)
		}
	}
	return strings.Join(texts, ", ")
}

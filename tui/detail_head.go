package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// above are the lines over the table: the counts, what waits for a person, the
// engine and the switches, and what could not be read.
func (p *detailPane) above(e Env, f core.FabricState) []string {
	if !e.roomy() {
		return nil
	}
	s := e.Style
	order := widget.Span{Ink: s.ink(themes.Dim), Text: safe.Clean(p.order.note(objectSorts()))}
	if text := newsText(e, p.news); text != "" && p.order == 0 {
		order = widget.Span{Ink: s.ink(themes.Match), Text: safe.Clean(text)}
	}
	room := e.Width - widget.Width(order.Text) - 9
	if !e.Filter.empty() {
		room -= widget.Width(e.Filter.note(s).Text) + 2
	}
	title := widget.Span{Ink: s.ink(themes.Title), Text: p.counts(f, room)}
	lines := []string{listRule(e, title, order)}
	room = max(min(e.Height/6, 6), 1)
	waiting := banners(f, e, e.Width)
	lines = append(lines, waiting[:min(len(waiting), max(e.Height/3, 1))]...)
	if f.Report != nil && e.Height >= 14 {
		lines = append(lines, engineLines(e, f)...)
		lines = append(lines, beside(e, rulesFor(f.Report), notInGit(f.Report))...)
	}
	// What is wrong is what there is to be read where no object takes the room.
	taken := len(lines) + len(p.rows) + 2
	if len(p.rows) > 0 {
		taken += max(e.Height/3, 4)
	}
	wrong := problemLines(problems(f, e), e.Width)
	if room = max(room, e.Height-taken); len(wrong) > room {
		wrong = wrong[:room]
		last := &wrong[room-1]
		last.text = widget.Fit(last.text.Plus(safe.Lit(" ..")), e.Width-3, widget.CutEnd)
	}
	for _, l := range wrong {
		lines = append(lines, widget.NewLine(e.Width).Put(s.ink(role(core.Unknown)), l.lead).Put(s.ink(themes.Error), l.text).String())
	}
	return lines
}

// problemLine is a line of a reason: the first of each has its mark.
type problemLine struct{ lead, text safe.Text }

// problemLines are reasons, wrapped.
func problemLines(reasons []string, width int) []problemLine {
	all := []problemLine{}
	for _, reason := range reasons {
		lead := safe.Lit(" ? ")
		for _, l := range widget.Wrap(safe.Clean(reason), max(width-3, 1)) {
			all = append(all, problemLine{lead, l})
			lead = safe.Lit("   ")
		}
	}
	return all
}

// beside puts sentences on one line where they fit, else on a line each.
func beside(e Env, texts ...string) []string {
	texts = slices.DeleteFunc(texts, func(t string) bool { return t == "" })
	if joined := strings.Join(texts, "; "); len(joined) < e.Width && len(texts) > 0 {
		texts = []string{joined}
	}
	lines := make([]string, len(texts))
	for i, t := range texts {
		lines[i] = widget.NewLine(e.Width).Put(e.Style.ink(themes.Dim), safe.Clean(" "+t)).String()
	}
	return lines
}

// rulesFor says which release the rules are of, and which one the fabric looks
// like.
func rulesFor(r *core.Report) string {
	switch {
	case r.Rules == "":
		return ""
	case r.Release == "":
		return fmt.Sprintf("rules %s, fabric release not known", r.Rules)
	}
	return fmt.Sprintf("rules %s, fabric %s", r.Rules, r.Release)
}

// counts sums the fabric's objects up in words, in as many as there is room
// for, and what was folded of them.
func (p *detailPane) counts(f core.FabricState, room int) safe.Text {
	if f.Report == nil {
		return safe.Lit("objects")
	}
	text := safe.Clean(tallied(f))
	switch p.lists {
	case listsDrift:
	case listsConflicts:
		text = safe.Sprintf("%s in conflict", plural(p.count, "object"))
	case listsAll:
		text = safe.Sprintf("%s, %s", objectCount(f), tallied(f))
	}
	if p.trouble {
		return text.Plus(safe.Lit(", shown: what needs a person"))
	}
	if p.lists == listsConflicts {
		return text
	}
	for _, more := range []struct {
		n    int
		tell func(int) string
	}{
		{p.folded[0], func(n int) string { return plural(n, "server field") + " folded" }},
		{p.folded[1], func(n int) string { return grouped(n) + " by own rules" }},
		{p.folded[2], func(n int) string { return plural(n, "field") + " accepted" }},
	} {
		longer := text.Plus(safe.Sprintf(", %s", more.tell(more.n)))
		if more.n > 0 && widget.Width(longer) <= room {
			text = longer
		}
	}
	return text
}

// fabricFacts are the right of the header: the age of what is shown last,
// because it must never be missing.
func fabricFacts(e Env, f core.FabricState) []widget.Span {
	s := e.Style
	state, word := standing(f, e.Now)
	text := safe.Sprintf("%c ", state.Letter()).Plus(word)
	if f.Report != nil && f.Report.Counts[state] > 0 && state != core.InSync && word.String() == state.Title() {
		text = safe.Sprintf("%c %d %s", state.Letter(), f.Report.Counts[state], state.Title())
	}
	facts := []widget.Span{}
	if f.Report != nil {
		facts = append(facts, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("git %s", revisions(f.Report))})
	}
	facts = append(facts, deskFacts(e, f)...)
	facts = append(facts, widget.Span{Ink: s.ink(role(state)), Text: text})
	switch {
	case f.Report != nil && !f.Checking.IsZero():
		facts = append(facts, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("seen %s, checking %s", age(e.Now, f.Report.Live.ReadAt), age(e.Now, f.Checking))})
	case f.Report != nil:
		facts = append(facts, widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("seen %s", age(e.Now, f.Report.Live.ReadAt))})
	}
	return facts
}

// togetherFacts are the right of the header of a screen that is about several
// fabrics: the worst state that one of them has, in how many, and the age of what was
// seen the longest ago.
func togetherFacts(e Env, ids []core.FabricID) []widget.Span {
	s := e.Style
	worst, words, oldest, drafts := core.InSync, map[safe.Text]int{}, e.Now, []core.DraftStanding{}
	var going *core.Run
	for _, id := range ids {
		f, _ := e.Fleet.Fabric(id)
		state, word := standing(f, e.Now)
		if state < worst {
			worst, words = state, map[safe.Text]int{}
		}
		if state == worst {
			words[word]++
		}
		var seen time.Time
		if f.Report != nil {
			seen = f.Report.Live.ReadAt
		}
		if seen.Before(oldest) {
			oldest = seen
		}
		drafts = append(drafts, f.Drafts...)
		if going == nil && f.Run != nil && !f.Run.Phase.Over() {
			going = f.Run
		}
	}
	n, is := 0, safe.Clean(worst.Title())
	for word, of := range words {
		n += of
		if len(words) == 1 {
			is = word
		}
	}
	text := safe.Sprintf("%c ", worst.Letter()).Plus(is)
	if n < len(ids) {
		text = safe.Sprintf("%c %d of %d ", worst.Letter(), n, len(ids)).Plus(is)
	}
	return append(deskFacts(e, core.FabricState{Drafts: drafts, Run: going}),
		widget.Span{Ink: s.ink(role(worst)), Text: text},
		widget.Span{Ink: s.ink(themes.Dim), Text: safe.Sprintf("seen %s", age(e.Now, oldest))})
}

// deskFacts say what was decided in a fabric and waits, and whether a run is
// under way.
func deskFacts(e Env, f core.FabricState) []widget.Span {
	facts := []widget.Span{}
	tally := core.TallyDrafts(f.Drafts)
	tally.Pending = 0 // the fabric's states tell of what is
	if text := draftCount(tally); text != "" {
		facts = append(facts, widget.Span{Ink: e.Style.ink(themes.Match), Text: safe.Clean(text)})
	}
	if f.Run != nil && !f.Run.Phase.Over() {
		is := runWord(f.Run, e.Now)
		facts = append(facts, widget.Span{Ink: e.Style.ink(is.role), Text: safe.Lit("run ").Plus(is.text)})
	}
	return facts
}

package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// planText is a plan as a text: a part for each line that something can be done
// about.
type planText struct {
	*scroll
	e    Env
	f    core.FabricState
	rows []planRow
}

// planRow is what a part of the text is about.
type planRow struct {
	fabric  core.FabricID
	key     core.Key
	path    core.Path
	decided bool // it carries a decision out
	undo    bool // it undoes a live edit that nobody decided about
	gone    bool // live has nothing there
}

// undoes tells whether the line undoes a live edit.
func (r planRow) undoes() bool { return r.undo }

// newPlanText says what keeps a plan from being published and what lint has against
// it, what it commits, what engines then do, and what it leaves out.
func newPlanText(p *core.Plan, refused []string, e Env, f core.FabricState) planText {
	t := planText{scroll: newScroll(min(e.Width, fieldsWidth)), e: e, f: f}
	t.reasons(p, refused)
	t.lint(p)
	waits := waiting(e, p)
	switch {
	case p.Nothing() && len(waits) > 0:
		t.proposed(waits)
		t.undecided(p)
		t.changes = len(t.heads)
		return t
	case p.Nothing():
		for _, says := range nothingDecided(e, f) {
			t.say(themes.Dim, 1, says)
		}
		t.undecided(p)
		return t
	}
	for i := range p.Commits {
		t.commit(&p.Commits[i])
	}
	t.effects(p)
	t.followed(p)
	t.left(p)
	t.proposed(waits)
	t.undecided(p)
	t.changes = len(t.heads)
	return t
}

// title starts a group of lines.
func (t *planText) title(r themes.Role, text safe.Text) {
	if len(t.lines) > 0 {
		t.add(scrollLine{fold: -1})
	}
	t.add(scrollLine{fold: -1, left: []part{{role: r, text: text}}})
}

// row starts a part.
func (t *planText) row(r planRow) {
	t.head()
	t.rows = append(t.rows, r)
}

// reasons say why the plan cannot be published, and why a run was not begun.
func (t *planText) reasons(p *core.Plan, refused []string) {
	for _, group := range []struct {
		title safe.Text
		whys  []string
	}{{safe.Lit("it cannot be published:"), p.Stop}, {safe.Lit("it was not published:"), refused}} {
		for i, why := range group.whys {
			if i == 0 {
				t.title(themes.Error, group.title)
			}
			t.say(themes.Error, 1, safe.Clean(why))
		}
	}
}

// commit tells of one commit: where it goes, what it changes, and its message.
func (t *planText) commit(c *core.PlannedCommit) {
	t.title(themes.Title, safe.Sprintf("commit on %s %s: %s, %s", c.Branch, revision(c.Base), plural(len(c.Files), "file"), plural(len(c.Changes), "change")))
	for _, ch := range c.Changes {
		t.row(planRow{fabric: ch.Fabric, key: ch.Key, path: ch.Path, decided: true})
		r, mark := themes.Text, '~'
		switch {
		case ch.Path != core.Root: // of the object more is left than of the field
		case !ch.Before.Present():
			r, mark = themes.Added, '+'
		case !ch.After.Present():
			r, mark = themes.Removed, '-'
		}
		t.marked(r, fmt.Sprintf(" %c ", mark), t.name(ch.Fabric, ch.Key), scrollLine{fold: -1, right: []part{{role: themes.Dim, text: place(ch.Origin)}}})
		if ch.Path == core.Root && ch.After.Present() {
			t.objectChange(ch.Before, ch.After)
		}
		t.values(ch.Path, ch.Before, ch.After)
	}
	t.marked(themes.Dim, "   message  ", safe.Clean(c.Subject), scrollLine{fold: -1})
	for _, l := range safe.Multi(strings.TrimSpace(c.Body)) {
		t.marked(themes.Dim, "            ", l, scrollLine{fold: -1})
	}
}

// name is an object, with its fabric where that is another one.
func (t *planText) name(id core.FabricID, k core.Key) safe.Text {
	f, ok := t.e.Fleet.Fabric(id)
	if !ok {
		f = t.f
	}
	name := objectName(f, k)
	if id != t.f.Fabric.ID || len(t.e.fabrics) > 1 {
		name = safe.Sprintf("%s: ", id).Plus(name)
	}
	return name
}

// at names a place in the object of the line above; nothing where that is all of
// it.
func (t *planText) at(path core.Path) {
	if path != core.Root && path != "" {
		t.marked(themes.Text, "     ", safe.Clean(string(path)), scrollLine{fold: -1})
	}
}

// values shows what a place says before and after: on one line where that fits,
// else on one each. Of a whole object it shows nothing.
func (t *planText) values(path core.Path, from, to core.Value) {
	if path == core.Root || path == "" {
		return
	}
	before, after := valueText(from), valueText(to)
	if one := safe.Sprintf("%s  ", path).Plus(before, safe.Lit(" -> "), after); widget.Width(one) <= t.width-8 {
		t.marked(themes.Text, "     ", one, scrollLine{fold: -1})
		return
	}
	t.at(path)
	t.marked(themes.Removed, "   - ", before, scrollLine{fold: -1})
	t.marked(themes.Added, "   + ", after, scrollLine{fold: -1})
}

func valueText(v core.Value) safe.Text {
	if !v.Present() {
		return safe.Lit("(nothing)")
	}
	return quoted(v)
}

// effects say what engines do because of the commit, the live edits that go away
// by name.
func (t *planText) effects(p *core.Plan) {
	if len(p.Effects)+len(p.Unseen) == 0 {
		return
	}
	t.title(themes.Title, safe.Lit("then live follows:"))
	for _, x := range p.Effects {
		t.row(planRow{fabric: x.Fabric, key: x.Key, path: x.Path, undo: x.Op == core.EffectUndo, gone: !x.From.Present()})
		r, mark, word := effectWord(x.Op)
		right := []part{}
		if x.Manager != "" {
			right = append(right, part{role: themes.Warn, text: safe.Clean(x.Manager)})
		}
		t.marked(r, " "+mark+" "+word+"  ", t.name(x.Fabric, x.Key), scrollLine{fold: -1, right: right, at: x.ManagerTime})
		if x.Op == core.EffectNone {
			t.at(x.Path)
		} else {
			t.values(x.Path, x.From, x.To)
		}
		if x.Why != "" {
			t.say(themes.Dim, 5, safe.Clean(x.Why))
		}
	}
	for _, why := range p.Unseen {
		t.say(themes.Warn, 1, safe.Sprintf("? %s", why))
	}
}

func effectWord(op core.EffectOp) (r themes.Role, mark, word string) {
	switch op {
	case core.EffectCreate:
		return themes.Added, "+", "create"
	case core.EffectUpdate:
		return themes.Text, "~", "update"
	case core.EffectUndo:
		return themes.Warn, "!", "UNDO live edit"
	case core.EffectDelete:
		return themes.Removed, "-", "DELETE"
	case core.EffectNone:
		return themes.Dim, ".", "nothing by itself"
	}
	return themes.Text, "?", string(op)
}

// followed are the decisions that need no commit.
func (t *planText) followed(p *core.Plan) {
	if len(p.Followed) == 0 {
		return
	}
	t.title(themes.Title, safe.Lit("no commit needed, live is to follow git:"))
	told := map[string]bool{}
	for _, x := range p.Followed {
		t.row(planRow{fabric: x.Fabric, key: x.Key, path: x.Path, decided: true})
		t.marked(themes.Text, " = ", t.name(x.Fabric, x.Key), scrollLine{fold: -1, right: []part{{role: themes.Dim, text: safe.Clean(string(x.Effect))}}})
		t.at(x.Path)
		if x.Sentence != "" {
			t.say(themes.Dim, 5, safe.Clean(x.Sentence))
		}
		if x.Command != "" && !told[x.Command] {
			told[x.Command] = true
			t.command(5, x.Command)
		}
	}
}

// left are the decisions that stay drafts, and what nobody has decided.
func (t *planText) left(p *core.Plan) {
	if len(p.Void)+len(p.Refused) > 0 {
		t.title(themes.Warn, safe.Lit("left out:"))
	}
	for _, v := range p.Void {
		r := v.Resolution
		t.row(planRow{fabric: v.Fabric, key: r.Key, path: r.Path, decided: true})
		t.marked(themes.Warn, " x ", t.name(v.Fabric, r.Key), scrollLine{fold: -1, right: []part{{role: themes.Dim, text: safe.Lit("void")}}})
		t.at(r.Path)
		t.say(themes.Dim, 5, safe.Clean(v.Reason))
	}
	for _, v := range p.Refused {
		t.row(planRow{fabric: v.Fabric, key: v.Key, path: core.Root, decided: true})
		t.marked(themes.Warn, " x ", t.name(v.Fabric, v.Key), scrollLine{fold: -1})
		t.say(themes.Error, 5, safe.Sprintf("%v", v.Err))
	}
	if len(p.Conflicts) == 0 {
		return
	}
	t.title(role(core.Conflict), safe.Sprintf("%s that nobody has decided:", plural(len(p.Conflicts), "conflict")))
	for _, c := range p.Conflicts {
		t.row(planRow{fabric: c.Fabric, key: c.Key, path: c.Path})
		t.marked(role(core.Conflict), " ! ", t.name(c.Fabric, c.Key), scrollLine{fold: -1})
		t.at(c.Path)
		if c.Why != "" {
			t.say(themes.Dim, 5, safe.Clean(c.Why))
		}
	}
}

// undecided says how many objects need a person and have no draft.
func (t *planText) undecided(p *core.Plan) {
	told := false
	for _, id := range p.Fabrics {
		f, _ := t.e.Fleet.Fabric(id)
		words := f.Undecided().Words()
		if words == "" {
			continue
		}
		if !told {
			t.title(themes.Title, safe.Lit("nobody has decided about:"))
			told = true
		}
		if len(p.Fabrics) > 1 {
			words = string(id) + ": " + words
		}
		t.say(themes.Text, 1, safe.Clean(words))
	}
}

// waiting are the drafts that an open proposal has, of the fabrics of a plan. One
// that takes a run back is not about what lies on the desk.
func waiting(e Env, p *core.Plan) []core.DraftStanding {
	all := []core.DraftStanding{}
	if p.Asked.Reverts != "" {
		return all
	}
	for _, id := range p.Fabrics {
		f, _ := e.Fleet.Fabric(id)
		for _, d := range f.Drafts {
			if d.State == core.DraftProposed {
				d.Fabric = id
				all = append(all, d)
			}
		}
	}
	return all
}

// proposed are the decisions that are not in the plan because they wait for a review.
func (t *planText) proposed(all []core.DraftStanding) {
	if len(all) == 0 {
		return
	}
	t.title(themes.Title, safe.Sprintf("%s proposed already, nothing of it is published twice:", plural(len(all), "decision")))
	for i := range all {
		d := &all[i]
		t.row(planRow{fabric: d.Fabric, key: d.Key, path: d.Path})
		t.marked(themes.Text, " = ", t.name(d.Fabric, d.Key), scrollLine{fold: -1, right: []part{{role: themes.Dim, text: safe.Lit("proposed")}}})
		t.at(d.Path)
		t.say(themes.Dim, 5, safe.Clean(d.Why))
	}
}

// lint says what Git would be told off for that it is not now, the errors first. A line
// of it leaves out what was decided there, as a line of the commit does.
func (t *planText) lint(p *core.Plan) {
	if len(p.Lint) == 0 {
		return
	}
	found := slices.Clone(p.Lint)
	slices.SortStableFunc(found, func(a, b core.PlannedFinding) int { return cmp.Compare(lintOrder(a.Level), lintOrder(b.Level)) })
	t.title(lintRole(found[0].Level), safe.Sprintf("lint finds what it did not find before: %s", lintCount(found)))
	for _, l := range found {
		at := l.Path
		if at == "" {
			at = core.Root
		}
		t.row(planRow{fabric: l.Fabric, key: l.Key, path: at, decided: true})
		t.marked(lintRole(l.Level), " ! ", t.name(l.Fabric, l.Key), scrollLine{fold: -1, right: []part{{role: themes.Dim, text: safe.Clean(l.Rule)}}})
		t.at(l.Path)
		t.say(themes.Text, 5, safe.Clean(l.Message))
	}
}

// lintLevels are those of findings, the worst first.
func lintLevels() []core.LintLevel {
	return []core.LintLevel{core.LintError, core.LintWarning, core.LintNote}
}

func lintOrder(l core.LintLevel) int { return slices.Index(lintLevels(), l) }

// lintCount says how many findings there are of each level that some have.
func lintCount(found []core.PlannedFinding) string {
	texts := []string{}
	for _, l := range lintLevels() {
		n := 0
		for _, f := range found {
			if f.Level == l {
				n++
			}
		}
		if n > 0 {
			texts = append(texts, plural(n, string(l)))
		}
	}
	return strings.Join(texts, ", ")
}

// planFacts say how old a plan is and what commits it makes.
func planFacts(e Env, a *planned) []widget.Span {
	dim := e.Style.ink(themes.Dim)
	text := safe.Sprintf("planned %s ago", age(e.Now, a.plan.At))
	if a.plan.ID != "" {
		text = safe.Sprintf("plan %s, %s ago", a.plan.ID, age(e.Now, a.plan.At))
	}
	return []widget.Span{{Ink: dim, Text: text}}
}

// buttons are the end of the screen: what is to be known before one of them is
// pressed, and the two.
func (p *planPane) buttons(e Env) []string {
	s := e.Style
	a := p.plan(e)
	press, short := safe.Lit("commit and push"), safe.Lit("push")
	switch {
	case a != nil && a.plan.Empty():
		press, short = safe.Lit("follow"), safe.Lit("follow")
	case p.goes(e) == core.ToPropose:
		press, short = safe.Lit("push a proposal"), safe.Lit("propose")
	case p.goes(e) == core.ToPatch:
		press, short = safe.Lit("write a patch"), safe.Lit("patch")
	}
	open, shut, lead := safe.Lit("[ "), safe.Lit(" ]"), 1
	if widget.Width(press) > e.Width-22 {
		press, open, shut, lead = short, safe.Lit("["), safe.Lit("]"), 0
	}
	line := widget.NewLine(e.Width).Gap(widget.Ink{}, lead)
	button := func(text safe.Text, on, danger bool) {
		before, after := open, shut
		if !on {
			before, after = safe.Sprintf("%*s", widget.Width(open), ""), safe.Sprintf("%*s", widget.Width(shut), "")
		}
		line.Put(s.button(on, danger), before.Plus(text, after))
	}
	armed := p.armed && p.may(e)
	button(safe.Lit("cancel"), !armed, false)
	if p.may(e) {
		line.Gap(widget.Ink{}, lead+1)
		button(press, armed, true)
	}
	if e.Height < 8 || a == nil {
		return []string{line.String()}
	}
	lines := []string{rule(e, widget.Span{}, widget.Span{})}
	for _, t := range cutLines(p.warnings(e, a), e.Width, max(e.Height/3-1, 1)) {
		lines = append(lines, widget.NewLine(e.Width).Put(s.ink(themes.Warn), t).String())
	}
	return append(lines, line.String())
}

// cutLines are sentences on as many lines as they take, at most so many: a mark
// at the end says that there was more.
func cutLines(texts []safe.Text, width, most int) []safe.Text {
	lines := []safe.Text{}
	for _, t := range texts {
		for i, l := range widget.Wrap(t, max(width-4, 1)) {
			lead := safe.Lit(" ")
			if i > 0 {
				lead = safe.Lit("   ")
			}
			lines = append(lines, lead.Plus(l))
		}
	}
	if len(lines) > most {
		lines = lines[:most]
		last := &lines[most-1]
		*last = widget.Fit(last.Plus(safe.Lit(" ..")), width, widget.CutEnd)
	}
	return lines
}

// warnings are what lint has against a plan, what it takes away, and whose work.
func (p *planPane) warnings(e Env, a *planned) []safe.Text {
	texts := []safe.Text{}
	if len(a.shown.Lint) > 0 {
		texts = append(texts, safe.Sprintf("lint finds %s that git does not have now", lintCount(a.shown.Lint)))
	}
	if undone := a.shown.Undoes(); len(undone) > 0 {
		names := []string{}
		for _, x := range undone {
			if name := x.Manager; name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		text := safe.Sprintf("undoes %s that nobody decided about", plural(len(undone), "live edit"))
		if len(names) > 0 {
			text = text.Plus(safe.Sprintf(", by %s", strings.Join(names, ", ")))
		}
		texts = append(texts, text)
	}
	if n := len(a.shown.Unseen); n > 0 {
		texts = append(texts, safe.Sprintf("what engines undo is not known of %s that could not be read whole", plural(n, "fabric")))
	}
	if n := a.plan.Deletes(); n > 0 {
		texts = append(texts, safe.Sprintf("takes %s out of git", plural(n, "object")))
	}
	if a.toAllow > 0 {
		texts = append(texts, safe.Sprintf("more than the limits let through: %s allows it, with the number typed", keyOf(e, inPlan, ActAllow)))
	}
	for _, id := range a.plan.Fabrics {
		if f, _ := e.Fleet.Fabric(id); f.Fabric.Protected && !a.plan.Empty() && p.goes(e) != core.ToPatch {
			texts = append(texts, safe.Sprintf("%s is protected: its name has to be typed", id))
		}
	}
	return texts
}

package tui

import (
	"fmt"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// fewPlaces is how many places of one rule are shown before the rest is folded.
const fewPlaces = 3

// unwrapped is wider than any line: nothing is broken in such a width.
const unwrapped = 1 << 20

// ExplanationText is an explanation for people, as the dashboard shows it with
// everything unfolded, one sentence or value to a line and without colours. The
// document is rendered as in [Config].
func ExplanationText(x core.Explanation, f core.Fabric, document func(map[string]any) ([]byte, error)) string {
	return newExplanation(&x, f, document, folding{all: true}, unwrapped).plain(time.Time{})
}

// newExplanation tells how a verdict came about: the verdict itself, then for
// each difference what both sides and their base say, then what rules left
// aside and did to each side, and the documents last.
func newExplanation(x *core.Explanation, f core.Fabric, document func(map[string]any) ([]byte, error), open folding, width int) *scroll {
	t := teller{scroll: newScroll(width), open: open, document: document}
	t.verdict(x, f)
	off, dropped := split(&x.Verdict)
	for _, c := range off {
		t.part(safe.Clean(pathName(c.Path)), themes.Header, changeWord(&x.Verdict, c), fieldRole(c.Verdict))
		t.change(x, c)
	}
	for _, c := range dropped {
		t.part(safe.Clean(string(c.Path)), themes.Header, safe.Clean(string(c.Verdict)), fieldRole(c.Verdict))
		t.fact("git", inline(c.Git.Any()))
		t.say(themes.Text, 4, safe.Lit("this fabric's schema drops it: live never has it, and no engine can mend that"))
	}
	t.folds(x.Verdict.Folded)
	t.steps("git", x.Git)
	t.steps("live", x.Live)
	t.raw("git, as it was read", x.Git.Raw, "")
	t.raw("live, as it was read", x.Live.Raw, "without status and what the server keeps about every object")
	if b := x.Base; b != nil {
		t.raw("base, git's half, as it is compared", b.Git.Fields, "")
		if !core.EqualJSON(b.Git.Fields, b.Live.Fields) {
			t.raw("base, live's half, as it is compared", b.Live.Fields, "")
		}
	}
	t.changes = len(t.heads)
	return t.scroll
}

// teller writes an explanation.
type teller struct {
	*scroll
	open     folding
	document func(map[string]any) ([]byte, error)
}

// part begins a part under a heading, with a word behind it.
func (t teller) part(name safe.Text, r themes.Role, word safe.Text, w themes.Role) {
	t.add(scrollLine{fold: -1})
	t.head()
	l := scrollLine{fold: -1}
	if word.Len() > 0 {
		l.right = []part{{role: w, text: word}}
	}
	t.marked(r, "", name, l)
}

// fact appends a named value.
func (t teller) fact(name string, v safe.Text) {
	t.marked(themes.Text, fmt.Sprintf("  %-6s", name), v, scrollLine{fold: -1})
}

// because appends a sentence that belongs to the fact before it.
func (t teller) because(s string) {
	if s != "" {
		t.say(themes.Dim, 8, safe.Clean(s))
	}
}

// verdict tells the verdict in one sentence, and what it rests on.
func (t teller) verdict(x *core.Explanation, f core.Fabric) {
	v := &x.Verdict
	t.head()
	said := safe.Sprintf("%c %s: %s", v.State.Letter(), f.Label(v.Key), v.State.Title())
	reason := v.Reason
	if reason == "" && v.State == core.InSync {
		reason = v.Agreement()
	}
	if reason != "" {
		said = said.Plus(safe.Sprintf(", because %s", reason))
	}
	t.say(role(v.State), 0, said)
	if !v.Since.IsZero() {
		t.fact("since", safe.Clean(core.Stamp(v.Since)))
	}
	if v.State == core.Unknown && v.LastKnown {
		t.fact("was", safe.Sprintf("%s, as of the last whole reading", v.Last.Title()))
	}
	t.fact("git", presence(x.Git, v.Origin))
	t.fact("live", presence(x.Live, core.Origin{}))
	t.base(x)
	if x.Rules != "" {
		release := x.Fabric
		if release == "" {
			release = "release not known"
		}
		t.fact("rules", safe.Sprintf("%s; fabric %s", x.Rules, release))
	}
	if a := v.Acknowledged; a != nil {
		t.fact("word", safe.Sprintf("of %s on %s, until %s: %s", a.By, core.Stamp(a.At), core.Stamp(a.Until), a.Reason))
	}
	if v.Opinion != "" {
		t.fact("engine", safe.Clean(v.Opinion))
	}
	for _, n := range v.Notes {
		t.fact("note", safe.Clean(n))
	}
}

// presence says what a side has, and where.
func presence(s core.ExplainedSide, o core.Origin) safe.Text {
	switch {
	case s.Presence == core.Unread:
		return safe.Sprintf("not read: %s", s.Reason)
	case s.Presence == core.Absent:
		return safe.Lit("does not have it")
	case o.Path != "":
		return safe.Lit("has it: ").Plus(place(o))
	}
	return safe.Lit("has it")
}

// base tells what both sides are held against, and where that came from.
func (t teller) base(x *core.Explanation) {
	if x.Base == nil {
		t.fact("base", safe.Lit("none"))
	} else {
		t.fact("base", safe.Sprintf("of %s, by %s", core.Stamp(x.Base.At), x.Base.Source))
	}
	for _, e := range x.Evidence {
		t.because(e)
	}
}

// change tells of one difference what each side says, who made it say so, and
// what follows.
func (t teller) change(x *core.Explanation, c core.Change) {
	if x.Base != nil {
		t.value("base", c.Base)
	}
	if c.BaseLive.Present() {
		t.because("live's half: " + inline(c.BaseLive.Any()).String())
	}
	t.value("git", c.Git)
	if c.Commit.Known() {
		t.because(fmt.Sprintf("%s, %s, %s: %s", core.ShortCommit(c.Commit.ID), c.Commit.Author, core.Stamp(c.Commit.Time), c.Commit.Summary))
	}
	if c.Path == core.Root && x.Live.Presence == core.Unread {
		t.fact("live", safe.Lit("not read"))
	} else {
		t.value("live", c.Live)
	}
	who, at := liveBy(c)
	if who.Len() > 0 && !at.IsZero() {
		who = who.Plus(safe.Sprintf(", %s", core.Stamp(at)))
	}
	t.because(who.String())
	if when := c.Observed.Sentence(); when != "" {
		t.because("seen to change " + when)
	}
	if c.Unit != "" && c.Unit != c.Path {
		t.because(fmt.Sprintf("decided as one with %s", c.Unit))
	}
	t.say(themes.Text, 2, safe.Sprintf("so: %s", conclusion(x, c)))
}

// value appends what one side says, on as many lines as it has.
func (t teller) value(name string, v core.Value) {
	if !v.Present() {
		t.marked(themes.Dim, fmt.Sprintf("  %-6s", name), safe.Lit("has none"), scrollLine{fold: -1})
		return
	}
	fold, lines := t.fold(), block(v.Any())
	for i, l := range lines {
		if i == longValue && len(lines) > longValue+1 && !t.unfolds(fold) {
			t.folded(fold, len(lines)-i, "more line")
			return
		}
		mark := ""
		if i == 0 {
			mark = name
		}
		at := -1
		if i >= longValue {
			at = fold
		}
		t.marked(themes.Text, fmt.Sprintf("  %-6s", mark), l, scrollLine{fold: at})
	}
}

// fold numbers the next fold.
func (t teller) fold() int {
	t.scroll.folds++
	return t.scroll.folds - 1
}

func (t teller) unfolds(fold int) bool { return t.open.all || t.open.open[fold] }

// conclusion says in words what the verdict on a field means. Where no base is known,
// none is spoken of.
func conclusion(x *core.Explanation, c core.Change) string {
	git, live := c.Git.Present(), c.Live.Present()
	one := c.Path == core.Root && git != live
	switch none := x.Base == nil; c.Verdict {
	case core.FieldGitAhead:
		switch {
		case none && one && git:
			return "git has it and live does not, and they were never seen to agree on it: live has yet to follow"
		case none:
			return "git moved and live did not: live has yet to follow"
		}
		return "git moved since the base and live did not: live has yet to follow"
	case core.FieldDrift:
		switch {
		case none && one && live:
			return "live has it and git does not, and they were never seen to agree on it"
		case none && live:
			return "no base is known, but another program than the engine set it live: live moved"
		}
		return "live moved since the base and git did not"
	case core.FieldServerAdded:
		return "live moved as a rule explains"
	case core.FieldConverged:
		return "both moved to the same end"
	case core.FieldConflict:
		if x.Base == nil {
			return "git and live both moved, to different ends"
		}
		return "git and live both moved since the base, to different ends"
	case core.FieldPruned:
		return "the fabric's schema drops it"
	case core.FieldDiffers:
		return "both differ, and nothing says who moved"
	}
	return string(c.Verdict)
}

// folds tells which differences are none, and why.
func (t teller) folds(folded []core.Fold) {
	steps := make([]core.Step, len(folded))
	for i, f := range folded {
		steps[i] = core.Step{Path: f.Path, Rule: f.Rule, Why: f.Why, From: f.Git, To: f.Live}
	}
	if len(steps) > 0 {
		why := ", for these reasons"
		if !slices.ContainsFunc(folded, func(f core.Fold) bool { return !f.Ruled() }) {
			why = " as rules explain"
		}
		t.part(safe.Sprintf("left aside: %s in which live differs from git%s", plural(len(steps), "field"), why), themes.Header, safe.Text{}, themes.Dim)
		t.byRule(steps, func(s core.Step) string { return fmt.Sprintf("git %s, live %s", sideText(s.From), sideText(s.To)) })
	}
}

// steps tells what rules did to a side before it was compared.
func (t teller) steps(name string, s core.ExplainedSide) {
	if s.Raw == nil {
		return
	}
	if len(s.Steps) == 0 {
		t.part(safe.Sprintf("%s is compared as it was read", name), themes.Header, safe.Text{}, themes.Dim)
		return
	}
	t.part(safe.Sprintf("%s, %s from what was read to what is compared", name, plural(len(s.Steps), "step")), themes.Header, safe.Text{}, themes.Dim)
	t.byRule(s.Steps, func(s core.Step) string {
		switch {
		case !s.To.Present():
			return "leaves out " + quoted(s.From).String()
		case !s.From.Present():
			return "puts in " + quoted(s.To).String()
		}
		return fmt.Sprintf("%s becomes %s", quoted(s.From), quoted(s.To))
	})
}

// byRule groups steps by their rule, in the order in which each is met first.
func (t teller) byRule(steps []core.Step, tell func(core.Step) string) {
	order, of := []string{}, map[string][]core.Step{}
	for _, s := range steps {
		if of[s.Rule] == nil {
			order = append(order, s.Rule)
		}
		of[s.Rule] = append(of[s.Rule], s)
	}
	for _, rule := range order {
		group := of[rule]
		l := scrollLine{fold: -1}
		if len(group) > 1 {
			l.right = []part{{role: themes.Dim, text: safe.Clean(plural(len(group), "place"))}}
		}
		t.marked(themes.Title, "  ", safe.Clean(rule), l)
		t.say(themes.Dim, 4, safe.Clean(group[0].Why))
		t.places(group, tell)
	}
}

// places lists where a rule did something, the first few of them.
func (t teller) places(group []core.Step, tell func(core.Step) string) {
	fold := t.fold()
	for i, s := range group {
		at := -1
		if i >= fewPlaces {
			at = fold
		}
		if i == fewPlaces && len(group) > fewPlaces+1 && !t.unfolds(fold) {
			t.folded(fold, len(group)-i, "more place")
			return
		}
		t.marked(themes.Text, "    ", safe.Sprintf("%s  %s", s.Path, tell(s)), scrollLine{fold: at})
	}
}

// raw appends a whole document.
func (t teller) raw(name string, doc map[string]any, note string) {
	if doc == nil {
		return
	}
	t.part(safe.Clean(name), themes.Header, safe.Text{}, themes.Dim)
	if note != "" {
		t.say(themes.Dim, 2, safe.Clean(note))
	}
	data, err := t.document(doc)
	if err != nil {
		t.say(themes.Error, 2, safe.Sprintf("draw as YAML: %v", err))
		return
	}
	for _, l := range safe.Multi(string(data)) {
		t.marked(themes.Text, "  ", l, scrollLine{fold: -1})
	}
}

// pathName names a place of an object for people.
func pathName(p core.Path) string {
	if p == core.Root {
		return "the whole object"
	}
	return string(p)
}

// hits are the lines that hold a text, whatever their case.
func (d *scroll) hits(f filter) []int {
	var found []int
	for i, l := range d.lines {
		text := ""
		for _, p := range slices.Concat(l.left, l.right, l.cells) {
			text += p.text.String()
		}
		if len(f.terms) > 0 && f.matches(subject{text: text}) {
			found = append(found, i)
		}
	}
	return found
}

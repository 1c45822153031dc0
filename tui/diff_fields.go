package tui

import (
	"strings"
	"time"
	"unicode/utf8"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// longValue is how many lines of a value are shown before it is folded.
const longValue = 14

// newFieldDiff shows an object's changes path by path: live as -, git as +,
// the other way round where flipped. Below each it says what was decided about it,
// and what the engine makes of it where Git's value is kept.
func newFieldDiff(v *core.Verdict, f core.FabricState, o diffOptions, width int) *scroll {
	d, told, engine := newScroll(width), map[string]bool{}, engineOf(f)
	desk := decidedOn(draftsOf(f, v.Key))
	off, dropped := split(v)
	if len(off) == 0 {
		d.unchanged(v)
	}
	for i, c := range off {
		if o.most > 0 && len(d.lines) > o.most {
			break
		}
		if i > 0 {
			d.add(scrollLine{fold: -1})
		}
		d.field(v, c, o)
		decided := desk.on(matter{v, c})
		if decided != nil {
			d.draft(decided)
			if decided.Choice != core.TakeGit {
				continue
			}
		}
		k, ok := keeping(f.Fabric, engine, v, c, desk.choseGit(v, c)...)
		if !ok {
			continue
		}
		if o.most > 0 {
			k.Command = "" // nobody copies from a preview
		}
		if decided != nil && draftWhy(decided).String() == safe.Clean(k.Sentence).String() {
			d.bring(k, told) // what was decided says the rest
			continue
		}
		d.keep(engine, k, told)
	}
	for _, c := range dropped {
		d.add(scrollLine{fold: -1})
		d.pruned(c)
	}
	d.changes = len(d.heads)
	if o.aside {
		d.aside(v.Folded)
	}
	return d
}

// field appends one change.
func (d *scroll) field(v *core.Verdict, c core.Change, o diffOptions) {
	d.head()
	name := safe.Clean(string(c.Path))
	if c.Path == core.Root {
		name = safe.Lit("the whole object")
	}
	verdict := part{role: fieldRole(c.Verdict), text: changeWord(v, c)}
	d.marked(themes.Header, "", name, scrollLine{fold: -1, right: []part{verdict}})
	live, git := side{name: "live", value: c.Live}, side{name: "git", value: c.Git}
	live.by, live.at = liveBy(c)
	git.by, git.at = gitBy(c)
	if when := c.Observed.Sentence(); when != "" {
		live.seen = safe.Sprintf("seen to change %s", when)
	}
	if c.Path == core.Root {
		live.unread = v.State == core.Unknown && v.Live == nil
	}
	if live.unread {
		live.by = safe.Text{}
	}
	if nowhere(c) {
		d.nowhere(c, live)
		return
	}
	if c.Base.Present() && !c.Base.Equal(c.Git) && !c.Base.Equal(c.Live) {
		d.marked(themes.Dim, "   base ", inline(c.Base.Any()), scrollLine{fold: -1})
	}
	if c.BaseLive.Present() && !c.BaseLive.Equal(c.Base) {
		d.marked(themes.Dim, "   base, live ", inline(c.BaseLive.Any()), scrollLine{fold: -1})
	}
	from, to := live, git
	if o.flip {
		from, to = git, live
	}
	d.pair(from, to, o)
	if c.Unit != "" && c.Unit != c.Path {
		d.say(themes.Dim, 3, safe.Sprintf("decided as one with %s", c.Unit))
	}
}

// nowhere appends a change after which neither side has a value.
func (d *scroll) nowhere(c core.Change, live side) {
	was := c.BaseLive
	if !was.Present() {
		was = c.Base
	}
	if was.Present() {
		d.marked(themes.Dim, "   base, live ", inline(was.Any()), scrollLine{fold: -1})
	}
	d.half(live, themes.Removed, "   - ", []safe.Text{safe.Lit("(gone from live, not in git)")}, nil, diffOptions{})
}

// pruned appends what Git sets and the fabric's schema drops: no engine mends
// that.
func (d *scroll) pruned(c core.Change) {
	d.head()
	d.marked(themes.Header, "", safe.Clean(string(c.Path)), scrollLine{fold: -1, right: []part{{role: fieldRole(c.Verdict), text: safe.Clean(string(c.Verdict))}}})
	d.marked(themes.Dim, "     git ", inline(c.Git.Any()), scrollLine{fold: -1})
	d.say(themes.Dim, 5, safe.Lit("this fabric's schema drops it, so live never has it"))
}

// side is one half of a change.
type side struct {
	name   string
	value  core.Value
	by     safe.Text // who set it
	at     time.Time
	seen   safe.Text // when it was seen to change
	unread bool
}

// pair appends both halves. Of two short values the part that differs is
// stressed.
func (d *scroll) pair(from, to side, o diffOptions) {
	before, after := from.lines(), to.lines()
	var stressed [2][]part
	if len(before) == 1 && len(after) == 1 && from.value.Present() && to.value.Present() {
		stressed[0], stressed[1] = stress(before[0], after[0])
	}
	d.half(from, themes.Removed, "   - ", before, stressed[0], o)
	d.half(to, themes.Added, "   + ", after, stressed[1], o)
}

func (s side) lines() []safe.Text {
	switch {
	case s.unread:
		return []safe.Text{safe.Sprintf("(%s was not read)", s.name)}
	case !s.value.Present():
		return []safe.Text{safe.Sprintf("(not in %s)", s.name)}
	}
	return block(s.value.Any())
}

func (d *scroll) half(s side, r themes.Role, mark string, lines []safe.Text, first []part, o diffOptions) {
	fold := d.folds
	d.folds++
	shown := lines
	if len(lines) > longValue && !o.all && !o.open[fold] {
		shown = lines[:longValue-2]
	}
	if !s.value.Present() {
		r = themes.Dim
	}
	for i, t := range shown {
		l := scrollLine{fold: -1}
		if len(lines) > longValue {
			l.fold = fold
		}
		if i == 0 {
			l.left = first
			if s.by.Len() > 0 {
				l.right, l.at = []part{{role: themes.Dim, text: s.by}}, s.at
			}
		}
		d.marked(r, mark, t, l)
	}
	if len(shown) < len(lines) {
		d.folded(fold, len(lines)-len(shown), "more line")
	}
	if s.seen.Len() > 0 {
		d.say(themes.Dim, 5, s.seen)
	}
}

// stress splits two texts into what they share at both ends and what differs.
func stress(a, b safe.Text) (before, after []part) {
	x, y := a.String(), b.String()
	front := 0
	for front < len(x) && front < len(y) {
		r, n := utf8.DecodeRuneInString(x[front:])
		if q, _ := utf8.DecodeRuneInString(y[front:]); q != r {
			break
		}
		front += n
	}
	back := 0
	for back < len(x)-front && back < len(y)-front {
		r, n := utf8.DecodeLastRuneInString(x[:len(x)-back])
		if q, _ := utf8.DecodeLastRuneInString(y[:len(y)-back]); q != r {
			break
		}
		back += n
	}
	if 3*(front+back) < max(len(x), len(y)) {
		return nil, nil // little in common: stressing nearly all says nothing
	}
	cut := func(s string, r themes.Role) []part {
		return []part{
			{role: r, text: safe.Clean(s[:front])},
			{role: r, text: safe.Clean(s[front : len(s)-back]), strong: true},
			{role: r, text: safe.Clean(s[len(s)-back:])},
		}
	}
	return cut(x, themes.Removed), cut(y, themes.Added)
}

// unchanged says why there is nothing to show.
func (d *scroll) unchanged(v *core.Verdict) {
	switch v.State {
	case core.InSync:
		d.say(themes.Text, 2, safe.Clean(v.Agreement()))
	case core.Invalid:
		d.say(themes.Text, 2, safe.Lit("git has nothing readable here:"))
		d.say(themes.Error, 2, safe.Sprintf("%s: %s", place(v.Origin), v.Reason))
	case core.Unknown:
		d.say(themes.Text, 2, safe.Lit("not compared, for this reason:"))
		d.say(themes.Error, 2, safe.Clean(v.Reason))
	default:
		d.say(themes.Text, 2, safe.Clean(v.Reason))
	}
}

// aside appends the differences that are left aside, each with the reason.
func (d *scroll) aside(folded []core.Fold) {
	d.add(scrollLine{fold: -1})
	d.head()
	d.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: safe.Sprintf("left aside: %s", plural(len(folded), "field"))}}})
	for _, f := range folded {
		d.marked(themes.Text, "  ", safe.Clean(string(f.Path)), scrollLine{fold: -1, right: []part{{role: themes.Dim, text: safe.Clean(f.Rule)}}})
		text := "live " + sideText(f.Live)
		if f.Git.Present() {
			text += ", git " + sideText(f.Git)
		}
		values, why := safe.Clean(text), safe.Clean(f.Why)
		if widget.Width(values)+2+widget.Width(why) < d.width-6 {
			d.add(scrollLine{fold: -1, left: []part{{role: themes.Text, text: safe.Sprintf("    %s  ", values)}, {role: themes.Dim, text: why}}})
			continue
		}
		d.marked(themes.Text, "    ", values, scrollLine{fold: -1})
		d.say(themes.Dim, 4, why)
	}
}

func sideText(v core.Value) string {
	if !v.Present() {
		return "has none"
	}
	return quoted(v).String()
}

// asideNote sums up what rules left aside, by rule where that fits into room.
func asideNote(folded []core.Fold, room int) safe.Text {
	if len(folded) == 0 {
		return safe.Text{}
	}
	count, order := map[string]int{}, []string{}
	for _, f := range folded {
		if count[f.Rule]++; count[f.Rule] == 1 {
			order = append(order, f.Rule)
		}
	}
	parts := make([]string, len(order))
	for i, rule := range order {
		parts[i] = grouped(count[rule]) + " " + rule
	}
	if long := safe.Sprintf(" left aside: %s (i shows)", strings.Join(parts, ", ")); widget.Width(long) <= room {
		return long
	}
	return safe.Sprintf(" left aside: %s (i shows)", plural(len(folded), "field"))
}

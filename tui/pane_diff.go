package tui

import (
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// diffPane shows the differences of one object, path by path or as one text.
type diffPane struct {
	reader
	chosen  diffView
	options diffOptions

	made  diffMade
	gone  bool
	none  safe.Text // why it is
	about core.Verdict
}

// diffView is a way to look at the differences of an object.
type diffView uint8

const (
	viewFields diffView = iota
	viewUnified
	viewSplit
)

func (v diffView) String() string { return [...]string{"fields", "unified", "split"}[v] }

// view is the way that the differences are shown: two texts do not stand beside
// each other on any screen.
func (p *diffPane) view(width int) diffView {
	if p.chosen == viewSplit && width < splitWidth {
		return viewUnified
	}
	return p.chosen
}

// diffOptions are what a person chose for a diff.
type diffOptions struct {
	folding
	flip    bool // from git to live
	aside   bool // with what rules left aside
	context int  // unchanged lines around a change
	most    int  // lines that will be seen, more are not made; 0 for all
	within  bool // it is part of another screen: the keys of this one do nothing
}

// fieldsWidth is as wide as the fields view and explanations get: on a wider
// screen, who changed a value would stand too far from it.
const fieldsWidth = 110

// diffMade is what the text was made of; it is made anew when one of these is
// another.
type diffMade struct {
	report              *core.Report
	key                 core.Key
	width               int
	view                diffView
	flip                bool
	aside, all, started bool
	context, opened     int
	drafts              *core.DraftStanding // the first one: they are replaced whole
	unread              string              // why nothing was read so far
}

func newDiffPane() Pane {
	return &diffPane{options: diffOptions{context: 3}}
}

// load brings the text up to date. The cursor stays in its change, and goes to
// the first one where the object is another.
func (p *diffPane) load(e Env) {
	f, _ := e.fabric()
	made := diffMade{
		report: f.Report, key: e.Place.Object, width: e.Width, view: p.view(e.Width), flip: p.options.flip,
		aside: p.options.aside, all: p.all, started: true, context: p.options.context, opened: len(p.open),
	}
	if len(f.Drafts) > 0 {
		made.drafts = &f.Drafts[0]
	}
	if f.Report == nil {
		made.unread = unread(f, e).String()
	}
	if made == p.made {
		return
	}
	if made.key != p.made.key {
		p.folding = folding{}
		made.opened, made.all = 0, false
	}
	fresh := made.key != p.made.key || made.view != p.made.view
	p.made, p.gone, p.about = made, true, core.Verdict{Key: e.Place.Object}
	if f.Report != nil {
		if i := slices.IndexFunc(f.Report.Verdicts, func(v core.Verdict) bool { return v.Key == e.Place.Object }); i >= 0 {
			p.gone, p.about = false, f.Report.Verdicts[i]
		}
	}
	o := p.options
	o.folding = p.folding
	var text *scroll
	switch {
	case p.gone:
		p.none = unread(f, e)
		if p.none.Len() == 0 {
			p.none = safe.Lit("neither git nor live has this object now")
		}
		text = newScroll(e.Width)
		text.say(themes.Text, 2, p.none)
	case made.view == viewSplit:
		text = newSplitDiff(f, &p.about, e.document, o, e.Width)
	case made.view == viewUnified:
		text = newUnifiedDiff(f, &p.about, e.document, o, e.Width)
	default:
		text = newFieldDiff(&p.about, f, o, min(e.Width, fieldsWidth))
	}
	p.show(text, fresh)
}

// unread says why it is not known whether an object is there that was not found; nothing
// where both sides were read whole.
func unread(f core.FabricState, e Env) safe.Text {
	kind := e.Place.Object.GroupKind().String()
	for _, is := range f.Problems(e.Now) {
		side := is.About == "live" || is.About == kind || strings.HasPrefix(is.About, "git ")
		if side || f.Err != nil && is.Cause == f.Err.Error() {
			return safe.Sprintf("whether git or live has this object is not known: %s", is.String())
		}
	}
	switch {
	case f.Report != nil:
		return safe.Text{}
	case !f.Checking.IsZero():
		return safe.Lit("nothing was read yet: the check is under way")
	}
	return safe.Sprintf("nothing was read yet (%s checks it now)", keyOf(e, inFabric, ActCheck))
}

func (p *diffPane) Can(e Env, a Action) bool {
	switch a {
	case ActNextObject, ActPrevObject:
		return len(e.Among) > 1
	case ActLessContext:
		return p.chosen != viewFields && p.options.context > 0
	case ActMoreContext:
		return p.chosen != viewFields
	case ActAside:
		return len(p.about.Folded) > 0
	case ActView, ActFlip:
		return p.compared()
	case ActExplain:
		return !p.gone
	case ActIgnore:
		return e.ignores(p.matter())
	case ActSheet:
		f, _ := e.fabric()
		return !p.gone && e.edits(f, e.Place.Object)
	case ActTakeGit, ActTakeLive, ActTakeBase, ActEdit, ActAdopt, ActDrop, ActUndo, ActRedo, ActAccept, ActPlan:
		return canDecide(e, a, p.matter())
	default:
		return p.can(a)
	}
}

// matter is the difference under the cursor, none where that is on no single one.
func (p *diffPane) matter() []matter {
	off, _ := split(&p.about)
	if at, _ := p.where(); !p.gone && p.chosen == viewFields && at >= 0 && at < len(off) {
		return []matter{{&p.about, off[at]}}
	}
	return nil
}

// Answer takes a value, or what is said of a difference that may stay.
func (p *diffPane) Answer(e Env, q question, text string) Outcome { return answered(e, q, text) }

// compared tells whether there are two sides to look at.
func (p *diffPane) compared() bool {
	return !p.gone && (len(p.about.Changes) > 0 || p.about.Git != nil || p.about.Live != nil)
}

func (p *diffPane) Do(e Env, a Action) Outcome {
	o := &p.options
	switch a {
	case ActNextObject:
		return otherObject(e, 1)
	case ActPrevObject:
		return otherObject(e, -1)
	case ActView:
		return p.turn(e)
	case ActFlip:
		o.flip = !o.flip
	case ActAside:
		o.aside = !o.aside
	case ActLessContext:
		o.context--
	case ActMoreContext:
		o.context++
	case ActIgnore:
		return ignoring(e, p.matter()[0])
	case ActSheet:
		f, _ := e.fabric()
		return openSheet(e, f, e.Place.Object)
	case ActExplain:
		return explaining(e, e.Place.Object, e.Among)
	case ActTakeGit, ActTakeLive, ActTakeBase, ActEdit, ActAdopt, ActDrop, ActUndo, ActRedo, ActAccept, ActPlan:
		return doDecide(e, a, p.matter())
	default:
		p.do(a)
	}
	return Outcome{}
}

func (p *diffPane) View(e Env) Frame {
	f, _ := e.fabric()
	s := e.Style
	frame := Frame{
		Title: objectCrumbs(e, f),
		Facts: []widget.Span{
			{Ink: s.ink(themes.Dim), Text: p.seen(e, f)},
			{Ink: s.ink(themes.Text), Text: direction(&p.about, p.options.flip, 200)},
		},
		Position: p.position(e),
	}
	if room := e.headRoom() - widget.SpanWidth(frame.Title) - 2; widget.Width(frame.Facts[1].Text) > room {
		frame.Facts = []widget.Span{{Ink: s.ink(themes.Text), Text: direction(&p.about, p.options.flip, room)}}
	}
	frame.Brief = then(frame.Title, widget.Span{Ink: s.ink(role(p.about.State)), Text: safe.Sprintf("  %c %s", p.about.State.Letter(), p.about.State.Title())})
	if !p.options.aside {
		room := e.Width - widget.Width(frame.Position) - 2
		frame.Note = widget.Span{Ink: s.ink(themes.Dim), Text: asideNote(p.about.Folded, room)}
	}
	above := p.above(e)
	frame.Lines = append(above, p.draw(e, e.Height-len(above))...)
	return frame
}

// above are the lines over the diff: what is shown, what the marks mean, and
// why the object is in its state.
func (p *diffPane) above(e Env) []string {
	if !e.roomy() {
		return nil
	}
	s := e.Style
	f, _ := e.fabric()
	view, says := "fields view", []string{}
	// The header may have no room for the age, and a diff of long ago passes for one of now.
	if live := f.Access(e.Now); live != core.AccessOK && live != "" {
		says = append(says, live.Title()+", "+p.seen(e, f).String())
	}
	if text := draftCount(core.TallyDrafts(f.Drafts)); text != "" {
		says = append(says, text)
	}
	if is := p.view(e.Width); is != viewFields {
		view, says = is.String()+" view", append(says, "context "+grouped(p.options.context))
	}
	note := strings.Join(says, "  ")
	if !p.compared() {
		lines := []string{rule(e, widget.Span{}, widget.Span{})}
		if !p.gone {
			lines = append(lines, stateLines(e, &p.about, e.Width, max(e.Height/4, 1))...)
			lines = append(append(lines, p.notes(e)...), "")
		}
		return lines
	}
	off, _ := split(&p.about)
	lines := []string{rule(e, widget.Span{Ink: s.ink(themes.Title), Text: safe.Sprintf("%s, %s", plural(len(off), "change"), view)},
		widget.Span{Ink: s.ink(themes.Dim), Text: safe.Clean(note)})}
	minus, plus, means := safe.Lit(" - live"), safe.Lit("   + git"), safe.Lit("   from what runs to what git says (% flips)")
	if p.options.flip {
		minus, plus, means = safe.Lit(" - git"), safe.Lit("   + live"), safe.Lit("   from what git says to what runs (% flips)")
	}
	lines = append(lines, p.legend(e, minus, plus, means))
	lines = append(lines, stateLines(e, &p.about, e.Width, max(e.Height/5, 1))...)
	lines = append(lines, p.notes(e)...)
	if e.Height >= 12 {
		lines = append(lines, "")
	}
	return lines
}

// legend says what the marks mean, in the split view over the text of each.
func (p *diffPane) legend(e Env, minus, plus, means safe.Text) string {
	s := e.Style
	l := widget.NewLine(e.Width).Put(s.ink(themes.Removed), minus)
	if p.view(e.Width) == viewSplit {
		half := (e.Width - len(splitBar)) / 2
		l.Gap(widget.Ink{}, half-widget.Width(minus)).Put(s.ink(themes.Rule), safe.Lit(splitBar))
		plus = safe.Clean(strings.TrimLeft(plus.String(), " "))
	}
	return l.Put(s.ink(themes.Added), plus).Put(s.ink(themes.Dim), means).String()
}

// turn goes on to the next view. The one that has no room is passed over, and
// says so.
func (p *diffPane) turn(e Env) Outcome {
	p.chosen = (p.view(e.Width) + 1) % (viewSplit + 1)
	if p.chosen == viewSplit && e.Width < splitWidth {
		p.chosen = viewFields
		return Outcome{Note: safe.Sprintf("the split view needs %d columns, here are %d", splitWidth, e.Width)}
	}
	return Outcome{}
}

// notes are those of the object, as many as leave room for the diff.
func (p *diffPane) notes(e Env) []string {
	all := notes(e, &p.about, e.Width)
	return all[:min(len(all), e.Height/4)]
}

// direction says what is compared with what: live rv 88190 -> git FILE:LINE,
// with as much of the file as fits.
func direction(v *core.Verdict, flip bool, room int) safe.Text {
	if v.Key.IsFile() {
		return widget.Fit(place(v.Origin), room, widget.CutStart)
	}
	noGit, noLive := absent(v)
	live, git := safe.Lit("live"), safe.Lit("git")
	switch {
	case noLive:
		live = safe.Lit("not live")
	case v.LiveRevision != "":
		live = safe.Sprintf("live rv %s", v.LiveRevision)
	case v.Live == nil && (v.State == core.Unknown || v.State == core.Invalid):
		live = safe.Lit("live ?")
	}
	switch {
	case noGit:
		git = safe.Lit("not in git")
	case v.Origin.Path != "":
		git = safe.Lit("git ").Plus(widget.Fit(place(v.Origin), room-widget.Width(live)-8, widget.CutStart))
	case v.Git == nil && v.State == core.Unknown:
		git = safe.Lit("git ?")
	}
	if flip {
		live, git = git, live
	}
	return live.Plus(safe.Lit(" -> "), git)
}

func (p *diffPane) seen(e Env, f core.FabricState) safe.Text {
	at := time.Time{}
	if f.Report != nil {
		at = f.Report.Live.ReadAt
	}
	return safe.Sprintf("seen %s", age(e.Now, at))
}

func (p *diffPane) position(e Env) safe.Text {
	text, what := safe.Text{}, "change"
	if p.chosen != viewFields {
		what = "part"
	}
	if change, _ := p.where(); p.text.changes > 0 {
		text = safe.Sprintf("%s %d/%d", what, min(max(change, 0)+1, p.text.changes), p.text.changes)
	}
	return text.Plus(objectPosition(e))
}

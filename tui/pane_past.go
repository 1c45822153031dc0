package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// pastView is what a screen tells of the past.
type pastView string

const (
	pastRun    pastView = "run"    // how a run went
	pastDiff   pastView = "diff"   // what it changed
	pastCommit pastView = "commit" // what a commit changed in files
)

// pastPane tells of a run of the history, or of a commit. It is read by a [Job].
type pastPane struct {
	textPane[pastMade]
	view   pastView
	answer *pastRead
	keys   []core.Key // of the parts of the text; zero for a part that is of no object
}

type pastAbout struct {
	view   pastView
	fabric core.FabricID
	record string
}

type pastRead struct {
	about  pastAbout
	run    *core.Run
	plan   *core.Plan // without secrets
	commit string
}

// pastMade is what the text was made of.
type pastMade struct {
	answer *pastRead
	width  int
	fault  string
}

func newPastPane() Pane    { return &pastPane{view: pastRun} }
func newRunDiffPane() Pane { return &pastPane{view: pastDiff} }
func newCommitPane() Pane  { return &pastPane{view: pastCommit} }

// Job reads what the screen is about. It is read once: what is over does not
// change.
func (p *pastPane) Job(e Env) (Job, bool) {
	about := pastAbout{p.view, e.Place.Fabric, e.Place.Record}
	if e.acts.Chronicle == nil || about.record == "" {
		return Job{}, false
	}
	chronicle, mask := e.acts.Chronicle, e.acts.Masked
	return Job{Label: safe.Sprintf("read %s %.8s", p.noun(), about.record), About: about, Run: func(ctx context.Context) (_ tea.Msg, err error) {
		read := &pastRead{about: about}
		if about.view == pastCommit {
			read.commit, err = chronicle.Commit(ctx, about.fabric, about.record)
			return read, err
		}
		read.run, read.plan, err = chronicle.Run(ctx, about.record)
		if read.plan != nil && mask != nil {
			read.plan = mask(read.plan)
		}
		return read, err
	}}, true
}

func (p *pastPane) noun() string {
	if p.view == pastCommit {
		return "commit"
	}
	return "run"
}

// Take is given what was read.
func (p *pastPane) Take(msg tea.Msg) {
	if a, ok := msg.(*pastRead); ok {
		p.answer = a
	}
}

// load brings the text up to date.
func (p *pastPane) load(e Env) {
	made := pastMade{width: e.Width}
	if a := p.answer; a != nil && a.about == (pastAbout{p.view, e.Place.Fabric, e.Place.Record}) {
		made.answer = a
	} else {
		made.fault = e.work.fault()
	}
	if before := p.made.answer; p.anew(made) {
		fresh := made.answer != before
		p.keys = nil
		p.show(p.compose(e), fresh)
		if fresh {
			p.window.To(0) // what there is to know of it all comes first
		}
	}
	p.search(e.Filter)
}

// compose makes the text, and as long as there is none says why.
func (p *pastPane) compose(e Env) *scroll {
	f, _ := e.fabric()
	width := min(e.Width, fieldsWidth)
	text := newScroll(width)
	switch a := p.made.answer; {
	case p.made.fault != "":
		text.say(themes.Error, 1, safe.Clean(p.made.fault))
	case e.acts.Chronicle == nil:
		text.say(themes.Dim, 1, safe.Lit("no history is read here (selvage history tells it)"))
	case a == nil:
		text.say(themes.Dim, 1, safe.Sprintf("reading the %s", p.noun()))
	case p.view == pastCommit:
		p.commit(newScroll(e.Width), a.commit, &text)
	case p.view == pastRun:
		text.pastRun(a.run)
		text.add(scrollLine{fold: -1})
		f.Run = a.run
		told := newRunText(f, e, width)
		text.append(told.scroll)
		p.keys = told.keys
	default:
		p.keys = text.runDiff(a.run, a.plan, e)
	}
	text.changes = len(text.heads)
	return text
}

// commit puts a text in the manner of git show into place, each file a part.
func (p *pastPane) commit(d *scroll, told string, into **scroll) {
	for _, l := range safe.Multi(told) {
		line, r := l.String(), themes.Text
		switch {
		case strings.HasPrefix(line, "diff --git "):
			d.head()
			r = themes.Header
		case strings.HasPrefix(line, "+++ "), strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "index "):
			r = themes.Dim
		case strings.HasPrefix(line, "@@ "):
			r = themes.Title
		case strings.HasPrefix(line, "+"):
			r = themes.Added
		case strings.HasPrefix(line, "-"):
			r = themes.Removed
		}
		d.marked(r, "", l, scrollLine{fold: -1})
	}
	*into = d
}

// append puts another text behind this one.
func (d *scroll) append(o *scroll) {
	at, parts := len(d.lines), len(d.heads)
	for _, l := range o.lines {
		if l.change >= 0 {
			l.change += parts
		}
		d.lines = append(d.lines, l)
	}
	for _, h := range o.heads {
		d.heads = append(d.heads, h+at)
	}
}

// runDiff tells what a run changed, object by object, and gives the objects of the
// parts.
func (d *scroll) runDiff(r *core.Run, p *core.Plan, e Env) []core.Key {
	if p == nil {
		d.say(themes.Dim, 1, safe.Lit("the plan of this run is not kept, so that only its commits tell what it changed (O)"))
		return nil
	}
	keys := []core.Key{}
	for _, c := range p.Commits {
		if commits, _ := published(r); len(commits) == 0 {
			d.say(themes.Warn, 1, safe.Sprintf("nothing of this is known to have reached %s: run %s is %s", c.Branch, shortRun(r), r.Phase))
		}
		d.say(themes.Header, 1, safe.Clean(c.Subject))
		for i, ch := range c.Changes {
			if i == 0 || ch.Key != c.Changes[i-1].Key || ch.Fabric != c.Changes[i-1].Fabric {
				d.add(scrollLine{fold: -1})
				d.head()
				keys = append(keys, ch.Key)
				of, _ := e.Fleet.Fabric(ch.Fabric)
				d.marked(themes.Header, " ", objectName(of, ch.Key), scrollLine{fold: -1, right: []part{{role: themes.Dim, text: place(ch.Origin)}}})
			}
			d.say(themes.Text, 3, safe.Clean(spot(ch.Path)))
			if ch.Path == core.Root {
				d.objectChange(ch.Before, ch.After)
				continue
			}
			d.marked(themes.Removed, "   - ", valueText(ch.Before), scrollLine{fold: -1})
			d.marked(themes.Added, "   + ", valueText(ch.After), scrollLine{fold: -1})
		}
	}
	for _, x := range p.Followed {
		d.add(scrollLine{fold: -1})
		d.head()
		keys = append(keys, x.Key)
		of, _ := e.Fleet.Fabric(x.Fabric)
		d.marked(themes.Header, " ", objectName(of, x.Key), scrollLine{fold: -1})
		d.say(themes.Dim, 3, safe.Sprintf("%s: git was taken, and needed no commit", spot(x.Path)))
	}
	if len(p.Commits)+len(p.Followed) == 0 {
		d.say(themes.Dim, 1, safe.Lit("this run had nothing to publish"))
	}
	return keys
}

// key is the object under the cursor.
func (p *pastPane) key() core.Key {
	if at, _ := p.where(); at >= 0 && at < len(p.keys) {
		return p.keys[at]
	}
	return core.Key{}
}

// run is the run that is told; nil where there is none.
func (p *pastPane) run() *core.Run {
	if p.made.answer == nil {
		return nil
	}
	return p.made.answer.run
}

func (p *pastPane) Can(e Env, a Action) bool {
	f, there := e.fabric()
	r := p.run()
	switch a {
	case ActDiff:
		return there && p.key() != core.Key{}
	case ActRunDiff:
		return p.view == pastRun && r != nil && r.Plan != ""
	case ActPlanAgain:
		return there && r != nil && canPlanAgain(e, f, r)
	case ActCommit:
		if r == nil {
			return false
		}
		commits, _ := published(r)
		return there && len(commits) > 0
	default:
		return p.textPane.Can(e, a)
	}
}

func (p *pastPane) Do(e Env, a Action) Outcome {
	id := e.Place.Fabric
	switch a {
	case ActDiff:
		return Outcome{Open: &Place{Screen: "diff", Fabric: id, Object: p.key()}, Among: []core.Key{p.key()}}
	case ActRunDiff:
		return Outcome{Open: &Place{Screen: "run-diff", Fabric: id, Record: p.run().ID}}
	case ActPlanAgain:
		return planAgain(id, p.run())
	case ActCommit:
		commits, _ := published(p.run())
		return Outcome{Open: &Place{Screen: "commit", Fabric: id, Record: commits[0]}}
	default:
		return p.textPane.Do(e, a)
	}
}

func (p *pastPane) View(e Env) Frame {
	f, _ := e.fabric()
	name := safe.Sprintf("%s ", p.noun()).Plus(safe.Clean(e.Place.Record[:min(8, len(e.Place.Record))]))
	if p.view == pastDiff {
		name = name.Plus(safe.Lit(" diff"))
	}
	frame := Frame{Title: crumbs(e, safe.Clean(string(f.Fabric.ID)), safe.Lit("history"), name)}
	frame.Brief = frame.Title
	if r := p.run(); r != nil {
		is := runWord(r, e.Now)
		frame.Facts = []widget.Span{{Ink: e.Style.ink(is.role), Text: is.text}}
	}
	return p.under(e, headRule(e, widget.Span{}, widget.Span{}), frame)
}

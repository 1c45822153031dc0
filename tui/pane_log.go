package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// Journal is where the program writes down what it does.
type Journal interface {
	// Tail is the end of the log, at most so many lines, the last one last, and the
	// path of its file.
	Tail(ctx context.Context, lines int) (path string, tail []string, err error)
}

// journalTail is how many lines of the log are shown.
const journalTail = 500

// logPane shows the end of the log. It is read each time that the screen is opened.
type logPane struct {
	textPane[logMade]
	told *journal // nil before the first answer
}

// journal is the end of a log as it was read.
type journal struct {
	path  string
	lines []string
}

type logMade struct {
	told  *journal
	width int
}

func newLogPane() Pane { return &logPane{} }

type logAbout struct{}

// Job reads the log.
func (p *logPane) Job(e Env) (Job, bool) {
	log := e.acts.Journal
	if log == nil {
		return Job{}, false
	}
	return Job{Label: safe.Lit("read the log"), About: logAbout{}, Run: func(ctx context.Context) (tea.Msg, error) {
		path, lines, err := log.Tail(ctx, journalTail)
		return &journal{path, lines}, err
	}}, true
}

// Take is given what was read.
func (p *logPane) Take(msg tea.Msg) {
	if j, ok := msg.(*journal); ok {
		p.told = j
	}
}

// load brings the text up to date.
func (p *logPane) load(e Env) {
	if first := p.made.told == nil; p.anew(logMade{p.told, e.Width}) {
		p.show(logText(p.told, e), false)
		if first {
			p.window.To(len(p.text.lines) - 1)
		}
	}
	p.search(e.Filter)
}

// logText is the log, each record on as many lines as it takes.
func logText(j *journal, e Env) *scroll {
	d := newScroll(e.Width)
	switch {
	case e.acts.Journal == nil:
		d.say(themes.Dim, 1, safe.Lit("this dashboard keeps no log"))
	case j == nil:
		d.say(themes.Dim, 1, safe.Lit("reading the log"))
	case len(j.lines) == 0:
		d.say(themes.Dim, 1, safe.Lit("nothing was logged yet"))
	default:
		for _, l := range j.lines {
			role := themes.Text
			switch {
			case strings.Contains(l, "level=ERROR"):
				role = themes.Error
			case strings.Contains(l, "level=WARN"):
				role = themes.Warn
			case strings.Contains(l, "level=DEBUG"):
				role = themes.Dim
			}
			d.marked(role, "", safe.Clean(l), scrollLine{fold: -1})
		}
	}
	return d
}

func (p *logPane) View(e Env) Frame {
	s := e.Style
	frame := p.under(e, nil, Frame{
		Title: []widget.Span{{Ink: s.ink(themes.Header), Text: safe.Lit("log")}},
		Brief: []widget.Span{{Ink: s.ink(themes.Text), Text: safe.Lit("log")}},
	})
	if p.told != nil {
		frame.Title = append(frame.Title, widget.Span{Ink: s.ink(themes.Text), Text: safe.Lit("  ").Plus(widget.Fit(safe.Clean(p.told.path), e.headRoom()-5, widget.CutStart))})
	}
	if n := len(p.text.lines); n > 0 {
		frame.Position = safe.Sprintf("%d/%d", p.window.Cursor()+1, n)
	}
	return frame
}

package tui

import (
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// helpPane tells what the keys of the screen below it do, and what the letters
// mean. What is typed there searches all commands; see [helpLine].
type helpPane struct {
	window widget.Window
	page   int
	search *helpLine // nil where nothing can be typed
}

func newHelpPane() Pane { return &helpPane{} }

func (p *helpPane) Can(_ Env, _ Action) bool { return true }

func (p *helpPane) Do(e Env, a Action) Outcome {
	// There is no cursor to see: what moves is the first line.
	p.window.SetLen(max(len(helpLines(e))-p.page+1, 1))
	move(&p.window, a, p.page)
	return Outcome{}
}

func (p *helpPane) View(e Env) Frame {
	s := e.Style
	spec := e.below
	frame := Frame{
		Title: []widget.Span{
			{Ink: s.ink(themes.Header), Text: safe.Lit("help")},
			{Ink: s.ink(themes.Text), Text: safe.Sprintf(": %s", spec.title)},
		},
		Facts: []widget.Span{{Ink: s.ink(themes.Dim), Text: safe.Lit("type to search, enter runs it, esc closes")}},
		Brief: []widget.Span{{Ink: s.ink(themes.Text), Text: safe.Lit("help: esc closes")}},
	}
	if p.search != nil && p.search.text != "" {
		frame.Lines = p.search.draw(e)
		return frame
	}
	lines := helpLines(e)
	p.page = e.Height
	p.window.SetLen(max(len(lines)-e.Height+1, 1))
	top := p.window.Cursor()
	frame.Lines = lines[top:min(top+e.Height, len(lines))]
	if len(lines) > e.Height {
		frame.Position = safe.Sprintf("%d/%d", min(top+e.Height, len(lines)), len(lines))
	}
	return frame
}

// helpLines is all of the help, as wide as the screen.
func helpLines(e Env) []string {
	h := help{e: e, width: e.Width}
	spec := e.below
	own := []scope{}
	for _, sc := range spec.scopes {
		if sc != inAll && sc != everywhere {
			own = append(own, sc)
		}
	}
	h.keys("this screen: "+spec.title, own)
	h.keys("moving", []scope{inAll})
	h.keys("everywhere", []scope{everywhere})
	h.letters()
	h.filters(spec)
	h.commands()
	h.own()
	return h.lines
}

type help struct {
	e     Env
	width int
	lines []string
}

func (h *help) title(t string) {
	ink := h.e.Style.ink(themes.Rule)
	h.lines = append(h.lines, widget.Rule(h.width, ink, widget.Span{Ink: h.e.Style.ink(themes.Title), Text: safe.Clean(t)}, widget.Span{}))
}

// keys draws the bindings of some scopes in as many columns as fit.
func (h *help) keys(title string, scopes []scope) {
	bindings := h.e.keymap.of(scopes)
	if len(bindings) == 0 {
		return
	}
	h.title(title)
	const keys = 12
	n := max(1, min(3, h.width/38))
	column := h.width / n
	rows := (len(bindings) + n - 1) / n
	for i := range rows {
		l := widget.NewLine(h.width)
		for c := range n {
			if at := c*rows + i; at < len(bindings) {
				b := bindings[at]
				l.Gap(widget.Ink{}, 2)
				l.Cell(h.e.Style.ink(themes.Key), safe.Clean(keyWords(b.keys)), keys-3, false, widget.CutEnd).Gap(widget.Ink{}, 1)
				l.Cell(h.e.Style.ink(themes.Text), safe.Clean(b.help), column-keys, false, widget.CutEnd)
			}
		}
		h.lines = append(h.lines, l.String())
	}
}

// letters draws the letters of the states, the same on screen, in JSON and in
// history.
func (h *help) letters() {
	h.title("letters, worst first")
	l := widget.NewLine(h.width)
	for _, s := range core.States() {
		t := safe.Sprintf("  %c %s", s.Letter(), s.Title())
		if l.Room() < widget.Width(t) {
			h.lines = append(h.lines, l.String())
			l = widget.NewLine(h.width)
		}
		l.Put(h.e.Style.ink(role(s)), t)
	}
	h.lines = append(h.lines, l.String())
	h.say("? in place of a number: not read, so not known.  . stands for none.")
	h.say("SEEN, seen: how long ago live was last proven to be as shown. What changes comes at once; that nothing did an open watch proves about once a minute only, so this may be older than the last check.")
}

func (h *help) filters(spec paneSpec) {
	if spec.filter == nil || spec.filter.text {
		return
	}
	h.title("filter")
	h.say("words must all match; !word must not; = part of it, ~ a regular expression, < > numbers and ages; tab completes")
	h.say(strings.Join(spec.filter.named(), "  "))
	h.say("such as " + strings.Join(spec.filter.examples, "  "))
}

func (h *help) say(t string) {
	for _, l := range widget.Wrap(safe.Clean(t), h.width-2) {
		h.lines = append(h.lines, widget.NewLine(h.width).Gap(widget.Ink{}, 2).Put(h.e.Style.ink(themes.Dim), l).String())
	}
}

// commands tells what can be typed behind a colon.
func (h *help) commands() {
	h.title("commands (:)")
	all := h.e.keymap.commands
	const name = 22
	n := max(1, min(3, h.width/52))
	rows := (len(all) + n - 1) / n
	for i := range rows {
		l := widget.NewLine(h.width)
		for c := range n {
			if at := c*rows + i; at < len(all) {
				l.Gap(widget.Ink{}, 2)
				l.Cell(h.e.Style.ink(themes.Key), safe.Clean(strings.TrimSpace(":"+all[at].name+" "+all[at].args)), name-3, false, widget.CutEnd).Gap(widget.Ink{}, 1)
				l.Cell(h.e.Style.ink(themes.Text), safe.Clean(all[at].help), h.width/n-name, false, widget.CutEnd)
			}
		}
		h.lines = append(h.lines, l.String())
	}
}

// own tells of this person's keys, and where things are.
func (h *help) own() {
	h.title("your selvage")
	if changed := h.e.keymap.changed(); len(changed) > 0 {
		said := make([]string, len(changed))
		for i, a := range changed {
			said[i] = string(a) + "=" + keyWords(h.e.keymap.own[a])
		}
		h.say("your keys differ from the default in " + plural(len(changed), "place") + ": " + strings.Join(said, ", ") + "   (:keys)")
	}
	h.say("selvage " + h.e.version.String() + "   " + h.e.about.String())
	for _, file := range []struct{ what, path string }{{"configuration", h.e.files[0]}, {"log", h.e.files[1]}} {
		if file.path != "" {
			h.say(file.what + "  " + file.path)
		}
	}
}

// keyWords are keys as people read them.
func keyWords(keys []string) string {
	if len(keys) == 0 {
		return "(none)"
	}
	return strings.Join(keys, " ")
}

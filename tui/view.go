package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// chrome says which lines the root draws around a pane.
type chrome struct{ header, tabs, status, hints bool }

// chrome leaves lines out as the terminal gets lower: what is being looked at
// comes before how to go on. A line that is being typed has one at any height, and on
// two lines the row that it is about comes before the title.
func (m *Model) chrome() chrome {
	typing := m.prompt != nil && m.height >= 2
	header := m.height >= 3 || m.height == 2 && !typing
	if m.look.compact {
		return chrome{header: header, hints: typing}
	}
	return chrome{
		header: header, tabs: m.height >= 18 && m.top().spec.tab.number != 0,
		status: m.height >= 14, hints: m.height >= 8 || typing,
	}
}

// brief tells whether there is room for no more than one line.
func (m *Model) brief() bool { return m.height < 2 }

// room is the space that is left for the pane.
func (m *Model) room() (width, height int) {
	height = m.height
	c := m.chrome()
	for _, there := range []bool{c.header, c.tabs, c.status, c.hints} {
		if there {
			height--
		}
	}
	return max(m.width, 0), max(height, 0)
}

// drawing is what was drawn, and what is to be.
type drawing struct {
	shown   *tea.View // what was drawn last
	size    [2]int    // and at which width and height
	drawn   time.Time // and when
	asked   bool      // somebody waits for what is to be drawn next
	pressed time.Time // when a key was pressed last
	late    bool      // a frame that was held is about to be drawn
}

// View draws the screen on top. While the terminal is behind it is the frame
// before: what comes after that is drawn when there is room for it.
func (m *Model) View() tea.View {
	if m.drawing.shown != nil && m.drawing.size == [2]int{m.width, m.height} && (m.pace.busy() || m.held()) {
		return *m.drawing.shown
	}
	v := tea.NewView(strings.Join(m.lines(), "\n"))
	v.AltScreen = true
	v.ReportFocus = true
	m.drawing.shown, m.drawing.size = &v, [2]int{m.width, m.height}
	m.drawing.drawn, m.drawing.asked = m.cfg.Now(), false
	return v
}

// lines is the frame: exactly as many lines as the terminal has, none of them
// wider.
func (m *Model) lines() []string {
	if m.width <= 0 || m.height <= 0 {
		return nil
	}
	e, c := m.env(), m.chrome()
	_, height := m.room()
	// What is said must not cover the row that it is about.
	said := m.told((height + 1) / 2)
	e.Height = height - len(said)
	frame := m.filtered(m.frame(m.top().pane, e))
	if m.brief() {
		if m.prompt != nil {
			return []string{m.promptLine()}
		}
		return []string{widget.NewLine(m.width).Spans(frame.Brief...).String()}
	}
	lines := make([]string, 0, m.height)
	if c.header {
		lines = append(lines, m.header(frame, !c.status))
	}
	if c.tabs {
		lines = append(lines, m.tabLine())
	}
	body := frame.Lines[:min(len(frame.Lines), e.Height)]
	lines = append(lines, body...)
	lines = append(lines, make([]string, e.Height-len(body))...)
	lines = append(lines, said...)
	if c.status {
		lines = append(lines, m.status(frame))
	}
	if c.hints {
		lines = append(lines, m.hints())
	}
	if m.prompt != nil {
		m.drawPrompt(lines, height)
	}
	return lines
}

// promptLine draws the line that is being typed.
func (m *Model) promptLine() string {
	return m.prompt.draw(m.width, m.style.ink(themes.Match), m.style.ink(themes.Text), false)
}

// drawPrompt draws the line that is typed over the last line of the frame, and over
// those before it what is to be read above.
func (m *Model) drawPrompt(lines []string, height int) {
	ink := m.style.ink(themes.Match)
	above := m.prompt.line.above(m, height)
	label, _ := m.prompt.labels(m.width)
	wraps := len(above)+len(label) <= height
	if wraps {
		for _, l := range label {
			above = append(above, widget.NewLine(m.width).Put(ink, l).Fill(widget.Ink{}).String())
		}
	}
	copy(lines[max(len(lines)-1-len(above), 0):len(lines)-1], above)
	lines[len(lines)-1] = m.prompt.draw(m.width, ink, m.style.ink(themes.Text), wraps)
}

// filtered has the header say what a list is filtered by, or a text searched for,
// where the line that else says so is not drawn: that something is filtered out must
// not be missed.
func (m *Model) filtered(f Frame) Frame {
	e := m.env()
	note, told := e.Filter.note(e.Style), e.roomy()
	if words := m.top().spec.filter; words != nil && words.text {
		told = m.chrome().status
		if f.Note.Text.Len() > 0 {
			note = f.Note
		}
	}
	if e.Filter.empty() || told && !m.brief() {
		return f
	}
	note.Text = widget.Fit(note.Text, max(m.width/3, 8), widget.CutEnd)
	gap := widget.Span{Text: safe.Lit("  ")}
	f.Brief = append([]widget.Span{note, gap}, f.Brief...)
	room := e.headRoom()
	must := widget.Width(note.Text) + widget.Width(f.Position) + 4
	if n := len(f.Facts); n > 0 {
		must += widget.Width(f.Facts[n-1].Text) + 2
	}
	if must > room*3/4 {
		must, f.Position = must-widget.Width(f.Position), safe.Text{}
	}
	f.Title = cutSpans(f.Title, max(room-must, room/4))
	f.Facts = append(f.Facts[:len(f.Facts):len(f.Facts)], note)
	return f
}

// cutSpans are as many spans as a width has room for, the last one cut.
func cutSpans(spans []widget.Span, width int) []widget.Span {
	if widget.SpanWidth(spans) <= width {
		return spans
	}
	cut := []widget.Span{}
	for _, s := range spans {
		if width <= 0 {
			break
		}
		s.Text = widget.Fit(s.Text, width, widget.CutEnd)
		width -= widget.Width(s.Text)
		cut = append(cut, s)
	}
	return cut
}

// header draws the first line: what may be done here stands at its end, whatever
// else there is room for. On a low terminal it holds the position too.
func (m *Model) header(f Frame, position bool) string {
	facts := append(m.slowness(), f.Facts...)
	if position && f.Position.Len() > 0 {
		facts = append(facts[:len(facts):len(facts)], widget.Span{Ink: m.style.ink(themes.Dim), Text: f.Position})
	}
	spaced := make([]widget.Span, 0, len(facts))
	for i, s := range facts {
		if i < len(facts)-1 {
			s.Text = s.Text.Plus(safe.Lit("  "))
		}
		spaced = append(spaced, s)
	}
	e := m.env()
	stands, room := e.stands(), e.headRoom()
	if stands.Text.Len() == 0 {
		return widget.Ends(m.width, widget.Ink{}, f.Title, spaced)
	}
	return widget.Ends(room, widget.Ink{}, f.Title, spaced) +
		widget.NewLine(m.width-room).Gap(widget.Ink{}, 2).Spans(stands).String()
}

// told is what was just said where the status line has no room for it, or is not
// there: the last lines of the pane, at most so many. What went wrong is to be read
// whole.
func (m *Model) told(most int) []string {
	note, fits := m.note.Text, widget.Width(m.note.Text) <= m.width
	switch {
	case note.Len() == 0, m.chrome().status && (fits || !m.whole):
		return nil
	case !m.whole:
		note = widget.Fit(note, m.width, widget.CutEnd)
	}
	lines := []string{}
	for _, t := range widget.Wrap(note, m.width) {
		lines = append(lines, widget.NewLine(m.width).Put(m.note.Ink, t).Fill(widget.Ink{}).String())
	}
	return lines[:min(len(lines), max(most, 0))]
}

// status draws the line above the hints: what was just said, else the pane's
// own note.
func (m *Model) status(f Frame) string {
	note := f.Note
	if w := m.top().work.note(m.env()); w.Text.Len() > 0 {
		note = w
	}
	if d := m.doing(); d.Text.Len() > 0 {
		note = d
	}
	if m.note.Text.Len() > 0 {
		note = m.note
	}
	if len(m.told(1)) > 0 {
		note = widget.Span{}
	}
	right := []widget.Span{{Ink: m.style.ink(themes.Dim), Text: f.Position}}
	room := m.width - widget.Width(f.Position) - 2
	note.Text = widget.Fit(note.Text, room, widget.CutEnd)
	return widget.Ends(m.width, widget.Ink{}, []widget.Span{note}, right)
}

// hints draws the keys that do something now, as many as there is room for,
// and always the way to help; where there is some room, that to commands too.
func (m *Model) hints() string {
	shown := m.hinted()
	l := widget.NewLine(m.width)
	tail := 0
	stays := func(b binding) bool { return b.action == ActHelp || b.action == ActCommand && m.width >= 72 }
	for _, b := range shown {
		if stays(b) {
			tail += hintWidth(b) + 2
		}
	}
	for i, b := range shown {
		if !stays(b) && l.Room() < hintWidth(b)+2+tail {
			continue
		}
		if l.Room() < m.width && i > 0 {
			l.Gap(widget.Ink{}, 2)
		}
		l.Put(m.style.ink(themes.Key), safe.Clean(b.keys[0]))
		l.Put(m.style.ink(themes.Hint), safe.Clean(" "+b.hint))
	}
	return l.String()
}

// hinted are the bindings of the footer, commands and help last. The line of the tabs has
// their keys already.
func (m *Model) hinted() []binding {
	var shown, last []binding
	tabs := m.chrome().tabs
	p, e := m.current()
	h, says := p.(hinter)
	for _, b := range m.keymap.of(m.scopes()) {
		if (b.scope == inTabs || b.scope == inMarked) && tabs {
			continue
		}
		if says {
			b.hint = h.Hint(e, b.action, b.hint)
		}
		b = m.glance.hint(b)
		switch {
		case b.hint == "" || len(b.keys) == 0 || m.shadowed(b) || !m.can(b.action):
		case b.action == ActUndo && !m.laid[m.top().place.Fabric]: // nothing was decided that could be undone
		case b.action == ActHelp:
			if m.top().spec.name == "help" {
				b.hint = "close help"
			}
			last = append(last, b)
		case b.action == ActCommand:
			last = append([]binding{b}, last...)
		default:
			if b.action == ActClose && len(m.stack) > 1 {
				b.hint = "close"
			}
			shown = append(shown, b)
		}
	}
	slices.SortStableFunc(shown, func(a, b binding) int { return m.glance.rank(a) - m.glance.rank(b) })
	return append(shown, last...)
}

func hintWidth(b binding) int { return len(b.keys[0]) + 1 + len(b.hint) }

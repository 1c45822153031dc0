package tui

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// prompt is a line while it is being typed: a filter, the answer to a question.
// The text input of bubbles edits it; it is drawn here, for the library draws what
// was typed as it is.
type prompt struct {
	input textinput.Model
	line  line
}

// line is what is being typed, and what comes of it.
type line interface {
	// label stands before it.
	label() safe.Text
	// changed is told what stands there now, after each edit.
	changed(m *Model, text string)
	// key may take a key before the line is edited by it; false leaves it alone.
	key(m *Model, key string) (tea.Cmd, bool)
	// enter and escape end the line, which is no longer there when they are called.
	enter(m *Model, text string) tea.Cmd
	escape(m *Model)
	// above are the lines that stand over the line that is typed, at most height.
	above(m *Model, height int) []string
}

// question is something that a pane asks a person to type.
type question struct {
	label safe.Text   // stands before the line
	text  string      // to begin with
	about any         // for the pane: what it has asked
	says  []safe.Text // what to know before it is answered; it stands above
	wrong safe.Text   // why the text was not taken; empty where it was not typed before
}

// asker is a pane that asks questions. Answer is given what was typed; nothing
// where the person escaped.
type asker interface {
	Answer(e Env, q question, text string) Outcome
}

// filterLine is the filter of the screen on top. The list follows each letter.
type filterLine struct{ before string }

func (filterLine) label() safe.Text { return safe.Lit("/") }

func (filterLine) changed(m *Model, text string) {
	m.top().filter = parseFilter(text, m.top().spec.filter)
}

// key lets the cursor move in the list while its filter is being typed, and
// completes what is typed.
func (filterLine) key(m *Model, key string) (tea.Cmd, bool) {
	switch key {
	case "tab":
		m.complete()
		return nil, true
	case "up", "down", "pgup", "pgdown":
		if a, ok := m.keymap.lookup(m.scopes(), key); ok && m.can(a) {
			return m.do(a), true
		}
		return nil, true
	}
	return nil, false
}

func (filterLine) enter(*Model, string) tea.Cmd { return nil }

func (l filterLine) escape(m *Model) { l.changed(m, l.before) }

// answerLine is the answer to a question of a pane. Escape takes the question back.
type answerLine struct {
	question question
	asking   *screen

	hint       core.SchemaHint // of the value that is typed
	hinted     bool            // it has come, also where it says nothing
	stem, last string          // what was typed, and then offered in its place
	offered    int
}

func (l *answerLine) label() safe.Text { return l.question.label }

func (*answerLine) changed(*Model, string) {}

func (l *answerLine) key(m *Model, key string) (tea.Cmd, bool) {
	if key == "tab" {
		l.complete(m)
	}
	return nil, key == "tab"
}

func (l *answerLine) enter(m *Model, text string) tea.Cmd {
	if l.asking != m.top() {
		return nil
	}
	p, e := m.current()
	if a, ok := p.(asker); ok {
		return m.follow(a.Answer(e, l.question, text))
	}
	return nil
}

func (*answerLine) escape(*Model) {}

// typed takes a key into the line that is being typed.
func (m *Model) typed(msg tea.KeyPressMsg) tea.Cmd {
	l := m.prompt.line
	if cmd, taken := l.key(m, msg.String()); taken {
		return cmd
	}
	switch msg.String() {
	case "ctrl+c":
		return m.interrupt()
	case "enter":
		text := m.prompt.value()
		m.prompt = nil
		return l.enter(m, text)
	case "esc":
		m.prompt = nil
		l.escape(m)
	default:
		m.edit(msg)
	}
	return nil
}

// interrupt takes the line back that is being typed, as a shell does; the next time it
// quits, whatever is being typed by then. Help waits for something to be typed without
// a question: there is no line to be taken back before something is.
func (m *Model) interrupt() tea.Cmd {
	_, help := m.prompt.line.(*helpLine)
	if m.warned || help && m.prompt.value() == "" || m.running() != nil {
		return m.quit() // which tells of a run first
	}
	m.warned = true
	m.dropLine()
	m.say(themes.Dim, safe.Lit("not typed any more: ctrl+c again quits"))
	return nil
}

// edit changes what is being typed, by a key or by what was pasted.
func (m *Model) edit(msg tea.Msg) {
	m.prompt.edit(msg)
	m.prompt.line.changed(m, m.prompt.value())
}

func newPrompt(text string, l line) *prompt {
	in := textinput.New()
	// A cursor of the library blinks, and each blink is a frame over the line.
	in.SetVirtualCursor(false)
	// ctrl+v would run a program that reads the clipboard, and that of the jump
	// host; a terminal pastes by itself.
	in.KeyMap.Paste.Unbind()
	// Panics on the last character of the line, and takes one word too many on
	// the last one of a word: charmbracelet/bubbles#1056.
	in.KeyMap.DeleteWordForward.Unbind()
	in.SetValue(text)
	in.Focus()
	return &prompt{input: in, line: l}
}

func (p *prompt) value() string { return p.input.Value() }

// edit takes a key or what was pasted; a line break becomes a blank. Whatever
// the library wants done besides is not done.
func (p *prompt) edit(msg tea.Msg) { p.input, _ = p.input.Update(msg) }

// draw shows the line, with an underscore where the next character goes. Where wraps
// is set the rest of a long label stands above, else it is cut.
func (p *prompt) draw(width int, ink, text widget.Ink, wraps bool) string {
	typed, at := []rune(p.input.Value()), p.input.Position()
	label := p.line.label()
	if wraps {
		_, label = p.labels(width)
	}
	l := widget.NewLine(width).Put(ink, widget.Fit(label, p.labelRoom(width), widget.CutMiddle))
	width = l.Room() + 1
	front, back := safe.Clean(string(typed[:at])), safe.Clean(string(typed[at:]))
	front = widget.Fit(front, max(width-widget.Width(back)-2, width/2), widget.CutStart)
	return l.Put(text, front).Put(ink, safe.Lit("_")).Put(text, back).String()
}

// labelRoom is how many columns the label may take: as many as what is typed leaves,
// and a few to go on.
func (p *prompt) labelRoom(width int) int {
	return max(width*2/3, width-widget.Width(safe.Clean(p.input.Value()))-8, 1)
}

// labels are the label in pieces: those that stand over the line where it is too long,
// and the one before what is typed.
func (p *prompt) labels(width int) (above []safe.Text, before safe.Text) {
	label := p.line.label()
	if widget.Width(label) <= p.labelRoom(width) {
		return nil, label
	}
	pieces := widget.Wrap(safe.Clean(strings.TrimRight(label.String(), " ")), max(width*2/3, 1))
	last := len(pieces) - 1
	return pieces[:last], pieces[last].Plus(safe.Lit(" "))
}

package tui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/tui/widget"
)

// prompt is a line while it is being typed: the filter, or the answer to a
// question. The text input of bubbles edits it; it is drawn here, for the library
// draws what was typed as it is.
type prompt struct {
	input    textinput.Model
	before   string
	question *question // nil for the filter
	asking   *screen   // that asked it
}

// question is something that a pane asks a person to type.
type question struct {
	label safe.Text // stands before the line
	text  string    // to begin with
	about any       // for the pane: what it has asked
}

// asker is a pane that asks questions. Answer is given what was typed; nothing
// where the person escaped.
type asker interface {
	Answer(e Env, q question, text string) Outcome
}

func newPrompt(text string) *prompt {
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
	return &prompt{input: in, before: text}
}

func (p *prompt) value() string { return p.input.Value() }

// edit takes a key or what was pasted; a line break becomes a blank. Whatever
// the library wants done besides is not done.
func (p *prompt) edit(msg tea.Msg) { p.input, _ = p.input.Update(msg) }

// draw shows the line, with an underscore where the next character goes.
func (p *prompt) draw(width int, ink, text widget.Ink) string {
	typed, at := []rune(p.input.Value()), p.input.Position()
	label := safe.Lit("/")
	if p.question != nil {
		label = p.question.label
	}
	l := widget.NewLine(width).Put(ink, widget.Fit(label, max(width*2/3, 1), widget.CutMiddle))
	width = l.Room() + 1
	front, back := safe.Clean(string(typed[:at])), safe.Clean(string(typed[at:]))
	front = widget.Fit(front, max(width-widget.Width(back)-2, width/2), widget.CutStart)
	return l.Put(text, front).Put(ink, safe.Lit("_")).Put(text, back).String()
}

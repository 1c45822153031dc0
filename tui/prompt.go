package tui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
	"selvage/tui/widget"
)

// prompt is the filter while it is being typed. The text input of bubbles
// edits the line; it is drawn here, for the library draws what was typed as it
// is.
type prompt struct {
	input  textinput.Model
	before string
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
	l := widget.NewLine(width).Put(ink, safe.Lit("/"))
	front, back := safe.Clean(string(typed[:at])), safe.Clean(string(typed[at:]))
	front = widget.Fit(front, max(width-widget.Width(back)-2, width/2), widget.CutStart)
	return l.Put(text, front).Put(ink, safe.Lit("_")).Put(text, back).String()
}

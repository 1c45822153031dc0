package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

// Hinter tells what the schema of a fabric says of the values at a place.
type Hinter interface {
	// Hint is what is known of it, the zero hint where that is nothing.
	Hint(ctx context.Context, id core.FabricID, k core.Key, path core.Path) (core.SchemaHint, error)
}

// hintMsg brings a hint to the line that it was asked for.
type hintMsg struct {
	line *answerLine
	hint core.SchemaHint
}

// askHint asks what the schema says of the value that is about to be typed. What
// it does not say in time it does not say: the line does not wait.
func (m *Model) askHint(l *answerLine) tea.Cmd {
	is, ok := l.question.about.(edited)
	hinter := m.cfg.Acts.Hinter
	if !ok || hinter == nil {
		return nil
	}
	ctx, id := m.ctx, m.top().place.Fabric
	return func() tea.Msg {
		h, err := hinter.Hint(ctx, id, is.key, is.path)
		if err != nil {
			return nil // typing needs none
		}
		return hintMsg{l, h}
	}
}

// withinSchema does something with a value that was typed, unless the schema speaks
// against it: asked then, for the hint over the line may not have come in time. What a
// schema does not say keeps nothing back.
func (e Env) withinSchema(is edited, v core.Value, do func(context.Context) (Done, error)) func(context.Context) (Done, error) {
	hinter, id := e.acts.Hinter, e.Place.Fabric
	if hinter == nil {
		return do
	}
	return func(ctx context.Context) (Done, error) {
		if h, err := hinter.Hint(ctx, id, is.key, is.path); err == nil {
			if why := h.Against(v); why != "" {
				return Done{}, fmt.Errorf("the schema refuses it: %s (E edits the object past its schema)", why)
			}
		}
		return do(ctx)
	}
}

// take keeps a hint, where its line is still being typed.
func (msg hintMsg) take(m *Model) tea.Cmd {
	if m.prompt != nil && m.prompt.line == line(msg.line) {
		msg.line.hint, msg.line.hinted = msg.hint, true
	}
	return nil
}

// hintText says what the schema does, on one line each.
func hintText(h core.SchemaHint) []safe.Text {
	says := []string{}
	if h.Type != "" {
		says = append(says, h.Type)
	}
	if h.Format != "" {
		says = append(says, h.Format)
	}
	if r := rangeText(h); r != "" {
		says = append(says, r)
	}
	if h.Pattern != "" {
		says = append(says, "matching "+h.Pattern)
	}
	lines := []safe.Text{}
	if len(says) > 0 {
		lines = append(lines, safe.Clean(strings.Join(says, "  ")))
	}
	if len(h.Enum) > 0 {
		words := make([]string, len(h.Enum))
		for i, v := range h.Enum {
			words[i] = core.Inline(v.Any())
		}
		lines = append(lines, safe.Sprintf("one of %s (tab)", strings.Join(words, ", ")))
	}
	if h.Says != "" {
		lines = append(lines, safe.Clean(h.Says))
	}
	return lines
}

func rangeText(h core.SchemaHint) string {
	switch {
	case h.Least.Present() && h.Most.Present():
		return core.Inline(h.Least.Any()) + " to " + core.Inline(h.Most.Any())
	case h.Least.Present():
		return "at least " + core.Inline(h.Least.Any())
	case h.Most.Present():
		return "at most " + core.Inline(h.Most.Any())
	}
	return ""
}

// complete puts the next value of those that the schema names in the place of what
// was typed: those first that begin like it.
func (l *answerLine) complete(m *Model) {
	if len(l.hint.Enum) == 0 {
		return
	}
	typed := m.prompt.value()
	if l.offered == 0 || typed != l.last {
		l.stem, l.offered = typed, 0
	}
	words := []string{}
	for _, begins := range []bool{true, false} {
		for _, v := range l.hint.Enum {
			if w := core.Inline(v.Any()); strings.HasPrefix(w, l.stem) == begins {
				words = append(words, w)
			}
		}
	}
	l.last = words[l.offered%len(words)]
	l.offered++
	m.prompt.input.SetValue(l.last)
	m.prompt.input.CursorEnd()
}

// above says what the schema wants, what speaks against what is typed, and why it
// was not taken before.
func (l *answerLine) above(m *Model, height int) []string {
	lines := []string{}
	add := func(r themes.Role, t safe.Text) {
		lines = append(lines, toldLines(t, m.style.ink(r), m.width, height)...)
	}
	for _, t := range l.question.says {
		lines = append(lines, paragraph(t, m.style.ink(themes.Warn), m.width)...)
	}
	if l.hinted && l.hint.Empty() {
		add(themes.Dim, safe.Lit("no schema says what may stand here: lint looks at it in the plan"))
	}
	for _, t := range hintText(l.hint) {
		lines = append(lines, toldLines(t, m.style.ink(themes.Dim), m.width, 2)...)
	}
	switch is, _ := l.question.about.(edited); {
	case l.question.wrong.Len() > 0 && m.prompt.value() == l.question.text:
		add(themes.Error, l.question.wrong)
	case !l.hint.Empty():
		if v, err := typedValue(m.prompt.value(), is.like); err == nil {
			if why := l.hint.Against(v); why != "" {
				add(themes.Warn, safe.Clean(why))
			}
		}
	}
	return lines[max(len(lines)-max(height, 0), 0):]
}

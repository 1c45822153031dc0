package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core/child"
	"selvage/core/safe"
	"selvage/themes"
)

const (
	// copyLimit is how many bytes are copied at most: in base64 they are the
	// 100,000 that terminals take in one sequence.
	copyLimit = 74_994
	// screenChunk is as much as GNU screen passes on at once.
	screenChunk = 760
)

// copies tells whether there is a way to the clipboard of who looks at this
// terminal.
func (m *Model) copies() bool { return m.cfg.Term != "dumb" }

// copiedMsg tells that tmux has taken a text, or would not.
type copiedMsg struct {
	text string
	err  error
}

// copy puts a text on the clipboard where the person sits, which is not that of
// this host: by OSC 52, which goes through SSH. In tmux it is tmux that is given the
// text, and told to pass it on: of what a program in it sends, its defaults let
// nothing through.
func (m *Model) copy(text string) tea.Cmd {
	switch {
	case !m.copies():
		m.say(themes.Warn, safe.Lit("TERM=dumb has no clipboard (w writes a file)"))
		return nil
	case len(text) > copyLimit:
		m.say(themes.Warn, safe.Sprintf("%d bytes are not copied: terminals take %d (w writes a file)", len(text), copyLimit))
		return nil
	}
	if _, in := m.cfg.env("TMUX"); in {
		ctx := m.ctx
		return func() tea.Msg { return copiedMsg{text, loadBuffer(ctx, text)} }
	}
	return m.sendCopy(text)
}

// loadBuffer gives a text to the tmux around. Before version 3.2 it knows no -w.
func loadBuffer(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := child.Command{Name: "tmux", Args: []string{"load-buffer", "-w", "-"}, Input: text}.Run(ctx)
	return err
}

// take trusts tmux's word, or goes around it.
func (msg copiedMsg) take(m *Model) tea.Cmd {
	if msg.err != nil {
		return m.sendCopy(msg.text)
	}
	m.say(themes.Dim, safe.Sprintf("copied %s to tmux and its terminal's clipboard", amount(msg.text)))
	return nil
}

// sendCopy writes the sequence.
func (m *Model) sendCopy(text string) tea.Cmd {
	seq, where := ansi.SetSystemClipboard(text), ""
	_, tmux := m.cfg.env("TMUX")
	_, screen := m.cfg.env("STY")
	switch {
	case tmux, strings.HasPrefix(m.cfg.Term, "tmux"):
		// It listens where set-clipboard is on, and else passes on what is wrapped,
		// where allow-passthrough is.
		seq, where = seq+ansi.TmuxPassthrough(seq), " (in tmux with set-clipboard or allow-passthrough on)"
	case screen:
		seq = ansi.ScreenPassthrough(seq, screenChunk)
	}
	m.say(themes.Dim, safe.Sprintf("copied %s by OSC 52%s", amount(text), where))
	return tea.Raw(seq)
}

// amount says how much a text is: itself, where it is short.
func amount(text string) safe.Text {
	text = strings.TrimRight(text, "\n")
	lines := strings.Count(text, "\n") + 1
	switch {
	case lines > 1:
		return safe.Clean(plural(lines, "line"))
	case len(text) > 60:
		return safe.Clean(plural(len(text), "byte"))
	}
	return safe.Clean(text)
}

package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"selvage/core/safe"
	"selvage/themes"
)

// terminalSaid is what is known of the terminal, most of it from its own answers.
type terminalSaid struct {
	width, height int
	term          string
	profile       colorprofile.Profile
	plain         bool // no colours are wanted
	background    string
	sync          string        // synchronized output: "", "no" or "yes"
	clipboard     string        // OSC 52, likewise
	trip          time.Duration // the line's round trip; 0 before the first answer
	slow          bool          // and that makes it a slow one
}

// syncWord is what the answer about mode 2026 means.
func syncWord(m ansi.ModeSetting) string {
	switch m {
	case ansi.ModeSet, ansi.ModeReset:
		return "yes"
	case ansi.ModePermanentlySet:
		return "always"
	case ansi.ModeNotRecognized, ansi.ModePermanentlyReset:
	}
	return "no"
}

// clipboardWord is what the device attributes say of the clipboard: 52 stands for
// OSC 52. Most terminals that know it do not say so.
func clipboardWord(attributes []int) string {
	if slices.Contains(attributes, 52) {
		return "yes"
	}
	return "does not say"
}

// terminal is what is known now.
func (m *Model) terminal() terminalSaid {
	t := m.said
	t.width, t.height, t.term = m.width, m.height, m.cfg.Term
	t.profile, t.plain = m.styles.profile, m.styles.noColour
	t.trip, t.slow = m.pace.line()
	return t
}

// terminal appends what the terminal said, and what could be better.
func (p *doctorPane) terminal(d *scroll, e Env) {
	d.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: safe.Lit("this terminal")}}})
	for _, s := range e.terminal.symptoms() {
		d.symptom(s)
	}
	if e.terminal.multiplexed() {
		for _, l := range tmuxSettings() {
			d.marked(themes.Key, "      ", l, scrollLine{fold: -1})
		}
	}
}

// multiplexed tells whether it is tmux or screen that draws.
func (t terminalSaid) multiplexed() bool {
	return strings.HasPrefix(t.term, "tmux") || strings.HasPrefix(t.term, "screen")
}

// symptoms are what was looked at of the terminal. What the settings of tmux should say
// belongs below the last of them.
func (t terminalSaid) symptoms() []Symptom {
	all := []Symptom{}
	tell := func(level, what, text, hint string) {
		all = append(all, Symptom{Area: "terminal", Level: level, What: what, Text: text, Hint: hint})
	}
	size := "ok"
	if t.width < 80 || t.height < 24 {
		size = "warn"
	}
	tell(size, "size", safe.Sprintf("%dx%d", t.width, t.height).String(), map[string]string{"warn": "make it 80x24 or larger: columns are left out below"}[size])
	colours := map[colorprofile.Profile]string{
		colorprofile.TrueColor: "all of them", colorprofile.ANSI256: "256", colorprofile.ANSI: "16", colorprofile.ASCII: "none", colorprofile.NoTTY: "none",
	}[t.profile]
	switch {
	case t.plain:
		tell("ok", "colours", "none are wanted (NO_COLOR); letters tell the states", "")
	case colours == "":
		tell("ok", "colours", "it has not said", "")
	default:
		tell("ok", "colours", colours+", TERM="+t.term, "")
	}
	if t.background != "" {
		tell("ok", "background", t.background, "")
	}
	switch t.sync {
	case "":
		tell("ok", "synchronized output (mode 2026)", "it has not answered", "")
	case "no":
		tell("ok", "synchronized output (mode 2026)", "no: a large change may be seen to build up", "")
	default:
		tell("ok", "synchronized output (mode 2026)", t.sync, "")
	}
	switch {
	case t.trip == 0:
		tell("ok", "round trip", "it has not answered", "")
	case t.slow:
		tell("warn", "round trip", safe.Sprintf("%d ms: keys feel slow because of the line, not of this program", t.trip.Milliseconds()).String(), "mosh, or a jump host that is nearer")
	default:
		tell("ok", "round trip", safe.Sprintf("%d ms", t.trip.Milliseconds()).String(), "")
	}
	if t.clipboard != "" {
		tell("ok", "clipboard (OSC 52)", t.clipboard, "")
	}
	if t.multiplexed() {
		tell("warn", "tmux", "these make it better, in ~/.tmux.conf where they are not there yet:", "")
	}
	return all
}

// tmuxSettings are the settings of tmux that the dashboard gains by.
func tmuxSettings() []safe.Text {
	return []safe.Text{
		safe.Lit("set -g default-terminal tmux-256color"),
		safe.Lit("set -s escape-time 10      # esc answers at once"),
		safe.Lit("set -g focus-events on     # nothing ticks in a hidden pane"),
		safe.Lit("set -s set-clipboard on    # y copies to your own machine"),
		safe.Lit("set -as terminal-features ',*:RGB:sync:clipboard'"),
	}
}

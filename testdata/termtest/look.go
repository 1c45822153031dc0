package termtest

import (
	"fmt"
	"image/color"
	"io"
	"slices"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// patience is how long a wait lasts: enough for a machine with much else to do.
const patience = time.Minute

// Screen is the text on the screen, row by row, without the blanks at the end of
// rows and the empty rows at the end.
func (t *Terminal) Screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text()
}

func (t *Terminal) text() string {
	rows := make([]string, t.screen.Height())
	for y := range rows {
		var b strings.Builder
		for x := 0; x < t.screen.Width(); x++ {
			c := t.screen.CellAt(x, y)
			switch {
			case c == nil || c.Content == "" && c.Width > 0:
				b.WriteByte(' ')
			default: // the second half of a wide rune is empty
				b.WriteString(c.Content)
			}
		}
		rows[y] = strings.TrimRight(b.String(), " ")
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

// Wait waits until the screen shows a text.
func (t *Terminal) Wait(text string) {
	t.tb.Helper()
	t.WaitFor(fmt.Sprintf("%q", text), func(s string) error {
		if strings.Contains(s, text) {
			return nil
		}
		return errNotSeen
	})
}

// WaitGone waits until the screen does not show a text any more.
func (t *Terminal) WaitGone(text string) {
	t.tb.Helper()
	t.WaitFor(fmt.Sprintf("the end of %q", text), func(s string) error {
		if !strings.Contains(s, text) {
			return nil
		}
		return errNotSeen
	})
}

// WaitFor waits until a look at the screen finds nothing wrong, and tells of
// what was wrong with it last where that does not happen.
func (t *Terminal) WaitFor(what string, look func(screen string) error) {
	t.tb.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		t.mu.Lock()
		s, changed := t.text(), t.changed
		t.mu.Unlock()
		err := look(s)
		if err == nil {
			return
		}
		select {
		case <-changed:
		case <-t.ended:
			if err = look(t.Screen()); err != nil {
				t.tb.Fatalf("waiting for %s: %v; the program has ended, the screen is\n%s", what, err, t.Screen())
			}
			return
		case <-deadline.C:
			t.tb.Fatalf("waiting for %s: %v; the screen is\n%s", what, err, t.Screen())
		}
	}
}

// Settle waits until nothing was written for so long, and gives the time at
// which the last byte came.
func (t *Terminal) Settle(quiet time.Duration) time.Time {
	t.tb.Helper()
	deadline := time.Now().Add(patience)
	for {
		t.mu.Lock()
		last, changed, waiting := t.last, t.changed, len(t.late) > 0
		t.mu.Unlock()
		left := quiet - time.Since(last)
		if left <= 0 && !waiting {
			return last
		}
		if time.Now().After(deadline) {
			t.tb.Fatalf("the program goes on writing; the screen is\n%s", t.Screen())
		}
		select {
		case <-changed:
		case <-t.ended:
			return last
		case <-time.After(max(left, time.Millisecond)):
		}
	}
}

// Written is how many bytes the program has written so far.
func (t *Terminal) Written() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.written
}

// State is what a program may have changed about the terminal, and must put
// back.
type State struct {
	AltScreen      bool
	CursorHidden   bool
	BracketedPaste bool
	FocusEvents    bool
	Mouse          bool
	Synchronized   bool // an update was begun and not ended
}

// State tells what is the case.
func (t *Terminal) State() State {
	t.mu.Lock()
	defer t.mu.Unlock()
	return State{
		AltScreen:      t.screen.IsAltScreen(),
		CursorHidden:   t.screen.CursorHidden(),
		BracketedPaste: t.modes[ansi.ModeBracketedPaste],
		FocusEvents:    t.modes[ansi.ModeFocusEvent],
		Mouse:          t.modes[ansi.ModeMouseNormal] || t.modes[ansi.ModeMouseButtonEvent] || t.modes[ansi.ModeMouseAnyEvent],
		Synchronized:   t.modes[ansi.ModeSynchronizedOutput],
	}
}

// Updates is how many updates the program asked to be shown whole.
func (t *Terminal) Updates() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.updates
}

// Asked is how often the program asked for something: "synchronized output".
func (t *Terminal) Asked(what string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked[what]
}

// Copied is what the program put on the clipboard last, as OSC 52 says it.
func (t *Terminal) Copied() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.copied
}

// Notices are the notifications that the program sent by OSC 9, and how often it rang
// the bell.
func (t *Terminal) Notices() (told []string, bells int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.told), t.bells
}

// Colours counts the cells that have a colour of their own, of text or behind
// it, and Reversed those whose colours are exchanged.
func (t *Terminal) Colours() (coloured, reversed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for y := range t.screen.Height() {
		for x := range t.screen.Width() {
			c := t.screen.CellAt(x, y)
			if c == nil {
				continue
			}
			if c.Style.Fg != nil || c.Style.Bg != nil {
				coloured++
			}
			if c.Style.Attrs&uv.AttrReverse != 0 {
				reversed++
			}
		}
	}
	return coloured, reversed
}

// Foreground is the colour of the text at the place where it is on the screen
// first; nil where it has none or is not there.
func (t *Terminal) Foreground(text string) color.Color {
	t.mu.Lock()
	defer t.mu.Unlock()
	for y, row := range strings.Split(t.text(), "\n") {
		before, _, ok := strings.Cut(row, text)
		if !ok {
			continue
		}
		if c := t.screen.CellAt(ansi.StringWidth(before), y); c != nil {
			return c.Style.Fg
		}
	}
	return nil
}

// keys are the names of keys that are more than a letter, as a terminal sends
// them.
func keys() map[string]string {
	return map[string]string{
		"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f",
		"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
		"home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdown": "\x1b[6~", "delete": "\x1b[3~",
		"f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS",
	}
}

// Press presses keys one after the other: a letter, a name such as "enter", or
// "ctrl+" and a letter.
func (t *Terminal) Press(names ...string) {
	t.tb.Helper()
	table := keys()
	for _, name := range names {
		bytes, ok := table[name]
		letter, control := strings.CutPrefix(name, "ctrl+")
		switch {
		case ok:
		case control && len(letter) == 1:
			bytes = string(letter[0] & 0x1f)
		default:
			bytes = name
		}
		t.Type(bytes)
	}
}

// Type sends bytes as they are.
func (t *Terminal) Type(bytes string) {
	t.tb.Helper()
	if _, err := io.WriteString(t.in, bytes); err != nil {
		t.tb.Fatalf("type %q: %v; the screen is\n%s", bytes, err, t.Screen())
	}
}

// Paste pastes a text: marked as such where the program has asked for that, and
// like typing where it has not.
func (t *Terminal) Paste(text string) {
	t.tb.Helper()
	if t.State().BracketedPaste {
		text = ansi.BracketedPasteStart + text + ansi.BracketedPasteEnd
	}
	t.Type(text)
}

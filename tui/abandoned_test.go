package tui

import (
	"errors"
	"strings"
	"testing"

	"selvage/core/safe"
)

// TestWhatWasTypedInTheEditorIsToldToWhoLeft the screen, or the dashboard, while it
// was opened or taken: the file is named, or gone where nothing is in it.
func TestWhatWasTypedInTheEditorIsToldToWhoLeft(t *testing.T) {
	const keeps = "what was typed is in "
	for name, c := range map[string]struct {
		at   string // what is under way when the keys are pressed
		keys []string
		left bool
	}{
		"back while it opens":           {"open", []string{"esc"}, false},
		"leaving while it opens":        {"open", []string{"ctrl+c"}, false},
		"back while it is taken":        {"take", []string{"esc"}, true},
		"typing while it is taken":      {"take", []string{":"}, true},
		"leaving while it is taken":     {"take", []string{"ctrl+c"}, true},
		"leaving when asked what to do": {"asked", []string{"ctrl+c"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			d, sheets := editingWith(t, "echo vlan: 5000 >>")
			sheets.wrong = "5000"
			d.press("enter")
			d.waits = true
			d.press("E")
			if c.at != "open" {
				d.act() // opens it, and the editor ends
			}
			if c.at == "asked" {
				d.act()
				d.shows("enter opens it again")
			}
			d.press(c.keys...)
			for d.model.acting {
				d.act()
			}
			if sheets.left() != c.left {
				t.Errorf("the file is left: %v, want %v", sheets.left(), c.left)
			}
			if d.model.prompt != nil {
				d.press("esc")
			}
			told := d.screen()
			if d.model.quitting {
				told = ""
				for _, p := range d.model.parting {
					told += p.String()
				}
			}
			told = strings.Join(strings.Fields(told), " ")
			if c.left != strings.Contains(told, keeps+sheets.dir) || !strings.Contains(told, "nothing was taken") {
				t.Errorf("it tells %q", told)
			}
		})
	}
}

// TestAValueThatIsRefusedLateIsTold: what was typed stands beside the reason.
func TestAValueThatIsRefusedLateIsTold(t *testing.T) {
	d := drive(t, deskFleet(), 120, 30)
	d.press("enter", "d", "e")
	q, ok := d.model.prompt.line.(*answerLine)
	if !ok {
		t.Fatalf("nothing is asked:\n%s", d.screen())
	}
	d.waits = true
	d.acts.fault = errors.New("no such draft is possible")
	d.press("ctrl+u").typed("null").press("enter", "esc")
	d.act()
	is := q.question.about.(edited)
	told := strings.Join(strings.Fields(d.screen()), " ")
	if want := string(is.path) + " = null was not taken: no such draft is possible"; !strings.Contains(told, want) {
		t.Errorf("it does not tell %q:\n%s", want, d.screen())
	}
}

// TestALoginGoesOnWithoutTheScreen: what it was for is checked, and what is left is told.
func TestALoginGoesOnWithoutTheScreen(t *testing.T) {
	d, logins := locked(t, "echo token-1", "echo token-2")
	d.waits = true
	d.press("L")
	d.act() // finds them; the first one runs
	d.press("?")
	d.act()
	if len(logins.taken) != 1 || len(d.engine.refreshed) != 2 {
		t.Errorf("taken %q, checks %v", logins.taken, d.engine.refreshed)
	}
	d.shows("logged in to 2 fabrics; 1 login left: L goes on")
}

// TestWhatIsToBeKnownAtTheStartIsSaid until the first key.
func TestWhatIsToBeKnownAtTheStartIsSaid(t *testing.T) {
	d := driveWith(t, fullFleet(), func(c *Config) { c.Notice = safe.Lit("an edit was left: /state/edits/x.yaml") })
	d.shows("an edit was left: /state/edits/x.yaml")
	d.press("j")
	d.hides("an edit was left")
}

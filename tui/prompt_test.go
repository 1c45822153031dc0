package tui

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"selvage/core/safe"
)

// typing is the line that is being typed, with its cursor.
func (d *driver) typing() string {
	lines := d.lines()
	return lines[len(lines)-1]
}

func TestPromptEdits(t *testing.T) {
	tests := []struct {
		keys string
		want string
	}{
		{"", "/state=x prod_"},
		{"backspace", "/state=x pro_"},
		{"ctrl+h", "/state=x pro_"},
		{"ctrl+w", "/state=x _"},
		{"ctrl+w ctrl+w", "/_"},
		{"ctrl+u", "/_"},
		{"home delete !", "/!_tate=x prod"},
		{"left left ctrl+u", "/_od"},
		{"left left ctrl+k", "/state=x pr_"},
		{"left X right right Y", "/state=x proXdY_"},
		{"home backspace left end delete right", "/state=x prod_"},
		{"ctrl+a", "/_state=x prod"},
		{"ctrl+a ctrl+e", "/state=x prod_"},
		{"alt+b", "/state=x _prod"},
		{"alt+b alt+b", "/_state=x prod"},
		{"home alt+f", "/state=x_ prod"},
		{"alt+b ctrl+w", "/_prod"},
	}
	for _, tt := range tests {
		d := drive(t, fullFleet(), 80, 24).press("/").typed("state=x prod").press(strings.Fields(tt.keys)...)
		if got := d.typing(); got != tt.want {
			t.Errorf("after %q: %q, want %q", tt.keys, got, tt.want)
		}
		without := strings.TrimPrefix(strings.Replace(tt.want, "_", "", 1), "/")
		if got, want := d.model.top().filter.text, strings.TrimSpace(without); got != want {
			t.Errorf("after %q: the list follows %q, want %q", tt.keys, got, want)
		}
	}
}

func TestPromptBeginsAtTheEndOfTheFilter(t *testing.T) {
	d := drive(t, fullFleet(), 80, 24).press("/").typed("prod").press("enter", "/")
	if got := d.typing(); got != "/prod_" {
		t.Errorf("the line begins as %q", got)
	}
}

// libraryKeys are all keys that the text input knows by default, those that
// are unbound here included.
func libraryKeys() []string {
	keys := []string{}
	bindings := reflect.ValueOf(textinput.DefaultKeyMap())
	for i := range bindings.NumField() {
		keys = append(keys, bindings.Field(i).Interface().(interface{ Keys() []string }).Keys()...)
	}
	return keys
}

// TestPromptTakesEveryKeyAtEveryPlace keeps the library's own mistakes from
// ending the dashboard.
func TestPromptTakesEveryKeyAtEveryPlace(t *testing.T) {
	for _, k := range libraryKeys() {
		for _, text := range []string{"", "a", "ab c", "  ", " a ", "機 e\u0301"} {
			for left := range len([]rune(text)) + 1 {
				func() {
					defer func() {
						if p := recover(); p != nil {
							t.Errorf("%q in %q, %d from its end: panic: %v", k, text, left, p)
						}
					}()
					p := newPrompt(text, filterLine{})
					for range left {
						p.edit(keyPress("left"))
					}
					p.edit(keyPress(k))
					p.edit(keyPress(k))
				}()
			}
		}
	}
}

// TestPromptSetsNothingOff holds two promises at once: no program is run to
// read a clipboard, and no blinking cursor draws frames while nothing happens.
// Either would come as a command.
func TestPromptSetsNothingOff(t *testing.T) {
	messages := []tea.Msg{tea.PasteMsg{Content: "pasted"}, tea.KeyPressMsg{Code: 'x', Text: "x"}}
	for _, k := range libraryKeys() {
		messages = append(messages, keyPress(k))
	}
	d := drive(t, fullFleet(), 80, 24).press("/")
	if d.last != nil {
		t.Error("beginning to type sets something off")
	}
	if d.model.View().Cursor != nil {
		t.Error("the terminal's cursor is shown, which may blink")
	}
	for _, msg := range messages {
		d.send(msg)
		if d.last != nil {
			t.Errorf("%v sets something off", msg)
		}
		if _, cmd := newPrompt("ab", filterLine{}).input.Update(msg); cmd != nil {
			t.Errorf("%v: the library wants something that it does not get", msg)
		}
	}
}

func TestPasteIsOneLine(t *testing.T) {
	for pasted, want := range map[string]string{
		"a\nb": "/xa b_y", "a\rb": "/xa b_y", "a\r\nb": "/xa  b_y", "a\tb\n": "/xa b _y", "a\x1b[2Jb\x00": "/xa[2Jb_y", "\xff\xc3a": "/xa_y",
	} {
		d := drive(t, fullFleet(), 80, 24).press("/").typed("xy").press("left")
		d.send(tea.PasteMsg{Content: pasted})
		if got := d.typing(); got != want {
			t.Errorf("%q pasted: %q, want %q", pasted, got, want)
		}
	}
}

func TestPromptIsInertWhateverIsTyped(t *testing.T) {
	for name, text := range hostileTexts() {
		for way, msg := range map[string]tea.Msg{"pasted": tea.PasteMsg{Content: text}, "typed": tea.KeyPressMsg{Code: tea.KeyExtended, Text: text}} {
			d := drive(t, fullFleet(), 80, 24).press("/")
			d.send(msg)
			for left := range min(len([]rune(text)), 20) + 1 {
				what := fmt.Sprintf("%s %s, cursor %d from its end", name, way, left)
				requireInert(t, d, what)
				requireSize(t, d, 80, 24, what)
				d.press("left")
			}
			d.press("enter")
			requireInert(t, d, name+" as a filter")
		}
	}
}

func TestPromptHasTheWidthOfTheTerminalAndItsCursor(t *testing.T) {
	for _, text := range []string{"", "kind=vpc", strings.Repeat("long ", 60), strings.Repeat("機", 60), strings.Repeat("\u202e", 60)} {
		d := drive(t, fullFleet(), 80, 24).press("/")
		d.send(tea.PasteMsg{Content: text})
		for _, place := range []string{"end", "left", "alt+b", "home", "right"} {
			d.press(place)
			for width := 1; width <= 200; width += 1 + width/20 {
				for _, height := range []int{1, 2, 4, 24} {
					d.send(tea.WindowSizeMsg{Width: width, Height: height})
					what := fmt.Sprintf("%.8q at %s", text, place)
					requireSize(t, d, width, height, what)
					if width >= 3 && height >= 4 && !strings.Contains(d.typing(), "_") {
						t.Errorf("%s at %dx%d: no cursor in %q", what, width, height, d.typing())
					}
				}
			}
		}
	}
}

func TestLabelOfAPromptIsReadWhole(t *testing.T) {
	label := "a-fabric-with-a-long-name is protected and so it is. Its name, to publish: "
	for width, want := range map[int]int{160: 0, 88: 0, 80: 1, 60: 1, 40: 2} {
		p := newPrompt("", &answerLine{question: question{label: safe.Clean(label)}})
		above, before := p.labels(width)
		whole := ""
		for _, t := range above {
			whole += t.String() + " "
		}
		whole += before.String()
		if len(above) != want || strings.TrimSpace(whole) != strings.TrimSpace(label) {
			t.Errorf("at %d columns: %q, then %q", width, above, before)
		}
	}
	d := drive(t, deskFleet(), 60, 24)
	d.model.follow(Outcome{Ask: &question{label: safe.Clean(label)}})
	d.shows("a-fabric-with-a-long-name is protected")
	d.shows("to publish: _")
	d.resize(60, 2).shows("_")
}

// TestInterruptTakesTheLineBackFirst wherever one is typed, and the second one quits.
func TestInterruptTakesTheLineBackFirst(t *testing.T) {
	for name, keys := range map[string][]string{
		"filter": {"/", "x"}, "summary": {"s", "m", "x"}, "command": {":", "x"}, "help": {"?", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, only(unprotected()), 80, 24).press(keys...).press("ctrl+c")
			if d.model.quitting || d.model.prompt != nil {
				t.Fatalf("quitting %v, typing %v\n%s", d.model.quitting, d.model.prompt != nil, d.screen())
			}
			d.shows("ctrl+c again quits")
			if d.press("ctrl+c"); !d.model.quitting {
				t.Error("the second one does not quit")
			}
		})
	}
	// What was typed in between was no second time.
	d := drive(t, only(unprotected()), 80, 24).press("/", "ctrl+c", "/", "ctrl+c")
	if d.model.quitting {
		t.Error("it quit from another line")
	}
}

package tui

import (
	"slices"
	"strings"
	"testing"
)

func TestOwnKeysTakeTheirPlace(t *testing.T) {
	_, faults := NewKeymap(map[string][]string{"fabric.sync": {"Ctrl+S", "f5"}}, nil)
	if len(faults) == 0 || !strings.Contains(faults[0].What, `"Ctrl+S" is no key`) {
		t.Errorf("faults %v, want that modifiers are small", faults)
	}
	k, faults := NewKeymap(map[string][]string{"fabric.sync": {"ctrl+s", "f5"}, "app.close": {}, "cursor.page_down": {"pgdn"}, "object.next": {"shift+x"}}, nil)
	if len(faults) > 0 {
		t.Fatalf("faults %+v", faults)
	}
	for _, tt := range []struct {
		screen, key string
		want        Action
	}{
		{"fabrics", "ctrl+s", ActPlan},
		{"resolve", "f5", ActPlan},
		{"fabrics", "s", ""},
		{"resolve", "enter", ""},
		{"fabrics", "q", ""},
		{"detail", "pgdown", ActPageDown},
		{"diff", "X", ActNextObject},
		{"diff", "J", ""},
		{"fabrics", "enter", ActOpen},
	} {
		spec, _ := specOf(tt.screen)
		if got, _ := k.lookup(spec.scopes, tt.key); got != tt.want {
			t.Errorf("%s on %s is %q, want %q", tt.key, tt.screen, got, tt.want)
		}
	}
	want := []Action{ActClose, ActPlan, ActNextObject}
	slices.Sort(want)
	if got := k.changed(); !slices.Equal(got, want) {
		t.Errorf("changed are %v, want %v: pgdn is pgdown", got, want)
	}
}

func TestMistakesInKeysAreToldAllAtOnce(t *testing.T) {
	_, faults := NewKeymap(map[string][]string{
		"fabric.snyc":      {"x"},
		"fabric.sync":      {"ctrl+d"},
		"decide.live":      {"A"},
		"app.quit":         {"esc", "crtl+q"},
		"fabric.open":      {"ctrl+m", "f8", "f8"},
		"object.next":      {"F"},
		"fabric.resolve":   {"ctrl+k"},
		"fabric.check_all": {"S"},
	}, []Tool{
		{Key: "d", Name: "k9s", Run: "k9s -c {kind}"},
		{Key: "ctrl+k", Name: "argo", Run: "argocd app get '{name}' {app}"},
		{Key: "H", Name: "shell", Run: "sh"},
		{Key: "f9", Name: "shell", Run: "zsh"},
	})
	want := []string{
		`app.quit: esc must not`, `app.quit: "crtl+q" is no key`, `decide.live: A must not`, `fabric.open: ctrl+m and enter are one key`, `fabric.open: f8 twice`,
		`fabric.snyc: no action is called "fabric.snyc"`, `fabric.sync: ctrl+d is cursor.half_down too`,
		`tool 0 key: d is object.diff too`, `tool 0 key: d is history.diff too`, `tool 1 key: ctrl+k is fabric.resolve too`,
		`tool 1 run: {name} stands in quotes`, `tool 2 key: H must not`, `tool 3 name: a second tool "shell"`,
	}
	got := []string{}
	for _, f := range faults {
		at := f.Action
		if f.Tool >= 0 {
			at = "tool " + string(rune('0'+f.Tool)) + " " + f.About
		}
		got = append(got, at+": "+f.What)
		if f.Do == "" && !f.Name {
			t.Errorf("%s: nothing says what to do", got[len(got)-1])
		}
	}
	for _, w := range want {
		if n := len(slices.DeleteFunc(slices.Clone(got), func(g string) bool { return !strings.HasPrefix(g, w) })); n != 1 {
			t.Errorf("%q is told %d times, want once, in\n%s", w, n, strings.Join(got, "\n"))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d faults, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
}

// TestAKeyThatIsMissingClashesWithNone: that it is missing is told by the configuration.
func TestAKeyThatIsMissingClashesWithNone(t *testing.T) {
	if _, faults := NewKeymap(map[string][]string{"object.diff": {""}}, []Tool{{Name: "k9s", Run: "k9s"}, {Name: "argo", Run: "argocd"}, {Key: "f4", Run: "sh"}, {Key: "f5", Run: "sh"}}); len(faults) > 0 {
		t.Errorf("%+v", faults)
	}
}

func TestNoKeyLeftThatQuits(t *testing.T) {
	_, faults := NewKeymap(map[string][]string{"app.quit": {}, "app.close": {}}, nil)
	if len(faults) != 1 || faults[0].What != "no key is left that quits" {
		t.Errorf("faults %+v", faults)
	}
	if _, faults := NewKeymap(map[string][]string{"app.quit": {}}, nil); len(faults) > 0 {
		t.Errorf("q is left, and %+v", faults)
	}
}

// TestTheTableItselfHasNoMistakes, and neither has one that says the same again.
func TestTheTableItselfHasNoMistakes(t *testing.T) {
	if _, faults := NewKeymap(nil, nil); len(faults) > 0 {
		t.Errorf("%+v", faults)
	}
	for _, b := range bindings() {
		for _, key := range b.keys {
			if got, why := keyName(key); got != key || why != "" {
				t.Errorf("the table's %q is read as %q, %s", key, got, why)
			}
		}
	}
}

// TestWritingIsNoHarmlessAction: what may be bound to a piece of an escape sequence
// is named one by one, or by a family in which nothing writes.
func TestWritingIsNoHarmlessAction(t *testing.T) {
	for _, a := range Actions() {
		family, _, _ := strings.Cut(a, ".")
		if slices.Contains([]string{"decide", "plan", "run"}, family) && Action(a).harmless() {
			t.Errorf("%s counts as harmless", a)
		}
	}
	for _, a := range []Action{ActQuit, ActClose, ActSuspend, ActPlan, "tool.k9s"} {
		if a.harmless() {
			t.Errorf("%s counts as harmless", a)
		}
	}
}

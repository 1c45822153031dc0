package themes

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func load(t *testing.T, name string, dirs ...string) Choice {
	t.Helper()
	choice, err := Load(name, dirs...)
	if err != nil {
		t.Fatalf("Load(%q): %v", name, err)
	}
	return choice
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryBuiltinThemeIsWhole(t *testing.T) {
	names := Names()
	for _, want := range []string{Auto, "alarm", "alarm-light", "colour-blind", "colour-blind-light", "dark", "high-contrast", "high-contrast-light", "light", "terminal", "terminal-light"} {
		if !slices.Contains(names, want) {
			t.Errorf("there is no theme %q", want)
		}
	}
	for _, e := range List() {
		if e.Err != nil || e.Path != "" || e.About == "" || len(e.About) > 78-len(e.Name) {
			t.Errorf("theme %q: error %v, path %q, about %q", e.Name, e.Err, e.Path, e.About)
			continue
		}
		if e.Name != Auto && e.Choice.Dark.Name != e.Name {
			t.Errorf("theme %q calls itself %q", e.Name, e.Choice.Dark.Name)
		}
		for _, theme := range []Theme{e.Choice.Dark, e.Choice.Light} {
			have := slices.Sorted(maps.Keys(theme.Looks))
			if want := slices.Sorted(slices.Values(Roles())); !slices.Equal(have, want) {
				t.Errorf("%s has looks for %v, want %v", theme.Name, have, want)
			}
		}
	}
}

// TestEveryBuiltinThemeFollowsTheBackground: a theme that is given to a fabric
// is for the terminals of everybody. Those that cannot follow say so by name.
func TestEveryBuiltinThemeFollowsTheBackground(t *testing.T) {
	for _, e := range List() {
		if e.Name == dark || e.Name == light || strings.HasSuffix(e.Name, "-light") {
			continue
		}
		if l, ok := e.Choice.Light.Background.luminance(); ok && l < 0.5 || e.Choice.Light.Name == e.Choice.Dark.Name {
			t.Errorf("theme %q is %q on a light background", e.Name, e.Choice.Light.Name)
		}
	}
	for _, name := range []string{"", Auto} {
		if c := load(t, name); c.Dark.Name != dark || c.Light.Name != light {
			t.Errorf("Load(%q) = %q and %q, want dark and light", name, c.Dark.Name, c.Light.Name)
		}
	}
}

func TestHighContrastIsHigh(t *testing.T) {
	c := load(t, "high-contrast")
	for _, theme := range []Theme{c.Dark, c.Light} {
		for r, l := range theme.Looks {
			ground := theme.Background
			if l.Ground != "" {
				ground = l.Ground
			}
			if got := Contrast(l.Fore, ground); got < 7 {
				t.Errorf("%s: contrast of %s is %.1f, want 7", theme.Name, r, got)
			}
		}
	}
}

func TestContrast(t *testing.T) {
	tests := []struct {
		a, b Colour
		want float64
	}{
		{"#000000", "#ffffff", 21},
		{"#ffffff", "#ffffff", 1},
		{"#777777", "#ffffff", 4.48},
		{"red", "#ffffff", 0},
		{"#ffffff", "default", 0},
	}
	for _, tt := range tests {
		if got := Contrast(tt.a, tt.b); got < tt.want-0.01 || got > tt.want+0.01 {
			t.Errorf("Contrast(%s, %s) = %.3f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestUserDirectoryComesFirst(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	write(t, first, "mine.json", `{"about": "own", "base": "dark"}`)
	write(t, second, "mine.json", `{"about": "later", "base": "dark"}`)
	write(t, second, "dark.json", `{"about": "shadows", "base": "light"}`)
	write(t, second, "notes.txt", "no theme")
	write(t, second, "auto.json", "taken")
	dirs := []string{filepath.Join(first, "not there"), first, second}
	for name, want := range map[string]string{"mine": "own", "dark": "shadows", Auto: "shadows"} {
		if c := load(t, name, dirs...); c.Dark.About != want {
			t.Errorf("Load(%q) is about %q, want %q", name, c.Dark.About, want)
		}
	}
	if got := Names(dirs...); !slices.Contains(got, "mine") || len(got) != len(Names())+1 || got[0] != Auto {
		t.Errorf("Names = %q, want mine among the others", got)
	}
	for _, e := range List(dirs...) {
		want := map[string]string{"mine": filepath.Join(first, "mine.json"), "dark": filepath.Join(second, "dark.json")}[e.Name]
		if e.Path != want || e.Err != nil {
			t.Errorf("theme %q comes from %q, want %q (%v)", e.Name, e.Path, want, e.Err)
		}
	}
}

// TestSmallThemeRestsOnAnother: a person who wants one colour otherwise writes
// that, and a theme for light backgrounds beside it.
func TestSmallThemeRestsOnAnother(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "prod.json", `{"base": "dark", "light": "prod-day", "colours": {"place": "#ffffff on #5f0000 bold", "key": "#ffffff"}}`)
	write(t, dir, "prod-day.json", `{"base": "light", "selection": "reverse"}`)
	c := load(t, "prod", dir)
	if got, want := c.Dark.Looks[Place], (Look{Fore: "#ffffff", Ground: "#5f0000", Bold: true}); got != want {
		t.Errorf("place = %+v, want %+v", got, want)
	}
	base := load(t, "dark").Dark
	if c.Dark.Name != "prod" || c.Dark.Background != base.Background || c.Dark.Looks[Text] != base.Looks[Text] {
		t.Errorf("%+v rests not on dark", c.Dark)
	}
	if c.Dark.Looks[Progress] != base.Looks[Progress] {
		t.Errorf("progress = %+v, though dark has it: %+v", c.Dark.Looks[Progress], base.Looks[Progress])
	}
	if c.Light.Name != "prod-day" || c.Light.Selection != "" {
		t.Errorf("on light: %q with selection %q", c.Light.Name, c.Light.Selection)
	}
}

// TestRoleThatCameLaterIsStoodInFor: a theme that was written for the roles of
// an earlier version loads.
func TestRoleThatCameLaterIsStoodInFor(t *testing.T) {
	text := `{"background": "#000000", "selection": "#202020", "colours": {`
	for _, r := range Roles() {
		if _, later := standIns()[r]; !later {
			text += `"` + string(r) + `": "#ffffff",`
		}
	}
	dir := t.TempDir()
	write(t, dir, "old.json", strings.TrimSuffix(text, ",")+"}}")
	theme := load(t, "old", dir).Dark
	if got, want := theme.Looks[DangerFocused], (Look{Fore: "#ffffff", Bold: true, Reverse: true}); got != want {
		t.Errorf("danger_focused = %+v, want %+v", got, want)
	}
	if got, want := theme.Looks[AddedWord], (Look{Fore: "#ffffff", Bold: true, Underline: true}); got != want {
		t.Errorf("added_word = %+v, want %+v", got, want)
	}
	if len(theme.Looks) != len(Roles()) {
		t.Errorf("%d looks, want %d", len(theme.Looks), len(Roles()))
	}
}

func TestBadThemesAreRefusedWithEveryReason(t *testing.T) {
	data, err := builtin.ReadFile("dark.json")
	if err != nil {
		t.Fatal(err)
	}
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(string(data)) }
	tests := []struct {
		name, theme string
		want        []string
	}{
		{"no JSON", "{", []string{"bad.json"}},
		{"broken in line 3", "{\n\"about\": \"x\",\n\"base\" \"dark\"}", []string{"bad.json:3:"}},
		{"wrong kind in line 2", "{\n\"about\": 7}", []string{"bad.json:2:"}},
		{"more than one value", change() + "{}", []string{"follows"}},
		{"unknown key", `{"font": "x"}`, []string{"font"}},
		{"unknown base", `{"base": "darker"}`, []string{`base: no theme "darker"`, "high-contrast"}},
		{"base is a path", `{"base": "../dark"}`, []string{`base: "../dark" is no name`}},
		{"no background", `{"colours": {}}`, []string{`bad.json: no colour for 3`, ` roles (text, `, `, ..): give them some, or name a base`}},
		{"wrong and missing", `{"colours": {"dim": "grey", "din": "red"}}`, []string{`bad.json: no role "din"; role "dim": "grey" is no colour`, "; no colour for 3"}},
		{"role missing", change(`"dim": "#9aa5b1",`, ""), []string{`no colour for "dim"`}},
		{"unknown role", change(`"dim"`, `"din"`), []string{`no colour for "dim"`, `no role "din"`}},
		{"no colour", change(`"#9aa5b1"`, `"grey"`), []string{`role "dim": "grey" is no colour`, "bright-black"}},
		{"empty", change(`"#9aa5b1"`, `" "`), []string{`role "dim": " " names no colour`}},
		{"no attribute", change(`"#9aa5b1"`, `"#9aa5b1 blink"`), []string{`"blink"`}},
		{"on nothing", change(`"#9aa5b1"`, `"#9aa5b1 on"`), []string{`"on"`}},
		{"colours of two sorts", change(`"#9aa5b1"`, `"red"`), []string{`role "dim": "red" is not #rrggbb`}},
		{"selection of another sort", change(`"#303030"`, `"blue"`), []string{`selection: "blue" is not #rrggbb`}},
		{"background of another sort", change(`"background": "#14171c"`, `"background": "default"`), []string{`role "dim": "#9aa5b1" is not one of the terminal's own`}},
		{"background is no colour", change(`"background": "#14171c"`, `"background": "red"`), []string{`background "red"`}},
		{"too little contrast", change(`"dim": "#9aa5b1"`, `"dim": "#404040"`), []string{`"dim" is hard to read`, "selection", "background"}},
		{"too little contrast with what is behind", change(`"dim": "#9aa5b1"`, `"dim": "#9aa5b1 on #808080"`), []string{`"dim" is hard to read on the colour that it has behind it`}},
		{"no theme for light", change(`"about"`, `"light": "gone", "about"`), []string{`theme "bad" on a light background: no theme "gone"`}},
		{"too large", strings.Repeat(" ", maxSize) + change(), []string{"bad.json has ", "at most 65536"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "bad.json", tt.theme)
			_, err := Load("bad", dir)
			if err == nil {
				t.Fatal("Load took it")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Load: %v; want it to say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("Load: %v; want one line", err)
			}
			for _, e := range List(dir) {
				if bad := e.Name == "bad"; bad != (e.Err != nil) {
					t.Errorf("List: theme %q has error %v", e.Name, e.Err)
				}
			}
		})
	}
}

func TestUnknownThemeNamesThoseThatThereAre(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mine.json", `{"base": "dark"}`)
	_, err := Load("none", dir)
	for _, want := range []string{`no theme "none"`, "colour-blind", "mine", "none.json in " + dir} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load: %v; want it to say %q", err, want)
		}
	}
	for _, name := range []string{"../dark", "..", ".", "/etc/passwd", ".dark", "a/b"} {
		if _, err := Load(name, dir); err == nil || !strings.Contains(err.Error(), "no name of a theme") {
			t.Errorf("Load(%q): %v; want it refused", name, err)
		}
	}
}

// TestPipeIsNotWaitedFor: whoever may write to the directory of a shared
// configuration could otherwise keep the dashboard from starting.
func TestPipeIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := Load("pipe", dir)
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "is no file") {
			t.Errorf("Load: %v; want it refused", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Load waits for what nobody writes")
	}
}

func TestThemeWithFewOrNoColours(t *testing.T) {
	alarm, alarmLight := load(t, "alarm").Dark, load(t, "alarm").Light
	few := alarm.Sixteen()
	if few.Background != Default || few.Name != "alarm" {
		t.Errorf("Sixteen is %q on %q", few.Name, few.Background)
	}
	for r, l := range few.Looks {
		if !l.Fore.own() || l.Ground != "" && !l.Ground.own() {
			t.Errorf("%s is %+v with sixteen colours", r, l)
		}
	}
	// What makes the fabric look different is still there.
	if !few.Looks[Place].Reverse || few.Looks[Header].Reverse {
		t.Errorf("place %+v, header %+v; want the place reversed", few.Looks[Place], few.Looks[Header])
	}
	own := load(t, "terminal")
	if got, want := few.Looks["conflict"], own.Dark.Looks["conflict"]; got != want {
		t.Errorf("conflict on dark = %+v, want %+v", got, want)
	}
	if got, want := alarmLight.Sixteen().Looks["conflict"], own.Light.Looks["conflict"]; got != want {
		t.Errorf("conflict on light = %+v, want %+v", got, want)
	}
	if got := own.Dark.Sixteen(); !maps.Equal(got.Looks, own.Dark.Looks) {
		t.Errorf("the terminal's own colours became %+v", got.Looks)
	}
	none := alarm.Plain()
	for r, l := range none.Looks {
		if l.Fore != "" || l.Ground != "" {
			t.Errorf("%s is %+v without colours", r, l)
		}
	}
	if !none.Looks[Place].Reverse || !none.Looks[Header].Bold || none.Selection != "" {
		t.Errorf("place %+v, header %+v, selection %q without colours", none.Looks[Place], none.Looks[Header], none.Selection)
	}
	if alarm.Looks[Text].Fore == "" {
		t.Error("Plain changed the theme that it was made of")
	}
}

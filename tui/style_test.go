package tui

import (
	"bytes"
	"context"
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"selvage/core/safe"
	"selvage/themes"
)

// shelf holds all built-in themes, loaded.
func shelf(tb testing.TB, dirs ...string) *themes.Shelf {
	tb.Helper()
	s := themes.NewShelf(dirs...)
	for _, name := range themes.Names(dirs...) {
		if _, err := s.Load(name); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// swatches are the themes that have a golden file: all but the choice of two.
func swatches() []string { return themes.Names()[1:] }

// swatch draws every role of a theme as it is, in the selected row, and
// emphasised.
func swatch(s *Style) string {
	var b strings.Builder
	for _, r := range themes.Roles() {
		name := safe.Clean(string(r))
		pad := strings.Repeat(" ", 15-name.Len())
		b.WriteString(s.ink(r).Paint(name) + pad + s.on(true, r).Paint(name) + pad + s.emphasis(r).Paint(name) + "\n")
	}
	return b.String()
}

// TestGoldenSwatch shows each theme on terminals of all sorts:
//
//	cat tui/testdata/TestGoldenSwatch/dark.golden
func TestGoldenSwatch(t *testing.T) {
	profiles := []struct {
		name    string
		profile colorprofile.Profile
	}{
		{"all colours", colorprofile.TrueColor},
		{"256 colours", colorprofile.ANSI256},
		{"16 colours", colorprofile.ANSI},
		{"no colours", colorprofile.ASCII},
	}
	themes := shelf(t)
	for _, name := range swatches() {
		t.Run(name, func(t *testing.T) {
			var all bytes.Buffer
			for _, p := range profiles {
				s := newStyles(themes, name, false)
				s.heard(tea.ColorProfileMsg{Profile: p.profile})
				w := colorprofile.Writer{Forward: &all, Profile: p.profile}
				if _, err := w.WriteString("-- " + name + ", " + p.name + "\n" + swatch(s.of(""))); err != nil {
					t.Fatal(err)
				}
			}
			golden.RequireEqual(t, all.String())
		})
	}
}

// TestThemesSayTheSame: no letter and no word depends on a theme, and none is
// left out where there are no colours.
func TestThemesSayTheSame(t *testing.T) {
	draw := func(name string, profile colorprofile.Profile) string {
		cfg := config(t, &fakeEngine{fleet: fullFleet()})
		cfg.Theme = name
		m := New(t.Context(), cfg)
		m.Update(tea.ColorProfileMsg{Profile: profile})
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		all := m.View().Content
		for _, k := range []string{"j", "enter", "d"} {
			m.Update(keyPress(k))
			all += "\n" + m.View().Content
		}
		return ansi.Strip(all)
	}
	want := ""
	for _, e := range themes.List() {
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI} {
			got := draw(e.Name, profile)
			if want == "" {
				want = draw(e.Name, colorprofile.ASCII)
			}
			if got != want {
				t.Errorf("theme %q changes what the screen says", e.Name)
			}
		}
	}
}

// TestSelectedRowShowsWithoutColours: in the state of a row, and in its text.
func TestSelectedRowShowsWithoutColours(t *testing.T) {
	choice, _ := shelf(t).Get("dark")
	for _, s := range []*Style{newStyle(choice.Dark, true), newStyle(choice.Dark.Sixteen(), false)} {
		for _, r := range themes.Roles() {
			x := safe.Lit("x")
			if s.on(true, r).Paint(x) == s.on(false, r).Paint(x) && !strings.Contains(s.ink(r).Paint(x), "\x1b[1;7m") {
				t.Errorf("%s looks the same in the selected row: %q", r, s.ink(r).Paint(x))
			}
		}
	}
}

func TestFocusedButtonStandsOutInEveryTheme(t *testing.T) {
	for _, e := range themes.List() {
		for _, noColour := range []bool{false, true} {
			s := newStyle(e.Choice.Dark, noColour)
			x := safe.Lit("x")
			for _, danger := range []bool{false, true} {
				if s.button(true, danger).Paint(x) == s.button(false, danger).Paint(x) {
					t.Errorf("%s, no colours %v, danger %v: the focused button looks like the other", e.Name, noColour, danger)
				}
			}
			if !noColour && s.button(false, true).Paint(x) == s.button(false, false).Paint(x) {
				t.Errorf("%s: a button that writes looks like any other", e.Name)
			}
		}
	}
}

func TestStylesFollowFabricAndTerminal(t *testing.T) {
	all := shelf(t)
	s := newStyles(all, themes.Auto, false)
	x := safe.Lit("x")
	look := func(own string, r themes.Role) string { return s.of(own).ink(r).Paint(x) }
	want := func(name string, light bool, r themes.Role) string {
		choice, ok := all.Get(name)
		if !ok {
			t.Fatalf("no theme %q", name)
		}
		if light {
			return newStyle(choice.Light, false).ink(r).Paint(x)
		}
		return newStyle(choice.Dark, false).ink(r).Paint(x)
	}
	check := func(what string, own, name string, light bool) {
		t.Helper()
		for _, r := range []themes.Role{themes.Place, themes.Rule, "conflict"} {
			if got, want := look(own, r), want(name, light, r); got != want {
				t.Errorf("%s: %s is %q, want %q", what, r, got, want)
			}
		}
	}
	check("at first", "", "dark", false)
	check("a fabric's own", "alarm", "alarm", false)
	check("a fabric's that is not there", "gone", "dark", false)
	if first := s.of("alarm"); s.of("alarm") != first || s.of("") != s.of("gone") {
		t.Error("a style is made for every frame")
	}
	if !s.heard(tea.BackgroundColorMsg{Color: color.White}) {
		t.Error("a light background changes nothing")
	}
	if s.heard(tea.BackgroundColorMsg{Color: color.White}) || s.heard(tea.FocusMsg{}) {
		t.Error("what is known already has the styles made anew")
	}
	check("on light", "", "light", true)
	check("a fabric's own on light", "alarm", "alarm-light", true)
	choice, _ := all.Get("high-contrast")
	s.try(&choice)
	check("tried on", "", "high-contrast", true)
	check("a fabric's own while another is tried on", "alarm", "alarm", true)
	s.try(nil)
	check("not taken", "", "light", true)
	s.use("colour-blind")
	check("taken", "", "colour-blind", true)
	s.heard(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
	if got := look("alarm", "conflict"); got != want("terminal-light", false, "conflict") {
		t.Errorf("with sixteen colours conflict is %q", got)
	}
	for _, p := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.NoTTY} {
		s.heard(tea.ColorProfileMsg{Profile: p})
		if got := look("", "conflict"); strings.Contains(got, "38;") || strings.Contains(got, "[3") {
			t.Errorf("without colours conflict is %q", got)
		}
	}
}

func TestStylesFollowTheirFiles(t *testing.T) {
	dir := t.TempDir()
	// At once, as editors do, so that what is told is told of a whole file.
	write := func(text string) {
		file := filepath.Join(dir, "mine.json")
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"base": "dark"}`)
	s := newStyles(shelf(t, dir), "mine", false)
	before := s.of("").ink(themes.Text)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got := make(chan tea.Msg, 1)
	next := func() themesMsg {
		t.Helper()
		msg, ok := (<-got).(themesMsg)
		if !ok {
			t.Fatal("no change was told")
		}
		s.renew()
		return msg
	}
	go func() { got <- s.follow(ctx, time.Millisecond)() }()
	write(`{"base": "dark", "colours": {"text": "#ffffff"}}`)
	if msg := next(); msg.err != nil || s.of("").ink(themes.Text) == before {
		t.Errorf("the text is drawn as before (%v)", msg.err)
	}
	changed := s.of("").ink(themes.Text)
	go func() { got <- s.follow(ctx, time.Millisecond)() }()
	write(`{"base"`)
	if msg := next(); msg.err == nil || s.of("").ink(themes.Text) != changed {
		t.Errorf("a theme that is half written was taken (%v)", msg.err)
	}
	cancel()
	if msg := s.follow(ctx, time.Hour)(); msg != nil {
		t.Errorf("after the end %v is told", msg)
	}
}

// TestFabricOfItsOwnThemeLooksDifferent: on its own screens, and nowhere else.
func TestFabricOfItsOwnThemeLooksDifferent(t *testing.T) {
	fleet := fullFleet()
	fleet.Fabrics[1].Fabric.Theme = "alarm"
	engine := &fakeEngine{fleet: fleet}
	m := New(t.Context(), config(t, engine))
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	alarm, _ := shelf(t).Get("alarm")
	red := newStyle(alarm.Dark, false).ink(themes.Rule)
	rule := func() bool { return m.style.ink(themes.Rule) == red }
	if rule() {
		t.Error("the list of fabrics is red")
	}
	m.Update(keyPress("enter"))
	for range fleet.Fabrics {
		own := m.top().place.Fabric == fleet.Fabrics[1].Fabric.ID
		if rule() != own {
			t.Errorf("%s: red %v", m.top().place.Fabric, rule())
		}
		m.Update(keyPress("esc"))
		m.Update(keyPress("j"))
		m.Update(keyPress("enter"))
	}
}

// TestThemeThatBecomesFaultyIsTold: and the screen stays readable.
func TestThemeThatBecomesFaultyIsTold(t *testing.T) {
	m := New(t.Context(), config(t, &fakeEngine{fleet: fullFleet()}))
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if _, cmd := m.Update(themesMsg{errors.New("theme \"mine\" stays as it was")}); cmd == nil {
		t.Error("files are followed no longer")
	}
	if got := ansi.Strip(m.View().Content); !strings.Contains(got, `theme "mine" stays as it was`) {
		t.Errorf("nothing tells of it:\n%s", got)
	}
}

// TestAWarningIsToldWhenItOpens, and stays until something else is said.
func TestAWarningIsToldWhenItOpens(t *testing.T) {
	cfg := config(t, &fakeEngine{fleet: fullFleet()})
	cfg.Notice = safe.Lit("theme auto is used, for dusk.json is broken")
	m := New(t.Context(), cfg)
	m.width, m.height = 80, 24
	if shown := ansi.Strip(m.View().Content); !strings.Contains(shown, cfg.Notice.String()) {
		t.Errorf("it is not told:\n%s", shown)
	}
}

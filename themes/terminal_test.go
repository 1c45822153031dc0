package themes

import "testing"

// palette is what a terminal has for its sixteen colours when nobody has set
// them, behind them one of its backgrounds.
type palette struct {
	name   string
	ground Colour
	light  bool
	shades [16]Colour
}

// palettes are the defaults of common terminals and the two that people set
// most. Of a terminal that nobody listed nothing can be computed.
func palettes() []palette {
	xterm := [16]Colour{"#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5", "#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"}
	tango := [16]Colour{"#2e3436", "#cc0000", "#4e9a06", "#c4a000", "#3465a4", "#75507b", "#06989a", "#d3d7cf", "#555753", "#ef2929", "#8ae234", "#fce94f", "#729fcf", "#ad7fa8", "#34e2e2", "#eeeeec"}
	campbell := [16]Colour{"#0c0c0c", "#c50f1f", "#13a10e", "#c19c00", "#0037da", "#881798", "#3a96dd", "#cccccc", "#767676", "#e74856", "#16c60c", "#f9f1a5", "#3b78ff", "#b4009e", "#61d6d6", "#f2f2f2"}
	vga := [16]Colour{"#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa", "#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff"}
	solarized := [16]Colour{"#073642", "#dc322f", "#859900", "#b58900", "#268bd2", "#d33682", "#2aa198", "#eee8d5", "#002b36", "#cb4b16", "#586e75", "#657b83", "#839496", "#6c71c4", "#93a1a1", "#fdf6e3"}
	return []palette{
		{"xterm", "#000000", false, xterm},
		{"xterm on white", "#ffffff", true, xterm},
		{"tango", "#000000", false, tango},
		{"tango on white", "#ffffff", true, tango},
		{"campbell", "#0c0c0c", false, campbell},
		{"linux console", "#000000", false, vga},
		{"solarized", "#002b36", false, solarized},
		{"solarized light", "#fdf6e3", true, solarized},
	}
}

// TestTerminalThemeCanBeReadInCommonTerminals asks for 3 to 1, what WCAG wants
// of large text: more is not to be had of sixteen colours that others choose.
func TestTerminalThemeCanBeReadInCommonTerminals(t *testing.T) {
	c := load(t, "terminal")
	for _, p := range palettes() {
		theme := c.Dark
		if p.light {
			theme = c.Light
		}
		for r, l := range theme.Looks {
			i, ok := l.Fore.Index()
			if !ok {
				continue // the terminal's own text, which somebody chose to read
			}
			if got := Contrast(p.shades[i], p.ground); got < 3 {
				t.Errorf("%s: %s in %s has contrast %.1f, want 3", p.name, r, l.Fore, got)
			}
		}
	}
}

// TestTerminalThemeSetsStatesApart: what colours cannot be counted on for is
// said by attributes too.
func TestTerminalThemeSetsStatesApart(t *testing.T) {
	c := load(t, "terminal")
	for _, theme := range []Theme{c.Dark, c.Light} {
		for _, loud := range []Role{"invalid", "stuck", "conflict", "unknown", "drifted"} {
			for _, quiet := range []Role{"acknowledged", "in_sync", "pending", Text} {
				if theme.Looks[loud] == theme.Looks[quiet] {
					t.Errorf("%s: %s looks like %s", theme.Name, loud, quiet)
				}
			}
		}
		for r, l := range theme.Looks {
			if l.Ground != "" {
				t.Errorf("%s: %s sets %q behind the text: how that reads nobody knows", theme.Name, r, l.Ground)
			}
		}
		if theme.Selection != "" {
			t.Errorf("%s: the selected row is %q, want it reversed", theme.Name, theme.Selection)
		}
	}
}

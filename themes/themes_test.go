package themes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryBuiltinThemeLoads(t *testing.T) {
	for _, name := range Names() {
		choice, err := Load(name)
		if err != nil {
			t.Errorf("Load(%q): %v", name, err)
			continue
		}
		for _, theme := range []Theme{choice.Dark, choice.Light} {
			if name != Auto && theme.Name != name {
				t.Errorf("theme %q calls itself %q", name, theme.Name)
			}
			for _, r := range Roles() {
				for _, ground := range []Colour{theme.Background, theme.Selection} {
					if got := Contrast(theme.Colours[r], ground); got < MinContrast {
						t.Errorf("%s: contrast of %s on %s = %.2f, want at least %.1f", theme.Name, r, ground, got, MinContrast)
					}
				}
			}
		}
	}
}

func TestAutoHasADarkAndALightTheme(t *testing.T) {
	for _, name := range []string{"", Auto} {
		choice, err := Load(name)
		if err != nil {
			t.Fatalf("Load(%q): %v", name, err)
		}
		if choice.Dark.Name != "dark" || choice.Light.Name != "light" {
			t.Errorf("Load(%q) = %q and %q, want dark and light", name, choice.Dark.Name, choice.Light.Name)
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
	}
	for _, tt := range tests {
		if got := Contrast(tt.a, tt.b); got < tt.want-0.01 || got > tt.want+0.01 {
			t.Errorf("Contrast(%s, %s) = %.3f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestUserDirectoryComesFirst(t *testing.T) {
	dir := t.TempDir()
	data, err := builtin.ReadFile("dark.json")
	if err != nil {
		t.Fatal(err)
	}
	mine := strings.Replace(string(data), `"name": "dark"`, `"name": "mine"`, 1)
	for _, name := range []string{"mine", "dark"} {
		if err := os.WriteFile(filepath.Join(dir, name+".json"), []byte(mine), 0o600); err != nil {
			t.Fatal(err)
		}
		choice, err := Load(name, t.TempDir(), dir)
		if err != nil || choice.Dark.Name != "mine" {
			t.Errorf("Load(%q) = %q, %v; want the user's own", name, choice.Dark.Name, err)
		}
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
		{"unknown key", `{"font": "x"}`, []string{"font"}},
		{"role missing", change(`"dim": "#9aa5b1",`, ""), []string{`no colour for "dim"`}},
		{"unknown role", change(`"dim"`, `"din"`), []string{`no colour for "dim"`, `no role "din"`}},
		{"no colour", change(`"#9aa5b1"`, `"grey"`), []string{`"dim" has "grey"`}},
		{"too little contrast", change(`"dim": "#9aa5b1"`, `"dim": "#404040"`), []string{`"dim" is hard to read`, "selection", "background"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "bad.json"), []byte(tt.theme), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load("bad", dir)
			if err == nil {
				t.Fatal("Load took it")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Load: %v; want it to say %q", err, want)
				}
			}
		})
	}
	for _, name := range []string{"none", "../dark", "..", "/etc/passwd"} {
		if _, err := Load(name); err == nil {
			t.Errorf("Load(%q) took it", name)
		}
	}
}

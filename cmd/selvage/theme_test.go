package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selvage/core/config"
)

// themed loads a configuration whose themes are under test, and its shelf.
func themed(t *testing.T, a *app, dir, text string) string {
	t.Helper()
	a.configPath = filepath.Join(dir, "selvage.yaml")
	if err := os.WriteFile(a.configPath, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Options{Path: a.configPath, LookupEnv: a.env, Home: a.home})
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.shelf(c)
	if err != nil {
		return err.Error()
	}
	for _, f := range c.Fabrics {
		if _, ok := s.Get(f.Core().Theme); !ok && f.Theme != "" {
			t.Errorf("the theme of %s was not loaded", f.Name)
		}
	}
	if _, ok := s.Get(c.Theme); !ok {
		t.Errorf("theme %q was not loaded", c.Theme)
	}
	return ""
}

const (
	oneFabric = "fabrics:\n  - name: dc1\n    cluster: {cluster_name: dc1, namespace: default, dump: dc1.yaml}\n    git: {url: repo, path: dc1}\n"
	another   = "  - name: dc2\n    cluster: {cluster_name: dc2, namespace: default, dump: dc2.yaml}\n    git: {url: repo, path: dc2}\n"
)

func TestThemesOfAConfigurationAreChecked(t *testing.T) {
	a, _, errs := bareApp(t)
	a.home = t.TempDir()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "themes"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"mine": `{"base": "dark"}`, "bad": `{"base": "dark", "colours": {"dim": "grey"}}`} {
		if err := os.WriteFile(filepath.Join(dir, "themes", name+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "selvage.yaml")
	tests := []struct {
		name, text string
		want       []string
		lines      int
	}{
		{"none named", oneFabric, nil, 0},
		{"built in and own", "theme: high-contrast\n" + oneFabric + "    theme: mine\n", nil, 0},
		{"unknown", "theme: dusk\n" + oneFabric, []string{file + `:1: theme: no theme "dusk"`, "colour-blind", "mine"}, 1},
		{"unknown and faulty", "theme: dusk\n" + oneFabric + "    theme: bad\n", []string{file + ":1: ", file + `:6: theme: theme ` + filepath.Join(dir, "themes", "bad.json"), `role "dim": "grey" is no colour`}, 2},
		{"inherited by two", "defaults: {theme: dusk}\n" + oneFabric + another, []string{file + ":1: "}, 1},
	}
	for _, tt := range tests {
		errs.Reset()
		last := themed(t, a, dir, tt.text)
		said := errs.String() + last
		if got := len(strings.Split(said, "\n")); got != max(tt.lines, 1) || (last == "") != (tt.lines == 0) {
			t.Errorf("%s: want %d lines:\n%s", tt.name, tt.lines, said)
		}
		for _, want := range tt.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: want it to say %q:\n%s", tt.name, want, said)
			}
		}
	}
}

// TestABadThemeDoesNotKeepTheDashboardFromOpening: another one is used, and why is told.
func TestABadThemeDoesNotKeepTheDashboardFromOpening(t *testing.T) {
	a, _, _ := bareApp(t)
	a.home = t.TempDir()
	dir := t.TempDir()
	a.configPath = filepath.Join(dir, "selvage.yaml")
	if err := os.WriteFile(a.configPath, []byte("theme: dusk\n"+oneFabric+"    theme: dawn\n"+another+"    theme: light\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Options{Path: a.configPath, LookupEnv: a.env, Home: a.home})
	if err != nil {
		t.Fatal(err)
	}
	s, common, why, err := a.dressed(c)
	if err != nil || common != "auto" || !strings.Contains(why, a.configPath+`:1: theme: no theme "dusk"`) || !strings.Contains(why, `no theme "dawn"`) {
		t.Errorf("%q is used, %v: %s", common, err, why)
	}
	for _, name := range []string{"auto", "light"} {
		if _, ok := s.Get(name); !ok {
			t.Errorf("%s is not loaded", name)
		}
	}
	a.configPath = filepath.Join(dir, "good.yaml")
	c.Theme, c.Fabrics = "light", c.Fabrics[1:]
	if _, common, why, err := a.dressed(c); err != nil || common != "light" || why != "" {
		t.Errorf("%q is used, %v: %s", common, err, why)
	}
}

// TestOwnThemesComeBeforeThoseOfEverybody: the person has to read the screen.
func TestOwnThemesComeBeforeThoseOfEverybody(t *testing.T) {
	a, _, _ := bareApp(t)
	a.home = t.TempDir()
	a.configPath = "/etc/selvage/selvage.yaml"
	set := map[string]string{"SELVAGE_CONFIG": "/elsewhere/config.yaml"}
	a.env = func(name string) (string, bool) {
		value, ok := set[name]
		return value, ok
	}
	own := filepath.Join(a.home, ".config", "selvage", "themes")
	if got, want := a.themeDirs(), []string{own, "/etc/selvage/themes"}; !slices.Equal(got, want) {
		t.Errorf("themes are looked for in %q, want %q", got, want)
	}
	a.configPath = ""
	if got, want := a.themeDirs(), []string{own, "/elsewhere/themes"}; !slices.Equal(got, want) {
		t.Errorf("themes are looked for in %q, want %q", got, want)
	}
	set = map[string]string{"XDG_CONFIG_HOME": a.home}
	if got, want := a.themeDirs(), []string{filepath.Join(a.home, "selvage", "themes")}; !slices.Equal(got, want) {
		t.Errorf("themes are looked for in %q, want %q", got, want)
	}
}

func TestValidateTellsOfThemes(t *testing.T) {
	a, out, errs := bareApp(t)
	a.home = t.TempDir()
	file := filepath.Join(t.TempDir(), "selvage.yaml")
	if err := os.WriteFile(file, []byte("theme: dusk\n"+oneFabric+"    theme: dawn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := a.command()
	cmd.SetArgs([]string{"--config", file, "config", "validate"})
	code, say := exitOf(cmd.Execute())
	if code != exitUsage || say == nil || !strings.Contains(say.Error(), file+`:6: theme: no theme "dawn"`) {
		t.Errorf("exit %d, %v; want a mistake in line 6", code, say)
	}
	if !strings.Contains(errs.String(), file+`:1: theme: no theme "dusk"`) || out.Len() > 0 {
		t.Errorf("said %q and printed %q; want a mistake in line 1", errs, out)
	}
}

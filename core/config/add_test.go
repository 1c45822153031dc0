package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selvage/core"
)

const addTo = `# of the team
fabrics:
  - name: dc1   # the first
    cluster: {cluster_name: dc1, namespace: default, dump: dump1}
    git: {url: "https://git.example.net/net/fabrics.git", path: dc1}
%s
    # what follows is about dc2

  - name: dc2
    cluster: {cluster_name: dc2, namespace: default, dump: dump2}
    git: {url: "https://git.example.net/net/fabrics.git", path: dc2}`

func addRule(t *testing.T, text string) (*Config, Options) {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "selvage.yaml")
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	o := Options{Path: name, Home: dir, LookupEnv: func(string) (string, bool) { return "", false }}
	c, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, o
}

func TestARuleIsAdded(t *testing.T) {
	for name, test := range map[string]struct{ has, fresh string }{
		"where there is none":   {"", "    ignore:\n      - {kind: Switch, path: '.spec.boot'}"},
		"after others":          {"    ignore:\n    - kind: VPC   # ours\n      path: .spec.notes  # and this\n    # none below", "    - {kind: Switch, path: '.spec.boot'}"},
		"indented":              {"    ignore:\n      - {kind: VPC, path: .spec.notes}", "      - {kind: Switch, path: '.spec.boot'}"},
		"into a list on a line": {"    ignore: [{kind: VPC, path: .spec.notes}]  # ours", "    ignore: [{kind: VPC, path: .spec.notes}, {kind: Switch, path: '.spec.boot'}]  # ours"},
		"into an empty list":    {"    ignore: []", "    ignore: [{kind: Switch, path: '.spec.boot'}]"},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			t.Run(name, func(t *testing.T) {
				text := strings.ReplaceAll(strings.Replace(addTo, "%s", test.has, 1), "\n", end)
				c, o := addRule(t, text)
				for id, path := range map[core.FabricID]core.Path{"dc1": ".spec.boot", "dc2": `.metadata.labels["it's.a/b"]`} {
					a, err := c.AddIgnore(id, Ignore{"Switch", path})
					if err != nil {
						t.Fatal(err)
					}
					if id == "dc1" && a.Text != test.fresh {
						t.Errorf("it adds\n%s\nwant\n%s", a.Text, test.fresh)
					}
					if err := a.Write(o); err != nil {
						t.Fatal(err)
					}
					now, err := os.ReadFile(o.Path)
					if err != nil {
						t.Fatal(err)
					}
					if lines := strings.Split(string(now), end); !strings.HasPrefix(strings.Join(lines[a.Line-1:], "\n"), a.Text) {
						t.Errorf("line %d of\n%s\nis not\n%s", a.Line, now, a.Text)
					}
					if strings.Count(string(now), "\n") != strings.Count(string(now), end) {
						t.Errorf("its line breaks are of two kinds: %q", now)
					}
					if c, err = Load(o); err != nil {
						t.Fatal(err)
					}
				}
				if got := c.Fabrics[0].Ignore; got[len(got)-1] != (Ignore{"Switch", ".spec.boot"}) || len(c.Fabrics[1].Ignore) != 1 {
					t.Errorf("it ignores %v and %v", got, c.Fabrics[1].Ignore)
				}
				now, _ := os.ReadFile(o.Path)
				for _, line := range strings.Split(text, end) {
					if bare, _, _ := strings.Cut(line, "]"); !strings.Contains(string(now), bare) {
						t.Errorf("the line %q is gone:\n%s", line, now)
					}
				}
				if info, _ := os.Stat(o.Path); info.Mode().Perm() != 0o640 {
					t.Errorf("its mode is %v", info.Mode())
				}
				if left, _ := filepath.Glob(filepath.Join(filepath.Dir(o.Path), ".selvage-*")); len(left) > 0 {
					t.Errorf("it leaves %v", left)
				}
			})
		}
	}
}

func TestWhatCannotBeAddedExactlyIsLeftToAPerson(t *testing.T) {
	flow := `fabrics: [{name: dc1, cluster: {cluster_name: dc1, namespace: default, dump: dump1}, git: {url: "https://git.example.net/net/fabrics.git", path: dc1}}]`
	inherited := "defaults:\n  ignore: [{kind: VPC, path: .spec.notes}]\n" + strings.Replace(addTo, "%s", "", 1)
	there := strings.Replace(addTo, "%s", "    ignore: [{kind: Switch, path: .spec.boot}]", 1)
	for name, test := range map[string]struct{ text, why string }{
		"flow": {flow, "by hand"}, "inherited": {inherited, "comes from the defaults"}, "there": {there, "ignores that already"},
	} {
		c, o := addRule(t, test.text)
		a, err := c.AddIgnore("dc1", Ignore{"Switch", ".spec.boot"})
		if err == nil || !strings.Contains(err.Error(), test.why) || a.Item != "- {kind: Switch, path: '.spec.boot'}" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		if now, _ := os.ReadFile(o.Path); string(now) != test.text {
			t.Errorf("%s: the file is another:\n%s", name, now)
		}
	}
}

// TestARuleIsNotAddedTwice by a program that was started before it was there, and one
// that was written twice is told.
func TestARuleIsNotAddedTwice(t *testing.T) {
	for name, has := range map[string]string{
		"in no list yet": "", "after others": "    ignore:\n      - {kind: VPC, path: .spec.notes}", "on a line": "    ignore: [{kind: VPC, path: .spec.notes}]",
	} {
		c, o := addRule(t, strings.Replace(addTo, "%s", has, 1))
		rule := Ignore{"Switch", `.spec.ports["E1/1"]`}
		a, err := c.AddIgnore("dc1", rule)
		if err == nil {
			err = a.Write(o)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		line := 0
		text, _ := os.ReadFile(o.Path)
		for i, l := range strings.Split(string(text), "\n") {
			if strings.Contains(l, "Switch") {
				line = i + 1
			}
		}
		want := "it is there already, at " + Position{File: o.Path, Line: line}.String() + ": it counts from the next start"
		if _, err := c.AddIgnore("dc1", rule); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: added again: %v, want %s", name, err, want)
		}
		if notes := c.Notes(); len(notes) > 0 {
			t.Errorf("%s: %v", name, notes)
		}
	}
	c, _ := addRule(t, strings.Replace(addTo, "%s", "    ignore:\n    - {kind: VPC, path: .spec.notes}\n    - {kind: VPC, path: .spec.notes}", 1))
	if notes := c.Notes(); len(notes) != 1 || notes[0].Line != 8 || !strings.Contains(notes[0].What, ":7 again") {
		t.Errorf("it notes %v", notes)
	}
}

// TestAConfigurationIsNotLost: what has changed meanwhile, or would be wrong, stays.
func TestAConfigurationIsNotLost(t *testing.T) {
	text := strings.Replace(addTo, "%s", "", 1)
	c, o := addRule(t, text)
	a, err := c.AddIgnore("dc1", Ignore{"Switch", ".spec.boot"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.Path, []byte(text+"\n# more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(o); err == nil || !strings.Contains(err.Error(), "changed meanwhile") {
		t.Errorf("it is written: %v", err)
	}
	if err := os.WriteFile(o.Path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err = c.AddIgnore("dc1", Ignore{"NoSuchKind", ".spec.boot"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(o); err == nil || !strings.Contains(err.Error(), "nothing was added") {
		t.Errorf("it is written: %v", err)
	}
	if now, _ := os.ReadFile(o.Path); string(now) != text {
		t.Errorf("the file is another:\n%s", now)
	}
	// A link stays one.
	link := filepath.Join(t.TempDir(), "selvage.yaml")
	if err := os.Symlink(o.Path, link); err != nil {
		t.Fatal(err)
	}
	o.Path = link
	if c, err = Load(o); err != nil {
		t.Fatal(err)
	}
	if a, err = c.AddIgnore("dc1", Ignore{"Switch", ".spec.boot"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(o); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Lstat(link); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is a file now")
	}
}

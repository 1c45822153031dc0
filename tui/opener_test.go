package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// opening is a dashboard with programs of many names, each of which tells how it was
// called.
func opening(t *testing.T, own ...Tool) (*driver, func() string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range append(ToolPrograms(), "mine") {
		script := "#!/bin/sh\necho \"$(basename $0) $*\" >>" + dir + "/called\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("PAGER", "cat")
	f := busy()
	f.Report.Git[0].URL = "/srv/git/fabrics.git"
	d := driveWith(t, core.Fleet{Fabrics: []core.FabricState{f}}, func(c *Config) {
		keymap, faults := NewKeymap(nil, own)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		c.Keymap, c.Programs = keymap, ToolPrograms()
		c.Places = func(core.FabricID) map[string]string {
			return map[string]string{"context": "dc1", "kubeconfig": "/etc/kube"}
		}
	})
	return d, func() string {
		text, _ := os.ReadFile(filepath.Join(dir, "called"))
		_ = os.Remove(filepath.Join(dir, "called"))
		return strings.TrimSpace(string(text))
	}
}

func TestOOpensAnotherToolOnWhatIsSelected(t *testing.T) {
	d, called := opening(t, Tool{Key: "f6", Name: "mine", Run: "mine {name}"})
	d.press("enter", "o")
	d.shows(">1 k9s")
	d.shows(" 5 mine")
	d.shows("git -C /srv/git/fabrics.git log --patch main -- fabrics/dc")
	for key, want := range map[string]string{
		"1": "k9s --readonly --kubeconfig /etc/kube --context dc1 --namespace default --command vpcs.vpc.githedgehog.com",
		"2": "kubectl --kubeconfig /etc/kube --context dc1 --namespace default get vpcs.vpc.githedgehog.com tenant-a --output yaml --show-managed-fields",
		"3": "argocd app diff dc1",
		"4": "git -C /srv/git/fabrics.git log --patch main -- fabrics/dc1-prod/vpcs/tenant-a.yaml",
		"5": "mine tenant-a",
	} {
		d.press("esc", "enter", "o", key)
		if got := called(); got != want {
			t.Errorf("%s calls\n%s\nwant\n%s\n%s", key, got, want, d.screen())
		}
		if d.model.prompt != nil {
			t.Error("the menu is still there")
		}
	}
	d.press("o", "x", "9", "down", "enter")
	if got := called(); !strings.HasPrefix(got, "kubectl ") {
		t.Errorf("the second one calls %q", got)
	}
	d.press("o", "esc")
	if got := called(); got != "" || d.model.prompt != nil {
		t.Errorf("escape calls %q", got)
	}
}

func TestToolsThatAreNotThereAreNotOffered(t *testing.T) {
	d, called := opening(t)
	d.model.cfg.Programs = []string{"git"}
	d.press("o")
	d.shows(">1 git log")
	d.hides("k9s")
	d.press("esc")
	d.model.cfg.Programs = nil
	if d.press("o"); d.model.prompt != nil || called() != "" {
		t.Error("an empty menu is opened")
	}
}

func TestTheMenuOfToolsFitsEverySize(t *testing.T) {
	d, _ := opening(t, Tool{Key: "f6", Name: strings.Repeat("機", 60), Run: "mine {name}"})
	d.press("enter", "o", "down", "down")
	for _, size := range [][2]int{{80, 24}, {30, 4}, {20, 2}, {1, 1}, {200, 60}} {
		d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		requireSize(t, d, size[0], size[1], "the menu")
	}
}

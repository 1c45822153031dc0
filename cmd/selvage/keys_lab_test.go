package main

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"selvage/core"
	"selvage/testdata/labtest"
	"selvage/testdata/termtest"
)

// TestDecisionsGoTheWholeWayByKeys on the lab, in the dashboard: a live edit of
// which one field is adopted and another left to Git, a conflict, and a hot-fix
// that self-heal undid.
func TestDecisionsGoTheWholeWayByKeys(t *testing.T) {
	lab := labtest.Start(t)
	strict := lab.NewStrictCluster(t)
	p := newProgram(t)
	repo := lab.Repo(t)
	repo.Write("dc1/vpc-1.yaml", commented)
	first := repo.Commit("a hall")
	dc1 := newHall(t, strict, repo, p, "dc1")
	p.configure(dc1.config(t))
	dc1.engine.WaitApplied(t, first)
	cmd := exec.CommandContext(t.Context(), p.binary, "--config", "selvage.yaml")
	cmd.Dir, cmd.Env = p.dir, append(p.env, "TERM=xterm-256color")
	screen := termtest.Start(t, cmd, termtest.Options{Width: 120, Height: 40})
	screen.Wait("= in sync")
	screen.Press("enter") // the fabric's screens, until the end

	t.Run("one field is adopted and another is not", func(t *testing.T) {
		dc1.vlan(t, "default", 1101)
		dc1.vlan(t, "web", 1111)
		screen.WaitFor("both edits", func(s string) error {
			if !strings.Contains(s, "~ drifted") || !strings.Contains(s, "1101") || !strings.Contains(s, "1111") {
				return errors.New("they are not there")
			}
			return nil
		})
		screen.Press("d")
		screen.Wait(".spec.subnets.default.vlan")
		screen.Press("2")
		screen.Wait("take live")
		screen.Press("n", "1")
		screen.Wait("take git")
		publish(t, screen)
		if got, want := dc1.file(t, "dc1/vpc-1.yaml"), strings.Replace(commented, "1001", "1101", 1); got != want {
			t.Errorf("the file is\n%s\nwant\n%s", got, want)
		}
		dc1.says(t, "web", 1011)
		home(screen)
		dc1.is(t, "VPC/vpc-1", core.InSync)
	})

	t.Run("a conflict", func(t *testing.T) {
		dc1.engine.Set(t, labtest.EngineOptions{})
		dc1.vlan(t, "default", 1102)
		repo.Write("dc1/vpc-1.yaml", strings.Replace(commented, "1001", "1103", 1))
		repo.Commit("another VLAN")
		screen.Press("r")
		screen.Wait("! conflict")
		screen.Press("c")
		screen.Wait("[2] LIVE")
		screen.Press("2")
		screen.Wait("draft")
		publish(t, screen)
		if got, want := dc1.file(t, "dc1/vpc-1.yaml"), strings.Replace(commented, "1001", "1102", 1); got != want {
			t.Errorf("the file is\n%s\nwant\n%s", got, want)
		}
		home(screen)
		dc1.is(t, "VPC/vpc-1", core.InSync)
	})

	t.Run("a hot-fix that self-heal undid", func(t *testing.T) {
		dc1.heals(t, true)
		dc1.vlan(t, "web", 1118)
		dc1.says(t, "web", 1011)
		screen.Press("4", "/")
		screen.Type("what=overwritten")
		screen.Press("enter")
		screen.Wait("1/2")
		screen.Press("g", "a")
		screen.Wait("draft: ")
		screen.Press("7")
		publish(t, screen)
		dc1.says(t, "web", 1118)
		if got := dc1.file(t, "dc1/vpc-1.yaml"); !strings.Contains(got, "vlan: 1118 # CHG-17") {
			t.Errorf("the file is\n%s", got)
		}
	})
	for _, e := range strict.Audit(t, labtest.ReaderUser) {
		if e.Verb != "get" && e.Verb != "list" && e.Verb != "watch" {
			t.Errorf("the audit log has %s %s", e.Verb, e.RequestURI)
		}
	}
}

// publish opens the plan, goes from cancel to the other button, and waits until
// live has followed.
func publish(t *testing.T, screen *termtest.Terminal) {
	t.Helper()
	screen.Press("s")
	screen.Wait("commit and push")
	screen.Press("tab", "enter")
	screen.Wait("agreed")
}

// home goes back to the fabric's first screen.
func home(screen *termtest.Terminal) {
	screen.Press("1")
}

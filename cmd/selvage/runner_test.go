package main

import (
	"regexp"
	"testing"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/plan"
	"selvage/core/repo"
)

// TestWhatIsSaidOfGitReachesThePublisher, key by key.
func TestWhatIsSaidOfGitReachesThePublisher(t *testing.T) {
	g := config.Git{
		URL: "https://git.example.net/f.git", Branch: "live", Path: "dc1", Publish: "propose", ReviewURL: "https://git.example.net/{branch}",
		Message: "{ticket}: {summary}", RequireTicket: "CHG-[0-9]+", Author: &config.Author{Name: "Net Ops", Email: "net@example.net"},
		Sign: &config.Sign{Format: "ssh", Key: "/keys/sign"}, Signoff: true,
	}
	p := place(g, nil)
	want := plan.Place{URL: g.URL, Branch: "live", Path: "dc1", Way: core.ToPropose, Message: g.Message}
	if p.Place != want || p.ReviewURL != g.ReviewURL || p.Ticket == nil || !p.Ticket.MatchString("CHG-7") || p.Ticket.MatchString("7") {
		t.Errorf("the place is %+v", p)
	}
	if by := authorship(g); by != (repo.Authorship{Name: "Net Ops", Email: "net@example.net", SSHKey: "/keys/sign", Signoff: true}) {
		t.Errorf("commits are made by %+v", by)
	}
	if p, by := place(config.Git{Publish: "branch"}, nil), authorship(config.Git{}); p.Ticket != nil || p.Way != core.ToBranch || by != (repo.Authorship{}) {
		t.Errorf("without all that: %+v, %+v", p, by)
	}
}

func TestIDsAreRandomUUIDs(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 1000 {
		id := newID()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}

// TestSeatTellsWhereSomebodySits, by what ssh says, which anybody may say.
func TestSeatTellsWhereSomebodySits(t *testing.T) {
	a, _, _ := bareApp(t)
	env := map[string]string{}
	a.env = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	host := a.seat()
	env["SSH_TTY"], env["SSH_CLIENT"] = "/dev/pts/3", "192.0.2.7 50022 22"
	if got, want := a.seat(), host+", pts/3, from 192.0.2.7"; got != want {
		t.Errorf("seat %q, want %q", got, want)
	}
	env["SSH_CLIENT"] = "anywhere\n 1 2"
	if got, want := a.seat(), host+", pts/3"; got != want {
		t.Errorf("seat %q, want %q", got, want)
	}
}

// TestRunCodes: what the end of a run is to a script.
func TestRunCodes(t *testing.T) {
	sent := []core.PublicationState{{}}
	for _, tt := range []struct {
		run  core.Run
		code int
	}{
		{core.Run{Phase: core.RunAgreed}, exitDone},
		{core.Run{Phase: core.RunPublished, Plan: "p1", Publications: sent}, exitDone},
		{core.Run{Phase: core.RunProposed, Plan: "p1", Publications: sent}, exitDone},
		{core.Run{Phase: core.RunWaiting, Plan: "p1"}, exitWaiting},
		{core.Run{Phase: core.RunRefused, Plan: "p1"}, exitRefused},
		{core.Run{Phase: core.RunFailed, Plan: "p1", Publications: sent}, exitRefused},
		{core.Run{Phase: core.RunFailed}, exitUnread},
		{core.Run{Phase: core.RunInterrupted}, exitInterrupted},
	} {
		if got := runCode(&tt.run); got != tt.code {
			t.Errorf("%s of plan %q: %d, want %d", tt.run.Phase, tt.run.Plan, got, tt.code)
		}
	}
}

// TestPlansNeverHoldAPassword that stands in the address of a repository.
func TestPlansNeverHoldAPassword(t *testing.T) {
	for given, shown := range map[string]string{
		"https://user:s3cr3t@git.example.net/net/fabrics.git": "https://git.example.net/net/fabrics.git",
		"git@git.example.net:net/fabrics.git":                 "git@git.example.net:net/fabrics.git",
		"/srv/git/fabrics.git":                                "/srv/git/fabrics.git",
	} {
		if got := place(config.Git{URL: given}, nil).URL; got != shown {
			t.Errorf("of %q a plan holds %q, want %q", given, got, shown)
		}
	}
}

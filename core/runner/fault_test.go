package runner_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// TestFaultsOfTheServer has a server, or what lies between, fail in the ways that
// they do. Whatever the server says: where the commit is on the branch the run
// has published and the desk is clear, and else the draft lies there and the
// branch is as it was.
func TestFaultsOfTheServer(t *testing.T) {
	for name, c := range map[string]struct {
		fault fault
		phase core.RunPhase
		text  string // in the error of the run
		pub   core.PublicationPhase
	}{
		"an empty answer, once":        {onPush(times(1, answers(200, ""))), core.RunPublished, "", core.PublicationLanded},
		"an empty answer, applied":     {onPush(applies(answers(200, ""))), core.RunPublished, "", core.PublicationLanded},
		"cut after it was applied":     {onPush(applies(breaks)), core.RunPublished, "", core.PublicationLanded},
		"cut before, once":             {onPush(times(1, breaks)), core.RunPublished, "", core.PublicationLanded},
		"cut before, always":           {onPush(breaks), core.RunFailed, "whether it arrived will be found out", core.PublicationPushing},
		"500, once":                    {onPush(times(1, answers(500, ""))), core.RunPublished, "", core.PublicationLanded},
		"500, always":                  {onPush(answers(500, "")), core.RunFailed, "500", core.PublicationPushing},
		"500 before anything is sent":  {onKnock(answers(500, "")), core.RunFailed, "500", core.PublicationDropped},
		"503 with a time, once":        {onPush(times(1, answers(503, "Retry-After: 1"))), core.RunPublished, "", core.PublicationLanded},
		"429 for an hour":              {onKnock(answers(429, "Retry-After: 3600")), core.RunFailed, "429", core.PublicationDropped},
		"401":                          {onPush(answers(401, "")), core.RunRefused, "the server wants a login", core.PublicationDropped},
		"403":                          {onPush(answers(403, "")), core.RunRefused, "ask for the right to write", core.PublicationDropped},
		"403 before anything is sent":  {onKnock(answers(403, "")), core.RunRefused, "ask for the right to write", core.PublicationDropped},
		"403, but it was applied":      {onPush(applies(answers(403, ""))), core.RunPublished, "", core.PublicationLanded},
		"no answer to what came of it": {onLookAfterPush(answers(502, "")), core.RunFailed, "502", core.PublicationPushing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := one(t)
			p := b.open()
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			made := p.plan(t, "dc1")
			r := b.remote()
			refs := r.refs()
			r.behave(c.fault)
			started := time.Now()
			run := p.sync(t, made, p.quick(), c.phase)
			r.behave(nil)
			if !strings.Contains(run.Err, c.text) || (run.Err == "") != (c.phase == core.RunPublished) || strings.ContainsAny(run.Err, "\r\n\x1b") {
				t.Errorf("the run says %q, want %q in it", run.Err, c.text)
			}
			if took := time.Since(started); took > 30*time.Second {
				t.Errorf("it took %v", took)
			}
			if got := p.kept(t, run.ID); got.Phase != c.phase || len(got.Publications) != 1 || got.Publications[0].Phase != c.pub {
				t.Errorf("the books have %s, %+v; want %s, %s", got.Phase, got.Publications, c.phase, c.pub)
			}
			if arrived := r.refs() != refs; c.pub == core.PublicationDropped && arrived || c.pub == core.PublicationLanded && !arrived {
				t.Errorf("references\n%s\nwere\n%s, and the publication is %s", r.refs(), refs, c.pub)
			}
			if c.phase == core.RunPublished {
				p.wantDesk(t, "dc1")
				return
			}
			p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
			p.wantOnceInTheEnd(t, r)
		})
	}
}

// wantOnceInTheEnd syncs again, as a person would, and wants the commit on the
// branch once and all books in agreement with it.
func (p *process) wantOnceInTheEnd(t *testing.T, r *remote) {
	t.Helper()
	p.check(t, "dc1")
	if made := p.plan(t, "dc1"); !made.Empty() {
		p.sync(t, made, p.quick(), core.RunPublished)
	}
	if err := p.runner.Settle(t.Context(), "dc1"); err != nil {
		t.Fatal(err)
	}
	p.check(t, "dc1")
	p.wantDesk(t, "dc1")
	p.wantBooksLikeTheBranch(t, r, 1)
}

// wantBooksLikeTheBranch fails unless main has so many commits of runs, each once,
// and the books say of just those runs that they have published.
func (p *process) wantBooksLikeTheBranch(t *testing.T, r *remote, commits int) {
	t.Helper()
	ids := r.syncIDs()
	if len(ids) != commits {
		t.Errorf("main has commits of %q, want %d", ids, commits)
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("run %s is on main twice", id)
		}
		seen[id] = true
		run := p.kept(t, id)
		if pub := run.Publications[0]; pub.Phase != core.PublicationLanded || !r.has(pub.Commit) {
			t.Errorf("the books have %s of run %s as %s", pub.Commit, id, pub.Phase)
		}
		if run.Phase != core.RunPublished && run.Phase != core.RunAgreed && run.Phase != core.RunWaiting {
			t.Errorf("run %s has landed, and is %s (%s)", id, run.Phase, run.Err)
		}
	}
	r.git("fsck", "--full", "--strict")
}

// has tells whether main has a commit.
func (r *remote) has(commit string) bool {
	return strings.Contains(r.git("rev-list", "main"), commit)
}

// onLookAfterPush is a fault of every request that comes after the push, which
// itself is carried out.
func onLookAfterPush(f fault) fault {
	pushed := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-pushed:
			f(w, r, next)
			return
		default:
		}
		next.ServeHTTP(w, r)
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/git-receive-pack") {
			close(pushed)
		}
	}
}

// TestServerThatRefusesIsHeard has the repository itself refuse.
func TestServerThatRefusesIsHeard(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*remote)
		texts   []string
	}{
		"a hook": {
			func(r *remote) {
				r.hook("pre-receive", "printf 'no \\033[31mchange\\033[0m\\nwithout a window' >&2; exit 1\n")
			},
			[]string{"no change", "without a window", "--propose"},
		},
		"a protected branch": {
			func(r *remote) {
				r.hook("update", "case $1 in refs/heads/main) echo 'GH006: Protected branch update failed' >&2; exit 1;; esac\n")
			},
			[]string{"Protected branch update failed", "selvage sync dc1 --propose"},
		},
		"the branch is gone": {
			func(r *remote) {
				r.git("update-ref", "refs/heads/keep", "main")
				r.git("update-ref", "-d", "refs/heads/main")
			},
			[]string{"main"},
		},
		"the branch was set back": {
			func(r *remote) { r.git("update-ref", "refs/heads/main", "main~1") },
			[]string{"main"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := one(t)
			r := b.remote()
			r.elsewhere("dc1/vpc-2.yaml", "2002", "2003")
			b.apply("dc1")
			p := b.open()
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			made := p.plan(t, "dc1")
			c.happens(r)
			refs := r.refs()
			run := p.sync(t, made, p.quick(), core.RunRefused)
			for _, text := range c.texts {
				if !strings.Contains(run.Err, text) {
					t.Errorf("the run says %q, want %q in it", run.Err, text)
				}
			}
			if strings.ContainsAny(run.Err, "\r\n\x1b") {
				t.Errorf("what it says is not inert: %q", run.Err)
			}
			if r.refs() != refs {
				t.Errorf("references\n%s\nwere\n%s", r.refs(), refs)
			}
			p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
			if got := p.kept(t, run.ID); got.Phase != core.RunRefused || got.Publications[0].Phase != core.PublicationDropped {
				t.Errorf("the books have %s, %s", got.Phase, got.Publications[0].Phase)
			}
		})
	}
}

// TestWhatIsNotAllowedIsNotBegun names every reason at once and asks no server.
func TestWhatIsNotAllowedIsNotBegun(t *testing.T) {
	b := one(t)
	b.Fabrics[0].Protected, b.Fabrics[0].Way = true, core.ToPatch
	p := b.open()
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().asked()
	_, err := p.runner.Sync(t.Context(), made, p.quick())
	var no *core.NotAllowed
	if !errors.As(err, &no) || len(no.Reasons) != 2 || !strings.Contains(err.Error(), "--confirm dc1") || !strings.Contains(err.Error(), "selvage plan dc1 -o patch") {
		t.Errorf("Sync = %v", err)
	}
	if asked := b.remote().asked(); len(asked) > 0 {
		t.Errorf("requests %q", asked)
	}
	b.Fabrics[0].Mode = core.ModeRead
	if _, err := b.open().runner.Decide(t.Context(), "dc1", "ada", set("vpc-1", vlan, int64(1005))); !errors.As(err, &no) {
		t.Errorf("Decide = %v in mode read", err)
	}
}

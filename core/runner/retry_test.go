package runner_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// begin starts a run that nobody waits for.
func (p *process) begin(t *testing.T, made *core.Plan) string {
	t.Helper()
	id, err := p.runner.Begin(t.Context(), made, p.quick())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestRunThatARetryCanMendIsBegunAgain until it has succeeded, each attempt told.
func TestRunThatARetryCanMendIsBegunAgain(t *testing.T) {
	b := tended(t, nil)
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	put := p.ends(t, core.RunRetrying)
	if put.ID != id || !put.RetryAt.After(put.Started) || !strings.Contains(put.Err, "503") || !put.Ended.IsZero() {
		t.Errorf("the books have %+v", put)
	}
	until(t, "a second attempt has failed", func() error {
		if run := p.kept(t, id); run.Attempts < 2 || run.Phase != core.RunRetrying {
			return fmt.Errorf("attempt %d, %s", run.Attempts, run.Phase)
		}
		return nil
	})
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
	b.remote().behave(nil)
	run := p.ends(t, core.RunPublished)
	failed := 0
	for _, s := range run.Steps {
		if s.Name == "wait" && strings.Contains(s.Err, "503") {
			failed++
		}
	}
	if failed != run.Attempts-1 || failed < 2 || run.Err != "" || !run.RetryAt.IsZero() {
		t.Errorf("attempt %d, failed %d, error %q, steps %+v", run.Attempts, failed, run.Err, run.Steps)
	}
	if ids := b.remote().syncIDs(); !slices.Equal(ids, []string{id}) {
		t.Errorf("main has commits of %q", ids)
	}
	p.wantDesk(t, "dc1")
}

func TestRunIsNotBegunAgainForEver(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Retries, f.Backoff = 2, 20*time.Millisecond })
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	p.begin(t, made)
	run := p.ends(t, core.RunFailed)
	if run.Attempts != 3 || run.Ended.IsZero() || !strings.Contains(run.Err, "503") {
		t.Errorf("attempt %d, %+v", run.Attempts, run)
	}
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
}

// TestWhatNoRetryMendsEndsAtOnce, and what somebody waits for.
func TestWhatNoRetryMendsEndsAtOnce(t *testing.T) {
	for name, code := range map[string]int{"a login": http.StatusUnauthorized, "a right": http.StatusForbidden} {
		t.Run(name, func(t *testing.T) {
			b := tended(t, nil)
			p := b.open()
			p.runs(t)
			p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
			made := p.plan(t, "dc1")
			b.remote().behave(onKnock(answers(code, "")))
			p.begin(t, made)
			if run := p.ends(t, core.RunRefused); run.Attempts != 1 {
				t.Errorf("attempt %d", run.Attempts)
			}
		})
	}
	t.Run("a hook", func(t *testing.T) {
		b := tended(t, nil)
		p := b.open()
		p.runs(t)
		b.remote().hook("pre-receive", "echo no >&2; exit 1\n")
		p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
		p.begin(t, p.plan(t, "dc1"))
		if run := p.ends(t, core.RunRefused); run.Attempts != 1 {
			t.Errorf("attempt %d", run.Attempts)
		}
	})
	t.Run("a person", func(t *testing.T) {
		b := tended(t, nil)
		p := b.open()
		p.runs(t)
		p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
		made := p.plan(t, "dc1")
		b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
		p.sync(t, made, p.quick(), core.RunFailed)
	})
}

// TestRetryIsTakenOverByTheNextProcess: the one that began the run is gone by then.
func TestRetryIsTakenOverByTheNextProcess(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = 300 * time.Millisecond })
	p := b.open()
	stop := p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	p.ends(t, core.RunRetrying)
	stop()
	b.remote().behave(nil)
	q := b.open(as("bob"))
	q.runs(t)
	run := q.ends(t, core.RunPublished)
	if run.ID != id || run.Attempts < 2 || run.By != "ada" {
		t.Errorf("the books have %+v", run)
	}
	q.wantDesk(t, "dc1")
}

// TestRetryIsGivenUp where somebody stops the run while it waits.
func TestRetryIsGivenUp(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = time.Hour })
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	p.ends(t, core.RunRetrying)
	until(t, "it can be stopped", func() error {
		if !p.runner.Stop(id, "ada") {
			return fmt.Errorf("there is no such run")
		}
		return nil
	})
	if run := p.ends(t, core.RunInterrupted); !strings.Contains(run.Err, "ada") || run.Ended.IsZero() {
		t.Errorf("the books have %+v", run)
	}
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
}

// TestRetryOfWhatHasChangedMeanwhileIsRefused: the person who confirmed it saw
// something else.
func TestRetryOfWhatHasChangedMeanwhileIsRefused(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Backoff = 500 * time.Millisecond })
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	made := p.plan(t, "dc1")
	b.remote().behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	p.begin(t, made)
	p.ends(t, core.RunRetrying)
	b.remote().elsewhere("dc1/vpc-1.yaml", "vlan: 1001", "vlan: 1007")
	b.remote().behave(nil)
	p.ends(t, core.RunRefused)
	if got := b.remote().file("main", "dc1/vpc-1.yaml"); !strings.Contains(got, "1007") {
		t.Errorf("the file is\n%s", got)
	}
}

// TestRetryLeavesOutWhatHasLanded of a run over two repositories.
func TestRetryLeavesOutWhatHasLanded(t *testing.T) {
	b := apart(t)
	for i := range b.Fabrics {
		f := &b.Fabrics[i]
		f.Every, f.Retries, f.Backoff = 50*time.Millisecond, 5, 300*time.Millisecond
	}
	p := b.open()
	p.runs(t)
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1005)))
	p.decide(t, "dc2", set("vpc-2", vlan, int64(2005)))
	made := p.plan(t, "dc1", "dc2")
	b.remote("dc2").behave(onKnock(answers(http.StatusServiceUnavailable, "")))
	id := p.begin(t, made)
	put := p.ends(t, core.RunRetrying)
	if len(put.Publications) == 0 || put.Publications[0].Phase != core.PublicationLanded {
		t.Errorf("nothing landed: %+v", put.Publications)
	}
	p.wantDesk(t, "dc1")
	p.wantDesk(t, "dc2", "vpc-2 .spec.subnets.web.vlan")
	b.remote("dc2").behave(nil)
	run := p.ends(t, core.RunPublished)
	if len(run.Publications) != 2 || run.Publications[1].Phase != core.PublicationLanded {
		t.Errorf("publications %+v", run.Publications)
	}
	p.wantDesk(t, "dc2")
	for _, r := range []core.FabricID{"dc1", "dc2"} {
		if ids := b.remote(r).syncIDs(); !slices.Equal(ids, []string{id}) {
			t.Errorf("main of %s has commits of %q", r, ids)
		}
	}
}

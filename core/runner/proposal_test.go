package runner_test

import (
	"testing"

	"selvage/core"
)

// proposed proposes a VLAN and gives the run.
func (p *process) proposed(t *testing.T, to int64) *core.Run {
	t.Helper()
	p.decide(t, "dc1", set("vpc-1", vlan, to))
	o := p.order()
	o.Propose = true
	return p.sync(t, p.plan(t, "dc1"), o, core.RunProposed)
}

// TestProposalIsMergedByWhatGitSays, whatever the commit is.
func TestProposalIsMergedByWhatGitSays(t *testing.T) {
	for name, merge := range map[string]func(r *remote, run *core.Run){
		"squashed, and its branch removed": func(r *remote, run *core.Run) {
			r.elsewhere("dc1/vpc-1.yaml", "vlan: 1001", "vlan: 1005")
			r.git("update-ref", "-d", "refs/heads/"+run.Publications[0].Side)
		},
		"fast forward": func(r *remote, run *core.Run) {
			r.git("update-ref", "refs/heads/main", run.Publications[0].Commit)
		},
		"merged, and changed again before anybody looked": func(r *remote, run *core.Run) {
			r.git("update-ref", "refs/heads/main", run.Publications[0].Commit)
			r.git("update-ref", "-d", "refs/heads/"+run.Publications[0].Side)
			r.elsewhere("dc1/vpc-1.yaml", "vlan: 1005", "vlan: 1009")
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := tended(t, nil)
			p := b.open()
			run := p.proposed(t, 1005)
			p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
			merge(b.remote(), run)
			p.runs(t)
			if got := p.ends(t, core.RunMerged); got.ID != run.ID || got.Ended.IsZero() {
				t.Errorf("the books have %+v", got)
			}
			p.wantDesk(t, "dc1")
		})
	}
}

// TestProposalIsDeclinedWhereItsBranchIsGone: the decision stays, and can be
// proposed again.
func TestProposalIsDeclinedWhereItsBranchIsGone(t *testing.T) {
	for name, also := range map[string]func(r *remote){
		"and nothing else moved": func(*remote) {},
		"and the branch moved":   func(r *remote) { r.elsewhere("other", "", "x") },
	} {
		t.Run(name, func(t *testing.T) {
			b := tended(t, nil)
			p := b.open()
			run := p.proposed(t, 1005)
			b.remote().git("update-ref", "-d", "refs/heads/"+run.Publications[0].Side)
			also(b.remote())
			stop := p.runs(t)
			if got := p.ends(t, core.RunDeclined); got.ID != run.ID {
				t.Errorf("the books have %+v", got)
			}
			stop()
			p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
			p.check(t, "dc1")
			if made := p.plan(t, "dc1"); made.Empty() {
				t.Error("it cannot be planned again")
			}
		})
	}
}

// TestProposalStaysOpenWhereNobodyDecided, also while the server is away.
func TestProposalStaysOpenWhereNobodyDecided(t *testing.T) {
	b := tended(t, nil)
	p := b.open()
	run := p.proposed(t, 1005)
	p.runs(t)
	p.checks(t, 3)
	b.remote().behave(breaks)
	p.checks(t, 3)
	b.remote().git("update-ref", "-d", "refs/heads/"+run.Publications[0].Side)
	p.checks(t, 3)
	if got := p.kept(t, run.ID); got.Phase != core.RunProposed {
		t.Errorf("it is %s, and nobody could know", got.Phase)
	}
	b.remote().behave(nil)
	p.ends(t, core.RunDeclined)
}

package runner_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
	"selvage/store"
)

// vlans settles what the VLANs of VPCs differ by.
func vlans(policy string) []core.PolicyRule {
	return []core.PolicyRule{{Kind: "VPC", Path: ".spec.subnets.*.vlan", On: []core.Trigger{core.OnConflict, core.OnDrift}, Policy: policy}}
}

// tended is a bench of one fabric that is checked every moment.
func tended(t *testing.T, change func(*fabric)) *bench {
	t.Helper()
	b := one(t)
	f := b.fabric("dc1")
	f.Every, f.Retries, f.Backoff = 50*time.Millisecond, 3, 100*time.Millisecond
	if change != nil {
		change(f)
	}
	f.engine.f = *f
	return b
}

// runs has a process watch its fabrics until stop is called.
func (p *process) runs(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { p.loop.Run(ctx) })
	all.Go(func() { p.runner.Run(ctx) })
	stop = sync.OnceFunc(func() {
		cancel()
		all.Wait()
	})
	t.Cleanup(stop)
	return stop
}

// until waits for something that is to come true.
func until(t *testing.T, what string, is func() error) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := is()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s: %v", what, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// checks waits for so many more checks.
func (p *process) checks(t *testing.T, n int) {
	t.Helper()
	last := time.Time{}
	until(t, fmt.Sprintf("it was checked %d times", n), func() error {
		f, _ := p.loop.Fleet().Fabric("dc1")
		if f.LastCheck.After(last) {
			last = f.LastCheck
			n--
		}
		if n >= 0 { // the first one had ended before
			return fmt.Errorf("%d are left", n+1)
		}
		return nil
	})
}

// told are the runs that the history tells of, oldest first.
func (p *process) told(t *testing.T) []core.Run {
	t.Helper()
	all, err := p.store.Entries(t.Context(), store.Filter{Fabrics: []core.FabricID{"dc1"}})
	if err != nil {
		t.Fatal(err)
	}
	var runs []core.Run
	for _, e := range all {
		if r, ok := e.What.(core.Run); ok {
			runs = append(runs, r)
		}
	}
	slices.Reverse(runs)
	return runs
}

// ends waits until the last run that history tells of is in a phase.
func (p *process) ends(t *testing.T, want core.RunPhase) *core.Run {
	t.Helper()
	var id string
	until(t, "a run is "+string(want), func() error {
		all := p.told(t)
		if len(all) == 0 {
			return fmt.Errorf("there is none")
		}
		last := all[len(all)-1]
		if id = last.ID; last.Phase != want {
			return fmt.Errorf("it is %s (%s)", last.Phase, last.Err)
		}
		return nil
	})
	return p.kept(t, id)
}

func (p *process) becomes(t *testing.T, name string, want core.State) {
	t.Helper()
	until(t, name+" is "+string(want), func() error {
		if s := p.state("dc1", key(name)); s != want {
			return fmt.Errorf("it is %s", s)
		}
		return nil
	})
}

// TestPolicyForGitIsADecisionForGit: nothing is committed, the object waits for
// live, and is in sync when that has followed.
func TestPolicyForGitIsADecisionForGit(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy = vlans("prefer_git") })
	p := b.open()
	p.runs(t)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.becomes(t, "vpc-1", core.Pending)
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
	drafts, err := p.store.Drafts(t.Context(), "dc1")
	if err != nil || drafts[0].By != "policy" || drafts[0].Choice != core.TakeGit || drafts[0].Rule != vlans("prefer_git")[0].String() {
		t.Errorf("the desk has %+v, %v", drafts, err)
	}
	p.checks(t, 3)
	p.wantDesk(t, "dc1", "vpc-1 .spec.subnets.web.vlan")
	if n := b.remote().commits(); n != 1 || len(p.told(t)) != 0 {
		t.Errorf("%d commits, runs %+v; nothing was to be published", n, p.told(t))
	}
	b.apply("dc1")
	p.becomes(t, "vpc-1", core.InSync)
	until(t, "the desk is empty", func() error {
		if d := p.desk(t, "dc1"); len(d) > 0 {
			return fmt.Errorf("there lie %q", d)
		}
		return nil
	})
}

// TestPolicyThatWasOverruledKeepsOff the place where somebody dropped what it had
// decided.
func TestPolicyThatWasOverruledKeepsOff(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy = vlans("prefer_git") })
	p := b.open()
	p.runs(t)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.becomes(t, "vpc-1", core.Pending)
	drafts, err := p.store.Drafts(t.Context(), "dc1")
	if err != nil || len(drafts) != 1 {
		t.Fatal(drafts, err)
	}
	if _, err := p.runner.Drop(t.Context(), "dc1", "ada", drafts[0].ID); err != nil {
		t.Fatal(err)
	}
	p.checks(t, 3)
	p.wantDesk(t, "dc1")
	if s := p.state("dc1", key("vpc-1")); s != core.Drifted {
		t.Errorf("it is %s, want drifted", s)
	}
}

// TestPolicyLeavesToPeopleWhatTheyDecided.
func TestPolicyLeavesToPeopleWhatTheyDecided(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy = vlans("prefer_git") })
	p := b.open()
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.check(t, "dc1")
	p.decide(t, "dc1", take(core.TakeLive, "vpc-1", vlan))
	p.runs(t)
	p.checks(t, 4)
	drafts, err := p.store.Drafts(t.Context(), "dc1")
	if err != nil || len(drafts) != 1 || drafts[0].By != "ada" {
		t.Errorf("the desk has %+v, %v", drafts, err)
	}
	if n := b.remote().commits(); n != 1 {
		t.Errorf("%d commits: the timer has published a draft", n)
	}
}

// TestPolicyForLiveProposes, once, and is not asked again where somebody reverts
// what was merged.
func TestPolicyForLiveProposes(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy, f.Way = vlans("prefer_live"), core.ToPropose })
	r := b.remote()
	p := b.open()
	p.runs(t)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	run := p.ends(t, core.RunProposed)
	rule := vlans("prefer_live")[0].String()
	pub := run.Publications[0]
	if run.By != "policy" || len(run.Result.Applied) != 1 || run.Result.Applied[0].Rule != rule || r.tip(pub.Side) != pub.Commit {
		t.Errorf("run %+v, branches %s", run, r.refs())
	}
	if run.Steps[0].Name != "decide" || !strings.Contains(run.Steps[0].Detail, rule) {
		t.Errorf("its steps do not tell the rule: %+v", run.Steps)
	}
	p.checks(t, 3)
	if n := len(p.told(t)); n != 1 || r.tip("main") == pub.Commit {
		t.Errorf("%d runs, main at %s", n, r.tip("main"))
	}
	// Somebody squashes it, and the engine applies it.
	before := r.file("main", "dc1/vpc-1.yaml")
	r.elsewhere("dc1/vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	b.apply("dc1")
	p.ends(t, core.RunMerged)
	p.becomes(t, "vpc-1", core.InSync)
	// Somebody reverts that, and the hot-fix comes once more.
	r.elsewhere("dc1/vpc-1.yaml", "", before)
	b.apply("dc1")
	until(t, "the place is pinned", func() error {
		pins, _, err := p.store.Tempers(t.Context(), "dc1")
		if err == nil && (len(pins) != 1 || pins[0].Key != key("vpc-1") || pins[0].Path != vlan || pins[0].Rule != rule) {
			err = fmt.Errorf("the pins are %+v", pins)
		}
		return err
	})
	p.becomes(t, "vpc-1", core.InSync)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.becomes(t, "vpc-1", core.Drifted)
	p.checks(t, 3)
	if n := len(p.told(t)); n != 1 {
		t.Errorf("%d runs: it was proposed again", n)
	}
}

func TestDeclinedPolicyIsNotProposedAgain(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy, f.Way = vlans("prefer_live"), core.ToPropose })
	p := b.open()
	stop := p.runs(t)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	run := p.ends(t, core.RunProposed)
	b.remote().git("update-ref", "-d", "refs/heads/"+run.Publications[0].Side)
	p.ends(t, core.RunDeclined)
	p.checks(t, 3)
	stop()
	// Also the next process knows that.
	q := b.open(as("bob"))
	q.runs(t)
	q.checks(t, 3)
	if n := len(q.told(t)); n != 1 {
		t.Errorf("%d runs: it was proposed again", n)
	}
}

// TestPolicyDoesNotTypeTheNameOfAFabric: of a protected one it says so, once.
func TestPolicyDoesNotTypeTheNameOfAFabric(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy, f.Way, f.Protected = vlans("prefer_live"), core.ToPropose, true })
	refs := b.remote().refs()
	p := b.open()
	p.runs(t)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	run := p.ends(t, core.RunRefused)
	if !strings.Contains(run.Err, "protected") || len(run.Publications) > 0 {
		t.Errorf("the run is %+v", run)
	}
	p.checks(t, 3)
	if n := len(p.told(t)); n != 1 || b.remote().refs() != refs {
		t.Errorf("%d runs, branches %s", n, b.remote().refs())
	}
	// Another difference is another decision.
	b.edit("dc1", "vpc-1.yaml", "vlan: 1005", "vlan: 1006")
	until(t, "it says so again", func() error {
		if n := len(p.told(t)); n != 2 {
			return fmt.Errorf("%d runs", n)
		}
		return nil
	})
}

// TestPolicyWaitsBehindAFight: what keeps coming back is left to people.
func TestPolicyWaitsBehindAFight(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy = vlans("prefer_git") })
	p := b.open()
	p.runs(t)
	for range 5 {
		b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
		p.becomes(t, "vpc-1", core.Pending)
		b.apply("dc1")
		p.becomes(t, "vpc-1", core.InSync)
		p.checks(t, 1)
	}
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.becomes(t, "vpc-1", core.Drifted)
	p.checks(t, 2)
	if s := p.state("dc1", key("vpc-1")); s != core.Drifted {
		t.Errorf("it is %s: the policy went on", s)
	}
	_, heats, err := p.store.Tempers(t.Context(), "dc1")
	if err != nil || len(heats) != 1 || !heats[0].Paused {
		t.Errorf("heats %+v, %v", heats, err)
	}
}

// TestOnlyWhoWatchesCarriesPoliciesOut, so that two processes do not do it twice.
func TestOnlyWhoWatchesCarriesPoliciesOut(t *testing.T) {
	b := tended(t, func(f *fabric) { f.Policy = vlans("prefer_git") })
	calm := func(s *site, _ *wraps) {
		s.Me, s.Fabrics = "bob", slices.Clone(s.Fabrics)
		s.Fabrics[0].Policy = nil
	}
	watcher, follower := b.open(calm), b.open()
	watcher.runs(t)
	until(t, "bob watches", func() error {
		if f, _ := watcher.loop.Fleet().Fabric("dc1"); f.Watcher.ID != "bob" {
			return fmt.Errorf("%q does", f.Watcher.ID)
		}
		return nil
	})
	stop := follower.runs(t)
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	follower.becomes(t, "vpc-1", core.Drifted)
	follower.checks(t, 3)
	follower.wantDesk(t, "dc1")
	stop()
}

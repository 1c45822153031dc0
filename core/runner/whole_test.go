package runner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"selvage/core"
)

// TestDecisionsBecomeOneVerifiedCommit goes the whole way: two edits past Git, of
// which one is taken over and the other one is to go.
func TestDecisionsBecomeOneVerifiedCommit(t *testing.T) {
	for name, wait := range map[string]bool{"followed": true, "not waited for": false} {
		t.Run(name, func(t *testing.T) {
			b := one(t)
			p := b.open()
			b.edit("dc1", "vpc-1.yaml", "1001", "1005")
			b.edit("dc1", "vpc-1.yaml", "l2vni", "l3vni")
			p.check(t, "dc1")
			if s := p.state("dc1", key("vpc-1")); s != core.Drifted {
				t.Fatalf("it is %s after an edit of live", s)
			}
			p.decide(t, "dc1", take(core.TakeLive, "vpc-1", vlan), take(core.TakeGit, "vpc-1", mode))
			made := p.plan(t, "dc1")
			if len(made.Commits) != 1 || len(made.Followed) != 1 || made.ID == "" {
				t.Fatalf("plan %+v", made)
			}
			base := b.remote().tip("main")
			o := p.quick()
			var run *core.Run
			if !wait {
				run = p.sync(t, made, o, core.RunPublished)
			} else {
				o = p.order()
				b.remote().behave(onLook(func() { b.apply("dc1") }))
				run = p.sync(t, made, o, core.RunAgreed)
			}
			b.remote().behave(nil)
			r := b.remote()
			commit := r.tip("main")
			if got := r.git("rev-list", base+"..main"); got != commit || run.Publications[0].Commit != commit {
				t.Errorf("commits %q, the run published %s", got, run.Publications[0].Commit)
			}
			if got, want := r.file(commit, "dc1/vpc-1.yaml"), strings.Replace(vpc1, "1001", "1005", 1); got != want {
				t.Errorf("the file is\n%s\nwant\n%s", got, want)
			}
			if got := r.git("diff", "--name-only", base, commit); got != "dc1/vpc-1.yaml" {
				t.Errorf("the commit changes %q", got)
			}
			if got, want := r.git("log", "-1", "--format=%an <%ae> %cn", commit), "Net Ops <ops@example.net> Net Ops"; got != want {
				t.Errorf("it is by %q, want %q", got, want)
			}
			if r.trailer(commit, "Sync-Id") != run.ID || r.trailer(commit, "Fabric") != "dc1" {
				t.Errorf("message\n%s", r.git("log", "-1", "--format=%B", commit))
			}
			r.git("fsck", "--full", "--strict")
			kept := p.kept(t, run.ID)
			if kept.Phase != run.Phase || kept.Plan != made.ID || kept.Publications[0].Phase != core.PublicationLanded || kept.By != "ada" || kept.Host != "ada@jump-1" {
				t.Errorf("the books have %+v", kept)
			}
			if f, _ := p.loop.Fleet().Fabric("dc1"); !wait && len(f.Drafts) != 1 || wait && len(f.Drafts) != 0 {
				t.Errorf("the drafts that are shown are %+v", f.Drafts)
			}
			if !wait {
				p.wantDesk(t, "dc1", "vpc-1 .spec.mode")
				p.check(t, "dc1")
				if s := p.state("dc1", key("vpc-1")); s != core.Pending {
					t.Errorf("it is %s while git's mode waits for live", s)
				}
				b.apply("dc1")
				p.check(t, "dc1")
			}
			p.wantDesk(t, "dc1")
			if s := p.state("dc1", key("vpc-1")); s != core.InSync {
				t.Errorf("it is %s in the end", s)
			}
			// The base has advanced: what was adopted is not told as drift again.
			b.edit("dc1", "vpc-1.yaml", "1005", "1001")
			p.check(t, "dc1")
			if s := p.state("dc1", key("vpc-1")); s != core.Drifted {
				t.Errorf("it is %s where live went back to the former value, want drifted", s)
			}
		})
	}
}

// TestSyncOfNothingWritesNothing counts what a sync costs that has nothing to do.
func TestSyncOfNothingWritesNothing(t *testing.T) {
	b := one(t)
	p := b.open()
	refs := b.remote().refs()
	b.remote().asked()
	p.check(t, "dc1")
	run := p.sync(t, p.plan(t, "dc1"), p.order(), core.RunAgreed)
	if asked := b.remote().asked(); !slices.Equal(asked, []string{"GET info/refs git-upload-pack"}) {
		t.Errorf("requests %q, want one", asked)
	}
	if b.remote().refs() != refs {
		t.Error("a reference moved")
	}
	if got, err := p.store.Run(t.Context(), run.ID); err == nil {
		t.Errorf("the books have the run %+v", got)
	}
}

// TestSyncOfNothingFollowsWhatIsOnItsWay: somebody else's commit, which live has
// not followed yet.
func TestSyncOfNothingFollowsWhatIsOnItsWay(t *testing.T) {
	b := one(t)
	p := b.open()
	b.remote().elsewhere("dc1/vpc-1.yaml", "vlan: 1001", "vlan: 1007")
	p.check(t, "dc1")
	if got := p.state("dc1", key("vpc-1")); got != core.Pending {
		t.Fatalf("vpc-1 is %s", got)
	}
	ended := make(chan *core.Run, 1)
	go func() {
		run, err := p.runner.Sync(t.Context(), &core.Plan{Fabrics: []core.FabricID{"dc1"}}, p.order())
		if err != nil {
			t.Error(err)
		}
		ended <- run
	}()
	until(t, "the run follows", func() error {
		if f, _ := p.loop.Fleet().Fabric("dc1"); f.Run == nil || f.Run.Phase != core.RunFollowing {
			return fmt.Errorf("it is %+v", f.Run)
		}
		return nil
	})
	b.apply("dc1")
	if run := <-ended; run == nil || run.Phase != core.RunAgreed || len(run.Objects) != 1 || run.Objects[0].Key != key("vpc-1") {
		t.Errorf("run %+v", run)
	}
}

package runner_test

import (
	"errors"
	"strings"
	"testing"

	"selvage/core"
)

// revert plans to take a run back.
func (p *process) revert(t *testing.T, run string, ids ...core.FabricID) *core.Plan {
	t.Helper()
	made, err := p.runner.Plan(t.Context(), p.site.Me, core.PlanOptions{Reverts: run}, ids...)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestRevertIsTheInverseCommit(t *testing.T) {
	b := one(t)
	p := b.open()
	was := p.publish(t, "dc1", set("vpc-1", vlan, int64(1005)), set("vpc-1", mode, "l3vni"))
	b.apply("dc1")
	p.check(t, "dc1")
	made := p.revert(t, was.ID, "dc1")
	kept, err := p.store.Plan(t.Context(), made.ID)
	if err != nil || kept.Asked.Reverts != was.ID {
		t.Fatalf("the books have %+v, %v", kept, err)
	}
	run := p.sync(t, kept, p.quick(), core.RunPublished)
	if got := b.remote().file("main", "dc1/vpc-1.yaml"); got != vpc1 {
		t.Errorf("the file is\n%s\nwant\n%s", got, vpc1)
	}
	if run.Reverts != was.ID || p.kept(t, run.ID).Reverts != was.ID {
		t.Errorf("the run takes back %q", run.Reverts)
	}
	if n := len(b.remote().syncIDs()); n != 2 {
		t.Errorf("%d commits of runs", n)
	}
	// Taking the revert back publishes once more what it took back.
	b.apply("dc1")
	p.check(t, "dc1")
	p.sync(t, p.revert(t, run.ID, "dc1"), p.quick(), core.RunPublished)
	if got, want := b.remote().file("main", "dc1/vpc-1.yaml"), strings.NewReplacer("1001", "1005", "l2vni", "l3vni").Replace(vpc1); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
}

// TestRevertOfARemovalBringsTheObjectBack that neither side has any more.
func TestRevertOfARemovalBringsTheObjectBack(t *testing.T) {
	b := one(t)
	p := b.open()
	was := p.publish(t, "dc1", core.Decision{Key: key("vpc-2"), Path: core.Root, Choice: core.TakeEdited})
	b.apply("dc1")
	if f := p.check(t, "dc1"); len(f.Report.Verdicts) != 1 {
		t.Fatalf("it is still there: %+v", f.Report.Verdicts)
	}
	made := p.revert(t, was.ID, "dc1")
	if len(made.Refused)+len(made.Void) > 0 {
		t.Fatalf("refused %+v, void %+v", made.Refused, made.Void)
	}
	p.sync(t, made, p.quick(), core.RunPublished)
	b.apply("dc1")
	p.check(t, "dc1")
	s, err := p.loop.Subjects(t.Context(), "dc1", key("vpc-2"))
	if err != nil || len(s) != 1 || !s[0].Sides.Git.Value.At(vlan).Equal(core.ValueOf(int64(2002))) {
		t.Errorf("git has %+v, %v", s, err)
	}
}

func TestRevertOfAnAdoptionTakesTheObjectOut(t *testing.T) {
	b := one(t)
	p := b.open()
	b.live("dc1", "vpc-9.yaml", vpc("vpc-9", 9009))
	p.check(t, "dc1")
	was := p.publish(t, "dc1", take(core.TakeLive, "vpc-9", core.Root))
	if !strings.Contains(b.remote().git("ls-tree", "-r", "--name-only", "main"), "vpc-9") {
		t.Fatal("it was not adopted")
	}
	p.check(t, "dc1")
	p.sync(t, p.revert(t, was.ID, "dc1"), p.quick(), core.RunPublished)
	if got := b.remote().git("diff", "--name-only", "main~2", "main"); got != "" {
		t.Errorf("both commits together change %q", got)
	}
}

// TestRevertGivesTheBytesBack, of comments too that went with what was taken out.
func TestRevertGivesTheBytesBack(t *testing.T) {
	for name, decisions := range map[string][]core.Decision{
		"a field with a comment":  {{Key: key("vpc-1"), Path: vlan, Choice: core.TakeEdited}},
		"a file with its comment": {{Key: key("vpc-1"), Path: core.Root, Choice: core.TakeEdited}},
		"of several files":        {{Key: key("vpc-1"), Path: core.Root, Choice: core.TakeEdited}, set("vpc-2", vlan, int64(2005))},
	} {
		t.Run(name, func(t *testing.T) {
			b := one(t)
			p := b.open()
			tree := b.remote().git("rev-parse", "main^{tree}")
			was := p.publish(t, "dc1", decisions...)
			b.apply("dc1")
			p.check(t, "dc1")
			run := p.sync(t, p.revert(t, was.ID, "dc1"), p.quick(), core.RunPublished)
			if got := b.remote().git("rev-parse", "main^{tree}"); got != tree {
				t.Errorf("it is not as it was:\n%s", b.remote().git("diff", "main~2", "main"))
			}
			subject := b.remote().git("log", "-1", "--format=%s", "main~1")
			if got, want := b.remote().git("log", "-1", "--format=%s", "main"), `Revert "`+subject+`"`; got != want {
				t.Errorf("the subject is %q, want %q", got, want)
			}
			if got, want := b.remote().git("log", "-1", "--format=%b", "main"), "This reverts commit "+was.Publications[0].Commit+", which selvage run "+was.ID+" made.\n"; !strings.HasPrefix(got, want) {
				t.Errorf("the message is\n%s\nwant first\n%s", got, want)
			}
			if got := b.remote().trailer("main", "Sync-Id"); got != run.ID {
				t.Errorf("Sync-Id %q, want %q", got, run.ID)
			}
			b.apply("dc1")
			p.check(t, "dc1")
			p.sync(t, p.revert(t, run.ID, "dc1"), p.quick(), core.RunPublished)
			if got, want := b.remote().git("log", "-1", "--format=%s", "main"), `Reapply "`+subject+`"`; got != want {
				t.Errorf("the subject is %q, want %q", got, want)
			}
		})
	}
}

// TestRevertInAMovedFileTakesBackOnlyItsOwn: values, where the file has moved since.
func TestRevertInAMovedFileTakesBackOnlyItsOwn(t *testing.T) {
	b := one(t)
	p := b.open()
	whole := core.ValueOf(map[string]any{"spec": map[string]any{"mode": "l3vni", "subnets": map[string]any{"web": map[string]any{"subnet": "10.0.1.0/24", "vlan": int64(1005)}}}})
	was := p.publish(t, "dc1", core.Decision{Key: key("vpc-1"), Path: core.Root, Choice: core.TakeEdited, Value: whole})
	b.remote().elsewhere("dc1/vpc-1.yaml", "10.0.1.0/24", "10.0.9.0/24 # moved")
	p.check(t, "dc1")
	made := p.revert(t, was.ID, "dc1")
	if len(made.Void)+len(made.Refused) > 0 {
		t.Errorf("kept out: %+v, %+v", made.Void, made.Refused)
	}
	p.sync(t, made, p.quick(), core.RunPublished)
	if got, want := b.remote().file("main", "dc1/vpc-1.yaml"), strings.Replace(vpc1, "10.0.1.0/24", "10.0.9.0/24 # moved", 1); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
}

func TestRevertLeavesTheFieldsToWhoeverChangedThemSince(t *testing.T) {
	b := one(t)
	p := b.open()
	was := p.publish(t, "dc1", set("vpc-1", vlan, int64(1005)), set("vpc-1", mode, "l3vni"))
	b.remote().elsewhere("dc1/vpc-1.yaml", "1005", "1009")
	p.check(t, "dc1")
	made := p.revert(t, was.ID, "dc1")
	if len(made.Void) != 1 || made.Void[0].Resolution.Path != vlan || !strings.Contains(made.Void[0].Reason, "somebody changed it since") {
		t.Errorf("kept out: %+v", made.Void)
	}
	p.sync(t, made, p.quick(), core.RunPublished)
	if got, want := b.remote().file("main", "dc1/vpc-1.yaml"), strings.Replace(vpc1, "1001", "1009", 1); got != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
}

// TestRevertLeavesAnObjectThatWasMadeAnew in another file than it was removed from.
func TestRevertLeavesAnObjectThatWasMadeAnew(t *testing.T) {
	b := one(t)
	p := b.open()
	was := p.publish(t, "dc1", core.Decision{Key: key("vpc-2"), Path: core.Root, Choice: core.TakeEdited})
	b.remote().elsewhere("dc1/vpc-1.yaml", "1001 # asked for in CHG-7\n", "1001\n---\n"+vpc("vpc-2", 2222))
	p.check(t, "dc1")
	if made := p.revert(t, was.ID, "dc1"); !made.Empty() || len(made.Void) != 1 || made.Void[0].Resolution.Key != key("vpc-2") {
		t.Errorf("commits %+v, kept out %+v", made.Commits, made.Void)
	}
}

func TestRevertIsRefusedWhereSomebodyChangedItSince(t *testing.T) {
	b := one(t)
	p := b.open()
	was := p.publish(t, "dc1", set("vpc-1", vlan, int64(1005)))
	b.remote().elsewhere("dc1/vpc-1.yaml", "1005", "1009")
	refs := b.remote().refs()
	p.check(t, "dc1")
	made := p.revert(t, was.ID, "dc1")
	if len(made.Void) != 1 || !strings.Contains(made.Void[0].Reason, "somebody changed it since") {
		t.Errorf("kept out: %+v", made.Void)
	}
	if _, err := p.runner.Sync(t.Context(), made, p.quick()); !errors.As(err, new(*core.NotAllowed)) {
		t.Errorf("Sync = %v, want it refused", err)
	}
	// It is the same where that happens between the plan and the push.
	other := p.publish(t, "dc1", set("vpc-2", vlan, int64(2005)))
	p.check(t, "dc1")
	made = p.revert(t, other.ID, "dc1")
	refs = b.remote().refs()
	b.remote().behave(onKnock(first(func() {
		b.remote().elsewhere("dc1/vpc-2.yaml", "2005", "2009")
		refs = b.remote().refs()
	})))
	p.sync(t, made, p.quick(), core.RunRefused)
	if b.remote().refs() != refs {
		t.Error("a reference moved")
	}
}

// TestRevertKnowsWhatIsDecided: a conflict that a draft settles is none that nobody
// has decided, though the plan leaves the draft where it lies.
func TestRevertKnowsWhatIsDecided(t *testing.T) {
	b := one(t)
	p := b.open()
	was := p.publish(t, "dc1", set("vpc-1", mode, "l3vni"))
	b.apply("dc1")
	p.check(t, "dc1")
	b.remote().elsewhere("dc1/vpc-1.yaml", "vlan: 1001", "vlan: 1009")
	b.edit("dc1", "vpc-1.yaml", "vlan: 1001", "vlan: 1005")
	p.check(t, "dc1")
	if made := p.revert(t, was.ID, "dc1"); len(made.Conflicts) != 1 || made.Empty() {
		t.Fatalf("before it is decided the plan has %+v", made.Conflicts)
	}
	p.decide(t, "dc1", set("vpc-1", vlan, int64(1500)))
	p.runner.Shown()
	if made := p.revert(t, was.ID, "dc1"); len(made.Conflicts) > 0 || made.Empty() {
		t.Errorf("nobody has decided about %+v", made.Conflicts)
	}
}

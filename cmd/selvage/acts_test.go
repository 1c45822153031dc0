package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"selvage/core"
	"selvage/tui"
)

func TestSecretsOfAPlanAreMasked(t *testing.T) {
	const secret = "hunter2"
	v, path := core.ValueOf(secret), core.Path(".spec.bgp.password")
	inPath := core.Path(`.spec.tokens[="` + secret + `"]`)
	p := &core.Plan{
		Commits: []core.PlannedCommit{{Changes: []core.PlannedChange{
			{Path: path, Before: core.ValueOf("old " + secret), After: v}, {Path: core.Root, After: core.ValueOf(map[string]any{"password": secret, "vlan": int64(7)})},
		}}},
		Effects:   []core.Effect{{Path: path, From: v, To: v}, {Path: inPath, From: v}},
		Followed:  []core.PlannedFollow{{Path: inPath}},
		Conflicts: []core.Dispute{{Path: path, Base: v, Git: v, Ours: v}},
		Void:      []core.VoidDraft{{Resolution: core.Resolution{Path: inPath}}},
		Lint:      []core.PlannedFinding{{LintFinding: core.LintFinding{Path: inPath}}},
	}
	masked := maskedPlan(p)
	shown := fmt.Sprintf("%+v", []any{masked.Commits[0].Changes, masked.Effects, masked.Followed, masked.Conflicts, masked.Void[0].Resolution.Path, masked.Lint})
	if strings.Contains(shown, secret) {
		t.Errorf("a secret is to be seen: %s", shown)
	}
	if !strings.Contains(shown, "vlan") {
		t.Errorf("what is no secret is not to be seen: %s", shown)
	}
	if c := p.Commits[0].Changes[0]; !c.After.Equal(v) || c.Path != path {
		t.Error("the plan itself was masked: it would be carried out like that")
	}
}

// TestASnapshotShowsTheLog, which is there for the dashboard too.
func TestASnapshotShowsTheLog(t *testing.T) {
	a, _ := demoWorld(t, 1)
	if a.views(demoSession(t, a)).Journal == nil {
		t.Error("a snapshot has no log")
	}
}

// TestDifferenceIsAcceptedInTheDashboard accepts one for a while, and tells what
// is missing for it.
func TestDifferenceIsAcceptedInTheDashboard(t *testing.T) {
	a, _ := demoWorld(t, 1)
	s := demoSession(t, a)
	id := core.FabricID("dc2-frontend")
	if err := s.loop.Check(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	state := func(k core.Key) core.State {
		f, _ := s.loop.Fleet().Fabric(id)
		i := slices.IndexFunc(f.Report.Verdicts, func(v core.Verdict) bool { return v.Key == k })
		return f.Report.Verdicts[i].State
	}
	f, _ := s.loop.Fleet().Fabric(id)
	v := f.Report.Verdicts[0]
	k, path, accept := v.Key, v.Changes[0].Path, a.acts(s).Accepter
	for span, reason := range map[string]string{"2d": "", "": "CHG-1", "soon": "CHG-1", "9y": "CHG-1"} {
		if _, err := accept.Accept(t.Context(), id, k, path, span, reason); err == nil {
			t.Errorf("for %q because of %q it was accepted", span, reason)
		}
	}
	if _, err := accept.Accept(t.Context(), id, k, ".spec.nowhere", "2d", "CHG-1"); err == nil {
		t.Error("what does not differ was accepted")
	}
	if got := state(k); got == core.Acknowledged {
		t.Fatalf("%s is %s", k, got)
	}
	until, err := accept.Accept(t.Context(), id, k, path, "2d", "CHG-1")
	if err != nil || until.Before(a.now().AddDate(0, 0, 1)) {
		t.Errorf("accepted until %v, %v", until, err)
	}
	if got := state(k); got != core.Acknowledged {
		t.Errorf("%s is %s, want acknowledged", k, got)
	}
}

// TestEditThatWasOverwrittenIsBroughtBack has somebody edit a cluster, and somebody
// else put the value back.
func TestEditThatWasOverwrittenIsBroughtBack(t *testing.T) {
	a, w := demoWorld(t, 1)
	s := demoSession(t, a)
	id, book := core.FabricID("edge-ams"), a.acts(s).Ledger
	for step := range 6 { // the first edits, the last puts back
		if _, err := w.Step(step, a.now()); err != nil {
			t.Fatal(err)
		}
		if err := s.loop.Check(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	edits, err := book.Overwritten(t.Context(), id)
	if err != nil || len(edits) != 1 {
		t.Fatalf("%d edits were overwritten, %v; want 1", len(edits), err)
	}
	if err := book.BringBack(t.Context(), id, "alice", edits[0].ID); err != nil {
		t.Fatal(err)
	}
	var f core.FabricState
	for deadline := time.Now().Add(10 * time.Second); len(f.Drafts) == 0 && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		f, _ = s.loop.Fleet().Fabric(id) // compared again beside the decision
	}
	if len(f.Drafts) != 1 || !f.Drafts[0].Value.Equal(edits[0].Live) || !strings.Contains(f.Drafts[0].From, "overwritten") {
		t.Errorf("drafts %+v, want %v brought back", f.Drafts, edits[0].Live)
	}
	if err := book.BringBack(t.Context(), id, "alice", "overwritten-9999"); err == nil {
		t.Error("an edit that the history does not have was brought back")
	}
}

// TestDecisionIsPublishedByKeys goes the whole way in the dashboard: over a real
// store, a real repository, and the loop and the runner of the program.
func TestDecisionIsPublishedByKeys(t *testing.T) {
	a, w := demoWorld(t, 1)
	s := demoSession(t, a)
	cfg, err := a.screen(s)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Acts, cfg.Events, cfg.Term = a.acts(s), s.loop.Subscribe().Next, "xterm-256color"
	ctx, stop := context.WithCancel(t.Context())
	var behind sync.WaitGroup
	defer behind.Wait()
	defer stop()
	behind.Go(func() { s.loop.Run(ctx) })
	behind.Go(func() { s.runner.Run(ctx) })
	screen := teatest.NewTestModel(t, tui.New(ctx, cfg), teatest.WithInitialTermSize(100, 30))
	await := func(text string) {
		t.Helper()
		teatest.WaitFor(t, screen.Output(), func(out []byte) bool { return bytes.Contains(out, []byte(text)) }, teatest.WithDuration(60*time.Second))
	}
	press := func(keys string) {
		for _, k := range strings.Fields(keys) {
			switch k {
			case "enter":
				screen.Send(tea.KeyPressMsg{Code: tea.KeyEnter})
			case "tab":
				screen.Send(tea.KeyPressMsg{Code: tea.KeyTab})
			default:
				screen.Send(tea.KeyPressMsg{Code: []rune(k)[0], Text: k})
			}
		}
	}
	await("conflict")
	press("/ d c 2 enter c")
	await("[2] LIVE")
	press("2")
	await("draft")
	press("s")
	await("commit and push")
	press("tab enter")
	await("agreed")
	press("q q q q")
	screen.WaitFinished(t, teatest.WithFinalTimeout(60*time.Second))
	stop()
	if n, err := w.Follow(a.now()); err != nil || n != 1 {
		t.Errorf("the commit is about %d objects, %v; want 1", n, err)
	}
	runs, err := s.store.OpenRuns(t.Context(), "dc2-frontend")
	if err != nil || len(runs) != 0 {
		t.Errorf("%d runs are open, %v", len(runs), err)
	}
	if f, _ := s.loop.Fleet().Fabric("dc2-frontend"); len(f.Drafts) != 0 || f.Run == nil || f.Run.Phase != core.RunAgreed || f.Run.By != username() {
		t.Errorf("drafts %v, run %+v", f.Drafts, f.Run)
	}
}

// TestWhatWasAcceptedIsTakenBack by the key that undoes what was done last, and by
// whoever ends it, and said again by the key that does that again: an older decision
// stays where it lies.
func TestWhatWasAcceptedIsTakenBack(t *testing.T) {
	a, _ := demoWorld(t, 1)
	s := demoSession(t, a)
	id, by, acts := core.FabricID("dc2-frontend"), username(), a.acts(s)
	if err := s.loop.Check(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	fabric := func() core.FabricState { f, _ := s.loop.Fleet().Fabric(id); return f }
	v := fabric().Report.Verdicts[0]
	path := v.Changes[0].Path
	want := func(doing string, accepted bool, drafts int) {
		t.Helper()
		s.runner.Shown()
		f := fabric()
		i := slices.IndexFunc(f.Report.Verdicts, func(o core.Verdict) bool { return o.Key == v.Key })
		if got := f.Report.Verdicts[i].State == core.Acknowledged; got != accepted || len(f.Drafts) != drafts {
			t.Errorf("%s: it is %s, and %d drafts lie on the desk, want %d", doing, f.Report.Verdicts[i].State, len(f.Drafts), drafts)
		}
	}
	accept := func() {
		t.Helper()
		if _, err := acts.Accepter.Accept(t.Context(), id, v.Key, path, "2d", "oops"); err != nil {
			t.Fatal(err)
		}
	}
	undo := func(told string) {
		t.Helper()
		if what, err := acts.Decider.Undo(t.Context(), id, by); err != nil || !strings.HasPrefix(what.Words, told) {
			t.Errorf("undone is %q, %v, want %q", what, err, told)
		}
		s.runner.Shown()
	}
	redo := func(told string) {
		t.Helper()
		if what, err := acts.Decider.Redo(t.Context(), id, by); err != nil || !strings.HasPrefix(what.Words, told) || (told == "") != (what.Words == "") || what.Void != "" {
			t.Errorf("done again is %+v, %v, want %q", what, err, told)
		}
		s.runner.Shown()
	}
	other := core.Decision{Key: fabric().Report.Verdicts[1].Key, Path: fabric().Report.Verdicts[1].Changes[0].Path, Choice: core.TakeGit}
	decide := func() {
		t.Helper()
		if _, err := acts.Decider.Decide(t.Context(), id, by, other); err != nil {
			t.Fatal(err)
		}
		s.runner.Shown()
	}
	decide()
	accept()
	want("accepted", true, 1)
	undo("accept ")
	want("taken back", false, 1)
	redo("accept ")
	want("said again", true, 1)
	redo("")
	undo("accept ")
	undo("take git")
	want("the older one undone", false, 0)
	redo("take git")
	redo("accept ")
	want("both done again", true, 1)
	undo("accept ")
	undo("take git")
	accept()
	decide()
	undo("take git")
	want("the younger one undone", true, 0)
	undo("accept ")
	want("taken back too", false, 0)
	accept()
	if _, err := acts.Accepter.Accept(t.Context(), id, v.Key, path, "end", ""); err != nil {
		t.Error(err)
	}
	want("ended", false, 0)
	undo("accept ")
	want("the end undone", true, 0)
	redo("accept ")
	want("ended again", false, 0)
	if _, err := acts.Accepter.Accept(t.Context(), id, v.Key, path, "end", ""); err == nil {
		t.Error("what is not accepted was ended")
	}
}

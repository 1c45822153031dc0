package tui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"selvage/core"
)

// fakeActs carries out what a person does on the fleet of a fake engine, and
// remembers it.
type fakeActs struct {
	engine keeper
	next   int64
	undone []step
	done   []step

	decided  []core.Decision
	by       []string
	plans    []core.PlanOptions
	planned  [][]core.FabricID
	plan     func(core.FabricState, core.PlanOptions) *core.Plan // nil for samplePlan
	orders   []core.RunOrder
	stopped  []string
	accepted []string
	brought  []string
	notes    []core.Note
	visits   []string
	seen     bool            // nothing is new any more
	pages    int             // of the history that were read
	refuses  []core.FabricID // to accept anything
	// published is the run that has put into Git what was decided before.
	published string
	void      string // why what is done again does not hold

	broken sync.Mutex // guards fault: the doctor looks at several fabrics at once
	fault  error      // of whatever is done next

	later []core.Entry // that came to be after the rest
}

// keeper is where a fleet is kept.
type keeper interface {
	Fleet() core.Fleet
	put(core.Fleet)
}

// step is what lay on the desk before and after something was done.
type step struct {
	what          string
	before, after []core.DraftStanding
}

func (a *fakeActs) acts() Acts {
	return Acts{
		Decider: a, Planner: a, Starter: a, Accepter: a, Span: fakeSpan, Ledger: a, Journal: a, Chronicle: a, Visitor: a, Handover: a, Linter: a, Doctor: a, Informer: a, Referrer: a, By: "alice", Whence: "jump1, pts/3",
		JSON: func(what any) ([]byte, error) {
			doc, err := json.MarshalIndent(map[string]string{fmt.Sprintf("%T", what): fmt.Sprintf("%.4000v", what)}, "", "  ")
			return append(doc, '\n'), err
		},
		Patch: func(_ context.Context, p *core.Plan) ([]byte, error) {
			return []byte("From 0000\nSubject: " + p.Commits[0].Subject + "\n"), a.fail()
		},
	}
}

// change makes a state of a fabric in place of the one that is there.
func (a *fakeActs) change(id core.FabricID, do func(*core.FabricState)) {
	fabrics := slices.Clone(a.engine.Fleet().Fabrics)
	for i := range fabrics {
		if fabrics[i].Fabric.ID == id {
			do(&fabrics[i])
		}
	}
	a.engine.put(core.Fleet{Fabrics: fabrics})
}

func (a *fakeActs) lay(id core.FabricID, what string, drafts []core.DraftStanding) {
	a.change(id, func(f *core.FabricState) {
		a.done = append(a.done, step{what, f.Drafts, drafts})
		f.Drafts = drafts
	})
}

func (a *fakeActs) fail() error {
	a.broken.Lock()
	defer a.broken.Unlock()
	err := a.fault
	a.fault = nil
	return err
}

func (a *fakeActs) Decide(_ context.Context, id core.FabricID, by string, decisions ...core.Decision) ([]core.Draft, error) {
	if err := a.fail(); err != nil {
		return nil, err
	}
	a.decided, a.by = append(a.decided, decisions...), append(a.by, by)
	f, _ := a.engine.Fleet().Fabric(id)
	drafts := slices.Clone(f.Drafts)
	for _, d := range decisions {
		drafts = slices.DeleteFunc(drafts, func(o core.DraftStanding) bool { return o.Key == d.Key && o.Path == d.Path })
		a.next++
		drafts = append(drafts, draft(a.next, d.Key, d.Path, d.Choice, sideOf(f, d)))
	}
	a.lay(id, fmt.Sprintf("%d decided", len(decisions)), drafts)
	return nil, nil
}

// sideOf is the value that a decision comes to.
func sideOf(f core.FabricState, d core.Decision) core.Value {
	if d.Choice == core.TakeEdited || f.Report == nil {
		return d.Value
	}
	for _, v := range f.Report.Verdicts {
		for _, c := range v.Changes {
			if v.Key == d.Key && c.Path == d.Path {
				return map[core.Choice]core.Value{core.TakeGit: c.Git, core.TakeLive: c.Live, core.TakeBase: c.Base}[d.Choice]
			}
		}
	}
	return d.Value
}

func (a *fakeActs) Drop(_ context.Context, id core.FabricID, _ string, ids ...int64) (gone core.Dropped, err error) {
	if err := a.fail(); err != nil {
		return gone, err
	}
	f, _ := a.engine.Fleet().Fabric(id)
	left := slices.DeleteFunc(slices.Clone(f.Drafts), func(d core.DraftStanding) bool {
		switch {
		case !slices.Contains(ids, d.ID):
			return false
		case d.Published.Run != "":
			gone.Published = d.Published.Run
			return false
		}
		gone.Drafts = append(gone.Drafts, d.ID)
		return true
	})
	if len(gone.Drafts) > 0 {
		a.lay(id, "dropped", left)
	}
	return gone, nil
}

func (a *fakeActs) Undo(_ context.Context, id core.FabricID, _ string) (core.Stepped, error) {
	if len(a.done) == 0 {
		return core.Stepped{Published: a.published}, a.fail()
	}
	last := a.done[len(a.done)-1]
	a.done, a.undone = a.done[:len(a.done)-1], append(a.undone, last)
	a.change(id, func(f *core.FabricState) { f.Drafts = last.before })
	return core.Stepped{Words: last.what}, a.fail()
}

func (a *fakeActs) Redo(_ context.Context, id core.FabricID, _ string) (core.Stepped, error) {
	if len(a.undone) == 0 {
		return core.Stepped{}, a.fail()
	}
	last := a.undone[len(a.undone)-1]
	a.undone = a.undone[:len(a.undone)-1]
	a.lay(id, last.what, last.after)
	return core.Stepped{Words: last.what, Void: a.void}, a.fail()
}

func (a *fakeActs) Plan(_ context.Context, _ string, asked core.PlanOptions, fabrics ...core.FabricID) (*core.Plan, error) {
	if err := a.fail(); err != nil {
		return nil, err
	}
	a.plans, a.planned = append(a.plans, asked), append(a.planned, fabrics)
	f, _ := a.engine.Fleet().Fabric(fabrics[0])
	if a.plan != nil {
		return a.plan(f, asked), nil
	}
	return samplePlan(f, asked), nil
}

func (a *fakeActs) Begin(_ context.Context, p *core.Plan, o core.RunOrder) (string, error) {
	if err := a.fail(); err != nil {
		return "", err
	}
	a.orders = append(a.orders, o)
	for _, id := range p.Fabrics {
		a.change(id, func(f *core.FabricState) { f.Run = sampleRun(*f, core.RunPublishing) })
	}
	return "9c1d0f4e-run", nil
}

func (a *fakeActs) Stop(run, _ string) bool {
	a.stopped = append(a.stopped, run)
	return a.fault == nil
}

func (a *fakeActs) Accept(_ context.Context, id core.FabricID, k core.Key, path core.Path, span, reason string) (time.Time, error) {
	a.accepted = append(a.accepted, fmt.Sprintf("%s %s %s %s %s", id, k, path, span, reason))
	f, _ := a.engine.Fleet().Fabric(id)
	a.lay(id, "accept "+k.String(), f.Drafts)
	return noon.Add(48 * time.Hour), a.fail()
}

func (a *fakeActs) AcceptAll(_ context.Context, id core.FabricID, objects []core.Key, span, reason string) (time.Time, error) {
	if slices.Contains(a.refuses, id) {
		return time.Time{}, fmt.Errorf("accept objects of %q: %w", id, errors.New("database is locked"))
	}
	for _, k := range objects {
		a.accepted = append(a.accepted, fmt.Sprintf("%s %s %s %s", id, k, span, reason))
	}
	return noon.Add(48 * time.Hour), a.fail()
}

// References has the tenants' peering, and every attachment, depend on tenant-a.
func (*fakeActs) References(objects []core.Verdict) []Reference {
	all := []Reference{}
	for _, v := range objects {
		to := conflictedVPC().Key
		if v.Key.Kind == "VPCPeering" || v.Key.Kind == "VPCAttachment" {
			all = append(all, Reference{v.Key, to})
		}
		if v.Key == to {
			all = append(all, Reference{to, key(vpcGroup, "IPv4Namespace", "default")})
		}
	}
	return all
}

func (a *fakeActs) Inform(_ context.Context, id core.FabricID) (Info, error) {
	return Info{
		Configuration: "fabrics:\n  - name: " + string(id) + "\n    cluster:\n      verify_ssl: true\n",
		Files:         []string{"/etc/selvage/config.yaml"}, Store: "/var/lib/selvage/selvage.db", StoreSize: 3 << 20, Cache: "/var/cache/selvage",
	}, a.fail()
}

// Overwritten has an edit of each of the fabric's first objects.
func (a *fakeActs) Overwritten(_ context.Context, id core.FabricID) ([]Edit, error) {
	f, _ := a.engine.Fleet().Fabric(id)
	all := []Edit{}
	if f.Report == nil || f.Report.Counts.Total() == f.Report.Counts[core.InSync] {
		return all, a.fail()
	}
	for i, v := range f.Report.Verdicts[:min(len(f.Report.Verdicts), 6)] {
		for _, c := range v.Changes {
			all = append(all, Edit{ID: fmt.Sprintf("overwritten-%d", i), Overwritten: core.Overwritten{
				Key: v.Key, Path: c.Path, Live: c.Live, Now: c.Git, Manager: c.Manager, ManagerTime: c.ManagerTime,
				Appeared: looks(26 * time.Hour), Replaced: looks(time.Hour), ReplacedBy: "argocd-controller" + c.Manager,
			}})
			break
		}
	}
	return all, a.fail()
}

func (a *fakeActs) BringBack(_ context.Context, id core.FabricID, _, edit string) error {
	a.brought = append(a.brought, string(id)+" "+edit)
	return a.fail()
}

func draft(id int64, k core.Key, path core.Path, choice core.Choice, v core.Value) core.DraftStanding {
	return core.DraftStanding{
		Draft: core.Draft{ID: id, Resolution: core.Resolution{
			Key: k, Path: path, Choice: choice, Value: v, By: "alice", At: ago(3 * time.Minute),
		}},
		State: core.DraftOpen,
	}
}

// desk is a fabric in which things were decided: one of each kind.
func desk() core.FabricState {
	f := busy()
	f.Fabric.Mode = core.ModeWrite
	tenant, leaf := conflictedVPC().Key, driftedSwitch().Key
	pending := draft(2, leaf, ".spec.description", core.TakeGit, core.ValueOf("leaf 03 rack B12"))
	pending.State = core.DraftPending
	pending.Keeping = core.Keep(f.Fabric, f.Report.Engine, driftedSwitch(), driftedSwitch().Changes[0])
	void := draft(3, key(vpcGroup, "External", "isp-a"), ".spec.inboundCommunity", core.TakeLive, core.ValueOf("65102:5000"))
	void.State, void.Why, void.By = core.DraftVoid, "git changed it since", "bob"
	edited := draft(4, leaf, `.spec.portBreakouts["E1/55"]`, core.TakeEdited, core.ValueOf("2x50G"))
	edited.From = "an edit of kubectl-edit that was overwritten"
	f.Drafts = []core.DraftStanding{
		draft(1, tenant, ".spec.subnets.web.dhcp.range.end", core.TakeLive, core.ValueOf("10.1.0.250")), pending, void, edited,
	}
	return f
}

// samplePlan is a plan of a fabric's drafts, with one of each kind of line.
func samplePlan(f core.FabricState, asked core.PlanOptions) *core.Plan {
	id, git := f.Fabric.ID, f.Report.Git[0]
	p := &core.Plan{ID: "p413", Fabrics: []core.FabricID{id}, At: ago(2 * time.Second), By: "alice", Asked: asked}
	if z := f.Report.Freeze; z != nil {
		p.Stop = append(p.Stop, fmt.Sprintf("%s: %s", id, z.Sentence(id)))
	}
	c := core.PlannedCommit{URL: git.URL, Branch: git.Branch, Base: git.Revision, Subject: "Resolve " + string(id), Body: "- take live on one field\n"}
	if asked.Message != "" {
		c.Subject = asked.Message
	}
	for _, d := range f.Drafts {
		switch {
		case d.State == core.DraftVoid:
			p.Void = append(p.Void, core.VoidDraft{Fabric: id, Resolution: d.Resolution, Reason: d.Why})
			continue
		case d.Choice == core.TakeGit:
			p.Followed = append(p.Followed, core.PlannedFollow{Fabric: id, Key: d.Key, Path: d.Path, Keeping: d.Keeping})
			continue
		}
		change := core.PlannedChange{Fabric: id, Key: d.Key, Path: d.Path, Op: core.OpChanged, Before: core.ValueOf("10.1.0.240"), After: d.Value, Origin: core.Origin{Path: git.Path + "/all.yaml", Line: 14}}
		c.Changes, p.Drafts = append(c.Changes, change), append(p.Drafts, d.ID)
		c.Files = append(c.Files, core.FileChange{Path: change.Origin.Path})
	}
	if len(c.Changes) > 0 {
		p.Commits = []core.PlannedCommit{c}
	}
	for _, v := range f.Report.Verdicts {
		for _, ch := range v.Changes {
			x := core.Effect{Fabric: id, Key: v.Key, Path: ch.Path, Op: core.EffectUpdate, From: ch.Live, To: ch.Git, Manager: ch.Manager, ManagerTime: ch.ManagerTime}
			switch ch.Verdict {
			case core.FieldDrift:
				x.Op, x.Why = core.EffectUndo, "any commit has it set what git says"
			case core.FieldConflict, core.FieldDiffers:
				continue
			default:
			}
			if len(p.Commits) > 0 && v.State != core.InSync {
				p.Effects = append(p.Effects, x)
			}
			if ch.Verdict == core.FieldPruned {
				p.Lint = append(p.Lint, core.PlannedFinding{Fabric: id, LintFinding: core.LintFinding{Level: core.LintWarning, Rule: "dropped", Message: "the schema drops it: " + string(ch.Path), Key: v.Key, Path: ch.Path}})
				p.Refused = append(p.Refused, core.UpdateError{Fabric: id, Key: v.Key, Err: fmt.Errorf("edit %s: an anchor", ch.Path)})
				p.Conflicts = append(p.Conflicts, core.Dispute{Fabric: id, Key: v.Key, Path: ch.Path, Why: "both changed " + string(ch.Path)})
			}
		}
	}
	return p
}

// sampleRun is a run of a fabric in some phase.
func sampleRun(f core.FabricState, phase core.RunPhase) *core.Run {
	id, git := f.Fabric.ID, f.Report.Git[0]
	r := &core.Run{
		ID: "9c1d0f4e-run", Fabrics: []core.FabricID{id}, Plan: "p413", Phase: phase, Started: ago(41 * time.Second),
		By: "alice", Host: "jump1, pts/3", Attempts: 1,
		Steps: []core.RunStep{
			{Name: "check", Started: ago(41 * time.Second), Ended: ago(40 * time.Second), Detail: "the plan holds"},
			{Name: "publish", Started: ago(40 * time.Second), Ended: ago(39 * time.Second), Detail: "a1b2c3d is on " + git.Branch},
			{Name: "follow", Started: ago(39 * time.Second), Detail: ""},
		},
		Publications: []core.PublicationState{{
			Publication: core.Publication{URL: git.URL, Branch: git.Branch, Commit: "a1b2c3d4e5", Subject: "Resolve " + string(id)},
			Phase:       core.PublicationLanded, Outcome: core.Landed, Says: "remote: thanks, " + git.URL,
		}},
	}
	for _, v := range f.Report.Verdicts {
		if v.State != core.InSync && len(r.Objects) < 5 {
			r.Objects = append(r.Objects, core.RunObject{Fabric: id, Key: v.Key, State: v.State, Reason: v.Reason, Since: v.Since})
		}
	}
	for _, v := range calm(2) {
		r.Objects = append(r.Objects, core.RunObject{Fabric: id, Key: v.Key, State: core.InSync, Since: ago(15 * time.Second)})
	}
	if phase.Over() {
		r.Ended = ago(5 * time.Second)
		r.Steps[2].Ended = ago(5 * time.Second)
	}
	if phase == core.RunRefused {
		r.Err = "plan p413 is void: git has moved on .spec.subnets.web.vlan of VPC/tenant-a (selvage plan makes a new one)"
		r.Steps[2].Err = r.Err
		r.Publications[0].Phase, r.Publications[0].Outcome = core.PublicationDropped, core.RaceLost
	}
	if phase == core.RunWaiting {
		r.Steps[2].Detail, r.Steps[2].Err = "2 of 7 in sync", "live did not follow in time"
		r.Err = "VPC/tenant-a of dc1-prod is conflict (git and live both changed it)"
	}
	if phase == core.RunProposed {
		r.Publications[0].Side, r.Publications[0].Review = "selvage/"+string(id), git.URL+"/pulls/new"
	}
	return r
}

// running is the desk while a run is under way, or after it.
func running(phase core.RunPhase) core.FabricState {
	f := desk()
	f.Run = sampleRun(f, phase)
	return f
}

// proposing is the desk of a fabric that takes proposals only.
func proposing() core.FabricState {
	f := desk()
	f.Fabric.Mode = core.ModePropose
	return f
}

// undecided is a fabric that may be written to, and nothing lies on its desk.
func undecided() core.FabricState {
	f := desk()
	f.Drafts = nil
	return f
}

// unprotected is a fabric that may be written to without a word.
func unprotected() core.FabricState {
	f := desk()
	f.Fabric.Protected = false
	return f
}

// stopped is a desk that cannot be published at present.
func stopped() core.FabricState {
	f := desk()
	f.Report.Freeze = &core.Freeze{Side: "live", Gone: make([]core.Key, 21), Of: 84, Since: ago(4 * time.Minute)}
	return f
}

// settled is a fabric that may be written to and on which everything agrees.
func settled() core.FabricState {
	f := fabric("dc4-prod", 4*time.Second, calm(42)...)
	f.Fabric.Mode = core.ModeWrite
	return f
}

// Tail is a log with one record of each kind.
func (a *fakeActs) Tail(_ context.Context, _ int) (string, []string, error) {
	return "/home/alice/.local/state/selvage/selvage-alice.log" + a.hostileName(), []string{
		`time=2026-11-23T14:01:02Z level=INFO msg=checked fabric=dc1-prod took=1.2s objects=214`,
		`time=2026-11-23T14:01:09Z level=WARN msg="watch ended" fabric=dc3-lab err="dial tcp 10.9.3.10:6443: i/o timeout" again=24s`,
		`time=2026-11-23T14:02:09Z level=ERROR msg="record a check" fabric=dc2-prod err="database or disk is full (13)" what="the check is not in the history; the screen shows it all the same"`,
		"time=2026-11-23T14:02:10Z level=DEBUG msg=\"\x1b]0;a title\x07\"" + a.hostileName(),
	}, a.fail()
}

func fakeSpan(text string) (time.Duration, error) {
	if d, ok := spanOf(text); ok {
		return d, nil
	}
	return 0, errors.New("no duration")
}

package plan_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/changeset"
	"selvage/core/manifest"
	"selvage/core/merge"
	"selvage/core/plan"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

const (
	base = "4f2c9e1000000000000000000000000000000000"
	file = `# tenants of hall 1
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: vpc-1}
spec:
  subnets:
    web:
      subnet: 10.0.1.0/24
      vlan: 1001 # asked for in CHG-7
`
)

var (
	place = plan.Place{URL: "https://git.example.net/net/fabrics.git", Branch: "main", Path: "dc1", Way: core.ToBranch}
	vpc1  = core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "vpc-1"}
)

// fabric is one of which Git is read from files, with an engine that applies new
// commits by itself and does not heal.
func fabric(t *testing.T, id core.FabricID, p plan.Place, files map[string]string) plan.Fabric {
	t.Helper()
	reading := core.Reading{Source: "git", URL: p.URL, Branch: p.Branch, Path: p.Path, Revision: base, Access: core.AccessOK, ReadAt: now}
	git := core.NewSnapshot(reading)
	for name, text := range files {
		docs, err := manifest.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			d.Object.Key.Namespace = "default"
			d.Object.Origin = core.Origin{Path: name, Line: d.Line}
			git.Add(d.Object)
		}
	}
	git.CoverAll()
	engine := &core.Engine{
		Type: core.ArgoCD, App: string(id), Access: core.AccessOK, Auto: true, Prune: true,
		Sources: []core.EngineSource{{URL: p.URL, Path: p.Path, Applied: base}},
	}
	return plan.Fabric{
		Places: []plan.Place{p}, Git: git,
		State: core.FabricState{
			Fabric: core.Fabric{ID: id, Namespace: "default", Mode: core.ModeWrite, Limits: core.Limits{Count: 5, Percent: 20}},
			Report: &core.Report{Git: []core.Reading{reading}, Live: core.Reading{Access: core.AccessOK, ReadAt: now}, Engine: engine},
		},
	}
}

// decide lays a decision on an object down as a draft.
func decide(t *testing.T, f *plan.Fabric, k core.Key, live core.Value, path core.Path, choice core.Choice) {
	t.Helper()
	s := merge.Subject{Sides: merge.Sides{Git: core.Content{Read: true}, Live: core.Content{Read: true, Value: live}}}
	s.Verdict.Key, s.Verdict.Version = k, "v1beta1"
	if o := f.Git.Side(k).Object; o != nil {
		s.Sides.Git.Value = core.ValueOf(o.Fields)
		s.Sides.Base = s.Sides.Git.Value
	}
	r, err := s.Sides.Decide(path, choice, core.Value{})
	if err != nil {
		t.Fatal(err)
	}
	r.Key, r.By, r.At = k, "ada", now
	f.Subjects = append(f.Subjects, s)
	f.Drafts = append(f.Drafts, core.Draft{ID: int64(len(f.Drafts) + 1), Fabric: f.State.Fabric.ID, Resolution: r})
}

func spec(vlan int64) core.Value {
	return core.ValueOf(map[string]any{"spec": map[string]any{"subnets": map[string]any{"web": map[string]any{"subnet": "10.0.1.0/24", "vlan": vlan}}}})
}

func input(files map[string]string, fabrics ...plan.Fabric) plan.Input {
	return plan.Input{
		Fabrics: fabrics, By: "ada", Now: now,
		Files: func(_ context.Context, _ plan.Place, commit string, paths []string) (map[string]core.File, error) {
			have := map[string]core.File{}
			for _, p := range paths {
				if text, ok := files[p]; ok && commit == base {
					have[p] = core.File{ID: "blob of " + p, Content: []byte(text)}
				}
			}
			return have, nil
		},
	}
}

func mustMake(t *testing.T, in plan.Input) *core.Plan {
	t.Helper()
	p, err := plan.Make(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Refused)+len(p.Void)+len(p.Conflicts)+len(p.Stop) > 0 {
		t.Fatalf("refused %v, void %v, conflicts %v, stop %q", p.Refused, p.Void, p.Conflicts, p.Stop)
	}
	return p
}

// TestADecidedFieldIsAllThatChangesInItsFile, and the comment beside it stays.
func TestADecidedFieldIsAllThatChangesInItsFile(t *testing.T) {
	files := map[string]string{"dc1/vpc-1.yaml": file}
	f := fabric(t, "dc1", place, files)
	decide(t, &f, vpc1, spec(1005), ".spec.subnets.web.vlan", core.TakeLive)
	p := mustMake(t, input(files, f))
	if len(p.Commits) != 1 || len(p.Commits[0].Files) != 1 || !slices.Equal(p.Drafts, []int64{1}) {
		t.Fatalf("plan %+v", p)
	}
	c := p.Commits[0]
	if got, want := string(c.Files[0].After), strings.Replace(file, "1001", "1005", 1); got != want || c.Files[0].Before != "blob of dc1/vpc-1.yaml" {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if c.Base != base || c.Subject != "dc1: VPC/vpc-1 .spec.subnets.web.vlan" || len(c.Changes) != 1 || c.Changes[0].By != "ada" {
		t.Errorf("commit %+v", c)
	}
}

// TestTicketIsInTheCommit as a trailer, unless the template has a place for it.
func TestTicketIsInTheCommit(t *testing.T) {
	for template, want := range map[string][2]string{
		"":                     {"dc1: VPC/vpc-1 .spec.subnets.web.vlan", "\n\nTicket: CHG-1"},
		"[{ticket}] {summary}": {"[CHG-1] dc1: VPC/vpc-1 .spec.subnets.web.vlan", ""},
	} {
		files, at := map[string]string{"dc1/vpc-1.yaml": file}, place
		at.Message = template
		f := fabric(t, "dc1", at, files)
		decide(t, &f, vpc1, spec(1005), ".spec.subnets.web.vlan", core.TakeLive)
		in := input(files, f)
		in.Asked.Ticket = "CHG-1"
		c := mustMake(t, in).Commits[0]
		if c.Subject != want[0] || strings.HasSuffix(c.Body, "\n\nTicket: CHG-1") != (want[1] != "") {
			t.Errorf("%q: the message is %q\n%s", template, c.Subject, c.Body)
		}
		message := changeset.Message(core.Publication{Subject: c.Subject, Body: c.Body, SyncID: "9c1d", Fabrics: []core.FabricID{"dc1"}}, false)
		if want := "\n\nTicket: CHG-1\nSync-Id: 9c1d\nFabric: dc1\n"; template == "" && !strings.HasSuffix(message, want) {
			t.Errorf("the commit says\n%s\nwant at its end%s", message, want)
		}
	}
}

func TestAdoptedObjectGoesWhereItsKindLives(t *testing.T) {
	vpc9 := vpc1
	vpc9.Name = "vpc-9"
	second := strings.Replace(file, "vpc-1", "vpc-2", 1)
	for _, tt := range []struct {
		name, want string
		files      map[string]string
	}{
		{"files of their own", "dc1/vpcs/vpc-9.yaml", map[string]string{"dc1/vpcs/vpc-1.yaml": file, "dc1/vpcs/vpc-2.yaml": second}},
		{"one file for all", "dc1/all.yaml", map[string]string{"dc1/all.yaml": file + "---\n" + second}},
		{"none of its kind", "dc1/vpcs/vpc-9.yaml", map[string]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := fabric(t, "dc1", place, tt.files)
			decide(t, &f, vpc9, spec(1009), core.Root, core.TakeLive)
			p := mustMake(t, input(tt.files, f))
			c := p.Commits[0].Files[0]
			if c.Path != tt.want || !strings.HasPrefix(string(c.After), tt.files[tt.want]) || !strings.Contains(string(c.After), "name: vpc-9") {
				t.Errorf("%s:\n%s", c.Path, c.After)
			}
			if p.Commits[0].Subject != "dc1: adopt VPC/vpc-9" {
				t.Errorf("subject %q", p.Commits[0].Subject)
			}
		})
	}
}

// TestBodyNamesWholeObjects: one that is set, one that comes to Git, and one that a
// revert brings back to it.
func TestBodyNamesWholeObjects(t *testing.T) {
	files := map[string]string{"dc1/vpc-1.yaml": file}
	vpc9 := vpc1
	vpc9.Name = "vpc-9"
	f := fabric(t, "dc1", place, files)
	decide(t, &f, vpc1, spec(1005), core.Root, core.TakeLive)
	decide(t, &f, vpc9, spec(1009), core.Root, core.TakeLive)
	in := input(files, f)
	if got, want := mustMake(t, in).Commits[0].Body, "- dc1: set VPC/vpc-1 as a whole\n- dc1: adopt VPC/vpc-9"; got != want {
		t.Errorf("the body is\n%s\nwant\n%s", got, want)
	}
	in.Reverted = []core.PublicationState{{Publication: core.Publication{URL: place.URL, Branch: place.Branch, Subject: "dc1: remove VPC/vpc-9", Commit: base, SyncID: "9c1d"}}}
	if got, want := mustMake(t, in).Commits[0].Body, "\n\n- dc1: set VPC/vpc-1 as a whole\n- dc1: put back VPC/vpc-9"; !strings.HasSuffix(got, want) {
		t.Errorf("the body of the revert is\n%s\nwant at its end%s", got, want)
	}
}

// TestAdoptedObjectGetsAFreeName where its own is taken, in a directory with dots
// in its name too.
func TestAdoptedObjectGetsAFreeName(t *testing.T) {
	there := place
	there.Path = "sites/v1.2/dc1"
	named := func(name string) string { return strings.Replace(file, "vpc-1}", name+"}", 1) }
	vpc9 := vpc1
	vpc9.Name = "vpc-9.a"
	files := map[string]string{
		"sites/v1.2/dc1/vpcs/vpc-1.yaml":     file,
		"sites/v1.2/dc1/vpcs/vpc-9.a.yaml":   named("vpc-2"),
		"sites/v1.2/dc1/vpcs/vpc-9.a-1.yaml": named("vpc-3"),
	}
	f := fabric(t, "dc1", there, files)
	decide(t, &f, vpc9, spec(1009), core.Root, core.TakeLive)
	p := mustMake(t, input(files, f))
	if got, want := p.Commits[0].Files[0].Path, "sites/v1.2/dc1/vpcs/vpc-9.a-2.yaml"; got != want {
		t.Errorf("adopted into %s, want %s", got, want)
	}
}

// tenants is a second repository of a fabric, which it reads whole, as it does the
// first.
const (
	tenants     = "https://git.example.net/net/tenants.git"
	tenantsBase = "77aa01c000000000000000000000000000000000"
)

// twice is a fabric that reads two repositories whole, given the files of each. An
// object that both hold it has from the second.
func twice(t *testing.T, fabrics, other map[string]string) (plan.Fabric, func(...plan.Fabric) plan.Input) {
	t.Helper()
	a, b := place, place
	a.Path, b.Path, b.URL = ".", ".", tenants
	f := fabric(t, "dc1", a, fabrics)
	second := fabric(t, "dc1", b, other)
	f.Places = append(f.Places, b)
	second.Git.Readings[0].Revision = tenantsBase
	f.Git.Readings = append(f.Git.Readings, second.Git.Readings...)
	for o := range second.Git.Objects() {
		f.Git.Add(o)
	}
	return f, func(all ...plan.Fabric) plan.Input {
		in := input(fabrics, all...)
		first := in.Files
		in.Files = func(ctx context.Context, at plan.Place, commit string, paths []string) (map[string]core.File, error) {
			if at.URL != tenants {
				return first(ctx, at, commit, paths)
			}
			if commit != tenantsBase {
				return nil, nil
			}
			return input(other).Files(ctx, at, base, paths)
		}
		return in
	}
}

// TestObjectIsCommittedToTheRepositoryItWasReadFrom, though another one has a file
// of that name, and both are committed to.
func TestObjectIsCommittedToTheRepositoryItWasReadFrom(t *testing.T) {
	vpc7 := vpc1
	vpc7.Name = "vpc-7"
	seventh := strings.Replace(file, "vpc-1", "vpc-7", 1)
	f, in := twice(t, map[string]string{"vpc.yaml": seventh}, map[string]string{"vpc.yaml": file})
	decide(t, &f, vpc1, spec(1005), ".spec.subnets.web.vlan", core.TakeLive)
	p := mustMake(t, in(f))
	if len(p.Commits) != 1 || p.Commits[0].URL != tenants || p.Commits[0].Base != tenantsBase {
		t.Fatalf("commits %+v", p.Commits)
	}
	decide(t, &f, vpc7, spec(1007), ".spec.subnets.web.vlan", core.TakeLive)
	p = mustMake(t, in(f))
	want := map[string]string{place.URL: strings.Replace(seventh, "1001", "1007", 1), tenants: strings.Replace(file, "1001", "1005", 1)}
	got := map[string]string{}
	for _, c := range p.Commits {
		for _, x := range c.Files {
			got[c.URL] += string(x.After)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestObjectThatTwoRepositoriesMayHoldIsRefused with the names of both.
func TestObjectThatTwoRepositoriesMayHoldIsRefused(t *testing.T) {
	for why, other := range map[string]string{"take it out": file, "check the fabric again": "# moved away\n"} {
		read := map[string]string{"vpc.yaml": file}
		f, in := twice(t, map[string]string{"vpc.yaml": other}, read)
		read["vpc.yaml"] = other
		decide(t, &f, vpc1, spec(1005), ".spec.subnets.web.vlan", core.TakeLive)
		p, err := plan.Make(t.Context(), in(f))
		if err != nil || len(p.Commits) > 0 || len(p.Drafts) > 0 || len(p.Refused) != 1 {
			t.Fatalf("%s: %v, plan %+v", why, err, p)
		}
		for _, part := range []string{place.URL, tenants, "vpc.yaml", why} {
			if got := p.Refused[0].Err.Error(); !strings.Contains(got, part) {
				t.Errorf("refused with %q, without %q", got, part)
			}
		}
	}
}

// TestAdoptedObjectGoesToTheRepositoryOfItsKind, and not to a file of that name in
// the other one.
func TestAdoptedObjectGoesToTheRepositoryOfItsKind(t *testing.T) {
	vpc9 := vpc1
	vpc9.Name = "vpc-9"
	vpcs := file + "---\n" + strings.Replace(file, "vpc-1", "vpc-2", 1)
	wires := "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata: {name: leaf-1}\nspec: {role: server-leaf}\n"
	for want, has := range map[string][2]string{place.URL: {vpcs, wires}, tenants: {wires, vpcs}} {
		f, in := twice(t, map[string]string{"all.yaml": has[0]}, map[string]string{"all.yaml": has[1]})
		decide(t, &f, vpc9, spec(1009), core.Root, core.TakeLive)
		p := mustMake(t, in(f))
		if len(p.Commits) != 1 || p.Commits[0].URL != want {
			t.Fatalf("commits %+v, want one to %s", p.Commits, want)
		}
		if c := p.Commits[0].Files[0]; c.Path != "all.yaml" || !strings.HasPrefix(string(c.After), vpcs) || !strings.Contains(string(c.After), "vpc-9") {
			t.Errorf("%s:\n%s", c.Path, c.After)
		}
	}
}

// TestAdoptedObjectGoesToAFileOfItsRepository where both have its kind.
func TestAdoptedObjectGoesToAFileOfItsRepository(t *testing.T) {
	vpc9 := vpc1
	vpc9.Name = "vpc-9"
	named := func(a, b string) string {
		return strings.Replace(file, "vpc-1", a, 1) + "---\n" + strings.Replace(file, "vpc-1", b, 1)
	}
	files := map[string]map[string]string{
		place.URL: {"all.yaml": named("vpc-1", "vpc-2")},
		tenants:   {"more.yaml": named("vpc-3", "vpc-4")},
	}
	f, in := twice(t, files[place.URL], files[tenants])
	decide(t, &f, vpc9, spec(1009), core.Root, core.TakeLive)
	c := mustMake(t, in(f)).Commits[0]
	if have, ok := files[c.URL][c.Files[0].Path]; !ok || !strings.HasPrefix(string(c.Files[0].After), have) {
		t.Errorf("%s of %s:\n%s", c.Files[0].Path, c.URL, c.Files[0].After)
	}
}

func TestRemovedObjectTakesItsFileAlong(t *testing.T) {
	files := map[string]string{"dc1/vpc-1.yaml": strings.TrimPrefix(file, "# tenants of hall 1\n")}
	f := fabric(t, "dc1", place, files)
	decide(t, &f, vpc1, core.Value{}, core.Root, core.TakeLive)
	p := mustMake(t, input(files, f))
	if c := p.Commits[0].Files[0]; c.After != nil || p.Deletes() != 1 {
		t.Errorf("%s is left: %q; %d deletes", c.Path, c.After, p.Deletes())
	}
}

// TestLiveEditsThatACommitUndoesAreTold, in the sibling fabric too, by name and
// manager.
func TestLiveEditsThatACommitUndoesAreTold(t *testing.T) {
	files := map[string]string{"dc1/vpc-1.yaml": file, "dc2/vpc-1.yaml": file}
	f := fabric(t, "dc1", place, map[string]string{"dc1/vpc-1.yaml": file})
	decide(t, &f, vpc1, spec(1005), ".spec.subnets.web.vlan", core.TakeLive)
	there := place
	there.URL, there.Path = "git@git.example.net:net/fabrics", "dc2"
	sibling := fabric(t, "dc2", there, map[string]string{"dc2/vpc-1.yaml": file})
	sibling.State.Report.Verdicts = []core.Verdict{{Key: vpc1, State: core.Drifted, Changes: []core.Change{{
		Path: ".spec.subnets.web.vlan", Op: core.OpChanged, Verdict: core.FieldDrift, Manager: "kubectl-edit", ManagerTime: now.Add(-time.Hour),
		Base: core.ValueOf(int64(1001)), Git: core.ValueOf(int64(1001)), Live: core.ValueOf(int64(1012)),
	}}}}
	undone := func() []core.Effect { return mustMake(t, input(files, f, sibling)).Undoes() }
	if got := undone(); len(got) != 1 || got[0].Fabric != "dc2" || got[0].Manager != "kubectl-edit" || got[0].Key != vpc1 {
		t.Fatalf("undoes %+v", got)
	}
	sibling.State.Report.Engine.Auto = false
	if got := undone(); len(got) != 0 {
		t.Errorf("an engine that waits for a person undoes %+v", got)
	}
	sibling.State.Report.Engine.Auto = true
	sibling.Places[0].Branch = "prod"
	if got := undone(); len(got) != 0 {
		t.Errorf("a commit on another branch undoes %+v", got)
	}
}

// TestWhatGitSaysAlreadyIsToldWhole: each field that a run has put there, whoever had
// moved before, and that the engine has refused it.
func TestWhatGitSaysAlreadyIsToldWhole(t *testing.T) {
	files := map[string]string{"dc1/vpc-1.yaml": file, "dc1/vpc-2.yaml": file}
	f := fabric(t, "dc1", place, files)
	decide(t, &f, vpc1, spec(1005), ".spec.subnets.web.vlan", core.TakeLive)
	number := func(n int64) core.Value { return core.ValueOf(n) }
	other := core.Key{Group: vpc1.Group, Kind: "VPC", Namespace: "default", Name: "vpc-2"}
	f.State.Report.Verdicts = []core.Verdict{{
		Key: other, State: core.Stuck, Reason: "argocd refused it: VLAN 1004 is taken",
		Changes: []core.Change{
			{Path: ".spec.a", Verdict: core.FieldGitAhead, Base: number(1), Git: number(2), Live: number(1)},
			{Path: ".spec.b", Verdict: core.FieldConflict, Base: number(1), Git: number(3), Live: number(2)},
		},
	}}
	f.State.Drafts = []core.DraftStanding{{
		Draft: core.Draft{Fabric: "dc1", Resolution: core.Resolution{Key: other, Path: ".spec.b", Choice: core.TakeEdited, Value: number(3), GitDigest: number(1).Digest(), LiveDigest: number(2).Digest()}},
		State: core.DraftPending,
	}}
	for name, engine := range map[string]*core.Engine{"an engine": f.State.Report.Engine, "no engine": {Access: core.AccessOK}} {
		f.State.Report.Engine = engine
		told := map[core.Path]string{}
		for _, e := range mustMake(t, input(files, f)).Effects {
			if e.Key == other {
				told[e.Path] = string(e.Op) + ": " + e.Why
			}
		}
		for _, path := range []core.Path{".spec.a", ".spec.b"} {
			if !strings.HasPrefix(told[path], "update: in git already; argocd refused it: VLAN 1004 is taken") {
				t.Errorf("with %s, %s is told as %q", name, path, told[path])
			}
		}
	}
}

func TestPlanStopsWhereNothingMayBePublished(t *testing.T) {
	files := map[string]string{"dc1/vpc-1.yaml": file}
	for want, change := range map[string]func(*plan.Fabric){
		"mode is read":        func(f *plan.Fabric) { f.State.Fabric.Mode = core.ModeRead },
		"live is unreachable": func(f *plan.Fabric) { f.State.Report.Live.Access = core.AccessUnreachable },
		"was rewritten":       func(f *plan.Fabric) { f.State.Report.Rewrites = []core.Rewrite{{Branch: "main", From: base}} },
	} {
		f := fabric(t, "dc1", place, files)
		decide(t, &f, vpc1, spec(1005), ".spec.subnets.web.vlan", core.TakeLive)
		change(&f)
		p, err := plan.Make(t.Context(), input(files, f))
		if err != nil || len(p.Stop) != 1 || !strings.Contains(p.Stop[0], want) {
			t.Errorf("%s: %v, stop %q", want, err, p.Stop)
		}
	}
}

func TestVoidPlanSaysWhatMoved(t *testing.T) {
	files := map[string]string{"dc1/vpc-1.yaml": file}
	f := fabric(t, "dc1", place, files)
	decide(t, &f, vpc1, spec(1005), ".spec.subnets.web.vlan", core.TakeLive)
	then := mustMake(t, input(files, f))
	if why := plan.Void(then, mustMake(t, input(files, f))); why != "" {
		t.Errorf("void though nothing moved: %s", why)
	}
	moved := fabric(t, "dc1", place, map[string]string{"dc1/vpc-1.yaml": strings.Replace(file, "1001", "1007", 1)})
	moved.Drafts, moved.Subjects = f.Drafts, slices.Clone(f.Subjects)
	moved.Subjects[0].Sides.Git.Value = spec(1007)
	now, err := plan.Make(t.Context(), input(files, moved))
	if err != nil {
		t.Fatal(err)
	}
	if why := plan.Void(then, now); !strings.Contains(why, "no longer stands") {
		t.Errorf("void = %q", why)
	}
}

// TestPlanTellsWhatLintWouldSayOfIt, and not what it says already.
func TestPlanTellsWhatLintWouldSayOfIt(t *testing.T) {
	files := map[string]string{
		"dc1/vpc-1.yaml": file,
		"dc1/vpc-2.yaml": strings.NewReplacer("vpc-1", "vpc-2", "10.0.1.", "10.0.2.", "vlan: 1001", "vlan: 9999").Replace(file),
	}
	f := fabric(t, "dc1", place, files)
	decide(t, &f, vpc1, spec(7777), ".spec.subnets.web.vlan", core.TakeLive)
	p := mustMake(t, input(files, f))
	found := plan.Lint(p, "dc1", f.Git)
	if len(found) != 1 || found[0].Key != vpc1 || !strings.Contains(found[0].Message, "7777") || found[0].Fabric != "dc1" {
		t.Errorf("lint %+v", found)
	}
	if found := plan.Lint(p, "dc2", f.Git); len(found) > 0 {
		t.Errorf("a fabric that the plan does not touch: %+v", found)
	}
}

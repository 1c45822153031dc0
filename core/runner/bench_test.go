package runner_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/dump"
	"selvage/core/loop"
	"selvage/core/plan"
	"selvage/core/repo"
	"selvage/core/runner"
	"selvage/store"
)

// site is what a process is opened on: a store, and fabrics of which Git is on a
// server and live is a folder of YAML. It is what another process can be told.
type site struct {
	State   string // the store's folder
	Me      string // the process
	Lease   time.Duration
	Fabrics []fabric
}

// fabric is one that is kept in a directory of a repository.
type fabric struct {
	ID        core.FabricID
	URL       string
	Path      string
	Way       core.Way
	Dump      string // the folder that stands for its cluster
	Mode      core.Mode
	Protected bool
	Timeout   time.Duration
	Every     time.Duration // between two checks, for a process that runs
	Policy    []core.PolicyRule
	Retries   int
	Backoff   time.Duration

	engine *engine // nil where nothing is known to apply Git
}

type books = runner.Books

// process is a whole program but for its screens and commands.
type process struct {
	site   site
	store  *store.Store
	loop   *loop.Loop
	runner *runner.Runner
	doors  []core.Publisher // of the fabrics
}

// wraps are what stands between a runner and what it works with; nil for nothing.
type wraps struct {
	books     func(books) books
	publisher func(core.Publisher) core.Publisher
	config    func(*runner.Config)
}

// open plugs a process together.
func open(ctx context.Context, s site, w wraps) (*process, error) {
	kept, err := store.Open(ctx, store.Config{Dir: s.State, Now: time.Now})
	if err != nil {
		return nil, err
	}
	p := &process{site: s, store: kept}
	pool := repo.NewPool(repo.Config{Now: time.Now, Timeout: 5 * time.Second})
	log := slog.New(slog.DiscardHandler)
	lc := loop.Config{History: kept, Now: time.Now, Jitter: func(d time.Duration) time.Duration { return d }, Log: log}
	rc := runner.Config{
		Books:  kept,
		Holder: core.Holder{ID: s.Me, User: s.Me, Host: "jump-1", PID: os.Getpid(), Time: s.Lease},
		NewID:  func() string { return fmt.Sprintf("%s-%016x", s.Me, rand.Uint64()) },
		Now:    time.Now, Pace: 10 * time.Millisecond, Log: log,
		Backoff: core.Backoff{First: 50 * time.Millisecond, Max: 2 * time.Second, Random: rand.Float64},
	}
	lc.Company, lc.Holder = kept, rc.Holder
	if w.books != nil {
		rc.Books = w.books(kept)
	}
	for _, f := range s.Fabrics {
		l := repo.Location{URL: f.URL, Branch: "main", Path: f.Path}
		cluster := dump.New(dump.Config{Path: f.Dump, ClusterName: string(f.ID), Namespace: "default", Now: time.Now})
		u := loop.Unit{Fabric: f.core(), Git: pool.Source([]repo.Location{l}), Live: cluster}
		if f.engine != nil {
			u.Engine, u.Asker = f.engine, f.engine
		}
		lc.Units = append(lc.Units, u)
		door := core.Publisher(pool.Publisher(l, repo.Authorship{Name: "Net Ops", Email: "ops@example.net"}))
		if w.publisher != nil {
			door = w.publisher(door)
		}
		p.doors = append(p.doors, door)
		rc.Fabrics = append(rc.Fabrics, runner.Fabric{ID: f.ID, Auto: len(f.Policy) > 0, Retries: f.Retries, Backoff: f.Backoff, Places: []runner.Place{{
			Place: plan.Place{URL: l.URL, Branch: l.Branch, Path: l.Path, Way: f.Way}, Publisher: door,
		}}})
	}
	p.loop = loop.New(lc)
	rc.World, rc.Board, rc.Events = p.loop, p.loop, p.loop.Subscribe().Next
	if w.config != nil {
		w.config(&rc)
	}
	p.runner = runner.New(rc)
	return p, p.loop.Restore(ctx)
}

func (f fabric) core() core.Fabric {
	return core.Fabric{
		ID: f.ID, Cluster: string(f.ID), Namespace: "default", Mode: f.Mode, Protected: f.Protected, Timeout: f.Timeout,
		Limits: core.Limits{Count: 5, Percent: 20}, StaleAfter: 3 * time.Minute, PendingLimit: 15 * time.Minute,
		CheckEvery: f.Every, Policy: f.Policy,
	}
}

// bench is a site with all that stands around it.
type bench struct {
	t testing.TB
	site
	remotes map[string]*remote // by the URLs of their repositories
}

// one is a bench of one fabric in one repository, over HTTP, with an engine that
// applies what the test has it apply.
func one(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, remotes: map[string]*remote{}, site: site{State: t.TempDir(), Me: "ada", Lease: time.Second}}
	r := serve(t, map[string]string{"dc1/vpc-1.yaml": vpc1, "dc1/vpc-2.yaml": vpc("vpc-2", 2002), "run.sh": "x\n"})
	b.add(r, fabric{ID: "dc1", Path: "dc1"})
	return b
}

// add puts one more fabric on the bench, whose live side is as Git has it.
func (b *bench) add(r *remote, f fabric) {
	b.t.Helper()
	f.URL, f.Dump = r.url, b.t.TempDir()
	if f.Way == "" {
		f.Way = core.ToBranch
	}
	if f.Mode == "" {
		f.Mode = core.ModeWrite
	}
	if f.Timeout == 0 {
		f.Timeout = time.Minute
	}
	b.remotes[r.url] = r
	f.engine = &engine{f: f}
	b.Fabrics = append(b.Fabrics, f)
	b.apply(f.ID)
}

func (b *bench) fabric(id core.FabricID) *fabric {
	return &b.Fabrics[slices.IndexFunc(b.Fabrics, func(f fabric) bool { return f.ID == id })]
}

// remote is the server of a fabric's repository, without a name that of the
// first one.
func (b *bench) remote(id ...core.FabricID) *remote {
	return b.remotes[b.fabric(append(id, b.Fabrics[0].ID)[0]).URL]
}

// apply is what an engine does: it makes live what the branch says.
func (b *bench) apply(id core.FabricID) {
	b.t.Helper()
	f := b.fabric(id)
	r := b.remote(id)
	commit := r.tip("main")
	kept := map[string]bool{}
	for name := range strings.Lines(r.git("ls-tree", "-r", "--name-only", commit, f.Path+"/")) {
		name = strings.TrimSpace(name)
		kept[filepath.Base(name)] = true
		b.live(id, filepath.Base(name), r.file(commit, name))
	}
	for _, old := range entries(b.t, f.Dump) { // at last: whoever reads meanwhile sees nothing vanish that stays
		if !kept[old] {
			b.live(id, old, "")
		}
	}
	if f.engine != nil {
		f.engine.applied(commit)
	}
}

// live makes one file of a fabric's cluster say something; "" removes it.
func (b *bench) live(id core.FabricID, name, text string) {
	b.t.Helper()
	file := filepath.Join(b.fabric(id).Dump, name)
	// A dump that is half written is an unreadable one.
	if err := os.WriteFile(file+"~", []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	err := os.Rename(file+"~", file)
	if text == "" {
		err = errors.Join(err, os.Remove(file))
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// edit changes live past Git.
func (b *bench) edit(id core.FabricID, name, old, new string) {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.fabric(id).Dump, name))
	if err != nil {
		b.t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		b.t.Fatalf("%s does not say %q:\n%s", name, old, data)
	}
	b.live(id, name, strings.ReplaceAll(string(data), old, new))
}

// open opens a process on the bench that has read both sides.
func (b *bench) open(change ...func(*site, *wraps)) *process {
	b.t.Helper()
	p := b.begin(change...)
	for _, f := range p.site.Fabrics {
		p.check(b.t, f.ID)
	}
	return p
}

// begin opens a process on the bench that has read nothing yet.
func (b *bench) begin(change ...func(*site, *wraps)) *process {
	b.t.Helper()
	s, w := b.site, wraps{}
	for _, f := range change {
		f(&s, &w)
	}
	p, err := open(b.t.Context(), s, w)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := p.store.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return p
}

// check checks a fabric and waits for what Git's history and the engine say.
func (p *process) check(t testing.TB, id core.FabricID) core.FabricState {
	t.Helper()
	if err := errors.Join(p.loop.Check(t.Context(), id), p.loop.Settle(t.Context(), id)); err != nil {
		t.Fatal(err)
	}
	f, _ := p.loop.Fleet().Fabric(id)
	if f.Err != nil || f.Report.Unread() {
		t.Fatalf("%s could not be checked: %v, %+v", id, f.Err, f.Problems(time.Now()))
	}
	return f
}

// state is that of one object, as of the last check.
func (p *process) state(id core.FabricID, k core.Key) core.State {
	f, _ := p.loop.Fleet().Fabric(id)
	for _, v := range f.Report.Verdicts {
		if v.Key == k {
			return v.State
		}
	}
	return core.InSync
}

func (p *process) decide(t testing.TB, id core.FabricID, all ...core.Decision) []core.Draft {
	t.Helper()
	drafts, err := p.runner.Decide(t.Context(), id, p.site.Me, all...)
	if err != nil {
		t.Fatal(err)
	}
	p.runner.Shown()
	return drafts
}

// plan makes a plan that nothing stands against.
func (p *process) plan(t testing.TB, ids ...core.FabricID) *core.Plan {
	t.Helper()
	made, err := p.runner.Plan(t.Context(), p.site.Me, core.PlanOptions{}, ids...)
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Stop)+len(made.Void)+len(made.Refused) > 0 {
		t.Fatalf("stop %q, void %+v, refused %+v", made.Stop, made.Void, made.Refused)
	}
	return made
}

func (p *process) order() core.RunOrder {
	return core.RunOrder{By: p.site.Me, Host: p.site.Me + "@jump-1"}
}

// quick is an order for which nobody waits.
func (p *process) quick() core.RunOrder {
	o := p.order()
	o.NoWait = true
	return o
}

// sync carries a plan out, and fails unless the run ends in the phase.
func (p *process) sync(t testing.TB, made *core.Plan, o core.RunOrder, want core.RunPhase) *core.Run {
	t.Helper()
	run, err := p.runner.Sync(t.Context(), made, o)
	if err != nil {
		t.Fatal(err)
	}
	if run.Phase != want {
		t.Fatalf("run %s is %s (%s), want %s; steps %+v", run.ID, run.Phase, run.Err, want, run.Steps)
	}
	return run
}

// publish decides, plans and publishes without waiting for live.
func (p *process) publish(t testing.TB, id core.FabricID, all ...core.Decision) *core.Run {
	t.Helper()
	p.decide(t, id, all...)
	return p.sync(t, p.plan(t, id), p.quick(), core.RunPublished)
}

// kept is the run as the books have it.
func (p *process) kept(t testing.TB, id string) *core.Run {
	t.Helper()
	run, err := p.store.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// desk is what lies on the desk of a fabric, a place each.
func (p *process) desk(t testing.TB, id core.FabricID) []string {
	t.Helper()
	drafts, err := p.store.Drafts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, d := range drafts {
		all = append(all, d.Key.Name+" "+string(d.Path))
	}
	return all
}

func (p *process) wantDesk(t testing.TB, id core.FabricID, want ...string) {
	t.Helper()
	if got := p.desk(t, id); !slices.Equal(got, want) {
		t.Errorf("on the desk of %s lie %q, want %q", id, got, want)
	}
}

const vpc1 = `# tenants of hall 1
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: vpc-1}
spec:
  mode:   l2vni # not yet l3
  subnets:
    web:
      subnet: 10.0.1.0/24
      vlan: 1001 # asked for in CHG-7
`

func vpc(name string, vlan int) string {
	return fmt.Sprintf("apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n  name: %s\nspec:\n  subnets:\n    web:\n      subnet: 10.0.2.0/24\n      vlan: %d\n", name, vlan)
}

func key(name string) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: name}
}

const (
	vlan = core.Path(".spec.subnets.web.vlan")
	mode = core.Path(".spec.mode")
)

// take is the decision for a side at a path of a VPC.
func take(choice core.Choice, name string, at core.Path) core.Decision {
	return core.Decision{Key: key(name), Path: at, Choice: choice}
}

// set is the decision for a value of one's own.
func set(name string, at core.Path, v any) core.Decision {
	return core.Decision{Key: key(name), Path: at, Choice: core.TakeEdited, Value: core.ValueOf(v), From: "editor"}
}

package runner_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"selvage/core"
)

var (
	full = flag.Bool("full", false, "kill 500 processes at random, and not 30")
	seed = flag.Uint64("seed", 1, "what chance begins from")
)

// childEnv makes the test binary be a program that publishes one decision, as its
// value tells, instead of running tests.
const childEnv = "SELVAGE_RUNNER_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := publishOne(context.Background(), text); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// errand is what a child is to do.
type errand struct {
	Site  site
	Value int64 // of the VLAN
	Kill  int64 // the boundary at which it kills itself; 0 for none
}

// publishOne does as an errand says, from the beginning to the end: unless
// something lies on the desk already, it decides, and publishes what lies there.
// It tells when it begins, and then how many boundaries it has passed.
func publishOne(ctx context.Context, text string) error {
	var e errand
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return err
	}
	k := &killer{at: e.Kill}
	p, err := open(ctx, e.Site, wraps{
		books:     func(b books) books { return &mortalBooks{b, k} },
		publisher: func(p core.Publisher) core.Publisher { return &mortalPublisher{p, k} },
	})
	if err != nil {
		return err
	}
	fmt.Println("begin")
	if err := errors.Join(p.runner.Settle(ctx, "dc1"), p.loop.Check(ctx, "dc1")); err != nil {
		return err
	}
	if drafts, err := p.store.Drafts(ctx, "dc1"); err != nil || len(drafts) == 0 {
		if _, err := p.runner.Decide(ctx, "dc1", e.Site.Me, set("vpc-1", vlan, e.Value)); err != nil {
			return err
		}
	}
	made, err := p.runner.Plan(ctx, e.Site.Me, core.PlanOptions{}, "dc1")
	if err != nil {
		return err
	}
	run, err := p.runner.Sync(ctx, made, p.quick())
	if err != nil || run.Phase != core.RunPublished {
		return fmt.Errorf("%w, %+v", err, run)
	}
	fmt.Println(k.passed.Load())
	return p.store.Close()
}

// killer ends its process at one of the boundaries that it passes, as the kernel
// does it: nothing more is written or sent.
type killer struct {
	at     int64
	passed atomic.Int64
}

func (k *killer) pass() {
	if k.passed.Add(1) == k.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// mortalBooks have a boundary before and after each thing that is written down.
type mortalBooks struct {
	books
	*killer
}

func (m *mortalBooks) Step(ctx context.Context, id core.FabricID, by string, away []int64, down ...core.Draft) error {
	m.pass()
	defer m.pass()
	return m.books.Step(ctx, id, by, away, down...)
}

func (m *mortalBooks) SavePlan(ctx context.Context, p *core.Plan) error {
	m.pass()
	defer m.pass()
	return m.books.SavePlan(ctx, p)
}

func (m *mortalBooks) SaveRun(ctx context.Context, r *core.Run, carried ...core.Carried) error {
	m.pass()
	defer m.pass()
	return m.books.SaveRun(ctx, r, carried...)
}

func (m *mortalBooks) Acquire(ctx context.Context, id core.FabricID, h core.Holder) (bool, core.Holder, error) {
	m.pass()
	defer m.pass()
	return m.books.Acquire(ctx, id, h)
}

func (m *mortalBooks) Release(ctx context.Context, id core.FabricID, h core.Holder) error {
	m.pass()
	defer m.pass()
	return m.books.Release(ctx, id, h)
}

// mortalPublisher has a boundary before and after each word with the server.
type mortalPublisher struct {
	core.Publisher
	*killer
}

func (m *mortalPublisher) Prepare(ctx context.Context, p core.Publication) (core.Publication, error) {
	m.pass()
	defer m.pass()
	return m.Publisher.Prepare(ctx, p)
}

func (m *mortalPublisher) Publish(ctx context.Context, p core.Publication) core.Published {
	m.pass()
	defer m.pass()
	return m.Publisher.Publish(ctx, p)
}

// mortal is a bench on which processes are killed.
type mortal struct {
	*bench
	t     *testing.T
	value int64 // that was decided last
	seen  int   // commits of runs on main
}

func newMortal(t *testing.T) *mortal {
	t.Helper()
	b := one(t)
	b.Lease = 100 * time.Millisecond
	return &mortal{bench: b, t: t, value: 1001}
}

// start starts a child that publishes the next value, and waits until it begins.
func (m *mortal) start(kill int64) (*exec.Cmd, *bufio.Scanner) {
	m.t.Helper()
	m.value++
	s := m.site
	s.Me = fmt.Sprintf("child-%d", m.value)
	text, err := json.Marshal(errand{s, m.value, kill})
	if err != nil {
		m.t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.CommandContext(m.t.Context(), exe)
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	out, err := cmd.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "begin" {
		m.t.Fatalf("the child says %q", lines.Text())
	}
	return cmd, lines
}

// ended waits for a child and tells whether it was killed.
func (m *mortal) ended(cmd *exec.Cmd, out *bufio.Scanner) (killed bool, said string) {
	m.t.Helper()
	for out.Scan() {
		said = out.Text()
	}
	err := cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status, _ := exit.Sys().(syscall.WaitStatus)
		killed = status.Signaled()
	}
	if err != nil && !killed {
		m.t.Fatalf("the child ended by %v: %s", err, said)
	}
	return killed, said
}

// judge opens a process where another one was killed, and wants to find all or
// nothing of what that one did. Then it does what is left to do.
func (m *mortal) judge() {
	m.t.Helper()
	// A lease outlives the push of whoever had it; that of these, a tenth of a second,
	// need not.
	m.remote().rests()
	p := m.begin(as(fmt.Sprintf("judge-%d", m.value)))
	defer func() {
		if err := p.store.Close(); err != nil {
			m.t.Error(err)
		}
	}()
	wait(m.t, func() bool {
		if err := p.runner.Settle(m.t.Context(), "dc1"); err != nil {
			m.t.Fatal(err)
		}
		open, err := p.store.OpenRuns(m.t.Context(), "dc1")
		if err != nil {
			m.t.Fatal(err)
		}
		return !slices.ContainsFunc(open, func(r *core.Run) bool { return !r.Phase.Over() })
	})
	ids := m.remote().syncIDs()
	if len(ids) > m.seen+1 {
		m.t.Fatalf("one decision has made %d commits", len(ids)-m.seen)
	}
	drafts := p.desk(m.t, "dc1")
	run, err := p.store.LastRun(m.t.Context(), "dc1")
	if err != nil {
		m.t.Fatal(err)
	}
	ours := run != nil && strings.HasPrefix(run.ID, fmt.Sprintf("child-%d-", m.value))
	if len(ids) == m.seen+1 {
		if !ours || run.ID != ids[m.seen] || run.Phase != core.RunPublished || run.Publications[0].Phase != core.PublicationLanded || len(drafts) > 0 {
			m.t.Errorf("the commit of %s is on the branch; the desk has %q, the books %+v", ids[m.seen], drafts, run)
		}
	} else if ours && (len(drafts) != 1 || run.Phase != core.RunInterrupted || len(run.Publications) > 0 && run.Publications[0].Phase == core.PublicationLanded) {
		m.t.Errorf("there is no commit of run %s; the desk has %q, the books %+v", run.ID, drafts, run)
	}
	p.check(m.t, "dc1")
	if len(p.desk(m.t, "dc1")) > 0 {
		p.sync(m.t, p.plan(m.t, "dc1"), p.quick(), core.RunPublished)
	}
	now := m.remote().syncIDs()
	switch value := fmt.Sprintf("vlan: %d ", m.value); {
	case len(drafts) == 0 && len(ids) == m.seen: // it was killed before it had decided
	case len(now) != m.seen+1 || !strings.Contains(m.remote().file("main", "dc1/vpc-1.yaml"), value):
		m.t.Errorf("after the next sync there are %d commits, and the file is\n%s", len(now)-m.seen, m.remote().file("main", "dc1/vpc-1.yaml"))
	}
	m.seen = len(now)
	m.apply("dc1")
	p.check(m.t, "dc1")
	p.wantDesk(m.t, "dc1")
	if s := p.state("dc1", key("vpc-1")); s != core.InSync {
		m.t.Errorf("in the end it is %s", s)
	}
}

// TestKilledAtEveryBoundary ends a process before and after each of its steps, and
// in the middle of its push.
func TestKilledAtEveryBoundary(t *testing.T) {
	t.Parallel()
	m := newMortal(t)
	cmd, out := m.start(0)
	_, said := m.ended(cmd, out)
	boundaries, err := strconv.ParseInt(said, 10, 64)
	if err != nil || boundaries < 20 {
		t.Fatalf("the child says %q", said)
	}
	m.judge()
	for at := int64(1); at <= boundaries; at++ {
		cmd, out := m.start(at)
		if killed, said := m.ended(cmd, out); !killed {
			t.Errorf("boundary %d of %d was not passed: %s", at, boundaries, said)
		}
		m.judge()
		if t.Failed() {
			t.Fatalf("that was boundary %d of %d", at, boundaries)
		}
	}
	for name, applied := range map[string]bool{"before": false, "after": true} {
		pid := make(chan int, 1)
		kills := fault(func(http.ResponseWriter, *http.Request, http.Handler) {
			_ = syscall.Kill(<-pid, syscall.SIGKILL)
			panic(http.ErrAbortHandler)
		})
		if applied {
			kills = applies(kills)
		}
		m.remote().behave(onPush(kills))
		cmd, out := m.start(0)
		pid <- cmd.Process.Pid
		if killed, said := m.ended(cmd, out); !killed {
			t.Errorf("it was not killed in its push: %s", said)
		}
		m.remote().behave(nil)
		m.judge()
		if t.Failed() {
			t.Fatalf("that was %s the push was applied", name)
		}
	}
	m.remote().git("fsck", "--full", "--strict")
}

// TestKilledAtRandom ends processes at any time.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	rounds := 30
	if *full {
		rounds = 500
	}
	random := rand.New(rand.NewPCG(*seed, 9))
	m := newMortal(t)
	cmd, out := m.start(0)
	started := time.Now()
	m.ended(cmd, out)
	took := time.Since(started)
	m.judge()
	killed, landed := 0, 0
	for round := range rounds {
		before := len(m.remote().syncIDs())
		cmd, out := m.start(0)
		time.Sleep(time.Duration(random.Float64() * float64(took)))
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		if was, _ := m.ended(cmd, out); was {
			killed++
			took += took / 50
		} else {
			took -= took / 10 // the machine is less busy than it was
		}
		landed += len(m.remote().syncIDs()) - before
		m.judge()
		if t.Failed() {
			t.Fatalf("that was round %d from seed %d", round, *seed)
		}
	}
	m.remote().git("fsck", "--full", "--strict")
	t.Logf("%d of %d processes were killed in time, %d commits had landed by then", killed, rounds, landed)
}

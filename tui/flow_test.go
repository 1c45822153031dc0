package tui

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"selvage/core"
)

// liveEngine is an engine that other goroutines may change.
type liveEngine struct {
	fleet  atomic.Pointer[core.Fleet]
	events chan core.Event
	checks atomic.Int32
}

func newLiveEngine(fleet core.Fleet) *liveEngine {
	e := &liveEngine{events: make(chan core.Event, 100)}
	e.fleet.Store(&fleet)
	return e
}

func (e *liveEngine) Fleet() core.Fleet        { return *e.fleet.Load() }
func (e *liveEngine) put(f core.Fleet)         { e.fleet.Store(&f) }
func (e *liveEngine) Refresh(...core.FabricID) { e.checks.Add(1) }

func (e *liveEngine) Explain(_ context.Context, id core.FabricID, k core.Key) (core.Explanation, error) {
	return explainIn(e.Fleet(), id, k)
}

func (e *liveEngine) next(ctx context.Context) (core.Event, error) {
	select {
	case event := <-e.events:
		return event, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func flow(t *testing.T, keys ...string) (*Model, *liveEngine) {
	t.Helper()
	fleet := fullFleet()
	fleet.Fabrics[0].Fabric.Mode = core.ModeWrite
	engine := newLiveEngine(fleet)
	cfg := config(t, engine)
	cfg.Events, cfg.Mode = engine.next, core.ModeWrite
	cfg.Acts = (&fakeActs{engine: engine}).acts()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	tm := teatest.NewTestModel(t, New(ctx, cfg), teatest.WithInitialTermSize(80, 24))
	for _, k := range keys {
		if text, ok := strings.CutPrefix(k, "await:"); ok {
			teatest.WaitFor(t, tm.Output(), func(out []byte) bool { return bytes.Contains(out, []byte(text)) },
				teatest.WithDuration(20*time.Second), teatest.WithCheckInterval(5*time.Millisecond))
			continue
		}
		tm.Send(keyPress(k))
	}
	model := tm.FinalModel(t, teatest.WithFinalTimeout(20*time.Second))
	return model.(*Model), engine
}

func final(m *Model) string {
	lines := strings.Split(ansi.Strip(m.View().Content), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// flowCase is one golden frame that a whole program ends with. A key that begins
// with await: is none: it waits until the terminal is told that text.
type flowCase struct {
	name   string
	keys   []string
	checks int32 // that the engine was asked for
}

func flows() []flowCase {
	return []flowCase{
		{"filter-drill-down-diff", strings.Fields("/ d c 1 enter enter / s w i t c h / enter d n ctrl+c"), 0},
		{"back-to-the-filtered-list", strings.Fields("/ p r o d enter j enter r d t esc ? q q ctrl+c ctrl+c"), 1},
		{"resolve-undo-plan", strings.Fields("/ d c 1 - p enter c 1 2 3 u m n 2 s await:press esc ctrl+c"), 0},
		{"undo-and-redo-of-decisions", strings.Fields("/ d c 1 - p enter enter d n 1 await:draft: u await:undone 2 await:live ctrl+c"), 0},
		{"history-run", strings.Fields("/ d c 1 - p enter h await:overwrote / w h a t = s y n c enter enter await:revert ctrl+c"), 0},
		{"decide-plan-sync", strings.Fields("/ d c 1 - p enter enter d n 2 s await:press tab enter d c 1 - p r o d enter await:publishing X s t o p enter await:possible ctrl+c ctrl+c"), 0},
	}
}

func TestGoldenFlow(t *testing.T) {
	for _, f := range flows() {
		t.Run(f.name, func(t *testing.T) {
			m, engine := flow(t, f.keys...)
			if got := engine.checks.Load(); got != f.checks {
				t.Errorf("%d checks were asked for, want %d", got, f.checks)
			}
			golden.RequireEqual(t, final(m))
		})
	}
}

func TestFlowEventReachesTheScreen(t *testing.T) {
	engine := newLiveEngine(core.Fleet{})
	cfg := config(t, engine)
	cfg.Events = engine.next
	tm := teatest.NewTestModel(t, New(t.Context(), cfg), teatest.WithInitialTermSize(80, 24))
	fleet := fullFleet()
	engine.fleet.Store(&fleet)
	engine.events <- core.StateChanged{Fabric: "dc1-prod"}
	teatest.WaitFor(t, tm.Output(), func(out []byte) bool { return bytes.Contains(out, []byte("dc1-prod")) },
		teatest.WithDuration(20*time.Second), teatest.WithCheckInterval(5*time.Millisecond))
	tm.Send(keyPress("q"))
	tm.WaitFinished(t, teatest.WithFinalTimeout(20*time.Second))
}

// slowInput keeps the program's input open without ever having anything.
type slowInput struct{ done <-chan struct{} }

func (s slowInput) Read([]byte) (int, error) {
	<-s.done
	return 0, errors.New("closed")
}

func TestRunEndsWithItsContext(t *testing.T) {
	cause := errors.New("terminated")
	ctx, cancel := context.WithCancelCause(context.Background())
	engine := newLiveEngine(fullFleet())
	cfg := config(t, engine)
	cfg.Events, cfg.In, cfg.Out, cfg.Environ = engine.next, slowInput{ctx.Done()}, &bytes.Buffer{}, []string{"TERM=xterm-256color"}
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, cfg) }()
	cancel(cause)
	select {
	case err := <-ended:
		if !errors.Is(err, cause) {
			t.Errorf("Run = %v, want %v", err, cause)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Run did not end with its context")
	}
}

func TestRunReturnsNilWhenThePersonQuits(t *testing.T) {
	engine := newLiveEngine(fullFleet())
	cfg := config(t, engine)
	cfg.Events, cfg.In, cfg.Out, cfg.Environ = engine.next, strings.NewReader("q"), &bytes.Buffer{}, []string{"TERM=dumb"}
	cfg.Term, cfg.NoSync = "dumb", true
	ended := make(chan error, 1)
	go func() { ended <- Run(t.Context(), cfg) }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Run = %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("q did not end Run")
	}
}

func TestSynchronizedOutputCanBeRefused(t *testing.T) {
	offer := tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset}
	if withoutSync(nil, offer) != nil {
		t.Error("the terminal's offer got through")
	}
	if withoutSync(nil, tea.FocusMsg{}) == nil {
		t.Error("another message did not")
	}
}

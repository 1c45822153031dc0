package loop_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/loop"
)

// asker is an engine's API that refuses, and counts what it is asked.
type asker struct {
	*beside
	told []core.EngineRequest
	err  error
}

func (a *asker) AskEngine(_ context.Context, what core.EngineRequest) error {
	a.told = append(a.told, what)
	return a.err
}

func TestEngineIsAskedForWhatItMayBeAskedFor(t *testing.T) {
	a := &asker{beside: &beside{engine: func(ctx context.Context) *core.Engine {
		e := manual(ctx)
		e.API = []core.EngineRequest{core.EngineSync}
		return e
	}}}
	b, _ := newUnsettledBench(a.beside)
	f := b.loop.Fleet().Fabrics[0].Fabric
	ask := func(unit loop.Unit, what core.EngineRequest) error {
		unit.Fabric, unit.Git, unit.Live = f, b.git, b.live
		l := loop.New(loop.Config{Units: []loop.Unit{unit}, History: &memory{}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err := errors.Join(l.Check(t.Context(), "dc1"), l.Settle(t.Context(), "dc1")); err != nil {
			t.Fatal(err)
		}
		return l.Ask(t.Context(), "dc1", what)
	}
	if err := ask(loop.Unit{Engine: a, Asker: a}, core.EngineSync); err != nil || len(a.told) != 1 {
		t.Errorf("allowed: %v, told %v", err, a.told)
	}
	const forbidden = "ask the engine of dc1 for a refresh: it may not be asked (add refresh to engine.api.allow in the configuration; only Argo CD has such an API)"
	if err := ask(loop.Unit{Engine: a, Asker: a}, core.EngineRefresh); err == nil || err.Error() != forbidden {
		t.Errorf("forbidden: %v", err)
	}
	if err := ask(loop.Unit{Engine: a}, core.EngineRefresh); err == nil || err.Error() != forbidden || len(a.told) != 1 {
		t.Errorf("without an API: %v, told %v", err, a.told)
	}
	a.err = errors.New("ask the engine for a sync: forbidden")
	if err := ask(loop.Unit{Engine: a, Asker: a}, core.EngineSync); err == nil || err.Error() != "dc1: ask the engine for a sync: forbidden" {
		t.Errorf("refused: %v", err)
	}
}

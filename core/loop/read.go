package loop

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"selvage/core"
)

// grace is how long a source may take to return after its time is over.
const grace = 2 * time.Second

// reader asks one source, and gives up on it when it does not answer in time.
type reader struct {
	source core.Source
	side   string // git or live
	log    *slog.Logger
	free   chan struct{} // holds a token while no read is under way
}

func newReader(s core.Source, side string, log *slog.Logger) *reader {
	r := &reader{source: s, side: side, log: log, free: make(chan struct{}, 1)}
	r.free <- struct{}{}
	return r
}

// read returns what the source says. Where it has not returned when ctx and a
// short grace are over, the side counts as unreachable; the source is not
// asked again until it has returned. last are the readings that the side gave
// before.
func (r *reader) read(ctx context.Context, want core.Scope, last []core.Reading) *core.Snapshot {
	select {
	case <-r.free:
	default:
		return r.silent(want, last, core.AccessUnreachable, "an earlier read has not come back yet (it is waited for)")
	}
	answer := make(chan *core.Snapshot, 1)
	go func() {
		s := r.guarded(ctx, want, last)
		r.free <- struct{}{} // before the answer, which may be followed by the next read at once
		answer <- s
	}()
	select {
	case s := <-answer:
		return s
	case <-ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case s := <-answer:
		return s
	case <-late.C:
		return r.silent(want, last, core.AccessUnreachable, "no answer in time (the next check asks again)")
	}
}

// guarded is the source's answer. A source that panics is one that could not
// be read: a fault in it must not end the program, which owns the terminal.
func (r *reader) guarded(ctx context.Context, want core.Scope, last []core.Reading) (s *core.Snapshot) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("a source panicked", "fabric", want.Fabric, "side", r.side, "panic", p, "stack", string(debug.Stack()))
			s = r.silent(want, last, core.AccessInvalid, fmt.Sprintf("internal error: %v (the log has more; please report it)", p))
		}
	}()
	return r.source.Read(ctx, want)
}

// silent is the snapshot of a side that gave none: nothing in it was read, and
// its readings are the last ones, with what is wrong now.
func (r *reader) silent(want core.Scope, last []core.Reading, access core.Access, why string) *core.Snapshot {
	readings := slices.Clone(last)
	if len(readings) == 0 {
		readings = []core.Reading{{Source: r.side}}
	}
	for i := range readings {
		readings[i].Access = access
		readings[i].Error = fmt.Sprintf("read %s of %s: %s", r.side, want.Fabric, why)
	}
	return core.NewSnapshot(readings...)
}

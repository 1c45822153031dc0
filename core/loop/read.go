package loop

import (
	"context"
	"fmt"
	"time"

	"selvage/core"
)

// grace is how long a source may take to return after its time is over.
const grace = 2 * time.Second

// reader asks one source, and gives up on it when it does not answer in time.
type reader struct {
	source core.Source
	side   string
	free   chan struct{} // holds a token while no read is under way
}

func newReader(s core.Source, side string) *reader {
	r := &reader{source: s, side: side, free: make(chan struct{}, 1)}
	r.free <- struct{}{}
	return r
}

// read returns what the source says. Where it has not returned when ctx and a
// short grace are over, the side counts as unreachable; the source is not
// asked again until it has returned.
func (r *reader) read(ctx context.Context, want core.Scope) *core.Snapshot {
	select {
	case <-r.free:
	default:
		return r.silent(want, "an earlier read has not come back yet")
	}
	answer := make(chan *core.Snapshot, 1)
	go func() {
		defer func() { r.free <- struct{}{} }()
		answer <- r.source.Read(ctx, want)
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
		return r.silent(want, "no answer in time")
	}
}

func (r *reader) silent(want core.Scope, why string) *core.Snapshot {
	source := r.side
	if r.side == "live" {
		source = "kube"
	}
	return core.NewSnapshot(core.Reading{
		Source: source,
		Access: core.AccessUnreachable,
		Error:  fmt.Sprintf("read %s of %s: %s (it is tried again at the next check)", r.side, want.Fabric, why),
	})
}

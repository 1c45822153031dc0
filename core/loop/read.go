package loop

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"

	"selvage/core"
)

// mostPassages is how many passages are kept while they cannot be recorded; the
// oldest go first.
const mostPassages = 10_000

// reader asks one source, and gives up on it when it does not answer in time.
type reader struct {
	source core.Source
	side   string // git or live
	log    *slog.Logger
	door   door

	mu sync.Mutex
	// passages are those that no record holds yet. They are taken down by
	// whoever gets them from the source, which tells each of them once: a read
	// that was given up on may bring some, too.
	passages []core.Passage
	dropped  int // how many came before the first of them
}

func newReader(s core.Source, side string, log *slog.Logger) *reader {
	return &reader{source: s, side: side, log: log, door: newDoor()}
}

// read returns what the source says. Where it has not returned when ctx and a
// short grace are over, the side counts as unreachable; the source is not
// asked again until it has returned. last are the readings that the side gave
// before.
func (r *reader) read(ctx context.Context, want core.Scope, last []core.Reading) *core.Snapshot {
	s, err := ask(ctx, r.door, func(ctx context.Context) *core.Snapshot { return r.guarded(ctx, want, last) })
	if err != nil {
		return r.silent(want, last, core.AccessUnreachable, err.Error())
	}
	return s
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
	s = r.source.Read(ctx, want)
	if s != nil {
		r.keep(s.Passages)
	}
	return s
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

func (r *reader) keep(seen []core.Passage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passages = append(r.passages, seen...)
	if over := len(r.passages) - mostPassages; over > 0 {
		r.passages = slices.Clone(r.passages[over:])
		r.dropped += over
	}
}

// unrecorded are the passages that no record holds yet; recorded, given upTo,
// tells that one does now.
func (r *reader) unrecorded() (passages []core.Passage, upTo int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.passages), r.dropped + len(r.passages)
}

func (r *reader) recorded(upTo int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := upTo - r.dropped; n > 0 {
		r.passages = slices.Clone(r.passages[n:])
		r.dropped = upTo
	}
}

package repo

import (
	"context"
	"errors"
	"io"
	"time"
)

// errSilent is the cause of a conversation that was ended because nothing came
// any more.
var errSilent = errors.New("no answer in time")

// watch ends a context when nothing has happened for a while.
type watch struct {
	timer  *time.Timer
	limit  time.Duration
	cancel context.CancelCauseFunc
}

// newWatch begins to wait. The context that it gives ends with errSilent as its
// cause after limit without a call of alive.
func newWatch(ctx context.Context, limit time.Duration) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{limit: limit, cancel: cancel}
	w.timer = time.AfterFunc(limit, func() { cancel(errSilent) })
	return ctx, w
}

func (w *watch) alive() { w.timer.Reset(w.limit) }

func (w *watch) stop() {
	w.timer.Stop()
	w.cancel(context.Canceled)
}

// reader tells the watch of everything that comes through r, and gives the
// cause of the end where the watch ended it.
func (w *watch) reader(ctx context.Context, r io.Reader) io.Reader {
	return &watchedReader{ctx: ctx, watch: w, r: r}
}

type watchedReader struct {
	ctx   context.Context //nolint:containedctx // of the conversation that the reader belongs to
	watch *watch
	r     io.Reader
}

func (r *watchedReader) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if n > 0 {
		r.watch.alive()
	}
	return n, because(r.ctx, err) // a connection that was closed here may look like one that came to its end
}

// because gives the reason that a context ended for in place of an error that
// came of it.
func because(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

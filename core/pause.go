package core

import (
	"context"
	"time"
)

// Pause waits for d, or until ctx ends: then the error is the cause of that.
func Pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

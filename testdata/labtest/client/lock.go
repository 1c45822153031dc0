package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// look is how long a poll waits before it looks again.
const look = 20 * time.Millisecond

// lock takes a lock that all processes share, and returns how to give it back.
// The kernel gives it back for a process that dies.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("lock %q: %w", path, err)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("wait for lock %q: %w", path, ctx.Err())
		case <-tick.C:
		}
	}
}

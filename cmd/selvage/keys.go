package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// aftermath is how long after the end of a program that had the terminal a signal
// of its keys may still come in.
const aftermath = 2 * time.Second

// terminalKeys are the signals that a terminal sends for ctrl+c and ctrl+\ to all
// that were started in it: the guard, the dashboard, and the editor or pager that
// the dashboard has in front. While there is one, they are meant for that alone.
type terminalKeys struct {
	cancel context.CancelFunc
	now    func() time.Time

	mu   sync.Mutex
	to   *os.Process // who gets them instead
	lent bool
	back time.Time // when the terminal was taken back
}

// underKeys gives a context that ends with ctrl+c. Signals that are caught, unlike
// those that are ignored, are as usual in the programs that are started.
func underKeys(ctx context.Context, now func() time.Time) (context.Context, context.CancelFunc, *terminalKeys) {
	ctx, cancel := context.WithCancel(ctx)
	k := &terminalKeys{cancel: cancel, now: now}
	pressed := make(chan os.Signal, 8)
	signal.Notify(pressed, os.Interrupt, syscall.SIGQUIT)
	go func() {
		for s := range pressed {
			k.take(s)
		}
	}()
	return ctx, func() {
		signal.Stop(pressed)
		cancel()
	}, k
}

// take does what a signal asks for.
func (k *terminalKeys) take(s os.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.to != nil:
		_ = k.to.Signal(s)
	case k.lent || k.now().Sub(k.back) < aftermath:
	case s == syscall.SIGQUIT:
		signal.Reset(syscall.SIGQUIT) // Go's own way: every goroutine, and the end
		_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
	default:
		k.cancel()
	}
}

// pass has the signals go to a process and do nothing here: it knows whether they
// were meant for it.
func (k *terminalKeys) pass(to *os.Process) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.to = to
}

// lend says whether another program has the terminal.
func (k *terminalKeys) lend(lent bool) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lent && !lent {
		k.back = k.now()
	}
	k.lent = lent
}

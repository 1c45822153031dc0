// Command selvage is the dashboard of Hedgehog fabrics: whether each runs what
// its Git repository says.
//
// This package holds no logic of its own. It reads flags (root.go), plugs the
// rooms together (wire.go), and prints what they say (status.go, diff.go, …):
// one file for each command. What scripts rely on, the words, the JSON and the
// exit codes, is made here and nowhere else (wire format: document.go).
//
// # Decisions
//
// The JSON of status is written by types of its own and not by those of core:
// core may change with the program, the document may not.
//
// The dashboard runs in a process of its own, started and waited for by this one
// (guard.go). No recover reaches a panic on somebody else's goroutine, or what is
// fatal to Go itself, and either would leave a terminal raw, on its other screen and
// without a word. The guard puts the terminal back, writes Go's trace into the log
// and says where that is. It costs 20 ms at the start, and waits.
//
// Exit codes travel as errors up to main (exit.go), so that every command ends
// in one place, with the store closed.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata"
	// sync windows are told in their own zones, on hosts without zone data, too

	"selvage/core/safe"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	ctx, stopKeys, keys := underKeys(ctx, time.Now)
	home, _ := os.UserHomeDir() // where there is none, paths that need it say so
	a := &app{
		out: os.Stdout, errs: os.Stderr, now: time.Now,
		env: os.LookupEnv, home: home,
		keys: keys,
	}
	err := a.command().ExecuteContext(ctx)
	interrupted := ctx.Err() != nil
	stopKeys()
	stop()
	code, say := exitOf(err)
	if interrupted && err != nil && code != exitInterrupted {
		code, say = exitInterrupted, errInterrupted
	}
	if say != nil {
		fmt.Fprintln(os.Stderr, "selvage: "+safe.Clean(say.Error()).String())
	}
	os.Exit(code)
}

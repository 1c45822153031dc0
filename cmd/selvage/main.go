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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	home, _ := os.UserHomeDir() // where there is none, paths that need it say so
	a := &app{
		out: os.Stdout, errs: os.Stderr, now: time.Now,
		env: os.LookupEnv, home: home,
	}
	err := a.command().ExecuteContext(ctx)
	if ctx.Err() != nil && err != nil {
		err = exit{code: exitInterrupted, err: errInterrupted}
	}
	stop()
	code, say := exitOf(err)
	if say != nil {
		fmt.Fprintln(os.Stderr, "selvage: "+safe.Clean(say.Error()).String())
	}
	os.Exit(code)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"selvage/core/manifest"
	"selvage/testdata/demo"
)

type demoFlags struct {
	dir     string
	seed    uint64
	prepare bool
}

func (a *app) demoCommand() *cobra.Command {
	var flags demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Open the dashboard on a world of its own: no cluster, no configuration",
		Long: `Open the dashboard on a world of its own: a Git repository and offline clusters
in a temporary folder, in which people go on changing things. Whatever you decide
and publish goes to that repository, and from there to those clusters. The folder
is removed at the end, unless --dir names one.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.dir, "dir", "", "make the world in this new `folder`, and keep it")
	f.Uint64Var(&flags.seed, "seed", 1, "a `number` that chooses what is changed")
	f.BoolVar(&flags.prepare, "prepare", false, "make the world, print the path of its configuration, and open nothing")
	return cmd
}

// demo makes a world, lives through its past and shows its present.
func (a *app) demo(ctx context.Context, flags demoFlags) (err error) {
	if a.configPath != "" {
		return usage(errors.New("demo has a configuration of its own (leave --config out)"))
	}
	if !flags.prepare {
		if err := a.wantTerminal(); err != nil {
			return err
		}
	}
	syscall.Umask(0o077) // the folder is nobody else's, and readable whatever the umask was
	dir := flags.dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "selvage-demo-"); err != nil {
			return usage(fmt.Errorf("make a folder for the demonstration: %w (set TMPDIR, or name one with --dir)", err))
		}
	}
	if dir != flags.dir {
		defer func() {
			if flags.prepare && err == nil {
				return
			}
			if gone := os.RemoveAll(dir); gone != nil && err == nil {
				err = usage(fmt.Errorf("remove the demonstration: %w", gone))
			}
		}()
	}
	w, err := demo.New(dir, demo.Options{Seed: flags.seed, Now: a.now(), Parse: manifest.Values})
	if err != nil {
		return usage(err)
	}
	a.configPath = w.Config()
	if err := a.remember(ctx, w); err != nil {
		return err
	}
	if flags.prepare {
		return a.printf("%s\n", a.configPath)
	}
	return a.watch(ctx, w)
}

// remember checks every fabric at each instant of the world's past, with a
// clock that stands there, so that the history has seen it.
func (a *app) remember(ctx context.Context, w *demo.World) error {
	then := *a
	var at time.Time
	then.now, then.out = func() time.Time { return at }, io.Discard
	c, err := a.load()
	if err != nil {
		return err
	}
	s, err := then.open(ctx, c, a.log(c.Debug))
	if err != nil {
		return err
	}
	defer s.close(a)
	if err := then.weeks(ctx, s, a.now(), &at); err != nil {
		return err
	}
	err = w.Unfold(func(t time.Time, fabrics []string) error {
		at = t
		ids, err := named(c, fabrics)
		if err != nil {
			return err
		}
		return then.check(ctx, s, ids)
	})
	if err != nil {
		return err
	}
	return then.yesterday(ctx, s, a.now(), &at)
}

// watch opens the dashboard while the world goes on.
func (a *app) watch(ctx context.Context, w *demo.World) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	log, done, err := a.logFile(c)
	if err != nil {
		return err
	}
	defer done()
	ctx, stop := context.WithCancel(ctx)
	var world sync.WaitGroup
	world.Go(func() { a.goOn(ctx, w, log) })
	err = a.dashboard(ctx, c)
	stop()
	world.Wait()
	return err
}

// goOn makes one thing after the other happen, until ctx ends, and has what a
// visitor publishes applied. What goes wrong is logged: it is no reason to close
// the dashboard.
func (a *app) goOn(ctx context.Context, w *demo.World, log *slog.Logger) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("the demonstration stands still", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	engine := time.NewTicker(time.Second)
	defer engine.Stop()
	next := time.NewTimer(w.Pause(0))
	defer next.Stop()
	for i := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-engine.C:
			n, err := w.Follow(a.now())
			if err != nil {
				log.Warn("demonstration", "err", err)
			} else if n > 0 {
				log.Info("demonstration", "applied", n)
			}
		case <-next.C:
			told, err := w.Step(i, a.now())
			if err != nil {
				log.Warn("demonstration", "step", i, "err", err)
			} else {
				log.Info("demonstration", "step", i, "what", told)
			}
			i++
			next.Reset(w.Pause(i))
		}
	}
}

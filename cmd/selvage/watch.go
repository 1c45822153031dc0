package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"selvage/core"
	"selvage/core/config"
)

// lastWords is how long what is under way may take to end after a signal.
const lastWords = 800 * time.Millisecond

func (a *app) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch",
		Short: "Check every enabled fabric, and carry out policies, until a signal",
		Long: `Check every enabled fabric at its interval and when live changes, publish what
policies decide where sync.auto is policy, begin failed runs again and look after
proposals, until a signal. Drafts are never published. Dashboards on the same store
follow what is found and do not ask again.

A line is written to standard error when what was found is another than before, and
for each run. SIGTERM ends the command with 0, SIGINT with 130.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			return a.stand(cmd.Context(), c)
		},
	}
}

// stand watches the fabrics of a configuration until ctx ends.
func (a *app) stand(ctx context.Context, c *config.Config) error {
	if len(enabled(c)) == 0 {
		return usage(errors.New("no fabric is checked by the clock (set sync.enabled: true, and check.interval, for one)"))
	}
	log := a.lines(c.Debug)
	s, err := a.open(ctx, c, log)
	if err != nil {
		return err
	}
	defer s.close(a)
	for _, f := range s.loop.Fleet().Fabrics {
		if f.Fabric.CheckEvery == 0 {
			log.Info("skipped", "fabric", f.Fabric.ID, "why", "it is not checked by the clock (sync.enabled, check.interval)")
		}
	}
	r := newReporter(log, a.now, s.loop.Fleet())
	events := s.loop.Subscribe()
	var all sync.WaitGroup
	all.Go(func() { s.loop.Run(ctx) })
	all.Go(func() { s.runner.Run(ctx) })
	all.Go(func() {
		for {
			e, err := events.Next(ctx)
			if err != nil {
				return
			}
			if changed, ok := e.(core.StateChanged); ok {
				if f, ok := s.loop.Fleet().Fabric(changed.Fabric); ok {
					r.tell(ctx, f)
				}
			}
		}
	})
	<-ctx.Done()
	ended := make(chan struct{})
	go func() {
		all.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(lastWords): // a source that hangs is left behind
	}
	if terminated(ctx) {
		return nil
	}
	return exit{code: exitInterrupted, err: errInterrupted}
}

// enabled are the fabrics that are checked by the clock.
func enabled(c *config.Config) []core.FabricID {
	var all []core.FabricID
	for i := range c.Fabrics {
		if c.Fabrics[i].Core().CheckEvery > 0 {
			all = append(all, c.Fabrics[i].Name)
		}
	}
	return all
}

// terminated tells whether it was SIGTERM that ended ctx: how a service manager
// says that it was not a fault.
func terminated(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return cause != nil && strings.HasPrefix(cause.Error(), syscall.SIGTERM.String()+" ")
}

// lines is the log on standard error, for a service manager to keep.
func (a *app) lines(debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(a.errs, &slog.HandlerOptions{Level: level}))
}

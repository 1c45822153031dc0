package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"selvage/core/config"
)

// app is one run of the program with all that it takes from outside.
type app struct {
	out, errs io.Writer
	now       func() time.Time
	env       func(string) (string, bool)
	home      string
	keys      *terminalKeys // nil where nobody presses any
	settle    time.Duration // waited for Git's history; 0 stands for longestLook

	configPath string
	readOnly   bool
	accessible bool // the dashboard in lines: see accessible.go
	guarded    bool // another process of this program waits for this one: see guard.go
}

func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "selvage",
		Short: "Whether each fabric runs what its Git repository says",
		Long: `selvage shows whether each Hedgehog fabric runs what its Git repository says.
Without a command it opens the dashboard. It only ever reads the clusters.`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			return a.dashboard(cmd.Context(), c)
		},
	}
	root.SetOut(a.out)
	root.SetErr(a.errs)
	flags := root.PersistentFlags()
	flags.StringVar(&a.configPath, "config", "", "configuration `file` (default $SELVAGE_CONFIG, then $XDG_CONFIG_HOME/selvage/config.yaml)")
	flags.BoolVar(&a.readOnly, "read-only", false, "change nothing in Git either")
	flags.BoolVar(&a.accessible, "accessible", false, "the dashboard as lines, for screen readers (also $SELVAGE_ACCESSIBLE, and TERM=dumb)")
	flags.BoolVar(&a.guarded, "guarded", false, "")
	_ = flags.MarkHidden("guarded")
	root.AddCommand(
		a.statusCommand(), a.diffCommand(), a.explainCommand(), a.resolveCommand(), a.planCommand(), a.syncCommand(),
		a.ackCommand(), a.acceptCommand(), a.historyCommand(), a.watchCommand(), a.snapshotCommand(), a.demoCommand(),
		a.lintCommand(), a.doctorCommand(), a.configCommand(), a.versionCommand(), a.completionCommand(), a.manCommand(),
	)
	explainUsage(root)
	a.complete(root)
	return root
}

// configOptions say where the configuration is.
func (a *app) configOptions() config.Options {
	o := config.Options{Path: a.configPath, LookupEnv: a.env, Home: a.home, Check: checkKeys}
	if a.readOnly {
		o.Mode = "read"
	}
	return o
}

// load reads the configuration and says on one line each what is wrong in it.
func (a *app) load() (*config.Config, error) { return a.loadBy(a.configOptions()) }

func (a *app) loadBy(o config.Options) (*config.Config, error) {
	c, err := config.Load(o)
	var problems config.Problems
	if errors.As(err, &problems) && len(problems) > 1 {
		for _, p := range problems[:len(problems)-1] {
			a.complain(p)
		}
		err = problems[len(problems)-1]
	}
	if err != nil {
		return nil, usage(err)
	}
	return c, nil
}

// log is where the program's own log goes while it has no screen: nowhere,
// unless it is asked for.
func (a *app) log(debug bool) *slog.Logger {
	if !debug {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(a.errs, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// interactive tells whether standard output is a terminal.
func (a *app) interactive() bool {
	f, ok := a.out.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

func (a *app) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(a.out, format, args...)
	return err
}

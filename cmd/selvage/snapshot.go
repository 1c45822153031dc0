package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"selvage/core"
	"selvage/tui"
)

type snapshotFlags struct {
	fabric string
	object string
	run    string
	commit string
	size   string
	cached bool
}

func (a *app) snapshotCommand() *cobra.Command {
	var flags snapshotFlags
	cmd := &cobra.Command{
		Use:       "snapshot SCREEN",
		Short:     "Check, and print a screen of the dashboard as text",
		Long:      "Check, and print a screen of the dashboard as text. The screens are " + strings.Join(tui.Screens(), ", ") + ".",
		Args:      cobra.MatchAll(cobra.ExactArgs(1)),
		ValidArgs: tui.Screens(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.snapshot(cmd, args[0], flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.fabric, "fabric", "", "the fabric, for the screens of one; default the first")
	f.StringVar(&flags.object, "object", "", "the object `KIND/NAME`, for the diff; default the worst")
	f.StringVar(&flags.run, "run", "", "the `run`, for past and run-diff; default the last of the fabric")
	f.StringVar(&flags.commit, "commit", "", "the `commit`, for that screen; default the one that git was read at")
	f.StringVar(&flags.size, "size", "80x24", "columns and rows")
	f.BoolVar(&flags.cached, "cached", false, "show what was last known, without any network")
	return cmd
}

func (a *app) snapshot(cmd *cobra.Command, screen string, flags snapshotFlags) error {
	o := tui.SnapshotOptions{Screen: screen, Fabric: core.FabricID(flags.fabric)}
	if _, err := fmt.Sscanf(flags.size+"\n", "%dx%d\n", &o.Width, &o.Height); err != nil {
		return usage(fmt.Errorf("--size %q: write it as 80x24", flags.size))
	}
	if o.Width > 1000 || o.Height > 1000 {
		return usage(fmt.Errorf("--size %q: at most 1000x1000", flags.size))
	}
	var names []string
	if flags.fabric != "" {
		names = []string{flags.fabric}
	}
	return a.survey(cmd.Context(), names, flags.cached, func(s *session, fabrics []core.FabricState) (err error) {
		if flags.object != "" {
			if o.Object, err = objectKey(s.loop.Fleet(), o.Fabric, flags.object, a.now()); err != nil {
				return err
			}
		}
		if err := flags.past(cmd.Context(), s, &o); err != nil {
			return usage(err)
		}
		config, err := a.screen(s)
		if err != nil {
			return err
		}
		config.Acts = a.views(s)
		text, err := tui.Snapshot(cmd.Context(), config, o)
		if err != nil {
			return usage(err)
		}
		if err := a.printf("%s", text); err != nil {
			return err
		}
		return done(statusCode(fabrics, nil, a.now()))
	})
}

// past finds the run or the commit that the screen is about, and the fabric that they
// are of where none is named.
func (f snapshotFlags) past(ctx context.Context, s *session, o *tui.SnapshotOptions) error {
	run, commit := tui.SnapshotNeeds(o.Screen)
	switch {
	case f.run != "" && !run:
		return fmt.Errorf("--run goes with the screens past and run-diff, and not with %s", o.Screen)
	case f.commit != "" && !commit:
		return fmt.Errorf("--commit goes with the screen commit, and not with %s", o.Screen)
	case f.commit != "" && len(f.commit) != 40 && len(f.commit) != 64:
		return fmt.Errorf("--commit %q: write all of its id (selvage history -o json has it)", f.commit)
	case run && f.run != "":
		found, err := s.store.Run(ctx, f.run)
		if err != nil {
			return err
		}
		if o.Fabric == "" {
			o.Fabric = found.Fabrics[0]
		}
		if !slices.Contains(found.Fabrics, o.Fabric) {
			return fmt.Errorf("run %s is of %s, and not of %s", core.ShortRun(found.ID), list(found.Fabrics), o.Fabric)
		}
		o.Run = found.ID
		return nil
	}
	if o.Fabric == "" && len(s.loop.Fleet().Fabrics) > 0 {
		o.Fabric = s.loop.Fleet().Fabrics[0].Fabric.ID
	}
	switch is, _ := s.loop.Fleet().Fabric(o.Fabric); {
	case commit && f.commit != "":
		o.Commit = f.commit
	case commit && is.Report != nil && len(is.Report.Git) > 0:
		o.Commit = is.Report.Git[0].Revision
	case run:
		last, err := s.store.LastRun(ctx, o.Fabric)
		if err != nil {
			return err
		}
		if last == nil {
			return fmt.Errorf("%s has had no run yet (selvage history lists those of other fabrics)", o.Fabric)
		}
		o.Run = last.ID
	}
	return nil
}

// objectKey finds the object that a person names in a fabric, the first one
// where none is named.
func objectKey(fleet core.Fleet, id core.FabricID, name string, now time.Time) (core.Key, error) {
	if id == "" && len(fleet.Fabrics) > 0 {
		id = fleet.Fabrics[0].Fabric.ID
	}
	f, ok := fleet.Fabric(id)
	if !ok || f.Report == nil {
		return core.Key{}, usage(fmt.Errorf("nothing is known of fabric %q yet", id))
	}
	found, err := chosen(f, []string{name}, now)
	if err != nil {
		return core.Key{}, err
	}
	return found[0].Key, nil
}

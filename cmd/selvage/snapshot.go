package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"selvage/core"
	"selvage/tui"
)

type snapshotFlags struct {
	fabric string
	object string
	size   string
	cached bool
}

func (a *app) snapshotCommand() *cobra.Command {
	var flags snapshotFlags
	cmd := &cobra.Command{
		Use:       "snapshot SCREEN",
		Short:     "Check, and print a screen of the dashboard as text",
		Long:      "Check, and print a screen of the dashboard as text. The screens are " + strings.Join(tui.SnapshotScreens(), ", ") + ".",
		Args:      cobra.MatchAll(cobra.ExactArgs(1)),
		ValidArgs: tui.SnapshotScreens(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.snapshot(cmd, args[0], flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.fabric, "fabric", "", "the fabric, for the screens of one; default the first")
	f.StringVar(&flags.object, "object", "", "the object `KIND/NAME`, for the diff; default the worst")
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
			if o.Object, err = objectKey(s.loop.Fleet(), o.Fabric, flags.object); err != nil {
				return usage(err)
			}
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

// objectKey finds the object that a person names in a fabric, the first one
// where none is named.
func objectKey(fleet core.Fleet, id core.FabricID, name string) (core.Key, error) {
	if id == "" && len(fleet.Fabrics) > 0 {
		id = fleet.Fabrics[0].Fabric.ID
	}
	f, ok := fleet.Fabric(id)
	if !ok || f.Report == nil {
		return core.Key{}, fmt.Errorf("nothing is known of fabric %q yet", id)
	}
	found, err := chosen(f.Report, []string{name})
	if err != nil {
		return core.Key{}, err
	}
	return found[0].Key, nil
}

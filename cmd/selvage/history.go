package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/drift"
	"selvage/store"
)

// historyPage is how many entries are read and printed at a time: a history goes
// back for more than a year.
const historyPage = 1000

// historyPrinter prints entries, newest first, as they are read.
type historyPrinter interface {
	page(entries []core.Entry) error
	end() error // after the last page; not where that could not be read
}

type historyFlags struct {
	output string
	since  string
	object string
}

func (a *app) historyCommand() *cobra.Command {
	var flags historyFlags
	cmd := &cobra.Command{
		Use:   "history [FABRIC]",
		Short: "Print what happened, newest first, without any network",
		Long: `Print what happened to a fabric, or to all, newest first: checks that found
something new or could not read, changes of verdicts, edits on the cluster that
were overwritten, times in which nobody watched, what people have accepted and
decided, and runs.
It reads the history of selvage and asks nobody.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			return a.history(cmd.Context(), names, flags)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&flags.output, "output", "o", "table", "table, json or csv")
	f.StringVar(&flags.since, "since", "", "only the last `time`: 90m, 2d, 3w; default all that is kept")
	f.StringVar(&flags.object, "object", "", "only what is about the object `KIND/NAME`")
	return cmd
}

func (a *app) history(ctx context.Context, names []string, flags historyFlags) error {
	printers := map[string]func(*config.Config, []core.FabricID) historyPrinter{
		"table": a.historyTable, "csv": a.historyCSV, "json": a.historyJSON,
	}
	printer, ok := printers[flags.output]
	if !ok {
		return usage(fmt.Errorf("--output %q: it is one of table, json, csv", flags.output))
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	filter := store.Filter{Limit: historyPage}
	if filter.Fabrics, err = named(c, names); err != nil {
		return err
	}
	if flags.since != "" {
		d, err := config.ParseDuration(flags.since)
		if err != nil {
			return usage(fmt.Errorf("--since %q: %w", flags.since, err))
		}
		filter.Since = a.now().Add(-d)
	}
	found := flags.object == ""
	if !found {
		m := newMatcher(flags.object)
		filter.Object = func(k core.Key) bool {
			matches := m.matches(k)
			found = found || matches
			return matches
		}
	}
	p := printer(c, filter.Fabrics)
	err = a.recall(ctx, c, filter, func(entries []core.Entry) error {
		if !found {
			return usage(fmt.Errorf("no object %q in the history of %s; write KIND/NAME, such as vpc/vpc-1", flags.object, list(filter.Fabrics)))
		}
		return p.page(entries)
	})
	if err != nil {
		return err
	}
	return p.end()
}

// recall reads the chosen entries from the store and hands them over page by
// page, with secrets masked; one page at least, which may be empty. That the
// store cannot be read on is no mistake of whoever asked: what was printed till
// then is right, and partial.
func (a *app) recall(ctx context.Context, c *config.Config, filter store.Filter, use func([]core.Entry) error) error {
	s, err := a.openStore(ctx, c)
	if err != nil {
		return err
	}
	defer (&session{store: s}).close(a)
	for {
		page, err := s.Entries(ctx, filter)
		if err != nil {
			return exit{code: exitUnread, err: err}
		}
		maskEntries(page)
		if err := use(page); err != nil {
			return err
		}
		if len(page) < filter.Limit {
			return nil
		}
		filter.After = page[len(page)-1]
	}
}

// maskEntries takes what looks like a secret out of entries. Those of checks were
// masked when they were made.
func maskEntries(page []core.Entry) {
	for i, e := range page {
		switch x := e.What.(type) {
		case core.Overwritten:
			page[i].What = drift.Mask(x)
		case core.Decided:
			page[i].What = maskDecided(x)
		case core.Checked, core.Transition, core.Blind, core.Acceptance, core.Acknowledgement, core.Run:
		}
	}
}

func fabricsOf(c *config.Config) map[core.FabricID]core.Fabric {
	all := make(map[core.FabricID]core.Fabric, len(c.Fabrics))
	for i := range c.Fabrics {
		all[c.Fabrics[i].Name] = c.Fabrics[i].Core()
	}
	return all
}

// findings sums up in a few words what a check found.
func findings(c core.Checked) string {
	switch {
	case c.Err != "":
		return "failed: " + c.Err
	case !c.Reported:
		return "failed"
	}
	var unread []string
	if c.Git != core.AccessOK {
		unread = append(unread, "git "+c.Git.Title())
	}
	if c.Live != core.AccessOK {
		unread = append(unread, "live "+c.Live.Title())
	}
	return joined(append(unread, tally(c.Counts)))
}

// tally counts objects by their states, worst first.
func tally(c core.Counts) string {
	if c.Total() == 0 {
		return "nothing to compare"
	}
	return c.Words()
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

// keysOf are the objects that an entry is about.
func keysOf(h core.Happening) []core.Key {
	switch x := h.(type) {
	case core.Checked, core.Blind, core.Run: // a run names its own
		return nil
	case core.Decided:
		return []core.Key{x.Draft.Key}
	case core.Transition:
		return []core.Key{x.Key}
	case core.Overwritten:
		return []core.Key{x.Key}
	case core.Acknowledgement:
		return []core.Key{x.Key}
	case core.Acceptance:
		return slices.Clone(x.Keys)
	}
	return nil
}

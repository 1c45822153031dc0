package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"selvage/core"
	"selvage/core/safe"
)

type statusFlags struct {
	output   string
	exitCode bool
	failOn   []string
	cached   bool
	all      bool
}

func (a *app) statusCommand() *cobra.Command {
	var flags statusFlags
	cmd := &cobra.Command{
		Use:   "status [FABRIC...]",
		Short: "Check fabrics and print how they stand",
		RunE: func(cmd *cobra.Command, names []string) error {
			return a.status(cmd, names, flags)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&flags.output, "output", "o", "table", "table, json or yaml")
	f.BoolVar(&flags.exitCode, "exit-code", false, "exit with 1 where a fabric is not in sync")
	f.StringSliceVar(&flags.failOn, "fail-on", nil, "exit with 1 on these `states` only: drifted,conflict")
	f.BoolVar(&flags.cached, "cached", false, "print what was last known, without any network")
	f.BoolVar(&flags.all, "all", false, "list objects that are in sync, too")
	return cmd
}

func (a *app) status(cmd *cobra.Command, names []string, flags statusFlags) error {
	failOn, err := failStates(flags)
	if err != nil {
		return usage(err)
	}
	if !slices.Contains([]string{"table", "json", "yaml"}, flags.output) {
		return usage(fmt.Errorf("--output %q: it is one of table, json, yaml", flags.output))
	}
	return a.survey(cmd.Context(), names, flags.cached, func(_ *session, fabrics []core.FabricState) error {
		now := a.now()
		if err := a.printStatus(fabrics, now, flags, len(names) > 0); err != nil {
			return err
		}
		return done(statusCode(fabrics, failOn, now))
	})
}

// failStates are the states that make the command exit with 1.
func failStates(flags statusFlags) ([]core.State, error) {
	var states []core.State
	for _, word := range flags.failOn {
		s, err := core.ParseState(strings.TrimSpace(word))
		if err != nil {
			var words []string
			for _, s := range core.States() {
				words = append(words, s.String())
			}
			return nil, fmt.Errorf("--fail-on: %w (the states are %s)", err, joined(words))
		}
		states = append(states, s)
	}
	if len(states) == 0 && flags.exitCode {
		for _, s := range core.States() {
			if !s.Settled() {
				states = append(states, s)
			}
		}
	}
	return states, nil
}

func statusCode(fabrics []core.FabricState, failOn []core.State, now time.Time) int {
	code := exitDone
	for _, f := range fabrics {
		if unread(f, now) {
			code = worse(code, exitUnread)
		}
		if f.Report == nil {
			continue
		}
		for _, s := range failOn {
			if f.Report.Counts[s] > 0 {
				code = worse(code, exitDifferences)
			}
		}
	}
	return code
}

func (a *app) printStatus(fabrics []core.FabricState, now time.Time, flags statusFlags, objects bool) error {
	if flags.output == "table" {
		return a.statusTable(fabrics, now, objects || flags.all, flags.all)
	}
	data, err := json.MarshalIndent(statusDocument(fabrics, now, flags.all), "", "  ")
	if err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	if flags.output == "yaml" {
		if data, err = yaml.JSONToYAML(data); err != nil {
			return fmt.Errorf("write status: %w", err)
		}
	}
	return a.printf("%s\n", strings.TrimRight(string(data), "\n"))
}

// statusTable prints a line for each fabric and, where asked for, one for each
// object below it.
func (a *app) statusTable(fabrics []core.FabricState, now time.Time, objects, all bool) error {
	var t table
	columns := statusColumns()
	head := []any{"FABRIC", "STATE"}
	for _, s := range columns {
		head = append(head, string(s.Letter()))
	}
	t.row(append(head, "GIT", "SEEN", "MESSAGE")...)
	for _, f := range fabrics {
		state, word := f.Standing(now)
		line := []any{safe.Clean(string(f.Fabric.ID)), fmt.Sprintf("%c %s", state.Letter(), word)}
		for _, s := range columns {
			line = append(line, count(f, s))
		}
		t.row(append(line, revision(f), seen(f, now), safe.Clean(message(f.Problems(now))))...)
	}
	if err := t.print(a.out); err != nil {
		return err
	}
	if !objects {
		return nil
	}
	for _, f := range fabrics {
		if err := a.objectTable(f, now, all); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) objectTable(f core.FabricState, now time.Time, all bool) error {
	if f.Report == nil {
		return nil
	}
	var t table
	for _, v := range f.Report.Verdicts {
		if v.State == core.InSync && !all {
			continue
		}
		if len(t.rows) == 0 {
			t.row("STATE", "OBJECT", "FIELDS", "SINCE", "REASON")
		}
		t.row(fmt.Sprintf("%c %s", v.State.Letter(), v.State.Title()), safe.Clean(f.Fabric.Label(v.Key)),
			len(v.Changes), core.Age(now, v.Since), safe.Clean(v.Reason))
	}
	if len(t.rows) == 0 {
		return nil
	}
	if err := a.printf("\n%s\n", safe.Clean(string(f.Fabric.ID))); err != nil {
		return err
	}
	return t.print(a.out)
}

// statusColumns are the states in the order of their columns: what is well, what
// waits, what a person has to look at.
func statusColumns() []core.State {
	return []core.State{
		core.InSync, core.Pending, core.Acknowledged, core.Drifted, core.Differs, core.Conflict,
		core.OnlyGit, core.OnlyLive, core.Stuck, core.Invalid, core.Unknown,
	}
}

// count is a cell of the table, with the marks of the screens.
func count(f core.FabricState, s core.State) string {
	switch n, known := f.Count(s); {
	case !known:
		return "?"
	case n == 0:
		return "."
	default:
		return fmt.Sprint(n)
	}
}

func revision(f core.FabricState) string {
	if f.Report == nil || len(f.Report.Git) == 0 || len(f.Report.Git[0].Revision) < 7 {
		return "?"
	}
	return core.ShortCommit(f.Report.Git[0].Revision)
}

func seen(f core.FabricState, now time.Time) string {
	if f.Report == nil {
		return core.Age(now, time.Time{})
	}
	return core.Age(now, f.Report.Live.ReadAt)
}

// message is why a fabric could not be read whole, in the space of a line.
func message(problems []core.Problem) string {
	switch len(problems) {
	case 0:
		return ""
	case 1:
		return problems[0].String()
	}
	return fmt.Sprintf("%s (and %d more)", problems[0], len(problems)-1)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"selvage/core"
)

// planFlags are what a plan is asked for.
type planFlags struct {
	ticket, message string
	allowDelete     int
	revert          string
}

func (f *planFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.ticket, "ticket", "", "the ticket that the commit is for")
	flags.StringVar(&f.message, "message", "", "the commit's message, in place of a summary")
	flags.IntVar(&f.allowDelete, "allow-delete", 0, "let up to `N` objects be taken out of git, beyond the limits")
	flags.StringVar(&f.revert, "revert", "", "take back what a `run` published, in place of the drafts")
}

// asked are the options of the plan.
func (f planFlags) asked() core.PlanOptions {
	return core.PlanOptions{Ticket: f.ticket, Message: f.message, AllowDelete: f.allowDelete, Reverts: f.revert}
}

// given names one of the flags that are set; "" for none.
func (f planFlags) given(cmd *cobra.Command) string {
	for _, name := range []string{"ticket", "message", "allow-delete", "revert"} {
		if cmd.Flags().Changed(name) {
			return "--" + name
		}
	}
	return ""
}

func (a *app) planCommand() *cobra.Command {
	var flags planFlags
	var output string
	cmd := &cobra.Command{
		Use:   "plan FABRIC...",
		Short: "Print what publishing the drafts would do; nothing is published",
		Long: `Check fabrics, and print what publishing their drafts would commit, and what the
GitOps engines would then do because of it: to these fabrics, and to every other
one that reads the same branch. The plan is kept under an id, for selvage sync
--plan. It is void as soon as git or live moves on what it touches.

-o patch writes the commits as patches for git am.`,
		RunE: func(cmd *cobra.Command, names []string) error {
			return a.plan(cmd.Context(), names, flags, output)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table, json or patch")
	return cmd
}

func (a *app) plan(ctx context.Context, names []string, flags planFlags, output string) error {
	printers := map[string]func(context.Context, *session, *core.Plan) error{
		"table": a.planTable, "json": a.planJSON, "patch": a.planPatch,
	}
	printer, ok := printers[output]
	if !ok {
		return usage(fmt.Errorf("--output %q: it is one of table, json, patch", output))
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	return a.within(ctx, c, func(ctx context.Context, s *session) error {
		asked := flags.asked()
		ids, err := a.meant(ctx, s, names, &asked)
		if err != nil {
			return err
		}
		if err := a.check(ctx, s, ids); err != nil {
			return err
		}
		p, err := s.plan(ctx, asked, ids...)
		if err != nil {
			return a.unplanned(s, ids, err)
		}
		if err := printer(ctx, s, p); err != nil {
			return err
		}
		code := a.told(s, ids)
		if len(p.Stop) > 0 {
			code = worse(code, exitRefused)
		}
		return done(code)
	})
}

// plan makes a plan of what was checked, and of what has become of the proposals
// that are open, with what lint says of it.
func (s *session) plan(ctx context.Context, asked core.PlanOptions, ids ...core.FabricID) (*core.Plan, error) {
	if err := s.runner.Review(ctx, ids...); err != nil {
		return nil, err
	}
	return planner{s}.Plan(ctx, username(), asked, ids...)
}

// planner makes plans with what lint says of them.
type planner struct{ session *session }

// Plan makes a plan.
func (p planner) Plan(ctx context.Context, by string, asked core.PlanOptions, ids ...core.FabricID) (*core.Plan, error) {
	made, err := p.session.runner.Plan(ctx, by, asked, ids...)
	if err != nil {
		return nil, err
	}
	made.Lint, err = p.session.runner.Lint(ctx, made)
	return made, err
}

// meant are the fabrics that a command is about: the named ones, or else those of
// the run that is to be taken back. The run's id is completed.
func (a *app) meant(ctx context.Context, s *session, names []string, asked *core.PlanOptions) ([]core.FabricID, error) {
	var of []core.FabricID
	if asked.Reverts != "" {
		run, err := s.store.Run(ctx, asked.Reverts)
		if err != nil {
			return nil, usage(err)
		}
		asked.Reverts, of = run.ID, run.Fabrics
	}
	return chosenFabrics(s, names, of, "run "+asked.Reverts)
}

// chosenFabrics are the named fabrics, or else those that a plan or a run is of.
// Where both are known they have to be the same ones.
func chosenFabrics(s *session, names []string, of []core.FabricID, what string) ([]core.FabricID, error) {
	if len(names) == 0 {
		if len(of) == 0 {
			return nil, usage(errors.New("name a fabric (selvage status lists them)"))
		}
		for _, id := range of {
			names = append(names, string(id))
		}
	}
	ids, err := named(s.config, names)
	if err != nil || len(of) == 0 {
		return ids, err
	}
	other := func(id core.FabricID) bool { return !slices.Contains(of, id) }
	if slices.ContainsFunc(ids, other) || len(ids) != len(of) {
		return nil, usage(fmt.Errorf("%s is about %s, and not about %s", what, list(of), list(ids)))
	}
	return of, nil
}

// unplanned ends a command that could make no plan.
func (a *app) unplanned(s *session, ids []core.FabricID, err error) error {
	code := a.told(s, ids)
	end := notAllowed(err)
	var e exit
	if errors.As(end, &e) && code == exitUnread {
		var no *core.NotAllowed
		if !errors.As(err, &no) {
			e.code = exitUnread
		}
	}
	return exit{code: worse(code, e.code), err: err}
}

// told tells on standard error what of fabrics could not be read, and gives the
// code that this stands for.
func (a *app) told(s *session, ids []core.FabricID) int {
	code := exitDone
	for _, f := range states(s.loop.Fleet(), ids) {
		var e exit
		if errors.As(a.partial(f), &e) {
			code = worse(code, e.code)
		}
	}
	return code
}

// planPatch writes the commits of a plan for git am. What no patch can be made of
// is told on standard error.
func (a *app) planPatch(ctx context.Context, s *session, p *core.Plan) error {
	text, err := s.runner.Patch(ctx, p)
	if err != nil {
		return a.unplanned(s, p.Fabrics, err)
	}
	// Whoever pipes it needs the bytes as they are.
	if _, err := a.out.Write(text); err != nil {
		return err
	}
	aside := a.planText(s, p)
	aside.keptOut(ctx)
	if p.Empty() {
		aside.line("", "", "nothing to commit")
	}
	fmt.Fprint(a.errs, aside.b.String())
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"selvage/core"
)

type syncFlags struct {
	planFlags
	plan    string
	yes     bool
	confirm []string
	noWait  bool
	propose bool
	output  string
}

func (a *app) syncCommand() *cobra.Command {
	var flags syncFlags
	cmd := &cobra.Command{
		Use:   "sync FABRIC...",
		Short: "Publish the drafts as one commit, and follow it until live agrees",
		Long: `Check fabrics, plan what their drafts come to, and publish that once it is
confirmed: on a terminal by an answer, of a protected fabric by its name; else by
--yes and --confirm. Then wait until the GitOps engine, the cluster and the
switches agree. With nothing to publish it checks, and waits for what git was
chosen for.

Without FABRIC, --plan and --revert are about the fabrics of the plan or run.`,
		RunE: func(cmd *cobra.Command, names []string) error {
			return a.sync(cmd, names, flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.plan, "plan", "", "publish the plan with this `id`, and nothing else")
	f.BoolVar(&flags.yes, "yes", false, "publish without asking")
	f.StringSliceVar(&flags.confirm, "confirm", nil, "confirm the protected `fabric` of this name")
	f.BoolVar(&flags.noWait, "no-wait", false, "end as soon as the commit is on its branch")
	f.BoolVar(&flags.propose, "propose", false, "publish to a side branch, for a review")
	f.StringVarP(&flags.output, "output", "o", "table", "table or json")
	flags.planFlags.add(cmd)
	return cmd
}

func (a *app) sync(cmd *cobra.Command, names []string, flags syncFlags) error {
	given := flags.given(cmd)
	switch {
	case flags.output != "table" && flags.output != "json":
		return usage(fmt.Errorf("--output %q: it is one of table, json", flags.output))
	case flags.plan != "" && given != "":
		return usage(fmt.Errorf("%s is a part of the plan (selvage plan %s makes another one)", given, given))
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	for _, name := range flags.confirm {
		if _, ok := c.Fabric(core.FabricID(name)); !ok {
			return usage(fmt.Errorf("--confirm: no fabric %q in the configuration", name))
		}
	}
	return a.within(cmd.Context(), c, func(ctx context.Context, s *session) error {
		if run, err := publishedBy(ctx, s, flags.plan); err != nil || run != nil {
			if err != nil {
				return exit{code: exitRefused, err: err}
			}
			return a.already(ctx, s, run, flags)
		}
		p, err := a.toPublish(ctx, s, names, flags)
		if err == nil {
			p, err = a.allowed(ctx, cmd.InOrStdin(), s, p)
		}
		if err != nil {
			return err
		}
		g := core.RunOrder{By: username(), Host: a.seat(), RunOptions: core.RunOptions{
			NoWait: flags.noWait, Propose: flags.propose,
			AllowDelete: p.Asked.AllowDelete, Ticket: p.Asked.Ticket, Message: p.Asked.Message,
		}}
		if err := a.agree(ctx, cmd.InOrStdin(), s, p, flags, &g); err != nil {
			return err
		}
		return a.carryOut(ctx, s, p, g, flags)
	})
}

// toPublish is the plan that is to be carried out: the one that is named, or else
// one that is made by a check. It is told on standard error.
func (a *app) toPublish(ctx context.Context, s *session, names []string, flags syncFlags) (*core.Plan, error) {
	if flags.plan != "" {
		p, err := s.store.Plan(ctx, flags.plan)
		switch {
		case errors.Is(err, core.ErrNoPlan):
			return nil, usage(err)
		case err != nil:
			return nil, exit{code: exitRefused, err: err}
		}
		if _, err := chosenFabrics(s, names, p.Fabrics, "plan "+p.ID); err != nil {
			return nil, err
		}
		if p.Empty() { // else the run checks
			if err := a.check(ctx, s, p.Fabrics); err != nil {
				return nil, err
			}
		}
		return p, nil
	}
	asked := flags.asked()
	ids, err := a.meant(ctx, s, names, &asked)
	if err != nil {
		return nil, err
	}
	if err := a.check(ctx, s, ids); err != nil {
		return nil, err
	}
	p, err := s.plan(ctx, asked, ids...)
	if err != nil {
		return nil, a.unplanned(s, ids, err)
	}
	return p, nil
}

// publishedBy is the run that has published all of a plan, nil where none has.
func publishedBy(ctx context.Context, s *session, plan string) (*core.Run, error) {
	if plan == "" {
		return nil, nil
	}
	runs, err := s.store.RunsOf(ctx, plan)
	for _, r := range slices.Backward(runs) {
		landed := slices.ContainsFunc(r.Publications, func(p core.PublicationState) bool { return p.Phase == core.PublicationLanded })
		switch r.Phase {
		case core.RunAgreed, core.RunPublished, core.RunMerged, core.RunWaiting:
			if landed {
				return r, err
			}
		default:
		}
	}
	return nil, err
}

// already tells which run has published a plan. Where live had not followed by then,
// it checks and follows once more.
func (a *app) already(ctx context.Context, s *session, r *core.Run, flags syncFlags) error {
	id, _, _ := strings.Cut(r.ID, "-")
	var as []string
	for _, p := range r.Publications {
		if p.Phase == core.PublicationLanded {
			as = append(as, core.ShortCommit(p.Commit))
		}
	}
	words := cleaned(fmt.Sprintf("plan %s is already published by run %s as commit %s", r.Plan, id, strings.Join(as, ", ")))
	settled := r.Phase == core.RunAgreed || r.Phase == core.RunMerged
	switch {
	case flags.output != "json":
		if err := a.printf("%s\n", words); err != nil {
			return err
		}
	case settled:
		doc := runDocument{APIVersion: "selvage/v1", Kind: "SyncRun", Fabrics: r.Fabrics, syncEntry: syncDocument(*r)}
		if err := a.printJSON("run", doc); err != nil {
			return err
		}
	default:
		fmt.Fprintf(a.errs, "%s\n", words)
	}
	if settled {
		return nil
	}
	if err := a.check(ctx, s, r.Fabrics); err != nil {
		return err
	}
	g := core.RunOrder{By: username(), Host: a.seat(), RunOptions: core.RunOptions{NoWait: flags.noWait}}
	return a.carryOut(ctx, s, &core.Plan{Fabrics: r.Fabrics}, g, flags)
}

// carryOut carries a plan out, tells how it goes on and what came of it.
func (a *app) carryOut(ctx context.Context, s *session, p *core.Plan, g core.RunOrder, flags syncFlags) error {
	code := exitDone
	if p.Nothing() {
		if code = a.told(s, p.Fabrics); code != exitDone {
			return done(code) // nobody can say that anything agrees
		}
	}
	end := a.progress(s, p.Fabrics[0])
	r, err := s.runner.Sync(ctx, p, g)
	s.runner.Shown()
	end()
	if err != nil {
		var no *core.NotAllowed
		if errors.As(err, &no) {
			for _, why := range no.Reasons[:len(no.Reasons)-1] {
				a.complain(errors.New(why))
			}
			err = errors.New(no.Reasons[len(no.Reasons)-1])
		}
		if r == nil {
			return exit{code: exitRefused, err: err}
		}
		a.complain(err) // it was not written down
		code = exitRefused
	}
	if err := a.printRun(ctx, s, p, r, flags.output); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return exit{code: exitInterrupted, err: errInterrupted}
	}
	if keptOut(p) {
		code = worse(code, exitRefused)
	}
	return done(worse(code, runCode(r)))
}

// keptOut tells whether some decision is not carried out by a plan.
func keptOut(p *core.Plan) bool { return len(p.Conflicts)+len(p.Void)+len(p.Refused) > 0 }

// runCode is the code that the end of a run stands for.
func runCode(r *core.Run) int {
	switch r.Phase {
	case core.RunAgreed, core.RunPublished, core.RunProposed, core.RunMerged:
		return exitDone
	case core.RunWaiting:
		return exitWaiting
	case core.RunFailed:
		if len(r.Publications) == 0 && r.Plan == "" {
			return exitUnread // nothing was to be published
		}
	case core.RunInterrupted:
		return exitInterrupted
	case core.RunQueued, core.RunChecking, core.RunPublishing, core.RunFollowing, core.RunRetrying, core.RunDeclined, core.RunRefused:
	}
	return exitRefused
}

// protected are the fabrics of a plan that want their names typed and that are
// not confirmed yet.
func protected(s *session, p *core.Plan, confirmed []core.FabricID) []core.FabricID {
	var all []core.FabricID
	for _, f := range states(s.loop.Fleet(), p.Fabrics) {
		if f.Fabric.Protected && !slices.Contains(confirmed, f.Fabric.ID) {
			all = append(all, f.Fabric.ID)
		}
	}
	return all
}

func fabricIDs(names []string) []core.FabricID {
	all := make([]core.FabricID, len(names))
	for i, n := range names {
		all[i] = core.FabricID(strings.TrimSpace(n))
	}
	return all
}

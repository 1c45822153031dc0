package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"selvage/core"
)

// agree shows a plan and has a person agree to it, where it publishes anything:
// by --yes, and by --confirm for what is protected, or by answers on a terminal.
func (a *app) agree(ctx context.Context, in io.Reader, s *session, p *core.Plan, flags syncFlags, g *core.RunOrder) error {
	g.Confirmed = fabricIDs(flags.confirm)
	if flags.output == "table" && !p.Nothing() {
		t := a.planText(s, p)
		t.short(ctx)
		fmt.Fprint(a.errs, t.b.String())
	}
	switch {
	case len(p.Stop) > 0:
		return a.stopped(s, p)
	case p.Empty():
		return nil
	case !isTerminal(in):
		return unasked(s, p, flags, *g)
	}
	agreed := flags.yes
	for _, id := range protected(s, p, g.Confirmed) {
		typed, err := a.ask(ctx, in, fmt.Sprintf("%s is protected. Type its name to publish to it: ", id))
		if err != nil {
			return err
		}
		if typed != string(id) {
			return exit{code: exitRefused, err: fmt.Errorf("publish plan %s: %q is not %s, nothing was published", p.ID, typed, id)}
		}
		g.Confirmed, agreed = append(g.Confirmed, id), true
	}
	if agreed || allConfirmed(p, *g) {
		return nil
	}
	typed, err := a.ask(ctx, in, "publish? [y/N] ")
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"y", "yes"}, strings.ToLower(typed)) {
		return exit{code: exitRefused, err: fmt.Errorf("publish plan %s: not confirmed, nothing was published (selvage sync %s --plan %s does it later)", p.ID, fabricNames(p.Fabrics), p.ID)}
	}
	return nil
}

// unasked tells which flags are missing where nobody can be asked.
func unasked(s *session, p *core.Plan, flags syncFlags, g core.RunOrder) error {
	var missing []string
	for _, id := range protected(s, p, g.Confirmed) {
		missing = append(missing, "--confirm "+core.ShellWord(string(id)))
	}
	if !flags.yes && len(missing) == 0 && !allConfirmed(p, g) {
		missing = append(missing, "--yes")
	}
	if len(missing) == 0 {
		return nil
	}
	return exit{code: exitRefused, err: fmt.Errorf("publish plan %s: nobody has confirmed it (if that is right: selvage sync %s --plan %s %s)",
		p.ID, fabricNames(p.Fabrics), p.ID, strings.Join(missing, " "))}
}

// allConfirmed tells whether every fabric of a plan was named to confirm it.
func allConfirmed(p *core.Plan, g core.RunOrder) bool {
	return !slices.ContainsFunc(p.Fabrics, func(id core.FabricID) bool { return !slices.Contains(g.Confirmed, id) })
}

// stopped ends a command whose plan cannot be published as it is.
func (a *app) stopped(s *session, p *core.Plan) error {
	code := worse(exitRefused, a.told(s, p.Fabrics))
	for _, why := range p.Stop[:len(p.Stop)-1] {
		a.complain(errors.New(why))
	}
	return exit{code: code, err: errors.New(p.Stop[len(p.Stop)-1])}
}

// allowed lets a person type how many objects go, where that alone is what keeps
// a plan from being published, and gives the plan that allows it.
func (a *app) allowed(ctx context.Context, in io.Reader, s *session, p *core.Plan) (*core.Plan, error) {
	n := p.Deletes()
	if len(p.Stop) == 0 || n <= p.Asked.AllowDelete || !isTerminal(in) {
		return p, nil
	}
	asked := p.Asked
	asked.AllowDelete = n
	again, err := s.runner.Plan(ctx, p.By, asked, p.Fabrics...)
	if err != nil || len(again.Stop) > 0 || again.Deletes() != n {
		return p, err
	}
	for _, why := range p.Stop {
		fmt.Fprintln(a.errs, cleaned(why))
	}
	typed, err := a.ask(ctx, in, fmt.Sprintf("Type %d to allow that: ", n))
	if err != nil {
		return nil, err
	}
	if typed != strconv.Itoa(n) {
		return nil, exit{code: exitRefused, err: fmt.Errorf("publish plan %s: %q is not %d, nothing was published", p.ID, typed, n)}
	}
	return again, nil
}

// ask puts a question on standard error and reads the answer.
func (a *app) ask(ctx context.Context, in io.Reader, question string) (string, error) {
	fmt.Fprint(a.errs, cleaned(question))
	return readLine(ctx, in)
}

// isTerminal tells whether somebody can be asked.
func isTerminal(in io.Reader) bool {
	f, ok := in.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

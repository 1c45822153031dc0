package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"selvage/core"
	"selvage/core/manifest"
	"selvage/tui"
	"selvage/tui/lines"
)

// byLine tells whether the dashboard is to talk in lines: somebody asks for it,
// or the terminal says of itself that it can do nothing else.
func (a *app) byLine() bool {
	asked, _ := a.env("SELVAGE_ACCESSIBLE")
	term, _ := a.env("TERM")
	return a.accessible || asked != "" || term == "dumb" && a.interactive()
}

// talk holds the dashboard's conversation in lines, over standard input and
// output.
func (a *app) talk(ctx context.Context, s *session, events func(context.Context) (core.Event, error)) error {
	return lines.Run(ctx, lines.Config{
		Engine: s.loop, Acts: a.talkActs(s), Printer: printer{a, s}, Events: events, Now: a.now,
		Find: func(f core.FabricState, name string) ([]core.Verdict, error) {
			return chosen(f, []string{name}, a.now())
		},
		Document: manifest.Render, Mode: s.config.Mode, Version: version(),
		In: os.Stdin, Out: a.out,
	})
}

// talkActs are what can be done in that conversation: what is typed as a decision
// is looked at as that of a command is, before it is laid down.
func (a *app) talkActs(s *session) tui.Acts {
	acts := a.acts(s)
	acts.Decider = fitting{acts.Decider, a, s}
	return acts
}

// fitting lays down decisions that are about what differs, and no others.
type fitting struct {
	tui.Decider
	app     *app
	session *session
}

// Decide tells of each decision whether it fits before it lays any down.
func (d fitting) Decide(ctx context.Context, id core.FabricID, by string, decisions ...core.Decision) ([]core.Draft, error) {
	f, _ := d.session.loop.Fleet().Fabric(id)
	for i := range decisions {
		if err := d.app.fits(ctx, d.session, f, &decisions[i]); err != nil {
			return nil, err
		}
	}
	return d.Decider.Decide(ctx, id, by, decisions...)
}

// printer prints what commands print.
type printer struct {
	app     *app
	session *session
}

// Diff is what selvage diff prints.
func (p printer) Diff(f core.FabricState, of []core.Verdict, unified bool) (string, error) {
	return p.app.captured(func(a *app) error {
		if unified {
			return a.diffUnified(f, of)
		}
		return a.diffFields(f, of)
	})
}

// Plan is what selvage plan prints.
func (p printer) Plan(ctx context.Context, plan *core.Plan) (string, error) {
	return p.app.captured(func(a *app) error { return a.planTable(ctx, p.session, plan) })
}

// Run is what selvage sync prints at its end.
func (p printer) Run(r *core.Run) string {
	var b strings.Builder
	p.app.runLines(&b, p.session, r)
	return b.String()
}

// History is what selvage history prints.
func (p printer) History(ctx context.Context, q lines.Query) (string, error) {
	names := []string{}
	if q.Fabric != "" {
		names = append(names, string(q.Fabric))
	}
	return p.app.captured(func(a *app) error {
		return a.history(ctx, names, historyFlags{output: "table", since: q.Since, object: q.Object})
	})
}

// captured is what a command prints on standard output.
func (a *app) captured(do func(*app) error) (string, error) {
	var b bytes.Buffer
	then := *a
	then.out, then.errs = &b, io.Discard
	err := do(&then)
	if e := (exit{}); errors.As(err, &e) && e.err != nil {
		err = e.err
	}
	return b.String(), err
}

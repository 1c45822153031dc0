package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"selvage/core"
	"selvage/core/doctor"
	"selvage/core/lint"
	"selvage/store"
	"selvage/tui"
)

// chronicle tells the dashboard what happened, from the store and the repositories
// of a session.
type chronicle struct {
	app     *app
	session *session
}

// History is a page of what happened to fabrics, with secrets masked.
func (c chronicle) History(ctx context.Context, after core.Entry, limit int, fabrics ...core.FabricID) ([]core.Entry, error) {
	page, err := c.session.store.Entries(ctx, store.Filter{Fabrics: fabrics, After: after, Limit: limit})
	maskEntries(page)
	return page, err
}

// Course sums up how a fabric fared. What a check saw holds until two more should
// have come, and at least for as long as it is not stale.
func (c chronicle) Course(ctx context.Context, id core.FabricID, days int) (core.Course, error) {
	f, ok := c.session.loop.Fleet().Fabric(id)
	if !ok {
		return core.Course{}, fmt.Errorf("no fabric %q", id)
	}
	hold := max(cmp.Or(f.Fabric.StaleAfter, 3*time.Minute), 2*f.Fabric.CheckEvery)
	now := c.app.now()
	looks, err := c.session.store.Looks(ctx, id, now.AddDate(0, 0, -days), hold)
	return core.CourseOf(looks, now, days, hold), err
}

// Run is a run, and the plan that it carried out, where that is kept.
func (c chronicle) Run(ctx context.Context, id string) (*core.Run, *core.Plan, error) {
	r, err := c.session.store.Run(ctx, id)
	if err != nil || r.Plan == "" {
		return r, nil, err
	}
	p, err := c.session.store.Plan(ctx, r.Plan)
	if errors.Is(err, core.ErrNoPlan) {
		return r, nil, nil
	}
	return r, p, err
}

// Commit is what a commit of one of a fabric's repositories changed.
func (c chronicle) Commit(ctx context.Context, id core.FabricID, commit string) (string, error) {
	f, ok := c.session.loop.Fleet().Fabric(id)
	source := c.session.git[id]
	if !ok || f.Report == nil || source == nil {
		return "", fmt.Errorf("nothing is known of fabric %q yet", id)
	}
	var failed error
	for _, at := range f.Report.Git {
		text, found, err := source.Show(ctx, at, commit)
		if found && err == nil {
			return maskText(text), nil
		}
		failed = errors.Join(failed, err)
	}
	if failed != nil {
		return "", failed
	}
	return "", fmt.Errorf("commit %s is in the history of no branch of %s: it is on another one, or was taken out", core.ShortCommit(commit), id)
}

// fabricLinter lints what Git said when it was read last.
type fabricLinter struct{ session *session }

// Lint looks through the files of a fabric.
func (l fabricLinter) Lint(ctx context.Context, id core.FabricID) ([]core.LintFinding, error) {
	git, err := l.session.loop.Git(ctx, id)
	if err != nil {
		return nil, err
	}
	memory, err := l.session.store.Memory(ctx, id)
	if err != nil {
		return nil, err
	}
	source := l.session.git[id]
	text := func(name string) ([]byte, error) { return source.Text(ctx, name) }
	return lint.Check(git, lint.Options{Before: basesOf(memory), Place: locating(text)}), ctx.Err()
}

// basesOf is what Git said of each object when both sides were last seen to agree.
func basesOf(memory *core.Memory) *core.Snapshot {
	before := core.NewSnapshot()
	for _, o := range memory.Objects {
		if o.Base != nil && o.Base.Git != nil {
			before.Add(o.Base.Git)
		}
	}
	return before
}

// physician examines the fabrics of a session for the dashboard.
type physician struct {
	app     *app
	session *session
}

// Examine looks at one fabric, or at what concerns none.
func (p physician) Examine(ctx context.Context, id core.FabricID) ([]tui.Symptom, error) {
	var found []doctor.Finding
	if c := p.session.config; id == "" {
		found = append(p.app.ofSettings(c), p.app.ofStore(ctx, c)...)
		for _, f := range doctor.OfTerminal(p.app.terminal()) {
			if f.What != "size" && f.What != "colours" { // the dashboard asks the terminal itself
				found = append(found, f)
			}
		}
	} else {
		found = doctor.Examine(ctx, doctor.Config{Now: p.app.now, Limit: 1}, p.app.patients(c, []core.FabricID{id})...)
	}
	all := make([]tui.Symptom, len(found))
	for i, f := range found {
		all[i] = tui.Symptom{Area: string(f.Area), Level: string(f.Level), What: f.What, Text: f.Text, Hint: f.Hint}
	}
	return all, ctx.Err()
}

// onlooker tells what is new without anybody having looked.
type onlooker struct{ store *store.Store }

// Visit gives what changed since the person looked.
func (o onlooker) Visit(ctx context.Context, id core.FabricID, by string, _ time.Time) (core.News, error) {
	news, err := o.store.News(ctx, by, id)
	return news[id], err
}

// News gives what changed in fabrics since the person looked.
func (o onlooker) News(ctx context.Context, by string, ids ...core.FabricID) (map[core.FabricID]core.News, error) {
	return o.store.News(ctx, by, ids...)
}

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/drift"
	"selvage/store"
	"selvage/tui"
)

// acts are what a person can do in the dashboard of a session.
func (a *app) acts(s *session) tui.Acts {
	return tui.Acts{
		Decider: s.runner, Planner: planner{s}, Starter: s.runner, Accepter: accepter{a, s}, Span: spanOrEnd, Ledger: ledger{a, s},
		Masked: maskedPlan, By: username(), Whence: a.seat(), Informer: informer{s}, Referrer: referrer{},
		JSON: func(what any) ([]byte, error) { return copied(what, a.now()) }, Patch: s.runner.Patch,
		Sheets: sheets{a, s}, Hinter: hinter{s}, Logins: logins{s}, Ignorer: ignorer{a, s}, Journal: journal(logPath(s.config)),
		Chronicle: chronicle{a, s}, Visitor: s.store, Handover: s.store, Linter: fabricLinter{s}, Doctor: physician{a, s},
	}
}

// views are what a screen can show beside what was checked, without anybody doing
// anything.
func (a *app) views(s *session) tui.Acts {
	all := a.acts(s)
	return tui.Acts{By: all.By, Masked: all.Masked, Chronicle: all.Chronicle, Visitor: onlooker{s.store}, Handover: all.Handover, Linter: all.Linter, Doctor: all.Doctor, Informer: all.Informer, Journal: all.Journal, Referrer: all.Referrer}
}

// accepter accepts differences for a while.
type accepter struct {
	app     *app
	session *session
}

// Accept accepts what an object differs by at a path and below it.
func (d accepter) Accept(ctx context.Context, id core.FabricID, k core.Key, path core.Path, span, reason string) (time.Time, error) {
	return d.accept(ctx, id, []core.Key{k}, path, span, reason)
}

// AcceptAll accepts all that some objects differ by, or nothing.
func (d accepter) AcceptAll(ctx context.Context, id core.FabricID, objects []core.Key, span, reason string) (time.Time, error) {
	return d.accept(ctx, id, objects, core.Root, span, reason)
}

func (d accepter) accept(ctx context.Context, id core.FabricID, objects []core.Key, path core.Path, span, reason string) (time.Time, error) {
	p, err := ackFlags{reason: reason, span: span, end: span == endWord}.pardon()
	if err != nil {
		return time.Time{}, err
	}
	p.field = path
	if span == endWord {
		return d.end(ctx, id, objects, p)
	}
	now := d.app.now()
	var words []core.Acknowledgement
	for _, k := range objects {
		changes, err := d.session.loop.Values(ctx, id, k)
		if err != nil {
			return time.Time{}, err
		}
		said := p.words(k, changes, now)
		if len(said) == 0 {
			return time.Time{}, fmt.Errorf("%s does not differ at %s any more", k, path)
		}
		words = append(words, said...)
	}
	return now.Add(p.span), d.session.runner.Acknowledge(ctx, id, words...)
}

// endWord is what ends what was accepted, in place of a time.
const endWord = "end"

func spanOrEnd(text string) (time.Duration, error) {
	if text == endWord {
		return 0, nil
	}
	return ackSpan(text)
}

// end ends what was accepted of objects.
func (d accepter) end(ctx context.Context, id core.FabricID, objects []core.Key, p pardon) (time.Time, error) {
	m, err := d.session.store.Memory(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	now := d.app.now()
	var ended []core.Acknowledgement
	for _, k := range objects {
		ended = append(ended, p.ended(m, k, now)...)
	}
	if len(ended) == 0 {
		return time.Time{}, fmt.Errorf("nothing is accepted there any more")
	}
	return now, d.session.runner.Acknowledge(ctx, id, ended...)
}

// ledger tells of overwritten edits, from the history of a session.
type ledger struct {
	app     *app
	session *session
}

// Overwritten are the edits of a fabric that were overwritten in the last 30 days.
func (l ledger) Overwritten(ctx context.Context, id core.FabricID) ([]tui.Edit, error) {
	all, err := l.edits(ctx, id)
	for i := range all {
		all[i].Overwritten = drift.Mask(all[i].Overwritten)
	}
	return all, err
}

// edits are those edits as they were.
func (l ledger) edits(ctx context.Context, id core.FabricID) ([]tui.Edit, error) {
	const page = 1000
	filter := store.Filter{Fabrics: []core.FabricID{id}, Since: l.app.now().AddDate(0, 0, -30), Limit: page}
	var all []tui.Edit
	for {
		entries, err := l.session.store.Entries(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if o, ok := e.What.(core.Overwritten); ok {
				all = append(all, tui.Edit{ID: e.ID, Overwritten: o})
			}
		}
		if len(entries) < page {
			return all, nil
		}
		filter.After = entries[page-1]
	}
}

// BringBack lays a draft down for what an edit had said.
func (l ledger) BringBack(ctx context.Context, id core.FabricID, by, edit string) error {
	e, there, err := l.session.store.Entry(ctx, id, edit)
	if err != nil {
		return err
	}
	o, is := e.What.(core.Overwritten)
	if !there || !is {
		return fmt.Errorf("the history has no such edit any more: %q", edit)
	}
	from := "an edit that was overwritten"
	if o.Manager != "" {
		from = fmt.Sprintf("an edit of %s that was overwritten", o.Manager)
	}
	_, err = l.session.runner.Decide(ctx, id, by, core.Decision{Key: o.Key, Path: o.Path, Choice: core.TakeEdited, Value: o.Live, From: from})
	return err
}

// maskedPlan is a copy of a plan in which no secret can be read.
func maskedPlan(p *core.Plan) *core.Plan {
	masked := *p
	masked.Commits = slices.Clone(p.Commits)
	for i := range masked.Commits {
		c := &masked.Commits[i]
		c.Changes = slices.Clone(c.Changes)
		for j := range c.Changes {
			ch := &c.Changes[j]
			path, v := shown(ch.Path, ch.Before, ch.After)
			ch.Path, ch.Before, ch.After = path, v[0], v[1]
		}
	}
	masked.Effects = slices.Clone(p.Effects)
	for i := range masked.Effects {
		e := &masked.Effects[i]
		path, v := shown(e.Path, e.From, e.To)
		e.Path, e.From, e.To = path, v[0], v[1]
	}
	masked.Followed = slices.Clone(p.Followed)
	for i := range masked.Followed {
		masked.Followed[i].Path = shownPath(masked.Followed[i].Path)
	}
	masked.Conflicts = slices.Clone(p.Conflicts)
	for i := range masked.Conflicts {
		c := &masked.Conflicts[i]
		path, v := shown(c.Path, c.Base, c.Git, c.Ours)
		c.Path, c.Base, c.Git, c.Ours = path, v[0], v[1], v[2]
	}
	masked.Void = slices.Clone(p.Void)
	for i := range masked.Void {
		masked.Void[i].Resolution.Path = shownPath(masked.Void[i].Resolution.Path)
	}
	masked.Lint = slices.Clone(p.Lint)
	for i := range masked.Lint {
		masked.Lint[i].Path = shownPath(masked.Lint[i].Path)
	}
	return &masked
}

package tui

import (
	"context"
	"time"

	"selvage/core"
)

// Acts are what a person can do beside looking. What is nil is not offered, and
// what the mode of a fabric forbids neither.
type Acts struct {
	// By is who decides and starts runs, Whence where: user, host and terminal, as
	// a run keeps them.
	By, Whence string

	// What is decided and published.
	Decider  Decider
	Planner  Planner
	Starter  Starter
	Accepter Accepter
	Ledger   Ledger
	Sheets   Sheets
	Hinter   Hinter
	Ignorer  Ignorer
	// Span reads for how long a difference may stay; nil to leave that to the Accepter.
	Span func(text string) (time.Duration, error)
	// Masked is a copy of a plan in which no secret can be read; nil where a plan
	// holds none.
	Masked func(*core.Plan) *core.Plan

	// What is known of fabrics, and what is kept: see records.go.
	Informer  Informer
	Referrer  Referrer
	Chronicle Chronicle
	Visitor   Visitor
	Handover  Handover
	Linter    Linter
	Doctor    Doctor
	Journal   Journal
	Logins    Logins

	// JSON is the document that scripts are given of a [core.FabricState], a
	// [core.Verdict], a [core.DraftStanding], a [core.Overwritten], a [core.Plan] or
	// a [core.Run].
	JSON func(any) ([]byte, error)
	// Patch is the commits of a plan as patches for git am.
	Patch func(context.Context, *core.Plan) ([]byte, error)
}

// Decider lays decisions on the desk of a fabric and takes them away.
type Decider interface {
	// Decide lays decisions down as drafts, in one step that can be undone, or none
	// of them.
	Decide(ctx context.Context, id core.FabricID, by string, decisions ...core.Decision) ([]core.Draft, error)
	// Drop takes drafts away, in one step that can be undone. Undo takes the last step
	// of a person back, Redo does it again. What was published they leave alone.
	Drop(ctx context.Context, id core.FabricID, by string, drafts ...int64) (core.Dropped, error)
	Undo(ctx context.Context, id core.FabricID, by string) (core.Stepped, error)
	Redo(ctx context.Context, id core.FabricID, by string) (core.Stepped, error)
}

// Planner works out what publishing the drafts of fabrics would do.
type Planner interface {
	// Plan makes a plan. It may take a while and ends with ctx.
	Plan(ctx context.Context, by string, asked core.PlanOptions, fabrics ...core.FabricID) (*core.Plan, error)
}

// Starter carries plans out in the background. How a run stands is told by the
// state of its fabrics.
type Starter interface {
	// Begin starts a run and gives its id. A [core.NotAllowed] tells every reason
	// why it was not begun.
	Begin(ctx context.Context, p *core.Plan, o core.RunOrder) (string, error)
	// Stop ends a run as soon as it can be ended; false where it is none of this
	// process, or over.
	Stop(run, by string) bool
}

// Accepter accepts differences for a while.
type Accepter interface {
	// Accept accepts what an object differs by at a path and below it, for as long
	// as span says ("8h", "2d", "3w"), and gives until when that is. With "end" it
	// ends what was accepted there, and needs no reason.
	Accept(ctx context.Context, id core.FabricID, k core.Key, path core.Path, span, reason string) (time.Time, error)
	// AcceptAll accepts all that some objects differ by, or nothing.
	AcceptAll(ctx context.Context, id core.FabricID, objects []core.Key, span, reason string) (time.Time, error)
}

// Ledger tells of live edits that were overwritten.
type Ledger interface {
	// Overwritten are those of a fabric of the last 30 days, the latest first.
	// Secrets in them are masked.
	Overwritten(ctx context.Context, id core.FabricID) ([]Edit, error)
	// BringBack lays a draft down for what an edit had said.
	BringBack(ctx context.Context, id core.FabricID, by, edit string) error
}

// Edit is a live edit that was overwritten.
type Edit struct {
	ID string // of its entry in the history
	core.Overwritten
}

// decides tells whether something can be decided in a fabric.
func (e Env) decides(f core.FabricState) bool {
	return e.acts.Decider != nil && e.modeOf(f) != core.ModeRead
}

// plans tells whether something can be published of a fabric.
func (e Env) plans(f core.FabricState) bool {
	return e.acts.Planner != nil && e.modeOf(f) != core.ModeRead
}

// modeOf is what may be done to a fabric; reading where nobody says.
func (e Env) modeOf(f core.FabricState) core.Mode {
	mode := f.Fabric.Mode
	if e.mode != "" {
		mode = mode.Narrower(e.mode)
	}
	if mode != core.ModeWrite && mode != core.ModePropose {
		return core.ModeRead
	}
	return mode
}

// SpanFault is why a text does not say for how long a difference may stay; nil where
// nobody knows the times that may be said (see [Acts.Span]).
func (a Acts) SpanFault(text string) error {
	if a.Span == nil {
		return nil
	}
	_, err := a.Span(text)
	return err
}

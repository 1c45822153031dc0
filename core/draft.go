package core

import "context"

// Draft is a person's decision that waits to be published, or for live to follow.
// It outlives the program: nothing that was decided is lost by a crash.
type Draft struct {
	ID     int64 // grows with each one that is made
	Fabric FabricID
	Resolution
	// From tells where the value comes from, where that is neither side: an edit
	// of kubectl-edit that was overwritten, an editor; "" otherwise.
	From string
}

// Desk keeps the drafts of fabrics. Every change of what lies on it is one step,
// which can be undone.
type Desk interface {
	// Drafts are those of a fabric, in the order in which they were made.
	Drafts(ctx context.Context, id FabricID) ([]Draft, error)
	// Put lays drafts down, as one step of the person who made them. Each takes
	// the place of those at its own place, and at any place inside it. IDs are
	// given here.
	Put(ctx context.Context, id FabricID, drafts ...Draft) error
	// Take takes drafts away, as one step.
	Take(ctx context.Context, id FabricID, by string, drafts ...int64) error
	// Undo takes the last step of a person back, and gives it in a few words; ""
	// where there is none. Redo does the step again that was undone last, as long
	// as nothing else was done since.
	Undo(ctx context.Context, id FabricID, by string) (string, error)
	Redo(ctx context.Context, id FabricID, by string) (string, error)
}

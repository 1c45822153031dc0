package core

import "time"

// Entry is one thing that the history tells of a fabric.
type Entry struct {
	ID     string // names the entry for as long as it is kept
	Fabric FabricID
	At     time.Time // of a time that lasted: its end
	What   Happening
}

// Happening is what an [Entry] tells: a check, a change of a verdict, an edit
// that was overwritten, a time in which nobody watched, a person's word or
// decision, or a run. A run is told without its result, and its files without
// their content: After is empty, and nil only where a file is removed.
//
//sumtype:decl
type Happening interface {
	happening()
	// Word is what happened in one word, as scripts and filters name it.
	Word() string
}

func (Checked) happening()         {}
func (Transition) happening()      {}
func (Overwritten) happening()     {}
func (Blind) happening()           {}
func (Acceptance) happening()      {}
func (Acknowledgement) happening() {}
func (Decided) happening()         {}
func (Run) happening()             {}

// Checked is one check of the past.
type Checked struct {
	Started, Finished time.Time
	Duration          time.Duration
	Quiet             bool   // it changed nothing, met no error and read both sides whole
	Reported          bool   // it came to a report: what follows counts
	Git, Live         Access // of Git the worst of its directories
	Counts            Counts
	Err               string
}

// Decided is a decision that came to lie on the desk, or left it.
type Decided struct {
	Draft Draft
	What  DecidedWhat
	By    string // who did that, which need not be who made the decision
}

// DecidedWhat says what became of a decision.
type DecidedWhat string

// What becomes of decisions. After the first and the last one it lies on the
// desk, after the others it does not.
const (
	DecidedMade     DecidedWhat = "made"
	DecidedReplaced DecidedWhat = "replaced" // by another one on its place, or above it
	DecidedDropped  DecidedWhat = "dropped"
	DecidedUndone   DecidedWhat = "undone" // taken back by an undo
	DecidedDone     DecidedWhat = "done"   // it was published, or live has followed
	DecidedRestored DecidedWhat = "restored"
)

// Word implements [Happening].
func (Checked) Word() string { return "check" }

// Word implements [Happening].
func (Transition) Word() string { return "verdict" }

// Word implements [Happening].
func (Overwritten) Word() string { return "overwritten" }

// Word implements [Happening].
func (Blind) Word() string { return "not_watched" }

// Word implements [Happening].
func (Acceptance) Word() string { return "accepted" }

// Word implements [Happening].
func (Acknowledgement) Word() string { return "acknowledged" }

// Word implements [Happening].
func (Decided) Word() string { return "decided" }

// Word implements [Happening].
func (Run) Word() string { return "sync" }

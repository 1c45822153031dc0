package core

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Source reads one side of one fabric: a cluster, a dump, or its directories
// in Git.
type Source interface {
	// Read returns what is there now. It always returns a snapshot with at
	// least one reading: where the side, or part of it, could not be read, the
	// readings, gaps and findings say so, and nothing is covered that was not
	// read. It reads and does nothing else, and returns soon after ctx ends.
	Read(ctx context.Context, want Scope) *Snapshot
}

// Base is what git and live each said about an object when they last agreed.
type Base struct {
	Key    Key
	Git    *Object
	Live   *Object
	At     time.Time // when that was seen
	Source BaseSource
	// Evidence is what a base of [FromEvidence] rests on, a sentence, and by whom what
	// both halves differ by was accepted: "accepted by kim".
	Evidence string
}

// BaseSource says what proved a base.
type BaseSource string

// The proofs.
const (
	// FromContainment: at first contact Git's content was found in live.
	FromContainment BaseSource = "containment"
	// FromAgreement: both sides agreed again after one of them, or both, moved.
	FromAgreement BaseSource = "agreement"
	// FromEvidence: at first contact what both sides once said was found in
	// evidence that everyone shares.
	FromEvidence BaseSource = "evidence"
	// FromAcceptance: a person took what was there as the base.
	FromAcceptance BaseSource = "acceptance"
)

// Sight is what a fabric's memory holds about one side of an object: the last
// content, and since when it was seen to be that.
type Sight struct {
	Object *Object   // nil where the side was proven not to have it
	At     time.Time // of the first check that saw this; zero where none ever read it
	// Until is when it was read last, where a later look could not read it; zero
	// where the last look did.
	Until time.Time
}

// Remembered is all that is known of one object from earlier checks.
type Remembered struct {
	Base    *Base
	Git     Sight
	Live    Sight
	Verdict Verdict // as last reported, without Git, Live and Folded
}

// Memory is what the store knows of a fabric.
type Memory struct {
	// Objects are shared by memories, and by what follows from one: who has
	// something else to say of an object makes another one.
	Objects map[Key]*Remembered

	// Git is the last whole reading of Git: its objects, findings and
	// readings. nil if there never was one.
	Git *Snapshot
	// GitKinds are the kinds of which Git holds, or ever held, an object.
	GitKinds map[GroupKind]bool

	// Report is the last one, nil if none. It is without its verdicts, which stand
	// in Objects: [Memory.Told] puts them together.
	Report    *Report
	LastSync  time.Time
	LastCheck time.Time

	// What people have said, newest last. What has become void may still be
	// there until the next check is recorded.
	Acceptances      []Acceptance
	Acknowledgements []Acknowledgement
	// Drafts are those on the desk, in the order in which they were made. Where one
	// takes Git, live is to follow, and until it has the object is pending.
	Drafts []Draft
	// Proposed are those of them that an open proposal has, by their ids, and where
	// each is reviewed: the run, or where it is known the address. nil for none.
	Proposed map[int64]string
}

// Told is the last report with its verdicts, nil if there is none. Those are
// copied and brought into their order anew each time.
func (m *Memory) Told() *Report {
	if m.Report == nil {
		return nil
	}
	order := make([]*Verdict, 0, len(m.Objects)) // a verdict is too large to be moved by a sort
	for _, r := range m.Objects {
		if r.Verdict.Key != (Key{}) {
			order = append(order, &r.Verdict)
		}
	}
	slices.SortFunc(order, func(a, b *Verdict) int {
		return cmp.Or(cmp.Compare(a.State, b.State), a.Key.Compare(b.Key))
	})
	told := *m.Report
	told.Verdicts = make([]Verdict, len(order))
	for i, v := range order {
		told.Verdicts[i] = *v
	}
	return &told
}

// Check is the record of one check: what it found, and what changed with it.
// A store keeps it whole or not at all.
type Check struct {
	Fabric            FabricID
	Started, Finished time.Time
	// Seen is since when what it rests on was read, where an earlier check did that
	// and it was only compared again; zero otherwise.
	Seen   time.Time
	Err    string // why no report could be made; "" otherwise
	Report *Report
	Agreed bool // git and live were seen to agree, whole

	// Git is the reading that the report rests on, where it is whole and
	// newer than the one in memory; nil otherwise.
	Git *Snapshot
	// GitKinds are the kinds of which Git holds or ever held an object.
	GitKinds map[GroupKind]bool

	Changed     []Remembered // objects whose memory changed
	Gone        []Key        // objects that are proven gone from both sides
	Transitions []Transition

	Overwritten []Overwritten // live values that were replaced since the last check
	Blind       *Blind        // the time since then in which nobody watched; nil for none

	// Void are the acknowledgements that a changed value has ended: they do not
	// hold again when the value comes back.
	Void []Acknowledgement

	// Done are the drafts that have come true without a run: they leave the desk
	// for good.
	Done []int64
}

// Transition is a change of an object's verdict.
type Transition struct {
	Key      Key
	At       time.Time
	From, To State
	First    bool // the object was not known before: From means nothing
	Reason   string
	Changes  []Change
	By       string // who brought it about by a word or a decision; "" where that is not known for sure
}

// History keeps what was seen. It never holds credentials.
type History interface {
	// Memory gives what is known of a fabric. It is cheap where nothing was
	// recorded since the last call, by this process or another one.
	Memory(ctx context.Context, id FabricID) (*Memory, error)
	// Hold offers what was read of a fabric: what memory has of the same content it
	// may hold as these objects from now on, and not as its own. It says nothing
	// else by that.
	Hold(id FabricID, git, live *Snapshot)
	// Record keeps a check. When it returns nil the check survives a crash.
	Record(ctx context.Context, c Check) error
	// Accept keeps what a person has said of a fabric, all of it or nothing. Memory
	// tells it from then on, until it is void.
	Accept(ctx context.Context, id FabricID, said ...Acceptance) error
}

// Event tells that something happened. Events are notifications: what is now
// the case is in the [Fleet].
//
//sumtype:decl
type Event interface{ event() }

// StateChanged tells that the state of a fabric is another than before.
type StateChanged struct{ Fabric FabricID }

func (StateChanged) event() {}

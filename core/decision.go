package core

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Choice says which side of a difference a decision takes.
type Choice string

// The choices, in the words of the command line.
const (
	TakeGit    Choice = "git"    // what Git says stays; live is to follow
	TakeLive   Choice = "live"   // what live said goes into Git
	TakeBase   Choice = "base"   // Git goes back to what it said at the base
	TakeEdited Choice = "edited" // a value of the operator's own goes into Git
)

// Resolution is a decision on one place of one object: a person's draft, or
// what a policy settled. It carries the digests of the values that it was made
// on, so that nobody acts on a world that has moved on; what became of it
// selvage/core/merge tells.
type Resolution struct {
	Key    Key
	Path   Path // [Root] for the whole object
	Choice Choice
	// Value is what is to stand in Git at the path, absent where nothing is to.
	Value Value

	// The digests of what each side said at the path, the zero Digest where it
	// said nothing. BaseDigest is of Git's half of the base.
	GitDigest, LiveDigest, BaseDigest Digest
	// Anchor is the deepest place at or above Path that Git had, "" where it did
	// not have the object. A value that is added there has lost its place when
	// Git takes that away.
	Anchor Path

	By   string // the operator, or "policy"
	At   time.Time
	Rule string // of a policy: the rule, as [PolicyRule.String] writes it
	// Published tells of the run that put it into Git. It has come true then, whatever
	// becomes of that later.
	Published Publishing
}

// Publishing is by what a decision came into Git. The zero Publishing is of one that
// no run has put there.
type Publishing struct {
	Run string
	At  time.Time // when that was found out
}

// DraftState is what has become of a resolution.
type DraftState string

// What can become of a resolution.
const (
	DraftOpen     DraftState = "open"     // it waits to be published
	DraftProposed DraftState = "proposed" // it is open, and waits for a review: open proposals tell that
	DraftPending  DraftState = "pending"  // Git was taken, or has it and overruled live; live has not followed yet
	DraftDone     DraftState = "done"     // what it asks for is the case
	DraftVoid     DraftState = "void"     // what it was made on has changed
)

// Dispute is one place that both sides of a merge moved to different ends, so
// that somebody has to decide.
type Dispute struct {
	Fabric FabricID // "" where the objects of only one are merged
	Key    Key      // zero where only one object is merged
	Path   Path
	// The values: Ours is what live says, or a draft.
	Base, Git, Ours Value
	Why             string // in a few words
}

// PolicyRule settles what a path of a kind differs by. Of the rules of a fabric
// the first that fits holds.
type PolicyRule struct {
	Kind   string // as [Kind.Named] understands it; "" or * for every kind
	Path   Path   // that path and all below it, with * for any one step
	On     []Trigger
	Policy string // its name in the table of selvage/core/merge
}

// Trigger is what a policy rule settles.
type Trigger string

// The triggers.
const (
	OnConflict Trigger = "conflict"
	OnDrift    Trigger = "drift"
	// OnDelete is any settlement by which a value, an entry or an item goes
	// away, and any conflict in which one side has taken it away. The rule's
	// path has to name the very place.
	OnDelete Trigger = "delete"
)

// Matches tells whether the rule is about a kind.
func (r PolicyRule) Matches(gk GroupKind) bool {
	return r.Kind == "" || r.Kind == "*" || KindOf(gk).Named(r.Kind)
}

// Has tells whether the rule settles something.
func (r PolicyRule) Has(t Trigger) bool { return slices.Contains(r.On, t) }

// String is the rule on one line: "prefer_git VPC .spec.subnets.*.vlan on
// conflict, drift". It names the rule in history, where its place in the
// configuration would soon mean another one.
func (r PolicyRule) String() string {
	on := make([]string, len(r.On))
	for i, t := range r.On {
		on[i] = string(t)
	}
	kind := r.Kind
	if kind == "" {
		kind = "*"
	}
	path := r.Path
	if path == "" {
		path = Root
	}
	return r.Policy + " " + kind + " " + string(path) + " on " + strings.Join(on, ", ")
}

// Pin keeps every policy off a path: a person took back what one had done.
type Pin struct {
	Key    Key
	Path   Path
	Rule   string // whose doing was taken back
	At     time.Time
	Commit Commit // that took it back, where it is known
}

// Heat counts how often a difference came back at one path. It cools down by
// itself, see selvage/core/merge.
type Heat struct {
	Key   Key
	Path  Path
	Level float64 // at At; each time that the difference came back counts 1
	At    time.Time
	// Git and Live are what the two sides said when the difference was last
	// seen; both zero while there is none.
	Git, Live Digest
	// Paused is set from when it got too hot until it has cooled down.
	Paused bool
}

// Tempers keeps what holds the policies of fabrics back.
type Tempers interface {
	// Tempers gives the pins of a fabric, in the order in which they were set, and
	// its heats, in the order in which they were kept.
	Tempers(ctx context.Context, id FabricID) ([]Pin, []Heat, error)
	// Pin sets pins, each in place of one on its own path. Unpin takes those on a
	// path of an object away.
	Pin(ctx context.Context, id FabricID, pins ...Pin) error
	Unpin(ctx context.Context, id FabricID, key Key, path Path) error
	// Heat keeps heats in place of all that were kept. Where nothing has changed
	// it writes nothing.
	Heat(ctx context.Context, id FabricID, heats []Heat) error
}

// ReconciliationResult is what a run made of drafts and policies: what it could
// settle, and what it could not.
type ReconciliationResult struct {
	Conflicts []Dispute    // that nobody has settled
	Applied   []Resolution // that are in Updated, or wait for live to follow
	Void      []VoidDraft  // that no longer stand
	Updated   []Update     // objects whose content in Git is to be another
	Errors    []UpdateError
}

// VoidDraft is a resolution that was not applied, and why.
type VoidDraft struct {
	Fabric     FabricID // "" where the objects of only one are merged
	Resolution Resolution
	Reason     string
}

// Update is a new content of one object in Git.
type Update struct {
	Key           Key
	Before, After Value  // what Git holds of the object; After is absent where it is to go
	Paths         []Path // what differs, as it was decided
}

// UpdateError tells why the decisions on an object could not be applied. None
// of them was.
type UpdateError struct {
	Fabric FabricID // "" where the objects of only one are merged
	Key    Key
	Err    error
}

// Covers tells whether the word holds for a change of an object at the time
// now. The change's values must not be masked.
func (a Acknowledgement) Covers(k Key, c Change, now time.Time) bool {
	return a.Key == k && a.Path == c.Path && a.Void(c, now) == ""
}

// Void tells why the word no longer holds, given the change at its path as it is
// now; "" while it does. Once void it stays so, whatever the values become.
func (a Acknowledgement) Void(c Change, now time.Time) string {
	switch {
	case !now.Before(a.Until):
		return "its time is over"
	case c.Git.Digest() != a.GitDigest:
		return "git changed it since"
	case c.Live.Digest() != a.LiveDigest:
		return "live changed it since"
	}
	return ""
}

// Accepted tells which changes of an object are accepted: for each the last word
// that covers it, nil where none does. The changes' values must not be masked.
func Accepted(k Key, changes []Change, words []Acknowledgement, now time.Time) []*Acknowledgement {
	by := make([]*Acknowledgement, len(changes))
	for i, c := range changes {
		for j := range words {
			if words[j].Covers(k, c, now) {
				by[i] = &words[j]
			}
		}
	}
	return by
}

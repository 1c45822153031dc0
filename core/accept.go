package core

import (
	"cmp"
	"fmt"
	"time"
)

// Freeze tells that so many objects vanished at once that nobody is to act on
// it before a person has said that it is right.
type Freeze struct {
	Side  string // "live" or "git": where they vanished
	Gone  []Key  // what vanished, in order
	Of    int    // of how many
	Since time.Time
}

// Sentence tells a person of the fabric what vanished and what to do about it.
func (z Freeze) Sentence(id FabricID) string {
	return fmt.Sprintf("%d of %d objects vanished from %s at once (if that is right: selvage accept %s --mass-change)", len(z.Gone), z.Of, z.Side, id)
}

// Rewrite tells that a branch was moved to a commit that does not have the last
// seen one in its history.
type Rewrite struct {
	Path     string // of the directory whose reading it is
	Branch   string
	From, To string // commits
	At       time.Time
}

// Sentence tells a person of the fabric what became of the branch and what to do
// about it.
func (r Rewrite) Sentence(id FabricID) string {
	return fmt.Sprintf("the history of %s was rewritten: %s is not in it any more (if that is right: selvage accept %s --rewritten)", r.Branch, ShortCommit(r.From), id)
}

// ShortCommit is a commit's id as people read it.
func ShortCommit(id string) string { return id[:min(7, len(id))] }

// Acceptance is a person's word that what looks wrong is right. It holds for
// exactly what it was given for.
type Acceptance struct {
	What AcceptWhat
	By   string
	At   time.Time

	Keys     []Key  // [AcceptMass]: that vanished; [AcceptBase]: the one object
	From, To string // [AcceptRewrite]: the commits
	// GitDigest and LiveDigest are what both sides said at [AcceptBase].
	GitDigest, LiveDigest Digest
}

// AcceptWhat is what can be accepted.
type AcceptWhat string

// What can be accepted.
const (
	AcceptMass    AcceptWhat = "mass_change"
	AcceptRewrite AcceptWhat = "rewritten"
	AcceptBase    AcceptWhat = "base"
)

// Acknowledgement is a person's word that a difference is to stay for a while.
// It is void when either value changes, and at its end.
type Acknowledgement struct {
	Key    Key
	Path   Path // [Root] for the whole object
	Reason string
	By     string
	At     time.Time
	Until  time.Time
	// Restored is who brought the word back at that time by an undo or a redo, after it
	// was ended; "" where it is By who said it.
	Restored string

	// GitDigest and LiveDigest are of the values that it was given for, the zero
	// Digest where the side had none.
	GitDigest, LiveDigest Digest
}

// Ends tells whether the word only ends an earlier one on its place: it is over as
// soon as it is said.
func (a Acknowledgement) Ends() bool { return !a.Until.After(a.At) }

// Actor is who said the word, or brought it back.
func (a Acknowledgement) Actor() string { return cmp.Or(a.Restored, a.By) }

// Sentence is what the word does of an object, in a few words: "accept VPC/vpc-1".
func (a Acknowledgement) Sentence(object string) string {
	if a.Ends() {
		return "accept " + object + " no longer"
	}
	return "accept " + object
}

// Ended are the words that end others on their places before their time.
func Ended(words []Acknowledgement, by, reason string, now time.Time) []Acknowledgement {
	ended := make([]Acknowledgement, len(words))
	for i, a := range words {
		a.By, a.Restored, a.Reason, a.At, a.Until = by, "", reason, now, now
		ended[i] = a
	}
	return ended
}

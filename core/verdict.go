package core

import (
	"fmt"
	"strings"
	"time"
)

// State is what an object, and by its worst object a fabric, is said to be.
// The order is that of severity: a smaller State is worse.
type State uint8

// The states of the contract, worst first.
const (
	Invalid State = iota
	Stuck
	Conflict
	Unknown
	Drifted
	Differs
	OnlyGit
	OnlyLive
	Pending
	Acknowledged
	InSync
)

type stateWords struct {
	name, title string
	letter      byte
}

func (s State) words() stateWords {
	return [...]stateWords{
		Invalid:      {"invalid", "invalid", 'x'},
		Stuck:        {"stuck", "stuck", 's'},
		Conflict:     {"conflict", "conflict", '!'},
		Unknown:      {"unknown", "unknown", '?'},
		Drifted:      {"drifted", "drifted", '~'},
		Differs:      {"differs", "differs", '*'},
		OnlyGit:      {"only_git", "only git", '+'},
		OnlyLive:     {"only_live", "only live", '-'},
		Pending:      {"pending", "pending", '^'},
		Acknowledged: {"acknowledged", "acknowledged", '#'},
		InSync:       {"in_sync", "in sync", '='},
	}[s]
}

// States lists all states, worst first.
func States() []State {
	all := make([]State, 0, int(InSync)+1)
	for s := Invalid; s <= InSync; s++ {
		all = append(all, s)
	}
	return all
}

// String is the word of the state in JSON, logs and history: "only_git".
func (s State) String() string { return s.words().name }

// Title is the word of the state on screen: "only git".
func (s State) Title() string { return s.words().title }

// Letter is the state's one-letter mark.
func (s State) Letter() byte { return s.words().letter }

// Settled tells whether nothing needs a person: in sync, on its way, or
// accepted.
func (s State) Settled() bool { return s >= Pending }

// ParseState finds the state of a word as [State.String] writes it.
func ParseState(word string) (State, error) {
	for _, s := range States() {
		if s.String() == word {
			return s, nil
		}
	}
	return Unknown, fmt.Errorf("no state %q", word)
}

// MarshalText writes the state's word.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the state's word.
func (s *State) UnmarshalText(b []byte) (err error) {
	*s, err = ParseState(string(b))
	return err
}

// FieldVerdict says who moved one field since git and live last agreed. The
// words are those of the contract; JSON and screens print them as they are.
type FieldVerdict string

// The verdicts on a field. Two words of the contract stand for what leaves no
// change to show: what a rule explains is a [Fold], and where both sides came to
// the same end the base advances.
const (
	FieldGitAhead    FieldVerdict = "git_ahead"    // git moved, live did not
	FieldDrift       FieldVerdict = "drift"        // live moved, git did not
	FieldServerAdded FieldVerdict = "server_added" // live moved as a rule explains
	FieldConverged   FieldVerdict = "converged"    // both moved to the same end
	FieldConflict    FieldVerdict = "conflict"     // both moved to different ends
	FieldPruned      FieldVerdict = "pruned"       // the fabric's schema drops it
	FieldDiffers     FieldVerdict = "differs"      // no base and no evidence
)

// Op tells what happened to a field, in the direction that [Change] documents.
type Op string

// What happened to a field.
const (
	OpAdded   Op = "added"
	OpRemoved Op = "removed"
	OpChanged Op = "changed"
)

// Change is one difference of an object, at the deepest place that holds it
// all: a leaf, or the root of a subtree that only one side has.
type Change struct {
	Path    Path
	Op      Op // from the base to the side that moved; without a base from live to git
	Verdict FieldVerdict

	// The values. Base is git's half of the base pair; BaseLive is there where
	// live's half differed from it. Secret-looking values are replaced by
	// placeholders that are equal where the values are.
	Base     Value
	BaseLive Value
	Git      Value
	Live     Value

	// Unit is the path that is decided as one with this change: the list that
	// it lies in, where items of that list have no identity of their own.
	Unit Path

	// Manager is the program that managedFields give the live value to, with
	// the time of its whole entry; empty where nobody recorded one.
	Manager     string
	ManagerTime time.Time

	// Observed is between which two looks the live value changed; unknown where
	// git moved, or where it was so at the first look.
	Observed Window
	// Commit is the one that last changed what Git says here.
	Commit Commit
}

// Fold is a difference between git and live that is no difference: a rule
// explains it. Folded fields are counted and shown on request.
type Fold struct {
	Path Path
	Rule string // the rule's id: "user.…" of a user's own, "schema.…" of the fabric's
	Why  string // its reason, in a few words
	Git  Value
	Live Value
}

// The rules of folds that no rule of a table makes: both halves of the base differ by
// it, without more, or because a person took what both sides said as the base.
const (
	FoldBase     = "base"
	FoldAccepted = "accepted"
)

// Ruled tells whether a rule explains it, of a table or of the fabric's schema.
func (f Fold) Ruled() bool { return f.Rule != FoldBase && f.Rule != FoldAccepted }

// User tells whether a rule of the user's own folded it.
func (f Fold) User() bool { return strings.HasPrefix(f.Rule, "user.") }

// Verdict is what selvage says about one object.
type Verdict struct {
	Key     Key
	Version string
	State   State
	Reason  string // in a few words: why the state is what it is
	Origin  Origin // in Git, where it is or was there

	// Since is the first check that saw the object in this state.
	Since time.Time
	// Acknowledged is the word that made the state [Acknowledged].
	Acknowledged *Acknowledgement
	// Last is the state before it became unknown, and LastSince since when it
	// was that; both count only while State is Unknown and LastKnown is set.
	Last      State
	LastSince time.Time
	LastKnown bool

	Changes []Change
	Folded  []Fold

	// Opinion is what the engine says of the object where that is something else,
	// a sentence; it is not kept.
	Opinion string
	// Tracked is set where live has the object and the engine calls it its own.
	Tracked bool

	// Notes are what else there is to know, a few words each: that the object is
	// being deleted, was made anew, or has fields that the fabric drops.
	Notes []string

	// Git and Live are both sides as they were compared; nil where absent or
	// unread. They hold what [Object.Fields] holds, normalised, with folded
	// fields left out of Live.
	Git, Live map[string]any

	// LiveRevision is the resourceVersion of the live object.
	LiveRevision string
}

// Says is a change of the object in a word: of a field its verdict, of the whole
// object which side has it. Of one that is unknown now it is what was found last.
func (v Verdict) Says(c Change) string {
	if c.Path != Root || c.Git.Present() == c.Live.Present() || v.State == Differs {
		return string(c.Verdict)
	}
	word := ""
	switch had := c.Base.Present(); {
	case c.Git.Present() && had:
		word = "deleted live"
	case c.Git.Present():
		word = "only in git"
	case had:
		word = "removed from git"
	default:
		word = "only live"
	}
	if v.State == Unknown {
		word = "was " + word
	}
	return word
}

// Agreement says in what way both sides of an object without a change agree: "git
// and live agree", leaving aside what explains their differences. It is of no
// object that has changes.
func (v Verdict) Agreement() string {
	said, aside := "git and live agree", []string{}
	ruled, base := 0, 0
	for _, f := range v.Folded {
		switch {
		case f.Rule == FoldAccepted:
			said = "git and live differ as " + f.Why
		case f.Ruled():
			ruled++
		default:
			base++
		}
	}
	if ruled > 0 {
		aside = append(aside, Counted(ruled, "field")+" that rules explain")
	}
	if base > 0 {
		aside = append(aside, Counted(base, "field")+" by which they differed when they last agreed")
	}
	if len(aside) > 0 {
		said += ", leaving aside " + strings.Join(aside, " and ")
	}
	return said
}

// Counts holds the number of objects in each state.
type Counts [InSync + 1]int

// Total is the number of objects in any state.
func (c Counts) Total() int {
	n := 0
	for _, v := range c {
		n += v
	}
	return n
}

// Worst is the worst state that occurs; [InSync] when none does.
func (c Counts) Worst() State {
	for s, n := range c {
		if n > 0 {
			return State(s)
		}
	}
	return InSync
}

// Words are the states that occur, with how many each: "1 conflict, 4 drifted"; ""
// when none does.
func (c Counts) Words() string {
	var parts []string
	for _, s := range States() {
		if c[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c[s], s.Title()))
		}
	}
	return strings.Join(parts, ", ")
}

// Report is what one check found out about a fabric.
type Report struct {
	At       time.Time // when the comparison was made
	Git      []Reading
	Live     Reading
	Verdicts []Verdict // of every object, worst first, then by key
	Counts   Counts
	NotInGit map[GroupKind]int // live objects of kinds that Git never held
	Gaps     []Gap             // kinds that could not be read

	// Freeze is set while a mass disappearance waits to be accepted.
	Freeze *Freeze
	// Rewrites are the rewritten histories that wait to be accepted.
	Rewrites []Rewrite

	// Watched is until when some process is known to have watched live without a
	// break; zero where none ever did.
	Watched time.Time

	// Engine is what applies Git to live, Agents the switches that run it; nil
	// where the fabric has no such thing, or nobody has looked.
	Engine *Engine
	Agents *Agents

	// Rules is the release that the rules were written for, Release the one that
	// the fabric's schema looks like; "" where nobody can say.
	Rules, Release string
}

// Empty tells that there was nothing to compare: Git holds no manifest of the
// compared kinds, and never held one.
func (r *Report) Empty() bool { return r.Counts.Total() == 0 }

// Unread tells whether some part of either side could not be read, so that the
// report is not whole.
func (r *Report) Unread() bool {
	for _, g := range r.Git {
		if g.Access != AccessOK {
			return true
		}
	}
	return r.Live.Access != AccessOK || len(r.Gaps) > 0
}

// Mismatched tells whether the engine applies something else than what was
// compared, so that no verdict could be given.
func (r *Report) Mismatched() bool { return r.Engine.Known() && len(r.Engine.Mismatch) > 0 }

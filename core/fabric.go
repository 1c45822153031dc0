package core

import (
	"slices"
	"time"
)

// FabricID is the name of a fabric in the configuration.
type FabricID string

// Fabric is what the engine and the screens need to know of a fabric. How its
// cluster and its repositories are reached is known to the sources alone.
type Fabric struct {
	ID          FabricID
	Description string
	Cluster     string // the cluster's name
	Namespace   string // for documents without one
	// Kubeconfig and Context are how kubectl reaches the cluster, for commands that
	// people are handed; "" where the configuration names none.
	Kubeconfig, Context string
	Protected           bool
	Mode                Mode
	Ways                []Way  // of its directories in Git, in the order of the configuration
	Theme               string // a theme of its own, "" for the common one
	Kinds               KindFilter
	Ignore              []IgnoreRule
	Rules               []Rule
	Policy              []PolicyRule // of which the first that fits settles a difference

	// EngineManager is the field manager that the GitOps engine applies as; ""
	// for the one that owns most of what Git sets.
	EngineManager string
	Limits        Limits

	CheckEvery   time.Duration // between two checks; 0 means only when asked
	StaleAfter   time.Duration // an older live answer is stale
	PendingLimit time.Duration // how long a change in Git may wait to be applied
	Timeout      time.Duration // of one check, whole
}

// Limits say how many changes at once are too many to be believed: more than
// the larger of the two.
type Limits struct {
	Count   int // objects
	Percent int // of all objects
}

// Exceeded tells whether n of so many objects are too many.
func (l Limits) Exceeded(n, of int) bool { return n > max(l.Count, of*l.Percent/100) }

// Mode says what selvage may do to a fabric's repository.
type Mode string

// The modes, from the narrowest to the widest.
const (
	ModeRead    Mode = "read"
	ModePropose Mode = "propose"
	ModeWrite   Mode = "write"
)

// Narrower is the narrower of two modes; an unknown one counts as read.
func (m Mode) Narrower(o Mode) Mode {
	order := []Mode{ModeRead, ModePropose, ModeWrite}
	if slices.Index(order, o) < slices.Index(order, m) {
		return o
	}
	return m
}

// Way says how a directory in Git is published to, in the words of the configuration.
type Way string

// The ways.
const (
	ToBranch  Way = "branch"
	ToPropose Way = "propose" // on a side branch, to be reviewed
	ToPatch   Way = "patch"
	ToNever   Way = "never"
)

// IgnoreRule leaves a path of a kind out of the comparison, at a user's wish.
type IgnoreRule struct {
	Kind string // as [Kind.Named] understands it; "" or * for every kind
	Path Path   // with * for any one step
}

// Matches tells whether the rule is about a kind.
func (r IgnoreRule) Matches(gk GroupKind) bool { return named(r.Kind, gk) }

func named(kind string, gk GroupKind) bool {
	return kind == "" || kind == "*" || KindOf(gk).Named(kind)
}

// Rule is what a user knows about how servers treat one place of a kind, beyond
// what selvage knows. Of two rules that cannot both hold the later one does.
type Rule struct {
	Kind string // as [Kind.Named] understands it; "" or * for every kind
	// Path is the place, with * for any one step. Where the rule is about what a
	// list or a value is, and not about who owns it, it names no single item.
	Path    Path
	Is      RuleIs
	Keys    []string // of [RuleKeyed]: the fields that identify an item
	Default Value    // of [RuleDefault]: the value, present
	Why     string   // in a few words; "" where nobody said
}

// Matches tells whether the rule is about a kind.
func (r Rule) Matches(gk GroupKind) bool { return named(r.Kind, gk) }

// RuleIs says what is at the place of a [Rule].
type RuleIs string

// What can be there.
const (
	RuleSet     RuleIs = "set"     // a list whose order and repetitions mean nothing
	RuleKeyed   RuleIs = "keyed"   // a list whose items are known by some of their fields
	RuleDefault RuleIs = "default" // what servers fill in where Git says nothing
	RuleServer  RuleIs = "server"  // what servers own: it, and all below it, may be live alone
	RuleIgnored RuleIs = "ignored" // what nobody wants to be told of, with all below it
)

// SyncStatus sums a fabric up in one word.
type SyncStatus string

// The words of the contract.
const (
	NeverSynced SyncStatus = "never_synced"
	Synced      SyncStatus = "in_sync"
	OutOfSync   SyncStatus = "out_of_sync"
	Syncing     SyncStatus = "syncing"
	SyncError   SyncStatus = "error"
)

// Display is the status as people read it: "Out of sync".
func (s SyncStatus) Display() string {
	switch s {
	case NeverSynced:
		return "Never synced"
	case Synced:
		return "In sync"
	case OutOfSync:
		return "Out of sync"
	case Syncing:
		return "Syncing"
	case SyncError:
		return "Error"
	}
	return string(s)
}

// FabricState is everything that is known of a fabric at one time.
type FabricState struct {
	Fabric Fabric

	// Report is what the last check that said anything found; nil before the
	// first one. A later check that failed replaces its readings, so that
	// their errors and ages are always the latest.
	Report *Report

	LastSync  time.Time // when git and live were last seen to agree; zero if never
	LastCheck time.Time // when the last check ended
	Checking  time.Time // since when a check runs; zero if none does
	// Took is how long the last check of this process took; 0 before the first.
	Took time.Duration
	Err  error // why the last check could not be made or recorded

	// Watcher is the process that checks the fabric by the clock, this one or
	// another on the same store; the zero Holder where that is not known, or
	// nobody does.
	Watcher Holder

	// Drafts are those on the desk, with what has become of each.
	Drafts []DraftStanding
	// Run is the run that is under way, in whichever process, or that began last;
	// nil for none. It is never changed.
	Run *Run
	// Own is the run of this process that was shown last, which others may have run
	// past; nil for none. It is never changed.
	Own *Run
}

// Access is how it stands with reading the live side at the time now: what the
// last attempt said, and stale where its answer has become too old.
func (f FabricState) Access(now time.Time) Access {
	switch {
	case f.Report == nil:
		return ""
	case f.Report.Live.Access != AccessOK:
		return f.Report.Live.Access
	case f.Fabric.StaleAfter > 0 && now.Sub(f.Report.Live.ReadAt) > f.Fabric.StaleAfter:
		return AccessStale
	}
	return AccessOK
}

// GitAccess is how it stands with reading Git: the worst of its directories.
func (f FabricState) GitAccess() Access {
	if f.Report == nil {
		return ""
	}
	for _, g := range f.Report.Git {
		if g.Access != AccessOK {
			return g.Access
		}
	}
	return AccessOK
}

// Reliable tells whether both sides were read whole, not too long ago, and what
// they say can be believed.
func (f FabricState) Reliable(now time.Time) bool {
	return f.Report != nil && f.Err == nil && !f.Report.Unread() && f.Report.Freeze == nil && !f.Report.Mismatched() && f.Access(now) == AccessOK
}

// Worst is the state that the fabric shows: the worst of its objects, and
// [Unknown] where a side was not read, or cannot be believed, and nothing worse
// is known.
func (f FabricState) Worst(now time.Time) State {
	if f.Report == nil {
		return Unknown
	}
	worst := f.Report.Counts.Worst()
	if worst > Unknown && (f.Report.Empty() || !f.Reliable(now)) {
		return Unknown
	}
	return worst
}

// failed tells whether the last run failed, or the last attempt of one that is
// begun again, and the two sides were not seen to agree since.
func (f FabricState) failed() bool {
	switch {
	case f.Run == nil:
		return false
	case f.Run.Phase == RunRetrying:
		return !f.LastSync.After(f.Run.Started)
	}
	return f.Run.Phase == RunFailed && !f.LastSync.After(f.Run.Ended)
}

// SyncStatus sums the fabric up.
func (f FabricState) SyncStatus(now time.Time) SyncStatus {
	switch {
	case f.Run != nil && f.Run.Phase.Active():
		return Syncing
	case f.failed():
		return SyncError
	case f.Report == nil && f.Err == nil:
		return NeverSynced
	case f.Err != nil || f.GitAccess() != AccessOK || f.Access(now) != AccessOK || f.Report.Freeze != nil || f.Report.Mismatched():
		return SyncError
	case f.Report.Empty():
		return NeverSynced
	case f.Report.Counts.Worst() >= Acknowledged && !f.Report.Unread():
		return Synced
	case f.LastSync.IsZero():
		return NeverSynced
	}
	return OutOfSync
}

// Fleet is everything that is known of all fabrics, in the order of the
// configuration. It is replaced whole and never changed.
type Fleet struct {
	Fabrics []FabricState
}

// Fabric finds a fabric by its name.
func (s Fleet) Fabric(id FabricID) (FabricState, bool) {
	for _, f := range s.Fabrics {
		if f.Fabric.ID == id {
			return f, true
		}
	}
	return FabricState{}, false
}

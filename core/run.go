package core

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Run is one attempt to bring Git, engine, live and switches of fabrics to agree:
// what a person or a policy started, and what became of it. It is written down
// before it does anything, and after each step.
type Run struct {
	ID      string // the Sync-Id of its commits
	Fabrics []FabricID
	Plan    string // the id of the plan; "" where there was nothing to publish
	Phase   RunPhase
	Started time.Time
	Ended   time.Time // zero while it goes on
	By      string    // the operator, or "policy"
	Host    string    // where it runs: user, host, terminal, as told by that
	Options RunOptions

	Steps        []RunStep
	Publications []PublicationState
	Objects      []RunObject
	Result       ReconciliationResult

	Err      string // why it ended otherwise than it should, on one line
	Attempts int    // how often it was begun, 1 for the first
	RetryAt  time.Time
	Reverts  string // the run whose commit it takes back; "" for none
}

// RunOptions are what whoever started a run asked for.
type RunOptions struct {
	NoWait      bool
	Propose     bool
	AllowDelete int
	Ticket      string
	Message     string
}

// RunOrder is what whoever starts a run says: who it is, and what was agreed to.
type RunOrder struct {
	By   string
	Host string // where it runs: user, host, terminal
	RunOptions
	// Confirmed are the protected fabrics whose names were typed.
	Confirmed []FabricID
}

// NotAllowed tells that a run, a plan or a decision is not allowed as things stand.
// It is for people, and tells what to do.
type NotAllowed struct {
	Reasons []string // a sentence each
}

// Error is the reasons on one line.
func (e *NotAllowed) Error() string {
	if len(e.Reasons) == 0 {
		return "it is not allowed"
	}
	return strings.Join(e.Reasons, "; ")
}

// RunPhase says how a run stands.
type RunPhase string

// The phases. Those from [RunAgreed] on are ends.
const (
	RunQueued     RunPhase = "queued"
	RunChecking   RunPhase = "checking"
	RunPublishing RunPhase = "publishing"
	RunFollowing  RunPhase = "following"
	RunRetrying   RunPhase = "retrying" // it waits for RetryAt
	RunProposed   RunPhase = "proposed" // on a side branch, and somebody is to review it

	// What the run was about agrees: Git, engine, live and switches. Of what else
	// the fabric has, [Run.Besides] tells.
	RunAgreed      RunPhase = "agreed"
	RunPublished   RunPhase = "published"   // the commit landed, and nobody waits for live
	RunMerged      RunPhase = "merged"      // what was proposed is on the branch
	RunDeclined    RunPhase = "declined"    // what was proposed was given up
	RunWaiting     RunPhase = "waiting"     // published, and live had not followed in time
	RunRefused     RunPhase = "refused"     // the plan or the server did not allow it
	RunFailed      RunPhase = "failed"      // something else went wrong
	RunInterrupted RunPhase = "interrupted" // it was stopped, or the program ended
)

// Over tells whether the phase is an end.
func (p RunPhase) Over() bool {
	switch p {
	case RunQueued, RunChecking, RunPublishing, RunFollowing, RunRetrying, RunProposed:
		return false
	case RunAgreed, RunPublished, RunMerged, RunDeclined, RunWaiting, RunRefused, RunFailed, RunInterrupted:
	}
	return true
}

// Active tells whether something is done in the phase just now, and not only
// waited for a review or another attempt.
func (p RunPhase) Active() bool {
	return !p.Over() && p != RunProposed && p != RunRetrying
}

// RunStep is one step of a run.
type RunStep struct {
	Name    string // "read git", "commit", "push", "verify", "follow"
	Started time.Time
	Ended   time.Time // zero while it goes on
	Detail  string    // what came of it, in a few words
	Err     string
}

// RunObject is one object that a run waits for.
type RunObject struct {
	Fabric FabricID
	Key    Key
	State  State
	Reason string
	Since  time.Time // when it came to that
	// Command brings it about where nothing does so by itself; "" for none.
	Command string
}

// Says is the reason with the command, on one line.
func (o RunObject) Says() string {
	if o.Command == "" {
		return o.Reason
	}
	return o.Reason + " (" + o.Command + ")"
}

// Besides counts the objects of a fabric that do not agree and that a run was not
// about: those that need a person and have no draft, and those of which something was
// decided.
func (r *Run) Besides(f FabricState) (undecided, decided Counts) {
	if f.Report == nil {
		return undecided, decided
	}
	own := map[Key]bool{}
	for _, o := range r.Objects {
		own[o.Key] = own[o.Key] || o.Fabric == f.Fabric.ID
	}
	drafted := f.drafted()
	for i := range f.Report.Verdicts {
		switch v := &f.Report.Verdicts[i]; {
		case own[v.Key] || v.State >= Acknowledged:
		case v.State.Settled() || drafted[v.Key]:
			decided[v.State]++
		default:
			undecided[v.State]++
		}
	}
	return undecided, decided
}

// PublicationState is a publication, and how far it came. It is written down
// before and after every step that a crash could leave in doubt.
type PublicationState struct {
	Publication
	Phase   PublicationPhase
	Outcome Outcome // of the last try
	Says    string  // in lines; see [Published]
	Review  string
}

// Standing is how far it came in words: what landed on a side branch is not on the
// branch that it is for.
func (p PublicationState) Standing() string {
	words := string(p.Phase)
	if p.Phase == PublicationLanded && p.Side != "" {
		words += " on the side branch"
	}
	if p.Outcome != "" && p.Outcome != Landed {
		words += ", " + strings.ReplaceAll(string(p.Outcome), "_", " ")
	}
	return words
}

// PublicationPhase says how far a publication came.
type PublicationPhase string

// The phases of a publication.
const (
	PublicationPushing PublicationPhase = "pushing" // something may have been sent
	PublicationLanded  PublicationPhase = "landed"
	PublicationDropped PublicationPhase = "dropped" // proven not to have landed, and given up
)

// ShortRun is the id of a run as people read it: as much of it as commands need to
// find it again.
func ShortRun(id string) string { return id[:min(8, len(id))] }

// Carried is a draft that a commit has carried out.
type Carried struct {
	Draft int64
	// Awaits tells that it stays on the desk, until live has followed. Otherwise it
	// leaves that for good.
	Awaits bool
}

// Of a [Logbook] that has no such plan or run.
var (
	ErrNoPlan = errors.New("there is no such plan")
	ErrNoRun  = errors.New("there is no such run")
)

// Logbook keeps plans and runs, and finds them again.
type Logbook interface {
	// SavePlan keeps a plan as a new one and gives it its id. Plan finds one by it.
	SavePlan(ctx context.Context, p *Plan) error
	Plan(ctx context.Context, id string) (*Plan, error)
	// SaveRun keeps a run as it is now; when it returns nil that survives a crash
	// of the machine. What it has carried out by then is marked with the same stroke:
	// no undo brings that back, or takes it away.
	// It refuses what a process would write that does not know how the run went on
	// without it: that a publication which landed has not, or that a run which is
	// over goes on, unless as a further attempt.
	SaveRun(ctx context.Context, r *Run, carried ...Carried) error
	// OpenRuns are those of a fabric, or of all where it is "", that are not over,
	// or of which a publication may still arrive; oldest first.
	OpenRuns(ctx context.Context, id FabricID) ([]*Run, error)
	// Run finds a run by its id, or by what only its id begins with.
	Run(ctx context.Context, id string) (*Run, error)
}

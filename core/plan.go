package core

import "time"

// Plan is what publishing the drafts of fabrics would commit, and what the engine
// will then do. It is the only thing that a run can publish, and is void as soon
// as git or live has moved on what it touches.
type Plan struct {
	ID      string // short, and unique in a store
	Fabrics []FabricID
	At      time.Time
	By      string
	Asked   PlanOptions

	Commits []PlannedCommit // one for each repository and branch
	// Followed are the decisions that need no commit: live is to follow Git.
	Followed []PlannedFollow
	Effects  []Effect
	Lint     []PlannedFinding
	// Unseen tells, a sentence each, which fabrics that read the branches of the
	// commits nobody can see now, so that what the engine will do there is unknown.
	Unseen []string

	// What keeps decisions out of the plan: they stay drafts.
	Conflicts []Dispute     // that nobody has settled
	Void      []VoidDraft   // that no longer stand
	Refused   []UpdateError // that no file could be edited for

	// Stop tells, a sentence each, why the plan cannot be published as it is.
	Stop []string
	// Drafts are the decisions that it carries out.
	Drafts []int64
}

// PlanOptions are what whoever asked for a plan wants of it.
type PlanOptions struct {
	Ticket  string
	Message string // of the commit, in place of the summary; "" for that
	// AllowDelete is how many objects may be taken out of Git at most, beyond what
	// the limits of a fabric allow; 0 for those.
	AllowDelete int
	// Reverts is the run whose commits are taken back; "" for none.
	Reverts string
	// Policy tells that what policies settle is planned, and no drafts.
	Policy bool
}

// PlannedCommit is one commit of a plan.
type PlannedCommit struct {
	URL, Branch string
	Base        string // the commit that it is made on
	Files       []FileChange
	Changes     []PlannedChange
	Subject     string // of its message
	Body        string
}

// On tells whether the commit is for a branch of a repository.
func (c PlannedCommit) On(url, branch string) bool {
	return c.Branch == branch && SameRepository(c.URL, url)
}

// PlannedChange is one change of an object by a commit.
type PlannedChange struct {
	Fabric        FabricID
	Key           Key
	Path          Path // [Root] for the whole object
	Op            Op
	Before, After Value // what Git says there; absent where nothing
	Origin        Origin
	By            string // the operator, or the policy's rule
}

// PlannedFollow is a decision for what Git says already.
type PlannedFollow struct {
	Fabric FabricID
	Key    Key
	Path   Path
	Keeping
}

// PlannedFinding is what lint says of a fabric's Git as the plan would leave it,
// and did not say before.
type PlannedFinding struct {
	Fabric FabricID
	LintFinding
}

// Effect is what the engine of a fabric will do to one object because of a new
// commit on a branch: of the fabric that the commit is for, and of every other
// one that reads the branch.
type Effect struct {
	Fabric FabricID
	Key    Key
	Path   Path // [Root] for the whole object
	Op     EffectOp
	// From is what live says and To what it will say; absent for nothing.
	From, To Value
	// Manager is the program whose edit would be undone, with its time.
	Manager     string
	ManagerTime time.Time
	Why         string // in a few words
}

// EffectOp is what an engine does to live.
type EffectOp string

// What an engine does.
const (
	EffectCreate EffectOp = "create"
	EffectUpdate EffectOp = "update"
	EffectUndo   EffectOp = "undo" // a live edit goes away that nobody decided about
	EffectDelete EffectOp = "delete"
	EffectNone   EffectOp = "none" // it will not act by itself
)

// Deletes are the objects that a plan takes out of Git.
func (p *Plan) Deletes() int {
	n := 0
	for _, c := range p.Commits {
		for _, ch := range c.Changes {
			if ch.Path == Root && !ch.After.Present() {
				n++
			}
		}
	}
	return n
}

// Empty tells whether a plan commits nothing.
func (p *Plan) Empty() bool { return len(p.Commits) == 0 }

// Nothing tells whether a plan says nothing at all: there was no decision.
func (p *Plan) Nothing() bool {
	return p.Empty() && len(p.Followed)+len(p.Conflicts)+len(p.Void)+len(p.Refused)+len(p.Stop) == 0
}

// Undoes are the live edits that a plan would undo without a decision.
func (p *Plan) Undoes() []Effect {
	var all []Effect
	for _, e := range p.Effects {
		if e.Op == EffectUndo {
			all = append(all, e)
		}
	}
	return all
}

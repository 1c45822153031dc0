package core

import (
	"context"
	"fmt"
	"strings"
)

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

// DraftStanding is a draft, and what had become of it when both sides were last
// compared. It is there to be shown: secret-looking values in it are masked, those
// in its path too. What is carried out is the draft of the same ID on the desk.
type DraftStanding struct {
	Draft
	State DraftState
	Why   string // in a few words
	// Keeping tells, of one that is pending, how live is to follow.
	Keeping Keeping
}

// Unpublished tells whether a draft is one that nobody has published: it waits for that,
// or what it was made on has changed before. What waits for a review, what is in Git
// and what needs no commit is none.
func (d DraftStanding) Unpublished() bool {
	return d.State == DraftOpen || d.State == DraftVoid && d.Published.Run == "" && d.Choice != TakeGit
}

// DraftTally is how many drafts wait, and for what.
type DraftTally struct {
	Open     int // to be published
	Proposed int // for a review
	Pending  int // for live to follow what is in Git
	Void     int // for somebody to see that they do not hold any more
	Done     int // for nothing: what they ask for is the case
}

// TallyDrafts counts the drafts of a fabric.
func TallyDrafts(drafts []DraftStanding) DraftTally {
	var t DraftTally
	for _, d := range drafts {
		switch d.State {
		case DraftOpen:
			t.Open++
		case DraftProposed:
			t.Proposed++
		case DraftPending:
			t.Pending++
		case DraftVoid:
			t.Void++
		case DraftDone:
			t.Done++
		}
	}
	return t
}

// Undecided counts the objects of a fabric that need a person and of which there is
// no draft.
func (f FabricState) Undecided() Counts {
	var counts Counts
	if f.Report == nil {
		return counts
	}
	drafted := f.drafted()
	for i := range f.Report.Verdicts {
		if v := &f.Report.Verdicts[i]; !v.State.Settled() && !drafted[v.Key] {
			counts[v.State]++
		}
	}
	return counts
}

// drafted are the objects of which there is a draft that stands.
func (f FabricState) drafted() map[Key]bool {
	all := map[Key]bool{}
	for _, d := range f.Drafts {
		all[d.Key] = all[d.Key] || d.State != DraftVoid
	}
	return all
}

// Decision is what a person wants of one place of an object.
type Decision struct {
	Key    Key
	Path   Path // [Root] for the whole object
	Choice Choice
	Value  Value  // of [TakeEdited]; absent to have nothing there
	From   string // where the value comes from; see [Draft]
}

// Desk keeps the drafts of fabrics, and for how long people accept differences. Every
// change of that is one step, which can be undone: what somebody did last is one
// history, whichever of the two it was.
type Desk interface {
	// Drafts are those of a fabric, in the order in which they were made.
	Drafts(ctx context.Context, id FabricID) ([]Draft, error)
	// Unfinished are those of some drafts of a fabric that have not come true, in the
	// same order. They may have been taken from the desk: a step back brings them
	// there again.
	Unfinished(ctx context.Context, id FabricID, drafts ...int64) ([]Draft, error)
	// Step takes drafts away, and lays down what a person has decided, as one step of
	// that person. Each that is laid down takes the place of those at its own place,
	// and at any place inside it. IDs are given here. What does not lie there any more
	// is no error.
	Step(ctx context.Context, id FabricID, by string, away []int64, down ...Draft) error
	// Acknowledge keeps words of one person on differences, as one step of that person,
	// all of them or none; each stands in place of an earlier one on its place. They
	// hold until they are void.
	Acknowledge(ctx context.Context, id FabricID, said ...Acknowledgement) error
	// Undo takes the last step of a person back. Redo does the step again that was
	// undone last, as long as that person did nothing else since.
	//
	// Neither touches what has come true, nor what others decided on the same
	// place meanwhile: such a part of a step is left as it is, and Undo passes over
	// a step of which nothing else is left.
	Undo(ctx context.Context, id FabricID, by string) (Stepped, error)
	Redo(ctx context.Context, id FabricID, by string) (Stepped, error)
}

// Stepped is what a step back at the desk, or forth again, has come to.
type Stepped struct {
	Words string // what was taken back, or done again, in a few words; "" for nothing
	// Said are the words on differences that were said again by that.
	Said []Acknowledgement
	// Void is why the first of those does not hold again for all that; "" where they
	// all do, or nobody can tell.
	Void string
	// Published is the last run that has put into Git what would have been taken back
	// otherwise; "" where none has.
	Published string
}

// Sentence tells it: "undone: edit .spec.mode of VPC/vpc-1". did is what was done,
// "undone", and do the word for doing that.
func (s Stepped) Sentence(did, do string) string {
	stays, words := publishedBy(s.Published), s.Words
	if s.Void != "" {
		words += " (it does not hold: " + s.Void + ")"
	}
	switch {
	case stays == "" && s.Words == "":
		return "nothing of yours is left to " + do
	case stays == "":
		return did + ": " + words
	case s.Words == "":
		return fmt.Sprintf("nothing to %s: %s", do, stays)
	}
	return fmt.Sprintf("%s: %s; %s", did, words, stays)
}

// Dropped is what has become of drafts that were to be dropped.
type Dropped struct {
	Drafts []int64 // that went
	// Published is the last run that has put into Git what would have gone otherwise;
	// "" where none has.
	Published string
}

// Sentence tells it: "dropped 2 drafts (u undoes it)". undo is what brings them back.
func (d Dropped) Sentence(undo string) string {
	stays := publishedBy(d.Published)
	gone := fmt.Sprintf("dropped %s (%s)", Counted(len(d.Drafts), "draft"), undo)
	switch {
	case stays == "" && len(d.Drafts) == 0:
		return "nothing is left to drop"
	case stays == "":
		return gone
	case len(d.Drafts) == 0:
		return "nothing to drop: " + stays + ", and live is to follow"
	}
	return gone + "; " + stays
}

// publishedBy tells that no step at the desk takes back what a run has published, and
// what does; "" for no run.
func publishedBy(run string) string {
	if run == "" {
		return ""
	}
	run = ShortRun(run)
	return fmt.Sprintf("run %s is published (decide anew, or selvage sync --revert %s)", run, run)
}

// Decided tells what was decided, once Git says it: "git was chosen", which its owner
// stands behind.
func (r Resolution) Decided() string {
	switch r.Choice {
	case TakeEdited:
		return "a value of their own was published"
	case TakeBase:
		return "the value of the base was published"
	case TakeLive:
		return "live's value was published"
	case TakeGit:
	}
	return "git was chosen"
}

// Sentence is what the decision does to an object, in a few words: "take live on
// .spec.mode of VPC/vpc-1". Values are left out, those of sets in the path too:
// they may be secrets.
func (r Resolution) Sentence(object string) string {
	act := "take " + string(r.Choice) + " on "
	if r.Choice == TakeEdited {
		act = "edit "
	}
	path, _, _ := strings.Cut(string(r.Path), "[=")
	if path == "" || Path(path) == Root {
		return act + object
	}
	return act + path + " of " + object
}

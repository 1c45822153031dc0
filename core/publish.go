package core

import (
	"context"
	"errors"
	"time"
)

// Publication is one commit that is to be published, whole: what is written down
// before the first byte goes to a server. Its commit follows from it alone, byte
// for byte, so that whoever finds it after a crash can tell whether it arrived,
// and send it again without doubt.
//
// A publication that was prepared is never changed. One whose base the branch has
// left is made anew, from a new three-way merge.
type Publication struct {
	URL    string // of the repository, as in [Reading]
	Branch string // that Base was read from
	// Side is a branch to be made for a review; "" to publish to Branch itself.
	Side string

	Base    string       // the commit that it is made on
	Changes []FileChange // of files, each path once

	Subject string // one line
	Body    string // any text; may be ""
	// SyncID and Fabrics become the trailers Sync-Id and Fabric.
	SyncID  string
	Fabrics []FabricID

	// Author and Committer are filled in by Prepare where they are zero.
	Author, Committer Person

	// The rest is what Prepare makes of it.

	Message   string // of the commit, with its trailers
	Signature string // of the commit, armoured; "" for none
	Commit    string // its id; "" where the publication is not prepared
}

// On tells whether the publication is for a branch of a repository.
func (p Publication) On(url, branch string) bool {
	return p.Branch == branch && SameRepository(p.URL, url)
}

// FileChange is what a publication makes of one file.
type FileChange struct {
	Path   string // from the repository's root
	Before string // the id of the content that Base has there; "" for no file
	// Was is that content, so that the change can be taken back; nil where there is
	// no file, or where it was not kept.
	Was []byte
	// After is the new content, nil where the file is removed. An empty file is
	// not nil.
	After []byte
}

// File is the content of a file at a commit, and its id.
type File struct {
	ID         string
	Content    []byte
	Executable bool
}

// Person is who made a commit, and when; of the time only seconds and the zone
// count.
type Person struct {
	Name, Email string
	When        time.Time
}

// Outcome says what became of a publication.
type Outcome string

// The outcomes. Only the branch itself proves that something landed.
const (
	// Landed: the branch was seen at the commit, or at one that has it in its
	// history.
	Landed Outcome = "landed"
	// Unsent: this try sent nothing, or nothing that the server took. The same
	// publication may be sent again. Where an earlier try was unclear, it still is.
	Unsent Outcome = "unsent"
	// RaceLost: somebody else was first. The publication cannot land any more.
	RaceLost Outcome = "race_lost"
	// Refused: the server took it, or this login, for wrong. Sending it again is
	// of no use before a person has changed something.
	Refused Outcome = "refused"
	// Unclear: it was sent, and nobody can tell what became of it. It may still
	// arrive. Settle it, or send the same publication again, and no other.
	Unclear Outcome = "unclear"
	// BranchGone: the server has no such branch any more.
	BranchGone Outcome = "branch_gone"
	// Rewound: the branch was moved by force, and does not have the base in its
	// history any more.
	Rewound Outcome = "rewound"
)

// Published is the outcome of one try to publish.
type Published struct {
	Outcome Outcome
	Head    string // the commit that the branch was seen at last; "" if it was not
	// Says is what the server and its hooks said, in their lines, each of which is
	// inert; "" for nothing. It may be there with any outcome.
	Says string
	// Review is an address at this server that it named in that, such as the one
	// to open a pull request; "" for none.
	Review string
	// RetryAfter is how long the server wants to be left alone; 0 where it did not
	// say.
	RetryAfter time.Duration
	// Protected is set where the branch itself seems to be what the server minds, so
	// that a side branch may be let through.
	Protected bool
	// Err tells why it did not land, for people; nil where it did.
	Err *Error
}

// Of preparing a publication. The first is no fault: there is nothing to commit.
var (
	ErrNoChange = errors.New("nothing changes")
	// ErrMoved tells that the branch is not at the base of a publication.
	ErrMoved = errors.New("the branch has moved")
	// ErrStale tells that the base does not have at a path what the change there
	// was made from.
	ErrStale = errors.New("the base has something else there")
)

// Publisher publishes commits to one branch of one repository. None of its
// methods tries anything a second time but reading.
type Publisher interface {
	// Files gives what a commit has at paths, without those it has not. The commit
	// is the one that the branch is at; else the error is [ErrMoved].
	Files(ctx context.Context, commit string, paths []string) (map[string]File, error)

	// Prepare makes the commit and fills in what follows from it. Nothing is
	// written, here or on the server. The error is [ErrNoChange] where the commit
	// would be empty, and [ErrMoved] where the branch is not at its base.
	Prepare(ctx context.Context, p Publication) (Publication, error)

	// Publish sends a publication that was prepared, provided the branch is at its
	// base, and then looks at the branch to see whether it arrived.
	Publish(ctx context.Context, p Publication) Published

	// Settle tells what became of a publication, without writing anything.
	Settle(ctx context.Context, p Publication) Published
}

// Patcher makes a patch of a publication that was prepared, for git am or git
// apply.
type Patcher interface {
	Patch(ctx context.Context, p Publication) ([]byte, error)
}

// Backoff says how long to wait before a publication is made anew after a lost
// race. The pauses are random, so that those who met do not meet again. Their
// range doubles with every race that is lost, up to a limit, and then halves
// again: who has lost often has waited long enough, and comes before others.
type Backoff struct {
	First  time.Duration  // the range of the first pause
	Max    time.Duration  // of any; about as long as a try takes
	Random func() float64 // from 0 to below 1
}

// Wait is the pause after so many lost races, the first being 1.
func (b Backoff) Wait(lost int) time.Duration {
	limit := b.First
	grows := true
	for range lost - 1 {
		switch {
		case grows && limit <= b.Max/2:
			limit *= 2
		default:
			grows = false
			limit /= 2
		}
	}
	return time.Duration(b.Random() * float64(min(limit, b.Max)))
}

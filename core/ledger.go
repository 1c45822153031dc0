package core

import (
	"context"
	"time"
)

// Window is the time between two looks: what happened in it was not there at
// After and was there at Before. Either is zero where there was no such look.
type Window struct{ After, Before time.Time }

// Known tells whether anything is known of the time.
func (w Window) Known() bool { return !w.Before.IsZero() }

// Sentence tells when it was, in UTC: "between 2026-11-23 10:00:00Z and …"; ""
// where nothing is known.
func (w Window) Sentence() string {
	before := Stamp(w.Before)
	switch after := Stamp(w.After); {
	case !w.Known():
		return ""
	case w.After.IsZero():
		return "before " + before
	case after == before:
		return "at " + before
	default:
		return "between " + after + " and " + before
	}
}

// Watcher is a [Source] that can follow its side, beside being asked for it.
type Watcher interface {
	Source

	// Watch follows the side until ctx ends, and calls changed, from any
	// goroutine, soon after something changed. While it runs, Read answers from
	// what was followed as far as that is fresh, and hands over the passages.
	// Scope may be called at any time for what to follow now. Watch mends what
	// can be mended itself: it returns only at the end of ctx.
	Watch(ctx context.Context, scope func() Scope, changed func())
}

// Passage is a content of an object that a [Watcher] saw come and go between
// two reads.
type Passage struct {
	Key    Key
	Object *Object   // nil where the object was not there
	From   time.Time // when it was seen first
	Until  time.Time // when something else was seen in its place
}

// Overwritten is a live value that somebody put there past Git, and that is
// where Git or the server had it again at a later look. It is kept, so that it
// can be brought back. A value that another edit replaced is none: that edit is
// what is to be seen.
type Overwritten struct {
	Key  Key
	Path Path  // [Root] for a whole object
	Op   Op    // what the edit had done
	Live Value // what was replaced, as it was read; absent where the edit had removed it
	Now  Value // what live says after it

	Manager     string // who managedFields gave the replaced value to; "" where nobody is recorded
	ManagerTime time.Time
	// Appeared is when the value came, Replaced when it went.
	Appeared Window
	Replaced Window
	// ReplacedBy is the manager that managedFields give the new value to; ""
	// where nobody is recorded.
	ReplacedBy string
	// Commit is what Git said in place of the value, where it moved meanwhile.
	Commit Commit
}

// Lived is for how long the value was seen, at least.
func (o Overwritten) Lived() time.Duration {
	last := o.Replaced.After
	if last.Before(o.Appeared.Before) {
		last = o.Replaced.Before
	}
	return max(0, last.Sub(o.Appeared.Before))
}

// Polled is the reason of a [Blind] time between two checks of a fabric that is not
// followed, but looked at now and then. It says nothing about those checks.
const Polled = "polled"

// Polling tells how often a fabric is looked at that nobody watches: "looked at
// every 5m".
func (f Fabric) Polling() string {
	if f.CheckEvery <= 0 {
		return "looked at when somebody asks"
	}
	return "looked at every " + ShortAge(f.CheckEvery)
}

// Blind is a time in which nobody watched a fabric, so that what came and went
// in it was not seen.
type Blind struct {
	From, Until time.Time
	Reason      string // in a few words: "selvage did not run"
}

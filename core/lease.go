package core

import (
	"context"
	"time"
)

// Duty is what a process has a lease for. Several processes may share a store:
// one at a time watches a fabric, and the others follow what it records; one at a
// time, which may be another one, carries a run out. A lease is held as long as
// its holder renews it.
type Duty string

// The duties.
const (
	DutyWatch Duty = "watch" // to read both sides by the clock
	DutyRun   Duty = "run"   // to publish, and to follow what was published
	// DutyAttend is to be there for a fabric that nobody reads by the clock: as long as
	// its lease is held, selvage runs.
	DutyAttend Duty = "attend"
)

const (
	// LeaseTime is how long a holder may be silent before others take its place.
	// A holder that could not renew its lease for so long has lost it: it stops
	// acting before it asks again.
	LeaseTime = 15 * time.Second
	// LeaseBeat is how often a holder renews its lease, and how often those who
	// want it ask.
	LeaseBeat = 5 * time.Second
)

// Holder is a process that has the lease for a duty, or wants it.
type Holder struct {
	// ID tells it from every other process that ever used the store; it is drawn
	// at random.
	ID   string
	Duty Duty
	User string
	Host string
	PID  int
	// Doing is what it does now, in a few words: "watch", "sync p413: push".
	Doing string
	// Time is how long it may be silent; 0 stands for [LeaseTime].
	Time time.Duration

	// Since and Seen are when it got the lease and when it was heard of last, by
	// its own clock; they are given, not taken.
	Since, Seen time.Time
}

// Leases says who watches and who acts for a fabric. No two processes hold one lease
// at one time, whatever clocks say, as long as each keeps to [LeaseTime].
type Leases interface {
	// Acquire gives the lease for h's duty on a fabric to h if nobody has it, or whoever has it
	// is silent for too long. It tells who has it now: h itself, or by. It waits
	// for nobody. That somebody is silent shows only to who asks again and again.
	Acquire(ctx context.Context, id FabricID, h Holder) (held bool, by Holder, err error)
	// Renew keeps the lease and tells what h does; false where h has lost it.
	Renew(ctx context.Context, id FabricID, h Holder) (held bool, err error)
	// Release gives the lease back; nothing happens where h does not have it.
	Release(ctx context.Context, id FabricID, h Holder) error
	// Holder tells who has a lease; false where nobody has.
	Holder(ctx context.Context, id FabricID, duty Duty) (Holder, bool, error)
}

package core

import (
	"context"
	"time"
)

// Several processes may share a store. One at a time reads and acts for a fabric,
// by a lease; the others follow what it records. A lease is held as long as its
// holder renews it.
const (
	// LeaseTime is how long a holder may be silent before others take its place.
	// A holder that could not renew its lease for so long has lost it: it stops
	// acting before it asks again.
	LeaseTime = 15 * time.Second
	// LeaseBeat is how often a holder renews its lease, and how often those who
	// want it ask.
	LeaseBeat = 5 * time.Second
)

// Holder is a process that has a lease, or wants one.
type Holder struct {
	// ID tells it from every other process that ever used the store; it is drawn
	// at random.
	ID   string
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

// Leases says who reads and acts for a fabric. No two processes hold one lease
// at one time, whatever clocks say, as long as each keeps to [LeaseTime].
type Leases interface {
	// Acquire gives the lease of a fabric to h if nobody has it, or whoever has it
	// is silent for too long. It tells who has it now: h itself, or by. It waits
	// for nobody. That somebody is silent shows only to who asks again and again.
	Acquire(ctx context.Context, id FabricID, h Holder) (held bool, by Holder, err error)
	// Renew keeps the lease and tells what h does; false where h has lost it.
	Renew(ctx context.Context, id FabricID, h Holder) (held bool, err error)
	// Release gives the lease back; nothing happens where h does not have it.
	Release(ctx context.Context, id FabricID, h Holder) error
	// Holder tells who has the lease; false where nobody has.
	Holder(ctx context.Context, id FabricID) (Holder, bool, error)
}

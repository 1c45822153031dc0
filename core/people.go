package core

import "time"

// News is what changed in a fabric since a person last looked at it.
type News struct {
	Since time.Time // until when it was seen; zero where the person never looked
	Keys  []Key     // the objects whose verdict changed since, in no order
}

// Note is what an operator leaves for whoever comes next.
type Note struct {
	ID   int64
	At   time.Time
	By   string
	Text string
}

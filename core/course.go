package core

import "time"

// Look is one check of the past, as far as the course of a fabric needs it. Of
// checks that found nothing new, one after the other, only the first and the
// last need to be there.
type Look struct {
	At    time.Time
	State State // the worst of the objects
	Read  bool  // both sides were read
	// Joined is set where the fabric was watched from the look before to this one,
	// and showed what it did there.
	Joined bool
}

// Course is how a fabric fared over a time.
type Course struct {
	From, Until time.Time
	Days        []Day // the oldest first, the last one that of Until
	// Watched is for how long of that time somebody knew the state, and Off for how
	// long of this it needed a person.
	Watched, Off time.Duration
	// Repairs is how often it was seen to need a person and then no more, and Repair
	// for how long it did so on average.
	Repairs int
	Repair  time.Duration
}

// Day is a day of a [Course], in UTC.
type Day struct {
	Start time.Time
	Seen  bool  // somebody looked; else State means nothing
	State State // the worst that was seen, Unknown where no look could read both sides
}

// Share is the part of the time that was watched, in percent.
func (c Course) Share() int {
	whole := c.Until.Sub(c.From)
	if whole <= 0 {
		return 0
	}
	return int(100 * c.Watched / whole)
}

// CourseOf sums looks up, the oldest first, over some days that end at until. What
// a look saw holds until the next one that is joined to it, and for as long as hold
// says where there is none.
func CourseOf(looks []Look, until time.Time, days int, hold time.Duration) Course {
	until = until.UTC()
	last := until.Truncate(24 * time.Hour)
	c := Course{From: last.AddDate(0, 0, 1-days), Until: until}
	for i := range days {
		c.Days = append(c.Days, Day{Start: c.From.AddDate(0, 0, i)})
	}
	var broke time.Time // since when it needs somebody; zero where it does not, or nobody saw that begin
	well := false       // the last look that could read saw that nothing needed anybody
	for i, l := range looks {
		end := l.At.Add(hold)
		if i+1 < len(looks) && (looks[i+1].Joined || looks[i+1].At.Before(end)) {
			end = looks[i+1].At
		}
		c.add(l, end)
		switch {
		case !l.Read || l.At.After(until):
		case !l.State.Settled():
			if well {
				broke = l.At
			}
			well = false
		default:
			if !broke.IsZero() && !l.At.Before(c.From) {
				c.Repairs++
				c.Repair += l.At.Sub(broke)
			}
			well, broke = true, time.Time{}
		}
	}
	if c.Repairs > 0 {
		c.Repair /= time.Duration(c.Repairs)
	}
	return c
}

// add takes into account that a look's state held until end.
func (c *Course) add(l Look, end time.Time) {
	from := l.At
	if from.Before(c.From) {
		from = c.From
	}
	if end.After(c.Until) {
		end = c.Until
	}
	if end.Before(from) {
		return
	}
	if l.Read {
		c.Watched += end.Sub(from)
		if !l.State.Settled() {
			c.Off += end.Sub(from)
		}
	}
	state := l.State
	if !l.Read {
		state = Unknown
	}
	for i := range c.Days {
		d := &c.Days[i]
		if !end.Before(d.Start) && from.Before(d.Start.AddDate(0, 0, 1)) {
			d.see(state, l.Read)
		}
	}
}

// see takes a state of the day in. What was seen says more than that something
// could not be read.
func (d *Day) see(state State, read bool) {
	switch {
	case !d.Seen, read && d.State == Unknown:
		d.Seen, d.State = true, state
	case read && state < d.State:
		d.State = state
	}
}

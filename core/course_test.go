package core_test

import (
	"testing"
	"time"

	"selvage/core"
)

func TestCourseOfAFabric(t *testing.T) {
	until := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	looks := []core.Look{
		{At: at(19, 23), State: core.InSync, Read: true},
		{At: at(20, 1), State: core.Drifted, Read: true, Joined: true},
		{At: at(20, 3), State: core.Conflict, Read: true, Joined: true},
		{At: at(20, 5), State: core.InSync, Read: true, Joined: true},
		{At: at(22, 10), State: core.Drifted}, // it could not be read, whatever was known
		{At: at(23, 8), State: core.Drifted, Read: true},
		{At: at(23, 11), State: core.Pending, Read: true, Joined: true},
	}
	c := core.CourseOf(looks, until, 4, time.Hour)
	bar := ""
	for _, d := range c.Days {
		if !d.Seen {
			bar += " "
			continue
		}
		bar += string(d.State.Letter())
	}
	if bar != "! ?~" {
		t.Errorf("days %q, want %q", bar, "! ?~")
	}
	// From midnight of the 20th till 6, and from 8 till noon of the 23rd.
	if c.Watched != 10*time.Hour || c.Off != 4*time.Hour+3*time.Hour {
		t.Errorf("watched %s, off %s; want 10h and 7h", c.Watched, c.Off)
	}
	if c.Repairs != 2 || c.Repair != 3*time.Hour+30*time.Minute {
		t.Errorf("%d repairs of %s, want two, of 4h and 3h from when each was seen first", c.Repairs, c.Repair)
	}
	if got := c.Share(); got != 11 {
		t.Errorf("%d%% watched, want 11", got)
	}
	if got := core.CourseOf(nil, until, 30, time.Hour); len(got.Days) != 30 || got.Share() != 0 || got.Days[29].Start != at(23, 0) {
		t.Errorf("of no looks: %+v", got)
	}
}

// TestWhatWasSeenOutranksWhatCouldNotBeRead on one day, whichever came first.
func TestWhatWasSeenOutranksWhatCouldNotBeRead(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	unread, calm := core.Look{State: core.Unknown}, core.Look{State: core.InSync, Read: true}
	for _, looks := range [][]core.Look{{unread, calm}, {calm, unread}} {
		looks[0].At, looks[1].At = day.Add(time.Hour), day.Add(5*time.Hour)
		c := core.CourseOf(looks, day.Add(12*time.Hour), 1, time.Minute)
		if d := c.Days[0]; !d.Seen || d.State != core.InSync {
			t.Errorf("the day shows %s", d.State)
		}
	}
}

package merge

import (
	"math"
	"time"

	"selvage/core"
)

const (
	// window is in what time the heat of a path falls to 1/e.
	window = 10 * time.Minute
	// tooHot pauses the policies of an object: about so many returns of a
	// difference within the window.
	tooHot = 5
	// cool lets them act again, about a quarter of an hour after the last return.
	cool = 1
	// forgotten is a heat of which nothing is worth keeping.
	forgotten = 0.01
)

// Difference is one difference of a report. Git and Live are the digests of what
// the sides say.
type Difference struct {
	Key       core.Key
	Path      core.Path
	Git, Live core.Digest
}

// Differences are those of an object that a policy may be asked about.
func (s Subject) Differences() []Difference {
	var all []Difference
	for _, c := range (Occasion{}).cases(s) {
		all = append(all, Difference{c.Key, c.Path, c.Git.Digest(), c.Live.Digest()})
	}
	return all
}

// Seen is how hot the paths of a fabric are after a check at the time now. A
// difference that the check found and that was not there before, or not with
// these values, heats its path by one; one that stays adds nothing. Of objects
// for which read is false nothing was found out. The heats before stay as they
// are; paths that have cooled down are left out.
func Seen(before []core.Heat, found []Difference, read func(core.Key) bool, now time.Time) []core.Heat {
	type place struct {
		key  core.Key
		path core.Path
	}
	fresh := make(map[place]Difference, len(found))
	for _, d := range found {
		fresh[place{d.Key, d.Path}] = d
	}
	after := make([]core.Heat, 0, len(before)+len(found))
	for _, h := range before {
		at := place{h.Key, h.Path}
		h = cooled(h, now)
		if d, ok := fresh[at]; ok {
			h = heated(h, d)
			delete(fresh, at)
		} else if read(h.Key) {
			h.Git, h.Live = core.Digest{}, core.Digest{}
		}
		if h.Level > forgotten || h.Git != h.Live {
			after = append(after, h)
		}
	}
	for _, d := range found {
		if _, ok := fresh[place{d.Key, d.Path}]; ok {
			after = append(after, heated(core.Heat{Key: d.Key, Path: d.Path, At: now}, d))
		}
	}
	return after
}

func heated(h core.Heat, d Difference) core.Heat {
	if h.Git != d.Git || h.Live != d.Live {
		h.Level++
	}
	h.Git, h.Live = d.Git, d.Live
	h.Paused = h.Paused || h.Level > tooHot
	return h
}

func cooled(h core.Heat, now time.Time) core.Heat {
	passed := max(0, now.Sub(h.At)) // clocks go backwards
	h.Level *= math.Exp(-float64(passed) / float64(window))
	h.At = now
	h.Paused = h.Paused && h.Level > cool
	return h
}

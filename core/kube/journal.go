package kube

import (
	"slices"
	"time"

	"selvage/core"
)

// The limits of what is kept between two reads.
const (
	maxPassages          = 10_000
	maxPassagesPerObject = 100
)

// journal is what happened since the last read, in all feeds of a source.
type journal struct {
	news     bool // something happened that no read has told
	passages []core.Passage
	of       map[core.Key]int // the number of an object's passages
	dropped  time.Time        // when the last one that was dropped had ended
}

func newJournal() *journal { return &journal{of: map[core.Key]int{}} }

// add takes down a passage. Where there are too many, the oldest one goes.
func (j *journal) add(p core.Passage) {
	if j.of[p.Key] >= maxPassagesPerObject {
		j.drop(slices.IndexFunc(j.passages, func(old core.Passage) bool { return old.Key == p.Key }))
	} else if len(j.passages) >= maxPassages {
		j.drop(0)
	}
	j.passages = append(j.passages, p)
	j.of[p.Key]++
	j.news = true
}

func (j *journal) drop(i int) {
	old := j.passages[i]
	j.passages = slices.Delete(j.passages, i, i+1)
	j.of[old.Key]--
	if old.Until.After(j.dropped) {
		j.dropped = old.Until
	}
}

// tell gives what happened, and begins anew.
func (j *journal) tell() []core.Passage {
	told := j.passages
	j.passages, j.of, j.news = nil, map[core.Key]int{}, false
	return told
}

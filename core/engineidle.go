package core

import (
	"slices"
	"time"
)

// Span is a stretch of time. Its beginning is zero where it is as old as can be.
type Span struct{ From, Until time.Time }

const (
	// IdleAge is for how long it counts that an engine could not act: a window
	// that opens once a week is in it, and some hours for the zones of its days.
	IdleAge = 8 * 24 * time.Hour
	// mostIdle is how many such times are kept, the last ones.
	mostIdle = 32
)

// Rested takes down times in which the engine could not act, by those that know
// of some.
func (e *Engine) Rested(now time.Time, spans ...Span) {
	all := slices.Concat(e.Idle, spans)
	all = slices.DeleteFunc(all, func(s Span) bool { return !s.From.Before(s.Until) || now.Sub(s.Until) > IdleAge })
	slices.SortFunc(all, func(a, b Span) int { return a.From.Compare(b.From) })
	e.Idle = nil
	for _, s := range all {
		if n := len(e.Idle); n > 0 && !s.From.After(e.Idle[n-1].Until) {
			if s.Until.After(e.Idle[n-1].Until) {
				e.Idle[n-1].Until = s.Until
			}
			continue
		}
		e.Idle = append(e.Idle, s)
	}
	if over := len(e.Idle) - mostIdle; over > 0 {
		e.Idle = e.Idle[over:]
	}
}

// Waited is for how long something has waited for an engine that could act: since
// a time, without those in which it is known that it could not. What was before
// the first of these does not count, for of that nobody knows.
func (e *Engine) Waited(since, now time.Time) time.Duration {
	if !e.Known() || len(e.Idle) == 0 {
		return now.Sub(since)
	}
	if first := e.Idle[0].From; first.After(since) && first.Before(now) {
		since = first
	}
	waited := now.Sub(since)
	for _, s := range e.Idle {
		from, until := s.From, s.Until
		if from.Before(since) {
			from = since
		}
		if until.After(now) {
			until = now
		}
		if until.After(from) {
			waited -= until.Sub(from)
		}
	}
	return waited
}

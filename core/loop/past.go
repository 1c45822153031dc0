package loop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// After a failed look back the next one waits for firstRetry, then twice as
// long each time, up to lastRetry.
const (
	firstRetry = 30 * time.Second
	lastRetry  = 15 * time.Minute
)

var errNoPast = errors.New("the source of git cannot look back")

// hindsight is what Git's history told about the objects of one fabric, and
// what it was not asked yet. Whoever uses it holds the worker's lock.
type hindsight struct {
	source core.Historian // nil where Git's source cannot look back
	door   door

	found    map[core.Key]found
	err      error          // why the last look at objects failed
	moved    []move         // moves of branches that nobody has judged yet
	since    map[span]count // the commits that the engine is behind
	rewrites []core.Rewrite // that no record holds yet

	inquiry  *inquiry // that runs, or whose answers nobody has heard yet
	failures int      // in a row
	again    time.Time
}

// found is the answer to the last question about an object.
type found struct {
	question
	past core.Past
	// idle is set where the answer helped nothing: the comparison goes on without
	// one, and does not wait for another.
	idle bool
}

// question is what the past of an object was asked for. With other revisions or
// contents it is another one: an answer that was enough then may be too short.
type question struct {
	at        string // the revisions
	git, live core.Digest
}

// move is a place in Git whose branch was at another commit before.
type move struct {
	place core.Reading
	from  string
}

// inquiry is one look back, under way or over. What it found may be read when
// done is closed.
type inquiry struct {
	at        *core.Snapshot // of Git
	want      core.Scope
	questions map[core.Key]question
	moves     []move
	spans     []span
	enough    func(core.Key, core.Past) bool

	done     chan struct{}
	past     map[core.Key]core.Past
	pastErr  error
	descends map[move]bool // of those moves that were judged
	counts   map[span]count
	moveErr  error
	cut      bool // the program ended before the answer: nothing is known by it
}

// evidence is what is known of the past of objects as both sides have them now,
// and why it is not known of others.
func (h *hindsight) evidence(s *look, f core.Fabric) (map[core.Key]core.Past, error) {
	if h.source == nil {
		return nil, errNoPast
	}
	past := make(map[core.Key]core.Past, len(h.found))
	for k, a := range h.found {
		now := s.question(k, f)
		switch {
		case a.idle && a.question == now:
			past[k] = core.Past{}
		case a.question == now, a.past.Whole && a.at == now.at && a.git == now.git:
			past[k] = a.past
		}
	}
	return past, h.err
}

func (s *look) question(k core.Key, f core.Fabric) question {
	return question{revisions(s.git), digest(s.git, unplaced(s.git, k, f)), digest(s.live, k)}
}

// idle notes which answers the comparison had and yet asks for, and tells
// whether there are any that it did not know to be so.
func (h *hindsight) idle(wanted []core.Key, s *look, f core.Fabric) (news bool) {
	for _, k := range wanted {
		if a, ok := h.found[k]; ok && !a.idle && a.question == s.question(k, f) {
			a.idle, news = true, true
			h.found[k] = a
		}
	}
	return news
}

// follow compares a whole reading of Git with the last one: a branch that is at
// another commit has moved, and it is to be found out whether forward.
func (h *hindsight) follow(now, then []core.Reading) {
	if h.source == nil {
		return
	}
	for i, r := range now {
		if i >= len(then) || !samePlaces(now[i:i+1], then[i:i+1]) || then[i].Revision == "" || then[i].Revision == r.Revision {
			continue
		}
		m := move{place: core.Reading{URL: r.URL, Branch: r.Branch, Path: r.Path}, from: then[i].Revision}
		if !slices.Contains(h.moved, m) {
			h.moved = append(h.moved, m)
		}
	}
}

// wonder is what the history is to be asked after a comparison; nil where there
// is nothing, where a question is under way, and where the last one failed a
// short while ago.
func (h *hindsight) wonder(r *drift.Result, s *look, f core.Fabric, now time.Time) *inquiry {
	if h.source == nil || h.inquiry != nil || now.Before(h.again) {
		return nil
	}
	i := &inquiry{at: s.git, want: s.want, questions: map[core.Key]question{}, enough: r.Enough, done: make(chan struct{})}
	for _, k := range r.Wanted {
		if q := s.question(k, f); h.found[k].question != q {
			i.questions[k] = q
		}
	}
	i.moves = slices.Clone(h.moved)
	i.spans = h.uncounted(r.Report.Engine, s.git.Readings)
	if len(i.questions) == 0 && len(i.moves) == 0 && len(i.spans) == 0 {
		return nil
	}
	h.inquiry = i
	return i
}

// hear takes in what a finished inquiry found, and tells whether that may
// change what is said of the fabric.
func (h *hindsight) hear(now time.Time) (news bool) {
	i := h.inquiry
	if i == nil {
		return false
	}
	select {
	case <-i.done:
	default:
		return false
	}
	h.inquiry = nil
	if i.cut {
		return false
	}
	if i.pastErr != nil || i.moveErr != nil {
		h.again = now.Add(min(firstRetry<<min(h.failures, 10), lastRetry))
		h.failures++
	} else {
		h.failures, h.again = 0, time.Time{}
	}
	switch {
	case i.pastErr != nil:
		news = h.err == nil
		h.err = i.pastErr
	case len(i.questions) > 0:
		news, h.err = true, nil
		for k, q := range i.questions {
			past, known := i.past[k]
			h.found[k] = found{question: q, past: past, idle: !known}
		}
	}
	news = h.count(i) || news
	return h.judge(i, now) || news
}

// judge keeps which of the branches that moved were rewritten.
func (h *hindsight) judge(i *inquiry, now time.Time) (news bool) {
	for m, forward := range i.descends {
		h.moved = slices.DeleteFunc(h.moved, func(o move) bool { return o == m })
		if forward {
			continue
		}
		news = true
		h.rewrites = append(h.rewrites, core.Rewrite{
			Path: m.place.Path, Branch: m.place.Branch, From: m.from, To: revisionOf(m.place, i.at), At: now,
		})
	}
	return news
}

// recorded tells that the history has the first n rewrites now.
func (h *hindsight) recorded(n int) { h.rewrites = h.rewrites[n:] }

// forget drops what was found about objects that are settled.
func (h *hindsight) forget(r *drift.Result) {
	maps.DeleteFunc(h.found, func(k core.Key, _ found) bool {
		o, ok := r.Objects[k]
		return !ok || o.Verdict.State == core.InSync && o.Base != nil
	})
}

// look puts the questions of an inquiry to the history, and closes done when
// there is nothing more to be expected of it.
func (l *Loop) look(ctx context.Context, w *worker, i *inquiry) {
	defer func() {
		close(i.done)
		w.tell()
	}()
	f := w.unit.Fabric
	asking := ctx
	if f.Timeout > 0 {
		var cancel context.CancelFunc
		asking, cancel = context.WithTimeout(ctx, f.Timeout)
		defer cancel()
	}
	found, err := ask(asking, w.hindsight.door, func(ctx context.Context) *inquiry { return l.answer(ctx, w, i) })
	i.cut = ctx.Err() != nil
	switch {
	case err != nil:
		i.pastErr = fmt.Errorf("look back in git of %s: %w", f.ID, err)
	default:
		i.past, i.pastErr, i.descends, i.moveErr, i.counts = found.past, found.pastErr, found.descends, found.moveErr, found.counts
	}
	if err := errors.Join(i.pastErr, i.moveErr); err != nil && !i.cut {
		l.config.Log.Warn("look back", "fabric", f.ID, "err", err)
	}
}

// answer asks the history, and gives what it said in an inquiry of its own: the
// asked one may have been given up by then, and is somebody else's to read.
func (l *Loop) answer(ctx context.Context, w *worker, i *inquiry) (a *inquiry) {
	f := w.unit.Fabric
	a = &inquiry{descends: map[move]bool{}}
	defer func() {
		if p := recover(); p != nil {
			l.config.Log.Error("a look back panicked", "fabric", f.ID, "panic", p, "stack", string(debug.Stack()))
			a.pastErr = fmt.Errorf("look back in git of %s: internal error: %v (the log has more; please report it)", f.ID, p)
		}
	}()
	for _, m := range i.moves {
		at, ok := placeIn(i.at, m.place)
		if !ok {
			a.descends[m] = true // the place is no longer read
			continue
		}
		forward, err := w.hindsight.source.Descends(ctx, at, m.from)
		if err != nil {
			a.moveErr = fmt.Errorf("look for commit %s in %s: %w", m.from, m.place.Branch, err)
			continue
		}
		a.descends[m] = forward
	}
	a.counts, a.moveErr = l.counts(ctx, w, i, a.moveErr)
	if len(i.questions) == 0 {
		return a
	}
	placed := make(map[core.Key]core.Key, len(i.questions))
	for k := range i.questions {
		placed[unplaced(i.at, k, f)] = k
	}
	keys := slices.SortedFunc(maps.Keys(placed), core.Key.Compare)
	past, err := w.hindsight.source.Past(ctx, i.at, i.want, keys, func(k core.Key, p core.Past) bool {
		return i.enough(placed[k], p)
	})
	a.past, a.pastErr = make(map[core.Key]core.Past, len(past)), err
	for k, p := range past {
		a.past[placed[k]] = p
	}
	return a
}

// unplaced is the key under which Git's source knows an object. A source gives
// every object a namespace; a kind that has none loses it in the comparison.
func unplaced(git *core.Snapshot, k core.Key, f core.Fabric) core.Key {
	if k.Namespace != "" || k.IsFile() {
		return k
	}
	if git.Side(k).Presence == core.Present {
		return k
	}
	for _, namespace := range git.Namespaces() {
		at := k
		at.Namespace = namespace
		if git.Side(at).Presence == core.Present {
			return at
		}
	}
	k.Namespace = f.Namespace
	return k
}

// digest is that of an object's content, zero where the side does not have it.
func digest(side *core.Snapshot, k core.Key) core.Digest {
	if o := side.Side(k).Object; o != nil {
		return o.Digest
	}
	return core.Digest{}
}

// revisions tells apart readings of Git at other commits.
func revisions(git *core.Snapshot) string {
	all := make([]string, len(git.Readings))
	for i, r := range git.Readings {
		all[i] = r.Revision
	}
	return strings.Join(all, " ")
}

func placeIn(git *core.Snapshot, place core.Reading) (core.Reading, bool) {
	for _, r := range git.Readings {
		if samePlaces([]core.Reading{r}, []core.Reading{place}) {
			return r, true
		}
	}
	return core.Reading{}, false
}

func revisionOf(place core.Reading, git *core.Snapshot) string {
	r, _ := placeIn(git, place)
	return r.Revision
}

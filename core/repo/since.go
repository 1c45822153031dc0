package repo

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
)

const (
	maxSince = 1_000 // commits that Since gives
	// maxSkew is by how much the clocks of those who commit may differ, in
	// seconds. Without such a bound the whole history had to be walked to know
	// that a commit is not in it.
	maxSkew = int64(7 * 24 * time.Hour / time.Second)
)

// Since implements [core.Historian], with the commits in the order of git log
// --date-order. It may count a commit of both histories among the new ones where
// the clocks of two committers differed by more than a week.
func (s *Source) Since(ctx context.Context, at core.Reading, ancestor string) ([]core.Commit, bool, error) {
	head, err := revisionOf(at)
	if err != nil || !plumbing.IsHash(ancestor) {
		return nil, false, err
	}
	from := plumbing.NewHash(ancestor)
	if head == from {
		return nil, true, nil
	}
	m, err := s.mirrorOf(at)
	if err != nil {
		return nil, false, err
	}
	var commits []core.Commit
	descends := false
	err = s.look(ctx, m, head, func(l *lookback) error {
		var err error
		if descends, err = l.descends(head, from); err != nil || !descends {
			return err
		}
		commits, err = l.since(head, from)
		return err
	})
	return commits, descends && err == nil, err
}

// mirrorOf finds where a reading of this source came from.
func (s *Source) mirrorOf(at core.Reading) (*mirror, error) {
	i := slices.IndexFunc(s.places, func(p *place) bool {
		return p.mirror.origin.shown() == at.URL && clean(p.location.Path) == at.Path && (p.location.Branch == "" || branchName(p.location.Branch) == branchName(at.Branch))
	})
	if i < 0 {
		return nil, &core.Error{Access: core.AccessInvalid, Op: "look back", Err: fmt.Errorf("%s is of another source", at.URL)}
	}
	return s.places[i].mirror, nil
}

// since gives the commits of the history of head that are not in that of from,
// which is a part of it.
func (l *lookback) since(head, from plumbing.Hash) ([]core.Commit, error) {
	f := frontier{l: l, known: map[plumbing.Hash]*reached{}}
	if err := errors.Join(f.reach(head, false), f.reach(from, true)); err != nil {
		return nil, err
	}
	for f.open() {
		if err := l.ctx.Err(); err != nil {
			return nil, err
		}
		if err := f.step(); err != nil {
			return nil, err
		}
	}
	fresh := slices.DeleteFunc(f.walked, func(c *commit) bool { return f.known[c.hash].old })
	var commits []core.Commit
	for _, c := range l.ordered(fresh) {
		if commits = append(commits, c.shown); len(commits) == maxSince {
			break
		}
	}
	return commits, nil
}

// frontier walks two histories at once, youngest commits first, to tell what is
// in the new one alone. Where it turns out that a commit is in the old one as
// well, all before it is walked again.
type frontier struct {
	l      *lookback
	known  map[plumbing.Hash]*reached
	queue  byTime
	fresh  int       // of the queue, those that are not old
	walked []*commit // as new ones, each once
	oldest int64     // of walked
}

// reached is a commit that a frontier has come to.
type reached struct {
	old    bool // is in the old history
	queued bool
}

func (f *frontier) reach(h plumbing.Hash, old bool) error {
	r := f.known[h]
	switch {
	case r == nil:
		r = &reached{}
		f.known[h] = r
	case r.old || !old:
		return nil
	case r.queued:
		f.fresh--
	}
	r.old = old
	if r.queued {
		return nil
	}
	c, err := f.l.commit(h)
	if err != nil {
		return err
	}
	if !old {
		f.fresh++
	}
	r.queued = true
	heap.Push(&f.queue, queued{c, len(f.known)})
	return nil
}

// open tells whether what is left may change what is known of the commits that
// were walked.
func (f *frontier) open() bool {
	return f.fresh > 0 || len(f.queue) > 0 && f.queue[0].commit.when >= f.oldest-maxSkew
}

func (f *frontier) step() error {
	c := heap.Pop(&f.queue).(queued).commit //nolint:forcetypeassert // it holds nothing else
	r := f.known[c.hash]
	r.queued = false
	if !r.old {
		f.fresh--
		if len(f.walked) == 0 || c.when < f.oldest {
			f.oldest = c.when
		}
		f.walked = append(f.walked, c)
	}
	parents, _ := f.l.parents(c)
	for _, p := range parents {
		if err := f.reach(p, r.old); err != nil {
			return err
		}
	}
	return nil
}

package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
)

// Descends implements [core.Historian]. Where the repository does not have its
// whole history, and the commit is not in what it has, that is an error.
func (s *Source) Descends(ctx context.Context, at core.Reading, ancestor string) (bool, error) {
	head, err := revisionOf(at)
	if err != nil {
		return false, err
	}
	if !plumbing.IsHash(ancestor) {
		return false, nil
	}
	if head == plumbing.NewHash(ancestor) {
		return true, nil
	}
	m, err := s.mirrorOf(at)
	if err != nil {
		return false, err
	}
	descends := false
	err = s.look(ctx, m, head, func(l *lookback) (err error) {
		descends, err = l.descends(head, plumbing.NewHash(ancestor))
		return err
	})
	return descends, err
}

func branchName(b string) string { return strings.TrimPrefix(b, "refs/heads/") }

func (l *lookback) descends(head, ancestor plumbing.Hash) (bool, error) {
	known := map[plumbing.Hash]bool{head: true}
	queue := []plumbing.Hash{head}
	whole := true
	for len(queue) > 0 {
		if err := l.ctx.Err(); err != nil {
			return false, err
		}
		c, err := l.commit(queue[0])
		if err != nil {
			return false, err
		}
		queue = queue[1:]
		parents, all := l.parents(c)
		whole = whole && all
		for _, p := range parents {
			if p == ancestor {
				return true, nil
			}
			if !known[p] {
				known[p] = true
				queue = append(queue, p)
			}
		}
	}
	if !whole {
		return false, &core.Error{Access: core.AccessInvalid, Op: "look back", Err: errors.New("the repository is a shallow clone, without its whole history"), Hint: "run git fetch --unshallow there"}
	}
	return false, nil
}

// look opens a repository and works on it, anew where it was being changed, or
// where its clone turned out to be damaged.
func (s *Source) look(ctx context.Context, m *mirror, head plumbing.Hash, work func(*lookback) error) error {
	o, ok := m.origin.(ancestral)
	if !ok {
		return failure(m.origin.shown(), &core.Error{Access: core.AccessInvalid, Op: "look back", Err: errors.New("no branch, so no history")})
	}
	for try := 1; ; try++ {
		shelf, err := o.past(ctx, head)
		if err != nil {
			return failure(m.origin.shown(), because(ctx, err))
		}
		err = s.pool.config.guarded(func() error { return s.lookInto(ctx, shelf, work) })
		shelf.close()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || !o.mended(ctx, try, shelf, err) {
			return failure(m.origin.shown(), because(ctx, err))
		}
	}
}

func (s *Source) lookInto(ctx context.Context, shelf *shelf, work func(*lookback) error) error {
	cut, err := shelf.store.Shallow()
	if err != nil {
		return fmt.Errorf("read shallow: %w", err)
	}
	l := &lookback{
		ctx: ctx, pool: s.pool, caches: &s.pool.past, cut: map[plumbing.Hash]bool{}, renders: map[folderAt]bool{},
		objects: &objects{store: shelf.store, partial: shelf.partial},
	}
	for _, h := range cut {
		l.cut[h] = true
	}
	return work(l)
}

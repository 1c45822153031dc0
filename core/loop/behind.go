package loop

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"selvage/core"
)

// span is a stretch of a branch: from the commit that an engine applied last to
// the one that was read.
type span struct {
	place   core.Reading // URL, branch, path and revision
	applied string
}

// count is what lies in a span: commits, newest first; known is not set where
// the branch does not have the commit that was applied. apart is set where the
// engine wants that commit although it has seen the branch as it is.
type count struct {
	commits []core.Commit
	known   bool
	apart   bool
}

func spanOf(r core.Reading, applied string) span {
	return span{core.Reading{URL: r.URL, Branch: r.Branch, Path: r.Path, Revision: r.Revision}, applied}
}

// enginePatience is how long after a branch moved an engine may still go by where
// it was: as long as Argo CD keeps what a server told it.
const enginePatience = 5 * time.Minute

// counted is what the engine says, with how far behind the branches it is as far
// as the history has told, whether it follows these at all, and what the last
// report knew of times in which it could not act.
func (h *hindsight) counted(e *core.Engine, git []core.Reading, m *core.Memory) *core.Engine {
	if e == nil || e.Type == "" {
		return e
	}
	c := *e
	if m.Report != nil {
		rested(&c, m.Report.Engine)
	}
	if !c.Known() {
		return &c
	}
	c.Sources, c.Notes = slices.Clone(e.Sources), slices.Clip(e.Notes)
	var apart []string
	for _, r := range git {
		of, ok := e.Of(r)
		if !ok || r.Revision == "" {
			continue
		}
		s := &c.Sources[slices.IndexFunc(c.Sources, func(s core.EngineSource) bool { return s.URL == of.URL && s.Path == of.Path })]
		if s.Applied == r.Revision {
			s.Behind, s.Counted = nil, true
		} else if n, ok := h.since[spanOf(r, s.Applied)]; ok && n.known {
			s.Behind, s.Counted = n.commits, true
		}
		mismatch, note := h.follows(e, *s, r, m)
		if mismatch != "" && !slices.Contains(apart, mismatch) {
			apart = append(apart, mismatch)
		}
		if note != "" && !slices.Contains(c.Notes, note) {
			c.Notes = append(c.Notes, note)
		}
	}
	c.Mismatch = slices.Concat(e.Mismatch, apart)
	return &c
}

// follows tells why what a source follows is not the branch that was read, or what
// is odd about it.
//
// That a commit is not on the branch does not say it alone: somebody may have moved
// the branch by force, or on, where the engine has not looked yet. It has to want
// that commit still when it has looked between two readings at this revision.
func (h *hindsight) follows(e *core.Engine, s core.EngineSource, r core.Reading, m *core.Memory) (mismatch, note string) {
	if s.Target == "" || s.Target == "HEAD" {
		switch r.DefaultBranch {
		case r.Branch:
		case "":
			note = fmt.Sprintf("%s follows the default branch of %s, and the server does not say which that is; you compare %s", e.Type, r.URL, r.Branch)
		default:
			return fmt.Sprintf("%s applies %s@HEAD, which is %s, you compare %s", e.Type, cmp.Or(s.Path, "."), r.DefaultBranch, r.Branch), ""
		}
	}
	off := func(commit string) bool {
		n, told := h.since[spanOf(r, commit)]
		return told && !n.known
	}
	switch {
	case s.Wanted != r.Revision && off(s.Wanted):
		at := spanOf(r, s.Wanted)
		if looked := lookedAt(e); looked.After(sameSince(m, r).Add(enginePatience)) && looked.Before(r.ReadAt) {
			h.since[at] = count{apart: true}
		}
		if h.since[at].apart {
			return fmt.Sprintf("%s applies %s, which is not on %s", e.Type, core.ShortCommit(s.Wanted), r.Branch), ""
		}
		note = fmt.Sprintf("%s wants %s, which is not on %s (was that rewritten?)", e.Type, core.ShortCommit(s.Wanted), r.Branch)
	case s.Applied != r.Revision && off(s.Applied):
		note = fmt.Sprintf("%s applied %s, which is not on %s (was that rewritten?)", e.Type, core.ShortCommit(s.Applied), r.Branch)
	}
	return "", note
}

// lookedAt is when an engine found out last which commit it wants; zero where it
// does not tell: Flux fetches by another clock than it applies, and Argo CD goes by
// what it knew where it cannot compare.
func lookedAt(e *core.Engine) time.Time {
	if e.Type != core.ArgoCD || e.Sync == "Unknown" {
		return time.Time{}
	}
	return e.ComparedAt
}

// sameSince is since when a branch is known to be at the commit of a reading.
func sameSince(m *core.Memory, r core.Reading) time.Time {
	if m.Git != nil {
		if was, ok := placeIn(m.Git, r); ok && was.Revision == r.Revision && was.ReadAt.Before(r.ReadAt) {
			return was.ReadAt
		}
	}
	return r.ReadAt
}

// rested takes over the times in which the engine could not act from what was said
// of it before. If it was suspended then, or manual, or could not be read, all is
// one until now: nobody saw when that ended.
func rested(e, before *core.Engine) {
	if before == nil || before.Type != e.Type || before.App != e.App || before.Namespace != e.Namespace {
		return
	}
	e.Rested(e.ReadAt, before.Idle...)
	if !before.Acts(false) && !before.ReadAt.IsZero() {
		e.Rested(e.ReadAt, core.Span{From: before.ReadAt, Until: e.ReadAt})
	}
}

// uncounted are the spans that the history was not asked about yet: of what was
// applied, and where that is not on the branch of what is wanted, too.
func (h *hindsight) uncounted(e *core.Engine, git []core.Reading) []span {
	var spans []span
	for _, r := range git {
		src, ok := e.Of(r)
		if !ok || r.Revision == "" {
			continue
		}
		for _, commit := range []string{src.Applied, src.Wanted} {
			at := spanOf(r, commit)
			n, asked := h.since[at]
			if commit != "" && commit != r.Revision && !asked && !slices.Contains(spans, at) {
				spans = append(spans, at)
			}
			if commit == r.Revision || commit != "" && (!asked || n.known) {
				break
			}
		}
	}
	return spans
}

// count takes in what an inquiry found of spans, and tells whether it did.
func (h *hindsight) count(i *inquiry) (news bool) {
	const most = 64 // of which all but a few are of no use any more: both ends move on
	if h.since == nil || len(h.since) > most {
		h.since = map[span]count{}
	}
	maps.Copy(h.since, i.counts)
	return len(i.counts) > 0
}

// counts asks the history about spans. err is what went wrong before.
func (l *Loop) counts(ctx context.Context, w *worker, i *inquiry, err error) (map[span]count, error) {
	counts := make(map[span]count, len(i.spans))
	for _, s := range i.spans {
		commits, known, failure := w.hindsight.source.Since(ctx, s.place, s.applied)
		if failure != nil {
			err = fmt.Errorf("count the commits since %s on %s: %w", core.ShortCommit(s.applied), s.place.Branch, failure)
			continue
		}
		counts[s] = count{commits: commits, known: known}
	}
	return counts, err
}

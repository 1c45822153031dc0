package loop

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"selvage/core"
)

// span is a stretch of a branch: from the commit that an engine applied last to
// the one that was read.
type span struct {
	place   core.Reading // URL, branch, path and revision
	applied string
}

// count is what lies in a span: commits, newest first; known is not set where
// the branch does not have the commit that was applied.
type count struct {
	commits []core.Commit
	known   bool
}

func spanOf(r core.Reading, applied string) span {
	return span{core.Reading{URL: r.URL, Branch: r.Branch, Path: r.Path, Revision: r.Revision}, applied}
}

// counted is what the engine says, with how far behind the branches it is as
// far as the history has told.
func (h *hindsight) counted(e *core.Engine, git []core.Reading) *core.Engine {
	if !e.Known() {
		return e
	}
	c := *e
	c.Sources = slices.Clone(e.Sources)
	for _, r := range git {
		of, ok := e.Of(r)
		if !ok || of.Applied == "" || r.Revision == "" {
			continue
		}
		s := &c.Sources[slices.IndexFunc(c.Sources, func(s core.EngineSource) bool { return s.URL == of.URL && s.Path == of.Path })]
		if s.Applied == r.Revision {
			s.Behind, s.Counted = nil, true
		} else if n, ok := h.since[spanOf(r, s.Applied)]; ok && n.known {
			s.Behind, s.Counted = n.commits, true
		}
	}
	return &c
}

// uncounted are the spans that the history was not asked about yet.
func (h *hindsight) uncounted(e *core.Engine, git []core.Reading) []span {
	var spans []span
	for _, r := range git {
		src, ok := e.Of(r)
		if !ok || src.Counted || src.Applied == "" || r.Revision == "" {
			continue
		}
		if at := spanOf(r, src.Applied); !slices.Contains(spans, at) {
			if _, asked := h.since[at]; !asked {
				spans = append(spans, at)
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
		counts[s] = count{commits, known}
	}
	return counts, err
}

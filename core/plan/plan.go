package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/merge"
)

// Place is one directory of a fabric in Git, and what may be published there.
type Place struct {
	URL, Branch, Path string
	Way               core.Way
	Message           string // with {summary} and {ticket}; "" for the summary alone
}

// On tells whether the place is on a branch of a repository.
func (p Place) On(url, branch string) bool {
	return p.Branch == branch && core.SameRepository(p.URL, url)
}

// Holds tells whether a file, by its path from the repository's root, stands in the
// place.
func (p Place) Holds(file string) bool {
	dir := strings.Trim(p.Path, "/")
	return dir == "" || dir == "." || strings.HasPrefix(file, dir+"/")
}

// Fabric is a fabric as a plan looks at it: as of its last check.
type Fabric struct {
	State  core.FabricState
	Places []Place
	Git    *core.Snapshot // the last whole reading; nil where there never was one

	// Drafts are what is to be published, Subjects the objects that they and the
	// fabric's conflicts are about. Both are empty of a fabric that only reads
	// what is published.
	Drafts   []core.Draft
	Subjects []merge.Subject
	// Restores and Void are for a plan that takes a run back: what becomes again
	// what it was, and what of it somebody has changed since.
	Restores []Restore
	Void     []core.VoidDraft
}

// Input is what a plan is made of.
type Input struct {
	Fabrics []Fabric // whose drafts are published, and then all others
	// Files gives what a place's branch has at paths, at a commit.
	Files func(ctx context.Context, place Place, commit string, paths []string) (map[string]core.File, error)
	Asked core.PlanOptions
	// Reverted are the publications that landed of the run which is taken back.
	Reverted []core.PublicationState
	By       string
	Now      time.Time
}

// Make makes the plan. The error says why nothing could be planned; what keeps a
// single decision out of it, or the plan from being published, is in the plan.
func Make(ctx context.Context, in Input) (*core.Plan, error) {
	p := &core.Plan{At: in.Now, By: in.By, Asked: in.Asked}
	for i := range in.Fabrics {
		f := &in.Fabrics[i]
		if !f.publishes() {
			continue
		}
		p.Fabrics = append(p.Fabrics, f.State.Fabric.ID)
		if why := stop(f, in.Now); why != "" {
			p.Stop = append(p.Stop, fmt.Sprintf("%s: %s", f.State.Fabric.ID, why))
		}
		if err := decisions(ctx, in, f, p); err != nil {
			return nil, err
		}
	}
	for i := range p.Commits {
		c := &p.Commits[i]
		slices.SortStableFunc(c.Changes, deletesLast)
		describe(in, c)
	}
	effects(in, p)
	alongside(in, p)
	limits(in, p)
	return p, nil
}

// publishes tells whether something of the fabric is to be published.
func (f *Fabric) publishes() bool { return len(f.Drafts)+len(f.Restores)+len(f.Void) > 0 }

// onDesk tells whether somebody has decided a conflict by what lies on the desk, which
// a plan that takes a run back leaves there.
func (f *Fabric) onDesk(c core.Dispute) bool {
	return slices.ContainsFunc(f.State.Drafts, func(d core.DraftStanding) bool {
		return d.Key == c.Key && d.State != core.DraftVoid && c.Path.Under(d.Path)
	})
}

// decisions puts the drafts of one fabric into the plan.
func decisions(ctx context.Context, in Input, f *Fabric, p *core.Plan) error {
	resolutions := make([]core.Resolution, len(f.Drafts))
	for i, d := range f.Drafts {
		resolutions[i] = d.Resolution
	}
	result := merge.Reconcile(f.decided(), resolutions)
	if in.Asked.Reverts != "" {
		result.Conflicts = slices.DeleteFunc(result.Conflicts, f.onDesk)
	}
	result.Void = append(result.Void, f.Void...)
	refused, err := commit(ctx, in, f, p, result.Updated)
	if err != nil {
		return err
	}
	f.restore(p)
	refused = append(result.Errors, refused...)
	f.name(&result, refused)
	p.Conflicts = append(p.Conflicts, result.Conflicts...)
	p.Void = append(p.Void, result.Void...)
	p.Refused = append(p.Refused, refused...)
	for _, r := range result.Applied {
		if slices.ContainsFunc(refused, func(e core.UpdateError) bool { return e.Key == r.Key }) {
			continue
		}
		if r.Choice == core.TakeGit {
			p.Followed = append(p.Followed, followed(f, r))
			continue
		}
		for _, d := range f.Drafts {
			if d.Key == r.Key && d.Path == r.Path && !slices.Contains(p.Drafts, d.ID) {
				p.Drafts = append(p.Drafts, d.ID)
			}
		}
	}
	return nil
}

// name says of which fabric everything is that was made of its objects.
func (f *Fabric) name(result *core.ReconciliationResult, refused []core.UpdateError) {
	id := f.State.Fabric.ID
	for i := range result.Conflicts {
		result.Conflicts[i].Fabric = id
	}
	for i := range result.Void {
		result.Void[i].Fabric = id
	}
	for i := range refused {
		refused[i].Fabric = id
	}
}

// followed is a decision for Git's value, with what becomes of it.
func followed(f *Fabric, r core.Resolution) core.PlannedFollow {
	out := core.PlannedFollow{Fabric: f.State.Fabric.ID, Key: r.Key, Path: r.Path}
	for _, s := range f.Subjects {
		if s.Verdict.Key != r.Key {
			continue
		}
		c := core.Change{Path: r.Path, Git: s.Sides.Git.Value.At(r.Path), Live: s.Sides.Live.Value.At(r.Path), Base: s.Sides.Base.At(r.Path)}
		out.Keeping = core.Keep(f.State.Fabric, f.State.Report.Engine, s.Verdict, c)
	}
	return out
}

// stop is why nothing of a fabric is published at all; "" if it may.
func stop(f *Fabric, now time.Time) string {
	s := f.State
	if s.Report == nil || f.Git == nil {
		return "it was not checked yet (selvage status " + string(s.Fabric.ID) + ")"
	}
	switch git, live := s.GitAccess(), s.Access(now); {
	case s.Fabric.Mode == core.ModeRead:
		return "its mode is read (mode in the configuration, --read-only and SELVAGE_MODE)"
	case s.Report.Freeze != nil:
		return s.Report.Freeze.Sentence(s.Fabric.ID)
	case len(s.Report.Rewrites) > 0:
		return s.Report.Rewrites[0].Sentence(s.Fabric.ID)
	case git != core.AccessOK:
		return "git is " + git.Title() + ": nothing is published on an old reading"
	case live != core.AccessOK:
		return "live is " + live.Title() + ": nothing is published on an old reading"
	}
	return ""
}

// limits stops a plan that takes too much out of Git.
func limits(in Input, p *core.Plan) {
	for _, f := range in.Fabrics {
		id, deletes := f.State.Fabric.ID, 0
		for _, c := range p.Commits {
			for _, ch := range c.Changes {
				if ch.Fabric == id && ch.Path == core.Root && !ch.After.Present() {
					deletes++
				}
			}
		}
		if deletes == 0 || deletes <= in.Asked.AllowDelete || f.Git == nil || !f.State.Fabric.Limits.Exceeded(deletes, f.Git.Len()) {
			continue
		}
		p.Stop = append(p.Stop, fmt.Sprintf("%s: it takes %d of %d objects out of git (if that is right: --allow-delete %d)", id, deletes, f.Git.Len(), deletes))
	}
}

// deletesLast orders changes as people read them: what is taken away last.
func deletesLast(a, b core.PlannedChange) int {
	gone := func(c core.PlannedChange) int {
		if c.Path == core.Root && !c.After.Present() {
			return 1
		}
		return 0
	}
	return gone(a) - gone(b)
}

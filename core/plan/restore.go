package plan

import (
	"slices"

	"selvage/core"
	"selvage/core/merge"
)

// Restore is a file that becomes again what it was before a run changed it.
type Restore struct {
	Place Place
	File  core.FileChange // from what it is to what it was
	// Changes are what that changes, object by object.
	Changes []core.PlannedChange
}

// restore puts the files of a fabric that are restored into the plan's commits.
func (f *Fabric) restore(p *core.Plan) {
	for _, r := range f.Restores {
		c := commitOf(p, r.Place, f.Revision(r.Place))
		c.Files = append(c.Files, r.File)
		c.Changes = append(c.Changes, r.Changes...)
	}
}

// decided are the objects that drafts are about: what is restored is no question.
func (f *Fabric) decided() []merge.Subject {
	return slices.DeleteFunc(slices.Clone(f.Subjects), func(s merge.Subject) bool {
		restored := slices.ContainsFunc(f.Restores, func(r Restore) bool {
			return slices.ContainsFunc(r.Changes, func(ch core.PlannedChange) bool { return ch.Key == s.Verdict.Key })
		})
		return restored && !slices.ContainsFunc(f.Drafts, func(d core.Draft) bool { return d.Key == s.Verdict.Key })
	})
}

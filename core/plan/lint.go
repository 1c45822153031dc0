package plan

import (
	"selvage/core"
	"selvage/core/lint"
)

// Lint tells what lint says of a fabric's Git as a plan would leave it, and does
// not say of it as it is now. Of more than a few thousand objects that takes as
// long as a push: whoever shows a plan may show it first.
func Lint(p *core.Plan, id core.FabricID, git *core.Snapshot) []core.PlannedFinding {
	after := core.NewSnapshot(git.Readings...)
	after.Findings = git.Findings
	for _, o := range git.All() {
		after.Add(o)
	}
	touched := false
	for _, c := range p.Commits {
		for _, ch := range c.Changes {
			if ch.Fabric == id {
				touched = true
				apply(after, ch)
			}
		}
	}
	if !touched {
		return nil
	}
	type saying struct {
		rule, message string
		key           core.Key
		path          core.Path
	}
	said := map[saying]bool{}
	for _, f := range lint.Check(git, lint.Options{}) {
		said[saying{f.Rule, f.Message, f.Key, f.Path}] = true
	}
	var all []core.PlannedFinding
	for _, f := range lint.Check(after, lint.Options{Before: git}) {
		if !said[saying{f.Rule, f.Message, f.Key, f.Path}] {
			all = append(all, core.PlannedFinding{Fabric: id, LintFinding: f})
		}
	}
	return all
}

// apply makes a change in a snapshot.
func apply(git *core.Snapshot, ch core.PlannedChange) {
	o := core.Object{Key: ch.Key, Origin: ch.Origin, Version: core.KindOf(ch.Key.GroupKind()).Version}
	was := core.Value{}
	if old := git.Find(ch.Key); old != nil {
		o, was = *old, core.ValueOf(old.Fields)
	}
	is, err := was.With(ch.Path, ch.After)
	if err != nil {
		return // the file itself was edited and parsed; lint alone passes it over
	}
	fields, ok := is.Any().(map[string]any)
	if !ok {
		git.Remove(ch.Key)
		return
	}
	o.Fields = fields
	git.Add(&o)
}

package lint

import (
	"cmp"
	"slices"

	"selvage/core"
)

// Reference is that one object names another.
type Reference struct{ From, To core.Key }

// References are those of the objects that a fabric's operators write, each once,
// by who names and what is named. What is named need not be there.
func References(objects *core.Snapshot) []Reference {
	all := []Reference{}
	for _, r := range newWorld(objects, Options{}).refs {
		if from := r.at.object.Key; from != r.to {
			all = append(all, Reference{from, r.to})
		}
	}
	slices.SortFunc(all, func(a, b Reference) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	return slices.Compact(all)
}

package main

import (
	"selvage/core"
	"selvage/core/lint"
	"selvage/tui"
)

// referrer tells which objects name which others.
type referrer struct{}

// References are those that Git's side of the objects makes, and live's where Git
// does not have an object.
func (referrer) References(objects []core.Verdict) []tui.Reference {
	s := core.NewSnapshot()
	for i := range objects {
		fields := objects[i].Git
		if fields == nil {
			fields = objects[i].Live
		}
		if fields != nil {
			s.Add(&core.Object{Key: objects[i].Key, Version: objects[i].Version, Fields: fields})
		}
	}
	found := lint.References(s)
	all := make([]tui.Reference, len(found))
	for i, r := range found {
		all[i] = tui.Reference(r)
	}
	return all
}

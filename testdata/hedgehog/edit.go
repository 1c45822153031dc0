package hedgehog

import (
	"reflect"
	"strconv"
	"time"
)

// Managers that write to a fabric past Git, by the names they leave in managedFields.
const (
	KubectlEdit   = "kubectl-edit"   // kubectl edit, and k9s, which runs it
	KubectlFabric = "kubectl-fabric" // Hedgehog's own kubectl plugin
)

// Edit is one change of one field: a value to set, or, with Remove, a field to take away. An empty path changes nothing.
type Edit struct {
	Path   Path
	Value  any
	Remove bool
}

// do makes the edit and answers the root of what differs: the path, or the shallowest map made on the way.
func (e Edit) do(obj map[string]any) Path {
	switch {
	case len(e.Path) == 0:
		return nil
	case e.Remove:
		e.Path.remove(obj)
		return e.Path
	}
	return e.Path.set(obj, e.Value)
}

// EditGit makes an edit on a manifest. It answers the root of what differs, the path or the shallowest map that had to be
// made on the way, and whether anything changed at all.
func EditGit(manifest map[string]any, e Edit) (Path, bool) {
	before := Clone(manifest)
	root := e.do(manifest)
	return root, !reflect.DeepEqual(before, manifest)
}

// EditLive makes an edit on a live object as a person's tool does: the value changes, what was added or changed moves to
// the manager's Update entry in managedFields (a removal leaves no name), the webhooks run, resourceVersion and, when the
// spec changed, generation go up. It answers as EditGit does. An object without metadata stays as it is.
func EditLive(live map[string]any, e Edit, manager string, at time.Time) (Path, bool) {
	return EditLiveAll(live, []Edit{e}, manager, at)
}

// EditLiveAll is EditLive for several edits in one write. It answers for the first of them.
func EditLiveAll(live map[string]any, edits []Edit, manager string, at time.Time) (Path, bool) {
	meta := mapAt(live, "metadata")
	if meta == nil {
		return nil, false
	}
	before := Clone(live).(map[string]any)
	var root Path
	for _, e := range edits {
		if p := e.do(live); root == nil {
			root = p
		}
	}
	if reflect.DeepEqual(before, live) {
		return nil, false
	}
	recordUpdate(before, live, manager, at)
	Default(live, at)
	version, _ := strconv.ParseInt(stringAt(meta, "resourceVersion"), 10, 64)
	meta["resourceVersion"] = strconv.FormatInt(version+1, 10)
	if !reflect.DeepEqual(before["spec"], live["spec"]) {
		generation, _ := intAt(meta, "generation")
		meta["generation"] = generation + 1
	}
	return root, true
}

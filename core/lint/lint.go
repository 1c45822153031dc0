package lint

import (
	"fmt"
	"slices"

	"selvage/core"
)

// Options say what is known beside the objects themselves. All of it may be
// left out.
type Options struct {
	// Partial is set where Git holds more than the snapshot, as when one file of
	// a directory was read: nothing is called missing then.
	Partial bool
	// Before is what Git said earlier: its last commit, or the last state that
	// was seen live. It tells what was deleted or changed since.
	Before *core.Snapshot
	// Schemas are what the cluster said about its kinds. Without one, a kind is
	// taken to be served at the version of [core.Kinds].
	Schemas map[core.GroupKind]core.Schema
	// Place finds the line and column of a field of the object whose document
	// stands at the origin; nil, and 0 from it, leave a finding at its document.
	Place func(at core.Origin, p core.Path) (line, column int)
}

// Check looks for what a fabric would refuse or cannot make sense of in what
// Git says, whether or not that is committed yet. It gives the findings in the
// order of files and lines. The snapshot is a reading of Git, or one that was
// put together of any objects and covered.
func Check(git *core.Snapshot, o Options) []core.LintFinding {
	w := newWorld(git, o)
	var all []core.LintFinding
	for _, r := range rules() {
		r.find(w, func(f core.LintFinding, format string, args ...any) {
			f.Rule, f.Level, f.Message = r.ID, r.Level, fmt.Sprintf(format, args...)
			all = append(all, w.placed(f))
		})
	}
	slices.SortFunc(all, core.LintFinding.Compare)
	return all
}

// placed gives a finding the line of its field.
func (w *world) placed(f core.LintFinding) core.LintFinding {
	if w.options.Place == nil || f.Path == "" || f.Path == core.Root || f.Line == 0 {
		return f
	}
	if line, column := w.options.Place(f.Origin, f.Path); line > 0 {
		f.Line, f.Column = line, column
	}
	return f
}

// world is what the rules look at. It is made once for all of them.
type world struct {
	git     *core.Snapshot
	options Options

	objects []*core.Object            // by key
	byKind  map[string][]*core.Object // Hedgehog's, whose kinds have names of their own
	named   map[string]bool           // "Kind/name", in whatever namespace
	groups  map[string]core.GroupKind // by kind
	refs    []reference

	shapes map[string]shape
	plugs  map[*core.Object][]plug // of connections that were looked into
}

func newWorld(git *core.Snapshot, o Options) *world {
	w := &world{
		git: git, options: o, byKind: map[string][]*core.Object{}, named: map[string]bool{}, groups: map[string]core.GroupKind{},
		shapes: shapes(), plugs: map[*core.Object][]plug{},
	}
	if w.options.Before == nil {
		w.options.Before = core.NewSnapshot()
	}
	for _, k := range core.Kinds() {
		w.groups[k.Kind] = k.GroupKind
	}
	for object := range git.Objects() {
		w.objects = append(w.objects, object)
		if w.groups[object.Key.Kind] != object.Key.GroupKind() {
			continue
		}
		w.byKind[object.Key.Kind] = append(w.byKind[object.Key.Kind], object)
		w.named[object.Key.String()] = true
	}
	// Of two objects that clash, the one to speak of is the one that changed.
	for _, list := range w.byKind {
		slices.SortStableFunc(list, func(a, b *core.Object) int { return w.changed(a) - w.changed(b) })
	}
	w.refs = w.references()
	return w
}

// changed is 0 for an object that was the same before, and 1 for any other.
func (w *world) changed(o *core.Object) int {
	if before := w.options.Before.Side(o.Key).Object; before != nil && before.Digest == o.Digest {
		return 0
	}
	return 1
}

// find is the object of a kind and name beside another one, nil where Git does
// not hold it.
func (w *world) find(beside *core.Object, kind, name string) *core.Object {
	return w.git.Side(w.key(beside, kind, name)).Object
}

func (w *world) key(beside *core.Object, kind, name string) core.Key {
	gk := w.groups[kind]
	return core.Key{Group: gk.Group, Kind: gk.Kind, Namespace: beside.Key.Namespace, Name: name}
}

// say tells a finding of the rule at work.
type say func(f core.LintFinding, format string, args ...any)

// at tells a finding at a field.
func (s say) at(f field, format string, args ...any) {
	s(core.LintFinding{Origin: f.object.Origin, Key: f.object.Key, Path: f.path}, format, args...)
}

// where is a field as the finding at another one refers to it.
func (w *world) where(f field) string {
	at := w.placed(core.LintFinding{Origin: f.object.Origin, Path: f.path})
	s := f.object.Key.String()
	if at.Column == 0 && f.path != core.Root {
		s += " " + string(f.path)
	}
	if at.Origin.Path != "" {
		s += fmt.Sprintf(" (%s)", at.Place())
	}
	return s
}

package plan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/manifest"
)

// errNever tells that a place takes no commits from here.
var errNever = errors.New("nothing is published there: git.publish is never")

// work is what is done to one file.
type work struct {
	spot
	edits   []manifest.Change
	adopted []adopted
	isNew   bool // it is made
	// known are the objects by the keys under which the file's parser knows them,
	// which gives every one a namespace.
	known map[core.Key]core.Key
}

// adopted is an object that comes into a file.
type adopted struct {
	key core.Key
	doc map[string]any
}

// commit puts what the decisions on a fabric make of its files into the plan's
// commits, and gives the objects whose files could not be edited.
func commit(ctx context.Context, in Input, f *Fabric, p *core.Plan, updates []core.Update) ([]core.UpdateError, error) {
	read, err := f.origins(ctx, in, updates)
	if err != nil {
		return nil, err
	}
	var refused []core.UpdateError
	files := map[spot]*work{}
	for _, u := range updates {
		if err := f.assign(files, read, u); err != nil {
			refused = append(refused, core.UpdateError{Key: u.Key, Err: err})
		}
	}
	for _, place := range f.Places {
		more, err := f.commitTo(ctx, in, p, place, files, updates)
		if err != nil {
			return nil, err
		}
		refused = append(refused, more...)
	}
	return refused, nil
}

// assign finds the file for an update.
func (f *Fabric) assign(files map[spot]*work, read origins, u core.Update) error {
	namespace := f.State.Fabric.Namespace
	o := f.Git.Side(u.Key).Object
	if o == nil {
		return f.adopt(files, read, u)
	}
	places := read[o]
	if len(places) != 1 {
		return f.unplaced(o.Origin.Path, places)
	}
	if places[0].Way == core.ToNever {
		return errNever
	}
	w := at(files, spot{places[0], o.Origin.Path})
	k := placed(u.Key, o, namespace)
	w.known[k] = u.Key
	for i, path := range u.Paths {
		if slices.ContainsFunc(u.Paths, func(other core.Path) bool { return other != path && path.Under(other) }) ||
			slices.Index(u.Paths, path) < i {
			continue // within another one
		}
		w.edits = append(w.edits, manifest.Change{Object: k, Path: path, Value: u.After.At(path)})
	}
	return nil
}

// placed is the key under which a file's parser knows an object.
func placed(k core.Key, o *core.Object, namespace string) core.Key {
	if k.Namespace == "" {
		k.Namespace = o.Key.Namespace
	}
	if k.Namespace == "" {
		k.Namespace = namespace
	}
	return k
}

// adopt finds the file for an object that Git does not have.
func (f *Fabric) adopt(files map[spot]*work, read origins, u core.Update) error {
	fields, ok := u.After.Any().(map[string]any)
	if !ok {
		return errors.New("there is nothing to adopt")
	}
	place := f.Places[0]
	for _, other := range f.Places { // where its kind lives
		for _, o := range f.Git.All() {
			if o.Key.GroupKind() == u.Key.GroupKind() && read.from(other, o) {
				place = other
			}
		}
	}
	if place.Way == core.ToNever {
		return errNever
	}
	o := &core.Object{Key: u.Key, Version: f.version(u.Key), Fields: fields}
	file, added := home(f.Git, read, place, o)
	if !added {
		ext := path.Ext(file)
		stem := strings.TrimSuffix(file, ext)
		for n := 1; f.taken(files, spot{place, file}); n++ {
			file = fmt.Sprintf("%s-%d%s", stem, n, ext)
		}
	}
	w := at(files, spot{place, file})
	w.isNew = !added
	w.adopted = append(w.adopted, adopted{u.Key, core.Document(u.Key, o.Version, fields)})
	return nil
}

// taken tells whether something else stands in a file, or may: what another
// repository has under the path counts too.
func (f *Fabric) taken(files map[spot]*work, file spot) bool {
	if _, planned := files[file]; planned {
		return true
	}
	for _, o := range f.Git.All() {
		if o.Origin.Path == file.path {
			return true
		}
	}
	return slices.ContainsFunc(f.Git.Findings, func(x core.Finding) bool { return x.Path == file.path })
}

// version is the API version that an object is written at: what live has it at.
func (f *Fabric) version(k core.Key) string {
	for _, s := range f.Subjects {
		if s.Verdict.Key == k && s.Verdict.Version != "" {
			return s.Verdict.Version
		}
	}
	return core.KindOf(k.GroupKind()).Version
}

func at(files map[spot]*work, file spot) *work {
	w, ok := files[file]
	if !ok {
		w = &work{spot: file, known: map[core.Key]core.Key{}}
		files[file] = w
	}
	return w
}

// commitTo makes the changes of the files of one place.
func (f *Fabric) commitTo(ctx context.Context, in Input, p *core.Plan, place Place, files map[spot]*work, updates []core.Update) (refused []core.UpdateError, err error) {
	var paths []string
	for file := range files {
		if file.place == place {
			paths = append(paths, file.path)
		}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	slices.Sort(paths)
	base := f.Revision(place)
	have, err := f.files(ctx, in, place, paths)
	if err != nil {
		return nil, err
	}
	c := commitOf(p, place, base)
	for _, name := range paths {
		w := files[spot{place, name}]
		file, there := have[name]
		if !there && !w.isNew || there && w.isNew {
			refused = append(refused, w.refuse(fmt.Errorf("%s is not what was read: check the fabric again", name))...)
			continue
		}
		content, done, no := w.make(file.Content, f.State.Fabric.Namespace)
		refused = append(refused, no...)
		if bytes.Equal(content, file.Content) && !w.isNew || len(done) == 0 {
			continue
		}
		c.Files = append(c.Files, core.FileChange{Path: name, Before: file.ID, Was: file.Content, After: content})
		for _, u := range updates {
			if slices.Contains(done, u.Key) {
				c.Changes = append(c.Changes, f.changes(u, name)...)
			}
		}
	}
	if len(c.Files) == 0 {
		p.Commits = slices.DeleteFunc(p.Commits, func(o core.PlannedCommit) bool { return len(o.Files) == 0 })
	}
	return refused, nil
}

// files are what stands at paths of a place, as of the commit it was read at; "" where it was not.
func (f *Fabric) files(ctx context.Context, in Input, place Place, paths []string) (map[string]core.File, error) {
	base := f.Revision(place)
	have, err := in.Files(ctx, place, base, paths)
	if err != nil {
		return nil, fmt.Errorf("read the files of %s at %s: %w", f.State.Fabric.ID, core.ShortCommit(base), err)
	}
	return have, nil
}

// refuse gives every object of the file the same reason.
func (w *work) refuse(why error) []core.UpdateError {
	var all []core.UpdateError
	for _, k := range w.keys() {
		all = append(all, core.UpdateError{Key: k, Err: why})
	}
	return all
}

func (w *work) keys() []core.Key {
	var keys []core.Key
	for _, e := range w.edits {
		if k := w.known[e.Object]; !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for _, a := range w.adopted {
		keys = append(keys, a.key)
	}
	return keys
}

// make gives the file's new content, nil where no document is left in it, and
// which objects are in it as decided. An object that the file cannot be edited
// for is left out whole, the others are not.
func (w *work) make(file []byte, namespace string) (content []byte, done []core.Key, refused []core.UpdateError) {
	edits := slices.Clone(w.edits)
	for {
		var err error
		if content, err = manifest.Edit(file, namespace, edits...); err == nil {
			break
		}
		var no *manifest.Refusal
		if !errors.As(err, &no) || !slices.ContainsFunc(edits, func(e manifest.Change) bool { return e.Object == no.Object }) {
			return file, nil, w.refuse(err)
		}
		refused = append(refused, core.UpdateError{Key: w.known[no.Object], Err: err})
		edits = slices.DeleteFunc(edits, func(e manifest.Change) bool { return e.Object == no.Object })
	}
	for _, e := range edits {
		if k := w.known[e.Object]; !slices.Contains(done, k) {
			done = append(done, k)
		}
	}
	for _, a := range w.adopted {
		longer, err := manifest.Append(content, a.doc)
		if err != nil {
			refused = append(refused, core.UpdateError{Key: a.key, Err: err})
			continue
		}
		content = longer
		done = append(done, a.key)
	}
	if docs, err := manifest.Parse(content); err == nil && len(docs) == 0 && len(done) > 0 {
		content = nil
	}
	return content, done, refused
}

// Revision is the commit that a place was read at; "" where it was not.
func (f *Fabric) Revision(place Place) string {
	for _, r := range f.Git.Readings {
		if r.Path == place.Path && place.On(r.URL, r.Branch) {
			return r.Revision
		}
	}
	return ""
}

// commitOf is the plan's commit on a branch, made where there is none yet.
func commitOf(p *core.Plan, place Place, base string) *core.PlannedCommit {
	for i := range p.Commits {
		if c := &p.Commits[i]; place.On(c.URL, c.Branch) && c.Base == base {
			return c
		}
	}
	p.Commits = append(p.Commits, core.PlannedCommit{URL: place.URL, Branch: place.Branch, Base: base})
	return &p.Commits[len(p.Commits)-1]
}

// changes are what an update does, place by place.
func (f *Fabric) changes(u core.Update, file string) []core.PlannedChange {
	origin := core.Origin{Path: file}
	if o := f.Git.Side(u.Key).Object; o != nil {
		origin = o.Origin
	}
	var all []core.PlannedChange
	for _, path := range u.Paths {
		c := core.PlannedChange{
			Fabric: f.State.Fabric.ID, Key: u.Key, Path: path, Op: core.OpChanged,
			Before: u.Before.At(path), After: u.After.At(path), Origin: origin,
		}
		switch {
		case !c.Before.Present():
			c.Op = core.OpAdded
		case !c.After.Present():
			c.Op = core.OpRemoved
		}
		for _, d := range f.Drafts {
			if d.Key == u.Key && d.Path == path {
				c.By = d.By
				if d.Rule != "" {
					c.By = d.Rule
				}
			}
		}
		all = append(all, c)
	}
	return all
}

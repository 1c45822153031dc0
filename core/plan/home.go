package plan

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/manifest"
)

// home is where a new object of a kind goes: a file of its own if most have one,
// else behind those of its kind in the file that holds most of them, else
// <plural>/<name>.yaml. added tells that the file is there already.
func home(git *core.Snapshot, read origins, place Place, o *core.Object) (file string, added bool) {
	objects := map[string]int{} // in each file
	of := map[string]int{}      // of the kind
	for _, other := range git.All() {
		if !read.from(place, other) {
			continue
		}
		objects[other.Origin.Path]++
		if other.Key.GroupKind() == o.Key.GroupKind() {
			of[other.Origin.Path]++
		}
	}
	alone, most := map[string]int{}, ""
	own := 0
	for _, f := range sorted(of) {
		if objects[f] == 1 {
			own++
			alone[path.Dir(f)]++
		}
		if most == "" || of[f] > of[most] {
			most = f
		}
	}
	switch {
	case len(of) > 0 && own*2 > len(of):
		dir := ""
		for _, d := range sorted(alone) {
			if dir == "" || alone[d] > alone[dir] {
				dir = d
			}
		}
		return path.Join(dir, o.Key.Name+extension(of)), false
	case most != "":
		return most, true
	}
	return path.Join(place.Path, core.PluralOf(o.Key.GroupKind()), o.Key.Name+".yaml"), false
}

// extension is that of most files.
func extension(files map[string]int) string {
	yml := 0
	for f := range files {
		if path.Ext(f) == ".yml" {
			yml++
		}
	}
	if yml*2 > len(files) {
		return ".yml"
	}
	return ".yaml"
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// spot is a file of a place.
type spot struct {
	place Place
	path  string
}

// origins are the places that objects of Git can have been read from: none or
// several where it cannot be told.
type origins map[*core.Object][]Place

// from tells whether an object was read from a place.
func (r origins) from(place Place, o *core.Object) bool {
	places := r[o]
	return len(places) == 1 && places[0] == place
}

// origins finds where the objects were read that updates are about, and where
// those of the kinds of which one is adopted, with all that stands beside them. The
// path says it, unless it lies in directories of several branches or repositories:
// then what their files hold does.
func (f *Fabric) origins(ctx context.Context, in Input, updates []core.Update) (origins, error) {
	files := map[string]bool{}
	adopted := map[core.GroupKind]bool{}
	for _, u := range updates {
		if o := f.Git.Side(u.Key).Object; o != nil {
			files[o.Origin.Path] = true
		} else {
			adopted[u.Key.GroupKind()] = true
		}
	}
	for k, o := range f.Git.All() {
		if adopted[k.GroupKind()] {
			files[o.Origin.Path] = true
		}
	}
	held, err := f.held(ctx, in, sorted(files))
	if err != nil {
		return nil, err
	}
	read := origins{}
	for k, o := range f.Git.All() {
		file := o.Origin.Path
		if !files[file] {
			continue
		}
		places := f.placesOf(file)
		if len(places) > 1 {
			places = slices.DeleteFunc(places, func(p Place) bool {
				return !held[spot{p, file}][placed(k, o, f.State.Fabric.Namespace)]
			})
		}
		read[o] = places
	}
	return read, nil
}

// held are the objects in those of the files that more than one place may have,
// by the keys that [placed] gives.
func (f *Fabric) held(ctx context.Context, in Input, paths []string) (map[spot]map[core.Key]bool, error) {
	doubtful := map[Place][]string{}
	for _, file := range paths {
		if places := f.placesOf(file); len(places) > 1 {
			for _, p := range places {
				doubtful[p] = append(doubtful[p], file)
			}
		}
	}
	held := map[spot]map[core.Key]bool{}
	for _, place := range f.Places {
		if len(doubtful[place]) == 0 || f.Revision(place) == "" {
			continue // of what was never read, nothing is in the snapshot
		}
		have, err := f.files(ctx, in, place, doubtful[place])
		if err != nil {
			return nil, err
		}
		for name, file := range have {
			held[spot{place, name}] = objectsIn(file.Content, f.State.Fabric.Namespace)
		}
	}
	return held, nil
}

// objectsIn are the objects that a file was read for: none if it does not parse,
// and no templates.
func objectsIn(content []byte, namespace string) map[core.Key]bool {
	docs, err := manifest.Parse(content)
	if err != nil {
		return nil
	}
	keys := map[core.Key]bool{}
	for _, d := range docs {
		if d.Object != nil && d.Err == nil && !d.Template {
			keys[placed(d.Object.Key, d.Object, namespace)] = true
		}
	}
	return keys
}

// placesOf are the directories that a file may stand in: of every branch the
// innermost.
func (f *Fabric) placesOf(file string) []Place {
	var all []Place
	for _, p := range f.Places {
		if !p.Holds(file) {
			continue
		}
		same := slices.IndexFunc(all, func(o Place) bool {
			return o.On(p.URL, p.Branch)
		})
		switch {
		case same < 0:
			all = append(all, p)
		case len(p.Path) > len(all[same].Path):
			all[same] = p
		}
	}
	return all
}

// unplaced tells why it is not known which place an object was read from, given
// those of which the file holds it.
func (f *Fabric) unplaced(file string, holding []Place) error {
	names := func(places []Place, and string) string {
		var all []string
		for _, p := range places {
			all = append(all, fmt.Sprintf("%s (%s)", p.URL, p.Branch))
		}
		return strings.Join(all, and)
	}
	switch may := f.placesOf(file); {
	case len(may) == 0:
		return fmt.Errorf("%s is in none of the fabric's directories", file)
	case len(holding) == 0:
		return fmt.Errorf("%s holds it neither in %s: check the fabric again", file, names(may, " nor in "))
	}
	return fmt.Errorf("%s holds it in %s: take it out of all but one", file, names(holding, " and in "))
}

package plan

import (
	"path"
	"slices"
	"strings"

	"selvage/core"
)

// home is where a new object of a kind goes: a file of its own if most have one,
// else behind those of its kind in the file that holds most of them, else
// <plural>/<name>.yaml. added tells that the file is there already.
func home(git *core.Snapshot, place Place, o *core.Object) (file string, added bool) {
	objects := map[string]int{} // in each file
	of := map[string]int{}      // of the kind
	for _, other := range git.All() {
		if !inside(place, other.Origin.Path) {
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

func inside(place Place, file string) bool {
	dir := strings.Trim(place.Path, "/")
	return dir == "" || dir == "." || strings.HasPrefix(file, dir+"/")
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

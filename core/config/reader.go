package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

const (
	maxFile  = 4 << 20 // bytes of one file
	maxFiles = 1000    // in all, and looked at by one glob
	maxChain = 16      // files that include one another in a row
)

// reader gathers the files of a configuration: settings, and fabrics with the
// defaults of their files merged in.
type reader struct {
	*description
	home     string
	files    []string // in the order of reading
	seen     map[string]bool
	settings []field
	fabrics  []*node
	problems Problems
}

func newReader(d *description, home string) *reader {
	return &reader{description: d, home: home, seen: map[string]bool{}}
}

func (r *reader) problem(at Position, what, do string) {
	r.problems = append(r.problems, Problem{at, what, do})
}

// main reads the file that was asked for. The error is that of reading it; all
// else becomes a problem.
func (r *reader) main(name string) error {
	data, err := load(name)
	if err != nil {
		return err
	}
	r.add(name, data, nil, nil)
	return nil
}

func load(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("larger than %d MiB", maxFile>>20)
	}
	return data, err
}

// add takes a file in. chain are the real names of the files that include it,
// outermost first.
func (r *reader) add(name string, data []byte, defaults *node, chain []string) {
	r.files = append(r.files, name)
	r.seen[identity(name)] = true
	root, problems := parse(name, data)
	r.problems = append(r.problems, problems...)
	if root == nil {
		return
	}
	d := &decoder{description: r.description, place: place{home: r.home}, partial: true, at: positions{}}
	d.structure(root, "", reflect.ValueOf(&file{}).Elem())
	r.problems = append(r.problems, d.problems...)

	if own := root.get("defaults"); own != nil && own.shape == mapping {
		if n := own.get("name"); n != nil {
			r.problem(n.Position, "defaults.name: one name for every fabric", "name each fabric where it is listed")
			own = &node{Position: own.Position, shape: mapping, fields: slices.DeleteFunc(slices.Clone(own.fields),
				func(f field) bool { return f.name == "name" })}
		}
		defaults = r.merge(orEmpty(defaults), own, reflect.TypeFor[Fabric]())
	}
	for _, f := range root.fields {
		switch {
		case f.name == "include" || f.name == "defaults" || f.value.shape == null:
		case f.name == "fabrics":
			r.addFabrics(f.value, defaults)
		default:
			if _, known := find(r.keysOf(reflect.TypeFor[Settings]()), f.name); known {
				r.set(f)
			}
		}
	}
	if n := root.get("include"); n != nil {
		r.include(n, defaults, append(chain, identity(name)))
	}
}

func orEmpty(n *node) *node {
	if n == nil {
		return &node{shape: mapping}
	}
	return n
}

func (r *reader) addFabrics(n, defaults *node) {
	for _, f := range n.items {
		if f.shape == mapping {
			r.fabrics = append(r.fabrics, r.merge(orEmpty(defaults), f, reflect.TypeFor[Fabric]()))
		}
	}
}

// set takes a setting over. What adds up is joined, anything else may be set in
// one file only.
func (r *reader) set(f field) {
	i := slices.IndexFunc(r.settings, func(s field) bool { return s.name == f.name })
	if i < 0 {
		r.settings = append(r.settings, f)
		return
	}
	have := &r.settings[i]
	switch {
	case f.name == "tools" && f.value.shape == list && have.value.shape == list:
		joined := *have.value
		joined.items = append(slices.Clone(joined.items), f.value.items...)
		have.value = &joined
	case f.name == "keys" && f.value.shape == mapping && have.value.shape == mapping:
		joined := *have.value
		joined.fields = slices.Clone(joined.fields)
		for _, k := range f.value.fields {
			if j := slices.IndexFunc(joined.fields, func(o field) bool { return o.name == k.name }); j >= 0 {
				r.problem(k.Position, "keys."+quoted(k.name)+": set already", "keep this one or that of "+joined.fields[j].Position.String())
				continue
			}
			joined.fields = append(joined.fields, k)
		}
		have.value = &joined
	default:
		r.problem(f.Position, f.name+": set already", "keep this one or that of "+have.Position.String())
	}
}

// include takes in the files that a list of globs names.
func (r *reader) include(n, defaults *node, chain []string) {
	items := n.items
	if n.shape == scalar {
		items = []*node{n}
	}
	for _, item := range items {
		if item.shape != scalar || item.tag != "!!str" {
			continue // already told
		}
		if len(chain) > maxChain {
			r.problem(item.Position, "include: files that include one another too deeply", "name them all in the main file")
			return
		}
		for _, name := range r.glob(item) {
			r.includeFile(item, name, defaults, chain)
		}
	}
}

func (r *reader) includeFile(item *node, name string, defaults *node, chain []string) {
	id := identity(name)
	switch {
	case slices.Contains(chain, id):
		if !globbed(item.text) {
			r.problem(item.Position, "include: "+quoted(item.text)+" is a file that includes this one", "take it away")
		}
		return
	case r.seen[id]:
		return
	case len(r.files) >= maxFiles:
		r.problem(item.Position, fmt.Sprintf("include: more than %d files", maxFiles), "name fewer")
		return
	}
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a file")
	}
	var data []byte
	if err == nil {
		data, err = load(name)
	}
	if err != nil {
		r.problem(item.Position, fmt.Sprintf("include: %s: %v", quoted(name), plainError(err)), "mend the path, or make the file readable")
		return
	}
	r.add(name, data, defaults, slices.Clone(chain))
}

func globbed(pattern string) bool { return strings.ContainsAny(pattern, "*?[{") }

// glob lists the files that an item of include names, sorted; those that begin
// with a dot are left out, as editors leave such behind.
func (r *reader) glob(item *node) []string {
	at := place{home: r.home}.in(item.Position)
	if what := oneLine(item.text); what != "" {
		r.problem(item.Position, "include: "+what, "give the path of a file, or a glob")
		return nil
	}
	if !globbed(item.text) {
		name, err := at.path(item.text)
		if err != nil {
			r.problem(item.Position, "include: "+err.Error(), "write the path out")
			return nil
		}
		return []string{name}
	}
	base, pattern := doublestar.SplitPattern(filepath.ToSlash(item.text))
	dir, err := at.path(base)
	if err != nil || !doublestar.ValidatePattern(pattern) {
		r.problem(item.Position, "include: "+quoted(item.text)+" is no glob", "write it as fabrics.d/*.yaml")
		return nil
	}
	var found []string
	walked := 0
	err = doublestar.GlobWalk(os.DirFS(dir), pattern, func(path string, e fs.DirEntry) error {
		if walked++; walked > maxFiles {
			return fs.SkipAll
		}
		if !e.IsDir() {
			found = append(found, filepath.Join(dir, filepath.FromSlash(path)))
		}
		return nil
	}, doublestar.WithNoHidden())
	switch {
	case walked > maxFiles:
		r.problem(item.Position, fmt.Sprintf("include: %s names more than %d files", quoted(item.text), maxFiles), "name fewer")
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		r.problem(item.Position, fmt.Sprintf("include: %s: %v", quoted(item.text), plainError(err)), "make the folder readable")
	}
	slices.Sort(found)
	return found
}

// identity is the same for every name of one file.
func identity(name string) string {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	return name
}

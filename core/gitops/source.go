package gitops

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"selvage/core"
)

// source is one directory that an engine applies, and how.
type source struct {
	core.EngineSource // with its Path as folder gives it

	index      int      // among the sources of its app
	unread     error    // why the repository is not known
	repository node     // of Flux: the GitRepository
	foreign    string   // what it is, where it is no directory in Git
	alters     string   // what makes other objects of the manifests; "" for nothing
	recurse    bool     // it applies subfolders too
	types      []string // the endings of the files that it reads; nil for all of them
	besides    []string // what else it may apply, a sentence each

	// leaves is why it does not apply a file below its path, by the path from the
	// repository's root. It is nil where it applies all files of its types.
	leaves func(file string) string
}

// relation is how the folder of a source lies to that of a place.
type relation uint8

const (
	apart relation = iota
	same
	above // the place lies in it
	below // it lies in the place
)

func relate(place, src string) relation {
	_, in := within(src, place)
	_, out := within(place, src)
	switch {
	case in && out:
		return same
	case in:
		return above
	case out:
		return below
	}
	return apart
}

// relation is apart as well where the source is of another repository, or reads
// no subfolders and with that nothing of the place.
func (s source) relation(p Place) relation {
	if s.URL == "" || !core.SameRepository(s.URL, p.URL) {
		return apart
	}
	rel := relate(p.Path, s.Path)
	if rel == above && !s.recurse {
		return apart
	}
	return rel
}

// follows tells whether what a source follows is a branch, as far as it says:
// the default branch may be that one.
func (s source) follows(branch string) bool {
	target := strings.TrimPrefix(s.Target, "refs/heads/")
	return target == "" || target == "HEAD" || target == branch
}

// why is why the source does not apply a file, by its path from the repository's
// root; "" where it does.
func (s source) why(engine core.EngineType, file string) string {
	rel, ok := within(s.Path, file)
	switch {
	case !ok:
		return fmt.Sprintf("%s applies only %s", engine, s.Path)
	case s.types != nil && !slices.Contains(s.types, path.Ext(rel)):
		return fmt.Sprintf("%s reads no %s files", engine, path.Ext(rel))
	case s.leaves == nil:
		return ""
	}
	return s.leaves(file)
}

// all tells whether the source applies every file of a place.
func (s source) all(p Place) bool {
	if rel := s.relation(p); rel != same && rel != above || s.leaves != nil {
		return false
	}
	return s.types == nil || !slices.ContainsFunc(p.Include, func(glob string) bool { return !slices.Contains(s.types, path.Ext(glob)) })
}

// takes tells whether the fabric compares a file of the place, by its path below
// that.
func (p Place) takes(rel string) bool {
	include := p.Include
	if len(include) == 0 {
		include = []string{"**/*.yaml", "**/*.yml"}
	}
	match := func(glob string) bool { return doublestar.MatchUnvalidated(glob, rel) }
	return slices.ContainsFunc(include, match) && !slices.ContainsFunc(p.Exclude, match)
}

// judge tells whether the fabric compares what the engine applies. Of a source
// that could not be read nobody knows.
func (r *Reader) judge(e *core.Engine, c *candidate) {
	if c.fits == no {
		e.Mismatch = append(e.Mismatch, r.otherCluster(c))
	}
	if slices.ContainsFunc(c.sources, func(s source) bool { return s.unread != nil }) {
		return
	}
	var partly []covered
	var missed []string
	for _, p := range r.config.Places {
		cover := covered{Place: p}
		for _, s := range c.sources {
			if s.relation(p) != apart {
				cover.by = append(cover.by, s)
			}
		}
		if len(cover.by) == 0 {
			missed = append(missed, elsewhere(e.Type, p, c.sources)...)
		}
		for _, s := range cover.by {
			if !s.follows(p.Branch) {
				e.Mismatch = append(e.Mismatch, fmt.Sprintf("%s applies %s@%s, you compare %s", e.Type, shown(s.Path), oneLine(s.Target), p.Branch))
			}
			if s.alters != "" {
				e.Mismatch = append(e.Mismatch, fmt.Sprintf("%s makes other objects of %s: %s", e.Type, shown(s.Path), s.alters))
			}
		}
		partly = append(partly, cover)
	}
	if !slices.ContainsFunc(partly, func(c covered) bool { return len(c.by) > 0 }) {
		e.Mismatch = append(e.Mismatch, missed...)
	}
	if len(e.Mismatch) > 0 {
		return
	}
	if slices.ContainsFunc(partly, func(c covered) bool { return !c.whole() }) {
		e.Leaves = leaves(e.Type, partly)
	}
	e.Wider = strings.Join(wider(e.Type, c.sources, partly), "; ")
}

// covered is a place with the sources that apply something of it.
type covered struct {
	Place
	by []source
}

func (c covered) whole() bool {
	return slices.ContainsFunc(c.by, func(s source) bool { return s.all(c.Place) })
}

// elsewhere says what the sources are, none of which applies anything of a place.
func elsewhere(engine core.EngineType, p Place, sources []source) []string {
	var all []string
	for _, s := range sources {
		switch {
		case s.foreign != "":
			all = append(all, fmt.Sprintf("%s applies %s, which is no directory in Git; you compare %s", engine, s.foreign, shown(p.Path)))
		case !core.SameRepository(s.URL, p.URL):
			all = append(all, fmt.Sprintf("%s applies %s, you compare %s", engine, bare(s.URL), bare(p.URL)))
		case relate(p.Path, s.Path) == above && s.Renders != "":
			all = append(all, fmt.Sprintf("%s makes objects of %s by %s, you compare %s", engine, shown(s.Path), s.Renders, shown(p.Path)))
		case relate(p.Path, s.Path) == above:
			all = append(all, fmt.Sprintf("%s applies %s without its subfolders, you compare %s", engine, shown(s.Path), shown(p.Path)))
		default:
			all = append(all, fmt.Sprintf("%s applies %s, you compare %s", engine, shown(s.Path), shown(p.Path)))
		}
	}
	if len(sources) == 0 {
		all = append(all, fmt.Sprintf("%s says of no source what it applies", engine))
	}
	return all
}

// leaves gives why no source applies a file. A file that may be of several
// places, of different repositories, is applied where one of them is.
func leaves(engine core.EngineType, places []covered) func(file string) string {
	return func(file string) string {
		first := ""
		for _, p := range places {
			if _, in := within(p.Path, file); !in {
				continue
			}
			why := fmt.Sprintf("%s does not apply %s of %s", engine, shown(p.Path), bare(p.URL))
			for i, s := range p.by {
				reason := s.why(engine, file)
				if reason == "" {
					return ""
				}
				if i == 0 {
					why = reason
				}
			}
			if first == "" {
				first = why
			}
		}
		return first
	}
}

// wider says what the sources may apply that the fabric does not compare.
func wider(engine core.EngineType, sources []source, places []covered) []string {
	var all []string
	say := func(format string, args ...any) {
		if sentence := fmt.Sprintf(format, args...); !slices.Contains(all, sentence) {
			all = append(all, sentence)
		}
	}
	for _, s := range sources {
		near := false
		for _, p := range places {
			rel := s.relation(p.Place)
			near = near || rel != apart
			if rel == above {
				say("%s applies all of %s, you compare %s", engine, shown(s.Path), shown(p.Path))
			}
			if rel != apart {
				p.omits(func(rel, key, glob string) {
					if s.why(engine, path.Join(p.Path, rel)) == "" {
						say("%s also applies what git.%s leaves out (%s)", engine, key, glob)
					}
				})
			}
		}
		if !near {
			say("%s also applies %s", engine, s.describe())
		}
		for _, b := range s.besides {
			say("%s %s", engine, b)
		}
	}
	return all
}

func (s source) describe() string {
	if s.foreign != "" {
		return s.foreign
	}
	return fmt.Sprintf("%s of %s", shown(s.Path), bare(s.URL))
}

// omits calls found for files as the place's globs leave them out, by their
// paths below it. They are made up: which files there are is known to Git alone.
func (p Place) omits(found func(rel, key, glob string)) {
	for _, glob := range p.Exclude {
		for _, rel := range examples(glob) {
			if !p.takes(rel) {
				found(rel, "exclude", glob)
			}
		}
	}
	for _, rel := range []string{"x.yaml", "x/x.yaml"} {
		if len(p.Include) > 0 && !p.takes(rel) && !slices.ContainsFunc(p.Exclude, func(g string) bool { return doublestar.MatchUnvalidated(g, rel) }) {
			found(rel, "include", strings.Join(p.Include, ", "))
		}
	}
}

// examples are paths that a glob matches. Those of a glob that ends in whole
// folders are YAML files.
func examples(glob string) []string {
	var all []string
	for _, g := range alternatives(glob, 16) {
		var steps []string
		for _, step := range strings.Split(g, "/") {
			step = strings.NewReplacer("**", "x", "*", "x", "?", "x").Replace(step)
			steps = append(steps, step)
		}
		p := strings.Join(steps, "/")
		if path.Ext(p) == "" {
			p += ".yaml"
		}
		if doublestar.MatchUnvalidated(glob, p) {
			all = append(all, p)
		}
	}
	return all
}

// alternatives are a glob with each of the words of its braces, most of them at
// the most.
func alternatives(glob string, most int) []string {
	open := strings.IndexByte(glob, '{')
	if open < 0 {
		return []string{glob}
	}
	shut := strings.IndexByte(glob[open:], '}')
	if shut < 0 {
		return []string{glob}
	}
	var all []string
	for _, word := range strings.Split(glob[open+1:open+shut], ",") {
		for _, rest := range alternatives(glob[open+shut+1:], most) {
			if len(all) < most {
				all = append(all, glob[:open]+word+rest)
			}
		}
	}
	return all
}

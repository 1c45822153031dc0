package repo

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
	"selvage/core/manifest"
)

// rendering is a folder of which kustomize or Helm makes manifests: what the
// files in and below it say is not what an engine applies.
type rendering struct {
	file   string // that makes it one, from the root of the repository
	reason string
	// hides is set where objects may come of it that no file below names: what
	// is not found elsewhere is then not absent either.
	hides  bool
	broken *manifest.SyntaxError // why file itself cannot be read
}

const chartFile = "Chart.yaml"

func isKustomization(name string) bool {
	return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization"
}

func isRenderer(name string) bool { return name == chartFile || isKustomization(name) }

// kustomization is what a kustomization.yaml asks for, beside files of its own.
type kustomization struct {
	foreign   bool   // it is no kustomization but an ordinary manifest
	sets      string // the field that does so; "" for none
	hides     bool
	resources []string
	broken    *manifest.SyntaxError
}

// keepsNames tells whether a field of a kustomization changes objects without
// adding, taking away or renaming any.
func keepsNames(field string) bool {
	switch field {
	case "commonLabels", "commonAnnotations", "labels", "images", "replicas", "buildMetadata", "configurations",
		"patches", "patchesStrategicMerge", "patchesJson6902", "generatorOptions", "configMapGenerator", "secretGenerator":
		return true
	}
	return false
}

// readKustomization reads the file of a folder. It fails only where the file is
// no YAML.
func readKustomization(data []byte) (k kustomization, err error) {
	docs, err := manifest.Values(data)
	if err != nil {
		return k, err
	}
	docs = slices.DeleteFunc(docs, func(v any) bool { return v == nil })
	if len(docs) == 0 {
		return k, nil
	}
	doc, ok := docs[0].(map[string]any)
	if !ok || len(docs) > 1 {
		return kustomization{foreign: true}, nil
	}
	if v, ok := doc["apiVersion"].(string); ok && !strings.HasPrefix(v, "kustomize.config.k8s.io/") {
		return kustomization{foreign: true}, nil
	}
	fields := make([]string, 0, len(doc))
	for field, v := range doc {
		if !unset(v) {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	for _, field := range fields {
		switch field {
		case "apiVersion", "metadata", "sortOptions":
			continue
		case "kind":
			if doc[field] == "Kustomization" {
				continue
			}
		case "resources", "bases":
			if list, ok := strs(doc[field]); ok {
				k.resources = append(k.resources, list...)
				continue
			}
		}
		hides := !keepsNames(field) || field == "patches" && mayRename(doc[field])
		if k.sets == "" || hides && !k.hides {
			k.sets, k.hides = field, hides
		}
	}
	return k, nil
}

// unset tells whether a field says nothing.
func unset(v any) bool {
	switch t := v.(type) {
	case nil:
		return true
	case string:
		return t == ""
	case []any:
		return len(t) == 0
	case map[string]any:
		return len(t) == 0
	}
	return false
}

// mayRename tells whether patches have options, which let them rename objects.
func mayRename(patches any) bool {
	list, ok := patches.([]any)
	return !ok || slices.ContainsFunc(list, func(v any) bool {
		m, _ := v.(map[string]any)
		return !unset(m["options"])
	})
}

func strs(v any) (list []string, ok bool) {
	items, ok := v.([]any)
	for _, item := range items {
		s, isString := item.(string)
		ok = ok && isString
		list = append(list, s)
	}
	return list, ok
}

// judge says what a file makes of its folder, nil where nothing. there tells
// whether a path from the root of the repository is a file or folder.
func (k kustomization) judge(file string, there func(string) (bool, error)) (*rendering, error) {
	if k.foreign {
		return nil, nil //nolint:nilnil // most folders are none
	}
	if k.broken != nil {
		return &rendering{file: file, hides: true, broken: k.broken, reason: fmt.Sprintf("not rendered: %s cannot be read", file)}, nil
	}
	if k.sets != "" {
		return &rendering{file: file, hides: k.hides, reason: fmt.Sprintf("not rendered: %s sets %s", file, line(k.sets))}, nil
	}
	dir := path.Dir(file)
	for _, r := range k.resources {
		target := path.Join(dir, r)
		inside := !path.IsAbs(r) && (dir == "." || target == dir || strings.HasPrefix(target, dir+"/")) && target != ".." && !strings.HasPrefix(target, "../")
		if inside {
			found, err := there(target)
			if err != nil {
				return nil, err
			}
			inside = found
		}
		if !inside {
			return &rendering{file: file, hides: true, reason: fmt.Sprintf("not rendered: %s names %q, which is not below it", file, line(r))}, nil
		}
	}
	return nil, nil //nolint:nilnil // it only lists what is its own
}

// renderer judges one file that may make its folder one to be rendered.
func (p *Pool) renderer(o *objects, file string, hash plumbing.Hash, there func(string) (bool, error)) (*rendering, error) {
	if path.Base(file) == chartFile {
		return &rendering{file: file, hides: true, reason: fmt.Sprintf("not rendered: %s makes it a Helm chart", file)}, nil
	}
	k, ok := p.kustomizations.get(hash)
	if !ok {
		data, err := o.blob(hash, maxBlob)
		if err == nil {
			k, err = readKustomization(data)
		}
		if errors.Is(err, errTooLarge) {
			err = &manifest.SyntaxError{Line: 1, Reason: "larger than 8 MiB", Opaque: true}
		}
		if err != nil && !errors.As(err, &k.broken) {
			return nil, err
		}
		p.kustomizations.put(hash, k, len(data)+64)
	}
	return k.judge(file, there)
}

// renderings are the folders of a location that are rendered, by their paths
// from the root of the repository.
type renderings map[string]*rendering

// of gives what the file of a path, below the folder base, is rendered by: what
// hides objects before what does not. It is nil for a file that is read as it is.
func (r renderings) of(base, file string) *rendering {
	if len(r) == 0 {
		return nil
	}
	var found *rendering
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if dir == "." {
			dir = ""
		}
		if at := r[dir]; at != nil && (found == nil || at.hides && !found.hides) {
			found = at
		}
		if dir == base || dir == "" {
			return found
		}
	}
}

// renderings judges the files that the walk found to make folders rendered.
func (p *Pool) renderings(o *objects, f folder) (renderings, error) {
	all := renderings{}
	there := func(path string) (bool, error) { return f.there[path], nil }
	for _, file := range f.renderers {
		r, err := p.renderer(o, file.path, file.hash, there)
		if err != nil {
			return nil, err
		}
		dir := path.Dir(file.path)
		if dir == "." {
			dir = ""
		}
		if r != nil && (all[dir] == nil || r.hides) {
			all[dir] = r
		}
	}
	return all, nil
}

// finding stands for the objects that may come of a rendered folder without a
// file that names them.
func (r *rendering) finding() core.Finding {
	if r.broken != nil {
		return core.Finding{Origin: core.Origin{Path: r.file, Line: r.broken.Line}, Reason: line(r.broken.Reason), Opaque: true, Unrendered: r.broken.Template}
	}
	return core.Finding{Origin: core.Origin{Path: r.file}, Reason: r.reason, Opaque: true, Unrendered: true}
}

// folderAt is a folder with all that is in it.
type folderAt struct {
	path string
	tree plumbing.Hash
}

// rendered tells whether kustomize or Helm made manifests of the file of a path
// at a commit.
func (l *lookback) rendered(root plumbing.Hash, file string) (bool, error) {
	i := slices.IndexFunc(l.view, func(s section) bool {
		_, ok := s.rel(file)
		return ok
	})
	if i < 0 {
		return false, nil
	}
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if dir == "." {
			dir = ""
		}
		tree, err := l.folder(root, dir)
		if err != nil {
			return false, err
		}
		at := folderAt{dir, tree}
		found, known := l.renders[at]
		if !known {
			if found, err = l.makes(root, at, l.view[i]); err != nil {
				return false, err
			}
			l.renders[at] = found
		}
		if found || dir == l.view[i].base || dir == "" {
			return found, nil
		}
	}
}

// makes tells whether a folder holds what makes manifests of it.
func (l *lookback) makes(root plumbing.Hash, at folderAt, s section) (bool, error) {
	raw, err := l.tree(at.tree)
	if err != nil {
		return false, err
	}
	there := func(path string) (bool, error) {
		dir, err := l.folder(root, path)
		if err != nil || !dir.IsZero() {
			return err == nil, err
		}
		h, err := l.file(root, path)
		return !h.IsZero(), err
	}
	for e := (treeEntries{rest: raw}); e.next(); {
		if !e.isFile() || !isRenderer(string(e.name)) {
			continue
		}
		file := path.Join(at.path, string(e.name))
		if rel, _ := s.rel(file); s.sel.excludes(rel) {
			continue
		}
		if r, err := l.pool.renderer(l.objects, file, e.sum(), there); err != nil || r != nil {
			return r != nil, err
		}
	}
	return false, nil
}

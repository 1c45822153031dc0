package demo

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"selvage/testdata/hedgehog"
)

// Follow brings to the clusters what somebody else has pushed, as an engine
// would, and tells of how many objects that was; none without [Options.Parse]. A
// file that does not parse changes nothing. What was pushed about is the visitor's
// from then on: the story leaves it alone.
func (w *World) Follow(at time.Time) (int, error) {
	if w.options.Parse == nil {
		return 0, nil
	}
	before, head := maps.Clone(w.repo.files), w.repo.head
	if err := w.repo.catchUp(); err != nil {
		return 0, fmt.Errorf("read branch main: %w", err)
	}
	if w.repo.head == head {
		return 0, nil
	}
	n := 0
	var failed error
	for _, s := range w.sites {
		refs, err := w.learn(s, before)
		if len(refs) > 0 {
			n += len(refs)
			for _, ref := range refs {
				s.open = slices.DeleteFunc(s.open, func(o open) bool { return o.change.Object == ref })
				s.touched[ref] = true
				s.apply(ref, at)
			}
			s.pushed = s.files()
		}
		if len(refs) > 0 || s.argo != nil { // an engine tells at which commit it is
			err = errors.Join(err, w.dump(s, at))
		}
		failed = errors.Join(failed, err)
	}
	return n, failed
}

// learn takes what Git has come to say of a fabric, and gives what that is about.
func (w *World) learn(s *site, before map[string]plumbing.Hash) ([]hedgehog.Ref, error) {
	paths := map[string]bool{}
	for path, hash := range w.repo.files {
		paths[path] = before[path] != hash
	}
	for path := range before {
		if _, there := w.repo.files[path]; !there {
			paths[path] = true
		}
	}
	was, is := map[hedgehog.Ref]map[string]any{}, map[hedgehog.Ref]map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if !paths[path] || !strings.HasPrefix(path, s.dir+"/") || path == s.broken || strings.Contains(path, "/examples/") {
			continue
		}
		for _, side := range []struct {
			blob plumbing.Hash
			into map[hedgehog.Ref]map[string]any
		}{{before[path], was}, {w.repo.files[path], is}} {
			if err := w.documents(side.blob, side.into); err != nil {
				return nil, fmt.Errorf("read %s: %w", path, err)
			}
		}
	}
	var refs []hedgehog.Ref
	for ref := range was {
		if at := find(s.world.Git, ref); is[ref] == nil && at >= 0 {
			s.world.Git = slices.Delete(s.world.Git, at, at+1)
			refs = append(refs, ref)
		}
	}
	for ref, doc := range is {
		if same(was[ref], doc) {
			continue
		}
		refs = append(refs, ref)
		if at := find(s.world.Git, ref); at >= 0 {
			s.world.Git[at] = doc
		} else {
			s.world.Git = append(s.world.Git, doc)
		}
	}
	slices.SortFunc(refs, func(a, b hedgehog.Ref) int { return strings.Compare(a.String(), b.String()) })
	return refs, nil
}

// documents adds the objects of a file; none where there is no file.
func (w *World) documents(blob plumbing.Hash, into map[hedgehog.Ref]map[string]any) error {
	if blob.IsZero() {
		return nil
	}
	b, err := object.GetBlob(w.repo.store, blob)
	if err != nil {
		return err
	}
	r, err := b.Reader()
	if err != nil {
		return err
	}
	content, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	docs, err := w.options.Parse(content)
	if err != nil {
		return err
	}
	for _, d := range docs {
		doc, ok := d.(map[string]any)
		if _, named := doc["metadata"].(map[string]any); ok && named {
			into[hedgehog.RefOf(doc)] = doc
		}
	}
	return nil
}

// same tells whether two manifests would be written alike.
func same(a, b map[string]any) bool {
	return a != nil && b != nil && string(hedgehog.YAML(a)) == string(hedgehog.YAML(b))
}

package repo

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/manifest"
)

// builder makes a snapshot of files: it decides which documents count, and
// finds identities that are claimed twice.
type builder struct {
	scope core.Scope
	class map[core.GroupKind]class
	known []core.Kind

	objects  map[core.Key][]*core.Object // in the order of files
	order    []core.Key
	findings []core.Finding
}

// class says what becomes of documents of a kind.
type class uint8

const (
	foreign class = iota // left out
	taken
	mistyped // of one of Hedgehog's groups, and none of its kinds
)

func newBuilder(scope core.Scope) *builder {
	return &builder{scope: scope, class: map[core.GroupKind]class{}, known: core.Kinds(), objects: map[core.Key][]*core.Object{}}
}

func (b *builder) classOf(gk core.GroupKind) class {
	c, ok := b.class[gk]
	if ok {
		return c
	}
	switch {
	case b.scope.Kinds.Has(gk):
		c = taken
	case core.HedgehogGroup(gk.Group) && !slices.ContainsFunc(b.known, func(k core.Kind) bool { return k.GroupKind == gk }):
		c = mistyped
	}
	b.class[gk] = c
	return c
}

func (b *builder) add(files []loaded) {
	for _, f := range files {
		first := len(b.findings)
		if f.finding != nil {
			b.findings = append(b.findings, *f.finding)
		}
		for _, d := range f.docs {
			b.document(f, d)
		}
		if f.rendered != nil && f.rendered.hides {
			// Whatever such a file may hold, the finding on the folder stands for it.
			kept := slices.DeleteFunc(b.findings[first:], func(f core.Finding) bool { return f.Key == (core.Key{}) })
			b.findings = b.findings[:first+len(kept)]
		}
	}
}

func (b *builder) document(file loaded, d manifest.Document) {
	at := core.Origin{Path: file.path, Line: d.Line}
	key := placed(d.Key, b.scope.Namespace)
	if d.Err != nil {
		if b.matters(d) {
			f := core.Finding{Origin: at, Reason: line(d.Err.Error()), Key: key, Opaque: d.Opaque}
			f.Unrendered = errors.Is(d.Err, manifest.ErrEncrypted) || errors.Is(d.Err, manifest.ErrTemplate)
			if !identified(d) {
				f.Key, f.Text = core.Key{}, d.Text
			}
			b.findings = append(b.findings, f)
		}
		return
	}
	switch b.classOf(key.GroupKind()) {
	case foreign:
		if strings.Contains(key.Group, "hedgehog") && !core.HedgehogGroup(key.Group) {
			b.findings = append(b.findings, core.Finding{
				Origin: at, Key: key, Text: content(d.Object), Reason: fmt.Sprintf("unknown group %q", key.Group),
			})
		}
	case mistyped:
		b.findings = append(b.findings, core.Finding{
			Origin: at, Key: key, Text: content(d.Object), Reason: fmt.Sprintf("unknown kind %q in group %s", key.Kind, key.Group),
		})
	case taken:
		if reason := unrendered(file, d); reason != "" {
			b.findings = append(b.findings, core.Finding{Origin: at, Key: key, Reason: reason, Unrendered: true})
			return
		}
		// The parsed object is shared with other fabrics; where it stands is not.
		o := *d.Object
		o.Key, o.Origin = key, at
		if len(b.objects[key]) == 0 {
			b.order = append(b.order, key)
		}
		b.objects[key] = append(b.objects[key], &o)
	}
}

// unrendered tells why a document is not what an engine will apply; "" where it
// is.
func unrendered(file loaded, d manifest.Document) string {
	switch {
	case file.rendered != nil:
		return file.rendered.reason
	case d.Template:
		return "looks like a template ({{ in a value): not rendered"
	}
	return ""
}

// identified tells whether a document that is no object says all the same which
// one it means. Without it any object that the document names may be meant.
func identified(d manifest.Document) bool {
	return d.Key.Kind != "" && d.Key.Name != "" && !errors.Is(d.Err, core.ErrNoVersion)
}

// content is an object as the text of its document, to look for names in. The
// identity is what it was read as, and not where the fabric places it.
func content(o *core.Object) []byte {
	return core.CanonicalJSON(core.Document(o.Key, o.Version, o.Fields))
}

// matters tells whether a document that is no object could have been meant as
// one of this fabric's.
func (b *builder) matters(d manifest.Document) bool {
	switch {
	case errors.Is(d.Err, manifest.ErrForeign):
		return false
	case errors.Is(d.Err, core.ErrNotAnObject):
		return true
	case errors.Is(d.Err, core.ErrNoKind):
		return core.HedgehogGroup(d.Key.Group) || d.Key.Name != ""
	case d.Opaque && (strings.Contains(d.Key.Kind+d.Key.Group, "{{") || strings.HasPrefix(d.Key.Kind, "ENC[")):
		return true
	case errors.Is(d.Err, core.ErrNoVersion):
		// Whatever its kind, no engine can apply it, and nobody can say that it
		// was not meant as one of ours.
		return true
	}
	return b.classOf(d.Key.GroupKind()) != foreign
}

// snapshot puts everything together. Where an identity is claimed twice,
// neither document counts: nobody can say which one an engine would apply. The
// same holds where one of the two is yet to be rendered.
func (b *builder) snapshot(readings []core.Reading) *core.Snapshot {
	s := core.NewSnapshot(readings...)
	for _, key := range b.order {
		claims := b.objects[key]
		if len(claims) == 1 {
			s.Add(claims[0])
			continue
		}
		var others []string
		same := "identical"
		for _, o := range claims[1:] {
			others = append(others, fmt.Sprintf("%s:%d", o.Origin.Path, o.Origin.Line))
			if o.Digest != claims[0].Digest {
				same = "different"
			}
		}
		b.findings = append(b.findings, core.Finding{
			Origin: claims[0].Origin, Key: key, Reason: fmt.Sprintf("also in %s; %s", strings.Join(others, ", "), same),
		})
	}
	for _, f := range b.findings {
		if f.Unrendered && f.Key != (core.Key{}) {
			s.Remove(f.Key)
		}
	}
	s.Findings = b.findings
	slices.SortStableFunc(s.Findings, func(x, y core.Finding) int {
		if x.Path != y.Path {
			return strings.Compare(x.Path, y.Path)
		}
		return x.Line - y.Line
	})
	return s
}

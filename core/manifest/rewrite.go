package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"selvage/core"
)

// splice puts text in place of the bytes from from to to.
type splice struct {
	from, to int
	text     string
}

// rewriter collects what has to be spliced into a document so that it says
// something else.
type rewriter struct {
	source
	style   style
	eol     string
	splices []splice
	blocks  bool // a block of text was written: what follows may have become part of it
	plain   bool // strings of several lines go between quotes
}

// slot is a place that a value has in a document.
type slot struct {
	place  *place
	path   core.Path
	after  int // behind the colon or the dash
	indent int // column of the collection that holds it
	dash   bool
	beside []*place // the values of the entries of the collection, its own too
}

// stop is why the text of a place cannot be edited.
type stop struct {
	path   core.Path
	at     int // offset in the document
	reason string
}

func (e *stop) Error() string { return e.reason }

func (r *rewriter) stop(s slot, format string, args ...any) error {
	return &stop{path: s.path, at: s.place.start, reason: fmt.Sprintf(format, args...)}
}

func (r *rewriter) splice(from, to int, text string) {
	if from < to || text != "" {
		r.splices = append(r.splices, splice{from, to, text})
	}
}

// insert puts whole lines in front of the line that begins at an offset.
func (r *rewriter) insert(at int, lines []string) {
	r.splice(at, at, strings.Join(lines, r.eol)+r.eol)
}

// value makes the text of a value say want.
func (r *rewriter) value(s slot, have, want any) error {
	if core.EqualJSON(have, want) {
		return nil
	}
	if err := r.touch(s); err != nil {
		return err
	}
	if s.place.node.Kind == yamlv3.AliasNode && collected(have) && collected(want) {
		return r.stop(s, "it is an alias of &%s", s.place.node.Value)
	}
	switch h := have.(type) {
	case map[string]any:
		w, ok := want.(map[string]any)
		if !ok || len(h) == 0 || len(w) == 0 || s.place.node.Kind != yamlv3.MappingNode {
			break
		}
		return r.mapping(s, h, w)
	case []any:
		w, ok := want.([]any)
		if !ok || len(h) == 0 || len(w) == 0 || s.place.node.Kind != yamlv3.SequenceNode {
			break
		}
		return r.sequence(s, h, w)
	}
	return r.replace(s, want)
}

// collected tells whether a value is a map or a list.
func collected(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// touch tells why nothing may be changed at a place or inside of it.
func (r *rewriter) touch(s slot) error {
	n := s.place.node
	switch {
	case s.place.odd != "":
		return r.stop(s, "%s", s.place.odd)
	case n.Anchor != "":
		return r.stop(s, "it has the anchor &%s: the edit would be made wherever that is used", n.Anchor)
	case n.Style&yamlv3.TaggedStyle != 0:
		return r.stop(s, "it has the tag %s", n.Tag)
	}
	return nil
}

// mapping changes some entries of a map.
func (r *rewriter) mapping(s slot, have, want map[string]any) error {
	p := s.place
	names, err := r.names(s, have, want)
	if err != nil {
		return err
	}
	kept := slices.ContainsFunc(names, func(k string) bool { _, ok := want[k]; return ok })
	if p.flow() {
		return r.replaceFlow(s, have, want)
	}
	if !kept {
		return r.replace(s, want)
	}
	column, beside := r.column(p.start), values(p)
	b := newBlock(p)
	for i, e := range p.entries {
		k := names[i]
		w, ok := want[k]
		if !ok {
			b.gone[i] = true
			if err := r.loses(s.path.Key(k), e.value); err != nil {
				return err
			}
			continue
		}
		if err := r.value(slot{place: e.value, path: s.path.Key(k), after: e.after, indent: column, beside: beside}, have[k], w); err != nil {
			return err
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if _, ok := have[k]; ok {
			continue
		}
		text, err := r.written(want[k], column, false, beside)
		if err != nil {
			return r.stop(s, "%v", err)
		}
		b.add(r.neighbour(s, want, k), text.lines(r.style.key(k, false)+": ", column))
	}
	return r.apply(s, b, column)
}

// names are the keys of the entries of a map, as the decoder read them. A key
// that it reads as something else than its text has none of its own: such an
// entry can only stay as it is.
func (r *rewriter) names(s slot, have, want map[string]any) ([]string, error) {
	p := s.place
	if len(p.entries) != len(have) {
		return nil, r.stop(s, "it merges another map")
	}
	names := make([]string, len(p.entries))
	known := map[string]bool{}
	for i, e := range p.entries {
		k := e.key.node
		if k.Anchor != "" || k.Style&yamlv3.TaggedStyle != 0 || k.Tag == "!!merge" || known[k.Value] {
			return nil, r.stop(s, "the key %q has an anchor or a tag, or merges another map", k.Value)
		}
		if _, ok := have[k.Value]; ok {
			names[i], known[k.Value] = k.Value, true
		}
	}
	var rest []string // the names of the others, whichever belongs to which
	for k, v := range have {
		if known[k] {
			continue
		}
		if w, ok := want[k]; !ok || !core.EqualJSON(v, w) {
			return nil, r.stop(s, "its key %q is written as something else", k)
		}
		rest = append(rest, k)
	}
	for i, e := range p.entries {
		if known[e.key.node.Value] {
			continue
		}
		if _, ok := want[e.key.node.Value]; ok || len(rest) == 0 {
			return nil, r.stop(s, "its key %s is read as something else", e.key.node.Value)
		}
		names[i], rest = rest[0], rest[1:]
	}
	return names, nil
}

// sequence changes some items of a list.
func (r *rewriter) sequence(s slot, have, want []any) error {
	p := s.place
	if len(p.entries) != len(have) {
		return r.stop(s, "its items are not all found")
	}
	if p.flow() {
		return r.replaceFlow(s, have, want)
	}
	a := align(have, want)
	if !slices.Contains(a.taken, true) {
		return r.replace(s, want)
	}
	column, beside := r.column(p.start), values(p)
	b := newBlock(p)
	for i := range b.gone {
		b.gone[i] = true
	}
	last := -1
	for j, i := range a.from {
		if i < 0 {
			text, err := r.written(want[j], column, true, beside)
			if err != nil {
				return r.stop(s, "%v", err)
			}
			b.add(last, text.lines("-"+strings.Repeat(" ", r.style.item-1), column))
			continue
		}
		e := p.entries[i]
		item := slot{place: e.value, path: s.path.Index(i), after: e.after, indent: column, dash: true, beside: beside}
		if a.moved[j] {
			text, err := r.carried(b, i, s.after, item, have[i], want[j])
			if err != nil {
				return err
			}
			b.add(last, []string{text})
			continue
		}
		b.gone[i], last = false, i
		if err := r.value(item, have[i], want[j]); err != nil {
			return err
		}
	}
	for i, taken := range a.taken {
		if !taken {
			if err := r.loses(s.path.Index(i), p.entries[i].value); err != nil {
				return err
			}
		}
	}
	return r.apply(s, b, column)
}

func values(p *place) []*place {
	all := make([]*place, len(p.entries))
	for i, e := range p.entries {
		all[i] = e.value
	}
	return all
}

// loses tells why a place cannot be taken away.
func (r *rewriter) loses(path core.Path, p *place) error {
	if p.odd != "" {
		return r.stop(slot{place: p, path: path}, "%s", p.odd)
	}
	if n := anchored(p.node); n != nil {
		return r.stop(slot{place: p, path: path}, "it holds the anchor &%s", n.Anchor)
	}
	return nil
}

func anchored(n *yamlv3.Node) *yamlv3.Node {
	if n.Anchor != "" {
		return n
	}
	for _, c := range n.Content {
		if a := anchored(c); a != nil {
			return a
		}
	}
	return nil
}

// written is a new value in block style, behind a key or a dash. A map has its
// keys in the order that one beside it has them.
func (r *rewriter) written(v any, column int, dash bool, beside []*place) (block, error) {
	if s, ok := v.(string); ok && r.plain {
		return block{head: doubleQuoted(s)}, nil
	}
	r.blocks = r.blocks || holdsLines(v)
	y := r.style
	var first []string
	for _, p := range beside {
		if deeper := r.column(p.start) - column; !dash && p.collection() && r.begins(p.start) && deeper >= 0 {
			if p.node.Kind == yamlv3.SequenceNode {
				y.list = deeper
			} else if deeper > 0 {
				y.step = deeper
			}
		}
		if _, ok := v.(map[string]any); ok && p.node.Kind == yamlv3.MappingNode && len(p.entries) > len(first) {
			first = first[:0]
			for _, e := range p.entries {
				first = append(first, e.key.node.Value)
			}
		}
	}
	if dash {
		return y.behind(v, column, first...)
	}
	return y.below(v, column, first...)
}

func holdsLines(v any) bool {
	switch t := v.(type) {
	case string:
		return strings.Contains(t, "\n")
	case []any:
		return slices.ContainsFunc(t, holdsLines)
	case map[string]any:
		for _, e := range t {
			if holdsLines(e) {
				return true
			}
		}
	}
	return false
}

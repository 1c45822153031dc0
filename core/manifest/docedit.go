package manifest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"selvage/core"
)

// docEdit is the editing of one document of a file.
type docEdit struct {
	*edit
	chunk   chunk
	have    core.Value
	want    core.Value
	changes []placed
	root    yamlv3.Node // of the old text
	gone    bool        // it is taken out of the file
	text    []byte      // the new one; nil while it is the old one
}

// placed is a change with its place in the whole document.
type placed struct {
	Change
	object core.Path // where the object begins
	path   core.Path // with list items by their indices, as far as they are there
	value  core.Value
}

func (d *docEdit) refuse(at *stop, format string, args ...any) error {
	r := &Refusal{Reason: fmt.Sprintf(format, args...), Before: d.have, After: d.want, Line: d.chunk.content}
	for _, c := range d.changes {
		if at != nil && !at.path.Overlaps(c.path) {
			continue
		}
		r.Object, r.Path = c.Object, c.Change.Path
		break
	}
	if at != nil {
		r.Line = d.chunk.line - 1 + newSource(d.chunk.text).line(min(at.at, len(d.chunk.text)))
	}
	return r
}

// take adds a change to those of the document.
func (d *docEdit) take(c Change, o object) error {
	refuse := func(reason string) error {
		return &Refusal{Object: c.Object, Path: c.Path, Line: o.Line, Reason: reason, Before: d.have}
	}
	if _, err := core.ParsePath(string(c.Path)); err != nil {
		return refuse(err.Error())
	}
	raw := d.have.At(o.at)
	value := c.Value
	if c.Path == core.Root && value.Present() && o.Object != nil {
		fields, ok := value.Any().(map[string]any)
		if !ok {
			return refuse("the content of an object is a map")
		}
		value = core.ValueOf(withFields(raw.Any().(map[string]any), fields))
	}
	for _, path := range resolved(d.have, o.at.Join(c.Path), value.Present()) {
		for _, other := range d.changes {
			if path.Overlaps(other.path) {
				return refuse(fmt.Sprintf("two changes are about one place, %s and %s", other.Change.Path, c.Path))
			}
		}
		d.changes = append(d.changes, placed{Change: c, object: o.at, path: path, value: value})
	}
	return nil
}

// resolved names list items by their indices as far as they are there. A member
// that is to go from a set may be in it more than once.
func resolved(v core.Value, p core.Path, stays bool) []core.Path {
	at := core.Root
	steps := p.Steps()
	for n, step := range steps {
		if _, isKey := core.StepKey(step); isKey || v.Index(step) < 0 {
			at = at.Join(core.Path(step))
			v = v.Step(step)
			continue
		}
		if list, ok := v.Any().([]any); ok && !stays && n == len(steps)-1 && strings.HasPrefix(step, "[=") {
			member := v.Step(step).Any()
			var all []core.Path
			for i, e := range list {
				if core.EqualJSON(e, member) {
					all = append(all, at.Index(i))
				}
			}
			return all
		}
		at = at.Index(v.Index(step))
		v = v.Step(step)
	}
	return []core.Path{at}
}

// withFields is a document with the fields of an object (see [core.NewObject])
// replaced, and the rest of it as it is.
func withFields(doc, fields map[string]any) map[string]any {
	out := map[string]any{}
	for _, k := range []string{"apiVersion", "kind", "metadata", "status"} {
		if v, ok := doc[k]; ok {
			out[k] = v
		}
	}
	for k, v := range fields {
		if k != "metadata" {
			out[k] = v
		}
	}
	old, _ := doc["metadata"].(map[string]any)
	kept, _ := fields["metadata"].(map[string]any)
	meta := maps.Clone(old)
	for _, k := range []string{"labels", "annotations"} {
		if _, ok := kept[k]; !ok {
			delete(meta, k)
		}
	}
	for k, v := range kept {
		meta[k] = v
	}
	had, _ := old["annotations"].(map[string]any)
	want, isMap := meta["annotations"].(map[string]any)
	applied, _ := core.StepKey(core.LastAppliedPath().Steps()[2])
	if copied, ok := had[applied]; ok && (isMap || meta["annotations"] == nil) {
		want = maps.Clone(want)
		if want == nil {
			want = map[string]any{}
		}
		want[applied] = copied
		meta["annotations"] = want
	} else if _, ok := old["annotations"]; ok && len(had) == 0 && meta["annotations"] == nil {
		meta["annotations"] = old["annotations"]
	}
	out["metadata"] = meta
	return out
}

// apply is the document as the changes want it.
func (d *docEdit) apply() error {
	changes := slices.Clone(d.changes)
	slices.SortFunc(changes, func(a, b placed) int { return comparePaths(a.path, b.path) })
	v := d.have
	set := func(c placed) error {
		next, err := v.With(c.path, c.value)
		if err != nil {
			return d.refuse(&stop{path: c.path}, "%v", err)
		}
		v = next
		return nil
	}
	for _, c := range changes {
		if c.value.Present() {
			if err := set(c); err != nil {
				return err
			}
		}
	}
	slices.Reverse(changes) // what is further down in a list goes first
	for _, c := range changes {
		if !c.value.Present() {
			if err := set(c); err != nil {
				return err
			}
		}
	}
	d.want = v
	return nil
}

// comparePaths orders paths step by step, and indices by number.
func comparePaths(p, q core.Path) int {
	a, b := p.Steps(), q.Steps()
	return slices.CompareFunc(a, b, func(x, y string) int {
		if x[0] == '[' && y[0] == '[' {
			return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
		}
		return strings.Compare(x, y)
	})
}

// make makes the new text of the document.
func (d *docEdit) make() error {
	if err := d.apply(); err != nil {
		return err
	}
	if d.want.Equal(d.have) {
		return nil
	}
	if !d.want.Present() {
		return d.remove()
	}
	if len(d.chunk.text) > looked {
		return d.refuse(nil, "the document is larger than %d MiB", looked>>20)
	}
	for _, r := range "\u0085\u2028\u2029" {
		if bytes.ContainsRune(d.chunk.text, r) {
			return d.refuse(nil, "the document holds the line break %U", r)
		}
	}
	if err := yamlv3.Unmarshal(d.chunk.text, &d.root); err != nil || len(d.root.Content) != 1 {
		return d.refuse(nil, "the newer parser cannot read the document")
	}
	text, blocks, err := d.rewrite(false)
	if err == nil {
		err = d.check(text)
	}
	if err != nil && blocks {
		if text, _, err = d.rewrite(true); err == nil {
			err = d.check(text)
		}
	}
	if err != nil {
		return err
	}
	d.text = text
	return nil
}

// rewrite splices what is wanted into the text of the document.
func (d *docEdit) rewrite(plain bool) (text []byte, blocks bool, _ error) {
	eol := "\n"
	if i := bytes.IndexByte(d.edit.text, '\n'); i > 0 && d.edit.text[i-1] == '\r' {
		eol = "\r\n"
	}
	whole := bytes.HasSuffix(d.chunk.text, []byte("\n"))
	src := d.chunk.text
	if !whole {
		src = slices.Concat(src, []byte(eol))
	}
	r := &rewriter{source: newSource(src), eol: eol, plain: plain}
	place := r.place(d.root.Content[0], 0, -1)
	other := house()
	_, other.json = decodeJSON(d.chunk.text)
	r.style = r.styleOf(place, other)
	if err := r.value(slot{place: place, path: core.Root, indent: -1}, d.have.Any(), d.want.Any()); err != nil {
		return nil, r.blocks, d.stopped(err)
	}
	out, err := r.spliced(0, len(r.text))
	if err != nil {
		return nil, r.blocks, d.stopped(err)
	}
	if !whole {
		out = bytes.TrimSuffix(out, []byte(eol))
	}
	return out, r.blocks, nil
}

func (d *docEdit) stopped(err error) error {
	var at *stop
	if errors.As(err, &at) {
		return d.refuse(at, "%s", at.reason)
	}
	return d.refuse(nil, "%v", err)
}

// spliced is the text between two offsets with all splices in it, which lie there.
func (r *rewriter) spliced(from, to int) ([]byte, error) {
	all := slices.Clone(r.splices)
	slices.SortStableFunc(all, func(a, b splice) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(min(a.to-a.from, 1), min(b.to-b.from, 1)))
	})
	var out bytes.Buffer
	at := from
	for _, s := range all {
		if s.from < at || s.to < s.from || s.to > to {
			return nil, &stop{path: core.Root, at: s.from, reason: "two edits touch one another in the text"}
		}
		out.Write(r.text[at:s.from])
		out.WriteString(s.text)
		at = s.to
	}
	out.Write(r.text[at:to])
	return out.Bytes(), nil
}

// remove takes the document out of the file: with its marker and the comments
// below that, but neither with those above the marker nor with those that follow
// its content.
func (d *docEdit) remove() error {
	s := newSource(d.chunk.text)
	from, to := -1, len(d.chunk.text)
	line := 0
	for ; line < to; line = s.nextLine(line) {
		if _, comment, blank := s.remark(line); comment || blank {
			continue
		}
		if rest, ok := marker(d.chunk.text[line:s.nextLine(line)], "---"); ok && from < 0 {
			from = line
			if rest = bytes.TrimLeft(rest, " \t\r\n"); len(rest) == 0 || rest[0] == '#' {
				continue
			}
		}
		break
	}
	if from < 0 {
		from = line
	}
	for to > line {
		start := s.lineStart(to - 1)
		indent, comment, blank := s.remark(start)
		if (!comment || indent > 0) && !blank {
			break
		}
		to = start
	}
	rest := slices.Concat(d.chunk.text[:from], d.chunk.text[to:])
	if len(bytes.TrimSpace(rest)) == 0 {
		rest = nil
	}
	if rest == nil {
		rest = []byte{}
	}
	d.text, d.gone = rest, true
	return nil
}

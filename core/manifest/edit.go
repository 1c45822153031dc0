package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"selvage/core"
)

// Change says what is to stand at one place of one object in a file.
type Change struct {
	// Object is whose document is meant. Where a document names no namespace it
	// has the fabric's.
	Object core.Key
	// Line is that of the document, as [Document].Line tells it. It is needed where
	// Object is not enough: for a document that is no object (with a zero Object),
	// and where a file has an object twice. 0 means that Object is enough.
	Line int
	Path core.Path
	// Value is what is to stand there; absent where nothing is. At [core.Root] it is
	// all that [core.Object].Fields holds (of a document that is no object: all of
	// it), and absent takes the document out of the file.
	Value core.Value
}

// Refusal tells why a file is not edited. It is no fault of the program's: a
// person has to make the edit, for which it has the content that is wanted.
type Refusal struct {
	Object core.Key
	Path   core.Path
	Line   int    // of the file, from 1; 0 where the place is not known
	Reason string // on one line; may quote the file
	// Before and After are the whole document, as far as that is known, as it is
	// and as it was to be; After is absent where it was to go.
	Before, After core.Value
}

// Error is "edit .spec.vlan of VPC/vpc-1 at line 7: reason".
func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString("edit")
	if r.Path != "" {
		fmt.Fprintf(&b, " %s", r.Path)
	}
	if r.Object.Kind != "" {
		fmt.Fprintf(&b, " of %s", r.Object)
	}
	if r.Line > 0 {
		fmt.Fprintf(&b, " at line %d", r.Line)
	}
	return b.String() + ": " + r.Reason
}

// Edit makes changes in a file and leaves every byte as it is that need not be
// another one: comments, order, indentation, line ends, quotes, other documents.
// All changes are made or none. They do not depend on their order: each means the
// file as it is, so an index is that of before. Nothing is made of a change that
// is the case already; where all are, the file comes back as it is.
//
// A file that has no document left comes back with its comments alone; whether
// it is to go [Parse] tells, which then finds no document.
//
// The error is a [*Refusal] that belongs to one of the changes, or a
// [*SyntaxError] where the file cannot be read.
func Edit(file []byte, namespace string, changes ...Change) ([]byte, error) {
	e, err := newEdit(file, namespace)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if err := e.take(c); err != nil {
			return nil, err
		}
	}
	for _, i := range slices.Sorted(maps.Keys(e.docs)) {
		if err := e.docs[i].make(); err != nil {
			return nil, err
		}
	}
	return e.file()
}

// edit is the editing of one file.
type edit struct {
	limits    Limits
	namespace string
	mark      []byte // the byte order mark, where there is one
	text      []byte // without it
	chunks    []chunk
	objects   map[int][]object // by the index of their chunk
	values    map[int][]any    // likewise, as they were decoded
	docs      map[int]*docEdit // likewise
}

// object is one that stands in a chunk: by itself, or in a List there.
type object struct {
	Document
	at core.Path
}

func newEdit(file []byte, namespace string) (*edit, error) {
	e := &edit{limits: Limits{}.filled(), namespace: namespace, objects: map[int][]object{}, values: map[int][]any{}, docs: map[int]*docEdit{}}
	text, err := e.limits.text(file)
	if err != nil {
		return nil, err
	}
	e.text = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !bytes.Equal(text, e.text) {
		return nil, &Refusal{Reason: "a carriage return stands where no line ends"}
	}
	e.mark = file[:len(file)-len(e.text)]
	e.chunks = slices.Collect(chunks(e.text))
	return e, nil
}

// read gives what stands in a chunk.
func (e *edit) read(i int) ([]object, error) {
	if found, ok := e.objects[i]; ok {
		return found, nil
	}
	c := e.chunks[i]
	values, err := e.limits.decode(c)
	if err != nil {
		return nil, explain(err, e.text)
	}
	var found []object
	for _, v := range values {
		found = objectsOf(found, core.CloneJSON(v), core.Root, c)
	}
	if len(values) != 1 {
		for j := range found {
			found[j].at = "" // it cannot be told where that is
		}
	}
	e.objects[i], e.values[i] = found, values
	return found, nil
}

// objectsOf appends what [Limits.expand] makes of a value, with the places.
func objectsOf(all []object, v any, at core.Path, c chunk) []object {
	if v == nil {
		return all
	}
	items, isList := listItems(v)
	if !isList {
		return append(all, object{document(v, c.content), at})
	}
	lines := repeated(c.content, len(items))
	if at == core.Root {
		lines = itemLines(c, len(items))
	}
	for i, item := range items {
		inner := c
		inner.text, inner.content = nil, lines[i]
		all = objectsOf(all, item, at.Key("items").Index(i), inner)
	}
	return all
}

// take finds the document of a change.
func (e *edit) take(c Change) error {
	refuse := func(format string, args ...any) error {
		return &Refusal{Object: c.Object, Path: c.Path, Line: c.Line, Reason: fmt.Sprintf(format, args...)}
	}
	found, chunk := object{}, -1
	for _, quick := range []bool{true, false} {
		for i, text := range e.chunks {
			if quick && c.Line == 0 && !bytes.Contains(text.text, []byte(c.Object.Name)) || c.Line > 0 && !e.holds(i, c.Line) {
				continue
			}
			all, err := e.read(i)
			if err != nil {
				return err
			}
			for _, o := range all {
				if !e.means(c, o) {
					continue
				}
				if chunk >= 0 {
					return refuse("it stands in the file twice, at lines %d and %d", found.Line, o.Line)
				}
				found, chunk = o, i
			}
		}
		if chunk >= 0 {
			break
		}
	}
	if chunk >= 0 {
		c.Line = found.Line
	}
	switch {
	case chunk < 0:
		return refuse("the file does not hold it")
	case found.at == "":
		return refuse("several JSON documents stand beside each other")
	case found.Object == nil && c.Object != (core.Key{}):
		return refuse("%v", found.Err)
	case errors.Is(found.Err, ErrEncrypted), errors.Is(found.Err, ErrTemplate):
		return refuse("%v", found.Err)
	case found.Template && found.Object != nil:
		return refuse("it looks like a template: a value holds {{")
	}
	d := e.docs[chunk]
	if d == nil {
		d = &docEdit{edit: e, chunk: e.chunks[chunk], have: core.ValueOf(e.values[chunk][0])}
		e.docs[chunk] = d
	}
	return d.take(c, found)
}

// holds tells whether a line lies in a chunk.
func (e *edit) holds(i, line int) bool {
	return e.chunks[i].line <= line && (i+1 == len(e.chunks) || line < e.chunks[i+1].line)
}

func (e *edit) means(c Change, o object) bool {
	key := o.Key
	if key.Namespace == "" {
		key.Namespace = e.namespace
	}
	want := c.Object
	if want.Namespace == "" {
		want.Namespace = e.namespace
	}
	if c.Line == 0 {
		return key == want
	}
	return o.Line == c.Line && (c.Object == core.Key{} || key == want)
}

// file puts the documents together again, and looks at what came of it: there
// are as many as there were, and each is as it was but for those that were meant.
func (e *edit) file() ([]byte, error) {
	var out bytes.Buffer
	out.Write(e.mark)
	at := 0
	var last *docEdit
	for i, c := range e.chunks {
		d := e.docs[i]
		if d == nil || d.text == nil {
			continue
		}
		last = d
		out.Write(e.text[at:c.offset])
		out.Write(d.text)
		at = c.offset + len(c.text)
	}
	out.Write(e.text[at:])
	file := out.Bytes()
	if last == nil {
		return file, nil
	}
	text, err := e.limits.text(file)
	if err != nil {
		return nil, last.refuse(nil, "%v", err)
	}
	text, file = e.tidy(text, file)
	want := make([][]byte, 0, len(e.chunks))
	for i, c := range e.chunks {
		switch d := e.docs[i]; {
		case d == nil || d.text == nil:
			want = append(want, c.text)
		case !d.gone:
			want = append(want, d.text)
		}
	}
	got := slices.Collect(chunks(text))
	if !slices.EqualFunc(got, want, func(c chunk, text []byte) bool { return sameChunk(c.text, text, e.removes()) }) {
		return nil, last.refuse(nil, "another document of the file would change")
	}
	return file, nil
}

func (e *edit) removes() bool {
	for _, d := range e.docs {
		if d.gone {
			return true
		}
	}
	return false
}

// sameChunk compares the texts of a document. Where others were taken out of the
// file, comments that stood around those may stand here now, and the marker above
// it may be gone with them.
func sameChunk(a, b []byte, loose bool) bool {
	if bytes.Equal(a, b) {
		return true
	}
	return loose && bytes.Equal(content(a), content(b))
}

// content is the text of a document without comments and markers around it.
func content(text []byte) []byte {
	s := newSource(text)
	at := 0
	for at < len(text) {
		line := text[at:s.lineEnd(at)]
		_, comment, blank := s.remark(at)
		if !comment && !blank && !bytes.Equal(bytes.TrimRight(line, " \t"), []byte("---")) {
			break
		}
		at = s.nextLine(at)
	}
	end := len(text)
	for end > at {
		start := s.lineStart(end - 1)
		_, comment, blank := s.remark(start)
		if !comment && !blank {
			break
		}
		end = start
	}
	return text[at:end]
}

// tidy takes the marker away at the top of a file that had none, once the
// document before it is gone.
func (e *edit) tidy(text, file []byte) ([]byte, []byte) {
	s := newSource(text)
	first := e.docs[0]
	if first == nil || !first.gone || len(first.text) > 0 || bytes.HasPrefix(e.chunks[0].text, []byte("---")) || e.chunks[0].offset > 0 {
		return text, file
	}
	if line := bytes.TrimRight(text[:s.lineEnd(0)], " \t"); !bytes.Equal(line, []byte("---")) {
		return text, file
	}
	cut := s.nextLine(0)
	return text[cut:], slices.Concat(e.mark, text[cut:])
}

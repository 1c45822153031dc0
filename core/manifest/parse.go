package manifest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"selvage/core"
)

// Document is one document of a file, or one item of a List in it.
type Document struct {
	Line int // of the first line with content, from 1
	// Object is nil where Err is set. It has no origin, and may be shared: who
	// places it somewhere makes a copy.
	Object *core.Object

	// Err says why the document is no object: one of core's reasons, or one of
	// this package's.
	Err error
	// Key is the identity as far as it could be read, with Err too.
	Key core.Key
	// Text is what stands in a document with Err, so that names can be looked for
	// in it: its bytes, or for one that shares them with others (an item of a
	// List) its value as JSON. It is nil without Err, and with [ErrForeign].
	Text []byte
	// Opaque is set beside Err where even the identity may be hidden, so that
	// any object could stand in the document.
	Opaque bool
	// Template is set beside Object where a string of it holds {{ and }} after
	// that: a template engine may have yet to fill it in.
	Template bool
}

// Reasons why a document is no object, beside those of core.
var (
	// ErrForeign is for mappings that have neither apiVersion nor kind nor
	// metadata: files that happen to be YAML and are meant for other programs.
	ErrForeign = errors.New("not a Kubernetes object: no apiVersion, kind or metadata")
	// ErrEncrypted is for documents that SOPS has encrypted.
	ErrEncrypted = errors.New("encrypted with SOPS: not rendered")
	// ErrTemplate is for documents that are YAML, and whose identity a template
	// engine has yet to fill in.
	ErrTemplate = errors.New("looks like a template ({{ in its name): not rendered")
)

// SyntaxError tells why a whole file could not be read.
type SyntaxError struct {
	Line   int    // from 1
	Reason string // on one line; may quote the file
	// Opaque is set where names cannot be looked for in the file's bytes
	// either: it is a template, or not text.
	Opaque bool
	// Template is set where the file holds {{ and }} after that: it is not wrong
	// but has yet to be rendered.
	Template bool
}

// Error is "line 3: reason".
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Limits bound what one file may cost. The zero value of each stands for its
// default.
type Limits struct {
	Bytes     int // of the file, and of what its aliases expand to; 8 MiB
	Documents int // items of Lists included; 100,000
	Depth     int // of mappings and lists inside each other; 200
}

func (l Limits) filled() Limits {
	if l.Bytes == 0 {
		l.Bytes = 8 << 20
	}
	if l.Documents == 0 {
		l.Documents = 100_000
	}
	if l.Depth == 0 {
		l.Depth = 200
	}
	return l
}

// Parse reads a file within the default [Limits].
func Parse(data []byte) ([]Document, error) { return Limits{}.Parse(data) }

// ParseSeen is [Limits.ParseSeen] within the default limits.
func ParseSeen(data []byte, seen Seen) ([]Document, error) { return Limits{}.ParseSeen(data, seen) }

// Parse reads a file of YAML or JSON documents in their order, with the items
// of Lists in place of the Lists. Documents that are empty, null or nothing but
// comments are left out. The error is a [*SyntaxError]; there are no documents
// then. It does not keep data.
func (l Limits) Parse(data []byte) ([]Document, error) { return l.ParseSeen(data, nil) }

// ParseSeen is [Limits.Parse] for many versions of one file: a document whose text
// was parsed before is taken from seen, with the object that it was parsed to. A nil
// seen has seen nothing.
func (l Limits) ParseSeen(data []byte, seen Seen) ([]Document, error) {
	l = l.filled()
	data, err := l.text(data)
	if err != nil {
		return nil, err
	}
	docs := make([]Document, 0, min(1+bytes.Count(data, []byte("\n---")), l.Documents))
	for c := range chunks(data) {
		more, err := l.documents(c, seen)
		if err != nil {
			return nil, explain(err, data)
		}
		if docs = append(docs, more...); len(docs) > l.Documents {
			return nil, &SyntaxError{Line: c.content, Opaque: true, Reason: fmt.Sprintf("more than %d documents", l.Documents)}
		}
	}
	return docs, nil
}

// documents are those of one chunk.
func (l Limits) documents(c chunk, seen Seen) ([]Document, *SyntaxError) {
	var sum [sha256.Size]byte
	if seen != nil {
		sum = sha256.Sum256(c.text)
		if docs, ok := seen.Get(sum); ok {
			return moved(docs, c.line-1), nil
		}
	}
	values, err := l.decode(c)
	if err != nil {
		return nil, err
	}
	size := len(c.text)
	if len(values) > 1 {
		c.text = nil // it is not that of any one of them
	}
	var docs []Document
	for _, v := range values {
		docs = l.expand(docs, v, c)
	}
	if seen != nil {
		seen.Put(sum, moved(docs, 1-c.line), size)
	}
	return docs, nil
}

// Values reads the documents of a file as plain decoded values, whatever they
// are, within the default [Limits]. The error is a [*SyntaxError].
func Values(data []byte) ([]any, error) { return Limits{}.Values(data) }

// Values reads the documents of a file as plain decoded values, whatever they
// are. The error is a [*SyntaxError].
func (l Limits) Values(data []byte) ([]any, error) {
	return l.ValuesOf(data, func([]byte) bool { return true })
}

// ValuesOf is [Limits.Values] of the documents that are wanted by their text. The
// others are not read, and may be wrong. wanted must not keep what it is given.
func (l Limits) ValuesOf(data []byte, wanted func(text []byte) bool) ([]any, error) {
	l = l.filled()
	data, err := l.text(data)
	if err != nil {
		return nil, err
	}
	var all []any
	for c := range chunks(data) {
		if !wanted(c.text) {
			continue
		}
		values, err := l.decode(c)
		if err != nil {
			return nil, explain(err, data)
		}
		all = append(all, values...)
	}
	return all, nil
}

// explain adds to an error what most often is behind it.
func explain(err *SyntaxError, data []byte) *SyntaxError {
	if _, after, ok := bytes.Cut(data, []byte("{{")); ok {
		err.Opaque, err.Template = true, bytes.Contains(after, []byte("}}"))
		err.Reason = "looks like a template ({{): " + err.Reason
	}
	return err
}

// text checks that data is text of a size that is read, and gives it without
// byte order mark and with line breaks that [chunks] understands.
func (l Limits) text(data []byte) ([]byte, error) {
	if len(data) > l.Bytes {
		return nil, &SyntaxError{Line: 1, Opaque: true, Reason: fmt.Sprintf("larger than %d MiB", l.Bytes>>20)}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, &SyntaxError{Line: lineAt(data, i), Opaque: true, Reason: "a NUL byte: not a text file"}
	}
	if !utf8.Valid(data) {
		return nil, &SyntaxError{Line: lineAt(data, invalidUTF8(data)), Opaque: true, Reason: "not UTF-8"}
	}
	if bytes.IndexByte(data, '\r') >= 0 && bytes.Count(data, []byte("\r")) != bytes.Count(data, []byte("\r\n")) {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	for _, lineBreak := range []string{"\u0085", "\u2028", "\u2029"} {
		for _, marker := range []string{"---", "..."} {
			if i := bytes.Index(data, []byte(lineBreak+marker)); i >= 0 {
				return nil, &SyntaxError{Line: lineAt(data, i), Reason: fmt.Sprintf("%s after the line break %U", marker, []rune(lineBreak)[0])}
			}
		}
	}
	return data, nil
}

func lineAt(data []byte, offset int) int { return 1 + bytes.Count(data[:offset], []byte("\n")) }

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return 0
}

// expand appends what a decoded document holds: nothing, itself, or the items
// of a List.
func (l Limits) expand(docs []Document, v any, c chunk) []Document {
	if v == nil {
		return docs
	}
	items, isList := listItems(v)
	if !isList {
		d := document(v, c.content)
		if d.Err != nil && !errors.Is(d.Err, ErrForeign) {
			if d.Text = bytes.Clone(c.text); d.Text == nil {
				d.Text = core.CanonicalJSON(v)
			}
		}
		return append(docs, d)
	}
	lines := itemLines(c, len(items))
	for i, item := range items {
		at := c
		at.text, at.content = nil, lines[i]
		docs = l.expand(docs, item, at)
	}
	return docs
}

// listItems gives the items of a Kubernetes list. A typed list such as a
// VPCList may leave kind and apiVersion out of its items.
func listItems(v any) ([]any, bool) {
	doc, _ := v.(map[string]any)
	kind, _ := doc["kind"].(string)
	itemKind, ok := strings.CutSuffix(kind, "List")
	if !ok {
		return nil, false
	}
	items, ok := doc["items"].([]any)
	if !ok {
		return nil, itemKind == "" && doc["items"] == nil
	}
	for _, item := range items {
		if m, ok := item.(map[string]any); ok && itemKind != "" {
			if _, has := m["kind"]; !has {
				m["kind"] = itemKind
			}
			if _, has := m["apiVersion"]; !has {
				m["apiVersion"] = doc["apiVersion"]
			}
		}
	}
	return items, true
}

// document judges one decoded document.
func document(v any, line int) Document {
	doc, ok := v.(map[string]any)
	if !ok {
		return Document{Line: line, Err: core.ErrNotAnObject}
	}
	d := Document{Line: line, Key: identity(doc)}
	_, sops := doc["sops"].(map[string]any)
	switch {
	case doc["apiVersion"] == nil && doc["kind"] == nil && doc["metadata"] == nil:
		d.Err = ErrForeign
	case sops:
		d.Err = ErrEncrypted
		d.Opaque = strings.HasPrefix(d.Key.Kind+d.Key.Name, "ENC[") || d.Key.Name == "" || strings.HasPrefix(d.Key.Name, "ENC[")
	case strings.Contains(d.Key.Group+d.Key.Kind+d.Key.Namespace+d.Key.Name, "{{"):
		d.Err, d.Opaque = ErrTemplate, true
	default:
		if d.Object, d.Err = core.NewObject(doc); d.Object != nil {
			d.Template = template(d.Object.Fields)
		}
	}
	return d
}

// template tells whether a string in a decoded value looks like a template.
func template(v any) bool {
	switch t := v.(type) {
	case string:
		_, after, ok := strings.Cut(t, "{{")
		return ok && strings.Contains(after, "}}")
	case []any:
		return slices.ContainsFunc(t, template)
	case map[string]any:
		for k, e := range t {
			if template(k) || template(e) {
				return true
			}
		}
	}
	return false
}

func identity(doc map[string]any) (k core.Key) {
	apiVersion, _ := doc["apiVersion"].(string)
	k.Group, _, _ = strings.Cut(apiVersion, "/")
	if !strings.Contains(apiVersion, "/") {
		k.Group = ""
	}
	k.Kind, _ = doc["kind"].(string)
	meta, _ := doc["metadata"].(map[string]any)
	k.Name, _ = meta["name"].(string)
	k.Namespace, _ = meta["namespace"].(string)
	return k
}

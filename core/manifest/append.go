package manifest

import (
	"bytes"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"selvage/core"
)

// Append adds a decoded document (see [core.Document]) at the end of a file, in
// the layout of the last document that shows one, else in house style as
// [Render] writes. The bytes of the file stay as they are. It refuses where the
// file is JSON, or cannot be read.
func Append(file []byte, doc map[string]any) ([]byte, error) {
	e, err := newEdit(file, "")
	if err != nil {
		return nil, err
	}
	y, eol := house(), "\n"
	if i := bytes.IndexByte(e.text, '\n'); i > 0 && e.text[i-1] == '\r' {
		eol = "\r\n"
	}
	for i, c := range slices.Backward(e.chunks) {
		if _, ok := decodeJSON(c.text); ok {
			return nil, &Refusal{Line: c.content, Reason: "a JSON file holds no further document"}
		}
		if i < len(e.chunks)-4 {
			break // so many tell enough
		}
	}
	for _, c := range slices.Backward(e.chunks) {
		var root yamlv3.Node
		if len(c.text) > looked || yamlv3.Unmarshal(c.text, &root) != nil || len(root.Content) != 1 {
			continue
		}
		s := newSource(slices.Concat(c.text, []byte("\n")))
		y = s.styleOf(s.place(root.Content[0], 0, -1), y)
		break
	}
	lines, err := y.document(doc)
	if err != nil {
		return nil, &Refusal{Reason: err.Error()}
	}
	var out bytes.Buffer
	out.Write(file)
	whole := len(e.text) == 0 || bytes.HasSuffix(e.text, []byte("\n"))
	if !whole {
		out.WriteString(eol)
	}
	if len(e.chunks) > 0 && !open(e.text) {
		out.WriteString("---" + eol)
	}
	out.WriteString(strings.Join(lines, eol))
	if whole {
		out.WriteString(eol)
	}
	return out.Bytes(), e.appended(out.Bytes(), doc)
}

// open tells whether a file ends with a marker and no document behind it.
func open(text []byte) bool {
	s := newSource(text)
	for at := len(text); at > 0; {
		at = s.lineStart(at - 1)
		if _, comment, blank := s.remark(at); comment || blank {
			continue
		}
		rest, ok := marker(text[at:s.nextLine(at)], "---")
		rest = bytes.TrimLeft(rest, " \t\r\n")
		return ok && (len(rest) == 0 || rest[0] == '#')
	}
	return false
}

// appended is the gate of [Append]: the last document is the new one, and the
// others are as they were.
func (e *edit) appended(file []byte, doc map[string]any) error {
	refuse := func(reason string) error {
		return &Refusal{Reason: reason, After: core.ValueOf(doc)}
	}
	text, err := e.limits.text(file)
	if err != nil {
		return refuse(err.Error())
	}
	got := slices.Collect(chunks(text))
	if len(got) != len(e.chunks)+1 {
		return refuse("the file would hold another number of documents")
	}
	for i, c := range e.chunks {
		if bytes.Equal(got[i].text, c.text) {
			continue
		}
		// It had no line break at its end.
		was, err := e.limits.decode(c)
		is, now := e.limits.decode(got[i])
		if err != nil || now != nil || !core.EqualJSON(any(was), any(is)) {
			return refuse("another document of the file would change")
		}
	}
	values, syntax := e.limits.decode(got[len(got)-1])
	if syntax != nil || len(values) != 1 || !core.EqualJSON(values[0], doc) {
		return refuse("the new document would be read as another one")
	}
	var young yamlv3.Node
	odd := map[string]int{}
	if err := yamlv3.Unmarshal(got[len(got)-1].text, &young); err != nil {
		return refuse(err.Error())
	}
	otherwise(&young, values[0], odd)
	for what, n := range odd {
		if n <= 0 {
			continue
		}
		return refuse(what + " would be read in two ways")
	}
	return nil
}

package manifest

import (
	"bytes"

	"selvage/core"
)

// Text is the document of an object as it stands in a file, with the comments in
// it and no marker in front. It is nil where the object shares its document with
// others, as the items of a List do. Where the document names no namespace, the
// object is in the one that is given.
//
// The error is a [*Refusal] where the file does not hold the object, or holds it
// twice, and a [*SyntaxError] where it cannot be read.
func Text(file []byte, namespace string, object core.Key) ([]byte, error) {
	e, err := newEdit(file, namespace)
	if err != nil {
		return nil, err
	}
	// A change of nothing finds the document, and whether it is the only one.
	c := Change{Object: object, Path: core.Root}
	if err := e.take(c); err != nil {
		return nil, err
	}
	for i, d := range e.docs {
		if d.changes[0].object != core.Root {
			return nil, nil
		}
		text := e.chunks[i].text
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		if behind, ok := marker(line, "---"); ok {
			if text = rest; len(bytes.TrimSpace(behind)) > 0 {
				text = bytes.TrimLeft(e.chunks[i].text[len("---"):], " \t")
			}
		}
		return bytes.Clone(text), nil
	}
	return nil, nil
}

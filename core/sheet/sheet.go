package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
	"selvage/core/manifest"
)

// mark begins every line of a sheet's head.
const mark = "#:"

// Sheet is one object to be edited.
type Sheet struct {
	Fabric core.FabricID
	// Namespace is the fabric's: that of a document which names none.
	Namespace string
	Key       core.Key // with its namespace
	Name      string   // of the object, as the fabric calls it
	// Document is the object's manifest: as it stands in Git, or of what live says.
	Document []byte
	// File is where in Git that stands; "" where Git does not have the object. It
	// is decided as a whole then.
	File string
	// Shape tells how the items of lists are identified, Schema what fields there
	// are. Either may be nil, where nothing is known.
	Shape, Schema *core.SchemaNode

	desk desk
}

// Problem is why a text is not taken.
type Problem struct {
	Line   int    // of the text, from 1 and without its head; 0 where it is about no line
	Reason string // on one line; may quote the text
}

// String is "line 3: reason".
func (p Problem) String() string {
	if p.Line == 0 {
		return p.Reason
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Reason)
}

// Rendered is the document of an object that no file holds: in house style.
func Rendered(k core.Key, version string, fields map[string]any) ([]byte, error) {
	return manifest.Render(core.Document(k, version, fields))
}

// Text is what an editor opens with.
func (s Sheet) Text() []byte { return s.Again(s.opened()) }

// opened is the document that an editor opens with.
func (s Sheet) opened() []byte {
	if s.desk.text != nil {
		return s.desk.text
	}
	return s.Document
}

// Again is a text that an editor left behind, to be opened once more, with what is
// wrong with it on top: as lines of what is opened.
func (s Sheet) Again(text []byte, problems ...Problem) []byte {
	var out bytes.Buffer
	for _, line := range s.head(problems) {
		out.WriteString(strings.TrimRight(mark+" "+line, " ") + "\n")
	}
	out.Write(body(text))
	return out.Bytes()
}

// Within gives problems as they are told on top of what [Sheet.Again] makes of them:
// with the lines of that text, which has a head.
func (s Sheet) Within(problems ...Problem) []Problem {
	length := len(s.head(problems))
	moved := slices.Clone(problems)
	for i := range moved {
		if moved[i].Line > 0 {
			moved[i].Line += length
		}
	}
	return moved
}

// head are the lines over a text, without their marks.
func (s Sheet) head(problems []Problem) []string {
	where := "as live has it; git does not have the object"
	if s.File != "" {
		where = "as git has it in " + s.File
	}
	head := []string{
		fmt.Sprintf("%s of %s, %s.", s.Name, s.Fabric, where),
		"Save and leave: what you changed becomes drafts, which selvage sync publishes. A text",
		"that says the same, or nothing, decides nothing. Comments stay as git has them: those",
		"that you change here are not kept.",
	}
	head = append(head, s.desk.head(s.File != "")...)
	if len(problems) > 0 {
		head = append(head, "", "This cannot be taken, and nothing is decided yet:")
		length := len(head) + len(problems)
		for _, p := range problems {
			if p.Line > 0 {
				p.Line += length
			}
			head = append(head, "  "+strings.Join(strings.Fields(p.String()), " "))
		}
	}
	return head
}

// body is a text without its head.
func body(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for bytes.HasPrefix(text, []byte(mark)) {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return text
}

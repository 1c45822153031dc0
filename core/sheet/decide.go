package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"selvage/core"
	"selvage/core/manifest"
	"selvage/core/merge"
)

// Decisions are what a person wants who made a text of the sheet, none where it says
// what the sheet said, or nothing at all; and the drafts that are to go, as their
// places say again what Git says. Where there are problems there is neither.
func (s Sheet) Decisions(text []byte) (decisions []core.Decision, dropped []int64, problems []Problem) {
	text = body(text)
	if bytes.Equal(text, s.opened()) {
		return nil, nil, nil
	}
	want, line, problem := s.read(text)
	if problem != nil {
		return nil, nil, []Problem{*problem}
	}
	if want == nil {
		return nil, nil, nil
	}
	git, _, wrong := s.read(s.Document)
	have, _, problem := s.read(s.opened())
	if problem != nil || wrong != nil || git == nil || have == nil {
		return nil, nil, []Problem{{Reason: "what the sheet was made of cannot be read itself: " + s.File}}
	}
	moves := merge.ThreeWay(core.ValueOf(have), core.ValueOf(have), core.ValueOf(want), s.Shape).Moves
	if len(moves) == 0 {
		return nil, nil, nil
	}
	find := finder{core.ValueOf(have), core.ValueOf(want), manifest.NewLocator(text), line}
	for _, m := range moves {
		problems = append(problems, s.wrong(m, find)...)
		decisions = append(decisions, core.Decision{Key: s.Key, Path: m.Path, Choice: core.TakeEdited, Value: m.To, From: "editor"})
	}
	switch {
	case len(problems) > 0:
		return nil, nil, problems
	case s.File == "":
		return []core.Decision{{Key: s.Key, Path: core.Root, Choice: core.TakeEdited, Value: fieldsOf(core.ValueOf(want)), From: "editor"}}, nil, nil
	case s.desk.text == nil:
		return decisions, s.desk.instead, nil
	}
	decisions, dropped = s.over(moves, core.ValueOf(git), core.ValueOf(want))
	if err := s.comes(core.ValueOf(want), decisions, dropped); err != nil {
		return nil, nil, []Problem{{Reason: "it does not go together with the drafts that stand, drop those first: " + core.OneLine(err)}}
	}
	return decisions, dropped, nil
}

// fieldsOf is what is compared of the object that a document holds, which was read
// before; absent for anything else.
func fieldsOf(document core.Value) core.Value {
	doc, _ := document.Any().(map[string]any)
	o, err := core.NewObject(core.CloneJSON(doc))
	if err != nil {
		return core.Value{}
	}
	return core.ValueOf(o.Fields)
}

// read is the one document of a text, and the line that it begins at; nil where
// there is none.
func (s Sheet) read(text []byte) (map[string]any, int, *Problem) {
	values, err := manifest.Values(text)
	var syntax *manifest.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, 0, &Problem{syntax.Line, syntax.Reason}
	case err != nil:
		return nil, 0, &Problem{Reason: err.Error()}
	}
	values = slices.DeleteFunc(values, func(v any) bool { return v == nil })
	docs, err := manifest.Parse(text)
	if err != nil || len(values) == 0 {
		return nil, 0, nil
	}
	line := 1
	if len(docs) > 0 {
		line = docs[0].Line
	}
	if len(values) > 1 {
		return nil, 0, &Problem{Reason: fmt.Sprintf("it holds %d documents: a sheet is about one object", len(values))}
	}
	o, err := core.NewObject(core.CloneJSON(values[0]))
	if err != nil {
		return nil, 0, &Problem{line, err.Error()}
	}
	if o.Key.Namespace == "" {
		o.Key.Namespace = s.Namespace
	}
	want := s.placed()
	if o.Key != want {
		return nil, 0, &Problem{line, fmt.Sprintf("it is %s now: kind, name and namespace say which object it is, and stay (this one is %s)", named(o.Key), named(want))}
	}
	doc, _ := values[0].(map[string]any)
	return doc, line, nil
}

func named(k core.Key) string { return k.GroupKind().String() + "/" + k.Namespace + "/" + k.Name }

// wrong tells why a change cannot be decided.
func (s Sheet) wrong(m merge.Move, find finder) []Problem {
	if at := kept(m.Path); at != "" {
		return []Problem{{find.line(m.Path), fmt.Sprintf("%s is not decided by anybody: the server sets it, or it says which object this is", at)}}
	}
	if m.Path.Under(".metadata") || !m.To.Present() {
		return nil
	}
	node, known := s.Schema, true
	for _, step := range m.Path.Steps() {
		if !known {
			return nil // inside of what stood there before
		}
		node, known = node.Step(step)
	}
	if !known {
		return find.unknown(m.Path)
	}
	return find.check(m.To.Any(), node, m.Path)
}

// kept is the place that a path lies at or in which is not a person's to set; "" for
// none.
func kept(p core.Path) core.Path {
	steps := p.Steps()
	switch {
	case len(steps) == 0:
		return p
	case steps[0] == ".apiVersion", steps[0] == ".kind", steps[0] == ".status":
		return core.Path(steps[0])
	case steps[0] != ".metadata":
		return ""
	case len(steps) == 1:
		return p
	case steps[1] == ".labels", steps[1] == ".annotations":
		return ""
	}
	return core.Path(steps[0] + steps[1])
}

// finder tells where places stand in a text.
type finder struct {
	have, want core.Value
	locator    *manifest.Locator
	first      int // the document's line
}

func (f finder) line(p core.Path) int {
	at, v := core.Root, f.want
	for _, step := range p.Steps() {
		if i := v.Index(step); i >= 0 {
			at = at.Index(i)
		} else if key, ok := core.StepKey(step); ok {
			at = at.Key(key)
		} else {
			break
		}
		v = v.Step(step)
	}
	line, _ := f.locator.Locate(f.first, at)
	return line
}

// unknown is a field that the schema does not have, unless it stood there before.
func (f finder) unknown(p core.Path) []Problem {
	if f.have.At(p).Present() {
		return nil
	}
	return []Problem{{f.line(p), fmt.Sprintf("unknown field %s: the cluster would drop it", p)}}
}

// check tells what of a value the schema does not allow, as far as it tells.
func (f finder) check(v any, n *core.SchemaNode, at core.Path) []Problem {
	if n == nil || v == nil {
		return nil
	}
	list, dict := n.Items != nil, len(n.Properties) > 0 || n.Values != nil
	var all []Problem
	switch t := v.(type) {
	case map[string]any:
		if list {
			return []Problem{{f.line(at), fmt.Sprintf("%s is to be a list", at)}}
		}
		for _, k := range sorted(t) {
			next, known := n.Step(string(core.Path("").Key(k)))
			if !known {
				all = append(all, f.unknown(at.Key(k))...)
				continue
			}
			all = append(all, f.check(t[k], next, at.Key(k))...)
		}
	case []any:
		if dict {
			return []Problem{{f.line(at), fmt.Sprintf("%s is to be a map", at)}}
		}
		for i, e := range t {
			all = append(all, f.check(e, n.Items, at.Index(i))...)
		}
	default:
		switch {
		case list:
			return []Problem{{f.line(at), fmt.Sprintf("%s is to be a list", at)}}
		case dict:
			return []Problem{{f.line(at), fmt.Sprintf("%s is to be a map", at)}}
		}
	}
	return all
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

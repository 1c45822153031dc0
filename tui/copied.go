package tui

import (
	"strings"

	"selvage/core"
	"selvage/themes"
)

// What y and Y copy on each screen.

// plainValue is a value as a person types it: a text without its quotes, anything
// larger as YAML.
func plainValue(v core.Value) string {
	switch t := v.Any().(type) {
	case nil:
		return ""
	case string:
		return t
	default:
		return strings.Join(core.Block(t), "\n")
	}
}

// lineText is what the line under the cursor says, without its mark; where it is broken
// or cut all of it.
func (r *reader) lineText() string {
	if r.text != nil && len(r.text.lines) > 0 {
		if l := r.text.lines[r.window.Cursor()]; l.command.Len() == 0 && l.whole.Len() > 0 {
			return strings.TrimSpace(l.whole.String())
		}
	}
	return strings.TrimSpace(r.rawText())
}

// rawText is that text with its mark and its indentation; of a command all of it.
func (r *reader) rawText() string {
	if r.text == nil || len(r.text.lines) == 0 {
		return ""
	}
	var b strings.Builder
	l := r.text.lines[r.window.Cursor()]
	if l.command.Len() > 0 {
		return l.command.String()
	}
	for _, p := range append(l.left[:len(l.left):len(l.left)], l.cells...) {
		b.WriteString(p.text.String())
		if l.table != nil {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// Copied is the name of the fabric.
func (p *fabricsPane) Copied(e Env) (string, any) {
	f, ok := p.selected()
	if !ok {
		return "", nil
	}
	return string(f.Fabric.ID), f.FabricState
}

// Copied is the name of the object, as commands take it, or the names of those that
// are chosen.
func (p *detailPane) Copied(e Env) (string, any) {
	f, ok := e.fabric()
	if !ok {
		return "", nil
	}
	objects := p.about()
	switch len(objects) {
	case 0:
		return "", nil
	case 1:
		return f.Fabric.Label(objects[0].Key), *objects[0]
	}
	names := make([]string, len(objects))
	for i, v := range objects {
		names[i] = f.Fabric.Label(v.Key)
	}
	return strings.Join(names, "\n"), nil
}

// diffMark stands before each line of a unified diff.
const diffMark = "- "

// halfText is what one side of a split diff says, without its number, its mark and
// who set it.
func halfText(parts []part) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 1 && p.role != themes.Dim {
			b.WriteString(p.text.String())
		}
	}
	return strings.TrimSpace(b.String())
}

// Copied is the path under the cursor, or the value of the side whose line it is
// on.
func (p *diffPane) Copied(e Env) (string, any) {
	if p.gone {
		return "", nil
	}
	text := strings.TrimSpace(p.rawText())
	if p.text != nil && len(p.text.lines) > 0 && p.text.lines[p.window.Cursor()].command.Len() > 0 {
		return text, p.about
	}
	switch raw := p.rawText(); p.view(e.Width) {
	case viewUnified:
		return strings.TrimSpace(raw[min(len(diffMark), len(raw)):]), p.about
	case viewSplit:
		if l := p.text.lines[p.window.Cursor()]; l.bar > 0 {
			text = halfText(l.left[l.bar+1:])
			if text == "" {
				text = halfText(l.left[:l.bar])
			}
		}
		return text, p.about
	case viewFields:
	}
	off, _ := split(&p.about)
	at, row := p.where()
	if at < 0 || at >= len(off) {
		return p.lineText(), p.about
	}
	live, git := plainValue(off[at].Live), plainValue(off[at].Git)
	minus, plus := live, git
	if p.options.flip {
		minus, plus = git, live
	}
	switch c := off[at]; {
	case row == 0 && c.Path == core.Root:
		f, _ := e.fabric()
		return f.Fabric.Label(p.about.Key), p.about
	case row == 0:
		return string(c.Path), p.about
	case strings.HasPrefix(text, "- ") && minus != "":
		return minus, p.about
	case strings.HasPrefix(text, "+ ") && plus != "":
		return plus, p.about
	}
	return p.lineText(), p.about
}

// Copied is the object and the path, and the object with that difference alone.
func (p *resolvePane) Copied(e Env) (string, any) {
	f, ok := e.fabric()
	if !ok {
		return "", nil
	}
	m, ok := p.selected()
	if !ok {
		return "", nil
	}
	v := *m.verdict
	v.Changes = []core.Change{m.change}
	return strings.TrimSpace(f.Fabric.Label(v.Key) + " " + string(m.change.Path)), v
}

// Copied is the object and the path.
func (p *draftsPane) Copied(e Env) (string, any) {
	f, _ := e.fabric()
	d, ok := p.selected()
	if !ok {
		return "", nil
	}
	return strings.TrimSpace(f.Fabric.Label(d.Key) + " " + string(d.Path)), d
}

// Copied is what the line says, and its entry; of an edit that was overwritten the
// value: it may be wanted back.
func (p *historyPane) Copied(e Env) (string, any) {
	r, ok := p.selected()
	if !ok {
		return "", nil
	}
	if o, is := r.entry.What.(core.Overwritten); is {
		if text := plainValue(o.Live); text != "" {
			return text, r.entry
		}
		return string(o.Path), r.entry
	}
	return strings.TrimSpace(r.word.text.String() + " " + r.says.String()), r.entry
}

// Copied is the line, and the plan.
func (p *planPane) Copied(e Env) (string, any) {
	if a := p.plan(e); a != nil {
		return p.lineText(), a.shown
	}
	return p.lineText(), nil
}

// Copied is the line, and the run.
func (p *runPane) Copied(e Env) (string, any) {
	f := p.fabric(e)
	if f.Run == nil {
		return p.lineText(), nil
	}
	return p.lineText(), f.Run
}

// Copied is the line, and the verdict that is explained.
func (p *explainPane) Copied(e Env) (string, any) {
	if f, _ := e.fabric(); f.Report != nil {
		for _, v := range f.Report.Verdicts {
			if v.Key == e.Place.Object {
				return p.lineText(), v
			}
		}
	}
	return p.lineText(), nil
}

// Copied is the line, and the fabric.
func (p *enginePane) Copied(e Env) (string, any) {
	f, ok := e.fabric()
	if !ok {
		return "", nil
	}
	return p.lineText(), f
}

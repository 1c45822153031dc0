package tui

import (
	"slices"

	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// keysPane lists every key of every screen, as this person has them.
type keysPane struct {
	textPane[int] // the width is all that it is made of
}

func newKeysPane() Pane { return &keysPane{} }

// load brings the text up to date.
func (p *keysPane) load(e Env) {
	if p.anew(e.Width) {
		p.show(keysText(e.keymap, e.Width), false)
	}
	p.search(e.Filter)
}

// keysText is the table of all keys, a part for each family of screens. What a person
// changed says what it was.
func keysText(k *Keymap, width int) *scroll {
	d := newScroll(width)
	columns := []widget.Column{
		{Width: 12, Min: 8},
		{Width: 20, Min: 12, Grow: true},
		{Width: 24, Min: 12, Rank: 1, Cut: widget.CutStart},
	}
	if len(k.changed()) > 0 {
		columns = append(columns, widget.Column{Width: 14, Min: 8, Rank: 2})
	}
	table := widget.NewTable(width, columns)
	all := byScope(k.bindings)
	for i, b := range all {
		if i == 0 || b.scope != all[i-1].scope {
			d.head()
			d.changes++
			d.add(scrollLine{fold: -1, left: []part{{role: themes.Title, text: safe.Clean(string(b.scope))}}})
		}
		cells := []part{
			{role: themes.Key, text: safe.Clean(keyWords(b.keys))},
			{role: themes.Text, text: safe.Clean(b.help)},
			{role: themes.Dim, text: safe.Clean(string(b.action))},
		}
		if len(columns) > len(cells) {
			was := part{}
			if keys := standardKeys(b); !slices.Equal(keys, b.keys) {
				was = part{role: themes.Dim, text: safe.Sprintf("else %s", keyWords(keys))}
				cells[0].role = themes.Match
			}
			cells = append(cells, was)
		}
		d.add(scrollLine{fold: -1, table: table, cells: cells})
	}
	return d
}

// standardKeys are the keys that a binding has where nobody chose others.
func standardKeys(b binding) []string {
	for _, o := range bindings() {
		if o.scope == b.scope && o.action == b.action {
			return o.keys
		}
	}
	return b.keys // of a tool
}

func (p *keysPane) View(e Env) Frame {
	s := e.Style
	title := safe.Lit("keys")
	frame := Frame{
		Title: []widget.Span{{Ink: s.ink(themes.Header), Text: title}},
		Facts: []widget.Span{{Ink: s.ink(themes.Dim), Text: safe.Lit("other keys: `keys: {action: key}` in the configuration")}},
		Brief: []widget.Span{{Ink: s.ink(themes.Text), Text: title}},
	}
	if n := len(e.keymap.changed()); n > 0 {
		frame.Facts = []widget.Span{{Ink: s.ink(themes.Dim), Text: safe.Sprintf("%s by you", plural(n, "action"))}}
	}
	return p.under(e, nil, frame)
}

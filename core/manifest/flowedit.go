package manifest

import (
	"maps"
	"slices"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"selvage/core"
)

// replaceFlow makes the text of a collection between brackets say want. What
// stays of it stays as it is, comments and line breaks too.
func (r *rewriter) replaceFlow(s slot, have, want any) error {
	text, err := r.flow(s, have, want)
	if err != nil {
		return err
	}
	r.put(s, s.place.start, s.place.end, block{head: text})
	return nil
}

// piece is an entry of a collection between brackets, with what stands around
// it: lead before it, gap up to its comma, and note up to the end of the line.
type piece struct {
	lead, text, gap, note string
	column                int // of the comment in note, if it stands there on purpose; else -1
}

// flow is the text of a value between brackets once it says want.
func (r *rewriter) flow(s slot, have, want any) (string, error) {
	p := s.place
	if core.EqualJSON(have, want) {
		return string(r.text[p.start:p.end]), nil
	}
	if err := r.touch(s); err != nil {
		return "", err
	}
	if p.node.Kind == yamlv3.AliasNode && collected(have) && collected(want) {
		return "", r.stop(s, "it is an alias of &%s", p.node.Value)
	}
	h, isMap := have.(map[string]any)
	w, toMap := want.(map[string]any)
	list, isList := have.([]any)
	to, toList := want.([]any)
	switch {
	case isMap && toMap && len(h) > 0 && len(w) > 0 && p.node.Kind == yamlv3.MappingNode:
		return r.flowMap(s, h, w)
	case isList && toList && len(list) > 0 && len(to) > 0 && p.node.Kind == yamlv3.SequenceNode:
		return r.flowList(s, list, to)
	}
	if n := anchored(p.node); n != nil {
		return "", r.stop(s, "it holds the anchor &%s", n.Anchor)
	}
	var text string
	var err error
	if str, ok := want.(string); ok {
		text, err = r.quoted(p, str, true)
	} else {
		text, err = r.style.inline(want, true)
	}
	if err != nil {
		return "", r.stop(s, "%v", err)
	}
	if p.start == p.end && p.start > 0 && r.text[p.start-1] == ':' {
		text = " " + text
	}
	return text, nil
}

func (r *rewriter) flowMap(s slot, have, want map[string]any) (string, error) {
	p := s.place
	names, err := r.names(s, have, want)
	if err != nil {
		return "", err
	}
	f, beside := r.pieces(p), values(p)
	added := map[int][]string{}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if _, ok := have[k]; ok {
			continue
		}
		text, err := r.style.inline(want[k], true)
		if err != nil {
			return "", r.stop(s, "%v", err)
		}
		e := p.entries[0]
		colon := ":"
		if e.after < e.value.start || p.node.Content[1].Value == "" {
			colon = ": "
		}
		key := r.style.key(k, true)
		if e.key.node.Style&yamlv3.DoubleQuotedStyle != 0 {
			key = doubleQuoted(k)
		}
		if colon == ":" && !strings.HasPrefix(key, `"`) {
			colon = ": "
		}
		at := r.neighbour(s, want, k)
		added[at] = append(added[at], key+colon+text)
	}
	var out []piece
	for i := -1; i < len(p.entries); i++ {
		if i >= 0 {
			e := p.entries[i]
			k := names[i]
			w, ok := want[k]
			if !ok {
				if err := r.loses(s.path.Key(k), e.value); err != nil {
					return "", err
				}
			} else {
				text, err := r.flow(slot{place: e.value, path: s.path.Key(k), after: e.after, beside: beside}, have[k], w)
				if err != nil {
					return "", err
				}
				f.pieces[i].text = string(r.text[e.start:max(e.value.start, e.after)]) + text
				out = append(out, f.pieces[i])
			}
		}
		for _, text := range added[i] {
			out = append(out, newPiece(f.lead, text))
		}
	}
	return f.join(out), nil
}

func newPiece(lead, text string) piece { return piece{lead: lead, text: text, column: -1} }

func (r *rewriter) flowList(s slot, have, want []any) (string, error) {
	p := s.place
	if len(p.entries) != len(have) {
		return "", r.stop(s, "its items are not all found")
	}
	f, beside := r.pieces(p), values(p)
	a := align(have, want)
	var out []piece
	for j, i := range a.from {
		if i < 0 {
			text, err := r.style.inline(want[j], true)
			if err != nil {
				return "", r.stop(s, "%v", err)
			}
			out = append(out, newPiece(f.lead, text))
			continue
		}
		e := p.entries[i]
		text, err := r.flow(slot{place: e.value, path: s.path.Index(i), after: e.after, beside: beside}, have[i], want[j])
		if err != nil {
			return "", err
		}
		f.pieces[i].text = text
		out = append(out, f.pieces[i])
	}
	for i, taken := range a.taken {
		if taken {
			continue
		}
		if err := r.loses(s.path.Index(i), p.entries[i].value); err != nil {
			return "", err
		}
	}
	return f.join(out), nil
}

// brackets is the text of a collection between brackets, cut into pieces.
type brackets struct {
	open, shut string
	before     int // columns before the opening one
	pieces     []piece
	first      string // what stands before the first entry, but for comments
	lead       string // what goes before one that is added
	line       string // what begins a new line
	comma      bool   // behind the last one, too
	closing    string // what stands before the closing bracket
}

func (r *rewriter) pieces(p *place) brackets {
	text := func(from, to int) string { return string(r.text[from:max(from, to)]) }
	f := brackets{shut: text(p.end-1, p.end), lead: " ", before: columns(text(r.lineStart(p.start), p.start))}
	if r.style.json && len(p.entries) > 0 && p.node.Kind == yamlv3.MappingNode && p.entries[0].after == p.entries[0].value.start {
		f.lead = ""
	}
	at := p.start + 1
	if end, ok := r.lineFrom(at, p.end-1); ok {
		at = end
	}
	f.open = text(p.start, at)
	for i, e := range p.entries {
		c := newPiece(text(at, e.start), text(e.start, e.end()))
		if at = e.end(); e.comma >= 0 {
			c.gap = text(at, e.comma)
			at = e.comma + 1
		}
		if end, ok := r.lineFrom(at, p.end-1); ok {
			c.note = text(at, end)
			if comment, _ := r.rest(at); comment >= 0 && r.aligned(at, comment) {
				c.column = columns(text(r.lineStart(at), comment))
			}
			at = end
		}
		if i == 0 {
			f.first = lastLine(c.lead)
		}
		if strings.Contains(c.lead, "\n") {
			f.lead = lastLine(c.lead)
			f.line = f.lead
		} else if i == 1 && strings.Trim(c.lead, " ") == "" {
			f.lead = c.lead
		}
		f.pieces = append(f.pieces, c)
	}
	if n := len(p.entries); n > 0 {
		f.comma = p.entries[n-1].comma >= 0
	}
	f.closing = text(at, p.end-1)
	if f.line == "" {
		f.line = lastLine(f.closing) + strings.Repeat(" ", r.style.step)
	}
	return f
}

// lastLine is the last line of a text with the line break before it.
func lastLine(s string) string {
	i := strings.LastIndexByte(s, '\n')
	if i > 0 && s[i-1] == '\r' {
		i--
	}
	return s[max(i, 0):]
}

// lineFrom is the end of a line that holds nothing from an offset on but a
// comment, and does not hold the closing bracket.
func (r *rewriter) lineFrom(at, closing int) (end int, ok bool) {
	if _, ok := r.rest(at); !ok {
		return at, false
	}
	end = r.lineEnd(at)
	return end, end <= closing
}

// join puts pieces between the brackets again. Nothing comes to stand behind a
// comment, and every piece keeps the comments above it, and the one behind it in
// its column.
func (f brackets) join(out []piece) string {
	var b strings.Builder
	b.WriteString(f.open)
	note := f.open
	for i, c := range out {
		lead := c.lead
		switch broken := strings.Contains(lead, "\n"); {
		case strings.Contains(lead, "#"):
		case i == 0 && (!broken || !strings.Contains(f.first, "\n")):
			lead = f.first
		case i > 0 && lead == f.first && !broken:
			lead = f.lead
		}
		if strings.Contains(note, "#") && !strings.Contains(lead, "\n") {
			lead = f.line
		}
		note = c.note
		b.WriteString(lead)
		b.WriteString(c.text)
		b.WriteString(c.gap)
		if i+1 < len(out) || f.comma {
			b.WriteByte(',')
		}
		if c.column >= 0 {
			line := b.String()
			here := columns(line[strings.LastIndexByte(line, '\n')+1:])
			if !strings.Contains(line, "\n") {
				here += f.before
			}
			c.note = strings.Repeat(" ", max(1, c.column-here)) + c.note[strings.IndexByte(c.note, '#'):]
		}
		b.WriteString(c.note)
	}
	if strings.Contains(note, "#") && !strings.Contains(f.closing, "\n") {
		b.WriteString(f.line)
	}
	b.WriteString(f.closing)
	b.WriteString(f.shut)
	return b.String()
}

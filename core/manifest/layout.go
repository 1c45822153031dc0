package manifest

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// place is a node of a document and where its text stands.
type place struct {
	node *yamlv3.Node
	// start and end bound the text, without anchor and tag before it and without
	// the line break behind it. They are equal where the value is left out: then
	// a value would go there, behind a blank.
	start, end int
	entries    []spot // of a collection
	odd        string // why nothing can be edited here, "" where it can
}

// spot is an entry of a map or an item of a list.
type spot struct {
	key   *place // nil in lists
	value *place
	start int // of the key, of the dash, or of an item between brackets
	after int // behind the colon or the dash; start of an item between brackets
	comma int // between brackets: where the comma behind it is, -1 without one
}

func (s spot) end() int { return max(s.value.end, s.after) }

func (p *place) flow() bool  { return p.node.Style&yamlv3.FlowStyle != 0 }
func (p *place) block() bool { return p.node.Style&(yamlv3.LiteralStyle|yamlv3.FoldedStyle) != 0 }

// collection tells whether the node is a map or list in block style.
func (p *place) collection() bool {
	return !p.flow() && (p.node.Kind == yamlv3.MappingNode || p.node.Kind == yamlv3.SequenceNode)
}

// source is the text of a document that ends with a line break, by its lines.
type source struct {
	text  []byte
	lines []int // where each begins
}

func newSource(text []byte) source {
	s := source{text: text, lines: []int{0}}
	for i, c := range text {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// at is the offset of a line and a column, both from 1, the column in
// characters.
func (s source) at(line, column int) int {
	if line < 1 || line > len(s.lines) {
		return len(s.text)
	}
	i := s.lines[line-1]
	for ; column > 1 && i < len(s.text); column-- {
		_, n := utf8.DecodeRune(s.text[i:])
		i += n
	}
	return i
}

// line is the number of the line that holds an offset, from 1.
func (s source) line(at int) int {
	return sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > at })
}

// lineStart is where the line of an offset begins.
func (s source) lineStart(at int) int { return bytes.LastIndexByte(s.text[:at], '\n') + 1 }

// lineEnd is where the line of an offset ends, without its line break.
func (s source) lineEnd(at int) int {
	i := bytes.IndexByte(s.text[at:], '\n')
	if i < 0 {
		return len(s.text)
	}
	if i > 0 && s.text[at+i-1] == '\r' {
		i--
	}
	return at + i
}

// nextLine is where the line after that of an offset begins.
func (s source) nextLine(at int) int {
	i := bytes.IndexByte(s.text[at:], '\n')
	if i < 0 {
		return len(s.text)
	}
	return at + i + 1
}

// column is the number of bytes before an offset in its line.
func (s source) column(at int) int { return at - s.lineStart(at) }

// begins tells whether only blanks stand before an offset in its line.
func (s source) begins(at int) bool {
	return len(bytes.Trim(s.text[s.lineStart(at):at], " ")) == 0
}

// rest tells whether the line holds nothing from an offset on but blanks and a
// comment.
func (s source) rest(at int) (comment int, ok bool) {
	i := s.blanks(at)
	switch {
	case i >= s.lineEnd(at):
		return -1, true
	case s.text[i] == '#' && (i > at || i == 0):
		return i, true
	}
	return -1, false
}

// remark tells how far a line is indented that holds a comment alone, and
// whether it is blank.
func (s source) remark(start int) (indent int, comment, blank bool) {
	line := s.text[start:s.lineEnd(start)]
	trimmed := bytes.TrimLeft(line, " \t")
	return len(line) - len(trimmed), len(trimmed) > 0 && trimmed[0] == '#', len(trimmed) == 0
}

func (s source) blanks(at int) int {
	for at < len(s.text) && (s.text[at] == ' ' || s.text[at] == '\t') {
		at++
	}
	return at
}

// space is the first offset from at on that holds neither white space nor a
// comment.
func (s source) space(at int) int {
	for at < len(s.text) {
		switch c := s.text[at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			at++
		case c == '#' && (at == 0 || strings.IndexByte(" \t\r\n,[]{}", s.text[at-1]) >= 0):
			at = s.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

func (s source) is(at int, c byte) bool { return at < len(s.text) && s.text[at] == c }

// props is where a node begins behind its anchor and tag.
func (s source) props(at int) int {
	for s.is(at, '&') || s.is(at, '!') {
		for at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[at]) < 0 {
			at++
		}
		at = s.space(at)
	}
	return at
}

// place finds where a node stands. hint is where a value would go that is left
// out, or where the search for a list's first dash begins; indent is the column
// of the block collection around it, -1 for none.
func (s source) place(n *yamlv3.Node, hint, indent int) *place {
	p := &place{node: n, start: hint, end: hint}
	switch n.Kind {
	case yamlv3.AliasNode:
		p.start = s.at(n.Line, n.Column)
		p.end = min(p.start+1+len(n.Value), len(s.text))
	case yamlv3.ScalarNode:
		s.scalar(p, indent)
	case yamlv3.MappingNode:
		if p.flow() {
			s.flow(p)
		} else {
			s.mapping(p)
		}
	case yamlv3.SequenceNode:
		if p.flow() {
			s.flow(p)
		} else {
			s.sequence(p, hint)
		}
	default:
		p.odd = "what stands there is not understood"
	}
	if p.end > len(s.text) || p.start > p.end {
		p.start, p.end, p.odd = hint, hint, "its place in the text is not found"
	}
	return p
}

func (s source) mapping(p *place) {
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		k, v := p.node.Content[i], p.node.Content[i+1]
		key := s.place(k, s.at(k.Line, k.Column), -1)
		colon := s.blanks(key.end)
		if k.Kind != yamlv3.ScalarNode || key.odd != "" || !s.is(colon, ':') || s.line(key.start) != s.line(colon) {
			p.odd = "a key is written in an unusual way"
			return
		}
		e := spot{key: key, start: s.at(k.Line, k.Column), after: colon + 1}
		e.value = s.place(v, colon+1, s.column(e.start))
		if e.value.odd != "" && i+2 == len(p.node.Content) {
			p.odd = e.value.odd
		}
		p.entries = append(p.entries, e)
	}
	if len(p.entries) == 0 {
		p.odd = "its place in the text is not found"
		return
	}
	p.start, p.end = p.entries[0].start, p.entries[len(p.entries)-1].end()
}

func (s source) sequence(p *place, from int) {
	from = s.props(s.space(from))
	for i, item := range p.node.Content {
		dash := s.space(from)
		if !s.is(dash, '-') {
			p.odd = "a list is written in an unusual way"
			return
		}
		e := spot{start: dash, after: dash + 1}
		e.value = s.place(item, dash+1, s.column(dash))
		if e.value.odd != "" {
			// The next dash is looked for behind the item.
			p.odd = e.value.odd
			return
		}
		p.entries = append(p.entries, e)
		if from = e.end(); i == 0 {
			p.start = dash
		}
	}
	p.end = from
}

// flow finds the entries of a collection between brackets.
func (s source) flow(p *place) {
	p.start = s.props(s.at(p.node.Line, p.node.Column))
	mapping := p.node.Kind == yamlv3.MappingNode
	open, shut := byte('['), byte(']')
	if mapping {
		open, shut = '{', '}'
	}
	p.end = p.start
	if !s.is(p.start, open) {
		p.odd = "an entry stands in a list without braces"
	}
	step := 1
	if mapping {
		step = 2
	}
	at := p.start + 1
	for i := 0; i+step <= len(p.node.Content); i += step {
		n := p.node.Content[i]
		e := spot{start: s.space(at), comma: -1}
		e.after = e.start
		if mapping {
			e.key = s.place(n, e.start, -1)
			colon := s.space(e.key.end)
			if n.Kind != yamlv3.ScalarNode || e.key.odd != "" || s.at(n.Line, n.Column) != e.start || !s.is(colon, ':') {
				p.odd = "a key is written in an unusual way"
				return
			}
			e.after = colon + 1
			n = p.node.Content[i+1]
		}
		e.value = s.place(n, e.after, -1)
		if e.value.odd != "" {
			p.odd = e.value.odd
			return
		}
		if at = s.space(e.end()); s.is(at, ',') {
			e.comma = at
			at++
		}
		p.entries = append(p.entries, e)
	}
	if p.odd != "" {
		p.end = at
		return
	}
	if at = s.space(at); !s.is(at, shut) {
		p.odd = "its place in the text is not found"
		return
	}
	p.end = at + 1
}

func (s source) scalar(p *place, indent int) {
	n := p.node
	if n.Value == "" && n.Style&^yamlv3.TaggedStyle == 0 && n.Anchor == "" && n.Style == 0 {
		return // left out
	}
	p.start = s.props(s.at(n.Line, n.Column))
	switch {
	case n.Style&yamlv3.DoubleQuotedStyle != 0:
		p.end = s.quoted(p.start, '"')
	case n.Style&yamlv3.SingleQuotedStyle != 0:
		p.end = s.quoted(p.start, '\'')
	case p.block():
		p.end = s.blockScalar(p.start, indent)
	default:
		p.end = s.plain(p.start, n.Value)
	}
}

func (s source) quoted(at int, quote byte) int {
	if !s.is(at, quote) {
		return len(s.text) + 1
	}
	for i := at + 1; i < len(s.text); i++ {
		switch {
		case quote == '"' && s.text[i] == '\\':
			i++
		case s.text[i] == quote && quote == '\'' && s.is(i+1, quote):
			i++
		case s.text[i] == quote:
			return i + 1
		}
	}
	return len(s.text) + 1
}

// plain is where a bare scalar ends that begins at an offset and is read as
// value: line breaks in it are folded.
func (s source) plain(at int, value string) int {
	for len(value) > 0 {
		next := s.blanks(at)
		if next < len(s.text) && (s.text[next] == '\n' || s.text[next] == '\r') {
			breaks := 0
			for ; next < len(s.text) && strings.IndexByte(" \t\r\n", s.text[next]) >= 0; next++ {
				if s.text[next] == '\n' {
					breaks++
				}
			}
			folded := " "
			if breaks > 1 {
				folded = strings.Repeat("\n", breaks-1)
			}
			rest, ok := strings.CutPrefix(value, folded)
			if !ok {
				return len(s.text) + 1
			}
			at, value = next, rest
			continue
		}
		if !s.is(at, value[0]) {
			return len(s.text) + 1
		}
		at, value = at+1, value[1:]
	}
	return at
}

// blockScalar is where a literal or folded scalar ends that lies in a collection
// of a given indentation.
func (s source) blockScalar(at, indent int) int {
	header := s.text[at:s.lineEnd(at)]
	keep, content := false, -1
	for _, c := range header[min(1, len(header)):] {
		if c == '+' {
			keep = true
		} else if c >= '1' && c <= '9' {
			content = max(indent, 0) + int(c-'0')
		} else if c != '-' {
			break
		}
	}
	end := s.lineEnd(at)
	for line := s.nextLine(at); line < len(s.text); line = s.nextLine(line) {
		text := s.text[line:s.lineEnd(line)]
		width := len(text) - len(bytes.TrimLeft(text, " "))
		switch {
		case width == len(text) && (content < 0 || width <= content):
			if keep {
				end = line + len(text)
			}
			continue
		case content < 0 && width > indent:
			content = width
		case content < 0 || width < content:
			return end
		}
		end = line + len(text)
	}
	return end
}

package manifest

import (
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
)

// replace writes a value in the place of another, or of nothing.
func (r *rewriter) replace(s slot, want any) error {
	p := s.place
	if n := anchored(p.node); n != nil {
		return r.stop(s, "it holds the anchor &%s", n.Anchor)
	}
	var b block
	var err error
	if text, ok := want.(string); ok {
		b, err = r.str(s, text)
	} else {
		b, err = r.written(want, s.indent, s.dash, s.beside)
	}
	if err != nil {
		return r.stop(s, "%v", err)
	}
	switch {
	case b.head == "" && !p.collection() && strings.Contains(string(r.text[s.after:max(p.start, s.after)]), "#"):
		return r.stop(s, "a comment stands between the key and its value")
	case p.start == p.end:
		r.put(s, s.after, s.after, b)
	case p.collection():
		return r.replaceBlock(s, b)
	case p.block():
		r.putBlock(s, b)
	default:
		r.put(s, p.start, p.end, b)
	}
	return nil
}

func (r *rewriter) tail(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return r.eol + strings.Join(lines, r.eol)
}

// putBlock writes a value over a block of text.
func (r *rewriter) putBlock(s slot, b block) {
	p := s.place
	mark, from := p.start, p.start
	for mark < p.end && strings.IndexByte("|>+-0123456789", r.text[mark]) >= 0 {
		mark++
	}
	if b.head == "" {
		from = s.after
	}
	r.inLine(from, mark, b.head)
	end := min(r.lineEnd(p.start), p.end)
	r.splice(end, p.end, r.tail(b.tail))
}

// put writes a value over one that stands between two offsets, and its further
// lines below the line of its end. A comment behind it stays.
func (r *rewriter) put(s slot, from, to int, b block) {
	head := b.head
	switch {
	case head == "":
		from = s.after
	case from == to:
		from, to, head = s.after, s.after, " "+head
	}
	if _, alone := r.rest(to); !alone && len(b.tail) > 0 {
		// Something follows that is no comment: it must not come between.
		head, b.tail = head+r.tail(b.tail), nil
	}
	r.inLine(from, to, head)
	if len(b.tail) > 0 {
		end := r.lineEnd(to)
		r.splice(end, end, r.tail(b.tail))
	}
}

// inLine puts text in place of other text. A comment that follows in the line
// stays in its column where it stands there on purpose and there is room, and a
// blank away where there is none.
func (r *rewriter) inLine(from, to int, text string) {
	comment, alone := r.rest(to)
	if !alone || comment < 0 || strings.Contains(text, "\n") || r.line(from) != r.line(to) || !r.aligned(to, comment) {
		r.splice(from, to, text)
		return
	}
	if width := max(1, columns(string(r.text[from:comment]))-columns(text)); width != comment-to {
		text += strings.Repeat(" ", width)
		to = comment
	}
	r.splice(from, to, text)
}

// aligned tells whether a comment stands where it does on purpose: it is further
// away than it has to be, or below or above another one.
func (r *rewriter) aligned(value, comment int) bool {
	if comment-value > 1 {
		return true
	}
	column := columns(string(r.text[r.lineStart(comment):comment]))
	for _, line := range []int{r.line(comment) - 2, r.line(comment)} {
		if line < 0 || line >= len(r.lines) {
			continue
		}
		start := r.lines[line]
		text := string(r.text[start:r.lineEnd(start)])
		if i := strings.Index(text, " #"); i >= 0 && columns(text[:i+1]) == column && strings.TrimLeft(text[:i], " ") != "" {
			return true
		}
	}
	return false
}

func columns(s string) int { return len([]rune(s)) }

// replaceBlock writes a value over a whole map or list in block style.
func (r *rewriter) replaceBlock(s slot, b block) error {
	p := s.place
	if !r.begins(p.start) {
		if !s.dash || b.head == "" {
			return r.stop(s, "it shares its line with what holds it")
		}
		end := r.extent(p.end, s.indent)
		end = r.lineEnd(r.lineStart(end - 1))
		r.splice(p.start, end, b.head+r.tail(b.tail))
		return nil
	}
	if b.head != "" {
		if s.after <= 0 {
			return r.stop(s, "the whole document would be another")
		}
		r.inLine(s.after, s.after, " "+b.head)
	}
	from, to := r.head(p.start, s.after), r.extent(p.end, s.indent)
	text := ""
	if len(b.tail) > 0 {
		text = strings.Join(b.tail, r.eol) + r.eol
	}
	r.splice(from, to, text)
	return nil
}

// str is a string in the style of the scalar whose place it takes.
func (r *rewriter) str(s slot, text string) (block, error) {
	p, n := s.place, s.place.node
	column := s.indent + r.style.step
	if s.dash {
		column = s.indent + r.style.item
	}
	if p.block() && !r.plain && !r.style.json {
		if first := r.nextLine(p.start); first < p.end {
			if line := strings.TrimRight(string(r.text[first:r.lineEnd(first)]), " "); line != "" {
				column = len(line) - len(strings.TrimLeft(line, " "))
			}
		}
		r.blocks = true
		if n.Style&yamlv3.FoldedStyle != 0 {
			width := 0
			for line := range strings.Lines(string(r.text[min(r.nextLine(p.start), p.end):p.end])) {
				width = max(width, columns(strings.TrimRight(line, "\r\n"))-column)
			}
			if body, ok := folded(text, max(width, 20)); ok {
				return r.style.literal(body, ">", column), nil
			}
		}
		if literal(text+"\n") && text != "" {
			return r.style.literal(text, "|", column), nil
		}
	}
	inline, err := r.quoted(p, text, false)
	return block{head: inline}, err
}

// quoted is a string on one line, quoted as a scalar is where that is possible.
func (r *rewriter) quoted(p *place, text string, flow bool) (string, error) {
	n := p.node
	if !r.style.json && n.Kind == yamlv3.ScalarNode {
		switch {
		case n.Style&yamlv3.SingleQuotedStyle != 0:
			if quoted, ok := singleQuoted(text); ok {
				return quoted, nil
			}
			return doubleQuoted(text), nil
		case n.Style&yamlv3.DoubleQuotedStyle != 0:
			return doubleQuoted(text), nil
		case p.start < p.end && !p.block() && bareValue(text, flow):
			return text, nil
		}
	}
	return r.style.inline(text, flow)
}

package manifest

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// style is how a file is laid out.
type style struct {
	step int  // columns by which a map lies inside a map
	list int  // columns by which a list lies inside a map
	item int  // columns from a dash to what follows it
	json bool // JSON: quotes around every string
}

// house is the layout of new files.
func house() style { return style{step: 2, list: 0, item: 2} }

// styleOf is the layout of a document, that of other where it does not show.
func (s source) styleOf(root *place, other style) style {
	out := style{step: -1, list: -1, item: -1}
	var look func(p *place, column int)
	look = func(p *place, column int) {
		if !p.collection() || p.odd != "" || len(p.entries) == 0 {
			return
		}
		own := s.column(p.entries[0].start)
		deeper := own - column
		switch below := column >= 0 && s.begins(p.entries[0].start); {
		case below && p.node.Kind == yamlv3.MappingNode && out.step < 0 && deeper > 0:
			out.step = deeper
		case below && p.node.Kind == yamlv3.SequenceNode && out.list < 0 && deeper >= 0:
			out.list = deeper
		}
		for _, e := range p.entries {
			if e.key == nil && out.item < 0 && e.value.end > e.value.start && s.line(e.value.start) == s.line(e.start) {
				out.item = e.value.start - e.start
			}
			next := -1 // below a dash nothing tells about maps
			if e.key != nil {
				next = own
			}
			look(e.value, next)
		}
	}
	look(root, -1)
	return style{step: nonNegative(out.step, other.step), list: nonNegative(out.list, other.list), item: nonNegative(out.item, other.item), json: other.json}
}

func nonNegative(n, other int) int {
	if n < 0 {
		return other
	}
	return n
}

// block is a value as it is written behind a key or a dash: head in their line,
// and the lines below.
type block struct {
	head string
	tail []string
}

// lines are an entry of a map or an item of a list: intro is its key with the
// colon, or its dash.
func (b block) lines(intro string, column int) []string {
	first := strings.Repeat(" ", column) + intro
	if b.head != "" {
		first += b.head
	}
	return append([]string{strings.TrimRight(first, " ")}, b.tail...)
}

// below writes a value that belongs to a key in a column, or with -1 is a whole
// document. Of a map some keys go first.
func (y style) below(v any, column int, first ...string) (block, error) {
	switch t := v.(type) {
	case map[string]any:
		if len(t) > 0 {
			lines, err := y.entries(t, inside(column, y.step), first...)
			return block{tail: lines}, err
		}
	case []any:
		if len(t) > 0 {
			lines, err := y.items(t, inside(column, y.list))
			return block{tail: lines}, err
		}
	case string:
		if literal(t) {
			return y.literal(t, "|", column+y.step), nil
		}
	}
	text, err := y.inline(v, false)
	return block{head: text}, err
}

// inside is the column of a collection that lies deeper than a column by a step.
func inside(column, step int) int {
	if column < 0 {
		return 0
	}
	return column + step
}

// behind writes a value that belongs to a dash in a column. Of a map some keys
// go first.
func (y style) behind(v any, column int, first ...string) (block, error) {
	var lines []string
	var err error
	switch t := v.(type) {
	case map[string]any:
		if len(t) > 0 {
			lines, err = y.entries(t, column+y.item, first...)
		}
	case []any:
		if len(t) > 0 {
			lines, err = y.items(t, column+y.item)
		}
	case string:
		if literal(t) {
			return y.literal(t, "|", column+y.item), nil
		}
	}
	if err != nil {
		return block{}, err
	}
	if lines != nil {
		return block{head: strings.TrimLeft(lines[0], " "), tail: lines[1:]}, nil
	}
	text, err := y.inline(v, false)
	return block{head: text}, err
}

// entries writes a map in lines, some keys ahead of the others.
func (y style) entries(m map[string]any, column int, first ...string) ([]string, error) {
	var lines []string
	for _, k := range ordered(m, first...) {
		b, err := y.below(m[k], column)
		if err != nil {
			return nil, err
		}
		lines = append(lines, b.lines(y.key(k, false)+": ", column)...)
	}
	return lines, nil
}

// document writes a whole object in lines, in house order.
func (y style) document(doc map[string]any) ([]string, error) {
	var lines []string
	for _, k := range ordered(doc, houseRoot()...) {
		var b block
		var err error
		if meta, ok := doc[k].(map[string]any); ok && k == "metadata" && len(meta) > 0 {
			b.tail, err = y.entries(meta, y.step, houseMeta()...)
		} else {
			b, err = y.below(doc[k], 0)
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, b.lines(y.key(k, false)+": ", 0)...)
	}
	return lines, nil
}

func (y style) items(list []any, column int) ([]string, error) {
	var lines []string
	for _, v := range list {
		b, err := y.behind(v, column)
		if err != nil {
			return nil, err
		}
		lines = append(lines, b.lines("-"+strings.Repeat(" ", y.item-1), column)...)
	}
	return lines, nil
}

// houseRoot and houseMeta are the keys that go first.
func houseRoot() []string { return []string{"apiVersion", "kind", "metadata", "spec"} }
func houseMeta() []string { return []string{"name", "namespace", "labels", "annotations"} }

// ordered are the keys of a map, some ahead of the others, which are sorted.
func ordered(m map[string]any, first ...string) []string {
	rank := func(key string) int {
		if i := slices.Index(first, key); i >= 0 {
			return i
		}
		return len(first)
	}
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
}

// inline writes a value on one line, between brackets if flow is set.
func (y style) inline(v any, flow bool) (string, error) {
	switch t := v.(type) {
	case nil:
		return "null", nil
	case bool:
		return strconv.FormatBool(t), nil
	case int64:
		return strconv.FormatInt(t, 10), nil
	case float64:
		if t == math.Trunc(t) && math.Abs(t) < 1<<63 {
			return strconv.FormatInt(int64(t), 10), nil
		}
		return strconv.FormatFloat(t, 'g', -1, 64), nil
	case string:
		if !utf8.ValidString(t) {
			return "", fmt.Errorf("%q is not UTF-8", t)
		}
		if !y.json && bareValue(t, flow) && !sexagesimal.MatchString(t) {
			return t, nil
		}
		return doubleQuoted(t), nil
	case []any:
		parts := make([]string, len(t))
		for i, e := range t {
			var err error
			if parts[i], err = y.inline(e, true); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case map[string]any:
		parts := make([]string, 0, len(t))
		for _, k := range ordered(t) {
			text, err := y.inline(t[k], true)
			if err != nil {
				return "", err
			}
			parts = append(parts, y.key(k, true)+": "+text)
		}
		return "{" + strings.Join(parts, ", ") + "}", nil
	}
	return "", fmt.Errorf("%T is no JSON value", v)
}

func (y style) key(k string, flow bool) string {
	if !y.json && bareKey(k, flow) {
		return k
	}
	return doubleQuoted(k)
}

// doubleQuoted is a string between double quotes, as YAML and JSON both read it.
func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r <= 0xffff && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// singleQuoted is a string between single quotes, false where it cannot stand
// there on one line.
func singleQuoted(s string) (string, bool) {
	return "'" + strings.ReplaceAll(s, "'", "''") + "'", printable(s)
}

// printable tells whether every character of a string is one that people see,
// and that both generations of parsers take as it is.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0xffff || r == utf8.RuneError || !unicode.IsPrint(r) })
}

// literal tells whether a string may be written as a block: it has several
// lines, and each shows what it is.
func literal(s string) bool {
	if !strings.Contains(s, "\n") || s[0] == '\n' || s[0] == ' ' {
		return false
	}
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		if !printable(line) || line != "" && strings.Trim(line, " ") == "" {
			return false
		}
	}
	return true
}

// literal writes a string as a block whose lines begin in a column.
func (y style) literal(s, mark string, column int) block {
	body := strings.TrimRight(s, "\n")
	switch len(s) - len(body) {
	case 0:
		mark += "-"
	case 1:
	default:
		mark += "+"
	}
	b := block{head: mark}
	for _, line := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
		if line != "" {
			line = strings.Repeat(" ", column) + line
		}
		b.tail = append(b.tail, line)
	}
	return b
}

// folded breaks the paragraphs of a string at blanks, so that its lines are no
// wider than width where that is possible. It is false for a string that a
// folded block cannot hold.
func folded(s string, width int) (string, bool) {
	if !literal(s+"\n") || strings.Contains(s, "\n ") {
		return "", false
	}
	body := strings.TrimRight(s, "\n")
	var out bytes.Buffer
	paragraphs := strings.Split(body, "\n")
	for i, paragraph := range paragraphs {
		if i > 0 {
			out.WriteByte('\n')
			if paragraphs[i-1] != "" {
				out.WriteByte('\n')
			}
		}
		column := 0
		for j, part := range strings.SplitAfter(paragraph, " ") {
			size := utf8.RuneCountInString(part)
			last := out.Len() - 1
			single := j > 0 && size > 1 && last > 0 && out.Bytes()[last] == ' ' && out.Bytes()[last-1] != ' '
			if single && column+size-1 > width {
				out.Truncate(last)
				out.WriteByte('\n')
				column = 0
			}
			out.WriteString(part)
			column += size
		}
	}
	return out.String() + s[len(body):], true
}

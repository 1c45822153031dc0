package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"selvage/core"
)

// decode reads the values of one chunk: one, or as many as there are JSON
// documents one after the other.
func (l Limits) decode(c chunk) ([]any, *SyntaxError) {
	if values, ok := decodeJSON(c.text); ok {
		return l.shallow(values, c)
	}
	toJSON := yaml.YAMLToJSONStrict
	if needsLook(c.text) {
		merges, err := l.inspect(c)
		if err != nil {
			return nil, err
		}
		if merges {
			// Strict, the parser takes a merged key that is overridden for one
			// given twice. inspect has looked for those.
			toJSON = yaml.YAMLToJSON
		}
	}
	encoded, err := toJSON(c.text)
	if err != nil {
		return nil, c.syntaxError(err)
	}
	v, err := core.DecodeJSON(encoded)
	if err != nil {
		return nil, c.syntaxError(err)
	}
	return l.shallow([]any{v}, c)
}

func (l Limits) shallow(values []any, c chunk) ([]any, *SyntaxError) {
	for _, v := range values {
		if deeper(v, l.Depth) {
			return nil, &SyntaxError{Line: c.content, Reason: fmt.Sprintf("nested deeper than %d levels", l.Depth)}
		}
	}
	return values, nil
}

func deeper(v any, depth int) bool {
	switch t := v.(type) {
	case map[string]any:
		for _, e := range t {
			if depth == 0 || deeper(e, depth-1) {
				return true
			}
		}
	case []any:
		for _, e := range t {
			if depth == 0 || deeper(e, depth-1) {
				return true
			}
		}
	}
	return false
}

// decodeJSON reads text as JSON documents. It gives up (and leaves it to YAML
// to say what is wrong) on anything that is not, and on a key given twice.
func decodeJSON(text []byte) ([]any, bool) {
	text, _ = bytes.CutPrefix(text, []byte("---"))
	if text = bytes.TrimLeft(text, " \t\r\n"); len(text) == 0 || text[0] != '{' {
		return nil, false
	}
	var values []any
	d := json.NewDecoder(bytes.NewReader(text))
	entries := 0
	for {
		var raw json.RawMessage
		if err := d.Decode(&raw); errors.Is(err, io.EOF) {
			return values, entries == keys(text)
		} else if err != nil {
			return nil, false
		}
		v, err := core.DecodeJSON(raw)
		if err != nil {
			return nil, false
		}
		entries += count(v)
		values = append(values, v)
	}
}

// keys counts the keys written in valid JSON: there is one for each colon
// outside of strings.
func keys(text []byte) int {
	n, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case quoted && text[i] == '\\':
			i++
		case !quoted && text[i] == ':':
			n++
		}
	}
	return n
}

// count is the number of map entries in a decoded value.
func count(v any) int {
	n := 0
	switch t := v.(type) {
	case map[string]any:
		n = len(t)
		for _, e := range t {
			n += count(e)
		}
	case []any:
		for _, e := range t {
			n += count(e)
		}
	}
	return n
}

// needsLook tells whether a document may have tags, aliases, merge keys, or a
// second document that only a parser sees, from its bytes alone.
func needsLook(text []byte) bool {
	if bytes.IndexByte(text, '&') >= 0 && bytes.IndexByte(text, '*') >= 0 || bytes.Contains(text, []byte("<<")) {
		return true
	}
	for rest := text; ; {
		i := bytes.IndexByte(rest, '!')
		if i < 0 {
			break
		}
		if i == 0 || bytes.IndexByte([]byte(" \t\r\n[{,:?-"), rest[i-1]) >= 0 {
			return true
		}
		rest = rest[i+1:]
	}
	body := bytes.TrimLeft(bytes.TrimPrefix(text, []byte("---")), " \t\r\n")
	return len(body) > 0 && bytes.IndexByte([]byte("{[&%#"), body[0]) >= 0 && bytes.ContainsAny(body, "{[")
}

// inspect walks the nodes of a document for what the decoder would let pass:
// tags that mean nothing, aliases that expand to more than the limit, a key
// given twice beside a merge, and a second document.
func (l Limits) inspect(c chunk) (merges bool, _ *SyntaxError) {
	var root, next yamlv3.Node
	d := yamlv3.NewDecoder(bytes.NewReader(c.text))
	if err := d.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		return false, c.syntaxError(err)
	}
	if err := d.Decode(&next); err == nil {
		return false, &SyntaxError{Line: c.line + next.Line - 1, Reason: "a second document begins without ---"}
	} else if !errors.Is(err, io.EOF) {
		broken := c.syntaxError(err)
		if strings.Contains(broken.Reason, "<document start>") {
			broken.Reason = "a second document begins without ---"
		}
		return false, broken
	}
	w := walker{limit: l.Bytes, depth: l.Depth, sizes: map[*yamlv3.Node]int{}}
	w.size(&root, 0)
	if w.err != nil {
		w.err.Line += c.line - 1
		return false, w.err
	}
	return w.merges, nil
}

// walker measures what a tree of nodes expands to.
type walker struct {
	limit, depth int
	sizes        map[*yamlv3.Node]int // of anchored nodes; -1 while being measured
	merges       bool
	err          *SyntaxError
}

func (w *walker) fail(n *yamlv3.Node, format string, args ...any) int {
	if w.err == nil {
		w.err = &SyntaxError{Line: max(1, n.Line), Reason: fmt.Sprintf(format, args...)}
	}
	return 0
}

// size is the number of bytes that a node expands to, about.
func (w *walker) size(n *yamlv3.Node, depth int) int {
	if w.err != nil {
		return 0
	}
	if n.Kind == yamlv3.AliasNode {
		n = n.Alias
	}
	known, seen := w.sizes[n]
	switch {
	case known < 0:
		return w.fail(n, "the anchor %q holds itself", n.Anchor)
	case seen:
		return known
	case depth > 2*w.depth: // a mapping is two deep at most: itself and a key
		return w.fail(n, "nested deeper than %d levels", w.depth)
	case n.Style&yamlv3.TaggedStyle != 0 && !knownTag(n.Tag):
		return w.fail(n, "unknown tag %q", n.Tag)
	}
	if n.Anchor != "" {
		w.sizes[n] = -1
	}
	total := len(n.Value) + 3
	for _, child := range n.Content {
		if total += w.size(child, depth+1); total > w.limit {
			return w.fail(n, "aliases expand to more than %d MiB", w.limit>>20)
		}
	}
	if n.Kind == yamlv3.MappingNode {
		w.mapping(n)
	}
	if n.Anchor != "" {
		w.sizes[n] = total
	}
	return total
}

func (w *walker) mapping(n *yamlv3.Node) {
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Tag == "!!merge" {
			w.merges = true
			continue
		}
		if key.Kind == yamlv3.ScalarNode && seen[key.Value] {
			w.fail(key, "key %q is given twice", key.Value)
		}
		seen[key.Value] = true
	}
}

func knownTag(tag string) bool {
	switch strings.TrimPrefix(tag, "!!") {
	case "!", "str", "int", "float", "bool", "null", "map", "seq", "binary", "timestamp", "merge":
		return true
	}
	return false
}

var (
	atLine   = regexp.MustCompile(`line (\d+): `)
	givenTwo = regexp.MustCompile(`key (".*") already set in map`)
	unknown  = regexp.MustCompile(`unknown anchor '(.*)' referenced`)
)

// syntaxError tells where in the file, and in which words, a parser's error
// about the chunk is meant.
func (c chunk) syntaxError(err error) *SyntaxError {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	line := c.content - c.line + 1
	if m := atLine.FindStringSubmatchIndex(reason); m != nil {
		line, _ = strconv.Atoi(reason[m[2]:m[3]])
		reason = reason[m[1]:]
		if strings.HasPrefix(reason, "did not find expected") {
			line++ // the parser, unlike the scanner beneath it, counts from 0
		}
	}
	switch {
	case strings.HasPrefix(reason, "found unexpected end of stream"), strings.HasPrefix(reason, "could not find expected ':'"):
		line = c.lineByV3(line)
	case strings.HasPrefix(reason, "found character that cannot start any token"):
		if bytes.HasPrefix(bytes.TrimLeft(c.lineText(line), " "), []byte("\t")) {
			reason = "a tab where only spaces may indent"
		}
	case strings.HasPrefix(reason, "control characters"):
		line = 1 + bytes.Count(c.text[:firstControl(c.text)], []byte("\n"))
	}
	if m := givenTwo.FindStringSubmatch(reason); m != nil {
		reason = fmt.Sprintf("key %s is given twice", m[1])
	}
	if m := unknown.FindStringSubmatch(reason); m != nil {
		if before, _, ok := bytes.Cut(c.text, []byte("*"+m[1])); ok {
			line = 1 + bytes.Count(before, []byte("\n"))
		}
	}
	reason, _, _ = strings.Cut(reason, "\n")
	last := 1 + bytes.Count(bytes.TrimSpace(c.text), []byte("\n"))
	return &SyntaxError{Line: c.line - 1 + min(line, max(last, c.content-c.line+1)), Reason: reason}
}

// lineByV3 is the line that the younger parser gives an error: it names the
// beginning of what does not end, where the older names the end.
func (c chunk) lineByV3(line int) int {
	var n yamlv3.Node
	if err := yamlv3.Unmarshal(c.text, &n); err != nil {
		if m := atLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
	}
	return line
}

func (c chunk) lineText(line int) []byte {
	lines := bytes.SplitN(c.text, []byte("\n"), line+1)
	if line < 1 || line > len(lines) {
		return nil
	}
	return lines[line-1]
}

func firstControl(text []byte) int {
	return max(0, bytes.IndexFunc(text, func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
	}))
}

// looked is the size up to which a List is parsed a second time for the lines
// of its items.
const looked = 1 << 20

// itemLines gives the lines of the file at which the n items of a chunk's List
// begin. Where they are not to be had at a fair price, the List's own line
// stands for all.
func itemLines(c chunk, n int) []int {
	if c.text == nil || len(c.text) > looked {
		return repeated(c.content, n)
	}
	var root yamlv3.Node
	if yamlv3.Unmarshal(c.text, &root) != nil || len(root.Content) != 1 {
		return repeated(c.content, n)
	}
	doc := root.Content[0]
	for i := 0; i+1 < len(doc.Content); i += 2 {
		if doc.Content[i].Value != "items" || len(doc.Content[i+1].Content) != n {
			continue
		}
		lines := make([]int, n)
		for j, item := range doc.Content[i+1].Content {
			lines[j] = c.line + item.Line - 1
		}
		return lines
	}
	return repeated(c.content, n)
}

func repeated(line, n int) []int {
	lines := make([]int, n)
	for i := range lines {
		lines[i] = line
	}
	return lines
}

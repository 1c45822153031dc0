package manifest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"selvage/core"
)

// Locator tells where in a file the fields of its objects stand. It parses a
// document when it is first asked about one, and is not safe for concurrent use.
type Locator struct {
	chunks []chunk
	roots  map[int]*yamlv3.Node // by the index of the chunk; nil for none
}

// NewLocator makes a locator of a file that [Parse] accepts. Of another one it
// knows nothing.
func NewLocator(data []byte) *Locator {
	l := &Locator{roots: map[int]*yamlv3.Node{}}
	data, err := Limits{}.filled().text(data)
	if err != nil {
		return l
	}
	l.chunks = slices.Collect(chunks(data))
	return l
}

// Locate gives the line of a path in the object whose document has the given
// [Document].Line, and the column in characters, both from 1: those of the key of a
// map's entry, and of a list's item itself. A path that is not there is located
// at the last step of it that is. The column is 0, and the line that of the
// document, where the file does not tell (JSON with tabs, documents over 1 MiB).
// Paths may have keys and indices only.
func (l *Locator) Locate(line int, p core.Path) (at, column int) {
	i, found := slices.BinarySearchFunc(l.chunks, line, func(c chunk, line int) int { return cmp.Compare(c.content, line) })
	if !found {
		i--
	}
	if i < 0 {
		return line, 0
	}
	root := l.root(i)
	if root == nil {
		return line, 0
	}
	offset := l.chunks[i].line - 1
	root = itemAt(root, line-offset)
	node := walk(root, p)
	if node == nil {
		return line, 0
	}
	return node.Line + offset, node.Column
}

// root is the node of a chunk's document.
func (l *Locator) root(i int) *yamlv3.Node {
	root, known := l.roots[i]
	if known {
		return root
	}
	var doc yamlv3.Node
	if c := l.chunks[i]; len(c.text) <= looked && yamlv3.Unmarshal(c.text, &doc) == nil && len(doc.Content) == 1 {
		root = doc.Content[0]
	}
	l.roots[i] = root
	return root
}

// itemAt is the item of a List that begins at a line, or the document itself.
func itemAt(root *yamlv3.Node, line int) *yamlv3.Node {
	if _, kind := entry(root, "kind"); kind == nil || !strings.HasSuffix(kind.Value, "List") {
		return root
	}
	_, items := entry(root, "items")
	if items == nil {
		return root
	}
	for _, item := range items.Content {
		if item.Line == line {
			return item
		}
	}
	return root
}

// walk goes down a path, and gives the last node that there is: nil where not
// even the first step is.
func walk(n *yamlv3.Node, p core.Path) *yamlv3.Node {
	var mark *yamlv3.Node
	for _, step := range p.Steps() {
		if n.Kind == yamlv3.AliasNode {
			n = n.Alias
		}
		key, next := below(n, step)
		if next == nil {
			break
		}
		mark, n = key, next
	}
	return mark
}

// below is the node that a step leads to, with the one that marks its place.
func below(n *yamlv3.Node, step string) (mark, next *yamlv3.Node) {
	if key, ok := strings.CutPrefix(step, "."); ok {
		return entry(n, key)
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(step, "["), "]")
	if key, err := core.DecodeJSON([]byte(inner)); err == nil {
		if s, ok := key.(string); ok {
			return entry(n, s)
		}
	}
	i, err := strconv.Atoi(inner)
	if err != nil || n.Kind != yamlv3.SequenceNode || i < 0 || i >= len(n.Content) {
		return nil, nil
	}
	return n.Content[i], n.Content[i]
}

// entry is an entry of a mapping: its key and value.
func entry(n *yamlv3.Node, key string) (k, v *yamlv3.Node) {
	if n.Kind != yamlv3.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"selvage/core"
)

// node is a YAML value that knows where it was written.
type node struct {
	Position
	shape     shape
	tag       string // of a scalar: !!str, !!int, …
	text      string // of a scalar, as written, without quotes
	fields    []field
	items     []*node
	inherited bool // from defaults
}

type shape uint8

const (
	null shape = iota
	scalar
	mapping
	list
)

// field is one key of a mapping with its value.
type field struct {
	Position
	name  string
	value *node
}

// get finds a key that is not null; nil without one.
func (n *node) get(name string) *node {
	for _, f := range n.fields {
		if f.name == name && f.value.shape != null {
			return f.value
		}
	}
	return nil
}

// is names what a node holds, for people.
func (n *node) is() string {
	switch n.shape {
	case mapping:
		return "a mapping"
	case list:
		return "a list"
	case scalar:
		switch n.tag {
		case "!!int", "!!float":
			return "a number"
		case "!!bool":
			return "true or false"
		}
		return "text"
	default:
		return "empty"
	}
}

// json is the value as [core.DecodeJSON] would have it.
func (n *node) json() (any, error) {
	switch n.shape {
	case mapping:
		m := make(map[string]any, len(n.fields))
		for _, f := range n.fields {
			v, err := f.value.json()
			if err != nil {
				return nil, err
			}
			m[f.name] = v
		}
		return m, nil
	case list:
		l := make([]any, len(n.items))
		for i, item := range n.items {
			v, err := item.json()
			if err != nil {
				return nil, err
			}
			l[i] = v
		}
		return l, nil
	case scalar:
		if n.tag == "!!str" {
			return n.text, nil
		}
		var v any
		if err := (&yaml.Node{Kind: yaml.ScalarNode, Tag: n.tag, Value: n.text}).Decode(&v); err != nil {
			return nil, fmt.Errorf("%s is no value", quoted(n.text))
		}
		text, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("%s is no value that JSON knows", quoted(n.text))
		}
		return core.DecodeJSON(text)
	case null:
	}
	return nil, nil
}

// Limits on what aliases may unfold to.
const (
	maxNodes = 200_000
	maxDepth = 50
)

// tree turns the YAML of one file into nodes: aliases followed, merge keys
// merged, duplicate keys told.
type tree struct {
	file     string
	nodes    int
	problems Problems
}

// parse reads a file that holds one YAML document. The node is nil for a file
// without content, and where the problems leave nothing to go on with.
func parse(name string, data []byte) (*node, Problems) {
	t := &tree{file: name}
	var root *node
	d := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return root, t.problems
		}
		if err != nil {
			t.problem(syntaxLine(data, err), "no YAML: "+reason(err), "look at this line and the one before it")
			return nil, t.problems
		}
		if len(doc.Content) != 1 || doc.Content[0].ShortTag() == "!!null" {
			continue
		}
		if root != nil {
			t.problem(doc.Content[0].Line, "a second YAML document", "put it into a file of its own and name that under include")
			return root, t.problems
		}
		if root = t.node(doc.Content[0], 0); root != nil && root.shape != mapping {
			t.problem(root.Line, "the file holds "+root.is(), "write keys, as `fabrics:`")
			return nil, t.problems
		}
	}
}

func (t *tree) problem(line int, what, do string) {
	t.problems = append(t.problems, Problem{Position{t.file, line}, what, do})
}

var yamlPrefix = regexp.MustCompile(`^yaml: (line [0-9]+: )?`)

// reason is what yaml.v3 says without its line, which is that of the block
// around the mistake, and off by one for some.
func reason(err error) string {
	return strings.ReplaceAll(yamlPrefix.ReplaceAllString(err.Error(), ""), "\n", " ")
}

// syntaxLine finds the line of a mistake: the first one that, as the last of a
// file, makes the same mistake.
func syntaxLine(data []byte, mistake error) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	ends := make([]int, len(lines))
	end := 0
	for i, l := range lines {
		end += len(l)
		ends[i] = end
	}
	return 1 + sort.Search(len(lines)-1, func(i int) bool {
		d := yaml.NewDecoder(bytes.NewReader(data[:ends[i]]))
		for {
			err := d.Decode(new(yaml.Node))
			if errors.Is(err, io.EOF) {
				return false
			}
			if err != nil {
				return reason(err) == reason(mistake)
			}
		}
	})
}

func (t *tree) node(y *yaml.Node, depth int) *node {
	t.nodes++
	n := &node{Position: Position{t.file, y.Line}}
	if depth > maxDepth || t.nodes > maxNodes {
		if t.nodes != maxNodes+2 {
			t.problem(y.Line, "nested too deeply, or aliases that unfold to too much", "write the values out")
		}
		t.nodes = maxNodes + 1
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		return t.node(y.Alias, depth+1)
	case yaml.MappingNode:
		n.shape = mapping
		t.mapping(n, y, depth)
	case yaml.SequenceNode:
		n.shape = list
		for _, c := range y.Content {
			n.items = append(n.items, t.node(c, depth+1))
		}
	case yaml.ScalarNode:
		n.shape, n.tag, n.text = scalar, y.ShortTag(), y.Value
		switch n.tag {
		case "!!null":
			n.shape = null
		case "!!timestamp":
			n.tag = "!!str"
		case "!!str", "!!int", "!!float", "!!bool":
		default:
			t.problem(y.Line, fmt.Sprintf("the YAML tag %q means nothing here", n.tag), "take it away")
			n.shape = null
		}
	default: // a document inside a document: there is none
		n.shape = null
	}
	return n
}

func (t *tree) mapping(n *node, y *yaml.Node, depth int) {
	var merged []*node
	for i := 0; i+1 < len(y.Content); i += 2 {
		k := y.Content[i]
		for k.Kind == yaml.AliasNode && k.Alias != nil {
			k = k.Alias
		}
		at := y.Content[i].Line
		switch {
		case k.ShortTag() == "!!merge":
			merged = append(merged, t.merged(t.node(y.Content[i+1], depth+1))...)
			continue
		case k.Kind != yaml.ScalarNode:
			t.problem(at, "a key that is no word", "write keys as `key: value`")
			continue
		}
		if j := slices.IndexFunc(n.fields, func(f field) bool { return f.name == k.Value }); j >= 0 {
			t.problem(at, fmt.Sprintf("%q: given twice", k.Value), fmt.Sprintf("the first one is on line %d; keep one", n.fields[j].Line))
			continue
		}
		n.fields = append(n.fields, field{Position{t.file, at}, k.Value, t.node(y.Content[i+1], depth+1)})
	}
	for _, m := range merged {
		for _, f := range m.fields {
			if !slices.ContainsFunc(n.fields, func(g field) bool { return g.name == f.name }) {
				n.fields = append(n.fields, f)
			}
		}
	}
}

// merged lists the mappings that the value of a merge key names.
func (t *tree) merged(n *node) []*node {
	switch n.shape {
	case mapping:
		return []*node{n}
	case list:
		var all []*node
		for _, i := range n.items {
			if i.shape == mapping {
				all = append(all, i)
			}
		}
		if len(all) == len(n.items) {
			return all
		}
	default:
	}
	t.problem(n.Line, "`<<` merges "+n.is(), "give it an alias of a mapping")
	return nil
}

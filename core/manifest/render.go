package manifest

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// Render writes a decoded document (see [core.Document]) as YAML in house
// style: two spaces, lists not indented, apiVersion, kind, metadata and spec
// first, all other keys sorted. Equal documents give equal bytes, and reading
// them with [Parse] gives the document back. It fails only on what is no
// decoded JSON value.
func Render(doc map[string]any) ([]byte, error) {
	root, err := mapping(doc, "apiVersion", "kind", "metadata", "spec")
	if err != nil {
		return nil, fmt.Errorf("render YAML: %w", err)
	}
	if meta, ok := doc["metadata"].(map[string]any); ok {
		ordered, err := mapping(meta, "name", "namespace", "labels", "annotations")
		if err != nil {
			return nil, fmt.Errorf("render YAML: %w", err)
		}
		for i := 0; i < len(root.Content); i += 2 {
			if root.Content[i].Value == "metadata" {
				root.Content[i+1] = ordered
			}
		}
	}
	var b bytes.Buffer
	e := yamlv3.NewEncoder(&b)
	e.SetIndent(2)
	e.CompactSeqIndent()
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("render YAML: %w", err)
	}
	return b.Bytes(), nil
}

func node(v any) (*yamlv3.Node, error) {
	switch t := v.(type) {
	case nil:
		return scalar("!!null", "null"), nil
	case bool:
		return scalar("!!bool", strconv.FormatBool(t)), nil
	case int64:
		return scalar("!!int", strconv.FormatInt(t, 10)), nil
	case float64:
		if t == math.Trunc(t) && math.Abs(t) < 1<<63 {
			return scalar("!!int", strconv.FormatInt(int64(t), 10)), nil
		}
		return scalar("!!float", strconv.FormatFloat(t, 'g', -1, 64)), nil
	case string:
		return str(t), nil
	case []any:
		n := &yamlv3.Node{Kind: yamlv3.SequenceNode}
		if len(t) == 0 {
			n.Style = yamlv3.FlowStyle
		}
		for _, e := range t {
			child, err := node(e)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		return n, nil
	case map[string]any:
		return mapping(t)
	}
	return nil, fmt.Errorf("%T is no JSON value", v)
}

// mapping renders a map with some keys ahead of the others.
func mapping(m map[string]any, first ...string) (*yamlv3.Node, error) {
	n := &yamlv3.Node{Kind: yamlv3.MappingNode}
	if len(m) == 0 {
		n.Style = yamlv3.FlowStyle
	}
	rank := func(key string) int {
		if i := slices.Index(first, key); i >= 0 {
			return i
		}
		return len(first)
	}
	keys := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	for _, k := range keys {
		child, err := node(m[k])
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, str(k), child)
	}
	return n, nil
}

func scalar(tag, value string) *yamlv3.Node {
	return &yamlv3.Node{Kind: yamlv3.ScalarNode, Tag: tag, Value: value}
}

// str is a string as people write it: bare, unless some reader would take it
// for something else.
func str(s string) *yamlv3.Node {
	n := scalar("!!str", s)
	switch {
	case plain.MatchString(s) && !word(s):
	case strings.Contains(s, "\n") && !strings.ContainsAny(s, "\r\t\u0085\u2028\u2029\ufeff") && s == strings.TrimLeft(s, " \n"):
		n.Style = yamlv3.LiteralStyle
	case !sameBare(s):
		n.Style = yamlv3.DoubleQuotedStyle
	}
	return n
}

// plain matches the strings that need no closer look, but for [word].
var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z_/-]*[A-Za-z0-9_/.-]*$`)

// word tells whether a string is one of those that YAML 1.1 reads as a boolean
// or as nothing.
func word(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return true
	}
	return false
}

// sameBare tells whether both generations of parsers read the bare string as
// itself.
func sameBare(s string) bool {
	bare := []byte("- " + s)
	var old []any
	var young []any
	return !word(s) && yaml.Unmarshal(bare, &old) == nil && len(old) == 1 && old[0] == s &&
		yamlv3.Unmarshal(bare, &young) == nil && len(young) == 1 && young[0] == s
}

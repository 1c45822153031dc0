package gitops

import (
	"encoding/json"
	"time"
)

// node is a decoded JSON object of somebody else's. What is missing, or of
// another type than was asked for, reads as the zero value: an engine of another
// version that wrote one field otherwise must not take the others along.
type node map[string]any

// at is what stands below some keys.
func (n node) at(keys ...string) any {
	var v any = map[string]any(n)
	for _, key := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// has tells whether something stands there, null left aside.
func (n node) has(keys ...string) bool { return n.at(keys...) != nil }

func (n node) in(keys ...string) node {
	m, _ := n.at(keys...).(map[string]any)
	return m
}

func (n node) text(keys ...string) string {
	s, _ := n.at(keys...).(string)
	return s
}

func (n node) flag(keys ...string) bool {
	b, _ := n.at(keys...).(bool)
	return b
}

// number is an integer in any of the types that decoders give.
func (n node) number(keys ...string) int {
	switch v := n.at(keys...).(type) {
	case int64:
		return int(v)
	case float64:
		return int(v)
	case json.Number:
		i, err := v.Int64()
		if err == nil {
			return int(i)
		}
	}
	return 0
}

func (n node) when(keys ...string) time.Time {
	t, err := time.Parse(time.RFC3339, n.text(keys...))
	if err != nil {
		return time.Time{}
	}
	return t
}

// span is a duration as Go writes it: "2.8s".
func (n node) span(keys ...string) time.Duration {
	d, err := time.ParseDuration(n.text(keys...))
	if err != nil {
		return 0
	}
	return d
}

// list are the objects in a list.
func (n node) list(keys ...string) []node {
	items, _ := n.at(keys...).([]any)
	all := make([]node, 0, len(items))
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// texts are the strings in a list, "" in place of what is none.
func (n node) texts(keys ...string) []string {
	items, _ := n.at(keys...).([]any)
	all := make([]string, len(items))
	for i, item := range items {
		all[i], _ = item.(string)
	}
	return all
}

// name and namespace are those of a Kubernetes object.
func (n node) name() string      { return n.text("metadata", "name") }
func (n node) namespace() string { return n.text("metadata", "namespace") }

// condition is the one of a type in a Kubernetes object's status; nil where it
// has none.
func (n node) condition(kind string) node {
	for _, c := range n.list("status", "conditions") {
		if c.text("type") == kind {
			return c
		}
	}
	return nil
}

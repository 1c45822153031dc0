package config

import (
	"bytes"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"selvage/core"
)

// Show prints the configuration in effect as YAML: all files in one, defaults
// filled in, paths absolute, secrets masked. Where there is no secret, loading
// it again gives the same.
func Show(c *Config) ([]byte, error) {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(describe().shown(reflect.ValueOf(*c))); err != nil {
		return nil, fmt.Errorf("show the configuration: %w", err)
	}
	return out.Bytes(), e.Close()
}

// shown is a struct of the model as YAML, without the keys that are empty and
// are so by default.
func (d *description) shown(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	keys := d.keysOf(v.Type())
	for _, k := range keys {
		f := v.FieldByIndex(k.index)
		if f.IsZero() && k.optional() || idleValue(k, keys, v) {
			continue
		}
		value := d.shownValue(k, f)
		if value.Kind == yaml.MappingNode && len(value.Content) == 0 {
			continue
		}
		n.Content = append(n.Content, word(k.name), value)
	}
	return n
}

// optional tells whether leaving the key out means the same as its zero value.
// A duration without a default in the model has one that depends on others.
func (k key) optional() bool {
	inner := k.typ.Kind() == reflect.Struct && !single(k.typ)
	return k.defaults == nil && k.typ != reflect.TypeFor[time.Duration]() && !inner
}

// idleValue is [idle] for a struct of the model.
func idleValue(k key, keys []key, v reflect.Value) bool {
	return len(k.with) > 0 && !slices.ContainsFunc(k.with, func(name string) bool {
		other, ok := find(keys, name)
		return ok && !v.FieldByIndex(other.index).IsZero()
	})
}

func (d *description) shownValue(k key, v reflect.Value) *yaml.Node {
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		return word(FormatDuration(time.Duration(v.Int())))
	case v.Type() == reflect.TypeFor[Secret]():
		return word(masked)
	case v.Type() == reflect.TypeFor[core.Value]():
		return anyYAML(v.Interface())
	case v.Kind() == reflect.Pointer:
		return d.shown(v.Elem())
	case v.Kind() == reflect.Struct:
		return d.shown(v)
	case v.Kind() == reflect.Slice:
		return d.shownList(k, v)
	case v.Kind() == reflect.Map:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, name := range slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int {
			return bytes.Compare([]byte(a.String()), []byte(b.String()))
		}) {
			n.Content = append(n.Content, word(name.String()), d.shownValue(k.item(), v.MapIndex(name)))
		}
		return n
	case v.Kind() == reflect.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v.Bool())}
	case v.Kind() == reflect.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(v.Int(), 10)}
	}
	return word(withoutCredentials(k, v.String()))
}

// anyYAML is a value of any shape, on one line.
func anyYAML(v any) *yaml.Node {
	n := &yaml.Node{}
	value, ok := v.(core.Value)
	if !ok || n.Encode(value.Any()) != nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	n.Style |= yaml.FlowStyle
	return n
}

// shownList writes a list the way people do: one item for a list of one where
// that is allowed, and words on one line.
func (d *description) shownList(k key, v reflect.Value) *yaml.Node {
	if k.single && v.Len() == 1 {
		item := d.shownValue(k.item(), v.Index(0))
		if k.short != "" && d.onlyShort(k, v.Index(0)) {
			short, _ := find(d.keysOf(v.Type().Elem()), k.short)
			return word(v.Index(0).FieldByIndex(short.index).String())
		}
		return item
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Type().Elem().Kind() == reflect.String {
		n.Style = yaml.FlowStyle
	}
	for i := range v.Len() {
		n.Content = append(n.Content, d.shownValue(k.item(), v.Index(i)))
	}
	return n
}

// onlyShort tells whether an item says no more than its short form.
func (d *description) onlyShort(k key, v reflect.Value) bool {
	bare := reflect.New(v.Type()).Elem()
	(&decoder{description: d}).defaults(v.Type(), bare)
	short, _ := find(d.keysOf(v.Type()), k.short)
	bare.FieldByIndex(short.index).Set(v.FieldByIndex(short.index))
	return reflect.DeepEqual(bare.Interface(), v.Interface())
}

// word is a text, quoted only where YAML would take it for something else.
func word(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// withoutCredentials masks the user part of an address, which may be a token
// or hold a password; of ssh addresses the user stays.
func withoutCredentials(k key, s string) string {
	switch k.form {
	case "giturl", "proxy", "apiurl", "reviewurl":
	default:
		return s
	}
	u, err := url.Parse(s)
	if err != nil || u.User == nil {
		return s
	}
	if _, password := u.User.Password(); u.Scheme == "ssh" && !password {
		return s
	}
	u.User = url.User("xxxxx")
	return u.String()
}

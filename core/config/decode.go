package config

import (
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"selvage/core"
)

// decoder fills the model from nodes and collects what is wrong with them.
type decoder struct {
	*description
	place
	fabric   Position // where the fabric at hand is listed
	partial  bool     // keys may be missing: defaults are still to come
	at       positions
	problems Problems
}

func (d *decoder) problem(at Position, what, do string) {
	d.problems = append(d.problems, Problem{at, what, do})
}

// structure fills a struct of the model from a mapping. path is that of the
// mapping, "" for a fabric or the file.
func (d *decoder) structure(n *node, path string, v reflect.Value) {
	if n.shape != mapping {
		d.problem(n.Position, orElse(path, "fabric")+": "+n.is()+" where keys belong", "known here: "+strings.Join(names(d.keysOf(v.Type())), ", "))
		return
	}
	keys := d.keysOf(v.Type())
	for _, f := range n.fields {
		k, ok := find(keys, f.name)
		switch {
		case !ok:
			d.problem(f.Position, join(path, quoted(f.name))+": unknown key", d.suggest(f.name, path, keys))
		case f.value.shape == null:
		default:
			d.at[join(path, k.name)] = spot{f.Position, f.value.inherited}
			d.value(f.value, join(path, k.name), k, v.FieldByIndex(k.index))
		}
	}
	for _, k := range keys {
		if k.defaults != nil && n.get(k.name) == nil {
			d.fill(k, v.FieldByIndex(k.index))
		}
		if s, ok := k.structure(); ok && k.typ.Kind() == reflect.Struct && n.get(k.name) == nil {
			d.defaults(s, v.FieldByIndex(k.index))
		}
	}
	d.complete(n, path, keys)
}

// complete tells which keys are missing, exclude each other or have no effect.
func (d *decoder) complete(n *node, path string, keys []key) {
	if d.partial {
		return
	}
	here := n.Position
	if n.inherited {
		here = d.fabric // defaults may be short of anything
	}
	for _, k := range keys { // of a group each finds the same, which is told once
		group := []string{k.name}
		if k.group != "" {
			group = names(slices.DeleteFunc(slices.Clone(keys), func(o key) bool { return o.group != k.group }))
		}
		var given []field
		for _, f := range n.fields {
			if slices.Contains(group, f.name) && f.value.shape != null {
				given = append(given, f)
			}
		}
		switch {
		case len(given) == 0 && k.need && k.group != "":
			d.problem(here, join(path, strings.Join(group, ", "))+": none of them is given", "give exactly one of them"+whose(path))
		case len(given) == 0 && k.need:
			d.problem(here, join(path, k.name)+": missing", k.doc)
		case len(given) > 1:
			d.problem(given[1].Position, join(path, given[1].name)+": given beside "+given[0].name, "keep one of "+strings.Join(group, ", "))
		}
		if v := n.get(k.name); v != nil && idle(k, n) {
			d.problem(d.at[join(path, k.name)].Position, join(path, k.name)+": has no effect without "+strings.Join(k.with, " or "), "take it away")
		}
	}
}

func whose(path string) string {
	if path == "" {
		return ""
	}
	return " under " + path
}

// value fills one field of the model.
func (d *decoder) value(n *node, path string, k key, v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[Secret]():
		d.secret(n, path, v)
	case v.Type() == reflect.TypeFor[core.Value]():
		d.anything(n, path, v)
	case v.Type() == reflect.TypeFor[time.Duration]():
		d.duration(n, path, k, v)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.structure(n, path, v.Elem())
	case v.Kind() == reflect.Struct:
		outer := d.partial
		d.partial = d.partial || k.partial
		if k.partial { // a fabric: its keys are named from there on
			path = ""
		}
		d.structure(n, path, v)
		d.partial = outer
	case v.Kind() == reflect.Slice:
		d.list(n, path, k, v)
	case v.Kind() == reflect.Map:
		d.dictionary(n, path, k, v)
	case v.Kind() == reflect.Bool:
		d.boolean(n, path, v)
	case v.Kind() == reflect.Int:
		d.integer(n, path, k, v)
	case v.Kind() == reflect.String:
		d.text(n, path, k, v)
	}
}

func (d *decoder) list(n *node, path string, k key, v reflect.Value) {
	items := n.items
	if n.shape != list {
		if !k.single {
			d.problem(n.Position, path+": "+n.is()+" where a list belongs", "write it as [a, b] or as lines that begin with `- `")
			return
		}
		items = []*node{n}
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		at := path // one value, written without a list
		if n.shape == list {
			at = fmt.Sprintf("%s[%d]", path, i)
			d.at[at] = spot{item.Position, item.inherited}
		}
		if k.typ.Elem() == reflect.TypeFor[Fabric]() {
			at = "" // its keys are named from there on
		}
		switch {
		case item.shape == null:
			d.problem(item.Position, path+": an empty item", "take it away")
		case k.short != "" && item.shape == scalar:
			short, _ := find(d.keysOf(k.typ.Elem()), k.short)
			d.defaults(k.typ.Elem(), v.Index(i))
			d.value(item, at, short, v.Index(i).FieldByIndex(short.index))
		default:
			d.value(item, at, k.item(), v.Index(i))
		}
	}
}

func (d *decoder) dictionary(n *node, path string, k key, v reflect.Value) {
	if n.shape != mapping {
		d.problem(n.Position, path+": "+n.is()+" where keys belong", "write `name: value`")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, f := range n.fields {
		at := join(path, f.name)
		if problem := oneLine(f.name); problem != "" {
			d.problem(f.Position, join(path, quoted(f.name))+": "+problem, "")
			continue
		}
		d.at[at] = spot{f.Position, f.value.inherited}
		e := reflect.New(v.Type().Elem()).Elem()
		if f.value.shape != null {
			d.value(f.value, at, k.item(), e)
		}
		v.SetMapIndex(reflect.ValueOf(f.name), e)
	}
}

func (d *decoder) boolean(n *node, path string, v reflect.Value) {
	if n.shape != scalar || n.tag != "!!bool" {
		d.problem(n.Position, path+": "+n.is()+" where true or false belongs", "write true or false, without quotes")
		return
	}
	v.SetBool(strings.EqualFold(n.text, "true"))
}

func (d *decoder) integer(n *node, path string, k key, v reflect.Value) {
	i, err := strconv.Atoi(n.text)
	if n.shape != scalar || n.tag != "!!int" || err != nil {
		d.problem(n.Position, path+": "+n.is()+" where a whole number belongs", "write it in digits, without quotes")
		return
	}
	least, most := bound(k.min, math.MinInt), bound(k.max, math.MaxInt)
	if i < least || i > most {
		d.problem(n.Position, fmt.Sprintf("%s: %d is out of range", path, i), fmt.Sprintf("give %d to %d", least, most))
		return
	}
	v.SetInt(int64(i))
}

func bound(text string, otherwise int) int {
	if i, err := strconv.Atoi(text); err == nil {
		return i
	}
	return otherwise
}

func (d *decoder) duration(n *node, path string, k key, v reflect.Value) {
	if n.shape != scalar || n.tag != "!!str" && n.text != "0" && !strings.HasPrefix(n.text, "-") {
		d.problem(n.Position, path+": "+n.is()+" where a duration belongs", "give it a unit, as 90s, 1h30m, 2d or 1w")
		return
	}
	value, err := ParseDuration(n.text)
	least, _ := ParseDuration(k.min)
	switch {
	case err != nil:
		d.problem(n.Position, fmt.Sprintf("%s: %q is %v", path, n.text, err), "")
	case value < least:
		d.problem(n.Position, fmt.Sprintf("%s: %q is too short", path, n.text), "give at least "+FormatDuration(least))
	default:
		v.SetInt(int64(value))
	}
}

// secret takes a text that must not be read by others.
func (d *decoder) secret(n *node, path string, v reflect.Value) {
	if n.shape != scalar || n.tag != "!!str" || n.text == "" {
		d.problem(n.Position, path+": not a text", "quote it")
		return
	}
	v.Set(reflect.ValueOf(NewSecret(n.text)))
	d.private(n.Position, path)
}

// anything takes whatever YAML can hold and JSON can, too.
func (d *decoder) anything(n *node, path string, v reflect.Value) {
	value, err := n.json()
	if err != nil {
		d.problem(n.Position, path+": "+err.Error(), "write it as a manifest would")
		return
	}
	v.Set(reflect.ValueOf(core.ValueOf(value)))
}

// private tells when others may read the file that holds a secret.
func (d *decoder) private(at Position, path string) {
	info, err := os.Stat(at.File)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		d.problem(at, fmt.Sprintf("%s: a secret in a file with mode %04o", path, info.Mode().Perm()),
			"`chmod 600` the file, or keep the secret in a file or in the environment")
	}
}

func (d *decoder) text(n *node, path string, k key, v reflect.Value) {
	if n.shape != scalar || n.tag != "!!str" {
		do := "write one text"
		if n.shape == scalar {
			do = fmt.Sprintf("quote it: %q", n.text)
		}
		d.problem(n.Position, path+": "+n.is()+" where text belongs", do)
		return
	}
	text := n.text
	switch {
	case len(k.one) > 0 && !slices.Contains(k.one, text):
		d.problem(n.Position, fmt.Sprintf("%s: %s is none of %s", path, quoted(text), strings.Join(k.one, ", ")), near(text, k.one))
		return
	case k.form != "":
		f := d.forms[k.form]
		var err error
		if text, err = f.read(d.in(n.Position), text); err != nil {
			what := path + ": " + err.Error()
			var h *hint
			do := f.do
			if errors.As(err, &h) {
				do = h.do
			}
			d.problem(n.Position, what, do)
			return
		}
	}
	v.SetString(text)
}

// fill gives a field the default of its key.
func (d *decoder) fill(k key, v reflect.Value) {
	(&decoder{description: d.description, place: d.place, at: positions{}}).value(k.defaults, "", k, v)
}

// defaults fills a struct that the file does not name.
func (d *decoder) defaults(t reflect.Type, v reflect.Value) {
	for _, k := range d.keysOf(t) {
		if k.defaults != nil {
			d.fill(k, v.FieldByIndex(k.index))
		}
		if k.typ.Kind() == reflect.Struct && !single(k.typ) {
			d.defaults(k.typ, v.FieldByIndex(k.index))
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

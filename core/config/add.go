package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"go.yaml.in/yaml/v3"

	"selvage/core"
	"selvage/core/disk"
)

// Addition is something that can be added to a configuration file, and where.
type Addition struct {
	File string
	Line int    // of the file as it will be, where Text begins
	Text string // the lines that are new; of a list on one line, that line
	Item string // what is added, as an item of its list

	before, after []byte
}

// AddIgnore is how a field is left out of the comparison of a fabric from now on:
// where that goes, and how it is written. Nothing is written yet. Where it cannot be
// added exactly the Item is given beside the error, for a person to add.
func (c *Config) AddIgnore(id core.FabricID, rule Ignore) (Addition, error) {
	a := Addition{Item: "- " + flowRule(rule)}
	i := slices.IndexFunc(c.Fabrics, func(f Fabric) bool { return f.Name == id })
	if i < 0 {
		return a, fmt.Errorf("no fabric %q is configured", id)
	}
	f := &c.Fabrics[i]
	if slices.Contains(f.Ignore, rule) {
		return a, fmt.Errorf("%s ignores that already: see %s", id, f.At("ignore"))
	}
	a.File = f.At("").File
	text, err := os.ReadFile(a.File)
	if err != nil {
		return a, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return a, fmt.Errorf("read %s: %w", a.File, err)
	}
	fabric, at := fabricNode(&doc, string(id))
	switch {
	case fabric == nil:
		return a, fmt.Errorf("%s does not hold %q any more", a.File, id)
	case fabric.Kind != yaml.MappingNode || fabric.Style&yaml.FlowStyle != 0:
		return a, fmt.Errorf("%s is written in a form that is not edited here: add the line to its ignore list by hand", f.At(""))
	case valueOf(fabric, "ignore") == nil && len(f.Ignore) > 0:
		return a, fmt.Errorf("what %s ignores comes from the defaults: add the line there, at %s", id, f.At("ignore"))
	}
	if line := ruleLine(fabric, rule); line > 0 {
		return a, fmt.Errorf("it is there already, at %s: it counts from the next start of selvage on", Position{File: a.File, Line: line})
	}
	a.before = text
	a.insert(fabric)
	if err := a.exact(at, rule); err != nil {
		return a, err
	}
	return a, nil
}

// flowRule is a rule on one line.
func flowRule(r Ignore) string {
	path := "'" + strings.ReplaceAll(string(r.Path), "'", "''") + "'"
	return fmt.Sprintf("{kind: %s, path: %s}", r.Kind, path)
}

// ruleLine is where a fabric of a file has a rule; 0 where it has not.
func ruleLine(fabric *yaml.Node, rule Ignore) int {
	list := valueOf(fabric, "ignore")
	if list == nil {
		return 0
	}
	for _, item := range list.Content {
		kind, path := valueOf(item, "kind"), valueOf(item, "path")
		if kind != nil && path != nil && (Ignore{kind.Value, core.Path(path.Value)}) == rule {
			return item.Line
		}
	}
	return 0
}

// Notes are what is no mistake and not meant either: fields that a fabric leaves out
// of its comparison twice.
func (c *Config) Notes() Problems {
	var notes Problems
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		for j, r := range f.Ignore {
			first := slices.Index(f.Ignore, r)
			if first == j {
				continue
			}
			at, _ := f.item("ignore", j, "path")
			before, _ := f.item("ignore", first, "path")
			notes = append(notes, Problem{Position: at.Position, What: fmt.Sprintf("ignore: the rule of %s again", before.Position), Do: "one of them can go"})
		}
	}
	return notes.sorted(c.Files)
}

// fabricNode finds a fabric in a file, and which one of its fabrics it is.
func fabricNode(doc *yaml.Node, name string) (*yaml.Node, int) {
	if len(doc.Content) != 1 {
		return nil, 0
	}
	fabrics := valueOf(doc.Content[0], "fabrics")
	if fabrics == nil {
		return nil, 0
	}
	for i, f := range fabrics.Content {
		if v := valueOf(f, "name"); v != nil && v.Value == name {
			return f, i
		}
	}
	return nil, 0
}

// valueOf is the value of a key; nil where the mapping has none.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// lastLine is the last line on which something of a node begins.
func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

// insert makes the file as it would be. Whether that is right is for the gate.
func (a *Addition) insert(fabric *yaml.Node) {
	lines := strings.SplitAfter(string(a.before), "\n")
	list, indent := valueOf(fabric, "ignore"), strings.Repeat(" ", fabric.Content[0].Column-1)
	var fresh []string
	switch {
	case list != nil && list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle != 0:
		at := lastLine(list)
		line := lines[at-1]
		if end := strings.LastIndex(line, "]"); end >= 0 {
			comma := ", "
			if len(list.Content) == 0 {
				comma = ""
			}
			lines[at-1] = line[:end] + comma + a.Item[2:] + line[end:]
		}
		a.Line, a.Text = at, strings.TrimRight(lines[at-1], "\r\n")
		a.after = []byte(strings.Join(lines, ""))
		return
	case list != nil && len(list.Content) > 0:
		a.Line = lastLine(list) + 1
		fresh = []string{strings.Repeat(" ", list.Column-1) + a.Item}
	default:
		a.Line = lastLine(fabric) + 1
		fresh = []string{indent + "ignore:", indent + "  " + a.Item}
	}
	end := "\n"
	if strings.HasSuffix(lines[0], "\r\n") {
		end = "\r\n"
	}
	at := min(a.Line-1, len(lines))
	if at > 0 && !strings.HasSuffix(lines[at-1], "\n") {
		lines[at-1] += end
	}
	a.Text = strings.Join(fresh, "\n")
	a.after = []byte(strings.Join(slices.Insert(lines, at, strings.Join(fresh, end)+end), ""))
}

// exact holds that the file would say the rule and else what it says.
func (a *Addition) exact(at int, rule Ignore) error {
	refused := fmt.Errorf("%s is written in a form that is not edited here: add the line by hand", Position{File: a.File, Line: a.Line})
	var was, is map[string]any
	if yaml.Unmarshal(a.before, &was) != nil || yaml.Unmarshal(a.after, &is) != nil {
		return refused
	}
	fabrics, _ := was["fabrics"].([]any)
	if at >= len(fabrics) {
		return refused
	}
	fabric, ok := fabrics[at].(map[string]any)
	if !ok {
		return refused
	}
	list, _ := fabric["ignore"].([]any)
	fabric["ignore"] = append(slices.Clone(list), map[string]any{"kind": rule.Kind, "path": string(rule.Path)})
	if !reflect.DeepEqual(was, is) {
		return refused
	}
	return nil
}

// Write adds it. The file keeps its mode and is never there in part. Where it has
// changed since, or the configuration would be wrong with it, it stays as it is.
func (a Addition) Write(o Options) error {
	name, err := filepath.EvalSymlinks(a.File)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Getuid() {
		return fmt.Errorf("%s belongs to somebody else: add the line by hand, or have them do it", name)
	}
	now, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, a.before) {
		return fmt.Errorf("%s has changed meanwhile: nothing was written", name)
	}
	if err := disk.Replace(name, a.after, info.Mode().Perm()); err != nil {
		return err
	}
	if _, err := Load(o); err != nil {
		return errors.Join(fmt.Errorf("nothing was added: with it %w", err), disk.Replace(name, a.before, info.Mode().Perm()))
	}
	return nil
}

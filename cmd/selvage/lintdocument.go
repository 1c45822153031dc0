package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"selvage/core"
	"selvage/core/lint"
	"selvage/core/safe"
)

// linted is a finding with where it comes from.
type linted struct {
	core.LintFinding
	fabric core.FabricID // "" for a path
}

// table prints findings as compilers do, so that editors can follow them.
func (l *linter) table() error {
	var b strings.Builder
	for _, f := range l.found {
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", safe.Clean(f.place()), f.Level, safe.Clean(f.told()), f.Rule)
	}
	return l.printf("%s", b.String())
}

// place is "file:line:column", as far as it is known.
func (f linted) place() string {
	s := f.Origin.Place()
	if f.Column > 0 {
		s += fmt.Sprintf(":%d", f.Column)
	}
	return s
}

// told names the object, and the field where the line does not.
func (f linted) told() string {
	s := f.Message
	if f.Key.Name != "" && !f.Key.IsFile() {
		who := f.Key.String()
		if f.Column == 0 && f.Path != "" && f.Path != core.Root {
			who += " " + string(f.Path)
		}
		s = who + ": " + s
	}
	return s
}

type lintList struct {
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Items      []lintItem `json:"items"`
}

type lintItem struct {
	Fabric  core.FabricID  `json:"fabric,omitempty"`
	File    string         `json:"file"`
	Line    int            `json:"line,omitempty"`
	Column  int            `json:"column,omitempty"`
	Path    core.Path      `json:"path,omitempty"`
	Level   core.LintLevel `json:"level"`
	Rule    string         `json:"rule"`
	Message string         `json:"message"`
	Object  *objectName    `json:"object,omitempty"`
}

func (l *linter) json() error {
	doc := lintList{APIVersion: "selvage/v1", Kind: "LintFindingList", Items: []lintItem{}}
	for _, f := range l.found {
		item := lintItem{
			Fabric: f.fabric, File: f.Origin.Path, Line: f.Line, Column: f.Column, Path: f.Path,
			Level: f.Level, Rule: f.Rule, Message: f.Message,
		}
		if k := f.Key; k.Name != "" {
			item.Object = &objectName{k.Group, k.Kind, k.Namespace, k.Name}
		}
		doc.Items = append(doc.Items, item)
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return l.printf("%s\n", data)
}

func (l *linter) printRules() error {
	var b strings.Builder
	for _, r := range lint.Rules() {
		fmt.Fprintf(&b, "%-13s %-8s %s\n%23s%s\n", r.ID, r.Level, r.What, "", r.Why)
	}
	return l.printf("%s", b.String())
}

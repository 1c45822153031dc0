package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"selvage/core"
	"selvage/core/manifest"
	"selvage/core/safe"
)

func (a *app) diffCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "diff FABRIC [KIND/NAME...]",
		Short: "Check a fabric and print its differences; - live, + git",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.diff(cmd, args[0], args[1:], output)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "fields", "fields, unified or json")
	return cmd
}

func (a *app) diff(cmd *cobra.Command, fabric string, objects []string, output string) error {
	printers := map[string]func(core.FabricState, []core.Verdict) error{
		"fields": a.diffFields, "unified": a.diffUnified, "json": a.diffJSON,
	}
	printer, ok := printers[output]
	if !ok {
		return usage(fmt.Errorf("--output %q: it is one of fields, unified, json", output))
	}
	return a.survey(cmd.Context(), []string{fabric}, false, func(_ *session, fabrics []core.FabricState) error {
		return a.printDiff(fabrics[0], objects, printer)
	})
}

// printDiff prints the differences of the named objects, of all where none is
// named, and ends with the exit code that they stand for.
func (a *app) printDiff(f core.FabricState, objects []string, printer func(core.FabricState, []core.Verdict) error) error {
	if f.Report == nil {
		return exit{code: exitUnread, err: f.Err}
	}
	verdicts, err := chosen(f, objects, a.now())
	if err != nil {
		return err
	}
	verdicts = slices.DeleteFunc(slices.Clone(verdicts), func(v core.Verdict) bool { return v.State == core.InSync })
	if err := printer(f, verdicts); err != nil {
		return err
	}
	code := exitDone
	if slices.ContainsFunc(verdicts, func(v core.Verdict) bool { return !v.State.Settled() }) {
		code = exitDifferences
	}
	if unread(f, a.now()) {
		code = worse(code, exitUnread)
		for _, p := range f.Problems(a.now()) {
			fmt.Fprintln(a.errs, "selvage: "+safe.Clean(p.String()).String())
		}
	}
	return done(code)
}

// diffFields prints each changed field with what live and Git say.
func (a *app) diffFields(f core.FabricState, verdicts []core.Verdict) error {
	var b strings.Builder
	for i, v := range verdicts {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%c %s  %s", v.State.Letter(), safe.Clean(f.Fabric.Label(v.Key)), v.State.Title())
		if v.Reason != "" {
			fmt.Fprintf(&b, ": %s", safe.Clean(v.Reason))
		}
		if v.Origin.Path != "" {
			fmt.Fprintf(&b, "  (%s)", safe.Clean(v.Origin.Place()))
		}
		b.WriteString("\n")
		for _, c := range v.Changes {
			fieldLines(&b, v, c)
		}
	}
	return a.printf("%s", b.String())
}

func fieldLines(b *strings.Builder, v core.Verdict, c core.Change) {
	name := safe.Clean(string(c.Path))
	if c.Path == core.Root {
		name = safe.Lit("the whole object")
	}
	fmt.Fprintf(b, "  %s  %s\n", name, v.Says(c))
	if c.Base.Present() && !c.Base.Equal(c.Git) && !c.Base.Equal(c.Live) {
		valueLines(b, "    base ", c.Base, "", "")
	}
	missing := "(not in live)"
	if c.Path == core.Root && v.State == core.Unknown && v.Live == nil {
		missing = "(live was not read)"
	}
	valueLines(b, "    - ", c.Live, missing, liveNote(c))
	valueLines(b, "    + ", c.Git, "(not in git)", gitNote(c))
}

// liveNote is who set the live value and when, and between which looks it
// changed, as far as either is known.
func liveNote(c core.Change) string {
	var known []string
	switch {
	case c.Manager != "" && c.ManagerTime.IsZero():
		known = append(known, c.Manager)
	case c.Manager != "":
		known = append(known, c.Manager+" "+core.Stamp(c.ManagerTime))
	}
	if when := c.Observed.Sentence(); when != "" {
		known = append(known, "changed "+when)
	}
	return strings.Join(known, ", ")
}

// gitNote is the commit that last changed what Git says.
func gitNote(c core.Change) string {
	if !c.Commit.Known() {
		return ""
	}
	return strings.Join([]string{core.ShortCommit(c.Commit.ID), c.Commit.Author, core.Stamp(c.Commit.Time)}, " ")
}

// valueLines prints a value as YAML, the mark before every line and a note
// behind the first, and missing in place of an absent one.
func valueLines(b *strings.Builder, mark string, v core.Value, missing, note string) {
	lines := []string{missing}
	if v.Present() {
		lines = core.Block(v.Any())
	}
	if note != "" {
		lines[0] += "  " + note
	}
	for _, line := range lines {
		fmt.Fprintf(b, "%s%s\n", mark, safe.Clean(line))
	}
}

// diffUnified prints what diff -u says of both manifests, as they were
// compared.
func (a *app) diffUnified(f core.FabricState, verdicts []core.Verdict) error {
	for _, v := range verdicts {
		live, err := manifestText(v, v.Live)
		if err != nil {
			return err
		}
		git, err := manifestText(v, v.Git)
		if err != nil {
			return err
		}
		name := f.Fabric.Label(v.Key)
		for _, line := range safe.Multi(udiff.Unified("live/"+name, "git/"+name, live, git)) {
			if err := a.printf("%s\n", line); err != nil {
				return err
			}
		}
	}
	return nil
}

// manifestText is one side of a verdict as YAML; nothing where the side does
// not have the object.
func manifestText(v core.Verdict, fields map[string]any) (string, error) {
	if fields == nil {
		return "", nil
	}
	text, err := manifest.Render(core.Document(v.Key, v.Version, fields))
	if err != nil {
		return "", fmt.Errorf("render %s: %w", v.Key, err)
	}
	return string(text), nil
}

type diffDocument struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Fabric     core.FabricID  `json:"fabric"`
	Objects    []objectStatus `json:"objects"`
}

func (a *app) diffJSON(f core.FabricState, verdicts []core.Verdict) error {
	doc := diffDocument{APIVersion: "selvage/v1", Kind: "FabricDiff", Fabric: f.Fabric.ID, Objects: []objectStatus{}}
	for _, v := range verdicts {
		doc.Objects = append(doc.Objects, objectDocument(v))
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write differences: %w", err)
	}
	return a.printf("%s\n", data)
}

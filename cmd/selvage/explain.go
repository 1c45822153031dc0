package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"selvage/core"
	"selvage/core/manifest"
	"selvage/core/safe"
	"selvage/tui"
)

func (a *app) explainCommand() *cobra.Command {
	var output string
	var cached bool
	cmd := &cobra.Command{
		Use:   "explain FABRIC KIND/NAME",
		Short: "Check a fabric and print why the verdict on an object is what it is",
		Long: `Check a fabric and print how the verdict on one of its objects came about: what
both sides say, what they are held against and where that came from, each rule
that was applied, and both documents as they were read.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.explain(cmd, args[0], args[1], output, cached)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	cmd.Flags().BoolVar(&cached, "cached", false, "explain what was last known, without any network")
	return cmd
}

func (a *app) explain(cmd *cobra.Command, fabric, object, output string, cached bool) error {
	printers := map[string]func(core.Fabric, core.Explanation) error{"text": a.explainText, "json": a.explainJSON}
	printer, ok := printers[output]
	if !ok {
		return usage(fmt.Errorf("--output %q: it is one of text, json", output))
	}
	return a.survey(cmd.Context(), []string{fabric}, cached, func(s *session, fabrics []core.FabricState) error {
		f := fabrics[0]
		if f.Report == nil {
			return exit{code: exitUnread, err: f.Err}
		}
		k, err := one(f, object, a.now())
		if err != nil {
			return err
		}
		x, err := s.loop.Explain(cmd.Context(), f.Fabric.ID, k)
		if err != nil {
			return exit{code: exitUnread, err: err}
		}
		if err := printer(f.Fabric, x); err != nil {
			return err
		}
		return a.partial(f)
	})
}

// one is the one object that a person names. The error ends a command.
func one(f core.FabricState, name string, now time.Time) (core.Key, error) {
	found, err := chosen(f, []string{name}, now)
	if err != nil {
		return core.Key{}, err
	}
	if len(found) > 1 {
		k := found[0].Key
		return core.Key{}, usage(fmt.Errorf("%q names %d objects; write which one, such as %s/%s/%s", name, len(found), k.GroupKind(), k.Namespace, k.Name))
	}
	return found[0].Key, nil
}

// partial tells what of a fabric could not be read, and ends the command with
// the code that this stands for.
func (a *app) partial(f core.FabricState) error {
	if !unread(f, a.now()) {
		return nil
	}
	for _, p := range f.Problems(a.now()) {
		fmt.Fprintln(a.errs, "selvage: "+safe.Clean(p.String()).String())
	}
	return done(exitUnread)
}

func (a *app) explainText(f core.Fabric, x core.Explanation) error {
	return a.printf("%s", tui.ExplanationText(x, f, manifest.Render))
}

type explanation struct {
	APIVersion string        `json:"apiVersion"`
	Kind       string        `json:"kind"`
	Fabric     core.FabricID `json:"fabric"`
	Object     objectStatus  `json:"object"`
	Base       *baseDocument `json:"base,omitempty"`
	Evidence   []string      `json:"evidence"`
	Git        sideDocument  `json:"git"`
	Live       sideDocument  `json:"live"`
	Folded     []foldedField `json:"folded"`
	Rules      string        `json:"rules,omitempty"`
	Release    string        `json:"fabric_release,omitempty"`
}

// baseDocument is what both sides are held against: whole documents, in the
// form of "compared".
type baseDocument struct {
	At     time.Time       `json:"at"`
	Source core.BaseSource `json:"source"`
	Git    map[string]any  `json:"git"`
	Live   map[string]any  `json:"live"`
}

type sideDocument struct {
	Presence string         `json:"presence"` // present, absent or unread
	Reason   string         `json:"reason,omitempty"`
	Raw      map[string]any `json:"raw,omitempty"`
	Compared map[string]any `json:"compared,omitempty"`
	Steps    []ruleStep     `json:"steps,omitempty"` // from raw to compared
}

type ruleStep struct {
	Path core.Path  `json:"path"`
	Rule string     `json:"rule"`
	Why  string     `json:"why"`
	From core.Value `json:"from,omitzero"`
	To   core.Value `json:"to,omitzero"`
}

// foldedField is a difference that a rule explains.
type foldedField struct {
	Path core.Path  `json:"path"`
	Rule string     `json:"rule"`
	Why  string     `json:"why"`
	Git  core.Value `json:"git,omitzero"`
	Live core.Value `json:"live,omitzero"`
}

func (a *app) explainJSON(f core.Fabric, x core.Explanation) error {
	doc := explanation{
		APIVersion: "selvage/v1", Kind: "Explanation", Fabric: f.ID, Object: objectDocument(x.Verdict),
		Evidence: append([]string{}, x.Evidence...), Git: explainedSide(x.Git), Live: explainedSide(x.Live),
		Folded: []foldedField{}, Rules: x.Rules, Release: x.Fabric,
	}
	if b := x.Base; b != nil {
		doc.Base = &baseDocument{utc(b.At), b.Source, b.Git.Fields, b.Live.Fields}
	}
	for _, c := range x.Verdict.Folded {
		doc.Folded = append(doc.Folded, foldedField(c))
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write the explanation of %s: %w", x.Verdict.Key, err)
	}
	return a.printf("%s\n", data)
}

func explainedSide(s core.ExplainedSide) sideDocument {
	doc := sideDocument{Presence: "unread", Reason: s.Reason, Raw: s.Raw, Compared: s.Normal}
	switch s.Presence {
	case core.Present:
		doc.Presence = "present"
	case core.Absent:
		doc.Presence = "absent"
	case core.Unread:
	}
	for _, step := range s.Steps {
		doc.Steps = append(doc.Steps, ruleStep(step))
	}
	return doc
}

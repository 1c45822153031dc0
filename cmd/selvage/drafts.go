package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/drift"
	"selvage/core/safe"
)

// cleaned is a foreign text that a terminal does not act upon.
func cleaned(s string) safe.Text { return safe.Clean(s) }

// shownPath is a path as people may see it: without secrets in it.
func shownPath(p core.Path) core.Path { return drift.MaskPath(p) }

// shown are values at one place as people may see them: secret-looking ones are
// placeholders, which are equal where the values are.
func shown(p core.Path, values ...core.Value) (core.Path, []core.Value) {
	present := []any{}
	for _, v := range values {
		if v.Present() {
			present = append(present, v.Any())
		}
	}
	masked := drift.Mask(core.Overwritten{Path: p, Live: core.ValueOf(present)})
	rest, _ := masked.Live.Any().([]any)
	out := make([]core.Value, len(values))
	for i, v := range values {
		if v.Present() {
			out[i], rest = core.ValueOf(rest[0]), rest[1:]
		}
	}
	return masked.Path, out
}

// sentence tells a decision: "VPC/vpc-1  .spec.mode  take live".
func sentence(f core.Fabric, r core.Resolution) string {
	return fmt.Sprintf("%s  %s  %s", cleaned(f.Label(r.Key)), cleaned(spot(shownPath(r.Path))), choiceWords(r.Choice))
}

func choiceWords(c core.Choice) string {
	if c == core.TakeEdited {
		return "edit"
	}
	return "take " + string(c)
}

// after is a fabric as it stands when something was decided about it.
func (s *session) after(id core.FabricID) core.FabricState {
	s.runner.Shown()
	f, _ := s.loop.Fleet().Fabric(id)
	return f
}

// laid are the drafts that were just made, as they stand.
func (a *app) laid(ctx context.Context, s *session, f core.FabricState, made []core.Draft) ([]core.DraftStanding, error) {
	lying, err := s.store.Drafts(ctx, f.Fabric.ID)
	if err != nil {
		return nil, exit{code: exitRefused, err: err}
	}
	var ids []int64
	for _, d := range lying {
		if slices.ContainsFunc(made, func(m core.Draft) bool { return m.Key == d.Key && m.Path == d.Path }) {
			ids = append(ids, d.ID)
		}
	}
	return slices.DeleteFunc(slices.Clone(f.Drafts), func(d core.DraftStanding) bool { return !slices.Contains(ids, d.ID) }), nil
}

// listDrafts prints all drafts of a fabric.
func (a *app) listDrafts(f core.FabricState, flags resolveFlags) error {
	if len(f.Drafts) == 0 && flags.output == "table" {
		if err := a.printf("%s: no drafts\n", cleaned(string(f.Fabric.ID))); err != nil {
			return err
		}
	} else if err := a.printDrafts(f, f.Drafts, flags.output); err != nil {
		return err
	}
	if f.Report == nil && f.Err != nil {
		return exit{code: exitUnread, err: f.Err}
	}
	if flags.cached {
		return nil
	}
	return a.partial(f)
}

func (a *app) printDrafts(f core.FabricState, drafts []core.DraftStanding, output string) error {
	if output == "json" {
		return a.draftsJSON(f, drafts)
	}
	var t table
	t.row("DRAFT", "OBJECT", "FIELD", "DECISION", "VALUE", "BY", "STANDING")
	for _, d := range drafts {
		t.row(d.ID, cleaned(f.Fabric.Label(d.Key)), cleaned(spot(d.Path)), choiceWords(d.Choice),
			cleaned(valueCell(d)), cleaned(d.By), cleaned(standing(d)))
	}
	if err := t.print(a.out); err != nil {
		return err
	}
	told := map[string]bool{}
	for _, d := range drafts {
		if d.Keeping.Command == "" || told[d.Keeping.Command] {
			continue
		}
		told[d.Keeping.Command] = true
		if err := a.printf("to bring live of %s to it:\n  %s\n", cleaned(f.Fabric.Label(d.Key)), cleaned(d.Keeping.Command)); err != nil {
			return err
		}
	}
	return nil
}

// valueCell is what a draft puts into Git, in the space of a cell.
func valueCell(d core.DraftStanding) string {
	const most = 40
	switch {
	case d.Choice == core.TakeGit:
		return "-"
	case d.Path == core.Root && d.Value.Present():
		return "the object"
	}
	return ansi.Truncate(value(d.Value), most, "…")
}

// standing is what has become of a draft: "void: git changed it since".
func standing(d core.DraftStanding) string {
	why := d.Why
	if d.State == core.DraftPending && d.Keeping.Sentence != "" {
		why = d.Keeping.Sentence
	}
	return joinedBy(": ", string(d.State), why)
}

// next tells on standard error how many drafts there are, and what comes next where
// something is to be published.
func (a *app) next(f core.FabricState) {
	var parts []string
	tally := core.TallyDrafts(f.Drafts)
	for _, s := range []struct {
		n     int
		words string
	}{
		{tally.Open, "to be published"}, {tally.Proposed, "waiting for a review"}, {tally.Pending, "waiting for live"}, {tally.Void, "void"}, {tally.Done, "done"},
	} {
		if s.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", s.n, s.words))
		}
	}
	id := cleaned(string(f.Fabric.ID))
	if len(parts) == 0 {
		fmt.Fprintf(a.errs, "%s: no drafts are left\n", id)
		return
	}
	plan := ""
	if tally.Open > 0 {
		plan = "; next: selvage plan " + id.String()
	}
	fmt.Fprintf(a.errs, "%s: %s%s\n", id, joined(parts), plan)
}

type draftList struct {
	APIVersion string        `json:"apiVersion"`
	Kind       string        `json:"kind"`
	Fabric     core.FabricID `json:"fabric"`
	Items      []draftItem   `json:"items"`
}

type draftItem struct {
	ID int64 `json:"id"`
	objectName
	Path     core.Path       `json:"path"`
	Choice   core.Choice     `json:"choice"`
	Value    core.Value      `json:"value,omitzero"`
	From     string          `json:"from,omitempty"`
	By       string          `json:"by,omitempty"`
	At       time.Time       `json:"at"`
	Standing core.DraftState `json:"standing"`
	Reason   string          `json:"reason,omitempty"`
	Keeping  *keeping        `json:"keeping,omitempty"`
}

// keeping is what becomes of a difference for which Git was taken.
type keeping struct {
	Effect   core.KeepEffect `json:"effect"`
	Sentence string          `json:"sentence"`
	Command  string          `json:"command,omitempty"`
}

func keepingDocument(k core.Keeping) *keeping {
	if k.Effect == "" {
		return nil
	}
	return &keeping{k.Effect, k.Sentence, k.Command}
}

func (a *app) draftsJSON(f core.FabricState, drafts []core.DraftStanding) error {
	doc := draftList{APIVersion: "selvage/v1", Kind: "DraftList", Fabric: f.Fabric.ID, Items: []draftItem{}}
	for _, d := range drafts {
		doc.Items = append(doc.Items, draftDocument(d))
	}
	return a.printJSON("drafts", doc)
}

func draftDocument(d core.DraftStanding) draftItem {
	item := draftItem{
		ID: d.ID, objectName: nameOf(d.Key), Path: d.Path, Choice: d.Choice, Value: d.Value, From: d.From,
		By: d.By, At: utc(d.At), Standing: d.State, Reason: d.Why, Keeping: keepingDocument(d.Keeping),
	}
	if d.Choice == core.TakeGit {
		item.Value = core.Value{} // nothing goes into Git
	}
	return item
}

func nameOf(k core.Key) objectName { return objectName{k.Group, k.Kind, k.Namespace, k.Name} }

// printJSON prints a document; what names it in an error.
func (a *app) printJSON(what string, doc any) error {
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	return a.printf("%s\n", strings.TrimRight(string(data), "\n"))
}

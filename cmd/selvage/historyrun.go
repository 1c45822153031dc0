package main

import (
	"fmt"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/drift"
)

// decidedEntry tells of a decision that was made, or left the desk.
type decidedEntry struct {
	What   core.DecidedWhat `json:"what"`
	By     string           `json:"by,omitempty"`
	Draft  int64            `json:"draft"`
	Path   core.Path        `json:"path"`
	Choice core.Choice      `json:"choice"`
	Value  core.Value       `json:"value,omitzero"`
	From   string           `json:"from,omitempty"`
	MadeBy string           `json:"made_by,omitempty"`
	MadeAt time.Time        `json:"made_at,omitzero"`
	Rule   string           `json:"rule,omitempty"`
}

// syncEntry tells of a run.
type syncEntry struct {
	ID       string        `json:"id"`
	Plan     string        `json:"plan,omitempty"`
	Phase    core.RunPhase `json:"phase"`
	Started  time.Time     `json:"started,omitzero"`
	Ended    time.Time     `json:"ended,omitzero"`
	By       string        `json:"by,omitempty"`
	Host     string        `json:"host,omitempty"`
	Attempts int           `json:"attempts,omitempty"`
	RetryAt  time.Time     `json:"retry_at,omitzero"`
	Reverts  string        `json:"reverts,omitempty"`
	Error    string        `json:"error,omitempty"`
	Options  syncOptions   `json:"options,omitzero"`
	Steps    []syncStep    `json:"steps,omitempty"`
	Commits  []syncCommit  `json:"commits,omitempty"`
	Objects  []syncObject  `json:"objects,omitempty"`
}

type syncOptions struct {
	NoWait      bool   `json:"no_wait,omitempty"`
	Propose     bool   `json:"propose,omitempty"`
	AllowDelete int    `json:"allow_delete,omitempty"`
	Ticket      string `json:"ticket,omitempty"`
	Message     string `json:"message,omitempty"`
}

type syncStep struct {
	Name    string    `json:"name"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Detail  string    `json:"detail,omitempty"`
	Error   string    `json:"error,omitempty"`
}

type syncCommit struct {
	URL     string                `json:"url"`
	Branch  string                `json:"branch"`
	Side    string                `json:"side,omitempty"`
	Commit  string                `json:"commit,omitempty"`
	Phase   core.PublicationPhase `json:"phase"`
	Outcome core.Outcome          `json:"outcome,omitempty"`
	Says    string                `json:"says,omitempty"`
	Review  string                `json:"review,omitempty"`
	Subject string                `json:"subject,omitempty"`
	Files   []string              `json:"files,omitempty"`
}

type syncObject struct {
	Fabric core.FabricID `json:"fabric"`
	objectName
	State  core.State `json:"state"`
	Reason string     `json:"reason,omitempty"`
	Since  time.Time  `json:"since,omitzero"`
}

// maskDecided is a decision as people may see it.
func maskDecided(d core.Decided) core.Decided {
	masked := drift.Mask(core.Overwritten{Path: d.Draft.Path, Live: d.Draft.Value})
	d.Draft.Path, d.Draft.Value = masked.Path, masked.Live
	return d
}

func decidedDocument(d core.Decided) *decidedEntry {
	return &decidedEntry{
		What: d.What, By: d.By, Draft: d.Draft.ID, Path: d.Draft.Path, Choice: d.Draft.Choice, Value: d.Draft.Value,
		From: d.Draft.From, MadeBy: d.Draft.By, MadeAt: utc(d.Draft.At), Rule: d.Draft.Rule,
	}
}

func syncDocument(r core.Run) *syncEntry {
	doc := &syncEntry{
		ID: r.ID, Plan: r.Plan, Phase: r.Phase, Started: utc(r.Started), Ended: utc(r.Ended), By: r.By, Host: r.Host,
		Attempts: r.Attempts, RetryAt: utc(r.RetryAt), Reverts: r.Reverts, Error: r.Err, Options: syncOptions(r.Options),
	}
	for _, s := range r.Steps {
		doc.Steps = append(doc.Steps, syncStep{s.Name, utc(s.Started), utc(s.Ended), s.Detail, s.Err})
	}
	for _, p := range r.Publications {
		c := syncCommit{
			URL: p.URL, Branch: p.Branch, Side: p.Side, Commit: p.Commit,
			Phase: p.Phase, Outcome: p.Outcome, Says: p.Says, Review: p.Review, Subject: p.Subject,
		}
		for _, f := range p.Changes {
			c.Files = append(c.Files, f.Path)
		}
		doc.Commits = append(doc.Commits, c)
	}
	for _, o := range r.Objects {
		name := objectName{o.Key.Group, o.Key.Kind, o.Key.Namespace, o.Key.Name}
		doc.Objects = append(doc.Objects, syncObject{o.Fabric, name, o.State, o.Says(), utc(o.Since)})
	}
	return doc
}

// commitsOf are the commits of a run that landed, or may have.
func commitsOf(r core.Run) (commits []string, files int) {
	for _, p := range r.Publications {
		if p.Phase == core.PublicationLanded || p.Phase == core.PublicationPushing {
			commits = append(commits, p.Commit)
			files += len(p.Changes)
		}
	}
	return commits, files
}

// tellRun tells of a run what it came to: "agreed, 3 files  41s  9b1d0aa"; then
// what went wrong, who started it, and which objects of the fabric have not
// settled.
func tellRun(r core.Run, f core.Fabric, id core.FabricID) []string {
	commits, files := commitsOf(r)
	first := string(r.Phase)
	switch {
	case files == 1:
		first += ", 1 file"
	case files > 1:
		first += fmt.Sprintf(", %d files", files)
	}
	if !r.Ended.IsZero() {
		first += "  " + config.FormatDuration(max(0, r.Ended.Sub(r.Started).Round(time.Second)))
	}
	for _, c := range commits {
		first += "  " + core.ShortCommit(c)
	}
	told := []string{first}
	if r.Err != "" {
		told = append(told, r.Err)
	}
	if about := startedBy(r); about != "" {
		told = append(told, about)
	}
	open := 0
	for _, o := range r.Objects {
		if o.Fabric != id || o.State.Settled() {
			continue
		}
		if open++; open <= mostObjects {
			told = append(told, joinedBy(": ", f.Label(o.Key)+" "+o.State.Title(), o.Says()))
		}
	}
	if open > mostObjects {
		told = append(told, fmt.Sprintf("and %d more", open-mostObjects))
	}
	return told
}

func startedBy(r core.Run) string {
	var parts []string
	add := func(label, text string) {
		if text != "" {
			parts = append(parts, label+text)
		}
	}
	add("by ", r.By)
	add("from ", r.Host)
	add("plan ", r.Plan)
	add("takes back ", r.Reverts)
	add("ticket ", r.Options.Ticket)
	if r.Attempts > 1 {
		parts = append(parts, fmt.Sprintf("attempt %d", r.Attempts))
	}
	return joined(parts)
}

// tellDecided tells of a decision: "made: .spec.mode  live "l3vni"  by kim".
func tellDecided(d core.Decided) string {
	text := fmt.Sprintf("%s: %s  %s", d.What, spot(d.Draft.Path), d.Draft.Choice)
	if d.Draft.Choice != core.TakeGit && d.Draft.Path != core.Root {
		text += " " + value(d.Draft.Value)
	}
	if d.By != "" {
		text += "  by " + d.By
	}
	if d.Draft.From != "" {
		text += ", from " + d.Draft.From
	}
	if d.Draft.Rule != "" {
		text += ", rule " + d.Draft.Rule
	}
	return text
}

func decidedRow(d core.Decided, row func(core.Key) map[string]string) map[string]string {
	r := row(d.Draft.Key)
	r["to"], r["reason"], r["path"] = string(d.What), string(d.Draft.Choice), cell(string(d.Draft.Path))
	r["git"], r["by"], r["since"] = cell(d.Draft.Value.String()), cell(d.By), rfc3339(d.Draft.At)
	return r
}

func syncRow(r core.Run, row func(core.Key) map[string]string) map[string]string {
	cells := row(core.Key{})
	commits, _ := commitsOf(r)
	cells["to"], cells["reason"], cells["by"] = string(r.Phase), cell(r.Err), cell(r.By)
	cells["git_commit"], cells["since"], cells["until"] = cell(strings.Join(commits, " ")), rfc3339(r.Started), rfc3339(r.Ended)
	return cells
}

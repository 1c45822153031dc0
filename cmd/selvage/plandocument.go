package main

import (
	"context"
	"time"

	"selvage/core"
)

type planDocument struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	ID         string          `json:"id,omitempty"`
	Fabrics    []core.FabricID `json:"fabrics"`
	At         time.Time       `json:"at"`
	By         string          `json:"by,omitempty"`
	Ticket     string          `json:"ticket,omitempty"`
	Reverts    string          `json:"reverts,omitempty"`
	Commits    []planCommit    `json:"commits"`
	Followed   []planFollow    `json:"followed,omitempty"`
	Effects    []planEffect    `json:"effects,omitempty"`
	Unseen     []string        `json:"unseen,omitempty"`
	Lint       []planFinding   `json:"lint,omitempty"`
	Conflicts  []planDispute   `json:"conflicts,omitempty"`
	Void       []planVoid      `json:"void,omitempty"`
	Refused    []planRefusal   `json:"refused,omitempty"`
	Stop       []string        `json:"stop,omitempty"`
	Drafts     []int64         `json:"drafts,omitempty"`
}

type planCommit struct {
	URL     string       `json:"url"`
	Branch  string       `json:"branch"`
	Base    string       `json:"base"`
	Subject string       `json:"subject"`
	Body    string       `json:"body,omitempty"`
	Files   []planFile   `json:"files"`
	Changes []planChange `json:"changes"`
}

type planFile struct {
	Path string  `json:"path"`
	Op   core.Op `json:"op"`
}

// planObject names an object of a fabric.
type planObject struct {
	Fabric core.FabricID `json:"fabric"`
	objectName
}

type planChange struct {
	planObject
	Path   core.Path  `json:"path"`
	Op     core.Op    `json:"op"`
	Before core.Value `json:"before,omitzero"`
	After  core.Value `json:"after,omitzero"`
	File   string     `json:"file,omitempty"`
	Line   int        `json:"line,omitempty"`
	By     string     `json:"by,omitempty"`
}

type planFollow struct {
	planObject
	Path core.Path `json:"path"`
	keeping
}

type planEffect struct {
	planObject
	Path        core.Path     `json:"path"`
	Op          core.EffectOp `json:"op"`
	From        core.Value    `json:"from,omitzero"`
	To          core.Value    `json:"to,omitzero"`
	Manager     string        `json:"live_manager,omitempty"`
	ManagerTime time.Time     `json:"live_manager_time,omitzero"`
	Reason      string        `json:"reason,omitempty"`
}

type planFinding struct {
	Fabric  core.FabricID  `json:"fabric"`
	File    string         `json:"file"`
	Line    int            `json:"line,omitempty"`
	Level   core.LintLevel `json:"level"`
	Rule    string         `json:"rule"`
	Message string         `json:"message"`
}

type planDispute struct {
	planObject
	Path   core.Path  `json:"path"`
	Base   core.Value `json:"base,omitzero"`
	Git    core.Value `json:"git,omitzero"`
	Live   core.Value `json:"live,omitzero"`
	Reason string     `json:"reason,omitempty"`
}

type planVoid struct {
	planObject
	Path   core.Path   `json:"path"`
	Choice core.Choice `json:"choice"`
	Reason string      `json:"reason"`
}

type planRefusal struct {
	planObject
	Reason string `json:"reason"`
}

func (a *app) planJSON(_ context.Context, _ *session, p *core.Plan) error {
	return a.printJSON("plan", planDocumentOf(p))
}

// planDocumentOf is a plan without the secrets in it, and without the contents of
// files.
func planDocumentOf(p *core.Plan) planDocument {
	p = maskedPlan(p)
	doc := planDocument{
		APIVersion: "selvage/v1", Kind: "Plan", ID: p.ID, Fabrics: p.Fabrics, At: utc(p.At), By: p.By,
		Ticket: p.Asked.Ticket, Reverts: p.Asked.Reverts, Commits: []planCommit{}, Unseen: p.Unseen, Stop: p.Stop, Drafts: p.Drafts,
	}
	for _, c := range p.Commits {
		doc.Commits = append(doc.Commits, commitDocument(c))
	}
	for _, f := range p.Followed {
		doc.Followed = append(doc.Followed, planFollow{objectOf(f.Fabric, f.Key), f.Path, keeping{f.Effect, f.Sentence, f.Command}})
	}
	for _, e := range p.Effects {
		doc.Effects = append(doc.Effects, planEffect{objectOf(e.Fabric, e.Key), e.Path, e.Op, e.From, e.To, e.Manager, utc(e.ManagerTime), e.Why})
	}
	for _, f := range p.Lint {
		doc.Lint = append(doc.Lint, planFinding{f.Fabric, f.Origin.Path, f.Line, f.Level, f.Rule, f.Message})
	}
	for _, d := range p.Conflicts {
		doc.Conflicts = append(doc.Conflicts, planDispute{objectOf(d.Fabric, d.Key), d.Path, d.Base, d.Git, d.Ours, d.Why})
	}
	for _, v := range p.Void {
		doc.Void = append(doc.Void, planVoid{objectOf(v.Fabric, v.Resolution.Key), v.Resolution.Path, v.Resolution.Choice, v.Reason})
	}
	for _, e := range p.Refused {
		doc.Refused = append(doc.Refused, planRefusal{objectOf(e.Fabric, e.Key), e.Err.Error()})
	}
	return doc
}

func commitDocument(c core.PlannedCommit) planCommit {
	doc := planCommit{URL: c.URL, Branch: c.Branch, Base: c.Base, Subject: c.Subject, Body: c.Body, Files: []planFile{}, Changes: []planChange{}}
	for _, f := range c.Files {
		op := core.OpChanged
		switch {
		case f.Before == "":
			op = core.OpAdded
		case f.After == nil:
			op = core.OpRemoved
		}
		doc.Files = append(doc.Files, planFile{f.Path, op})
	}
	for _, ch := range c.Changes {
		doc.Changes = append(doc.Changes, planChange{objectOf(ch.Fabric, ch.Key), ch.Path, ch.Op, ch.Before, ch.After, ch.Origin.Path, ch.Origin.Line, ch.By})
	}
	return doc
}

func objectOf(id core.FabricID, k core.Key) planObject { return planObject{id, nameOf(k)} }

package store

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"selvage/core"
)

// The JSON of plans, in the manner of that of reports. What is here decides
// nothing again: it is what a person looked at and confirmed.
type (
	plan struct {
		Fabrics   []core.FabricID `json:"fabrics,omitempty"`
		At        time.Time       `json:"at,omitzero"`
		By        string          `json:"by,omitempty"`
		Asked     planOptions     `json:"asked,omitzero"`
		Commits   []planCommit    `json:"commits,omitempty"`
		Followed  []planFollow    `json:"followed,omitempty"`
		Effects   []planEffect    `json:"effects,omitempty"`
		Lint      []planFinding   `json:"lint,omitempty"`
		Unseen    []string        `json:"unseen,omitempty"`
		Conflicts []dispute       `json:"conflicts,omitempty"`
		Void      []voidDraft     `json:"void,omitempty"`
		Refused   []refusal       `json:"refused,omitempty"`
		Stop      []string        `json:"stop,omitempty"`
		Drafts    []int64         `json:"drafts,omitempty"`
	}
	planOptions struct {
		Ticket      string `json:"ticket,omitempty"`
		Message     string `json:"message,omitempty"`
		AllowDelete int    `json:"allow_delete,omitempty"`
		Reverts     string `json:"reverts,omitempty"`
		Policy      bool   `json:"policy,omitempty"`
	}
	planCommit struct {
		URL     string       `json:"url"`
		Branch  string       `json:"branch"`
		Base    string       `json:"base"`
		Changes []planChange `json:"changes,omitempty"`
		Subject string       `json:"subject,omitempty"`
		Body    string       `json:"body,omitempty"`
	}
	planChange struct {
		Fabric core.FabricID `json:"fabric"`
		Key    objectKey     `json:"object"`
		Path   core.Path     `json:"path"`
		Op     core.Op       `json:"op"`
		Before core.Value    `json:"before,omitzero"`
		After  core.Value    `json:"after,omitzero"`
		File   filePath      `json:"file,omitempty"`
		Line   int           `json:"line,omitempty"`
		By     string        `json:"by,omitempty"`
	}
	planFollow struct {
		Fabric   core.FabricID   `json:"fabric"`
		Key      objectKey       `json:"object"`
		Path     core.Path       `json:"path"`
		Effect   core.KeepEffect `json:"effect"`
		Sentence string          `json:"sentence"`
		Command  string          `json:"command,omitempty"`
	}
	planEffect struct {
		Fabric      core.FabricID `json:"fabric"`
		Key         objectKey     `json:"object"`
		Path        core.Path     `json:"path"`
		Op          core.EffectOp `json:"op"`
		From        core.Value    `json:"from,omitzero"`
		To          core.Value    `json:"to,omitzero"`
		Manager     string        `json:"live_manager,omitempty"`
		ManagerTime time.Time     `json:"live_manager_time,omitzero"`
		Why         string        `json:"why,omitempty"`
	}
	planFinding struct {
		Fabric  core.FabricID  `json:"fabric"`
		File    filePath       `json:"file,omitempty"`
		Line    int            `json:"line,omitempty"`
		Column  int            `json:"column,omitempty"`
		Level   core.LintLevel `json:"level"`
		Rule    string         `json:"rule"`
		Message string         `json:"message"`
		Key     objectKey      `json:"object"`
		Path    core.Path      `json:"path,omitempty"`
	}
	dispute struct {
		Fabric core.FabricID `json:"fabric,omitempty"`
		Key    objectKey     `json:"object"`
		Path   core.Path     `json:"path"`
		Base   core.Value    `json:"base,omitzero"`
		Git    core.Value    `json:"git,omitzero"`
		Ours   core.Value    `json:"ours,omitzero"`
		Why    string        `json:"why,omitempty"`
	}
	voidDraft struct {
		Fabric     core.FabricID `json:"fabric,omitempty"`
		Resolution resolution    `json:"decision"`
		Reason     string        `json:"reason"`
	}
	refusal struct {
		Fabric core.FabricID `json:"fabric,omitempty"`
		Key    objectKey     `json:"object"`
		Err    string        `json:"error"`
	}
	resolution struct {
		Key    objectKey   `json:"object"`
		Path   core.Path   `json:"path"`
		Choice core.Choice `json:"choice"`
		Value  core.Value  `json:"value,omitzero"`
		Git    []byte      `json:"git,omitempty"`
		Live   []byte      `json:"live,omitempty"`
		Base   []byte      `json:"base,omitempty"`
		Anchor core.Path   `json:"anchor,omitempty"`
		By     string      `json:"by,omitempty"`
		At     time.Time   `json:"at,omitzero"`
		Rule   string      `json:"rule,omitempty"`

		Published   string    `json:"published,omitempty"`
		PublishedAt time.Time `json:"published_at,omitzero"`
	}
)

// filePath is a name in Git, which may be any bytes. One that is no text stands
// in JSON as "base64:" and more; so does one that begins like that.
type filePath string

const anyBytes = "base64:"

// MarshalJSON writes any path so that it can be read again.
func (p filePath) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(p)) && !strings.HasPrefix(string(p), anyBytes) {
		return json.Marshal(string(p))
	}
	return json.Marshal(anyBytes + base64.StdEncoding.EncodeToString([]byte(p)))
}

// UnmarshalJSON reads it.
func (p *filePath) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	coded, ok := strings.CutPrefix(s, anyBytes)
	if !ok {
		*p = filePath(s)
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(coded)
	*p = filePath(b)
	return err
}

// list converts every item; of none it makes nil.
func list[A, B any](all []A, convert func(A) B) []B {
	if len(all) == 0 {
		return nil
	}
	to := make([]B, len(all))
	for i, a := range all {
		to[i] = convert(a)
	}
	return to
}

func keptPlan(p *core.Plan) plan {
	return plan{
		Fabrics: p.Fabrics, At: kept(p.At), By: p.By, Asked: planOptions(p.Asked), Stop: p.Stop, Drafts: p.Drafts, Unseen: p.Unseen,
		Commits: list(p.Commits, func(c core.PlannedCommit) planCommit {
			return planCommit{c.URL, c.Branch, c.Base, list(c.Changes, keptPlanChange), c.Subject, c.Body}
		}),
		Followed: list(p.Followed, func(f core.PlannedFollow) planFollow {
			return planFollow{f.Fabric, objectKey(f.Key), f.Path, f.Effect, f.Sentence, f.Command}
		}),
		Effects: list(p.Effects, func(e core.Effect) planEffect {
			return planEffect{e.Fabric, objectKey(e.Key), e.Path, e.Op, e.From, e.To, e.Manager, kept(e.ManagerTime), e.Why}
		}),
		Lint: list(p.Lint, func(f core.PlannedFinding) planFinding {
			return planFinding{f.Fabric, filePath(f.Origin.Path), f.Line, f.Column, f.Level, f.Rule, f.Message, objectKey(f.Key), f.LintFinding.Path}
		}),
		Conflicts: list(p.Conflicts, keptDispute), Void: list(p.Void, keptVoid), Refused: list(p.Refused, keptRefusal),
	}
}

func (p plan) given() (*core.Plan, error) {
	void, err := givenVoid(p.Void)
	return &core.Plan{
		Fabrics: p.Fabrics, At: p.At, By: p.By, Asked: core.PlanOptions(p.Asked), Stop: p.Stop, Drafts: p.Drafts, Unseen: p.Unseen,
		Commits: list(p.Commits, func(c planCommit) core.PlannedCommit {
			return core.PlannedCommit{URL: c.URL, Branch: c.Branch, Base: c.Base, Changes: list(c.Changes, planChange.given), Subject: c.Subject, Body: c.Body}
		}),
		Followed: list(p.Followed, func(f planFollow) core.PlannedFollow {
			return core.PlannedFollow{Fabric: f.Fabric, Key: core.Key(f.Key), Path: f.Path, Keeping: core.Keeping{Effect: f.Effect, Sentence: f.Sentence, Command: f.Command}}
		}),
		Effects: list(p.Effects, func(e planEffect) core.Effect {
			return core.Effect{Fabric: e.Fabric, Key: core.Key(e.Key), Path: e.Path, Op: e.Op, From: e.From, To: e.To, Manager: e.Manager, ManagerTime: e.ManagerTime, Why: e.Why}
		}),
		Lint: list(p.Lint, func(f planFinding) core.PlannedFinding {
			return core.PlannedFinding{Fabric: f.Fabric, LintFinding: core.LintFinding{
				Origin: core.Origin{Path: string(f.File), Line: f.Line}, Column: f.Column, Level: f.Level, Rule: f.Rule, Message: f.Message,
				Key: core.Key(f.Key), Path: f.Path,
			}}
		}),
		Conflicts: list(p.Conflicts, dispute.given), Void: void, Refused: list(p.Refused, refusal.given),
	}, err
}

func keptPlanChange(c core.PlannedChange) planChange {
	return planChange{c.Fabric, objectKey(c.Key), c.Path, c.Op, c.Before, c.After, filePath(c.Origin.Path), c.Origin.Line, c.By}
}

func (c planChange) given() core.PlannedChange {
	return core.PlannedChange{
		Fabric: c.Fabric, Key: core.Key(c.Key), Path: c.Path, Op: c.Op, Before: c.Before, After: c.After,
		Origin: core.Origin{Path: string(c.File), Line: c.Line}, By: c.By,
	}
}

func keptDispute(d core.Dispute) dispute {
	return dispute{d.Fabric, objectKey(d.Key), d.Path, d.Base, d.Git, d.Ours, d.Why}
}

func (d dispute) given() core.Dispute {
	return core.Dispute{Fabric: d.Fabric, Key: core.Key(d.Key), Path: d.Path, Base: d.Base, Git: d.Git, Ours: d.Ours, Why: d.Why}
}

func keptRefusal(e core.UpdateError) refusal {
	r := refusal{Fabric: e.Fabric, Key: objectKey(e.Key)}
	if e.Err != nil {
		r.Err = e.Err.Error()
	}
	return r
}

// given has the words of the error, and is none of its cases any more.
func (r refusal) given() core.UpdateError {
	e := core.UpdateError{Fabric: r.Fabric, Key: core.Key(r.Key)}
	if r.Err != "" {
		e.Err = errors.New(r.Err)
	}
	return e
}

func keptResolution(r core.Resolution) resolution {
	return resolution{
		objectKey(r.Key), r.Path, r.Choice, r.Value, r.GitDigest[:], r.LiveDigest[:], r.BaseDigest[:], r.Anchor, r.By, kept(r.At), r.Rule, r.Published.Run, kept(r.Published.At),
	}
}

func (r resolution) given() (core.Resolution, error) {
	git, live, base, err := threeDigests(r.Git, r.Live, r.Base)
	return core.Resolution{
		Key: core.Key(r.Key), Path: r.Path, Choice: r.Choice, Value: r.Value,
		GitDigest: git, LiveDigest: live, BaseDigest: base, Anchor: r.Anchor, By: r.By, At: r.At, Rule: r.Rule,
		Published: core.Publishing{Run: r.Published, At: r.PublishedAt},
	}, err
}

func keptVoid(v core.VoidDraft) voidDraft {
	return voidDraft{v.Fabric, keptResolution(v.Resolution), v.Reason}
}

func givenVoid(all []voidDraft) ([]core.VoidDraft, error) {
	var to []core.VoidDraft
	for _, v := range all {
		r, err := v.Resolution.given()
		if err != nil {
			return nil, err
		}
		to = append(to, core.VoidDraft{Fabric: v.Fabric, Resolution: r, Reason: v.Reason})
	}
	return to, nil
}

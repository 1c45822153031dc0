package store

import (
	"time"

	"selvage/core"
)

// What stands beside both sides of a fabric: its engine and its switches. Of the
// engine's objects nothing is kept but what became of them in verdicts.
type (
	engine struct {
		Type          core.EngineType  `json:"type,omitempty"`
		App           string           `json:"app,omitempty"`
		Namespace     string           `json:"namespace,omitempty"`
		Where         string           `json:"where,omitempty"`
		ReadAt        time.Time        `json:"read_at,omitzero"`
		Access        core.Access      `json:"access"`
		Error         string           `json:"error,omitempty"`
		Sources       []engineSource   `json:"sources,omitempty"`
		Mismatch      []string         `json:"mismatch,omitempty"`
		Wider         string           `json:"wider,omitempty"`
		Auto          bool             `json:"auto,omitempty"`
		SelfHeal      bool             `json:"self_heal,omitempty"`
		Prune         bool             `json:"prune,omitempty"`
		Blocked       string           `json:"blocked,omitempty"`
		Idle          []span           `json:"idle,omitempty"`
		Health        string           `json:"health,omitempty"`
		HealthMessage string           `json:"health_message,omitempty"`
		Sync          string           `json:"sync,omitempty"`
		ComparedAt    time.Time        `json:"compared_at,omitzero"`
		Troubles      []string         `json:"troubles,omitempty"`
		Notes         []string         `json:"notes,omitempty"`
		Operation     *engineOperation `json:"operation,omitempty"`
	}
	span struct {
		From  time.Time `json:"from,omitzero"`
		Until time.Time `json:"until,omitzero"`
	}
	engineSource struct {
		URL       string    `json:"url,omitempty"`
		Path      string    `json:"path,omitempty"`
		Target    string    `json:"target,omitempty"`
		Renders   string    `json:"renders,omitempty"`
		Wanted    string    `json:"wanted,omitempty"`
		Applied   string    `json:"applied,omitempty"`
		AppliedAt time.Time `json:"applied_at,omitzero"`
		Behind    []commit  `json:"behind,omitempty"`
		Counted   bool      `json:"counted,omitempty"`
	}
	engineOperation struct {
		Phase     core.EnginePhase `json:"phase"`
		Revision  string           `json:"revision,omitempty"`
		Revisions []string         `json:"revisions,omitempty"`
		Tries     int              `json:"tries,omitempty"`
		Limit     int              `json:"limit,omitempty"`
		Started   time.Time        `json:"started,omitzero"`
		Finished  time.Time        `json:"finished,omitzero"`
		Message   string           `json:"message,omitempty"`
		Partial   bool             `json:"partial,omitempty"`
		By        string           `json:"by,omitempty"`
	}
	agents struct {
		All    []agent     `json:"all,omitempty"`
		ReadAt time.Time   `json:"read_at,omitzero"`
		Access core.Access `json:"access"`
		Error  string      `json:"error,omitempty"`
	}
	agent struct {
		Name        string    `json:"name"`
		Role        string    `json:"role,omitempty"`
		Description string    `json:"description,omitempty"`
		Applied     int64     `json:"applied"`
		Current     int64     `json:"current"`
		AppliedAt   time.Time `json:"applied_at,omitzero"`
		Heartbeat   time.Time `json:"heartbeat,omitzero"`
		Version     string    `json:"version,omitempty"`
		Reboot      bool      `json:"reboot,omitempty"`

		HeartbeatError string `json:"heartbeat_error,omitempty"`
	}
)

// mostBehind is how many of the commits that an engine is behind are kept.
const mostBehind = 100

func keptEngine(e *core.Engine) *engine {
	if e == nil {
		return nil
	}
	k := &engine{
		Type: e.Type, App: e.App, Namespace: e.Namespace, Where: e.Where, ReadAt: kept(e.ReadAt), Access: e.Access, Error: e.Error,
		Mismatch: e.Mismatch, Wider: e.Wider, Auto: e.Auto, SelfHeal: e.SelfHeal, Prune: e.Prune, Blocked: e.Blocked,
		Health: e.Health, HealthMessage: e.HealthMessage, Sync: e.Sync, ComparedAt: kept(e.ComparedAt), Troubles: e.Troubles, Notes: e.Notes,
	}
	for _, s := range e.Idle {
		k.Idle = append(k.Idle, span{kept(s.From), kept(s.Until)})
	}
	for _, s := range e.Sources {
		src := engineSource{
			URL: s.URL, Path: s.Path, Target: s.Target, Renders: s.Renders,
			Wanted: s.Wanted, Applied: s.Applied, AppliedAt: kept(s.AppliedAt), Counted: s.Counted && len(s.Behind) <= mostBehind,
		}
		if src.Counted {
			for _, c := range s.Behind {
				c.Time = kept(c.Time)
				src.Behind = append(src.Behind, commit(c))
			}
		}
		k.Sources = append(k.Sources, src)
	}
	if o := e.Operation; o != nil {
		op := engineOperation(*o)
		op.Started, op.Finished = kept(o.Started), kept(o.Finished)
		k.Operation = &op
	}
	return k
}

func (e *engine) given() *core.Engine {
	if e == nil {
		return nil
	}
	g := &core.Engine{
		Type: e.Type, App: e.App, Namespace: e.Namespace, Where: e.Where, ReadAt: e.ReadAt, Access: e.Access, Error: e.Error,
		Mismatch: e.Mismatch, Wider: e.Wider, Auto: e.Auto, SelfHeal: e.SelfHeal, Prune: e.Prune, Blocked: e.Blocked,
		Health: e.Health, HealthMessage: e.HealthMessage, Sync: e.Sync, ComparedAt: e.ComparedAt, Troubles: e.Troubles, Notes: e.Notes,
	}
	for _, s := range e.Idle {
		g.Idle = append(g.Idle, core.Span(s))
	}
	for _, s := range e.Sources {
		src := core.EngineSource{
			URL: s.URL, Path: s.Path, Target: s.Target, Renders: s.Renders,
			Wanted: s.Wanted, Applied: s.Applied, AppliedAt: s.AppliedAt, Counted: s.Counted,
		}
		for _, c := range s.Behind {
			src.Behind = append(src.Behind, core.Commit(c))
		}
		g.Sources = append(g.Sources, src)
	}
	if e.Operation != nil {
		op := core.EngineOperation(*e.Operation)
		g.Operation = &op
	}
	return g
}

func keptAgents(a *core.Agents) *agents {
	if a == nil {
		return nil
	}
	k := &agents{ReadAt: kept(a.ReadAt), Access: a.Access, Error: a.Error}
	for _, s := range a.All {
		s.AppliedAt, s.Heartbeat = kept(s.AppliedAt), kept(s.Heartbeat)
		k.All = append(k.All, agent(s))
	}
	return k
}

func (a *agents) given() *core.Agents {
	if a == nil {
		return nil
	}
	g := &core.Agents{ReadAt: a.ReadAt, Access: a.Access, Error: a.Error}
	for _, s := range a.All {
		g.All = append(g.All, core.Agent(s))
	}
	return g
}

package main

import (
	"time"

	"selvage/core"
)

// engineStatus is what the GitOps engine says. What it says only when it was
// read is left out where it was not.
type engineStatus struct {
	Type      core.EngineType `json:"type,omitempty"`
	App       string          `json:"app,omitempty"`
	Namespace string          `json:"namespace,omitempty"`
	Revision  string          `json:"revision,omitempty"`
	AppliedAt time.Time       `json:"applied_at,omitzero"`
	Wanted    string          `json:"wanted_revision,omitempty"`
	Behind    *int            `json:"behind,omitempty"`
	Health    string          `json:"health,omitempty"`
	Auto      *bool           `json:"auto,omitempty"`
	SelfHeal  *bool           `json:"self_heal,omitempty"`
	Prune     *bool           `json:"prune,omitempty"`
	Blocked   string          `json:"blocked,omitempty"`
	Operation *engineAttempt  `json:"operation,omitempty"`
	Mismatch  []string        `json:"mismatch,omitempty"`
	Troubles  []string        `json:"conditions,omitempty"`
	Notes     []string        `json:"notes,omitempty"`
	ReadAt    time.Time       `json:"read_at,omitzero"`
	Access    core.Access     `json:"access"`
	Error     string          `json:"error"`
}

type engineAttempt struct {
	Phase    core.EnginePhase `json:"phase"`
	Revision string           `json:"revision,omitempty"`
	Retries  int              `json:"retries"`
	Limit    int              `json:"retry_limit,omitempty"`
	Started  time.Time        `json:"started,omitzero"`
	Finished time.Time        `json:"finished,omitzero"`
	Message  string           `json:"message,omitempty"`
	By       string           `json:"initiated_by,omitempty"`
}

// agentsStatus is how many switches run what they are to run.
type agentsStatus struct {
	Converged *int          `json:"converged,omitempty"` // absent while no switch is known
	Total     *int          `json:"total,omitempty"`
	Oldest    time.Time     `json:"oldest_heartbeat,omitzero"`
	ReadAt    time.Time     `json:"read_at,omitzero"`
	Access    core.Access   `json:"access"`
	Error     string        `json:"error"`
	Behind    []agentStatus `json:"behind,omitempty"`
}

// agentStatus is a switch with which something is the matter.
type agentStatus struct {
	Name      string    `json:"name"`
	Applied   *int64    `json:"applied_generation,omitempty"`
	Current   int64     `json:"generation"`
	Heartbeat time.Time `json:"heartbeat,omitzero"`
	Reboot    bool      `json:"reboot_required,omitempty"`
	Version   string    `json:"version,omitempty"`
	Reason    string    `json:"reason"`
}

// engineDocument is nil where the fabric has no engine, or none is known, and there
// is nothing to be said of that.
func engineDocument(r *core.Report) *engineStatus {
	e := r.Engine
	if e == nil || e.Type == "" && e.Access == core.AccessOK && len(e.Notes) == 0 {
		return nil
	}
	doc := &engineStatus{Type: e.Type, App: e.App, Namespace: e.Namespace, ReadAt: utc(e.ReadAt), Access: e.Access, Error: e.Error, Notes: e.Notes}
	if !e.Known() {
		return doc
	}
	doc.Health, doc.Blocked, doc.Mismatch, doc.Troubles = e.Health, e.Blocked, e.Mismatch, e.Troubles
	doc.Auto, doc.SelfHeal, doc.Prune = &e.Auto, &e.SelfHeal, &e.Prune
	for _, place := range r.Git {
		if s, ok := e.Of(place); ok {
			doc.Revision, doc.Wanted, doc.AppliedAt = s.Applied, s.Wanted, utc(s.AppliedAt)
			if n, known := e.Behind(place); known {
				doc.Behind = &n
			}
			break
		}
	}
	if o := e.Operation; o != nil {
		doc.Operation = &engineAttempt{o.Phase, o.Revision, o.Tries, o.Limit, utc(o.Started), utc(o.Finished), o.Message, o.By}
	}
	return doc
}

// agentsDocument is nil where the fabric has no switches to ask.
func agentsDocument(r *core.Report) *agentsStatus {
	a := r.Agents
	if a == nil || !a.Known() && a.Access == core.AccessOK {
		return nil
	}
	doc := &agentsStatus{ReadAt: utc(a.ReadAt), Access: a.Access, Error: a.Error}
	if a.Known() {
		converged, total := a.Converged(), len(a.All)
		doc.Converged, doc.Total = &converged, &total
	}
	if oldest, ok := a.Oldest(); ok {
		doc.Oldest = utc(oldest.Heartbeat)
	}
	for _, s := range a.All {
		what := s.Matter(a.ReadAt)
		if what == "" {
			continue
		}
		b := agentStatus{
			Name: s.Name, Current: s.Current, Heartbeat: utc(s.Heartbeat), Reboot: s.Reboot, Version: s.Version, Reason: what,
		}
		if s.Applied >= 0 {
			b.Applied = &s.Applied
		}
		doc.Behind = append(doc.Behind, b)
	}
	return doc
}

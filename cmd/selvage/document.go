package main

import (
	"slices"
	"time"

	"selvage/core"
)

// The documents that scripts read. Their shape is the contract's, section 4;
// what is not known is left out.

type statusList struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Items      []fabricStatus `json:"items"`
}

type fabricStatus struct {
	Name              core.FabricID   `json:"name"`
	SyncStatus        core.SyncStatus `json:"sync_status"`
	SyncStatusDisplay string          `json:"sync_status_display"`
	Worst             core.State      `json:"worst"`
	LastSync          time.Time       `json:"last_sync,omitzero"`
	LastCheck         time.Time       `json:"last_check,omitzero"`
	SyncError         string          `json:"sync_error"`
	Mode              core.Mode       `json:"mode"`
	Git               []gitStatus     `json:"git,omitempty"`
	Live              *liveStatus     `json:"live,omitempty"`
	Engine            *engineStatus   `json:"engine,omitempty"`
	Agents            *agentsStatus   `json:"agents,omitempty"`
	Frozen            *freeze         `json:"frozen,omitempty"`
	Rewritten         []rewrite       `json:"rewritten,omitempty"`
	Counts            map[string]int  `json:"counts,omitempty"`
	NotInGit          map[string]int  `json:"not_in_git,omitempty"`
	Objects           []objectStatus  `json:"objects"`
}

type gitStatus struct {
	URL      string      `json:"url"`
	Branch   string      `json:"branch"`
	Path     string      `json:"path"`
	Revision string      `json:"revision,omitempty"`
	ReadAt   time.Time   `json:"read_at,omitzero"`
	Access   core.Access `json:"access"`
	Error    string      `json:"error"`
}

type liveStatus struct {
	Source      string      `json:"source"`
	ClusterName string      `json:"cluster_name"`
	ReadAt      time.Time   `json:"read_at,omitzero"`
	Access      core.Access `json:"access"`
	Error       string      `json:"error"`
}

// freeze is a mass disappearance that waits to be accepted.
type freeze struct {
	Side  string    `json:"side"`
	Gone  int       `json:"gone"`
	Of    int       `json:"of"`
	Since time.Time `json:"since"`
}

// rewrite is a rewritten history that waits to be accepted.
type rewrite struct {
	Path   string    `json:"path"`
	Branch string    `json:"branch"`
	From   string    `json:"from"`
	To     string    `json:"to"`
	At     time.Time `json:"at"`
}

type objectStatus struct {
	Group        string           `json:"group"`
	Version      string           `json:"version,omitempty"`
	Kind         string           `json:"kind"`
	Namespace    string           `json:"namespace,omitempty"`
	Name         string           `json:"name"`
	State        core.State       `json:"state"`
	Reason       string           `json:"reason,omitempty"`
	Tracked      *bool            `json:"tracked,omitempty"`
	LastState    string           `json:"last_state,omitempty"`
	File         string           `json:"file,omitempty"`
	Line         int              `json:"line,omitempty"`
	Since        time.Time        `json:"since,omitzero"`
	Notes        []string         `json:"notes,omitempty"`
	Acknowledged *acknowledgement `json:"acknowledged,omitempty"`
	Changes      []fieldChange    `json:"changes,omitempty"`
}

type acknowledgement struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Until  time.Time `json:"until"`
}

type fieldChange struct {
	Path        core.Path         `json:"path"`
	Op          core.Op           `json:"op"`
	Verdict     core.FieldVerdict `json:"verdict"`
	Base        core.Value        `json:"base,omitzero"`
	BaseLive    core.Value        `json:"base_live,omitzero"`
	Git         core.Value        `json:"git,omitzero"`
	Live        core.Value        `json:"live,omitzero"`
	Unit        core.Path         `json:"unit,omitempty"`
	Manager     string            `json:"live_manager,omitempty"`
	ManagerTime time.Time         `json:"live_manager_time,omitzero"`
	Observed    *window           `json:"observed,omitempty"`
	Commit      string            `json:"git_commit,omitempty"`
	Author      string            `json:"git_author,omitempty"`
	CommitTime  time.Time         `json:"git_time,omitzero"`
}

// window is the time between two looks; the first is left out where there was
// none.
type window struct {
	After  time.Time `json:"after,omitzero"`
	Before time.Time `json:"before"`
}

func statusDocument(fabrics []core.FabricState, now time.Time, all bool) statusList {
	doc := statusList{APIVersion: "selvage/v1", Kind: "FabricStatusList", Items: []fabricStatus{}}
	for _, f := range fabrics {
		doc.Items = append(doc.Items, fabricDocument(f, now, all))
	}
	return doc
}

func fabricDocument(f core.FabricState, now time.Time, all bool) fabricStatus {
	status := f.SyncStatus(now)
	doc := fabricStatus{
		Name: f.Fabric.ID, SyncStatus: status, SyncStatusDisplay: status.Display(), Worst: f.Worst(now),
		LastSync: utc(f.LastSync), LastCheck: utc(f.LastCheck), SyncError: syncError(f, now), Mode: f.Fabric.Mode,
		Objects: []objectStatus{},
	}
	r := f.Report
	if r == nil {
		return doc
	}
	for _, g := range r.Git {
		doc.Git = append(doc.Git, gitStatus{g.URL, g.Branch, g.Path, g.Revision, utc(g.ReadAt), g.Access, g.Error})
	}
	doc.Live = &liveStatus{r.Live.Source, f.Fabric.Cluster, utc(r.Live.ReadAt), f.Access(now), r.Live.Error}
	doc.Engine, doc.Agents = engineDocument(r), agentsDocument(r)
	if z := r.Freeze; z != nil {
		doc.Frozen = &freeze{z.Side, len(z.Gone), z.Of, utc(z.Since)}
	}
	for _, w := range r.Rewrites {
		doc.Rewritten = append(doc.Rewritten, rewrite{w.Path, w.Branch, w.From, w.To, utc(w.At)})
	}
	doc.Counts = map[string]int{}
	for _, s := range core.States() {
		if n, known := f.Count(s); known {
			doc.Counts[s.String()] = n
		}
	}
	for gk, n := range r.NotInGit {
		if doc.NotInGit == nil {
			doc.NotInGit = map[string]int{}
		}
		doc.NotInGit[gk.Kind] += n
	}
	for _, v := range r.Verdicts {
		if all || v.State != core.InSync {
			doc.Objects = append(doc.Objects, objectDocument(v))
		}
	}
	return doc
}

// syncError is why the fabric could not be read whole, or not be believed. Ages
// stand in fields of their own, so that the text stays the same as long as the
// trouble does.
func syncError(f core.FabricState, now time.Time) string {
	if f.Reliable(now) && !f.Report.Empty() {
		return "" // a rewritten history is no error
	}
	for _, p := range f.Problems(now) {
		return p.Cause
	}
	return ""
}

func objectDocument(v core.Verdict) objectStatus {
	o := objectStatus{
		Group: v.Key.Group, Version: v.Version, Kind: v.Key.Kind, Namespace: v.Key.Namespace, Name: v.Key.Name,
		State: v.State, Reason: v.Reason, File: v.Origin.Path, Line: v.Origin.Line, Since: utc(v.Since), Notes: v.Notes,
	}
	if a := v.Acknowledged; a != nil {
		o.Acknowledged = &acknowledgement{a.Reason, a.By, utc(a.Until)}
	}
	for _, c := range v.Changes {
		o.Changes = append(o.Changes, changeDocument(c))
	}
	if v.State == core.OnlyLive {
		o.Tracked = &v.Tracked
	}
	if v.Opinion != "" {
		o.Notes = append(slices.Clone(v.Notes), v.Opinion)
	}
	if v.State == core.Unknown && v.LastKnown {
		o.LastState = v.Last.String()
	}
	return o
}

func changeDocument(c core.Change) fieldChange {
	doc := fieldChange{
		Path: c.Path, Op: c.Op, Verdict: c.Verdict, Base: c.Base, BaseLive: c.BaseLive, Git: c.Git, Live: c.Live,
		Unit: c.Unit, Manager: c.Manager, ManagerTime: utc(c.ManagerTime),
		Commit: c.Commit.ID, Author: c.Commit.Author, CommitTime: utc(c.Commit.Time),
	}
	if c.Observed.Known() {
		doc.Observed = &window{utc(c.Observed.After), utc(c.Observed.Before)}
	}
	return doc
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Second)
}

package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"selvage/core"
)

// The JSON that columns hold. The types repeat those of core field by field
// and are converted to and from them, so that a field added there does not
// compile until it has a name here: what is in people's files must not change
// with a name in the code.
type (
	reading struct {
		Source        string      `json:"source"`
		Name          string      `json:"name,omitempty"`
		URL           string      `json:"url,omitempty"`
		Branch        string      `json:"branch,omitempty"`
		Path          string      `json:"path,omitempty"`
		Revision      string      `json:"revision,omitempty"`
		RevisionTime  time.Time   `json:"revision_time,omitzero"`
		DefaultBranch string      `json:"default_branch,omitempty"`
		ReadAt        time.Time   `json:"read_at,omitzero"`
		Access        core.Access `json:"access"`
		Error         string      `json:"error,omitempty"`
		Insecure      bool        `json:"insecure,omitempty"`
	}
	rewrite struct {
		Path   string    `json:"path"`
		Branch string    `json:"branch"`
		From   string    `json:"from"`
		To     string    `json:"to"`
		At     time.Time `json:"at,omitzero"`
	}
	objectKey struct {
		Group     string `json:"group"`
		Kind      string `json:"kind"`
		Namespace string `json:"namespace,omitempty"`
		Name      string `json:"name"`
	}
	manager struct {
		Name        string         `json:"name,omitempty"`
		Operation   string         `json:"operation,omitempty"`
		Subresource string         `json:"subresource,omitempty"`
		Time        time.Time      `json:"time,omitzero"`
		Fields      map[string]any `json:"-"`
	}
)

// change is a difference as memory and transitions hold it.
type change struct {
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
	Observed    window            `json:"observed,omitzero"`
	Commit      commit            `json:"commit,omitzero"`
}

type window struct {
	After  time.Time `json:"after,omitzero"`
	Before time.Time `json:"before,omitzero"`
}

type commit struct {
	ID      string    `json:"id"`
	Author  string    `json:"author,omitempty"`
	Time    time.Time `json:"time,omitzero"`
	Summary string    `json:"summary,omitempty"`
}

type gap struct {
	Group     string      `json:"group"`
	Kind      string      `json:"kind"`
	Namespace string      `json:"namespace,omitempty"`
	Access    core.Access `json:"access"`
	Reason    string      `json:"reason"`
	Unserved  bool        `json:"unserved,omitempty"`
}

type freeze struct {
	Side  string      `json:"side"`
	Gone  []objectKey `json:"gone"`
	Of    int         `json:"of"`
	Since time.Time   `json:"since,omitzero"`
}

type kindCount struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// header is a report without its verdicts, which stand in the rows of memory,
// and without its counts, which follow from them.
type header struct {
	At       time.Time   `json:"at,omitzero"`
	Git      []reading   `json:"git,omitempty"`
	Live     reading     `json:"live"`
	NotInGit []kindCount `json:"not_in_git,omitempty"`
	Gaps     []gap       `json:"gaps,omitempty"`
	Freeze   *freeze     `json:"freeze,omitempty"`
	Rewrites []rewrite   `json:"rewrites,omitempty"`
	Watched  time.Time   `json:"watched,omitzero"`
	Rules    string      `json:"rules,omitempty"`
	Release  string      `json:"release,omitempty"`
	Engine   *engine     `json:"engine,omitempty"`
	Agents   *agents     `json:"agents,omitempty"`
}

func encodeHeader(r *core.Report) (string, error) {
	h := header{
		At: kept(r.At), Git: keptReadings(r.Git), Live: keptReading(r.Live), Watched: kept(r.Watched), Rules: r.Rules, Release: r.Release,
		Engine: keptEngine(r.Engine), Agents: keptAgents(r.Agents),
	}
	for gk, n := range r.NotInGit {
		h.NotInGit = append(h.NotInGit, kindCount{gk.Group, gk.Kind, n})
	}
	slices.SortFunc(h.NotInGit, func(a, b kindCount) int {
		return core.Key{Group: a.Group, Kind: a.Kind}.Compare(core.Key{Group: b.Group, Kind: b.Kind})
	})
	for _, g := range r.Gaps {
		h.Gaps = append(h.Gaps, gap{g.Group, g.Kind, g.Namespace, g.Access, g.Reason, g.Unserved})
	}
	if f := r.Freeze; f != nil {
		h.Freeze = &freeze{Side: f.Side, Of: f.Of, Since: kept(f.Since)}
		for _, k := range f.Gone {
			h.Freeze.Gone = append(h.Freeze.Gone, objectKey(k))
		}
	}
	for _, w := range r.Rewrites {
		w.At = kept(w.At)
		h.Rewrites = append(h.Rewrites, rewrite(w))
	}
	return encode(h)
}

// decodeHeader gives the report back, still without verdicts.
func decodeHeader(text string) (*core.Report, error) {
	var h header
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return nil, err
	}
	r := &core.Report{
		At: h.At, Git: givenReadings(h.Git), Live: core.Reading(h.Live), Watched: h.Watched, Rules: h.Rules, Release: h.Release,
		Engine: h.Engine.given(), Agents: h.Agents.given(),
	}
	for _, n := range h.NotInGit {
		if r.NotInGit == nil {
			r.NotInGit = make(map[core.GroupKind]int, len(h.NotInGit))
		}
		r.NotInGit[core.GroupKind{Group: n.Group, Kind: n.Kind}] = n.Count
	}
	for _, g := range h.Gaps {
		r.Gaps = append(r.Gaps, core.Gap{
			GroupKind: core.GroupKind{Group: g.Group, Kind: g.Kind},
			Namespace: g.Namespace, Access: g.Access, Reason: g.Reason, Unserved: g.Unserved,
		})
	}
	if f := h.Freeze; f != nil {
		r.Freeze = &core.Freeze{Side: f.Side, Of: f.Of, Since: f.Since}
		for _, k := range f.Gone {
			r.Freeze.Gone = append(r.Freeze.Gone, core.Key(k))
		}
	}
	for _, w := range h.Rewrites {
		r.Rewrites = append(r.Rewrites, core.Rewrite(w))
	}
	return r, nil
}

func keptReading(r core.Reading) reading {
	r.ReadAt, r.RevisionTime = kept(r.ReadAt), kept(r.RevisionTime)
	return reading(r)
}

func keptReadings(rs []core.Reading) []reading {
	all := make([]reading, 0, len(rs))
	for _, r := range rs {
		all = append(all, keptReading(r))
	}
	return all
}

func givenReadings(rs []reading) []core.Reading {
	if len(rs) == 0 {
		return nil
	}
	all := make([]core.Reading, 0, len(rs))
	for _, r := range rs {
		all = append(all, core.Reading(r))
	}
	return all
}

// doc is an object as the tables docs and blobs hold it.
type doc struct {
	digest core.Digest // of all the rest
	fields core.Digest
	meta   string // "" where the API server keeps nothing about it
}

// meta is what the API server keeps about an object.
type meta struct {
	UID             string        `json:"uid,omitempty"`
	ResourceVersion string        `json:"resource_version,omitempty"`
	Created         time.Time     `json:"created,omitzero"`
	Deleting        time.Time     `json:"deleting,omitzero"`
	Managers        []managerMeta `json:"managers,omitempty"`
	LastApplied     string        `json:"last_applied,omitempty"`
}

type managerMeta struct {
	manager
	Fields json.RawMessage `json:"fields,omitempty"`
}

func encodeDoc(o *core.Object) (doc, error) {
	d := doc{fields: o.Digest}
	m := meta{UID: o.UID, ResourceVersion: o.ResourceVersion, Created: o.Created, Deleting: o.Deleting, LastApplied: o.LastApplied}
	for _, by := range o.Managers {
		mm := managerMeta{manager: manager(by)}
		if by.Fields != nil {
			mm.Fields = core.CanonicalJSON(by.Fields)
		}
		m.Managers = append(m.Managers, mm)
	}
	if o.UID != "" || o.ResourceVersion != "" || !o.Created.IsZero() || !o.Deleting.IsZero() || m.Managers != nil || o.LastApplied != "" {
		text, err := encode(m)
		if err != nil {
			return d, fmt.Errorf("encode %s: %w", o.Key, err)
		}
		d.meta = text
	}
	b := make([]byte, 0, len(d.meta)+len(o.Origin.Path)+64)
	for _, s := range []string{o.Version, o.Origin.Path, d.meta} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	b = binary.AppendVarint(b, int64(o.Origin.Line))
	d.digest = sha256.Sum256(append(b, d.fields[:]...))
	return d, nil
}

// digestOf is a digest as a column holds it.
func digestOf(column []byte) (d core.Digest, err error) {
	if len(column) != len(d) {
		return d, fmt.Errorf("%w: a digest of %d bytes", ErrDamaged, len(column))
	}
	return core.Digest(column), nil
}

// decodeMeta puts back what encodeDoc took from an object. The sets of fields
// that managers own are few and repeat from object to object: sets holds those
// that were decoded before.
func decodeMeta(text string, o *core.Object, sets map[string]map[string]any) error {
	if text == "" {
		return nil
	}
	var m meta
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return err
	}
	o.UID, o.ResourceVersion, o.Created, o.Deleting, o.LastApplied = m.UID, m.ResourceVersion, m.Created, m.Deleting, m.LastApplied
	for _, mm := range m.Managers {
		by := core.Manager(mm.manager)
		if mm.Fields != nil {
			set, ok := sets[string(mm.Fields)]
			if !ok {
				v, err := core.DecodeJSON(mm.Fields)
				if err != nil {
					return err
				}
				set, _ = v.(map[string]any)
				sets[string(mm.Fields)] = set
			}
			by.Fields = set
		}
		o.Managers = append(o.Managers, by)
	}
	return nil
}

// keptChanges are changes in the form in which they are read again.
func keptChanges(cs []core.Change) []core.Change {
	if len(cs) == 0 {
		return nil
	}
	all := slices.Clone(cs)
	for i := range all {
		c := &all[i]
		c.ManagerTime, c.Observed, c.Commit.Time = kept(c.ManagerTime), keptWindow(c.Observed), kept(c.Commit.Time)
	}
	return all
}

func keptWindow(w core.Window) core.Window {
	return core.Window{After: kept(w.After), Before: kept(w.Before)}
}

// encodeChanges gives NULL for no changes.
func encodeChanges(cs []core.Change) (any, error) {
	if len(cs) == 0 {
		return nil, nil
	}
	all := make([]change, len(cs))
	for i, c := range keptChanges(cs) {
		all[i] = change{
			Path: c.Path, Op: c.Op, Verdict: c.Verdict, Base: c.Base, BaseLive: c.BaseLive, Git: c.Git, Live: c.Live,
			Unit: c.Unit, Manager: c.Manager, ManagerTime: c.ManagerTime, Observed: window(c.Observed), Commit: commit(c.Commit),
		}
	}
	return encode(all)
}

func decodeChanges(text string) ([]core.Change, error) {
	if text == "" {
		return nil, nil
	}
	var all []change
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, err
	}
	cs := make([]core.Change, len(all))
	for i, c := range all {
		cs[i] = core.Change{
			Path: c.Path, Op: c.Op, Verdict: c.Verdict, Base: c.Base, BaseLive: c.BaseLive, Git: c.Git, Live: c.Live,
			Unit: c.Unit, Manager: c.Manager, ManagerTime: c.ManagerTime, Observed: core.Window(c.Observed), Commit: core.Commit(c.Commit),
		}
	}
	return cs, nil
}

// encodeCounts writes counts by the words of their states, which stay when the
// order of the states changes.
func encodeCounts(c core.Counts) (string, error) {
	words := map[string]int{}
	for s, n := range c {
		if n > 0 {
			words[core.State(s).String()] = n
		}
	}
	return encode(words)
}

func decodeCounts(text string) (c core.Counts, err error) {
	words := map[string]int{}
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		return c, err
	}
	for word, n := range words {
		s, err := core.ParseState(word)
		if err != nil {
			return c, err
		}
		c[s] = n
	}
	return c, nil
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

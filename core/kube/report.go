package kube

import (
	"fmt"

	"selvage/core"
)

// report makes the snapshot of what a look brought.
func (s *Source) report(q question, l look) *core.Snapshot {
	if l.err != nil {
		return s.unread(l.client, l.err)
	}
	snapshot := core.NewSnapshot(s.reading(l.client))
	followed := q.follower.tell(l)
	var t tally
	for _, u := range l.plan.unknown {
		e := fault(fmt.Sprintf("look up %s at %s", u.GroupKind, l.client.server), u.err, "")
		t.failed(core.Gap{GroupKind: u.GroupKind, Access: e.Access, Reason: e.Error()}, u.err)
	}
	for _, j := range l.plan.jobs {
		r := l.results[j]
		if !j.namespaced {
			snapshot.ClusterScoped(j.GroupKind)
		}
		if objects, ok := followed.objects[j]; ok {
			r.objects = objects
		} else if q.follower != nil && r.err == nil {
			r.err = errUnfollowed
		}
		if r.err != nil {
			t.failed(j.gap(l.client, r.err), r.err)
			continue
		}
		t.read++
		snapshot.Cover(j.GroupKind, j.namespace)
		for _, o := range r.objects {
			snapshot.Add(o)
		}
	}
	for _, gk := range l.plan.none {
		snapshot.Cover(gk, "")
	}
	for _, gk := range l.plan.unserved {
		t.gaps = append(t.gaps, notServed(gk))
	}
	snapshot.Gaps = t.gaps
	snapshot.Schemas = l.client.schemas(l.catalog, l.plan)
	reading := &snapshot.Readings[0]
	reading.Access, reading.Error = t.sum(s.operation(l.client))
	if t.read > 0 || reading.Access == core.AccessOK {
		reading.ReadAt = q.started
	}
	if at := followed.readAt(); !at.IsZero() {
		reading.ReadAt = at
	}
	snapshot.Passages, snapshot.Watched = followed.passages, followed.watched
	return snapshot
}

func (j job) gap(c *client, err error) core.Gap {
	op := "list " + j.String()
	if j.namespace != "" {
		op += " in " + j.namespace
	}
	e := fault(op+" at "+c.server.String(), err, fmt.Sprintf("ask for get and list on %s; README, Access", j))
	return core.Gap{GroupKind: j.GroupKind, Namespace: j.namespace, Access: e.Access, Reason: e.Error()}
}

func notServed(gk core.GroupKind) core.Gap {
	return core.Gap{
		GroupKind: gk,
		Access:    core.AccessInvalid,
		Reason:    fmt.Sprintf("the cluster does not serve %s (%s; is its CRD installed?)", gk.Kind, gk.Group),
		Unserved:  true,
	}
}

// tally counts what was read and what was not.
type tally struct {
	read  int // lists
	gaps  []core.Gap
	worst core.Gap
	cause error // of the worst
	mixed bool  // the gaps have different accesses
	kinds map[core.GroupKind]bool
}

func (t *tally) failed(g core.Gap, cause error) {
	t.mixed = t.mixed || len(t.gaps) > 0 && g.Access != t.worst.Access
	if len(t.gaps) == 0 || worse(g.Access, t.worst.Access) {
		t.worst, t.cause = g, cause
	}
	if t.kinds == nil {
		t.kinds = map[core.GroupKind]bool{}
	}
	t.kinds[g.GroupKind] = true
	t.gaps = append(t.gaps, g)
}

// sum gives the access to the cluster as a whole, and why it is not ok.
func (t *tally) sum(operation string) (core.Access, string) {
	switch {
	case len(t.kinds) == 0:
		return core.AccessOK, ""
	case t.read == 0 && !t.mixed:
		e := fault(operation, t.cause, "ask for get and list on the kinds of the scope; README, Access")
		return e.Access, e.Error()
	case len(t.kinds) == 1:
		return t.worst.Access, "1 kind could not be read: " + t.worst.Reason
	}
	return t.worst.Access, fmt.Sprintf("%d kinds could not be read: %s", len(t.kinds), t.worst.Reason)
}

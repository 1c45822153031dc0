package drift

import (
	"maps"
	"slices"

	"selvage/core"
)

// Explain tells how the verdict on one object came about: the verdict that
// [Comparer.Compare] gives for the same input. It is false where that gives
// none: neither side has the object, or it is of a kind that this fabric does
// not keep in Git.
func (c *Comparer) Explain(in Input, k core.Key) (core.Explanation, bool) {
	in.Git = in.Git.Placed(in.Live)
	in.Previous = nil // what was taken over from it would not be explained
	f := c.frame(in)
	f.freeze()
	res := &Result{
		Objects:  map[core.Key]*core.Remembered{},
		GitKinds: gitKinds(in),
		Report:   &core.Report{NotInGit: map[core.GroupKind]int{}},
	}
	p := f.pair(k)
	c.object(f, p, res)
	after, ok := res.Objects[k]
	if !ok {
		return core.Explanation{}, false
	}
	s := c.subject(f, p)
	s.base = s.acceptedBase()
	base := after.Base
	if s.base != nil {
		base = s.caughtUp()
	}
	e := core.Explanation{
		Verdict: after.Verdict, Evidence: s.evidence(base),
		Rules: rulesRelease, Fabric: release(in.Live.Schemas),
	}
	m := s.masker()
	e.Git, e.Live = s.explained()
	if findings := f.findings[k]; len(findings) > 0 {
		e.Git = core.ExplainedSide{Presence: core.Unread, Reason: findings[0].String()}
	}
	if k.IsFile() {
		e.Live = core.ExplainedSide{Presence: core.Unread, Reason: "a file is not what a cluster has"}
	}
	m.side(&e.Git)
	m.side(&e.Live)
	e.Base = s.explainedBase(base, m)
	return e, true
}

// evidence is what the base, or the lack of one, rests on: a sentence each.
func (s subject) evidence(base *core.Base) []string {
	if base == nil {
		return []string{"git and live were never seen to agree, and nothing says what they once agreed on"}
	}
	switch {
	case base.Source == core.FromAgreement && base.Evidence != "":
		return []string{"git and live were seen to agree, but for what is " + base.Evidence}
	case base.Evidence != "":
		return []string{base.Evidence}
	}
	switch base.Source {
	case core.FromContainment:
		return []string{"at first contact git's content was found in live"}
	case core.FromAgreement:
		return []string{"git and live were seen to agree"}
	case core.FromAcceptance:
		return []string{"a person took what both sides said as the base"}
	case core.FromEvidence:
	}
	return nil
}

// explained are both sides of the object, with every step from what was read to
// what was compared.
func (s subject) explained() (git, live core.ExplainedSide) {
	git = core.ExplainedSide{Presence: s.git.Presence, Reason: s.git.Reason}
	live = core.ExplainedSide{Presence: s.live.Presence, Reason: s.live.Reason}
	var a, b map[string]any
	if o := s.live.Object; o != nil {
		b = s.table.steps(o, &live)
	}
	if o := s.git.Object; o != nil {
		a = s.table.steps(o, &git)
		for _, d := range s.table.pruned(a, b) {
			git.Steps = append(git.Steps, core.Step{
				Path: d.path, Rule: "schema.pruned", Why: "this fabric's schema drops it", From: d.a,
			})
		}
		a = s.table.kept(a, b)
	}
	if a != nil && b != nil && s.table.goTyped {
		a, b = cloned(a), cloned(b)
		was := cloned(a)
		s.table.root.spare(a, b, record(&git.Steps))
		s.table.root.spare(b, was, record(&live.Steps))
	}
	if a != nil {
		git.Normal = core.Document(s.key, s.git.Object.Version, tidy(cloned(a)))
	}
	if b != nil {
		live.Normal = core.Document(s.key, s.live.Object.Version, tidy(cloned(b)))
	}
	return git, live
}

func cloned(fields map[string]any) map[string]any {
	out, _ := core.CloneJSON(fields).(map[string]any)
	return out
}

// steps fills in what was read of a side and what was done to it, and gives the
// result.
func (t table) steps(o *core.Object, side *core.ExplainedSide) map[string]any {
	side.Raw = core.Document(o.Key, o.Version, o.Fields)
	return t.normal(o.Fields, &side.Steps)
}

// emptyRow is why values are no difference that only one side spells out as
// empty, see [node.empty].
func emptyRow() Row {
	return Row{ID: "value.empty", Why: "the server makes no difference between an empty value and none"}
}

// spare takes out of a map, and records, the empty values that another one does
// not have.
func (n *node) spare(m, other map[string]any, rec *recorder) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		below, at := n.key(k), rec.key(k)
		theirs, both := other[k]
		if both {
			below.spareIn(m[k], theirs, at)
		} else if below.empty(m[k], n != nil && n.dict) {
			at.leftOut(emptyRow(), m[k])
			delete(m, k)
		}
	}
}

func (n *node) spareIn(v, other any, rec *recorder) {
	switch mine := v.(type) {
	case map[string]any:
		if theirs, ok := other.(map[string]any); ok {
			n.spare(mine, theirs, rec)
		}
	case []any:
		theirs, ok := other.([]any)
		if !ok || n != nil && n.set {
			return
		}
		byIndex := len(mine) == len(theirs)
		for i, e := range mine {
			switch {
			case n != nil && len(n.keys) > 0:
				_, twin, _ := twinOf(e, theirs, n.keys)
				n.item().spareIn(e, twin, rec.index(i))
			case byIndex:
				n.item().spareIn(e, theirs[i], rec.index(i))
			}
		}
	}
}

// explainedBase is a base as people see it, in the form in which the sides were
// held against it.
func (s subject) explainedBase(b *core.Base, m *masker) *core.Base {
	if b == nil {
		return nil
	}
	shown := *b
	half := func(o *core.Object) *core.Object {
		doc := core.Document(o.Key, o.Version, tidy(cloned(s.normal(o))))
		fields, _ := m.tree(doc, false).(map[string]any)
		return &core.Object{Key: o.Key, Version: o.Version, Origin: o.Origin, Fields: fields}
	}
	shown.Git, shown.Live = half(b.Git), half(b.Live)
	return &shown
}

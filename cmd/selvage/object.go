package main

import (
	"fmt"
	"strings"
	"time"

	"selvage/core"
)

// matcher finds objects by what people call them:
// KIND[.GROUP]/[NAMESPACE/]NAME, the kind also by plural and short name, and a
// file without any object by its path.
type matcher struct{ whole, kind, namespace, name string }

func newMatcher(s string) matcher {
	m := matcher{whole: s}
	switch parts := strings.Split(s, "/"); len(parts) {
	case 2:
		m.kind, m.name = parts[0], parts[1]
	case 3:
		m.kind, m.namespace, m.name = parts[0], parts[1], parts[2]
	}
	return m
}

func (m matcher) matches(k core.Key) bool {
	if k.IsFile() {
		return m.whole == k.Name || m.whole == k.String()
	}
	return k.Name == m.name && (m.namespace == "" || k.Namespace == m.namespace) && core.KindOf(k.GroupKind()).Named(m.kind)
}

// leftOut is the kind that is meant, where live has objects of it and Git never
// held one; "" otherwise.
func (m matcher) leftOut(r *core.Report) string {
	for gk := range r.NotInGit {
		if core.KindOf(gk).Named(m.kind) {
			return gk.Kind
		}
	}
	return ""
}

// unseen tells why nobody knows that a fabric has no such object: a side or a file that
// was not read may hold it. It is empty where both were read whole.
func (m matcher) unseen(f core.FabricState, now time.Time) []string {
	var why []string
	if f.Err != nil {
		why = append(why, f.Err.Error())
	}
	for _, side := range f.SideProblems(now) {
		why = append(why, side.String())
	}
	for _, g := range f.Report.Gaps {
		if !g.Unserved && core.KindOf(g.GroupKind).Named(m.kind) {
			why = append(why, g.GroupKind.String()+": "+g.Reason)
		}
	}
	for i := range f.Report.Verdicts {
		if v := &f.Report.Verdicts[i]; v.Key.IsFile() && v.State == core.Invalid {
			why = append(why, v.Key.Name+": "+v.Reason)
		}
	}
	return why
}

// chosen are the verdicts on the named objects, in the order of the report;
// all of them where none is named. The error ends a command.
func chosen(f core.FabricState, names []string, now time.Time) ([]core.Verdict, error) {
	r := f.Report
	if len(names) == 0 {
		return r.Verdicts, nil
	}
	matchers := make([]matcher, len(names))
	found := make([]bool, len(names))
	for i, n := range names {
		matchers[i] = newMatcher(n)
	}
	var all []core.Verdict
	for _, v := range r.Verdicts {
		for i, m := range matchers {
			if m.matches(v.Key) {
				found[i] = true
				all = append(all, v)
				break
			}
		}
	}
	for i, ok := range found {
		if ok {
			continue
		}
		why := matchers[i].unseen(f, now)
		switch {
		case !strings.Contains(names[i], "/"):
			return nil, usage(fmt.Errorf("%q names no object; write KIND/NAME, such as vpc/vpc-1", names[i]))
		case matchers[i].leftOut(r) != "":
			return nil, usage(fmt.Errorf("%q: %s is not kept in git here, so it is not compared", names[i], matchers[i].leftOut(r)))
		case len(why) > 0:
			return nil, exit{code: exitUnread, err: fmt.Errorf("whether %s has %q is not known: %s", f.Fabric.ID, names[i], strings.Join(why, "; "))}
		default:
			return nil, usage(fmt.Errorf("no object %q in git or live; selvage status %s --all lists them", names[i], f.Fabric.ID))
		}
	}
	return all, nil
}

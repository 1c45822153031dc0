package main

import (
	"fmt"
	"strings"

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

// chosen are the verdicts on the named objects, in the order of the report;
// all of them where none is named.
func chosen(r *core.Report, names []string) ([]core.Verdict, error) {
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
		switch {
		case ok:
		case !strings.Contains(names[i], "/"):
			return nil, fmt.Errorf("%q names no object; write KIND/NAME, such as vpc/vpc-1", names[i])
		case matchers[i].leftOut(r) != "":
			return nil, fmt.Errorf("%q: %s is not kept in git here, so it is not compared", names[i], matchers[i].leftOut(r))
		default:
			return nil, fmt.Errorf("no object %q in git or live; selvage status FABRIC --all lists them", names[i])
		}
	}
	return all, nil
}

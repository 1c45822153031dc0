package main

import (
	"fmt"
	"strings"

	"selvage/core"
)

// matcher finds objects by what people call them:
// KIND[.GROUP]/[NAMESPACE/]NAME, the kind also by plural and short name.
type matcher struct{ kind, namespace, name string }

func parseObject(s string) (matcher, error) {
	parts := strings.Split(s, "/")
	m := matcher{kind: parts[0]}
	switch len(parts) {
	case 2:
		m.name = parts[1]
	case 3:
		m.namespace, m.name = parts[1], parts[2]
	}
	if m.kind == "" || m.name == "" {
		return matcher{}, fmt.Errorf("%q names no object; write KIND/NAME, such as vpc/vpc-1", s)
	}
	return m, nil
}

func (m matcher) matches(k core.Key) bool {
	return k.Name == m.name && (m.namespace == "" || k.Namespace == m.namespace) && core.KindOf(k.GroupKind()).Named(m.kind)
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
		m, err := parseObject(n)
		if err != nil {
			return nil, err
		}
		matchers[i] = m
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
		if !ok {
			return nil, fmt.Errorf("no object %q in git or live; selvage status FABRIC --all lists them", names[i])
		}
	}
	return all, nil
}

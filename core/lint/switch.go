package lint

import (
	"slices"
	"strings"

	"selvage/core"
)

func switches(w *world, s say) {
	roles := []string{"spine", "server-leaf", "border-leaf", "mixed-leaf", "virtual-edge"}
	for _, o := range w.byKind["Switch"] {
		at := spec(o)
		if r := at.key("role"); !slices.Contains(roles, r.text()) {
			s.at(r, "the role %s is none of %s", r.shown(), strings.Join(roles, ", "))
		}
		if at.key("profile").text() == "" {
			s.at(at.key("profile"), "the switch has no profile")
		}
		group, kind := at.down("redundancy", "group").text(), at.down("redundancy", "type").text()
		switch {
		case !slices.Contains([]string{"", "eslag", "mclag"}, kind):
			s.at(at.down("redundancy", "type"), "the redundancy %q is not eslag", kind)
		case group != "" && kind == "":
			s.at(at.key("redundancy"), "a redundancy group without type")
		case group == "" && kind != "":
			s.at(at.key("redundancy"), "a redundancy type without group")
		}
		if at.key("role").text() == "spine" && at.key("vtepIP").text() != "" {
			s.at(at.key("vtepIP"), "a spine has no VTEP")
		}
	}
}

// immutable finds changes that the webhooks refuse of an existing object.
func immutable(w *world, s say) {
	for _, o := range w.byKind["Connection"] {
		before := w.options.Before.Side(o.Key).Object
		if before == nil {
			continue
		}
		was, is := w.typesOf(before), w.typesOf(o)
		if len(was) == 1 && len(is) == 1 && was[0] != is[0] {
			s.at(spec(o).key(is[0]), "the type was %s and cannot change; delete the connection and make it anew", was[0])
		}
	}
	for _, o := range w.byKind["Switch"] {
		before := w.options.Before.Side(o.Key).Object
		if before == nil || !spec(o).key("roce").on() && !spec(before).key("roce").on() {
			continue
		}
		was, is := spec(before).key("portBreakouts"), spec(o).key("portBreakouts")
		if !core.EqualJSON(was.value, is.value) && was.len()+is.len() > 0 {
			s.at(is, "port breakouts cannot change while RoCE is on")
		}
	}
}

package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"selvage/core"
)

// maxVLAN is the last VLAN that a frame can name for use.
const maxVLAN = 4094

// span is a range of VLANs and the place where it stands.
type span struct {
	from, to int64
	at       field
}

func (r span) String() string {
	if r.from == r.to {
		return fmt.Sprint(r.from)
	}
	return fmt.Sprintf("%d-%d", r.from, r.to)
}

// spans are the ranges of a VLANNamespace that make sense.
func spans(o *core.Object) []span {
	var all []span
	for f := range spec(o).key("ranges").items() {
		if r, ok := rangeOf(f); ok {
			all = append(all, r)
		}
	}
	return all
}

// rangeOf reads a range; without an end it is one VLAN.
func rangeOf(f field) (span, bool) {
	from, ok := f.key("from").number()
	to, also := f.key("to").number()
	if to == 0 {
		to = from
	}
	return span{from, to, f}, ok && also && 1 <= from && from <= to && to <= maxVLAN
}

func vlans(w *world, s say) {
	for subnet := range w.subnets() {
		vlanOf(w, subnet, s)
	}
	for _, o := range w.byKind["ExternalAttachment"] {
		s.optionalVLAN(spec(o).down("switch", "vlan"))
		s.optionalVLAN(spec(o).down("static", "vlan"))
	}
	for _, o := range w.byKind["Connection"] {
		s.optionalVLAN(spec(o).down("staticExternal", "link", "switch", "vlan"))
	}
	for _, o := range w.byKind["VLANNamespace"] {
		for f := range spec(o).key("ranges").items() {
			if _, ok := rangeOf(f); !ok {
				s.at(f, "from %s to %s is no range within 1-%d", f.key("from").shown(), f.key("to").shown(), maxVLAN)
			}
		}
		overlappingSpans(spans(o), s)
	}
	for _, o := range w.byKind["Switch"] {
		var all []span
		for ns := range spec(o).key("vlanNamespaces").items() {
			if found := w.find(o, "VLANNamespace", ns.text()); found != nil {
				for _, r := range spans(found) {
					all = append(all, span{r.from, r.to, ns})
				}
			}
		}
		overlappingSpans(all, s)
	}
}

func (s say) optionalVLAN(f field) {
	if n, ok := f.number(); !ok || n < 0 || n > maxVLAN {
		s.at(f, "the VLAN %s is not within 1-%d", f.shown(), maxVLAN)
	}
}

func vlanOf(w *world, subnet field, s say) {
	o, vlan, free := subnet.object, subnet.key("vlan"), subnet.key("hostBGP").on()
	n, ok := vlan.number()
	switch {
	case ok && n == 0 && free:
	case ok && n == 0:
		s.at(vlan, "the subnet has no VLAN")
	case !ok, n < 1, n > maxVLAN:
		s.at(vlan, "the VLAN %s is not within 1-%d", vlan.shown(), maxVLAN)
	case !free:
		ns := w.find(o, "VLANNamespace", spec(o).key("vlanNamespace").textOr("default"))
		if ns == nil {
			return
		}
		within := spans(ns)
		if len(within) > 0 && !slices.ContainsFunc(within, func(r span) bool { return r.from <= n && n <= r.to }) {
			s.at(vlan, "the VLAN %d is not in %s: %s", n, w.where(top(ns)), spanList(within))
		}
	}
}

func spanList(all []span) string {
	texts := make([]string, len(all))
	for i, r := range all {
		texts[i] = r.String()
	}
	return strings.Join(texts, ", ")
}

func overlappingSpans(all []span, s say) {
	slices.SortStableFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var far span
	for i, r := range all {
		if i > 0 && r.from <= far.to {
			s.at(r.at, "the VLANs %s and %s overlap", far, r)
		}
		if i == 0 || r.to > far.to {
			far = r
		}
	}
}

func vlansTwice(w *world, s say) {
	type use struct {
		namespace, name string
		vlan            int64
	}
	first := map[use]field{}
	for subnet := range w.subnets() {
		o := subnet.object
		n, ok := subnet.key("vlan").number()
		if !ok || n == 0 {
			continue
		}
		u := use{o.Key.Namespace, spec(o).key("vlanNamespace").textOr("default"), n}
		other, taken := first[u]
		switch {
		case !taken:
			first[u] = subnet
		case other.object == o && (subnet.key("hostBGP").on() || other.key("hostBGP").on()):
			// Hosts that speak BGP to one VPC may share a VLAN with it.
		default:
			s.at(subnet.key("vlan"), "the VLAN %d is in use by %s", n, w.where(other.key("vlan")))
		}
	}
	on := map[use]field{}
	for _, o := range w.byKind["ExternalAttachment"] {
		vlan := spec(o).down("switch", "vlan")
		if spec(o).key("static").set() {
			vlan = spec(o).down("static", "vlan")
		}
		connection := spec(o).key("connection").text()
		n, ok := vlan.number()
		if !ok || connection == "" {
			continue
		}
		u := use{o.Key.Namespace, connection, n}
		if other, taken := on[u]; taken {
			s.at(vlan, "the VLAN %d of connection %q is in use by %s", n, connection, w.where(other))
			continue
		}
		on[u] = top(o)
	}
}

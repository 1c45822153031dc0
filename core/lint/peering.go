package lint

import (
	"maps"
	"slices"

	"selvage/core"
)

func peerings(w *world, s say) {
	for _, o := range w.byKind["VPCPeering"] {
		vpcPeering(w, o, s)
	}
	for _, o := range w.byKind["GatewayPeering"] {
		gatewayPeering(o, s)
	}
	for _, o := range w.byKind["ExternalPeering"] {
		for _, side := range []string{"vpc", "external"} {
			if f := spec(o).down("permit", side, "name"); f.text() == "" {
				s.at(f, "the peering names no %s", side)
			}
		}
		for p := range spec(o).down("permit", "external", "prefixes").items() {
			if p.key("prefix").text() == "" {
				s.at(p, "an empty prefix")
			}
		}
	}
}

func vpcPeering(w *world, o *core.Object, s say) {
	names := map[string]bool{}
	for permit := range spec(o).key("permit").items() {
		if permit.len() != 2 {
			s.at(permit, "a policy of %d VPCs; a peering is between 2", permit.len())
		}
		for vpc := range permit.entries() {
			names[vpc] = true
		}
	}
	if len(names) > 2 {
		s.at(spec(o).key("permit"), "policies for %d VPCs; a peering is between 2", len(names))
	}
	var found []*core.Object
	for _, n := range slices.Sorted(maps.Keys(names)) {
		if vpc := w.find(o, "VPC", n); vpc != nil {
			found = append(found, vpc)
		}
	}
	if len(names) != 2 || len(found) != 2 {
		return
	}
	for _, k := range []string{"ipv4Namespace", "vlanNamespace"} {
		a, b := spec(found[0]).key(k).textOr("default"), spec(found[1]).key(k).textOr("default")
		if a != b {
			s.at(spec(o).key("permit"), "%s and %s are not in one %s: %s, %s", found[0].Key, found[1].Key, k, a, b)
		}
	}
}

func gatewayPeering(o *core.Object, s say) {
	peering := spec(o).key("peering")
	if peering.len() != 2 {
		s.at(peering, "%d VPCs; a peering is between 2", peering.len())
	}
	for _, peer := range peering.entries() {
		for expose := range peer.key("expose").items() {
			s.expose(expose)
		}
	}
	for rule := range spec(o).down("acl", "rules").items() {
		for _, k := range []string{"from", "to"} {
			if n := rule.key(k).text(); n != "" && !peering.key(n).set() && !has(peering, n) {
				s.at(rule.key(k), "%q is none of the two VPCs of the peering", n)
			}
		}
		if rule.key("from").text() == "" && rule.key("to").text() == "" {
			s.at(rule, "a rule from nowhere to nowhere")
		}
	}
}

// has tells whether a map has an entry, be it null.
func has(f field, k string) bool {
	m, _ := f.value.(map[string]any)
	_, ok := m[k]
	return ok
}

func (s say) expose(expose field) {
	whole := expose.key("default").on()
	switch n := expose.key("ips").len(); {
	case whole && (n > 0 || expose.key("as").len() > 0 || expose.key("nat").set()):
		s.at(expose.key("default"), "default stands for itself, with nothing beside it")
	case !whole && n == 0:
		s.at(expose, "nothing is exposed")
	}
	if (expose.key("as").len() > 0) != expose.key("nat").set() {
		s.at(expose, "as and nat go together: both or none")
	}
	for _, list := range []struct {
		key  string
		only []string
	}{{"ips", []string{"cidr", "not", "vpcSubnet"}}, {"as", []string{"cidr", "not"}}} {
		for ip := range expose.key(list.key).items() {
			n := 0
			for _, k := range list.only {
				if ip.key(k).text() != "" {
					n++
				}
			}
			if n != 1 {
				s.at(ip, "it is one of %q, and one only", list.only)
			}
		}
	}
}

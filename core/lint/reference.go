package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"selvage/core"
)

// externalPrefix is what gateways put before the name of an External where the name
// of a VPC may stand.
const externalPrefix = "ext."

// reference is a field that names another object, or a subnet of a VPC.
type reference struct {
	at     field
	to     core.Key
	subnet string // of the VPC; "" for the object itself
}

// references are all that the objects hold, in their order.
func (w *world) references() []reference {
	of := map[string]func(*world, *core.Object, func(at field, kind, name, subnet string)){
		"VPC": vpcRefs, "VPCAttachment": attachmentRefs, "VPCPeering": vpcPeeringRefs,
		"External": externalRefs, "ExternalAttachment": externalAttachmentRefs, "ExternalPeering": externalPeeringRefs,
		"Switch": switchRefs, "Connection": connectionRefs,
		"Gateway": gatewayRefs, "GatewayPeering": gatewayPeeringRefs,
	}
	var refs []reference
	for _, kind := range slices.Sorted(maps.Keys(of)) {
		for _, o := range w.byKind[kind] {
			of[kind](w, o, func(at field, kind, name, subnet string) {
				if name != "" {
					refs = append(refs, reference{at, w.key(o, kind, name), subnet})
				}
			})
		}
	}
	return refs
}

func vpcRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	s := spec(o)
	for _, f := range []struct{ key, kind string }{{"ipv4Namespace", "IPv4Namespace"}, {"vlanNamespace", "VLANNamespace"}} {
		at := s.key(f.key)
		add(at, f.kind, at.text(), "")
	}
	for _, subnet := range s.key("subnets").entries() {
		relay := subnet.down("dhcp", "relayVPC")
		add(relay, "VPC", relay.text(), "")
	}
	for group := range s.key("permit").items() {
		for subnet := range group.items() {
			add(subnet, "VPC", o.Key.Name, subnet.text())
		}
	}
}

// subnetOf takes "vpc/subnet" apart; a VPC alone means its subnet default.
func subnetOf(f field) (vpc, subnet string) {
	vpc, subnet, _ = strings.Cut(f.text(), "/")
	if subnet == "" {
		subnet = "default"
	}
	return vpc, subnet
}

func attachmentRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	at := spec(o).key("subnet")
	vpc, subnet := subnetOf(at)
	add(at, "VPC", vpc, subnet)
	connection := spec(o).key("connection")
	add(connection, "Connection", connection.text(), "")
}

func vpcPeeringRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	for permit := range spec(o).key("permit").items() {
		for vpc, peer := range permit.entries() {
			add(peer, "VPC", vpc, "")
			for subnet := range peer.key("subnets").items() {
				add(subnet, "VPC", vpc, subnet.text())
			}
		}
	}
}

func externalRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	at := spec(o).key("ipv4Namespace")
	add(at, "IPv4Namespace", at.text(), "")
}

func externalAttachmentRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	ext, connection := spec(o).key("external"), spec(o).key("connection")
	add(ext, "External", ext.text(), "")
	add(connection, "Connection", connection.text(), "")
}

func externalPeeringRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	vpc, ext := spec(o).down("permit", "vpc"), spec(o).down("permit", "external", "name")
	add(vpc.key("name"), "VPC", vpc.key("name").text(), "")
	for subnet := range vpc.key("subnets").items() {
		add(subnet, "VPC", vpc.key("name").text(), subnet.text())
	}
	add(ext, "External", ext.text(), "")
}

func switchRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	group := spec(o).down("redundancy", "group")
	add(group, "SwitchGroup", group.text(), "")
	for group := range spec(o).key("groups").items() {
		add(group, "SwitchGroup", group.text(), "")
	}
	for ns := range spec(o).key("vlanNamespaces").items() {
		add(ns, "VLANNamespace", ns.text(), "")
	}
}

func connectionRefs(w *world, o *core.Object, add func(field, string, string, string)) {
	for _, e := range w.ends(o) {
		if device, _, ok := strings.Cut(e.port.text(), "/"); ok {
			add(e.port, e.kind, device, "")
		}
	}
	vpc := spec(o).down("staticExternal", "withinVPC")
	add(vpc, "VPC", vpc.text(), "")
}

func gatewayRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	for group := range spec(o).key("groups").items() {
		at := group.key("name")
		add(at, "GatewayGroup", at.text(), "")
	}
}

func gatewayPeeringRefs(_ *world, o *core.Object, add func(field, string, string, string)) {
	group := spec(o).key("gatewayGroup")
	add(group, "GatewayGroup", group.text(), "")
	for vpc, peer := range spec(o).key("peering").entries() {
		if ext, ok := strings.CutPrefix(vpc, externalPrefix); ok {
			add(peer, "External", ext, "")
			continue
		}
		add(peer, "VPC", vpc, "")
		for expose := range peer.key("expose").items() {
			for ip := range expose.key("ips").items() {
				at := ip.key("vpcSubnet")
				if at.text() != "" {
					add(at, "VPC", vpc, at.text())
				}
			}
		}
	}
}

// standing tells how it stands with what a reference names.
type standing uint8

const (
	stands    standing = iota // it is there, or nobody can say
	missing                   // Git holds its kind, and not this one
	removed                   // Git held it before
	notHeld                   // Git holds nothing of its kind
	subnetOff                 // the VPC is there and has no such subnet
)

func (w *world) standing(r reference) standing {
	side := w.git.Side(r.to)
	switch {
	case side.Presence == core.Present:
		if r.subnet != "" && !spec(side.Object).down("subnets", r.subnet).set() {
			return subnetOff
		}
		return stands
	case side.Presence != core.Absent || w.options.Partial:
		return stands
	case w.options.Before.Side(r.to).Presence == core.Present:
		return removed
	case r.to.Name == "default" && (strings.HasSuffix(r.to.Kind, "Namespace") || r.to.Kind == "GatewayGroup"):
		return stands // the installer makes it
	case len(w.byKind[r.to.Kind]) == 0:
		return notHeld
	case w.named[r.to.String()]:
		return stands // in another namespace, of which another rule speaks
	}
	return missing
}

func dangling(w *world, s say) {
	gone := map[core.Key]map[core.Key]bool{} // a VPC's subnets say nothing new where it is missing
	for _, r := range w.refs {
		switch w.standing(r) {
		case subnetOff:
			s.at(r.at, "%s has no subnet %q%s", r.to, r.subnet, hint(spec(w.git.Side(r.to).Object).key("subnets")))
		case missing:
			if gone[r.at.object.Key] == nil {
				gone[r.at.object.Key] = map[core.Key]bool{}
			}
			if !gone[r.at.object.Key][r.to] {
				gone[r.at.object.Key][r.to] = true
				s.at(r.at, "no %s in Git", r.to)
			}
		case stands, removed, notHeld:
		}
	}
}

// hint names the entries that there are, where they are few.
func hint(f field) string {
	var names []string
	for n := range f.entries() {
		names = append(names, n)
	}
	if len(names) == 0 || len(names) > 5 {
		return ""
	}
	return "; it has " + strings.Join(names, ", ")
}

func deleted(w *world, s say) {
	type pair struct{ from, to core.Key }
	told := map[pair]bool{}
	for _, r := range w.refs {
		if w.standing(r) != removed || told[pair{r.at.object.Key, r.to}] {
			continue
		}
		told[pair{r.at.object.Key, r.to}] = true
		was := ""
		if at := w.options.Before.Side(r.to).Object.Origin; at.Path != "" {
			was = fmt.Sprintf(" from %s", at.Path)
		}
		s.at(r.at, "%s was deleted%s and is still referred to", r.to, was)
	}
}

// unchecked tells once for every kind what could not be looked up.
func unchecked(w *world, s say) {
	count := map[string]int{}
	first := map[string]reference{}
	for _, r := range w.refs {
		if w.standing(r) != notHeld {
			continue
		}
		if count[r.to.Kind]++; count[r.to.Kind] == 1 {
			first[r.to.Kind] = r
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		noun := "references"
		if count[kind] == 1 {
			noun = "reference"
		}
		s.at(first[kind].at, "Git holds no %s: %d %s not looked up", kind, count[kind], noun)
	}
}

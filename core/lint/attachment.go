package lint

import "selvage/core"

func attachments(w *world, s say) {
	type place struct{ namespace, connection, subnet string }
	subnets, native := map[place]field{}, map[place]field{}
	for _, o := range w.byKind["VPCAttachment"] {
		at := spec(o)
		for _, k := range []string{"subnet", "connection"} {
			if at.key(k).text() == "" {
				s.at(at.key(k), "the attachment names no %s", k)
			}
		}
		connection := at.key("connection").text()
		if connection == "" {
			continue
		}
		vpc, subnet := subnetOf(at.key("subnet"))
		p := place{o.Key.Namespace, connection, vpc + "/" + subnet}
		if other, twice := subnets[p]; twice {
			s.at(at.key("subnet"), "%s is attached to %q by %s, too", p.subnet, connection, w.where(other))
		} else {
			subnets[p] = top(o)
		}
		if at.key("nativeVLAN").on() {
			p.subnet = ""
			if other, twice := native[p]; twice {
				s.at(at.key("nativeVLAN"), "the native VLAN of %q is that of %s", connection, w.where(other))
			} else {
				native[p] = top(o)
			}
		}
		s.fitting(w, o)
	}
}

// fitting checks that the VPC can use the connection, where Git holds both.
func (s say) fitting(w *world, o *core.Object) {
	vpcName, subnetName := subnetOf(spec(o).key("subnet"))
	connection := w.find(o, "Connection", spec(o).key("connection").text())
	vpc := w.find(o, "VPC", vpcName)
	hostBGP := vpc != nil && spec(vpc).down("subnets", subnetName, "hostBGP").on()
	if hostBGP && spec(o).key("nativeVLAN").on() {
		s.at(spec(o).key("nativeVLAN"), "a hostBGP subnet has no native VLAN; leave its own VLAN out instead")
	}
	if connection == nil || !spec(connection).set() {
		return
	}
	kinds, at := spec(connection), spec(o).key("connection")
	switch {
	case kinds.key("mclag").set(), kinds.key("mclagDomain").set(): // another rule speaks of these
	case !kinds.key("unbundled").set() && !kinds.key("bundled").set() && !kinds.key("eslag").set():
		s.at(at, "a VPC can be attached to an unbundled, bundled or ESLAG connection; %s is none", w.where(top(connection)))
	case hostBGP && !kinds.key("unbundled").set():
		s.at(at, "a hostBGP subnet can be attached to an unbundled connection alone; %s is none", w.where(top(connection)))
	case vpc != nil && kinds.key("eslag").set() && spec(vpc).key("mode").text() != "":
		s.at(at, "the mode %s of %s does not work over the ESLAG %s", spec(vpc).key("mode").text(), vpc.Key, connection.Key)
	}
	if vpc == nil {
		return
	}
	ns := spec(vpc).key("vlanNamespace").textOr("default")
	for _, name := range w.devices(connection, "Switch") {
		if sw := w.find(o, "Switch", name); sw != nil && !inNamespace(sw, ns) {
			s.at(at, "%s is not in VLANNamespace %q of %s", w.where(top(sw)), ns, vpc.Key)
		}
	}
}

// inNamespace tells whether a switch is in a VLANNamespace: in default where it
// names none.
func inNamespace(sw *core.Object, ns string) bool {
	list := spec(sw).key("vlanNamespaces")
	for f := range list.items() {
		if f.text() == ns {
			return true
		}
	}
	return list.len() == 0 && ns == "default"
}

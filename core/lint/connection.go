package lint

import (
	"slices"
	"strings"

	"selvage/core"
)

// shape is what a type of connection joins: the ends of each of its links, and
// how many devices there may be of each kind.
type shape struct {
	ends     []end
	switches [2]int // from, to; no more than that
	servers  int
}

// end is one end of a link: the key it stands under, and the kind of device.
type end struct{ key, kind string }

// shapes are the types of connections, but for MCLAG's.
func shapes() map[string]shape {
	server, sw := end{"server", "Server"}, end{"switch", "Switch"}
	pair := []end{{"switch1", "Switch"}, {"switch2", "Switch"}}
	return map[string]shape{
		"unbundled":      {[]end{server, sw}, [2]int{1, 1}, 1},
		"bundled":        {[]end{server, sw}, [2]int{1, 1}, 1},
		"eslag":          {[]end{server, sw}, [2]int{1, maxESLAG}, 1},
		"fabric":         {[]end{{"spine", "Switch"}, {"leaf", "Switch"}}, [2]int{2, 2}, 0},
		"mesh":           {[]end{{"leaf1", "Switch"}, {"leaf2", "Switch"}}, [2]int{2, 2}, 0},
		"gateway":        {[]end{sw, {"gateway", "Gateway"}}, [2]int{1, 1}, 0},
		"vpcLoopback":    {pair, [2]int{1, 1}, 0},
		"external":       {[]end{sw}, [2]int{1, 1}, 0},
		"staticExternal": {[]end{sw}, [2]int{1, 1}, 0},
	}
}

// typesOf are the types that a connection claims to be of, MCLAG's too.
func (w *world) typesOf(o *core.Object) []string {
	var types []string
	for k, f := range spec(o).entries() {
		if _, ok := w.shapes[k]; (ok || k == "mclag" || k == "mclagDomain") && f.set() {
			types = append(types, k)
		}
	}
	return types
}

// plug is one end of one link of a connection.
type plug struct {
	side field // what stands there
	port field
	kind string // of the device
}

// ends are the ends of all links of a connection. MCLAG's have none: the fabric
// leaves them aside.
func (w *world) ends(o *core.Object) []plug {
	if all, known := w.plugs[o]; known {
		return all
	}
	var all []plug
	for _, t := range w.typesOf(o) {
		add := func(link field) {
			for _, e := range w.shapes[t].ends {
				all = append(all, plug{link.key(e.key), link.down(e.key, "port"), e.kind})
			}
		}
		at := spec(o).key(t)
		if at.key("link").set() {
			add(at.key("link"))
		}
		for link := range at.key("links").items() {
			add(link)
		}
	}
	w.plugs[o] = all
	return all
}

// devices are the names of the devices of a kind that a connection joins.
func (w *world) devices(o *core.Object, kind string) []string {
	var names []string
	for _, p := range w.ends(o) {
		device, _, ok := strings.Cut(p.port.text(), "/")
		if ok && p.kind == kind && !slices.Contains(names, device) {
			names = append(names, device)
		}
	}
	return names
}

func connections(w *world, s say) {
	for _, o := range w.byKind["Connection"] {
		types := w.typesOf(o)
		if len(types) != 1 {
			s.at(spec(o), "a connection is of one type; this one is of %d%s", len(types), among(types))
			continue
		}
		t, ok := w.shapes[types[0]]
		if !ok {
			continue
		}
		whole := true
		for _, p := range w.ends(o) {
			if device, port, ok := strings.Cut(p.port.text(), "/"); !ok || device == "" || port == "" {
				s.at(p.port, "%s is no port such as %q", p.port.shown(), "leaf-01/E1/1")
				whole = false
			}
		}
		at := spec(o).key(types[0])
		if n := len(w.devices(o, "Switch")); whole && (n < t.switches[0] || n > t.switches[1] && types[0] != "eslag") {
			s.at(at, "%d switches; %s joins %d", n, types[0], t.switches[0])
		}
		if n := len(w.devices(o, "Server")); whole && n != t.servers {
			s.at(at, "%d servers; %s joins %d", n, types[0], t.servers)
		}
		if types[0] == "eslag" {
			redundancy(w, o, s)
		}
		if types[0] == "staticExternal" {
			nextHop(o, s)
		}
	}
}

func among(types []string) string {
	if len(types) == 0 {
		return ""
	}
	return ": " + strings.Join(types, ", ")
}

// redundancy checks that the switches of an ESLAG are one group, as far as Git
// holds them.
func redundancy(w *world, o *core.Object, s say) {
	at := spec(o).down("eslag", "links")
	group := ""
	for _, n := range w.devices(o, "Switch") {
		sw := w.find(o, "Switch", n)
		if sw == nil {
			continue
		}
		r := spec(sw).key("redundancy")
		switch g := r.key("group").text(); {
		case g == "" || r.key("type").text() != "eslag":
			s.at(at, "%s is in no group of type eslag", w.where(top(sw)))
		case group != "" && g != group:
			s.at(at, "its switches are in different groups: %s, %s", group, g)
		default:
			group = g
		}
	}
}

func nextHop(o *core.Object, s say) {
	at := spec(o).down("staticExternal", "link", "switch")
	p, ok := say(quiet).prefix(at.key("ip"))
	hop, also := say(quiet).address(at.key("nextHop"))
	if ok && also && !p.Contains(hop) {
		s.at(at.key("nextHop"), "the next hop %s is not in %s", hop, p.Masked())
	}
}

// portsTwice finds the ports of two links. A port that is broken out is named
// with and without its first part: E1/4 and E1/4/1.
func portsTwice(w *world, s say) {
	type socket struct{ namespace, port string }
	first := map[socket]field{}
	for _, o := range w.byKind["Connection"] {
		for _, p := range w.ends(o) {
			port := p.port.text()
			if port == "" {
				continue
			}
			if strings.Count(port, "/") == 2 && p.kind == "Switch" {
				port += "/1"
			}
			k := socket{o.Key.Namespace, port}
			other, taken := first[k]
			switch {
			case !taken:
				first[k] = p.port
			case other.object == o:
				s.at(p.port, "the port %q is in use by another link of this connection", p.port.text())
			default:
				s.at(p.port, "the port %q is in use by %s", p.port.text(), w.where(other))
			}
		}
	}
}

func withdrawn(w *world, s say) {
	for _, o := range w.byKind["Connection"] {
		for _, k := range []string{"mclag", "mclagDomain"} {
			if f := spec(o).key(k); f.set() {
				s.at(f, "MCLAG is not supported any more as of release 26.03")
			}
		}
	}
	for _, o := range w.byKind["Switch"] {
		if f := spec(o).down("redundancy", "type"); f.text() == "mclag" {
			s.at(f, "MCLAG is not supported any more as of release 26.03")
		}
	}
	for _, o := range w.byKind["VPCPeering"] {
		if f := spec(o).key("remote"); f.text() != "" {
			s.at(f, "remote peering is not supported any more as of release 26.03")
		}
	}
}

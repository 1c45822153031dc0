package hedgehog

import (
	"fmt"
	"strings"
)

// device is a switch, a server or a gateway while a fabric is planned.
type device struct {
	name, kind string
	role       string // of a switch
	group      string // redundancy group of a leaf
	ports      int    // used so far
	model      model
}

// port is one end of a link: a device's n-th port, from 0.
type port struct {
	dev *device
	n   int
}

// cable is a planned Connection.
type cable struct {
	name, kind string // kind is the field of Connection.spec
	links      [][]port
	server     int // index of the server, for server-facing cables
}

// model is a switch profile and what its ports are broken out into.
type model struct {
	profile  string
	ports    int
	breakout string
	ways     int
}

// modelFor answers the smallest model with room for a number of ports; the last one has room for any number.
func modelFor(role string, ports int) model {
	models := []model{
		{"celestica-ds3000", 32, "", 1},
		{"dell-s5248f-on", 48, "", 1},
		{"celestica-ds5000", 64, "", 1},
		{"celestica-ds5000", 64, "2x400G", 2},
		{"celestica-ds5000", 64, "8x100G", 8},
	}
	if role == "spine" {
		models = []model{{"celestica-ds4000", 16, "", 1}, {"celestica-ds4000", 32, "4x100G", 4}, {"celestica-ds5000", 64, "8x100G", 8}}
	}
	for _, m := range models {
		if ports <= m.ports*m.ways {
			return m
		}
	}
	return models[len(models)-1]
}

func (d *device) next() port {
	d.ports++
	return port{d, d.ports - 1}
}

// String is the name in a Connection: device/E1/1, device/E1/1/1 where the port is broken out, device/enp2s1.
func (p port) String() string {
	if p.dev.kind != deviceSwitch {
		return fmt.Sprintf("%s/enp2s%d", p.dev.name, p.n+1)
	}
	if m := p.dev.model; m.ways > 1 {
		return fmt.Sprintf("%s/E1/%d/%d", p.dev.name, p.n/m.ways+1, p.n%m.ways+1)
	}
	return fmt.Sprintf("%s/E1/%d", p.dev.name, p.n+1)
}

func (b *builder) planDevices() {
	s := b.spec
	for i := range s.Spines {
		b.spines = append(b.spines, &device{name: numbered("spine", i, s.Spines), kind: deviceSwitch, role: "spine"})
	}
	leaves := s.Leaves
	for _, n := range s.ESLAG {
		leaves += n
	}
	leaf := func(group string) *device {
		d := &device{name: numbered("leaf", len(b.leaves), leaves), kind: deviceSwitch, role: "server-leaf", group: group}
		b.leaves = append(b.leaves, d)
		return d
	}
	for i, n := range s.ESLAG {
		var group []*device
		for range n {
			group = append(group, leaf(groupName(i)))
		}
		b.groups = append(b.groups, group)
	}
	for range s.Leaves {
		leaf("")
	}
	for i := range s.Gateways {
		b.gateways = append(b.gateways, &device{name: fmt.Sprintf("gateway-%d", i+1), kind: deviceGateway})
	}
}

func (b *builder) planCables() {
	if len(b.leaves) == 0 {
		return
	}
	b.planServers()
	for _, spine := range b.spines {
		for _, leaf := range b.leaves {
			b.cable("fabric", spine.name+"--fabric--"+leaf.name, b.spec.LinksPerPair, spine, leaf)
		}
	}
	if len(b.spines) == 0 {
		for i, one := range b.leaves {
			for _, other := range b.leaves[i+1:] {
				b.cable("mesh", one.name+"--mesh--"+other.name, b.spec.LinksPerPair, one, other)
			}
		}
	}
	near := b.spines
	if len(near) == 0 {
		near = b.leaves
	}
	for _, gw := range b.gateways {
		for _, sw := range near[:min(2, len(near))] {
			b.cable("gateway", sw.name+"--gateway--"+gw.name, 1, sw, gw)
		}
	}
	for i := range b.spec.Externals {
		leaf := b.borderLeaf(i)
		leaf.role = "border-leaf"
		b.cable("external", b.unused(leaf.name+"--external", externalName(i)), 1, leaf)
	}
	for i := range b.spec.StaticExternals {
		leaf := b.leaves[i%len(b.leaves)]
		b.cable("staticExternal", b.unused(leaf.name+"--static-external", fmt.Sprint(i+1)), 1, leaf)
	}
	for _, leaf := range b.leaves[:min(b.spec.Loopbacks, len(b.leaves))] {
		b.cable("vpcLoopback", leaf.name+"--vpc-loopback", 2, leaf, leaf)
	}
	for _, sw := range append(b.spines[:len(b.spines):len(b.spines)], b.leaves...) {
		sw.model = modelFor(sw.role, sw.ports)
	}
}

func (b *builder) borderLeaf(i int) *device { return b.leaves[len(b.leaves)-1-i%len(b.leaves)] }

// unused answers a name that no cable has, with a suffix where it must.
func (b *builder) unused(name, suffix string) string {
	for _, c := range b.cables {
		if c.name == name {
			return name + "--" + suffix
		}
	}
	return name
}

func (b *builder) cable(kind, name string, links int, ends ...*device) {
	c := cable{name: name, kind: kind, server: -1}
	for range max(links, 1) {
		var link []port
		for _, d := range ends {
			link = append(link, d.next())
		}
		c.links = append(c.links, link)
	}
	b.cables = append(b.cables, c)
}

func (b *builder) planServers() {
	s := b.spec.Servers
	plain := s.Unbundled + s.Bundled + s.MultiHomed
	for i := range plain {
		b.servers = append(b.servers, &device{name: numbered("server", i, plain), kind: deviceServer})
	}
	for i := range s.GPU {
		b.servers = append(b.servers, &device{name: numbered("gpu", i, s.GPU), kind: deviceServer})
	}
	for i, server := range b.servers {
		leaf := b.leaves[i%len(b.leaves)]
		from := len(b.cables)
		switch {
		case i < s.MultiHomed && len(b.groups) > 0:
			b.planMultiHomed(server, b.groups[i%len(b.groups)])
		case i < s.MultiHomed+s.Bundled:
			b.cable("bundled", server.name+"--bundled--"+leaf.name, 2, server, leaf)
		case i < plain:
			b.cable("unbundled", server.name+"--unbundled--"+leaf.name, 1, server, leaf)
		default:
			b.planRails(server, i)
		}
		for c := from; c < len(b.cables); c++ {
			b.cables[c].server = i
		}
	}
}

func (b *builder) planMultiHomed(server *device, group []*device) {
	c := cable{kind: "eslag", name: server.name + "--eslag"}
	for _, leaf := range group {
		c.name += "--" + leaf.name
		c.links = append(c.links, []port{server.next(), leaf.next()})
	}
	b.cables = append(b.cables, c)
}

// planRails joins a GPU server's NICs to one leaf after another, a connection for each.
func (b *builder) planRails(server *device, i int) {
	for nic := range b.spec.Servers.GPULinks {
		leaf := b.leaves[(i*b.spec.Servers.GPULinks+nic)%len(b.leaves)]
		name := server.name + "--unbundled--" + leaf.name
		if nic >= len(b.leaves) {
			name += fmt.Sprintf("--%d", nic/len(b.leaves)+1)
		}
		b.cable("unbundled", name, 1, server, leaf)
	}
}

func (b *builder) addSwitches() {
	for i, sw := range append(b.leaves[:len(b.leaves):len(b.leaves)], b.spines...) {
		spec := map[string]any{
			"role": sw.role, "description": strings.ToUpper(b.spec.Name) + " " + sw.name, "profile": sw.model.profile,
			"boot": map[string]any{"mac": fmt.Sprintf("0c:20:12:ff:%02x:00", i)},
		}
		if b.chance(4) {
			spec["boot"] = map[string]any{"serial": fmt.Sprintf("CN0%06dABC%03d", b.rng.IntN(1000000), i)}
		}
		if sw.group != "" {
			spec["redundancy"] = map[string]any{"group": sw.group, "type": "eslag"}
		} else if b.chance(2) {
			spec["redundancy"] = map[string]any{}
		}
		if sw.model.ways > 1 {
			breakouts := map[string]any{}
			for p := range (sw.ports + sw.model.ways - 1) / sw.model.ways {
				breakouts[fmt.Sprintf("E1/%d", p+1)] = sw.model.breakout
			}
			spec["portBreakouts"] = breakouts
		}
		b.tuneSwitch(spec, sw)
		obj := b.add(versionWiring, "Switch", sw.name, spec)
		if sw.role == "border-leaf" && b.chance(2) {
			mapAt(obj, "metadata")["annotations"] = map[string]any{"fabric.githedgehog.com/route-summ": "vpc-0=10.0.0.0/8"}
		} else if b.chance(6) {
			mapAt(obj, "metadata")["annotations"] = map[string]any{"type.hhfab.githedgehog.com": "hw"}
		}
	}
}

// tuneSwitch adds the settings that only some switches have.
func (b *builder) tuneSwitch(spec map[string]any, sw *device) {
	if sw.role == "spine" {
		return
	}
	switch b.rng.IntN(8) {
	case 0:
		spec["portSpeeds"] = map[string]any{"E1/1": "SPEED_25G"}
	case 1:
		spec["portGroupSpeeds"] = map[string]any{"1": "10G", "10": "SPEED_25G"}
	case 2:
		spec["roce"] = true
		spec["ecmp"] = map[string]any{"roceQPN": true}
	case 3:
		spec["linkFlapErrDisable"] = map[string]any{"recoveryInterval": int64(0)}
	case 4:
		spec["enableAllPorts"] = false
		spec["vlanNamespaces"] = []any{defaultName}
	case 5:
		spec["portAutoNegs"] = map[string]any{"E1/1": false, "E1/2": true}
	}
}

func (b *builder) addServers() {
	for _, server := range b.servers {
		spec := map[string]any{"description": "rack " + fmt.Sprintf("R%02d", b.rng.IntN(40)) + ", " + server.name}
		if b.chance(12) {
			spec = map[string]any{}
		}
		b.add(versionWiring, "Server", server.name, spec)
	}
}

func (b *builder) addConnections() {
	types := map[string]connectionType{}
	for _, c := range connectionTypes() {
		types[c.field] = c
	}
	for i, c := range b.cables {
		kind := types[c.kind]
		var links []any
		for _, ends := range c.links {
			link := map[string]any{}
			for e, s := range kind.sides {
				link[s.field] = map[string]any{"port": ends[e].String()}
			}
			links = append(links, link)
		}
		body := map[string]any{}
		if kind.many {
			body[kind.links[0]] = links
		} else {
			body[kind.links[0]] = links[0]
		}
		switch {
		case c.kind == "staticExternal":
			sw := mapAt(mapAt(body, "link"), "switch")
			sw["ip"] = fmt.Sprintf("172.20.%d.1/24", i%256)
			sw["nextHop"] = fmt.Sprintf("172.20.%d.254", i%256)
			sw["subnets"] = []any{"192.168.0.0/16"}
		case kind.servers > 0 && b.chance(8):
			body["mtu"] = int64(9036)
		case c.kind == "bundled" && b.chance(6):
			body["fallback"] = false
		}
		b.add(versionWiring, "Connection", c.name, map[string]any{c.kind: body})
	}
}

func (b *builder) addGateways() {
	if len(b.gateways) > 1 {
		b.add(versionGateway, "GatewayGroup", "gw-2", map[string]any{})
	}
	for i, gw := range b.gateways {
		interfaces := map[string]any{}
		for n := range gw.ports {
			interfaces[fmt.Sprintf("enp2s%d", n+1)] = map[string]any{}
		}
		spec := map[string]any{"interfaces": interfaces, "logs": map[string]any{}}
		if len(b.gateways) > 1 {
			spec["groups"] = []any{map[string]any{"name": "gw-2", "priority": int64(10 * i)}, map[string]any{"name": defaultName}}
		}
		if b.chance(3) {
			spec["workers"] = int64(8)
			spec["logs"] = map[string]any{"default": "warning", "rateLimit": map[string]any{"burst": int64(200)}}
		}
		b.add(versionGateway, "Gateway", gw.name, spec)
	}
}

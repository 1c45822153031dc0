package hedgehog

import (
	"strings"
)

// side is one end of a link: the field that holds it and the kind of device there.
type side struct{ field, device string }

const (
	deviceSwitch  = "switch"
	deviceServer  = "server"
	deviceGateway = "gateway"
)

// connectionType is one of the alternatives of Connection.spec.
type connectionType struct {
	field string // in spec
	label string // value of the connection-type label
	links []string
	many  bool // links are lists
	sides []side
	// switches and servers bound how many different devices the links may name; outside, the webhook sets neither
	// device labels nor annotations, and validation refuses.
	minSwitches, maxSwitches, servers int
	uniquePorts                       bool
}

// connectionTypes lists the alternatives in the order in which the webhook tries them.
func connectionTypes() []connectionType {
	server := []side{{"server", deviceServer}, {"switch", deviceSwitch}}
	pair := []side{{"switch1", deviceSwitch}, {"switch2", deviceSwitch}}
	alone := []side{{"switch", deviceSwitch}}
	link, links := []string{"link"}, []string{"links"}
	return []connectionType{
		{"unbundled", "unbundled", link, false, server, 1, 1, 1, true},
		{"bundled", "bundled", links, true, server, 1, 1, 1, true},
		{"mclagDomain", "mclag-domain", []string{"peerLinks", "sessionLinks"}, true, pair, 2, 2, 0, true},
		{"mclag", "mclag", links, true, server, 1, 2, 1, true},
		{"eslag", "eslag", links, true, server, 1, 4, 1, true},
		{"fabric", "fabric", links, true, []side{{"spine", deviceSwitch}, {"leaf", deviceSwitch}}, 2, 2, 0, true},
		{"mesh", "mesh", links, true, []side{{"leaf1", deviceSwitch}, {"leaf2", deviceSwitch}}, 2, 2, 0, true},
		{"gateway", "gateway", links, true, []side{{"switch", deviceSwitch}, {"gateway", deviceGateway}}, 1, 1, 0, true},
		{"vpcLoopback", "vpc-loopback", links, true, pair, 1, 1, 0, true},
		{"external", "external", link, false, alone, 1, 1, 0, false},
		{"staticExternal", "static-external", link, false, alone, 1, 1, 0, false},
	}
}

func connectionShape() shape {
	out := shape{options: map[string]shape{}}
	for _, c := range connectionTypes() {
		link := shape{structs: map[string]shape{}}
		for _, s := range c.sides {
			link.structs[s.field] = shape{}
		}
		inner := map[string]shape{}
		for _, l := range c.links {
			inner[l] = link
		}
		if c.many {
			out.options[c.field] = shape{each: inner}
		} else {
			out.options[c.field] = shape{structs: inner}
		}
	}
	return out
}

func defaultConnection(t target) {
	labels, annotations := map[string]string{}, map[string]string{}
	labels[fabricPrefix+"connection-type"] = "<invalid>" // upstream's own word for a connection without a type
	for _, c := range connectionTypes() {
		if unset(t.spec, c.field) {
			continue
		}
		labels[fabricPrefix+"connection-type"] = c.label
		switches, servers, ok := c.devices(mapAt(t.spec, c.field))
		if !ok {
			break
		}
		for _, name := range switches {
			labels["switch."+fabricPrefix+name] = "true"
		}
		for _, name := range servers {
			labels["server."+fabricPrefix+name] = "true"
		}
		annotations[fabricPrefix+"switches"] = strings.Join(switches, ",")
		annotations[fabricPrefix+"servers"] = strings.Join(servers, ",")
		break
	}
	if vpc := stringAt(mapAt(t.spec, "staticExternal"), "withinVPC"); vpc != "" {
		labels[fabricPrefix+"vpc"] = vpc
	}
	t.relabel(labels)
	replaceOwned(t.meta, "annotations", annotations)
}

// devices answers the sorted names of the switches and servers that the links join, or false when the links break the
// rules of their type.
func (c connectionType) devices(body map[string]any) (switches, servers []string, ok bool) {
	names := map[string]map[string]bool{deviceSwitch: {}, deviceServer: {}, deviceGateway: {}}
	ports, ends := map[string]bool{}, 0
	for _, field := range c.links {
		links := []any{body[field]}
		if c.many {
			links = listAt(body, field)
		}
		if c.field == "mclagDomain" && len(links) == 0 {
			return nil, nil, false
		}
		for _, v := range links {
			link, isMap := v.(map[string]any)
			if !isMap {
				return nil, nil, false
			}
			for _, s := range c.sides {
				port := stringAt(mapAt(link, s.field), "port")
				device, local, _ := strings.Cut(port, "/")
				if device == "" || local == "" {
					return nil, nil, false
				}
				names[s.device][device] = true
				ports[port] = true
				ends++
			}
		}
	}
	switches, servers = sortedKeys(names[deviceSwitch]), sortedKeys(names[deviceServer])
	if len(switches) < c.minSwitches || len(switches) > c.maxSwitches || len(servers) != c.servers {
		return nil, nil, false
	}
	return switches, servers, !c.uniquePorts || len(ports) == ends
}

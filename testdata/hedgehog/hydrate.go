package hedgehog

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// Hydration is what "hhfab build" assigns before a fabric is installed and Git does not say: management, protocol and
// VTEP addresses, AS numbers, the /31 of every switch-to-switch link, and a gateway's addresses and neighbours. The zero
// value assigns nothing.
type Hydration struct {
	// fields holds the values by object; addresses those of links by connection, two for each link.
	fields    map[Ref]map[string]any
	addresses map[string][]string
}

const (
	spineASN   = int64(65100)
	leafASN    = int64(65101)
	gatewayASN = int64(65534)
	fabricMTU  = int64(9100)
	serverMTU  = int64(9036)
	gatewayMAC = "CA:FE:BA:BE:01:02" // the same for every gateway
)

// addresses gives out one address after another.
type addresses struct {
	next netip.Addr
	bits string
}

func addressesFrom(first, bits string) *addresses {
	return &addresses{netip.MustParseAddr(first), bits}
}

func (a *addresses) take() string {
	ip := a.next
	a.next = ip.Next()
	return ip.String() + a.bits
}

// PlanHydration assigns for a whole fabric, from the address ranges of a default installation: switches by role and
// name, spines first, then links by the name of their connection, then gateways.
func PlanHydration(objects []map[string]any) Hydration {
	h := Hydration{fields: map[Ref]map[string]any{}, addresses: map[string][]string{}}
	var switches, connections, gateways []map[string]any
	for _, o := range objects {
		switch stringAt(o, "kind") {
		case "Switch":
			switches = append(switches, o)
		case "Connection":
			connections = append(connections, o)
		case "Gateway":
			gateways = append(gateways, o)
		}
	}
	role := func(o map[string]any) string {
		return strings.Replace(stringAt(mapAt(o, "spec"), "role"), "spine", "", 1)
	}
	slices.SortStableFunc(switches, func(a, b map[string]any) int {
		return cmp.Or(cmp.Compare(role(a), role(b)), cmp.Compare(RefOf(a).Name, RefOf(b).Name))
	})
	slices.SortStableFunc(connections, func(a, b map[string]any) int { return cmp.Compare(RefOf(a).Name, RefOf(b).Name) })

	management, protocol := addressesFrom("172.30.0.6", "/21"), addressesFrom("172.30.8.0", "/32")
	vtep, link := addressesFrom("172.30.12.0", "/32"), addressesFrom("172.30.128.0", "/31")
	nextASN := leafASN
	for _, sw := range switches {
		fields := map[string]any{"ip": management.take(), "protocolIP": protocol.take(), "asn": spineASN}
		if role(sw) != "" {
			fields["asn"], fields["vtepIP"] = nextASN, vtep.take()
			nextASN++
		}
		h.fields[RefOf(sw)] = fields
	}
	neighbours, interfaces := map[string][]any{}, map[string]map[string]any{}
	for _, c := range connections {
		h.planLinks(c, link, neighbours, interfaces)
	}
	for _, gw := range gateways {
		name := RefOf(gw).Name
		h.fields[RefOf(gw)] = map[string]any{
			"asn": gatewayASN, "protocolIP": protocol.take(), "vtepIP": vtep.take(), "vtepMAC": gatewayMAC,
			"vtepMTU": serverMTU, "neighbors": neighbours[name], "interfaces": interfaces[name],
		}
	}
	return h
}

// hydratedSides answers the field of a connection whose links get addresses, and their two ends.
func hydratedSides(spec map[string]any) (body map[string]any, sides []side) {
	for _, c := range connectionTypes() {
		if (c.field == "fabric" || c.field == "mesh" || c.field == "gateway") && mapAt(spec, c.field) != nil {
			return mapAt(spec, c.field), c.sides
		}
	}
	return nil, nil
}

func (h Hydration) planLinks(conn map[string]any, link *addresses, neighbours map[string][]any, interfaces map[string]map[string]any) {
	body, sides := hydratedSides(mapAt(conn, "spec"))
	for _, v := range listAt(body, "links") {
		first, second := link.take(), link.take()
		h.addresses[RefOf(conn).Name] = append(h.addresses[RefOf(conn).Name], first, second)
		if sides[1].device != deviceGateway {
			continue
		}
		m, _ := v.(map[string]any)
		gateway, local, _ := strings.Cut(stringAt(mapAt(m, "gateway"), "port"), "/")
		if interfaces[gateway] == nil {
			interfaces[gateway] = map[string]any{}
		}
		interfaces[gateway][local] = map[string]any{"ips": []any{second}, "mtu": fabricMTU}
		neighbours[gateway] = append(neighbours[gateway], map[string]any{
			"source": local, "ip": strings.TrimSuffix(first, "/31"), "asn": spineASN,
		})
	}
}

// Apply writes the assigned values into a decoded object. What the object says already stays.
func (h Hydration) Apply(obj map[string]any) {
	spec := mapAt(obj, "spec")
	if spec == nil {
		return
	}
	fields := h.fields[RefOf(obj)]
	for _, key := range sortedKeys(fields) {
		assigned, isMap := fields[key].(map[string]any)
		if !isMap {
			if list, isList := fields[key].([]any); !isList || len(list) > 0 {
				setDefault(spec, key, Clone(fields[key]))
			}
			continue
		}
		for name, v := range assigned { // a gateway's interfaces: those that exist and are empty
			if have := mapAt(spec, key); have != nil && mapAt(have, name) != nil {
				setDefault(have, name, Clone(v))
			}
		}
	}
	if stringAt(obj, "kind") != "Connection" {
		return
	}
	body, sides := hydratedSides(spec)
	ips := h.addresses[RefOf(obj).Name]
	for i, v := range listAt(body, "links") {
		link, ok := v.(map[string]any)
		for e, s := range sides {
			if end := mapAt(link, s.field); ok && end != nil && 2*i+e < len(ips) {
				setDefault(end, "ip", ips[2*i+e])
			}
		}
	}
}

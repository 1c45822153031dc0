package hedgehog

import "fmt"

func (b *builder) addPeerings() {
	for i := range min(b.spec.VPCPeerings, max(len(b.vpcs)-1, 0)) {
		one, two := b.vpcs[i], b.vpcs[i+1]
		var entry map[string]any
		switch b.rng.IntN(3) {
		case 0:
			entry = map[string]any{one: map[string]any{}, two: map[string]any{}}
		case 1:
			entry = map[string]any{one: nil, two: nil} // "vpc-01:", as the documentation writes it
		default:
			entry = map[string]any{
				one: map[string]any{"subnets": b.subnetsOf(one)[:1]}, two: map[string]any{"subnets": b.subnetsOf(two)[:1]},
			}
		}
		b.add(versionVPC, "VPCPeering", one+"--"+two, map[string]any{"permit": []any{entry}})
	}
}

func externalName(i int) string { return fmt.Sprintf("ext-%02d", i+1) }

func (b *builder) addExternals() {
	var cables []cable
	for _, c := range b.cables {
		if c.kind == "external" {
			cables = append(cables, c)
		}
	}
	for i, c := range cables {
		name := externalName(i)
		external, attachment := map[string]any{}, map[string]any{"connection": c.name, "external": name}
		if i%3 == 2 {
			external["static"] = map[string]any{"prefixes": []any{"0.0.0.0/0"}}
			attachment["static"] = map[string]any{
				"remoteIP": fmt.Sprintf("100.2.%d.6", i), "ip": fmt.Sprintf("100.2.%d.1/24", i), "vlan": int64(0),
			}
		} else {
			external["inboundCommunity"] = fmt.Sprintf("65102:%d", 5000+i)
			external["outboundCommunity"] = fmt.Sprintf("%d:65102", 5000+i)
			attachment["switch"] = map[string]any{"ip": fmt.Sprintf("100.1.%d.1/24", 10+i), "vlan": int64(10 + i)}
			attachment["neighbor"] = map[string]any{"asn": int64(64102 + i), "ip": fmt.Sprintf("100.1.%d.6", 10+i)}
		}
		b.add(versionVPC, "External", name, external)
		b.add(versionVPC, "ExternalAttachment", name+"--"+c.links[0][0].dev.name, attachment)
	}
	if len(cables) == 0 {
		return
	}
	for i := range min(b.spec.ExternalPeerings, len(b.vpcs)) {
		vpc, external := b.vpcs[i], externalName(i%len(cables))
		prefixes := []any{map[string]any{"prefix": "0.0.0.0/0"}}
		if b.chance(3) {
			prefixes = []any{map[string]any{"prefix": "172.16.0.0/12"}, map[string]any{"prefix": "10.96.0.0/16"}}
		}
		b.add(versionVPC, "ExternalPeering", vpc+"--"+external, map[string]any{"permit": map[string]any{
			"vpc":      map[string]any{"name": vpc, "subnets": b.subnetsOf(vpc)},
			"external": map[string]any{"name": external, "prefixes": prefixes},
		}})
	}
}

func (b *builder) addGatewayPeerings() {
	if len(b.gateways) == 0 {
		return
	}
	for i := range min(b.spec.GatewayPeerings, max(len(b.vpcs)-2, 0)) {
		one, two := b.vpcs[i], b.vpcs[i+2]
		left := map[string]any{"ips": []any{map[string]any{"vpcSubnet": b.subnetsOf(one)[0]}}}
		right := map[string]any{"ips": []any{map[string]any{"vpcSubnet": b.subnetsOf(two)[0]}}}
		switch b.rng.IntN(4) {
		case 0:
			left["as"] = []any{map[string]any{"cidr": fmt.Sprintf("192.168.%d.0/31", i%256)}}
			left["nat"] = map[string]any{"masquerade": map[string]any{}}
		case 1:
			left["as"] = []any{map[string]any{"cidr": fmt.Sprintf("192.168.%d.0/24", i%256)}}
			left["nat"] = map[string]any{"static": map[string]any{}}
		case 2:
			left["as"] = []any{map[string]any{"cidr": fmt.Sprintf("192.168.%d.7/32", i%256)}}
			left["nat"] = map[string]any{"portForward": map[string]any{
				"idleTimeout": "300s", "ports": []any{map[string]any{"proto": "tcp", "port": "443", "as": "8443"}},
			}}
		}
		spec := map[string]any{"peering": map[string]any{
			one: map[string]any{"expose": []any{left}}, two: map[string]any{"expose": []any{right}},
		}}
		if b.chance(3) {
			spec["acl"] = map[string]any{"rules": []any{
				map[string]any{"name": "web", "from": one, "to": two, "action": "allow", "match": map[string]any{"proto": "tcp"}},
				map[string]any{"from": two, "action": "deny"},
			}}
		}
		b.add(versionGateway, "GatewayPeering", one+"--"+two, spec)
	}
}

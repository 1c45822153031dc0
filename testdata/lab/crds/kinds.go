package crds

import apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

// vpcKinds are the kinds of vpc.githedgehog.com.
func vpcKinds() []kind {
	return append([]kind{
		{
			kind: "VPC", plural: "vpcs",
			columns: []column{
				{"IPv4NS", ".spec.ipv4Namespace", "string", 0},
				{"VLANNS", ".spec.vlanNamespace", "string", 0},
				{"Subnets", ".spec.subnets", "string", 1},
			},
			spec: vpcSpec(),
		},
		{
			kind: "VPCAttachment", plural: "vpcattachments", short: []string{"vpcattach"}, strict: true,
			columns: []column{
				{"VPCSUBNET", ".spec.subnet", "string", 0},
				{"Connection", ".spec.connection", "string", 0},
				{"NativeVLAN", ".spec.nativeVLAN", "string", 0},
			},
			spec: closed(fields{"subnet": text, "connection": text, "nativeVLAN": flag}),
		},
		{
			kind: "VPCPeering", plural: "vpcpeerings", short: []string{"vpcpeer"},
			columns: []column{
				{"VPC1", `.metadata.labels.fabric\.githedgehog\.com/vpc1`, "string", 0},
				{"VPC2", `.metadata.labels.fabric\.githedgehog\.com/vpc2`, "string", 0},
				{"Remote", ".spec.remote", "string", 0},
			},
			spec: object(fields{
				"permit": list(table(orNull(object(fields{"subnets": list(text)})))),
				"remote": text,
			}),
		},
		{
			kind: "IPv4Namespace", plural: "ipv4namespaces", short: []string{"ipns"},
			columns: []column{{"Subnets", ".spec.subnets", "string", 0}},
			spec:    object(fields{"subnets": list(text)}),
		},
	}, externalKinds()...)
}

// externalKinds are those of vpc.githedgehog.com that lead out of the fabric.
func externalKinds() []kind {
	return []kind{
		{
			kind: "External", plural: "externals", short: []string{"ext"},
			columns: []column{
				{"IPv4NS", ".spec.ipv4Namespace", "string", 0},
				{"InComm", ".spec.inboundCommunity", "string", 0},
				{"OutComm", ".spec.outboundCommunity", "string", 0},
			},
			spec: object(fields{
				"ipv4Namespace": text, "inboundCommunity": text, "outboundCommunity": text,
				"static": object(fields{"prefixes": list(text)}),
			}),
		},
		{
			kind: "ExternalAttachment", plural: "externalattachments", short: []string{"extattach"},
			columns: []column{
				{"External", ".spec.external", "string", 0},
				{"Connection", ".spec.connection", "string", 0},
			},
			spec: object(fields{
				"connection": text, "external": text,
				"switch":     object(fields{"ip": text, "vlan": number}),
				"neighbor":   object(fields{"asn": number4, "ip": text}),
				"static":     object(fields{"ip": text, "remoteIP!": text, "vlan": number, "proxy": flag}),
				"inboundACL": object(fields{"statements": list(object(fields{"seq": number, "action": text, "protocol": text}))}),
			}),
		},
		{
			kind: "ExternalPeering", plural: "externalpeerings", short: []string{"extpeering", "extpeer"},
			columns: []column{
				{"VPC", ".spec.permit.vpc.name", "string", 0},
				{"External", ".spec.permit.external.name", "string", 0},
			},
			spec: object(fields{"permit": object(fields{
				"vpc":      object(fields{"name": text, "subnets": list(text)}),
				"external": object(fields{"name": text, "prefixes": list(object(fields{"prefix": text}))}),
			})}),
		},
	}
}

func vpcSpec() apiext.JSONSchemaProps {
	prefixLengths := object(fields{"minPrefixLen": number, "maxPrefixLen": number})
	dhcp := object(fields{
		"enable": flag, "relay": text, "relayVPC": text,
		"range":  object(fields{"start": text, "end": text}),
		"static": table(object(fields{"ip!": text})),
		"options": object(fields{
			"pxeURL": text, "dnsServers": list(text), "timeServers": list(text),
			"interfaceMTU": number, "leaseTimeSeconds": number4, "disableDefaultRoute": flag,
			"advertisedRoutes": list(object(fields{"destination": text, "gateway": text})),
		}),
	})
	subnet := object(fields{
		"subnet": text, "gateway": text, "vlan": number, "isolated": flag, "restricted": flag,
		"hostBGP": flag, "hostBGPMinPrefixLen": number, "hostBGPMaxPrefixLen": number,
		"hostBGPExtraPrefixes": table(prefixLengths), "dhcp": dhcp,
	})
	return object(fields{
		"mode": text, "ipv4Namespace": text, "vlanNamespace": text,
		"defaultIsolated": flag, "defaultRestricted": flag,
		"permit":       list(list(text)),
		"staticRoutes": list(object(fields{"prefix": text, "nextHops": list(text)})),
		"subnets":      table(subnet),
	})
}

// wiringKinds are the kinds of wiring.githedgehog.com.
func wiringKinds() []kind {
	return []kind{
		{
			kind: "Switch", plural: "switches", short: []string{"sw"},
			columns: []column{
				{"Profile", ".spec.profile", "string", 0},
				{"Role", ".spec.role", "string", 0},
				{"Descr", ".spec.description", "string", 0},
				{"VTEPIP", ".spec.vtepIP", "string", 0},
				{"Redundancy", ".spec.redundancy.type", "string", 1},
			},
			spec: switchSpec(),
		},
		{
			kind: "Connection", plural: "connections", short: []string{"conn"},
			columns: []column{{"Type", `.metadata.labels.fabric\.githedgehog\.com/connection-type`, "string", 0}},
			spec:    connectionSpec(),
		},
		{
			kind: "Server", plural: "servers", short: []string{"srv"},
			columns: []column{{"Descr", ".spec.description", "string", 0}},
			spec:    object(fields{"description": text, "profile": text}),
		},
		{
			kind: "SwitchGroup", plural: "switchgroups", short: []string{"sg"},
			spec: object(fields{}),
		},
		{
			kind: "VLANNamespace", plural: "vlannamespaces", short: []string{"vlanns"},
			spec: object(fields{"ranges": list(object(fields{"from": number, "to": number}))}),
		},
		{
			kind: "ServerProfile", plural: "serverprofiles",
			spec: object(fields{"nics": list(object(fields{
				"name": text, "ports": list(object(fields{"name": text})),
			}))}),
		},
	}
}

func switchSpec() apiext.JSONSchemaProps {
	return object(fields{
		"role!":       oneOf("spine", "server-leaf", "border-leaf", "mixed-leaf", "virtual-edge"),
		"description": text, "profile": text, "groups": list(text), "vlanNamespaces": list(text),
		"boot":       object(fields{"serial": text, "mac": text}),
		"redundancy": object(fields{"group": text, "type": oneOf("mclag", "eslag")}),
		"asn":        number4, "ip": text, "vtepIP": text, "protocolIP": text,
		"portGroupSpeeds": table(text), "portSpeeds": table(text), "portBreakouts": table(text),
		"portAutoNegs": table(flag), "portLocators": table(text),
		"portFECs":       table(oneOf("rs", "fc", "auto", "disabled")),
		"enableAllPorts": flag, "roce": flag,
		"ecmp": object(fields{"roceQPN": flag}),
		"linkFlapErrDisable": object(fields{
			"flapThreshold":    preset(number, 3),
			"samplingInterval": preset(number4, 30),
			"recoveryInterval": preset(number4, 300),
		}),
	})
}

func connectionSpec() apiext.JSONSchemaProps {
	port := object(fields{"port": text})
	address := object(fields{"port": text, "ip": text})
	between := func(a, b string, end apiext.JSONSchemaProps) apiext.JSONSchemaProps {
		return list(object(fields{a: end, b: end}))
	}
	bundle := object(fields{"links": between("server", "switch", port), "mtu": number, "fallback": flag})
	return object(fields{
		"unbundled": object(fields{"link": object(fields{"server": port, "switch": port}), "mtu": number}),
		"bundled":   bundle, "eslag": bundle, "mclag": bundle,
		"mclagDomain": object(fields{
			"peerLinks":    between("switch1", "switch2", port),
			"sessionLinks": between("switch1", "switch2", port),
		}),
		"fabric":      object(fields{"links": between("spine", "leaf", address)}),
		"mesh":        object(fields{"links": between("leaf1", "leaf2", address)}),
		"gateway":     object(fields{"links": between("switch", "gateway", address)}),
		"vpcLoopback": object(fields{"links": between("switch1", "switch2", port)}),
		"external":    object(fields{"link": object(fields{"switch": port})}),
		"staticExternal": object(fields{
			"withinVPC": text,
			"link": object(fields{"switch": object(fields{
				"port": text, "ip": text, "vlan": number, "nextHop": text, "subnets": list(text),
			})}),
		}),
	})
}

// gatewayKinds are the kinds of gateway.githedgehog.com.
func gatewayKinds() []kind {
	return []kind{
		{
			kind: "Gateway", plural: "gateways", short: []string{"gw"},
			columns: []column{
				{"VTEPIP", ".spec.vtepIP", "string", 0},
				{"Groups", ".spec.groups", "string", 0},
				{"Workers", ".spec.workers", "integer", 1},
			},
			spec: object(fields{
				"protocolIP": text, "vtepIP": text, "vtepMAC": text, "vtepMTU": number4, "asn": number4,
				"interfaces": table(object(fields{"ips": list(text), "mtu": number4, "kernel": text, "pci": text})),
				"neighbors":  list(object(fields{"asn": number4, "ip": text, "source": text})),
				"logs": object(fields{
					"default": text, "tags": table(text),
					"rateLimit": object(fields{"burst": number4, "replenishPerSecond": number4}),
				}),
				"workers": number, "flowTableCapacity": number4,
				"groups":    list(object(fields{"name": text, "priority": number4})),
				"profiling": object(fields{"enabled": flag}),
			}),
		},
		{
			kind: "GatewayGroup", plural: "gatewaygroups", short: []string{"gwgr"},
			spec: object(fields{}),
		},
		{
			kind: "GatewayPeering", plural: "gatewaypeerings", short: []string{"gwpeer"},
			columns: []column{{"Group", ".spec.gatewayGroup", "string", 0}},
			spec:    gatewayPeeringSpec(),
		},
	}
}

func gatewayPeeringSpec() apiext.JSONSchemaProps {
	match := list(object(fields{"cidr": text, "ports": list(text), "vpcSubnet": text}))
	expose := object(fields{
		"default": flag,
		"ips":     list(object(fields{"cidr": text, "not": text, "vpcSubnet": text})),
		"as":      list(object(fields{"cidr": text, "not": text})),
		"nat": object(fields{
			"masquerade": object(fields{"idleTimeout": text}),
			"portForward": object(fields{
				"idleTimeout": text,
				"ports":       list(object(fields{"as": text, "port": text, "proto": text})),
			}),
			"static": object(fields{}),
		}),
	})
	return object(fields{
		"gatewayGroup": text,
		"peering":      table(object(fields{"expose": list(expose)})),
		"acl": object(fields{
			"default": oneOf("deny", "deny-unless-exposed", ""),
			"rules": list(object(fields{
				"name": text, "from": text, "to": text, "log": flag,
				"action!": oneOf("deny", "allow"),
				"scope":   oneOf("flow", "packet", ""),
				"match":   object(fields{"proto": text, "src": match, "dst": match}),
			})),
		}),
	})
}

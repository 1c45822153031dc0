package hedgehog

import (
	"fmt"
	"time"
)

// Secret stands in the generated Agents where a real one holds password hashes and registry credentials. A tool that
// shows or stores it has read what it must not.
const Secret = "selvage-must-never-show-this"

// ControllerObjects answers what Hedgehog's controllers keep on the server beside the given live objects: SwitchProfiles,
// one Agent for each switch and GatewayAgent for each gateway, Catalogs, VPCInfos, DHCPSubnets, and the GatewayGroup
// "default". None of it is ever in Git. The objects are as small as their schemas allow; Agents are converged and fresh.
func ControllerObjects(live []map[string]any, now time.Time) []map[string]any {
	c := controllers{now: now, profiles: map[string]bool{}}
	for _, obj := range live {
		name, spec := RefOf(obj).Name, mapAt(obj, "spec")
		switch stringAt(obj, "kind") {
		case "Switch":
			c.addSwitch(name, spec)
		case "Gateway":
			c.addGateway(name, spec)
		case "VPC":
			c.addVPC(obj, name, spec)
		case "External":
			c.addInfo("ext."+name, obj, map[string]any{})
		}
	}
	for _, name := range sortedKeys(c.profiles) {
		profile := c.add("wiring.githedgehog.com/v1beta1", "SwitchProfile", name, map[string]any{
			"displayName": name, "features": map[string]any{"eslag": true, "l2vni": true, "l3vni": true, "roce": true, "portLocator": true},
		})
		mapAt(profile, "metadata")["annotations"] = map[string]any{fabricPrefix + "ports": "E1/1-64"}
	}
	for _, name := range []string{"connections", "vpcs", "vpcinfos"} {
		c.add("agent.githedgehog.com/v1beta1", "Catalog", name, map[string]any{"vpcVNIs": map[string]any{}})
	}
	return c.objects
}

type controllers struct {
	now      time.Time
	profiles map[string]bool
	gateways int
	vnis     int64
	objects  []map[string]any
}

// add makes an object as the "fabric" controller creates it: no webhook, everything owned by that manager.
func (c *controllers) add(apiVersion, kind, name string, spec map[string]any) map[string]any {
	obj := Live(map[string]any{
		"apiVersion": apiVersion, "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": defaultName}, "spec": spec,
	}, LiveOptions{Now: c.now, Method: Post, Manager: "fabric", ResourceVersion: 500_000 + int64(len(c.objects))})
	c.objects = append(c.objects, obj)
	return obj
}

func (c *controllers) addSwitch(name string, spec map[string]any) {
	if profile := stringAt(spec, "profile"); profile != "" {
		c.profiles[profile] = true
	}
	agent := c.add("agent.githedgehog.com/v1beta1", "Agent", name, map[string]any{
		"description": stringAt(spec, "description"), "role": stringAt(spec, "role"),
		"users":   []any{map[string]any{"name": "admin", "password": Secret, "role": "admin"}},
		"version": map[string]any{"default": "v0.129.1", "username": "reader", "password": Secret},
	})
	agent["status"] = map[string]any{
		"conditions": []any{map[string]any{
			"type": "Applied", "status": "True", "reason": "ApplySucceeded", "message": "Config applied",
			"lastTransitionTime": timestamp(c.now),
		}},
		"lastAppliedGen": int64(1), "lastAppliedTime": timestamp(c.now), "lastAttemptGen": int64(1),
		"lastAttemptTime": timestamp(c.now), "lastHeartbeat": timestamp(c.now), "version": "v0.129.1", "rebootRequired": false,
	}
	c.add("agent.githedgehog.com/v1beta1", "Catalog", "switch."+name, map[string]any{"subnetIDs": map[string]any{}})
}

func (c *controllers) addGateway(name string, spec map[string]any) {
	if c.gateways++; c.gateways == 1 {
		c.add(versionGateway, "GatewayGroup", defaultName, map[string]any{})
	}
	agent := c.add("gwint.githedgehog.com/v1alpha1", "GatewayAgent", name, map[string]any{
		"agentVersion": "v0.129.1", "gateway": map[string]any{"workers": spec["workers"]},
	})
	agent["status"] = map[string]any{"lastAppliedGen": int64(1), "lastAppliedTime": timestamp(c.now), "lastHeartbeat": timestamp(c.now)}
}

func (c *controllers) addVPC(obj map[string]any, name string, spec map[string]any) {
	subnets := mapAt(spec, "subnets")
	cidrs := map[string]any{}
	for _, sub := range sortedKeys(subnets) {
		s := mapAt(subnets, sub)
		cidrs[sub] = map[string]any{"cidr": stringAt(s, "subnet")}
		dhcp := mapAt(s, "dhcp")
		if !boolAt(dhcp, "enable") {
			continue
		}
		vlan, _ := intAt(s, "vlan")
		lease := c.add("dhcp.githedgehog.com/v1beta1", "DHCPSubnet", name+"--"+sub, map[string]any{
			"subnet": name + "/" + sub, "cidrBlock": stringAt(s, "subnet"), "gateway": stringAt(s, "gateway"),
			"startIP": stringAt(mapAt(dhcp, "range"), "start"), "endIP": stringAt(mapAt(dhcp, "range"), "end"),
			"vrf": "VrfV" + name, "circuitID": fmt.Sprintf("Vlan%d", vlan), "pxeURL": "", "defaultURL": "",
			"dnsServers": []any{}, "timeServers": []any{}, "interfaceMTU": dhcpMTU, "leaseTimeSeconds": dhcpLeaseTime,
		})
		mapAt(lease, "metadata")["labels"] = map[string]any{fabricPrefix + "vpc": name}
	}
	c.addInfo(name, obj, cidrs)
}

// addInfo makes the gateway's view of a VPC, or of an external under the prefix "ext.".
func (c *controllers) addInfo(name string, owner map[string]any, subnets map[string]any) {
	c.vnis += 100
	info := c.add(versionGateway, "VPCInfo", name, map[string]any{"vni": c.vnis, "subnets": subnets})
	mapAt(info, "metadata")["ownerReferences"] = []any{map[string]any{
		"apiVersion": stringAt(owner, "apiVersion"), "kind": stringAt(owner, "kind"), "name": RefOf(owner).Name,
		"uid": stringAt(mapAt(owner, "metadata"), "uid"), "controller": true, "blockOwnerDeletion": true,
	}}
	info["status"] = map[string]any{"internalID": fmt.Sprintf("%05d", c.vnis)}
}

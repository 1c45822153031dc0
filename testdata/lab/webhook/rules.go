package webhook

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// longestVPC is how many characters the name of a VPC may have: the name of its
// VRF on the switches is made of it.
const longestVPC = 11

// storeVPC judges a VPC by the rules of Hedgehog that look at other VPCs, and by
// the length of its name.
func storeVPC(vpc map[string]any, beside others) error {
	if n := len(nameOf(vpc)); n > longestVPC {
		return fmt.Errorf("name %q is too long: %d characters, must be <= %d characters", nameOf(vpc), n, longestVPC)
	}
	all, err := beside.all("vpcs")
	if err != nil {
		return err
	}
	mine := subnetsOf(vpc)
	for i, a := range mine {
		for _, b := range mine[i+1:] {
			if err := clash(a, b, true, true); err != nil {
				return err
			}
		}
	}
	for _, other := range all {
		if nameOf(other) == nameOf(vpc) {
			continue
		}
		addresses := text(vpc, "spec", "ipv4Namespace") == text(other, "spec", "ipv4Namespace")
		vlans := text(vpc, "spec", "vlanNamespace") == text(other, "spec", "vlanNamespace")
		for _, a := range mine {
			for _, b := range subnetsOf(other) {
				if err := clash(a, b, addresses, vlans); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// subnet is one of a VPC.
type subnet struct {
	vpc, name string
	prefix    netip.Prefix // invalid where it could not be read
	vlan      int64        // 0 for none
}

func subnetsOf(vpc map[string]any) []subnet {
	spec, _ := vpc["spec"].(map[string]any)
	subnets, _ := spec["subnets"].(map[string]any)
	var all []subnet
	for _, name := range slices.Sorted(maps.Keys(subnets)) {
		fields, ok := subnets[name].(map[string]any)
		if !ok {
			continue
		}
		s := subnet{vpc: nameOf(vpc), name: name}
		s.prefix, _ = netip.ParsePrefix(text(fields, "subnet"))
		s.vlan, _ = fields["vlan"].(int64)
		all = append(all, s)
	}
	return all
}

// clash says why two subnets cannot be together, where they share the namespace
// of their addresses or of their VLANs.
func clash(a, b subnet, addresses, vlans bool) error {
	if addresses && a.prefix.IsValid() && b.prefix.IsValid() && a.prefix.Overlaps(b.prefix) {
		return fmt.Errorf("subnet %s (%s) overlaps with subnet %s (%s) of VPC %s", a.name, a.prefix, b.name, b.prefix, b.vpc)
	}
	if vlans && a.vlan != 0 && a.vlan == b.vlan {
		return fmt.Errorf("VLAN %d is used by subnet %s of VPC %s", a.vlan, b.name, b.vpc)
	}
	return nil
}

// deleteVPC judges by what refers to a VPC.
func deleteVPC(name string, beside others) error {
	for _, rule := range []struct {
		resource string
		refers   func(map[string]any) bool
		refusal  string
	}{
		{"vpcattachments", func(o map[string]any) bool {
			vpc, _, _ := strings.Cut(text(o, "spec", "subnet"), "/")
			return vpc == name
		}, "VPC has attachments"},
		{"vpcpeerings", func(o map[string]any) bool { return permits(o, name) }, "VPC has peerings"},
		{"externalpeerings", func(o map[string]any) bool { return text(o, "spec", "permit", "vpc", "name") == name }, "VPC has external peerings"},
	} {
		all, err := beside.all(rule.resource)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, rule.refers) {
			return errors.New(rule.refusal)
		}
	}
	return nil
}

// permits tells whether a VPCPeering is one of a VPC.
func permits(peering map[string]any, vpc string) bool {
	spec, _ := peering["spec"].(map[string]any)
	permit, _ := spec["permit"].([]any)
	return slices.ContainsFunc(permit, func(one any) bool {
		sides, _ := one.(map[string]any)
		_, has := sides[vpc]
		return has
	})
}

// deleteConnection judges by what is attached to a connection.
func deleteConnection(name string, beside others) error {
	for _, resource := range []string{"vpcattachments", "externalattachments"} {
		all, err := beside.all(resource)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(o map[string]any) bool { return text(o, "spec", "connection") == name }) {
			return errors.New("connection has attachments")
		}
	}
	return nil
}

func nameOf(obj map[string]any) string { return text(obj, "metadata", "name") }

// text is a string in an object, "" where there is none.
func text(obj map[string]any, path ...string) string {
	for _, field := range path[:len(path)-1] {
		obj, _ = obj[field].(map[string]any)
	}
	s, _ := obj[path[len(path)-1]].(string)
	return s
}

package drift

import "selvage/core"

// rulesRelease is the release of fabric that the rules were written for.
const rulesRelease = v129

// release is the one that a fabric's schemas look like, by the fields that they
// have; "" where no schema is known that would tell.
func release(schemas map[core.GroupKind]core.Schema) string {
	since129, known129 := signs{
		{"wiring.githedgehog.com", "Switch", ".spec.portFECs"},
		{"wiring.githedgehog.com", "Switch", ".spec.portLocators"},
		{"vpc.githedgehog.com", "VPC", ".spec.subnets.*.hostBGPExtraPrefixes"},
	}.in(schemas)
	since126, known126 := signs{
		{"wiring.githedgehog.com", "Switch", ".spec.linkFlapErrDisable"},
		{"gateway.githedgehog.com", "GatewayPeering", ".spec.acl"},
		{"gateway.githedgehog.com", "Gateway", ".spec.logs.rateLimit"},
	}.in(schemas)
	switch {
	case since129:
		return "v0.129 or later"
	case since126 && known129:
		return "v0.126 to v0.128"
	case since126:
		return "v0.126 or later"
	case known126:
		return "before v0.126"
	case known129:
		return "before v0.129"
	}
	return ""
}

// signs are fields that came with a release.
type signs []struct {
	group, kind string
	path        core.Path
}

// in tells whether any of the fields is there, and whether a schema is known
// that would have it.
func (s signs) in(schemas map[core.GroupKind]core.Schema) (found, known bool) {
	for _, sign := range s {
		root := schemas[core.GroupKind{Group: sign.group, Kind: sign.kind}].Root
		if root == nil || root.Properties == nil {
			continue
		}
		known = true
		found = found || hasPlace(root, sign.path.Steps())
	}
	return found, known
}

// hasPlace tells whether a schema names the place of a path.
func hasPlace(n *core.SchemaNode, steps []string) bool {
	for _, s := range steps {
		if n == nil {
			return false
		}
		next, ok := n.Values, n.Values != nil
		if s != anyKey {
			next, ok = n.Properties[keyOf(s)]
		}
		if !ok {
			return false
		}
		n = next
	}
	return true
}

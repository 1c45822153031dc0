package hedgehog

import (
	"strings"
	"time"
)

const (
	groupVPC     = "vpc.githedgehog.com"
	groupWiring  = "wiring.githedgehog.com"
	groupGateway = "gateway.githedgehog.com"

	versionVPC     = groupVPC + "/v1beta1"
	versionWiring  = groupWiring + "/v1beta1"
	versionGateway = groupGateway + "/v1alpha1"

	// fabricPrefix marks every label that the fabric's webhooks own, anywhere in its key.
	fabricPrefix  = "fabric.githedgehog.com/"
	gatewayPrefix = "gateway.githedgehog.com/"

	// defaultName is the name of every namespace, group and subnet that is used when none is given.
	defaultName = "default"
)

// Default changes obj into what the mutating webhooks of Hedgehog fabric v0.129.1 make of it when it is created. The
// object is a decoded JSON value: map[string]any, []any, string, int64, float64, bool and nil. The time is needed for
// Switch.spec.portLocators only, whose durations become points in time.
//
// Kinds without a webhook (SwitchGroup, ServerProfile), kinds that only controllers write, and anything unknown stay as
// they are. A field of a type that its schema does not know stays as it is too. An explicit false, 0 or "" stays where
// nothing is defaulted. Default is idempotent on its own output for the same time, with one exception that is upstream's:
// a static lease beside DHCP options that are all empty is spelled as the server likes it by the next write only.
//
// It does not write "status: {}", which the webhooks emit and the API server drops, nor what the API server adds.
func Default(obj map[string]any, now time.Time) {
	rule, ok := ruleFor(stringAt(obj, "apiVersion"), stringAt(obj, "kind"))
	if !ok {
		return
	}
	meta := mapAt(obj, "metadata")
	if meta == nil {
		return
	}
	if unset(obj, "spec") {
		obj["spec"] = map[string]any{}
	}
	spec := mapAt(obj, "spec")
	if spec == nil {
		return
	}
	setDefault(meta, "namespace", defaultName)
	rule.shape.fill(spec)
	rule.apply(target{meta: meta, spec: spec, now: now})
}

// target is the object a rule works on.
type target struct {
	meta, spec map[string]any
	now        time.Time
}

// rule is one kind's webhook: what re-marshalling adds, then what its code does.
type rule struct {
	shape shape
	apply func(target)
}

func ruleFor(apiVersion, kind string) (rule, bool) {
	switch apiVersion + "/" + kind {
	case versionVPC + "/VPC":
		return rule{vpcShape(), defaultVPC}, true
	case versionVPC + "/VPCAttachment":
		return rule{shape{}, defaultVPCAttachment}, true
	case versionVPC + "/VPCPeering":
		return rule{shape{}, defaultVPCPeering}, true
	case versionVPC + "/External":
		return rule{shape{}, defaultExternal}, true
	case versionVPC + "/ExternalAttachment":
		return rule{externalAttachmentShape(), defaultExternalAttachment}, true
	case versionVPC + "/ExternalPeering":
		return rule{externalPeeringShape(), defaultExternalPeering}, true
	case versionVPC + "/IPv4Namespace":
		return rule{shape{}, defaultIPv4Namespace}, true
	case versionWiring + "/VLANNamespace":
		return rule{vlanNamespaceShape(), defaultVLANNamespace}, true
	case versionWiring + "/Switch":
		return rule{switchShape(), defaultSwitch}, true
	case versionWiring + "/Server":
		return rule{shape{}, defaultServer}, true
	case versionWiring + "/Connection":
		return rule{connectionShape(), defaultConnection}, true
	case versionGateway + "/Gateway":
		return rule{gatewayShape(), defaultGateway}, true
	case versionGateway + "/GatewayGroup":
		return rule{shape{}, func(target) {}}, true
	case versionGateway + "/GatewayPeering":
		return rule{gatewayPeeringShape(), defaultGatewayPeering}, true
	}
	return rule{}, false
}

// relabel removes every label of the fabric's own, an operator's included, and sets the given ones.
func (t target) relabel(labels map[string]string) {
	replaceOwned(t.meta, "labels", labels)
}

// replaceOwned removes from the string map under key every entry whose key contains the fabric's prefix, then adds the
// given ones. A map that becomes empty goes; one that was empty stays.
func replaceOwned(meta map[string]any, key string, add map[string]string) {
	if unset(meta, key) {
		if len(add) == 0 {
			return
		}
		meta[key] = map[string]any{}
	}
	have := mapAt(meta, key)
	if have == nil {
		return
	}
	emptied := false
	for k := range have {
		if strings.Contains(k, fabricPrefix) {
			delete(have, k)
			emptied = true
		}
	}
	for k, v := range add {
		have[k] = v
	}
	if emptied && len(have) == 0 {
		delete(meta, key)
	}
}

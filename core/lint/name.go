package lint

import (
	"regexp"
	"slices"
	"strings"

	"selvage/core"
)

// subdomain is what the API server and Hedgehog's webhooks take for a name.
var subdomain = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

// maxName is how long the name may be of what switches build names from.
const maxName = 11

func names(w *world, s say) {
	for _, o := range w.objects {
		n := o.Key.Name
		if w.groups[o.Key.Kind] != o.Key.GroupKind() {
			continue
		}
		if len(n) > 253 || !subdomain.MatchString(n) {
			s.at(name(o), "the name %q is not made of a-z, 0-9, - and . with a letter or digit at both ends", n)
		}
	}
	for _, kind := range []string{"VPC", "External", "IPv4Namespace"} {
		for _, o := range w.byKind[kind] {
			if n := len(o.Key.Name); n > maxName {
				s.at(name(o), "the name %q has %d characters; %s may have %d", o.Key.Name, n, kind, maxName)
			}
		}
	}
	for _, o := range w.byKind["VPC"] {
		if strings.HasPrefix(o.Key.Name, externalPrefix) {
			s.at(name(o), "the name of a VPC may not begin with %q: gateways call Externals that", externalPrefix)
		}
	}
}

// namespaces finds objects that the webhooks refuse for where they are. The
// kinds left out have no such check.
func namespaces(w *world, s say) {
	unchecked := []string{"ServerProfile", "SwitchGroup", "GatewayGroup"}
	for _, o := range w.objects {
		if w.groups[o.Key.Kind] != o.Key.GroupKind() || core.KindOf(o.Key.GroupKind()).Owner != core.Operator {
			continue
		}
		if ns := o.Key.Namespace; ns != "" && ns != "default" && !slices.Contains(unchecked, o.Key.Kind) {
			s.at(field{o, core.Root.Key("metadata").Key("namespace"), ns}, "namespace %q: Hedgehog takes its objects in default alone", ns)
		}
	}
}

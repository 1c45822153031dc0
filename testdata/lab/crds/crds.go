package crds

import (
	"slices"
	"strings"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The groups of the kinds.
const (
	VPCGroup     = "vpc.githedgehog.com"
	WiringGroup  = "wiring.githedgehog.com"
	GatewayGroup = "gateway.githedgehog.com"
	AgentGroup   = "agent.githedgehog.com"
)

// OperatorGroups returns the groups whose objects operators write: all but
// AgentGroup.
func OperatorGroups() []string { return []string{VPCGroup, WiringGroup, GatewayGroup} }

type kind struct {
	kind, plural string
	short        []string
	columns      []column
	spec         schema
	status       fields // nil for one of which nothing is known
	strict       bool   // drop unknown fields
}

type column struct {
	name, path, kind string
	priority         int32
}

// All returns every definition, by group and then by kind as the packages of
// Hedgehog list them. The caller owns the result.
func All() []*apiext.CustomResourceDefinition {
	var all []*apiext.CustomResourceDefinition
	add := func(group, version string, kinds []kind) {
		for _, k := range kinds {
			all = append(all, k.definition(group, version))
		}
	}
	add(VPCGroup, "v1beta1", vpcKinds())
	add(WiringGroup, "v1beta1", wiringKinds())
	add(GatewayGroup, "v1alpha1", gatewayKinds())
	add(AgentGroup, "v1beta1", agentKinds())
	return all
}

func (k kind) definition(group, version string) *apiext.CustomResourceDefinition {
	root := closed(fields{
		"apiVersion": text, "kind": text, "metadata": {Type: "object"},
		"spec": k.spec, "status": object(k.status),
	})
	if !k.strict {
		root.XPreserveUnknownFields = new(true)
	}
	columns := make([]apiext.CustomResourceColumnDefinition, 0, len(k.columns)+1)
	for _, c := range append(slices.Clone(k.columns), column{"Age", ".metadata.creationTimestamp", "date", 0}) {
		columns = append(columns, apiext.CustomResourceColumnDefinition{
			Name: c.name, JSONPath: c.path, Type: c.kind, Priority: c.priority,
		})
	}
	return &apiext.CustomResourceDefinition{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiext.SchemeGroupVersion.String(), Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{Name: k.plural + "." + group},
		Spec: apiext.CustomResourceDefinitionSpec{
			Group: group,
			Scope: apiext.NamespaceScoped,
			Names: apiext.CustomResourceDefinitionNames{
				Kind: k.kind, ListKind: k.kind + "List", Plural: k.plural,
				Singular: strings.ToLower(k.kind), ShortNames: k.short, Categories: []string{"hedgehog"},
			},
			Versions: []apiext.CustomResourceDefinitionVersion{{
				Name: version, Served: true, Storage: true,
				Schema:                   &apiext.CustomResourceValidation{OpenAPIV3Schema: &root},
				Subresources:             &apiext.CustomResourceSubresources{Status: &apiext.CustomResourceSubresourceStatus{}},
				AdditionalPrinterColumns: columns,
			}},
		},
	}
}

package crds

import (
	"strings"
	"testing"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

func TestOnlyAttachmentsDropUnknownFields(t *testing.T) {
	names := make(map[string]string)
	for _, crd := range All() {
		kind := crd.Spec.Names.Kind
		for _, name := range append([]string{crd.Spec.Names.Plural, crd.Spec.Names.Singular}, crd.Spec.Names.ShortNames...) {
			if other, taken := names[name]; taken {
				t.Errorf("%s and %s are both called %q", other, kind, name)
			}
			names[name] = kind
		}
		schema := crd.Spec.Versions[0].Schema.OpenAPIV3Schema
		if keeps := keepsUnknown(schema.Properties["spec"]); keeps != (kind != "VPCAttachment") {
			t.Errorf("the spec of %s keeps unknown fields at every level: %v", kind, keeps)
		}
		if !strings.HasSuffix(crd.Spec.Group, ".githedgehog.com") {
			t.Errorf("%s is of group %s", kind, crd.Spec.Group)
		}
	}
	if len(All()) != 17 {
		t.Errorf("%d kinds, want 16 that operators write, and Agent", len(All()))
	}
}

// keepsUnknown tells whether every object with named fields keeps others, too.
func keepsUnknown(s apiext.JSONSchemaProps) bool {
	if s.Type == "object" && s.AdditionalProperties == nil && (s.XPreserveUnknownFields == nil || !*s.XPreserveUnknownFields) {
		return false
	}
	for _, field := range s.Properties {
		if !keepsUnknown(field) {
			return false
		}
	}
	if s.Items != nil && !keepsUnknown(*s.Items.Schema) {
		return false
	}
	return s.AdditionalProperties == nil || keepsUnknown(*s.AdditionalProperties.Schema)
}

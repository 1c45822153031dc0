package lint

import (
	"slices"
	"testing"

	"selvage/core"
)

func TestReferencesAreToldOnce(t *testing.T) {
	object := func(group, kind, name string, spec map[string]any) *core.Object {
		return &core.Object{Key: core.Key{Group: group, Kind: kind, Namespace: "default", Name: name}, Fields: map[string]any{"spec": spec}}
	}
	s := core.NewSnapshot()
	s.Add(object("vpc.githedgehog.com", "VPC", "a", map[string]any{"ipv4Namespace": "default", "permit": []any{[]any{"web"}}}))
	s.Add(object("vpc.githedgehog.com", "VPCAttachment", "a--srv", map[string]any{"subnet": "a/web", "connection": "srv--leaf"}))
	got := []string{}
	for _, r := range References(s) {
		got = append(got, r.From.Kind+" "+r.From.Name+" > "+r.To.Kind+" "+r.To.Name)
	}
	want := []string{"VPC a > IPv4Namespace default", "VPCAttachment a--srv > Connection srv--leaf", "VPCAttachment a--srv > VPC a"}
	if !slices.Equal(got, want) {
		t.Errorf("references %q, want %q", got, want)
	}
}

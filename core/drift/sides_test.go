package drift_test

import (
	"testing"
	"time"

	"selvage/core"
	"selvage/core/drift"
)

// TestTakingLiveWritesOnlyWhatDiffers: what rules leave aside, and what is empty on one
// side and nothing on the other, stays as Git has it when a whole object is taken.
func TestTakingLiveWritesOnlyWhatDiffers(t *testing.T) {
	f := core.Fabric{ID: "test", Namespace: "default"}
	for _, tt := range []struct{ name, git, live, want string }{
		{
			"empty values that only live spells out",
			object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, vlan: 1001}}"),
			object("vpc", "VPC", "", "vlanNamespace: default, staticRoutes: [], subnets: {one: {subnet: 10.0.1.0/24, gateway: 10.0.1.1, vlan: 1005, dhcp: {}, isolated: false}}"),
			object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, vlan: 1005}}"),
		},
		{
			"empty values that only git spells out",
			object("vpc", "VPC", "", "staticRoutes: [], subnets: {one: {subnet: 10.0.1.0/24, vlan: 1001, dhcp: {enable: false}}}"),
			object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, vlan: 1005, dhcp: {}}}"),
			object("vpc", "VPC", "", "staticRoutes: [], subnets: {one: {subnet: 10.0.1.0/24, vlan: 1005, dhcp: {enable: false}}}"),
		},
		{
			"in the items of a list",
			object("vpc", "VPCPeering", "", "permit: [{a: {subnets: []}, b: {}}], remote: x"),
			object("vpc", "VPCPeering", "", "permit: [{a: {}, b: {subnets: []}}], remote: y"),
			object("vpc", "VPCPeering", "", "permit: [{a: {subnets: []}, b: {}}], remote: y"),
		},
		{
			"what a rule says that the server fills in",
			object("vpc", "VPC", "", "ipv4Namespace: '', subnets: {one: {subnet: 10.0.1.0/24, vlan: 1001}}"),
			object("vpc", "VPC", "", "ipv4Namespace: default, subnets: {one: {subnet: 10.0.1.0/24, vlan: 1005}}"),
			object("vpc", "VPC", "", "ipv4Namespace: '', subnets: {one: {subnet: 10.0.1.0/24, vlan: 1005}}"),
		},
		{
			"what somebody took away in live",
			object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, vlan: 1001}, two: {subnet: 10.0.2.0/24}}"),
			object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, vlan: 1001, dhcp: {}}}"),
			object("vpc", "VPC", "", "subnets: {one: {subnet: 10.0.1.0/24, vlan: 1001}}"),
		},
	} {
		git, live, want := snapshot(t, "git", tt.git), snapshot(t, "kube", tt.live), snapshot(t, "git", tt.want)
		for o := range git.Objects() {
			in := drift.Input{Git: git, Live: live, Memory: &core.Memory{}, Now: now}
			s := drift.New(f).Sides(in, o.Key)[o.Key]
			in.Git = want
			if w := bare(drift.New(f).Sides(in, o.Key)[o.Key].Git); !bare(s.Live).Equal(w) {
				t.Errorf("%s: taking live writes\n%s\nwant\n%s", tt.name, s.Live, w)
			}
		}
	}
}

// bare is an object without the containers that are there for the comparison only.
func bare(v core.Value) core.Value {
	for _, at := range []core.Path{".metadata.labels", ".metadata.annotations", ".metadata"} {
		if m, ok := v.At(at).Any().(map[string]any); ok && len(m) == 0 {
			v, _ = v.With(at, core.Value{})
		}
	}
	return v
}

// TestTakingLiveOfWhatAgreesWritesNothing: whatever servers have made of an object, Git
// stays as it is.
func TestTakingLiveOfWhatAgreesWritesNothing(t *testing.T) {
	f := core.Fabric{ID: "test", Namespace: "default", PendingLimit: 15 * time.Minute}
	sets := upstream(t)
	sets["none"] = nil
	seen := 0
	for name, pair := range pairs(t) {
		for release, schemas := range sets {
			live := snapshot(t, "kube", pair[1])
			live.Schemas = schemas
			in := drift.Input{Git: snapshot(t, "git", pair[0]), Live: live, Memory: &core.Memory{}, Now: now}
			for _, v := range drift.New(f).Compare(in).Report.Verdicts {
				s := drift.New(f).Sides(in, v.Key)[v.Key]
				if v.State != core.InSync || len(s.Changes) > 0 || !s.Git.Present() {
					continue
				}
				if seen++; !bare(s.Live).Equal(bare(s.Git)) {
					t.Errorf("%s of %s, schemas of %s: taking live writes\n%s\nwhere git says\n%s", v.Key, name, release, s.Live, s.Git)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("nothing agreed")
	}
	t.Logf("%d objects", seen)
}

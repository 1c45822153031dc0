package core_test

import (
	"slices"
	"strings"
	"testing"

	"selvage/core"
)

func TestPathGrammar(t *testing.T) {
	spec := core.Root.Key("spec")
	for want, p := range map[string]core.Path{
		".":                                 core.Root,
		".spec":                             spec,
		`.spec.portBreakouts["E1/55"]`:      spec.Key("portBreakouts").Key("E1/55"),
		`.spec["1a"]["-b"]["_c"].d-e_1[""]`: spec.Key("1a").Key("-b").Key("_c").Key("d-e_1").Key(""),
		`.spec["a\"]b"].c`:                  spec.Key(`a"]b`).Key("c"),
		".spec.links[0].leaf":               spec.Key("links").Index(0).Key("leaf"),
		`.spec.staticRoutes[prefix="10.0.0.0/8"].nextHops`: spec.Key("staticRoutes").Item(map[string]any{"prefix": "10.0.0.0/8"}).Key("nextHops"),
		`.l[a=1,b="x,y]"].c`: core.Root.Key("l").Item(map[string]any{"b": "x,y]", "a": int64(1)}).Key("c"),
		`.l[="x"]`:           core.Root.Key("l").Element("x"),
	} {
		if string(p) != want {
			t.Errorf("path %s, want %s", p, want)
		}
		if joined := strings.Join(p.Steps(), ""); p != core.Root && joined != want {
			t.Errorf("steps of %s: %q", p, p.Steps())
		}
	}
}

func TestPathUnder(t *testing.T) {
	for _, tt := range []struct {
		p, q core.Path
		want bool
	}{
		{".a.b", ".a", true},
		{".a", ".a", true},
		{".ab", ".a", false},
		{".a[0]", ".a", true},
		{".a", ".a.b", false},
		{".a", core.Root, true},
	} {
		if got := tt.p.Under(tt.q); got != tt.want {
			t.Errorf("%s under %s = %v, want %v", tt.p, tt.q, got, tt.want)
		}
	}
}

func TestPathMatch(t *testing.T) {
	for _, tt := range []struct {
		p, pattern core.Path
		want       bool
	}{
		{".spec.subnets.a.vlan", ".spec.subnets.*.vlan", true},
		{`.spec.subnets["a.b"].vlan`, ".spec.subnets.*.vlan", true},
		{".spec.portLocators", ".spec.portLocators", true},
		{`.spec.portLocators["E1/1"]`, ".spec.portLocators", true},
		{".spec", ".spec.portLocators", false},
		{".spec.links[2].leaf", ".spec.links[*].leaf", true},
		{".spec.links[2].spine", ".spec.links[*].leaf", false},
	} {
		if got := tt.p.Match(tt.pattern); got != tt.want {
			t.Errorf("%s matches %s = %v, want %v", tt.p, tt.pattern, got, tt.want)
		}
	}
}

func TestUnitIsTheListThatAnIndexLeadsInto(t *testing.T) {
	for p, want := range map[core.Path]core.Path{
		core.Root:              "",
		"":                     "",
		".spec.vlan":           "",
		`.l[0=1].x`:            "",
		`.l[="0"][prefix="0"]`: "",
		"[":                    "",
		"[0].x":                core.Root,
		".spec.links[0]":       ".spec.links",
		`.l[id="[1]"].m[2][3]`: `.l[id="[1]"].m`,
	} {
		if got := p.Unit(); got != want {
			t.Errorf("%s.Unit() = %q, want %q", p, got, want)
		}
	}
}

func TestJoinIsThePathOfWhatStandsInside(t *testing.T) {
	for _, tt := range []struct{ at, below, want core.Path }{
		{core.Root, core.Root, core.Root},
		{core.Root, ".a", ".a"},
		{".a", core.Root, ".a"},
		{".a", "[0].b", ".a[0].b"},
	} {
		if got := tt.at.Join(tt.below); got != tt.want {
			t.Errorf("%s in %s is %q, want %q", tt.below, tt.at, got, tt.want)
		}
	}
}

func FuzzPathSteps(f *testing.F) {
	for _, s := range []string{".", ".a[0]", `["a]b"].c`, "[", `.a["`, "..", "[a=\"]\"]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		steps := core.Path(s).Steps()
		if s != "." && strings.Join(steps, "") != s {
			t.Errorf("steps of %q: %q", s, steps)
		}
		if slices.Contains(steps, "") {
			t.Errorf("%q has an empty step: %q", s, steps)
		}
	})
}

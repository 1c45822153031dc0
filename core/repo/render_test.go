package repo_test

import (
	"slices"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/repo"
)

func TestWhatIsYetToBeRenderedIsNeitherWrongNorAbsent(t *testing.T) {
	const resources = "resources:\n- vpc.yaml\n"
	for name, c := range map[string]struct {
		files map[string]string
		// want are the states of objects: u for one that is yet to be rendered, p for
		// one that is present. What is nowhere, nowhere, is unread with hides.
		want   string
		hides  bool
		reason string // of the finding on the first object, or on what hides
	}{
		"plain kustomization": {
			map[string]string{"dc1/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: x}\n" + resources, "dc1/vpc.yaml": vpc("a")},
			"a=p", false, "",
		},
		"kustomization of nothing": {map[string]string{"kustomization.yaml": "", "vpc.yaml": vpc("a")}, "a=p", false, ""},
		"fields without a value":   {map[string]string{"kustomization.yaml": resources + "namePrefix: \"\"\npatches: []\ncommonLabels: {}\n", "vpc.yaml": vpc("a")}, "a=p", false, ""},
		"files that are not listed": {
			map[string]string{"kustomization.yaml": resources, "vpc.yaml": vpc("a"), "other.yaml": vpc("b")}, "a=p b=p", false, "",
		},
		"folders are listed": {
			map[string]string{"kustomization.yaml": "resources: [./vpcs/, deep/er/x.yaml]\n", "vpcs/vpc.yaml": vpc("a"), "deep/er/x.yaml": vpc("b")}, "a=p b=p", false, "",
		},
		"a name prefix": {
			map[string]string{"dc1/kustomization.yaml": "namePrefix: dc1-\n" + resources, "dc1/vpc.yaml": vpc("a"), "other.yaml": vpc("b")},
			"a=u b=p", true, "not rendered: dc1/kustomization.yaml sets namePrefix",
		},
		"a namespace, .yml":                 {map[string]string{"kustomization.yml": "namespace: x\n" + resources, "vpc.yaml": vpc("a")}, "a=u", true, "not rendered: kustomization.yml sets namespace"},
		"labels":                            {map[string]string{"Kustomization": "commonLabels: {a: b}\n" + resources, "vpc.yaml": vpc("a")}, "a=u", false, "not rendered: Kustomization sets commonLabels"},
		"patches":                           {map[string]string{"kustomization.yaml": "patches: [{path: p.yaml}]\n" + resources, "vpc.yaml": vpc("a"), "p.yaml": vpc("a")}, "a=u", false, "not rendered: kustomization.yaml sets patches"},
		"patches that may rename":           {map[string]string{"kustomization.yaml": "patches: [{path: p.yaml, options: {allowNameChange: true}}]\n" + resources, "vpc.yaml": vpc("a")}, "a=u", true, "not rendered: kustomization.yaml sets patches"},
		"labels and a suffix":               {map[string]string{"kustomization.yaml": "labels: [{}]\nnameSuffix: -x\n" + resources, "vpc.yaml": vpc("a")}, "a=u", true, "not rendered: kustomization.yaml sets nameSuffix"},
		"a field that nobody knows":         {map[string]string{"kustomization.yaml": "magic: true\n" + resources, "vpc.yaml": vpc("a")}, "a=u", true, "not rendered: kustomization.yaml sets magic"},
		"a component":                       {map[string]string{"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" + resources, "vpc.yaml": vpc("a")}, "a=u", true, "not rendered: kustomization.yaml sets kind"},
		"resources from elsewhere":          {map[string]string{"dc1/kustomization.yaml": "resources: [../base, vpc.yaml]\n", "dc1/vpc.yaml": vpc("a"), "base/b.yaml": vpc("b")}, "a=u b=p", true, `not rendered: dc1/kustomization.yaml names "../base", which is not below it`},
		"resources from another repository": {map[string]string{"kustomization.yaml": "resources:\n- github.com/x/y//z?ref=v1\n- vpc.yaml\n", "vpc.yaml": vpc("a")}, "a=u", true, `not rendered: kustomization.yaml names "github.com/x/y//z?ref=v1", which is not below it`},
		"below and beside": {
			map[string]string{"dc1/kustomization.yaml": "commonLabels: {a: b}\n", "dc1/deep/er/vpc.yaml": vpc("a"), "dc10/vpc.yaml": vpc("b")}, "a=u b=p", false, "not rendered: dc1/kustomization.yaml sets commonLabels",
		},
		"a Flux object of that name": {
			map[string]string{"kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {namePrefix: y}\n", "vpc.yaml": vpc("a")}, "a=p", false, "",
		},
		"a Helm chart": {
			map[string]string{
				"charts/net/Chart.yaml": "apiVersion: v2\nname: net\n", "charts/net/values.yaml": "kind: odd\n", "charts/net/templates/t.yaml": "{{ if .Values.x }}\n" + vpc("a") + "{{ end }}\n",
				"charts/net/templates/vpc.yaml": vpc("a"), "plain.yaml": vpc("b"),
			},
			"a=u b=p", true, "not rendered: charts/net/Chart.yaml makes it a Helm chart",
		},
		"a template in a value":       {map[string]string{"vpc.yaml": vpc("a") + "  x: \"{{ .Values.x }}\"\n"}, "a=u", false, "looks like a template ({{ in a value): not rendered"},
		"braces that are no template": {map[string]string{"vpc.yaml": vpc("a") + "  x: \"}} {{\"\n  y: \"{{\"\n  # {{ comment }}\n"}, "a=p", false, ""},
		"a template that is no YAML":  {map[string]string{"vpc.yaml": "{{- if x }}\n" + vpc("a") + "{{- end }}\n"}, "", true, "looks like a template ({{): did not find expected node content"},
		"a template in a name":        {map[string]string{"vpc.yaml": vpc("'{{ x }}'")}, "", true, "looks like a template ({{ in its name): not rendered"},
		"SOPS":                        {map[string]string{"vpc.yaml": vpc("a") + "sops: {version: 3}\n"}, "a=u", false, "encrypted with SOPS: not rendered"},
		"the same object as it is elsewhere": {
			map[string]string{"dc1/kustomization.yaml": "commonLabels: {a: b}\n", "dc1/vpc.yaml": vpc("a"), "vpc.yaml": vpc("a")}, "a=u", false, "not rendered: dc1/kustomization.yaml sets commonLabels",
		},
		"anchors": {map[string]string{"vpc.yaml": vpc("a") + "  x: &x {k: 1}\n  y: *x\n"}, "a=p", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := read(t, pool().Source([]repo.Location{{URL: with(t, c.files).dir, Branch: "main"}}))
			for _, word := range strings.Fields(c.want) {
				name, want, _ := strings.Cut(word, "=")
				found := slices.IndexFunc(s.Findings, func(f core.Finding) bool { return f.Key == key(name) && f.Unrendered })
				if side := s.Side(key(name)); (side.Presence == core.Present) != (want == "p") || (found >= 0) != (want == "u") {
					t.Errorf("%s is %v (%s), findings %+v", name, side.Presence, side.Reason, s.Findings)
				}
			}
			want := core.Absent
			if c.hides {
				want = core.Unread
			}
			if side := s.Side(key("nowhere")); side.Presence != want {
				t.Errorf("what is nowhere is %v (%s), want %v", side.Presence, side.Reason, want)
			}
			if c.reason != "" && !slices.ContainsFunc(s.Findings, func(f core.Finding) bool { return f.Reason == c.reason && f.Unrendered && f.Opaque == c.hides }) {
				t.Errorf("findings %v, want one for %q", findings(s), c.reason)
			}
			for _, f := range s.Findings {
				if !f.Unrendered {
					t.Errorf("finding %+v, which is called wrong", f)
				}
			}
		})
	}
}

func TestBrokenKustomizationIsWrong(t *testing.T) {
	w := with(t, map[string]string{"dc1/kustomization.yaml": "resources: [vpc.yaml\n", "dc1/vpc.yaml": vpc("a"), "b.yaml": vpc("b")})
	s := read(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}))
	wantNames(t, s, "b")
	want := []string{"dc1/kustomization.yaml:1: did not find expected ',' or ']'", "dc1/vpc.yaml:1: not rendered: dc1/kustomization.yaml cannot be read"}
	if got := findings(s); !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
	if s.Findings[0].Unrendered || !s.Findings[1].Unrendered || s.Side(key("nowhere")).Presence != core.Unread {
		t.Errorf("findings %+v", s.Findings)
	}
}

func TestExcludedKustomizationMakesNothing(t *testing.T) {
	w := with(t, map[string]string{"dc1/kustomization.yaml": "namePrefix: x-\n", "dc1/vpc.yaml": vpc("a")})
	s := readOK(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main", Path: "dc1", Exclude: []string{"**/kustomization.yaml"}}}))
	wantNames(t, s, "a")
	above := readOK(t, pool().Source([]repo.Location{{URL: with(t, map[string]string{"kustomization.yaml": "namePrefix: x-\n", "dc1/vpc.yaml": vpc("a")}).dir, Branch: "main", Path: "dc1"}}))
	wantNames(t, above, "a")
}

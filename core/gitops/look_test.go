package gitops_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/gitops"
)

// app is an Application of another name, path, branch and destination.
func app(t *testing.T, name, path, branch, server string) map[string]any {
	return with(t, recorded(t, "application"), fmt.Sprintf(
		"{metadata: {name: %s}, spec: {source: {path: '%s', targetRevision: '%s'}, destination: {server: '%s'}}}", name, path, branch, server))
}

const here = "https://kubernetes.default.svc"

func TestLookFindsTheAppOfTheFabric(t *testing.T) {
	for name, test := range map[string]struct {
		apps []map[string]any
		want string // the app; "" for none
		err  string // a part of the error
	}{
		"none":                    {nil, "", ""},
		"of other fabrics":        {[]map[string]any{app(t, "dc2", "fabrics/dc2", "main", here)}, "", ""},
		"of another repository":   {[]map[string]any{with(t, app(t, "x", "fabrics/dc1", "main", here), "spec: {source: {repoURL: 'https://git.example.net/net/other'}}")}, "", ""},
		"of the same path":        {[]map[string]any{app(t, "dc2", "fabrics/dc2", "main", here), app(t, "dc1", "./fabrics/dc1/", "main", here)}, "dc1", ""},
		"of another branch":       {[]map[string]any{app(t, "prod", "fabrics/dc1", "prod", here)}, "prod", ""},
		"rather of the branch":    {[]map[string]any{app(t, "prod", "fabrics/dc1", "prod", here), app(t, "dc1", "fabrics/dc1", "main", "https://x")}, "dc1", ""},
		"rather here":             {[]map[string]any{app(t, "a", "fabrics/dc1", "main", "https://x"), app(t, "b", "fabrics/dc1", "main", here)}, "b", ""},
		"rather the same path":    {[]map[string]any{app(t, "root", "", "main", here), app(t, "dc1", "fabrics/dc1", "main", here)}, "dc1", ""},
		"of a folder around it":   {[]map[string]any{app(t, "root", "fabrics", "main", here)}, "root", ""},
		"not without subfolders":  {[]map[string]any{with(t, app(t, "root", "fabrics", "main", here), "spec: {source: {directory: {recurse: false}}}")}, "", ""},
		"not a chart around it":   {[]map[string]any{with(t, app(t, "root", "fabrics", "main", here), "spec: {source: {directory: null, helm: {}}}")}, "", ""},
		"of a folder in it":       {[]map[string]any{app(t, "vpcs", "fabrics/dc1/vpcs", "main", here)}, "vpcs", ""},
		"a name that only begins": {[]map[string]any{app(t, "dc11", "fabrics/dc11", "main", here)}, "", ""},
		"several":                 {[]map[string]any{app(t, "b", "fabrics/dc1", "main", here), app(t, "a", "fabrics/dc1", "main", here)}, "", "several apply what this fabric compares: Application argocd/a, Application argocd/b (set engine.type, engine.app and engine.namespace to one of them)"},
	} {
		t.Run(name, func(t *testing.T) {
			objects := argocdCluster(recorded(t, "appproject")).add(test.apps...)
			e := gitops.New(config(objects, "fabrics/dc1")).ReadEngine(t.Context())
			switch {
			case test.err != "":
				if e.Access != core.AccessInvalid || !strings.Contains(e.Error, test.err) {
					t.Errorf("engine = %+v", e)
				}
			case e.Access != core.AccessOK || e.App != test.want || (e.Type == "") != (test.want == ""):
				t.Errorf("engine = %+v, want %q", e, test.want)
			}
		})
	}
}

func TestAppOnAnotherClusterIsKnownByItsDestination(t *testing.T) {
	one, two := app(t, "a", "fabrics/dc1", "main", "https://10.0.0.1"), app(t, "b", "fabrics/dc1", "main", "https://10.9.1.10:6443/")
	three := with(t, app(t, "c", "fabrics/dc1", "main", ""), "spec: {destination: {server: null, name: dc1}}")
	for name, test := range map[string]struct {
		apps    []map[string]any
		cluster gitops.Cluster
	}{
		"b": {[]map[string]any{one, two, app(t, "d", "fabrics/dc1", "main", here)}, gitops.Cluster{Name: "dc1", Server: "https://10.9.1.10:6443"}},
		"c": {[]map[string]any{one, three, app(t, "d", "fabrics/dc1", "main", here)}, gitops.Cluster{Name: "dc1"}},
	} {
		objects := argocdCluster(recorded(t, "appproject")).add(test.apps...)
		objects.where = hub
		c := config(objects, "fabrics/dc1")
		c.Cluster = test.cluster
		if e := gitops.New(c).ReadEngine(t.Context()); e.App != name {
			t.Errorf("engine = %+v, want %q", e, name)
		}
	}
}

func TestBothTypesAreLookedFor(t *testing.T) {
	both := func() *cluster {
		c := argocdCluster(recorded(t, "application"), recorded(t, "appproject"))
		f := fluxCluster(recorded(t, "kustomization"), recorded(t, "gitrepository"))
		for k, v := range f.served {
			c.served[k] = v
		}
		return c
	}
	for path, want := range map[string]core.EngineType{"fabrics/dc1": core.ArgoCD, "fabrics/dc2": core.Flux, "fabrics/dc3": ""} {
		if e := gitops.New(config(both(), path)).ReadEngine(t.Context()); e.Type != want || e.Access != core.AccessOK {
			t.Errorf("%s: engine = %+v, want %q", path, e, want)
		}
	}
	c := config(both(), "fabrics/dc2")
	c.Type = core.ArgoCD
	if e := gitops.New(c).ReadEngine(t.Context()); e.Type != "" || e.Access != core.AccessOK {
		t.Errorf("of another type than was looked for: %+v", e)
	}
	objects := both()
	objects.refuse["kustomizations.kustomize.toolkit.fluxcd.io"] = forbidden("kustomizations")
	if e := gitops.New(config(objects, "fabrics/dc1")).ReadEngine(t.Context()); !e.Known() {
		t.Errorf("found, though the other type is forbidden: %+v", e)
	}
	if e := gitops.New(config(objects, "fabrics/dc3")).ReadEngine(t.Context()); e.Access != core.AccessForbidden || e.Type != "" || !strings.Contains(e.Error, "set engine.type to none") {
		t.Errorf("nothing found, with one type forbidden: %+v", e)
	}
}

func TestLookWhereOnlyTheUsualNamespaceMayBeListed(t *testing.T) {
	objects := argocdCluster(recorded(t, "application"), recorded(t, "appproject"))
	objects.refuse["applications.argoproj.io in "] = forbidden("applications.argoproj.io")
	if e := gitops.New(config(objects, "fabrics/dc1")).ReadEngine(t.Context()); !e.Known() || e.App != "dc1" {
		t.Errorf("engine = %+v", e)
	}
	if e := gitops.New(config(objects, "fabrics/dc3")).ReadEngine(t.Context()); e.Access != core.AccessForbidden {
		t.Errorf("there may be one elsewhere: %+v", e)
	}
}

func TestNothingServedIsNoEngine(t *testing.T) {
	for _, kind := range []core.EngineType{"", core.ArgoCD, core.Flux} {
		c := config(newCluster(), "fabrics/dc1")
		c.Type = kind
		if e := gitops.New(c).ReadEngine(t.Context()); e.Type != "" || e.Access != core.AccessOK || e.Error != "" {
			t.Errorf("engine = %+v", e)
		}
	}
}

func TestConfiguredApp(t *testing.T) {
	elsewhere := with(t, app(t, "dc1", "fabrics/dc9", "main", here), "metadata: {namespace: team-a}")
	for name, test := range map[string]struct {
		app, namespace string
		objects        *cluster
		want           string // namespace/name
		access         core.Access
		err            string
	}{
		"in its namespace":      {"dc1", "argocd", argocdCluster(recorded(t, "application")), "argocd/dc1", core.AccessOK, ""},
		"in the usual one":      {"dc1", "", argocdCluster(elsewhere, recorded(t, "application")), "argocd/dc1", core.AccessOK, ""},
		"anywhere":              {"dc1", "", argocdCluster(elsewhere), "team-a/dc1", core.AccessOK, ""},
		"not there":             {"dc7", "", argocdCluster(elsewhere), "", core.AccessInvalid, `read Application "dc7" at https://10.9.1.10:6443: no such object (correct engine.app and engine.namespace)`},
		"not in that namespace": {"dc1", "argo", argocdCluster(elsewhere), "", core.AccessInvalid, "no such object"},
		"in several":            {"dc1", "", argocdCluster(elsewhere, with(t, app(t, "dc1", "x", "main", here), "metadata: {namespace: team-b}")), "", core.AccessInvalid, "2 namespaces have one (set engine.namespace)"},
		"of what is not served": {"dc1", "", newCluster(), "", core.AccessInvalid, "that API serves no applications.argoproj.io or kustomizations.kustomize.toolkit.fluxcd.io (set engine.kubeconfig"},
	} {
		t.Run(name, func(t *testing.T) {
			c := config(test.objects, "fabrics/dc1")
			c.App, c.Namespace = test.app, test.namespace
			e := gitops.New(c).ReadEngine(t.Context())
			if e.Access != test.access || !strings.Contains(e.Error, test.err) || test.want != "" && e.Namespace+"/"+e.App != test.want {
				t.Errorf("engine = %+v", e)
			}
			if e.Access != core.AccessOK && e.App != test.app {
				t.Errorf("app = %q, want %q", e.App, test.app)
			}
		})
	}
}

func TestForbiddenAppIsUnknownAndNothingElse(t *testing.T) {
	objects := argocdCluster(recorded(t, "application"))
	objects.refuse["applications.argoproj.io"] = forbidden("applications.argoproj.io")
	c := config(objects, "fabrics/dc1")
	c.Type, c.App, c.Namespace = core.ArgoCD, "dc1", "argocd"
	e := gitops.New(c).ReadEngine(t.Context())
	if e.Known() || e.Type != core.ArgoCD || e.App != "dc1" || e.Access != core.AccessForbidden || !strings.Contains(e.Error, "applications.argoproj.io") {
		t.Errorf("engine = %+v", e)
	}
}

func TestSlowAPIIsLeftWhenTheTimeIsUp(t *testing.T) {
	objects := argocdCluster(recorded(t, "application"))
	objects.blocked = make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	e := gitops.New(config(objects, "fabrics/dc1")).ReadEngine(ctx)
	if e.Access != core.AccessUnreachable || e.Error == "" || e.Type != "" {
		t.Errorf("engine = %+v", e)
	}
}

func TestWhatWasFoundIsReadAgainWithoutALook(t *testing.T) {
	clock := now()
	objects := argocdCluster(recorded(t, "application"), recorded(t, "appproject"))
	c := config(objects, "fabrics/dc1")
	c.Now = func() time.Time { return clock }
	r := gitops.New(c)
	lists := func() int {
		n := 0
		for _, a := range objects.asked {
			if strings.HasPrefix(a, "list applications") {
				n++
			}
		}
		return n
	}
	for range 3 {
		mustBeKnown(t, r.ReadEngine(t.Context()))
	}
	if lists() != 1 {
		t.Errorf("asked %q", objects.asked)
	}
	clock = clock.Add(time.Hour)
	mustBeKnown(t, r.ReadEngine(t.Context()))
	if lists() != 2 {
		t.Errorf("asked %q, want another look after an hour", objects.asked)
	}
	objects.served["applications.argoproj.io"] = []map[string]any{app(t, "new", "fabrics/dc1", "main", here)}
	if e := r.ReadEngine(t.Context()); e.App != "new" {
		t.Errorf("engine = %+v, want the one that took its place", e)
	}
	objects.served["applications.argoproj.io"] = []map[string]any{app(t, "new", "fabrics/dc8", "main", here), app(t, "newer", "fabrics/dc1", "main", here)}
	if e := r.ReadEngine(t.Context()); e.App != "newer" {
		t.Errorf("engine = %+v, want the one that applies this fabric now", e)
	}
}

func TestWhatIsAppliedAgainstWhatIsCompared(t *testing.T) {
	const file = "fabrics/dc1/vpcs/a.yaml"
	recurse := func(text string) string { return "spec: {source: {directory: " + text + "}}" }
	for name, test := range map[string]struct {
		change   string
		place    gitops.Place
		mismatch string
		leaves   map[string]string // by file: a part of the reason, "" for none
		wider    string
	}{
		"the same":                {},
		"the default branch":      {change: "spec: {source: {targetRevision: HEAD}}"},
		"no branch":               {change: "spec: {source: {targetRevision: null}}"},
		"the whole reference":     {change: "spec: {source: {targetRevision: refs/heads/main}}"},
		"a tag":                   {change: "spec: {source: {targetRevision: v1.4}}", mismatch: "argocd applies fabrics/dc1@v1.4, you compare main"},
		"another folder":          {change: "spec: {source: {path: fabrics/dc2}}", mismatch: "argocd applies fabrics/dc2, you compare fabrics/dc1"},
		"another repository":      {change: "spec: {source: {repoURL: 'https://me:secret@git.example.net/x.git'}}", mismatch: "argocd applies https://git.example.net/x.git, you compare git@git.example.net:net/fabrics.git"},
		"a folder above":          {change: "spec: {source: {path: fabrics, directory: {recurse: false}}}", mismatch: "argocd applies fabrics without its subfolders, you compare fabrics/dc1"},
		"helm":                    {change: "spec: {source: {directory: null, helm: {}}}", mismatch: "argocd makes other objects of fabrics/dc1: Helm renders it"},
		"helm, found":             {change: "{spec: {source: {directory: null}}, status: {sourceType: Helm}}", mismatch: "argocd makes other objects of fabrics/dc1: Helm renders it"},
		"a plugin":                {change: "spec: {source: {directory: null, plugin: {name: x}}}", mismatch: "argocd makes other objects of fabrics/dc1: a config management plugin renders it"},
		"kustomize with a prefix": {change: "spec: {source: {directory: null, kustomize: {namePrefix: a-}}}", mismatch: "argocd makes other objects of fabrics/dc1: kustomize sets namePrefix"},
		"kustomize as Git says":   {change: "{spec: {source: {directory: null}}, status: {sourceType: Kustomize}}"},
		"a chart":                 {change: "spec: {source: {path: null, chart: x}}", mismatch: "argocd applies the Helm chart x, which is no directory in Git; you compare fabrics/dc1"},
		"no source":               {change: "spec: {source: null}", mismatch: "argocd says of no source what it applies"},
		"no subfolders":           {change: recurse("{recurse: false}"), leaves: map[string]string{file: "directory.recurse is off", "fabrics/dc1/a.yaml": ""}},
		"no options":              {change: recurse("null"), leaves: map[string]string{file: "directory.recurse is off"}},
		"exclude":                 {change: recurse("{exclude: '{vpcs/*,*.tmpl.yaml}'}"), leaves: map[string]string{file: "directory.exclude", "fabrics/dc1/x/b.tmpl.yaml": "directory.exclude", "fabrics/dc1/x/b.yaml": ""}},
		"include":                 {change: recurse("{include: '*.yaml'}"), leaves: map[string]string{file: "", "fabrics/dc1/a.yml": "directory.include"}},
		"a glob that is none":     {change: recurse("{include: '{a'}"), leaves: map[string]string{file: "directory.include"}},
		"a folder in it":          {change: "spec: {source: {path: fabrics/dc1/vpcs}}", leaves: map[string]string{file: "", "fabrics/dc1/a.yaml": "argocd applies only fabrics/dc1/vpcs"}},
		"a folder around it":      {change: "spec: {source: {path: fabrics}}", wider: "argocd applies all of fabrics, you compare fabrics/dc1"},
		"the whole repository":    {change: "spec: {source: {path: .}}", wider: "argocd applies all of the whole repository, you compare fabrics/dc1"},
		"files that it does not read": {
			place: gitops.Place{Include: []string{"**/*.yaml", "**/*.sealed"}}, leaves: map[string]string{file: "", "fabrics/dc1/a.sealed": "argocd reads no .sealed files"},
			wider: "",
		},
		"all files":              {change: recurse("{disableExtensionFilter: true}"), place: gitops.Place{Include: []string{"**/*"}}},
		"excluded here":          {place: gitops.Place{Exclude: []string{"examples/**"}}, wider: "argocd also applies what git.exclude leaves out (examples/**)"},
		"excluded on both sides": {change: recurse("{exclude: 'examples/*'}"), place: gitops.Place{Exclude: []string{"examples/**"}}, leaves: map[string]string{file: "", "fabrics/dc1/examples/a.yaml": "directory.exclude"}},
		"excluded in subfolders that it does not read": {change: recurse("{recurse: false}"), place: gitops.Place{Exclude: []string{"examples/**"}}, leaves: map[string]string{"fabrics/dc1/a.yaml": ""}},
		"excluded, and no manifest":                    {place: gitops.Place{Exclude: []string{"**/*.md"}}},
		"included here":                                {place: gitops.Place{Include: []string{"vpcs/*.yaml"}}, wider: "argocd also applies what git.include leaves out (vpcs/*.yaml)"},
		"jsonnet":                                      {change: recurse("{recurse: true, jsonnet: {tlas: [{name: a, value: b}]}}"), wider: "argocd also applies what it makes of .jsonnet files"},
	} {
		t.Run(name, func(t *testing.T) {
			change := test.change
			if change == "" {
				change = "{}"
			}
			object := with(t, recorded(t, "application"), change)
			c := config(argocdCluster(object, recorded(t, "appproject")), "fabrics/dc1")
			c.App = "dc1"
			c.Places[0].Include, c.Places[0].Exclude = test.place.Include, test.place.Exclude
			e := gitops.New(c).ReadEngine(t.Context())
			mustBeKnown(t, e)
			if got := strings.Join(e.Mismatch, "; "); got != test.mismatch {
				t.Errorf("mismatch = %q, want %q", got, test.mismatch)
			}
			if s, ok := e.Of(core.Reading{URL: c.Places[0].URL, Path: "fabrics/dc1"}); ok != (test.mismatch == "") || ok && s.Applied == "" && s.Path == "fabrics/dc1" {
				t.Errorf("what it applies of the place = %+v, %v", s, ok)
			}
			if e.Wider != test.wider {
				t.Errorf("wider = %q, want %q", e.Wider, test.wider)
			}
			if (e.Leaves != nil) != (test.leaves != nil) {
				t.Fatalf("leaves is there: %v, want %v", e.Leaves != nil, test.leaves != nil)
			}
			for file, want := range test.leaves {
				if got := e.Leaves(file); !strings.Contains(got, want) || (got == "") != (want == "") {
					t.Errorf("leaves %s = %q, want %q", file, got, want)
				}
			}
		})
	}
}

func TestPlaceThatTheAppDoesNotApply(t *testing.T) {
	c := config(argocdCluster(recorded(t, "application"), recorded(t, "appproject")), "fabrics/dc1")
	c.Places = append(c.Places, gitops.Place{URL: "https://git.example.net/net/wiring", Branch: "main", Path: "dc1"})
	e := gitops.New(c).ReadEngine(t.Context())
	mustBeKnown(t, e)
	if len(e.Mismatch) > 0 || e.Leaves == nil {
		t.Fatalf("engine = %+v", e)
	}
	if got, want := e.Leaves("dc1/switches.yaml"), "argocd does not apply dc1 of https://git.example.net/net/wiring"; got != want {
		t.Errorf("leaves = %q, want %q", got, want)
	}
	if got := e.Leaves("fabrics/dc1/a.yaml"); got != "" {
		t.Errorf("leaves = %q, want nothing", got)
	}
	c.Places = slices.Delete(c.Places, 0, 1)
	c.App = "dc1"
	if e := gitops.New(c).ReadEngine(t.Context()); len(e.Mismatch) != 1 {
		t.Errorf("mismatch = %q", e.Mismatch)
	}
}

package gitops_test

import (
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/gitops"
)

const hub = "https://hub.example.net:6443"

// TestAppOfAnotherClusterIsNotTaken, however alone it is; unless it is asked for,
// and then nothing can be said of the fabric. Whatever may be the fabric's cluster
// under another address is taken.
func TestAppOfAnotherClusterIsNotTaken(t *testing.T) {
	const own = "https://10.9.1.10:6443"
	other := []gitops.Cluster{{Name: "dc2", Server: "https://10.9.2.10:6443"}}
	here := gitops.Cluster{Name: "dc1", Here: true, Server: own, Others: other}
	there := gitops.Cluster{Name: "dc1", Server: own, Others: other}
	at := func(where string) gitops.Cluster {
		return gitops.Cluster{Name: "dc1", Where: func() string { return where }}
	}
	for name, test := range map[string]struct {
		destination string
		cluster     gitops.Cluster
		where       string // the engine is read at
		passed      string // a part of what is said of the app that is not taken
	}{
		"in-cluster, read here":                        {"{server: 'https://kubernetes.default.svc'}", here, own, ""},
		"in-cluster by name, read here":                {"{name: in-cluster}", here, own, ""},
		"in-cluster, read at a hub":                    {"{server: 'https://kubernetes.default.svc'}", there, hub, "the cluster that it runs in (read at https://hub.example.net:6443;"},
		"in-cluster by name, read at a hub":            {"{name: in-cluster}", there, hub, "the cluster that it runs in"},
		"in-cluster in full, read at a hub":            {"{server: 'https://kubernetes.default.svc.cluster.local:443'}", there, hub, "the cluster that it runs in"},
		"in-cluster, read at the same address":         {"{name: in-cluster}", there, own + "/", ""},
		"in-cluster, read through a tunnel":            {"{name: in-cluster}", there, "https://127.0.0.1:16443", ""},
		"in-cluster, the fabric through a tunnel":      {"{name: in-cluster}", at("https://localhost:16443"), hub, ""},
		"in-cluster, of a fabric that was not asked":   {"{name: in-cluster}", at("/home/me/.kube/dc1"), hub, ""},
		"in-cluster, of a fabric that was asked":       {"{name: in-cluster}", at(own), hub, "the cluster that it runs in"},
		"the fabric's address":                         {"{server: 'https://10.9.1.10:6443/'}", there, hub, ""},
		"the fabric's name":                            {"{name: dc1}", there, hub, ""},
		"a name that nobody knows":                     {"{server: 'https://vip.example.net:6443'}", there, hub, ""},
		"an address that nobody knows, read here":      {"{server: 'https://127.0.0.1:7443'}", here, own, ""},
		"the address of another fabric":                {"{server: 'https://10.9.2.10:6443'}", there, hub, "https://10.9.2.10:6443"},
		"the address of another fabric, read here":     {"{server: 'https://10.9.2.10:6443'}", here, own, "https://10.9.2.10:6443"},
		"the name of another fabric":                   {"{name: dc2}", there, hub, "dc2"},
		"a port that is not the other's":               {"{server: 'https://10.9.2.10'}", there, hub, ""},
		"an address in the path of a proxy, the other": {"{server: 'https://rancher/k8s/clusters/c-2'}", gitops.Cluster{Name: "dc1", Server: "https://rancher/k8s/clusters/c-1", Others: []gitops.Cluster{{Server: "https://rancher:443/k8s/clusters/c-2/"}}}, hub, "https://rancher/k8s/clusters/c-2"},
	} {
		t.Run(name, func(t *testing.T) {
			app := with(t, with(t, recorded(t, "application"), "spec: {destination: null}"), "spec: {destination: "+test.destination+"}")
			objects := argocdCluster(app, recorded(t, "appproject"))
			objects.where = test.where
			c := config(objects, "fabrics/dc1")
			c.Cluster = test.cluster
			for range 2 { // the second one does not look, where the first has found
				e := gitops.New(c).ReadEngine(t.Context())
				switch {
				case test.passed == "" && (!e.Known() || len(e.Mismatch) > 0):
					t.Errorf("engine = %+v, want it taken", e)
				case test.passed != "" && (e.Type != "" || e.Access != core.AccessOK || len(e.Notes) != 1):
					t.Errorf("engine = %+v, want none found", e)
				case test.passed != "" && (!strings.Contains(e.Notes[0], "argocd application dc1 applies this path, but to "+test.passed) || !strings.HasSuffix(e.Notes[0], "; set engine.app if it is this fabric's")):
					t.Errorf("note %q", e.Notes[0])
				}
				if test.passed != "" && !strings.HasPrefix(e.Line(nil), "engine: none found; argocd application dc1") {
					t.Errorf("line %q", e.Line(nil))
				}
			}
			c.App = "dc1"
			e := gitops.New(c).ReadEngine(t.Context())
			if !e.Known() || (len(e.Mismatch) > 0) != (test.passed != "") {
				t.Fatalf("asked for, the engine = %+v", e)
			}
			if test.passed != "" && (!strings.HasPrefix(e.Mismatch[0], "argocd dc1 applies to "+test.passed) || !strings.Contains(e.Mismatch[0], ", you compare dc1")) {
				t.Errorf("mismatch %q", e.Mismatch)
			}
		})
	}
}

func TestStrayAppStandsInNobodysWay(t *testing.T) {
	stray := app(t, "dc2", "fabrics/dc1", "main", "https://10.9.2.10:6443")
	objects := argocdCluster(stray, app(t, "prod", "fabrics/dc1", "prod", "https://vip.example.net"), recorded(t, "appproject"))
	c := config(objects, "fabrics/dc1")
	c.Cluster.Others = []gitops.Cluster{{Server: "https://10.9.2.10:6443"}}
	if e := gitops.New(c).ReadEngine(t.Context()); e.App != "prod" || len(e.Mismatch) != 1 {
		t.Errorf("engine = %+v, want the one that may be of this cluster", e)
	}
	objects.refuse["kustomizations.kustomize.toolkit.fluxcd.io"] = forbidden("kustomizations")
	objects.served["applications.argoproj.io"] = []map[string]any{stray}
	if e := gitops.New(c).ReadEngine(t.Context()); e.Access != core.AccessForbidden {
		t.Errorf("engine = %+v: there may be another one", e)
	}
}

func TestKustomizationOfAnotherCluster(t *testing.T) {
	for name, test := range map[string]struct {
		change string
		where  string
		taken  bool
	}{
		"here":                   {"{}", "", true},
		"elsewhere, read here":   {"spec: {kubeConfig: {secretRef: {name: x}}}", "", false},
		"elsewhere, from a hub":  {"spec: {kubeConfig: {secretRef: {name: x}}}", hub, true},
		"at a hub, of that":      {"{}", hub, false},
		"at a hub, by a tunnel?": {"{}", "https://[::1]:6443", true},
	} {
		objects := fluxCluster(with(t, recorded(t, "kustomization"), test.change), recorded(t, "gitrepository"))
		objects.where = test.where
		c := config(objects, "fabrics/dc2")
		c.Cluster = gitops.Cluster{Name: "dc2", Server: "https://10.9.1.10:6443", Here: test.where == ""}
		e := gitops.New(c).ReadEngine(t.Context())
		if e.Known() != test.taken || test.taken == (len(e.Notes) > 0) {
			t.Errorf("%s: engine = %+v, want it taken: %v", name, e, test.taken)
		}
	}
}

// TestCallOfArgoCDIsNotForAStrayApp: it would sync another fabric.
func TestCallOfArgoCDIsNotForAStrayApp(t *testing.T) {
	s := newServer(t, app(t, "dc2", "fabrics/dc1", "main", "https://10.9.2.10:6443"))
	c := apiConfig(t, s)
	c.Cluster.Others = []gitops.Cluster{{Server: "https://10.9.2.10:6443"}}
	c.API.Allow = []core.EngineRequest{core.EngineSync}
	if err := gitops.New(c).AskEngine(t.Context(), core.EngineSync); err == nil || !strings.Contains(err.Error(), "no Application of Argo CD was found") {
		t.Errorf("err = %v", err)
	}
	for _, r := range s.asked() {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("sent %s", r)
		}
	}
}

func TestFailedReadingIsOfNoTime(t *testing.T) {
	objects := argocdCluster(recorded(t, "application"))
	objects.refuse["applications.argoproj.io"] = forbidden("applications.argoproj.io")
	e := gitops.New(config(objects, "fabrics/dc1")).ReadEngine(t.Context())
	if e.Access != core.AccessForbidden || !e.ReadAt.IsZero() || e.Where == "" {
		t.Errorf("engine = %+v, want no time", e)
	}
}

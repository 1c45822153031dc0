package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/testdata/labtest"
)

// engineCase is one fabric with an engine that does something, and what has to
// be said of it.
type engineCase struct {
	app   labtest.Application
	files map[string]string // of the first commit, which is applied
	// happens is what comes after that.
	happens func(t *testing.T, s *engineSite)
	// state and reason are of the object; reason is a part of it.
	object string
	state  core.State
	reason string
	line   string // a part of the engine's line in the detail
	word   string // the ENGINE column
	check  func(t *testing.T, s *engineSite, f fabricStatus)
}

// engineSite is the fabric of a case.
type engineSite struct {
	cluster *labtest.Cluster
	repo    *labtest.Repo
	engine  *labtest.Engine
	program *program
	name    string
	first   string // the first commit
}

func (s *engineSite) commit(files map[string]string, message string) string {
	for name, text := range files {
		if text == "" {
			s.repo.Remove("fabric/" + name)
			continue
		}
		s.repo.Write("fabric/"+name, text)
	}
	return s.repo.Commit(message)
}

func vpcOf(name string, n, vlan int) string {
	return fmt.Sprintf("---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: %s}\nspec: {subnets: {default: {subnet: 10.0.%d.0/24, vlan: %d}}}\n", name, n, vlan)
}

func peeringOf(a, b string) string {
	return fmt.Sprintf("---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPCPeering\nmetadata: {name: %s--%s}\nspec: {permit: [{%s: {}, %s: {}}]}\n", a, b, a, b)
}

func engineCases() map[string]engineCase {
	all := labtest.EngineOptions{Auto: true, SelfHeal: true, Prune: true}
	with := func(change func(*labtest.EngineOptions)) labtest.EngineOptions {
		o := all
		change(&o)
		return o
	}
	slow := &labtest.EngineRetry{Limit: 5, Duration: time.Hour}
	quick := &labtest.EngineRetry{Limit: 2, Duration: 100 * time.Millisecond}
	two := map[string]string{"a.yaml": vpcOf("vpc-1", 1, 1001), "b.yaml": vpcOf("vpc-2", 2, 1002)}
	clash := map[string]string{"c.yaml": vpcOf("vpc-3", 3, 1002)}
	return map[string]engineCase{
		"calm": {
			app: labtest.Application{Options: all}, files: two,
			line: "auto on, self-heal on, prune on, at", word: "argocd",
		},
		"refused": {
			app: labtest.Application{Options: with(func(o *labtest.EngineOptions) { o.Retry = quick })}, files: two,
			happens: func(t *testing.T, s *engineSite) { s.engine.WaitPhase(t, s.commit(clash, "clash"), "Failed") },
			object:  "VPC/vpc-3", state: core.Stuck, reason: "argocd refused it: ", line: "(1 behind)", word: "argocd failed",
			check: func(t *testing.T, s *engineSite, f fabricStatus) {
				if why := object(t, f, "VPC/vpc-3").Reason; !strings.Contains(why, "1002") {
					t.Errorf("the reason %q does not have the engine's words", why)
				}
				if f.Engine.Operation == nil || f.Engine.Operation.Retries != 2 || f.Engine.Operation.Phase != core.EngineFailed {
					t.Errorf("operation %+v", f.Engine.Operation)
				}
			},
		},
		"retries": {
			app: labtest.Application{Options: with(func(o *labtest.EngineOptions) { o.Retry = slow })}, files: two,
			happens: func(t *testing.T, s *engineSite) {
				s.engine.WaitPhase(t, s.commit(clash, "clash"), "Running")
				s.commit(map[string]string{"d.yaml": vpcOf("vpc-4", 4, 1004)}, "another one")
			},
			object: "VPC/vpc-4", state: core.Pending, reason: " waits behind it", line: "(2 behind)", word: "/5",
			check: func(t *testing.T, s *engineSite, f fabricStatus) {
				if o := object(t, f, "VPC/vpc-3"); o.State != core.Stuck {
					t.Errorf("the refused one is %s: %s", o.State, o.Reason)
				}
			},
		},
		"manual": {
			app: labtest.Application{Options: labtest.EngineOptions{}}, files: two,
			happens: func(_ *testing.T, s *engineSite) {
				s.commit(map[string]string{"a.yaml": vpcOf("vpc-1", 1, 1011)}, "new")
			},
			object: "VPC/vpc-1", state: core.Pending, reason: "waits for a manual sync", line: "auto OFF", word: "manual -1",
		},
		"unhealed": {
			app: labtest.Application{Options: with(func(o *labtest.EngineOptions) { o.SelfHeal = false })}, files: two,
			happens: func(t *testing.T, s *engineSite) { s.cluster.Apply(t, "kubectl-edit", vpcOf("vpc-2", 2, 1012)) },
			object:  "VPC/vpc-2", state: core.Drifted, reason: "live changed", line: "self-heal OFF", word: "argocd",
			check: func(t *testing.T, s *engineSite, _ fabricStatus) {
				out, _, _ := s.program.run("snapshot", "diff", "--fabric", s.name, "--object", "VPC/vpc-2", "--size", "160x45")
				for _, want := range []string{"self-heal is off", "argocd app sync " + s.engine.App + " --resource vpc.githedgehog.com:VPC:"} {
					if !strings.Contains(out, want) {
						t.Errorf("the diff does not say %q:\n%s", want, out)
					}
				}
				if strings.Contains(out, "kubectl apply") {
					t.Errorf("the diff tells to apply past the engine:\n%s", out)
				}
			},
		},
		"keeps": {
			app: labtest.Application{Options: with(func(o *labtest.EngineOptions) { o.Prune = false })}, files: two,
			happens: func(_ *testing.T, s *engineSite) { s.commit(map[string]string{"b.yaml": ""}, "without vpc-2") },
			object:  "VPC/vpc-2", state: core.Pending, reason: "waits for a manual sync that prunes", line: "prune OFF", word: "argocd",
		},
		"peered": {
			app:   labtest.Application{Options: with(func(o *labtest.EngineOptions) { o.Retry = quick })},
			files: map[string]string{"a.yaml": vpcOf("vpc-1", 1, 1001), "b.yaml": vpcOf("vpc-2", 2, 1002)},
			happens: func(t *testing.T, s *engineSite) {
				s.cluster.Apply(t, "kubectl-create", peeringOf("vpc-1", "vpc-2"))
				s.engine.WaitPhase(t, s.commit(map[string]string{"b.yaml": ""}, "without vpc-2"), "Failed")
			},
			object: "VPC/vpc-2", state: core.Stuck, reason: "VPC has peerings", line: "prune on", word: "argocd failed",
		},
		"elsewhere": {
			app: labtest.Application{Options: with(func(o *labtest.EngineOptions) { o.Target = "prod" })}, files: two,
			happens: func(_ *testing.T, s *engineSite) {
				s.commit(map[string]string{"a.yaml": vpcOf("vpc-1", 1, 1011)}, "new")
			},
			object: "VPC/vpc-1", state: core.Unknown, reason: "argocd applies fabric@prod, you compare main", word: "argocd else",
		},
		"untracked": {
			app: labtest.Application{Options: all}, files: two,
			happens: func(t *testing.T, s *engineSite) { s.cluster.Apply(t, "kubectl-create", vpcOf("vpc-9", 9, 1009)) },
			object:  "VPC/vpc-9", state: core.OnlyLive, reason: "live, never seen in git", line: "auto on", word: "argocd",
			check: func(t *testing.T, _ *engineSite, f fabricStatus) {
				if o := object(t, f, "VPC/vpc-9"); o.Tracked == nil || *o.Tracked {
					t.Errorf("tracked = %v, want false", o.Tracked)
				}
			},
		},
		"window": {
			app: labtest.Application{Project: "night", Options: with(func(o *labtest.EngineOptions) {
				o.Windows = []labtest.EngineWindow{{Kind: "deny", Schedule: "* * * * *", Duration: "1h"}}
			})},
			files: two,
			happens: func(_ *testing.T, s *engineSite) {
				s.commit(map[string]string{"a.yaml": vpcOf("vpc-1", 1, 1011)}, "new")
			},
			object: "VPC/vpc-1", state: core.Pending, reason: "it waits: argocd is blocked", line: "sync window", word: "blocked",
		},
		"flux": {
			app: labtest.Application{Type: labtest.Flux, Options: labtest.EngineOptions{Prune: true, Interval: time.Hour}}, files: two,
			happens: func(t *testing.T, s *engineSite) {
				s.commit(map[string]string{"c.yaml": vpcOf("vpc-3", 3, 1002), "d.yaml": vpcOf("vpc-4", 4, 1004)}, "clash")
				s.engine.Wait(t, "flux has tried it", func(state labtest.EngineState) error {
					if state.Phase != "Failed" {
						return fmt.Errorf("%s %s", state.Phase, state.Message)
					}
					return nil
				})
			},
			object: "VPC/vpc-3", state: core.Stuck, reason: "flux refused it: ", line: "flux flux: auto on", word: "flux",
		},
	}
}

// TestEngineIsTold lets an engine of the lab do all that engines do, and looks at
// what the program says of it: in the list, in the detail and in JSON.
func TestEngineIsTold(t *testing.T) {
	lab := labtest.Start(t)
	strict := lab.NewStrictCluster(t)
	p := newProgram(t)
	var fabrics []string
	sites := map[string]*engineSite{}
	for name, c := range engineCases() {
		s := &engineSite{cluster: strict.In(t, name), repo: lab.Repo(t), name: name, program: p}
		s.first = s.commit(c.files, "a fabric")
		s.repo.Git("branch", "prod")
		s.repo.Git("push", "--quiet", "origin", "prod")
		c.app.Name, c.app.Path = name, "fabric"
		if c.app.Type == "" {
			c.app.Type = labtest.ArgoCD
		}
		windows := c.app.Options.Windows
		c.app.Options.Windows = nil
		s.engine = s.cluster.Application(t, s.repo, c.app)
		if !c.app.Options.Auto && c.app.Type == labtest.ArgoCD {
			s.engine.Sync(t)
		}
		s.engine.WaitApplied(t, s.first)
		if windows != nil {
			c.app.Options.Windows = windows
			s.engine.Set(t, c.app.Options)
		}
		sites[name] = s
		fabrics = append(fabrics, s.config(t))
	}
	p.configure(fabrics...)
	p.run("status")
	for name, c := range engineCases() {
		if c.happens != nil {
			c.happens(t, sites[name])
		}
	}
	for name, c := range engineCases() {
		t.Run(name, func(t *testing.T) { c.holds(t, sites[name]) })
	}
	for _, e := range strict.Audit(t, labtest.ReaderUser) {
		if e.Verb != "get" && e.Verb != "list" && e.Verb != "watch" {
			t.Errorf("the audit log has %s %s", e.Verb, e.RequestURI)
		}
	}
	t.Run("unreadable", func(t *testing.T) { engineIsHidden(t, strict, sites["manual"]) })
}

// config is the fabric's part of the configuration. The engine is looked for.
func (s *engineSite) config(t *testing.T) string {
	t.Helper()
	token := filepath.Join(s.program.dir, s.name+".token")
	if err := os.WriteFile(token, []byte(s.cluster.ReaderToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	variable := "GIT_PASSWORD_" + strings.ToUpper(s.name)
	s.program.env = append(s.program.env, variable+"="+s.repo.ReadPassword)
	return fmt.Sprintf(`
  - name: %s
    cluster: {cluster_name: %s, namespace: %s, api_server: %q, token_file: %q, ca_file: %q}
    git: {url: %q, branch: main, path: fabric, username: %q, password_env: %s}
`, s.name, s.name, s.cluster.Namespace, s.cluster.Server, token, s.cluster.CAFile, s.repo.URL, s.repo.ReadUser, variable)
}

// holds waits until the program says what is to be said: engines write down what
// they did a moment after they did it.
func (c engineCase) holds(t *testing.T, s *engineSite) {
	var f fabricStatus
	labtest.Eventually(t, "it is told", func() error {
		f = s.status(t)
		switch {
		case f.Engine == nil || f.Engine.Error != "":
			return fmt.Errorf("engine %+v", f.Engine)
		case c.object == "" && (f.SyncStatus != core.Synced || f.Engine.Revision != s.first):
			return fmt.Errorf("%s, engine at %s, %+v", f.SyncStatus, f.Engine.Revision, names(f))
		}
		for _, o := range f.Objects {
			if o.Kind+"/"+o.Name == c.object {
				if o.State != c.state || !strings.Contains(o.Reason, c.reason) {
					return fmt.Errorf("%s is %s: %s", c.object, o.State, o.Reason)
				}
				return nil
			}
		}
		if c.object != "" {
			return fmt.Errorf("nothing is said of %s, only %v", c.object, names(f))
		}
		return nil
	})
	if c.check != nil {
		c.check(t, s, f)
	}
	list, _, _ := s.program.run("snapshot", "fabrics", "--cached", "--size", "160x45")
	row := ""
	list, _, _ = strings.Cut(list, "-- activity")
	for line := range strings.Lines(list) {
		if left, _, _ := strings.Cut(line, "|"); strings.Contains(left, " "+s.name+" ") {
			row = left
		}
	}
	if !strings.Contains(row, c.word) {
		t.Errorf("the row %q does not have %q", row, c.word)
	}
	detail, _, _ := s.program.run("snapshot", "detail", "--cached", "--fabric", s.name, "--size", "160x45")
	if !strings.Contains(detail, c.line) {
		t.Errorf("the detail does not have %q:\n%s", c.line, detail)
	}
}

func (s *engineSite) status(t *testing.T) fabricStatus {
	t.Helper()
	out, errs, _ := s.program.run("status", "-o", "json", s.name)
	var list statusList
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Items) != 1 {
		t.Fatalf("status prints no JSON: %v\n%s\n%s", err, out, errs)
	}
	return list.Items[0]
}

// engineIsHidden takes the right to read the engine away: everything else is as
// before, and the columns say so.
func engineIsHidden(t *testing.T, strict *labtest.Cluster, s *engineSite) {
	before := s.status(t)
	strict.HideEngines(t)
	defer strict.ShowEngines(t)
	labtest.Eventually(t, "the engine cannot be read", func() error {
		f := s.status(t)
		if f.Engine == nil || f.Engine.Access != core.AccessForbidden || f.Engine.Error == "" {
			return fmt.Errorf("engine %+v", f.Engine)
		}
		if f.SyncStatus != before.SyncStatus || f.SyncError != "" || len(f.Objects) != len(before.Objects) || f.Live.Access != core.AccessOK {
			return errors.New("something else changed, too")
		}
		return nil
	})
	list, _, _ := s.program.run("snapshot", "fabrics", "--cached", "--size", "160x45")
	if !strings.Contains(list, "ENGINE") {
		t.Errorf("the column is gone:\n%s", list)
	}
}

// TestSwitchesAreTold: how many run what they are to run, and which do not.
func TestSwitchesAreTold(t *testing.T) {
	lab := labtest.Start(t)
	s := newSite(t, lab, 3)
	p := newProgram(t)
	p.configure(s.config(t, p, "dc1"))
	now := time.Now()
	for _, name := range []string{"leaf-01", "leaf-02", "leaf-03"} {
		g := s.cluster.Agent(t, name, labtest.AgentSpec{Role: "server-leaf"})
		report := labtest.AgentStatus{Applied: g, Heartbeat: now}
		switch name {
		case "leaf-02":
			report.Applied = 0
		case "leaf-03":
			report.Heartbeat = now.Add(-10 * time.Minute)
		}
		s.cluster.Report(t, name, report)
	}
	a := p.status(0)["dc1"].Agents
	if a == nil || a.Total == nil || *a.Total != 3 || *a.Converged != 2 || a.Oldest.After(now.Add(-9*time.Minute)) {
		t.Fatalf("agents %+v", a)
	}
	if len(a.Behind) != 2 || a.Behind[0].Name != "leaf-02" || a.Behind[1].Name != "leaf-03" {
		t.Errorf("of whom something is said: %+v", a.Behind)
	}
	list, _, _ := p.run("snapshot", "fabrics", "--size", "80x24")
	if !strings.Contains(list, "2/3") {
		t.Errorf("the list does not say 2/3:\n%s", list)
	}
	s.onlyReads(t)
}

// TestEngineInAnotherCluster: engines mostly live elsewhere, and then are found
// by the kubeconfig that the configuration names.
func TestEngineInAnotherCluster(t *testing.T) {
	lab := labtest.Start(t)
	c, hub := lab.Cluster(t), lab.NewCluster(t)
	s := &engineSite{cluster: c, repo: lab.Repo(t), name: "dc1", program: newProgram(t)}
	s.first = s.commit(map[string]string{"a.yaml": vpcOf("vpc-1", 1, 1001)}, "a fabric")
	s.engine = c.Application(t, s.repo, labtest.Application{
		Type: labtest.ArgoCD, Name: "dc1", Path: "fabric", At: hub, Options: labtest.EngineOptions{Auto: true},
	})
	s.engine.WaitApplied(t, s.first)
	s.program.configure(s.config(t) + fmt.Sprintf("    engine: {type: argocd, app: dc1, kubeconfig: %q}\n", hub.ReaderKubeconfig))
	labtest.Eventually(t, "the engine is found", func() error {
		f := s.status(t)
		if f.Engine == nil || f.Engine.Error != "" || f.Engine.Revision != s.first || f.SyncStatus != core.Synced {
			return fmt.Errorf("%s, engine %+v", f.SyncStatus, f.Engine)
		}
		return nil
	})
	hub.Unplug()
	f := s.status(t)
	if f.Engine == nil || f.Engine.Access != core.AccessUnreachable || f.SyncStatus != core.Synced || f.SyncError != "" {
		t.Errorf("with the engine's cluster gone: %s %q, engine %+v", f.SyncStatus, f.SyncError, f.Engine)
	}
}

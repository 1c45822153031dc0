package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"selvage/core"
	"selvage/testdata/labtest"
)

// commented is a VPC as people write them: with comments that have to stay.
const commented = `# tenants of hall 1
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: vpc-1
spec:
  subnets:
    default:
      subnet: 10.0.1.0/24
      vlan: 1001 # agreed with ops
    web:
      subnet: 10.0.11.0/24
      vlan: 1011 # CHG-17
`

// hall is one fabric of a repository that several have directories in, published
// to as a person does.
type hall struct {
	*engineSite
}

// newHall makes a fabric with an engine that applies new commits by itself and
// does not heal.
func newHall(t *testing.T, strict *labtest.Cluster, repo *labtest.Repo, p *program, name string) *hall {
	t.Helper()
	h := &hall{&engineSite{cluster: strict.In(t, name), repo: repo, program: p, name: name}}
	h.engine = h.cluster.Application(t, repo, labtest.Application{
		Type: labtest.ArgoCD, Name: name, Path: name, Options: labtest.EngineOptions{Auto: true, Prune: true},
	})
	return h
}

// heals has the engine put back what was changed past Git, or leave it.
func (h *hall) heals(t *testing.T, heal bool) {
	t.Helper()
	h.engine.Set(t, labtest.EngineOptions{Auto: true, Prune: true, SelfHeal: heal})
}

func (h *hall) config(t *testing.T) string {
	t.Helper()
	token := filepath.Join(h.program.dir, h.name+".token")
	if err := os.WriteFile(token, []byte(h.cluster.ReaderToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	variable := "PUSH_PASSWORD_" + strings.ToUpper(h.name)
	h.program.env = append(h.program.env, variable+"="+h.repo.PushPassword)
	return fmt.Sprintf(`
  - name: %[1]s
    cluster: {cluster_name: %[1]s, namespace: %[2]s, api_server: %[3]q, token_file: %[4]q, ca_file: %[5]q}
    git: {url: %[6]q, branch: main, path: %[1]s, username: %[7]q, password_env: %[8]s, author: {name: Ada, email: ada@example.net}}
`, h.name, h.cluster.Namespace, h.cluster.Server, token, h.cluster.CAFile, h.repo.URL, h.repo.PushUser, variable)
}

// vlan has somebody change a VLAN of vpc-1 past Git.
func (h *hall) vlan(t *testing.T, subnet string, vlan int) {
	t.Helper()
	h.cluster.Kubectl(t, "patch", "vpc", "vpc-1", "--field-manager=kubectl-edit", "--type=merge",
		"-p", fmt.Sprintf(`{"spec":{"subnets":{%q:{"vlan":%d}}}}`, subnet, vlan))
}

// says waits until live has a VLAN.
func (h *hall) says(t *testing.T, subnet string, vlan int) {
	t.Helper()
	labtest.Eventually(t, fmt.Sprintf("live of %s has VLAN %d", h.name, vlan), func() error {
		got := h.cluster.Kubectl(t, "get", "vpc", "vpc-1", "-o", "jsonpath={.spec.subnets."+subnet+".vlan}")
		if got != fmt.Sprint(vlan) {
			return fmt.Errorf("it has %s", got)
		}
		return nil
	})
}

// is waits until an object of the fabric is in a state, and gives it.
func (h *hall) is(t *testing.T, name string, state core.State) objectStatus {
	t.Helper()
	var found objectStatus
	labtest.Eventually(t, fmt.Sprintf("%s of %s is %s", name, h.name, state), func() (err error) {
		found, err = h.isNow(t, name, state)
		return err
	})
	return found
}

// isNow gives an object of the fabric; the error says that it is in another state.
func (h *hall) isNow(t *testing.T, name string, state core.State) (objectStatus, error) {
	t.Helper()
	out, errs, _ := h.program.run("status", "-o", "json", "--all", h.name)
	var list statusList
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Items) != 1 {
		t.Fatalf("status prints no JSON: %v\n%s\n%s", err, out, errs)
	}
	for _, o := range list.Items[0].Objects {
		if o.Kind+"/"+o.Name != name {
			continue
		}
		if o.State != state {
			return o, fmt.Errorf("it is %s: %s", o.State, o.Reason)
		}
		return o, nil
	}
	return objectStatus{}, fmt.Errorf("it is not told of: %v", names(list.Items[0]))
}

// does runs a command that has to end with a code, and gives what it prints.
func (h *hall) does(t *testing.T, code int, args ...string) string {
	t.Helper()
	out, errs, got := h.program.run(args...)
	if got != code {
		t.Fatalf("selvage %s exits with %d, want %d:\n%s%s", strings.Join(args, " "), got, code, out, errs)
	}
	return out + errs
}

// file is a file as it is on the server's branch now.
func (h *hall) file(t *testing.T, name string) string {
	t.Helper()
	h.repo.Git("fetch", "--quiet", "origin")
	h.repo.Git("reset", "--quiet", "--hard", "origin/main")
	text, err := os.ReadFile(filepath.Join(h.repo.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// commits counts those on the server's branch.
func (h *hall) commits() string {
	h.repo.Git("fetch", "--quiet", "origin")
	return strings.TrimSpace(h.repo.Git("rev-list", "--count", "origin/main"))
}

// TestDecisionsGoTheWholeWay on the lab, by command: a live edit of which one
// field is adopted and another left to Git, a conflict, a hot-fix that self-heal
// undid, and a revert; and the edit of somebody else, on the fabric next door,
// which each commit would undo.
func TestDecisionsGoTheWholeWay(t *testing.T) {
	lab := labtest.Start(t)
	strict := lab.NewStrictCluster(t)
	p := newProgram(t)
	repo := lab.Repo(t)
	for _, name := range []string{"dc1", "dc2"} {
		repo.Write(name+"/vpc-1.yaml", commented)
	}
	first := repo.Commit("two halls")
	dc1, dc2 := newHall(t, strict, repo, p, "dc1"), newHall(t, strict, repo, p, "dc2")
	p.configure(dc1.config(t), dc2.config(t))
	for _, h := range []*hall{dc1, dc2} {
		h.engine.WaitApplied(t, first)
	}
	if f := p.status(0); f["dc1"].SyncStatus != core.Synced || f["dc2"].SyncStatus != core.Synced {
		t.Fatalf("at the start: %s and %s", f["dc1"].SyncStatus, f["dc2"].SyncStatus)
	}

	t.Run("one field is adopted and another is not", func(t *testing.T) {
		dc1.vlan(t, "default", 1101)
		dc1.vlan(t, "web", 1111)
		dc2.vlan(t, "web", 1211)
		dc1.is(t, "VPC/vpc-1", core.Drifted)
		dc1.does(t, 0, "resolve", "dc1", "VPC/vpc-1", "--field", ".spec.subnets.default.vlan", "--take", "live")
		said := dc1.does(t, 0, "resolve", "dc1", "VPC/vpc-1", "--field", ".spec.subnets.web.vlan", "--take", "git")
		if !strings.Contains(said, "next commit") {
			t.Errorf("what becomes of git's value is not told before it is chosen:\n%s", said)
		}
		plan := dc1.does(t, 0, "plan", "dc1")
		for _, want := range []string{"1001", "1101", "dc2", "1211", "kubectl-edit"} {
			if !strings.Contains(plan, want) {
				t.Errorf("the plan does not say %q:\n%s", want, plan)
			}
		}
		before := dc1.commits()
		dc1.does(t, 0, "sync", "dc1", "--yes")
		if got, want := dc1.file(t, "dc1/vpc-1.yaml"), strings.Replace(commented, "1001", "1101", 1); got != want {
			t.Errorf("the file is\n%s\nwant\n%s", got, want)
		}
		if dc1.commits() == before {
			t.Error("nothing was committed")
		}
		message := repo.Git("log", "-1", "--format=%an%n%B", "origin/main")
		for _, want := range []string{"Ada", "Sync-Id: ", "Fabric: dc1"} {
			if !strings.Contains(message, want) {
				t.Errorf("the commit does not say %q:\n%s", want, message)
			}
		}
		dc1.says(t, "web", 1011)
		dc2.says(t, "web", 1011) // as the plan said
		dc1.is(t, "VPC/vpc-1", core.InSync)
	})

	t.Run("a conflict", func(t *testing.T) {
		dc1.engine.Set(t, labtest.EngineOptions{})
		dc1.vlan(t, "default", 1102)
		repo.Write("dc1/vpc-1.yaml", strings.Replace(commented, "1001", "1103", 1))
		repo.Commit("another VLAN")
		dc1.is(t, "VPC/vpc-1", core.Conflict)
		if out := dc1.does(t, 0, "plan", "dc1"); strings.Contains(out, "sync dc1 --plan") {
			t.Errorf("a plan without a decision offers to be published:\n%s", out)
		}
		dc1.does(t, 0, "resolve", "dc1", "VPC/vpc-1", "--field", ".spec.subnets.default.vlan", "--take", "live")
		dc1.does(t, 0, "sync", "dc1", "--yes") // live says so already
		if got, want := dc1.file(t, "dc1/vpc-1.yaml"), strings.Replace(commented, "1001", "1102", 1); got != want {
			t.Errorf("the file is\n%s\nwant\n%s", got, want)
		}
		dc1.is(t, "VPC/vpc-1", core.InSync)
	})

	t.Run("an engine that waits for a person", func(t *testing.T) {
		dc1.does(t, 0, "resolve", "dc1", "VPC/vpc-1", "--field", ".spec.subnets.default.vlan", "--value", "1104")
		if said := dc1.does(t, 5, "sync", "dc1", "--yes"); !strings.Contains(said, "manual sync") {
			t.Errorf("what is waited for is not told:\n%s", said)
		}
		dc1.engine.SyncAs(t, "olga", true)
		dc1.does(t, 0, "sync", "dc1", "--yes")
		dc1.is(t, "VPC/vpc-1", core.InSync)
	})

	t.Run("a hot-fix that self-heal undid", func(t *testing.T) {
		watch := dc1.watches(t)
		dc1.heals(t, true)
		dc1.vlan(t, "web", 1118)
		dc1.says(t, "web", 1011)
		labtest.Eventually(t, "the edit is in the ledger", func() error {
			out, _, _ := p.run("history", "dc1", "-o", "json", "--object", "VPC/vpc-1")
			if !strings.Contains(out, "1118") {
				return fmt.Errorf("history says %s", out)
			}
			return nil
		})
		watch()
		dc1.does(t, 0, "resolve", "dc1", "VPC/vpc-1", "--field", ".spec.subnets.web.vlan", "--value", "1118")
		dc1.does(t, 0, "sync", "dc1", "--yes")
		dc1.says(t, "web", 1118)
		dc1.is(t, "VPC/vpc-1", core.InSync)
		if got := dc1.file(t, "dc1/vpc-1.yaml"); !strings.Contains(got, "vlan: 1118 # CHG-17") {
			t.Errorf("the file is\n%s", got)
		}
	})

	t.Run("a revert", func(t *testing.T) {
		before := dc1.commits()
		dc1.does(t, 0, "sync", "dc1", "--revert", dc1.lastRun(t), "--yes")
		dc1.says(t, "web", 1011)
		if dc1.commits() == before || !strings.Contains(dc1.file(t, "dc1/vpc-1.yaml"), "vlan: 1011 # CHG-17") {
			t.Errorf("the file is\n%s", dc1.file(t, "dc1/vpc-1.yaml"))
		}
		dc1.is(t, "VPC/vpc-1", core.InSync)
	})

	t.Run("nothing to do", func(t *testing.T) {
		before := dc1.commits()
		dc1.does(t, 0, "sync", "dc1", "--yes")
		if dc1.commits() != before {
			t.Error("a sync without decisions has made a commit")
		}
	})

	for _, e := range strict.Audit(t, labtest.ReaderUser) {
		if !slices.Contains([]string{"get", "list", "watch"}, e.Verb) {
			t.Errorf("the audit log has %s %s", e.Verb, e.RequestURI)
		}
	}
}

// start runs a command in the background until the function that it gives is
// called, or the test ends.
func (p *program) start(t *testing.T, args ...string) (end func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.binary, append([]string{"--config", "selvage.yaml"}, args...)...)
	var out bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.dir, p.env, &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := sync.OnceFunc(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Logf("selvage %v: %v", args, err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("selvage %v ends with %v:\n%s", args, err, out.String())
		}
	})
	t.Cleanup(done)
	return done
}

// watches runs selvage watch until the function that it gives is called.
func (h *hall) watches(t *testing.T) (end func()) {
	t.Helper()
	started := time.Now().Truncate(time.Second)
	stop := h.program.start(t, "watch")
	labtest.Eventually(t, "somebody watches", func() error {
		out, _, _ := h.program.run("status", "--cached", "-o", "json", h.name)
		var list statusList
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			return err
		}
		if f := list.Items[0]; f.Live.ReadAt.Before(started) {
			return fmt.Errorf("live was read at %s", f.Live.ReadAt)
		}
		return nil
	})
	return stop
}

// lastRun is the id of the run that ended last.
func (h *hall) lastRun(t *testing.T) string {
	t.Helper()
	out := h.does(t, 0, "history", h.name, "-o", "json")
	var doc struct {
		Items []struct {
			Run *struct {
				ID string `json:"id"`
			} `json:"sync"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("history prints no JSON: %v\n%s", err, out)
	}
	for _, e := range doc.Items {
		if e.Run != nil {
			return e.Run.ID
		}
	}
	t.Fatalf("history knows no run:\n%s", out)
	return ""
}

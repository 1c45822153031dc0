package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/testdata/hedgehog"
	"selvage/testdata/labtest"
)

// program is the built program with a configuration, as a person would run it:
// a process of its own, against real servers.
type program struct {
	t      *testing.T
	binary string
	dir    string
	env    []string
}

func newProgram(t *testing.T) *program {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "selvage")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return &program{t: t, binary: binary, dir: dir, env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}}
}

// configure writes the configuration.
func (p *program) configure(fabrics ...string) {
	p.t.Helper()
	text := "state: {dir: ./state}\nfabrics:\n" + strings.Join(fabrics, "")
	if err := os.WriteFile(filepath.Join(p.dir, "selvage.yaml"), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// reconfigure changes the first place of the configuration that says so.
func (p *program) reconfigure(from, to string) {
	p.t.Helper()
	name := filepath.Join(p.dir, "selvage.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		p.t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(from)) {
		p.t.Fatalf("the configuration does not say %q", from)
	}
	if err := os.WriteFile(name, bytes.Replace(text, []byte(from), []byte(to), 1), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// run runs a command and gives its output and exit code.
func (p *program) run(args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), p.binary, append([]string{"--config", "selvage.yaml"}, args...)...)
	cmd.Dir, cmd.Env = p.dir, p.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		p.t.Fatalf("selvage %v: %v", args, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// status is what status -o json says, with the exit code that is expected.
func (p *program) status(code int, args ...string) map[core.FabricID]fabricStatus {
	p.t.Helper()
	out, errs, got := p.run(append([]string{"status", "-o", "json", "--exit-code"}, args...)...)
	if got != code {
		p.t.Errorf("status exits with %d, want %d; it says %s\n%s", got, code, errs, out)
	}
	var list statusList
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		p.t.Fatalf("status prints no JSON: %v\n%s\n%s", err, out, errs)
	}
	found := map[core.FabricID]fabricStatus{}
	for _, f := range list.Items {
		found[f.Name] = f
	}
	return found
}

// site is one fabric of the lab: a cluster, a repository and what applies one
// to the other.
type site struct {
	cluster *labtest.Cluster
	repo    *labtest.Repo
	engine  *labtest.Engine
	fabric  hedgehog.Fabric
}

func newSite(t *testing.T, lab *labtest.Lab, seed uint64) *site {
	t.Helper()
	s := &site{cluster: lab.NewCluster(t), repo: lab.Repo(t), fabric: hedgehog.Generate(hedgehog.Small(seed))}
	for _, f := range s.fabric.Files(hedgehog.Mixed) {
		if !f.Example {
			s.repo.Write("fabric/"+f.Path, string(f.Content))
		}
	}
	s.repo.Commit("the fabric as it was built")
	s.engine = s.cluster.Engine(t, s.repo, "main", "fabric", labtest.EngineOptions{})
	s.engine.Sync(t)
	return s
}

// config is the fabric's part of the configuration. The token stands in a
// file, the repository is read over HTTP.
func (s *site) config(t *testing.T, p *program, name string) string {
	t.Helper()
	token := filepath.Join(p.dir, name+".token")
	if err := os.WriteFile(token, []byte(s.cluster.ReaderToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	variable := "GIT_PASSWORD_" + strings.ToUpper(name)
	p.env = append(p.env, variable+"="+s.repo.ReadPassword)
	return fmt.Sprintf(`
  - name: %s
    cluster: {cluster_name: %s, namespace: %s, api_server: %q, token_file: %q, ca_file: %q}
    git: {url: %q, branch: main, path: fabric, username: %q, password_env: %s}
`, name, name, s.cluster.Namespace, s.cluster.Server, token, s.cluster.CAFile, s.repo.URL, s.repo.ReadUser, variable)
}

// first is the first object of a kind in the fabric.
func (s *site) first(t *testing.T, kind string) map[string]any {
	t.Helper()
	i := slices.IndexFunc(s.fabric.Objects, func(o map[string]any) bool { return o["kind"] == kind })
	if i < 0 {
		t.Fatalf("the fabric has no %s", kind)
	}
	return s.fabric.Objects[i]
}

// edit runs kubectl edit as a person would, with sed for an editor.
func (s *site) edit(t *testing.T, lab *labtest.Lab, object, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), lab.Kubectl(), "--kubeconfig", s.cluster.OperatorKubeconfig, "edit", object)
	cmd.Env = append(os.Environ(), "KUBE_EDITOR=sed -i "+script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("kubectl edit %s: %v\n%s", object, err, out)
	}
}

func names(f fabricStatus) map[string]core.State {
	all := map[string]core.State{}
	for _, o := range f.Objects {
		all[o.Kind+"/"+o.Name] = o.State
	}
	return all
}

func object(t *testing.T, f fabricStatus, name string) objectStatus {
	t.Helper()
	for _, o := range f.Objects {
		if o.Kind+"/"+o.Name == name {
			return o
		}
	}
	t.Fatalf("status does not name %s, only %v", name, names(f))
	return objectStatus{}
}

func paths(o objectStatus) []string {
	all := make([]string, len(o.Changes))
	for i, c := range o.Changes {
		all[i] = string(c.Path)
	}
	slices.Sort(all)
	return all
}

// vlans are the paths of all VLANs that Git gives a VPC, sorted.
func vlans(t *testing.T, s *site, name string) []string {
	t.Helper()
	i := slices.IndexFunc(s.fabric.Objects, func(o map[string]any) bool {
		return o["kind"] == "VPC" && o["metadata"].(map[string]any)["name"] == name
	})
	if i < 0 {
		t.Fatalf("the fabric has no VPC %s", name)
	}
	var all []string
	for subnet := range s.fabric.Objects[i]["spec"].(map[string]any)["subnets"].(map[string]any) {
		all = append(all, ".spec.subnets."+subnet+".vlan")
	}
	slices.Sort(all)
	return all
}

// TestTheLabIsJudgedRightly goes the whole way on a real cluster and a real
// repository: an untouched fabric, then one change of each sort.
func TestTheLabIsJudgedRightly(t *testing.T) {
	lab := labtest.Start(t)
	s := newSite(t, lab, 7)
	p := newProgram(t)
	p.configure(s.config(t, p, "dc1"))

	untouched := p.status(0)["dc1"]
	if untouched.SyncStatus != core.Synced || untouched.Counts["in_sync"] != len(s.fabric.Objects) || len(untouched.Objects) != 0 {
		t.Fatalf("untouched: %s, %v, objects %v; want all %d in sync", untouched.SyncStatus, untouched.Counts, names(untouched), len(s.fabric.Objects))
	}

	before := time.Now().Add(-2 * time.Second)
	s.edit(t, lab, "vpc/vpc-01", `"s/vlan: 1[0-9]*/vlan: 2345/"`)
	gone := s.first(t, "Server")["metadata"].(map[string]any)["name"].(string)
	s.cluster.Kubectl(t, "delete", "server", gone)
	s.cluster.Apply(t, "kubectl-create", `
apiVersion: vpc.githedgehog.com/v1beta1
kind: External
metadata: {name: ext-debug}
spec: {inboundCommunity: "65102:1", outboundCommunity: "1:65102"}
`)
	s.repo.Write("fabric/new.yaml", `
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: vpc-new}
spec: {subnets: {default: {subnet: 10.250.0.0/24, vlan: 2999}}}
`)
	head := s.repo.Commit("a new VPC that nobody has applied yet")

	f := p.status(1)["dc1"]
	want := map[string]core.State{
		"VPC/vpc-01": core.Drifted, "Server/" + gone: core.Drifted,
		"External/ext-debug": core.OnlyLive, "VPC/vpc-new": core.Pending,
	}
	if got := names(f); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("status names %v, want exactly %v", got, want)
	}
	if f.Git[0].Revision != head || f.Worst != core.Drifted {
		t.Errorf("revision %s, worst %s; want %s, drifted", f.Git[0].Revision, f.Worst, head)
	}
	vpc := object(t, f, "VPC/vpc-01")
	if got := paths(vpc); !slices.Equal(got, vlans(t, s, "vpc-01")) {
		t.Errorf("changes at %v, want every vlan of vpc-01 in git, %v", got, vlans(t, s, "vpc-01"))
	}
	for _, c := range vpc.Changes {
		if c.Live.String() != "2345" || !c.Git.Equal(c.Base) || c.Verdict != core.FieldDrift {
			t.Errorf("change %+v, want a vlan that live set to 2345", c)
		}
		if c.Manager != "kubectl-edit" || c.ManagerTime.Before(before) || c.ManagerTime.After(time.Now().Add(time.Second)) {
			t.Errorf("changed by %q at %s, want kubectl-edit just now", c.Manager, c.ManagerTime)
		}
	}
	if c := object(t, f, "Server/"+gone).Changes; len(c) != 1 || c[0].Path != core.Root || c[0].Op != core.OpRemoved {
		t.Errorf("the deleted server: %+v, want one removal of the whole object", c)
	}
	s.onlyReads(t)
}

// onlyReads holds the API server's own log against the promise.
func (s *site) onlyReads(t *testing.T) {
	t.Helper()
	events := s.cluster.Audit(t, labtest.ReaderUser)
	if len(events) == 0 {
		t.Error("the audit log has nothing of selvage")
	}
	for _, e := range events {
		agents := e.Resource == "agents" && (e.Verb != "list" || !strings.Contains(e.RequestURI, "includeObject=None"))
		if !slices.Contains([]string{"get", "list", "watch"}, e.Verb) || agents {
			t.Errorf("the audit log has %s %s", e.Verb, e.RequestURI)
		}
		if !strings.HasPrefix(e.UserAgent, "selvage/") {
			t.Errorf("%s %s by %q, want selvage", e.Verb, e.RequestURI, e.UserAgent)
		}
	}
}

// fault is one way in which a fabric breaks, and what has to be said then.
type fault struct {
	name        string
	breaks      func() (mend func())
	unknown     int
	live, git   core.Access
	reason      string
	keepsCommit bool // the verdicts are those of the last whole reading of Git, and say so
}

// TestFaultsStayWithTheirFabric breaks one fabric in every way, one after the
// other, beside one that is well.
func TestFaultsStayWithTheirFabric(t *testing.T) {
	lab := labtest.Start(t)
	broken, well := newSite(t, lab, 1), newSite(t, lab, 2)
	release := func() { broken.repo.Git("push", "--quiet", "origin", "HEAD:refs/heads/release") }
	release()
	p := newProgram(t)
	p.configure(strings.Replace(broken.config(t, p, "broken"), "branch: main", "branch: release", 1), well.config(t, p, "well"))
	total, peerings := len(broken.fabric.Objects), 0
	for _, o := range broken.fabric.Objects {
		if o["kind"] == "VPCPeering" {
			peerings++
		}
	}
	if peerings == 0 {
		t.Fatal("the fabric has no VPCPeering")
	}
	nothing := func() {}
	for _, f := range []fault{
		{
			name: "the cluster's plug is pulled", unknown: total,
			live: core.AccessUnreachable, git: core.AccessOK, reason: "connection refused",
			breaks: func() func() { broken.cluster.Unplug(); return broken.cluster.Plug },
		},
		{
			name: "its token is revoked", unknown: total,
			live: core.AccessUnauthorized, git: core.AccessOK, reason: "token",
			breaks: func() func() { broken.cluster.RevokeReader(); return broken.cluster.RestoreReader },
		},
		{
			name: "the configuration names a branch that is not there", unknown: total,
			live: core.AccessOK, git: core.AccessInvalid, reason: `"mian"`,
			breaks: func() func() {
				p.reconfigure("branch: release", "branch: mian")
				return func() { p.reconfigure("branch: mian", "branch: release") }
			},
		},
		{
			name: "the branch is deleted on the server", unknown: 0, keepsCommit: true,
			live: core.AccessOK, git: core.AccessInvalid, reason: `"release"`,
			breaks: func() func() {
				broken.repo.Git("push", "--quiet", "origin", "--delete", "release")
				return release
			},
		},
		{
			name: "a CRD is dropped", unknown: peerings,
			live: core.AccessOK, git: core.AccessOK, reason: "VPCPeering",
			breaks: func() func() {
				broken.cluster.DropCRD("vpcpeerings.vpc.githedgehog.com")
				return nothing // it stays so: this is the last one
			},
		},
	} {
		t.Run(f.name, func(t *testing.T) {
			before := p.status(exitDone)["broken"]
			mend := f.breaks()
			defer mend()
			f.check(t, p, total, before)
		})
	}
	broken.onlyReads(t)
	well.onlyReads(t)
}

// check runs status and holds what has to be true after any fault: the other
// fabric is well, nothing of this one is called absent, and there is a reason
// that a person can act on.
func (f fault) check(t *testing.T, p *program, total int, before fabricStatus) {
	t.Helper()
	all := p.status(exitUnread)
	if w := all["well"]; w.SyncStatus != core.Synced {
		t.Errorf("the other fabric is %s: %s", w.SyncStatus, w.SyncError)
	}
	got := all["broken"]
	for name, state := range names(got) {
		if state != core.Unknown {
			t.Errorf("%s is called %s", name, state)
		}
	}
	if got.Counts["unknown"] != f.unknown || got.Counts["in_sync"] != total-f.unknown {
		t.Errorf("%d unknown and %d in sync, want %d and %d", got.Counts["unknown"], got.Counts["in_sync"], f.unknown, total-f.unknown)
	}
	if got.SyncStatus == core.Synced || got.Worst != core.Unknown {
		t.Errorf("it is shown as %s, %s", got.SyncStatus, got.Worst)
	}
	said := got.SyncError
	for _, o := range got.Objects {
		said += "\n" + o.Reason
	}
	if got.Live.Access != f.live && (f.live != core.AccessOK || f.unknown == total) || !strings.Contains(said, f.reason) {
		t.Errorf("live is %s, reason %q; want %s and %q in it", got.Live.Access, said, f.live, f.reason)
	}
	git, then := got.Git[0], before.Git[0]
	if git.Access != f.git {
		t.Errorf("git is %s, want %s", git.Access, f.git)
	}
	if f.keepsCommit && (git.Revision != then.Revision || git.ReadAt.IsZero() || git.ReadAt.Before(then.ReadAt) || git.ReadAt.After(got.LastCheck)) {
		t.Errorf("git is of %s at %s, want the last whole reading, of %s at %s", git.Revision, git.ReadAt, then.Revision, then.ReadAt)
	}
}

// TestBrokenFileIsNamed breaks one YAML file of a fabric in agreement.
func TestBrokenFileIsNamed(t *testing.T) {
	lab := labtest.Start(t)
	s := newSite(t, lab, 3)
	p := newProgram(t)
	p.configure(s.config(t, p, "dc1"))
	p.status(0)
	s.repo.Write("fabric/oops.yaml", "apiVersion: v1\nkind: VPC\n\tmetadata: {}\n")
	s.repo.Commit("a tab too many")
	f := p.status(1)["dc1"]
	o := object(t, f, "File/fabric/oops.yaml")
	if o.State != core.Invalid || o.File != "fabric/oops.yaml" || o.Line != 3 || o.Reason == "" {
		t.Errorf("the file is %+v, want invalid at line 3 with a reason", o)
	}
	if f.Counts["in_sync"] != len(s.fabric.Objects) || len(f.Objects) != 1 {
		t.Errorf("the rest: %v, want all in sync", f.Counts)
	}
	s.onlyReads(t)
}

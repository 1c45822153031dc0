package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"selvage/testdata/labtest"
	"selvage/testdata/termtest"
)

// office is the program over one offline fabric whose repository takes pushes.
type office struct {
	*program
	remote string
}

// officeVPC is an object of the fabric; Git and the cluster begin with vlan 1001.
const officeVPC = `{apiVersion: vpc.githedgehog.com/v1beta1, kind: VPC, metadata: {name: %s, namespace: default}, spec: {subnets: {default: {subnet: 10.0.%d.0/24, vlan: %d}}}}
`

// newOffice makes one with three VPCs; more are further keys of its fabric.
func newOffice(t *testing.T, more string) *office {
	t.Helper()
	p := newProgram(t)
	o := &office{p, filepath.Join(p.dir, "remote.git")}
	p.env = append(
		p.env, "TERM=xterm-256color", "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=Kim", "GIT_AUTHOR_EMAIL=kim@netops.example", "GIT_COMMITTER_NAME=Kim", "GIT_COMMITTER_EMAIL=kim@netops.example",
	)
	p.configure("  - name: dc1\n    cluster: {cluster_name: in-cluster, namespace: default, dump: dc1.yaml}\n    git: {url: remote.git, path: dc1}\n" + more)
	write(t, filepath.Join(p.dir, "seed/dc1/vpcs.yaml"), vpcsOf(1001))
	o.live(t, vpcsOf(1001))
	o.git(t, "init", "-q", "--bare", "-b", "main", o.remote)
	o.git(t, "init", "-q", "-b", "main", "seed")
	o.git(t, "-C", "seed", "add", ".")
	o.git(t, "-C", "seed", "commit", "-qm", "three VPCs")
	o.git(t, "-C", "seed", "push", "-q", o.remote, "main")
	p.status(exitDone)
	return o
}

func vpcsOf(vlan int) string {
	var docs []string
	for i, name := range []string{"one", "two", "three"} {
		docs = append(docs, fmt.Sprintf(officeVPC, name, i+1, vlan+i))
	}
	return strings.Join(docs, "---\n")
}

// live replaces what the cluster says.
func (o *office) live(t *testing.T, docs string) {
	t.Helper()
	write(t, filepath.Join(o.dir, "next.yaml"), docs)
	if err := os.Rename(filepath.Join(o.dir, "next.yaml"), filepath.Join(o.dir, "dc1.yaml")); err != nil {
		t.Fatal(err)
	}
}

func (o *office) git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir, cmd.Env = o.dir, o.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (o *office) commits(t *testing.T) string {
	t.Helper()
	return o.git(t, "-C", o.remote, "rev-list", "--count", "main")
}

// must runs a command that has nothing to complain about.
func (o *office) must(args ...string) string {
	o.t.Helper()
	out, errs, code := o.run(args...)
	if code != exitDone {
		o.t.Fatalf("selvage %v exits with %d: %s%s", args, code, out, errs)
	}
	return out
}

// open starts a command in a terminal.
func (o *office) open(args ...string) *termtest.Terminal {
	o.t.Helper()
	cmd := exec.CommandContext(o.t.Context(), o.binary, append([]string{"--config", "selvage.yaml"}, args...)...)
	cmd.Dir, cmd.Env = o.dir, o.env
	return termtest.Start(o.t, cmd, termtest.Options{Width: 200, Height: 100})
}

func TestPublishAsksOnATerminal(t *testing.T) {
	o := newOffice(t, "")
	o.must("resolve", "dc1", "vpc/one", "--field", ".spec.subnets.default.vlan", "--value", "1901")
	screen := o.open("sync", "dc1", "--no-wait")
	screen.Wait("publish? [y/N]")
	screen.Type("\n")
	if code := screen.ExitCode(); code != exitRefused || o.commits(t) != "1" {
		t.Errorf("not confirmed, it exits with %d and there are %s commits: %s", code, o.commits(t), screen.Screen())
	}
	if !strings.Contains(screen.Screen(), "selvage sync dc1 --plan p1 does it later") {
		t.Errorf("it does not say how to go on: %s", screen.Screen())
	}
	screen = o.open("sync", "--plan", "p1", "--no-wait")
	screen.Wait("publish? [y/N]")
	screen.Type("y\n")
	if code := screen.ExitCode(); code != exitDone || o.commits(t) != "2" {
		t.Errorf("confirmed, it exits with %d and there are %s commits: %s", code, o.commits(t), screen.Screen())
	}
}

func TestProtectedFabricAsksForItsName(t *testing.T) {
	o := newOffice(t, "    protected: true\n")
	o.must("resolve", "dc1", "vpc/one", "--field", ".spec.subnets.default.vlan", "--value", "1901")
	for _, tt := range []struct {
		answer  string
		code    int
		commits string
	}{{"y\n", exitRefused, "1"}, {"dc1\n", exitDone, "2"}} {
		screen := o.open("sync", "dc1", "--no-wait", "--yes")
		screen.Wait("dc1 is protected. Type its name")
		screen.Type(tt.answer)
		if code := screen.ExitCode(); code != tt.code || o.commits(t) != tt.commits {
			t.Errorf("%q: it exits with %d and there are %s commits: %s", tt.answer, code, o.commits(t), screen.Screen())
		}
		if strings.Contains(screen.Screen(), "publish?") {
			t.Errorf("%q: it asks twice: %s", tt.answer, screen.Screen())
		}
	}
}

func TestManyDeletesAreConfirmedByTheirNumber(t *testing.T) {
	o := newOffice(t, "    limits: {max_delete: 1, max_change_percent: 1}\n")
	o.must("resolve", "dc1", "vpc/one", "--value", "null")
	o.must("resolve", "dc1", "vpc/two", "--value", "null")
	for _, tt := range []struct {
		answer  string
		code    int
		commits string
	}{{"y\n", exitRefused, "1"}, {"2\n", exitDone, "2"}} {
		screen := o.open("sync", "dc1", "--no-wait", "--yes")
		screen.Wait("Type 2 to allow that")
		screen.Type(tt.answer)
		if code := screen.ExitCode(); code != tt.code || o.commits(t) != tt.commits {
			t.Errorf("%q: it exits with %d and there are %s commits: %s", tt.answer, code, o.commits(t), screen.Screen())
		}
	}
}

// application is an Application that applies by itself, and that is at a commit.
func (o *office) application(commit string) string {
	return fmt.Sprintf(`---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: dc1, namespace: argocd}
spec:
  destination: {server: "https://kubernetes.default.svc", namespace: default}
  source: {repoURL: %q, path: dc1, targetRevision: main}
  syncPolicy: {automated: {prune: true, selfHeal: true}}
status:
  health: {status: Healthy}
  sync: {status: Synced, revision: %[2]q}
  operationState: {phase: Succeeded, startedAt: "2026-11-01T12:00:00Z", finishedAt: "2026-11-01T12:00:01Z", syncResult: {revision: %[2]q, source: {repoURL: %[1]q, path: dc1, targetRevision: main}}}
`, o.remote, commit)
}

// TestSyncFollowsUntilLiveAgrees, telling how far it is, and ends at once when it
// is interrupted.
func TestSyncFollowsUntilLiveAgrees(t *testing.T) {
	o := newOffice(t, "    engine: {type: argocd, app: dc1}\n")
	head := o.git(t, "-C", o.remote, "rev-parse", "main")
	o.live(t, vpcsOf(1001)+o.application(head))
	for _, vlan := range []string{"1901", "1902"} {
		o.must("resolve", "dc1", "vpc/one", "--field", ".spec.subnets.default.vlan", "--value", vlan)
		screen := o.open("sync", "dc1", "--yes")
		screen.Wait("publish  ")
		screen.Wait("follow  VPC/one of dc1 is pending")
		if vlan == "1901" {
			screen.Type("\x03")
			if code := screen.ExitCode(); code != exitInterrupted {
				t.Fatalf("interrupted, it exits with %d: %s", code, screen.Screen())
			}
			continue
		}
		head = o.git(t, "-C", o.remote, "rev-parse", "main")
		o.live(t, strings.Replace(vpcsOf(1001), "1001", vlan, 1)+o.application(head))
		if code := screen.ExitCode(); code != exitDone || !strings.Contains(screen.Screen(), "agreed after ") {
			t.Fatalf("it exits with %d: %s", code, screen.Screen())
		}
	}
	if n := o.commits(t); n != "3" {
		t.Errorf("there are %s commits", n)
	}
	labtest.Eventually(t, "history has both runs", func() error {
		told := o.must("history")
		if !strings.Contains(told, "it was stopped") || !strings.Contains(told, "agreed, 1 file") {
			return fmt.Errorf("it tells %s", told)
		}
		return nil
	})
}

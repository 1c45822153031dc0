package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// service is a watch that runs, as a service manager has it.
type service struct {
	*program
	cmd *exec.Cmd

	mu   sync.Mutex
	says bytes.Buffer
}

// Write takes what it says.
func (s *service) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.says.Write(p)
}

func (s *service) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.says.String()
}

func (p *program) service() *service {
	p.t.Helper()
	s := &service{program: p, cmd: exec.CommandContext(p.t.Context(), p.binary, "--config", "selvage.yaml", "watch")}
	s.cmd.Dir, s.cmd.Env, s.cmd.Stderr = p.dir, p.env, s
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return s
}

// tells waits until it has said a line that has all of some words.
func (s *service) tells(words ...string) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("it says %q", words), func() error {
		said := s.said()
		for line := range strings.Lines(said) {
			has := 0
			for _, w := range words {
				if strings.Contains(line, w) {
					has++
				}
			}
			if has == len(words) {
				return nil
			}
		}
		return fmt.Errorf("it says:\n%s", said)
	})
}

// ends sends it a signal, and waits for its end, which has to come soon.
func (s *service) ends(by syscall.Signal, want int) {
	s.t.Helper()
	began := time.Now()
	if err := s.cmd.Process.Signal(by); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait()
	took, code := time.Since(began), s.cmd.ProcessState.ExitCode()
	if code != want {
		s.t.Errorf("it exits with %d after %s, want %d; it says:\n%s", code, by, want, s.said())
	}
	if took > soon {
		s.t.Errorf("it took %s to end", took)
	}
}

func eventually(t *testing.T, what string, is func() error) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		err := is()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// dumped is a program over one fabric in a repository of the real git, whose
// cluster is a file. keys are those of the fabric.
func dumped(t *testing.T, built *program, git, keys string) *program {
	t.Helper()
	dir := t.TempDir()
	p := &program{t: t, binary: built.binary, dir: dir}
	p.env = append(p.env, "PATH="+os.Getenv("PATH"), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Kim", "GIT_AUTHOR_EMAIL=kim@x", "GIT_COMMITTER_NAME=Kim", "GIT_COMMITTER_EMAIL=kim@x")
	p.write("work/dc1/vpc.yaml", dumpedVPC)
	p.write("dc1.yaml", dumpedVPC)
	p.git("init", "-q", "-b", "main", "work")
	p.git("-C", "work", "add", ".")
	p.git("-C", "work", "commit", "-q", "-m", "one VPC")
	p.git("clone", "-q", "--bare", "work", "fabrics.git")
	p.configure(`
  - name: dc1
    cluster: {cluster_name: dc1, namespace: default, dump: dc1.yaml}
    git: {url: fabrics.git, branch: main, path: dc1` + git + `}
    check: {interval: 200ms}
` + keys + `
  - name: dc9
    cluster: {cluster_name: dc9, namespace: default, dump: dc1.yaml}
    git: {url: work, branch: main, path: dc1}
    sync: {enabled: false}
`)
	return p
}

const dumpedVPC = `# tenants of hall 1
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: one}
spec: {subnets: {web: {subnet: 10.0.1.0/24, vlan: 1001}}} # asked for in CHG-7
`

func (p *program) write(name, text string) {
	p.t.Helper()
	full := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		p.t.Fatal(err)
	}
	// Whoever reads it meanwhile reads the old one or the new one.
	if err := os.WriteFile(full+"~", []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(full+"~", full); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) git(args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "git", args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// edit changes the VLAN in the dump, past Git.
func (p *program) edit(vlan string) {
	p.t.Helper()
	p.write("dc1.yaml", strings.ReplaceAll(dumpedVPC, "1001", vlan))
}

// TestWatch runs the built program as a service manager does.
func TestWatch(t *testing.T) {
	built := newProgram(t)
	for name, test := range map[string]func(*testing.T, *program){
		"publishes what a policy decides":  watchPublishes,
		"keeps git where a policy says so": watchKeepsGit,
		"decides nothing without auto":     watchWithoutAuto,
		"takes turns with another one":     twoWatches,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, built)
		})
	}
}

// watchPublishes publishes what a policy decides, as configured, tells of it on one
// line, and ends on SIGTERM at once and without a fault.
func watchPublishes(t *testing.T, built *program) {
	p := dumped(t, built, ", publish: propose, review_url: \"https://git.example.net/compare/main...{branch}\"",
		"    policy: [{kind: VPC, path: .spec.subnets.*.vlan, on: [drift], policy: prefer_live}]\n    sync: {auto: policy}")
	s := p.service()
	s.tells("msg=skipped", "fabric=dc9", "sync.enabled")
	s.tells("msg=check", "fabric=dc1", "sync_status=in_sync", "worst=in_sync", "counts.in_sync=1", "commit=", "duration=")
	p.edit("1005")
	s.tells("msg=check", "sync_status=out_of_sync", "worst=drifted", "counts.drifted=1")
	s.tells("msg=sync", "fabric=dc1", "phase=proposed", "by=policy", "commit=", "review=https://git.example.net/compare/main...selvage/dc1-")
	side := p.git("-C", "fabrics.git", "for-each-ref", "--format=%(refname)", "refs/heads/selvage")
	if got := p.git("-C", "fabrics.git", "show", side+":dc1/vpc.yaml"); got != strings.TrimSpace(strings.ReplaceAll(dumpedVPC, "1001", "1005")) {
		t.Errorf("the proposal has\n%s", got)
	}
	if n := p.git("-C", "fabrics.git", "rev-list", "--count", "main"); n != "1" {
		t.Errorf("main has %s commits", n)
	}
	// Somebody merges it.
	p.git("-C", "fabrics.git", "update-ref", "refs/heads/main", side)
	s.tells("msg=sync", "phase=merged")
	s.tells("msg=check", "sync_status=in_sync", "commit="+p.git("-C", "fabrics.git", "rev-parse", "--short=7", "main"))
	lines := strings.Count(s.said(), "msg=check fabric=dc1")
	time.Sleep(time.Second) // nothing is to be said of checks that find nothing new
	if more := strings.Count(s.said(), "msg=check fabric=dc1") - lines; more > 1 {
		t.Errorf("%d lines more in a quiet second:\n%s", more, s.said())
	}
	s.ends(syscall.SIGTERM, exitDone)
	out, errs, code := p.run("history", "dc1", "-o", "json")
	if code != exitDone || !strings.Contains(out, `"merged"`) || !strings.Contains(out, "prefer_live VPC .spec.subnets.*.vlan on drift") {
		t.Errorf("history exits with %d: %s\n%s", code, errs, out)
	}
	if f := p.status(exitDone, "--cached", "dc1")["dc1"]; f.SyncStatus != "in_sync" {
		t.Errorf("what it found was not recorded: %+v", f)
	}
}

// watchKeepsGit commits nothing for a decision for Git. An interrupt is told as one.
func watchKeepsGit(t *testing.T, built *program) {
	p := dumped(t, built, "", "    policy: [{kind: VPC, path: .spec.subnets.*.vlan, on: [drift], policy: prefer_git}]\n    sync: {auto: policy}")
	s := p.service()
	s.tells("msg=check", "fabric=dc1", "sync_status=in_sync")
	p.edit("1005")
	s.tells("msg=policy", "fabric=dc1", "prefer_git")
	s.tells("msg=check", "fabric=dc1", "worst=pending")
	s.ends(syscall.SIGINT, exitInterrupted)
	if n := p.git("-C", "fabrics.git", "rev-list", "--count", "--all"); n != "1" {
		t.Errorf("%s commits", n)
	}
	out, _, _ := p.run("history", "dc1", "-o", "json")
	var told struct {
		Items []struct {
			Decided *decidedEntry `json:"decided"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, i := range told.Items {
		found = found || i.Decided != nil && i.Decided.By == "policy" && i.Decided.Rule == "prefer_git VPC .spec.subnets.*.vlan on drift"
	}
	if !found {
		t.Errorf("history does not tell of the decision: %s", out)
	}
}

// watchWithoutAuto: a policy that nobody has let act decides
// nothing.
func watchWithoutAuto(t *testing.T, built *program) {
	p := dumped(t, built, ", publish: propose", "    policy: [{kind: VPC, path: .spec.subnets.*.vlan, on: [drift], policy: prefer_live}]")
	s := p.service()
	s.tells("msg=check", "fabric=dc1", "sync_status=in_sync")
	p.edit("1005")
	s.tells("msg=check", "fabric=dc1", "worst=drifted")
	time.Sleep(time.Second) // nothing is to happen
	s.ends(syscall.SIGTERM, exitDone)
	if refs := p.git("-C", "fabrics.git", "for-each-ref"); strings.Contains(refs, "selvage/") {
		t.Errorf("it has published: %s", refs)
	}
}

// twoWatches: the second one follows, and takes over when the first one ends.
func twoWatches(t *testing.T, built *program) {
	p := dumped(t, built, "", "")
	first := p.service()
	first.tells("msg=watched", "fabric=dc1", fmt.Sprintf("pid=%d", first.cmd.Process.Pid))
	second := p.service()
	second.tells("msg=watched", "fabric=dc1", fmt.Sprintf("pid=%d", first.cmd.Process.Pid))
	p.edit("1005")
	second.tells("msg=check", "fabric=dc1", "worst=drifted")
	first.ends(syscall.SIGTERM, exitDone)
	second.tells("msg=watched", "fabric=dc1", fmt.Sprintf("pid=%d", second.cmd.Process.Pid))
	p.edit("1001")
	second.tells("msg=check", "fabric=dc1", "sync_status=in_sync")
	second.ends(syscall.SIGTERM, exitDone)
}

package scenarios_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// bin is where the program is built.
var bin string

// built is a program to play with in place of one made of these sources.
var built = flag.String("program", "", "play with this `file` and build nothing")

// binary builds the program, once for the whole process.
var binary = sync.OnceValues(func() (string, error) {
	if *built != "" {
		return filepath.Abs(*built)
	}
	name := filepath.Join(bin, "selvage")
	if out, err := exec.Command("go", "build", "-o", name, "selvage/cmd/selvage").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build selvage: %w\n%s", err, out)
	}
	return name, nil
})

func TestMain(m *testing.M) {
	var err error
	if bin, err = os.MkdirTemp("", "selvage-scenarios-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(bin)
	os.Exit(code)
}

// program is the built program with a configuration and a store of its own, as
// a person would run it: a process, a home, no environment but its own.
type program struct {
	t      testing.TB
	binary string
	dir    string

	mu  sync.Mutex
	env []string
}

// set sets a variable of the program's environment.
func (p *program) set(name, value string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.env = append(p.env, name+"="+value)
}

func newProgram(t testing.TB) *program {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return &program{t: t, binary: name, dir: dir, env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}}
}

// configure writes the configuration over fabrics, each a mapping.
func (p *program) configure(fabrics []map[string]any) {
	p.t.Helper()
	text, err := json.Marshal(map[string]any{"state": map[string]any{"dir": "./state"}, "fabrics": fabrics})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "selvage.yaml"), text, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// newcomer is the program of somebody with the same configuration who never
// looked before.
func (p *program) newcomer() *program {
	p.t.Helper()
	n := &program{t: p.t, binary: p.binary, dir: p.t.TempDir(), env: p.env}
	text, err := os.ReadFile(filepath.Join(p.dir, "selvage.yaml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(n.dir, "selvage.yaml"), text, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// run runs a command and gives its output and exit code.
func (p *program) run(args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	cmd := p.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		p.t.Fatalf("selvage %v: %v", args, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.t.Context(), p.binary, append([]string{"--config", "selvage.yaml"}, args...)...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return cmd
}

// status checks the named fabrics and answers what is said about each.
func (p *program) status(names ...string) map[string]fabricReport {
	p.t.Helper()
	out, errs, code := p.run(append([]string{"status", "-o", "json", "--all"}, names...)...)
	var list struct{ Items []fabricReport }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		p.t.Fatalf("selvage status ends with %d and no JSON: %v\n%s\n%s", code, err, out, errs)
	}
	reports := map[string]fabricReport{}
	for _, f := range list.Items {
		reports[f.Name] = f
	}
	return reports
}

// The document of selvage status, read anew from the contract: what the program
// itself writes it with would prove nothing.

type fabricReport struct {
	Name       string         `json:"name"`
	SyncStatus string         `json:"sync_status"`
	SyncError  string         `json:"sync_error"`
	Counts     map[string]int `json:"counts"`
	NotInGit   map[string]int `json:"not_in_git"`
	Objects    []objectReport `json:"objects"`
}

type objectReport struct {
	Group     string         `json:"group"`
	Kind      string         `json:"kind"`
	Namespace string         `json:"namespace"`
	Name      string         `json:"name"`
	State     string         `json:"state"`
	Reason    string         `json:"reason"`
	Notes     []string       `json:"notes"`
	File      string         `json:"file"`
	Changes   []changeReport `json:"changes"`
}

type changeReport struct {
	Path    string `json:"path"`
	Op      string `json:"op"`
	Verdict string `json:"verdict"`
	Base    any    `json:"base"`
	Git     any    `json:"git"`
	Live    any    `json:"live"`
	Manager string `json:"live_manager"`
	Author  string `json:"git_author"`

	ManagerTime time.Time `json:"live_manager_time"`
}

// String is the change on one line.
func (c changeReport) String() string {
	words := []string{c.Path, c.Op, c.Verdict}
	if c.Manager != "" {
		words = append(words, "by "+c.Manager)
	}
	if c.Author != "" {
		words = append(words, "committed by "+c.Author)
	}
	return fmt.Sprintf("%s (base %v, git %v, live %v)", strings.Join(words, " "), c.Base, c.Git, c.Live)
}

package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"selvage/core"
)

// childEnv makes the test binary play one of the roles of child instead of
// running tests.
const childEnv = "SELVAGE_STORE_CHILD"

func TestMain(m *testing.M) {
	if role := os.Getenv(childEnv); role != "" {
		if err := child(role, os.Args[1], os.Args[2]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is another process on the store in dir, that looks after one object.
func child(role, dir, object string) error {
	i, err := strconv.Atoi(object)
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := Open(ctx, Config{Dir: dir, Now: time.Now})
	if err != nil {
		return err
	}
	switch role {
	case "once":
		if err := s.Record(ctx, numbered(i, 1)); err != nil {
			return err
		}
		return s.Close()
	case "record": // until killed; a line acknowledges each check
		for n := 1; ; n++ {
			if err := s.Record(ctx, numbered(i, n)); err != nil {
				return err
			}
			fmt.Println(n)
		}
	case "turns": // a check and a look for each line on stdin
		in := bufio.NewScanner(os.Stdin)
		for n := 1; in.Scan(); n++ {
			if err := s.Record(ctx, numbered(i, n)); err != nil {
				return err
			}
			m, err := s.Memory(ctx, "dc1")
			if err != nil {
				return err
			}
			fmt.Println(len(m.Objects))
		}
		return s.Close()
	}
	switch role {
	case "decide":
		return decideForEver(ctx, s)
	case "publish":
		return publishForEver(ctx, s)
	case "lease":
		return leaseForEver(ctx, s, dir, i)
	}
	return fmt.Errorf("no role %q", role)
}

// numbered is check n of the process that looks after object i: that number is
// what it says about the object, in several places.
func numbered(i, n int) core.Check {
	at := noon.Add(time.Duration(n) * time.Second)
	c := empty("dc1", at)
	fields := map[string]any{"spec": map[string]any{"n": int64(n), "pad": strings.Repeat("x", 500)}}
	o := &core.Object{Key: vpcKey(i), Version: "v1beta1", Fields: fields, Digest: core.DigestJSON(fields), ResourceVersion: strconv.Itoa(n)}
	c.Git = core.NewSnapshot(c.Report.Git...)
	c.Git.Add(o)
	c.Changed = []core.Remembered{{
		Git: core.Sight{Object: o, At: at}, Live: core.Sight{Object: o, At: at},
		Verdict: core.Verdict{Key: o.Key, State: core.Differs, Reason: strconv.Itoa(n), Since: at},
	}}
	c.Transitions = []core.Transition{{Key: o.Key, At: at, From: core.Differs, To: core.Differs, Reason: strconv.Itoa(n)}}
	return c
}

func start(t *testing.T, role, dir string, object int) (*exec.Cmd, io.WriteCloser, *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, dir, strconv.Itoa(object))
	cmd.Env = append(os.Environ(), childEnv+"="+role)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // where the test has not ended it
		if cmd.ProcessState == nil {
			if err := errors.Join(cmd.Process.Kill(), ended(cmd)); err != nil {
				t.Error(err)
			}
		}
	})
	return cmd, in, bufio.NewScanner(out)
}

// ended waits for a process that was killed.
func ended(cmd *exec.Cmd) error {
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		return err
	}
	return nil
}

func TestAcknowledgedChecksSurviveKill(t *testing.T) {
	dir := t.TempDir()
	for round := range 8 {
		cmd, _, out := start(t, "record", dir, 1)
		acknowledged := 0
		for out.Scan() {
			n, err := strconv.Atoi(out.Text())
			if err != nil {
				t.Fatalf("the child says %q", out.Text())
			}
			if acknowledged = n; n == 5+3*round {
				if err := cmd.Process.Kill(); err != nil { // SIGKILL, while it goes on recording
					t.Fatal(err)
				}
			}
		}
		if err := ended(cmd); err != nil {
			t.Fatal(err)
		}

		s := openAt(t, dir) // with a quick_check
		m := memory(t, s, "dc1")
		got, err := strconv.Atoi(m.Objects[vpcKey(1)].Verdict.Reason)
		if err != nil || got < acknowledged || got > acknowledged+1 {
			t.Fatalf("round %d: check %d is remembered, %v, %d were acknowledged", round, got, err, acknowledged)
		}
		r := m.Objects[vpcKey(1)]
		side := m.Git.Side(vpcKey(1)).Object
		for _, o := range []*core.Object{r.Git.Object, r.Live.Object, side} {
			if o.ResourceVersion != strconv.Itoa(got) || o.Fields["spec"].(map[string]any)["n"] != int64(got) {
				t.Errorf("round %d: parts of check %s beside check %d", round, o.ResourceVersion, got)
			}
		}
		if !m.LastCheck.Equal(noon.Add(time.Duration(got) * time.Second)) {
			t.Errorf("round %d: last check %s, want that of check %d", round, m.LastCheck, got)
		}
		last := past[core.Transition](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}, Limit: 2}))
		if round == 0 && (len(last) == 0 || last[0].Reason != strconv.Itoa(got)) {
			t.Errorf("round %d: last transition %v, want that of check %d", round, last, got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProcessesTakeTurns(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	_, in, out := start(t, "turns", dir, 3)
	for n := 1; n <= 20; n++ {
		record(t, a, numbered(1, n))
		record(t, b, numbered(2, n))
		fmt.Fprintln(in, "go")
		if !out.Scan() || out.Text() != "3" {
			t.Fatalf("the child sees %q objects, want 3", out.Text())
		}
		for name, s := range map[string]*Store{"a": a, "b": b} {
			m := memory(t, s, "dc1")
			for i := 1; i <= 3; i++ {
				if got := m.Objects[vpcKey(i)].Verdict.Reason; got != strconv.Itoa(n) {
					t.Errorf("turn %d: handle %s knows check %s of object %d", n, name, got, i)
				}
			}
		}
	}
	if got := count(t, a, "SELECT count(*) FROM checks"); got != 60 {
		t.Errorf("%d checks, want 60", got)
	}
}

// All at once: no process may fail because others record too.
func TestProcessesRecordAtOnce(t *testing.T) {
	dir := t.TempDir()
	const processes, checks = 4, 25
	wait := make([]func(), processes)
	for i := range processes {
		cmd, in, out := start(t, "turns", dir, i)
		fmt.Fprint(in, strings.Repeat("go\n", checks))
		finish(t, in)
		wait[i] = func() {
			n := 0
			last := ""
			for ; out.Scan(); n++ {
				last = out.Text()
			}
			if err := cmd.Wait(); err != nil || n != checks {
				t.Errorf("process %d: %v after %d checks: %s", i, err, n, last)
			}
		}
	}
	for _, w := range wait {
		w()
	}
	s := openAt(t, dir)
	if got := count(t, s, "SELECT count(*) FROM checks"); got != processes*checks {
		t.Errorf("%d checks, want %d", got, processes*checks)
	}
	for i := range processes {
		if got := memory(t, s, "dc1").Objects[vpcKey(i)].Verdict.Reason; got != strconv.Itoa(checks) {
			t.Errorf("object %d: check %s is the last one, want %d", i, got, checks)
		}
	}
}

// Root may write anywhere, so another user tries.
func TestMissingRightsAreExplained(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(t.TempDir(), "child") // where that user can read it
	copyFile(t, self, exe)
	base := t.TempDir()
	for _, dir := range []string{filepath.Dir(exe), filepath.Dir(filepath.Dir(exe)), base} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	readOnlyDir := filepath.Join(base, "readonly")
	if err := os.Mkdir(readOnlyDir, 0o555); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(base, "closed") // a store that somebody has locked up
	openAt(t, closed)
	file := filepath.Join(closed, "selvage.db")
	if err := errors.Join(os.Chmod(file, 0o400), os.Chmod(closed, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(os.Chmod(closed, 0o700), os.Chmod(file, 0o600)); err != nil {
			t.Error(err)
		}
	})
	for _, dir := range []string{readOnlyDir, filepath.Join(readOnlyDir, "below"), closed} {
		cmd := exec.Command(exe, dir, "1")
		cmd.Env = append(os.Environ(), childEnv+"=once")
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.Output()
		if err == nil || !strings.Contains(string(out), "write access") || !strings.Contains(string(out), dir) {
			t.Errorf("a check in %s: %v, %q, want what to do", dir, err, out)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o755); err != nil {
		t.Fatal(err)
	}
}

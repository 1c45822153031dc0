package repo_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"selvage/core"
	"selvage/core/repo"
)

// TestCredentialHelperCannotTouchTheTerminal has a helper that wants a person,
// leaves a process behind and hangs.
func TestCredentialHelperCannotTouchTheTerminal(t *testing.T) {
	dir := t.TempDir()
	script, config, pids := filepath.Join(dir, "helper"), filepath.Join(dir, "gitconfig"), filepath.Join(dir, "pids")
	for file, text := range map[string]string{
		script: fmt.Sprintf("#!/bin/sh\nset -x; : password=geheim\necho Password: >/dev/tty && touch %[1]s.tty\nsleep 60 &\necho $$ $! >%[1]s\nwait\n", pids),
		config: fmt.Sprintf("[credential]\n\thelper = %q\n", "!"+script),
	} {
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	s := serveHTTP(t, with(t, map[string]string{"a.yaml": vpc("a")}), (*httptest.Server).Start)
	s.user, s.password = "deploy", "geheim"
	p := pool(func(c *repo.Config) { c.Timeout = 2 * time.Second })
	started := time.Now()
	r := readFailed(t, p.Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}}))
	if took := time.Since(started); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if want := "git credential fill: no answer within 2s (check git's credential.helper)"; r.Access != core.AccessUnauthorized || !strings.HasSuffix(r.Error, want) {
		t.Errorf("%s, %q; want …%q", r.Access, r.Error, want)
	}
	if strings.Contains(r.Error, "geheim") {
		t.Errorf("what the helper says is shown: %q", r.Error)
	}
	if _, err := os.Stat(pids + ".tty"); err == nil {
		t.Error("the helper could open the terminal")
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(10 * time.Second); !buried(pid); {
			if time.Now().After(deadline) {
				t.Fatalf("process %d of the helper is still there", pid)
			}
		}
	}
}

// buried tells whether a process runs no more, or only waits to be buried.
func buried(pid int) bool {
	if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

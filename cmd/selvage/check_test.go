package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"selvage/testdata/labtest"
)

// hangingHistory serves the folder repo in dir with git's own server program. It
// tells the head of the branch, and when it is asked for the history stops
// answering.
func hangingHistory(t *testing.T, dir string) (url string, asked *atomic.Int32) {
	t.Helper()
	path, err := exec.CommandContext(t.Context(), "git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"), Root: "/", Stderr: io.Discard, Logger: log.New(io.Discard, "", 0),
		Env: []string{
			"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
	}
	asked = &atomic.Int32{}
	done := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if r.Method == http.MethodPost && !bytes.Contains(body, []byte("deepen ")) { // not the head alone
			asked.Add(1)
			select {
			case <-r.Context().Done():
			case <-done:
			}
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(done) })
	return s.URL + "/repo", asked
}

// TestACommandDoesNotWaitForAHistoryThatHangs: it prints what it knows, and says
// once what is missing.
func TestACommandDoesNotWaitForAHistoryThatHangs(t *testing.T) {
	a, out, errs := bareApp(t)
	dir := t.TempDir()
	for _, name := range []string{"dc1", "dc2"} {
		write(t, filepath.Join(dir, "repo", name, "vpcs.yaml"), vpcs(2, 1000))
	}
	gitRepo(t, dir)
	url, asked := hangingHistory(t, dir)
	write(t, filepath.Join(dir, "live.yaml"), vpcs(2, 1001))
	a.home, a.settle = dir, 100*time.Millisecond
	file := filepath.Join(dir, "selvage.yaml")
	text := "state: {dir: state}\nfabrics:\n"
	for _, name := range []string{"dc1", "dc2"} {
		text += fmt.Sprintf("  - name: %s\n    cluster: {cluster_name: %s, namespace: default, dump: live.yaml}\n    git: {url: %q, path: %s}\n", name, name, url, name)
	}
	write(t, file, text)
	tell := func(fabrics string) string {
		return "selvage: " + fabrics + ": git's history is still being read: who and when are missing for now\n"
	}
	began := time.Now()
	for _, tt := range []struct {
		args   []string
		code   int
		shows  string
		errors string
	}{
		{[]string{"status", "--exit-code"}, exitDifferences, "dc2", tell("dc1, dc2")},
		{[]string{"diff", "dc1"}, exitDifferences, ".spec.vlan", tell("dc1")},
		{[]string{"accept", "dc1", "--base", "--count", "2"}, exitDone, "accepted what git and live say", tell("dc1")}, // checks twice
	} {
		out.Reset()
		errs.Reset()
		code := a.run(t.Context(), append([]string{"--config", file}, tt.args...)...)
		if code != tt.code || !strings.Contains(out.String(), tt.shows) || errs.String() != tt.errors {
			t.Errorf("%v exits with %d, prints %q and says %q; want %d, %q and %q", tt.args, code, out, errs, tt.code, tt.shows, tt.errors)
		}
	}
	if asked.Load() == 0 {
		t.Error("nobody asked for the history")
	}
	labtest.Eventually(t, "what was asked of the history ends with the command", func() error {
		left, err := filepath.Glob(filepath.Join(dir, ".cache/selvage/*/*.new"))
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("half a clone is left: %v", left)
		}
		return err
	})
	if took := time.Since(began); took > longestLook {
		t.Errorf("they took %s in all", took)
	}
}

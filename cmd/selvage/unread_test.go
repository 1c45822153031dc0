package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unreadApp is the program with a fabric of which neither side can be read.
func unreadApp(t *testing.T) (a *app, out, errs *bytes.Buffer) {
	t.Helper()
	a, out, errs = bareApp(t)
	dir := t.TempDir()
	a.configPath = filepath.Join(dir, "selvage.yaml")
	text := "state: {dir: ./state}\nfabrics:\n- name: b\n  cluster: {cluster_name: b, namespace: default, dump: ./none.yaml}\n" +
		"  git: {url: \"file://" + filepath.ToSlash(filepath.Join(dir, "none")) + "\", branch: main, path: b}\n"
	if err := os.WriteFile(a.configPath, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a.env = func(name string) (string, bool) {
		return map[string]string{"XDG_CACHE_HOME": dir}[name], name == "XDG_CACHE_HOME"
	}
	return a, out, errs
}

// TestWhatWasNotReadIsNotAbsent: an object of which no side was read is there or not,
// and nobody knows.
func TestWhatWasNotReadIsNotAbsent(t *testing.T) {
	for _, command := range []string{
		"diff b VPC/x", "explain b VPC/x", "resolve b VPC/x --take git", "ack b VPC/x --reason r --for 1h",
		"accept b VPC/x --base", "snapshot diff --fabric b --object VPC/x",
	} {
		a, out, errs := unreadApp(t)
		code := a.run(t.Context(), append(strings.Fields(command), "--config", a.configPath)...)
		for _, want := range []string{`whether b has "VPC/x" is not known`, "none.yaml", "no such folder (fix git.url)"} {
			if !strings.Contains(errs.String(), want) {
				t.Errorf("%s does not say %q:\n%s", command, want, errs)
			}
		}
		if code != exitUnread || strings.Contains(errs.String(), "no object") {
			t.Errorf("%s ends with %d and says\n%s%s", command, code, out, errs)
		}
	}
	a, _, errs := unreadApp(t)
	if code := a.run(t.Context(), "diff", "b", "x", "--config", a.configPath); code != exitUsage || !strings.Contains(errs.String(), "names no object") {
		t.Errorf("what names no object ends with %d: %s", code, errs)
	}
}

// TestAnObjectOfOneUnreadSideIsNotAbsent: Git was read there and does not have it, but live
// may.
func TestAnObjectOfOneUnreadSideIsNotAbsent(t *testing.T) {
	a, _ := demoWorld(t, 1)
	errs := a.errs.(*bytes.Buffer)
	if code := a.run(t.Context(), "diff", "lab-gpu", "VPC/zzz", "--config", a.configPath); code != exitUnread || !strings.Contains(errs.String(), `whether lab-gpu has "VPC/zzz" is not known: live, last read`) {
		t.Errorf("exit %d: %s", code, errs)
	}
	errs.Reset()
	// A file that cannot be read may hold anything.
	if code := a.run(t.Context(), "diff", "edge-sin", "VPC/zzz", "--config", a.configPath); code != exitUnread || !strings.Contains(errs.String(), "edge/sin/vpcs/vpc-02.yaml: could not find") {
		t.Errorf("exit %d: %s", code, errs)
	}
	errs.Reset()
	if code := a.run(t.Context(), "diff", "dc1-frontend", "VPC/zzz", "--config", a.configPath); code != exitUsage || !strings.Contains(errs.String(), `no object "VPC/zzz" in git or live`) {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// TestWhatIsNotKnownIsLeftOutOfStatus and is no zero.
func TestWhatIsNotKnownIsLeftOutOfStatus(t *testing.T) {
	a, out, _ := unreadApp(t)
	a.run(t.Context(), "status", "-o", "json", "--config", a.configPath)
	var doc struct{ Items []map[string]any }
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil || len(doc.Items) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	f := doc.Items[0]
	if counts, has := f["counts"]; has {
		t.Errorf("nothing was read, and the counts are %v", counts)
	}
	for part, names := range map[string][]string{"engine": {"type"}, "agents": {"converged", "total"}} {
		of, ok := f[part].(map[string]any)
		if !ok || of["access"] == "ok" || of["error"] == "" {
			t.Errorf("%s is %v, want why it was not read", part, f[part])
		}
		for _, name := range names {
			if v, has := of[name]; has {
				t.Errorf("%s was not read, and its %s is %v", part, name, v)
			}
		}
	}
}

func TestFailOnNamesTheStatesAsTheyAreTyped(t *testing.T) {
	_, err := failStates(statusFlags{failOn: []string{"foo"}})
	if want := `--fail-on: no state "foo" (the states are invalid, stuck, conflict, unknown, `; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s...", err, want)
	}
}

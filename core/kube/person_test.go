package kube

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"selvage/core"
)

// asksAPerson is a plugin that gives a token to whom it can ask, and to nobody else.
const asksAPerson = `case "$KUBERNETES_EXEC_INFO" in *'"interactive":true'*) ;; *) echo "somebody has to log in" >&2; exit 1;; esac
read -r word; test "$word" = open || { echo "wrong word" >&2; exit 1; }
echo run >>runs
`

// logIn runs a login as a person would who types a word.
func logIn(t *testing.T, p PersonLogin, word string) ([]byte, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), p.Argv[0], p.Argv[1:]...)
	c.Env = append(c.Environ(), p.Env...)
	c.Stdin = strings.NewReader(word + "\n")
	return c.Output()
}

func TestAPersonLogsIn(t *testing.T) {
	c := newCluster(t)
	dir := t.TempDir()
	write(t, 0o600, filepath.Join(dir, "token"), "reader")
	s := New(plugin(t, c, "cd "+dir+"\n"+asksAPerson+givesToken, ""))
	access(t, s, core.AccessLoginNeeded)
	p, err := s.PersonLogin()
	if err != nil || p.ForCluster {
		t.Fatalf("PersonLogin() = %+v, %v", p, err)
	}
	output, err := logIn(t, p, "open")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.TakeLogin(t.Context(), output); err != nil {
		t.Fatal(err)
	}
	access(t, s, core.AccessOK)
	access(t, s, core.AccessOK)
	if n := strings.Count(mustRead(t, filepath.Join(dir, "runs")), "run"); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
	// Refused, it is asked for again.
	c.with(func() { c.token = "another" })
	access(t, s, core.AccessUnauthorized)
	if output, err = logIn(t, p, "open"); err != nil || s.TakeLogin(t.Context(), output) != nil {
		t.Fatal(err)
	}
	c.with(func() { c.token = "reader" })
	access(t, s, core.AccessOK)
}

func TestWhatAPersonGotIsLookedAt(t *testing.T) {
	c := newCluster(t)
	s := New(plugin(t, c, "exit 1", ""))
	for _, output := range []string{"", "no", `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}`} {
		if err := s.TakeLogin(t.Context(), []byte(output)); err == nil {
			t.Errorf("it takes %q", output)
		}
	}
	if _, err := New(c.config()).PersonLogin(); err == nil {
		t.Error("nobody can log in without a plugin")
	}
	write(t, 0o600, s.config.Kubeconfig, strings.Replace(mustRead(t, s.config.Kubeconfig), "IfAvailable", "Never", 1))
	if _, err := s.PersonLogin(); err == nil || !strings.Contains(err.Error(), "asks nobody") {
		t.Errorf("a plugin that asks nobody: %v", err)
	}
}

// TestLoginsOfOneCommandAreTheSame, so that nobody is asked twice.
func TestLoginsOfOneCommandAreTheSame(t *testing.T) {
	c := newCluster(t)
	config := plugin(t, c, "exit 1", "      provideClusterInfo: true\n")
	a, err := New(config).PersonLogin()
	if err != nil || !a.ForCluster {
		t.Fatalf("%+v, %v", a, err)
	}
	config.APIServer = "https://elsewhere.example:6443"
	b, err := New(config).PersonLogin()
	if err != nil || !a.Same(b) {
		t.Errorf("of two clusters they are %+v and %+v (%v)", a, b, err)
	}
	b.base = append(b.base, "AWS_PROFILE=other")
	if a.Same(b) {
		t.Error("with another environment they are the same")
	}
}

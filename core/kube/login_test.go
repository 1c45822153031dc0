package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"selvage/core"
)

func write(t testing.TB, mode os.FileMode, name, text string) string {
	t.Helper()
	if !filepath.IsAbs(name) {
		name = filepath.Join(t.TempDir(), name)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return name
}

func access(t testing.TB, s *Source, want core.Access) core.Reading {
	t.Helper()
	got := s.Read(t.Context(), scope()).Readings[0]
	if got.Access != want {
		t.Errorf("reading = %+v, want %s", got, want)
	}
	return got
}

func TestTokenComesFromFileOrEnvironment(t *testing.T) {
	c := newCluster(t)
	config := c.config()
	config.Token, config.TokenFile = "", write(t, 0o600, "token", "reader\n")
	access(t, New(config), core.AccessOK)
	config.TokenFile, config.TokenEnv = "", "DC1_TOKEN"
	config.LookupEnv = func(name string) (string, bool) {
		return map[string]string{"DC1_TOKEN": "reader"}[name], name == "DC1_TOKEN"
	}
	access(t, New(config), core.AccessOK)
}

func TestTokenFileIsReadAgainWhenItChanges(t *testing.T) {
	c := newCluster(t)
	config := c.config()
	config.Token, config.TokenFile = "", write(t, 0o600, "token", "reader")
	s := New(config)
	access(t, s, core.AccessOK)
	c.with(func() { c.token = "renewed" })
	access(t, s, core.AccessUnauthorized)
	write(t, 0o600, config.TokenFile, "renewed")
	access(t, s, core.AccessOK)
	write(t, 0o600, config.TokenFile, " \n")
	if got := access(t, s, core.AccessLoginNeeded); !strings.Contains(got.Error, "is empty") {
		t.Errorf("error = %q", got.Error)
	}
}

func TestTokenFileIsReadOnceMoreOnA401(t *testing.T) {
	c := newCluster(t)
	k := c.put("VPC", "default", "vpc-1")
	config := c.config()
	config.Token, config.TokenFile = "", write(t, 0o600, "token", "reader")
	s := New(config)
	access(t, s, core.AccessOK)
	c.answer(vpcsPath, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer reader" { // the token is renewed while lists run
			c.with(func() { c.token = "renewed" })
			write(t, 0o600, config.TokenFile, "renewed")
			refuse(w, http.StatusUnauthorized, "Unauthorized")
			return
		}
		c.list(w, r)
	})
	if got := s.Read(t.Context(), scope()); got.Side(k).Presence != core.Present || len(got.Gaps) > 0 {
		t.Errorf("reading = %+v, gaps = %+v", got.Readings[0], got.Gaps)
	}
}

// kubeconfig writes one with the contexts dc1 and old; user is the YAML of
// dc1's user, indented by four.
func kubeconfig(t testing.TB, c *cluster, user string) string {
	t.Helper()
	config := c.config()
	ca, err := os.ReadFile(config.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, 0o600, "config", fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: old
clusters:
- name: dc1
  cluster:
    server: %s
    certificate-authority-data: %s
- name: old
  cluster: {server: "https://127.0.0.1:1"}
contexts:
- name: dc1
  context: {cluster: dc1, user: dc1}
- name: old
  context: {cluster: old, user: dc1}
users:
- name: dc1
  user:
%s
`, c.server.URL, base64.StdEncoding.EncodeToString(ca), user))
}

func fromKubeconfig(c *cluster, path string) Config {
	return Config{
		ClusterName: "dc1", Kubeconfig: path, Context: "dc1", RequestTimeout: 10 * time.Second,
		Now: time.Now, LookupEnv: c.config().LookupEnv,
	}
}

func TestKubeconfigAndContext(t *testing.T) {
	c := newCluster(t)
	config := fromKubeconfig(c, kubeconfig(t, c, "    token: reader"))
	got := access(t, New(config), core.AccessOK)
	if got.URL != c.server.URL {
		t.Errorf("URL = %q", got.URL)
	}
	config.Context = ""
	access(t, New(config), core.AccessUnreachable)
	config.Context = "dc2"
	if got := access(t, New(config), core.AccessInvalid); !strings.Contains(got.Error, "set context to one of: dc1, old") {
		t.Errorf("error = %q", got.Error)
	}
	config.Context = "dc1"
	config.APIServer = "https://127.0.0.1:2" // what the fabric says goes before
	access(t, New(config), core.AccessUnreachable)
}

func TestPathsInAKubeconfigStartAtItsFolder(t *testing.T) {
	c := newCluster(t)
	path := kubeconfig(t, c, "    tokenFile: secrets/token")
	if err := os.Mkdir(filepath.Join(filepath.Dir(path), "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	token := write(t, 0o600, filepath.Join(filepath.Dir(path), "secrets/token"), "reader")
	s := New(fromKubeconfig(c, path))
	access(t, s, core.AccessOK)
	c.with(func() { c.token = "renewed" })
	write(t, 0o600, token, "renewed")
	access(t, s, core.AccessOK)
}

func TestKubeconfigThatIsBroken(t *testing.T) {
	c := newCluster(t)
	for name, text := range map[string]string{
		"not YAML":      "{",
		"no such file":  strings.Replace(mustRead(t, kubeconfig(t, c, "    token: reader")), "certificate-authority-data: ", "certificate-authority: /nowhere #", 1),
		"auth-provider": mustRead(t, kubeconfig(t, c, "    auth-provider: {name: gcp}")),
	} {
		got := New(fromKubeconfig(c, write(t, 0o600, "config", text))).Read(t.Context(), scope()).Readings[0]
		if got.Access != core.AccessInvalid && got.Access != core.AccessLoginNeeded || strings.Contains(got.Error, "\n") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func mustRead(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// plugin writes a credential plugin, a shell script, and a kubeconfig that uses
// it.
func plugin(t testing.TB, c *cluster, script, more string) Config {
	t.Helper()
	path := write(t, 0o700, "plugin", "#!/bin/sh\n"+script+"\n")
	return fromKubeconfig(c, kubeconfig(t, c, fmt.Sprintf(`    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: %s
      interactiveMode: IfAvailable
      env: [{name: WHO, value: reader}]
%s`, path, more)))
}

const givesToken = `echo "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"$(cat token)\"$EXPIRES}}"`

func TestCredentialPluginIsRunOnceAndAgainOnA401(t *testing.T) {
	c := newCluster(t)
	runs := filepath.Join(t.TempDir(), "runs")
	config := plugin(t, c, "cd "+filepath.Dir(runs)+"; echo run >>runs; test \"$WHO\" = reader || exit 1\n"+givesToken, "")
	token := write(t, 0o600, filepath.Join(filepath.Dir(runs), "token"), "reader")
	s := New(config)
	access(t, s, core.AccessOK)
	access(t, s, core.AccessOK)
	if n := strings.Count(mustRead(t, runs), "run"); n != 1 {
		t.Errorf("%d runs for two checks, want 1", n)
	}
	c.with(func() { c.token = "renewed" })
	write(t, 0o600, token, "renewed")
	access(t, s, core.AccessOK)
	c.with(func() { c.token = "nobody has this" })
	access(t, s, core.AccessUnauthorized)
	if n := strings.Count(mustRead(t, runs), "run"); n != 3 {
		t.Errorf("%d runs, want 3: one per refusal", n)
	}
}

func TestCredentialPluginIsRunAgainWhenItsTokenExpires(t *testing.T) {
	c := newCluster(t)
	runs := filepath.Join(t.TempDir(), "runs")
	config := plugin(t, c, "cd "+filepath.Dir(runs)+`; echo run >>runs; EXPIRES=',"expirationTimestamp":"2026-11-23T10:05:00Z"'`+"\n"+givesToken, "")
	write(t, 0o600, filepath.Join(filepath.Dir(runs), "token"), "reader")
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	config.Now = func() time.Time { return now }
	s := New(config)
	for _, want := range []int{1, 1, 2} {
		access(t, s, core.AccessOK)
		if n := strings.Count(mustRead(t, runs), "run"); n != want {
			t.Errorf("at %s: %d runs, want %d", now.Format("15:04"), n, want)
		}
		now = now.Add(3 * time.Minute)
	}
}

func TestCredentialPluginMayGiveACertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) == 0 || r.Header.Get("Authorization") != "" {
			refuse(w, http.StatusUnauthorized, "Unauthorized")
			return
		}
		refuse(w, http.StatusForbidden, "the certificate came")
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	defer server.Close()
	key, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	output, err := json.Marshal(map[string]any{
		"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": map[string]any{
			"clientCertificateData": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
			"clientKeyData":         string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	config := plugin(t, newCluster(t), "cat "+write(t, 0o600, "output", string(output)), "")
	config.APIServer, config.Insecure = server.URL, true
	if got := access(t, New(config), core.AccessForbidden); !strings.Contains(got.Error, "the certificate came") {
		t.Errorf("error = %q", got.Error)
	}
}

func TestCredentialPluginThatNeedsAPerson(t *testing.T) {
	c := newCluster(t)
	for name, test := range map[string]struct{ script, more, reason string }{
		"fails":                      {"echo 'Your session\nhas expired.' >&2; exit 3", "", "exit status 3: Your session has expired. (log in by hand"},
		"asks on the terminal":       {"echo -n Password: >/dev/tty && read x </dev/tty", "", "credential plugin"},
		"asks on standard input":     {"read x || { echo no input >&2; exit 1; }", "", "no input"},
		"hangs":                      {"sleep 60 & sleep 60", "", "no whole answer within 1s"},
		"says nothing":               {"true", "", "no ExecCredential"},
		"gives no token":             {`echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'`, "", "neither a token nor a certificate"},
		"speaks another version":     {`echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"a"}}'`, "", "no ExecCredential of client.authentication.k8s.io/v1"},
		"is meant to be interactive": {"exit 1", "      interactiveMode: Always", "wants to ask a person"},
		"is not there":               {"", "      command: /nowhere/plugin\n      installHint: install it", "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			config := plugin(t, c, test.script, "")
			text := mustRead(t, config.Kubeconfig)
			if field, _, _ := strings.Cut(strings.TrimSpace(test.more), ":"); field != "" {
				i := strings.Index(text, "      "+field+":")
				end := i + strings.Index(text[i:], "\n")
				text = text[:i] + test.more + text[end:]
			}
			write(t, 0o600, config.Kubeconfig, text)
			config.RequestTimeout = patience
			if name == "hangs" {
				config.RequestTimeout = time.Second
			}
			start := time.Now()
			got := access(t, New(config), core.AccessLoginNeeded)
			if !strings.Contains(got.Error, test.reason) || strings.Contains(got.Error, "\n") {
				t.Errorf("error = %q, want %q", got.Error, test.reason)
			}
			if took := time.Since(start); took > patience {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestCredentialPluginHasASessionOfItsOwn(t *testing.T) {
	c := newCluster(t)
	pidFile := filepath.Join(t.TempDir(), "pid")
	config := plugin(t, c, "echo $$ >"+pidFile+".new; mv "+pidFile+".new "+pidFile+"; sleep 60", "")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		New(config).Read(ctx, scope())
	}()
	pid := 0
	for deadline := time.Now().Add(10 * time.Second); pid == 0; runtime.Gosched() {
		if text, err := os.ReadFile(pidFile); err == nil {
			pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		} else if time.Now().After(deadline) {
			t.Fatal("the plugin does not run")
		}
	}
	if session, err := unix.Getsid(pid); err != nil || session != pid {
		t.Errorf("the session of plugin %d is %d, %v: it can open the terminal", pid, session, err)
	}
	stop()
	<-ended
	if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) {
		t.Errorf("the plugin is still there: %v", err)
	}
}

func TestReadDoesNotWaitForTheCredentialPluginOfAnother(t *testing.T) {
	c := newCluster(t)
	config := plugin(t, c, "sleep 60", "")
	config.RequestTimeout = time.Minute
	s := New(config)
	ctx, stop := context.WithCancel(t.Context())
	first := make(chan core.Reading, 1)
	go func() { first <- s.Read(ctx, scope()).Readings[0] }()
	for deadline := time.Now().Add(10 * time.Second); len(s.lock) == 1; runtime.Gosched() { // until the plugin runs
		if time.Now().After(deadline) {
			t.Fatal("the first read does not get to its credential plugin")
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if got := s.Read(ended, scope()).Readings[0]; got.Access == core.AccessOK {
		t.Errorf("reading = %+v", got)
	}
	stop()
	if got := <-first; got.Access == core.AccessOK {
		t.Errorf("reading = %+v", got)
	}
}

func TestProxyIsUsed(t *testing.T) {
	c := newCluster(t)
	var tunnels atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		tunnels.Add(1)
		tunnel(w, r)
	}))
	defer proxy.Close()
	config := c.config()
	config.ProxyURL = proxy.URL
	s := New(config)
	access(t, s, core.AccessOK)
	access(t, s, core.AccessOK)
	if n := tunnels.Load(); n < 1 || n > 2 {
		t.Errorf("%d tunnels for two checks, want one, or two where the first requests met", n)
	}
}

func tunnel(w http.ResponseWriter, r *http.Request) {
	there, err := net.Dial("tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	here, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	fmt.Fprint(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(there, here)
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there)
	_ = here.Close()
}

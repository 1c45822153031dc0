package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/core/doctor"
)

// apis is the discovery of an API that has no kind of selvage's.
const apis = `{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[
	{"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[]}]}]}`

// expiring is an API server whose certificate ends at a time.
func expiring(t *testing.T, ends time.Time) (address, ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "dc1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: ends.AddDate(-1, 0, 0), NotAfter: ends, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, apis)
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it is told that its certificate has ended
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL, ca
}

func TestDoctorTellsWhatEndsSoon(t *testing.T) {
	now := time.Now()
	encode := base64.RawURLEncoding.EncodeToString
	token := encode([]byte("{}")) + "." + encode(fmt.Appendf(nil, `{"sub":"selvage","iat":%d,"exp":%d}`, now.AddDate(0, 0, -360).Unix(), now.AddDate(0, 0, 3).Unix())) + "." + encode([]byte("-"))
	for name, c := range map[string]struct {
		ends time.Time
		code int
		want map[string]doctor.Level // by what of the credentials
	}{
		"in three days":  {now.Add(73 * time.Hour), exitDone, map[string]doctor.Level{"cluster: server certificate": doctor.Warn, "cluster: certificate authority": doctor.Warn, "cluster: token": doctor.Warn}},
		"in half a year": {now.AddDate(0, 6, 0), exitDone, map[string]doctor.Level{"cluster: server certificate": doctor.OK, "cluster: certificate authority": doctor.OK}},
		"yesterday":      {now.AddDate(0, 0, -1), exitUnread, map[string]doctor.Level{"cluster: certificate authority": doctor.Fail}},
	} {
		t.Run(name, func(t *testing.T) {
			address, ca := expiring(t, c.ends)
			dir := t.TempDir()
			file := filepath.Join(dir, "selvage.yaml")
			text := fmt.Sprintf("state: {dir: state}\nfabrics:\n  - name: dc1\n    cluster: {cluster_name: dc1, namespace: default, api_server: %q, ca_file: %q, token: %q}\n    git: {url: %q, path: dc1}\n    mode: read\n    engine: {type: none}\n", address, ca, token, repository(t))
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			a, out, errs := bareApp(t)
			if code := a.run(t.Context(), "--config", file, "doctor", "-o", "json"); code != c.code {
				t.Errorf("it exits with %d, want %d: %s%s", code, c.code, out, errs)
			}
			var d diagnosis
			if err := json.Unmarshal(out.Bytes(), &d); err != nil {
				t.Fatalf("%v: %s%s", err, out, errs)
			}
			found := map[string]diagnosisItem{}
			for _, f := range d.Items {
				found[f.What] = f
			}
			for what, level := range c.want {
				if f := found[what]; f.Level != level || f.Area != doctor.AreaCredentials {
					t.Errorf("%s: %+v, want %s", what, f, level)
				}
			}
			if bytes.Contains(out.Bytes(), []byte(strings.Split(token, ".")[1])) {
				t.Error("the token is shown")
			}
		})
	}
}

// repository is one with a VPC in dc1.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "dc1"), 0o700); err != nil {
		t.Fatal(err)
	}
	vpc := "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
	if err := os.WriteFile(filepath.Join(dir, "dc1", "a.yaml"), []byte(vpc), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"-c", "user.name=Kim", "-c", "user.email=kim@example.net", "commit", "-qm", "one"}} {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}

// TestEveryOutputWordIsCompleted: what a flag's help lists is what it takes, and
// what is offered for it.
func TestEveryOutputWordIsCompleted(t *testing.T) {
	a, _, _ := bareApp(t)
	for _, c := range withBelow(a.command()) {
		f := c.Flags().Lookup("output")
		if f == nil {
			continue
		}
		words := alternatives(f.Usage)
		if len(words) < 2 || words[0] != f.DefValue {
			t.Errorf("%s offers %q for --output, whose default is %q", c.CommandPath(), words, f.DefValue)
		}
	}
}

// TestEveryCommandIsInTheManual holds the manual against the commands, the flags,
// the keymap and the variables that the program reads.
func TestEveryCommandIsInTheManual(t *testing.T) {
	a, _, _ := bareApp(t)
	root := a.command()
	text := manual(root)
	for _, c := range withBelow(root) {
		if c.IsAvailableCommand() && c != root && !strings.Contains(text, escaped(c.CommandPath())) {
			t.Errorf("%s is not in it", c.CommandPath())
		}
	}
	for l := range strings.Lines(text) {
		if strings.HasPrefix(l, ".") && !strings.HasPrefix(l, ".TH ") && !strings.HasPrefix(l, ".S") && !strings.HasPrefix(l, ".PP") && !strings.HasPrefix(l, ".TP") && l != ".nf\n" && l != ".fi\n" {
			t.Errorf("a line is taken for a request: %q", l)
		}
	}
}

package cluster_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"selvage/testdata/lab/cluster"
)

const vpcs = "/apis/vpc.githedgehog.com/v1beta1/vpcs"

func TestTokensCountAtOnce(t *testing.T) {
	c := shared(t)
	user := cluster.User{Name: "selvage-reader", UID: "1", Groups: []string{cluster.ReaderGroup}}
	token := c.Grant(user)
	check := func(when, token, path string, want int) {
		t.Helper()
		if code, err := get(t, c, token, path); err != nil || code != want {
			t.Errorf("%s: GET %s = %d, %v, want %d", when, path, code, err, want)
		}
	}
	check("granted", token, vpcs, http.StatusOK)
	check("granted", token, "/apis/agent.githedgehog.com/v1beta1/agents", http.StatusOK)
	check("granted", token, "/version", http.StatusOK)
	check("granted", token, "/api/v1/configmaps", http.StatusForbidden)
	check("granted", token, "/metrics", http.StatusForbidden)
	c.Revoke(token)
	check("revoked", token, vpcs, http.StatusUnauthorized)
	c.Restore(token, user)
	check("restored", token, vpcs, http.StatusOK)
	check("no token", "", vpcs, http.StatusUnauthorized)
	check("wrong token", "x", "/version", http.StatusUnauthorized)
	nobody := c.Grant(cluster.User{Name: "nobody", UID: "2"})
	check("no group", nobody, vpcs, http.StatusForbidden)
	check("no group", nobody, "/apis", http.StatusOK)
}

func TestKubeconfigReachesTheCluster(t *testing.T) {
	c := shared(t)
	path := t.TempDir() + "/kubeconfig"
	token := c.Grant(cluster.User{Name: "olga", UID: "3", Groups: []string{cluster.ReaderGroup}})
	if err := c.WriteKubeconfig(path, "olga", token, "there"); err != nil {
		t.Fatal(err)
	}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		&clientcmd.ClientConfigLoadingRules{ExplicitPath: path}, &clientcmd.ConfigOverrides{})
	ns, _, err := loader.Namespace()
	if err != nil || ns != "there" {
		t.Errorf("namespace = %q, %v", ns, err)
	}
	cfg, err := loader.ClientConfig()
	if err != nil || cfg.Host != c.URL() || cfg.BearerToken != token || cfg.CAFile != c.CAFile() {
		t.Errorf("config = %v, %v", cfg, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
}

// TestUnplugged has two clusters at once: one is broken, the other must not be.
func TestUnplugged(t *testing.T) {
	other := shared(t)
	c, err := start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token := c.Grant(cluster.User{Name: "olga", UID: "4", Groups: []string{cluster.OperatorGroup}})
	d := client(t, c)
	doc := document(t, "{apiVersion: wiring.githedgehog.com/v1beta1, kind: Server, metadata: {name: s}}")
	servers := d.Resource(plural(t, doc.GroupVersionKind())).Namespace("default")
	if _, err := servers.Create(t.Context(), doc, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	watch, err := servers.Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Stop()

	if err := c.Unplug(); err != nil {
		t.Fatal(err)
	}
	for range watch.ResultChan() { // ends, because the server hung up
	}
	if code, err := get(t, c, token, "/version"); err == nil {
		t.Errorf("unplugged: answered %d", code)
	}
	if _, err := servers.Get(t.Context(), "s", metav1.GetOptions{}); err == nil {
		t.Error("unplugged: an open connection was answered")
	}
	if code, err := get(t, other, "", "/version"); err != nil || code != http.StatusUnauthorized {
		t.Errorf("the other cluster: %d, %v", code, err)
	}
	if err := errors.Join(c.Unplug(), c.Plug(t.Context()), c.Plug(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := servers.Get(t.Context(), "s", metav1.GetOptions{}); err != nil {
		t.Errorf("plugged in: %v", err)
	}
	code, err := get(t, c, token, vpcs)
	for deadline := time.Now().Add(30 * time.Second); code == http.StatusTooManyRequests && time.Now().Before(deadline); code, err = get(t, c, token, vpcs) {
		time.Sleep(50 * time.Millisecond) // its caches start anew where the machine was busy: clients come again
	}
	if err != nil || code != http.StatusOK {
		t.Errorf("plugged in: the list = %d, %v", code, err)
	}
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Error(err)
	}
	if err := c.Plug(t.Context()); !errors.Is(err, cluster.ErrClosed) {
		t.Errorf("Plug() of a closed cluster = %v", err)
	}
}

type auditLine struct {
	Stage, Verb, RequestURI, UserAgent string

	User           struct{ Username, UID string }
	ResponseStatus struct{ Code int }
}

func TestAuditLogSaysWhoAskedWhat(t *testing.T) {
	c := shared(t)
	token := c.Grant(cluster.User{Name: "auditee", UID: "audit-1", Groups: []string{cluster.ReaderGroup}})
	for _, path := range []string{vpcs, "/api/v1/secrets", "/apis"} {
		if _, err := get(t, c, token, path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := get(t, c, "wrong", vpcs); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log has all requests", func() error {
		content, err := os.ReadFile(c.AuditLog())
		if err != nil {
			return err
		}
		var mine []string
		refused := false
		for raw := range bytes.Lines(content) {
			var l auditLine
			if err := json.Unmarshal(raw, &l); err != nil {
				return fmt.Errorf("%w: %s", err, raw)
			}
			refused = refused || l.ResponseStatus.Code == http.StatusUnauthorized
			if l.User.Username == "auditee" && l.User.UID == "audit-1" && l.UserAgent == "test" {
				mine = append(mine, fmt.Sprintf("%s %s %d", l.Verb, l.RequestURI, l.ResponseStatus.Code))
			}
			if l.User.Username == "system:apiserver" {
				t.Fatalf("the log has the server's own requests: %s", raw)
			}
		}
		want := []string{"list " + vpcs + " 200", "list /api/v1/secrets 403", "get /apis 200"}
		if !slices.Equal(mine, want) || !refused {
			return fmt.Errorf("the log has %q, want %q; a refused token: %v", mine, want, refused)
		}
		return nil
	})
}

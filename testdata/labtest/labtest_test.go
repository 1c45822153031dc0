package labtest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"selvage/testdata/labtest"
)

const vpc = `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata:
  name: vpc-1
spec:
  subnets:
    default: {subnet: 10.0.1.0/24, vlan: %d}
`

const server = `apiVersion: wiring.githedgehog.com/v1beta1
kind: Server
metadata:
  name: server-01
spec:
  description: first
`

func vpcs() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "vpc.githedgehog.com", Version: "v1beta1", Resource: "vpcs"}
}

// get asks the API server for a path as the reader and returns the status code.
func get(t *testing.T, c *labtest.Cluster, path string) (int, error) {
	t.Helper()
	ca, err := os.ReadFile(c.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.Server+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.ReaderToken)
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

// vlan returns the VLAN of vpc-1, or an error that says what there is instead.
func vlan(t *testing.T, c *labtest.Cluster) (int64, error) {
	t.Helper()
	live, err := c.Dynamic().Resource(vpcs()).Namespace(c.Namespace).Get(t.Context(), "vpc-1", metav1.GetOptions{})
	if err != nil {
		return 0, err
	}
	n, _, err := unstructured.NestedInt64(live.Object, "spec", "subnets", "default", "vlan")
	return n, err
}

func wantVLAN(t *testing.T, c *labtest.Cluster, want int64) func() error {
	return func() error {
		if have, err := vlan(t, c); err != nil || have != want {
			return fmt.Errorf("vlan = %d, %w, want %d", have, errors.Join(err, errors.New("different")), want)
		}
		return nil
	}
}

func TestEngineBringsGitIntoTheCluster(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t)
	c, repo := lab.Cluster(t), lab.Repo(t)
	repo.Write("fabric/vpc.yaml", fmt.Sprintf(vpc, 1001))
	repo.Write("fabric/deep/server.yaml", "---\n# nothing\n---\n"+server)
	repo.Write("other/ignored.yaml", "kind: [")
	sha := repo.Commit("a fabric")
	e := c.Engine(t, repo, "main", "fabric", labtest.EngineOptions{Prune: true})
	if state := e.Sync(t); state.Revision != sha || len(state.Results) != 2 {
		t.Fatalf("Sync() = %+v, want 2 results at %s", state, sha)
	}
	owners := c.Kubectl(t, "get", "vpc", "vpc-1", "--show-managed-fields", "-o",
		`jsonpath={.metadata.managedFields[*].manager} {.metadata.annotations.argocd\.argoproj\.io/tracking-id} {.spec.subnets.default.gateway}`)
	id := fmt.Sprintf(":vpc.githedgehog.com/VPC:%s/vpc-1", c.Namespace)
	if !strings.HasPrefix(owners, labtest.EngineManager+" ") || !strings.Contains(owners, id) || !strings.HasSuffix(owners, "10.0.1.1") {
		t.Errorf("managers, mark and defaulted gateway = %q", owners)
	}

	repo.Remove("fabric/deep")
	repo.Commit("no server")
	e.Sync(t)
	if out := c.Kubectl(t, "get", "servers", "-o", "name"); out != "" {
		t.Errorf("after prune there are %q", out)
	}

	// A change by hand stays until the engine is told to heal.
	c.Apply(t, "kubectl-edit", fmt.Sprintf(vpc, 1002))
	if have, err := vlan(t, c); err != nil || have != 1002 {
		t.Fatalf("after an edit vlan = %d, %v", have, err)
	}
	e.Set(t, labtest.EngineOptions{SelfHeal: true, Auto: true})
	labtest.Eventually(t, "the edit is undone", wantVLAN(t, c, 1001))
	c.Kubectl(t, "delete", "vpc", "vpc-1", "--wait=false")
	labtest.Eventually(t, "the VPC is back", wantVLAN(t, c, 1001))
	repo.Write("fabric/vpc.yaml", fmt.Sprintf(vpc, 1003))
	sha = repo.Commit("another VLAN")
	labtest.Eventually(t, "the push is applied", wantVLAN(t, c, 1003))
	labtest.Eventually(t, "the engine says so", func() error {
		if state := e.State(t); state.Revision != sha {
			return fmt.Errorf("revision = %q", state.Revision)
		}
		return nil
	})

	repo.Write("fabric/bad.yaml", "apiVersion: vpc.githedgehog.com/v1beta1\nkind: Nonsense\nmetadata: {name: x}\n")
	repo.Commit("a kind there is not")
	if state := e.TrySync(t); !slices.ContainsFunc(state.Results, func(r labtest.EngineResult) bool {
		return r.Action == "refused" && r.Kind == "Nonsense" && r.Message != ""
	}) {
		t.Errorf("TrySync() = %+v, want a refused Nonsense", state)
	}
}

func TestReaderReadsAndIsSeen(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t)
	c, other := lab.Cluster(t), lab.Cluster(t)
	if c.Server != other.Server || c.Namespace == other.Namespace {
		t.Fatalf("two shared clusters are %s %s and %s %s", c.Server, c.Namespace, other.Server, other.Namespace)
	}
	list := "/apis/vpc.githedgehog.com/v1beta1/namespaces/" + c.Namespace + "/vpcs"
	for path, want := range map[string]int{
		list: http.StatusOK, "/apis": http.StatusOK,
		"/apis/agent.githedgehog.com/v1beta1/agents": http.StatusOK,
		"/api/v1/namespaces":                         http.StatusForbidden,
		"/api/v1/secrets":                            http.StatusForbidden,
	} {
		if code, err := get(t, c, path); err != nil || code != want {
			t.Errorf("GET %s = %d, %v, want %d", path, code, err, want)
		}
	}
	if _, err := get(t, other, "/api"); err != nil {
		t.Error(err)
	}
	kubectl := exec.Command(lab.Kubectl(), "--kubeconfig", c.ReaderKubeconfig, "delete", "vpc", "any", "--cache-dir", t.TempDir())
	if out, err := kubectl.CombinedOutput(); err == nil || !strings.Contains(string(out), "forbidden") {
		t.Errorf("the reader's delete was answered %v: %s", err, out)
	}
	events := c.Audit(t, labtest.ReaderUser)
	has := func(verb, resource string, code int) bool {
		return slices.ContainsFunc(events, func(e labtest.AuditEvent) bool {
			return e.Verb == verb && e.Resource == resource && e.Code == code
		})
	}
	if !has("list", "vpcs", 200) || !has("list", "secrets", 403) || !has("delete", "vpcs", 403) || has("list", "switches", 200) {
		t.Errorf("Audit() = %+v", events)
	}
	if n := len(other.Audit(t, labtest.ReaderUser)); n != 1 {
		t.Errorf("the other reader has %d events, want 1", n)
	}
	c.RevokeReader()
	if code, err := get(t, c, list); err != nil || code != http.StatusUnauthorized {
		t.Errorf("after revoking: %d, %v", code, err)
	}
	if code, err := get(t, other, "/apis"); err != nil || code != http.StatusOK {
		t.Errorf("revoking one reader shut another out: %d, %v", code, err)
	}
	c.RestoreReader()
	if code, err := get(t, c, list); err != nil || code != http.StatusOK {
		t.Errorf("after restoring: %d, %v", code, err)
	}
	if user := c.Grant(t, "nobody"); user.Token == "" || user.Kubeconfig == "" {
		t.Errorf("Grant() = %+v", user)
	}
}

func TestOwnClusterCanBeBroken(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t)
	c := lab.NewCluster(t)
	if c.Namespace != "default" {
		t.Errorf("namespace = %q", c.Namespace)
	}
	c.Apply(t, "olga", fmt.Sprintf(vpc, 1001)+"---\n"+server)
	list := "/apis/wiring.githedgehog.com/v1beta1/servers"
	c.Unplug()
	if code, err := get(t, c, list); err == nil {
		t.Errorf("unplugged: answered %d", code)
	}
	c.Plug()
	if code, err := get(t, c, list); err != nil || code != http.StatusOK {
		t.Errorf("plugged in: %d, %v", code, err)
	}
	if have, err := vlan(t, c); err != nil || have != 1001 {
		t.Errorf("after plugging in vlan = %d, %v", have, err)
	}
	c.DropCRD("servers.wiring.githedgehog.com")
	labtest.Eventually(t, "the kind is gone", func() error {
		if code, err := get(t, c, list); err != nil || code != http.StatusNotFound {
			return fmt.Errorf("%d, %w", code, errors.Join(err, errors.New("still there")))
		}
		return nil
	})
	_, err := c.Dynamic().Resource(vpcs()).Namespace(c.Namespace).Get(t.Context(), "none", metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("Get(none) = %v", err)
	}
}

func TestRepoIsServed(t *testing.T) {
	t.Parallel()
	repo := labtest.Start(t).Repo(t)
	repo.Write("a.yaml", server)
	repo.Write("big.txt", random(t, 3<<20))
	sha := repo.Commit("more than a mebibyte")
	account := func(url, user, password string) string {
		return strings.Replace(url, "://", "://"+user+":"+password+"@", 1)
	}
	reader := account(repo.URL, repo.ReadUser, repo.ReadPassword)
	for name, url := range map[string]string{"HTTP": reader, "file": repo.FileURL} {
		if out := repo.Git("ls-remote", url, "refs/heads/main"); !strings.HasPrefix(out, sha) {
			t.Errorf("ls-remote over %s = %q, want %s", name, out, sha)
		}
	}
	secure := account(repo.TLSURL, repo.ReadUser, repo.ReadPassword)
	if out := repo.Git("-c", "http.sslCAInfo="+repo.CAFile, "ls-remote", secure, "refs/heads/main"); !strings.HasPrefix(out, sha) {
		t.Errorf("ls-remote over TLS = %q", out)
	}
	if out, err := repo.TryGit("ls-remote", secure); err == nil {
		t.Errorf("ls-remote without the authority = %q", out)
	}
	if out, err := repo.TryGit("push", reader, "HEAD:refs/heads/mine"); err == nil || !strings.Contains(out, "403") {
		t.Errorf("push by the reader = %v, %q", err, out)
	}
	if out, err := repo.TryGit("ls-remote", account(repo.URL, repo.ReadUser, "wrong")); err == nil {
		t.Errorf("ls-remote with a wrong password = %q", out)
	}
}

// TestClusterServesTheKindsOfAFolder has a cluster made of the lab's own
// definitions, printed, but for one that is left out.
func TestClusterServesTheKindsOfAFolder(t *testing.T) {
	lab, dir := labtest.Start(t), t.TempDir()
	var kept []string
	for doc := range strings.SplitSeq(lab.Definitions(t), "---\n") {
		if !strings.Contains(doc, "name: vpcpeerings.vpc.githedgehog.com") {
			kept = append(kept, doc)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "definitions.yaml"), []byte(strings.Join(kept, "---\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	c := lab.NewClusterOf(t, dir)
	served := c.Kubectl(t, "api-resources", "--api-group=vpc.githedgehog.com", "-o", "name")
	if !strings.Contains(served, "vpcs.vpc") || strings.Contains(served, "vpcpeerings") {
		t.Errorf("it serves %q", served)
	}
	other := c.In(t, "elsewhere")
	other.Apply(t, "test", "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata: {name: a}\n")
	if got := other.Kubectl(t, "get", "servers", "-A", "-o", "jsonpath={.items[*].metadata.namespace}"); got != "elsewhere" {
		t.Errorf("the server is in %q", got)
	}
}

package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"selvage/testdata/hedgehog"
	"selvage/testdata/lab/cluster"
)

// common is the cluster of the tests that leave it as it was.
var common = sync.OnceValues(func() (*cluster.Cluster, error) { return start(context.Background()) })

func TestMain(m *testing.M) {
	code := m.Run()
	var errs []error
	for c, dir := range started {
		errs = append(errs, c.Close(), os.RemoveAll(dir))
	}
	if err := errors.Join(errs...); err != nil {
		log.Print(err)
		code = 1
	}
	os.Exit(code)
}

// started are the clusters and their directories, to end and remove at the end.
var started = make(map[*cluster.Cluster]string)

func start(ctx context.Context) (*cluster.Cluster, error) {
	// Not t.TempDir: its path is too long for a socket.
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		return nil, err
	}
	c, err := cluster.Start(ctx, cluster.Config{
		Name: "test", Dir: dir, Mutate: hedgehog.Default, Now: time.Now, Log: log.New(os.Stderr, "", 0),
	})
	if err == nil {
		started[c] = dir
	}
	return c, err
}

func shared(t *testing.T) *cluster.Cluster {
	t.Helper()
	c, err := common()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func operator(t *testing.T, c *cluster.Cluster) *rest.Config {
	t.Helper()
	token := c.Grant(cluster.User{Name: "operator", UID: t.Name(), Groups: []string{cluster.OperatorGroup}})
	t.Cleanup(func() { c.Revoke(token) })
	return c.RESTConfig(token, "test")
}

func client(t *testing.T, c *cluster.Cluster) dynamic.Interface {
	t.Helper()
	d, err := dynamic.NewForConfig(operator(t, c))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func namespace(t *testing.T, c *cluster.Cluster, name string) string {
	t.Helper()
	if err := c.Namespace(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	return name
}

// get asks for a path with a token, "" for none, and returns the status code.
func get(t *testing.T, c *cluster.Cluster, token, path string) (int, error) {
	t.Helper()
	h, err := rest.HTTPClientFor(c.RESTConfig(token, "test"))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.URL()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := h.Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

// documents reads a file of YAML documents.
func documents(t *testing.T, path string) []*unstructured.Unstructured {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []*unstructured.Unstructured
	for part := range strings.SplitSeq("\n"+string(content), "\n---\n") {
		obj := &unstructured.Unstructured{}
		raw, err := yaml.YAMLToJSON([]byte(part))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if string(raw) == "null" {
			continue
		}
		if err := obj.UnmarshalJSON(raw); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, obj)
	}
	return all
}

// document reads one YAML document.
func document(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	obj := &unstructured.Unstructured{}
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := obj.UnmarshalJSON(raw); err != nil {
		t.Fatal(err)
	}
	return obj
}

// eventually polls until check returns nil.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(errors.Join(fmt.Errorf("wait until %s", what), err))
		case <-tick.C:
		}
	}
}

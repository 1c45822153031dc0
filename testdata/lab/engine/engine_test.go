package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"selvage/testdata/hedgehog"
	"selvage/testdata/lab/cluster"
	"selvage/testdata/lab/crds"
	"selvage/testdata/lab/engine"
)

// bench is a cluster, a repository and an engine between them.
type bench struct {
	*testing.T
	cluster *cluster.Cluster
	servers dynamic.NamespaceableResourceInterface
	work    string // a work tree whose .git is the engine's repository
	engine  *engine.Engine
}

func newBench(t *testing.T, options engine.Options) *bench {
	t.Helper()
	dir, err := os.MkdirTemp("", "lab") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c, err := cluster.Start(t.Context(), cluster.Config{
		Name: "test", Dir: dir, Mutate: hedgehog.Default, Now: time.Now, Log: log.New(os.Stderr, "", 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg := c.RESTConfig(c.Grant(cluster.User{Name: "argocd", Groups: []string{cluster.OperatorGroup}}), "test")
	client, err := dynamic.NewForConfig(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, cluster: c, work: t.TempDir(), servers: client.Resource(schema.GroupVersionResource{
		Group: crds.WiringGroup, Version: "v1beta1", Resource: "servers",
	})}
	b.git("init", "--quiet", "--initial-branch=main")
	b.engine, err = engine.New(engine.Config{
		Name: "fabric", Repo: filepath.Join(b.work, ".git"), Branch: "main", Path: "/gitops/", Namespace: "default",
		Cluster: cfg, Groups: crds.OperatorGroups(), Options: options, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.engine.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return b
}

func (b *bench) git(args ...string) string {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "git", args...)
	cmd.Dir = b.work
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=Olga", "GIT_AUTHOR_EMAIL=olga@example.com",
		"GIT_COMMITTER_NAME=Olga", "GIT_COMMITTER_EMAIL=olga@example.com",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit replaces the content of the directory by one file and commits it.
func (b *bench) commit(content string) string {
	b.Helper()
	dir := filepath.Join(b.work, "gitops", "deep")
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "all.yaml"), []byte(content), 0o600)); err != nil {
		b.Fatal(err)
	}
	b.git("add", "--all")
	b.git("commit", "--quiet", "--message", "change")
	return b.git("rev-parse", "HEAD")
}

func (b *bench) sync() engine.State {
	b.Helper()
	state, err := b.engine.Sync(b.Context(), engine.Manual{})
	if err != nil {
		b.Fatal(err)
	}
	return state
}

// live returns "name description" of every server, sorted.
func (b *bench) live() []string {
	b.Helper()
	list, err := b.servers.Namespace("").List(b.Context(), metav1.ListOptions{})
	if err != nil {
		b.Fatal(err)
	}
	var all []string
	for _, obj := range list.Items {
		description, _, err := unstructured.NestedString(obj.Object, "spec", "description")
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, obj.GetNamespace()+"/"+obj.GetName()+" "+description)
	}
	return all
}

func (b *bench) eventually(want ...string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !slices.Equal(b.live(), want) {
		select {
		case <-ctx.Done():
			b.Fatalf("live = %q, want %q; the engine: %+v", b.live(), want, b.engine.State())
		case <-tick.C:
		}
	}
}

func (b *bench) patch(name, description string) {
	b.Helper()
	patch := fmt.Appendf(nil, `{"spec":{"description":%q}}`, description)
	_, err := b.servers.Namespace("default").Patch(b.Context(), name, types.MergePatchType, patch,
		metav1.PatchOptions{FieldManager: "kubectl-edit"})
	if err != nil {
		b.Fatal(err)
	}
}

func server(name, description string) string {
	return fmt.Sprintf("---\napiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata: {name: %s}\nspec: {description: %s}\n",
		name, description)
}

func actions(s engine.State) []string {
	var all []string
	for _, r := range s.Results {
		all = append(all, r.Kind+"/"+r.Namespace+"/"+r.Name+" "+string(r.Action))
	}
	return all
}

func TestSyncAppliesAndPrunes(t *testing.T) {
	b := newBench(t, engine.Options{})
	if state := b.sync(); state.Error == "" || !state.Failed() {
		t.Errorf("sync of no branch = %+v", state)
	}
	if err := b.cluster.Namespace(t.Context(), "there"); err != nil {
		t.Fatal(err)
	}
	sha := b.commit(server("a", "first") + server("b", "second") +
		strings.Replace(server("c", "third"), "name: c", "name: c, namespace: there", 1))
	state := b.sync()
	want := []string{"Server/default/a applied", "Server/default/b applied", "Server/there/c applied"}
	if state.Revision != sha || state.Failed() || !slices.Equal(actions(state), want) {
		t.Fatalf("sync = %+v, want %q at %s", state, want, sha)
	}
	live, err := b.servers.Namespace("default").Get(t.Context(), "a", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const id = "fabric:wiring.githedgehog.com/Server:default/a"
	if have := live.GetAnnotations()[engine.TrackingAnnotation]; have != id {
		t.Errorf("tracking id = %q, want %q", have, id)
	}
	fields := live.GetManagedFields()
	if len(fields) != 1 || fields[0].Manager != engine.Manager || fields[0].Operation != metav1.ManagedFieldsOperationApply {
		t.Errorf("managers = %+v", fields)
	}

	// What has no mark is nobody's; what left Git goes when pruning is on.
	stranger := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "wiring.githedgehog.com/v1beta1", "kind": "Server", "metadata": map[string]any{"name": "z"},
	}}
	if _, err := b.servers.Namespace("default").Create(t.Context(), stranger, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	b.commit(server("a", "first"))
	b.sync()
	b.eventually("default/a first", "default/b second", "default/z ", "there/c third")
	b.engine.SetOptions(engine.Options{Prune: true})
	state = b.sync()
	want = []string{"Server/default/a applied", "Server/default/b pruned", "Server/there/c pruned"}
	if state.Failed() || !slices.Equal(actions(state), want) {
		t.Errorf("pruning sync = %+v, want %q", state, want)
	}
	b.eventually("default/a first", "default/z ")

	// A refused document keeps none of the others back.
	b.commit(server("a", "one") + server("bad", "[list]") + server("good", "last") + "---\napiVersion: x/v1\nkind: None\nmetadata: {name: odd}\n")
	state = b.sync()
	want = []string{"Server/default/a applied", "Server/default/bad refused", "Server/default/good applied", "None//odd refused"}
	slices.Sort(want)
	have := actions(state)
	slices.Sort(have)
	if !state.Failed() || !slices.Equal(have, want) {
		t.Errorf("sync with refused documents = %+v, want %q", state, want)
	}
	// A broken file keeps all back.
	b.commit(server("a", "later") + "---\nkind: [\n")
	if state := b.sync(); state.Error == "" || len(state.Results) > 0 {
		t.Errorf("sync of a broken file = %+v", state)
	}
}

func TestEngineWorksByItself(t *testing.T) {
	b := newBench(t, engine.Options{Auto: true, SelfHeal: true, Prune: true})
	b.commit(server("a", "first") + server("b", "second"))
	b.eventually("default/a first", "default/b second")
	b.patch("a", "by hand")
	b.eventually("default/a first", "default/b second")
	if err := b.servers.Namespace("default").Delete(t.Context(), "b", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	b.eventually("default/a first", "default/b second")
	b.commit(server("a", "again"))
	b.eventually("default/a again")

	// It comes back after the cluster was away, and heals what it missed.
	if err := errors.Join(b.cluster.Unplug(), b.cluster.Plug(t.Context())); err != nil {
		t.Fatal(err)
	}
	b.patch("a", "by hand")
	b.eventually("default/a again")

	b.engine.SetOptions(engine.Options{Auto: true})
	b.patch("a", "by hand")
	b.commit(server("a", "again") + server("c", "new"))
	b.eventually("default/a again", "default/c new")
	b.patch("a", "stays")
	b.sync() // a sync undoes it, because somebody asked
	b.eventually("default/a again", "default/c new")
}

func TestHealingWaits(t *testing.T) {
	const after = 2 * time.Second
	b := newBench(t, engine.Options{SelfHeal: true, HealAfter: after})
	b.commit(server("a", "first"))
	b.sync()
	started := time.Now()
	b.patch("a", "by hand")
	b.eventually("default/a by hand")
	b.patch("a", "by hand, again") // a second touch does not put it off
	b.eventually("default/a first")
	if took := time.Since(started); took < after {
		t.Errorf("healed after %s, want %s at least", took, after)
	}
}

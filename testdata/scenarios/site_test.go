package scenarios_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"selvage/testdata/hedgehog"
)

// folder is the fabric's directory in its repository.
const folder = "fabric"

// cluster is the live side of a site, an offline one or that of the lab.
type cluster interface {
	// get answers an object as the cluster has it, nil for none.
	get(ref hedgehog.Ref) map[string]any
	// do changes the cluster past Git.
	do(c change)
	// sync has the engine apply and prune what Git says now.
	sync()
	// settings are how the program reaches it, and its repository.
	settings() (cluster, git map[string]any)
}

// change is one change of a cluster past Git.
type change struct {
	verb string // patch, create, apply, delete, recreate, terminate, forget, or of a source
	ref  hedgehog.Ref
	by   string // field manager; "" where nobody is to own it

	object map[string]any // to create or apply, or the merge patch
}

// site is one fabric: its repository, its cluster, and what is made of both.
type site struct {
	t         testing.TB
	name      string
	namespace string
	tree      tree
	cluster   cluster

	objects []map[string]any  // the generated part of Git
	layout  hedgehog.Layout   // of those
	written map[string]bool   // files of those
	given   map[string]string // the other files
	dropped []hedgehog.Ref

	// On a dump time is made: clock is what it is now. In the lab it is the
	// server's, and clock is zero.
	clock time.Time
}

// now is the time on the site.
func (s *site) now() time.Time {
	if s.clock.IsZero() {
		return time.Now()
	}
	return s.clock
}

// tree is a work tree.
type tree struct {
	dir string
	git func(env []string, args ...string) string
	// push makes a commit known to everybody.
	push func()
}

// plain is a repository that the program reads from its place on disk.
func plain(t testing.TB, dir string) tree {
	return tree{dir: dir, push: func() {}, git: func(env []string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "gc.auto=0", "-c", "maintenance.auto=false"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append([]string{
			"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
			"GIT_COMMITTER_NAME=Kim", "GIT_COMMITTER_EMAIL=kim@example.net",
		}, env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}}
}

// commit commits the whole tree.
func (tr tree) commit(message, author string, at time.Time) {
	if author == "" {
		author = "Kim"
	}
	tr.git(nil, "add", "--all")
	stamp := at.UTC().Format(time.RFC3339)
	tr.git([]string{
		"GIT_AUTHOR_NAME=" + author, "GIT_AUTHOR_EMAIL=" + strings.ToLower(author) + "@example.net",
		"GIT_AUTHOR_DATE=" + stamp, "GIT_COMMITTER_DATE=" + stamp,
	}, "commit", "--quiet", "--allow-empty", "--message", message)
	tr.push()
}

func (s *site) path(file string) string {
	return filepath.Join(s.tree.dir, folder, filepath.FromSlash(file))
}

// write writes a file of the fabric's directory.
func (s *site) write(file, content string) {
	s.t.Helper()
	name := s.path(file)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(content, "{{namespace}}", s.namespace)), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) remove(file string) {
	s.t.Helper()
	if err := os.Remove(s.path(file)); err != nil {
		s.t.Fatal(err)
	}
}

// render writes the generated objects as they are now.
func (s *site) render() {
	s.t.Helper()
	now := map[string]bool{}
	for _, f := range (hedgehog.Fabric{Name: s.name, Objects: s.objects}).Files(s.layout) {
		if f.Example {
			continue
		}
		now[f.Path] = true
		if had, err := os.ReadFile(s.path(f.Path)); err != nil || !bytes.Equal(had, f.Content) {
			s.write(f.Path, string(f.Content))
		}
	}
	for f := range s.written {
		if !now[f] {
			s.remove(f)
		}
	}
	s.written = now
}

// found builds the site: its first commit is three days old and applied.
func (s *site) found(files map[string]string) {
	s.t.Helper()
	for _, o := range s.objects {
		s.place(o)
	}
	s.render()
	s.given = files
	for file, content := range files {
		s.write(file, content)
	}
	s.tree.commit("the fabric as it was built", "Kim", time.Now().Add(-72*time.Hour))
	s.cluster.sync()
	if !s.clock.IsZero() {
		s.clock = time.Now().Add(-10 * time.Minute)
	}
}

// place puts an object that names its namespace into the site's.
func (s *site) place(o map[string]any) {
	meta, _ := o["metadata"].(map[string]any)
	if meta["namespace"] == "default" {
		meta["namespace"] = s.namespace
	}
}

// ref is the object of a KIND/NAME or KIND/NAMESPACE/NAME.
func (s *site) ref(name string) hedgehog.Ref {
	parts := strings.Split(name, "/")
	ref := hedgehog.Ref{Kind: parts[0], Namespace: s.namespace, Name: parts[len(parts)-1], Group: groupOf(parts[0])}
	if len(parts) == 3 {
		ref.Namespace = parts[1]
	}
	return ref
}

// refOf is the object of a manifest.
func (s *site) refOf(o map[string]any) hedgehog.Ref {
	ref := hedgehog.RefOf(o)
	if meta, _ := o["metadata"].(map[string]any); meta["namespace"] == nil {
		ref.Namespace = s.namespace
	}
	return ref
}

// label is what the object is called in wants and reports.
func (s *site) label(kind, namespace, name string) string {
	if kind == "File" || namespace == s.namespace || namespace == "" {
		return kind + "/" + name
	}
	return kind + "/" + namespace + "/" + name
}

// groupOf is the API group of a Hedgehog kind.
func groupOf(kind string) string {
	switch kind {
	case "Switch", "Connection", "Server", "SwitchGroup", "VLANNamespace", "ServerProfile":
		return "wiring.githedgehog.com"
	case "Gateway", "GatewayGroup", "GatewayPeering":
		return "gateway.githedgehog.com"
	}
	return "vpc.githedgehog.com"
}

// documents decodes what a text holds, as kubectl would.
func documents(t testing.TB, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for part := range strings.SplitSeq("\n"+text, "\n---") {
		var o map[string]any
		if err := yaml.Unmarshal([]byte(part), &o); err != nil {
			t.Fatalf("%v in\n%s", err, part)
		}
		if o != nil {
			all = append(all, whole(o).(map[string]any))
		}
	}
	return all
}

// whole makes whole numbers of a decoded document int64, as the API server's
// decoder does.
func whole(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = whole(x)
		}
	case []any:
		for i, x := range v {
			v[i] = whole(x)
		}
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	}
	return v
}

// drop chooses a part of the generated objects: most of them, or a few.
func (s *site) drop(share string) []hedgehog.Ref {
	n := map[string]int{"all": len(s.objects), "most": len(s.objects) * 3 / 5, "few": 3}[share]
	if n == 0 {
		s.t.Fatalf("drop %q: it is all, most or few", share)
	}
	rng := rand.New(rand.NewPCG(1, uint64(len(s.objects))))
	var refs []hedgehog.Ref
	for _, i := range rng.Perm(len(s.objects))[:n] {
		refs = append(refs, s.refOf(s.objects[i]))
	}
	s.dropped = refs
	return refs
}

// keep leaves those objects in Git that are not among the given.
func (s *site) without(refs []hedgehog.Ref) {
	s.objects = slices.DeleteFunc(s.objects, func(o map[string]any) bool { return slices.Contains(refs, s.refOf(o)) })
}

// config is the site's fabric in the configuration.
func (s *site) config(more map[string]any) map[string]any {
	cluster, git := s.cluster.settings()
	f := map[string]any{"name": s.name, "cluster": cluster, "git": git}
	cluster["cluster_name"], cluster["namespace"] = s.name, s.namespace
	git["branch"], git["path"] = "main", folder
	for key, value := range more {
		if into, both := f[key].(map[string]any); both {
			maps.Copy(into, value.(map[string]any))
		} else {
			f[key] = value
		}
	}
	return f
}

func (s *site) String() string { return fmt.Sprintf("%s in %s", s.name, s.namespace) }

package dump

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/coretest"
)

const vpc = `apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: %s, namespace: default}
spec: {vlan: 1001}
`

var readAt = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func open(path string) *Source {
	return New(Config{Path: path, ClusterName: "dc1", Now: func() time.Time { return readAt }})
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	if !filepath.IsAbs(name) {
		name = filepath.Join(t.TempDir(), name)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func key(name string) core.Key {
	return core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: name}
}

func TestSource(t *testing.T) {
	dumpOf := func(t *testing.T, objects []*core.Object) string {
		var items []any
		for _, o := range objects {
			items = append(items, core.Document(o.Key, o.Version, o.Fields))
		}
		text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": items})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	coretest.Source(t, coretest.SourceWorld{
		Holding: func(t *testing.T, objects ...*core.Object) core.Source {
			return open(write(t, "dc1.json", dumpOf(t, objects)))
		},
		Broken: func(t *testing.T, objects ...*core.Object) core.Source {
			return open(write(t, "dc1.json", strings.TrimSuffix(dumpOf(t, objects), "}")))
		},
	})
}

func TestFolderIsReadWithEverythingInIt(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml":            fmt.Sprintf(vpc, "a"),
		"deep/er/b.YML":     fmt.Sprintf(vpc, "b") + "---\n# nothing\n---\n" + fmt.Sprintf(vpc, "b2"),
		"deep/c.json":       `{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPCList","items":[{"metadata":{"name":"c","namespace":"default"}}]}`,
		"empty.yaml":        "",
		"README.md":         "a: [",
		".git/broken.yaml":  "a: [",
		"..data/k.yaml":     fmt.Sprintf(vpc, "k"),
		"deep/.hidden.yaml": fmt.Sprintf(vpc, "hidden"),
	} {
		write(t, filepath.Join(folder, name), text)
	}
	if err := os.Symlink("..data/k.yaml", filepath.Join(folder, "k.yaml")); err != nil { // as Kubernetes mounts volumes
		t.Fatal(err)
	}
	got := open(folder).Read(t.Context(), coretest.Scope())
	if r := got.Readings[0]; r.Access != core.AccessOK || r.Path != folder || r.Source != "dump" || r.Name != "dc1" || !r.ReadAt.Equal(readAt) {
		t.Errorf("reading = %+v", r)
	}
	for _, name := range []string{"a", "b", "b2", "c", "hidden", "k"} {
		if side := got.Side(key(name)); side.Presence != core.Present || side.Object.Origin != (core.Origin{}) {
			t.Errorf("%s = %+v", name, side)
		}
	}
	if got.Len() != 6 {
		t.Errorf("%d objects, want 6", got.Len())
	}
}

func TestEmptyDumpIsComplete(t *testing.T) {
	for name, path := range map[string]string{
		"folder":     t.TempDir(),
		"file":       write(t, "dc1.yaml", ""),
		"comments":   write(t, "dc1.yaml", "# nothing\n---\n"),
		"empty list": write(t, "dc1.yaml", "apiVersion: v1\nkind: List\nitems: []\n"),
	} {
		got := open(path).Read(t.Context(), coretest.Scope())
		if side := got.Side(key("a")); side.Presence != core.Absent || got.Readings[0].Access != core.AccessOK {
			t.Errorf("%s: %+v, %+v", name, side, got.Readings[0])
		}
	}
}

func TestScopeIsKeptTo(t *testing.T) {
	path := write(t, "dc1.yaml", fmt.Sprintf(vpc, "a")+`---
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: unplaced}
---
apiVersion: vpc.githedgehog.com/v1beta1
kind: VPC
metadata: {name: elsewhere, namespace: tenant}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: foreign, namespace: default}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: foreign, namespace: default}
`)
	got := open(path).Read(t.Context(), coretest.Scope())
	if got.Readings[0].Access != core.AccessOK {
		t.Fatalf("reading = %+v", got.Readings[0])
	}
	var names []string
	for o := range got.Objects() {
		names = append(names, o.Key.Namespace+"/"+o.Key.Name)
	}
	if have := strings.Join(names, " "); have != "default/a default/unplaced" {
		t.Errorf("objects = %s", have)
	}
}

func TestDumpThatIsNotWholeProvesNothing(t *testing.T) {
	two := fmt.Sprintf(vpc, "a")
	folder := func(files map[string]string) string {
		f := t.TempDir()
		for name, text := range files {
			write(t, filepath.Join(f, name), text)
		}
		return f
	}
	outside := write(t, "outside.yaml", two)
	linked := folder(map[string]string{"a.yaml": two})
	linkedFolder := folder(map[string]string{"a.yaml": two, "real/x": ""})
	dangling := folder(map[string]string{"a.yaml": two})
	piped := folder(map[string]string{"a.yaml": two})
	for _, err := range []error{
		os.Symlink(outside, filepath.Join(linked, "b.yaml")),
		os.Symlink("real", filepath.Join(linkedFolder, "more")),
		os.Symlink("nothing.yaml", filepath.Join(dangling, "b.yaml")),
		syscall.Mkfifo(filepath.Join(piped, "b.yaml"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct{ path, reason string }{
		"missing":                  {filepath.Join(t.TempDir(), "dc1.yaml"), "no such file"},
		"not YAML":                 {write(t, "dc1.yaml", two+"---\nspec: [\n"), "dc1.yaml:"},
		"no object":                {write(t, "dc1.yaml", two+"---\nhello\n"), `dc1.yaml:6": not a Kubernetes object`},
		"no kind":                  {write(t, "dc1.yaml", two+"---\nmetadata: {name: a}\n"), `dc1.yaml:6": no kind`},
		"no name":                  {write(t, "dc1.yaml", "apiVersion: a/v1\nkind: VPC\n"), `dc1.yaml:1": VPC: no metadata.name`},
		"twice in a file":          {write(t, "dc1.yaml", two+"---\n"+two), "VPC/a stands in"},
		"twice in a folder":        {folder(map[string]string{"a.yaml": two, "b.yaml": two}), "VPC/a stands in"},
		"link out of the folder":   {linked, "b.yaml"},
		"link to a folder":         {linkedFolder, "which is not followed"},
		"link to nothing":          {dangling, "no such file"},
		"a pipe":                   {filepath.Join(piped, "b.yaml"), "neither a file nor a folder"},
		"a pipe in a folder":       {piped, "neither a file nor a folder"},
		"broken file in a folder":  {folder(map[string]string{"a.yaml": two, "z/b.yml": "a: ["}), "b.yml:1"},
		"encrypted":                {write(t, "dc1.yaml", two+"sops: {mac: x}\n"), "SOPS"},
		"a file that is not UTF-8": {write(t, "dc1.yaml", "a: \xff"), "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			got := open(test.path).Read(t.Context(), coretest.Scope())
			r := got.Readings[0]
			if r.Access != core.AccessInvalid || !strings.Contains(r.Error, test.reason) || strings.Contains(r.Error, "\n") {
				t.Errorf("reading = %+v, want %q", r, test.reason)
			}
			for _, name := range []string{"a", "gone"} {
				if side := got.Side(key(name)); side.Presence != core.Unread || side.Reason != r.Error {
					t.Errorf("%s = %+v, want unread", name, side)
				}
			}
		})
	}
}

func TestReadStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := open(write(t, "dc1.yaml", "")).Read(ctx, coretest.Scope())
	if got.Readings[0].Access != core.AccessUnreachable || got.Side(key("a")).Presence != core.Unread {
		t.Errorf("reading = %+v", got.Readings[0])
	}
}

package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layer says what a package may import: of ours, and of others by their import
// paths, with a slash at the end whatever is below. The standard library is free,
// but for what forbidden names.
type layer struct {
	purpose string
	ours    []string
	others  []string
}

// layers is the import table: who may know whom. A package that is not in it
// fails the test, and so does an entry without a package.
func layers() map[string]layer {
	return map[string]layer{
		"core":           {"the vocabulary and the ports", nil, nil},
		"core/safe":      {"text that may reach a terminal", nil, nil},
		"core/disk":      {"write a file whole, or not at all", nil, nil},
		"core/child":     {"run another program, without the terminal or with it", nil, nil},
		"core/drift":     {"compare two readings of a fabric", []string{"core"}, nil},
		"core/merge":     {"merge three sides, and settle what they dispute", []string{"core"}, nil},
		"core/lint":      {"what a fabric would refuse, told from Git alone", []string{"core"}, nil},
		"core/sheet":     {"an object in an editor, and the decisions that come of it", []string{"core", "core/manifest", "core/merge"}, nil},
		"core/plan":      {"what publishing would commit, and what engines then do", []string{"core", "core/lint", "core/manifest", "core/merge"}, nil},
		"core/loop":      {"read, compare, record; state and events", []string{"core", "core/drift", "core/merge"}, nil},
		"core/doctor":    {"what keeps a fabric from being read or published to", []string{"core"}, nil},
		"core/runner":    {"carry out decisions: publish, follow, settle", []string{"core", "core/merge", "core/plan", "core/sheet"}, nil},
		"core/manifest":  {"YAML documents as objects, and edits of them in place", []string{"core"}, []string{"sigs.k8s.io/yaml", "go.yaml.in/yaml/v3"}},
		"core/openapi":   {"the shapes of kinds, as an API tells them", []string{"core"}, nil},
		"core/dump":      {"an offline cluster: objects in files", []string{"core", "core/manifest", "core/openapi"}, nil},
		"core/kube":      {"a cluster, read and never written", []string{"core", "core/child", "core/openapi"}, []string{"k8s.io/client-go/discovery", "k8s.io/client-go/rest", "k8s.io/client-go/tools/clientcmd", "k8s.io/client-go/tools/clientcmd/api", "k8s.io/apimachinery/", "k8s.io/api/apidiscovery/v2", "k8s.io/klog/v2"}},
		"core/changeset": {"one commit, as objects, with its signature and its patch", []string{"core"}, []string{"github.com/go-git/", "golang.org/x/crypto/", "github.com/aymanbagabas/go-udiff"}},
		"core/repo":      {"directories in Git, read and published to, without a work tree", []string{"core", "core/changeset", "core/child", "core/manifest"}, []string{"github.com/go-git/", "github.com/bmatcuk/doublestar/v4", "golang.org/x/", "github.com/kevinburke/ssh_config", "github.com/skeema/knownhosts"}},
		"core/gitops":    {"what a fabric's GitOps engine says", []string{"core"}, []string{"github.com/bmatcuk/doublestar/v4", "github.com/go-git/go-git/v5/plumbing/format/gitignore", "github.com/gobwas/glob", "github.com/robfig/cron/v3", "go.yaml.in/yaml/v3", "golang.org/x/net/http/httpproxy"}},
		"core/config":    {"the configuration", []string{"core", "core/disk", "core/merge"}, []string{"go.yaml.in/yaml/v3", "github.com/bmatcuk/doublestar/v4"}},
		"core/coretest":  {"what every source must do, as tests", []string{"core"}, nil},
		"store":          {"the history in SQLite", []string{"core"}, []string{"github.com/mattn/go-sqlite3", "golang.org/x/sys/"}},
		"themes":         {"colours as data", nil, nil},
		"tui/widget":     {"tables, lines and windows; they know no fabric", []string{"core/safe"}, []string{"charm.land/lipgloss/v2", "github.com/charmbracelet/x/ansi"}},
		"tui":            {"panes, keys and styles", []string{"core", "core/child", "core/disk", "core/safe", "themes", "tui/widget"}, []string{"charm.land/", "github.com/charmbracelet/", "github.com/aymanbagabas/go-udiff"}},
		"tui/lines":      {"the dashboard in lines, for screen readers", []string{"core", "core/safe", "tui"}, nil},
		// It makes the world of "selvage demo", and so is in the binary. That
		// it imports nothing of the program is what makes it evidence.
		"testdata/demo": {"a world to look at, and its past", []string{"testdata/hedgehog"}, []string{"github.com/go-git/"}},
		"cmd/selvage":   {"flags, commands and the wiring", []string{"*"}, []string{"*"}},
	}
}

// imports reads what the files of a package import, tests left out. It parses
// them itself: what "go list" says would be taken from the test cache.
func imports(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range parsed.Imports {
			all = append(all, strings.Trim(i.Path.Value, `"`))
		}
	}
	return all
}

func root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// packages lists the folders of the program that hold Go files, from the
// module's root. What lies under testdata is no part of the program, but for
// the demonstration.
func packages(t *testing.T) []string {
	t.Helper()
	top := root(t)
	found := map[string]bool{}
	for _, start := range []string{"cmd", "core", "store", "testdata/demo", "themes", "tui"} {
		err := filepath.WalkDir(filepath.Join(top, start), func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			if rel, relErr := filepath.Rel(top, filepath.Dir(p)); relErr == nil && strings.HasSuffix(p, ".go") {
				found[filepath.ToSlash(rel)] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	all := make([]string, 0, len(found))
	for p := range found {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

func TestImportsKeepToTheTable(t *testing.T) {
	table := layers()
	for _, pkg := range packages(t) {
		l, ok := table[pkg]
		if !ok {
			t.Errorf("%s is not in the import table; give it a row in layers()", pkg)
			continue
		}
		for _, imp := range imports(t, filepath.Join(root(t), pkg)) {
			if ours, ok := strings.CutPrefix(imp, "selvage/"); ok {
				if !slices.Contains(l.ours, ours) && !slices.Contains(l.ours, "*") {
					t.Errorf("%s imports %s, which its row in layers() does not allow", pkg, imp)
				}
				continue
			}
			if strings.Contains(strings.Split(imp, "/")[0], ".") && !allowed(imp, l.others) {
				t.Errorf("%s imports %s, which its row in layers() does not allow", pkg, imp)
			}
		}
	}
	for pkg := range table {
		if !slices.Contains(packages(t), pkg) {
			t.Errorf("layers() has a row for %s, which has no Go files", pkg)
		}
	}
}

func allowed(imp string, others []string) bool {
	return slices.ContainsFunc(others, func(o string) bool {
		return o == "*" || imp == o || strings.HasSuffix(o, "/") && strings.HasPrefix(imp, o)
	})
}

// TestDangerousPackagesAreWhereTheyBelong holds the parts of the program that
// could write to a cluster, or run other programs, to the files that need them.
func TestDangerousPackagesAreWhereTheyBelong(t *testing.T) {
	forbidden := map[string][]string{
		"os/exec":                              {"core/child"},
		"k8s.io/client-go/kubernetes":          nil,
		"k8s.io/client-go/tools/remotecommand": nil,
		"k8s.io/client-go/tools/portforward":   nil,
		"k8s.io/client-go/transport/spdy":      nil,
	}
	for _, pkg := range packages(t) {
		for _, imp := range imports(t, filepath.Join(root(t), pkg)) {
			if where, ok := forbidden[imp]; ok && !slices.Contains(where, pkg) {
				t.Errorf("%s imports %s; only %v may", pkg, imp, where)
			}
		}
	}
}

func TestEveryPackageHasADoc(t *testing.T) {
	for _, pkg := range packages(t) {
		file := "doc.go"
		if path.Dir(pkg) == "cmd" {
			file = "main.go"
		}
		text, err := os.ReadFile(filepath.Join(root(t), pkg, file))
		if err != nil {
			t.Errorf("%s: %v", pkg, err)
			continue
		}
		if !strings.Contains(string(text), "# Decisions") {
			t.Errorf("%s/%s says nothing under \"# Decisions\"", pkg, file)
		}
	}
}

package client

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// tree writes files under a new directory with the layout of the repository.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range sources() {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestFingerprintCountsWhatIsBuilt(t *testing.T) {
	base := map[string]string{
		"testdata/lab/main.go": "package main", "testdata/lab/go.mod": "module lab", "testdata/hedgehog/a.go": "package a",
	}
	sum := func(name, content string) string {
		t.Helper()
		files := map[string]string{name: content}
		for n, c := range base {
			if n != name {
				files[n] = c
			}
		}
		sum, err := fingerprint(t.Context(), tree(t, files))
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	plain := sum("README.md", "not ours")
	for name, changes := range map[string]bool{
		"testdata/lab/main.go":              true,
		"testdata/lab/go.mod":               true,
		"testdata/lab/go.sum":               true,
		"testdata/lab/crds/kinds.yaml":      true,
		"testdata/hedgehog/a.go":            true,
		"testdata/lab/main_test.go":         false,
		"testdata/lab/crds/testdata/x.go":   false,
		"testdata/hedgehog/.hidden":         false,
		"testdata/labtest/labtest.go":       false,
		"testdata/hedgehog/testdata/x.yaml": false,
	} {
		if changed := sum(name, "other") != plain; changed != changes {
			t.Errorf("a change of %s changes the fingerprint: %v, want %v", name, changed, changes)
		}
	}
}

func TestVersionIsThatOfTheModule(t *testing.T) {
	root, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	flags, err := versionFlags(filepath.Join(root, "testdata/lab"))
	if err != nil || !strings.Contains(flags, "component-base/version.gitVersion=v1.") || !strings.Contains(flags, "gitMajor=1 ") {
		t.Errorf("versionFlags() = %q, %v", flags, err)
	}
	if flags, err := versionFlags(t.TempDir()); err == nil {
		t.Errorf("versionFlags() without go.mod = %q", flags)
	}
}

func TestUnusedBuildsAreRemoved(t *testing.T) {
	cache := t.TempDir()
	const day = 24 * time.Hour
	for name, age := range map[string]time.Duration{
		"a": 0, "b": 2 * day, "c": 3 * day, "d": 4 * day, "e": 5 * day, "f": 6 * day, "g": 7 * day,
		"f.lock": 6 * day, "a.lock": 0, "h": 40 * day,
	} {
		dir := filepath.Join(cache, name)
		then := time.Now().Add(-age)
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "deep"), 0o755), os.Chtimes(dir, then, then)); err != nil {
			t.Fatal(err)
		}
	}
	if err := removeUnused(cache); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(cache)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range left {
		if filepath.Ext(entry.Name()) != ".lock" {
			names = append(names, entry.Name())
		}
	}
	if want := []string{"a", "b", "c", "d", "e"}; !slices.Equal(names, want) {
		t.Errorf("left are %q, want %q", names, want)
	}
}

func TestBuildIsDoneOnce(t *testing.T) {
	var first, second strings.Builder
	a, err := Build(t.Context(), &first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build(t.Context(), &second)
	if err != nil || a != b || second.Len() > 0 {
		t.Errorf("Build() again = %+v, %v and said %q, want %+v and silence", b, err, &second, a)
	}
	if !a.exist() {
		t.Errorf("%+v is not there", a)
	}
}

package client

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A build is removed when it was not used for a month, or for a day when there
// are more builds than kept that were used since.
const (
	unusedFor = 30 * 24 * time.Hour
	idleFor   = 24 * time.Hour
	kept      = 5
)

// sources are the modules the lab is made of, in the repository.
func sources() []string { return []string{"testdata/lab", "testdata/hedgehog"} }

// Programs are the built programs of the lab.
type Programs struct {
	Hash    string // of the sources
	Lab     string
	Kubectl string
}

// Build returns the programs of the lab and compiles them first when that has
// not been done for the present sources; it tells log about it. The first time
// on a machine takes some minutes. It finds the sources from the working
// directory, which must be inside the repository.
func Build(ctx context.Context, log io.Writer) (Programs, error) {
	root, err := repository()
	if err != nil {
		return Programs{}, err
	}
	sum, err := fingerprint(ctx, root)
	if err != nil {
		return Programs{}, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return Programs{}, fmt.Errorf("find the user's cache (set XDG_CACHE_HOME or HOME): %w", err)
	}
	cache = filepath.Join(cache, "selvage-lab")
	dir := filepath.Join(cache, sum)
	built := Programs{Hash: sum, Lab: filepath.Join(dir, "lab"), Kubectl: filepath.Join(dir, "kubectl")}
	if built.exist() {
		return built, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return Programs{}, fmt.Errorf("make the cache of the lab: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(cache, sum+".lock"))
	if err != nil {
		return Programs{}, err
	}
	defer unlock()
	if built.exist() {
		return built, nil
	}
	if err := compile(ctx, root, dir, log); err != nil {
		return Programs{}, err
	}
	return built, removeUnused(cache)
}

// exist tells whether both programs are there, and marks them as used.
func (p Programs) exist() bool {
	for _, path := range []string{p.Lab, p.Kubectl} {
		if _, err := os.Stat(path); err != nil {
			return false
		}
	}
	now := time.Now()
	_ = os.Chtimes(filepath.Dir(p.Lab), now, now) // or they are built again one day
	return true
}

// compile builds both programs into a directory that appears when it is whole.
func compile(ctx context.Context, root, dir string, log io.Writer) error {
	start := time.Now()
	fmt.Fprintf(log, "lab: compiling Kubernetes into %s; the first time takes some minutes\n", dir)
	module := filepath.Join(root, "testdata/lab")
	flags, err := versionFlags(module)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "building-")
	if err != nil {
		return fmt.Errorf("make a directory to build in: %w", err)
	}
	defer os.RemoveAll(tmp)
	cmd := exec.CommandContext(ctx, "go", "build", "-o", tmp+"/", "-ldflags", flags, ".", "k8s.io/kubernetes/cmd/kubectl")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&out, log), io.MultiWriter(&out, log)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build the lab (cd %s && %s): %w\n%s", module, cmd, err, out.Bytes())
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return fmt.Errorf("open the build to others: %w", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove half a build: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return fmt.Errorf("put the build in place: %w", err)
	}
	fmt.Fprintf(log, "lab: compiled in %s\n", time.Since(start).Round(time.Second))
	return nil
}

// versionFlags makes both programs give the version of Kubernetes they were
// built from, as released ones do.
func versionFlags(module string) (string, error) {
	file, err := os.Open(filepath.Join(module, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("read the version of Kubernetes: %w", err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) < 2 || words[0] != "k8s.io/kubernetes" {
			continue
		}
		parts := strings.SplitN(strings.TrimPrefix(words[1], "v"), ".", 3)
		flags := "-s -w"
		for _, pkg := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
			flags += fmt.Sprintf(" -X %s.gitVersion=%s -X %s.gitMajor=%s -X %s.gitMinor=%s",
				pkg, words[1], pkg, parts[0], pkg, parts[1])
		}
		return flags, nil
	}
	return "", fmt.Errorf("read the version of Kubernetes: %s does not require k8s.io/kubernetes", file.Name())
}

// removeUnused removes builds nobody has used for long, and their locks.
func removeUnused(cache string) error {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return fmt.Errorf("look for old builds: %w", err)
	}
	used := make(map[string]time.Time, len(entries))
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			used[entry.Name()] = info.ModTime()
		}
	}
	names := slices.SortedFunc(maps.Keys(used), func(a, b string) int { return used[b].Compare(used[a]) })
	var errs []error
	builds := 0
	for _, name := range names {
		if filepath.Ext(name) != ".lock" {
			builds++
		}
		if age := time.Since(used[name]); age > unusedFor || age > idleFor && builds > kept {
			errs = append(errs, os.RemoveAll(filepath.Join(cache, name)))
		}
	}
	return errors.Join(errs...)
}

// repository returns the directory of the main module.
func repository() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the working directory: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(mod, []byte("module selvage\n")) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("find the sources of the lab: no module selvage above %q; run this inside its repository", start)
		}
	}
}

// fingerprint is the hash of all that goes into the programs.
func fingerprint(ctx context.Context, root string) (string, error) {
	sum := sha256.New()
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION", "GOOS", "GOARCH")
	cmd.Dir = filepath.Join(root, "testdata/lab")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask go for its version: %w", err)
	}
	sum.Write(out)
	for _, source := range sources() {
		if err := addFiles(sum, root, source); err != nil {
			return "", fmt.Errorf("hash the sources of the lab: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:24], nil
}

// addFiles hashes the names and contents of the files of a module that are no
// tests.
func addFiles(sum hash.Hash, root, source string) error {
	return filepath.WalkDir(filepath.Join(root, source), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case !entry.Type().IsRegular(), strings.HasSuffix(path, "_test.go"), strings.HasPrefix(entry.Name(), "."):
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", filepath.ToSlash(rel), len(content))
		sum.Write(content)
		return nil
	})
}

package repo_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/repo"
)

func TestRepositoryThatUnpacksToTooMuchIsRefused(t *testing.T) {
	w := newWorld(t)
	// Files that are alike are sent as deltas, a few bytes each.
	for i := range 20 {
		w.write(fmt.Sprintf("%d.yaml", i), strings.Repeat(fmt.Sprintln("#", strings.Repeat("0123456789", 20)), 500)+fmt.Sprintln("#", i))
	}
	w.commit()
	w.git("gc", "-q")
	s := serveHTTP(t, w, (*httptest.Server).Start)
	limited := func(limit int64) *repo.Source {
		return pool(func(c *repo.Config) { c.MaxRepository = limit }).Source([]repo.Location{{URL: s.URL + "/work", Branch: "main"}})
	}
	r := readFailed(t, limited(1<<20))
	if r.Access != core.AccessInvalid || !strings.HasSuffix(r.Error, "one commit unpacks to more than 1 MiB (keep manifests in a repository of their own)") {
		t.Errorf("%s, %q", r.Access, r.Error)
	}
	readOK(t, limited(4<<20))
}

func TestTreeThatRepeatsItselfIsRefused(t *testing.T) {
	w := with(t, map[string]string{"d/a.yaml": vpc("a")})
	tree := w.git("rev-parse", "HEAD:d")
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprint(1000+i))
	}
	for range 4 {
		tree = w.mktree(tree, names...)
	}
	w.git("update-ref", "refs/heads/main", w.git("commit-tree", "-m", "bomb", tree))
	r := readFailed(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}))
	if r.Access != core.AccessInvalid || !strings.Contains(r.Error, "holds more than 500000 files") {
		t.Errorf("%s, %q", r.Access, r.Error)
	}
}

// TestCommitThatChangesTooMuchEndsTheLookBack has one that put such a tree
// there, and one that took it away.
func TestCommitThatChangesTooMuchEndsTheLookBack(t *testing.T) {
	w := with(t, map[string]string{"d/a.yaml": vpc("a")})
	first, tree := w.git("rev-parse", "HEAD"), w.git("rev-parse", "HEAD:d")
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprint(1000+i))
	}
	for range 4 {
		tree = w.mktree(tree, names...)
	}
	bomb := w.git("commit-tree", "-p", first, "-m", "bomb", w.mktree(tree, "d"))
	w.git("update-ref", "refs/heads/main", w.git("commit-tree", "-p", bomb, "-m", "no bomb", w.git("rev-parse", "HEAD:")))
	src := pool().Source([]repo.Location{{URL: w.dir, Branch: "main", Path: "d"}})
	found := look(t, src, nil, key("a"), key("never"))
	for _, name := range []string{"a", "never"} {
		if p, ok := found[key(name)]; !ok || len(p.Versions) > 0 || p.Whole {
			t.Errorf("the past of %s is %+v, want nothing, and not whole", name, p)
		}
	}
}

package repo_test

import (
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// newOf gives the commits of the branch that another one does not have, by their
// ids.
func newOf(t *testing.T, s *repo.Source, at core.Reading, ancestor string) ([]string, bool) {
	t.Helper()
	commits, ok, err := s.Since(t.Context(), at, ancestor)
	if err != nil {
		t.Fatalf("Since %s: %v", ancestor, err)
	}
	var ids []string
	for _, c := range commits {
		ids = append(ids, c.ID)
	}
	return ids, ok
}

// TestCommitsSinceAreThoseOfGitRevList asks for them from every commit of random
// histories with merges.
func TestCommitsSinceAreThoseOfGitRevList(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 5))
		h := random(r, 25+int(seed)*8, []string{"a.yaml", "b.yaml"})
		w := newWorld(t)
		ids := h.write(t, w.dir)
		s := pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}})
		at := readOK(t, s).Readings[0]
		for i, id := range ids {
			got, ok := newOf(t, s, at, id)
			wantOK := h.has(len(h)-1, i)
			var want []string
			if wantOK {
				want = strings.Fields(w.git("rev-list", "--date-order", id+"..main"))
			}
			if ok != wantOK || !slices.Equal(got, want) {
				t.Fatalf("seed %d, since commit %d: %v\n got %v\nwant %v\n%s", seed, i, ok, got, want, w.git("log", "--graph", "--oneline", "main"))
			}
		}
	}
}

// TestClocksDoNotDecideWhatIsNew has committers whose clocks are off by up to
// three days either way, which is where git rev-list itself errs.
func TestClocksDoNotDecideWhatIsNew(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 6))
		h := random(r, 60, []string{"a.yaml", "b.yaml"})
		for i := range h {
			if r.IntN(3) == 0 {
				h[i].skew = r.IntN(6*86400) - 3*86400
			}
		}
		w := newWorld(t)
		ids := h.write(t, w.dir)
		s := pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}})
		at := readOK(t, s).Readings[0]
		for i, id := range ids {
			got, ok := newOf(t, s, at, id)
			if !ok {
				continue
			}
			var want []string
			for c := range h {
				if h.has(len(h)-1, c) && !h.has(i, c) {
					want = append(want, ids[c])
				}
			}
			for n, id := range got {
				for _, p := range h[slices.Index(ids, id)].parents {
					if at := slices.Index(got, ids[p]); at >= 0 && at < n {
						t.Errorf("seed %d, since commit %d: commit %d comes after its parent", seed, i, slices.Index(ids, id))
					}
				}
			}
			if slices.Sort(got); !slices.Equal(got, sorted(want)) {
				t.Fatalf("seed %d, since commit %d:\n got %v\nwant %v", seed, i, got, want)
			}
		}
	}
}

func sorted(s []string) []string { slices.Sort(s); return s }

// has tells whether a commit has another one in its history.
func (h history) has(commit, other int) bool {
	return commit == other || slices.ContainsFunc(h[commit].parents, func(p int) bool { return h.has(p, other) })
}

func TestCommitsSinceTellWhoWhenAndWhy(t *testing.T) {
	w := newWorld(t)
	var h history
	h.commit(files{"a.yaml": {{"a", 0}}})
	for i := 1; i < 1200; i++ {
		h.commit(files{"a.yaml": {{"a", i}}}, i-1)
	}
	ids := h.write(t, w.dir)
	g := serveHTTP(t, w, (*httptest.Server).Start)
	s := pool().Source([]repo.Location{{URL: g.URL + "/work", Branch: "main"}})
	at := readOK(t, s).Readings[0]
	commits, ok, err := s.Since(t.Context(), at, ids[0])
	if err != nil || !ok || len(commits) != 1000 {
		t.Fatalf("%d commits, %v, %v; want 1000", len(commits), ok, err)
	}
	want := core.Commit{ID: ids[1199], Author: "A1199", Time: time.Unix(epoch+60*1199, 0).UTC(), Summary: "commit 1199"}
	if commits[0] != want {
		t.Errorf("the newest is %+v, want %+v", commits[0], want)
	}
	if commits, ok, err := s.Since(t.Context(), at, ids[1199]); len(commits) != 0 || !ok || err != nil {
		t.Errorf("since the head: %v, %v, %v", commits, ok, err)
	}
	for _, other := range []string{strings.Repeat("1", 40), "main", ""} {
		if commits, ok, err := s.Since(t.Context(), at, other); len(commits) != 0 || ok || err != nil {
			t.Errorf("since %q: %v, %v, %v", other, commits, ok, err)
		}
	}
	posts := g.count("POST")
	for range 3 {
		if _, _, err := s.Since(t.Context(), at, ids[3]); err != nil {
			t.Fatal(err)
		}
	}
	if n := g.count("POST") - posts; n != 0 {
		t.Errorf("%d fetches of a history that is there", n)
	}
	at.URL = "https://elsewhere/work"
	if _, ok, err := s.Since(t.Context(), at, ids[0]); ok || err == nil {
		t.Errorf("a reading of another source: %v, %v", ok, err)
	}
}

package repo_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// look asks a source for the past of objects, back from what it reads now.
func look(t testing.TB, s *repo.Source, enough func(core.Key, core.Past) bool, keys ...core.Key) map[core.Key]core.Past {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	found, err := s.Past(ctx, s.Read(ctx, scope()), scope(), keys, enough)
	if err != nil {
		t.Fatalf("Past: %v", err)
	}
	return found
}

// told is a past in short: "a.yaml=3 by 7, gone by 5", with the numbers of
// commits, and whether it is whole.
func told(ids []string, p core.Past) string {
	var parts []string
	for _, v := range p.Versions {
		what := "gone"
		if v.Object != nil {
			spec, _ := v.Object.Fields["spec"].(map[string]any)
			what = fmt.Sprintf("%s=%v", v.Object.Origin.Path, spec["vlan"])
		}
		part := fmt.Sprintf("%s by %d", what, slices.Index(ids, v.Commit.ID))
		if len(v.Before) > 0 {
			part += fmt.Sprint(v.Before)
		}
		parts = append(parts, part)
	}
	if !p.Whole {
		parts = append(parts, "...")
	}
	return strings.Join(parts, ", ")
}

// naive is what told says of an object's past, worked out from every commit as
// a whole. Its order of commits is git's.
func (h history) naive(order []int, name string, sees func(path string) bool) string {
	type state struct {
		path, text string
		value      int
		there      bool
	}
	at := make([]state, len(h))
	for i, c := range h {
		if path, value, ok := c.files.find(name); ok && sees(path) {
			at[i] = state{path, text(c.files[path]), value, true}
		}
	}
	// to is where the walk goes from a commit: to one parent, or where that
	// differs from all, to all.
	to := func(c int) (next []int, made bool) {
		for _, p := range h[c].parents {
			if at[p].path == at[c].path && at[p].text == at[c].text {
				return []int{p}, false
			}
		}
		for _, p := range h[c].parents {
			if at[p].there && at[c].there && at[p].value == at[c].value {
				return []int{p}, false
			}
		}
		return h[c].parents, at[c].there || len(h[c].parents) > 0
	}
	walked, number := map[int]bool{len(h) - 1: true}, map[int]int{}
	var makers []int
	for _, c := range order {
		if !walked[c] {
			continue
		}
		next, made := to(c)
		if made {
			number[c] = len(makers)
			makers = append(makers, c)
		}
		for _, p := range next {
			walked[p] = true
		}
	}
	var parts []string
	for _, c := range makers {
		// The content is what the last commit that kept it has.
		part := fmt.Sprintf("%s=%d by %d", at[c].path, at[c].value, c)
		if !at[c].there {
			part = fmt.Sprintf("gone by %d", c)
		}
		var before []int
		for _, p := range h[c].parents {
			for {
				next, made := to(p)
				if made {
					if !slices.Contains(before, number[p]) {
						before = append(before, number[p])
					}
					break
				}
				if len(next) == 0 {
					break
				}
				p = next[0]
			}
		}
		if slices.Sort(before); len(before) > 0 {
			part += fmt.Sprint(before)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// order is the commits in the order of git log --date-order.
func (w *world) order(ids []string) []int {
	w.t.Helper()
	var order []int
	for _, id := range strings.Fields(w.git("rev-list", "--date-order", "main")) {
		order = append(order, slices.Index(ids, id))
	}
	return order
}

// TestPastIsThatOfACarefulReader compares looks back into random histories with
// one that looks at every commit as a whole.
func TestPastIsThatOfACarefulReader(t *testing.T) {
	paths := []string{"a/1.yaml", "a/2.yaml", "a/deep/3.yaml", "b/4.yaml", "c/5.yaml"}
	views := map[string]struct {
		locations []repo.Location
		sees      func(string) bool
	}{
		"root":        {[]repo.Location{{}}, func(string) bool { return true }},
		"folder":      {[]repo.Location{{Path: "a"}}, func(p string) bool { return strings.HasPrefix(p, "a/") }},
		"two folders": {[]repo.Location{{Path: "a", Exclude: []string{"deep/**"}}, {Path: "b"}}, func(p string) bool { return p[0] == 'b' || p == "a/1.yaml" || p == "a/2.yaml" }},
	}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		h := random(r, 30+int(seed)*8, paths)
		h[len(h)-1].files["a/0.yaml"] = []doc{{"keep", 1}} // so that the folders are there
		h[len(h)-1].files["b/0.yaml"] = []doc{{"keep-2", 1}}
		w := newWorld(t)
		ids := h.write(t, w.dir)
		order := w.order(ids)
		for name, v := range views {
			var keys []core.Key
			for i := range 7 { // the last never was
				keys = append(keys, key(fmt.Sprintf("obj-%d", i)))
			}
			for i := range v.locations {
				v.locations[i].URL, v.locations[i].Branch = w.dir, "main"
			}
			for k, p := range look(t, pool().Source(v.locations), nil, keys...) {
				if got, want := told(ids, p), h.naive(order, k.Name, v.sees); got != want {
					t.Errorf("seed %d, %s, %s:\n got %s\nwant %s", seed, name, k.Name, got, want)
				}
			}
		}
		if t.Failed() {
			t.Log(w.git("log", "--graph", "--oneline", "main"))
			return
		}
	}
}

// TestPastOfAFileIsThatOfGitLog has one object in each file, so that the real
// git can say which commits count.
func TestPastOfAFileIsThatOfGitLog(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 2))
		var h history
		value := 0
		edit := func(f files) {
			path := fmt.Sprintf("obj-%d.yaml", r.IntN(4))
			if value++; r.IntN(4) == 0 {
				delete(f, path)
			} else {
				f[path] = []doc{{strings.TrimSuffix(path, ".yaml"), value}}
			}
		}
		f := files{"keep.yaml": {{"keep", 1}}}
		tips := []int{h.commit(f), 0}
		for len(h) < 120 {
			i := r.IntN(2)
			if at := tips[i]; r.IntN(5) == 0 && tips[0] != tips[1] {
				m := merge(r, h[at].files, h[tips[1-i]].files)
				if r.IntN(3) == 0 {
					edit(m)
				}
				tips[i] = h.commit(m, at, tips[1-i]) // criss-cross, since either may follow
			} else {
				c := h[at].files.clone()
				edit(c)
				tips[i] = h.commit(c, at)
			}
		}
		h.commit(merge(r, h[tips[0]].files, h[tips[1]].files), tips[0], tips[1])
		w := newWorld(t)
		h.write(t, w.dir)
		var keys []core.Key
		for i := range 4 {
			keys = append(keys, key(fmt.Sprintf("obj-%d", i)))
		}
		for k, p := range look(t, pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}}), nil, keys...) {
			var got []string
			for _, v := range p.Versions {
				got = append(got, v.Commit.ID)
			}
			want := strings.Fields(w.git("log", "--date-order", "--format=%H", "main", "--", k.Name+".yaml"))
			if len(want) > 50 {
				want = want[:50]
			}
			if !slices.Equal(got, want) {
				t.Errorf("seed %d, %s:\n got %v\nwant %v", seed, k.Name, got, want)
			}
		}
	}
}

func TestPastDoesNotDependOnHowItWasAskedBefore(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	h := random(r, 150, []string{"1.yaml", "2.yaml", "3.yaml"})
	w := newWorld(t)
	h.write(t, w.dir)
	location := []repo.Location{{URL: w.dir, Branch: "main"}}
	var keys []core.Key
	for i := range 6 {
		keys = append(keys, key(fmt.Sprintf("obj-%d", i)))
	}
	atMost := func(n int) func(core.Key, core.Past) bool {
		return func(_ core.Key, p core.Past) bool { return len(p.Versions) >= n }
	}
	want := map[int]map[core.Key]core.Past{}
	for _, n := range []int{1, 2, 5, 1000} {
		want[n] = map[core.Key]core.Past{}
		for _, k := range keys {
			maps.Copy(want[n], look(t, pool().Source(location), atMost(n), k)) // each by itself
		}
	}
	src := pool().Source(location)
	for range 60 {
		n := []int{1, 2, 5, 1000}[r.IntN(4)]
		r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		some := keys[:1+r.IntN(len(keys))]
		for k, got := range look(t, src, atMost(n), some...) {
			if !reflect.DeepEqual(got, want[n][k]) {
				t.Fatalf("up to %d versions of %s, asked with %v: %v, want %v", n, k, some, got, want[n][k])
			}
		}
	}
}

package repo_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

// grown is a repository of n commits, each of which changes the object a.
func grown(t testing.TB, n int) *world {
	t.Helper()
	w := newWorld(t)
	for i := range n {
		w.grow(i)
	}
	return w
}

func (w *world) grow(value int) string {
	w.t.Helper()
	w.write("dc1/a.yaml", text([]doc{{"a", value}}))
	return w.commit()
}

// values are those of an object's versions.
func values(p core.Past) string {
	var all []string
	for _, v := range p.Versions {
		what := "gone"
		if v.Object != nil {
			spec, _ := v.Object.Fields["spec"].(map[string]any)
			what = fmt.Sprint(spec["vlan"])
		}
		all = append(all, what)
	}
	if !p.Whole {
		all = append(all, "...")
	}
	return strings.Join(all, " ")
}

func wantValues(t testing.TB, s *repo.Source, k core.Key, want string) {
	t.Helper()
	if got := values(look(t, s, nil, k)[k]); got != want {
		t.Errorf("the past of %s is %q, want %q", k, got, want)
	}
}

func cached(dir string) func(*repo.Config) {
	return func(c *repo.Config) { c.CacheDir = dir }
}

// clones are the folders of clones in a cache.
func clones(t testing.TB, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "git", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestHistoryIsClonedOnceAndFetchedAfterThat(t *testing.T) {
	w := grown(t, 3)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	cache := filepath.Join(t.TempDir(), "cache")
	location := []repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}}
	src := pool(cached(cache)).Source(location)
	readOK(t, src)
	if len(clones(t, cache)) > 0 || s.count("POST") != 1 {
		t.Errorf("a read left %v in the cache, after %d fetches", clones(t, cache), s.count("POST"))
	}
	asked := func(src *repo.Source, want string, fetches int) {
		t.Helper()
		readOK(t, src)
		before := s.count("POST")
		wantValues(t, src, key("a"), want)
		if got := s.count("POST") - before; got != fetches {
			t.Errorf("%d fetches, want %d", got, fetches)
		}
	}
	asked(src, "2 1 0", 1)
	asked(src, "2 1 0", 0)
	w.grow(3)
	asked(src, "3 2 1 0", 1)
	asked(pool(cached(cache)).Source(location), "3 2 1 0", 0) // another process, later

	all := clones(t, cache)
	if len(all) != 1 {
		t.Fatalf("the cache holds %v", all)
	}
	if got := git(t, all[0], "rev-list", "--count", "HEAD"); got != "4" {
		t.Errorf("git counts %s commits in the clone, want 4", got)
	}
	git(t, all[0], "fsck", "--strict")
	if info, err := os.Stat(cache); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the cache has mode %v, %v", info.Mode(), err)
	}
	for i := range 70 {
		w.grow(100 + i)
		readOK(t, src)
		look(t, src, func(core.Key, core.Past) bool { return true }, key("a"))
	}
	packs, _ := filepath.Glob(filepath.Join(all[0], "objects/pack/*"))
	if len(packs) > 2*64 || len(clones(t, cache)) != 1 {
		t.Errorf("after 70 more fetches there are %d files of packs, and %v", len(packs), clones(t, cache))
	}
	wantValues(t, src, key("a"), strings.Join(func() (all []string) {
		for i := range 50 {
			all = append(all, fmt.Sprint(169-i))
		}
		return all
	}(), " ")+" ...")
}

// TestHistoryIsHadFromServersOfAllSorts has those that cannot leave large files
// out, too.
func TestHistoryIsHadFromServersOfAllSorts(t *testing.T) {
	for name, open := range map[string]func(t *testing.T, w *world) (string, repo.Location, func(*repo.Config)){
		"https": func(t *testing.T, w *world) (string, repo.Location, func(*repo.Config)) {
			s := serveHTTP(t, w, (*httptest.Server).StartTLS)
			return s.URL + "/work", repo.Location{}, trusting(s)
		},
		"ssh": func(t *testing.T, w *world) (string, repo.Location, func(*repo.Config)) {
			s := serveSSH(t)
			return "ssh://git@" + s.address + w.dir, repo.Location{SSHKeyFile: s.client, KnownHostsFile: s.knownHosts(t, s.hostKey)}, func(*repo.Config) {}
		},
		"this machine": func(_ *testing.T, w *world) (string, repo.Location, func(*repo.Config)) {
			return w.dir, repo.Location{}, func(*repo.Config) {}
		},
	} {
		for _, filter := range []string{"true", "false"} {
			t.Run(name+", filter "+filter, func(t *testing.T) {
				w := grown(t, 2)
				w.git("config", "uploadpack.allowFilter", filter)
				w.write("dc1/large.yaml", "# "+strings.Repeat("x", 9<<20)+"\n"+vpc("large"))
				w.commit()
				w.write("dc1/large.yaml", vpc("large"))
				w.commit()
				url, l, config := open(t, w)
				l.URL, l.Branch, l.Path = url, "main", "dc1"
				cache := t.TempDir()
				src := pool(config, cached(cache)).Source([]repo.Location{l})
				wantValues(t, src, key("a"), "1 0")
				if got := look(t, src, nil, key("large"))[key("large")]; len(got.Versions) != 1 || !got.Whole {
					t.Errorf("of an object in a large file: %v", got)
				}
				w.grow(2)
				wantValues(t, src, key("a"), "2 1 0")
				if local := name == "this machine"; local != (len(clones(t, cache)) == 0) {
					t.Errorf("the cache holds %v", clones(t, cache))
				}
			})
		}
	}
}

func TestHistoryThatWasRewrittenIsNoAncestor(t *testing.T) {
	w := grown(t, 4)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	for name, url := range map[string]string{"over HTTP": s.URL + "/work", "this machine": w.dir} {
		t.Run(name, func(t *testing.T) {
			src := pool(cached(t.TempDir())).Source([]repo.Location{{URL: url, Branch: "main", Path: "dc1"}})
			descends := func(at core.Reading, ancestor string, want bool) {
				t.Helper()
				if got, err := src.Descends(t.Context(), at, ancestor); got != want || err != nil {
					t.Errorf("%s descends from %s: %v, %v; want %v", at.Revision, ancestor, got, err, want)
				}
			}
			old := readOK(t, src).Readings[0]
			descends(old, w.git("rev-parse", "HEAD~2"), true)
			descends(old, old.Revision, true)
			descends(old, strings.Repeat("1", 40), false)
			descends(old, "no hash", false)

			tip := w.git("rev-parse", "HEAD")
			w.git("reset", "-q", "--hard", "HEAD~1")
			w.git("commit", "-q", "--allow-empty", "-m", "another "+name)
			moved := readOK(t, src).Readings[0]
			descends(moved, tip, false)
			descends(moved, w.git("rev-parse", "HEAD~1"), true)
			descends(old, w.git("rev-parse", "HEAD~1"), true) // what is no branch's any more can still be known
			wantValues(t, src, key("a"), "2 1 0")
			w.git("reset", "-q", "--hard", tip)
		})
	}
	src := pool().Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}})
	at := readOK(t, src)
	w.git("reset", "-q", "--hard", "HEAD~1")
	w.git("commit", "-q", "--allow-empty", "-m", "another")
	_, err := src.Past(t.Context(), at, scope(), []core.Key{key("a")}, nil)
	if want := "the branch was moved by force since it was read (the next check looks again)"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("the past at a commit that nobody has: %v, want …%s", err, want)
	}
}

func TestShallowHistoryIsNotWhole(t *testing.T) {
	w := grown(t, 5)
	dir := filepath.Join(t.TempDir(), "work")
	git(t, "", "clone", "-q", "--depth", "3", "file://"+w.dir, dir)
	shallow := &world{t: t, dir: dir}
	s := serveHTTP(t, shallow, (*httptest.Server).Start)
	for name, url := range map[string]string{"over HTTP": s.URL + "/work", "this machine": dir} {
		t.Run(name, func(t *testing.T) {
			cache := t.TempDir()
			location := []repo.Location{{URL: url, Branch: "main", Path: "dc1"}}
			src := pool(cached(cache)).Source(location)
			wantValues(t, src, key("a"), "4 3 ...")
			wantValues(t, pool(cached(cache)).Source(location), key("a"), "4 3 ...")
			wantValues(t, src, key("never"), "...")
			at := readOK(t, src).Readings[0]
			if got, err := src.Descends(t.Context(), at, w.git("rev-parse", "HEAD~2")); !got || err != nil {
				t.Errorf("a commit that is there: %v, %v", got, err)
			}
			if got, err := src.Descends(t.Context(), at, strings.Repeat("1", 40)); got || err == nil || !strings.Contains(err.Error(), "shallow clone") {
				t.Errorf("a commit that is not there: %v, %v; want an error", got, err)
			}
		})
	}
}

func TestLookBackEndsWithItsContext(t *testing.T) {
	w := grown(t, 3)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	cache := t.TempDir()
	src := pool(cached(cache), func(c *repo.Config) { c.Timeout = time.Hour }).Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}})
	at := readOK(t, src)
	before := runtime.NumGoroutine()
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request, http.Handler){
		"silent": func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() },
		"half":   stall,
	} {
		s.set(func() { s.fault, s.requests = fault, nil })
		ctx, cancel := context.WithCancel(t.Context())
		var waiting sync.WaitGroup
		for range 3 {
			waiting.Go(func() {
				if _, err := src.Past(ctx, at, scope(), []core.Key{key("a")}, nil); err == nil || !strings.Contains(err.Error(), "called off") {
					t.Errorf("%s: %v, want that it was called off", name, err)
				}
			})
		}
		for deadline := time.Now().Add(30 * time.Second); s.count("GET") == 0 && time.Now().Before(deadline); {
			runtime.Gosched()
		}
		impatient, leave := context.WithCancel(t.Context())
		leave()
		if _, err := src.Past(impatient, at, scope(), []core.Key{key("a")}, nil); err == nil || ctx.Err() != nil {
			t.Errorf("%s: one that waits for another look does not end by itself: %v", name, err)
		}
		cancel()
		waiting.Wait()
	}
	deadline := time.Now().Add(30 * time.Second)
	for runtime.NumGoroutine() > before+2 {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		runtime.Gosched()
	}
	if left := clones(t, cache); len(left) > 0 {
		t.Errorf("the cache holds %v", left)
	}
	s.set(func() { s.fault = nil })
	wantValues(t, src, key("a"), "2 1 0")
}

// TestProcessesShareACache has pools, each as in a process of its own, that
// look back while the branch moves, and one that spoils the cache.
func TestProcessesShareACache(t *testing.T) {
	w := grown(t, 3)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	cache := t.TempDir()
	location := []repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}}
	ctx, stop := context.WithTimeout(t.Context(), 4*time.Second)
	defer stop()
	var running sync.WaitGroup
	var mu sync.Mutex
	looks := 0
	for range 3 {
		src := pool(cached(cache)).Source(location)
		for range 2 {
			running.Go(func() {
				for ctx.Err() == nil {
					p, err := src.Past(t.Context(), src.Read(t.Context(), scope()), scope(), []core.Key{key("a")}, nil)
					mu.Lock()
					looks++
					mu.Unlock()
					if got := values(p[key("a")]); err != nil || !strings.HasSuffix(got, " 2 1 0") && got != "2 1 0" {
						t.Errorf("the past is %q, %v", got, err)
						return
					}
				}
			})
		}
	}
	running.Go(func() {
		for i := 3; ctx.Err() == nil && i < 40; i++ {
			w.grow(i)
			if i%4 == 0 {
				for _, dir := range clones(t, cache) {
					_ = os.Truncate(filepath.Join(dir, "HEAD"), 0)
				}
			}
		}
	})
	running.Wait()
	if looks < 10 {
		t.Errorf("only %d looks", looks)
	}
	wantValues(t, pool(cached(cache)).Source(location), key("a"), func() string {
		p := look(t, pool().Source(location), nil, key("a"))
		return values(p[key("a")])
	}())
	if left := clones(t, cache); len(left) != 1 {
		t.Errorf("the cache holds %v", left)
	}
}

func TestHistoryIsKeptInMemoryWhereTheCacheCannotBeWritten(t *testing.T) {
	w := grown(t, 3)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"no folder": "", "a file": file, "below a file": filepath.Join(file, "cache"), "no file system": "/proc/selvage"} {
		t.Run(name, func(t *testing.T) {
			src := pool(cached(dir)).Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}})
			readOK(t, src)
			before := s.count("POST")
			for range 3 {
				wantValues(t, src, key("a"), "2 1 0")
			}
			if got := s.count("POST") - before; got != 1 {
				t.Errorf("%d fetches of the history, want 1", got)
			}
		})
	}
}

func TestHistoryHasALimit(t *testing.T) {
	w := grown(t, 3)
	w.write("large.bin", string(bytes.Repeat([]byte("0123456789abcdef"), 1<<12)))
	random := make([]byte, 200<<10)
	for i := range random {
		random[i] = byte(i * i >> 3 * i)
	}
	w.write("random.bin", string(random))
	w.commit()
	w.git("rm", "-q", "large.bin", "random.bin")
	w.commit()
	w.git("config", "uploadpack.allowFilter", "false")
	s := serveHTTP(t, w, (*httptest.Server).Start)
	cache := t.TempDir()
	src := pool(cached(cache), func(c *repo.Config) { c.MaxRepository = 2 << 10 }).Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}})
	at := readOK(t, src)
	_, err := src.Past(t.Context(), at, scope(), []core.Key{key("a")}, nil)
	if err == nil || !strings.Contains(err.Error(), "it is a pack of more than") {
		t.Errorf("Past: %v, want that the history is too large", err)
	}
	if left := clones(t, cache); len(left) > 0 {
		t.Errorf("the cache holds %v", left)
	}
}

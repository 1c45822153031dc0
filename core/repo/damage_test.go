package repo_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/repo"
)

func TestServerThatIsDownCostsOnlyTheHistory(t *testing.T) {
	w := grown(t, 3)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	cache := t.TempDir()
	src := pool(cached(cache)).Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}})
	at := readOK(t, src)
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request, http.Handler){
		"503": func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) { rw.WriteHeader(503) },
		"cut": cut(50),
		"no pack": onPOST(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/x-git-upload-pack-result")
			_, _ = io.WriteString(rw, "0008NAK\n")
		}),
	} {
		s.set(func() { s.fault = fault })
		found, err := src.Past(t.Context(), at, scope(), []core.Key{key("a")}, nil)
		var told *core.Error
		if len(found) > 0 || !errors.As(err, &told) || strings.ContainsAny(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "read git "+s.URL) {
			t.Errorf("%s: %v, %v; want an error that tells", name, found, err)
		}
		if left := clones(t, cache); len(left) > 0 {
			t.Errorf("%s: the cache holds %v", name, left)
		}
		s.set(func() { s.fault = nil })
		readOK(t, src)
	}
	wantValues(t, src, key("a"), "2 1 0")
}

func TestDamagedCloneIsMadeAnew(t *testing.T) {
	w := grown(t, 3)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	all := func(t *testing.T, dir, pattern string) string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s in %s", pattern, dir)
		}
		return found[0]
	}
	write := func(t *testing.T, name string, data []byte) {
		t.Helper()
		if err := os.Chmod(name, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	damages := map[string]func(t *testing.T, dir string){
		"head of no bytes": func(t *testing.T, dir string) { write(t, filepath.Join(dir, "HEAD"), nil) },
		"head of another": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "HEAD"), []byte(strings.Repeat("1", 40)+"\n"))
		},
		"no head": func(t *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, "HEAD")) },
		"pack cut off": func(t *testing.T, dir string) {
			name := all(t, dir, "objects/pack/*.pack")
			data, _ := os.ReadFile(name)
			write(t, name, data[:len(data)/2])
		},
		"pack of zeros": func(t *testing.T, dir string) {
			name := all(t, dir, "objects/pack/*.pack")
			data, _ := os.ReadFile(name)
			clear(data[12:])
			write(t, name, data)
		},
		"empty pack": func(t *testing.T, dir string) { write(t, all(t, dir, "objects/pack/*.pack"), nil) },
		"no pack":    func(t *testing.T, dir string) { _ = os.Remove(all(t, dir, "objects/pack/*.pack")) },
		"no index":   func(t *testing.T, dir string) { _ = os.Remove(all(t, dir, "objects/pack/*.idx")) },
		"index cut off": func(t *testing.T, dir string) {
			write(t, all(t, dir, "objects/pack/*.idx"), []byte("\xfftOc\x00\x00\x00\x02"))
		},
		"index of words": func(t *testing.T, dir string) {
			write(t, all(t, dir, "objects/pack/*.idx"), bytes.Repeat([]byte("words "), 999))
		},
		"a file": func(t *testing.T, dir string) { _ = os.RemoveAll(dir); _ = os.WriteFile(dir, nil, 0o600) },
	}
	for name, damage := range damages {
		for _, moved := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, branch moved %v", name, moved), func(t *testing.T) {
				cache := t.TempDir()
				var log bytes.Buffer
				location := []repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}}
				config := func(c *repo.Config) {
					c.CacheDir, c.Log = cache, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
				}
				before := look(t, pool(config).Source(location), nil, key("a"))
				damage(t, clones(t, cache)[0])
				if moved {
					w.git("commit", "-q", "--allow-empty", "-m", "nothing")
				}
				src := pool(config).Source(location)
				if got := look(t, src, nil, key("a")); values(got[key("a")]) != values(before[key("a")]) {
					t.Errorf("the past is %q, want %q", values(got[key("a")]), values(before[key("a")]))
				}
				look(t, src, nil, key("a"))
				if left := clones(t, cache); len(left) != 1 {
					t.Errorf("the cache holds %v", left)
				}
				if !strings.Contains(log.String(), "cached history") && name != "no head" && name != "a file" && (moved || !strings.HasPrefix(name, "head")) {
					t.Errorf("the log does not tell: %q", log.String())
				}
			})
		}
	}
}

// TestServerOfABrokenRepositoryIsNotAskedForAllOfItAgainAndAgain has one that
// leaves out the parents of the head without a word.
func TestServerOfABrokenRepositoryIsNotAskedForAllOfItAgainAndAgain(t *testing.T) {
	s := serveHTTP(t, grown(t, 3), (*httptest.Server).Start)
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	src := pool(cached(t.TempDir()), func(c *repo.Config) { c.Now = func() time.Time { return now } }).Source([]repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}})
	at := readOK(t, src)
	s.set(func() {
		s.requests = nil
		s.fault = func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Method == http.MethodPost {
				body, _ := io.ReadAll(r.Body)
				body = bytes.Replace(body, []byte("00000009done"), []byte("000ddeepen 1\n00000009done"), 1)
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			}
			next.ServeHTTP(rw, r)
		}
	})
	fails := func(fetches int) {
		t.Helper()
		for range 5 {
			found, err := src.Past(t.Context(), at, scope(), []core.Key{key("a")}, nil)
			if len(found) > 0 || err == nil || !strings.Contains(err.Error(), "the repository is incomplete") {
				t.Fatalf("%v, %v; want that the repository is incomplete", found, err)
			}
		}
		if got := s.count("POST"); got != fetches {
			t.Errorf("%d fetches, want %d", got, fetches)
		}
	}
	fails(2)
	now = now.Add(11 * time.Minute)
	fails(3)
	s.set(func() { s.fault = nil })
	now = now.Add(11 * time.Minute)
	wantValues(t, src, key("a"), "2 1 0")
}

func TestLeftoversOfKilledProcessesAreSwept(t *testing.T) {
	w := grown(t, 1)
	s := serveHTTP(t, w, (*httptest.Server).Start)
	cache := t.TempDir()
	location := []repo.Location{{URL: s.URL + "/work", Branch: "main", Path: "dc1"}}
	wantValues(t, pool(cached(cache)).Source(location), key("a"), "0")
	dir := clones(t, cache)[0]
	old, young := dir+".123.new", dir+".456.new"
	for _, name := range []string{old, young, dir} {
		_ = os.RemoveAll(name)
	}
	for _, name := range []string{old, young} {
		if err := os.MkdirAll(filepath.Join(name, "objects"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Now().Add(-48*time.Hour), time.Now().Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	wantValues(t, pool(cached(cache)).Source(location), key("a"), "0")
	got := clones(t, cache)
	slices.Sort(got)
	if want := []string{dir, young}; !slices.Equal(got, want) {
		t.Errorf("the cache holds %v, want %v", got, want)
	}
}

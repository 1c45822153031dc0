package repo

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

func TestMalformedTreeIsAnErrorAndNoPanic(t *testing.T) {
	hash := strings.Repeat("h", len(plumbing.ZeroHash))
	good := "100644 a\x00" + hash
	for _, raw := range []string{"x", " a\x00" + hash, "100644 \x00" + hash, "100644 a", "100644 a\x00short", "100644a\x00" + hash, good + "1"} {
		d := differ{
			tree:  func(plumbing.Hash) ([]byte, error) { return []byte(raw), nil },
			found: func(string, plumbing.Hash, plumbing.Hash) {},
		}
		if err := d.diff(plumbing.ZeroHash, plumbing.NewHash("01"), "", 0); !errors.Is(err, errTree) {
			t.Errorf("tree %q: %v, want %v", raw, err, errTree)
		}
	}
	for _, raw := range []string{"", good, good + "40000 b\x00" + hash} {
		if _, _, _, err := lookup([]byte(raw), "c"); err != nil {
			t.Errorf("tree %q: %v", raw, err)
		}
	}
}

// FuzzTreesAreComparedWithoutAPanic compares two trees that anybody may have
// made.
func FuzzTreesAreComparedWithoutAPanic(f *testing.F) {
	hash := strings.Repeat("h", len(plumbing.ZeroHash))
	f.Add("100644 a\x00"+hash, "40000 a\x00"+hash+"100644 a.b\x00"+hash)
	f.Fuzz(func(t *testing.T, a, b string) {
		trees := map[plumbing.Hash]string{plumbing.NewHash("01"): a, plumbing.NewHash("02"): b}
		found := map[string]int{}
		d := differ{
			tree:  func(h plumbing.Hash) ([]byte, error) { return []byte(trees[h]), nil },
			found: func(path string, before, after plumbing.Hash) { found[path]++ },
		}
		if d.diff(plumbing.NewHash("01"), plumbing.NewHash("01"), "", 0) != nil || len(found) > 0 {
			t.Fatalf("a tree differs from itself: %v", found)
		}
		_ = d.diff(plumbing.NewHash("01"), plumbing.NewHash("02"), "", 0) // only a panic would be wrong
		for path := range found {
			if strings.HasPrefix(path, "../") || path == ".." || path == "" {
				t.Errorf("found %q", path)
			}
		}
	})
}

package repo_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selvage/core/repo"
)

// TestShowTellsACommitAsGitDoes holds what changed against git show.
func TestShowTellsACommitAsGitDoes(t *testing.T) {
	w := newWorld(t)
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(w.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	commit := func(message string) string {
		w.git("add", "-A")
		w.git("commit", "-q", "-m", message)
		return strings.TrimSpace(w.git("rev-parse", "HEAD"))
	}
	long := "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\ng: 7\nh: 8\ni: 9\n"
	write("fabrics/dc1/vpc.yaml", long)
	write("gone.yaml", "x: 1\n")
	write("picture.png", "\x00\x01")
	first := commit("first\n\nwith a reason")
	write("fabrics/dc1/vpc.yaml", strings.Replace(long, "e: 5", "e: 50", 1))
	write("new.yaml", "y: 1\n")
	write("picture.png", "\x00\x02")
	w.git("rm", "-q", "gone.yaml")
	second := commit("widen e")
	s := pool().Source([]repo.Location{{URL: w.dir, Branch: "main"}})
	at := readOK(t, s).Readings[0]
	for _, id := range []string{first, second} {
		got, found, err := s.Show(t.Context(), at, id)
		if err != nil || !found {
			t.Fatal(err)
		}
		_, patch, _ := strings.Cut(w.git("show", "--no-color", "--full-index", "--no-renames", "--format=format:X", id, "--", "fabrics", "gone.yaml", "new.yaml"), "X\n")
		got, _, _ = strings.Cut(got, "diff --git a/picture.png")
		have, want := linesOf(got), linesOf(patch)
		for l := range want {
			if !have[l] {
				t.Errorf("%.7s does not show %q:\n%s", id, l, got)
			}
		}
		if !strings.HasPrefix(got, "commit "+id+"\nAuthor: ") {
			t.Errorf("it begins with %.120q", got)
		}
	}
	if got, _, _ := s.Show(t.Context(), at, first); !strings.Contains(got, "    first\n    \n    with a reason\n") || !strings.Contains(got, "picture.png b/picture.png\n(large, or no text)\n") {
		t.Errorf("the first commit is shown as\n%s", got)
	}
	if got, found, err := s.Show(t.Context(), at, strings.Repeat("1", 40)); err != nil || found {
		t.Errorf("an unknown commit: %q, %v", got, err)
	}
	if _, _, err := s.Show(t.Context(), at, "main"); err == nil {
		t.Error("a name was taken for an id")
	}
}

func linesOf(text string) map[string]bool {
	all := map[string]bool{}
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if rest, ok := strings.CutPrefix(l, "@@ "); ok {
			hunk, _, _ := strings.Cut(rest, " @@") // behind it git names the section
			l = "@@ " + hunk + " @@"
		}
		all[l] = true
	}
	return all
}

package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/testdata/hedgehog"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// world makes a world and plays its past.
func world(t *testing.T, seed uint64) *World {
	t.Helper()
	w, err := New(filepath.Join(t.TempDir(), "world"), Options{Seed: seed, Now: noon()})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Unfold(func(time.Time, []string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return w
}

// contents are all files of a world, by path.
func contents(t *testing.T, w *World) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(w.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(w.dir, name)
		files[rel] = strings.ReplaceAll(string(data), w.dir, "WORLD") // the engine names the repository
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.net", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.net")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestSameSeedSameWorld(t *testing.T) {
	a, b, other := world(t, 5), world(t, 5), world(t, 6)
	for i := range 40 {
		at := noon().Add(time.Duration(i) * time.Minute)
		for _, w := range []*World{a, b, other} {
			if _, err := w.Step(i, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !maps.Equal(contents(t, a), contents(t, b)) {
		t.Error("the same seed and times gave two different worlds")
	}
	if maps.Equal(contents(t, a), contents(t, other)) {
		t.Error("another seed gave the same world")
	}
}

func TestGitTakesTheRepositoryForItsOwn(t *testing.T) {
	w := world(t, 1)
	repo := filepath.Join(w.dir, "fabrics.git")
	before := strings.Count(git(t, repo, "log", "--format=%H"), "\n")
	if before < 12 {
		t.Errorf("%d commits, want a history of a dozen or more", before)
	}
	for i := range len(beats()) {
		if _, err := w.Step(i, noon()); err != nil {
			t.Fatal(err)
		}
	}
	if out := git(t, repo, "fsck", "--strict", "--full"); out != "" {
		t.Errorf("git fsck says:\n%s", out)
	}
	if after := strings.Count(git(t, repo, "log", "--format=%H"), "\n"); after <= before {
		t.Errorf("%d commits before the steps and %d after them, want more", before, after)
	}
	authors := strings.Fields(git(t, repo, "log", "--format=%ae"))
	slices.Sort(authors)
	if len(slices.Compact(authors)) < 3 {
		t.Errorf("authors %v, want several", authors)
	}
	if times := strings.Fields(git(t, repo, "log", "--format=%ct", "--reverse")); !slices.IsSorted(times) || times[len(times)-1] > fmt.Sprint(noon().Unix()) {
		t.Errorf("commits at %v, want them in order and none in the future", times)
	}
}

func TestWhatOthersPushStays(t *testing.T) {
	w := world(t, 1)
	repo, clone := filepath.Join(w.dir, "fabrics.git"), filepath.Join(t.TempDir(), "clone")
	git(t, w.dir, "clone", "-q", repo, clone)
	if err := os.WriteFile(filepath.Join(clone, "dc1", "NOTES.md"), []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git(t, clone, "add", ".")
	git(t, clone, "commit", "-qm", "a note")
	git(t, clone, "push", "-q")
	pushed := strings.TrimSpace(git(t, repo, "rev-parse", "main"))
	for i := range len(beats()) {
		if _, err := w.Step(i, noon()); err != nil {
			t.Fatal(err)
		}
	}
	if got := git(t, repo, "show", "main:dc1/NOTES.md"); got != "mine\n" {
		t.Errorf("the pushed file holds %q", got)
	}
	git(t, repo, "merge-base", "--is-ancestor", pushed, "main")
	if now := strings.TrimSpace(git(t, repo, "rev-parse", "main")); now == pushed {
		t.Error("no step committed anything, so that nothing was tried")
	}
}

// TestReadersNeverMeetHalfAFile reads dumps as fast as it can while they are
// written.
func TestReadersNeverMeetHalfAFile(t *testing.T) {
	w := world(t, 1)
	name := filepath.Join(w.dir, "clusters", "dc2-frontend.json")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	reads := make(chan int)
	go func() {
		n := 0
		defer func() { reads <- n }()
		for {
			select {
			case <-stop:
				return
			default:
			}
			// Only the controllers' times differ, and they are as long.
			if data, err := os.ReadFile(name); err != nil || len(data) != len(whole) {
				t.Errorf("read %d bytes of %d (%v)", len(data), len(whole), err)
			}
			n++
		}
	}()
	s, err := w.site("dc2-frontend")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if err := w.dump(s, noon().Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if n := <-reads; n < 2 {
		t.Errorf("%d reads in 100 writes: nothing was tried", n)
	}
}

func TestDumpsParseUnlessTheyAreMeantNotTo(t *testing.T) {
	w := world(t, 9)
	for i := range 2 * len(beats()) {
		told, err := w.Step(i, noon().Add(time.Duration(i)*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		for _, fabric := range w.Fabrics() {
			want, err := w.Wants(fabric)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(w.dir, "clusters", fabric+".json"))
			if err != nil {
				t.Fatal(err)
			}
			whole := true
			for line := range bytes.Lines(data) {
				whole = whole && json.Valid(line)
			}
			if whole == want.Invalid {
				t.Errorf("after step %d (%s) the dump of %s parses: %v, want %v", i, told, fabric, whole, !want.Invalid)
			}
		}
	}
}

// TestStoryComesBackToItsBeginning: however long one watches, no kind of
// difference dies out or piles up, and no step finds nothing to do.
func TestStoryComesBackToItsBeginning(t *testing.T) {
	for seed := range uint64(3) {
		w := world(t, seed)
		begin := moods(t, w)
		i := 0
		for round := range 3 {
			for range beats() {
				if _, err := w.Step(i, noon().Add(time.Duration(i)*time.Minute)); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				i++
			}
			if now := moods(t, w); !maps.Equal(now, begin) {
				t.Fatalf("seed %d, after round %d: %v, want %v", seed, round, now, begin)
			}
		}
	}
}

// moods counts each fabric's states. A server that waits for its engine is
// pending or only in git, depending on how long.
func moods(t *testing.T, w *World) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, fabric := range w.Fabrics() {
		want, err := w.Wants(fabric)
		if err != nil {
			t.Fatal(err)
		}
		for _, state := range want.States {
			counts[fabric+" "+strings.Replace(state, onlyGit, hedgehog.Pending, 1)]++
		}
	}
	return counts
}

func TestPausesAreThoseOfPeople(t *testing.T) {
	w := world(t, 1)
	for i := range 1000 {
		if p := w.Pause(i); p < 8*time.Second || p > 20*time.Second {
			t.Errorf("Pause(%d) = %s, want 8 to 20 seconds", i, p)
		}
	}
}

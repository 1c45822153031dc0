package themes

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestShelfFollowsItsFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(colour string) string {
		return `{"base": "dark", "colours": {"text": "` + colour + `"}}`
	}
	write(t, dir, "mine.json", file("#ffffff"))
	s := NewShelf(filepath.Join(dir, "not there"), dir)
	if _, ok := s.Get("mine"); ok {
		t.Error("Get gives what was never loaded")
	}
	if _, err := s.Load("mine"); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name    string
		do      func()
		changed bool
		err     string
		text    Colour
	}{
		{"nothing", func() {}, false, "", "#ffffff"},
		{"written anew", func() { write(t, dir, "mine.json", file("#eeeeee")) }, true, "", "#eeeeee"},
		{"nothing more", func() {}, false, "", "#eeeeee"},
		{"half written", func() { write(t, dir, "mine.json", `{"base"`) }, true, `theme "mine" stays as it was`, "#eeeeee"},
		{"told once", func() {}, false, "", "#eeeeee"},
		{"whole", func() { write(t, dir, "mine.json", file("#dddddd")+" ") }, true, "", "#dddddd"},
		{"removed", func() { remove(t, dir, "mine.json") }, true, "no theme", "#dddddd"},
		{"back", func() { write(t, dir, "mine.json", file("#cccccc")) }, true, "", "#cccccc"},
		{"another one", func() { write(t, dir, "other.json", file("#ffffff")) }, true, "", "#cccccc"},
		{"no theme", func() { write(t, dir, "notes.txt", "x") }, false, "", "#cccccc"},
	}
	for i, step := range steps {
		step.do()
		// An edit within the same tick of the file system's clock is told by its
		// size alone; give each its own time.
		at := time.Unix(1_800_000_000+int64(i), 0)
		if step.changed && step.name != "removed" {
			if err := os.Chtimes(filepath.Join(dir, "mine.json"), at, at); err != nil {
				t.Fatal(err)
			}
		}
		changed, err := s.Refresh()
		if changed != step.changed || (err != nil) != (step.err != "") || err != nil && !strings.Contains(err.Error(), step.err) {
			t.Errorf("%s: Refresh = %v, %v; want %v and an error with %q", step.name, changed, err, step.changed, step.err)
		}
		if c, ok := s.Get("mine"); !ok || c.Dark.Looks[Text].Fore != step.text {
			t.Errorf("%s: the text is %q, want %q", step.name, c.Dark.Looks[Text].Fore, step.text)
		}
	}
	found := false
	for _, e := range s.List() {
		found = found || e.Name == "other" && e.Path == filepath.Join(dir, "other.json")
	}
	if !found {
		t.Error("List does not have the theme that was added")
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

// TestShelfIsSharedSafely: the screen asks while a command reads.
func TestShelfIsSharedSafely(t *testing.T) {
	dir := t.TempDir()
	s := NewShelf(dir)
	if _, err := s.Load(Auto); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				if _, err := s.Refresh(); err != nil {
					t.Error(err)
				}
				if _, ok := s.Get(Auto); !ok {
					t.Error("a theme went missing")
				}
			}
		})
	}
	all.Go(func() {
		for i := range 50 {
			if err := os.WriteFile(filepath.Join(dir, "x.json"), []byte(strings.Repeat(" ", i)), 0o600); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
}

func BenchmarkRefreshUnchanged(b *testing.B) {
	dir := b.TempDir()
	for _, name := range []string{"a", "b", "c", "d"} {
		if err := os.WriteFile(filepath.Join(dir, name+".json"), []byte(`{"base": "dark"}`), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	s := NewShelf(dir)
	b.ReportAllocs()
	for b.Loop() {
		if changed, err := s.Refresh(); changed || err != nil {
			b.Fatal(changed, err)
		}
	}
}

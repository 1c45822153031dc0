package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"selvage/core/disk"
)

// holds says that a folder has one file with a text and a mode.
func holds(t *testing.T, name, want string, mode fs.FileMode) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil || string(text) != want {
		t.Errorf("it holds %q (%v), want %q", text, err, want)
	}
	if is, err := os.Stat(name); err == nil && is.Mode().Perm() != mode {
		t.Errorf("its mode is %o, want %o", is.Mode().Perm(), mode)
	}
	if all, err := os.ReadDir(filepath.Dir(name)); err != nil || len(all) != 1 {
		t.Errorf("beside it are %v (%v)", all, err)
	}
}

func TestAFileIsMadeOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	if err := disk.Create(name, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := disk.Create(name, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second time: %v", err)
	}
	holds(t, name, "one", 0o600)
}

// TestWhoHasAFileOpenKeepsIt: another one takes its place, whole.
func TestWhoHasAFileOpenKeepsIt(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	for _, text := range []string{"one", "another"} {
		if err := disk.Replace(name, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		holds(t, name, text, 0o640)
	}
	before, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = before.Close() }()
	if err := disk.Replace(name, []byte("third"), 0o600); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "third", 0o600)
	old := make([]byte, 7)
	if _, err := before.Read(old); err != nil || string(old) != "another" {
		t.Errorf("who had it open reads %q (%v)", old, err)
	}
}

func TestWhatIsNoFileStays(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "folder")
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := disk.Replace(name, []byte("x"), 0o600); err == nil {
		t.Error("a folder is replaced")
	}
	if err := disk.Replace(filepath.Join(dir, "none", "x"), []byte("x"), 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("there are %v (%v)", all, err)
	}
}

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/config"
)

// TestEditsOutliveTheConnection: they lie beside the store, for their owner alone, and
// one whose process is gone is told.
func TestEditsOutliveTheConnection(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	c := &config.Config{}
	c.State.Dir = t.TempDir()
	a := &app{env: os.LookupEnv}
	if said := tellKept(c); said.Len() > 0 {
		t.Errorf("before there is any it says %q", said)
	}
	file, err := a.editFile(c, core.Key{Kind: "VPC", Name: "../a/" + strings.Repeat("x", 300)})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(file)
	for path, want := range map[string]os.FileMode{dir: 0o700, file: 0o600} {
		if is, err := os.Stat(path); err != nil || is.Mode().Perm() != want || !strings.HasPrefix(path, c.State.Dir) {
			t.Errorf("%s: %v, %v; want %o below %s", path, is.Mode(), err, want, c.State.Dir)
		}
	}
	if said := tellKept(c); said.Len() > 0 {
		t.Errorf("of one that is open it says %q", said)
	}
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, fmt.Sprintf("VPC-a-%d-77.yaml", gone.Process.Pid))
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if said := tellKept(c).String(); !strings.Contains(said, "an edit was left and not taken: "+left) {
		t.Errorf("it says %q", said)
	}
	if err := os.WriteFile(filepath.Join(dir, "saved-by-hand"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if said := tellKept(c).String(); !strings.Contains(said, "2 edits were left and not taken: "+dir) {
		t.Errorf("it says %q", said)
	}
}

// TestEditsAreNotPutIntoWhatIsAnothers: a link in a folder of a group leads elsewhere.
func TestEditsAreNotPutIntoWhatIsAnothers(t *testing.T) {
	c := &config.Config{}
	c.State.Dir = t.TempDir()
	if err := os.Symlink(t.TempDir(), editsDir(c)); err != nil {
		t.Fatal(err)
	}
	if file, err := (&app{}).editFile(c, core.Key{Kind: "VPC", Name: "a"}); err == nil {
		t.Errorf("it is edited in %s", file)
	}
}

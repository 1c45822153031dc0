package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"selvage/core/config"
)

func TestLogIsCappedAndKeepsOneBefore(t *testing.T) {
	name := filepath.Join(t.TempDir(), "selvage-kim.log")
	a, b := &logWriter{name: name, limit: 100}, &logWriter{name: name, limit: 100}
	for _, w := range []*logWriter{a, b} {
		if err := w.open(); err != nil {
			t.Fatal(err)
		}
		defer w.close()
	}
	line := []byte(strings.Repeat("x", 29) + "\n")
	for i := range 40 {
		for _, w := range []*logWriter{a, b} {
			if n, err := w.Write(line); n != len(line) || err != nil {
				t.Fatalf("line %d: %d, %v", i, n, err)
			}
		}
	}
	files, err := filepath.Glob(name + "*")
	if err != nil || len(files) != 2 {
		t.Fatalf("files %v (%v), want the log and the one before", files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil || len(data) > 100 || len(data) == 0 || len(data)%len(line) != 0 {
			t.Errorf("%s has %d bytes (%v), want whole lines, at most 100 bytes", f, len(data), err)
		}
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v (%v)", f, info.Mode(), err)
		}
	}
}

// TestLogFollowsNoLink: in a folder of a group a link may be a trap.
func TestLogFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "bashrc")
	if err := os.WriteFile(target, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "selvage-kim.log")
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
	if err := (&logWriter{name: name, limit: 100}).open(); err == nil {
		t.Error("it opens a link")
	}
}

func TestLogNamesAreFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"kim": "selvage-kim.log", "": "selvage-nobody.log", `CORP\kim`: "selvage-CORP_kim.log",
		"../../etc": "selvage-.._.._etc.log", "kim@example.net": "selvage-kim@example.net.log",
	} {
		if got := logName(name); got != want {
			t.Errorf("logName(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestDashboardKeepsTheGroupsFolder: what the dashboard logs changes nothing
// about a state folder that a group shares.
func TestDashboardKeepsTheGroupsFolder(t *testing.T) {
	group, err := user.LookupGroupId(strconv.Itoa(os.Getgid()))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "state")
	a, _, errs := bareApp(t)
	a.out = &bytes.Buffer{}
	c := &config.Config{}
	c.State = config.State{Dir: dir, Group: group.Name}
	if _, _, err := a.logFile(c); err == nil {
		t.Error("the log makes the state folder, which only the store knows how to make")
	}
	s, err := a.openStore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	log, done, err := a.logFile(c)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	log.Info("hello")
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o660)
		switch {
		case d.IsDir():
			want = 0o770
		case strings.HasSuffix(name, ".log"):
			want = 0o600
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode(), want)
		}
		return nil
	})
	if err != nil || errs.Len() > 0 {
		t.Errorf("%v %s", err, errs)
	}
}

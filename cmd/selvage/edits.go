package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/safe"
)

// editsDir is the folder of what this user edits: beside the store, and not where the
// system keeps what is temporary, which it deletes when a connection is lost. Each
// user has their own, as a state folder may be that of a group.
func editsDir(c *config.Config) string {
	return filepath.Join(c.State.Dir, "edits-"+plainUser(username()))
}

// editFile makes the file that an object is edited in, for nobody else to read. Its
// name tells the process that it is open in.
func (a *app) editFile(c *config.Config, k core.Key) (string, error) {
	dir := editsDir(c)
	if err := ownFolder(dir); err != nil {
		return "", err
	}
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, k.Kind+"-"+k.Name)
	f, err := os.CreateTemp(dir, fmt.Sprintf("%s-%d-*.yaml", name[:min(len(name), 150)], os.Getpid()))
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// ownFolder makes a folder that nobody else may enter. In a folder that others may
// write to, one that is there already can be a link or theirs: neither is used.
func ownFolder(dir string) error {
	if err := os.Mkdir(dir, 0o700); !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	is, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || ok && int(is.Uid) != os.Getuid() {
		return fmt.Errorf("%s is no folder of yours: have it removed", dir)
	}
	return os.Chmod(dir, 0o700) //nolint:gosec // a folder has to be entered
}

// editName is the end of the name of such a file, with the process in it.
var editName = regexp.MustCompile(`-([0-9]+)-[0-9]+\.yaml$`)

// keptEdits are the files in which an editor has left something that was not taken,
// and that no other process of this user has open.
func keptEdits(c *config.Config) []string {
	there, err := os.ReadDir(editsDir(c))
	if err != nil {
		return nil // none was ever made
	}
	kept := []string{}
	for _, f := range there {
		if m := editName.FindStringSubmatch(f.Name()); m != nil {
			pid, err := strconv.Atoi(m[1])
			if err == nil && syscall.Kill(pid, 0) == nil {
				continue
			}
		}
		kept = append(kept, filepath.Join(editsDir(c), f.Name()))
	}
	return kept
}

// tellKept says that there are such files; nothing where there are none.
func tellKept(c *config.Config) safe.Text {
	switch kept := keptEdits(c); len(kept) {
	case 0:
		return safe.Text{}
	case 1:
		return safe.Sprintf("an edit was left and not taken: %s (remove it if it is not wanted)", kept[0])
	default:
		return safe.Sprintf("%d edits were left and not taken: %s (remove those that are not wanted)", len(kept), editsDir(c))
	}
}

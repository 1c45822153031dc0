package dump

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"selvage/core/manifest"
)

// files reads the files of a dump.
type files struct {
	ctx  context.Context
	take func(data []byte, name string) error // gets each file; an error ends the reading
}

func (f files) read(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return f.readFolder(name)
	}
	file, err := openRegular(os.Open, name, info)
	if err != nil {
		return err
	}
	return f.readFile(file, name)
}

// readFolder reads the YAML and JSON files below a folder. Folders whose names
// start with a dot are left alone: they hold version control, and the copies
// that Kubernetes keeps beside the files of a mounted volume.
func (f files) readFolder(folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // it was only read from
	return fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%q: %w", filepath.Join(folder, name), err)
		}
		if entry.IsDir() {
			if name != "." && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		return f.readEntry(root, folder, name, entry)
	})
}

func (f files) readEntry(root *os.Root, folder, name string, entry fs.DirEntry) error {
	full := filepath.Join(folder, filepath.FromSlash(name))
	document := slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(path.Ext(name)))
	link := entry.Type()&fs.ModeSymlink != 0
	if !document && !link {
		return nil
	}
	info, err := root.Stat(name)
	switch {
	case err != nil && !document:
		return nil
	case err != nil:
		return fmt.Errorf("%q: %w", full, err)
	case info.IsDir() && link && !strings.HasPrefix(entry.Name(), "."):
		return fmt.Errorf("%q: a symbolic link to a folder, which is not followed", full)
	case !document || info.IsDir():
		return nil
	}
	file, err := openRegular(root.Open, name, info)
	if err != nil {
		return fmt.Errorf("%q: %w", full, err)
	}
	return f.readFile(file, full)
}

// openRegular opens a file that can be read to its end: opening a pipe would
// wait for somebody to write into it.
func openRegular(open func(string) (*os.File, error), name string, info fs.FileInfo) (*os.File, error) {
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q: neither a file nor a folder", name)
	}
	return open(name)
}

// limits are wider than those of a file in Git: a dump is one file for a whole
// cluster.
func limits() manifest.Limits {
	return manifest.Limits{Bytes: 512 << 20, Documents: 1_000_000}
}

func (f files) readFile(file *os.File, name string) error {
	defer file.Close() //nolint:errcheck // it was only read from
	if err := f.ctx.Err(); err != nil {
		return err
	}
	var data bytes.Buffer
	if info, err := file.Stat(); err == nil {
		data.Grow(int(min(info.Size(), int64(limits().Bytes))) + bytes.MinRead)
	}
	if _, err := data.ReadFrom(io.LimitReader(file, int64(limits().Bytes)+1)); err != nil {
		return fmt.Errorf("%q: %w", name, err)
	}
	return f.take(data.Bytes(), name)
}

// placed tells in which file, and where in it, something is wrong.
func placed(err error, name string) error {
	var syntax *manifest.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%q: %s", fmt.Sprintf("%s:%d", name, syntax.Line), syntax.Reason)
	}
	return fmt.Errorf("%q: %w", name, err)
}

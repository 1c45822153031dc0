package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Create writes a file that is not there yet, for nobody else to read. Where it is
// there the error is [fs.ErrExist].
func Create(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the person names it
	if err != nil {
		return err
	}
	return fill(f, content, 0o600, func() error { return nil })
}

// Replace writes a file with some permissions in the place of the one that is there,
// or where there is none. What is there and is no file stays, and is an error.
func Replace(name string, content []byte, mode fs.FileMode) error {
	if is, err := os.Stat(name); err == nil && !is.Mode().IsRegular() {
		return fmt.Errorf("%s is no file", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".selvage-*")
	if err != nil {
		return err
	}
	return fill(f, content, mode, func() error { return os.Rename(f.Name(), name) })
}

// fill writes a new file and has it put where it belongs, or removes it.
func fill(f *os.File, content []byte, mode fs.FileMode, place func() error) error {
	_, err := f.Write(content)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = place()
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return settle(filepath.Dir(f.Name()))
}

// settle has a folder's names on the disk. Not every file system does that, and the
// file is there.
func settle(folder string) error {
	d, err := os.Open(folder) //nolint:gosec // a file was just made in it
	if err != nil {
		return nil //nolint:nilerr // it may be one that cannot be read
	}
	_ = d.Sync()
	return d.Close()
}

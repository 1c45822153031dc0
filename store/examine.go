package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"selvage/core"
)

// Examination is what a store is like, seen without using it.
type Examination struct {
	Path string // of the file
	// There is false where the file has still to be made. What follows but Free is
	// zero then.
	There bool
	Size  int64 // bytes of the file and of what is beside it
	Free  int64 // bytes that this user may still write to its disk
	// Schema is the version of the schema in the file, and Latest that of this
	// program, to which whoever opens it next brings it.
	Schema, Latest int
	SQLite         string // version of the library
}

// Examine looks whether [Open] could open a store, and makes or changes nothing:
// the folder and its rights, the file system, the file, its schema, and whether the
// file holds what was written to it (quick_check). The error is a [core.Error], the
// same that Open would give.
func Examine(ctx context.Context, c Config) (Examination, error) {
	all, err := migrations(schema)
	if err != nil {
		return Examination{}, err
	}
	e := Examination{Latest: len(all)}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return e, &core.Error{Op: fmt.Sprintf("find state folder %q", c.Dir), Err: err}
	}
	e.Path = filepath.Join(dir, "selvage.db")
	at := existing(dir)
	p := &location{dir: at}
	if at == dir {
		p, err = place(c.Dir, c.Group)
	} else {
		err = mayMake(at, c.Group)
	}
	if err != nil {
		return e, err
	}
	if err := unix.Access(at, unix.W_OK|unix.X_OK); err != nil {
		return e, explain(fmt.Sprintf("write to folder %q", at), err)
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(at, &disk); err == nil {
		e.Free = int64(disk.Bavail) * int64(disk.Bsize) // their types differ between systems
	}
	info, err := os.Stat(e.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return e, nil
	case err == nil:
		err = p.permitted(info)
	}
	if err == nil {
		e.There = true
		err = e.look(ctx)
	}
	return e, explain(fmt.Sprintf("examine store %q", e.Path), err)
}

// existing is the folder itself, or the next one above it that is there.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// mayMake tells why a store that a group shares could not be made below a folder.
func mayMake(dir, group string) error {
	name, err := networkFileSystem(dir)
	switch {
	case err != nil:
		return explain(fmt.Sprintf("look at folder %q", dir), err)
	case name != "":
		return onNetwork(dir, name)
	case group == "":
		return nil
	}
	gid, err := groupID(group)
	if err != nil {
		return noGroup(group, err)
	}
	mine, err := os.Getgroups()
	if err != nil || os.Geteuid() == 0 || os.Getegid() == gid || slices.Contains(mine, gid) {
		return nil //nolint:nilerr // who cannot be asked is found out on making it
	}
	return &core.Error{
		Op: fmt.Sprintf("share state folder %q", dir), Err: fmt.Errorf("this user is no member of group %s", group),
		Hint: "log in as one who is, or have root make the folder",
	}
}

func (e *Examination) look(ctx context.Context) (err error) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(e.Path + suffix); err == nil {
			e.Size += info.Size()
		}
	}
	pool := connect(e.Path, readOnly)
	defer func() { err = also(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = also(err, conn.Close()) }()
	row := conn.QueryRowContext(ctx, "SELECT sqlite_version(), user_version FROM pragma_user_version")
	if err := row.Scan(&e.SQLite, &e.Schema); err != nil {
		return err
	}
	return inspect(ctx, conn, e.Latest)
}

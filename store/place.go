package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"selvage/core"
)

// location is the folder and the file of a store, and who may use them.
type location struct {
	dir, file string
	group     string
	gid       int // -1 without a group
}

// place finds the folder, makes it where it is missing, and refuses one on
// which a store would not be safe.
func place(dir, group string) (*location, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, &core.Error{Op: fmt.Sprintf("find state folder %q", dir), Err: err}
	}
	p := &location{dir: abs, file: filepath.Join(abs, "selvage.db"), group: group, gid: -1}
	if group != "" {
		if p.gid, err = groupID(group); err != nil {
			return nil, noGroup(group, err)
		}
	}
	if err := p.folder(); err != nil {
		return nil, explain(fmt.Sprintf("use state folder %q", p.dir), err)
	}
	name, err := networkFileSystem(p.dir)
	if err != nil {
		return nil, explain(fmt.Sprintf("look at state folder %q", p.dir), err)
	}
	if name != "" {
		return nil, onNetwork(p.dir, name)
	}
	return p, nil
}

func noGroup(group string, err error) error {
	return &core.Error{Op: fmt.Sprintf("find group %q", group), Err: err, Hint: "set state.group to a group of this machine"}
}

func onNetwork(dir, name string) error {
	return &core.Error{
		Op:   fmt.Sprintf("use state folder %q", dir),
		Err:  fmt.Errorf("it is on a network file system (%s), where SQLite damages its files", name),
		Hint: hint(errNoWAL),
	}
}

func groupID(group string) (int, error) {
	if n, err := strconv.Atoi(group); err == nil {
		return n, nil
	}
	g, err := user.LookupGroup(group)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(g.Gid)
}

func (p *location) shared() bool { return p.gid >= 0 }

func (p *location) dirMode() fs.FileMode {
	if p.shared() {
		return fs.ModeSetgid | 0o770
	}
	return 0o700
}

func (p *location) fileMode() fs.FileMode {
	if p.shared() {
		return 0o660
	}
	return 0o600
}

// folder makes the folder, and those above it, with their mode whatever the
// umask says. One that is there already is somebody's: it is looked at and
// never changed.
func (p *location) folder() error {
	var missing []string
	for dir := p.dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil || !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, dir)
	}
	for _, dir := range slices.Backward(missing) {
		err := os.Mkdir(dir, 0o700)
		if err == nil {
			err = p.own(dir, p.dirMode())
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	info, err := os.Stat(p.dir)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return errNoFolder
	case p.shared() && (gidOf(info) != p.gid || info.Mode()&(fs.ModeSetgid|0o070) != fs.ModeSetgid|0o070):
		return &core.Error{
			Op:   fmt.Sprintf("share state folder %q", p.dir),
			Err:  fmt.Errorf("it does not belong to group %s with mode 2770", p.group),
			Hint: fmt.Sprintf("chgrp %[1]s %[2]q && chmod 2770 %[2]q", p.group, p.dir),
		}
	}
	return nil
}

// create makes the file with its mode, which SQLite gives to the files that it
// puts beside it. Opening one that exists would be unsafe: to close it again
// drops the locks that this process holds on it.
func (p *location) create() error {
	op := fmt.Sprintf("create store %q", p.file)
	info, err := os.Stat(p.file)
	if err == nil {
		return p.permitted(info)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return explain(op, err)
	}
	f, err := os.OpenFile(p.file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return explain(op, err)
	}
	if err := also(f.Close(), p.own(p.file, p.fileMode()), syncPath(p.dir)); err != nil {
		return explain(op, err)
	}
	return nil
}

// permitted refuses a file that others than those of the configuration may
// read or write.
func (p *location) permitted(info fs.FileInfo) error {
	op := fmt.Sprintf("open store %q", p.file)
	mode := info.Mode().Perm()
	switch {
	case !info.Mode().IsRegular():
		return &core.Error{Op: op, Err: errors.New("it is not a regular file"), Hint: hint(ErrForeign)}
	case mode&0o007 != 0:
		return &core.Error{
			Op: op, Err: fmt.Errorf("its mode %04o lets everybody use it", mode),
			Hint: fmt.Sprintf("chmod %04o %q", p.fileMode(), p.file),
		}
	case !p.shared() && mode&0o070 != 0:
		return &core.Error{
			Op: op, Err: fmt.Errorf("its mode %04o shares it with a group, but state.group is not set", mode),
			Hint: fmt.Sprintf("set state.group, or chmod 0600 %q", p.file),
		}
	case p.shared() && (gidOf(info) != p.gid || mode&0o060 != 0o060):
		return &core.Error{
			Op: op, Err: fmt.Errorf("it does not belong to group %s with mode 0660", p.group),
			Hint: fmt.Sprintf("chgrp %[1]s %[2]q && chmod 0660 %[2]q", p.group, p.file),
		}
	}
	return nil
}

// own gives a path that this process has just made its mode and its group, or
// takes it away again.
func (p *location) own(path string, mode fs.FileMode) error {
	if p.shared() {
		if err := os.Chown(path, -1, p.gid); err != nil {
			return &core.Error{
				Op:   fmt.Sprintf("give %q to group %s", path, p.group),
				Err:  also(err, os.Remove(path)),
				Hint: fmt.Sprintf("run selvage as a member of that group, or make %q with mode 2770 and that group as root", p.dir),
			}
		}
	}
	return os.Chmod(path, mode)
}

// lock keeps other processes from preparing the same store at the same time,
// until what it returns is closed; none needs it to use a store. The lock is
// on the folder: a lock file would be one more file to leave behind.
func (p *location) lock(ctx context.Context) (io.Closer, error) {
	op := fmt.Sprintf("lock state folder %q", p.dir)
	dir, err := os.Open(p.dir)
	if err != nil {
		return nil, explain(op, err)
	}
	if err := flock(ctx, dir); err != nil {
		return nil, explain(op, also(err, dir.Close()))
	}
	return dir, nil
}

// flock waits for an exclusive lock on an open file.
func flock(ctx context.Context, f *os.File) error {
	const pause = 10 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for waited := time.Duration(0); ; waited += pause {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			return err
		case waited > lockTimeout:
			return errLocked
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// backup copies the store before its schema is changed, to
// selvage.db.v<version>.bak. A copy that is there under that name is whole.
func (p *location) backup(ctx context.Context, conn *sql.Conn, version int) error {
	target := fmt.Sprintf("%s.v%d.bak", p.file, version)
	part := target + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := also(f.Close(), p.own(part, p.fileMode())); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return fmt.Errorf("copy before migrating: %w", err)
	}
	// VACUUM INTO leaves its file in the system's cache.
	if err := syncPath(part); err != nil {
		return err
	}
	if err := os.Rename(part, target); err != nil {
		return err
	}
	return syncPath(p.dir)
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return also(f.Sync(), f.Close())
}

func gidOf(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Gid)
	}
	return -1
}

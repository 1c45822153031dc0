package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"selvage/core/config"
)

// logLimit is the size in bytes at which a log is put aside, in place of the one
// that was put aside before.
const logLimit = 10 << 20

// logFile is where the dashboard logs: beside the store, for it owns the
// screen. The state folder must be there already. Each user has a log of their
// own, because a folder that a group shares must not make one readable to all.
func (a *app) logFile(c *config.Config) (log *slog.Logger, done func(), err error) {
	level := slog.LevelInfo
	if c.Debug {
		level = slog.LevelDebug
	}
	w := &logWriter{name: logPath(c), limit: logLimit}
	if err := w.open(); err != nil {
		return nil, nil, usage(fmt.Errorf("open the log: %w (remove it, or set state.dir to a folder that you may write to)", err))
	}
	log = slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
	return log, w.close, nil
}

// logPath is where this user's log is.
func logPath(c *config.Config) string { return filepath.Join(c.State.Dir, logName(username())) }

// logName is the file that a user's log goes to. Domains write names such as
// DOMAIN\kim or kim@example.net.
func logName(user string) string { return "selvage-" + plainUser(user) + ".log" }

// plainUser is a user's name as a part of the name of a file.
func plainUser(user string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._@-", r) {
			return r
		}
		return '_'
	}, user)
	if safe == "" {
		safe = "nobody"
	}
	return safe
}

// logWriter appends to a file that does not grow beyond a limit. Several
// dashboards of one user write to the same one.
type logWriter struct {
	name  string
	limit int64

	mu   sync.Mutex
	file *os.File
}

// open opens the file for appending. In a folder that others may write to, a
// link would lead the log to where they want it, and a file made before by
// another could be read by them: neither is used.
func (w *logWriter) open() error {
	f, err := os.OpenFile(w.name, os.O_APPEND|os.O_CREATE|os.O_WRONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return err
	}
	if err := f.Chmod(0o600); err != nil { // only its owner may
		_ = f.Close()
		return err
	}
	w.file = f
	return nil
}

// Write appends one record. What cannot be written is lost: a full disk must
// not stop the dashboard.
func (w *logWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.turn(len(p)); w.file == nil {
		return len(p), nil
	}
	return w.file.Write(p)
}

// turn puts a full log aside. Where another dashboard has done so already it
// goes over to the new one.
func (w *logWriter) turn(more int) {
	if w.file == nil {
		_ = w.open()
		return
	}
	mine, err := w.file.Stat()
	if err != nil || mine.Size() == 0 || mine.Size()+int64(more) <= w.limit {
		return
	}
	if there, err := os.Lstat(w.name); err == nil && os.SameFile(mine, there) {
		if os.Rename(w.name, w.name+".1") != nil {
			return
		}
	}
	_ = w.file.Close()
	w.file = nil
	_ = w.open()
}

func (w *logWriter) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file != nil {
		_ = w.file.Close()
	}
}

package client

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestLockIsHeldByOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*look)
	defer cancel()
	if _, err := lock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second lock: %v", err)
	}
	unlock()
	again, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// place is a directory for a lab of this test's own; t.TempDir is too long.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// gone waits until a process has ended.
func gone(t *testing.T, pid int) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for syscall.Kill(pid, 0) == nil {
		select {
		case <-deadline.C:
			t.Fatalf("process %d did not end", pid)
		case <-tick.C:
		}
	}
}

func TestAttachStartsOneLabForAll(t *testing.T) {
	dir := place(t)
	// What a lab that was killed leaves: a socket nobody listens on.
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, SocketName)})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()

	const users = 4
	sessions := make([]*Session, users)
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			s, err := Attach(t.Context(), Options{Dir: dir, Linger: 100 * time.Millisecond})
			if err != nil {
				t.Error(err)
				return
			}
			sessions[i] = s
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for _, s := range sessions {
		if s.PID != sessions[0].PID {
			t.Errorf("two labs: processes %d and %d", s.PID, sessions[0].PID)
		}
	}
	for _, s := range sessions[1:] {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	repo, err := Ask[Repo](t.Context(), sessions[0], VerbRepoCreate, CreateRepo{Name: "still-here"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Ask[Done](t.Context(), sessions[0], VerbRepoRemove, Ref{ID: "repo-99"}); err == nil || !strings.Contains(err.Error(), "repo-99") {
		t.Errorf("removing what there is not: %v", err)
	}
	if err := sessions[0].Close(); err != nil {
		t.Error(err)
	}
	gone(t, sessions[0].PID)
	if _, err := os.Stat(repo.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lab left %s: %v", repo.Dir, err)
	}
	if _, err := Ask[Repo](t.Context(), sessions[0], VerbRepoCreate, CreateRepo{}); err == nil || !strings.Contains(err.Error(), "lab.log") {
		t.Errorf("asking a lab that ended: %v", err)
	}
	s, err := Attach(t.Context(), Options{Dir: dir, Linger: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if s.PID == sessions[0].PID {
		t.Error("the next lab is the old one")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	gone(t, s.PID)
}

func TestLabThatEndsAtOnceIsExplained(t *testing.T) {
	dir := place(t)
	program := filepath.Join(dir, "lab")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho out of cheese >&2\nexit 7\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := launch(t.Context(), program, Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "out of cheese") || !strings.Contains(err.Error(), "exit status 7") {
		t.Errorf("launch() = %v", err)
	}
}

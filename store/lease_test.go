package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"selvage/core"
)

// party is a process that wants the lease of dc1, as the store sees it.
type party struct {
	*Store
	clock *clock
	me    core.Holder
}

func parties(t testing.TB, dir string, names ...string) []*party {
	t.Helper()
	var all []*party
	for i, name := range names {
		p := &party{clock: &clock{noon}, me: core.Holder{ID: name, Duty: core.DutyWatch, User: name, Host: "jump1", PID: 100 + i, Doing: "watch"}}
		s, err := Open(t.Context(), Config{Dir: dir, Now: p.clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { finish(t, s) })
		p.Store = s
		all = append(all, p)
	}
	return all
}

func (p *party) acquire(t testing.TB) (bool, core.Holder) {
	t.Helper()
	held, by, err := p.Acquire(t.Context(), "dc1", p.me)
	if err != nil {
		t.Fatal(err)
	}
	return held, by
}

func (p *party) renew(t testing.TB) bool {
	t.Helper()
	held, err := p.Renew(t.Context(), "dc1", p.me)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func TestTheLeaseIsOnesOwnUntilItIsGivenBack(t *testing.T) {
	all := parties(t, t.TempDir(), "kim", "lee")
	kim, lee := all[0], all[1]
	if h, ok, err := lee.Holder(t.Context(), "dc1", core.DutyWatch); ok || err != nil {
		t.Errorf("Holder = %+v, %v, %v before anybody asked", h, ok, err)
	}
	if held, by := kim.acquire(t); !held || by.ID != "kim" || !by.Since.Equal(noon) {
		t.Errorf("Acquire of a free lease = %v, %+v", held, by)
	}
	kim.clock.now = noon.Add(3 * time.Second)
	kim.me.Doing = "sync p413: push"
	if !kim.renew(t) {
		t.Error("the holder cannot renew its lease")
	}
	want := kim.me
	want.Time, want.Since, want.Seen = core.LeaseTime, noon, noon.Add(3*time.Second)
	if held, by := lee.acquire(t); held || by != want {
		t.Errorf("Acquire of a lease that is held = %v, %+v, want %+v", held, by, want)
	}
	if held, by := kim.acquire(t); !held || !by.Since.Equal(noon) {
		t.Errorf("Acquire of one's own lease = %v, %+v", held, by)
	}
	if lee.renew(t) {
		t.Error("a lease that another one holds was renewed")
	}
	for _, p := range []*party{lee, kim} {
		if err := p.Release(t.Context(), "dc1", p.me); err != nil {
			t.Fatal(err)
		}
		_, ok, err := p.Holder(t.Context(), "dc1", core.DutyWatch)
		if err != nil || ok != (p == lee) {
			t.Errorf("after %s gave it back somebody holds it: %v, %v", p.me.ID, ok, err)
		}
	}
	if kim.renew(t) {
		t.Error("a lease that was given back was renewed")
	}
	if held, _ := lee.acquire(t); !held {
		t.Error("a lease that was given back cannot be had")
	}
	if held, by, err := lee.Acquire(t.Context(), "dc2", kim.me); err != nil || !held {
		t.Errorf("the lease of another fabric = %v, %+v, %v", held, by, err)
	}
	if _, _, err := lee.Acquire(t.Context(), "dc3", core.Holder{}); err == nil {
		t.Error("nobody got a lease")
	}
}

func TestOfThoseWhoAskAtOnceOneGetsTheLease(t *testing.T) {
	all := parties(t, t.TempDir(), "a", "b", "c", "d", "e", "f")
	for round := range 20 {
		id := core.FabricID(fmt.Sprint("dc", round))
		held := make(chan bool, len(all))
		var wg sync.WaitGroup
		ready := make(chan struct{})
		for _, p := range all {
			wg.Go(func() {
				<-ready
				ok, _, err := p.Acquire(t.Context(), id, p.me)
				if err != nil {
					t.Error(err)
				}
				held <- ok
			})
		}
		close(ready)
		wg.Wait()
		close(held)
		n := 0
		for ok := range held {
			if ok {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d hold the lease", n)
		}
	}
}

// What a clock says of another process's clock proves nothing: only silence does
// that one has listened to.
func TestALeaseEndsBySilence(t *testing.T) {
	all := parties(t, t.TempDir(), "kim", "lee", "max")
	kim, lee, late := all[0], all[1], all[2]
	kim.acquire(t)
	lee.clock.now = noon.Add(1000 * time.Hour) // its clock was set
	if held, _ := lee.acquire(t); held {
		t.Error("a lease was taken away because clocks differ")
	}
	lee.clock.now = lee.clock.now.Add(core.LeaseTime - 1)
	if held, _ := lee.acquire(t); held {
		t.Error("a lease was taken away too soon")
	}
	kim.renew(t)
	lee.clock.now = lee.clock.now.Add(1)
	if held, _ := lee.acquire(t); held {
		t.Error("a lease was taken away after a word of its holder")
	}
	lee.clock.now = lee.clock.now.Add(core.LeaseTime)
	if held, by := late.acquire(t); held || by.ID != "kim" {
		t.Error("somebody got the lease who has only just begun to listen")
	}
	if held, by := lee.acquire(t); !held || by.ID != "lee" {
		t.Errorf("Acquire after the silence = %v, %+v", held, by)
	}
	late.clock.now = late.clock.now.Add(core.LeaseTime)
	if held, by := late.acquire(t); held || by.ID != "lee" {
		t.Error("the silence of one holder was held against the next")
	}
	if kim.renew(t) {
		t.Error("the one who was silent still holds it")
	}
	long := lee.me
	long.Time = time.Hour
	if _, err := lee.Renew(t.Context(), "dc1", long); err != nil {
		t.Fatal(err)
	}
	late.acquire(t)
	late.clock.now = late.clock.now.Add(2 * core.LeaseTime)
	if held, _ := late.acquire(t); held {
		t.Error("a holder was not given the time that it asked for")
	}
}

// Whoever does not hear "held" for as long as LeaseTime stops by itself. Then no
// two ever believe that they hold the lease, whatever their clocks show.
func TestNoTwoHoldOneLease(t *testing.T) {
	all := parties(t, t.TempDir(), "a", "b", "c")
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		round++
		id := core.FabricID(fmt.Sprint("dc", round))
		passed := time.Duration(0) // since the beginning, whatever clocks show
		until := map[string]time.Duration{}
		skew := map[string]time.Duration{}
		for _, p := range all {
			skew[p.me.ID] = time.Duration(rapid.IntRange(-100, 100).Draw(r, "skew")) * time.Minute
		}
		for range rapid.IntRange(1, 40).Draw(r, "actions") {
			passed += time.Duration(rapid.IntRange(0, 20).Draw(r, "seconds")) * time.Second
			p := all[rapid.IntRange(0, 2).Draw(r, "party")]
			p.clock.now = noon.Add(passed + skew[p.me.ID])
			var held bool
			var err error
			switch rapid.SampledFrom([]string{"acquire", "acquire", "renew", "release"}).Draw(r, "action") {
			case "acquire":
				held, _, err = p.Acquire(t.Context(), id, p.me)
			case "renew":
				held, err = p.Renew(t.Context(), id, p.me)
			case "release":
				err = p.Release(t.Context(), id, p.me)
			}
			if err != nil {
				r.Fatal(err)
			}
			delete(until, p.me.ID)
			if held {
				until[p.me.ID] = passed + core.LeaseTime
			}
			holders := 0
			for _, end := range until {
				if passed < end {
					holders++
				}
			}
			if holders > 1 {
				r.Fatalf("%d hold the lease: %v at %s", holders, until, passed)
			}
		}
	})
}

// leaseForEver takes the lease of dc1 whenever it can and holds it until it is
// killed. While it holds it, it also holds a lock of the system, which cannot be
// held twice: a line tells when it has both.
func leaseForEver(ctx context.Context, s *Store, dir string, i int) error {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	me := core.Holder{ID: fmt.Sprint("process ", i), Duty: core.DutyWatch, PID: os.Getpid(), Doing: "watch", Time: 3 * time.Second}
	tick := time.NewTicker(me.Time / 10)
	var until time.Time // it holds the lease before
	for holds := false; ; <-tick.C {
		asked := time.Now()
		held, _, err := s.Acquire(ctx, "dc1", me)
		switch {
		case err != nil:
			return err
		case held:
			until = asked.Add(me.Time)
		}
		if holds && (!held || time.Now().After(until)) {
			return errors.New("it has lost the lease, though it renewed it in time")
		}
		if held && !holds {
			if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
				return fmt.Errorf("two hold the lease: %w", err)
			}
			holds = true
			fmt.Println("held")
		}
	}
}

func TestALeaseOutlivesItsHolderByItsTime(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	processes := map[int]*exec.Cmd{}
	type word struct {
		process int
		text    string
	}
	said := make(chan word, 100)
	for i := range 3 {
		cmd, _, out := start(t, "lease", dir, i)
		processes[cmd.Process.Pid] = cmd
		go listen(out, func(text string) { said <- word{cmd.Process.Pid, text} })
	}
	for round := range 2 {
		var w word
		select {
		case w = <-said:
		case <-time.After(time.Minute):
			t.Fatalf("round %d: nobody gets the lease", round)
		}
		if w.text != "held" {
			t.Fatalf("round %d: process %d says %q", round, w.process, w.text)
		}
		h, ok, err := s.Holder(t.Context(), "dc1", core.DutyWatch)
		if err != nil || !ok || h.PID != w.process {
			t.Errorf("round %d: process %d says that it holds the lease, the store says %+v, %v", round, w.process, h, err)
		}
		cmd := processes[w.process]
		if err := errors.Join(cmd.Process.Kill(), ended(cmd)); err != nil { // SIGKILL
			t.Fatal(err)
		}
	}
}

func listen(out *bufio.Scanner, hear func(string)) {
	for out.Scan() {
		hear(out.Text())
	}
	if err := out.Err(); err != nil && !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "closed") {
		hear(err.Error())
	}
}

// TestDutiesOnAFabricAreApart: who watches a fabric keeps nobody from acting for
// it.
func TestDutiesOnAFabricAreApart(t *testing.T) {
	all := parties(t, t.TempDir(), "lee", "kim")
	lee, kim := all[0], all[1]
	kim.me.Duty = core.DutyRun
	for _, p := range all {
		if held, by := p.acquire(t); !held {
			t.Fatalf("%s does not get the lease to %s: %s has it", p.me.ID, p.me.Duty, by.ID)
		}
	}
	for _, p := range all {
		if h, ok, err := lee.Holder(t.Context(), "dc1", p.me.Duty); err != nil || !ok || h.ID != p.me.ID {
			t.Errorf("to %s: %v %v, %v", p.me.Duty, h.ID, ok, err)
		}
	}
}

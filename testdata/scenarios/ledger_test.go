package scenarios_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"selvage/testdata/hedgehog"
	"selvage/testdata/labtest"
)

// dashboard opens the program in a terminal that nobody looks at, until the test
// ends: it watches the fabrics.
func (p *program) dashboard() {
	p.t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err = errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0),
		unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})); err != nil {
		p.t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := p.command()
	cmd.Env = append(cmd.Env, "TERM=xterm-256color")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	slave.Close()
	go io.Copy(io.Discard, master) //nolint:errcheck // it ends with the terminal
	p.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = cmd.Wait()
		master.Close()
	})
}

// overwritten is an entry of the ledger, as "selvage history" writes it.
type overwritten struct {
	Path       string  `json:"path"`
	Live       any     `json:"live"`
	Now        any     `json:"now"`
	Manager    string  `json:"live_manager"`
	Lived      float64 `json:"lived_seconds"`
	ReplacedBy string  `json:"replaced_by"`
}

// ledger are the overwritten edits that the program remembers of a fabric.
func (p *program) ledger(name string) []overwritten {
	p.t.Helper()
	out, errs, code := p.run("history", name, "-o", "json")
	var list struct {
		Items []struct {
			Overwritten *overwritten `json:"overwritten"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != 0 {
		p.t.Fatalf("selvage history ends with %d: %v\n%s\n%s", code, err, out, errs)
	}
	var all []overwritten
	for _, e := range list.Items {
		if e.Overwritten != nil {
			all = append(all, *e.Overwritten)
		}
	}
	return all
}

// TestAnEditThatLivedTwoSecondsIsInTheLedger has an engine heal edits after two
// seconds while a dashboard is open, whose timer alone would miss them.
func TestAnEditThatLivedTwoSecondsIsInTheLedger(t *testing.T) {
	edits := 1
	if *full {
		edits = 10
	}
	c := newChurned(t, "ledger")
	c.program.configure([]map[string]any{c.config(map[string]any{"check": map[string]any{"interval": "10m"}})})
	c.engine.Set(t, labtest.EngineOptions{SelfHeal: true, HealAfter: 2 * time.Second})
	c.program.dashboard()
	switches := slices.DeleteFunc(slices.Clone(c.objects), func(o map[string]any) bool { return o["kind"] != "Switch" })
	// Nobody tells when the dashboard has begun to watch, and an edit before that
	// is no proof: what it misses at first is tried again.
	for i, tries := 0, 0; i < edits; tries++ {
		ref := c.refOf(switches[i%len(switches)])
		mark := fmt.Sprintf("by hand %d", tries)
		c.healed(ref, mark)
		switch found, ok := c.inLedger(mark); {
		case ok && tries == 0: // it may have been late for this one
		case ok:
			i++
			if found.Path != ".spec.description" || found.Manager != hedgehog.KubectlEdit || found.ReplacedBy != labtest.EngineManager || found.Lived < 1 || found.Lived > 60 {
				t.Errorf("the ledger says %+v", found)
			}
		case i > 0 || tries > 3:
			t.Fatalf("edit %d is not in the ledger: %+v", tries, c.program.ledger(c.name))
		}
	}
}

// healed edits a switch's description and waits until the engine has healed it.
func (c *churned) healed(ref hedgehog.Ref, mark string) {
	c.t.Helper()
	description := func() any { return c.cluster.get(ref)["spec"].(map[string]any)["description"] }
	was := description()
	c.cluster.do(change{verb: "patch", ref: ref, by: hedgehog.KubectlEdit, object: map[string]any{"spec": map[string]any{"description": mark}}})
	labtest.Eventually(c.t, "the engine healed the edit", func() error {
		if now := description(); now != was {
			return fmt.Errorf("it is %v", now)
		}
		return nil
	})
}

// inLedger waits for the entry of an edit.
func (c *churned) inLedger(mark string) (overwritten, bool) {
	c.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(deadline) {
		for _, o := range c.program.ledger(c.name) {
			if o.Live == mark {
				return o, true
			}
		}
		<-tick.C
	}
	return overwritten{}, false
}

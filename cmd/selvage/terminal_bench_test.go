package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/testdata/termtest"
)

// manyVPCs are n VPCs as YAML, as they are in Git (round 0) or live: there every
// hundredth is on other VLANs, in each round on others, and from the second round on
// a hundred besides are that were not before. The first has 300 subnets, for a long
// diff.
func manyVPCs(n, round int) string {
	var b strings.Builder
	for i := range n {
		subnets, vlan := 1, 1000+i%2000
		if round > 0 && i%100 == 7 || round > 1 && i > n*4/5 && i%20 == round {
			vlan += 4 + round
		}
		if i == 7 {
			subnets = 300
		}
		fmt.Fprintf(&b, "---\napiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata:\n  name: vpc-%05d\nspec:\n  subnets:\n", i)
		for j := range subnets {
			fmt.Fprintf(&b, "    s%03d:\n      subnet: 10.%d.%d.0/24\n      vlan: %d\n", j, (i+j)/250, (i+j)%250, vlan+j)
		}
	}
	return b.String()
}

// large opens the built program on a fabric of 10,000 objects that is checked so
// often, at 160x45, and gives what it takes to watch it. Its dump is dc1.yaml in dir,
// which may be that of an earlier time.
func large(b *testing.B, dir, interval string) (*termtest.Terminal, *exec.Cmd) {
	b.Helper()
	put := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	put("repo/dc1/vpcs.yaml", manyVPCs(10_000, 0))
	put("dc1.yaml", manyVPCs(10_000, 1))
	put("selvage.yaml", `state: {dir: ./state}
fabrics:
  - name: dc1
    cluster: {cluster_name: dc1, namespace: default, dump: dc1.yaml}
    git: {url: repo, branch: main, path: dc1}
    check: {interval: `+interval+`, stale_after: 2h}
`)
	binary := filepath.Join(dir, "selvage")
	steps := [][]string{
		{"git", "-C", "repo", "init", "-q", "-b", "main"},
		{"git", "-C", "repo", "add", "."},
		{"git", "-C", "repo", "-c", "user.name=Kim", "-c", "user.email=kim@netops.example", "commit", "-qm", "as it was built"},
		{"go", "build", "-C", root(b), "-o", binary, "./cmd/selvage"},
	}
	if _, err := os.Stat(binary); err == nil {
		steps = nil // it is opened once more
	}
	for _, args := range steps {
		cmd := exec.CommandContext(b.Context(), args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %v: %s", args, err, out)
		}
	}
	cmd := exec.CommandContext(b.Context(), binary, "--config", filepath.Join(dir, "selvage.yaml"))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TERM=xterm-256color", "SSH_TTY=/dev/pts/9"}
	screen := termtest.Start(b, cmd, wide())
	screen.Wait("engine: none found")
	return screen, cmd
}

// floor opens a program that does nothing but count keys, at as many frames a
// second, for figures to be read beside.
func floor(b *testing.B) (*termtest.Terminal, *exec.Cmd) {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "empty")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-C", root(b), "-o", binary, "./testdata/termtest/empty").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(b.Context(), binary)
	cmd.Env = []string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/9"}
	screen := termtest.Start(b, cmd, wide())
	screen.Wait("keys: 0.")
	return screen, cmd
}

// pause is longer than the dashboard takes to draw, and shorter than a second.
const pause = 120 * time.Millisecond

// press presses a key so many times, and gives for each what was written and how
// long the last byte of it took.
func press(screen *termtest.Terminal, times int, key string) (bytes []float64, took []time.Duration) {
	for range times {
		screen.Settle(pause)
		before, began := screen.Written(), time.Now()
		screen.Press(key)
		writes(screen, before)
		last := screen.Settle(pause)
		bytes = append(bytes, float64(screen.Written()-before))
		took = append(took, last.Sub(began))
	}
	return bytes, took
}

// writes waits until more was written than before.
func writes(screen *termtest.Terminal, before int64) {
	screen.WaitFor("something new", func(string) error {
		if screen.Written() == before {
			return errors.New("nothing was written")
		}
		return nil
	})
}

// quantile is the figure that such a part of all is below; of none it is 0.
func quantile[T float64 | time.Duration](all []T, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))])
}

// BenchmarkTerminalBytes is the traffic of a dashboard of 160x45 on 10,000
// objects: what an action writes to the terminal.
func BenchmarkTerminalBytes(b *testing.B) {
	for b.Loop() {
		screen, cmd := large(b, b.TempDir(), "1h")
		// While the age of the one fabric counts seconds.
		ticks := []float64{}
		for range 5 {
			before := screen.Written()
			writes(screen, before)
			screen.Settle(pause)
			ticks = append(ticks, float64(screen.Written()-before))
		}
		b.ReportMetric(quantile(ticks, 0.5), "B/row")

		screen.Type("\x1b[O") // no ages between the keys
		screen.Settle(2 * time.Second)
		before := screen.Written()
		screen.Settle(3 * time.Second)
		b.ReportMetric(float64(screen.Written()-before), "B/idle")
		b.ReportMetric(idleCPU(b, cmd.Process.Pid), "cpu%/idle")
		empty, emptyCmd := floor(b)
		empty.Settle(2 * time.Second)
		b.ReportMetric(idleCPU(b, emptyCmd.Process.Pid), "cpu%/idle-empty")
		empty.Press("ctrl+c")

		screen.Press("enter")
		screen.Wait("fabrics > dc1")
		screen.Press("a")
		screen.Wait("1/10000")
		down, _ := press(screen, 20, "j")
		b.ReportMetric(quantile(down, 0.5), "B/cursor")
		for range 50 {
			screen.Press("j")
		}
		scrolled, _ := press(screen, 20, "j")
		b.ReportMetric(quantile(scrolled, 0.5), "B/scroll")
		screen.Press("g", "d")
		screen.Wait("VPC/vpc-00007")
		pages, _ := press(screen, 5, "pgdown")
		b.ReportMetric(quantile(pages, 0.5), "B/page")
		screen.Press("ctrl+c")
		if code := screen.ExitCode(); code != exitDone {
			b.Fatalf("exit %d", code)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkTerminalMemory is the memory that a dashboard on 10,000 objects has
// resident, in MB, and how many times that of an empty program it is: while nothing
// happens, while they are checked every second and a hundred others of them have
// drifted with each check, and while keys are pressed besides. It is told for a first
// start, and for one on a store that knows them all.
func BenchmarkTerminalMemory(b *testing.B) {
	const settled, watched, keys = 15 * time.Second, 10 * time.Second, 100
	for b.Loop() {
		_, floorCmd := floor(b)
		least := resident(b, floorCmd.Process.Pid)
		b.ReportMetric(least, "MB/empty")
		report := func(name string, all []float64) {
			b.ReportMetric(quantile(all, 0.5), "MB/"+name)
			b.ReportMetric(quantile(all, 0.5)/least, "x-empty/"+name)
		}
		dir := b.TempDir()
		for _, start := range []string{"first", "again"} {
			screen, cmd := large(b, dir, "1s")
			screen.Press("enter")
			screen.Wait("fabrics > dc1")
			screen.Press("a")
			screen.Wait("1/10000")
			still := drifts(b, filepath.Join(dir, "dc1.yaml"), time.Second)
			<-time.After(settled)
			report("checking-"+start, residents(b, cmd.Process.Pid, watched))
			var pressed []float64
			for i := range keys {
				screen.Press([]string{"j", "k"}[i%2])
				pressed = append(pressed, residents(b, cmd.Process.Pid, 50*time.Millisecond)...)
			}
			report("keys-"+start, pressed)
			still()
			screen.Press("ctrl+c")
			screen.ExitCode()
		}
		screen, cmd := large(b, dir, "1h")
		<-time.After(settled)
		report("idle", residents(b, cmd.Process.Pid, watched))
		screen.Press("ctrl+c")
		screen.ExitCode()
	}
	b.ReportMetric(0, "ns/op")
}

// residents is what a program has resident, again and again for a while.
func residents(b *testing.B, pid int, during time.Duration) (all []float64) {
	b.Helper()
	for end := time.Now().Add(during); time.Now().Before(end); <-time.After(50 * time.Millisecond) {
		all = append(all, resident(b, pid))
	}
	return all
}

// resident is the memory in MB that a process and its children have resident; pages
// that they share count once. It is 0 where the system does not tell.
func resident(b *testing.B, pid int) (sum float64) {
	b.Helper()
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range children {
		listed, _ := os.ReadFile(name)
		for _, child := range strings.Fields(string(listed)) {
			if n, err := strconv.Atoi(child); err == nil {
				sum += resident(b, n)
			}
		}
	}
	rollup, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for line := range strings.Lines(string(rollup)) {
		// Of a shared page each process has its part.
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "Pss:" {
			kB, _ := strconv.ParseFloat(fields[1], 64)
			sum += kB / 1024
		}
	}
	return sum
}

// BenchmarkTerminalLatency is the time from a key to the last byte of its frame,
// while 10,000 objects are checked every second and a hundred others of them have
// drifted with each check; and beside it, key by key, that of an empty program.
func BenchmarkTerminalLatency(b *testing.B) {
	for b.Loop() {
		for _, interval := range []string{"1h", "1s"} {
			dir := b.TempDir()
			screen, _ := large(b, dir, interval)
			screen.Press("enter")
			screen.Wait("fabrics > dc1")
			screen.Press("a")
			screen.Wait("1/10000")
			empty, _ := floor(b)
			still := func() {}
			if interval == "1s" {
				still = drifts(b, filepath.Join(dir, "dc1.yaml"), time.Second)
			}
			// Not until all is quiet: with checks it never is. The frame of a key
			// is the one in which the cursor is on the next of the rows that stay.
			var all, least []time.Duration
			const far = 60 // rows: more than a screen
			for i := range 300 {
				key, at := "j", 1+i%(2*far)
				if at > far {
					key, at = "k", 2*far-at
				}
				all = append(all, answer(screen, key, fmt.Sprintf("> * VPC/vpc-%05d", 100*at+7)))
				least = append(least, answer(empty, key, fmt.Sprintf("keys: %d.", i+1)))
			}
			name := map[string]string{"1h": "quiet", "1s": "checking"}[interval]
			b.ReportMetric(quantile(all, 0.5)/1e6, "ms/median-"+name)
			b.ReportMetric(quantile(all, 0.99)/1e6, "ms/p99-"+name)
			b.ReportMetric(quantile(least, 0.5)/1e6, "ms/median-"+name+"-empty")
			b.ReportMetric(quantile(least, 0.99)/1e6, "ms/p99-"+name+"-empty")
			still()
			for _, s := range []*termtest.Terminal{screen, empty} {
				s.Press("ctrl+c")
				s.ExitCode()
			}
		}
	}
	b.ReportMetric(0, "ns/op")
}

// answer is how long a screen takes to show what a key does, pressed at any moment
// between two frames, as a person does.
func answer(screen *termtest.Terminal, key, shows string) time.Duration {
	<-time.After(20*time.Millisecond + rand.N(40*time.Millisecond))
	began := time.Now()
	screen.Press(key)
	screen.Wait(shows)
	return time.Since(began)
}

// drifts has other objects of a dump drift at each interval, until the function that
// it gives was called.
func drifts(b *testing.B, dump string, interval time.Duration) (still func()) {
	b.Helper()
	var rounds [4]string
	for i := range rounds {
		rounds[i] = manyVPCs(10_000, i+2)
	}
	done := make(chan struct{})
	var moving sync.WaitGroup
	moving.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			if err := errors.Join(os.WriteFile(dump+".new", []byte(rounds[i%len(rounds)]), 0o600), os.Rename(dump+".new", dump)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	return func() {
		close(done)
		moving.Wait()
	}
}

// idleCPU is what a process and its children take of a core, in percent, while
// nothing happens. It is 0 where the system does not tell.
func idleCPU(b *testing.B, pid int) float64 {
	b.Helper()
	const ticks = 100 // of /proc in a second
	used := func() (sum float64) {
		all, _ := filepath.Glob("/proc/[0-9]*/stat")
		for _, name := range all {
			stat, _ := os.ReadFile(name) // a process may have ended
			_, rest, _ := strings.Cut(string(stat), ") ")
			fields := strings.Fields(rest)
			if len(fields) < 13 || fields[1] != strconv.Itoa(pid) && filepath.Base(filepath.Dir(name)) != strconv.Itoa(pid) {
				continue
			}
			for _, f := range fields[11:13] { // in the program, and in the system for it
				n, _ := strconv.ParseFloat(f, 64)
				sum += n
			}
		}
		return sum
	}
	before, began := used(), time.Now()
	<-time.After(10 * time.Second)
	return (used() - before) / ticks / time.Since(began).Seconds() * 100
}

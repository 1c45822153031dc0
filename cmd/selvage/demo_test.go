package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/manifest"
	"selvage/testdata/demo"
	"selvage/testdata/hedgehog"
	"selvage/tui"
)

// bareApp is the program on a machine without a home and with an empty
// environment.
func bareApp(t *testing.T) (a *app, out, errs *bytes.Buffer) {
	t.Helper()
	umask(t, 0o022) // the demo sets one of its own
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	return &app{out: out, errs: errs, now: time.Now, env: func(string) (string, bool) { return "", false }}, out, errs
}

// umask sets the process's umask until the test ends.
func umask(t *testing.T, mask int) {
	t.Helper()
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

// run executes a command line and gives its exit code.
func (a *app) run(ctx context.Context, args ...string) int {
	cmd := a.command()
	cmd.SetArgs(args)
	code, say := exitOf(cmd.ExecuteContext(ctx))
	if say != nil {
		a.complain(say)
	}
	return code
}

// demoWorld makes a world and lives through its past.
func demoWorld(t *testing.T, seed uint64) (*app, *demo.World) {
	t.Helper()
	a, _, errs := bareApp(t)
	w, err := demo.New(filepath.Join(t.TempDir(), "world"), demo.Options{Seed: seed, Now: a.now(), Parse: manifest.Values})
	if err != nil {
		t.Fatal(err)
	}
	a.configPath = w.Config()
	if err := a.remember(t.Context(), w); err != nil {
		t.Fatalf("remember = %v\n%s", err, errs)
	}
	return a, w
}

// demoSession is the program looking at a world.
func demoSession(t *testing.T, a *app) *session {
	t.Helper()
	c, err := a.load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.open(t.Context(), c, a.log(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close(a) })
	return s
}

// looks checks a fabric and holds what is said about it against what was done.
func looks(t *testing.T, s *session, w *demo.World, fabric string) {
	t.Helper()
	if err := s.loop.Check(t.Context(), core.FabricID(fabric)); err != nil {
		t.Fatal(err)
	}
	want, err := w.Wants(fabric)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := s.loop.Fleet().Fabric(core.FabricID(fabric))
	access := core.AccessOK
	if want.Invalid {
		access = core.AccessInvalid
	}
	if f.Report.Live.Access != access || f.GitAccess() != core.AccessOK {
		t.Errorf("%s: live %q, git %q (%s); want live %q", fabric, f.Report.Live.Access, f.GitAccess(), f.Problems(time.Now()), access)
	}
	got := map[hedgehog.Ref]core.Verdict{}
	broken := ""
	for _, v := range f.Report.Verdicts {
		switch {
		case v.Key.Kind == "File":
			broken = v.Key.Name
		case v.State != core.InSync:
			got[hedgehog.Ref{Group: v.Key.Group, Kind: v.Key.Kind, Namespace: v.Key.Namespace, Name: v.Key.Name}] = v
		}
	}
	if broken != want.Broken {
		t.Errorf("%s: invalid file %q, want %q", fabric, broken, want.Broken)
	}
	for ref, state := range want.States {
		if v, ok := got[ref]; !ok || v.State.String() != state {
			t.Errorf("%s: %s is %s (%s), want %s", fabric, ref, v.State, v.Reason, state)
		}
	}
	for ref, v := range got {
		if _, ok := want.States[ref]; !ok {
			t.Errorf("%s: %s is %s (%s %v), want in_sync", fabric, ref, v.State, v.Reason, v.Changes)
		}
	}
	if want.Invalid || want.Broken != "" {
		return
	}
	for _, c := range want.Changes {
		tells(t, fabric, got[c.Object], c)
	}
}

// tells holds the changes of a verdict against one that was made.
func tells(t *testing.T, fabric string, v core.Verdict, want hedgehog.Change) {
	t.Helper()
	path := want.Path.String()
	i := slices.IndexFunc(v.Changes, func(c core.Change) bool { return string(c.Path) == path })
	if len(v.Changes) != 1 || i < 0 {
		t.Errorf("%s: %s changed at %v, want at %s", fabric, want.Object, v.Changes, path)
		return
	}
	c := v.Changes[i]
	if want.Verdict != "" && string(c.Verdict) != want.Verdict {
		t.Errorf("%s: %s %s is %s, want %s", fabric, want.Object, path, c.Verdict, want.Verdict)
	}
	if want.Manager != "" && (c.Manager != want.Manager || !c.ManagerTime.Equal(want.At.Truncate(time.Second))) {
		t.Errorf("%s: %s %s by %s at %s, want %s at %s", fabric, want.Object, path, c.Manager, c.ManagerTime, want.Manager, want.At)
	}
}

// TestDemoBeginsAsToldOfIt: the states that the first screen shows, by fabric.
func TestDemoBeginsAsToldOfIt(t *testing.T) {
	want := map[core.FabricID]map[core.State]int{
		"dc1-frontend":  {core.Drifted: 3},
		"dc1-backend-a": {},
		"dc1-backend-b": {core.Stuck: 1, core.Pending: 1},
		"dc2-frontend":  {core.Conflict: 1, core.Drifted: 5},
		"edge-ams":      {},
		"edge-fra":      {},
		"edge-lon":      {core.OnlyGit: 1, core.OnlyLive: 1},
		"edge-sin":      {core.Invalid: 1, core.Unknown: 1},
		"lab-gpu":       nil, // all of it unknown
	}
	for _, seed := range []uint64{1, 77} {
		a, w := demoWorld(t, seed)
		s := demoSession(t, a)
		for _, fabric := range w.Fabrics() {
			looks(t, s, w, fabric)
			id := core.FabricID(fabric)
			f, _ := s.loop.Fleet().Fabric(id)
			counts := map[core.State]int{}
			for state, n := range f.Report.Counts {
				if n > 0 && core.State(state) != core.InSync {
					counts[core.State(state)] = n
				}
			}
			if want[id] == nil {
				want[id] = map[core.State]int{core.Unknown: f.Report.Counts.Total()}
			}
			if !maps.Equal(counts, want[id]) {
				t.Errorf("seed %d: %s has %v, want %v", seed, fabric, counts, want[id])
			}
			if f.LastSync.IsZero() {
				t.Errorf("seed %d: %s was never in sync, want Git and live to have agreed once", seed, fabric)
			}
		}
		if len(want) != len(w.Fabrics()) {
			t.Errorf("fabrics %v, want those of the table", w.Fabrics())
		}
	}
}

// TestDemoStepsAreSeen plays the story through twice: after each step a check
// says exactly what the world says was done.
func TestDemoStepsAreSeen(t *testing.T) {
	a, w := demoWorld(t, 3)
	// A clock that runs as fast as the steps: readers of one branch share an
	// answer that is younger than two seconds.
	now := time.Now()
	a.now = func() time.Time { return now }
	s := demoSession(t, a)
	for _, fabric := range w.Fabrics() {
		looks(t, s, w, fabric)
	}
	seen := map[string]bool{}
	for i := range 64 {
		now = now.Add(w.Pause(i))
		told, err := w.Step(i, a.now())
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		fabric, _, _ := strings.Cut(told, ":")
		seen[fabric] = true
		looks(t, s, w, fabric)
		if t.Failed() {
			t.Fatalf("after step %d: %s", i, told)
		}
	}
	now = now.Add(time.Minute)
	for _, fabric := range w.Fabrics() {
		looks(t, s, w, fabric)
	}
	if len(seen) < 7 {
		t.Errorf("steps on %v only, want them to go round", slices.Sorted(maps.Keys(seen)))
	}
}

func TestDemoShowsAndKeepsNoSecret(t *testing.T) {
	a, w := demoWorld(t, 1)
	dump, err := os.ReadFile(filepath.Join(filepath.Dir(w.Config()), "clusters", "dc2-frontend.json"))
	if err != nil || !bytes.Contains(dump, []byte(hedgehog.Secret)) {
		t.Fatalf("the dump holds no secret to keep (%v)", err)
	}
	out := &bytes.Buffer{}
	a.out = out
	a.run(t.Context(), "status", "-o", "json", "--all", "--config", w.Config())
	a.run(t.Context(), "diff", "dc2-frontend", "-o", "json", "--config", w.Config())
	for _, screen := range tui.Screens() {
		if run, _ := tui.SnapshotNeeds(screen); run {
			continue // the fabric has had none
		}
		for _, size := range []string{"80x24", "160x45"} {
			if code := a.run(t.Context(), "snapshot", screen, "--cached", "--fabric", "dc2-frontend", "--size", size, "--config", w.Config()); code != exitDone {
				t.Errorf("snapshot %s: exit %d: %s", screen, code, a.errs)
			}
		}
	}
	if !strings.Contains(out.String(), "dc2-frontend") {
		t.Errorf("nothing was printed: %s", a.errs)
	}
	if strings.Contains(out.String(), hedgehog.Secret) {
		t.Error("a command prints what it must not have read")
	}
	err = filepath.WalkDir(filepath.Join(filepath.Dir(w.Config()), "state"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if bytes.Contains(data, []byte(hedgehog.Secret)) {
			t.Errorf("%s keeps what must not have been read", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDemoIsItsOwnersAlone, under an umask that would open everything, and under
// one that would lock the owner out.
func TestDemoIsItsOwnersAlone(t *testing.T) {
	for _, mask := range []int{0, 0o777} {
		dir := filepath.Join(t.TempDir(), "world")
		a, out, errs := bareApp(t)
		umask(t, mask)
		code := a.run(t.Context(), "demo", "--prepare", "--dir", dir)
		if code != exitDone || out.String() != filepath.Join(dir, "selvage.yaml")+"\n" || errs.Len() > 0 {
			t.Fatalf("umask %04o: exit %d, out %q, errors %q", mask, code, out, errs)
		}
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			// Below closed folders the pack and object files may be as git has them.
			if mode := info.Mode().Perm(); mode&0o400 == 0 || d.IsDir() && mode != 0o700 || mode&0o022 != 0 {
				t.Errorf("umask %04o: %s has mode %v", mask, name, info.Mode())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestDemoRemovesItsTemporaryFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	a, _, _ := bareApp(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := a.run(ctx, "demo"); code == exitDone {
		t.Error("exit 0, want it to have been interrupted")
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestDemoOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(kept, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, _, errs := bareApp(t)
	if code := a.run(t.Context(), "demo", "--prepare", "--dir", dir); code != exitUsage || !strings.Contains(errs.String(), "not empty") {
		t.Errorf("exit %d, errors %q; want a refusal", code, errs)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v (%v), want the one file that it held", entries, err)
	}
}

// TestAPictureOfThePlanSaysThatItHasNone: it must not look as if there was nothing to plan,
// or as if a plan of before were shown by it.
func TestAPictureOfThePlanSaysThatItHasNone(t *testing.T) {
	a, _ := demoWorld(t, 1)
	out := &bytes.Buffer{}
	a.out = out
	a.run(t.Context(), "snapshot", "plan", "--fabric", "dc1-frontend", "--size", "200x24", "--config", a.configPath)
	if want := "a picture of the screen makes no plan, for each is kept: selvage plan dc1-frontend makes one and prints it, and the dashboard shows one (s)"; !strings.Contains(out.String(), want) {
		t.Errorf("it does not say %q:\n%s", want, out)
	}
}

// TestASyncOfNothingTellsWhatDoesNotAgree: nothing was to be published, and so nothing of
// it can disagree; the document has to say what does.
func TestASyncOfNothingTellsWhatDoesNotAgree(t *testing.T) {
	a, _ := demoWorld(t, 1)
	out := &bytes.Buffer{}
	a.out = out
	if code := a.run(t.Context(), "sync", "edge-lon", "--yes", "-o", "json", "--config", a.configPath); code != exitDone {
		t.Fatalf("exit %d", code)
	}
	var doc struct {
		Phase   string
		Besides []struct {
			Fabric             string
			Undecided, Decided map[string]int
		}
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(doc.Besides) != 1 || doc.Besides[0].Fabric != "edge-lon" || len(doc.Besides[0].Undecided) == 0 || doc.Besides[0].Decided != nil {
		t.Errorf("it is %s, besides %+v", doc.Phase, doc.Besides)
	}
}

func BenchmarkDemoStart(b *testing.B) {
	for b.Loop() {
		a := &app{out: &bytes.Buffer{}, errs: &bytes.Buffer{}, now: time.Now, env: func(string) (string, bool) { return "", false }}
		if code := a.run(b.Context(), "demo", "--prepare", "--dir", filepath.Join(b.TempDir(), "world")); code != exitDone {
			b.Fatalf("exit %d: %s", code, a.errs)
		}
	}
}

// TestWhatAVisitorPublishesReachesTheCluster decides about a difference of the
// demonstration, publishes it, and has the world's engine apply it.
func TestWhatAVisitorPublishesReachesTheCluster(t *testing.T) {
	for choice, want := range map[core.Choice]string{core.TakeLive: "live", core.TakeEdited: "both"} {
		a, w := demoWorld(t, 1)
		s := demoSession(t, a)
		id := core.FabricID("dc1-frontend")
		if err := s.loop.Check(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		f, _ := s.loop.Fleet().Fabric(id)
		i := slices.IndexFunc(f.Report.Verdicts, func(v core.Verdict) bool {
			return len(v.Changes) == 1 && strings.HasSuffix(string(v.Changes[0].Path), ".vlan")
		})
		if i < 0 {
			t.Fatal("the demonstration has no VLAN that differs")
		}
		v := f.Report.Verdicts[i]
		d := core.Decision{Key: v.Key, Path: v.Changes[0].Path, Choice: choice}
		if choice == core.TakeEdited {
			d.Value = core.ValueOf(int64(1999))
		}
		acts := a.acts(s)
		if _, err := acts.Decider.Decide(t.Context(), id, "alice", d); err != nil {
			t.Fatal(err)
		}
		plan, err := acts.Planner.Plan(t.Context(), "alice", core.PlanOptions{}, id)
		if err != nil {
			t.Fatal(err)
		}
		run, err := s.runner.Sync(t.Context(), plan, core.RunOrder{By: "alice", RunOptions: core.RunOptions{NoWait: true}})
		if err != nil || run.Phase != core.RunPublished {
			t.Fatalf("run %+v, %v", run, err)
		}
		if n, err := w.Follow(a.now()); err != nil || n != 1 {
			t.Fatalf("%s: %d objects were applied, %v; want 1", want, n, err)
		}
		if err := s.loop.Check(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		after, _ := s.loop.Fleet().Fabric(id)
		for _, o := range after.Report.Verdicts {
			if o.Key == v.Key && o.State != core.InSync {
				t.Errorf("%s: %s is %s after it was published (%s)", want, o.Key, o.State, o.Reason)
			}
		}
		for step := range 12 {
			if told, err := w.Step(step, a.now()); err != nil && !strings.Contains(err.Error(), "finds nothing to do") {
				t.Errorf("step %d after a visitor's commit: %q, %v", step, told, err)
			}
		}
		looks(t, s, w, "dc1-frontend")
	}
}

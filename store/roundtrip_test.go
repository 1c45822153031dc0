package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// hostile are strings that a cluster, a repository or a server may hold.
func hostile() []string {
	return []string{
		"", "plain", "'; DROP TABLE checks; --", "NUL \x00 inside", "ESC \x1b]52;c;aGk=\x07", "C1 \u009b31m",
		"bidi \u202e\u2066", "zero\u200bwidth", "<a href=\"x\">&amp;</a>", "line\nbreak\r\t", "\u2028\u2029", "日本語 🧵",
		"\\u0000", `"quoted"`, strings.Repeat("long ", 4000), "\ufffd", "%s%d", "null",
	}
}

// everything is a first check that has something in every place.
func everything(t testing.TB) core.Check {
	t.Helper()
	c := inSync(t, "dc1", 3)
	c.Err = "half of it: \x1b[31m<&>"
	c.Report.Live = core.Reading{
		Source: "kube", Name: "dc1", URL: "https://10.9.1.10:6443", ReadAt: noon.Add(-time.Hour),
		Access: core.AccessUnreachable, Error: "dial tcp 10.9.1.10:6443: i/o timeout", Insecure: true,
	}
	c.Report.NotInGit = map[core.GroupKind]int{{Group: "wiring.githedgehog.com", Kind: "Switch"}: 7, {Group: "", Kind: "Core.dotted"}: 1}
	c.Report.Gaps = []core.Gap{{
		GroupKind: core.GroupKind{Group: "vpc.githedgehog.com", Kind: "External"}, Namespace: "default",
		Access: core.AccessForbidden, Reason: "forbidden: ask for the view role",
	}}
	c.Report.Freeze = &core.Freeze{Side: "live", Gone: []core.Key{vpcKey(1), vpcKey(2)}, Of: 3, Since: noon}
	c.Report.Rewrites = []core.Rewrite{{Path: "fabrics/dc1", Branch: "main\x1b", From: "ab", To: "cd", At: noon}}
	c.Git.Readings = append(c.Git.Readings, core.Reading{Source: "git", URL: "file:///srv/wiring", Branch: "main", Access: core.AccessOK, ReadAt: noon})
	c.Git.Findings = []core.Finding{
		{Origin: core.Origin{Path: "fabrics/dc1/broken\x1b.yaml", Line: 7}, Reason: "did not find expected key", Text: []byte("a: [\x00\xff")},
		{Origin: core.Origin{Path: "empty.yaml"}, Reason: "nothing in it", Text: []byte{}},
		{Origin: core.Origin{Path: "bytes\xff\xfe.yaml", Line: 1}, Reason: "duplicate", Key: core.Key{Group: "wiring.githedgehog.com", Kind: "Server", Namespace: "default", Name: "s1"}},
		{Origin: core.Origin{Path: "link"}, Reason: "symbolic link", Opaque: true},
	}

	drifted := c.Changed[0]
	drifted.Verdict.State, drifted.Verdict.Reason = core.Drifted, "live changed"
	drifted.Verdict.Changes = []core.Change{
		{
			Path: `.metadata.labels["a.b/c"]`, Op: core.OpChanged, Verdict: core.FieldDrift,
			Base: core.ValueOf(nil), Git: core.ValueOf("x"), Live: core.Value{}, Unit: ".metadata",
			Manager: "kubectl-edit", ManagerTime: noon.Truncate(time.Second),
		},
		{
			Path: ".spec.subnets", Op: core.OpRemoved, Verdict: core.FieldConflict,
			Base:     core.ValueOf(map[string]any{"n": int64(9007199254740993), "f": 0.1, "tiny": 5e-324, "huge": 1e300, "neg": int64(-1), "e": map[string]any{}, "l": []any{}}),
			BaseLive: core.ValueOf(false), Git: core.ValueOf([]any{int64(1), "1", nil, true}), Live: core.ValueOf(int64(0)),
		},
		{Path: core.Root, Op: core.OpAdded, Verdict: core.FieldDiffers, Live: core.ValueOf("")},
	}
	c.Changed[0] = drifted
	c.Transitions[0].To, c.Transitions[0].Changes = core.Drifted, drifted.Verdict.Changes

	unknown := c.Changed[1]
	unknown.Verdict.State, unknown.Verdict.Last, unknown.Verdict.LastKnown = core.Unknown, core.Invalid, true
	unknown.Verdict.LastSince = unknown.Verdict.Since.Add(-time.Hour)
	unknown.Live = core.Sight{} // never read
	unknown.Base = nil
	c.Changed[1] = unknown

	gone := c.Changed[2]
	gone.Live = core.Sight{At: noon} // proven absent
	gone.Verdict.State = core.OnlyGit
	c.Changed[2] = gone

	for i, s := range hostile() {
		fields := map[string]any{"spec": map[string]any{s: s, "list": []any{s}}, "metadata": map[string]any{"labels": map[string]any{s: s}}}
		o := &core.Object{
			Key: core.Key{Group: s, Kind: "K", Namespace: s, Name: fmt.Sprint(i)}, Version: s,
			Origin: core.Origin{Path: s, Line: i}, Fields: fields, Digest: core.DigestJSON(fields),
			UID: s, ResourceVersion: s, Created: noon, Deleting: noon.Add(time.Second),
			Managers: []core.Manager{{Name: s, Operation: s, Subresource: s, Time: noon, Fields: map[string]any{"f:" + s: map[string]any{}}}, {Name: "unread"}},
		}
		c.Git.Add(o)
		c.Changed = append(c.Changed, core.Remembered{
			Base: &core.Base{Key: o.Key, Git: o, Live: o, At: noon, Source: core.FromAgreement},
			Live: core.Sight{Object: o, At: noon},
			Verdict: core.Verdict{
				Key: o.Key, State: core.Differs, Reason: s, Version: s, Origin: o.Origin, Since: noon, LiveRevision: s,
				Changes: []core.Change{{Path: core.Path("").Key(s), Base: core.ValueOf(s), Manager: s, Commit: core.Commit{ID: "ab", Author: s, Summary: s}}},
				Notes:   []string{s}, Acknowledged: &core.Acknowledgement{Key: o.Key, Path: core.Path("").Key(s), Reason: s, By: s},
			},
		})
		c.Transitions = append(c.Transitions, core.Transition{Key: o.Key, At: noon, From: core.InSync, To: core.Differs, Reason: s})
	}
	c.Changed = append(c.Changed, core.Remembered{ // a document without identity
		Verdict: core.Verdict{Key: core.Key{Kind: "File", Name: "broken.yaml"}, State: core.Invalid, Reason: "tabs"},
	})
	// Without a verdict, as for an object that is only remembered.
	c.Changed = append(c.Changed, core.Remembered{Git: core.Sight{Object: object(t, `{"apiVersion":"v1","kind":"Thing","metadata":{"name":"t"}}`), At: noon}})
	for _, gk := range c.Git.Kinds() {
		c.GitKinds[gk] = true
	}
	c.GitKinds[core.GroupKind{Group: "wiring.githedgehog.com", Kind: "Switch"}] = true // held once
	c.Report.Verdicts, c.Report.Counts = nil, core.Counts{}
	for _, r := range c.Changed {
		if r.Verdict.Key != (core.Key{}) {
			c.Report.Verdicts = append(c.Report.Verdicts, r.Verdict)
			c.Report.Counts[r.Verdict.State]++
		}
	}
	return c
}

func TestEverythingSurvivesCloseAndReopen(t *testing.T) {
	dir := t.TempDir()
	c := everything(t)
	first := openAt(t, dir)
	record(t, first, c)
	followed := memory(t, first, "dc1")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	m := memory(t, openAt(t, dir), "dc1")

	if !reflect.DeepEqual(followed, m) {
		t.Error("the memory that Record left differs from the one that was read")
	}
	if len(m.Objects) != len(c.Changed) {
		t.Errorf("%d objects are remembered, want %d", len(m.Objects), len(c.Changed))
	}
	for _, want := range c.Changed {
		if got := m.Objects[keyOf(want)]; !reflect.DeepEqual(got, &want) {
			t.Errorf("remembered of %s\n got %+v\nwant %+v", keyOf(want), got, want)
		}
	}
	if want := c.Report; !reflect.DeepEqual(m.Report.Git, want.Git) || m.Report.Live != want.Live || !m.Report.At.Equal(want.At) ||
		!reflect.DeepEqual(m.Report.NotInGit, want.NotInGit) || !reflect.DeepEqual(m.Report.Gaps, want.Gaps) ||
		!reflect.DeepEqual(m.Report.Freeze, want.Freeze) || !reflect.DeepEqual(m.Report.Rewrites, want.Rewrites) ||
		m.Report.Counts != want.Counts || len(m.Told().Verdicts) != len(want.Verdicts) {
		t.Errorf("report\n got %+v\nwant %+v", m.Report, want)
	}
	if told := m.Told().Verdicts; told[0].State != core.Invalid || told[1].State != core.Unknown {
		t.Errorf("the verdicts start with %s and %s, want the worst first", told[0].State, told[1].State)
	}
	if !m.LastSync.Equal(c.Report.At) || !m.LastCheck.Equal(c.Finished) {
		t.Errorf("LastSync, LastCheck = %s, %s, want %s, %s", m.LastSync, m.LastCheck, c.Report.At, c.Finished)
	}
	sameGit(t, m.Git, c.Git)
	if !reflect.DeepEqual(m.GitKinds, c.GitKinds) {
		t.Errorf("kinds of Git\n got %v\nwant %v", m.GitKinds, c.GitKinds)
	}
}

func sameGit(t *testing.T, got, want *core.Snapshot) {
	t.Helper()
	if got.Len() != want.Len() {
		t.Errorf("Git has %d objects, want %d", got.Len(), want.Len())
	}
	for o := range want.Objects() {
		if side := got.Side(o.Key); !reflect.DeepEqual(side.Object, o) {
			t.Errorf("Git's %s\n got %+v\nwant %+v", o.Key, side.Object, o)
		}
	}
	if !reflect.DeepEqual(got.Readings, want.Readings) {
		t.Errorf("readings of Git\n got %+v\nwant %+v", got.Readings, want.Readings)
	}
	if !reflect.DeepEqual(got.Findings, want.Findings) {
		t.Errorf("findings in Git\n got %+v\nwant %+v", got.Findings, want.Findings)
	}
}

func TestRestoredGitProvesAbsence(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, inSync(t, "dc1", 2))
	for _, m := range []*core.Memory{memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1")} {
		if got := m.Git.Side(vpcKey(99)); got.Presence != core.Absent {
			t.Errorf("an object that Git does not hold is %v, want absent", got)
		}
	}
}

// A whole float64 and the same int64 are one JSON number: the store may give
// the other one back, never another number.
func TestNumbersComeBackEqual(t *testing.T) {
	dir := t.TempDir()
	fields := map[string]any{"spec": map[string]any{
		"whole": 5.0, "int": int64(5), "max": int64(9223372036854775807), "min": int64(-9223372036854775808),
		"past53": int64(9007199254740993), "third": 1.0 / 3, "big": 1e21, "negative": -0.5,
	}}
	o := &core.Object{Key: core.Key{Kind: "K", Name: "n"}, Version: "v1", Fields: fields, Digest: core.DigestJSON(fields)}
	c := empty("dc1", noon)
	c.Changed = []core.Remembered{{Live: core.Sight{Object: o, At: noon}, Verdict: core.Verdict{Key: o.Key, State: core.OnlyLive}}}
	record(t, openAt(t, dir), c)
	got := memory(t, openAt(t, dir), "dc1").Objects[o.Key].Live.Object
	if !core.EqualJSON(got.Fields, fields) {
		t.Errorf("fields = %v, want %v", got.Fields, fields)
	}
	if got.Digest != o.Digest || core.DigestJSON(got.Fields) != o.Digest {
		t.Errorf("digest = %s, want %s", got.Digest, o.Digest)
	}
}

// The names are those of people's files; the ones in core are free to change.
func TestChangesKeepTheirNamesInTheFile(t *testing.T) {
	const want = `[{"path":".spec.mode","op":"changed","verdict":"drift","base":"a","base_live":"b","git":null,"live":{"n":1},` +
		`"unit":".spec","live_manager":"kubectl-edit","live_manager_time":"2026-11-23T12:00:00.123456789Z"},{"path":".","op":"","verdict":""}]`
	changes := []core.Change{
		{
			Path: ".spec.mode", Op: core.OpChanged, Verdict: core.FieldDrift, Base: core.ValueOf("a"), BaseLive: core.ValueOf("b"),
			Git: core.ValueOf(nil), Live: core.ValueOf(map[string]any{"n": int64(1)}), Unit: ".spec", Manager: "kubectl-edit", ManagerTime: noon,
		},
		{Path: core.Root},
	}
	got, err := encodeChanges(changes)
	if err != nil || got != want {
		t.Errorf("encodeChanges = %s, %v\nwant %s", got, err, want)
	}
	back, err := decodeChanges(want)
	if err != nil || !reflect.DeepEqual(back, changes) {
		t.Errorf("decodeChanges = %+v, %v\nwant %+v", back, err, changes)
	}
}

// Times come from clocks, and one from whoever made a commit.
func TestImpossibleTimesDoNotStopARecord(t *testing.T) {
	dir := t.TempDir()
	c := empty("dc1", noon)
	c.Report.Git[0].RevisionTime = time.Unix(1<<40, 0)
	c.Changed = []core.Remembered{{
		Git: core.Sight{At: time.Unix(-1<<40, 0)},
		Verdict: core.Verdict{
			Key: vpcKey(1), Since: time.Now(), // with a monotonic clock
			Changes: []core.Change{{Commit: core.Commit{ID: "ab", Time: time.Unix(1<<40, 0)}}},
		},
	}}
	c.Transitions = []core.Transition{{Key: vpcKey(1), At: noon, Changes: c.Changed[0].Verdict.Changes}}
	c.Overwritten = []core.Overwritten{{Key: vpcKey(1), Path: ".spec", Replaced: core.Window{Before: noon}, Commit: core.Commit{ID: "ab", Time: time.Unix(-1<<40, 0)}}}
	s := openAt(t, dir)
	record(t, s, c)
	if here, there := memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1"); !reflect.DeepEqual(here, there) {
		t.Errorf("followed %+v, read %+v", here, there)
	}
}

func TestOversizedTextMakesAFindingOpaque(t *testing.T) {
	dir := t.TempDir()
	c := empty("dc1", noon)
	c.Git = core.NewSnapshot(c.Report.Git...)
	c.Git.Findings = []core.Finding{
		{Origin: core.Origin{Path: "fits.yaml"}, Text: make([]byte, maxText)},
		{Origin: core.Origin{Path: "huge.yaml"}, Text: make([]byte, maxText+1)},
	}
	s := openAt(t, dir)
	record(t, s, c)
	for _, m := range []*core.Memory{memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1")} {
		if f := m.Git.Findings[0]; f.Opaque || len(f.Text) != maxText {
			t.Errorf("a text that fits: opaque %v, %d bytes", f.Opaque, len(f.Text))
		}
		if f := m.Git.Findings[1]; !f.Opaque || f.Text != nil || !f.MayHold(vpcKey(1)) {
			t.Errorf("a text that does not fit: opaque %v, %d bytes", f.Opaque, len(f.Text))
		}
	}
	if len(c.Git.Findings[1].Text) != maxText+1 {
		t.Error("Record changed the caller's finding")
	}
}

// What Record leaves in memory must be what any other process reads, whatever
// the history: a walk of random checks is followed by one handle and read cold
// by another.
func TestFollowedMemoryEqualsReadMemory(t *testing.T) {
	for seed := range uint64(8) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		dir := t.TempDir()
		s := openAt(t, dir)
		for round := range 12 {
			at := noon.Add(time.Duration(round) * time.Minute)
			record(t, s, randomCheck(t, rnd, memory(t, s, "dc1"), at))
			randomWord(t, rnd, s, at)
			followed := memory(t, s, "dc1")
			cold := openAt(t, dir)
			if read := memory(t, cold, "dc1"); !reflect.DeepEqual(followed, read) {
				t.Fatalf("seed %d, round %d:\nfollowed %+v\n    read %+v", seed, round, followed, read)
			}
			finish(t, cold)
		}
		if n := count(t, s, "SELECT count(*) FROM docs WHERE digest NOT IN (SELECT doc FROM git_objects) AND NOT EXISTS "+
			"(SELECT 1 FROM memory m WHERE m.object = docs.object AND docs.digest IN (m.git, m.live, m.base_git, m.base_live))"); n != 0 {
			t.Errorf("seed %d: %d documents are left that nothing stands for", seed, n)
		}
	}
}

// randomWord lets somebody accept or acknowledge something, or nobody.
func randomWord(t testing.TB, rnd *rand.Rand, s *Store, at time.Time) {
	t.Helper()
	k := vpcKey(rnd.IntN(12))
	var err error
	switch rnd.IntN(6) {
	case 0:
		err = s.Accept(t.Context(), "dc1", core.Acceptance{What: core.AcceptBase, By: "kim", At: at.Add(-2 * time.Hour), Keys: []core.Key{k, vpcKey(99)}})
	case 1:
		err = s.Acknowledge(t.Context(), "dc1",
			core.Acknowledgement{By: "kim", Key: k, Path: ".spec", At: at, Until: at.Add(time.Duration(1+rnd.IntN(3)) * time.Minute)},
			core.Acknowledgement{By: "kim", Key: vpcKey(rnd.IntN(3)), Path: core.Root, At: at, Until: at.Add(time.Hour)})
	case 2:
		err = s.Step(t.Context(), "dc1", "kim", nil, git(draft(rnd.IntN(3), ".spec", at.String())), draft(4, ".spec", at.String()))
	case 3:
		_, err = s.Undo(t.Context(), "dc1", "kim")
	}
	if err != nil {
		t.Fatal(err)
	}
}

func randomCheck(t testing.TB, rnd *rand.Rand, m *core.Memory, at time.Time) core.Check {
	c := empty("dc1", at)
	c.Agreed = rnd.IntN(3) == 0
	if rnd.IntN(5) == 0 {
		c.Report, c.Err = nil, "interrupted"
	}
	c.GitKinds = map[core.GroupKind]bool{{Group: "vpc.githedgehog.com", Kind: fmt.Sprint(rnd.IntN(20))}: true}
	c.Done = []int64{rnd.Int64N(20)}
	if n := len(m.Acknowledgements); n > 0 && rnd.IntN(3) == 0 {
		c.Void = m.Acknowledgements[rnd.IntN(n):][:1]
	}
	if rnd.IntN(4) == 0 {
		return c // nothing changed, but for a kind perhaps
	}
	if rnd.IntN(2) == 0 {
		c.Git = core.NewSnapshot(core.Reading{Source: "git", Revision: fmt.Sprint(rnd.Uint64()), Access: core.AccessOK, ReadAt: at})
		for i := range 12 {
			if rnd.IntN(4) > 0 {
				git, _ := pair(t, i)
				git.Origin.Line = rnd.IntN(3)
				c.Git.Add(git)
			}
		}
		if rnd.IntN(3) == 0 {
			c.Git.Findings = []core.Finding{{Origin: core.Origin{Path: "x"}, Text: []byte{byte(rnd.IntN(4))}}}
		}
	}
	for i := range rnd.IntN(12) {
		k := vpcKey(i)
		if _, ok := m.Objects[k]; ok && rnd.IntN(5) == 0 {
			c.Gone = append(c.Gone, k)
			continue
		}
		var r core.Remembered
		if known, ok := m.Objects[k]; ok {
			r = *known
		}
		git, live := pair(t, i)
		live.ResourceVersion = fmt.Sprint(rnd.Uint64())
		switch rnd.IntN(4) {
		case 0:
			r.Base = &core.Base{Key: k, Git: git, Live: live, At: at, Source: core.FromAgreement}
		case 1:
			r.Live = core.Sight{At: at}
		case 2:
			r.Live = core.Sight{Object: live, At: at}
		case 3:
			r.Git = core.Sight{Object: git, At: at}
		}
		state := core.State(rnd.IntN(int(core.InSync) + 1))
		if r.Verdict.Key == (core.Key{}) || state != r.Verdict.State {
			c.Transitions = append(c.Transitions, core.Transition{Key: k, At: at, From: r.Verdict.State, To: state, First: r.Verdict.Key == core.Key{}})
			r.Verdict = core.Verdict{Key: k, State: state, Since: at, Reason: fmt.Sprint("round at ", at)}
		}
		if rnd.IntN(2) == 0 {
			r.Verdict.Changes = []core.Change{{Path: ".spec", Live: core.ValueOf(int64(rnd.IntN(9)))}}
		}
		c.Changed = append(c.Changed, r)
	}
	return c
}

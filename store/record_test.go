package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// count runs a query that gives one number.
func count(t testing.TB, s *Store, query string) (n int) {
	t.Helper()
	if err := s.reader.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// tables counts the rows of every table.
func tables(t testing.TB, s *Store) map[string]int {
	t.Helper()
	rows := map[string]int{}
	for _, name := range []string{
		"fabrics", "objects", "blobs", "docs", "memory", "git_objects", "git_findings", "git_kinds", "checks", "transitions", "overwritten", "blind", "acceptances", "accepted", "acknowledgements",
		"drafts", "desk_steps", "desk_moves", "desk_words", "decisions", "plans", "file_changes", "runs", "publications",
	} {
		rows[name] = count(t, s, "SELECT count(*) FROM "+name)
	}
	return rows
}

// mend does to the file what no program of ours would.
func mend(t testing.TB, s *Store, query string, args ...any) {
	t.Helper()
	if _, err := s.writer.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestUnknownFabricHasAnEmptyMemory(t *testing.T) {
	m := memory(t, openAt(t, t.TempDir()), "nobody")
	if m.Objects == nil || len(m.Objects) > 0 || m.GitKinds == nil || m.Git != nil || m.Report != nil || !m.LastCheck.IsZero() {
		t.Errorf("Memory = %+v, want an empty one", m)
	}
}

func TestQuietCheckWritesOneRow(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, inSync(t, "dc1", 20))
	before, rows := memory(t, s, "dc1"), tables(t, s)
	generation := count(t, s, "SELECT generation FROM fabrics")

	c := empty("dc1", noon.Add(time.Minute))
	record(t, s, c)
	rows["checks"]++
	if got := tables(t, s); !reflect.DeepEqual(got, rows) {
		t.Errorf("rows %v, want %v", got, rows)
	}
	if got := count(t, s, "SELECT generation FROM fabrics"); got != generation {
		t.Errorf("generation %d, want %d as before", got, generation)
	}
	for name, m := range map[string]*core.Memory{"same": memory(t, s, "dc1"), "other": memory(t, openAt(t, dir), "dc1")} {
		if !m.LastCheck.Equal(c.Finished) || !m.Report.Live.ReadAt.Equal(c.Report.Live.ReadAt) || !m.Report.At.Equal(c.Report.At) {
			t.Errorf("%s handle: last check %s, read at %s: the check left no trace", name, m.LastCheck, m.Report.Live.ReadAt)
		}
		if !reflect.DeepEqual(m.Objects, before.Objects) || !reflect.DeepEqual(m.Told().Verdicts, before.Told().Verdicts) || !m.LastSync.Equal(noon) {
			t.Errorf("%s handle: a quiet check changed what is remembered", name)
		}
	}
	if !before.LastCheck.Equal(noon) {
		t.Error("a memory that was handed out has changed")
	}
}

func TestCheckWithoutAReportKeepsTheLastOne(t *testing.T) {
	s := openAt(t, t.TempDir())
	record(t, s, inSync(t, "dc1", 2))
	record(t, s, core.Check{Fabric: "dc1", Started: noon, Finished: noon.Add(time.Minute), Err: "killed"})
	m := memory(t, s, "dc1")
	if m.Report == nil || m.Report.Counts.Total() != 2 || !m.LastCheck.Equal(noon.Add(time.Minute)) {
		t.Errorf("report %+v, last check %s", m.Report, m.LastCheck)
	}
}

func TestAFirstCheckThatFailedIsKept(t *testing.T) {
	dir := t.TempDir()
	failed := core.Check{Fabric: "dc1", Started: noon, Finished: noon.Add(time.Second), Err: "read: internal error"}
	record(t, openAt(t, dir), failed)
	s := openAt(t, dir)
	m := memory(t, s, "dc1")
	if m.Report != nil || len(m.Objects) > 0 || !m.LastSync.IsZero() || !m.LastCheck.Equal(failed.Finished) {
		t.Errorf("Memory = %+v, want nothing but the time of the check", m)
	}
	want := []core.Checked{{Started: failed.Started, Finished: failed.Finished, Duration: time.Second, Err: failed.Err}}
	if all := past[core.Checked](entries(t, s, Filter{Fabrics: []core.FabricID{"dc1"}})); !reflect.DeepEqual(all, want) {
		t.Errorf("checks = %+v, want %+v", all, want)
	}
	first := inSync(t, "dc1", 2)
	record(t, s, first)
	if here, there := memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1"); len(here.Objects) != 2 || !reflect.DeepEqual(here, there) {
		t.Errorf("after the first good check\nfollowed %+v\n    read %+v", here, there)
	}
}

// A kind may appear in Git in nothing but a finding, with all objects as before.
func TestANewKindAloneIsRemembered(t *testing.T) {
	dir := t.TempDir()
	s, other := openAt(t, dir), openAt(t, dir)
	record(t, s, inSync(t, "dc1", 2))
	memory(t, other, "dc1")
	c := empty("dc1", noon.Add(time.Minute))
	gk := core.GroupKind{Group: "wiring.githedgehog.com", Kind: "Server"}
	c.GitKinds = map[core.GroupKind]bool{gk: true}
	record(t, s, c)
	for name, h := range map[string]*Store{"same": s, "other": other, "cold": openAt(t, dir)} {
		if m := memory(t, h, "dc1"); !m.GitKinds[gk] || !m.GitKinds[vpcKey(0).GroupKind()] {
			t.Errorf("%s handle: kinds of Git %v, want the new one beside the old", name, m.GitKinds)
		}
	}
	generation := count(t, s, "SELECT generation FROM fabrics")
	record(t, s, c)
	if got := count(t, s, "SELECT generation FROM fabrics"); got != generation {
		t.Errorf("generation %d after a kind that is known, want %d as before", got, generation)
	}
}

func TestMemoryIsTheSameWhileNothingIsRecorded(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	record(t, a, inSync(t, "dc1", 3))
	record(t, a, inSync(t, "dc2", 3))
	first := memory(t, b, "dc1")
	if again := memory(t, b, "dc1"); again != first {
		t.Error("nothing was recorded, and the memory was built anew")
	}
	record(t, a, edited(t, "dc2", memory(t, a, "dc2"), 1, noon.Add(time.Minute)))
	if again := memory(t, b, "dc1"); again != first {
		t.Error("another fabric changed, and the memory was built anew")
	}
	own := memory(t, a, "dc1")
	record(t, a, edited(t, "dc1", own, 1, noon.Add(time.Minute)))
	now := memory(t, b, "dc1")
	if now.Objects[vpcKey(1)].Verdict.State != core.Drifted {
		t.Error("what another handle recorded is not seen")
	}
	if first.Objects[vpcKey(1)].Verdict.State != core.InSync || own.Objects[vpcKey(1)].Verdict.State != core.InSync {
		t.Error("a memory that was handed out has changed")
	}
}

func TestGoneObjectsAreForgotten(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	first := inSync(t, "dc1", 3)
	record(t, s, first)
	c := empty("dc1", noon.Add(time.Minute))
	c.Git = core.NewSnapshot(c.Report.Git...)
	for o := range first.Git.Objects() {
		if o.Key != vpcKey(1) {
			c.Git.Add(o)
		}
	}
	c.Gone = []core.Key{vpcKey(1), vpcKey(77)}
	record(t, s, c)
	for _, m := range []*core.Memory{memory(t, s, "dc1"), memory(t, openAt(t, dir), "dc1")} {
		if _, ok := m.Objects[vpcKey(1)]; ok || len(m.Objects) != 2 || m.Git.Len() != 2 || m.Report.Counts.Total() != 2 {
			t.Errorf("%d objects, %d in Git, %d verdicts, want 2 each", len(m.Objects), m.Git.Len(), m.Report.Counts.Total())
		}
		if !m.GitKinds[vpcKey(1).GroupKind()] {
			t.Error("a kind that Git once held was forgotten")
		}
	}
	if n := count(t, s, "SELECT count(*) FROM docs"); n != 4 {
		t.Errorf("%d documents are kept, want those of 2 objects", n)
	}
}

// A switch gets a new resourceVersion with every heartbeat.
func TestReplacedDocumentsDoNotPileUp(t *testing.T) {
	s := openAt(t, t.TempDir())
	record(t, s, inSync(t, "dc1", 3))
	docs := count(t, s, "SELECT count(*) FROM docs")
	for i := range 20 {
		record(t, s, edited(t, "dc1", memory(t, s, "dc1"), 1, noon.Add(time.Duration(i+1)*time.Minute)))
	}
	if n := count(t, s, "SELECT count(*) FROM docs"); n != docs+1 {
		t.Errorf("%d documents after 20 changes of one object, want %d: its base and its last state", n, docs+1)
	}
}

func TestTwoProcessesRecordAChangeOnce(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	record(t, a, inSync(t, "dc1", 3))
	ma, mb := memory(t, a, "dc1"), memory(t, b, "dc1") // both checks run at once
	at := noon.Add(time.Minute)
	ca, cb := edited(t, "dc1", ma, 1, at), edited(t, "dc1", mb, 1, at)
	later := at.Add(time.Second)
	cb.Transitions[0].At, cb.Changed[0].Verdict.Since = later, later
	record(t, a, ca)
	record(t, b, cb)

	all := past[core.Transition](entries(t, a, Filter{Fabrics: []core.FabricID{"dc1"}, Since: at}))
	if len(all) != 1 || !all[0].At.Equal(at) {
		t.Errorf("transitions = %v, want the one at %s", all, at)
	}
	for _, s := range []*Store{a, b} {
		if got := memory(t, s, "dc1").Objects[vpcKey(1)].Verdict.Since; !got.Equal(at) {
			t.Errorf("in that state since %s, want %s, when it was first seen", got, at)
		}
	}
}

func TestCancelledRecordLeavesNothing(t *testing.T) {
	s := openAt(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Record(ctx, inSync(t, "dc1", 3)); !errors.Is(err, context.Canceled) {
		t.Errorf("Record = %v, want %v", err, context.Canceled)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err := s.write(ctx, func(ctx context.Context, q *sql.Tx) error {
		_, err := add(ctx, q, fabricRow{}, inSync(t, "dc1", 3))
		cancel() // with everything written but the commit
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("write = %v, want %v", err, context.Canceled)
	}
	if n := count(t, s, "SELECT count(*) FROM fabrics"); n != 0 {
		t.Errorf("%d fabrics, want none", n)
	}
	record(t, s, inSync(t, "dc1", 3))
}

func TestBadChecksAreRefusedWhole(t *testing.T) {
	s := openAt(t, t.TempDir())
	nameless := inSync(t, "dc1", 2)
	nameless.Changed = append(nameless.Changed, core.Remembered{})
	tampered := inSync(t, "dc1", 2)
	halved := inSync(t, "dc1", 2)
	halved.Changed[1].Base = &core.Base{Key: vpcKey(1), Git: halved.Changed[1].Git.Object, At: noon, Source: core.FromContainment}
	timeless := core.Check{Fabric: "dc1", Started: noon, Err: "killed"}
	o := *tampered.Changed[1].Live.Object
	o.Fields = map[string]any{"spec": "other"}
	tampered.Changed[1].Live.Object, tampered.Changed[1].Base = &o, nil
	for want, c := range map[string]core.Check{
		"without a key": nameless, "digest": tampered, "half a base": halved, "when it ended": timeless,
	} {
		if err := s.Record(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Record = %v, want something about %q", err, want)
		}
	}
	if n := count(t, s, "SELECT count(*) FROM checks"); n != 0 {
		t.Errorf("%d checks, want none", n)
	}
}

func TestReadersNeverWaitForAWriter(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	record(t, a, inSync(t, "dc1", 3))
	err := a.write(t.Context(), func(ctx context.Context, q *sql.Tx) error {
		if _, err := add(ctx, q, fabricRow{id: 1}, edited(t, "dc1", memory(t, a, "dc1"), 1, noon)); err != nil {
			return err
		}
		for _, s := range []*Store{a, b} {
			start := time.Now()
			if m := memory(t, s, "dc1"); m.Objects[vpcKey(1)].Verdict.State != core.InSync {
				t.Error("what was not committed was read")
			}
			if took := time.Since(start); took > lockTimeout/4 { // who waits for a lock waits for all of it
				t.Errorf("Memory took %s while somebody wrote", took)
			}
		}
		ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		if err := b.Record(ctx, empty("dc1", noon)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Record beside a writer = %v, want %v", err, context.DeadlineExceeded)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	record(t, b, empty("dc1", noon))
}

func TestFullDiskIsToldAndForgotten(t *testing.T) {
	s := openAt(t, t.TempDir())
	record(t, s, inSync(t, "dc1", 3))
	before := memory(t, s, "dc1")
	mend(t, s, "PRAGMA max_page_count = 60")
	err := s.Record(t.Context(), inSync(t, "dc2", 500))
	var e *core.Error
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "free some space") || !strings.Contains(err.Error(), s.path) {
		t.Errorf("Record = %v, want what to do about a full disk", err)
	}
	if memory(t, s, "dc1") != before || len(memory(t, s, "dc2").Objects) != 0 {
		t.Error("a Record that failed changed what is remembered")
	}
	mend(t, s, "PRAGMA max_page_count = 1000000")
	record(t, s, inSync(t, "dc2", 500))
}

func TestMovedFileIsNotWrittenTo(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, inSync(t, "dc1", 3))
	if err := os.Rename(s.path, filepath.Join(dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), empty("dc1", noon)); !errors.Is(err, errMoved) {
		t.Errorf("Record = %v, want %v", err, errMoved)
	}
	if err := os.WriteFile(s.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), empty("dc1", noon)); !errors.Is(err, errMoved) {
		t.Errorf("Record into another file = %v, want %v", err, errMoved)
	}
}

func TestFlippedBitIsNoticed(t *testing.T) {
	for name, query := range map[string]string{
		"content":  "UPDATE blobs SET content = CAST(replace(CAST(content AS TEXT), 'l2vni', 'l3vni') AS BLOB)",
		"no blob":  "DELETE FROM blobs",
		"metadata": "UPDATE docs SET meta = substr(meta, 2)",
		"document": "UPDATE memory SET live = zeroblob(32)",
		"short":    "UPDATE memory SET git = x'01'",
		"shorter":  "UPDATE docs SET fields = x''",
		"state":    "UPDATE memory SET state = 'fine'",
		"last":     "UPDATE memory SET last_state = ''",
		"changes":  "UPDATE memory SET changes = '['",
		"notes":    "UPDATE memory SET notes = '['",
		"word":     "UPDATE memory SET acknowledged = '{}'",
		"accepted": "INSERT INTO acceptances (fabric, at, what, person, from_commit, to_commit, git_digest, live_digest) VALUES (1, 1, 'base', '', '', '', x'', x'')",
		"acked":    "INSERT INTO acknowledgements (fabric, object, at, path, reason, person, git_digest, live_digest) VALUES (1, 1, 1, '.', '', '', x'', x'')",
		"base":     "UPDATE memory SET base_git = NULL, base_live = NULL",
		"base git": "UPDATE memory SET base_git = NULL",
		"no base":  "UPDATE memory SET base_source = NULL",
		"report":   "UPDATE fabrics SET report = 'x'",
		"git":      "UPDATE fabrics SET git = 'x'",
	} {
		dir := t.TempDir()
		s := openAt(t, dir)
		record(t, s, inSync(t, "dc1", 2))
		mend(t, s, query)
		_, err := openAt(t, dir).Memory(t.Context(), "dc1")
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "move selvage.db") {
			t.Errorf("%s: Memory = %v, want %v and what to do", name, err, ErrDamaged)
		}
	}
}

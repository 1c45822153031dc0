package store

import (
	"testing"
	"time"

	"selvage/core"
)

func tempers(t testing.TB, s *Store) ([]core.Pin, []core.Heat) {
	t.Helper()
	pins, heats, err := s.Tempers(t.Context(), "dc1")
	if err != nil {
		t.Fatal(err)
	}
	return pins, heats
}

func TestPinsStayUntilTheyAreTakenAway(t *testing.T) {
	dir := t.TempDir()
	a, b := openAt(t, dir), openAt(t, dir)
	pin := func(i int, path core.Path, rule string) core.Pin {
		return core.Pin{Key: vpcKey(i), Path: path, Rule: rule, At: noon, Commit: core.Commit{ID: "ab", Author: "Kim", Time: noon}}
	}
	unknown := pin(3, core.Root, "")
	unknown.Commit, unknown.At = core.Commit{}, time.Time{}
	for _, err := range []error{
		a.Pin(t.Context(), "dc1", pin(1, ".spec", "one"), pin(2, ".spec", "two")),
		b.Pin(t.Context(), "dc1", unknown, pin(1, ".spec", "again")),
		b.Pin(t.Context(), "dc2", pin(1, ".spec", "other")),
		a.Unpin(t.Context(), "dc1", vpcKey(2), ".spec"),
		a.Unpin(t.Context(), "dc1", vpcKey(1), ".other"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*Store{a, b} {
		pins, _ := tempers(t, s)
		same(t, "pins", pins, []core.Pin{unknown, pin(1, ".spec", "again")})
	}
	if a.Pin(t.Context(), "dc1", pin(5, ".spec", ""), core.Pin{Key: vpcKey(1)}) == nil {
		t.Error("a pin on no place was kept")
	}
	if pins, _ := tempers(t, a); len(pins) != 2 {
		t.Errorf("half of it was kept: %+v", pins)
	}
}

func TestHeatsAreReplacedAsAWhole(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	heat := func(s *Store, heats ...core.Heat) {
		t.Helper()
		if err := s.Heat(t.Context(), "dc1", heats); err != nil {
			t.Fatal(err)
		}
	}
	hot := core.Heat{Key: vpcKey(1), Path: ".spec", Level: 1.0 / 3, At: noon, Git: core.DigestJSON("a"), Paused: true}
	warm := core.Heat{Key: vpcKey(2), Path: ".spec", Level: 5e-324, Live: core.DigestJSON("b")}
	heat(s, hot, warm, hot)
	if _, heats := tempers(t, openAt(t, dir)); !sameHeat(heats[1], warm) || len(heats) != 3 {
		t.Errorf("heats = %+v", heats)
	}
	written := func() (n int) {
		if err := s.writer.QueryRowContext(t.Context(), "SELECT total_changes()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	changes := written()
	local := hot
	local.At = hot.At.In(time.FixedZone("", 3600))
	heat(s, local, warm, hot)
	if n := written() - changes; n != 0 {
		t.Errorf("%d rows were written of the same heats", n)
	}
	if s.Heat(t.Context(), "dc1", []core.Heat{hot, {Key: vpcKey(1)}}) == nil {
		t.Error("a heat of no place was kept")
	}
	heat(s, warm)
	_, heats := tempers(t, openAt(t, dir))
	same(t, "heats", heats, []core.Heat{warm})
	heat(s)
	if _, heats := tempers(t, s); heats != nil {
		t.Errorf("heats = %+v, want none", heats)
	}
}

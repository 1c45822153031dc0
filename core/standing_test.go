package core

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestProblemsTellWhatWhenAndWhy(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	ok := Reading{Access: AccessOK, ReadAt: now.Add(-time.Second)}
	report := func(live, git Reading, gaps ...Gap) *Report {
		return &Report{Live: live, Git: []Reading{git}, Gaps: gaps, Counts: Counts{InSync: 1}, Verdicts: []Verdict{{State: InSync}}}
	}
	broken := errors.New("record check of dc1: disk full")
	tests := []struct {
		name  string
		state FabricState
		want  []string
	}{
		{"well", FabricState{Report: report(ok, ok)}, nil},
		{"never checked", FabricState{}, nil},
		{"failed", FabricState{Err: broken}, []string{"record check of dc1: disk full"}},
		{"never read", FabricState{Report: report(Reading{Access: AccessUnreachable, Error: "refused"}, ok)}, []string{"live was never read: refused"}},
		{
			"git since",
			FabricState{Report: report(ok, Reading{Access: AccessInvalid, Path: "dc1", Error: "no branch", ReadAt: now.Add(-90 * time.Second)})},
			[]string{"git dc1, last read 1m ago: no branch"},
		},
		{
			"stale",
			FabricState{Fabric: Fabric{StaleAfter: time.Minute}, Report: report(Reading{Access: AccessOK, ReadAt: now.Add(-time.Hour)}, ok)},
			[]string{"live, last read 1h ago: the last answer is older than 1m"},
		},
		{
			"gap and error",
			FabricState{Err: broken, Report: report(ok, ok, Gap{GroupKind: GroupKind{"g", "K"}, Reason: "forbidden"})},
			[]string{"record check of dc1: disk full", "K.g: forbidden"},
		},
		{
			"frozen and rewritten",
			FabricState{Fabric: Fabric{ID: "dc1"}, Report: &Report{
				Live: ok, Git: []Reading{ok}, Counts: Counts{InSync: 1},
				Freeze:   &Freeze{Side: "live", Gone: make([]Key, 412), Of: 900},
				Rewrites: []Rewrite{{Path: "fabrics/dc1", Branch: "main", From: "0123456789abcdef"}},
			}},
			[]string{
				"412 of 900 objects vanished from live at once (if that is right: selvage accept dc1 --mass-change)",
				"git fabrics/dc1: the history of main was rewritten: 0123456 is not in it any more (if that is right: selvage accept dc1 --rewritten)",
			},
		},
		{
			"empty",
			FabricState{Report: &Report{Live: ok, Git: []Reading{ok}}},
			[]string{"nothing to compare: git holds no manifest of the compared kinds (check git.path, git.include and scope)"},
		},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range tt.state.Problems(now) {
			got = append(got, p.String())
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s: problems %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestWhateverIsNotWellHasAProblemToTell: a word without a reason helps nobody.
func TestWhateverIsNotWellHasAProblemToTell(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, a := range []Access{AccessStale, AccessUnreachable, AccessLoginNeeded, AccessUnauthorized, AccessForbidden, AccessInvalid} {
		bad, ok := Reading{Access: a, Error: "why"}, Reading{Access: AccessOK, ReadAt: now}
		for _, r := range []*Report{{Live: bad, Git: []Reading{ok}}, {Live: ok, Git: []Reading{bad}}} {
			f := FabricState{Report: r}
			state, word := f.Standing(now)
			if state != Unknown || word == "unknown" || len(word) > 16 || strings.Contains(word, "_") {
				t.Errorf("%s shows %s %q, want a word of its own", a, state, word)
			}
			if p := f.Problems(now); len(p) != 1 || p[0].Cause != "why" {
				t.Errorf("%s has the problems %v", a, p)
			}
		}
	}
}

// TestFrozenFabricIsNeverHealthy, whatever its objects are; a rewritten history
// changes nothing about them.
func TestFrozenFabricIsNeverHealthy(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	ok := Reading{Access: AccessOK, ReadAt: now}
	for _, counts := range []Counts{{InSync: 3}, {InSync: 2, Pending: 1}, {InSync: 1, Drifted: 2}} {
		r := &Report{Live: ok, Git: []Reading{ok}, Counts: counts, Rewrites: []Rewrite{{Path: "dc1"}}}
		f := FabricState{Report: r, LastSync: now}
		if f.Worst(now) != counts.Worst() || f.SyncStatus(now) == SyncError || !f.Reliable(now) {
			t.Errorf("%v with a rewritten history: %s, %s, reliable %v", counts, f.Worst(now), f.SyncStatus(now), f.Reliable(now))
		}
		r.Freeze = &Freeze{Side: "live", Of: 3}
		if f.Worst(now) > Unknown || f.SyncStatus(now) != SyncError || f.Reliable(now) {
			t.Errorf("%v frozen: %s, %s, reliable %v", counts, f.Worst(now), f.SyncStatus(now), f.Reliable(now))
		}
		if _, word := f.Standing(now); counts.Worst() > Unknown && word != "frozen" {
			t.Errorf("%v frozen shows %q", counts, word)
		}
	}
}

func TestLabelTellsTheNamespaceWhereItIsNotTheFabricsOwn(t *testing.T) {
	f := Fabric{Namespace: "default"}
	for want, k := range map[string]Key{
		"VPC/a":              {Kind: "VPC", Namespace: "default", Name: "a"},
		"VPC/tenants/a":      {Kind: "VPC", Namespace: "tenants", Name: "a"},
		"Node/n":             {Kind: "Node", Name: "n"},
		"fabrics/broken.yml": {Kind: FileKind, Name: "fabrics/broken.yml"},
	} {
		if got := f.Label(k); got != want {
			t.Errorf("Label(%+v) = %q, want %q", k, got, want)
		}
	}
}

// TestNothingIsCountedOfWhatWasNotRead: none is a number, too.
func TestNothingIsCountedOfWhatWasNotRead(t *testing.T) {
	ok, blind := Reading{Access: AccessOK, ReadAt: time.Unix(1, 0)}, Reading{Access: AccessInvalid}
	some := Counts{}
	some[Unknown] = 87
	for _, tt := range []struct {
		about     string
		git, live Reading
		counts    Counts
		known     map[State]bool
	}{
		{"both sides", ok, ok, Counts{}, map[State]bool{Unknown: true, Invalid: true, Drifted: true}},
		{"neither side", blind, blind, Counts{}, map[State]bool{}},
		{"live only", blind, ok, Counts{}, map[State]bool{}},
		{"git only, which has objects", ok, blind, some, map[State]bool{Unknown: true, Invalid: true}},
		{"git only, which has none", ok, blind, Counts{}, map[State]bool{Invalid: true}},
	} {
		f := FabricState{Report: &Report{Git: []Reading{tt.git}, Live: tt.live, Counts: tt.counts}}
		for _, s := range []State{Unknown, Invalid, Drifted} {
			if _, known := f.Count(s); known != tt.known[s] {
				t.Errorf("read %s: how many are %s is known: %v, want %v", tt.about, s, known, tt.known[s])
			}
		}
	}
}

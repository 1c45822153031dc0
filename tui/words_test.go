package tui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
)

func TestEveryStateHasARole(t *testing.T) {
	roles := map[themes.Role]bool{}
	for _, r := range themes.Roles() {
		roles[r] = true
	}
	for _, s := range core.States() {
		if !roles[role(s)] {
			t.Errorf("themes have no role %q", role(s))
		}
	}
}

func TestAge(t *testing.T) {
	tests := []struct {
		ago  time.Duration
		want string
	}{
		{-time.Hour, "0s"},
		{8 * time.Second, "8s"},
		{59*time.Second + 999*time.Millisecond, "59s"},
		{14 * time.Minute, "14m"},
		{119 * time.Minute, "1h"},
		{47 * time.Hour, "1d"},
		{100 * day, "100d"},
		{800 * day, "2y"},
	}
	for _, tt := range tests {
		if got := age(noon, ago(tt.ago)).String(); got != tt.want {
			t.Errorf("age(%v) = %q, want %q", tt.ago, got, tt.want)
		}
	}
	if got := age(noon, time.Time{}).String(); got != "?" {
		t.Errorf("age of nothing = %q, want ?", got)
	}
}

func TestCounts(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1k", 99_999: "99k", 100_000: "+++"} {
		if got := short(n).String(); got != want {
			t.Errorf("short(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1904: "1,904", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestStanding(t *testing.T) {
	with := func(change func(*core.FabricState)) core.FabricState {
		f := fabric("f", time.Second, calm(2)...)
		change(&f)
		return f
	}
	empty := core.FabricState{Fabric: core.Fabric{ID: "f"}}
	checking, failed := empty, empty
	checking.Checking, failed.Err = ago(3*time.Second), errors.New("no")
	tests := []struct {
		name   string
		fabric core.FabricState
		state  core.State
		word   string
	}{
		{"calm", with(func(*core.FabricState) {}), core.InSync, "in sync"},
		{"never checked", empty, core.Unknown, "not checked"},
		{"first check runs", checking, core.Unknown, "checking 3s"},
		{"first check failed", failed, core.Unknown, "error"},
		{"unreachable", unreachable(), core.Unknown, "unreachable"},
		{"login", with(func(f *core.FabricState) { f.Report.Live.Access = core.AccessLoginNeeded }), core.Unknown, "login needed"},
		{"no YAML", with(func(f *core.FabricState) { f.Report.Live.Access = core.AccessInvalid }), core.Unknown, "unreadable"},
		{"stale", with(func(f *core.FabricState) { f.Report.Live.ReadAt = ago(time.Hour) }), core.Unknown, "stale"},
		{"later check failed", with(func(f *core.FabricState) { f.Err = errors.New("no") }), core.Unknown, "error"},
		{"git", with(func(f *core.FabricState) { f.Report.Git[0].Access = core.AccessUnauthorized }), core.Unknown, "git unauthorized"},
		{"part", with(func(f *core.FabricState) { f.Report.Gaps = []core.Gap{{Reason: "no"}} }), core.Unknown, "incomplete"},
		{"worst object", with(func(f *core.FabricState) { setVerdicts(f, driftedSwitch(), onlyGit("x")) }), core.Drifted, "drifted"},
		{"worse than unread", with(func(f *core.FabricState) {
			setVerdicts(f, conflictedVPC())
			f.Report.Live.Access = core.AccessForbidden
		}), core.Conflict, "conflict"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			state, word := standing(tt.fabric, noon)
			if state != tt.state || word.String() != tt.word {
				t.Errorf("standing = %v %q, want %v %q", state, word, tt.state, tt.word)
			}
			if row := drive(t, core.Fleet{Fabrics: []core.FabricState{tt.fabric}}, 80, 24).cursor(); !strings.Contains(row, tt.word) {
				t.Errorf("row %q does not show %q", row, tt.word)
			}
		})
	}
}

// TestNothingHealthyIsSaidOfWhatWasNotRead looks for any healthy word on the
// row of a fabric that was not read whole, and on its screen.
func TestNothingHealthyIsSaidOfWhatWasNotRead(t *testing.T) {
	for _, f := range fullFleet().Fabrics {
		state, _ := standing(f, noon)
		if state != core.Unknown {
			continue
		}
		d := drive(t, core.Fleet{Fabrics: []core.FabricState{f}}, 80, 24)
		if row := d.cursor(); strings.Contains(row, "in sync") || strings.HasPrefix(row, "=") {
			t.Errorf("row of %s: %q", f.Fabric.ID, row)
		}
		d.press("enter")
		d.hides("everything is in sync")
		d.hides("no objects on either side")
	}
}

// TestEveryUnsettledObjectIsCounted adds a row's columns up.
func TestEveryUnsettledObjectIsCounted(t *testing.T) {
	for _, width := range []int{80, 120, 160} {
		for _, f := range fullFleet().Fabrics {
			if f.Report == nil {
				continue
			}
			n := 0
			for _, tally := range tallies(width) {
				got, _ := f.Count(tally.states...)
				n += got
			}
			if want := f.Report.Counts.Total() - f.Report.Counts[core.InSync]; n != want {
				t.Errorf("%s at %d columns: the row counts %d objects, want %d", f.Fabric.ID, width, n, want)
			}
		}
	}
}

func TestNumbersThatWereNotReadAreNotZero(t *testing.T) {
	unread := unreachable()
	partly := fabric("f", time.Second, append(calm(2), driftedSwitch())...)
	partly.Report.Gaps = []core.Gap{{Reason: "forbidden"}}
	tests := []struct {
		name   string
		fabric core.FabricState
		state  core.State
		n      int
		known  bool
	}{
		{"no report", core.FabricState{}, core.Drifted, 0, false},
		{"unread, drifted", unread, core.Drifted, 0, false},
		{"unread, unknown", unread, core.Unknown, 30, true},
		{"unread, invalid", unread, core.Invalid, 0, true},
		{"partly, some found", partly, core.Drifted, 1, true},
		{"partly, none found", partly, core.OnlyLive, 0, false},
		{"whole", busy(), core.Stuck, 0, true},
	}
	for _, tt := range tests {
		if n, known := tt.fabric.Count(tt.state); n != tt.n || known != tt.known {
			t.Errorf("%s: count = %d %t, want %d %t", tt.name, n, known, tt.n, tt.known)
		}
	}
}

func TestFilter(t *testing.T) {
	v := driftedSwitch()
	tests := []struct {
		text string
		want bool
	}{
		{"", true},
		{"leaf", true},
		{"LEAF switch", true},
		{"leaf vpc", false},
		{"!vpc", true},
		{"!leaf", false},
		{"state=drifted", true},
		{"state=drift", true},
		{"state=in_sync", false},
		{"!state=in_sync leaf", true},
		{"kind=switch", true},
		{"kind=swit", false},
		{"name=03", true},
		{"by=kubectl", true},
		{"by=argocd", false},
		{"switches.yaml", true},
		{"!", true},
		{"a=b", true},
		{"  leaf   03 ", true},
	}
	for _, tt := range tests {
		if got := parseFilter(tt.text, objectWords()).matches(objectSubject{Verdict: &v, now: noon}); got != tt.want {
			t.Errorf("%q matches the drifted switch: %t, want %t", tt.text, got, tt.want)
		}
	}
	if got := parseFilter("  a   b ", objectWords()).text; got != "a b" {
		t.Errorf("text = %q", got)
	}
}

func TestFilterOfFabricsKnowsTheWordsOnScreen(t *testing.T) {
	for text, want := range map[string]string{
		"state=stale": "dc2-dr", "state=unreach": "dc3-lab", "state=pending": "dc1-stage", "hall": "dc1-prod", "name=gpu": "lab-gpu",
	} {
		d := drive(t, fullFleet(), 80, 24).press("/").typed(text).press("enter")
		if got := d.cursor(); !strings.Contains(got, want) {
			t.Errorf("/%s shows %q, want %s", text, got, want)
		}
		d.shows("1/1")
	}
}

// TestTitleHasTheWordsOfTheRows where it has no room for a count of each word.
func TestTitleHasTheWordsOfTheRows(t *testing.T) {
	fabrics := func(words ...string) []group {
		groups := []group{}
		for _, w := range words {
			groups = append(groups, group{core.Unknown, safe.Clean(w), 2})
		}
		return append(groups, group{core.Drifted, safe.Lit("drifted"), 1})
	}
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{[]string{"unreadable"}, "2 unreadable, 1 drifted"},
		{[]string{"unreadable", "stale"}, "4 unknown, 1 drifted"},
		{[]string{"unreadable", "stale", "error"}, "6 unknown, 1 drifted"},
	} {
		got := []string{}
		for _, g := range byState(fabrics(tt.words...)) {
			got = append(got, fmt.Sprintf("%d %s", g.n, g.word))
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%q are told as %q, want %q", tt.words, got, tt.want)
		}
	}
}

// TestHeaderOfAFabricHasTheWordOfItsRow in every state, where there is little room.
func TestHeaderOfAFabricHasTheWordOfItsRow(t *testing.T) {
	fabrics := append(fullFleet().Fabrics, unreachable(), frozen())
	broken := unreachable()
	broken.Fabric.ID, broken.Report.Live.Access = "dc8-dump", core.AccessInvalid
	for _, f := range append(fabrics, broken) {
		d := drive(t, only(f), 80, 24)
		_, word := f.Standing(noon)
		if !strings.Contains(d.cursor(), word) {
			t.Errorf("%s: the row %q does not say %q", f.Fabric.ID, d.cursor(), word)
		}
		if head, _, _ := strings.Cut(d.press("enter").screen(), "\n"); !strings.Contains(head, word) {
			t.Errorf("%s: the header %q does not say %q", f.Fabric.ID, head, word)
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/doctor"
)

// at is the column of a terminal at which a word of a line begins.
func at(t *testing.T, line, word string) int {
	t.Helper()
	before, _, ok := strings.Cut(" "+line+" ", " "+word+" ")
	if !ok {
		t.Fatalf("no word %q in %q", word, line)
	}
	return ansi.StringWidth(before)
}

func TestStatusTableHasEveryState(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	f := core.FabricState{Fabric: core.Fabric{ID: "dc1"}, LastCheck: now, Report: &core.Report{At: now}}
	for _, s := range core.States() {
		f.Report.Counts[s] = 100 + int(s)
	}
	if err := (&app{out: &out}).statusTable([]core.FabricState{f}, now, false, false); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for _, s := range core.States() {
		if head, line := at(t, lines[0], string(s.Letter())), at(t, lines[1], fmt.Sprint(100+int(s))); head != line {
			t.Errorf("%v: the title is at %d, the count at %d:\n%s", s, head, line, out.String())
		}
	}
}

func TestTablesAreAlignedByCells(t *testing.T) {
	names := []string{"dc1", "host-漢字", "e\u0301te\u0301", "🧵"}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	var fabrics []core.FabricState
	var drafts []core.DraftStanding
	var found []doctor.Finding
	for i, n := range names {
		k := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: n}
		f := core.FabricState{Fabric: core.Fabric{ID: core.FabricID(n)}, LastCheck: now, Report: &core.Report{At: now}}
		f.Report.Counts[core.InSync] = 70 + i
		fabrics = append(fabrics, f)
		drafts = append(drafts, core.DraftStanding{Draft: core.Draft{ID: int64(i), Resolution: core.Resolution{
			Key: k, Path: core.Path("").Key("a"), Choice: core.TakeEdited, Value: core.ValueOf(strings.Repeat(n, 40)), By: "kim",
		}}, State: core.DraftPending})
		found = append(found, doctor.Finding{Area: doctor.Area(n), What: "w:", Text: "is there"})
	}
	var verdicts []core.Verdict
	for i, d := range drafts {
		verdicts = append(verdicts, core.Verdict{Key: d.Key, State: core.Drifted, Since: now, Reason: "because", Changes: make([]core.Change, 70+i)})
	}
	of := core.FabricState{Fabric: core.Fabric{ID: "dc1", Namespace: "default"}, Report: &core.Report{At: now, Verdicts: verdicts}}
	for _, tt := range []struct {
		what  string
		print func(*app) error
		words []string // one of each line, all in one column
	}{
		{"status", func(a *app) error { return a.statusTable(fabrics, now, false, false) }, []string{"=", "70", "71", "72", "73"}},
		{"objects", func(a *app) error { return a.objectTable(of, now, false) }, []string{"FIELDS", "70", "71", "72", "73"}},
		{"drafts", func(a *app) error { return a.printDrafts(of, drafts, "table") }, []string{"BY", "kim", "kim", "kim", "kim"}},
		{"doctor", func(a *app) error { return a.findingTable(found) }, []string{"w::", "w::", "w::", "w::"}},
	} {
		var out bytes.Buffer
		if err := tt.print(&app{out: &out}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(out.String(), "\n")
		for len(lines) > 0 && !strings.Contains(lines[0], tt.words[0]) {
			lines = lines[1:]
		}
		for i, word := range tt.words {
			if head, line := at(t, lines[0], tt.words[0]), at(t, lines[i], word); head != line {
				t.Errorf("%s: the column is at %d, in line %d at %d:\n%s", tt.what, head, i, line, out.String())
			}
		}
	}
}

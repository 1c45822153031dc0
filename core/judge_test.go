package core_test

import (
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// TestPublishedDecisionIsJudgedByWhatWasReadSince: what Git said before, or does not
// say because it was not read, takes nothing back.
func TestPublishedDecisionIsJudgedByWhatWasReadSince(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	r := core.Resolution{
		Path: ".a", Anchor: ".a", Choice: core.TakeEdited, Value: core.ValueOf(int64(3)),
		GitDigest: core.DigestJSON(int64(1)), LiveDigest: core.DigestJSON(int64(2)),
	}
	says := func(n int64, at time.Time) core.Content {
		return core.Content{Read: true, Value: core.ValueOf(map[string]any{"a": n}), At: at}
	}
	for name, tt := range map[string]struct {
		git       core.Content
		published core.DraftState
		before    core.DraftState // of one that was not published
		words     string
	}{
		"git says it":                      {says(3, at.Add(1)), core.DraftDone, core.DraftDone, "git says so"},
		"git said it before":               {says(3, at), core.DraftDone, core.DraftDone, "git says so"},
		"git says what it said before":     {says(1, at.Add(1)), core.DraftVoid, core.DraftOpen, "run 9b1d0aa1 published it, and git was changed since"},
		"git says something else":          {says(7, at.Add(1)), core.DraftVoid, core.DraftVoid, "git was changed since"},
		"it was not read since":            {says(1, at), core.DraftPending, core.DraftOpen, "not read since it was published"},
		"when it was read is not known":    {says(1, time.Time{}), core.DraftPending, core.DraftOpen, "not read since it was published"},
		"git was not read":                 {core.Content{}, core.DraftPending, core.DraftOpen, "git was not read"},
		"git does not have the object now": {core.Content{Read: true, At: at.Add(1)}, core.DraftVoid, core.DraftVoid, "git was changed since"},
	} {
		t.Run(name, func(t *testing.T) {
			if state, _ := r.Judge(tt.git, core.Content{}); state != tt.before {
				t.Errorf("before it is published it is %s, want %s", state, tt.before)
			}
			done := r
			done.Published = core.Publishing{Run: "9b1d0aa1-22", At: at}
			if state, why := done.Judge(tt.git, core.Content{}); state != tt.published || !strings.Contains(why, tt.words) {
				t.Errorf("it is %s (%s), want %s (%s)", state, why, tt.published, tt.words)
			}
		})
	}
}

func TestADropTellsWhatItLeaves(t *testing.T) {
	for want, d := range map[string]core.Dropped{
		"nothing is left to drop":        {},
		"dropped 2 drafts (u undoes it)": {Drafts: []int64{4, 7}},
		"nothing to drop: run 9b1d0aa1 is published (decide anew, or selvage sync --revert 9b1d0aa1), and live is to follow": {Published: "9b1d0aa1-22"},
		"dropped 1 draft (u undoes it); run 9b1d0aa1 is published (decide anew, or selvage sync --revert 9b1d0aa1)":          {Drafts: []int64{4}, Published: "9b1d0aa1-22"},
	} {
		if got := d.Sentence("u undoes it"); got != want {
			t.Errorf("Sentence = %q, want %q", got, want)
		}
	}
}

func TestStepBackTellsWhatItLeaves(t *testing.T) {
	for want, s := range map[string]core.Stepped{
		"nothing of yours is left to undo": {},
		"undone: edit .a of VPC/vpc-1":     {Words: "edit .a of VPC/vpc-1"},
		"nothing to undo: run 9b1d0aa1 is published (decide anew, or selvage sync --revert 9b1d0aa1)": {Published: "9b1d0aa1-22"},
		"undone: edit .a of VPC/vpc-1; run 9b1d0aa1 is published (decide anew, or selvage sync --revert 9b1d0aa1)": {
			Words: "edit .a of VPC/vpc-1", Published: "9b1d0aa1-22",
		},
		"undone: accept VPC/vpc-1 (it does not hold: git changed it since)": {Words: "accept VPC/vpc-1", Void: "git changed it since"},
	} {
		if got := s.Sentence("undone", "undo"); got != want {
			t.Errorf("Sentence = %q, want %q", got, want)
		}
	}
}

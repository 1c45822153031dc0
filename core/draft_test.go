package core_test

import (
	"testing"

	"selvage/core"
)

func TestWhatIsPublishedOrProposedIsNoUnpublishedDraft(t *testing.T) {
	published := core.Publishing{Run: "a1b2"}
	var drafts []core.DraftStanding
	for _, tt := range []struct {
		state core.DraftState
		made  core.Resolution
		want  bool
	}{
		{core.DraftOpen, core.Resolution{Choice: core.TakeEdited}, true},
		{core.DraftVoid, core.Resolution{Choice: core.TakeLive}, true},
		{core.DraftProposed, core.Resolution{Choice: core.TakeEdited}, false},
		{core.DraftPending, core.Resolution{Choice: core.TakeEdited, Published: published}, false},
		{core.DraftVoid, core.Resolution{Choice: core.TakeEdited, Published: published}, false},
		{core.DraftPending, core.Resolution{Choice: core.TakeGit}, false},
		{core.DraftVoid, core.Resolution{Choice: core.TakeGit}, false},
		{core.DraftDone, core.Resolution{Choice: core.TakeLive}, false},
	} {
		d := core.DraftStanding{Draft: core.Draft{Resolution: tt.made}, State: tt.state}
		drafts = append(drafts, d)
		if d.Unpublished() != tt.want {
			t.Errorf("%s, %s, published by %q: unpublished is %v", tt.state, tt.made.Choice, tt.made.Published.Run, d.Unpublished())
		}
	}
	if got, want := core.TallyDrafts(drafts), (core.DraftTally{Open: 1, Proposed: 1, Pending: 2, Void: 3, Done: 1}); got != want {
		t.Errorf("TallyDrafts = %+v, want %+v", got, want)
	}
}

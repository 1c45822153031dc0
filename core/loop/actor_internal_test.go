package loop

import (
	"testing"
	"time"

	"selvage/core"
)

// TestActorIsKnownForSure or not at all.
func TestActorIsKnownForSure(t *testing.T) {
	k := core.Key{Kind: "VPC", Name: "a"}
	checked := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	after, early := checked.Add(time.Second), checked.Add(-time.Second)
	word := func(by string, path core.Path, at time.Time, holds time.Duration) core.Acknowledgement {
		return core.Acknowledgement{Key: k, Path: path, By: by, At: at, Until: at.Add(holds)}
	}
	draft := func(by string, choice core.Choice, state core.DraftState, path core.Path, at time.Time) core.DraftStanding {
		return core.DraftStanding{Draft: core.Draft{Resolution: core.Resolution{Key: k, Path: path, Choice: choice, By: by, At: at}}, State: state}
	}
	other := draft("ada", core.TakeGit, core.DraftPending, ".a", after)
	other.Key.Name = "b"
	type world struct {
		was, is core.State
		moved   bool // live says something else
		words   []core.Acknowledgement
		drafts  []core.DraftStanding
	}
	lee := word("lee", ".a", after, time.Hour)
	back := lee
	back.Restored = "kim"
	elsewhere := lee
	elsewhere.Key.Name = "b"
	for name, tt := range map[string]struct {
		world
		want string
	}{
		"accepted":               {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{lee}, nil}, "lee"},
		"accepted at the check":  {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{word("lee", ".a", checked, time.Hour)}, nil}, "lee"},
		"brought back":           {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{back}, nil}, "kim"},
		"accepted before":        {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{word("lee", ".a", early, time.Hour)}, nil}, ""},
		"one before, one now":    {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{lee, word("kim", ".b", early, time.Hour)}, nil}, "lee"},
		"two people":             {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{lee, word("kim", ".b", after, time.Hour)}, nil}, ""},
		"one person twice":       {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{lee, word("lee", ".b", after, time.Hour)}, nil}, "lee"},
		"and live moved":         {world{core.Drifted, core.Acknowledged, true, []core.Acknowledgement{lee}, nil}, ""},
		"of another object":      {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{elsewhere}, nil}, ""},
		"of another place":       {world{core.Drifted, core.Acknowledged, false, []core.Acknowledgement{word("lee", ".c", after, time.Hour)}, nil}, ""},
		"below a decision":       {world{core.Pending, core.Acknowledged, false, []core.Acknowledgement{lee}, nil}, ""},
		"ended":                  {world{core.Acknowledged, core.Drifted, false, []core.Acknowledgement{word("kim", ".b", after, time.Hour), word("lee", ".a", after, 0)}, nil}, "lee"},
		"ended before":           {world{core.Acknowledged, core.Drifted, false, []core.Acknowledgement{word("lee", ".a", early, 0)}, nil}, ""},
		"ended where all agree":  {world{core.Acknowledged, core.Drifted, false, []core.Acknowledgement{word("lee", ".c", after, 0)}, nil}, ""},
		"ended, and live moved":  {world{core.Acknowledged, core.Drifted, true, []core.Acknowledgement{word("lee", ".a", after, 0)}, nil}, ""},
		"the same state":         {world{core.Drifted, core.Drifted, false, []core.Acknowledgement{lee}, nil}, ""},
		"decided":                {world{core.Drifted, core.Pending, false, nil, []core.DraftStanding{draft("ada", core.TakeGit, core.DraftPending, ".a", after)}}, "ada"},
		"decided on another":     {world{core.Drifted, core.Pending, false, nil, []core.DraftStanding{other}}, ""},
		"decided above":          {world{core.Acknowledged, core.Pending, false, nil, []core.DraftStanding{draft("ada", core.TakeGit, core.DraftPending, core.Root, after)}}, "ada"},
		"decided before":         {world{core.Drifted, core.Pending, false, nil, []core.DraftStanding{draft("ada", core.TakeGit, core.DraftPending, ".a", early)}}, ""},
		"decided on git's":       {world{core.Drifted, core.Pending, false, nil, []core.DraftStanding{draft("ada", core.TakeGit, core.DraftPending, ".b", after)}}, ""},
		"decided otherwise":      {world{core.Drifted, core.Pending, false, nil, []core.DraftStanding{draft("ada", core.TakeLive, core.DraftPending, ".a", after)}}, ""},
		"decided, but void":      {world{core.Drifted, core.Pending, false, nil, []core.DraftStanding{draft("ada", core.TakeGit, core.DraftVoid, ".a", after)}}, ""},
		"decided, and it stuck":  {world{core.Drifted, core.Stuck, false, nil, []core.DraftStanding{draft("ada", core.TakeGit, core.DraftPending, ".a", after)}}, ""},
		"decided by two":         {world{core.Drifted, core.Pending, false, nil, []core.DraftStanding{draft("ada", core.TakeGit, core.DraftPending, ".a", after), draft("bob", core.TakeGit, core.DraftPending, ".", after)}}, ""},
		"decided where live had": {world{core.Drifted, core.Pending, true, nil, []core.DraftStanding{draft("ada", core.TakeGit, core.DraftPending, ".a", after)}}, ""},
	} {
		changes := []core.Change{{Path: ".a", Verdict: core.FieldDrift, Live: core.ValueOf(1)}, {Path: ".b", Verdict: core.FieldGitAhead}}
		before := &core.Remembered{Verdict: core.Verdict{Key: k, State: tt.was, Changes: changes}}
		now := &core.Remembered{Verdict: core.Verdict{Key: k, State: tt.is, Changes: changes}}
		if tt.moved {
			now.Verdict.Changes = []core.Change{{Path: ".a", Verdict: core.FieldDrift, Live: core.ValueOf(2)}, changes[1]}
		}
		m := &core.Memory{Report: &core.Report{At: checked}, Acknowledgements: tt.words}
		if got := actor(m, before, now, tt.drafts); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if got := actor(m, nil, now, tt.drafts) + actor(&core.Memory{Acknowledgements: tt.words}, before, now, tt.drafts); got != "" {
			t.Errorf("%s: %q, and nothing was known before", name, got)
		}
	}
}

package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

// The actions of what is kept: history, what is handed over, what lint and doctor
// found.
const (
	ActHistory  Action = "fabric.history"
	ActLint     Action = "fabric.lint"
	ActEvents   Action = "app.events"
	ActHandover Action = "app.handover"
	ActDoctor   Action = "app.doctor"

	ActEntry     Action = "history.open"
	ActRunDiff   Action = "history.diff"
	ActPlanAgain Action = "history.plan_again"
	ActCommit    Action = "history.commit"

	ActGoThere  Action = "handover.open"
	ActNote     Action = "handover.note"
	ActTakeAway Action = "handover.done"
	ActExamine  Action = "doctor.again"
)

const (
	inHistory  scope = "history"
	inEvents   scope = "events"
	inPast     scope = "run of the past"
	inHandover scope = "hand-over"
	inLint     scope = "lint"
	inDoctor   scope = "doctor"
)

// recordKeys are the keys of these screens, and those that lead to them.
func recordKeys() []binding {
	k := func(keys ...string) []string { return keys }
	all := []binding{
		{inFabrics, ActHistory, k("h"), "history", "what happened to the fabric"},
		{inObjects, ActHistory, k("h"), "", "what happened to the fabric"},
		{inFabrics, ActLint, k("l"), "", "what lint says of its files"},
		{inObjects, ActLint, k("l"), "", "what lint says of its files"},
		{inFabrics, ActEvents, k("v"), "events", "what happened to all fabrics"},
		{inFabrics, ActHandover, k("H"), "hand-over", "what whoever comes next has to know"},
		{inFabrics, ActDoctor, k("T"), "", "what keeps fabrics from working"},
	}
	for _, s := range []scope{inHistory, inEvents} {
		all = append(all,
			binding{s, ActEntry, k("enter"), "open", "the run, or the diff of the object"},
			binding{s, ActRunDiff, k("d"), "diff", "what the run changed"},
			binding{s, ActBringBack, k("a"), "bring back", "bring the edit back, as a draft"},
			binding{s, ActPlanAgain, k("r"), "plan again", "plan it again, or plan its inverse"},
			binding{s, ActCommit, k("O"), "commit", "what the commit changed in files"})
	}
	return append(all,
		binding{inPast, ActRunDiff, k("d"), "diff", "what the run changed"},
		binding{inPast, ActPlanAgain, k("r"), "plan again", "plan it again, or plan its inverse"},
		binding{inPast, ActCommit, k("O"), "commit", "what its commit changed in files"},
		binding{inPast, ActDiff, k("enter"), "object", "diff of the object as it is now"},

		binding{inHandover, ActGoThere, k("enter"), "open", "go to what the line is about"},
		binding{inHandover, ActNote, k("m"), "leave a note", "leave a note for whoever comes next"},
		binding{inHandover, ActTakeAway, k("0"), "note is done", "take the note away"},

		binding{inLint, ActDiff, k("enter", "d"), "diff", "diff of the object"},

		binding{inDoctor, ActExamine, k("r"), "again", "look at everything again"})
}

// recordActs lead to the screens that are about all fabrics.
func recordActs() map[Action]ownAct {
	lead := func(screen string, there func(Acts) bool) ownAct {
		return ownAct{
			can: func(m *Model) bool { return there(m.cfg.Acts) && m.top().spec.name != screen },
			do: func(m *Model) tea.Cmd {
				m.open(Place{Screen: screen}, nil)
				return nil
			},
		}
	}
	return map[Action]ownAct{
		ActEvents:   lead("events", func(a Acts) bool { return a.Chronicle != nil }),
		ActHandover: lead("handover", func(Acts) bool { return true }),
		ActDoctor:   lead("doctor", func(a Acts) bool { return a.Doctor != nil }),
	}
}

// Chronicle tells what happened. Secrets in what it tells are masked.
type Chronicle interface {
	// History is a page of what happened to fabrics, newest first: what stands behind
	// an entry, or from the newest on where that is the zero Entry.
	History(ctx context.Context, after core.Entry, limit int, fabrics ...core.FabricID) ([]core.Entry, error)
	// Course sums up how a fabric fared in the last days.
	Course(ctx context.Context, id core.FabricID, days int) (core.Course, error)
	// Run is a run, and the plan that it carried out; nil where that is not kept.
	Run(ctx context.Context, id string) (*core.Run, *core.Plan, error)
	// Commit is what a commit of a fabric's repositories changed, in the manner of
	// git show.
	Commit(ctx context.Context, id core.FabricID, commit string) (string, error)
}

// Visitor knows what people have seen.
type Visitor interface {
	// Visit notes that a person has seen what is told of a fabric up to a check, and
	// gives what changed since the visit before.
	Visit(ctx context.Context, id core.FabricID, by string, upto time.Time) (core.News, error)
	// News are what changed in fabrics since a person looked.
	News(ctx context.Context, by string, ids ...core.FabricID) (map[core.FabricID]core.News, error)
}

// Handover keeps what operators tell each other.
type Handover interface {
	Notes(ctx context.Context) ([]core.Note, error)
	Leave(ctx context.Context, by, text string) error
	TakeAway(ctx context.Context, by string, note int64) error
	// OpenRuns are the runs of a fabric, or of all where it is "", that are not over.
	OpenRuns(ctx context.Context, id core.FabricID) ([]*core.Run, error)
}

// Linter looks for what a fabric would refuse, in Git as it was last read.
type Linter interface {
	Lint(ctx context.Context, id core.FabricID) ([]core.LintFinding, error)
}

// Doctor looks for what keeps fabrics from being read or published to.
type Doctor interface {
	// Examine looks at one fabric, or where it is "" at what concerns none: the
	// configuration, the store, the terminal and what it runs in. It records nothing.
	Examine(ctx context.Context, id core.FabricID) ([]Symptom, error)
}

// Symptom is one thing that a [Doctor] looked at.
type Symptom struct {
	Area  string // "git", "cluster", "terminal", …
	Level string // "ok", "warn" or "fail"
	What  string // was looked at
	Text  string // what came of it
	Hint  string // what to do; "" where there is nothing to
}

// records tells whether history or lint can be asked for.
func (e Env) records(a Action) bool {
	if a == ActLint {
		return e.acts.Linter != nil
	}
	return e.acts.Chronicle != nil
}

// recording opens the history of a fabric, or what lint says of it.
func recording(a Action, id core.FabricID) Outcome {
	screen := "history"
	if a == ActLint {
		screen = "lint"
	}
	return Outcome{Open: &Place{Screen: screen, Fabric: id}}
}

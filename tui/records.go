package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

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

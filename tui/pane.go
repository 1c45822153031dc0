package tui

import (
	"context"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/tui/widget"
)

// Place is what a screen looks at.
type Place struct {
	Screen string
	Fabric core.FabricID
	Object core.Key
	Record string // of the history: the id of a run or a commit
}

// Pane is the inside of one screen. It keeps what a person chose there (the
// cursor, a view); what it shows it takes from the [Env] of each call.
type Pane interface {
	// Can tells whether an action of the pane's scopes would do something now;
	// the footer names only those.
	Can(Env, Action) bool
	// Do carries out an action that it can.
	Do(Env, Action) Outcome
	// View draws the pane.
	View(Env) Frame
}

// returner is a pane that wants to know when it is on top again.
type returner interface{ Returned() }

// focuser is a pane that can put its cursor on an object.
type focuser interface{ Focus(core.Key) }

// Env is what a pane is given to work with. It is made for each call and never
// kept.
type Env struct {
	Place  Place
	Among  []core.Key // the objects of the list that the screen was opened from
	Below  Place      // the place that help is about
	Fleet  core.Fleet
	Now    time.Time
	Filter filter
	Style  *Style
	Width  int // of the pane's room, in columns
	Height int // of the pane's room, in lines

	work     work // of the pane
	explain  func(context.Context, core.FabricID, core.Key) (core.Explanation, error)
	document func(map[string]any) ([]byte, error)
	about    safe.Text // the user and the host
	version  safe.Text
	mode     core.Mode
	keymap   *Keymap
	acts     Acts
	mine     map[string]bool // the runs that were begun here
	busy     bool            // something that a person asked for is still being done
	look     look
	fabrics  []core.FabricID // that the screen is about, where it is about several
	text     bool            // it is drawn as a text, without what stands beside a list
	terminal terminalSaid
	news     map[core.FabricID]core.News // what changed since the person looked
	files    [2]string                   // the configuration and the log, "" where nobody says
}

// fabric is the state of the fabric that the place is in.
func (e Env) fabric() (core.FabricState, bool) { return e.Fleet.Fabric(e.Place.Fabric) }

// roomy tells whether there is space for a pane's own rules and previews.
func (e Env) roomy() bool { return e.Height >= 7 && !e.look.compact }

// Frame is what a pane draws. The root draws header, status line and hints
// around it.
type Frame struct {
	Title    []widget.Span // where one is; on the left of the header
	Facts    []widget.Span // on its right; where room is short the first leave first
	Lines    []string      // at most Env.Height, each at most Env.Width wide
	Note     widget.Span   // on the left of the status line
	Position safe.Text     // on its right: 1/12
	Brief    []widget.Span // all of it, where there is but one line
}

// Outcome is what an action makes happen outside its pane.
type Outcome struct {
	Open  *Place          // go there
	Among []core.Key      // the objects of the list that it is opened from
	Check []core.FabricID // check these fabrics now
	Note  safe.Text       // say this in the status line
	Back  bool            // leave the screen
	Ask   *question       // have the person type something
	Deed  *Deed           // have this done
	Exec  *Exec           // give the terminal to this program
	Copy  string          // put this on the clipboard
	Fault safe.Text       // say this, whole, as what went wrong
	// Fabrics are those that the opened screen is about, where it is about several.
	Fabrics []core.FabricID
}

// paneSpec registers a screen.
type paneSpec struct {
	name   string       // of the screen, as `selvage snapshot` takes it
	title  string       // for people
	scopes []scope      // whose keys work here, the innermost first
	filter *filterWords // what / understands there, nil where it filters nothing
	new    func() Pane
	tab    tab // zero where the screen is no tab of a fabric
}

// panes lists the screens. The first one is where the dashboard starts.
func panes() []paneSpec {
	return []paneSpec{
		{"fabrics", "fabric list", []scope{inFabrics, inLists, inRows, inPreview, inAll, everywhere}, fabricWords(), newFabricsPane, tab{}},
		{"detail", "fabric", []scope{inDetail, inObjects, inDesk, inLists, inRows, inTabs, inPreview, inAll, everywhere}, objectWords(), newDetailPane, tab{1, "drift"}},
		{"conflicts", "conflicts", []scope{inConflicts, inObjects, inDesk, inLists, inRows, inTabs, inPreview, inAll, everywhere}, objectWords(), newConflictsPane, tab{2, "conflicts"}},
		{"objects", "objects", []scope{inDetail, inObjects, inDesk, inLists, inRows, inTabs, inPreview, inAll, everywhere}, objectWords(), newObjectsPane, tab{3, "objects"}},
		{"engine", "engine and switches", []scope{inEngine, inTabs, inAll, everywhere}, searchWords(), newEnginePane, tab{5, "engine"}},
		{"info", "info", []scope{inInfo, inTabs, inAll, everywhere}, searchWords(), newInfoPane, tab{6, "info"}},
		{"drafts", "drafts", []scope{inDrafts, inDesk, inTabs, inAll, everywhere}, nil, newDraftsPane, tab{7, "drafts"}},
		{"run", "run", []scope{inRun, inTabs, inAll, everywhere}, nil, newRunPane, tab{8, "run"}},
		{"history", "history", []scope{inHistory, inDesk, inLists, inTabs, inAll, everywhere}, historyWords(), newHistoryPane, tab{4, "history"}},
		{"past", "run of the past", []scope{inPast, inAll, everywhere}, searchWords(), newPastPane, tab{}},
		{"run-diff", "diff of a run", []scope{inPast, inAll, everywhere}, searchWords(), newRunDiffPane, tab{}},
		{"commit", "commit", []scope{inPast, inAll, everywhere}, searchWords(), newCommitPane, tab{}},
		{"events", "events", []scope{inEvents, inLists, inAll, everywhere}, historyWords(), newEventsPane, tab{}},
		{"handover", "hand-over", []scope{inHandover, inAll, everywhere}, searchWords(), newHandoverPane, tab{}},
		{"lint", "lint", []scope{inLint, inLists, inAll, everywhere}, lintWords(), newLintPane, tab{}},
		{"doctor", "doctor", []scope{inDoctor, inAll, everywhere}, searchWords(), newDoctorPane, tab{}},
		{"resolve", "resolve", []scope{inResolve, inDecide, inDesk, inAll, everywhere}, matterWords(), newResolvePane, tab{}},
		{"plan", "sync plan", []scope{inPlan, inAll, everywhere}, nil, newPlanPane, tab{}},
		{"diff", "diff", []scope{inDiff, inDecide, inDesk, inAll, everywhere}, nil, newDiffPane, tab{}},
		{"explain", "explanation", []scope{inExplain, inAll, everywhere}, searchWords(), newExplainPane, tab{}},
		{"help", "help", []scope{inAll, everywhere}, nil, newHelpPane, tab{}},
		{"keys", "all keys", []scope{inText, inAll, everywhere}, searchWords(), newKeysPane, tab{}},
		{"log", "log", []scope{inText, inAll, everywhere}, searchWords(), newLogPane, tab{}},
	}
}

// Screens are the names of the screens, the first one being where the
// dashboard starts.
func Screens() []string {
	names := []string{}
	for _, p := range panes() {
		names = append(names, p.name)
	}
	return names
}

func specOf(name string) (paneSpec, bool) {
	for _, p := range panes() {
		if p.name == name {
			return p, true
		}
	}
	return paneSpec{}, false
}

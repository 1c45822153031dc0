package tui

import (
	"slices"

	"selvage/core"
)

// paneSpec registers a screen.
type paneSpec struct {
	name   string       // of the screen, as `selvage snapshot` and commands take it
	title  string       // for people
	of     about        // what has to be known to open it
	scopes []scope      // whose keys work here beside those of every screen, the innermost first
	filter *filterWords // what / understands there, nil where it filters nothing
	new    func() Pane
	tab    tab                              // zero where the screen is no tab of a fabric
	may    func(Env, core.FabricState) bool // whether a fabric has it; nil where each does
}

// about is what a screen is about.
type about uint8

const (
	theFleet about = iota
	aFabric
	anObject
	// Something of the history: only another screen leads to it.
	aRun
	aCommit
)

// past tells whether it is an entry of the history.
func (a about) past() bool { return a == aRun || a == aCommit }

// panes lists the screens. The first one is where the dashboard starts.
func panes() []paneSpec {
	all := []paneSpec{
		{name: "fabrics", title: "fabric list", scopes: []scope{inFabrics, inLists, inRows, inFabric, inPreview}, filter: fabricWords(), new: newFabricsPane},
		{name: "detail", title: "fabric", of: aFabric, scopes: []scope{inDetail, inObjects, inDesk, inLists, inRows, inFabric, inTabs, inPreview}, filter: objectWords(), new: newDetailPane, tab: tab{1, "drift"}},
		{name: "conflicts", title: "conflicts", of: aFabric, scopes: []scope{inConflicts, inObjects, inDesk, inLists, inRows, inFabric, inTabs, inPreview}, filter: objectWords(), new: newConflictsPane, tab: tab{2, "conflicts"}},
		{name: "objects", title: "objects", of: aFabric, scopes: []scope{inDetail, inObjects, inDesk, inLists, inRows, inFabric, inTabs, inPreview}, filter: objectWords(), new: newObjectsPane, tab: tab{3, "objects"}},
		{name: "engine", title: "engine and switches", of: aFabric, scopes: []scope{inReading, inFabric, inTabs}, filter: searchWords(), new: newEnginePane, tab: tab{5, "engine"}},
		{name: "info", title: "info", of: aFabric, scopes: []scope{inReading, inFabric, inTabs}, filter: searchWords(), new: newInfoPane, tab: tab{6, "info"}},
		{name: "drafts", title: "drafts", of: aFabric, scopes: []scope{inDrafts, inDesk, inFabric, inTabs}, new: newDraftsPane, tab: tab{7, "drafts"}},
		{name: "run", title: "run", of: aFabric, scopes: []scope{inRun, inTabs}, new: newRunPane, tab: tab{8, "run"}},
		{name: "history", title: "history", of: aFabric, scopes: []scope{inHistory, inDesk, inLists, inTabs}, filter: historyWords(), new: newHistoryPane, tab: tab{4, "history"}},
		{name: "past", title: "run of the past", of: aRun, scopes: []scope{inPast, inReading}, filter: searchWords(), new: newPastPane},
		{name: "run-diff", title: "diff of a run", of: aRun, scopes: []scope{inPast, inReading}, filter: searchWords(), new: newRunDiffPane},
		{name: "commit", title: "commit", of: aCommit, scopes: []scope{inPast, inReading}, filter: searchWords(), new: newCommitPane},
		{name: "events", title: "events", scopes: []scope{inEvents, inLists}, filter: historyWords(), new: newEventsPane},
		{name: "handover", title: "hand-over", scopes: []scope{inHandover, inReading}, filter: searchWords(), new: newHandoverPane},
		{name: "lint", title: "lint", of: aFabric, scopes: []scope{inLint, inLists, inFabric}, filter: lintWords(), new: newLintPane},
		{name: "doctor", title: "doctor", scopes: []scope{inDoctor, inReading}, filter: searchWords(), new: newDoctorPane},
		{name: "resolve", title: "resolve", of: aFabric, scopes: []scope{inResolve, inDecide, inDesk, inFabric}, filter: matterWords(), new: newResolvePane, may: Env.decides},
		{name: "plan", title: "sync plan", of: aFabric, scopes: []scope{inPlan}, new: newPlanPane, may: Env.plans},
		{name: "diff", title: "diff", of: anObject, scopes: []scope{inDiff, inDecide, inDesk, inFabric}, new: newDiffPane},
		{name: "explain", title: "explanation", of: anObject, scopes: []scope{inExplain, inReading, inFabric}, filter: searchWords(), new: newExplainPane},
		{name: "help", title: "help", new: newHelpPane},
		{name: "keys", title: "all keys", scopes: []scope{inReading}, filter: searchWords(), new: newKeysPane},
		{name: "log", title: "log", scopes: []scope{inReading}, filter: searchWords(), new: newLogPane},
	}
	for i := range all {
		if all[i].name != "plan" && all[i].name != "run" { // tab means something else there
			all[i].scopes = append(all[i].scopes, inPanes)
		}
		all[i].scopes = append(all[i].scopes, inAll, everywhere)
	}
	return all
}

// opens tells whether the screen can be opened by its name now.
func (p paneSpec) opens(m *Model) bool {
	id, key := m.selection()
	f, ok := m.fleet.Fabric(id)
	switch p.of {
	case theFleet:
		return true
	case aFabric:
		return ok && (p.may == nil || p.may(m.env(), f))
	case anObject:
		return ok && key != (core.Key{})
	case aRun, aCommit:
	}
	return false
}

// leads is the action that leads to the screen with what is selected; "" where none
// does.
func (p paneSpec) leads(k *Keymap) Action {
	for _, family := range []string{"fabric.", "object.", "app."} {
		a := Action(family + p.name)
		if slices.ContainsFunc(k.bindings, func(b binding) bool { return b.action == a }) {
			return a
		}
	}
	return ""
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

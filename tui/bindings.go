package tui

import "slices"

// binding gives an action its keys in a scope, a word for the footer and a few
// for the help.
type binding struct {
	scope  scope
	action Action
	keys   []string // as Bubble Tea names them
	hint   string   // in the footer; "" keeps it out
	help   string
}

// bindings is the one source of keys: footer, help and documents are made of it.
// Its order is the order of the footer, in which only the order of those counts that
// some screen has together. The keys of the tabs are made of the screens.
//
// Two rules of the terminal hold for every key added here. Escape never quits
// or destroys: a slow line splits the escape sequences of other keys. For the
// same reason nothing that writes is bound to A B C D F H O P Q R S or [, the
// tails of such sequences.
func bindings() []binding {
	k := func(keys ...string) []string { return keys }
	return slices.Concat([]binding{
		// The list of fabrics.
		{inFabrics, ActOpen, k("enter"), "open", "open the fabric"},
		{inFabrics, ActDiff, k("d"), "diff", "diff of its worst object"},
		{inFabrics, ActResolve, k("c"), "conflicts", "its conflicts, to be resolved"},
		{inFabrics, ActPlan, k("s"), "sync", "plan of a sync (nothing is sent yet)"},

		// The lists of a fabric's objects.
		{inConflicts, ActResolve, k("enter", "c"), "resolve", "decide about its differences"},
		{inConflicts, ActDiff, k("d"), "diff", "diff of the object"},
		{inDetail, ActDiff, k("enter", "d"), "diff", "its diff, or unfold the group"},
		{inDetail, ActResolve, k("c"), "resolve", "decide about its differences"},
		{inObjects, ActPlan, k("s"), "sync", "plan of a sync (nothing is sent yet)"},
		{inObjects, ActExplain, k("x"), "explain", "why its verdict is what it is"},
		{inDetail, ActShowAll, k("a"), "all", "what is in sync too"},

		// What is kept: history, what is handed over, what lint and doctor found.
		{inFabrics, ActHistory, k("h"), "history", "what happened to the fabric"},
		{inObjects, ActHistory, k("h"), "", "what happened to the fabric"},
		{inFabrics, ActLint, k("l"), "", "what lint says of its files"},
		{inObjects, ActLint, k("l"), "", "what lint says of its files"},
		{inFabrics, ActEvents, k("v"), "events", "what happened to all fabrics"},
		{inFabrics, ActHandover, k("H"), "hand-over", "what whoever comes next has to know"},
		{inFabrics, ActDoctor, k("T"), "", "what keeps fabrics from working"},

		{inHistory, ActEntry, k("enter"), "open", "the run, or the diff of the object"},
		{inHistory, ActRunDiff, k("d"), "diff", "what the run changed"},
		{inHistory, ActBringBack, k("a"), "bring back", "bring the edit back, as a draft"},
		{inHistory, ActPlanAgain, k("r"), "plan again", "plan it again, or plan its inverse"},
		{inHistory, ActCommit, k("O"), "commit", "what the commit changed in files"},

		{inEvents, ActEntry, k("enter"), "open", "the run, or the diff of the object"},
		{inEvents, ActRunDiff, k("d"), "diff", "what the run changed"},
		{inEvents, ActBringBack, k("a"), "bring back", "bring the edit back, as a draft"},
		{inEvents, ActPlanAgain, k("r"), "plan again", "plan it again, or plan its inverse"},
		{inEvents, ActCommit, k("O"), "commit", "what the commit changed in files"},

		{inPast, ActRunDiff, k("d"), "diff", "what the run changed"},
		{inPast, ActPlanAgain, k("r"), "plan again", "plan it again, or plan its inverse"},
		{inPast, ActCommit, k("O"), "commit", "what its commit changed in files"},
		{inPast, ActDiff, k("enter"), "object", "diff of the object as it is now"},
		{inHandover, ActGoThere, k("enter"), "open", "go to what the line is about"},
		{inHandover, ActNote, k("m"), "leave a note", "leave a note for whoever comes next"},
		{inHandover, ActTakeAway, k("0"), "note is done", "take the note away"},
		{inLint, ActDiff, k("enter", "d"), "diff", "diff of the object"},
		{inDoctor, ActExamine, k("r"), "again", "look at everything again"},

		// Deciding, planning, publishing. None of these sends anything: what is sent is
		// confirmed on the plan.
		{inDecide, ActTakeGit, k("1"), "git", "take git: live is to follow"},
		{inDecide, ActTakeLive, k("2"), "live", "take live: it goes into git"},
		{inDecide, ActTakeBase, k("3"), "base", "take base: git goes back to it"},
		{inDecide, ActEdit, k("e"), "edit", "edit the value"},
		{inDrafts, ActDiff, k("enter", "d"), "diff", "diff of the object"},
		{inDrafts, ActPlan, k("s"), "sync", "plan of a sync (nothing is sent yet)"},
		{inDrafts, ActMark, k("space"), "mark", "mark, and go on to the next"},
		{inDrafts, ActMarkAll, k("*"), "", "mark all that are shown, or none"},
		{inResolve, ActPlan, k("enter", "s"), "plan", "plan of a sync (nothing is sent yet)"},
		{inDesk, ActDrop, k("0"), "clear", "drop what was decided"},
		{inDesk, ActUndo, k("u"), "undo", "undo the last step at the desk"},
		{inDesk, ActRedo, k("U"), "", "do it again"},
		{inResolve, ActMark, k("space"), "mark", "mark, and go on to the next"},
		{inResolve, ActMarkAll, k("*"), "", "mark all that are shown, or none"},
		{inResolve, ActNext, k("n"), "next", "next that nobody has decided"},
		{inResolve, ActPrev, k("N"), "", "previous that nobody has decided"},
		{inResolve, ActFilter, k("/"), "filter", "filter"},
		{inResolve, ActUndecided, k("m"), "all or conflicts", "all differences, or conflicts only"},
		{inResolve, ActWay, k("b"), "where it goes", "where it goes: branch, proposal, patch"},
		{inResolve, ActDiff, k("d"), "diff", "diff of the object"},
		{inResolve, ActExplain, k("x"), "explain", "why the verdict is what it is"},
		{inResolve, ActAccept, k("#"), "accept", "accept the difference for a while"},

		{inPlan, ActButton, k("tab"), "other button", "go from cancel to the other button"},
		{inPlan, ActPress, k("enter"), "press", "press the button in brackets"},
		{inPlan, ActLeaveOut, k("space"), "leave out", "drop the decision of this line"},
		{inPlan, ActAdopt, k("a"), "adopt", "take the live edit that would be undone into git"},
		{inPlan, ActDiff, k("d"), "diff", "diff of the object"},
		{inPlan, ActNextChange, k("n"), "next", "next line of the plan"},
		{inPlan, ActPrevChange, k("N"), "", "previous line of the plan"},
		{inPlan, ActTicket, k("t"), "ticket", "name the ticket of the commit"},
		{inPlan, ActAllow, k("l"), "allow", "allow the deletes, by typing how many they are"},
		{inPlan, ActMessage, k("m"), "message", "write the summary of the commit"},
		{inPlan, ActWay, k("b"), "where it goes", "where it goes: branch, proposal, patch"},
		{inPlan, ActAgain, k("r"), "plan again", "make the plan anew"},
		{inPlan, ActUndo, k("u"), "", "undo the last step at the desk"},
		{inPlan, ActRedo, k("U"), "", "do it again"},

		{inRun, ActStop, k("X"), "stop", "stop it (asks first)"},
		{inRun, ActRetry, k("r"), "plan again", "plan again what is still a draft"},
		{inRun, ActPlan, k("s"), "", "plan of a sync (nothing is sent yet)"},
		{inRun, ActNextChange, k("n"), "next", "next object"},
		{inRun, ActPrevChange, k("N"), "", "previous object"},
		{inRun, ActDiff, k("enter", "d"), "diff", "diff of the object"},
		{inRun, ActFollow, k("f"), "follow", "have the cursor follow what goes on"},
		{inRun, ActLeave, k("b"), "background", "leave it to go on by itself"},
		{inRun, ActNextRun, k("tab"), "next run", "run of the next fabric with another"},

		// The diff of an object, and texts.
		{inDiff, ActAdopt, k("a"), "", "adopt live into git"},
		{inDiff, ActPlan, k("s"), "sync", "plan of a sync (nothing is sent yet)"},
		{inDiff, ActAccept, k("#"), "", "accept the difference for a while"},
		{inDiff, ActNextChange, k("n"), "next", "next change"},
		{inDiff, ActPrevChange, k("N"), "", "previous change"},
		{inDiff, ActNextObject, k("J"), "next object", "next object"},
		{inDiff, ActPrevObject, k("K"), "", "previous object"},
		{inDiff, ActExplain, k("x"), "explain", "why the verdict is what it is"},
		{inDiff, ActView, k("t"), "view", "next view: fields, unified, split"},
		{inDiff, ActFlip, k("%"), "flip", "flip the direction"},
		{inDiff, ActAside, k("i"), "left aside", "what rules left aside"},
		{inDiff, ActFold, k("z"), "fold", "unfold or fold here"},
		{inDiff, ActFoldAll, k("Z"), "", "unfold or fold everything"},
		{inDiff, ActLessContext, k("{"), "", "less context"},
		{inDiff, ActMoreContext, k("}"), "", "more context"},

		{inExplain, ActNextObject, k("J"), "next object", "next object"},
		{inExplain, ActPrevObject, k("K"), "", "previous object"},
		{inExplain, ActFold, k("z"), "fold", "unfold or fold here"},
		{inExplain, ActFoldAll, k("Z"), "", "unfold or fold everything"},

		{inReading, ActNextHit, k("n"), "next", "next part, or next hit"},
		{inReading, ActPrevHit, k("N"), "", "previous part or hit"},
		{inReading, ActSearch, k("/"), "search", "search the text"},

		// Lists: what is shown of them, in which order, and what several rows are chosen with.
		{inLists, ActFilter, k("/"), "filter", "filter"},
		{inLists, ActNext, k("n"), "next problem", "next problem"},
		{inLists, ActPrev, k("N"), "", "previous problem"},
		{inPanes, ActOther, k("tab"), "preview", "other pane: preview, and back"},
		{everywhere, ActLogin, k("L"), "log in", "log in where that is needed"},

		// While rows are marked or grouped these decide about all of them.
		{inMarked, ActTakeGit, k("1"), "git", "take git on all of it (asks)"},
		{inMarked, ActTakeLive, k("2"), "live", "take live on all of it (asks)"},
		{inMarked, ActTakeBase, k("3"), "base", "take base on all of it (asks)"},
	}, tabKeys(), []binding{
		{inRows, ActMark, k("space"), "mark", "mark, and go on to the next"},
		{inRows, ActMarkAll, k("*"), "", "mark all that are shown, or none"},
		{inObjects, ActGroup, k("="), "group", "equal changes as one row, or not"},
		{inRows, ActProblems, k("!"), "problems", "what needs a person, or all"},
		{inRows, ActSort, k(">"), "sort", "next sort column, again reverses"},
		{inRows, ActSortBack, k("<"), "", "sort column before, reversed first"},
		{inRows, ActAccept, k("#"), "accept", "accept differences for a while"},

		// What is not of one screen.
		{inFabric, ActCheck, k("r"), "check", "check this fabric now"},
		{everywhere, ActCheckAll, k("R"), "check all", "check all fabrics now"},

		{inAll, ActDown, k("j", "down"), "", "down"},
		{inAll, ActUp, k("k", "up"), "", "up"},
		{inAll, ActTop, k("g", "home"), "", "first"},
		{inAll, ActEnd, k("G", "end"), "", "last"},
		{inAll, ActHalfDown, k("ctrl+d"), "", "half a page down"},
		{inAll, ActHalfUp, k("ctrl+u"), "", "half a page up"},
		{inAll, ActPageDown, k("pgdown"), "", "a page down"},
		{inAll, ActPageUp, k("pgup"), "", "a page up"},

		// How screens are laid out.
		{inPreview, ActPreview, k("p"), "", "show the preview, or not"},
		{inPreview, ActPreviewMove, k("P"), "", "move the preview: right, below"},
		{everywhere, ActCompact, k("ctrl+e"), "", "no tabs, rules and hints, or all of them"},

		// Where the person was before, and commands.
		{everywhere, ActEarlier, k("["), "", "where you were before"},
		{everywhere, ActLater, k("]"), "", "forward again"},
		{everywhere, ActLast, k("-"), "", "the last screen, and back"},
		{everywhere, ActCommand, k(":"), "command", "type a command"},

		{everywhere, ActBack, k("esc"), "back", "close, back (never quits)"},
		{everywhere, ActHelp, k("?"), "help", "this help"},
		{everywhere, ActClose, k("q"), "quit", "close, or quit"},
		{everywhere, ActQuit, k("ctrl+c"), "", "close the line, or quit"},
		{everywhere, ActRedraw, k("ctrl+l"), "", "redraw the screen"},
		{everywhere, ActSuspend, k("ctrl+z"), "", "suspend"},

		// What is rare stands last.
		{inDecide, ActSheet, k("E"), "", "edit the object in $EDITOR"},
		{inDrafts, ActSheet, k("E"), "", "edit the object in $EDITOR"},
		{inObjects, ActSheet, k("E"), "", "edit the object in $EDITOR"},
		{inDecide, ActIgnore, k("I"), "", "ignore the field: a rule"},
		{everywhere, ActCopy, k("y"), "", "copy what the cursor is on"},
		{everywhere, ActCopyJSON, k("Y"), "", "copy all of it as JSON"},
		{everywhere, ActWrite, k("w"), "", "write all of this to a file"},
		{everywhere, ActPager, k("|"), "", "all of this in $PAGER"},
		{everywhere, ActTools, k("o"), "", "open it in another tool"},
	})
}

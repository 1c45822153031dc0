package tui

// deskKeys are the keys with which something is decided, planned and published.
// None of them sends anything: what is sent is confirmed on the plan.
func deskKeys() []binding {
	k := func(keys ...string) []string { return keys }
	return []binding{
		{inDecide, ActTakeGit, k("1"), "git", "take git: live is to follow"},
		{inDecide, ActTakeLive, k("2"), "live", "take live: it goes into git"},
		{inDecide, ActTakeBase, k("3"), "base", "take base: git goes back to it"},
		{inDecide, ActEdit, k("e"), "edit", "edit the value"},
		{inDrafts, ActDiff, k("enter", "d"), "diff", "diff of the object"},
		{inDrafts, ActPlan, k("s"), "sync", "plan of a sync (nothing is sent yet)"},
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
		{inPlan, ActWay, k("b"), "branch or proposal", "push to the branch, or a proposal to be reviewed"},
		{inPlan, ActAgain, k("r"), "plan again", "make the plan anew"},
		{inPlan, ActUndo, k("u"), "", "undo the last step at the desk"},
		{inPlan, ActRedo, k("U"), "", "do it again"},

		{inRun, ActStop, k("X"), "stop", "stop it (asks first)"},
		{inRun, ActRetry, k("r"), "plan again", "plan again what is still a draft"},
		{inRun, ActPlan, k("s"), "", "plan of a sync (nothing is sent yet)"},
		{inRun, ActNextChange, k("n"), "next", "next object"},
		{inRun, ActPrevChange, k("N"), "", "previous object"},
		{inRun, ActDiff, k("enter", "d"), "diff", "diff of the object"},

		{inDiff, ActAdopt, k("a"), "", "adopt live into git"},
		{inDiff, ActPlan, k("s"), "sync", "plan of a sync (nothing is sent yet)"},
		{inDiff, ActAccept, k("#"), "", "accept the difference for a while"},
	}
}

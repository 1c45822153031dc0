package tui

// The actions of lists and of how they are laid out.
const (
	ActSort        Action = "list.sort"
	ActSortBack    Action = "list.sort_back"
	ActProblems    Action = "list.problems"
	ActGroup       Action = "list.group"
	ActPreview     Action = "view.preview"
	ActPreviewMove Action = "view.preview_move"
	ActCompact     Action = "view.compact"
)

const (
	inRows      scope = "rows"
	inPreview   scope = "preview"
	inConflicts scope = "conflicts"
	inObjects   scope = "objects"
	inMarked    scope = "while rows are marked or grouped"
)

// listKeys are the keys of lists: what is shown of them, in which order, and what
// several rows are chosen with.
func listKeys() []binding {
	k := func(keys ...string) []string { return keys }
	return []binding{
		{inRows, ActMark, k("space"), "mark", "mark, and go on to the next"},
		{inRows, ActMarkAll, k("*"), "", "mark all that are shown, or none"},
		{inObjects, ActGroup, k("="), "group", "equal changes as one row, or not"},
		{inRows, ActProblems, k("!"), "problems", "what needs a person, or all"},
		{inRows, ActSort, k(">"), "sort", "next sort column, again reverses"},
		{inRows, ActSortBack, k("<"), "", "sort column before, reversed first"},
		{inRows, ActAccept, k("#"), "accept", "accept differences for a while"},
	}
}

// markedKeys are those that decide about several rows.
func markedKeys() []binding {
	return []binding{
		{inMarked, ActTakeGit, []string{"1"}, "git", "take git on all of it (asks)"},
		{inMarked, ActTakeLive, []string{"2"}, "live", "take live on all of it (asks)"},
		{inMarked, ActTakeBase, []string{"3"}, "base", "take base on all of it (asks)"},
	}
}

// objectKeys are those of the lists of a fabric's objects.
func objectKeys() []binding {
	k := func(keys ...string) []string { return keys }
	return []binding{
		{inConflicts, ActResolve, k("enter", "c"), "resolve", "decide about its differences"},
		{inConflicts, ActDiff, k("d"), "diff", "diff of the object"},
		{inDetail, ActDiff, k("enter", "d"), "diff", "its diff, or unfold the group"},
		{inDetail, ActResolve, k("c"), "resolve", "decide about its differences"},
		{inObjects, ActPlan, k("s"), "sync", "plan of a sync (nothing is sent yet)"},
		{inObjects, ActExplain, k("x"), "explain", "why its verdict is what it is"},
		{inDetail, ActShowAll, k("a"), "all", "what is in sync too"},
	}
}

// lookKeys are those that lay screens out.
func lookKeys() []binding {
	return []binding{
		{inPreview, ActPreview, []string{"p"}, "", "show the preview, or not"},
		{inPreview, ActPreviewMove, []string{"P"}, "", "move the preview: right, below"},
		{everywhere, ActCompact, []string{"ctrl+e"}, "", "no tabs, rules and hints, or all of them"},
	}
}

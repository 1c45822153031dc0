package tui

// Action is the name of something that a person can do. Names are for good:
// people will bind keys to them.
type Action string

// The actions.
const (
	ActHelp     Action = "app.help"
	ActBack     Action = "app.back"
	ActClose    Action = "app.close"
	ActQuit     Action = "app.quit"
	ActRedraw   Action = "app.redraw"
	ActSuspend  Action = "app.suspend"
	ActCopy     Action = "app.copy"
	ActCopyJSON Action = "app.copy_json"
	ActWrite    Action = "app.write"
	ActPager    Action = "app.pager"
	ActTools    Action = "app.tools" // open another tool on what is selected
	ActCommand  Action = "app.command"

	ActEarlier     Action = "view.back"
	ActLater       Action = "view.forward"
	ActLast        Action = "view.last"
	ActPreview     Action = "view.preview"
	ActPreviewMove Action = "view.preview_move"
	ActOther       Action = "view.other_pane"
	ActCompact     Action = "view.compact"

	ActDown     Action = "cursor.down"
	ActUp       Action = "cursor.up"
	ActTop      Action = "cursor.top"
	ActEnd      Action = "cursor.end"
	ActHalfDown Action = "cursor.half_down"
	ActHalfUp   Action = "cursor.half_up"
	ActPageDown Action = "cursor.page_down"
	ActPageUp   Action = "cursor.page_up"

	ActFilter   Action = "list.filter"
	ActNext     Action = "list.next_problem"
	ActPrev     Action = "list.previous_problem"
	ActShowAll  Action = "list.show_all"
	ActProblems Action = "list.problems"
	ActSort     Action = "list.sort"
	ActSortBack Action = "list.sort_back"
	ActGroup    Action = "list.group"
	ActMark     Action = "list.mark"
	ActMarkAll  Action = "list.mark_all"

	ActOpen     Action = "fabric.open"
	ActCheck    Action = "fabric.check"
	ActCheckAll Action = "fabric.check_all"
	ActLogin    Action = "fabric.login" // where only a person can
	ActResolve  Action = "fabric.resolve"
	ActPlan     Action = "fabric.sync"
	ActHistory  Action = "fabric.history"
	ActLint     Action = "fabric.lint"

	ActDiff       Action = "object.diff"
	ActExplain    Action = "object.explain"
	ActNextObject Action = "object.next"
	ActPrevObject Action = "object.previous"
	ActIgnore     Action = "object.ignore" // leaves a field out of the comparison for good

	ActTakeGit   Action = "decide.git"
	ActTakeLive  Action = "decide.live"
	ActTakeBase  Action = "decide.base"
	ActEdit      Action = "decide.edit"
	ActAdopt     Action = "decide.adopt"
	ActDrop      Action = "decide.drop"
	ActUndo      Action = "decide.undo"
	ActRedo      Action = "decide.redo"
	ActAccept    Action = "decide.acknowledge"
	ActBringBack Action = "decide.bring_back"
	ActSheet     Action = "decide.edit_object" // in the person's editor
	ActUndecided Action = "resolve.all"

	ActButton   Action = "plan.button"
	ActPress    Action = "plan.press"
	ActLeaveOut Action = "plan.leave_out"
	ActTicket   Action = "plan.ticket"
	ActMessage  Action = "plan.message"
	ActWay      Action = "plan.way"
	ActAgain    Action = "plan.again"
	ActAllow    Action = "plan.allow_delete" // take more out of Git than the limits let

	ActStop    Action = "run.stop"
	ActRetry   Action = "run.retry"
	ActFollow  Action = "run.follow"
	ActNextRun Action = "run.next"
	ActLeave   Action = "run.background"

	ActEvents    Action = "app.events"
	ActEntry     Action = "history.open"
	ActRunDiff   Action = "history.diff"
	ActPlanAgain Action = "history.plan_again"
	ActCommit    Action = "history.commit"
	ActHandover  Action = "app.handover"
	ActGoThere   Action = "handover.open"
	ActNote      Action = "handover.note"
	ActTakeAway  Action = "handover.done"
	ActDoctor    Action = "app.doctor"
	ActExamine   Action = "doctor.again"

	ActSearch  Action = "text.search"
	ActNextHit Action = "text.next"
	ActPrevHit Action = "text.previous"

	ActNextChange  Action = "change.next"
	ActPrevChange  Action = "change.previous"
	ActView        Action = "diff.view"
	ActFlip        Action = "diff.flip"
	ActAside       Action = "diff.left_aside"
	ActFold        Action = "diff.fold"
	ActFoldAll     Action = "diff.fold_all"
	ActLessContext Action = "diff.less_context"
	ActMoreContext Action = "diff.more_context"
)

// scope is a family of screens in which a key has one meaning.
type scope string

const (
	everywhere scope = "everywhere"
	inAll      scope = "moving"
	inTabs     scope = "tabs"
	inFabric   scope = "one fabric"
	inPreview  scope = "preview"
	inPanes    scope = "two panes"

	inLists  scope = "lists"
	inRows   scope = "rows"
	inMarked scope = "while rows are marked or grouped"

	inFabrics   scope = "fabric list"
	inDetail    scope = "fabric"
	inConflicts scope = "conflicts"
	inObjects   scope = "objects"

	inDecide  scope = "deciding"
	inDesk    scope = "drafts at hand"
	inResolve scope = "resolve"
	inDrafts  scope = "drafts"
	inPlan    scope = "plan"
	inRun     scope = "run"

	inHistory  scope = "history"
	inEvents   scope = "events"
	inPast     scope = "run of the past"
	inHandover scope = "hand-over"
	inLint     scope = "lint"
	inDoctor   scope = "doctor"

	inReading scope = "texts"
	inDiff    scope = "diff"
	inExplain scope = "explanation"
)

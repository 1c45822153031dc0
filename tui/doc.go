// Package tui is the dashboard: it draws what the engine knows and turns keys
// into actions.
//
// Follow one key press: [Model.Update] gets it, the table in bindings.go says
// which [Action] it is on this screen, the root carries it out or hands it to
// the [Pane] on top, and what the pane wants done outside itself comes back as
// an [Outcome]. Then [Model.View] draws: each pane makes a [Frame], the root
// puts header, status line and footer around it.
//
// A new screen is one file with a Pane and one line in [panes]; where that line
// gives it a tab, the line of tabs and its key follow from it. One that shows a
// text embeds a [textPane], which reads and searches it, one that shows a list a
// [listPane]. A new key is one line in [bindings]. What a screen has to ask the
// engine is a [Job], what a person wants done a [Deed], what she has to type a
// question. Footer and help follow by themselves, and the tests of all panes
// (sizes, hostile text, unique keys) take them in unasked.
//
// # Promises
//
//   - A frame has exactly the size of the terminal, from 1x1 up, and never
//     says no more than that the terminal is too small.
//   - Text from outside reaches the screen as [safe.Text] only.
//   - No call of Update or View reads or waits: the commands wait for an event
//     of the engine, for a second of the clock, for the terminal, or for a Job.
//   - What a person decided is done, in the order in which it was decided, whatever
//     is looked at by then. What a mode forbids is not offered.
//   - Nothing that writes sits on one key. A plan opens with cancel in brackets,
//     and a protected fabric wants its name typed.
//   - A late answer is not shown: what a Job brings is dropped when its screen
//     was left, looks at something else, or has asked anew.
//   - The cursor stays on its fabric or object while rows move around it.
//   - What a colour says is also said in a letter or a word.
//
// # Decisions
//
// Events are notifications, and the state is pulled: an event tells only that
// something changed, and the whole of what is now known is one atomic load. So
// no message can arrive late, twice or in the wrong order.
//
// Panes get actions, not keys, and give back outcomes, not commands. Both can
// be tested without a program, and keys can be bound anew without a pane
// knowing.
//
// A pane does not begin its job but says which one it needs, and the root asks
// after every message. So a screen that is opened by a key, by a snapshot or by
// coming back to it asks the same way, a new report is followed without a line
// of code, and what failed is not tried again until there is another reason to.
// Escape leaves the screen and ends its job with that: an escape that only
// stopped the work would leave an empty screen behind.
//
// Deeds are no jobs, for a job ends with its screen: who decides and goes on at
// once would lose the decision. They are done one after the other, for 1 and then 2
// on the same field has to leave 2. Quitting waits a second for them. A plan is not
// made before they are done, so that s right after a decision has it in.
//
// A decision is a draft at once and is not asked for twice: it can be undone, and
// nothing is sent. What is sent is asked for once, on the plan, where all of it
// stands.
//
// Keys for the sides are 1, 2 and 3, as they are written before them. A decision is
// on what differs only, at the place where the comparison tells it: there both
// sides are known, and what can be decided is what is shown.
//
// What is typed is a value of JSON, or else the text itself; where a text stands
// now, what is typed is one too. So a name like 0123 stays a name, and nobody has
// to put quotes around the rest. A line that holds the placeholder of a secret is
// refused: it would be written in its place.
//
// A plan is made when its screen is opened and when somebody asks again, not by
// every check: each plan is kept in the store. That git or live has moved since is
// found out when it is carried out, which then refuses.
//
// Why something was not done is told on as many lines as it takes, over what is
// below: an error that is cut off at 80 columns has lost what to do about it.
//
// The explanation of a verdict is one text, for the command and for the screen.
// It tells times as they were and not how long ago, for it is copied into
// tickets.
//
// History is read in pages, as far back as somebody looks or a filter asks for, and
// the newest page again after each comparison: where the two meet, the rest is kept.
// Rows stand for several entries where the same was found again, or at one time of
// many objects: a revision that moves 300 objects is one line, with the count.
// That nobody watched between two checks of a fabric that is only polled is told to
// who asks for it; it is so every minute. Such a fabric is "polled", with how often,
// and not "watched 0%": that is how it is set up, and nothing that is broken.
//
// Edits that were overwritten are entries of the history and have no screen of their
// own: who asks why a fix vanished asks what happened, and the filter
// what=overwritten leaves only them.
//
// Taking a run back opens a plan, as everything that is published does. The same key
// plans again what a run did not bring to an end: which of the two is meant follows
// from whether its commit landed.
//
// What is new to a person is what changed since a visit, and a visit lasts until
// nobody has looked for ten minutes: marks that went with the first glance would be of
// no use to who comes back from a diff. A visit is kept up to the check that was
// shown, not to the time of looking, so that nothing falls between the two.
//
// The strip of what happened last shows times and not ages, which would tick.
//
// Doctor begins its examination in the first of several jobs, each of which takes
// what is known by then: a fabric that does not answer must not keep the others'
// findings back. It ends with the job that somebody leaves.
//
// What Git sets and the schema drops is told with an object but counted with no
// difference: no engine would mend it.
//
// Tabs take each other's place on the stack of screens, so that escape leads from
// any of them to where the first was opened. Their numbers are for good, and
// none moves up when another one is not there: fingers learn them.
//
// What becomes of a difference when Git's value is kept is told where somebody
// has to choose, and nowhere else: of what the engine is about to apply it would
// be noise. A command to copy is on a line of its own, for a terminal marks whole
// lines; one that is longer than the screen is broken as a shell takes it.
//
// The heartbeats of switches are as old as they were when they were read. Counted
// until now they would all be late, only because nobody has looked again.
//
// What keeps live from following Git stands in the column that otherwise tells
// who changed live: of an object that the engine refuses, that is what happened
// to it.
//
// Commands, the search of help and the documents are made of one table and of the
// keymap, so that whatever has a key has a name that can be typed, and a screen is a
// command by being registered. Enter runs what stands in the line where that is a
// whole command, else what is chosen over it; where an argument is missing it waits.
//
// Help is searched by typing, and so no letter is a key there: what scrolls are the
// keys that are no letters.
//
// The places where somebody was are kept with what lay below them. Going back puts
// all of it on the stack again, so that escape leads up from there as it did then.
//
// A person's keys take the place of all that an action has, on every screen where it
// has some: a key that is left over from the table would be one that nobody wrote.
// Mistakes in them keep the program from starting, for a key that means something
// else than what was written down is found out by what it does.
//
// A placeholder in the line of a tool may not stand within quotes: what is put in
// its place is quoted by itself, and those quotes would end the ones around it.
//
// Of a conflict that is new one is told by the bell or a notification only where the
// configuration asks for it, and of one that could not be read for a while not
// again.
//
// Can and Do are two methods, so that the footer asks the same question that
// guards the action: a key in the footer works.
//
// The line for typing a filter is edited by the text input of bubbles, which
// knows the keys that people expect of one, and drawn here: the library puts
// control, bidirectional and zero-width characters on the screen as they were
// pasted, and knows no width but its own. Three more of its ways are turned
// off in newPrompt. Its ctrl+v runs a program to read a clipboard, and on a
// jump host that is somebody else's; what is left of this is that the library
// looks for such programs in $PATH when selvage starts, without running one.
// Its cursor blinks. Its alt+d can panic. What it asks for by a command is
// dropped, so that a later version cannot bring any of this back. Its key and
// help packages are not used: a binding here has a scope, and whether it is
// shown depends on whether it would do something.
//
// Golden files are written anew by `go test ./tui/... -update`. Every test that
// holds one is named TestGolden...
//
// The background colour is asked for once, and the answer may come too late:
// until then the dark theme is used. Before the terminal is given away, at the end
// or by suspending, a last question is asked and its answer waited for, half a
// second at most: answers come in order, and one that came later would be typed
// into the shell. A terminal that has answered nothing so far is not waited for.
//
// Frames wait for the terminal (pace.go): behind each a question is written, and
// while more than a kilobyte is unanswered for the view stays the one before. So on
// a line of 4 KB/s a held key is over with its release, and not when megabytes have
// come out of the buffers between here and there. The question is for the device
// attributes, which everything answers that calls itself a terminal.
//
// A program in front (exec.go) runs in the process group of the dashboard, so that
// its ctrl+z stops all of it and fg brings all of it back. The price is that its
// ctrl+c reaches the dashboard too, which lets it pass until two seconds after the
// program's end. It is asked for like any other outcome, by a pane or by the root.
//
// What is copied goes to the clipboard of who sits before the terminal, by OSC 52,
// never to that of this host. In tmux it is tmux that gets it: a program in it may
// set no clipboard unless somebody has changed its settings, and load-buffer may.
// The library writes all of a line that lies between the first and the last cell
// that changed. So the cursor's bar does not cover the row but what names it, and a
// preview leaves out what only changes its numbers. What moves cost in bytes is
// counted by a test.
//
// A line is slow from a round trip of 150 ms on (slow.go). What nobody asked for is
// then shown once a second, seconds are not counted, and the header says that it
// is the line: or people would think that it is the program. For the same reason it
// is not said before five answers, each to another moment, took that long; they are
// asked for at the start and are there after two seconds.
//
// What w writes and the pager shows is the screen, drawn once more on a copy of its
// pane: wide, with all lines and nothing folded. So each screen has it, also one that
// knows nothing of it, and the one that is looked at does not scroll.
//
// An object in the editor is a deed, the editor, and another deed. Whatever goes
// wrong, what was typed is opened again or stays in a file whose name is told. The
// same holds for a value in a line: what is refused stays in it.
//
// A value that the schema speaks against is refused in a line, with the reason, and is
// still there to be mended. The schema may be older than the release that Git is written
// for: an object in the editor goes past it, and so does the command line.
//
// A login runs each command once, and stops at the first that fails: who has closed
// one browser does not want nineteen more. A plugin that is told of its cluster is
// run for the first one; it remembers, and the others ask it without a person.
//
// A rule that ignores a field is made for the configuration and added to it only
// where somebody types yes. It is no draft: it changes what selvage tells and
// nothing in Git, and it counts from the next start on, as all of that file does.
// It is made from one object and holds for all of its kind, so before yes is typed it
// says how many those are now, and how many of them it would silence.
//
// The library's own recover is switched off: it reaches Update and commands, and
// neither the goroutines of this program nor those of its libraries. A panic ends
// the process, whose guard (cmd/selvage/guard.go) gives the terminal back.
//
// There are at most 60 frames a second: a key waits 8 ms for its frame on average
// and 17 at most. That costs an idle dashboard about as much of a core as an empty
// program of the library takes at that rate, twice as much as at 30; there a key
// would wait up to 33 ms (see BenchmarkTerminalLatency and BenchmarkTerminalBytes of
// cmd/selvage, which have the empty program beside).
//
// Seconds tick only while an age on screen is counted in seconds and the
// terminal has the focus. There is no spinner: a check that runs shows for how
// long it does.
//
// A number that was not read is shown as ?, and unknown objects are counted
// apart: neither "none" nor "not in sync" is known of them. For the same reason
// n passes over an object that was in sync when it was last read.
//
// A word of a filter that the screen cannot follow is told and left out, for an
// empty list would look like an answer.
//
// Names are cut for the rows that are seen together: two that differ never look
// the same, which costs that a name may be cut otherwise after scrolling.
//
// What can be typed into a filter is one line's worth of grammar: a field, one of
// = ~ < >, a word. It is asked of each row only for what the terms name, so that
// ten thousand objects are filtered between two letters. What nobody knows is
// neither more nor less than a number.
//
// While rows are marked or grouped, 1 2 and 3 decide about them and turn no tabs:
// the line of the tabs says so, and escape gives them back. Keys that nobody
// marks anything by would have been free, but the sides are 1, 2 and 3 everywhere
// else. What is marked is decided only when the number of objects is typed, and not
// when they are others by then; one object is no exception, for who forgot the mark
// wanted a tab.
//
// Marks are on what is shown: a row that the filter hides loses its mark, and
// nothing is done to what nobody sees.
//
// Two objects are alike if they are of one kind and state and the same places hold
// the same values on both sides. Who changed them and when does not count: one
// mistake made by a script is made over minutes.
//
// Whether the limits alone keep a plan from being published is found out by making
// it once more with them lifted. What was allowed by typing the number is
// allowed for as long as the plan is looked at.
//
// Accepting does not hold anything in place. What is about to put Git's value back
// is said before somebody types a reason for it to stay.
//
// What the keys of a frame all ask about (the differences that are marked, the drafts
// of a fabric, the objects of an entry) is worked out when it becomes another and not
// for each key and row: a frame over ten thousand marked objects costs what one over
// ten costs.
//
// The list of fabrics reads what is new of those that were checked since, not sooner
// than two seconds after the last time, and never breaks a reading off for the next
// check: among five hundred fabrics there is always one.
//
// What may be done where one is stands at the end of every header, drawn by the root:
// a pane cannot forget it, and where room is short everything else leaves first.
//
// A run goes on from its beginning, whatever is looked at. Its key for the background
// does what escape does and says how to come back, for who does not know that.
//
// Where what is decided goes is one choice for each fabric, made while deciding or on
// the plan, and kept until the dashboard ends: a draft itself has no destination. A
// patch is written and not published, so no name is typed for it, and the drafts stay.
//
// A preview is drawn for the room that it has: what does not fit is left out and
// counted. With the focus it is all of it, and the keys that move scroll that; its title
// says so. The focus belongs to the root, which takes it back when the cursor is on
// another row: j must not scroll what nobody chose.
//
// A list is sorted worst first and the cursor starts on its first line. Until
// it is moved it stays there; from then on it follows its object.
package tui

// Package store keeps what selvage has seen and what people have decided in one
// SQLite file: of every fabric the last state of each object and side, the base
// pairs, the last whole reading of Git, every check, every change of a verdict,
// the ledger of overwritten edits, what people have said, the drafts on the desk,
// plans, runs, what holds policies back, and who acts. It is the program's
// [core.History], [core.Desk], [core.Logbook], [core.Tempers] and [core.Leases]; it
// also knows what each person has seen, and keeps the notes that they leave.
//
// [Open] opens the file or makes it. Then [Store.Memory] gives what is known
// of a fabric, [Store.Record] adds a check, [Store.Accept] and
// [Store.Acknowledge] what a person said, [Store.Step] what one decided, and
// [Store.SaveRun] how it is published; [Store.Entries] looks back.
//
// # Promises
//
//   - A check is kept whole or not at all, and one that Record has returned
//     nil for survives a killed program and a lost machine.
//   - A step on the desk likewise, and its undo; and a run together with its
//     drafts, which leave the desk when it lands. A draft is never published
//     again because somebody undid something.
//   - Any number of processes may use one store. Readers never wait for a
//     writer; writers wait for each other.
//   - No two of them hold the lease of a fabric at once, whatever their clocks
//     show.
//   - What is read is what was written: every content is checked against its
//     digest, and a file that is damaged, foreign, or of a newer program is
//     refused with one line that says what to do. Nothing is repaired or
//     deleted unasked.
//   - Only the owner can read the file, or the configured group, whatever the
//     umask. Credentials are never handed to this package.
//
// # Decisions
//
// Memory is cached and checked by one row. A fabric's row holds a generation
// that grows when something remembered changed, and all that changes with
// every check: when it was, and the readings with their ages. So a check that
// changed nothing writes one row and updates another, and whoever asks
// for memory reads one row while nothing has changed. The process that recorded
// a check carries its own memory forward from it; a test walks through random
// histories and compares that with what another process reads.
//
// What memory was loaded with gives way to what the first check of the process
// reads, where that is the same ([Store.Hold]): sources hold what they have parsed, and
// every content would be held a second time as long as the process runs.
//
// Fields are kept by content, once for all that share them: base and present
// state of an object that is in sync are the same rows. What the API server
// keeps about an object (uid, resourceVersion, managers) changes much more
// often than its fields, so it stands apart from them in docs, and a replaced
// row of docs is removed in the same transaction; blobs that nothing uses
// are left to a sweep once a day. There are no foreign keys from digests to
// docs and blobs: each would cost an index per column, and the reader notices
// a missing one.
//
// The sides' managers are kept with the last live object. They double its
// size, but they are the only record of who owned a field while the cluster
// cannot be asked.
//
// The report in memory is without its verdicts: each object has its own, and who
// shows a fabric by its memory alone, before the first check or after that of
// another process, has them put together ([core.Memory.Told]).
//
// The objects of the last reading of Git are kept apart from the objects'
// memory, because their keys may differ: Git does not know which kinds have no
// namespace, and puts those into one.
//
// A report is kept without its counts, which follow from its verdicts. When two
// processes recorded overlapping checks, the numbers would otherwise belong to
// one and the objects to the other.
//
// Two processes that check at the same time see the same change. The second
// transition to what memory already holds is dropped, and the object is in its
// state since the first.
//
// For the same reason an edit that was overwritten comes into the ledger only
// if nobody put it there already: the same value at the same place, by the same
// manager at the same time, whose life, as far as the looks around it leave it
// open, overlaps. Every process keeps a ledger without gaps, so that what one
// of them puts into another's time is not lost by that. The values are kept as
// they were read, secrets and all, as the objects themselves are: masked they
// could not be brought back.
//
// A time in which nobody watched is one row for as long as it goes on, and less
// than a second of it is nothing: commands of one script would leave a row each.
// A fabric that is only polled is blind between any two checks; that says
// nothing about a check, which stays quiet.
//
// Void words stay in the file, as history, and leave memory with the check that
// made them void. An acknowledgement is void when its time is over, the object
// is gone, or [core.Check] says that a value changed. An acceptance has done its
// work after one check, but is kept in mind for an hour: a check that began
// before it, in another process, may end after it and bring back what was
// accepted. That of a rewritten history stays for as long as the branch is where
// it was accepted, since it may be found by others later.
//
// History is read in pages, each in a transaction of its own and in one order:
// a reader that stands still in the middle of it would keep the write-ahead log
// from being emptied. A page asks every table for its part of the order, which
// an index has ready.
//
// Checks that changed nothing and read everything are kept for a month and all
// others for 400 days: one check a minute of ten fabrics would be six million
// rows. Those that could not read a side stay: when a fabric was out of reach
// is asked long after.
//
// synchronous=FULL, because in WAL mode the driver's default may lose the last
// commits with the power. Write transactions begin immediate: a deferred one
// that reads and then writes fails at once when another process wrote in
// between, whatever its timeout. SQLite waits a quarter of a second for a lock
// and this package asks again, so that a caller who gives up is heard.
//
// The desk has a counter of its own beside the generation: a keypress must not
// make every other process read ten thousand objects again. Whoever finds only
// that counter changed reads the few decisions that memory tells.
//
// Undo is kept by step and person, as what came and what went with it, and not as
// states of the desk: several people work on one, and a state of it would take
// the others' decisions back too. So a step is undone as far as it is still
// there. What was published, and what others have since decided on the same
// place, is left alone, and a step of which nothing else is left is passed over
// rather than refused: an undo that is stuck on what nobody can change any more
// would be of no use. Redo does not pass over anything, because the step that it
// stands for is the one that was undone last.
//
// What a person accepts is a step too, so that one place knows what they did last. A
// word that is taken back is not removed but ended by another one, as anybody would
// end it, and one that is said again is another one: what is history stays. It tells
// who brought it back, for that need not be who said it. Whether the values are still
// those that it was given for is not known here: a check ends it if they are not.
//
// A draft that a run published is done whether it lies on the desk or was dropped
// while the run went on: nothing brings it back. One that is still to be followed by
// live stays on the desk, with the run that published it: an undo would take away what
// tells that live is to follow, and leave the commit. So undo passes over it and gives
// the run, and for the same reason core/runner does not drop it: who does not want to
// wait for live decides anew, or takes the run back. With the run stands when that was
// found out, since a reading of Git from before says nothing of whether somebody has
// taken the commit back.
//
// The files of plans and publications are lists of digests, and their contents
// blobs as all others. A list has a digest too, so that a run that is written
// after each of its steps, and the plan that it carries out, hold every content
// and every list once. The result of a run, which may hold whole objects, is a
// blob for the same reason. History tells runs without either.
//
// What a commit is made of stands in columns and not in JSON, which knows no
// bytes but text: a path or a name that came back as another one would make
// another commit.
//
// A run that is kept cannot be taken back by a process that was asleep while
// another one settled it: a commit that landed has landed, and what is over goes
// on only as another attempt. The lease does not make that needless, because
// whoever lost it does not know before asking.
//
// A run that is over still counts as open while one of its publications is being
// pushed: nobody has found out what became of it.
//
// Who holds a lease loses it by silence to which another process has listened,
// from one word to the next, by a clock that no one sets. Ages of timestamps would
// prove nothing: the clocks of two processes are one clock, but it jumps, and a
// laptop sleeps. The price is that after a crash the next process waits for the
// whole time of the lease, though the last word was long ago. Leases are written
// by a connection that does not wait for the disk: with the machine all holders
// are gone too.
//
// Plans that nobody carried out are kept for a month, as steps can be undone for
// one; what happened is kept as long as all other history.
//
// What is new to a person is found in the changes of verdicts, by the time until
// which that person has seen them: a mark on every object for every person would be
// rows that nobody reads. Notes that were taken away stay, with who did that.
//
// How a fabric fared in a month is summed up from the checks, by a query that leaves
// out those in a row that say nothing. A table of days would have to be kept in step
// with what retention takes away, and could not be asked anything else.
//
// There is no lock for as long as a store is open: a dashboard, a `watch` and
// any number of `status` share one. Only making, checking and migrating the
// file is done under a lock, which is flock(2) on the folder. It is not on the
// file itself, because closing a file drops all the locks that a process holds
// on it, SQLite's among them.
//
// Network file systems are refused by their statfs(2) number: a write-ahead log
// needs shared memory, which they do not have between machines. FUSE passes,
// because its number does not tell sshfs from an encrypted home directory.
//
// A folder that exists keeps its mode, since it may be /tmp or somebody's home;
// the files in it are private by themselves. A file that is more open than the
// configuration says is refused as ssh does with keys.
//
// Whoever only looks does not open: [Examine] finds out whether [Open] could, and
// makes and migrates nothing, because what a diagnosis run by root would make is
// root's, and older processes may still be at work on the file. [Names] skips the
// check of the whole file as well, for a completion has no time for it.
//
// The file is stat'ed before each Record. SQLite would go on writing into
// a file that was deleted under it, and all of that would be lost.
//
// Whole numbers that were float64 come back as int64. [core.EqualJSON] and the
// digests know no difference.
//
// Times are integers, nanoseconds since 1970: they sort and take 8 bytes. Dates
// that these cannot express are moved to the nearest that they can: anybody can
// put any date into a commit.
package store

// Package runner carries out what people and policies decide: decisions become
// drafts, drafts a plan, a plan one commit on a branch, and a run follows that
// until engine, live and switches agree.
//
// [New] makes a [Runner] over a [World] and its [Books]. [Runner.Decide] lays
// drafts on the desk, [Runner.Plan] makes a plan, [Runner.Sync] carries one out
// and waits; [Runner.Begin] has it carried out by [Runner.Run] in the background.
//
// # Promises
//
//   - Nothing is sent that is not written down: after a crash at any time a
//     publication is on its branch once or not at all, and [Runner.Settle] tells
//     which. What it was to carry out then stays a draft, or is off the desk.
//   - A plan that would do something else than what was shown is not carried out.
//   - A commit that loses a race is made anew from a new comparison. It is never
//     rebased as text.
//   - One process at a time acts for a fabric, by a lease; one that loses it
//     stops.
//   - A run that did not succeed has changed neither the branch nor the desk.
//   - Policies act only where the configuration lets them, only in the process
//     that watches the fabric, and never on what a person has decided. Nothing
//     that a person has drafted is published by the clock.
//
// # Decisions
//
// A plan is carried out only as far as it can be made again: the same drafts have
// to come to the same changes and effects on what is read just before. That costs
// a check where the last one is older than a few seconds, and spares a second way
// to tell whether a decision still stands.
//
// What is not known to have landed when a program ends is not sent again by
// itself. The person who confirmed it is not there any more, and may have decided
// otherwise by the time of the next start; the drafts are still there. Sending it
// again later is safe all the same, since whatever is on the branch by then leaves
// no change to commit.
//
// A push that was written down and of which the branch shows nothing counts as
// lost two minutes after it was first looked for: until then a server may still be
// at work on it. Meanwhile others may publish. Both are made on one commit, and so
// only one of them can land.
//
// Each run has a lease of its own, by its id, so that two runs of one process keep
// apart as those of two processes do. So has each look at what became of a run or a
// proposal: a server may take longer to answer than a process may be silent.
//
// A run that somebody waits for and that does not get its turn is told to them and is
// not in history; one in the background is. One that the clock began leaves no
// trace, since the clock begins it again.
//
// A run that was stopped when all its commits had landed is published, and not
// interrupted: what history says of a run is first of all whether it has changed
// the branch.
//
// A word on a difference that is said again by a redo is kept though a value has
// changed since, as a draft is that came back: it is told that it does not hold, and the
// next check ends it.
//
// Following is a check at growing pauses and nothing else, so that what a run
// waits for is what every screen and command says of an object.
//
// What a policy decides for Git is a draft for Git, by "policy": nothing is to be
// committed, and the object is pending by the same rules as if a person had said
// so, in every process and after every start. That such a draft is dropped is how a
// person overrules the policy; the place is pinned then. Pins are also set where a
// proposal of a policy is declined, since the next check would propose it again.
//
// A proposal is judged by what Git says and not by its commit, which a review may
// squash. That its branch is gone counts only where the server has the branch where
// the last check saw it: else it may have been merged a moment ago.
//
// A run is taken back by the bytes that its files held before, as long as they are
// what it made of them: so a comment comes back that went with its field, and a
// removed file at its path. Those bytes are kept with the publication, since a server
// need not give out a file of an older commit. Where a file has moved since, the
// values are merged three ways, and a place that somebody changed is left to them and
// told: a plan that takes back the rest is worth more than none. Of runs that an
// older program made there are only values.
//
// Only runs that nobody waits for are begun again by themselves, those of a
// dashboard and of policies: whoever runs a command sees what went wrong and decides.
// The plan is kept and made once more with each attempt, so that a retry does what
// was confirmed or nothing.
package runner

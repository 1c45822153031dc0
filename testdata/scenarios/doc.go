// Package scenarios is the corpus of what can happen to a fabric, each with what
// is to be said about it: precision and recall of the whole program are measured
// by it.
//
// All gives the scenarios of the files in corpus, which are meant to be read:
// what Git holds, what is done in Git and past it, and the states, paths and
// managers that the program has to tell. Beside them the mutations of package
// hedgehog are played on generated fabrics. The tests here play both with the
// built program: on dumps and repositories that git made, and on the API server
// and the webhook of the lab; with the lab's kinds and, where they are, with
// Hedgehog's own definitions.
//
//	make verdicts   the table: scenario, runs, right, wrong, precision, recall
//	make slow       all of it with more seeds and sizes, and fabrics in motion
//
// To add a scenario, add it to a file of corpus. The format is [Scenario].
//
// # Decisions
//
// What is wanted follows the words of the contract, and not what the program
// says today. Nothing of the program is imported: the document of status is read
// anew here.
//
// Everything is judged, not only what was changed: each object that the program
// calls anything but in sync, and each field that it names, has to be wanted,
// with its verdict, direction and manager. That makes precision. Each one that
// is wanted has to be there: that makes recall.
//
// Many fabrics in one run of the program. A run costs a process; a fabric in it
// costs a few milliseconds. All fabrics of a round are checked by one run, which
// is how the program is used, too.
//
// "make test" plays all of it on dumps and half of it in the lab, with one seed;
// the rest is for "make verdicts" and "make slow".
//
// The dump's server is a small one. What it does with field managers is the code
// of package hedgehog, which is tested against the API server's own; that the
// same scenarios lead to the same verdicts in the lab is the proof of it.
package scenarios

// Package lines is the dashboard for those who cannot use a screen: people who
// listen to a screen reader, terminals that can only print, lines too bad for
// anything else. It prints whole lines, one for each thing that changed, and
// takes commands that are typed as lines.
//
// [Run] holds the conversation. A command is one entry of the table in
// commands.go, which help and completion of short forms are made of; what has
// changed between two states of the fleet is told by news.go.
//
// # Promises
//
//   - Nothing but printable text and line breaks is written: no colour, no
//     cursor, no bell, and a line that was written is never touched again.
//   - What a colour or a column says elsewhere is said here in a word. Lists tell
//     the letter of each state too, for the texts that know only that.
//   - Foreign text passes through [safe.Text], secrets stay masked.
//   - Nothing is published by lines that were pasted: what has to be typed is the
//     id of the plan, which is given when the plan is made.
//   - Nothing is said while a question waits for its answer; it is told after it.
//   - No answer is longer than a page, unless somebody asks for the rest of it.
//
// # Decisions
//
// The commands are those of the program, with the same words and flags, so that
// what a plan or an error says to do next can be typed here as it stands. The
// fabric may be left out once one is open, and an object can be named by its
// number in the list that was read out last: typing a path by ear is hard.
//
// What can be typed behind the dashboard's colon can be typed here by the same name;
// a test compares the two tables. What has no meaning without a screen says so. Texts
// and filters are the dashboard's own, and what it has only a key for has a name here.
//
// A filter holds until filter is typed alone, as on a screen. Who listens does not see
// it, so each list tells first that it is one, and how much it leaves out. That of a
// fabric's objects ends with the visit.
//
// A login can be given nothing that is typed: this program reads the terminal, and a
// line that was meant for the one could reach the other. What the login says is told
// as it comes, which is enough where a browser does the rest.
//
// There is no prompt. News arrives at any time, and would stand behind it on the
// same line.
//
// Publishing asks for the plan's id, not for "yes". A terminal hands over pasted
// lines like typed ones, and a runbook may well hold "sync" and "yes" one after
// the other.
//
// Lines with sentences, no tables: a screen reader reads a table line by line,
// without the heads of its columns.
//
// What the commands of the program print of differences, plans, runs and the past
// is printed here by the very same code, through [Printer]. It belongs to the
// package main, and a second version of it would soon say something else.
//
// A check that runs is no news, and neither is one that found the same as the
// last. What else there is can be silenced (quiet), for whoever reads in peace.
package lines

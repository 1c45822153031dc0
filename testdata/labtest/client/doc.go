// Package client builds the lab, starts it and talks to it.
//
// Build compiles the programs of testdata/lab once for each state of their
// sources and returns where they are. Attach joins the lab that runs in a
// directory, or starts one, and returns a Session: a lease on it. Ask sends one
// request. Tests use package labtest, which is this with a testing.TB; this
// package is for it and for the command in labtest/cmd/lab.
//
// # Decisions
//
// The programs lie in the user's cache, under a hash of every source file they
// are made of and of the version of Go. A second run finds them; a changed
// source makes a new directory; old ones are removed by and by.
//
// Two locks, both files that the kernel unlocks when a process dies: one while
// building, so that packages tested at the same time build once, and one while
// starting, so that they share one lab.
//
// The lab is started in a session of its own and writes to a log file. It must
// outlive the process that happened to come first, and go test waits for
// everybody who holds its standard output.
//
// wire.go is the file of the same name of testdata/lab/control, word for word.
package client

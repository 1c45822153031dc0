package main

import (
	"errors"
	"slices"
)

// The exit codes of the contract.
const (
	exitDone        = 0
	exitDifferences = 1
	exitUsage       = 2
	exitUnread      = 3
	exitRefused     = 4
	exitWaiting     = 5
	exitInterrupted = 130
)

var errInterrupted = errors.New("interrupted")

// exit ends a command with a code. A nil err says nothing beside it: what there
// was to say is printed already.
type exit struct {
	code int
	err  error
}

// Error is what went wrong.
func (e exit) Error() string {
	if e.err == nil {
		return "exit"
	}
	return e.err.Error()
}

// Unwrap gives the cause.
func (e exit) Unwrap() error { return e.err }

func usage(err error) error { return exit{code: exitUsage, err: err} }

// worse is the code that outranks the other.
func worse(a, b int) int {
	rank := []int{exitDone, exitDifferences, exitWaiting, exitUnread, exitRefused, exitUsage, exitInterrupted}
	if slices.Index(rank, a) > slices.Index(rank, b) {
		return a
	}
	return b
}

// exitOf is the code that an error of a command stands for, and what is still
// to be said about it. An error that names no code is one of usage: cobra finds
// those.
func exitOf(err error) (int, error) {
	if err == nil {
		return exitDone, nil
	}
	var e exit
	if errors.As(err, &e) {
		return e.code, e.err
	}
	return exitUsage, err
}

// done ends a command with a code and nothing more to say.
func done(code int) error {
	if code == exitDone {
		return nil
	}
	return exit{code: code}
}

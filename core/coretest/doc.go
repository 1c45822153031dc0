// Package coretest holds what an implementation of one of core's ports must
// do, as tests that every implementation runs. It is imported by tests alone.
//
// A package with a new [core.Source] gives [Source] a way to make one over
// given objects, and one over something unreadable.
//
// # Decisions
//
// A suite and not a list of rules for authors: a new source is tested by a few
// lines that make it, and gets every test that a later fault adds for all.
package coretest

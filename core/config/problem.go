package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Position is a line of a configuration file.
type Position struct {
	File string // absolute
	Line int    // from 1; 0 where the file as a whole is meant
}

// String is "file:line".
func (p Position) String() string {
	name := p.File
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		name = strconv.Quote(name)
	}
	if p.Line == 0 {
		return name
	}
	return name + ":" + strconv.Itoa(p.Line)
}

// Problem is one mistake in the configuration. What and Do never hold secrets,
// and hold foreign text only quoted.
type Problem struct {
	Position
	What string // "check.interval: \"1x\" is no duration"
	Do   string // what to do about it
}

// Error is "file:line: what (do)".
func (p Problem) Error() string {
	text := p.Position.String() + ": " + p.What
	if p.Do != "" {
		text += " (" + p.Do + ")"
	}
	return text
}

// Problems are all mistakes of a configuration: by file in the order of
// reading, then by line.
type Problems []Problem

// Error gives the problems one to a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives every problem as an error of its own.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i, problem := range p {
		errs[i] = problem
	}
	return errs
}

// sorted orders the problems for people and drops those told twice, as for a
// default that several fabrics inherit.
func (p Problems) sorted(files []string) Problems {
	order := func(f string) int { return slices.Index(files, f) }
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(order(a.File), order(b.File)), cmp.Compare(a.Line, b.Line))
	})
	seen := map[Problem]bool{}
	return slices.DeleteFunc(p, func(q Problem) bool {
		again := seen[q]
		seen[q] = true
		return again
	})
}

// spot is where a key was set, and whether a fabric got it from defaults.
type spot struct {
	Position
	inherited bool
}

// positions tells where keys were set, by their dotted path.
type positions map[string]spot

package core

import "cmp"

// LintLevel says how bad a [LintFinding] is.
type LintLevel string

// The levels. Errors and warnings are findings to a script; notes are not.
const (
	// LintError is for what the fabric refuses, or cannot make sense of.
	LintError LintLevel = "error"
	// LintWarning is for what the fabric may take and not act upon.
	LintWarning LintLevel = "warning"
	// LintNote is for what was not looked into.
	LintNote LintLevel = "note"
)

// LintFinding is what a rule of lint says about a place in Git.
type LintFinding struct {
	// Origin is the file, and the line of the field, or of its document where the
	// field's own is not known. Column counts characters from 1; 0 stands for
	// unknown.
	Origin
	Column int

	Level   LintLevel
	Rule    string // its id
	Message string // one line; may quote the file

	Key  Key  // the object; zero where a document has no identity
	Path Path // in the object; "" for no one place of it
}

// Compare orders findings by file, line, column, rule and message.
func (f LintFinding) Compare(o LintFinding) int {
	return cmp.Or(cmp.Compare(f.Origin.Path, o.Origin.Path), cmp.Compare(f.Line, o.Line), cmp.Compare(f.Column, o.Column),
		cmp.Compare(f.Rule, o.Rule), cmp.Compare(f.Message, o.Message), f.Key.Compare(o.Key), cmp.Compare(f.Path, o.Path))
}

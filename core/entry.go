package core

import "time"

// Entry is one thing that the history tells of a fabric.
type Entry struct {
	ID     string // names the entry for as long as it is kept
	Fabric FabricID
	At     time.Time // of a time that lasted: its end
	What   Happening
}

// Happening is what an [Entry] tells: a check, a change of a verdict, an edit
// that was overwritten, a time in which nobody watched, or a person's word.
//
//sumtype:decl
type Happening interface{ happening() }

func (Checked) happening()         {}
func (Transition) happening()      {}
func (Overwritten) happening()     {}
func (Blind) happening()           {}
func (Acceptance) happening()      {}
func (Acknowledgement) happening() {}

// Checked is one check of the past.
type Checked struct {
	Started, Finished time.Time
	Duration          time.Duration
	Quiet             bool   // it changed nothing, met no error and read both sides whole
	Reported          bool   // it came to a report: what follows counts
	Git, Live         Access // of Git the worst of its directories
	Counts            Counts
	Err               string
}

package tui

import (
	"context"
	"time"

	"selvage/core"
	"selvage/core/safe"
	"selvage/tui/widget"
)

// Place is what a screen looks at.
type Place struct {
	Screen string
	Fabric core.FabricID
	Object core.Key
	Record string // the id of a run or a commit
}

// loader is a pane that makes a text or rows of what it is given. It is told before it
// is asked for anything with an [Env], and keeps what it made as long as that is of the
// same.
type loader interface{ load(Env) }

func load(p Pane, e Env) {
	if l, ok := p.(loader); ok {
		l.load(e)
	}
}

// reopener is a pane that is told when it comes back after it was left.
type reopener interface{ reopened() }

// Pane is the inside of one screen. It keeps what a person chose there (the
// cursor, a view); what it shows it takes from the [Env] of each call.
type Pane interface {
	// Can tells whether an action of the pane's scopes would do something now;
	// the footer names only those.
	Can(Env, Action) bool
	// Do carries out an action that it can.
	Do(Env, Action) Outcome
	// View draws the pane.
	View(Env) Frame
}

// returner is a pane that wants to know when it is on top again.
type returner interface{ Returned() }

// focuser is a pane that can put its cursor on an object.
type focuser interface{ Focus(core.Key) }

// Env is what a pane is given to work with. It is made for each call and never
// kept.
type Env struct {
	Place  Place
	Among  []core.Key // the objects of the list that the screen was opened from
	Fleet  core.Fleet
	Now    time.Time
	Filter filter
	Style  *Style
	Width  int // of the pane's room, in columns
	Height int // of the pane's room, in lines

	below      paneSpec // of the screen under this one, which help is about
	work       work     // of the pane
	explain    func(context.Context, core.FabricID, core.Key) (core.Explanation, error)
	document   func(map[string]any) ([]byte, error)
	about      safe.Text // the user and the host
	version    safe.Text
	mode       core.Mode
	keymap     *Keymap
	acts       Acts
	chosenWays map[core.FabricID]core.Way // see [Env.way]
	mine       map[string]bool            // the runs that were begun here
	busy       bool                       // something that a person asked for is still being done
	look       look
	fabrics    []core.FabricID // that the screen is about, where it is about several
	text       bool            // it is drawn as a text, without what stands beside a list
	terminal   terminalSaid
	news       map[core.FabricID]core.News // what changed since the person looked
	desk       *deskMemo
	glance     *glance   // nil where nothing stands beside a list that could have the focus
	files      [2]string // the configuration and the log, "" where nobody says
}

// fabric is the state of the fabric that the place is in.
func (e Env) fabric() (core.FabricState, bool) { return e.Fleet.Fabric(e.Place.Fabric) }

// roomy tells whether there is space for a pane's own rules and previews.
func (e Env) roomy() bool { return e.Height >= 7 && !e.look.compact }

// Frame is what a pane draws. The root draws header, status line and hints
// around it.
type Frame struct {
	Title    []widget.Span // where one is; on the left of the header
	Facts    []widget.Span // on its right; where room is short the first leave first
	Lines    []string      // at most Env.Height, each at most Env.Width wide
	Note     widget.Span   // on the left of the status line
	Position safe.Text     // on its right: 1/12
	Brief    []widget.Span // all of it, where there is but one line
}

// Outcome is what an action makes happen outside its pane.
type Outcome struct {
	Open  *Place     // go there
	Among []core.Key // the objects of the list that it is opened from
	Note  safe.Text  // say this in the status line
	Back  bool       // leave the screen
	Write bool       // ask for a file to write what is shown to
	Ask   *question  // have the person type something
	Deed  *Deed      // have this done
	Exec  *Exec      // give the terminal to this program
	Copy  string     // put this on the clipboard
	Fault safe.Text  // say this, whole, as what went wrong
	// Fabrics are those that the opened screen is about, where it is about several.
	Fabrics []core.FabricID
}

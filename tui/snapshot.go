package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"selvage/core"
)

// SnapshotOptions say which screen to draw, and how large.
type SnapshotOptions struct {
	Screen        string        // one of [Screens]; "" is the first of them
	Fabric        core.FabricID // for the screens of one fabric; "" is the first fabric
	Object        core.Key      // for the screens of one object; zero is the fabric's worst object
	Run, Commit   string        // whole ids, for the screens of one; see [SnapshotNeeds]
	Width, Height int
}

// Snapshot draws a screen as plain text: Height lines of Width columns each,
// without colours. It waits for what the screen asks the engine and no longer,
// so the engine must have read what it is to show.
func Snapshot(ctx context.Context, cfg Config, o SnapshotOptions) (string, error) {
	if o.Screen == "" {
		o.Screen = Screens()[0]
	}
	if !slices.Contains(Screens(), o.Screen) {
		return "", fmt.Errorf("no screen %q (there are %s)", o.Screen, strings.Join(Screens(), ", "))
	}
	if run, commit := SnapshotNeeds(o.Screen); run && o.Run == "" || commit && o.Commit == "" {
		return "", fmt.Errorf("screen %q is about one entry of the history: name it (selvage history lists them)", o.Screen)
	}
	if o.Width < 1 || o.Height < 1 {
		return "", fmt.Errorf("size %dx%d: both must be at least 1", o.Width, o.Height)
	}
	m := New(ctx, cfg)
	m.width, m.height = o.Width, o.Height
	if err := m.visit(o); err != nil {
		return "", err
	}
	for job := m.work(); job != nil; job = m.work() {
		m.take(job())
	}
	if top := m.top(); top.spec.of.past() && top.work.err != nil {
		return "", top.work.err // there is nothing else to be seen
	}
	lines := m.lines()
	for i, l := range lines {
		plain := ansi.Strip(l)
		lines[i] = plain + strings.Repeat(" ", max(o.Width-ansi.StringWidth(plain), 0))
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// SnapshotNeeds tells whether a screen is about one run, or about one commit.
func SnapshotNeeds(screen string) (run, commit bool) {
	spec, _ := specOf(screen)
	return spec.of == aRun, spec.of == aCommit
}

// visit opens the screens on the way to one, as a person would.
func (m *Model) visit(o SnapshotOptions) error {
	if o.Screen == Screens()[0] {
		return nil
	}
	if o.Screen == "help" {
		m.do(ActHelp)
		return nil
	}
	if o.Fabric == "" && len(m.fleet.Fabrics) > 0 {
		o.Fabric = m.fleet.Fabrics[0].Fabric.ID
	}
	f, ok := m.fleet.Fabric(o.Fabric)
	if !ok {
		return fmt.Errorf("no fabric %q", o.Fabric)
	}
	switch spec, _ := specOf(o.Screen); {
	case spec.tab.number != 0:
		m.open(Place{Screen: o.Screen, Fabric: o.Fabric}, nil)
		return nil
	case spec.of == aRun:
		m.open(Place{Screen: o.Screen, Fabric: o.Fabric, Record: o.Run}, nil)
		return nil
	case spec.of == aCommit:
		m.open(Place{Screen: o.Screen, Fabric: o.Fabric, Record: o.Commit}, nil)
		return nil
	}
	m.open(Place{Screen: "detail", Fabric: o.Fabric}, nil)
	if o.Object == (core.Key{}) && f.Report != nil && len(f.Report.Verdicts) > 0 {
		o.Object = f.Report.Verdicts[0].Key
	}
	m.open(Place{Screen: o.Screen, Fabric: o.Fabric, Object: o.Object}, unsettled(f))
	return nil
}

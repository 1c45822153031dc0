package tui

import (
	"strings"
	"testing"

	"selvage/core"
	"selvage/core/safe"
	"selvage/themes"
	"selvage/tui/widget"
)

// kindsPane counts the objects of a fabric by their kind.
type kindsPane struct{ window widget.Window }

func newKindsPane() Pane { return &kindsPane{} }

func (p *kindsPane) Can(e Env, _ Action) bool { return len(kinds(e)) > 0 }

func (p *kindsPane) Do(e Env, a Action) Outcome {
	move(&p.window, a, e.Height)
	return Outcome{}
}

func (p *kindsPane) View(e Env) Frame {
	n := kinds(e)
	table := widget.NewTable(e.Width, []widget.Column{
		{Title: safe.Lit("KIND"), Width: 20, Min: 8, Grow: true},
		{Title: safe.Lit("OBJECTS"), Width: 7, Right: true},
	})
	frame := Frame{Title: crumbs(e, safe.Clean(string(e.Place.Fabric)), safe.Lit("kinds"))}
	frame.Brief = frame.Title
	p.window.SetLen(len(n))
	from, to := p.window.See(e.Height)
	for i, k := range sortedKinds(n)[from:to] {
		selected := from+i == p.window.Cursor()
		ink := e.Style.on(selected, themes.Text)
		frame.Lines = append(frame.Lines, table.Row(ink, selected, []widget.Span{
			{Ink: ink, Text: safe.Clean(k.Kind)}, {Ink: ink, Text: safe.Sprintf("%d", n[k])},
		}))
	}
	return frame
}

func kinds(e Env) map[core.GroupKind]int {
	n := map[core.GroupKind]int{}
	if f, ok := e.fabric(); ok && f.Report != nil {
		for _, v := range f.Report.Verdicts {
			n[core.GroupKind{Group: v.Key.Group, Kind: v.Key.Kind}]++
		}
	}
	return n
}

// TestThePaneOfTheREADMEWorks: the code above is what a newcomer is shown there.
func TestThePaneOfTheREADMEWorks(t *testing.T) {
	spec := paneSpec{name: "kinds", title: "objects by kind", of: aFabric, scopes: []scope{inTabs, inAll, everywhere}, new: newKindsPane}
	for _, fleet := range []core.Fleet{fullFleet(), hostileFleet("\x1b[2J"), {}} {
		for _, size := range sizes(7)[:60] {
			d := drive(t, fleet, size[0], size[1])
			place := Place{Screen: spec.name}
			if len(fleet.Fabrics) > 1 {
				place.Fabric = fleet.Fabrics[1].Fabric.ID
			}
			d.model.stack = append(d.model.stack, &screen{spec: spec, pane: spec.new(), place: place})
			d.press("j")
			requireSize(t, d, size[0], size[1], spec.name)
			requireInert(t, d, spec.name)
			if size == [2]int{80, 24} && place.Fabric == "dc1-prod" && !strings.Contains(d.screen(), "VPCAttachment") {
				t.Errorf("it shows\n%s", d.screen())
			}
		}
	}
}

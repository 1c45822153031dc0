package tui

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"selvage/core"
)

// wire is the way from a dashboard to its terminal, with the library's renderer
// at its near end: what it lets through is what a slow connection has to carry.
type wire struct {
	d     *driver
	out   bytes.Buffer
	draws *uv.TerminalRenderer
	cells uv.ScreenBuffer
}

func newWire(d *driver, profile colorprofile.Profile) *wire {
	l := &wire{d: d, cells: uv.NewScreenBuffer(d.model.width, d.model.height)}
	l.draws = uv.NewTerminalRenderer(&l.out, []string{"TERM=xterm-256color"})
	l.draws.SetColorProfile(profile)
	l.draws.SetTabStops(-1)
	l.draws.SetFullscreen(true)
	l.draws.SetScrollOptim(true)
	l.draws.Erase()
	l.frame()
	return l
}

// frame is what is written to show the screen as it is now.
func (l *wire) frame() []byte {
	l.cells.Clear()
	uv.NewStyledString(l.d.model.View().Content).Draw(l.cells, l.cells.Bounds())
	l.draws.Render(l.cells.RenderBuffer)
	if err := l.draws.Flush(); err != nil {
		l.d.tb.Fatal(err)
	}
	defer l.out.Reset()
	return bytes.Clone(l.out.Bytes())
}

// tenThousand is a fabric of 10,000 VPCs, every hundredth of which is on another
// VLAN where live; the first of those has 300 subnets.
func tenThousand() core.FabricState {
	all := calm(10_000)
	for i := range all {
		v := &all[i]
		v.Key.Name = fmt.Sprintf("vpc-%05d", i)
		v.Origin.Line, v.LiveRevision = 1+i, ""
		if i%100 != 7 {
			continue
		}
		v.State, v.Reason, v.Folded = core.Drifted, "live changed", nil
		subnets := 1
		if i == 7 {
			subnets = 300
		}
		for j := range subnets {
			vlan := int64(1000 + i%2000 + j)
			v.Changes = append(v.Changes, core.Change{
				Path: core.Path(fmt.Sprintf(".spec.subnets.s%03d.vlan", j)), Op: core.OpChanged, Verdict: core.FieldDrift,
				Base: core.ValueOf(vlan), Git: core.ValueOf(vlan), Live: core.ValueOf(vlan + 5), Observed: looks(3 * time.Hour),
				Commit: commit("9b1d0aa34c", "alice", day, "first tenants"),
			})
		}
	}
	return fabric("dc1-prod", 5*time.Second, all...)
}

// TestAFrameIsFewBytes is what a slow line has to carry for what people do most,
// at 160x45 with 10,000 objects. The figures leave out what is written around each
// frame: 16 bytes that ask for it to be shown whole, 3 that ask whether it was.
func TestAFrameIsFewBytes(t *testing.T) {
	fleet := core.Fleet{Fabrics: []core.FabricState{tenThousand()}}
	for i := range 11 {
		fleet.Fabrics = append(fleet.Fabrics, fabric(fmt.Sprintf("dc%d-stage", i+2), 5*time.Second, calm(40)...))
	}
	fleet.Fabrics[3] = fabric("dc4-stage", 5*time.Second, append(calm(39), driftedSwitch())...)
	changed := core.Fleet{Fabrics: slices.Clone(fleet.Fabrics)}
	changed.Fabrics[3] = fabric("dc4-stage", time.Second, append(calm(38), driftedSwitch(), removedVPC())...)
	press := func(key string) func(*driver) { return func(d *driver) { d.press(key) } }
	tick := func(d *driver) { d.after(time.Second, clockMsg{}) }
	for _, c := range []struct {
		what  string
		keys  string
		act   func(*driver)
		times int
		most  int  // bytes, in the median
		alone bool // nothing is told of what happened
	}{
		{"cursor in the list of fabrics", "j", press("j"), 8, 231, false},
		{"cursor among 10,000 objects", "enter a", press("j"), 20, 231, false},
		{"cursor at the end of the screen", "enter a" + strings.Repeat(" j", 60), press("j"), 20, 600, false},
		{"cursor in a diff", "enter d", press("j"), 20, 150, false},
		{"page of a diff", "enter d pgdown", press("pgdown"), 5, 4000, false},
		{"second in the list of fabrics", "", tick, 5, 600, false},
		{"second on one of a fabric's screens", "enter", tick, 5, 30, false},
		{"nothing", "enter", func(*driver) {}, 5, 0, false},
		{"changed fabric", "", func(d *driver) { d.set(changed) }, 1, 120, true},
		{"changed fabric, and what is told of it", "", func(d *driver) { d.set(changed) }, 1, 300, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			for _, profile := range []colorprofile.Profile{colorprofile.ANSI256, colorprofile.ANSI, colorprofile.ASCII} {
				begin := drive
				if c.alone {
					begin = driveAlone
				}
				d := begin(t, fleet, 160, 45).press(strings.Fields(c.keys)...)
				d.send(tea.ColorProfileMsg{Profile: profile})
				l, frames := newWire(d, profile), []string{}
				for range c.times {
					c.act(d)
					frames = append(frames, string(l.frame()))
				}
				slices.SortFunc(frames, func(a, b string) int { return len(a) - len(b) })
				median := frames[len(frames)/2]
				t.Logf("%s: %d bytes", profile, len(median))
				if len(median) > c.most {
					t.Errorf("%s: %d bytes, at most %d are wanted: %q", profile, len(median), c.most, median)
				}
			}
		})
	}
}

// BenchmarkFrame is all that a key costs until its bytes are there: the dashboard's
// part, and the library's, which lays the frame out in cells and compares them.
func BenchmarkFrame(b *testing.B) {
	d := drive(b, core.Fleet{Fabrics: []core.FabricState{tenThousand()}}, 160, 45).press("enter", "a", "j")
	l := newWire(d, colorprofile.ANSI256)
	b.Run("of the dashboard", func(b *testing.B) {
		for b.Loop() {
			d.press("j")
			d.model.View()
		}
	})
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			d.press("k")
			l.frame()
		}
	})
}

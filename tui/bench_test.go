package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

// BenchmarkView draws frames of 200x60: what a key press costs at most.
func BenchmarkView(b *testing.B) {
	many := core.Fleet{}
	for i := range 500 {
		f := fabric(fmt.Sprintf("dc%03d-prod", i), time.Second, calm(20)...)
		if i%7 == 0 {
			setVerdicts(&f, append(calm(20), driftedSwitch(), onlyGit("x"))...)
		}
		many.Fabrics = append(many.Fabrics, f)
	}
	large := core.Fleet{Fabrics: []core.FabricState{fabric("large", time.Second, append(calm(10_000), driftedSwitch())...)}}
	apart := []core.Verdict{}
	for i := range 5_000 {
		v := driftedSwitch()
		v.Key.Name = fmt.Sprintf("leaf-%04d", i)
		apart = append(apart, v)
	}
	differing := core.Fleet{Fabrics: []core.FabricState{fabric("differing", time.Second, apart...)}}
	differing.Fabrics[0].Fabric.Mode = core.ModeWrite
	list := []any{}
	for i := range 10_000 {
		list = append(list, fmt.Sprintf("10.0.%d.0/24", i))
	}
	v := driftedSwitch()
	v.Live["spec"] = m("prefixes", list)
	long := core.Fleet{Fabrics: []core.FabricState{fabric("long", time.Second, v)}}
	for _, bench := range []struct {
		name  string
		fleet core.Fleet
		keys  string
	}{
		{"500 fabrics", many, ""},
		{"10000 objects", large, "enter a"},
		{"10000 lines of diff", long, "enter d t Z"},
		{"10000 lines of explanation", long, "enter x Z"},
		{"10000 differences to resolve", differing, "c m"},
	} {
		d := drive(b, bench.fleet, 200, 60).press(strings.Fields(bench.keys)...)
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				d.press("j")
				if d.model.View().Content == "" {
					b.Fatal("nothing drawn")
				}
			}
		})
		b.Run(bench.name+" on a tick", func(b *testing.B) {
			now := noon
			d.model.cfg.Now = func() time.Time { return now }
			for b.Loop() {
				now = now.Add(time.Second)
				d.send(clockMsg{})
				d.model.View()
			}
		})
	}
}

// BenchmarkTenThousand is what is done anew for all 10,000 objects of a fabric:
// when a check has brought another report, and with each letter of a filter.
func BenchmarkTenThousand(b *testing.B) {
	fleet := core.Fleet{Fabrics: []core.FabricState{tenThousand()}}
	for _, screen := range []struct{ name, keys string }{{"differences", "enter"}, {"objects", "enter a"}, {"diff", "enter d"}, {"fabrics", ""}} {
		b.Run("another report, "+screen.name, func(b *testing.B) {
			d := drive(b, fleet, 160, 45).press(strings.Fields(screen.keys)...)
			for b.Loop() {
				b.StopTimer()
				next := core.Fleet{Fabrics: slices.Clone(fleet.Fabrics)}
				report := *fleet.Fabrics[0].Report
				next.Fabrics[0].Report = &report
				b.StartTimer()
				d.set(next)
				d.model.View()
			}
		})
	}
	for _, screen := range []struct{ name, keys string }{{"differences", "enter /"}, {"objects", "enter a /"}} {
		b.Run("a letter of the filter, "+screen.name, func(b *testing.B) {
			d := drive(b, fleet, 160, 45).press(strings.Fields(screen.keys)...)
			for b.Loop() {
				d.press("7")
				d.model.View()
				d.press("backspace")
				d.model.View()
			}
		})
	}
}

// BenchmarkCrowd draws frames of 160x45 where much is chosen, decided or told.
func BenchmarkCrowd(b *testing.B) {
	all := crowded(b)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		d, i := all[name], 0
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if i++; strings.HasSuffix(name, "events") {
					d.set(again(d.engine.fleet, i))
				} else {
					d.press([]string{"j", "k"}[i%2])
				}
				if d.model.View().Content == "" {
					b.Fatal("nothing drawn")
				}
			}
		})
	}
}

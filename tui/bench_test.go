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

// crowd is a fabric of n objects that all differ, each in its own way, or all
// alike; with so many drafts on its desk.
func crowd(n, drafts int, same bool) core.FabricState {
	all := make([]core.Verdict, n)
	for i := range all {
		all[i] = driftedSwitch()
		all[i].Key.Name = fmt.Sprintf("leaf-%05d", i)
		if !same {
			all[i].Changes = slices.Clone(all[i].Changes)
			all[i].Changes[0].Live = core.ValueOf(fmt.Sprintf("leaf %d", i))
		}
	}
	f := fabric("crowd", time.Second, all...)
	f.Fabric.Mode = core.ModeWrite
	for i := range drafts {
		v := f.Report.Verdicts[i%n]
		f.Drafts = append(f.Drafts, draft(int64(i+1), v.Key, v.Changes[i/n].Path, core.TakeLive, v.Changes[i/n].Live))
	}
	return f
}

// crowded are the dashboards with much marked, grouped, decided or told at once:
// where one row too many walked per row is felt.
func crowded(tb testing.TB) map[string]*driver {
	at := func(f core.FabricState, keys string) *driver {
		return drive(tb, only(f), 160, 45).press(strings.Fields(keys)...)
	}
	return map[string]*driver{
		"10000 objects":                     at(crowd(10_000, 0, false), "enter"),
		"10000 marked objects":              at(crowd(10_000, 0, false), "enter *"),
		"10000 grouped objects":             at(crowd(10_000, 0, true), "enter ="),
		"10000 grouped and marked objects":  at(crowd(10_000, 0, true), "enter = *"),
		"5000 drafts on the list":           at(crowd(5_000, 5_000, false), "enter"),
		"5000 drafts on the resolve screen": at(crowd(5_000, 5_000, false), "c m"),
		"10000 marked differences":          at(crowd(5_000, 0, false), "c m *"),
		"an entry of 10000 objects":         manyAtOnce(tb, 10_000),
		"500 fabrics under events":          drive(tb, fleetOf(500), 160, 45),
	}
}

// manyAtOnce is the history after one commit has changed n objects.
func manyAtOnce(tb testing.TB, n int) *driver {
	d := drive(tb, only(fabric("dc1-prod", time.Second, calm(3)...)), 160, 45).press("enter", "h")
	p := d.model.top().pane.(*historyPane)
	p.told = nil
	for i := range n {
		e := core.Entry{ID: fmt.Sprint(i), Fabric: "dc1-prod", At: noon, What: core.Transition{Key: key(vpcGroup, "VPC", fmt.Sprintf("vpc-%05d", i)), At: noon, From: core.InSync, To: core.Drifted}}
		p.told = append(p.told, tell(e, core.Key.String))
	}
	return d.press("g")
}

func fleetOf(n int) core.Fleet {
	fleet := core.Fleet{}
	for i := range n {
		f := fabric(fmt.Sprintf("dc%03d-prod", i), time.Second, append(calm(20), driftedSwitch())...)
		f.LastCheck = noon
		fleet.Fabrics = append(fleet.Fabrics, f)
	}
	return fleet
}

// again is the fleet after a check of one more fabric.
func again(fleet core.Fleet, i int) core.Fleet {
	next := core.Fleet{Fabrics: slices.Clone(fleet.Fabrics)}
	f := &next.Fabrics[i%len(next.Fabrics)]
	report := *f.Report
	report.At = report.At.Add(time.Second)
	f.Report, f.LastCheck = &report, f.LastCheck.Add(time.Second)
	return next
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

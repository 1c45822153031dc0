package scenarios_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"selvage/testdata/hedgehog"
	"selvage/testdata/labtest"
	"selvage/testdata/scenarios"
)

// How much is played. Without flags it is what "make test" has time for.
var (
	only  = flag.String("only", "", "play scenarios whose name contains this `text`, and no mutations")
	table = flag.Bool("table", false, "print the table of verdicts")
	full  = flag.Bool("full", false, "play everything with all definitions, more seeds and bigger fabrics")
	seed  = flag.Uint64("seed", 1, "first `seed` of what is generated")
)

// settle prints the table where it is asked for, and holds it to perfection.
func settle(t *testing.T, room string, ta *tally) {
	t.Helper()
	if *table {
		fmt.Printf("\n%s, from seed %d\n\n", room, *seed)
		if err := ta.print(os.Stdout); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range ta.faults {
		t.Errorf("%s", f)
	}
	for class, f := range ta.classes {
		if f.precision() < 1 || f.recall() < 1 {
			t.Errorf("%s: precision %.4f, recall %.4f, want 1 and 1 (seed %d)", class, f.precision(), f.recall(), *seed)
		}
	}
}

// background is a generated fabric for a scenario to stand beside: one object of
// each kind.
func background(seed uint64) []map[string]any {
	seen := map[any]bool{}
	return slices.DeleteFunc(hedgehog.Generate(hedgehog.Small(seed)).Objects, func(o map[string]any) bool {
		again := seen[o["kind"]]
		seen[o["kind"]] = true
		return again
	})
}

// found founds a site for a scenario.
func found(s *site, sc scenarios.Scenario, seed uint64) {
	s.objects = background(seed)
	files := map[string]string{}
	for name, text := range sc.Git {
		files[name] = text
	}
	if d, offline := s.cluster.(*dump); offline {
		d.client = sc.Applied == "client"
		if sc.Hydrated {
			all := append([]map[string]any{}, s.objects...)
			for _, text := range files {
				all = append(all, documents(s.t, text)...)
			}
			d.plan = hedgehog.PlanHydration(all)
		}
	}
	s.found(files)
	if l, lab := s.cluster.(*live); lab && sc.Hydrated {
		l.hydrate()
	}
}

// half are the scenarios that "make test" has time for in the lab: of those in
// which the cluster has a part every second one, the other ones for another seed.
func half(all []scenarios.Scenario) []scenarios.Scenario {
	all = slices.DeleteFunc(all, func(sc scenarios.Scenario) bool { return !sc.Meddles() })
	n := *seed
	return slices.DeleteFunc(all, func(scenarios.Scenario) bool { n++; return n%2 == 0 })
}

// set founds the sites of scenarios, some at once: most of it is waiting for
// servers and programs.
func set(t *testing.T, some []scenarios.Scenario, found func(scenarios.Scenario) *site) []*play {
	t.Helper()
	plays := make([]*play, len(some))
	var all sync.WaitGroup
	free := make(chan struct{}, 4)
	for i, sc := range some {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			plays[i] = script(found(sc), sc)
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return plays
}

func corpus(t *testing.T, room string) []scenarios.Scenario {
	t.Helper()
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	var some []scenarios.Scenario
	for _, sc := range all {
		if sc.In(room) && strings.Contains(sc.Name, *only) {
			some = append(some, sc)
		}
	}
	return some
}

// several is a fabric with room for every mutation.
func several(seed uint64) []map[string]any {
	return hedgehog.Generate(hedgehog.Spec{
		Seed: seed, Name: "several", Spines: 2, Leaves: 6, ESLAG: []int{2}, LinksPerPair: 2,
		Servers: hedgehog.Servers{Unbundled: 8, MultiHomed: 2}, VPCs: 24, SubnetsPerVPC: 3, Attachments: 24, VPCPeerings: 2,
		Externals: 1, ExternalPeerings: 2, Gateways: 2, GatewayPeerings: 1,
	}).Objects
}

func TestVerdictsOnDumps(t *testing.T) {
	own := newDefinitions(t, "lab", labtest.Start(t).Definitions(t))
	sets, seeds := append([]*definitions{own}, real(t)...), uint64(1)
	if *full {
		seeds = 4
	}
	ta := newTally()
	for round := range seeds {
		for i, kinds := range sets {
			p := newProgram(t)
			var plays []*play
			if i == 0 || *full || *only != "" {
				some := slices.DeleteFunc(corpus(t, scenarios.OnDumps), func(sc scenarios.Scenario) bool { return sc.Open && i > 0 })
				plays = append(plays, set(t, some, func(sc scenarios.Scenario) *site {
					s := newDump(t, sc.Name, kinds)
					found(s, sc, *seed+round)
					return s
				})...)
			}
			if *only == "" {
				plays = append(plays, changed(t, kinds, *seed+round)...)
			}
			perform(t, p, plays, ta)
		}
	}
	settle(t, "on dumps", ta)
}

// changed are plays of every mutation, on generated fabrics in several layouts.
func changed(t *testing.T, kinds *definitions, seed uint64) []*play {
	t.Helper()
	fabrics := [][]map[string]any{several(seed), several(seed + 1)}
	if *full {
		fabrics = append(fabrics, hedgehog.Generate(hedgehog.Medium(seed)).Objects)
	}
	var plays []*play
	for n, objects := range fabrics {
		s := newDump(t, fmt.Sprintf("mutations-of-%d-objects-%d", len(objects), n+1), kinds)
		s.layout = hedgehog.Layouts()[(int(seed%3)+n)%3]
		s.objects = objects
		s.found(nil)
		all := shuffled(seed+uint64(n), hedgehog.Mutations())
		if n == 2 {
			all = slices.Concat(all, all, all, all)
		}
		plays = append(plays, mutations(s, "mutations", kinds, seed, all))
	}
	return plays
}

func TestVerdictsInTheLab(t *testing.T) {
	lab := labtest.Start(t)
	ta := newTally()
	type room struct {
		kinds   *definitions
		cluster func() *labtest.Cluster // a namespace of one's own
	}
	rooms := []room{{newDefinitions(t, "lab", lab.Definitions(t)), func() *labtest.Cluster { return lab.Cluster(t) }}}
	for _, kinds := range real(t) {
		own, n := lab.NewClusterOf(t, kinds.dir), new(atomic.Int64)
		rooms = append(rooms, room{kinds, func() *labtest.Cluster { return own.In(t, fmt.Sprintf("site-%d", n.Add(1))) }})
	}
	for i, room := range rooms {
		p := newProgram(t)
		var plays []*play
		if i == 0 || *full || *only != "" {
			some := slices.DeleteFunc(corpus(t, scenarios.InTheLab), func(sc scenarios.Scenario) bool {
				return i > 0 && (sc.Open || sc.Shuts()) // the reader of such a cluster is that of all its namespaces
			})
			if !*full && !*table && *only == "" {
				some = half(some)
			}
			plays = append(plays, set(t, some, func(sc scenarios.Scenario) *site {
				s := newLive(t, lab, room.cluster(), p, sc.Name)
				found(s, sc, *seed)
				return s
			})...)
		}
		if *only == "" {
			const name = "mutations"
			s := newLive(t, lab, room.cluster(), p, name)
			s.objects = several(*seed)
			s.found(nil)
			plays = append(plays, mutations(s, name, room.kinds, *seed, shuffled(*seed, hedgehog.Mutations())))
		}
		perform(t, p, plays, ta)
	}
	settle(t, "in the lab", ta)
}

func TestCorpusIsWellFormed(t *testing.T) {
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	dumps, lab := 0, 0
	for _, sc := range all {
		if sc.In(scenarios.OnDumps) {
			dumps++
		}
		if sc.In(scenarios.InTheLab) {
			lab++
		}
	}
	t.Logf("%d scenarios, %d of them on dumps and %d in the lab", len(all), dumps, lab)
	if len(all) < 100 || dumps < len(all)*9/10 || lab < len(all)*3/4 {
		t.Errorf("%d scenarios, %d of them on dumps and %d in the lab", len(all), dumps, lab)
	}
}

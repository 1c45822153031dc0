package scenarios_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"selvage/testdata/hedgehog"
	"selvage/testdata/scenarios"
)

// play is a scenario, or several changes at once, on a site of its own.
type play struct {
	name     string
	site     *site
	settings map[string]any
	dated    bool // who wrote first is told by the times of what was written
	acts     []act
	next     int
	faults   []fault
	// parts are the scenarios that the play has on single objects, by those.
	parts map[string]string
}

// act is something done, or a look and what it has to say.
type act struct {
	do   func(*site, *program)
	look func() scenarios.Want
}

func look(w scenarios.Want) act { return act{look: func() scenarios.Want { return w }} }

// perform plays all plays to their ends, in rounds: what happens up to the next
// look on each, and then one run of the program that looks at all of them.
func perform(t testing.TB, p *program, plays []*play, ta *tally) {
	t.Helper()
	if len(plays) == 0 {
		return
	}
	configs := make([]map[string]any, 0, len(plays))
	for _, pl := range plays {
		configs = append(configs, pl.site.config(pl.settings))
	}
	p.configure(configs)
	for {
		looking := map[string]func() scenarios.Want{}
		for acted := true; acted; {
			acted = false
			if slices.ContainsFunc(plays, (*play).hasty) {
				turn()
			}
			for _, pl := range plays {
				acted = pl.step(p, looking) || acted
			}
		}
		if len(looking) == 0 {
			break
		}
		names := slices.Sorted(maps.Keys(looking))
		reports := p.status(names...)
		for _, pl := range plays {
			if want, looked := looking[pl.site.name]; looked {
				for _, f := range ta.judge(pl.site, want(), reports[pl.site.name]) {
					f.says = fmt.Sprintf("%s (act %d)", f.says, pl.next)
					pl.faults = append(pl.faults, f)
				}
			}
		}
	}
	last, fresh := p.status(), p.newcomer().status()
	for _, pl := range plays {
		pl.faults = append(pl.faults, pl.site.contradictions(last[pl.site.name], fresh[pl.site.name])...)
		pl.close(ta)
	}
}

// close counts the play, or its parts and what is left of it.
func (pl *play) close(ta *tally) {
	by := map[string][]fault{}
	for _, f := range pl.faults {
		name := pl.parts[f.object]
		by[name] = append(by[name], f)
	}
	for _, object := range slices.Sorted(maps.Keys(pl.parts)) {
		ta.add(pl.parts[object], by[pl.parts[object]])
		delete(by, pl.parts[object])
	}
	ta.add(pl.name, by[""])
}

// step does one thing on a play's site, or notes that it is time to look there.
// It answers whether something was done.
func (pl *play) step(p *program, looking map[string]func() scenarios.Want) bool {
	if looking[pl.site.name] != nil || pl.next == len(pl.acts) {
		return false
	}
	a := pl.acts[pl.next]
	pl.next++
	if a.look != nil {
		looking[pl.site.name] = a.look
		return false
	}
	a.do(pl.site, p)
	if !pl.site.clock.IsZero() {
		pl.site.clock = pl.site.clock.Add(time.Minute)
	}
	return true
}

// hasty tells whether what comes next must not happen in the second of what was
// before: where nobody looked in between, times of whole seconds tell who was
// first.
func (pl *play) hasty() bool {
	return pl.dated && pl.site.clock.IsZero() && pl.next < len(pl.acts) && pl.acts[pl.next].do != nil
}

// turn waits until the next second begins.
func turn() {
	now := time.Now()
	<-time.After(now.Truncate(time.Second).Add(time.Second).Sub(now))
}

// script makes a play of a scenario.
func script(s *site, sc scenarios.Scenario) *play {
	pl := &play{name: sc.Name, site: s, settings: sc.Settings, dated: sc.First}
	if !sc.First {
		pl.acts = append(pl.acts, look(scenarios.Want{}))
	}
	for _, st := range sc.Steps {
		switch {
		case st.Commit != nil:
			pl.acts = append(pl.acts, act{do: func(s *site, _ *program) { s.commit(*st.Commit) }})
		case st.Live != nil:
			pl.acts = append(pl.acts, act{do: func(s *site, _ *program) { s.meddle(*st.Live) }})
		case st.Engine != "":
			pl.acts = append(pl.acts, act{do: func(s *site, _ *program) { s.cluster.sync() }})
		case st.Source != "":
			pl.acts = append(pl.acts, act{do: func(s *site, _ *program) { s.source(st.Source) }})
		case st.Accept != nil:
			pl.acts = append(pl.acts, act{do: func(s *site, p *program) { s.accept(p, st.Accept) }})
		case st.Look != nil:
			pl.acts = append(pl.acts, look(*st.Look))
		}
	}
	pl.acts = append(pl.acts, look(sc.Want))
	return pl
}

// commit carries out a commit of a scenario.
func (s *site) commit(c scenarios.Commit) {
	s.t.Helper()
	if c.Drop != "" {
		s.without(s.drop(c.Drop))
		s.render()
	}
	for from, to := range c.Move {
		s.write(to, s.read(from))
		s.remove(from)
	}
	for file, changes := range c.Edit {
		text := s.read(file)
		for _, from := range slices.Sorted(maps.Keys(changes)) {
			if !strings.Contains(text, from) {
				s.t.Fatalf("%s: %s does not say %q", s, file, from)
			}
			text = strings.ReplaceAll(text, from, changes[from])
		}
		s.write(file, text)
	}
	for file, text := range c.Write {
		s.write(file, text)
	}
	for _, file := range c.Remove {
		s.remove(file)
	}
	ago := time.Duration(0)
	if c.Ago != "" {
		var err error
		if ago, err = time.ParseDuration(c.Ago); err != nil {
			s.t.Fatal(err)
		}
	}
	message := c.Message
	if message == "" {
		message = "change the fabric"
	}
	at := s.now()
	if ago > 0 {
		at = time.Now().Add(-ago)
	}
	s.tree.commit(message, c.Author, at)
}

// meddle carries out a change past Git.
func (s *site) meddle(l scenarios.Live) {
	s.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(l.Patch)) {
		by := l.By
		if l.Nobody {
			by = ""
		}
		s.cluster.do(change{verb: "patch", ref: s.ref(name), by: by, object: whole(hedgehog.Clone(l.Patch[name])).(map[string]any)})
	}
	for verb, text := range map[string]string{"create": l.Create, "apply": l.Apply} {
		for _, o := range documents(s.t, text) {
			s.place(o)
			s.cluster.do(change{verb: verb, ref: s.refOf(o), by: l.By, object: o})
		}
	}
	for verb, names := range map[string][]string{"delete": l.Delete, "recreate": l.Recreate, "terminate": l.Terminate, "forget": l.Forget} {
		for _, name := range names {
			s.cluster.do(change{verb: verb, ref: s.ref(name)})
		}
	}
	if l.Drop != "" {
		for _, ref := range s.drop(l.Drop) {
			s.cluster.do(change{verb: "delete", ref: ref})
		}
	}
}

// mutations is a play of several mutations at once, each on an object of its
// own: as many of those named as the generated fabric has room for.
func mutations(s *site, name string, kinds *definitions, seed uint64, some []hedgehog.Mutation) *play {
	var want scenarios.Want
	pl := &play{name: name, site: s, parts: map[string]string{}, dated: true}
	pl.acts = []act{
		look(scenarios.Want{}),
		{do: func(s *site, _ *program) {
			taken := map[hedgehog.Ref]bool{}
			for _, m := range some {
				if o, ok := s.mutate(m, kinds, seed, taken); ok {
					want.Objects = append(want.Objects, o)
					pl.parts[o.Object] = "mutation " + m.Name
				}
			}
			s.render()
			s.tree.commit("several changes", "Ada", s.now())
		}},
		{look: func() scenarios.Want { return want }},
	}
	return pl
}

// source does something to one of the site's sources.
func (s *site) source(what string) {
	s.t.Helper()
	away := s.tree.dir + ".away"
	var err error
	switch what {
	case "live is unreadable", "live is partly readable", "live is readable":
		s.cluster.do(change{verb: strings.TrimPrefix(what, "live is ")})
	case "git is away":
		err = os.Rename(s.tree.dir, away)
	case "git is back":
		err = os.Rename(away, s.tree.dir)
	case "history is rewritten":
		s.tree.git(nil, "checkout", "--quiet", "--orphan", "other")
		s.tree.git(nil, "branch", "--quiet", "-D", "main")
		s.tree.git(nil, "branch", "--quiet", "-m", "main")
		s.tree.commit("the fabric, written down anew", "Kim", time.Now())
	default:
		s.t.Fatalf("no source can be %q", what)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// accept has a person say that what looks wrong is right.
func (s *site) accept(p *program, args []string) {
	s.t.Helper()
	args = append([]string{"accept", s.name}, args...)
	if slices.Contains(args, "--mass-change") {
		args = append(args, "--count", fmt.Sprint(len(s.dropped)))
	}
	if out, errs, code := p.run(args...); code != 0 && code != 1 {
		s.t.Errorf("selvage %v ends with %d: %s%s", args, code, out, errs)
	}
}

// read is the content of a file of the fabric's directory.
func (s *site) read(file string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.path(file))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

package scenarios

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed corpus/*.yaml
var corpus embed.FS

// The rooms in which scenarios are played.
const (
	OnDumps  = "dump" // an offline copy of a cluster
	InTheLab = "lab"  // a real API server with its webhook
)

// Scenario is one thing that happens to a fabric, and what is to be said about
// it. The files below corpus hold them, one list each.
type Scenario struct {
	Name string `json:"name"` // lower case with dashes, unique
	Does string `json:"does"` // one sentence
	// Rooms are where it can be played; both where none is named.
	Rooms []string `json:"rooms"`
	// First is set where nobody looked before the steps: there is no base.
	// Otherwise a first look finds everything in sync.
	First bool `json:"first"`
	// Applied is how the engine applies: "" by server-side apply, "client" as
	// kubectl apply does without more.
	Applied string `json:"applied"`
	// Hydrated has the installer's values in the cluster that Git leaves open.
	Hydrated bool `json:"hydrated"`
	// Open has the scenario played only where the kinds keep fields that their
	// schema does not know, as the lab's do and Hedgehog's do not.
	Open bool `json:"open"`
	// Settings are more keys of the fabric in the configuration.
	Settings map[string]any `json:"settings"`
	// Git are files that are in the fabric's directory, and applied, from the
	// beginning, beside a generated fabric.
	Git   map[string]string `json:"git"`
	Steps []Step            `json:"steps"`
	Want  Want              `json:"want"`
}

// Step is one thing done; exactly one of its fields is set.
type Step struct {
	Commit *Commit  `json:"commit"`
	Live   *Live    `json:"live"`
	Engine string   `json:"engine"` // "applies": it applies and prunes
	Source string   `json:"source"` // what happens to a source; see breakages
	Look   *Want    `json:"look"`   // a check, and what it has to say
	Accept []string `json:"accept"` // arguments of selvage accept
}

// Commit is a change in Git.
type Commit struct {
	Message string `json:"message"`
	Author  string `json:"author"` // Kim where nobody is named
	Ago     string `json:"ago"`    // a duration: 48h
	// Write are whole files, Edit texts to replace in files, Move and Remove
	// names of files, all relative to the fabric's directory.
	Write  map[string]string            `json:"write"`
	Edit   map[string]map[string]string `json:"edit"`
	Move   map[string]string            `json:"move"`
	Remove []string                     `json:"remove"`
	// Drop is a part of the generated fabric that leaves Git: "all", "most" (more than
	// the limits allow) or "few".
	Drop string `json:"drop"`
}

// Live is something done to the cluster past Git.
type Live struct {
	By string `json:"by"` // the field manager
	// Patch are merge patches, by KIND/NAME. Nobody has them belong to no
	// manager, as what a webhook sets.
	Patch  map[string]map[string]any `json:"patch"`
	Nobody bool                      `json:"nobody"`
	Create string                    `json:"create"` // a document
	Apply  string                    `json:"apply"`  // a document, as kubectl apply does
	Delete []string                  `json:"delete"`
	// Recreate deletes objects and makes them anew with the same content;
	// Terminate asks for a deletion that a finalizer holds up; Forget takes
	// managedFields away.
	Recreate  []string `json:"recreate"`
	Terminate []string `json:"terminate"`
	Forget    []string `json:"forget"`
	// Drop is a part of the generated fabric that vanishes: see Commit.
	Drop string `json:"drop"`
}

// Want is what is to be said about a fabric.
type Want struct {
	// Objects are those that are not in sync, and in-sync ones about which
	// something is to be said. "generated" stands for every object of the
	// generated fabric, "dropped" for those that a step dropped.
	Objects  []Object       `json:"objects"`
	NotInGit map[string]int `json:"not_in_git"`
	Status   string         `json:"status"` // sync_status; "" for any
}

// Object is what is to be said about an object.
type Object struct {
	Object string `json:"object"` // KIND/NAME, KIND/NAMESPACE/NAME, KIND/* of the generated fabric, or File/PATH
	State  string `json:"state"`
	Reason string `json:"reason"` // is in the reason
	Note   string `json:"note"`   // is in one of the notes or the reason
	File   string `json:"file"`   // is the end of the file's path
	// Changes are all of them. Where none are named those of an object with a
	// difference are not looked at.
	Changes []Change `json:"changes"`
}

// Change is what is to be said about a field. Where a value is left out it is
// not looked at.
type Change struct {
	Path    string `json:"path"`
	Op      string `json:"op"` // "" for any: where both sides moved each has its own
	Verdict string `json:"verdict"`
	Manager string `json:"manager"` // "" for nobody, "*" for anybody or nobody
	Author  string `json:"author"`  // of the commit; "" for any
	Base    any    `json:"base"`
	Git     any    `json:"git"`
	Live    any    `json:"live"`
	// Below lets the difference be told at the path or anywhere below it.
	Below bool `json:"below"`
}

// All reads the corpus, in the order of its files.
func All() ([]Scenario, error) {
	entries, err := corpus.ReadDir("corpus")
	if err != nil {
		return nil, fmt.Errorf("read the corpus: %w", err)
	}
	var all []Scenario
	names := map[string]bool{}
	for _, e := range entries {
		text, err := corpus.ReadFile(path.Join("corpus", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the corpus: %w", err)
		}
		var some []Scenario
		if err := yaml.UnmarshalStrict(text, &some); err != nil {
			return nil, fmt.Errorf("read corpus/%s: %w", e.Name(), err)
		}
		for _, s := range some {
			if err := s.check(); err != nil {
				return nil, fmt.Errorf("corpus/%s: scenario %q: %w", e.Name(), s.Name, err)
			}
			if names[s.Name] {
				return nil, fmt.Errorf("corpus/%s: a second scenario %q", e.Name(), s.Name)
			}
			names[s.Name] = true
		}
		all = append(all, some...)
	}
	return all, nil
}

// In tells whether a scenario can be played in a room.
func (s Scenario) In(room string) bool { return len(s.Rooms) == 0 || slices.Contains(s.Rooms, room) }

// Shuts tells whether the scenario takes the program's right to read a cluster
// away for a while.
func (s Scenario) Shuts() bool {
	return slices.ContainsFunc(s.Steps, func(st Step) bool { return strings.HasPrefix(st.Source, "live is ") })
}

// Meddles tells whether the cluster has a part in the scenario, beside standing
// still.
func (s Scenario) Meddles() bool {
	return s.First || slices.ContainsFunc(s.Steps, func(st Step) bool { return st.Live != nil || st.Engine != "" || st.Source != "" })
}

// check finds what no player could make sense of.
func (s Scenario) check() error {
	if s.Name == "" || s.Does == "" {
		return fmt.Errorf("it needs a name and a sentence about what it does")
	}
	for _, room := range s.Rooms {
		if room != OnDumps && room != InTheLab {
			return fmt.Errorf("room %q: it is one of %s, %s", room, OnDumps, InTheLab)
		}
	}
	for i, step := range s.Steps {
		set := 0
		for _, is := range []bool{step.Commit != nil, step.Live != nil, step.Engine != "", step.Source != "", step.Look != nil, step.Accept != nil} {
			if is {
				set++
			}
		}
		if set != 1 || step.Engine != "" && step.Engine != "applies" {
			return fmt.Errorf("step %d is not exactly one of commit, live, engine: applies, source, look, accept", i+1)
		}
		if step.Look != nil {
			if err := step.Look.check(); err != nil {
				return fmt.Errorf("step %d: %w", i+1, err)
			}
		}
	}
	return s.Want.check()
}

func (w Want) check() error {
	states := []string{
		"invalid", "stuck", "conflict", "unknown", "drifted", "differs", "only_git", "only_live", "pending", "acknowledged", "in_sync",
	}
	verdicts := []string{"git_ahead", "drift", "server_added", "converged", "conflict", "pruned", "differs"}
	for _, o := range w.Objects {
		if !slices.Contains(states, o.State) || o.Object != "generated" && o.Object != "dropped" && !strings.Contains(o.Object, "/") {
			return fmt.Errorf("wanted object %q in state %q", o.Object, o.State)
		}
		for _, c := range o.Changes {
			if !slices.Contains(verdicts, c.Verdict) || !slices.Contains([]string{"", "added", "removed", "changed"}, c.Op) || !strings.HasPrefix(c.Path, ".") {
				return fmt.Errorf("wanted change %+v of %q", c, o.Object)
			}
		}
	}
	return nil
}

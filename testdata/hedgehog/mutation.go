package hedgehog

// States of an object and verdicts of a field, as selvage names them.
const (
	InSync   = "in_sync"
	Pending  = "pending"
	Drifted  = "drifted"
	Conflict = "conflict" // a verdict, too
	OnlyLive = "only_live"
	Invalid  = "invalid"

	Drift       = "drift"
	GitAhead    = "git_ahead"
	ServerAdded = "server_added"
	Converged   = "converged"
	Pruned      = "pruned"
)

// Mutation is one named thing that happens to an object that is in agreement on both sides.
type Mutation struct {
	Name string // lower case with dashes
	Does string // one sentence
	Kind string // that it fits; "" for any
	// State and Verdict are what it should lead to, with the agreement before it as the base.
	State, Verdict string
	// Plan answers what to do to an object, given both its sides, and false where it does not fit. It changes nothing.
	Plan func(git, live map[string]any) (Steps, bool)
}

// Steps is what a mutation does, in this order. They can also be done to a real server: Live by the manager's tool, Git
// by a commit.
type Steps struct {
	Manager  string         // who does the live part
	Live     []Edit         // on the live object
	NeverHad []Path         // fields that the live object lost to no write: it is older than they are
	Git      []Edit         // on the manifest
	MakeLive map[string]any // another object, created past Git
	MakeGit  map[string]any // another manifest, or a second one of the same identity
	DropGit  bool
	DropLive bool
}

// recorded answers the manager that managedFields will name: nobody for what only takes away.
func (s Steps) recorded() string {
	for _, e := range s.Live {
		if !e.Remove {
			return s.Manager
		}
	}
	if s.MakeLive != nil {
		return s.Manager
	}
	return ""
}

func (s Steps) made() map[string]any {
	if s.MakeLive != nil {
		return s.MakeLive
	}
	return s.MakeGit
}

// Mutations lists all of them, live ones first. To add one, add it to one of the three lists; the tests do the rest.
func Mutations() []Mutation {
	return append(append(liveMutations(), gitMutations()...), quietMutations()...)
}

// MutationNamed answers the mutation of a name.
func MutationNamed(name string) (Mutation, bool) {
	for _, m := range Mutations() {
		if m.Name == name {
			return m, true
		}
	}
	return Mutation{}, false
}

// subnetWhere answers the first subnet of a VPC manifest, by name, that passes, and its path.
func subnetWhere(git map[string]any, pass func(map[string]any) bool) (map[string]any, Path) {
	subnets := mapAt(mapAt(git, "spec"), "subnets")
	for _, name := range sortedKeys(subnets) {
		if s := mapAt(subnets, name); s != nil && pass(s) {
			return s, Path{"spec", "subnets", name}
		}
	}
	return nil, nil
}

func anySubnet(map[string]any) bool { return true }

func withDHCP(s map[string]any) bool { return boolAt(mapAt(s, "dhcp"), "enable") }

// setLive and setGit plan a single edit.
func setLive(manager string, p Path, value any) (Steps, bool) {
	return Steps{Manager: manager, Live: []Edit{{Path: p, Value: value}}}, true
}

func setGit(p Path, value any) (Steps, bool) {
	return Steps{Git: []Edit{{Path: p, Value: value}}}, true
}

package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/merge"
	"selvage/core/plan"
)

// Fabric is a fabric as runs deal with it.
type Fabric struct {
	ID     core.FabricID
	Places []Place // at least one
	// Auto has what policies settle published without asking.
	Auto bool
	// Retries is how often a run is begun again by itself that ended with what a
	// retry can mend, Backoff how long before the first time. It doubles.
	Retries int
	Backoff time.Duration
}

// Place is one directory of a fabric in Git, with the door to its branch.
type Place struct {
	plan.Place
	Publisher core.Publisher
	// Ticket is what the ticket of a commit has to match; nil for no ticket.
	Ticket *regexp.Regexp
	// ReviewURL is where a proposal is reviewed, with {branch} for its branch; ""
	// for what the server says.
	ReviewURL string
}

// World is what is known of the fabrics, and how more comes to be known.
type World interface {
	Fleet() core.Fleet
	Check(ctx context.Context, id core.FabricID) error
	Subjects(ctx context.Context, id core.FabricID, keys ...core.Key) ([]merge.Subject, error)
	Git(ctx context.Context, id core.FabricID) (*core.Snapshot, error)
}

// Board is where it shows what becomes of decisions and runs.
type Board interface {
	// Reconsider compares a fabric again by what is on the desk now.
	Reconsider(ctx context.Context, id core.FabricID) error
	// ShowRun shows how a run stands.
	ShowRun(r *core.Run)
	// Ask asks a fabric's engine for something, where that is allowed.
	Ask(ctx context.Context, id core.FabricID, what core.EngineRequest) error
}

// Books are where everything is written down.
type Books interface {
	core.Desk
	core.Logbook
	core.Leases
	core.Tempers
	Past
}

// Past is what policies go by of what was before.
type Past interface {
	// Memory is what is known of a fabric, as a [core.History] gives it.
	Memory(ctx context.Context, id core.FabricID) (*core.Memory, error)
	// Ruled are the runs that policies began and by which something came into a
	// fabric's Git, newest first, with their results.
	Ruled(ctx context.Context, id core.FabricID) ([]*core.Run, error)
}

// Config is what a Runner needs; every field but Events is required.
type Config struct {
	Fabrics []Fabric
	World   World
	Board   Board
	Books   Books
	// Holder is this process, as others on the same store see it.
	Holder core.Holder
	// NewID draws the id of a run at random.
	NewID   func() string
	Now     func() time.Time
	Backoff core.Backoff // after a lost race
	// Pace is how long to wait between two looks at whether live has followed, and
	// before a publication is sent again; it grows to ten times that.
	Pace time.Duration
	// Events tell that a fabric is another than before, as a subscription to the
	// world's does; nil where nothing is to be done by itself after a check.
	Events func(context.Context) (core.Event, error)
	Log    *slog.Logger
}

// Runner carries out decisions and runs. It is safe for concurrent use.
type Runner struct {
	config  Config
	started time.Time
	orders  chan order
	stops   *stops
	shown   showing // comparisons after decisions
}

// New makes a runner. It does nothing by itself before [Runner.Run].
func New(c Config) *Runner {
	return &Runner{config: c, started: c.Now(), orders: make(chan order), stops: newStops()}
}

// fabric finds one by its id.
func (r *Runner) fabric(id core.FabricID) (*Fabric, error) {
	for i := range r.config.Fabrics {
		if r.config.Fabrics[i].ID == id {
			return &r.config.Fabrics[i], nil
		}
	}
	return nil, fmt.Errorf("there is no fabric %q", id)
}

// state is how a fabric stands as of its last check.
func (r *Runner) state(id core.FabricID) core.FabricState {
	for _, f := range r.config.World.Fleet().Fabrics {
		if f.Fabric.ID == id {
			return f
		}
	}
	return core.FabricState{}
}

// checked tells whether this process has checked a fabric just now.
func (r *Runner) checked(id core.FabricID) bool {
	last := r.state(id).LastCheck
	return !last.Before(r.started) && r.config.Now().Sub(last) <= fresh
}

// places are the ways to a branch: of the fabrics that are named, in that order,
// and of any where none is.
func (r *Runner) places(url, branch string, of ...core.FabricID) ([]*Place, error) {
	var all []*Place
	fabrics := of
	if len(of) == 0 {
		for _, f := range r.config.Fabrics {
			fabrics = append(fabrics, f.ID)
		}
	}
	for _, id := range fabrics {
		f, err := r.fabric(id)
		if err != nil {
			continue // it has left the configuration
		}
		for j := range f.Places {
			if p := &f.Places[j]; p.On(url, branch) && p.Way != core.ToNever {
				all = append(all, p)
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no fabric of the configuration is kept on branch %q of %s", branch, url)
	}
	return all, nil
}

// place is the way that a commit goes: that of the first of its fabrics, unless
// another one of them wants a review.
func (r *Runner) place(c core.PlannedCommit) (*Place, error) {
	all, err := r.places(c.URL, c.Branch, fabricsOf(c)...)
	if err != nil {
		return nil, err
	}
	for _, way := range []core.Way{core.ToPatch, core.ToPropose} {
		if i := slices.IndexFunc(all, func(p *Place) bool { return p.Way == way }); i >= 0 {
			return all[i], nil
		}
	}
	return all[0], nil
}

func refuse(format string, args ...any) error {
	return &core.NotAllowed{Reasons: []string{fmt.Sprintf(format, args...)}}
}

// errOver ends what a run does without a word about why: the run has it.
var errOver = errors.New("the run is over")

package tui

import (
	"bytes"
	"context"
	"io"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
	"selvage/core/child"
	"selvage/core/safe"
	"selvage/themes"
)

// loginActs log people in.
func loginActs() map[Action]ownAct {
	return map[Action]ownAct{ActLogin: {
		can: func(m *Model) bool { return m.cfg.Acts.Logins != nil && len(m.locked()) > 0 },
		do:  (*Model).logIn,
	}}
}

// Logins knows how people log in to clusters.
type Logins interface {
	// Logins are the programs that log in to fabrics, each once, whatever the number
	// of fabrics that it is for. It fails where none does that.
	Logins(ctx context.Context, ids ...core.FabricID) ([]Login, error)
}

// Login is a program that asks a person, with the terminal.
type Login struct {
	Name    string // of the program
	Argv    []string
	Env     []string // NAME=value, beside the environment
	Fabrics []core.FabricID
	// Take is given what it has printed, which is secret and not shown.
	Take func(ctx context.Context, output []byte) error
}

// Run runs the program where there is no screen to leave, and hands over what it has
// printed. What it says to the person is written to said as it comes. Nothing can be
// typed to it.
func (l Login) Run(ctx context.Context, said io.Writer) error {
	var printed bytes.Buffer
	complaint, err := child.Front{Argv: l.Argv, Env: l.Env, Out: &printed, Err: said}.Run(ctx)
	if err != nil {
		return Ended{Err: err, Stderr: complaint}.error()
	}
	return l.Take(ctx, printed.Bytes())
}

// locked are the fabrics that somebody has to log in to: of the screen's own, or of
// all where that is of none.
func (m *Model) locked() []core.FabricID {
	ids := []core.FabricID{}
	for _, f := range m.fleet.Fabrics {
		here := m.top().place.Fabric == "" || m.top().place.Fabric == f.Fabric.ID
		if here && f.Report != nil && LoginHelps(f.Report.Live.Access) {
			ids = append(ids, f.Fabric.ID)
		}
	}
	return ids
}

// LoginHelps tells of a side with an access whether another login may help.
func LoginHelps(a core.Access) bool {
	return a == core.AccessLoginNeeded || a == core.AccessUnauthorized
}

// logIn finds the programs, and runs one after the other.
func (m *Model) logIn() tea.Cmd {
	ids, logins := m.locked(), m.cfg.Acts.Logins
	var found []Login
	return m.follow(Outcome{Deed: &Deed{
		Label: safe.Lit("log in"),
		Run: func(ctx context.Context) (done Done, err error) {
			found, err = logins.Logins(ctx, ids...)
			return Done{}, err
		},
		next: func(m *Model, _ Done, err error) (tea.Cmd, bool) {
			if err != nil {
				return nil, false
			}
			return m.logInNext(found), true
		},
	}})
}

// logInNext runs the first of some logins, and after it the others.
func (m *Model) logInNext(all []Login) tea.Cmd {
	if len(all) == 0 {
		return nil
	}
	l, engine := all[0], m.cfg.Engine
	title := safe.Sprintf("log in to %s by %s", theseFabrics(l.Fabrics), l.Name)
	return m.execute(Exec{
		Title: title, Argv: l.Argv, Env: l.Env, Capture: true,
		Then: func(_ Env, end Ended) Outcome {
			if end.Err != nil {
				return Outcome{Deed: &Deed{Label: title, Run: func(context.Context) (Done, error) { return Done{}, end.error() }}}
			}
			return Outcome{Deed: &Deed{
				Label: title,
				Run: func(ctx context.Context) (Done, error) {
					if err := l.Take(ctx, end.Output); err != nil {
						return Done{}, err
					}
					engine.Refresh(l.Fabrics...)
					return Done{Says: safe.Sprintf("logged in to %s", theseFabrics(l.Fabrics))}, nil
				},
				next: func(m *Model, done Done, err error) (tea.Cmd, bool) {
					if err != nil {
						return nil, false
					}
					m.say(themes.Text, done.Says)
					return m.logInNext(all[1:]), true
				},
				abandoned: func(done Done, err error) Outcome {
					if err != nil || len(all) == 1 {
						return Outcome{}
					}
					return Outcome{Note: safe.Sprintf(" %s; %s left: L goes on", done.Says, plural(len(all)-1, "login"))}
				},
			}}
		},
	})
}

// theseFabrics names some fabrics.
func theseFabrics(ids []core.FabricID) string {
	if len(ids) == 1 {
		return string(ids[0])
	}
	return plural(len(ids), "fabric")
}

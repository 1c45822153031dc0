package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/core/safe"
)

// Engine is what the dashboard needs of the loop that reads and compares.
type Engine interface {
	// Fleet is what is known now. It is called for every frame and must not
	// wait.
	Fleet() core.Fleet
	// Refresh asks for a check of some fabrics, of all where none is named. It
	// returns at once.
	Refresh(ids ...core.FabricID)
	// Explain tells how the verdict on an object came about. It may take a while
	// and is called on a goroutine of its own.
	Explain(context.Context, core.FabricID, core.Key) (core.Explanation, error)
}

// Config is all that the dashboard takes from outside.
type Config struct {
	Engine Engine
	Acts   Acts
	// Events waits for the next event. What changed is asked of the engine; an
	// event only tells that something did. nil where nothing ever changes.
	Events func(context.Context) (core.Event, error)
	Now    func() time.Time
	// Document renders a manifest as YAML.
	Document func(map[string]any) ([]byte, error)

	// Keymap is which keys mean what; the table's own where nil.
	Keymap *Keymap

	// Themes has to have loaded the common theme and those of the fabrics.
	Themes  Themes
	Theme   string // the name of the common one
	NoColor bool

	Version, User, Host string
	Mode                core.Mode // the widest mode that this run allows

	ConfigFile, LogFile string // for people to know where they are; "" where there is none
	Notify              Notify // how a new conflict is told; off where ""
	// Places are what the words of a tool's line stand for in a fabric, beside those
	// that the dashboard knows itself; nil for none.
	Places func(core.FabricID) map[string]string

	Term   string // $TERM
	NoSync bool   // never to use synchronized output
	FPS    int    // frames a second at most, 60 where 0

	// nil stands for the process's own. To an Out that is a file nothing is
	// written faster than the terminal takes it.
	In      io.Reader
	Out     io.Writer
	Environ []string

	// Leads says that the process leads its session, as in a window of tmux that was
	// opened with it: there is no shell that would wake it from a suspension.
	Leads bool
	// Programs are those of [ToolPrograms] that are there.
	Programs []string
	// Env looks a variable of the environment up, as os.LookupEnv; nil for none.
	Env func(name string) (string, bool)
	// Front is told when a program is about to get the terminal, and when it has
	// ended: what ctrl+c sends meanwhile is not meant for the dashboard.
	Front func(bool)
	// Pressed is called at each key, on the goroutine that waits for the next one;
	// nil where nobody wants to know.
	Pressed func()
	// Notice is said at the beginning, until the first key; empty for nothing.
	Notice safe.Text
	// Parting is told what went wrong after the person began to leave, when the
	// terminal is theirs again; nil where nobody wants to know.
	Parting func(safe.Text)
}

// Run shows the dashboard until the person quits or ctx ends. It returns nil
// in the first case and the cause of ctx's end in the second, or ErrStuck. Signals
// are the caller's: end ctx on them. So is a panic: it ends the process, with the
// terminal as it is.
func Run(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	fps := cfg.FPS
	if fps == 0 {
		fps = 60
	}
	options := []tea.ProgramOption{
		tea.WithContext(ctx),
		tea.WithFPS(fps),
		tea.WithoutSignalHandler(),
		// A panic ends the process, whichever goroutine it is on: the caller
		// gives the terminal back. The library would catch some of them.
		tea.WithoutCatchPanics(),
	}
	if cfg.NoSync {
		options = append(options, tea.WithFilter(withoutSync))
	}
	if cfg.In != nil {
		options = append(options, tea.WithInput(cfg.In))
	}
	if cfg.Out != nil {
		options = append(options, tea.WithOutput(cfg.Out))
	}
	if cfg.Environ != nil {
		options = append(options, tea.WithEnvironment(cfg.Environ))
	}
	model := New(ctx, cfg)
	if out, ok := cfg.Out.(*os.File); ok && cfg.Term != "dumb" {
		options = append(options, tea.WithOutput(paced{out, model.pace}))
	}
	err := untilStuck(ctx, tea.NewProgram(model, options...))
	switch {
	case errors.Is(err, ErrStuck):
		return err // the program may still be running
	case ctx.Err() != nil:
		model.part()
		return context.Cause(ctx)
	case errors.Is(err, tea.ErrInterrupted):
		return nil
	case err != nil:
		return fmt.Errorf("show the dashboard: %w", err)
	}
	model.part()
	return nil
}

// part tells what there was no screen left for.
func (m *Model) part() {
	for _, t := range m.parting {
		if m.cfg.Parting != nil {
			m.cfg.Parting(t)
		}
	}
}

// ErrStuck tells that ctx has ended and the terminal takes nothing, not even its
// own state back.
var ErrStuck = errors.New("the terminal takes nothing")

// untilStuck runs the program. One that cannot write does not end with its
// context: it is left behind after most of a second.
func untilStuck(ctx context.Context, p *tea.Program) error {
	ended := make(chan error, 1)
	go func() {
		_, err := p.Run()
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(700 * time.Millisecond):
		return ErrStuck
	}
}

// withoutSync keeps the answer of a terminal that offers synchronized output
// from the library, which would turn it on.
func withoutSync(_ tea.Model, msg tea.Msg) tea.Msg {
	if report, ok := msg.(tea.ModeReportMsg); ok && report.Mode == ansi.ModeSynchronizedOutput {
		return nil
	}
	return msg
}

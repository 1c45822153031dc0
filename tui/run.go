package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"selvage/core"
	"selvage/themes"
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
	// Events waits for the next event. What changed is asked of the engine; an
	// event only tells that something did. nil where nothing ever changes.
	Events func(context.Context) (core.Event, error)
	Now    func() time.Time
	// Document renders a manifest as YAML.
	Document func(map[string]any) ([]byte, error)

	Theme   themes.Choice
	NoColor bool

	Version, User, Host string
	Mode                core.Mode // the widest mode that this run allows

	Term   string // $TERM
	NoSync bool   // never to use synchronized output
	FPS    int    // frames a second at most, 30 where 0

	// For tests and for a terminal other than the process's own. nil stands
	// for the process's own.
	In      io.Reader
	Out     io.Writer
	Environ []string
}

// Run shows the dashboard until the person quits or ctx ends. It returns nil
// in the first case and the cause of ctx's end in the second. Signals are the
// caller's: end ctx on them.
func Run(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	fps := cfg.FPS
	if fps == 0 {
		fps = 30
	}
	options := []tea.ProgramOption{
		tea.WithContext(ctx),
		tea.WithFPS(fps),
		tea.WithoutSignalHandler(),
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
	_, err := tea.NewProgram(New(ctx, cfg), options...).Run()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, tea.ErrInterrupted):
		return nil
	case err != nil:
		return fmt.Errorf("show the dashboard: %w", err)
	}
	return nil
}

// withoutSync keeps the answer of a terminal that offers synchronized output
// from the library, which would turn it on.
func withoutSync(_ tea.Model, msg tea.Msg) tea.Msg {
	if report, ok := msg.(tea.ModeReportMsg); ok && report.Mode == ansi.ModeSynchronizedOutput {
		return nil
	}
	return msg
}

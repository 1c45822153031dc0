package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"selvage/core/child"
	"selvage/core/config"
	"selvage/core/manifest"
	"selvage/core/safe"
	"selvage/tui"
)

// dashboard opens the dashboard over the fabrics of a configuration. As long as it
// is open they are checked in the background, and runs that a person starts are
// carried out. At its end a run that is under way is interrupted.
//
// It is shown by a process of its own, which this one guards.
func (a *app) dashboard(ctx context.Context, c *config.Config) error {
	if err := a.wantTerminal(); err != nil {
		return err
	}
	if a.byLine() {
		return a.show(ctx, c) // it leaves the terminal as it is
	}
	if !a.guarded {
		return a.guard(ctx, c)
	}
	ctx, cancel := underGuard(ctx)
	defer cancel()
	return a.show(ctx, c)
}

// show is the dashboard itself.
func (a *app) show(ctx context.Context, c *config.Config) error {
	history, err := a.openStore(ctx, c)
	if err != nil {
		return err
	}
	log, closeLog, err := a.logFile(c)
	if err != nil {
		return errors.Join(err, history.Close())
	}
	defer closeLog()
	s := a.plug(ctx, c, history, log)
	defer s.close(a)
	screen, err := a.screen(s)
	if err != nil {
		return err
	}
	if kept := tellKept(s.config); kept.Len() > 0 {
		screen.Notice = kept
	}
	screen.Events, screen.Acts = s.loop.Subscribe().Next, a.acts(s)
	ctx, stop := context.WithCancel(ctx)
	var behind sync.WaitGroup
	behind.Go(func() { s.loop.Run(ctx) })
	behind.Go(func() { s.runner.Run(ctx) })
	if a.byLine() {
		err = a.talk(ctx, s, screen.Events)
	} else {
		err = tui.Run(ctx, screen)
	}
	stop()
	behind.Wait()
	if errors.Is(err, tui.ErrStuck) {
		return exit{code: exitInterrupted} // nothing can be said there
	}
	if errors.Is(err, context.Canceled) {
		return exit{code: exitInterrupted, err: errInterrupted}
	}
	return err
}

// wantTerminal fails where the dashboard would have nowhere to appear.
func (a *app) wantTerminal() error {
	if a.interactive() || a.byLine() {
		return nil
	}
	return usage(errors.New("the dashboard needs a terminal (try selvage status, or selvage snapshot fabrics)"))
}

// screen is the dashboard's view of a session.
func (a *app) screen(s *session) (tui.Config, error) {
	shelf, theme, why, err := a.dressed(s.config)
	if err != nil {
		return tui.Config{}, err
	}
	keymap, faults := keymapOf(s.config)
	if len(faults) > 0 {
		return tui.Config{}, usage(faults) // told when it was loaded
	}
	host, _ := os.Hostname() // "" where the system does not tell
	_, noSync := a.env("SELVAGE_NO_SYNC")
	noColor, _ := a.env("NO_COLOR")
	term, _ := a.env("TERM")
	return tui.Config{
		Engine: s.loop, Now: a.now, Document: manifest.Render,
		Themes: shelf, Theme: theme, Notice: safe.Clean(why), NoColor: noColor != "",
		Version: version(), User: username(), Host: host, Mode: s.config.Mode,
		Term: term, NoSync: noSync, Out: a.out, Leads: leads(),
		Programs: slices.DeleteFunc(tui.ToolPrograms(), func(name string) bool { return !child.Has(name) }),
		Keymap:   keymap, Places: placesIn(s.config), Notify: tui.Notify(s.config.Notify),
		ConfigFile: s.config.Files[0], LogFile: logPath(s.config),
		Env: a.env, Front: a.keys.lend, Pressed: a.precedence().key,
		Parting: func(t safe.Text) { fmt.Fprintf(a.errs, "selvage: %s\n", t) },
	}, nil
}

// leads tells whether the program is in the group of processes of its session's leader.
// A system stops no such group by the terminal's key (POSIX calls it orphaned), for
// nobody in the session would wake it.
func leads() bool {
	session, err := unix.Getsid(0)
	return err == nil && session == unix.Getpgrp()
}

// username is who runs the program; "" where the system does not tell.
func username() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

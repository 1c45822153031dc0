package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"strconv"
	"time"

	"selvage/core"
)

// Options say where the configuration is and what narrows it.
type Options struct {
	Path      string                      // --config; "" for the usual places
	LookupEnv func(string) (string, bool) // as [os.LookupEnv]; nil for an empty environment
	Home      string                      // the home directory; "" if there is none
	Mode      core.Mode                   // narrows every fabric's mode; "" does not

	// Check finds what only the rest of the program knows to be wrong; it may be given
	// a configuration that has other mistakes. nil finds nothing.
	Check func(*Config) Problems
}

func (o Options) env(name string) string {
	if o.LookupEnv == nil {
		return ""
	}
	v, _ := o.LookupEnv(name)
	return v
}

// folder is a base directory of the XDG specification, which has relative ones
// ignored; "" where there is neither the variable nor a home.
func (o Options) folder(variable, fallback string) string {
	if dir := o.env(variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, "selvage")
	}
	if o.Home == "" {
		return ""
	}
	return filepath.Join(o.Home, fallback, "selvage")
}

func (o Options) stateDir() string {
	return o.folder("XDG_STATE_HOME", filepath.Join(".local", "state"))
}

// Path is where the configuration is looked for, and which setting said so.
func Path(o Options) (path, because string) {
	switch {
	case o.Path != "":
		return o.Path, "--config"
	case o.env("SELVAGE_CONFIG") != "":
		return o.env("SELVAGE_CONFIG"), "$SELVAGE_CONFIG"
	}
	dir := o.folder("XDG_CONFIG_HOME", ".config")
	if dir == "" {
		return "", ""
	}
	return filepath.Join(dir, "config.yaml"), ""
}

// Load reads the configuration. A file that is not there gives a *[core.Error]
// that wraps [fs.ErrNotExist]; mistakes give [Problems], all of them.
func Load(o Options) (*Config, error) {
	name, err := locate(o)
	if err != nil {
		return nil, err
	}
	r := newReader(describe(), o.Home)
	if err := r.main(name); err != nil {
		return nil, missing(o, name, err)
	}
	c := &Config{Files: r.files, Cache: o.folder("XDG_CACHE_HOME", ".cache"), at: positions{}}
	d := &decoder{description: r.description, place: place{home: o.Home}, at: c.at}
	d.structure(&node{Position: Position{File: name}, shape: mapping, fields: r.settings}, "", reflect.ValueOf(&c.Settings).Elem())
	r.problems = append(r.problems, d.problems...)
	for _, n := range r.fabrics {
		f := Fabric{at: positions{}}
		d := &decoder{description: r.description, place: d.place, at: f.at, fabric: n.Position}
		d.structure(n, "", reflect.ValueOf(&f).Elem())
		f.at[""] = spot{Position: n.Position}
		c.Fabrics = append(c.Fabrics, f)
		r.problems = append(r.problems, d.problems...)
	}
	if len(c.Fabrics) == 0 && len(r.problems) == 0 {
		r.problems = Problems{{Position{File: name}, "no fabrics", "add one under `fabrics:`; `selvage config init` prints an example"}}
	}
	r.problems = append(r.problems, c.check(o)...)
	if o.Check != nil {
		r.problems = append(r.problems, o.Check(c)...)
	}
	if len(r.problems) > 0 {
		return nil, r.problems.sorted(r.files)
	}
	c.finish(o)
	return c, nil
}

func locate(o Options) (string, error) {
	name, _ := Path(o)
	if name == "" {
		return "", &core.Error{
			Op:   "find the configuration",
			Err:  fmt.Errorf("no home directory is known: %w", fs.ErrNotExist),
			Hint: "set HOME or XDG_CONFIG_HOME, or name the file with --config; `selvage demo` needs none",
		}
	}
	return filepath.Abs(name)
}

// missing words why the main file could not be read.
func missing(o Options, name string, err error) error {
	_, because := Path(o)
	e := &core.Error{Op: "read the configuration", Err: fmt.Errorf("%v: %w", Position{File: name}, plainError(err))}
	if because != "" {
		e.Op += " named by " + because
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && because == "":
		e.Hint = "`selvage config init` prints one to begin with; `selvage demo` needs none; --config and $SELVAGE_CONFIG name another"
	case errors.Is(err, fs.ErrNotExist):
		e.Hint = "`selvage config init` prints one to begin with; `selvage demo` needs none"
	case errors.Is(err, fs.ErrPermission):
		e.Hint = "it must be readable for you"
	}
	return e
}

// plainError is the reason in an error of package os, without the path, which
// has been said.
func plainError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// finish fills in what depends on the environment, or on other keys.
func (c *Config) finish(o Options) {
	if c.State.Dir == "" {
		c.State.Dir = o.stateDir()
	}
	if c.Cache == "" {
		c.Cache = filepath.Join(c.State.Dir, "cache")
	}
	if n, err := timeoutSeconds(o); err == nil && n > 0 {
		c.Timeout = n
	}
	c.Debug = debug(o.env("DEBUG"))
	for _, m := range []core.Mode{core.Mode(o.env("SELVAGE_MODE")), o.Mode} {
		if m != "" {
			c.Mode = c.Mode.Narrower(m)
		}
	}
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		if f.Mode == "" {
			f.Mode = c.Mode
		}
		f.Mode = f.Mode.Narrower(c.Mode)
		f.Timeout = c.Timeout
		if f.At("check.stale_after") == (Position{}) {
			f.Check.StaleAfter = max(3*time.Minute, 3*f.Check.Interval)
		}
	}
}

// timeoutSeconds is the run's time-out as the environment gives it; 0 where it
// does not.
func timeoutSeconds(o Options) (time.Duration, error) {
	s := o.env("SELVAGE_TIMEOUT_SECONDS")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n <= 0 || n > 1_000_000_000 {
		return 0, fmt.Errorf("%s is no number of seconds", quoted(s))
	}
	return time.Duration(n) * time.Second, nil
}

func debug(value string) bool {
	on, err := strconv.ParseBool(value)
	return value != "" && (err != nil || on)
}

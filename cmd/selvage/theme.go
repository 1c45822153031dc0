package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"selvage/core/config"
	"selvage/themes"
)

// themeDirs are where a person's own themes are: in the folder of the person,
// then beside the configuration, which may be everybody's. The own one comes
// first, for it is the person who has to read the screen.
func (a *app) themeDirs() []string {
	own, _ := config.Path(config.Options{Home: a.home, LookupEnv: func(name string) (string, bool) {
		if name == "SELVAGE_CONFIG" {
			return "", false
		}
		return a.env(name)
	}})
	common, _ := config.Path(config.Options{Path: a.configPath, LookupEnv: a.env, Home: a.home})
	dirs := []string{}
	for _, file := range []string{own, common} {
		dir := filepath.Join(filepath.Dir(file), "themes")
		if file != "" && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// shelf loads the themes that a configuration names. What is wrong with them is
// a mistake in the configuration: each is said on one line, with the line that
// names the theme.
func (a *app) shelf(c *config.Config) (*themes.Shelf, error) {
	s, faults := a.themesOf(c)
	if len(faults) == 0 {
		return s, nil
	}
	last := len(faults) - 1
	for _, err := range faults[:last] {
		a.complain(err)
	}
	return nil, usage(faults[last])
}

// strictOptions are those of a configuration in which a theme that cannot be used is
// a mistake beside the others.
func (a *app) strictOptions() config.Options {
	o := a.configOptions()
	keys := o.Check
	o.Check = func(c *config.Config) config.Problems {
		problems := keys(c)
		_, faults := a.themesOf(c)
		for _, err := range faults {
			var at config.Problem // that nobody wrote has no place here, and is told by [app.shelf]
			if errors.As(err, &at) {
				problems = append(problems, at)
			}
		}
		return problems
	}
	return o
}

// dressed loads them for the dashboard. A theme is no reason not to look at fabrics:
// in place of one that cannot be used another one is, and why is given to be told.
func (a *app) dressed(c *config.Config) (s *themes.Shelf, common, why string, err error) {
	s, faults := a.themesOf(c)
	common = c.Theme
	if _, ok := s.Get(common); !ok {
		common = "auto"
		if _, err := s.Load(common); err != nil {
			return nil, "", "", err
		}
	}
	told := make([]string, len(faults))
	for i, err := range faults {
		told[i] = err.Error()
	}
	if len(faults) > 0 {
		why = fmt.Sprintf("theme %s is used, for %s", common, strings.Join(told, "; "))
	}
	return s, common, why, nil
}

// themesOf loads the themes that a configuration names, and tells what is wrong with
// those that cannot be used.
func (a *app) themesOf(c *config.Config) (*themes.Shelf, []error) {
	s := themes.NewShelf(a.themeDirs()...)
	var faults []error
	load := func(name string, at config.Position) {
		_, err := s.Load(name)
		switch {
		case err == nil:
			return
		case at == (config.Position{}):
			err = fmt.Errorf("theme: %w", err) // nobody wrote its name
		default:
			err = config.Problem{Position: at, What: "theme: " + err.Error()}
		}
		if !slices.Contains(faults, err) { // one that fabrics inherit is told once
			faults = append(faults, err)
		}
	}
	load(c.Theme, c.At("theme"))
	for i := range c.Fabrics {
		if f := &c.Fabrics[i]; f.Theme != "" {
			load(f.Theme, f.At("theme"))
		}
	}
	return s, faults
}

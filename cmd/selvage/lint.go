package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/lint"
	"selvage/core/manifest"
	"selvage/core/repo"
	"selvage/store"
)

// linter is one run of the lint command.
type linter struct {
	*app
	output           string
	against          string
	include, exclude []string
	rules            bool

	config *config.Config // as soon as a fabric was asked for
	code   int
	found  []linted
}

func (a *app) lintCommand() *cobra.Command {
	l := &linter{app: a}
	cmd := &cobra.Command{
		Use:   "lint [FABRIC | PATH]...",
		Short: "Look for what a fabric would refuse in a Git directory, offline",
		Long: `Look in Git for what a fabric would refuse or cannot make sense of, without
asking it: no cluster is read.

A PATH is a folder, or one file, as it lies on disk, committed or not; without
an argument it is the current folder. In a Git work tree it is held against HEAD
(or --against), so that an object which was deleted and is still referred to is
told as that. Of a file alone nothing is called missing that may stand in others.

A FABRIC is what its directories say at their branch's HEAD, held against what
was last seen live. A word that names a fabric of the configuration means the
fabric; write ./NAME for the folder. A word with a slash is always a path, and
needs no configuration.

API versions are held against those that Hedgehog's kinds had when this selvage
was built. What a fabric serves is not asked.

Exit codes: 0 nothing but notes, 1 errors or warnings, 2 usage, 3 something could
not be read.`,
		Example: "  selvage lint\n  selvage lint fabrics/dc1 --against origin/main\n  selvage lint dc1-frontend -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return l.run(cmd.Context(), args)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&l.output, "output", "o", "table", "table or json")
	flags.StringVar(&l.against, "against", "", "hold a PATH against this branch, tag or commit of its repository (default HEAD)")
	flags.StringSliceVar(&l.include, "include", nil, "`globs` of files in a PATH to read (default **/*.yaml,**/*.yml)")
	flags.StringSliceVar(&l.exclude, "exclude", nil, "`globs` of files in a PATH to leave out")
	flags.BoolVar(&l.rules, "rules", false, "print the rules and their reasons")
	return cmd
}

func (l *linter) run(ctx context.Context, args []string) error {
	if l.output != "table" && l.output != "json" {
		return usage(fmt.Errorf("--output %q: it is one of table, json", l.output))
	}
	if l.rules {
		return l.printRules()
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, arg := range args {
		if err := l.one(ctx, arg); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return exit{code: exitInterrupted, err: errInterrupted}
		}
	}
	printer := l.table
	if l.output == "json" {
		printer = l.json
	}
	if err := printer(); err != nil {
		return err
	}
	if slices.ContainsFunc(l.found, func(f linted) bool { return f.Level != core.LintNote }) {
		l.code = worse(l.code, exitDifferences)
	}
	return done(l.code)
}

// one lints what one argument names.
func (l *linter) one(ctx context.Context, arg string) error {
	info, err := os.Stat(arg) //nolint:gosec // the path is the user's
	if strings.ContainsAny(arg, `/\`) || arg == "." || arg == ".." {
		if err != nil {
			return usage(fmt.Errorf("read %q: %w", arg, cause(err)))
		}
		return l.path(ctx, arg, info.IsDir())
	}
	c, f, wrong := l.fabricNamed(arg)
	switch {
	case f != nil:
		return l.fabric(ctx, c, f)
	case err == nil:
		return l.path(ctx, arg, info.IsDir())
	case wrong != nil:
		l.complain(fmt.Errorf("no file or folder %q, and no configuration to find a fabric in", arg))
		_, wrong = l.load() // it says what is wrong with it
		return wrong
	}
	_, wrong = named(c, []string{arg})
	return wrong
}

// cause is what the operating system says, without the path that it repeats.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (l *linter) fabricNamed(name string) (*config.Config, *config.Fabric, error) {
	if l.config == nil {
		o := config.Options{Path: l.configPath, LookupEnv: l.env, Home: l.home}
		c, err := config.Load(o)
		if err != nil {
			return nil, nil, err
		}
		l.config = c
	}
	f, _ := l.config.Fabric(core.FabricID(name))
	return l.config, f, nil
}

func (l *linter) pool(debug bool) *repo.Pool {
	return repo.NewPool(repo.Config{Now: l.now, Log: l.log(debug), LookupEnv: l.env, Home: l.home})
}

// path lints a folder or file as it lies on disk.
func (l *linter) path(ctx context.Context, arg string, isDir bool) error {
	pool, where := l.pool(false), repo.Location{Include: l.include, Exclude: l.exclude}
	scope := core.Scope{Namespace: "default"}
	dir, file := arg, ""
	if !isDir {
		dir, file = filepath.Dir(arg), filepath.Base(arg)
	}
	source := pool.Folder(dir, file, where)
	git := source.Read(ctx, scope)
	before, err := l.before(ctx, pool, dir, file, where, scope)
	if err != nil {
		return err
	}
	shown := func(name string) string { return filepath.ToSlash(filepath.Join(dir, name)) }
	l.check(ctx, source, renamed(git, shown), lint.Options{Partial: !isDir, Before: before}, func(name string) string {
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return name
		}
		return filepath.ToSlash(rel)
	}, "")
	if git.Len() == 0 && len(git.Findings) == 0 && !someUnread(git) {
		l.complain(fmt.Errorf("%s holds no manifest of Hedgehog's", arg))
	}
	return nil
}

// before is what the repository around a folder held there, nil where there is
// none.
func (l *linter) before(ctx context.Context, pool *repo.Pool, dir, file string, where repo.Location, scope core.Scope) (*core.Snapshot, error) {
	top, rel, ok := repo.Enclosing(dir)
	if !ok {
		if l.against != "" {
			return nil, usage(fmt.Errorf("--against %q: %q lies in no Git work tree", l.against, dir))
		}
		return nil, nil //nolint:nilnil // there is nothing before
	}
	where.Path = rel
	ref := l.against
	if ref == "" {
		ref = "HEAD"
	}
	source := pool.Commit(top, ref, where)
	if file != "" {
		source = pool.Commit(top, ref, where.Only(file))
	}
	git := source.Read(ctx, scope)
	if someUnread(git) {
		if l.against != "" {
			return nil, usage(fmt.Errorf("--against: %s", git.Readings[0].Error))
		}
		return nil, nil //nolint:nilnil // a repository without a commit
	}
	return git, nil
}

// fabric lints what a fabric's directories say.
func (l *linter) fabric(ctx context.Context, c *config.Config, f *config.Fabric) error {
	want := f.Core()
	reading, cancel := context.WithTimeout(ctx, want.Timeout)
	defer cancel()
	slow := time.AfterFunc(patience, func() {
		if l.interactive() {
			fmt.Fprintf(l.errs, "reading %s…\n", want.ID)
		}
	})
	defer slow.Stop()
	source := l.pool(c.Debug).Source(locations(f))
	git := source.Read(reading, core.Scope{Fabric: want.ID, Namespace: want.Namespace, Kinds: want.Kinds})
	l.check(reading, source, git, lint.Options{Before: l.remembered(ctx, c, want.ID)}, func(name string) string { return name }, want.ID)
	return nil
}

// remembered is what Git said of each object when it was last seen to be live,
// nil where there is no store yet.
func (l *linter) remembered(ctx context.Context, c *config.Config, id core.FabricID) *core.Snapshot {
	if _, err := os.Stat(filepath.Join(c.State.Dir, "selvage.db")); err != nil {
		return nil
	}
	s, err := store.Open(ctx, store.Config{Dir: c.State.Dir, Group: c.State.Group, Now: l.now})
	if err != nil {
		l.complain(err)
		return nil
	}
	defer s.Close() //nolint:errcheck // only read
	memory, err := s.Memory(ctx, id)
	if err != nil {
		l.complain(err)
		return nil
	}
	return basesOf(memory)
}

// check runs the rules over a snapshot. inSource turns the path of a finding
// back into one of the source.
func (l *linter) check(ctx context.Context, source *repo.Source, git *core.Snapshot, o lint.Options, inSource func(string) string, id core.FabricID) {
	for _, r := range git.Readings {
		if r.Access != core.AccessOK {
			l.code = worse(l.code, exitUnread)
			l.complain(errors.New(r.Error))
		}
	}
	o.Place = locating(func(name string) ([]byte, error) { return source.Text(ctx, inSource(name)) })
	for _, f := range lint.Check(git, o) {
		l.found = append(l.found, linted{f, id})
	}
}

// someUnread tells whether a part of a snapshot could not be read.
func someUnread(git *core.Snapshot) bool {
	return slices.ContainsFunc(git.Readings, func(r core.Reading) bool { return r.Access != core.AccessOK })
}

// renamed is a snapshot whose files are called otherwise.
func renamed(git *core.Snapshot, name func(string) string) *core.Snapshot {
	s := core.NewSnapshot(git.Readings...)
	for o := range git.Objects() {
		copied := *o
		copied.Origin.Path = name(o.Origin.Path)
		s.Add(&copied)
	}
	for _, f := range git.Findings {
		f.Path = name(f.Path)
		s.Findings = append(s.Findings, f)
	}
	if !someUnread(git) {
		s.CoverAll()
	}
	return s
}

// locating finds where in files a part of an object stands; text is what a file says.
func locating(text func(name string) ([]byte, error)) func(core.Origin, core.Path) (line, column int) {
	files := map[string]*manifest.Locator{}
	return func(at core.Origin, p core.Path) (line, column int) {
		file, known := files[at.Path]
		if !known {
			said, err := text(at.Path)
			if err != nil {
				said = nil // the document's own line has to do
			}
			file = manifest.NewLocator(said)
			files[at.Path] = file
		}
		return file.Locate(at.Line, p)
	}
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/doctor"
	"selvage/core/gitops"
	"selvage/core/kube"
	"selvage/core/repo"
	"selvage/store"
)

func (a *app) doctorCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "doctor [FABRIC...]",
		Short: "Tell what keeps fabrics from being read or published to, or soon will",
		Long: `Tell what keeps fabrics from being read or published to, or soon will: whether each
cluster, its kinds, its engine and its repositories can be read, whether a push would
be let in, what credentials end soon, whether the store and the terminal will do.

It writes nothing: no check is recorded and nothing is pushed. It exits with 3 where
something failed, with 2 where that is the configuration or the store, else with 0.`,
		RunE: func(cmd *cobra.Command, names []string) error {
			if output != "table" && output != "json" {
				return usage(fmt.Errorf("--output %q: it is one of table, json", output))
			}
			found, err := a.diagnose(cmd.Context(), names)
			if err != nil {
				return err
			}
			if cmd.Context().Err() != nil {
				return exit{code: exitInterrupted, err: errInterrupted}
			}
			if err := a.printFindings(found, output); err != nil {
				return err
			}
			return done(doctorCode(found))
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	return cmd
}

// diagnose looks at everything. A configuration that cannot be loaded is a finding;
// only what was asked for wrongly is an error.
func (a *app) diagnose(ctx context.Context, names []string) ([]doctor.Finding, error) {
	c, err := config.Load(a.configOptions())
	if err != nil {
		return append(ofConfig(err), doctor.OfTerminal(a.terminal())...), nil
	}
	ids, err := named(c, names)
	if err != nil {
		return nil, err
	}
	found := a.ofSettings(c)
	found = append(found, a.ofStore(ctx, c)...)
	found = append(found, doctor.OfTerminal(a.terminal())...)
	slow := time.AfterFunc(patience, func() {
		if a.interactive() {
			fmt.Fprintf(a.errs, "looking at %s…\n", list(ids))
		}
	})
	defer slow.Stop()
	return append(found, doctor.Examine(ctx, doctor.Config{Now: a.now, Limit: atOnce}, a.patients(c, ids)...)...), nil
}

// ofConfig are the mistakes of a configuration that could not be loaded.
func ofConfig(err error) []doctor.Finding {
	var problems config.Problems
	var all []doctor.Finding
	if !errors.As(err, &problems) {
		return append(all, doctor.Finding{Area: doctor.AreaConfig, Level: doctor.Fail, What: "configuration", Text: err.Error()})
	}
	for _, p := range problems {
		all = append(all, doctor.Finding{Area: doctor.AreaConfig, Level: doctor.Fail, What: p.Position.String(), Text: p.What, Hint: p.Do})
	}
	return all
}

// ofSettings is what there is to say of a configuration without mistakes.
func (a *app) ofSettings(c *config.Config) []doctor.Finding {
	all := []doctor.Finding{{
		Area: doctor.AreaConfig, Level: doctor.OK, What: c.Files[0],
		Text: fmt.Sprintf("%d fabrics, no mistakes; mode %s", len(c.Fabrics), c.Mode),
	}}
	if _, err := a.shelf(c); err != nil {
		all = append(all, doctor.Finding{Area: doctor.AreaConfig, Level: doctor.Fail, What: "theme", Text: err.Error()})
	}
	return all
}

func (a *app) ofStore(ctx context.Context, c *config.Config) []doctor.Finding {
	e, err := store.Examine(ctx, store.Config{Dir: c.State.Dir, Group: c.State.Group, Now: a.now})
	return doctor.OfStore(doctor.Store{
		Path: cmp.Or(e.Path, c.State.Dir), There: e.There, Size: e.Size, Free: e.Free,
		Schema: e.Schema, Latest: e.Latest, SQLite: e.SQLite, Shared: c.State.Group, Err: err,
	})
}

// patients are fabrics with all that is looked at of them.
func (a *app) patients(c *config.Config, ids []core.FabricID) []doctor.Fabric {
	log := a.log(c.Debug)
	kube.Quiet(log)
	slog.SetDefault(log) // net/http logs there
	pool := repo.NewPool(a.gitConfig(c, log))
	var all []doctor.Fabric
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		if !slices.Contains(ids, f.Name) {
			continue
		}
		live, objects := a.cluster(f, log)
		p := doctor.Fabric{Fabric: f.Core(), Git: pool.Source(locations(f)), Live: live, Agents: live, Files: secretFiles(f)}
		if l, ok := live.(core.LoginReader); ok {
			p.Logins = append(p.Logins, doctor.Login{Where: "cluster", Reader: l})
		}
		if e := f.Engine; e == nil || e.Type != "none" {
			where := a.engineConfig(f, objects, otherClusters(c.Fabrics, f), log)
			engine := gitops.New(where)
			p.Engine, p.Named = engine, e != nil && (e.Type != "" || e.App != "")
			p.Logins = append(p.Logins, doctor.Login{Where: "engine", Reader: engine})
			if l, ok := where.Objects.(core.LoginReader); ok && e != nil && e.Kubeconfig != "" {
				p.Logins = append(p.Logins, doctor.Login{Where: "engine", Reader: l})
			}
		}
		for j, at := range locations(f) {
			door := pool.Publisher(at, authorship(f.Git[j]))
			p.Places = append(p.Places, doctor.Place{
				What: strings.TrimSpace(bareURL(at.URL) + " " + at.Branch), Closed: closed(f, f.Git[j]), Door: door, Login: door,
			})
		}
		all = append(all, p)
	}
	return all
}

// closed says why nothing is pushed from a directory; "" where something may be.
func closed(f *config.Fabric, g config.Git) string {
	switch {
	case f.Mode == core.ModeRead:
		return "mode: read"
	case g.Publish == "never", g.Publish == "patch":
		return "publish: " + g.Publish
	}
	return ""
}

// secretFiles are the files of a fabric that hold secrets, by the keys that name
// them.
func secretFiles(f *config.Fabric) []doctor.File {
	var all []doctor.File
	add := func(what, path string) {
		if path != "" {
			all = append(all, doctor.File{What: what, Path: path})
		}
	}
	add("cluster.token_file", f.Cluster.TokenFile)
	add("cluster.kubeconfig", f.Cluster.Kubeconfig)
	for _, g := range f.Git {
		add("git.password_file", g.PasswordFile)
		add("git.ssh_key_file", g.SSHKeyFile)
	}
	if e := f.Engine; e != nil {
		add("engine.kubeconfig", e.Kubeconfig)
		if e.API != nil {
			add("engine.api.token_file", e.API.TokenFile)
		}
	}
	return all
}

// terminal is what standard output goes to.
func (a *app) terminal() doctor.Terminal {
	f, ok := a.out.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return doctor.Terminal{}
	}
	env := func(name string) string {
		v, _ := a.env(name)
		return v
	}
	t := doctor.Terminal{There: true, Term: env("TERM"), Plain: env("NO_COLOR") != ""}
	t.Width, t.Height, _ = term.GetSize(int(f.Fd())) // 0 where it does not say
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		t.Locale = cmp.Or(t.Locale, env(name))
	}
	switch {
	case env("TMUX") != "":
		t.Multiplexer = "tmux"
	case env("STY") != "":
		t.Multiplexer = "screen"
	}
	from, _, _ := strings.Cut(env("SSH_CONNECTION"), " ")
	if net.ParseIP(from) != nil { // the variable is anybody's
		t.From = from
	}
	// What the dashboard's own library makes of the same variables.
	var environ []string
	for _, name := range []string{"TERM", "COLORTERM", "TERM_PROGRAM", "CLICOLOR", "CLICOLOR_FORCE", "TMUX", "STY", "GOOGLE_CLOUD_SHELL", "WT_SESSION"} {
		if v, set := a.env(name); set {
			environ = append(environ, name+"="+v)
		}
	}
	t.Colours = map[colorprofile.Profile]int{
		colorprofile.TrueColor: 1 << 24, colorprofile.ANSI256: 256, colorprofile.ANSI: 16,
	}[colorprofile.Env(environ)]
	return t
}

// doctorCode is 2 where what failed is here, 3 where it is at a server.
func doctorCode(found []doctor.Finding) int {
	code := exitDone
	for _, f := range found {
		switch {
		case f.Level != doctor.Fail:
		case f.Area == doctor.AreaConfig, f.Area == doctor.AreaStore:
			code = worse(code, exitUsage)
		default:
			code = worse(code, exitUnread)
		}
	}
	return code
}

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"selvage/core/config"
	"selvage/tui"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Print the manual page",
		Long:    "Print the manual page, which is made of the commands, the keymap and the keys of\nthe configuration as this program has them.",
		Example: "  selvage man | man -l -\n  selvage man >/usr/local/share/man/man1/selvage.1",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.printf("%s", manual(cmd.Root()))
		},
	}
}

// page is a manual page in the making, in the macros of man(7).
type page struct{ strings.Builder }

// manual is the manual page of the program.
func manual(root *cobra.Command) string {
	var p page
	p.macro("TH", "SELVAGE", "1", "", "selvage "+version(), "")
	p.macro("SH", "NAME")
	p.text("selvage - " + lowerFirst(root.Short))
	p.macro("SH", "SYNOPSIS")
	p.line(`\fBselvage\fR [\fIflags\fR] [\fIcommand\fR]`)
	p.macro("SH", "DESCRIPTION")
	p.prose(root.Long)
	p.macro("SH", "OPTIONS")
	p.flags(root.PersistentFlags())
	p.macro("SH", "COMMANDS")
	p.prose("Objects are named KIND[.GROUP]/[NAMESPACE/]NAME, kinds also by plural and short name.")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			p.command(c)
		}
	}
	p.macro("SH", "EXIT STATUS")
	for _, e := range exitCodes() {
		p.item(e.code, e.means)
	}
	p.keys()
	p.configuration()
	p.macro("SH", "ENVIRONMENT")
	for _, e := range environment() {
		p.item(e.name, e.means)
	}
	p.macro("SH", "SEE ALSO")
	p.line(`\fBgit\fR(1), \fBkubectl\fR(1)`)
	return p.String()
}

type meaning struct{ code, means string }

// exitCodes are the codes of the contract, the weakest first: of several that
// apply, a later one counts.
func exitCodes() []meaning {
	of := func(code int, means string) meaning { return meaning{fmt.Sprint(code), means} }
	return []meaning{
		of(exitDone, "done; of diff: no difference"),
		of(exitDifferences, "differences, or findings of lint"),
		of(exitWaiting, "published and verified, but live had not followed in time"),
		of(exitUnread, "a side or a kind could not be read: what was printed is partial"),
		of(exitRefused, "a publish was refused or lost"),
		of(exitUsage, "usage, or the configuration"),
		of(exitInterrupted, "interrupted"),
	}
}

type variable struct{ name, means string }

func environment() []variable {
	return []variable{
		{"SELVAGE_CONFIG", "the configuration file, where --config does not name one"},
		{"SELVAGE_MODE", "narrows the mode: read, propose or write"},
		{"SELVAGE_TIMEOUT_SECONDS", "overrides timeout"},
		{"SELVAGE_ACCESSIBLE", "the dashboard as lines, for screen readers"},
		{"SELVAGE_NO_SYNC", "never to use the terminal's synchronized output"},
		{"NO_COLOR", "no colours"},
		{"DEBUG", "debug logging"},
		{"XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME", "where configuration, history and Git caches are"},
	}
}

func (p *page) command(c *cobra.Command) {
	p.macro("SS", c.UseLine())
	if c.Long != "" {
		p.prose(c.Long)
	} else {
		p.prose(c.Short + ".")
	}
	p.flags(c.LocalNonPersistentFlags())
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() {
			p.item(below.CommandPath(), below.Short)
		}
	}
	if c.Example != "" {
		p.prose(c.Example)
	}
}

func (p *page) flags(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if value != "" {
			name += " " + strings.ToUpper(value)
		}
		if d := f.DefValue; d != "" && d != "false" && d != "0" && d != "[]" && !strings.Contains(usage, "default") {
			usage += " (default " + d + ")"
		}
		p.item(name, usage)
	})
}

func (p *page) keys() {
	p.macro("SH", "KEYS")
	scope := ""
	for _, k := range tui.KeyTable() {
		if k.Scope != scope {
			scope = k.Scope
			p.macro("SS", scope)
		}
		p.item(strings.Join(k.Keys, ", "), k.Help+"; "+string(k.Action))
	}
	p.prose("Other keys are given to actions, by these names, under keys in the configuration.")
	p.macro("SH", "COMMANDS IN THE DASHBOARD")
	p.prose("Typed behind a colon, as are all actions by their names. Tab completes, up in an empty line brings earlier ones back.")
	for _, c := range tui.CommandTable() {
		p.item(c.Usage, c.Help)
	}
	p.macro("SH", "TOOLS")
	p.prose("In the line of a tool these words in braces stand for what is selected, each quoted for the shell: {" +
		strings.Join(tui.ToolWords(), "} {") + "}. A tool is offered where there is something for each word of its line.")
}

func (p *page) configuration() {
	p.macro("SH", "CONFIGURATION")
	p.prose("YAML, at --config, else $SELVAGE_CONFIG, else $XDG_CONFIG_HOME/selvage/config.yaml. " +
		"Relative paths start at the file that names them. selvage config init prints one to start from.")
	for _, k := range config.Reference() {
		about := k.Doc
		if k.Need {
			about += "; required"
		}
		if len(k.Words) > 0 {
			about += "; one of " + strings.Join(k.Words, ", ")
		}
		if k.Default != "" {
			about += "; default " + k.Default
		}
		p.item(k.Key, about)
	}
}

// macro writes a macro with its arguments.
func (p *page) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, a := range args {
		p.WriteString(` "` + strings.ReplaceAll(escaped(a), `"`, `\(dq`) + `"`)
	}
	p.WriteString("\n")
}

// line writes a line that holds requests of its own.
func (p *page) line(s string) { p.WriteString(s + "\n") }

// text writes foreign text, which cannot be taken for a request.
func (p *page) text(s string) {
	for l := range strings.SplitSeq(s, "\n") {
		l = escaped(l)
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			l = `\&` + l
		}
		p.line(l)
	}
}

// prose writes paragraphs; lines that begin with spaces stay as they are.
func (p *page) prose(s string) {
	for part := range strings.SplitSeq(strings.Trim(s, "\n"), "\n\n") {
		p.macro("PP")
		lines := strings.Split(part, "\n")
		if slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "  ") }) {
			p.macro("nf")
			p.text(part)
			p.macro("fi")
			continue
		}
		p.text(part)
	}
}

// item writes a term and what it means.
func (p *page) item(term, means string) {
	p.macro("TP")
	p.line(`\fB` + escaped(term) + `\fR`)
	p.text(means)
}

// escaped is text in which nothing has a meaning to roff.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\(rs`, "-", `\-`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`).Replace(s)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

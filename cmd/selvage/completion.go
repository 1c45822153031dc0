package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"selvage/core"
	"selvage/core/config"
	"selvage/core/safe"
	"selvage/store"
)

func (a *app) completionCommand() *cobra.Command {
	shells := map[string]func(*cobra.Command) error{
		"bash":       func(root *cobra.Command) error { return root.GenBashCompletionV2(a.out, true) },
		"zsh":        func(root *cobra.Command) error { return root.GenZshCompletion(a.out) },
		"fish":       func(root *cobra.Command) error { return root.GenFishCompletion(a.out, true) },
		"powershell": func(root *cobra.Command) error { return root.GenPowerShellCompletionWithDesc(a.out) },
	}
	names := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a script that completes commands in a shell",
		Long: `Print a script that completes commands, fabrics, objects, plans and runs in bash,
zsh, fish or powershell. Names come from the configuration and from what was last
recorded: no network is touched.`,
		Example: `  source <(selvage completion bash)
  selvage completion bash >/etc/bash_completion.d/selvage
  selvage completion zsh >"${fpath[1]}/_selvage"
  selvage completion fish >~/.config/fish/completions/selvage.fish`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			make, ok := shells[args[0]]
			if !ok {
				return usage(fmt.Errorf("no completion for %q; the shells are %s", args[0], strings.Join(names, ", ")))
			}
			return make(cmd.Root())
		},
	}
}

// completer gives what may stand at a place of a command line.
type completer = cobra.CompletionFunc

// complete gives every command and every flag its completion. Where nothing is
// said here, nothing is offered, and no files either.
func (a *app) complete(root *cobra.Command) {
	root.CompletionOptions.DisableDefaultCmd = true
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	arguments := map[string]completer{
		"status": a.eachFabric, "plan": a.eachFabric, "sync": a.eachFabric, "doctor": a.eachFabric,
		"history": a.oneFabric,
		"diff":    a.fabricThenObjects(-1), "ack": a.fabricThenObjects(-1), "accept": a.fabricThenObjects(-1),
		"explain": a.fabricThenObjects(1), "resolve": a.fabricThenObjects(1),
		"lint": a.fabricOrPath,
	}
	values := a.flagValues()
	for _, cmd := range withBelow(root) {
		if f, ok := arguments[cmd.Name()]; ok && cmd.Parent() == root {
			cmd.ValidArgsFunction = f
		}
		set := func(f *pflag.Flag) {
			complete, ok := values[f.Name]
			switch {
			case ok:
			case f.Name == "output":
				complete = cobra.FixedCompletions(alternatives(f.Usage), cobra.ShellCompDirectiveNoFileComp)
			default:
				return
			}
			// It fails for a flag that is not there, or was given one before.
			_ = cmd.RegisterFlagCompletionFunc(f.Name, complete)
		}
		cmd.Flags().VisitAll(set)
		cmd.PersistentFlags().VisitAll(set)
	}
}

// withBelow are a command and all below it.
func withBelow(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		all = append(all, withBelow(c)...)
	}
	return all
}

// alternatives are the words of a sentence such as "table, json or csv".
func alternatives(usage string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(usage, " or ", ", "), func(r rune) bool { return r == ',' || r == ' ' })
}

// flagValues are the values of flags, by their names, which mean the same in all
// commands.
func (a *app) flagValues() map[string]completer {
	fixed := func(words ...string) completer {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)
	}
	files := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveDefault
	}
	folders := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return map[string]completer{
		"config": files, "dir": folders, "include": files, "exclude": files,
		"fabric": a.eachFabric, "confirm": a.eachFabric,
		"fail-on": failOnStates,
		"take":    fixed("git", "live", "base"),
		"for":     fixed("1h", "8h", "1d", "1w"), "since": fixed("1h", "1d", "1w", "30d"),
		"size":   fixed("80x24", "120x40", "200x60"),
		"object": a.objectOfFlag,
		"plan":   a.plans, "revert": a.runs, "run": a.runs,
	}
}

// failOnStates completes the last one of states with commas between.
func failOnStates(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var all []string
	for _, s := range core.States() {
		all = append(all, before+s.String())
	}
	return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveKeepOrder
}

// known is the configuration, nil where there is none: a completion says nothing
// then.
func (a *app) known() *config.Config {
	c, err := config.Load(a.configOptions())
	if err != nil {
		return nil
	}
	return c
}

// fabrics are the fabrics that are not among some names yet.
func (a *app) fabrics(but []string) []string {
	c := a.known()
	if c == nil {
		return nil
	}
	var all []string
	for _, f := range c.Fabrics {
		if !slices.Contains(but, string(f.Name)) {
			all = append(all, cobra.CompletionWithDesc(string(f.Name), safe.Clean(f.Description).String()))
		}
	}
	return all
}

func (a *app) eachFabric(_ *cobra.Command, before []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.fabrics(before), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

func (a *app) oneFabric(cmd *cobra.Command, before []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(before) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.eachFabric(cmd, before, typed)
}

func (a *app) fabricOrPath(_ *cobra.Command, before []string, typed string) ([]string, cobra.ShellCompDirective) {
	if strings.ContainsAny(typed, "/.~") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return a.fabrics(before), cobra.ShellCompDirectiveDefault
}

// fabricThenObjects completes a fabric, then at most so many of its objects; -1 for
// any number.
func (a *app) fabricThenObjects(most int) completer {
	return func(cmd *cobra.Command, before []string, typed string) ([]string, cobra.ShellCompDirective) {
		switch {
		case len(before) == 0:
			return a.eachFabric(cmd, before, typed)
		case most >= 0 && len(before) > most:
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.objects(cmd.Context(), before[0], before[1:], typed)
	}
}

// objectOfFlag completes --object by the fabric that the command line names; the
// first one where it names none.
func (a *app) objectOfFlag(cmd *cobra.Command, before []string, typed string) ([]string, cobra.ShellCompDirective) {
	fabric := ""
	if f := cmd.Flags().Lookup("fabric"); f != nil {
		fabric = f.Value.String()
	} else if len(before) > 0 {
		fabric = before[0]
	}
	if c := a.known(); fabric == "" && c != nil && len(c.Fabrics) > 0 {
		fabric = string(c.Fabrics[0].Name)
	}
	return a.objects(cmd.Context(), fabric, nil, typed)
}

// names opens what was recorded; nil where nothing was.
func (a *app) names() (*store.Names, *config.Config) {
	c := a.known()
	if c == nil {
		return nil, nil
	}
	n, err := store.OpenNames(c.State.Dir)
	if err != nil {
		return nil, c
	}
	return n, c
}

// objects completes KIND/NAME: first the kinds that there are, then the names of
// one.
func (a *app) objects(ctx context.Context, fabric string, before []string, typed string) ([]string, cobra.ShellCompDirective) {
	const nothing = cobra.ShellCompDirectiveNoFileComp
	names, c := a.names()
	if names == nil {
		return nil, nothing
	}
	defer func() { _ = names.Close() }() // it was only read
	all, err := names.Objects(ctx, core.FabricID(fabric))
	f, ok := c.Fabric(core.FabricID(fabric))
	if err != nil || !ok {
		return nil, nothing
	}
	kind, _, named := strings.Cut(typed, "/")
	if !named {
		return kindsOf(all), nothing | cobra.ShellCompDirectiveNoSpace
	}
	var found []string
	for _, o := range all {
		if !core.KindOf(o.Key.GroupKind()).Named(kind) {
			continue
		}
		name := kind + "/" + o.Key.Name
		if o.Key.Namespace != "" && o.Key.Namespace != f.Cluster.Namespace {
			name = kind + "/" + o.Key.Namespace + "/" + o.Key.Name
		}
		if strings.HasPrefix(name, typed) && !slices.Contains(before, name) {
			found = append(found, cobra.CompletionWithDesc(name, stateWord(o)))
		}
	}
	return found, nothing
}

func stateWord(o store.NamedObject) string {
	if !o.Known {
		return ""
	}
	return o.State.Title()
}

// kindsOf are the kinds of some objects, in small letters, each with how many there
// are.
func kindsOf(all []store.NamedObject) []string {
	count := map[string]int{}
	var kinds []string
	for _, o := range all {
		k := strings.ToLower(o.Key.Kind)
		if o.Key.IsFile() {
			continue
		}
		if count[k]++; count[k] == 1 {
			kinds = append(kinds, k)
		}
	}
	for i, k := range kinds {
		kinds[i] = cobra.CompletionWithDesc(k+"/", fmt.Sprintf("%d of them", count[k]))
	}
	return kinds
}

// lastOnes is how many plans and runs are offered.
const lastOnes = 20

func (a *app) plans(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.recorded(func(n *store.Names) (words []string) {
		all, _ := n.Plans(cmd.Context(), lastOnes) // nothing is offered where that fails
		for _, p := range all {
			words = append(words, cobra.CompletionWithDesc(p.ID, "made "+core.Age(a.now(), p.At)+" ago"))
		}
		return words
	})
}

func (a *app) runs(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.recorded(func(n *store.Names) (words []string) {
		all, _ := n.Runs(cmd.Context(), lastOnes) // nothing is offered where that fails
		for _, r := range all {
			words = append(words, cobra.CompletionWithDesc(r.ID, cmp.Or(string(r.Phase), "?")+", begun "+core.Age(a.now(), r.Started)+" ago"))
		}
		return words
	})
}

func (a *app) recorded(look func(*store.Names) []string) ([]string, cobra.ShellCompDirective) {
	names, _ := a.names()
	if names == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer func() { _ = names.Close() }() // it was only read
	return look(names), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

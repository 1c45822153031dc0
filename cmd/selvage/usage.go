package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"selvage/core/config"
)

// explainUsage has all commands say what is wrong with a command line, and what to
// type instead, in the program's words and not in those of the library.
func explainUsage(root *cobra.Command) {
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand(root))
	var each func(*cobra.Command)
	each = func(cmd *cobra.Command) {
		if fits := cmd.Args; fits != nil {
			cmd.Args = func(cmd *cobra.Command, args []string) error {
				if fits(cmd, args) == nil {
					return nil
				}
				return usage(argumentError(cmd, args))
			}
		}
		if cmd.HasSubCommands() && !cmd.Runnable() {
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			cmd.DisableFlagsInUseLine = true
		}
		for _, sub := range cmd.Commands() {
			each(sub)
		}
	}
	each(root)
}

// helpCommand is "selvage help COMMAND".
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Help about any command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			switch {
			case err != nil:
				return usage(err)
			case len(rest) > 0 && (cmd == root || cmd.HasSubCommands()):
				return usage(unknownCommand(cmd, rest[0]))
			case len(rest) > 0:
				return usage(fmt.Errorf("%sno command %q, it has none (%s --help tells what it does)", under(cmd), rest[0], cmd.CommandPath()))
			}
			return cmd.Help()
		},
	}
}

// under names the command that an error is about, "config: "; nothing for the
// program itself.
func under(cmd *cobra.Command) string {
	_, name, below := strings.Cut(cmd.CommandPath(), " ")
	if !below {
		return ""
	}
	return name + ": "
}

// argumentError tells which argument of a command is missing, or is one too many.
func argumentError(cmd *cobra.Command, args []string) error {
	if cmd.HasSubCommands() {
		return unknownCommand(cmd, args[0])
	}
	_, words, _ := strings.Cut(cmd.Use, " ")
	names := strings.Fields(words)
	form := strings.TrimSpace(cmd.CommandPath() + " " + words)
	if len(args) < len(names) {
		return fmt.Errorf("%s%s is missing (next: %s)", under(cmd), strings.Trim(names[len(args)], "[]."), form)
	}
	return fmt.Errorf("%s%q is one word too many (next: %s)", under(cmd), args[len(names)], form)
}

func unknownCommand(cmd *cobra.Command, word string) error {
	var known []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			known = append(known, sub.Name())
		}
	}
	return fmt.Errorf("%sno command %q (%s%s --help lists them)", under(cmd), word, meant(word, known, ""), cmd.CommandPath())
}

// meant asks about the word that a mistyped one stands for, or begins; "" where
// there is none.
func meant(word string, known []string, before string) string {
	begun := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return word == "" || !strings.HasPrefix(k, word) })
	if len(begun) == 1 {
		return "did you mean " + before + begun[0] + "? "
	}
	for i, k := range known {
		known[i] = before + k
	}
	if ask := config.Near(before+word, known); ask != "" {
		return ask + " "
	}
	return ""
}

func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		wrong   *pflag.InvalidValueError
	)
	on, help := under(cmd), cmd.CommandPath()+" --help"
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usage(fmt.Errorf("%sno flag -%s (%s lists them)", on, unknown.GetSpecifiedName(), help))
	case errors.As(err, &unknown):
		var known []string
		visit := func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, f.Name)
			}
		}
		cmd.LocalFlags().VisitAll(visit)
		cmd.InheritedFlags().VisitAll(visit)
		name := unknown.GetSpecifiedName()
		return usage(fmt.Errorf("%sno flag --%s (%s%s lists them)", on, name, meant(name, known, "--"), help))
	case errors.As(err, &empty):
		return usage(fmt.Errorf("%s--%s needs a value: %s", on, empty.GetFlag().Name, flagSays(empty.GetFlag())))
	case errors.As(err, &wrong):
		f := wrong.GetFlag()
		return usage(fmt.Errorf("%s--%s %q is %s: %s", on, f.Name, wrong.GetValue(), isNot(f), flagSays(f)))
	}
	return usage(fmt.Errorf("%s%w (%s lists the flags)", on, err, help))
}

// flagSays is what a flag's help says of it.
func flagSays(f *pflag.Flag) string {
	_, says := pflag.UnquoteUsage(f)
	return says
}

// isNot says what a wrong value is not.
func isNot(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int", "int64", "uint":
		return "no whole number"
	case "bool":
		return "neither true nor false"
	case "duration":
		return "no duration, as 90s or 2h"
	}
	return "no value for it"
}

// only tells that flags were given of which at most one may be, or none of which one
// has to be.
func only(cmd *cobra.Command, required bool, names ...string) error {
	var given, all []string
	for _, n := range names {
		all = append(all, "--"+n)
		if cmd.Flags().Changed(n) {
			given = append(given, "--"+n)
		}
	}
	_, words, _ := strings.Cut(cmd.Use, " ")
	switch {
	case len(given) > 1:
		return usage(fmt.Errorf("%s%s do not go together (next: leave one of them)", under(cmd), strings.Join(given, " and ")))
	case len(given) == 0 && required:
		return usage(fmt.Errorf("%sone of %s is missing (next: %s %s %s)", under(cmd), strings.Join(all, ", "), cmd.CommandPath(), words, strings.Join(all, "|")))
	}
	return nil
}

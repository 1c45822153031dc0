package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"selvage/core/config"
	"selvage/tui"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Look at the configuration", Args: cobra.NoArgs}
	cmd.AddCommand(
		&cobra.Command{
			Use: "validate", Short: "Check the configuration without any network", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				c, err := a.loadBy(a.strictOptions())
				if err != nil {
					return err
				}
				if _, err := a.shelf(c); err != nil {
					return err
				}
				for _, note := range c.Notes() {
					fmt.Fprintln(a.errs, note)
				}
				return a.printf("%s: %d fabrics, no mistakes\n", c.Files[0], len(c.Fabrics))
			},
		},
		&cobra.Command{
			Use: "show", Short: "Print the configuration in effect, secrets masked", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				c, err := a.load()
				if err != nil {
					return err
				}
				text, err := config.Show(c)
				if err != nil {
					return fmt.Errorf("show configuration: %w", err)
				}
				return a.printf("%s", text)
			},
		},
		&cobra.Command{
			Use: "init", Short: "Print a commented configuration to start from", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return a.printf("%s", config.Init()) },
		},
		&cobra.Command{
			Use: "schema", Short: "Print the JSON Schema of the configuration", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return a.printf("%s", config.Schema(tui.Actions()...)) },
		},
	)
	return cmd
}

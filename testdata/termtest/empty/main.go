// Command empty is the least that a program of Bubble Tea can be: it counts the
// keys that it is given. What the dashboard takes of time and of the processor is
// told beside what this takes, which is the floor.
package main

import (
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"
)

type counter int

func (c counter) Init() tea.Cmd { return nil }

func (c counter) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		if key.String() == "ctrl+c" {
			return c, tea.Quit
		}
		c++
	}
	return c, nil
}

func (c counter) View() tea.View {
	view := tea.NewView(fmt.Sprintf("keys: %d.", c))
	view.AltScreen = true
	return view
}

func main() {
	if _, err := tea.NewProgram(counter(0), tea.WithFPS(60)).Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

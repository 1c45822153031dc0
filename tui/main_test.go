package tui

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// pressed is what tests that look for an effect have pressed; see [TestMain].
var pressed = &presses{done: map[press]bool{}}

type press struct {
	scope  scope
	action Action
}

type presses struct {
	mu   sync.Mutex
	done map[press]bool
}

// passing are the tests that press keys only to come by many screens: that one did
// what it is for is not seen there.
func passing() []string {
	return []string{
		"TestEveryScreenHasExactly", "TestFooterShows", "TestHostileText", "TestHelpNamesEveryKey",
		"TestModeStandsInEveryHeader", "Benchmark",
	}
}

// note remembers what a key is about to do.
func (p *presses) note(tb testing.TB, m *Model, msg tea.Msg) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok || m.prompt != nil || m.quitting || m.leaving != nil {
		return
	}
	for _, name := range passing() {
		if strings.HasPrefix(tb.Name(), name) {
			return
		}
	}
	for _, s := range m.scopes() {
		a, ok := m.keymap.actions[s][key.String()]
		if !ok {
			continue
		}
		if m.can(a) {
			p.mu.Lock()
			p.done[press{s, a}] = true
			p.mu.Unlock()
		}
		return
	}
}

// never are the bindings that no test has pressed.
func (p *presses) never() []binding {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := []binding{}
	for _, b := range bindings() {
		if !p.done[press{b.scope, b.action}] {
			left = append(left, b)
		}
	}
	return left
}

// TestMain wants every binding to be pressed by some test, when all of them are run.
func TestMain(m *testing.M) {
	code := m.Run()
	all := true
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		all = all && flag.Lookup(name).Value.String() == ""
	}
	if all && code == 0 {
		for _, b := range pressed.never() {
			fmt.Fprintf(os.Stderr, "no test presses %q for %s on %s\n", b.keys, b.action, b.scope)
			code = 1
		}
	}
	os.Exit(code)
}

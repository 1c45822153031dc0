package tui

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"selvage/core"
)

var sweep = flag.Bool("sweep", false, "draw every screen at every size, and not at 500 of them")

const (
	widest  = 200
	highest = 60
)

// sizes are those at which a screen is drawn: the ones at which its layout
// changes, one column or line less, and 500 by chance; with -sweep all that there
// are.
func sizes(seed uint64) [][2]int {
	all := [][2]int{
		{1, 1},
		{2, 1},
		{1, 2},
		{widest, 1},
		{1, highest},
		{widest, highest},
		{29, 3},
		{30, 3},
		{30, 4},
		{59, 9},
		{60, 10},
		{80, 24},
		{160, 45},
		{111, 30},
		{112, 30},
		{99, 30},
		{100, 30},
		{140, 13},
		{140, 14},
		{80, 17},
		{80, 18},
		{80, 7},
		{80, 8},
	}
	if *sweep {
		for w := 1; w <= widest; w++ {
			for h := 1; h <= highest; h++ {
				all = append(all, [2]int{w, h})
			}
		}
		return all
	}
	chance := rand.New(rand.NewPCG(seed, 2))
	for range 500 {
		all = append(all, [2]int{1 + chance.IntN(widest), 1 + chance.IntN(highest)})
	}
	return all
}

// TestEveryScreenHasExactlyTheSizeOfTheTerminal draws what every way leads to: as
// many lines as the terminal has, none of them wider, whatever is shown. The sizes
// are dealt out to the fleets.
func TestEveryScreenHasExactlyTheSizeOfTheTerminal(t *testing.T) {
	fleets := []core.Fleet{fullFleet(), {}, hostileFleet("機\u202e\n"), hostileFleet(strings.Repeat("long-", 40))}
	for way, keys := range ways() {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			drivers := make([]*driver, len(fleets))
			for i, fleet := range fleets {
				drivers[i] = drive(t, fleet, 80, 24).press(keys...)
			}
			for _, size := range sizes(uint64(len(way))) {
				f := (size[0] + size[1]) % len(fleets)
				drivers[f].send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				requireSize(t, drivers[f], size[0], size[1], fmt.Sprintf("%s of fleet %d", way, f))
				if t.Failed() {
					return // one size says enough
				}
			}
		})
	}
}

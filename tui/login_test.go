package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"selvage/core"
)

// fakeLogins log in by shell lines.
type fakeLogins struct {
	lines []string
	asked []core.FabricID
	taken []string
	fault error
}

func (l *fakeLogins) Logins(_ context.Context, ids ...core.FabricID) ([]Login, error) {
	l.asked = ids
	if l.fault != nil {
		return nil, l.fault
	}
	all := []Login{}
	for i, line := range l.lines {
		all = append(all, Login{
			Name: fmt.Sprintf("login-%d", i), Argv: []string{"sh", "-c", line}, Fabrics: ids,
			Take: func(_ context.Context, output []byte) error {
				if strings.Contains(string(output), "no credential") {
					return errors.New("its output is no ExecCredential")
				}
				l.taken = append(l.taken, string(output))
				return nil
			},
		})
	}
	return all, nil
}

// lockedFleet has two fabrics that somebody has to log in to, and one that not.
func lockedFleet() core.Fleet {
	fleet := core.Fleet{}
	for _, id := range []string{"dc1-prod", "dc2-prod", "dc3-prod"} {
		f := fabric(id, 8, calm(2)...)
		if id != "dc3-prod" {
			f.Report.Live.Access, f.Report.Live.Error = core.AccessLoginNeeded, `credential plugin "aws": exit status 1`
		}
		fleet.Fabrics = append(fleet.Fabrics, f)
	}
	return fleet
}

func locked(t *testing.T, lines ...string) (*driver, *fakeLogins) {
	t.Helper()
	d, logins := drive(t, lockedFleet(), 120, 24), &fakeLogins{lines: lines}
	d.model.cfg.Acts.Logins = logins
	d.send(nil)
	return d, logins
}

// TestLRunsEachLoginOnce, with the terminal, and checks again what it was for. What
// it prints is nobody's to see.
func TestLRunsEachLoginOnce(t *testing.T) {
	d, logins := locked(t, "echo token-1", "echo token-2")
	d.shows("L log in")
	d.press("L")
	if !slices.Equal(logins.taken, []string{"token-1\n", "token-2\n"}) {
		t.Errorf("they give %q", logins.taken)
	}
	want := []core.FabricID{"dc1-prod", "dc2-prod"}
	if !slices.Equal(logins.asked, want) || !slices.Equal(d.engine.refreshed, append(slices.Clone(want), want...)) {
		t.Errorf("asked for %v, checks %v", logins.asked, d.engine.refreshed)
	}
	d.shows("logged in to 2 fabrics")
	d.hides("token-1")
}

func TestLIsForTheFabricOfTheScreen(t *testing.T) {
	d, logins := locked(t, "true")
	d.press("j", "enter", "L")
	if len(logins.asked) != 1 {
		t.Errorf("asked for %v", logins.asked)
	}
	d.press("esc", "G", "enter")
	d.hides("log in")
	logins.asked = nil
	if d.press("L"); logins.asked != nil {
		t.Errorf("asked for %v", logins.asked)
	}
}

func TestALoginThatFailsTellsAndStops(t *testing.T) {
	d, logins := locked(t, "echo 'no such profile' >&2; exit 3", "echo token")
	d.press("L")
	d.shows("log in to 2 fabrics by login-0: exit status 3: no such profile")
	if len(logins.taken) > 0 || len(d.engine.refreshed) > 0 {
		t.Errorf("taken %q, checks %v", logins.taken, d.engine.refreshed)
	}
	d, logins = locked(t, "echo no credential")
	d.press("L")
	d.shows("its output is no ExecCredential")
	logins.fault = errors.New("dc1-prod: the token was refused: renew the one in /etc/token")
	d.press("L")
	d.shows("renew the one in /etc/token")
}

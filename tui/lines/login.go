package lines

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"selvage/core"
	"selvage/core/safe"
	"selvage/tui"
)

// login runs what logs a person in to the clusters that wait for that: of the fabric
// that is named or open, else of all.
func (t *talk) login(ctx context.Context, g given) error {
	if t.cfg.Acts.Logins == nil {
		return errors.New("nobody can be logged in here")
	}
	fabrics := t.cfg.Engine.Fleet().Fabrics
	if len(g.args) > 0 || t.open != "" {
		f, err := t.fabricOf(g)
		if err != nil {
			return err
		}
		fabrics = []core.FabricState{f}
	}
	var ids []core.FabricID
	for _, f := range fabrics {
		if f.Report != nil && tui.LoginHelps(f.Report.Live.Access) {
			ids = append(ids, f.Fabric.ID)
		}
	}
	if len(ids) == 0 {
		return errors.New("no cluster waits for a login (problems tells what does not answer)")
	}
	logins, err := t.cfg.Acts.Logins.Logins(ctx, ids...)
	if err != nil {
		return err
	}
	for _, l := range logins { // none more after one that fails
		if err := t.logIn(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// logIn runs one program. What it says to the person is told as it comes.
func (t *talk) logIn(ctx context.Context, l tui.Login) error {
	names := make([]string, len(l.Fabrics))
	for i, id := range l.Fabrics {
		names[i] = string(id)
	}
	to := strings.Join(names, ", ")
	t.say(safe.Sprintf("logging in to %s by %s: what it says is told, and nothing can be typed to it", to, l.Name))
	err := t.hearing(ctx, safe.Sprintf("logging in by %s", l.Name), func(ctx context.Context, say func(safe.Text)) error {
		said := &whole{say: say}
		defer said.rest()
		return l.Run(ctx, said)
	})
	if err != nil {
		return fmt.Errorf("log in to %s: %w (where it wants to be typed to, run %s in another shell, then check)", to, err, strings.Join(l.Argv, " "))
	}
	t.cfg.Engine.Refresh(l.Fabrics...)
	t.say(safe.Sprintf("logged in to %s: checking", to))
	return nil
}

// whole passes on what is written line by line.
type whole struct {
	say  func(safe.Text)
	line []byte
}

func (w *whole) Write(p []byte) (int, error) {
	w.line = append(w.line, p...)
	for {
		i := bytes.IndexByte(w.line, '\n')
		if i < 0 {
			if len(w.line) > longest {
				w.rest()
			}
			return len(p), nil
		}
		w.tell(w.line[:i])
		w.line = w.line[i+1:]
	}
}

// rest passes on what has no end of line.
func (w *whole) rest() {
	w.tell(w.line)
	w.line = nil
}

func (w *whole) tell(line []byte) {
	if s := strings.TrimSpace(string(line)); s != "" {
		w.say(safe.Clean(s))
	}
}

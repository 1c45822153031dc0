package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"selvage/core"
)

// Patch is the commits of a plan as patches for git am, one after the other, in
// the order of the plan. Nothing is written, here or on a server.
func (r *Runner) Patch(ctx context.Context, p *core.Plan) ([]byte, error) {
	var all [][]byte
	for _, c := range p.Commits {
		place, err := r.place(c)
		if err != nil {
			return nil, err
		}
		patcher, ok := place.Publisher.(core.Patcher)
		if !ok {
			return nil, fmt.Errorf("make a patch for %s: its repository cannot be written as patches", c.URL)
		}
		pub, err := place.Publisher.Prepare(ctx, core.Publication{
			URL: place.URL, Branch: c.Branch, Base: c.Base, Changes: c.Files,
			Subject: c.Subject, Body: c.Body, Fabrics: fabricsOf(c),
		})
		switch {
		case errors.Is(err, core.ErrNoChange):
			continue
		case err != nil:
			return nil, fmt.Errorf("make a patch for %s: %w", c.URL, err)
		}
		text, err := patcher.Patch(ctx, pub)
		if err != nil {
			return nil, fmt.Errorf("make a patch for %s: %w", c.URL, err)
		}
		all = append(all, text)
	}
	return bytes.Join(all, nil), nil
}

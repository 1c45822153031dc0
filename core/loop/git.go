package loop

import (
	"context"
	"fmt"

	"selvage/core"
)

// Git is the last whole reading of Git that the last judgement on a fabric rests
// on: of this process, or else of the history. Its objects stand where live has
// them, under the keys of the verdicts; its readings are those of the last attempt
// to read it, and say how old it is. It waits for no check that is under way.
func (l *Loop) Git(ctx context.Context, id core.FabricID) (*core.Snapshot, error) {
	w, err := l.worker("look up the manifests of", id)
	if err != nil {
		return nil, err
	}
	if j := w.judged.Load(); j != nil {
		if !j.whole {
			return nil, fmt.Errorf("look up the manifests of %s: git was never read whole (selvage status %s tells why)", id, id)
		}
		return j.input.Git.Placed(j.input.Live), nil
	}
	m, err := l.config.History.Memory(ctx, id)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look up the manifests of %s: %w", id, err)
	case m.Git == nil:
		return nil, fmt.Errorf("look up the manifests of %s: git was never read whole (selvage status %s)", id, id)
	}
	return m.Git.WithReadings(lastReadings(m)), nil
}

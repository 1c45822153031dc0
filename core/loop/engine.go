package loop

import (
	"context"
	"fmt"

	"selvage/core"
)

// Ask asks the engine of a fabric for something, where the configuration allows
// it. It waits for the answer, which is no more than that the engine was told.
func (l *Loop) Ask(ctx context.Context, id core.FabricID, what core.EngineRequest) error {
	w, err := l.worker("ask the engine of", id)
	if err != nil {
		return err
	}
	engine := w.engine.peek()
	if w.unit.Asker == nil || engine.Known() && !engine.May(what) {
		return fmt.Errorf("ask the engine of %s for a %s: it may not be asked (add %s to engine.api.allow in the configuration; only Argo CD has such an API)", id, what, what)
	}
	_, err = guarded(l, w, "ask the engine of", func() (struct{}, error) {
		asking, cancel := context.WithTimeout(ctx, asideTime)
		defer cancel()
		return struct{}{}, w.unit.Asker.AskEngine(asking, what)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	return nil
}

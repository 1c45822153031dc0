package loop

import "context"

// turn is a lock that somebody can stop waiting for. Whoever has it has filled
// its one place.
type turn chan struct{}

// await takes the turn, or gives the error of a context that ends before it could.
func (t turn) await(ctx context.Context) error {
	if t.tryTake() {
		return nil
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take takes the turn, however long that takes.
func (t turn) take() { t <- struct{}{} }

// tryTake takes the turn where nobody has it, and tells whether it did.
func (t turn) tryTake() bool {
	select {
	case t <- struct{}{}:
		return true
	default:
		return false
	}
}

// give gives the turn back.
func (t turn) give() { <-t }

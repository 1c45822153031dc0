package loop

import (
	"context"
	"errors"
	"time"
)

// grace is how long a source may take to return after its time is over.
const grace = 2 * time.Second

var (
	errBusy = errors.New("an earlier one has not come back yet (it is waited for)")
	errLate = errors.New("no answer in time (the next check asks again)")
)

// door lets one question at a time through to a source.
type door chan struct{}

func newDoor() door {
	d := make(door, 1)
	d <- struct{}{}
	return d
}

// ask puts a question through a door. One that has not been answered when ctx
// and a short grace are over is left behind, and nothing else gets through
// before it has come back.
func ask[T any](ctx context.Context, d door, question func(context.Context) T) (answer T, err error) {
	select {
	case <-d:
	default:
		return answer, errBusy
	}
	answers := make(chan T, 1)
	go func() {
		a := question(ctx)
		d <- struct{}{} // before the answer, which may be followed by the next question at once
		answers <- a
	}()
	select {
	case answer = <-answers:
		return answer, nil
	case <-ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case answer = <-answers:
		return answer, nil
	case <-late.C:
		return answer, errLate
	}
}

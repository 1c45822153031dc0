package loop

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"selvage/core"
)

// TestAnswerThatNobodyTookIsStillToCome: one that comes between two questions of
// whoever waits for all answers must not be left lying.
func TestAnswerThatNobodyTookIsStillToCome(t *testing.T) {
	l := New(Config{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	a := newEngine(Unit{Engine: prompt{}})
	if a.underWay() != nil {
		t.Error("something is to come before it was asked for")
	}
	a.begin(t.Context(), l, func() {})
	l.looks.Wait()
	select {
	case <-a.underWay():
	default:
		t.Fatal("the answer is not to come any more, and nobody has taken it")
	}
	if _, news, _ := a.take(); !news {
		t.Error("the answer is no news")
	}
	if a.underWay() != nil {
		t.Error("something is to come after it was taken")
	}
}

type prompt struct{}

func (prompt) ReadEngine(context.Context) *core.Engine { return &core.Engine{Access: core.AccessOK} }

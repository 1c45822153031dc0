package repo

import (
	"fmt"
	"runtime/debug"

	"selvage/core"
)

// guarded runs work that reads what strangers have written. A panic in it, of
// ours or of a library, becomes an error: on a goroutine of its own it would
// end the program, which owns the terminal.
func (c Config) guarded(work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.Log.Error("reading git panicked", "panic", p, "stack", string(debug.Stack()))
			// Not wrapped: an error that something panicked with tells nothing about
			// the server.
			err = &core.Error{
				Access: core.AccessInvalid, Op: "read git", Err: panicError(line(fmt.Sprintf("internal error: %v", p))), Hint: "the log has more; please report it",
			}
		}
	}()
	return work()
}

// panicError is what something panicked with, on one line.
type panicError string

func (e panicError) Error() string { return string(e) }

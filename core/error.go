package core

import (
	"errors"
	"net/url"
	"strings"
)

// Error is an error that a person will read: what was being done, to what, why
// it went wrong and what to do next. It prints on one line.
type Error struct {
	Access Access // what the side is now: unreachable, forbidden, …
	Op     string // verb and thing: `list vpcs.vpc.githedgehog.com`
	Hint   string // what to do next; "" where there is nothing to say
	Err    error
}

// Error is "op: cause (hint)".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString(" (")
		b.WriteString(e.Hint)
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Of an API that objects are read from: ErrUnserved tells that it does not serve
// a kind, ErrNotFound that it serves the kind and has no such object. Both are
// answers; where it gave none the error is an [Error] with its [Access].
var (
	ErrUnserved = errors.New("the kind is not served")
	ErrNotFound = errors.New("no such object")
)

// WithoutURL takes the address off an error of a request: whoever tells it names
// the address already, without the credentials that may be in it. The message is
// put on one line by oneLine; the causes stay.
func WithoutURL(err error, oneLine func(string) string) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if s := oneLine(err.Error()); s != err.Error() {
		return &reworded{s, err}
	}
	return err
}

type reworded struct {
	text string
	error
}

func (e *reworded) Error() string { return e.text }
func (e *reworded) Unwrap() error { return e.error }

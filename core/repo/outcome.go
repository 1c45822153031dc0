package repo

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"

	"selvage/core"
)

// stated is an outcome with what is to be said about it.
func stated(what core.Outcome, head string, err *core.Error) core.Published {
	return core.Published{Outcome: what, Head: head, Err: err}
}

// failed is an outcome by an error on the way.
func (p *Publisher) failed(what core.Outcome, head string, err error) core.Published {
	out := stated(what, head, failure(p.mirror.origin.shown(), err))
	out.Err.Op = strings.Replace(out.Err.Op, "read git", "publish to", 1)
	if errors.Is(err, core.ErrStale) {
		out.Err.Hint = "plan again"
	}
	var status *statusError
	if errors.As(err, &status) {
		out.RetryAfter = status.retryAfter(p.pool.config.Now())
		switch status.code {
		case http.StatusForbidden:
			out.Err.Hint = "ask for the right to write for this login"
		case http.StatusTooManyRequests:
			wait := "a while"
			if out.RetryAfter > 0 {
				wait = core.ShortAge(out.RetryAfter)
			}
			out.Err.Hint = "wait " + wait + " and sync again; what runs in the background is begun again by itself"
		}
	}
	return out
}

// told is an error as Prepare and Files give it.
func (p *Publisher) told(err error) error {
	if err == nil || errors.Is(err, core.ErrMoved) || errors.Is(err, core.ErrStale) || errors.Is(err, core.ErrNoChange) || errors.As(err, new(*core.Error)) {
		return err
	}
	return failure(p.mirror.origin.shown(), err)
}

// outcomeOf tells what an error says that kept a push from beginning.
func outcomeOf(err error) core.Outcome {
	var status *statusError
	if errors.As(err, &status) {
		switch {
		case status.code == http.StatusRequestTimeout, status.code == http.StatusTooEarly, status.code == http.StatusTooManyRequests, status.code >= http.StatusInternalServerError:
			return core.Unsent
		}
		return core.Refused
	}
	if errors.As(err, new(*foreignError)) || errors.Is(err, pktline.ErrInvalidPktLen) {
		return core.Unsent // it need not have been the server that answered
	}
	if errors.Is(err, core.ErrStale) || errors.Is(err, core.ErrNoChange) {
		return core.Refused
	}
	if a := failure("", err).Access; a == core.AccessUnauthorized || a == core.AccessForbidden || a == core.AccessInvalid {
		return core.Refused
	}
	return core.Unsent
}

// afterSending tells what an error says that came in place of an answer, and
// after which the branch was where it was. Only an answer to the request itself
// tells that the server did not take it.
func afterSending(err error) core.Outcome {
	var status *statusError
	if errors.As(err, &status) && status.code < http.StatusInternalServerError {
		return outcomeOf(err)
	}
	return core.Unclear
}

// retryAfter is what the header of that name says, at most an hour.
func (e *statusError) retryAfter(now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(strings.TrimSpace(e.after)); err == nil {
		wait = time.Duration(min(seconds, 3600)) * time.Second
	} else if at, err := http.ParseTime(e.after); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), time.Hour)
}

// spoken adds what the server said to an outcome.
func (p *Publisher) spoken(out core.Published, says []byte) core.Published {
	out.Says = words(says)
	for _, link := range links.FindAllString(out.Says, -1) {
		link = strings.TrimRight(link, ".,;:)]…")
		u, err := url.Parse(link)
		if err == nil && u.User == nil && strings.EqualFold(u.Hostname(), p.host()) {
			out.Review = link
			break
		}
	}
	return out
}

// host is the name of the server, "" for none.
func (p *Publisher) host() string {
	a, err := parseAddress(p.mirror.origin.shown())
	if err != nil {
		return ""
	}
	u := url.URL{Host: a.host}
	return u.Hostname()
}

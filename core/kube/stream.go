package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"selvage/core"
)

// maxEvent is how long one event of a watch may be. etcd takes no object that
// is larger than 1.5 MiB.
const maxEvent = 8 << 20 // bytes

// stream is an open watch.
type stream struct {
	client *client
	ctx    context.Context // of the request: why it ended
	body   io.ReadCloser
	in     *json.Decoder
	event  io.LimitedReader
	job    job
}

// watch opens a watch of what one job lists, beginning after a revision. It
// ends with ctx, and at the server's side after about lifetime. Close it.
func (c *client) watch(ctx context.Context, j job, revision string, lifetime time.Duration) (*stream, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(c.timeout, func() { cancel(errSlow{c.timeout}) })
	defer late.Stop()
	query := url.Values{
		"watch": {"true"}, "resourceVersion": {revision}, "allowWatchBookmarks": {"true"},
		"timeoutSeconds": {strconv.Itoa(int(lifetime.Seconds()))},
	}
	// What is compressed on the way is held back until there is enough of it.
	header := http.Header{"Accept": {"application/json"}, "Accept-Encoding": {"identity"}}
	response, err := c.send(ctx, j.path(j.namespace), query, header)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	s := &stream{client: c, ctx: ctx, body: &ending{response.Body, cancel}, job: j}
	media, _, mediaErr := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch {
	case response.StatusCode != http.StatusOK:
		body, _ := io.ReadAll(response.Body) // what came of it is in the error
		err = c.refused(response, body)
	case mediaErr != nil || media != "application/json":
		err = wrongAnswer("the answer to a watch is %q and not JSON", media)
	default:
		s.event.R = s.body
		s.in = json.NewDecoder(&s.event)
		return s, nil
	}
	s.close()
	return nil, err
}

// ending is a body whose request ends when it is closed.
type ending struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (e *ending) Close() error {
	e.cancel(nil)
	return e.ReadCloser.Close()
}

func (s *stream) close() { _ = s.body.Close() } // it was only read from

// event is one event of a watch.
type event struct {
	what     string       // as the API says it: ADDED, MODIFIED, DELETED, BOOKMARK
	object   *core.Object // nil in a bookmark
	revision string
}

// next waits for the next event. It gives [io.EOF] where the server ended the
// watch in good order.
func (s *stream) next() (event, error) {
	s.event.N = maxEvent
	var raw json.RawMessage
	err := s.in.Decode(&raw)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return event{}, wrongAnswer("the watch is not JSON: %s", oneLine(err.Error()))
	case err != nil && s.event.N <= 0:
		return event{}, wrongAnswer("an event of the watch is larger than %d MiB", maxEvent>>20)
	case errors.Is(err, io.EOF):
		return event{}, io.EOF
	case err != nil:
		return event{}, s.client.failed(s.ctx, fmt.Errorf("the watch broke off: %w", err))
	}
	e, err := decodeEvent(raw, s.job)
	if err == nil && e.object != nil {
		s.client.share([]*core.Object{e.object})
	}
	return e, err
}

// decodeEvent reads an event and makes sure that it is about what is watched.
func decodeEvent(raw []byte, j job) (event, error) {
	v, err := core.DecodeJSON(raw)
	if err != nil {
		return event{}, notWhole(raw, err)
	}
	doc, _ := v.(map[string]any)
	what, _ := doc["type"].(string)
	about, _ := doc["object"].(map[string]any)
	switch what {
	case "ERROR":
		code, _ := about["code"].(int64)
		message, _ := about["message"].(string)
		return event{}, &refusal{code: int(code), message: oneLine(message)}
	case "BOOKMARK":
		if about["kind"] != j.Kind || about["apiVersion"] != j.apiVersion() {
			return event{}, wrongAnswer("the watch has a bookmark of %s", named(about))
		}
		meta, _ := about["metadata"].(map[string]any)
		revision, _ := meta["resourceVersion"].(string)
		return event{what: what, revision: revision}, nil
	case "ADDED", "MODIFIED", "DELETED":
		o, err := decodeItem(doc["object"], j)
		if err != nil {
			return event{}, wrongAnswer("an event of the watch: %s", oneLine(err.Error()))
		}
		return event{what, o, o.ResourceVersion}, nil
	}
	return event{}, wrongAnswer("the watch has an event of type %q", oneLine(what))
}

package labtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// quiet is how long an audit log must not grow to count as complete.
const quiet = 100 * time.Millisecond

// AuditEvent is one line of the audit log: a request, at one stage. A watch has
// a line when it starts (ResponseStarted) and one when it ends; other requests
// have one, ResponseComplete.
type AuditEvent struct {
	Stage      string
	Verb       string
	RequestURI string
	UserAgent  string
	User       string
	Resource   string // "" for a request that is not about a resource
	Group      string
	Namespace  string
	Name       string
	Code       int
}

// line is the form of the log.
type line struct {
	Stage, Verb, RequestURI, UserAgent string

	User      struct{ Username, UID string }
	ObjectRef struct {
		Resource, APIGroup, Namespace, Name, Subresource string
	}
	ResponseStatus struct{ Code int }
}

// Audit returns the requests of one user of this test's cluster so far, in the
// order of the log. It waits until the log does not grow. The program's own
// user is ReaderUser. On a cluster of one's own the user "" stands for requests
// with no valid token.
func (c *Cluster) Audit(t testing.TB, user string) []AuditEvent {
	t.Helper()
	content, err := c.settledLog()
	if err != nil {
		t.Fatalf("labtest: read the audit log of cluster %s: %v", c.info.Name, err)
	}
	var events []AuditEvent
	for raw := range bytes.Lines(content) {
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			t.Fatalf("labtest: read a line of the audit log %s: %v: %s", c.info.AuditLog, err, raw)
		}
		if l.User.Username != user || !c.own && !strings.HasPrefix(l.User.UID, c.info.ID+"-") {
			continue
		}
		resource := l.ObjectRef.Resource
		if l.ObjectRef.Subresource != "" {
			resource += "/" + l.ObjectRef.Subresource
		}
		events = append(events, AuditEvent{
			Stage: l.Stage, Verb: l.Verb, RequestURI: l.RequestURI, UserAgent: l.UserAgent, User: l.User.Username,
			Resource: resource, Group: l.ObjectRef.APIGroup, Namespace: l.ObjectRef.Namespace, Name: l.ObjectRef.Name,
			Code: l.ResponseStatus.Code,
		})
	}
	return events
}

// settledLog returns the whole lines of the log once this cluster's part of it
// has not grown for a while. Other tests may go on writing to a shared one.
func (c *Cluster) settledLog() ([]byte, error) {
	var content []byte
	size, since := -1, time.Now()
	err := poll(10*time.Second, func() error {
		var err error
		if content, err = os.ReadFile(c.info.AuditLog); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		content = content[:bytes.LastIndexByte(content, '\n')+1]
		mine := len(content)
		if !c.own {
			mine = bytes.Count(content, []byte(`"`+c.info.ID+"-"))
		}
		if mine != size {
			size, since = mine, time.Now()
		}
		if time.Since(since) < quiet {
			return errors.New("the log still grows; end what is asking before calling Audit")
		}
		return nil
	})
	return content, err
}

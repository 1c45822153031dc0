package labtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/testdata/labtest/client"
)

const (
	// within limits every request to the lab; starting a cluster on a busy
	// machine is the slowest.
	within = 3 * time.Minute
	// look is how long a poll waits before it looks again.
	look = 20 * time.Millisecond
)

// session is the lease of this test binary. It is for the whole process,
// because the lab is to stay as long as the process does and no longer.
var session = sync.OnceValues(func() (*client.Session, error) {
	return client.Attach(context.Background(), client.Options{Log: os.Stderr})
})

// Lab is the lab that all packages under test share.
type Lab struct{ session *client.Session }

// Start joins the lab. The first test on a machine waits some minutes until it
// is compiled; run "go run ./testdata/labtest/cmd/lab build" before, if go test
// must not wait so long. A lab that was compiled starts within a few seconds.
func Start(t testing.TB) *Lab {
	t.Helper()
	s, err := session()
	if err != nil {
		t.Fatalf("labtest: join the lab: %v", err)
	}
	return &Lab{session: s}
}

// Definitions returns the definitions of the lab's kinds as YAML documents.
func (l *Lab) Definitions(t testing.TB) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), l.session.Programs.Lab, "crds").Output()
	if err != nil {
		t.Fatalf("labtest: print the lab's definitions: %v", err)
	}
	return string(out)
}

// Kubectl returns the path of a kubectl of the lab's version.
func (l *Lab) Kubectl() string { return l.session.Programs.Kubectl }

// ask sends a request to the lab or ends the test.
func ask[Answer, Request any](t testing.TB, l *Lab, verb string, req Request) Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	answer, err := client.Ask[Answer](ctx, l.session, verb, req)
	if err != nil {
		t.Fatalf("labtest: %v", err)
	}
	return answer
}

// atEnd sends a request when the test ends. It fails the test, but does not
// keep other cleanups from being done.
func atEnd(t testing.TB, l *Lab, verb, id string) {
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		if _, err := client.Ask[client.Done](ctx, l.session, verb, client.Ref{ID: id}); err != nil {
			t.Errorf("labtest: clean up: %v", err)
		}
	})
}

// Eventually calls check until it returns nil and ends the test when that takes
// longer than a minute. What says what the test waits for.
func Eventually(t testing.TB, what string, check func() error) {
	t.Helper()
	if err := poll(time.Minute, check); err != nil {
		t.Fatalf("labtest: wait until %s: %v", what, err)
	}
}

// poll calls check until it returns nil, or returns its last error.
func poll(limit time.Duration, check func() error) error {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-deadline.C:
			return errors.Join(fmt.Errorf("not after %s", limit), err)
		case <-tick.C:
		}
	}
}

// slug turns the name of a test into a part of names: small letters, digits and
// single hyphens, not too long.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	short := strings.Join(words, "-")
	return strings.Trim(short[:min(len(short), 40)], "-")
}

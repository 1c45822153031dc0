package control_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvage/testdata/hedgehog"
	"selvage/testdata/lab/control"
)

// lab is a lab in this process.
type lab struct {
	*testing.T
	dir    string
	client *http.Client
	ended  chan error
	stop   context.CancelFunc
}

func run(t *testing.T, linger time.Duration) *lab {
	t.Helper()
	dir, err := os.MkdirTemp("", "lab") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	ctx, cancel := context.WithCancel(t.Context())
	l := &lab{T: t, dir: dir, ended: make(chan error, 1), stop: cancel}
	l.client = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", filepath.Join(dir, control.SocketName))
	}}}
	go func() {
		l.ended <- control.Run(ctx, control.Config{
			Dir: dir, Linger: linger, Mutate: hedgehog.Default, Now: time.Now, Log: log.New(os.Stderr, "", 0),
		})
	}()
	if linger < time.Second {
		return l // it may end before anybody looks
	}
	l.eventually("the socket is listened to", func() error {
		conn, err := net.Dial("unix", filepath.Join(dir, control.SocketName))
		if err == nil {
			err = conn.Close()
		}
		return err
	})
	return l
}

func (l *lab) eventually(what string, check func() error) {
	l.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-deadline.C:
			l.Fatal(errors.Join(fmt.Errorf("wait until %s", what), err))
		case err := <-l.ended:
			l.Fatalf("wait until %s: the lab ended: %v", what, err)
		case <-tick.C:
		}
	}
}

// lease takes a lease; end gives it back.
func (l *lab) lease() (id string, end func()) {
	l.Helper()
	ctx, cancel := context.WithCancel(l.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://lab"+control.LeasePath, http.NoBody)
	if err != nil {
		l.Fatal(err)
	}
	resp, err := l.client.Do(req)
	if err != nil {
		l.Fatal(err)
	}
	var lease control.Lease
	if err := json.NewDecoder(bufio.NewReader(resp.Body)).Decode(&lease); err != nil {
		l.Fatal(err)
	}
	if lease.PID != os.Getpid() {
		l.Errorf("pid = %d", lease.PID)
	}
	return lease.ID, func() { cancel(); resp.Body.Close() }
}

// ask sends a verb. It returns what went wrong in the lab's words.
func (l *lab) ask(lease, verb string, request, answer any) error {
	l.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		l.Fatal(err)
	}
	return l.post(lease, verb, body, answer)
}

func (l *lab) post(lease, verb string, body []byte, answer any) error {
	l.Helper()
	req, err := http.NewRequestWithContext(l.Context(), http.MethodPost, "http://lab"+control.VerbPath+verb, bytes.NewReader(body))
	if err != nil {
		l.Fatal(err)
	}
	req.Header.Set(control.LeaseHeader, lease)
	resp, err := l.client.Do(req)
	if err != nil {
		l.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var failure control.Failure
		if err := json.NewDecoder(resp.Body).Decode(&failure); err != nil {
			l.Fatalf("%s: %s without a reason: %v", verb, resp.Status, err)
		}
		return errors.New(failure.Error)
	}
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil && !errors.Is(err, io.EOF) {
		l.Fatal(err)
	}
	return nil
}

func TestLabEndsWhenNobodyUsesIt(t *testing.T) {
	l := run(t, 50*time.Millisecond)
	select {
	case err := <-l.ended:
		if err != nil {
			t.Errorf("Run() = %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the lab did not end")
	}
	if left, err := os.ReadDir(l.dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestLeaseKeepsTheLabAndOwnsWhatItMade(t *testing.T) {
	l := run(t, 3*time.Second)
	first, endFirst := l.lease()
	second, endSecond := l.lease()
	var repo control.Repo
	if err := l.ask(first, control.VerbRepoCreate, control.CreateRepo{Name: "a"}, &repo); err != nil {
		t.Fatal(err)
	}
	if err := l.ask(second, control.VerbRepoRemove, control.Ref{ID: repo.ID}, &control.Done{}); err == nil {
		t.Error("one lease removed the repository of another")
	}
	endFirst()
	l.eventually("the repository went with its lease", func() error {
		if _, err := os.Stat(repo.Dir); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("it is there: %w", err)
		}
		return nil
	})
	if err := l.ask(first, control.VerbRepoCreate, control.CreateRepo{}, &repo); err == nil || !strings.Contains(err.Error(), "lease") {
		t.Errorf("a lease that ended was obeyed: %v", err)
	}
	if err := l.ask(second, control.VerbRepoCreate, control.CreateRepo{Name: "a"}, &repo); err != nil {
		t.Errorf("the second lease: %v", err)
	}
	endSecond()
	select {
	case err := <-l.ended:
		if err != nil {
			t.Errorf("Run() = %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the lab did not end after its last lease")
	}
}

func TestRequestsThatMakeNoSenseAreRefused(t *testing.T) {
	l := run(t, time.Minute)
	lease, end := l.lease()
	defer end()
	for name, test := range map[string]struct{ lease, verb, body, want string }{
		"no lease":      {"", control.VerbRepoCreate, `{}`, "lease"},
		"no JSON":       {lease, control.VerbRepoCreate, `{`, "decode"},
		"unknown field": {lease, control.VerbRepoCreate, `{"nme":"x"}`, "nme"},
		"bad name":      {lease, control.VerbRepoCreate, `{"name":"A/b"}`, "small letters"},
		"unknown id":    {lease, control.VerbClusterUnplug, `{"id":"cluster-99"}`, "cluster-99"},
		"engine alone":  {lease, control.VerbEngineStart, `{"cluster":"c","repo":"r"}`, "find"},
	} {
		err := l.post(test.lease, test.verb, []byte(test.body), &control.Done{})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	l.stop()
	if err := <-l.ended; err != nil {
		t.Errorf("Run() = %v", err)
	}
}

func TestClustersAreSharedOrOnesOwn(t *testing.T) {
	l := run(t, time.Minute)
	lease, end := l.lease()
	defer end()
	open := func(req control.OpenCluster) (c control.Cluster) {
		t.Helper()
		if err := l.ask(lease, control.VerbClusterOpen, req, &c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, b := open(control.OpenCluster{Namespace: "a"}), open(control.OpenCluster{Namespace: "b"})
	own := open(control.OpenCluster{Own: true, Name: "backend"})
	if a.Server != b.Server || a.Server == own.Server || own.Namespace != "default" || own.Name != "backend" {
		t.Errorf("opened %+v, %+v and %+v", a, b, own)
	}
	if a.Reader.Token == b.Reader.Token || a.Reader.User != b.Reader.User || a.Reader.UID == b.Reader.UID {
		t.Errorf("readers are %+v and %+v", a.Reader, b.Reader)
	}
	for _, file := range []string{a.CAFile, a.AuditLog, a.Reader.Kubeconfig, b.Operator.Kubeconfig, own.Reader.Kubeconfig} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
	if err := l.ask(lease, control.VerbClusterUnplug, control.Ref{ID: a.ID}, &control.Done{}); err == nil {
		t.Error("the shared cluster was unplugged")
	}
	for _, verb := range []string{control.VerbClusterUnplug, control.VerbClusterPlug, control.VerbClusterClose} {
		if err := l.ask(lease, verb, control.Ref{ID: own.ID}, &control.Done{}); err != nil {
			t.Error(err)
		}
	}
	if err := l.ask(lease, control.VerbClusterPlug, control.Ref{ID: own.ID}, &control.Done{}); err == nil {
		t.Error("a closed cluster was plugged in")
	}
	// The lab ends although a lease is held, and everything in it.
	l.stop()
	if err := <-l.ended; err != nil {
		t.Errorf("Run() = %v", err)
	}
	if left, err := os.ReadDir(l.dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

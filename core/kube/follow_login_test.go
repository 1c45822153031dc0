package kube

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"selvage/core"
)

func TestRenewedTokenReopensWatches(t *testing.T) {
	c := newCluster(t)
	k := vpcKey("a")
	c.write(k, 1)
	config := c.config()
	config.Token, config.TokenFile = "", write(t, 0o600, "token", "reader")
	s := New(config)
	s.timing.retry = 10 * time.Millisecond
	o := observe(t, c, s, scope())
	o.whole()
	c.with(func() { c.token = "renewed" })
	c.cut()
	await(t, "the refusal is read", func() bool {
		got := o.read()
		return got.Readings[0].Access == core.AccessUnauthorized && got.Side(k).Presence == core.Unread
	})
	before := o.changes.Load()
	write(t, 0o600, config.TokenFile, "renewed")
	await(t, "the recovery is told though nobody reads", func() bool { return o.changes.Load() > before })
	c.write(k, 2)
	if got := o.whole(); got.Side(k).Presence != core.Present {
		t.Errorf("a = %+v", got.Side(k))
	}
}

// TestCredentialPluginIsRunOncePerRefusal: sixteen watches are refused at once.
func TestCredentialPluginIsRunOncePerRefusal(t *testing.T) {
	c := newCluster(t)
	runs := filepath.Join(t.TempDir(), "runs")
	config := plugin(t, c, "cd "+filepath.Dir(runs)+"; echo run >>runs\n"+givesToken, "")
	token := write(t, 0o600, filepath.Join(filepath.Dir(runs), "token"), "reader")
	config.RequestTimeout = patience
	s := New(config)
	s.timing.retry, s.timing.retryMax = time.Millisecond, time.Millisecond
	o := observe(t, c, s, scope())
	o.whole()
	if n := strings.Count(mustRead(t, runs), "run"); n != 1 {
		t.Errorf("%d runs before anything was refused, want 1", n)
	}
	write(t, 0o600, token, "renewed")
	before := o.changes.Load()
	c.with(func() { c.token = "renewed" })
	c.cut()
	await(t, "the refusal is told", func() bool { return o.changes.Load() > before })
	refused := len(c.seen())
	await(t, "it was asked for again and again", func() bool { return len(c.seen()) > refused+50 })
	if n := strings.Count(mustRead(t, runs), "run"); n != 1 {
		t.Errorf("%d runs though nobody reads, want 1", n)
	}
	if got := o.whole().Readings[0]; got.Access != core.AccessOK {
		t.Errorf("reading = %+v", got)
	}
	if n := strings.Count(mustRead(t, runs), "run"); n != 2 {
		t.Errorf("%d runs, want 2", n)
	}
}

func TestCredentialPluginIsRunOnlyForWhoWaits(t *testing.T) {
	c := newCluster(t)
	runs := filepath.Join(t.TempDir(), "runs")
	config := plugin(t, c, "cd "+filepath.Dir(runs)+"; echo run >>runs; exit 1", "")
	s := New(config)
	s.timing.retry, s.timing.retryMax, s.timing.look, s.timing.gather = time.Millisecond, time.Millisecond, time.Millisecond, time.Millisecond
	o := observe(t, nil, s, scope())
	turns := 0
	await(t, "the watch has tried", func() bool { // its looks take turns with this one
		end, err := s.following.Load().turn(t.Context())
		if err == nil {
			end()
		}
		turns++
		return turns > 100
	})
	if _, err := os.Stat(runs); err == nil {
		t.Errorf("the plugin was run: %q", mustRead(t, runs))
	}
	if got := o.read().Readings[0]; got.Access != core.AccessLoginNeeded {
		t.Errorf("reading = %+v", got)
	}
}

// wire is a TCP proxy that can fall silent without closing a connection.
type wire struct {
	listener net.Listener
	mu       sync.Mutex
	cut      bool
}

func newWire(t *testing.T, to string) *wire {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			here, err := listener.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", to)
			if err != nil {
				_ = here.Close()
				return
			}
			t.Cleanup(func() { _, _ = here.Close(), there.Close() })
			go w.carry(here, there)
			go w.carry(there, here)
		}
	}()
	return w
}

func (w *wire) carry(from, to net.Conn) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		cut := w.cut
		w.mu.Unlock()
		if cut {
			_, _ = io.Copy(io.Discard, from)
			return
		}
		if err != nil {
			_ = to.Close()
			return
		}
		_, _ = to.Write(buffer[:n])
	}
}

func (w *wire) fallSilent(silent bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = silent
}

// TestHalfOpenConnectionIsNoticed: nothing comes any more and nothing says so.
func TestHalfOpenConnectionIsNoticed(t *testing.T) {
	t.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "1")
	t.Setenv("HTTP2_PING_TIMEOUT_SECONDS", "1")
	c := newCluster(t)
	k := vpcKey("a")
	c.write(k, 1)
	there, err := url.Parse(c.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(t, there.Host)
	config := c.config()
	config.APIServer = "https://" + w.listener.Addr().String()
	config.TLSServerName = "example.com" // no other test has it, so the transport is made with the times above
	config.LookupEnv = os.LookupEnv
	config.RequestTimeout = 2 * time.Second
	s := New(config)
	s.timing.retry = 10 * time.Millisecond
	o := observe(t, c, s, scope())
	o.whole()
	w.fallSilent(true)
	c.write(k, 2)
	began := time.Now()
	await(t, "the silence is noticed", func() bool {
		got := o.read()
		return got.Readings[0].Access == core.AccessUnreachable && got.Side(k).Presence == core.Unread
	})
	t.Logf("noticed after %s", time.Since(began))
	w.fallSilent(false)
	await(t, "what happened meanwhile is read", func() bool { return vlanOf(o.read().Side(k).Object) == int64(2) })
}

func TestTimesOfConnectionsAreSetUnlessTheUserDid(t *testing.T) {
	t.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "0")
	t.Setenv("HTTP2_PING_TIMEOUT_SECONDS", "")
	if err := os.Unsetenv("HTTP2_PING_TIMEOUT_SECONDS"); err != nil {
		t.Fatal(err)
	}
	New(Config{LookupEnv: os.LookupEnv})
	if idle, ping := os.Getenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS"), os.Getenv("HTTP2_PING_TIMEOUT_SECONDS"); idle != "0" || ping != "5" {
		t.Errorf("idle %q, ping %q, want 0 and 5", idle, ping)
	}
}

func TestNothingRunsOnAfterAWatch(t *testing.T) {
	c := newCluster(t)
	c.write(vpcKey("a"), 1)
	s := New(c.config())
	s.Read(t.Context(), scope()) // opens the connection
	before := following()
	o := observe(t, c, s, scope())
	o.whole()
	c.answer(vpcsPath, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }) // one hangs
	c.cut()
	o.end()
	await(t, "all goroutines of the watch are gone", func() bool { return following() <= before })
}

// following counts the goroutines that run code of this package, tests left out.
func following() (n int) {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for one := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(one, "core/kube.(*follower)") || strings.Contains(one, "core/kube.(*Source)") || strings.Contains(one, "core/kube.(*client)") {
			n++
		}
	}
	return n
}

func TestListOfALaggingServerIsNotBelieved(t *testing.T) {
	c := newCluster(t)
	k, young := vpcKey("a"), vpcKey("young")
	c.write(k, 1)
	s := New(c.config())
	o := observe(t, c, s, scope())
	var past []map[string]any
	c.with(func() { past = c.objects[k2path(c, k)] })
	c.write(k, 2)
	c.write(young, 3)
	await(t, "the latest state is read", func() bool { return o.whole().Side(young).Presence == core.Present })
	c.answer(vpcsPath, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("watch") != "" {
			refuse(w, http.StatusInternalServerError, "not yet")
			return
		}
		reply(w, map[string]any{
			"apiVersion": "vpc.githedgehog.com/v1beta1", "kind": "VPCList", "metadata": map[string]any{"resourceVersion": "43"}, "items": past,
		})
	})
	c.cut()
	await(t, "the lag is told", func() bool {
		got := o.read()
		if got.Side(young).Presence == core.Absent || vlanOf(got.Side(k).Object) == int64(1) {
			t.Fatalf("the past was believed: %+v", got.Side(young))
		}
		return len(got.Gaps) == 1 && got.Gaps[0].Access == core.AccessStale && got.Readings[0].Access == core.AccessStale &&
			strings.Contains(got.Gaps[0].Reason, "an API server behind this address lags")
	})
	c.answer(vpcsPath, nil)
	if got := o.whole(); got.Side(young).Presence != core.Present || vlanOf(got.Side(k).Object) != int64(2) {
		t.Errorf("young %+v, a %+v", got.Side(young), got.Side(k))
	}
}

func k2path(c *cluster, k core.Key) string { return c.kinds[k.GroupKind()].path(k.Namespace) }

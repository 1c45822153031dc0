package kube

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

const vpcsPath = "/apis/vpc.githedgehog.com/v1beta1/namespaces/default/vpcs"

// answering makes a handler that answers with a status, a media type and a
// text.
func answering(code int, media, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(code)
		fmt.Fprint(w, text)
	}
}

func TestWhatIsNoListOfTheKindIsAGap(t *testing.T) {
	const (
		ok   = http.StatusOK
		js   = "application/json"
		list = `{"apiVersion":"vpc.githedgehog.com/v1beta1","kind":"VPCList","metadata":{"resourceVersion":"1"},`
	)
	item := func(s string) http.HandlerFunc { return answering(ok, js, list+`"items":[`+s+`]}`) }
	cases := []struct {
		name   string
		answer http.HandlerFunc
		access core.Access
		reason string
	}{
		{"401", answering(401, js, `{"kind":"Status","message":"Unauthorized"}`), core.AccessUnauthorized, "unauthorized (the "},
		{"403", answering(403, js, `{"kind":"Status","message":"vpcs is forbidden:\n\u001b[31m no"}`), core.AccessForbidden, "ask for get and list on vpcs.vpc.githedgehog.com"},
		{"404", answering(404, "text/plain", "404 page not found\n"), core.AccessInvalid, "not found: 404 page not found"},
		{"410 without a page", answering(410, js, `{"kind":"Status","message":"too old"}`), core.AccessInvalid, "gone: too old"},
		{"429", answering(429, js, `{"kind":"Status","message":"too many"}`), core.AccessUnreachable, "busy"},
		{"500", answering(500, js, `{"kind":"Status","message":"etcd is gone"}`), core.AccessUnreachable, "etcd is gone"},
		{"503", answering(503, "text/html", "<html>down</html>"), core.AccessUnreachable, "service unavailable"},
		{"204", answering(204, js, ""), core.AccessInvalid, "no content"},
		{"HTML", answering(ok, "text/html", "<html>log in</html>"), core.AccessInvalid, "web page"},
		{"HTML that claims to be JSON", answering(ok, js, "<html>log in</html>"), core.AccessInvalid, "web page"},
		{"empty", answering(ok, js, ""), core.AccessInvalid, "empty"},
		{"null", answering(ok, js, "null"), core.AccessInvalid, "without kind"},
		{"{}", answering(ok, js, "{}"), core.AccessInvalid, "without kind"},
		{"[]", answering(ok, js, "[]"), core.AccessInvalid, "without kind"},
		{"truncated", answering(ok, js, list+`"items":[{"metadata":{"na`), core.AccessInvalid, "not whole"},
		{"more after the list", answering(ok, js, list+`"items":[]}{}`), core.AccessInvalid, "more than one"},
		{"another kind", answering(ok, js, strings.Replace(list, "VPCList", "PodList", 1)+`"items":[]}`), core.AccessInvalid, "PodList"},
		{"another version", answering(ok, js, strings.Replace(list, "v1beta1", "v1alpha2", 1)+`"items":[]}`), core.AccessInvalid, "v1alpha2"},
		{"a Status with 200", answering(ok, js, `{"kind":"Status","apiVersion":"v1"}`), core.AccessInvalid, "Status"},
		{"no metadata", answering(ok, js, strings.Replace(list, "metadata", "meta", 1)+`"items":[]}`), core.AccessInvalid, "no metadata"},
		{"no items", answering(ok, js, list+`"x":1}`), core.AccessInvalid, "no items"},
		{"items of another type", answering(ok, js, list+`"items":{}}`), core.AccessInvalid, "no items"},
		{"cut short by a proxy", answering(ok, js, strings.Replace(list, `"1"`, `"1","remainingItemCount":3`, 1)+`"items":[]}`), core.AccessInvalid, "3 more items"},
		{"an item that is no object", item(`1`), core.AccessInvalid, "not a Kubernetes object"},
		{"an item without a name", item(`{"metadata":{}}`), core.AccessInvalid, "no metadata.name"},
		{"an item of another kind", item(`{"kind":"Pod","metadata":{"name":"a"}}`), core.AccessInvalid, "Pod"},
		{"an item of another namespace", item(`{"metadata":{"name":"a","namespace":"b"}}`), core.AccessInvalid, `namespace "b"`},
		{"an item without a namespace", item(`{"metadata":{"name":"a"}}`), core.AccessInvalid, `namespace ""`},
		{"the same next page for ever", answering(ok, js, strings.Replace(list, `"1"`, `"1","continue":"x"`, 1)+`"items":[]}`), core.AccessInvalid, "does not get on"},
		{"cut in the middle", cutAfter(list), core.AccessUnreachable, "broke off"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			vpc, conn := c.put("VPC", "default", "vpc-1"), c.put("Connection", "default", "conn-1")
			c.answer(vpcsPath, test.answer)
			got := New(c.config()).Read(t.Context(), scope())
			if r := got.Readings[0]; r.Access != test.access || !strings.HasPrefix(r.Error, "1 kind could not be read: list vpcs") || r.ReadAt.IsZero() {
				t.Errorf("reading = %+v", r)
			}
			if len(got.Gaps) != 1 || got.Gaps[0].Access != test.access || got.Gaps[0].Kind != "VPC" {
				t.Fatalf("gaps = %+v", got.Gaps)
			}
			reason := got.Gaps[0].Reason
			if !strings.Contains(reason, test.reason) || strings.ContainsAny(reason, "\r\n") || !strings.Contains(reason, c.server.URL) {
				t.Errorf("reason = %q, want one line with %q and the address", reason, test.reason)
			}
			if side := got.Side(vpc); side.Presence != core.Unread || side.Reason != reason {
				t.Errorf("the object = %+v, want unread", side)
			}
			if got.Side(conn).Presence != core.Present {
				t.Error("an object of another kind is not there")
			}
		})
	}
}

// cutAfter sends the beginning of an answer and then closes the connection.
func cutAfter(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, text)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

func TestSlowAnswersAreGaps(t *testing.T) {
	c := newCluster(t)
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	stop := func(w http.ResponseWriter, r *http.Request) {
		answering(http.StatusOK, "application/json", `{"kind":"ServerList",`)(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	vpc, server, conn := c.put("VPC", "default", "a"), c.put("Server", "default", "b"), c.put("Connection", "default", "c")
	fine := c.put("Switch", "default", "d")
	c.answer(vpcsPath, hang)
	c.answer("/apis/wiring.githedgehog.com/v1beta1/namespaces/default/servers", stop)
	c.answer("/apis/wiring.githedgehog.com/v1beta1/namespaces/default/connections", trickle)
	config := c.config()
	config.RequestTimeout = 2 * time.Second
	got := New(config).Read(t.Context(), scope())
	for _, k := range []core.Key{vpc, server, conn} {
		if side := got.Side(k); side.Presence != core.Unread || !strings.Contains(side.Reason, "no whole answer within 2s (is the way there open") {
			t.Errorf("%s = %+v", k, side)
		}
	}
	if r := got.Readings[0]; r.Access != core.AccessUnreachable || !strings.HasPrefix(r.Error, "3 kinds could not be read: ") {
		t.Errorf("reading = %+v", r)
	}
	if got.Side(fine).Presence != core.Present {
		t.Error("a kind that answered in time is not there")
	}
}

func trickle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-every.C:
			fmt.Fprint(w, " ")
			w.(http.Flusher).Flush()
		}
	}
}

func TestAnswerOverTheLimitIsAGap(t *testing.T) {
	c := newCluster(t)
	vpc := c.put("VPC", "default", "vpc-1")
	c.answer(vpcsPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		spaces := []byte(strings.Repeat(" ", 1<<20))
		for range 70 {
			if _, err := w.Write(spaces); err != nil {
				return
			}
		}
		fmt.Fprint(w, `{}`)
	})
	got := New(c.config()).Read(t.Context(), scope())
	if side := got.Side(vpc); side.Presence != core.Unread || !strings.Contains(side.Reason, "larger than 64 MiB") {
		t.Errorf("the object = %+v", side)
	}
}

func TestLongRefusalIsCut(t *testing.T) {
	c := newCluster(t)
	c.put("VPC", "default", "vpc-1")
	c.answer(vpcsPath, answering(500, "text/plain", strings.Repeat("no\n\tway ", 1<<20)))
	reason := New(c.config()).Read(t.Context(), scope()).Gaps[0].Reason
	if len(reason) > 600 || !strings.Contains(reason, "no way no way") {
		t.Errorf("reason of %d bytes: %.100q", len(reason), reason)
	}
}

func TestClusterThatCannotBeReachedSaysWhy(t *testing.T) {
	c := newCluster(t)
	vpc := c.put("VPC", "default", "vpc-1")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, by the kernel, and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	cases := map[string]struct {
		change func(*Config)
		access core.Access
		reason string
	}{
		"refused":            {func(k *Config) { k.APIServer = "https://" + closed.Addr().String() }, core.AccessUnreachable, "connection refused (is the API server running"},
		"silent":             {func(k *Config) { k.APIServer = "https://" + silent.Addr().String() }, core.AccessUnreachable, "no whole answer within 2s (is the way there open"},
		"no such name":       {func(k *Config) { k.APIServer = "https://api..dc1:6443" }, core.AccessUnreachable, "is the name in api_server right"},
		"unknown authority":  {func(k *Config) { k.CAFile = "" }, core.AccessUnreachable, "(set ca_file"},
		"wrong name":         {func(k *Config) { k.TLSServerName = "k3s" }, core.AccessUnreachable, "(set tls_server_name"},
		"no TLS there":       {func(k *Config) { k.APIServer = plain(t) }, core.AccessUnreachable, "is it http"},
		"wrong token":        {func(k *Config) { k.Token = "stolen" }, core.AccessUnauthorized, "the token was refused: renew cluster.token"},
		"no token":           {func(k *Config) { k.Token = "" }, core.AccessUnauthorized, "the server wants credentials"},
		"token over http":    {func(k *Config) { k.APIServer = "http://api.dc1.example" }, core.AccessInvalid, "unencrypted"},
		"no scheme":          {func(k *Config) { k.APIServer = "10.9.1.10:6443" }, core.AccessInvalid, "address of the API server"},
		"no CA file":         {func(k *Config) { k.CAFile = "/nowhere/ca.pem" }, core.AccessLoginNeeded, "/nowhere/ca.pem"},
		"no token file":      {func(k *Config) { k.Token, k.TokenFile = "", "/nowhere/token" }, core.AccessLoginNeeded, "/nowhere/token"},
		"no token variable":  {func(k *Config) { k.Token, k.TokenEnv = "", "DC1_TOKEN" }, core.AccessLoginNeeded, "DC1_TOKEN is not set"},
		"no kubeconfig":      {func(k *Config) { k.Kubeconfig = "/nowhere/config" }, core.AccessLoginNeeded, "/nowhere/config"},
		"proxy refuses":      {func(k *Config) { k.ProxyURL = "http://" + closed.Addr().String() }, core.AccessUnreachable, "connection refused"},
		"proxy is no URL":    {func(k *Config) { k.ProxyURL = "::secret" }, core.AccessInvalid, "proxy_url is no URL"},
		"secrets in the URL": {func(k *Config) { k.APIServer = "https://u:hidden@" + closed.Addr().String() }, core.AccessUnreachable, "connection refused"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := c.config()
			if name == "silent" {
				config.RequestTimeout = 2 * time.Second
			}
			test.change(&config)
			got := New(config).Read(t.Context(), scope())
			r := got.Readings[0]
			if r.Access != test.access || !strings.Contains(r.Error, test.reason) || !strings.HasPrefix(r.Error, `read cluster "dc1"`) {
				t.Errorf("reading = %+v, want %s, %q", r, test.access, test.reason)
			}
			if strings.ContainsAny(r.Error, "\r\n") || strings.Contains(r.Error+r.URL, "hidden") || strings.Contains(r.Error, "secret") || strings.Contains(r.Error, "stolen") {
				t.Errorf("the error is not fit to be shown: %q", r.Error)
			}
			if side := got.Side(vpc); side.Presence != core.Unread || side.Reason != r.Error || !r.ReadAt.IsZero() {
				t.Errorf("the object = %+v at %v, want unread", side, r.ReadAt)
			}
		})
	}
}

// plain is the address of a server without TLS, as somebody who mistook the
// port would write it.
func plain(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.NotFoundHandler()}
	go server.Serve(l) //nolint:errcheck // it ends when the test does
	t.Cleanup(func() { server.Close() })
	return "https://" + l.Addr().String()
}

func TestReadEndsWithItsContext(t *testing.T) {
	c := newCluster(t)
	vpc := c.put("VPC", "default", "vpc-1")
	ctx, cancel := context.WithCancel(t.Context())
	c.answer(vpcsPath, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	got := New(c.config()).Read(ctx, scope())
	if got.Side(vpc).Presence != core.Unread || got.Readings[0].Access != core.AccessUnreachable {
		t.Errorf("snapshot = %+v, want the kind unread", got)
	}
}

func TestSilentServerIsNotWaitedForByEveryList(t *testing.T) {
	c := newCluster(t)
	s := New(c.config())
	if got := s.Read(t.Context(), scope()); got.Readings[0].Access != core.AccessOK {
		t.Fatalf("reading = %+v", got.Readings[0])
	}
	for _, r := range c.kinds {
		c.answer(r.path("default"), func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	}
	s.client.timeout = time.Second
	before := len(c.seen())
	got := s.Read(t.Context(), scope()).Readings[0]
	if n := len(c.seen()) - before; got.Access != core.AccessUnreachable || n != requestsAtOnce {
		t.Errorf("%d requests after which it is %+v, want %d", n, got, requestsAtOnce)
	}
	if !strings.HasPrefix(got.Error, `read cluster "dc1" at https://`) {
		t.Errorf("error = %q, want one about the cluster", got.Error)
	}
}

func TestBusyServerIsAskedAgainAfterTheTimeItNames(t *testing.T) {
	c := newCluster(t)
	vpc := c.put("VPC", "default", "vpc-1")
	asked := 0
	c.answer(vpcsPath, func(w http.ResponseWriter, r *http.Request) {
		c.with(func() { asked++ })
		if asked == 1 {
			w.Header().Set("Retry-After", "0")
			refuse(w, http.StatusTooManyRequests, "storage is (re)initializing")
			return
		}
		c.list(w, r)
	})
	got := New(c.config()).Read(t.Context(), scope())
	if got.Side(vpc).Presence != core.Present || asked != 2 {
		t.Errorf("after %d requests the object is %+v", asked, got.Side(vpc))
	}
}

func TestServerThatWantsALongWaitIsNotWaitedFor(t *testing.T) {
	c := newCluster(t)
	vpc := c.put("VPC", "default", "vpc-1")
	c.answer(vpcsPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		refuse(w, http.StatusTooManyRequests, "slow down")
	})
	side := New(c.config()).Read(t.Context(), scope()).Side(vpc)
	if side.Presence != core.Unread || !strings.Contains(side.Reason, "slow down") {
		t.Errorf("the object = %+v", side)
	}
}

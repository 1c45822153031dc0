package kube

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"selvage/core"
)

func jsonWebToken(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte("{}")) + "." + encode([]byte(claims)) + "." + encode([]byte("-"))
}

func proven(t *testing.T, l core.Login, what string) core.Credential {
	t.Helper()
	for _, c := range l.Credentials {
		if c.What == what {
			return c
		}
	}
	t.Fatalf("no %s in %+v", what, l)
	return core.Credential{}
}

func TestLoginTellsWhenItEnds(t *testing.T) {
	c := newCluster(t)
	ends := time.Now().Add(80 * time.Hour).Truncate(time.Second)
	c.token = jsonWebToken(fmt.Sprintf(`{"sub":"system:serviceaccount:ops:selvage","exp":%d}`, ends.Unix()))
	config := c.config()
	config.Token, config.TokenFile = "", write(t, 0o600, "token", c.token+"\n")
	s := New(config)
	access(t, s, core.AccessOK)
	l := s.ReadLogin(t.Context())
	token := proven(t, l, "token")
	if token.Of != "system:serviceaccount:ops:selvage" || !token.Ends.Equal(ends) || token.From != config.TokenFile || token.Renewed {
		t.Errorf("token: %+v", token)
	}
	of := c.server.Certificate()
	for _, what := range []string{"certificate authority", "server certificate"} {
		if got := proven(t, l, what); !got.Ends.Equal(of.NotAfter) || got.Err != nil {
			t.Errorf("%s: %+v, want the end %s", what, got, of.NotAfter)
		}
	}
	if !l.Clock || l.Ahead.Abs() > 30*time.Second {
		t.Errorf("the server's clock is %s ahead (%t)", l.Ahead, l.Clock)
	}
}

func TestLoginTellsOfAClockThatIsWrong(t *testing.T) {
	c := newCluster(t)
	config := c.config()
	config.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	s := New(config)
	access(t, s, core.AccessOK)
	if l := s.ReadLogin(t.Context()); !l.Clock || (l.Ahead-time.Hour).Abs() > 30*time.Second {
		t.Errorf("the server's clock is %s ahead (%t), want an hour", l.Ahead, l.Clock)
	}
}

func TestLoginOfAPluginIsRenewedByItself(t *testing.T) {
	c := newCluster(t)
	config := c.config()
	ends := time.Now().Add(5 * time.Minute).UTC().Truncate(time.Second)
	script := write(t, 0o700, "plugin", "#!/bin/sh\n"+fmt.Sprintf(`echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"reader","expirationTimestamp":%q}}'`, ends.Format(time.RFC3339)))
	config.Token = ""
	config.APIServer, config.CAFile, config.Context = "", "", "dc1"
	config.Kubeconfig = kubeconfig(t, c, "    exec: {apiVersion: client.authentication.k8s.io/v1, command: "+script+", interactiveMode: Never}")
	s := New(config)
	access(t, s, core.AccessOK)
	if got := proven(t, s.ReadLogin(t.Context()), "token"); !got.Renewed || !got.Ends.Equal(ends) {
		t.Errorf("%+v, want one that is renewed at %s", got, ends)
	}
}

func TestLoginThatCannotBeMadeTellsNothing(t *testing.T) {
	c := newCluster(t)
	config := c.config()
	config.Token, config.TokenFile = "", "/nowhere/token"
	s := New(config)
	access(t, s, core.AccessLoginNeeded)
	if l := s.ReadLogin(t.Context()); len(l.Credentials) > 0 || l.Clock {
		t.Errorf("%+v", l)
	}
}

func TestKindThatMayBeListedAndNotWatchedIsTold(t *testing.T) {
	c := newCluster(t)
	c.answer("/apis/vpc.githedgehog.com/v1beta1/namespaces/default/vpcs", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("watch") == "true" {
			refuse(w, http.StatusForbidden, `vpcs.vpc.githedgehog.com is forbidden: cannot watch`)
			return
		}
		c.list(w, r)
	})
	s := New(c.config())
	if gaps := s.Unwatched(t.Context(), scope()); len(gaps) != 1 || gaps[0].Kind != "VPC" || gaps[0].Access != core.AccessForbidden || !strings.Contains(gaps[0].Reason, "watch beside get and list") {
		t.Errorf("%+v", gaps)
	}
	for _, r := range c.seen() {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("it sent %s", r)
		}
	}
}

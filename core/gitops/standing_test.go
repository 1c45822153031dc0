package gitops_test

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"selvage/core"
	"selvage/core/gitops"
)

func TestLoginTellsWhenTheTokenEnds(t *testing.T) {
	ends := time.Unix(1900000000, 0)
	encode := base64.RawURLEncoding.EncodeToString
	s := newServer(t, recorded(t, "application"))
	s.token = encode([]byte("{}")) + "." + encode(fmt.Appendf(nil, `{"sub":"selvage:apiKey","exp":%d}`, ends.Unix())) + "." + encode([]byte("-"))
	c := apiConfig(t, s)
	c.App, c.Namespace = "dc1", "argocd"
	write(t, c.API.TokenFile, s.token+"\n")
	r := gitops.New(c)
	mustBeKnown(t, r.ReadEngine(t.Context()))
	l := r.ReadLogin(t.Context())
	if len(l.Credentials) != 2 {
		t.Fatalf("%+v", l)
	}
	if token := l.Credentials[0]; token.What != "token" || token.Of != "selvage:apiKey" || !token.Ends.Equal(ends) || token.From != c.API.TokenFile {
		t.Errorf("%+v", token)
	}
	if server := l.Credentials[1]; server.What != "server certificate" || !server.Ends.Equal(s.Certificate().NotAfter) {
		t.Errorf("%+v", server)
	}
}

func TestEngineThatIsReadInAnAPIHasNoLoginOfItsOwn(t *testing.T) {
	if l := gitops.New(config(argocdCluster(), "dc1")).ReadLogin(t.Context()); len(l.Credentials) > 0 || l.Clock {
		t.Errorf("%+v, want %+v", l, core.Login{})
	}
}

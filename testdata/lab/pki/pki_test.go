package pki

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestServerIsTrustedByItsAuthorityAlone(t *testing.T) {
	ours, err := New("ours")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := New("theirs")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ours.Server("fabric.example")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	if server.TLS, err = leaf.TLS(); err != nil {
		t.Fatal(err)
	}
	server.StartTLS()
	defer server.Close()
	for _, test := range []struct {
		name   string
		ca     *Authority
		server string
		ok     bool
	}{
		{"by address", ours, "", true},
		{"by name", ours, "fabric.example", true},
		{"as localhost", ours, "localhost", true},
		{"by another name", ours, "other.example", false},
		{"another authority", theirs, "", false},
	} {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(test.ca.PEM())
		conn, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{RootCAs: roots, ServerName: test.server})
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", test.name, err)
		}
		if err == nil {
			conn.Close()
		}
	}
	if _, err := SigningKey(); err != nil {
		t.Error(err)
	}
}

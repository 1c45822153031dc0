package core_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	"selvage/core"
)

func jwt(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte("signature"))
}

func TestTokenSaysWhoseItIsAndWhenItEnds(t *testing.T) {
	for name, c := range map[string]struct {
		token string
		want  core.Credential
	}{
		"service account": {
			jwt(`{"sub":"system:serviceaccount:ops:selvage","iat":1700000000,"nbf":1700000010,"exp":1800000000}`),
			core.Credential{Of: "system:serviceaccount:ops:selvage", Begins: time.Unix(1700000010, 0), Ends: time.Unix(1800000000, 0)},
		},
		"without begin":      {jwt(`{"iat":1700000000,"exp":1800000000.5}`), core.Credential{Begins: time.Unix(1700000000, 0), Ends: time.Unix(1800000000, 0)}},
		"for ever":           {jwt(`{"sub":"argocd"}`), core.Credential{Of: "argocd"}},
		"opaque":             {"abcdef0123456789", core.Credential{}},
		"three parts of not": {"a.b.c", core.Credential{}},
		"no numbers":         {jwt(`{"exp":"tomorrow"}`), core.Credential{}},
		"absurd":             {jwt(`{"exp":1e300}`), core.Credential{}},
		"nobody":             {jwt(`{"sub":7}`), core.Credential{}},
	} {
		c.want.What, c.want.From = "token", "$TOKEN"
		if got := core.TokenCredential("$TOKEN", c.token); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestEveryCertificateOfATextIsTold(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	made := func(name pkix.Name, hosts ...string) []byte {
		c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name, DNSNames: hosts, NotBefore: end.AddDate(-1, 0, 0), NotAfter: end}
		der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	text := slices.Concat(
		made(pkix.Name{CommonName: "dc1-ca"}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}),
		made(pkix.Name{}, "api.dc1.example"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), []byte("rest"),
	)
	got := core.CertificateCredentials("certificate authority", "/ca.pem", text)
	if len(got) != 3 || got[0].Of != "dc1-ca" || got[1].Of != "api.dc1.example" || !got[0].Ends.Equal(end) || got[0].Err != nil || got[2].Err == nil {
		t.Errorf("%+v", got)
	}
}

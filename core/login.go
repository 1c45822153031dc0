package core

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math"
	"strings"
	"time"
)

// Login is what conversations with a server rest on, as far as one can see it
// from here. It holds nothing that is secret.
type Login struct {
	Credentials []Credential
	// Ahead is how far the server's clock is ahead of this machine's, to about a
	// second; it counts where Clock is set.
	Ahead time.Duration
	Clock bool
}

// LoginReader tells what the conversations with one server rest on.
type LoginReader interface {
	// ReadLogin looks at the credentials that are in use, and at the server as it
	// answered last. What it cannot look at is left out, or has an Err. It sends
	// nothing that reading the server would not.
	ReadLogin(ctx context.Context) Login
}

// ServerShown is what an answer shows of the server that it came from.
type ServerShown struct {
	certificate *x509.Certificate // nil without TLS
	ahead       time.Duration     // as in [Login]
	clock       bool
}

// ShownBy is what an answer shows that came now: over which connection, nil without
// TLS, and what its Date says (RFC 9110, 6.6.1), the zero time where it has none.
func ShownBy(connection *tls.ConnectionState, date, now time.Time) *ServerShown {
	s := &ServerShown{}
	if connection != nil && len(connection.PeerCertificates) > 0 {
		s.certificate = connection.PeerCertificates[0]
	}
	if !date.IsZero() {
		// A Date leaves out what is over the second.
		s.ahead, s.clock = date.Add(time.Second/2).Sub(now), true
	}
	return s
}

// Tell adds to a login what was shown by the server of that name; nothing where s
// is nil.
func (s *ServerShown) Tell(l *Login, server string) {
	if s == nil {
		return
	}
	if s.certificate != nil {
		l.Credentials = append(l.Credentials, CertificateCredential("server certificate", server, s.certificate))
	}
	l.Ahead, l.Clock = s.ahead, s.clock
}

// Credential is something that proves who one is, or whom one trusts, and that
// mostly does so for a time only.
type Credential struct {
	What string // "token", "client certificate", "certificate authority", …
	Of   string // whose, by itself; "" where it does not say
	From string // where it is: a path, $NAME, a key of the configuration
	// Begins and Ends are as it says itself; zero where it does not.
	Begins, Ends time.Time
	// Renewed is set where it is renewed without anybody's doing.
	Renewed bool
	Err     error // why it cannot be used; nil where it can, as far as one sees
}

// TokenCredential is what a bearer token says of itself: a JSON Web Token
// (RFC 7519) names its bearer and its end, any other one says nothing. Nothing of
// it is verified.
func TokenCredential(from, token string) Credential {
	c := Credential{What: "token", From: from}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var claims struct {
		Subject any     `json:"sub"`
		Issued  float64 `json:"iat"`
		Begins  float64 `json:"nbf"`
		Ends    float64 `json:"exp"`
	}
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return c
	}
	c.Of, _ = claims.Subject.(string)
	c.Begins, c.Ends = unix(claims.Begins), unix(claims.Ends)
	if c.Begins.IsZero() {
		c.Begins = unix(claims.Issued)
	}
	return c
}

// unix is a time of a token: seconds since 1970, with a fraction where it likes.
func unix(seconds float64) time.Time {
	if seconds <= 0 || seconds > math.MaxUint32 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// CertificateCredential is what a certificate says of itself.
func CertificateCredential(what, from string, c *x509.Certificate) Credential {
	of := c.Subject.CommonName
	if of == "" && len(c.DNSNames) > 0 {
		of = c.DNSNames[0]
	}
	if of == "" {
		of = c.Subject.String()
	}
	return Credential{What: what, Of: of, From: from, Begins: c.NotBefore, Ends: c.NotAfter}
}

// CertificateCredentials are those of a PEM text, in its order. Blocks that are no
// certificates are passed over; a certificate that cannot be read has an Err.
func CertificateCredentials(what, from string, text []byte) []Credential {
	var all []Credential
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return all
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			all = append(all, Credential{What: what, From: from, Err: fmt.Errorf("read certificate: %w", err)})
			continue
		}
		all = append(all, CertificateCredential(what, from, c))
	}
}

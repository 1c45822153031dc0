package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// validFor is how long a certificate holds: longer than any lab lives.
const validFor = 30 * 24 * time.Hour

// Authority signs leaves. Make one with New.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

// Leaf is a certificate and its key, both as PEM.
type Leaf struct{ Cert, Key []byte }

// New makes an authority that calls itself name.
func New(name string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of authority %q: %w", name, err)
	}
	tmpl, err := template(name)
	if err != nil {
		return nil, err
	}
	tmpl.IsCA = true
	tmpl.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("sign authority %q: %w", name, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read authority %q back: %w", name, err)
	}
	return &Authority{cert: cert, key: key, pem: block("CERTIFICATE", der)}, nil
}

// PEM returns the certificate of the authority, for clients to trust.
func (a *Authority) PEM() []byte { return a.pem }

// Server signs a leaf for a server on 127.0.0.1, localhost and the given names.
func (a *Authority) Server(names ...string) (Leaf, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Leaf{}, fmt.Errorf("make the key of a server: %w", err)
	}
	tmpl, err := template("lab server")
	if err != nil {
		return Leaf{}, err
	}
	tmpl.KeyUsage = x509.KeyUsageDigitalSignature
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	tmpl.DNSNames = append([]string{"localhost"}, names...)
	tmpl.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, key.Public(), a.key)
	if err != nil {
		return Leaf{}, fmt.Errorf("sign a server certificate: %w", err)
	}
	encoded, err := keyPEM(key)
	if err != nil {
		return Leaf{}, err
	}
	return Leaf{Cert: block("CERTIFICATE", der), Key: encoded}, nil
}

// TLS returns the leaf as the configuration of a server.
func (l Leaf) TLS() (*tls.Config, error) {
	pair, err := tls.X509KeyPair(l.Cert, l.Key)
	if err != nil {
		return nil, fmt.Errorf("pair certificate and key: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// SigningKey makes a key of its own, as an API server signs service account
// tokens with.
func SigningKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	return keyPEM(key)
}

// keyPEM encodes a key in the form an API server reads.
func keyPEM(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode a key: %w", err)
	}
	return block("EC PRIVATE KEY", der), nil
}

func template(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(validFor),
		BasicConstraintsValid: true,
	}, nil
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

package changeset

import (
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

const (
	sshMagic  = "SSHSIG"
	namespace = "git" // what git signs in, so that no signature for another use is one of a commit
	sshHash   = "sha512"
)

// envelope is what a signature holds beside the magic, in OpenSSH's
// PROTOCOL.sshsig.
type envelope struct {
	Version   uint32
	PublicKey string
	Namespace string
	Reserved  string
	Hash      string
	Signature string
}

// Sign signs as ssh-keygen -Y sign does, and checks that.
func Sign(key ssh.Signer, payload []byte, random io.Reader) (string, error) {
	sum := sha512.Sum512(payload)
	signed := append([]byte(sshMagic), ssh.Marshal(struct{ Namespace, Reserved, Hash, Sum string }{namespace, "", sshHash, string(sum[:])})...)
	signature, err := sign(key, signed, random)
	if err != nil {
		return "", fmt.Errorf("sign with %s: %w", ssh.FingerprintSHA256(key.PublicKey()), err)
	}
	if err := key.PublicKey().Verify(signed, signature); err != nil {
		return "", fmt.Errorf("sign with %s: the signature is not of that key: %w", ssh.FingerprintSHA256(key.PublicKey()), err)
	}
	blob := append([]byte(sshMagic), ssh.Marshal(envelope{
		Version: 1, PublicKey: string(key.PublicKey().Marshal()), Namespace: namespace, Hash: sshHash, Signature: string(ssh.Marshal(signature)),
	})...)
	var b strings.Builder
	b.WriteString("-----BEGIN SSH SIGNATURE-----\n")
	for text := base64.StdEncoding.EncodeToString(blob); text != ""; {
		n := min(len(text), 70)
		b.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	b.WriteString("-----END SSH SIGNATURE-----\n")
	return b.String(), nil
}

func sign(key ssh.Signer, data []byte, random io.Reader) (*ssh.Signature, error) {
	if key.PublicKey().Type() != ssh.KeyAlgoRSA {
		return key.Sign(random, data)
	}
	// An RSA key signs with SHA-1 by default, which nobody takes any more.
	with, ok := key.(ssh.AlgorithmSigner)
	if !ok {
		return nil, errors.New("it cannot sign with SHA-512")
	}
	return with.SignWithAlgorithm(random, data, ssh.KeyAlgoRSASHA512)
}

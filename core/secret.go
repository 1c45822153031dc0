package core

import (
	"strings"
	"unicode"
)

// SecretKey tells whether a field of this name may hold a secret.
func SecretKey(name string) bool {
	name = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
	for _, word := range []string{"password", "passwd", "passphrase", "secret", "token", "privatekey", "credential", "apikey", "authkey"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

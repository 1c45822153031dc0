package config

import (
	"fmt"
	"io"
)

// masked stands for a secret wherever it could be seen.
const masked = "********"

// Secret is a text that nothing prints: fmt, JSON, YAML and logs get a mask.
// The zero Secret is empty.
type Secret struct {
	// A pointer, so that fmt shows an address at most where it cannot call
	// Format: in an unexported field of another struct.
	text *string
}

// NewSecret hides a text; an empty one makes the zero Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal gives the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero tells whether there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// String is a mask, or "" for the zero Secret.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return masked
}

// Format prints the mask under every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText gives the mask, to JSON too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML gives the mask.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

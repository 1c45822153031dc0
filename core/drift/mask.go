package drift

import (
	"fmt"
	"strings"
	"unicode"

	"selvage/core"
)

// masker replaces values that look like secrets by placeholders. Within one
// verdict equal values get equal placeholders, so that a changed password still
// shows as changed; nothing about the value can be computed from them.
type masker struct {
	seen []any
}

// secretKey tells whether a field of this name may hold a secret.
func secretKey(name string) bool {
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

func (m *masker) placeholder(v any) string {
	for i, s := range m.seen {
		if core.EqualJSON(s, v) {
			return fmt.Sprintf("<masked %d>", i+1)
		}
	}
	m.seen = append(m.seen, v)
	return fmt.Sprintf("<masked %d>", len(m.seen))
}

// tree copies a value with everything masked whose key, or a key above it,
// looks like a secret's.
func (m *masker) tree(v any, secret bool) any {
	switch t := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for _, k := range unionKeys(t, nil) {
			out[k] = m.tree(t[k], secret || secretKey(k))
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = m.tree(e, secret)
		}
		return out
	case nil, bool:
		return v
	}
	if secret {
		return m.placeholder(v)
	}
	return v
}

func (m *masker) value(p core.Path, v core.Value) core.Value {
	if !v.Present() {
		return v
	}
	secret := false
	for _, s := range p.Steps() {
		secret = secret || secretKey(keyOf(s))
	}
	return core.ValueOf(m.tree(v.Any(), secret))
}

// verdict masks everything that a verdict shows.
func (m *masker) verdict(v *core.Verdict) {
	for i, c := range v.Changes {
		c.Base, c.BaseLive = m.value(c.Path, c.Base), m.value(c.Path, c.BaseLive)
		c.Git, c.Live = m.value(c.Path, c.Git), m.value(c.Path, c.Live)
		v.Changes[i] = c
	}
	for i, f := range v.Folded {
		f.Git, f.Live = m.value(f.Path, f.Git), m.value(f.Path, f.Live)
		v.Folded[i] = f
	}
	if v.Git != nil {
		v.Git, _ = m.tree(v.Git, false).(map[string]any)
	}
	if v.Live != nil {
		v.Live, _ = m.tree(v.Live, false).(map[string]any)
	}
}

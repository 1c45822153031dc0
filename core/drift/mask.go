package drift

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"selvage/core"
)

// masker replaces values that look like secrets by placeholders. Equal values
// get equal placeholders, so that a changed password still shows as changed;
// nothing about the value can be computed from them.
type masker struct {
	// order are the documents along which placeholders are counted, so that
	// whatever is shown of one object counts alike: both sides, then both halves
	// of the base.
	order [4]map[string]any
	seen  []any
}

func (s subject) masker() *masker {
	m := &masker{}
	if o := s.git.Object; o != nil {
		m.order[0] = o.Fields
	}
	if o := s.live.Object; o != nil {
		m.order[1] = o.Fields
	}
	if b := s.base; b != nil {
		m.order[2], m.order[3] = b.Git.Fields, b.Live.Fields
	}
	return m
}

var placeholderForm = regexp.MustCompile(`^<masked [0-9]+>$`)

func (m *masker) placeholder(v any) string {
	if text, ok := v.(string); ok && placeholderForm.MatchString(text) {
		return text // what was remembered is masked already
	}
	order := m.order
	m.order = [4]map[string]any{}
	for _, doc := range order {
		m.tree(doc, false)
	}
	i := slices.IndexFunc(m.seen, func(s any) bool { return core.EqualJSON(s, v) })
	if i < 0 {
		i = len(m.seen)
		m.seen = append(m.seen, v)
	}
	return fmt.Sprintf("<masked %d>", i+1)
}

// tree copies a value with everything masked whose key, or a key above it,
// looks like a secret's.
func (m *masker) tree(v any, secret bool) any {
	switch t := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for _, k := range unionKeys(t, nil) {
			out[k] = m.tree(t[k], secret || core.SecretKey(k))
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

// path is a path whose steps name no secret: a member of a set is named by its
// value.
func (m *masker) path(p core.Path) core.Path {
	out, secret := core.Path(""), false
	for _, s := range p.Steps() {
		if inner, element := strings.CutPrefix(s, "[="); element && secret {
			v, err := core.DecodeJSON([]byte(strings.TrimSuffix(inner, "]")))
			if err != nil {
				v = inner
			}
			s = string(core.Root.Element(m.tree(v, true)))
		}
		secret = secret || core.SecretKey(keyOf(s))
		out += core.Path(s)
	}
	if out == "" {
		return p
	}
	return out
}

func (m *masker) value(p core.Path, v core.Value) core.Value {
	if !v.Present() {
		return v
	}
	secret := false
	for _, s := range p.Steps() {
		secret = secret || core.SecretKey(keyOf(s))
	}
	return core.ValueOf(m.tree(v.Any(), secret))
}

// verdict masks everything that a verdict shows.
func (m *masker) verdict(v *core.Verdict) {
	for i, c := range v.Changes {
		c.Base, c.BaseLive = m.value(c.Path, c.Base), m.value(c.Path, c.BaseLive)
		c.Git, c.Live = m.value(c.Path, c.Git), m.value(c.Path, c.Live)
		c.Path = m.path(c.Path)
		v.Changes[i] = c
	}
	for i, f := range v.Folded {
		f.Git, f.Live = m.value(f.Path, f.Git), m.value(f.Path, f.Live)
		f.Path = m.path(f.Path)
		v.Folded[i] = f
	}
	if v.Git != nil {
		v.Git, _ = m.tree(v.Git, false).(map[string]any)
	}
	if v.Live != nil {
		v.Live, _ = m.tree(v.Live, false).(map[string]any)
	}
}

// side masks everything that an explained side shows.
func (m *masker) side(s *core.ExplainedSide) {
	if s.Raw != nil {
		s.Raw, _ = m.tree(s.Raw, false).(map[string]any)
	}
	if s.Normal != nil {
		s.Normal, _ = m.tree(s.Normal, false).(map[string]any)
	}
	for i, step := range s.Steps {
		step.From, step.To = m.value(step.Path, step.From), m.value(step.Path, step.To)
		step.Path = m.path(step.Path)
		s.Steps[i] = step
	}
}

package hedgehog

// shape is what re-marshalling a Go struct adds to a decoded object: omitempty does not omit a struct, so a struct-valued
// field is always written, as {} when it was absent or null, and so is a field without omitempty.
type shape struct {
	structs map[string]shape // struct-valued: always there
	options map[string]shape // pointers to structs: looked into only when there
	each    map[string]shape // lists or maps of structs: every element, null ones included
	eachPtr map[string]shape // lists or maps of pointers: every element but null ones
	zeros   map[string]any   // scalars without omitempty
}

// fill adds to m what the shape always writes. A value of another type stays as it is.
func (s shape) fill(m map[string]any) {
	for key, zero := range s.zeros {
		if unset(m, key) {
			m[key] = zero
		}
	}
	for key, inner := range s.structs {
		if unset(m, key) {
			m[key] = map[string]any{}
		}
		if v := mapAt(m, key); v != nil {
			inner.fill(v)
		}
	}
	for key, inner := range s.options {
		if v := mapAt(m, key); v != nil {
			inner.fill(v)
		}
	}
	for key, inner := range s.each {
		fillEach(m[key], inner, true)
	}
	for key, inner := range s.eachPtr {
		fillEach(m[key], inner, false)
	}
}

func fillEach(container any, inner shape, nulls bool) {
	fillOne := func(v any, set func(any)) {
		if v == nil && nulls {
			v = map[string]any{}
			set(v)
		}
		if m, ok := v.(map[string]any); ok {
			inner.fill(m)
		}
	}
	switch c := container.(type) {
	case []any:
		for i, v := range c {
			fillOne(v, func(x any) { c[i] = x })
		}
	case map[string]any:
		for k, v := range c {
			fillOne(v, func(x any) { c[k] = x })
		}
	}
}

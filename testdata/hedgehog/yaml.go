package hedgehog

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// YAML writes an object as one document in block style, as an operator would: apiVersion, kind, metadata and spec first,
// a name before the rest of its metadata, other keys sorted, sequences not indented. Read by kubectl's decoder it is
// exactly the object again, whatever its strings hold; a string that any YAML version might read as something else is quoted.
func YAML(obj map[string]any) []byte { return appendYAML(nil, obj, nil) }

// remark answers a comment for the line of a scalar, or "".
type remark func(key string, value any) string

func appendYAML(buf []byte, obj map[string]any, note remark) []byte {
	w := yamlWriter{buf: buf, note: note}
	if len(obj) == 0 {
		return append(w.buf, "{}\n"...)
	}
	w.writeMap(obj, 0, []string{"apiVersion", "kind", "metadata", "spec"})
	return w.buf
}

type yamlWriter struct {
	buf  []byte
	note remark
}

// writeMap writes a map that is not empty. The cursor stands where its first key goes.
func (w *yamlWriter) writeMap(m map[string]any, indent int, first []string) {
	start := true
	write := func(key string) {
		if !start {
			w.pad(indent)
		}
		start = false
		w.buf = append(w.buf, quote(key)...)
		w.buf = append(w.buf, ':')
		w.writeValue(key, m[key], indent)
	}
	for _, key := range first {
		if _, ok := m[key]; ok {
			write(key)
		}
	}
	for _, key := range sortedKeys(m) {
		if !slices.Contains(first, key) {
			write(key)
		}
	}
}

// writeValue writes what follows "key:".
func (w *yamlWriter) writeValue(key string, value any, indent int) {
	switch v := value.(type) {
	case nil:
		w.buf = append(w.buf, '\n')
		return
	case map[string]any:
		if len(v) > 0 {
			w.buf = append(w.buf, '\n')
			w.pad(indent + 2)
			var first []string
			if key == "metadata" && indent == 0 {
				first = []string{"name", "namespace"}
			}
			w.writeMap(v, indent+2, first)
			return
		}
	case []any:
		if len(v) > 0 {
			w.buf = append(w.buf, '\n')
			w.pad(indent)
			w.writeList(v, indent)
			return
		}
	}
	w.buf = append(w.buf, ' ')
	w.buf = append(w.buf, scalar(value)...)
	if w.note != nil {
		if text := w.note(key, value); text != "" {
			w.buf = append(append(w.buf, " # "...), text...)
		}
	}
	w.buf = append(w.buf, '\n')
}

// writeList writes a list that is not empty. The cursor stands where its first dash goes.
func (w *yamlWriter) writeList(list []any, indent int) {
	for i, value := range list {
		if i > 0 {
			w.pad(indent)
		}
		w.buf = append(w.buf, "- "...)
		switch v := value.(type) {
		case map[string]any:
			if len(v) > 0 {
				w.writeMap(v, indent+2, nil)
				continue
			}
		case []any:
			if len(v) > 0 {
				w.writeList(v, indent+2)
				continue
			}
		}
		w.buf = append(append(w.buf, scalar(value)...), '\n')
	}
}

func (w *yamlWriter) pad(n int) {
	for range n {
		w.buf = append(w.buf, ' ')
	}
}

func scalar(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return quote(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case map[string]any:
		return "{}"
	case []any:
		return "[]"
	}
	return quote(fmt.Sprint(value))
}

// quote answers a string as it is when no reader can take it for anything else, and in double quotes otherwise.
func quote(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xFFFF && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		case r == '\uFEFF' || !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plain reports that s needs no quotes: letters, digits and a few signs, no word or number of YAML 1.1 or 1.2. Spaces
// pass inside a phrase without colons. Among what begins with a digit only addresses, prefixes, speeds (25G) and MAC
// addresses with a letter pass; 10:20:30 is a number in YAML 1.1.
func plain(s string) bool {
	if s == "" || s[len(s)-1] == ':' || s[len(s)-1] == ' ' {
		return false
	}
	letters, colons, spaces := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case isLetter(c):
			letters++
		case c >= '0' && c <= '9' || c == '_' || c == '.' || c == '/' || c == '-':
		case c == ':':
			colons++
		case c == ' ':
			spaces++
		default:
			return false
		}
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf":
		return false
	}
	switch {
	case spaces > 0 && colons > 0:
		return false
	case isLetter(s[0]):
		return true
	case s[0] < '0' || s[0] > '9' || spaces > 0:
		return false
	case colons > 0:
		return colons == 5 && letters > 0
	case s[len(s)-1] == 'G':
		return true
	}
	_, err := netip.ParseAddr(strings.Split(s, "/")[0])
	return err == nil
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

package manifest_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"selvage/core"
)

// scribe writes values as people do: in every style that YAML has for them.
type scribe struct {
	t          *rapid.T
	b          strings.Builder
	step, list int
	block      bool // a block of text was the last to be written
	fold       bool // with folded text, which is not broken the same way again
}

func (s *scribe) one(of ...string) string { return rapid.SampledFrom(of).Draw(s.t, "style") }

var bare = regexp.MustCompile(`^[a-z][a-z-]*$`)

func plainWord(s string) bool {
	return bare.MatchString(s) && !slices.Contains([]string{"y", "n", "no", "on", "off", "yes", "null", "true", "false"}, s)
}

// scalar writes one on the line, and gives the lines of a block below it.
func (s *scribe) scalar(v any, column int, flow bool) []string {
	text, ok := v.(string)
	if !ok {
		s.b.Write(core.CanonicalJSON(v))
		return nil
	}
	styles := []string{"double"}
	if regexp.MustCompile(`^[ -~]*$`).MatchString(text) {
		styles = append(styles, "single")
	}
	if plainWord(text) {
		styles = append(styles, "plain", "plain")
	}
	if !flow && regexp.MustCompile(`^[a-z][a-z\n ]*[a-z]\n*$`).MatchString(text) && !strings.Contains(text, "\n ") && !strings.Contains(text, " \n") {
		styles = append(styles, "literal")
		if s.fold && !strings.Contains(text, "  ") {
			styles = append(styles, "folded")
		}
	}
	switch style := s.one(styles...); style {
	case "plain":
		s.b.WriteString(text)
	case "single":
		s.b.WriteString("'" + strings.ReplaceAll(text, "'", "''") + "'")
	case "literal", "folded":
		mark := "|"
		if style == "folded" {
			mark = ">"
		}
		body := strings.TrimRight(text, "\n")
		switch len(text) - len(body) {
		case 0:
			mark += "-"
		case 1:
		default:
			mark += "+"
		}
		s.b.WriteString(mark)
		if style == "folded" {
			body = regexp.MustCompile(`\n+`).ReplaceAllString(body, "$0\n")
			body = strings.ReplaceAll(body, " ", s.one(" ", "\n"))
		}
		body += strings.Repeat("\n", max(0, len(text)-len(strings.TrimRight(text, "\n"))-1))
		var lines []string
		for _, line := range strings.Split(body, "\n") {
			if line != "" {
				line = strings.Repeat(" ", column+s.step) + line
			}
			lines = append(lines, line)
		}
		return lines
	default:
		s.b.WriteString(strconv.QuoteToASCII(text))
	}
	return nil
}

func (s *scribe) comment() {
	s.b.WriteString(s.one("", "", "", " # note", "   # far"))
}

// flow writes a value between brackets.
func (s *scribe) flow(v any) {
	gap := s.one(" ", " ", "\n              ", " # in\n              ")
	switch t := v.(type) {
	case map[string]any:
		s.b.WriteString("{")
		for i, k := range slices.Sorted(maps.Keys(t)) {
			if i > 0 {
				s.b.WriteString("," + gap)
			}
			s.scalar(k, 0, true)
			s.b.WriteString(": ")
			s.flow(t[k])
		}
		s.b.WriteString(s.one("", "", " ") + "}")
	case []any:
		s.b.WriteString("[")
		for i, e := range t {
			if i > 0 {
				s.b.WriteString("," + gap)
			}
			s.flow(e)
		}
		if len(t) > 0 {
			s.b.WriteString(s.one("", "", ","))
		}
		s.b.WriteString("]")
	default:
		s.scalar(v, 0, true)
	}
}

// value writes a value behind a key or a dash, and ends the line.
func (s *scribe) value(v any, column int, dash bool) {
	switch t := v.(type) {
	case map[string]any:
		if len(t) == 0 || s.one("block", "block", "flow") == "flow" {
			break
		}
		if dash {
			s.b.WriteString(" ")
			s.entries(t, column+2, true)
			return
		}
		s.comment()
		s.b.WriteString("\n")
		s.entries(t, column+s.step, false)
		return
	case []any:
		if len(t) == 0 || s.one("block", "block", "flow") == "flow" {
			break
		}
		if dash {
			s.b.WriteString(" ")
			s.items(t, column+2, true)
			return
		}
		s.comment()
		s.b.WriteString("\n")
		s.items(t, column+s.list, false)
		return
	default:
		s.b.WriteString(" ")
		lines := s.scalar(v, column, false)
		s.block = len(lines) > 0
		s.comment()
		s.b.WriteString("\n")
		for _, line := range lines {
			s.b.WriteString(line + "\n")
		}
		return
	}
	s.block = false
	s.b.WriteString(" ")
	s.flow(v)
	s.comment()
	s.b.WriteString("\n")
}

func (s *scribe) above(column int) {
	pad := strings.Repeat(" ", column)
	styles := []string{"", "", "", "", pad + "# above\n", pad + "# one\n" + pad + "# two\n"}
	if !s.block { // these would be text
		styles = append(styles, pad+"   # deeper\n", "\n", "\n"+pad+"# one\n"+pad+"# two\n")
	}
	s.b.WriteString(s.one(styles...))
}

func (s *scribe) entries(m map[string]any, column int, inLine bool) {
	keys := rapid.Permutation(slices.Sorted(maps.Keys(m))).Draw(s.t, "order")
	for i, k := range keys {
		if i > 0 || !inLine {
			if i > 0 {
				s.above(column)
			}
			s.b.WriteString(strings.Repeat(" ", column))
		}
		if plainWord(k) {
			s.b.WriteString(k)
		} else {
			s.b.Write(core.CanonicalJSON(k))
		}
		s.b.WriteString(":")
		s.value(m[k], column, false)
	}
}

func (s *scribe) items(list []any, column int, inLine bool) {
	for i, e := range list {
		if i > 0 || !inLine {
			if i > 0 {
				s.above(column)
			}
			s.b.WriteString(strings.Repeat(" ", column))
		}
		s.b.WriteString("-")
		s.value(e, column, true)
	}
}

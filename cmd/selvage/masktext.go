package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"selvage/core"
)

var (
	// inlineValue is a key with a value on the same line, in YAML or JSON.
	inlineValue = regexp.MustCompile(`(["']?)([A-Za-z0-9_.-]+)(["']?:\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,{}\[\]#&|>][^,{}\[\]#]*)`)
	// blockKey begins a block whose values stand on the lines below it.
	blockKey = regexp.MustCompile(`^\s*(?:- +)*["']?([A-Za-z0-9_.-]+)["']?:\s*(?:[|>][-+0-9]*\s*)?(?:#.*)?$`)
)

// maskText takes what looks like a secret out of a text that holds YAML, such as
// what a commit changed: by the names of keys, as everywhere, and line by line, for a
// part of a file is no document. Equal values get equal placeholders.
func maskText(text string) string {
	var seen []string
	placeholder := func(value string) string {
		i := slices.Index(seen, value)
		if i < 0 {
			i = len(seen)
			seen = append(seen, value)
		}
		return fmt.Sprintf("<masked %d>", i+1)
	}
	lines := strings.Split(text, "\n")
	block := -1 // the indent of the key whose block is secret; -1 outside of one
	for i, l := range lines {
		sign, body := "", l
		if l != "" && strings.ContainsAny(l[:1], "+- ") {
			sign, body = l[:1], l[1:]
		}
		indent := len(body) - len(strings.TrimLeft(body, " "))
		if strings.HasPrefix(l, "@@") || strings.TrimSpace(body) != "" && indent <= block {
			block = -1
		}
		if block >= 0 && strings.TrimSpace(body) != "" {
			lines[i] = sign + body[:indent] + placeholder(strings.TrimSpace(body))
			continue
		}
		if m := blockKey.FindStringSubmatch(body); m != nil && core.SecretKey(m[1]) {
			block = indent
			continue
		}
		lines[i] = sign + inlineValue.ReplaceAllStringFunc(body, func(s string) string {
			m := inlineValue.FindStringSubmatch(s)
			value := strings.TrimSpace(m[4])
			if !core.SecretKey(m[2]) || value == "true" || value == "false" || value == "null" {
				return s
			}
			return m[1] + m[2] + m[3] + placeholder(strings.Trim(value, `"'`))
		})
	}
	return strings.Join(lines, "\n")
}

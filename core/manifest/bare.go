package manifest

import (
	"regexp"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// plain matches the strings that need no closer look, but for [word].
var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z_/-]*[A-Za-z0-9_/.-]*$`)

// word tells whether a string is one of those that YAML 1.1 reads as a boolean,
// as nothing or as a merge.
func word(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null", "<<":
		return true
	}
	return false
}

// sameBare tells whether both generations of parsers read the bare string as
// itself.
func sameBare(s string) bool {
	bare := []byte("- " + s)
	var old []any
	var young []any
	return !word(s) && yaml.Unmarshal(bare, &old) == nil && len(old) == 1 && old[0] == s &&
		yamlv3.Unmarshal(bare, &young) == nil && len(young) == 1 && young[0] == s
}

// sexagesimal matches what YAML 1.1 takes for a number, and neither of our
// parsers: other programs that read the file may.
var sexagesimal = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)

func bareValue(s string, flow bool) bool {
	if plain.MatchString(s) {
		return !word(s)
	}
	if flow {
		return printable(s) && alike(s, "[", "]") && alike(s, "[", ", x]")
	}
	return printable(s) && sameBare(s)
}

func bareKey(s string, flow bool) bool {
	if plain.MatchString(s) {
		return !word(s)
	}
	if !printable(s) || word(s) || len(s) > 512 {
		return false
	}
	before, after := "", ": x"
	if flow {
		before, after = "{", ": x}"
	}
	text := []byte(before + s + after)
	var old map[string]any
	var young map[any]any
	return sameBare(s) && yaml.Unmarshal(text, &old) == nil && len(old) == 1 && old[s] == "x" &&
		yamlv3.Unmarshal(text, &young) == nil && len(young) == 1 && young[s] == "x"
}

// alike tells whether both generations of parsers read a bare string in a list
// as itself.
func alike(s, before, after string) bool {
	text := []byte(before + s + after)
	var old, young []any
	return !word(s) && yaml.Unmarshal(text, &old) == nil && len(old) > 0 && old[0] == s &&
		yamlv3.Unmarshal(text, &young) == nil && len(young) > 0 && young[0] == s && len(old) == len(young) && len(old) == 1+strings.Count(after, "x")
}

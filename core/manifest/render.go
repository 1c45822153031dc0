package manifest

import (
	"fmt"
	"regexp"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// Render writes a decoded document (see [core.Document]) as YAML in house
// style: two spaces, lists not indented, apiVersion, kind, metadata and spec
// first, all other keys sorted. Equal documents give equal bytes, and reading
// them with [Parse] gives the document back. It fails only on what is no
// decoded JSON value.
func Render(doc map[string]any) ([]byte, error) {
	lines, err := house().document(doc)
	if err != nil {
		return nil, fmt.Errorf("render YAML: %w", err)
	}
	return []byte(strings.Join(lines, "\n") + "\n"), nil
}

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

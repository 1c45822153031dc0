package manifest

import (
	"fmt"
	"strings"
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

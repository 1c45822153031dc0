package changeset

import (
	"bytes"

	"selvage/core"
)

// Diff is what changes of one file, as git shows it; "" where nothing does. old is
// the file as it was.
func Diff(c core.FileChange, old core.File) (string, error) {
	var b bytes.Buffer
	err := difference(&b, c, old)
	return b.String(), err
}

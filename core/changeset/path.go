package changeset

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPath is how long a path may be, in bytes.
const maxPath = 4096

// ValidPath tells why a path is not one that a commit may write to: it must lie
// below the root, and mean the same file on every system. What git itself
// refuses to check out is refused, and so are names that could not be shown as
// they are.
func ValidPath(path string) error {
	refuse := func(why string) error { return fmt.Errorf("write to %q: %s", path, why) }
	switch {
	case path == "" || len(path) > maxPath:
		return refuse("the path is empty, or too long")
	case !utf8.ValidString(path):
		return refuse("the path is not UTF-8")
	case strings.ContainsAny(path, "\\:\""):
		return refuse(`the path has one of \ : "`)
	case strings.ContainsFunc(path, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }):
		return refuse("the path has characters that cannot be seen")
	}
	for step := range strings.SplitSeq(path, "/") {
		plain := strings.ToLower(strings.TrimRight(step, " ."))
		switch {
		case step == "" || step == "." || step == "..":
			return refuse("the path leaves its folder, or names none")
		case step != strings.TrimRight(step, " ."):
			return refuse("a name ends in a space or a dot")
		case plain == ".git" || plain == "git~1" || plain == ".gitmodules":
			return refuse("the path is one of Git's own")
		}
	}
	return nil
}

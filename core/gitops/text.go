package gitops

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"selvage/core"
)

// maxText is how much of a message is kept.
const maxText = 600

// scratch finds the names of scratch files that engines put into messages.
// They differ at every attempt and say nothing.
var scratch = regexp.MustCompile(` ?"/(?:dev/shm|tmp)/[^"\s]*"|/tmp/kustomization-\d+`)

// oneLine puts a message of an engine, a server or the object that it is about
// on one line, and cuts what is longer than anybody reads.
func oneLine(s string) string {
	return core.Brief(scratch.ReplaceAllString(s, ""), maxText)
}

// bare is a repository's address without credentials.
func bare(address string) string {
	u, err := url.Parse(address)
	if err != nil { // what cannot be read is cut, so that nothing secret is left
		if scheme, rest, ok := strings.Cut(address, "://"); ok {
			return scheme + "://" + rest[strings.LastIndex(rest, "@")+1:]
		}
		return address
	}
	if u.User == nil {
		return address
	}
	u.User = nil
	return u.String()
}

// folder brings a path in a repository into the form "a/b", "" for its root.
func folder(p string) string { return strings.Trim(path.Clean("/"+p), "/") }

// shown is a folder as people write it.
func shown(p string) string {
	if p == "" {
		return "the whole repository"
	}
	return p
}

// within is the path of a file or folder below a folder, and false where it lies
// elsewhere. A folder lies within itself.
func within(dir, p string) (string, bool) {
	if dir == "" || dir == p {
		return strings.TrimPrefix(p, dir), true
	}
	return strings.CutPrefix(p, dir+"/")
}

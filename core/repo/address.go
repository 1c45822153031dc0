package repo

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"selvage/core"
)

// address is a parsed git.url.
type address struct {
	scheme         string // https, http, ssh or file
	user, password string
	host           string // with the port if one was given
	path           string
	text           string // as people may see it
}

// scpLike is user@host:path, which git takes for ssh.
var scpLike = regexp.MustCompile(`^(?:([^@/:]+)@)?(\[[^\]/]+\]|[^@/:\[\]]+):(.*)$`)

// parseAddress understands the addresses that git does, but for git:// and
// helpers of one's own.
func parseAddress(s string) (address, error) {
	if filepath.IsAbs(s) {
		return address{scheme: "file", path: s, text: s}, nil
	}
	if !strings.Contains(s, "://") {
		m := scpLike.FindStringSubmatch(s)
		if m == nil {
			return address{}, badURL(s, "neither an address nor an absolute path")
		}
		return address{scheme: "ssh", user: m[1], host: m[2], path: m[3], text: s}, nil
	}
	u, err := url.Parse(s)
	if err != nil {
		// The parser's error quotes the address, password and all.
		return address{}, badURL("", "no valid address")
	}
	a := address{scheme: strings.ToLower(u.Scheme), user: u.User.Username(), host: u.Host, path: u.Path}
	a.password, _ = u.User.Password()
	u.User, u.RawQuery, u.Fragment = nil, "", "" // tokens hide in queries, too
	switch a.scheme {
	case "file":
		a.text = u.String()
		if u.Host != "" && u.Host != "localhost" {
			return address{}, badURL(a.text, "names another host")
		}
		return a, nil
	case "http", "https", "ssh":
		if a.host == "" {
			return address{}, badURL(u.String(), "names no host")
		}
	default:
		return address{}, badURL(u.String(), "is neither https, ssh nor file")
	}
	if a.scheme == "ssh" && a.user != "" {
		u.User = url.User(a.user)
	}
	a.text = u.String()
	return a, nil
}

// Shown is the address of a repository as people may see it, as readings have it:
// without credentials. It is "" for what is no address.
func Shown(url string) string {
	a, err := parseAddress(url)
	if err != nil {
		return ""
	}
	return a.shown()
}

func badURL(shown, reason string) error {
	return &core.Error{Access: core.AccessInvalid, Op: "read git.url", Err: fmt.Errorf("%q %s", shown, reason), Hint: "fix git.url"}
}

func (a address) shown() string { return a.text }

// newOrigin makes the origin of a location. An address that is none gives one
// that says so whenever it is asked.
func newOrigin(c Config, l Location) origin {
	branch := strings.TrimPrefix(l.Branch, "refs/heads/")
	a, err := parseAddress(l.URL)
	if err != nil {
		return broken{err}
	}
	switch a.scheme {
	case "file":
		return &local{dir: filepath.Clean(a.path), branch: branch, text: a.text}
	case "ssh":
		t := &sshTransport{config: c, location: l, address: a}
		r := newRemote(c, a, branch, t.dial)
		r.login = t.readLogin
		return r
	default:
		t := newHTTP(c, l, a)
		r := newRemote(c, a, branch, t.dial)
		r.login = t.readLogin
		return r
	}
}

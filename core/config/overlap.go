package config

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// directory is one directory that a fabric reads.
type directory struct {
	fabric *Fabric
	at     Position
	repo   string // see repository
	branch string
	path   string
}

// checkOverlap tells of directories that are one, or lie in one another: a
// change to one would be a change to the other.
func (c *Config) checkOverlap(d *decoder) {
	read := map[string][]directory{} // by repository and branch
	for i := range c.Fabrics {
		f := &c.Fabrics[i]
		for j, g := range f.Git {
			if g.URL == "" || g.Path == "" || g.Branch == "" {
				continue // already told
			}
			dir := directory{fabric: f, repo: repository(g.URL), branch: g.Branch, path: g.Path}
			for _, key := range []string{"path", "url", ""} {
				if at, ok := f.item("git", j, key); ok && !at.inherited {
					dir.at = at.Position
					break
				}
			}
			if dir.at == (Position{}) {
				dir.at = f.at[""].Position
			}
			key := dir.repo + "\x00" + dir.branch
			for _, other := range read[key] {
				if within(dir.path, other.path) || within(other.path, dir.path) {
					d.problem(dir.at, overlapText(dir, other), "give each a folder of its own")
				}
			}
			read[key] = append(read[key], dir)
		}
	}
}

func overlapText(a, b directory) string {
	how := "lies in"
	if a.path == b.path {
		how = "is"
	} else if within(b.path, a.path) {
		how = "holds"
	}
	whose := fmt.Sprintf("that of fabric %q", b.fabric.Name)
	if a.fabric == b.fabric {
		whose = "another of the same fabric"
	}
	return fmt.Sprintf("git.path: %s of fabric %q %s %s, at %s", quoted(a.path), a.fabric.Name, how, whose, b.at)
}

// within tells whether a is b or lies in it.
func within(a, b string) bool {
	return b == "." || a == b || strings.HasPrefix(a, b+"/")
}

// repository gives every address of a repository the same text: host and path,
// without transport, user, default port, closing slash and .git.
func repository(address string) string {
	host, at, short := scp(address)
	switch {
	case strings.Contains(address, "://"):
		u, err := url.Parse(address)
		if err != nil {
			return address
		}
		if u.Scheme == "file" {
			return local(u.Path)
		}
		host, at = strings.ToLower(u.Hostname()), u.Path
		if p := u.Port(); p != "" && p != map[string]string{"https": "443", "http": "80", "ssh": "22"}[u.Scheme] {
			host = net.JoinHostPort(host, p)
		}
	case short:
		if i := strings.LastIndex(host, "@"); i >= 0 {
			host = host[i+1:]
		}
		host = strings.ToLower(host)
	default:
		return local(address)
	}
	return host + "/" + bare(strings.TrimLeft(path.Clean("/"+at), "/"))
}

func local(name string) string { return "file:" + bare(identity(filepath.Clean(name))) }

func bare(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(name, "/"), ".git"), "/")
}

package engine

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// file is a file of a commit.
type file struct {
	path    string
	content []byte
}

// source is one directory of a bare repository, and what of it is applied.
type source struct {
	repo, target, dir string
	flat              bool
	include, exclude  string
}

// head returns the commit the target is at: a branch, a tag, HEAD or the hash of
// a commit.
func (s source) head(ctx context.Context) (string, error) {
	names := []string{"refs/heads/" + s.target, "refs/tags/" + s.target}
	if s.target == "" || s.target == "HEAD" {
		names = []string{"HEAD"}
	} else if isHash.MatchString(s.target) {
		names = append(names, s.target)
	}
	var last error
	for _, name := range names {
		out, err := s.git(ctx, nil, "rev-parse", "--verify", "--quiet", name+"^{commit}")
		if err == nil {
			return strings.TrimSpace(string(out)), nil
		}
		last = err
	}
	return "", fmt.Errorf("find branch %q: %w", s.target, last)
}

var isHash = regexp.MustCompile(`^[0-9a-f]{7,40}$`)

// manifests returns the YAML and JSON files of the directory that are applied,
// in order of path.
func (s source) manifests(ctx context.Context, commit string) ([]file, error) {
	args := []string{"ls-tree", "-r", "-z", "--name-only", commit}
	dir := path.Clean("/" + s.dir)[1:]
	if dir != "" {
		args = append(args, "--", dir+"/")
	}
	out, err := s.git(ctx, nil, args...)
	if err != nil {
		return nil, fmt.Errorf("list %q: %w", s.dir, err)
	}
	var files []file
	var ask bytes.Buffer
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		switch path.Ext(name) {
		case ".yaml", ".yml", ".json":
			if strings.Contains(name, "\n") {
				return nil, fmt.Errorf("read %q: a name with a line break", name)
			}
			if !s.takes(strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")) {
				continue
			}
			files = append(files, file{path: name})
			fmt.Fprintf(&ask, "%s:%s\n", commit, name)
		}
	}
	if len(files) == 0 {
		return nil, nil
	}
	out, err = s.git(ctx, &ask, "cat-file", "--batch")
	if err != nil {
		return nil, fmt.Errorf("read %d files: %w", len(files), err)
	}
	answers := bufio.NewReader(bytes.NewReader(out))
	for i := range files {
		if files[i].content, err = blob(answers); err != nil {
			return nil, fmt.Errorf("read %q: %w", files[i].path, err)
		}
	}
	return files, nil
}

// takes tells whether a file is applied, by its path in the directory.
func (s source) takes(name string) bool {
	switch {
	case s.flat && strings.Contains(name, "/"):
		return false
	case s.exclude != "" && matches(s.exclude, name):
		return false
	}
	return s.include == "" || matches(s.include, name)
}

// matches tells whether a glob of Argo CD matches all of a path. Its star
// crosses directories. One that is no glob matches nothing.
func matches(glob, name string) bool {
	var b strings.Builder
	braces := 0
	for _, r := range glob {
		switch {
		case r == '*':
			b.WriteString(".*")
		case r == '?':
			b.WriteByte('.')
		case r == '{':
			braces++
			b.WriteString("(?:")
		case r == '}' && braces > 0:
			braces--
			b.WriteByte(')')
		case r == ',' && braces > 0:
			b.WriteByte('|')
		case r == '[' || r == ']' || r == '-':
			b.WriteRune(r)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	matched, err := regexp.MatchString("^(?:"+b.String()+")$", name)
	return err == nil && matched
}

// blob reads one answer of cat-file: a line "<id> blob <size>", content, newline.
func blob(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("read the header of git: %w", err)
	}
	words := strings.Fields(line)
	if len(words) != 3 || words[1] != "blob" {
		return nil, fmt.Errorf("git answered %q", strings.TrimSpace(line))
	}
	size, err := strconv.Atoi(words[2])
	if err != nil {
		return nil, fmt.Errorf("git answered %q: %w", strings.TrimSpace(line), err)
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(r, content); err != nil {
		return nil, fmt.Errorf("read %d bytes: %w", size, err)
	}
	if _, err := r.Discard(1); err != nil {
		return nil, fmt.Errorf("read the end of a file: %w", err)
	}
	return content, nil
}

func (s source) git(ctx context.Context, in io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir=" + s.repo}, args...)...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
	}
	cmd.Stdin = in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}

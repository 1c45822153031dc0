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
	"strconv"
	"strings"
)

// file is a file of a commit.
type file struct {
	path    string
	content []byte
}

// tree reads one directory of a bare repository.
type tree struct{ repo, branch, dir string }

// head returns the commit the branch is at.
func (t tree) head(ctx context.Context) (string, error) {
	out, err := t.git(ctx, nil, "rev-parse", "--verify", "--quiet", "refs/heads/"+t.branch+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("find branch %q: %w", t.branch, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// manifests returns the YAML and JSON files of the directory, in order of path.
func (t tree) manifests(ctx context.Context, commit string) ([]file, error) {
	args := []string{"ls-tree", "-r", "-z", "--name-only", commit}
	if dir := path.Clean("/" + t.dir)[1:]; dir != "" {
		args = append(args, "--", dir+"/")
	}
	out, err := t.git(ctx, nil, args...)
	if err != nil {
		return nil, fmt.Errorf("list %q: %w", t.dir, err)
	}
	var files []file
	var ask bytes.Buffer
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		switch path.Ext(name) {
		case ".yaml", ".yml", ".json":
			if strings.Contains(name, "\n") {
				return nil, fmt.Errorf("read %q: a name with a line break", name)
			}
			files = append(files, file{path: name})
			fmt.Fprintf(&ask, "%s:%s\n", commit, name)
		}
	}
	if len(files) == 0 {
		return nil, nil
	}
	out, err = t.git(ctx, &ask, "cat-file", "--batch")
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

func (t tree) git(ctx context.Context, in io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir=" + t.repo}, args...)...)
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

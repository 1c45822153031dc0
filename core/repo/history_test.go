package repo_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// doc is an object in a generated history.
type doc struct {
	name  string
	value int
}

// files are the manifests of a generated commit, by their paths.
type files map[string][]doc

func (f files) clone() files {
	c := files{}
	for path, docs := range f {
		c[path] = slices.Clone(docs)
	}
	return c
}

// find gives the file that holds an object, and its value there.
func (f files) find(name string) (path string, value int, ok bool) {
	for _, path := range slices.Sorted(maps.Keys(f)) {
		for _, d := range f[path] {
			if d.name == name {
				return path, d.value, true
			}
		}
	}
	return "", 0, false
}

// text is a manifest file as it is committed. A file with a value below zero is
// no YAML.
func text(docs []doc) string {
	var b strings.Builder
	for i, d := range docs {
		if i > 0 {
			b.WriteString("---\n")
		}
		fmt.Fprintf(&b, "%s  vlan: %d\n", vpc(d.name), d.value)
		if d.value < 0 {
			b.WriteString("\tx: [\n")
		}
	}
	return b.String()
}

// made is a generated commit.
type made struct {
	parents []int
	files   files
	skew    int // seconds that the clock was off by
}

// history is a generated history; its last commit is the head.
type history []made

func (h *history) commit(f files, parents ...int) int {
	*h = append(*h, made{parents: parents, files: f.clone()})
	return len(*h) - 1
}

const epoch = 1_790_000_000 // of the first commit; each is a minute after the one before

// write makes the branch main of a repository of the history, by the real git,
// and gives the ids of its commits.
func (h history) write(t testing.TB, dir string) []string {
	t.Helper()
	var b strings.Builder
	for i, c := range h {
		message := fmt.Sprintf("commit %d\n\nbody\n", i)
		fmt.Fprintf(&b, "commit refs/heads/main\nmark :%d\nauthor A%d <a@x> %d +0000\ncommitter C <c@x> %d +0100\ndata %d\n%s\n",
			i+1, i, epoch, epoch+60*i+c.skew, len(message), message)
		before := files{}
		for n, p := range c.parents {
			word := "merge"
			if n == 0 {
				word, before = "from", h[p].files
			}
			fmt.Fprintf(&b, "%s :%d\n", word, p+1)
		}
		for _, path := range slices.Sorted(maps.Keys(before)) {
			if _, ok := c.files[path]; !ok {
				fmt.Fprintf(&b, "D %s\n", path)
			}
		}
		for _, path := range slices.Sorted(maps.Keys(c.files)) {
			if old, ok := before[path]; !ok || !slices.Equal(old, c.files[path]) {
				data := text(c.files[path])
				fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", path, len(data), data)
			}
		}
	}
	b.WriteString("done\n")
	marks := filepath.Join(t.TempDir(), "marks")
	cmd := exec.CommandContext(t.Context(), "git", "fast-import", "--quiet", "--force", "--done", "--export-marks="+marks)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git fast-import: %v\n%s", err, out)
	}
	data, err := os.ReadFile(marks)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(h))
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		var mark int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &mark, &id); err != nil {
			t.Fatal(err)
		}
		ids[mark-1] = id
	}
	return ids
}

// random makes a history of n commits: edits, additions, removals, files that
// are renamed, objects that move to other files, branches, and merges of all
// sorts. The values of an object never come twice, but by a merge.
func random(r *rand.Rand, n int, paths []string) history {
	var h history
	value := 0
	fresh := func() int { value++; return value }
	f := files{}
	for i := range 6 {
		path := paths[r.IntN(len(paths))]
		f[path] = append(f[path], doc{fmt.Sprintf("obj-%d", i), fresh()})
	}
	tips := []int{h.commit(f)}
	for len(h) < n {
		t := r.IntN(len(tips))
		switch at := tips[t]; {
		case len(tips) > 1 && r.IntN(4) == 0:
			o := (t + 1) % len(tips)
			merged := merge(r, h[at].files, h[tips[o]].files)
			if r.IntN(4) == 0 {
				edit(r, merged, paths, fresh)
			}
			parents := []int{at, tips[o]}
			if r.IntN(2) == 0 {
				tips[t] = h.commit(merged, parents...) // the other branch goes on
			} else {
				c := h.commit(merged, parents...)
				tips = append(slices.Delete(tips, max(t, o), max(t, o)+1)[:min(t, o)], append([]int{c}, tips[min(t, o)+1:]...)...)
			}
		case len(tips) < 3 && r.IntN(6) == 0:
			tips = append(tips, at)
		default:
			c := h[at].files.clone()
			edit(r, c, paths, fresh)
			tips[t] = h.commit(c, at)
		}
	}
	if slices.Sort(tips); len(tips) > 1 {
		h.commit(merge(r, h[tips[len(tips)-1]].files, h[tips[0]].files), tips[len(tips)-1], tips[0])
	}
	return h
}

// merge takes each file from either side. No object is in two files after that.
func merge(r *rand.Rand, a, b files) files {
	m := a.clone()
	if r.IntN(3) == 0 {
		return m
	}
	for path := range maps.Keys(b) {
		if r.IntN(2) == 0 {
			m[path] = slices.Clone(b[path])
		}
	}
	seen := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(m)) {
		m[path] = slices.DeleteFunc(m[path], func(d doc) bool {
			twice := seen[d.name]
			seen[d.name] = true
			return twice
		})
		if len(m[path]) == 0 {
			delete(m, path)
		}
	}
	return m
}

// edit changes something in a few files.
func edit(r *rand.Rand, f files, paths []string, fresh func() int) {
	for range 1 + r.IntN(2) {
		name := fmt.Sprintf("obj-%d", r.IntN(6))
		path, value, ok := f.find(name)
		to := paths[r.IntN(len(paths))]
		if !ok {
			f[to] = append(f[to], doc{name, fresh()})
			continue
		}
		i := slices.IndexFunc(f[path], func(d doc) bool { return d.name == name })
		switch r.IntN(6) {
		case 0: // is gone
			f[path] = slices.Delete(f[path], i, i+1)
		case 1: // moves
			f[path] = slices.Delete(f[path], i, i+1)
			f[to] = append(f[to], doc{name, value})
		case 2: // moves and changes
			f[path] = slices.Delete(f[path], i, i+1)
			f[to] = append(f[to], doc{name, fresh()})
		case 3: // the file is renamed
			if _, taken := f[to]; !taken {
				f[to] = f[path]
				delete(f, path)
			}
		default:
			f[path][i].value = fresh()
		}
		if len(f[path]) == 0 {
			delete(f, path)
		}
	}
}

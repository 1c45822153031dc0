package changeset

import (
	"bytes"
	"fmt"
	"mime"
	"net/mail"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
)

// Patch is a publication as git format-patch writes it, for git am and git
// apply. before gives the files as they were, by their paths.
func Patch(p core.Publication, before map[string]core.File) ([]byte, error) {
	subject, rest, _ := strings.Cut(p.Message, "\n")
	var b bytes.Buffer
	fmt.Fprintf(&b, "From %s Mon Sep 17 00:00:00 2001\n", p.Commit)
	fmt.Fprintf(&b, "From: %s\n", (&mail.Address{Name: p.Author.Name, Address: p.Author.Email}).String())
	fmt.Fprintf(&b, "Date: %s\n", p.Author.When.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	encoded := mime.QEncoding.Encode("UTF-8", subject)
	fmt.Fprintf(&b, "Subject: [PATCH] %s\n", strings.ReplaceAll(encoded, "\r\n", "\n"))
	b.WriteString("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n")
	fmt.Fprintf(&b, "\n%s\n---\n\n", strings.Trim(rest, "\n"))
	changes := slices.SortedFunc(slices.Values(p.Changes), func(x, y core.FileChange) int { return strings.Compare(x.Path, y.Path) })
	for _, c := range changes {
		old, there := before[c.Path]
		if there != (c.Before != "") {
			return nil, fmt.Errorf("make a patch of %q: %w", c.Path, core.ErrStale)
		}
		if err := difference(&b, c, old); err != nil {
			return nil, err
		}
	}
	b.WriteString("-- \nselvage\n")
	return b.Bytes(), nil
}

func difference(b *bytes.Buffer, c core.FileChange, old core.File) error {
	from, to := "a/"+c.Path, "b/"+c.Path
	now := plumbing.ZeroHash.String()
	if c.After != nil {
		now = plumbing.ComputeHash(plumbing.BlobObject, c.After).String()
	}
	if now == c.Before {
		return nil
	}
	was, mode := c.Before, modeFile
	if old.Executable {
		mode = modeExecutable
	}
	fmt.Fprintf(b, "diff --git %s %s\n", from, to)
	switch {
	case c.Before == "":
		b.WriteString("new file mode 100644\n")
		from, was = "/dev/null", plumbing.ZeroHash.String()
	case c.After == nil:
		b.WriteString("deleted file mode " + mode + "\n")
		to = "/dev/null"
	}
	fmt.Fprintf(b, "index %s..%s", was, now)
	if c.Before != "" && c.After != nil {
		b.WriteString(" " + mode)
	}
	b.WriteString("\n")
	edits := udiff.Lines(string(old.Content), string(c.After))
	text, err := udiff.ToUnified(tabbed(from), tabbed(to), string(old.Content), edits, 3)
	if err != nil {
		return fmt.Errorf("make a patch of %q: %w", c.Path, err)
	}
	b.WriteString(text)
	return nil
}

// tabbed marks the end of a name with a space in it, as git does.
func tabbed(name string) string {
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

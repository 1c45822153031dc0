package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"selvage/core"
	"selvage/core/changeset"
)

const (
	mostShown    = 200     // files of a commit whose changes are shown
	largestShown = 1 << 20 // bytes of a file whose changes are shown
)

// Show tells of a commit in the history of a reading's branch who made it, when
// and why, and what it changed, in the manner of git show. Of a merge it is what
// differs from the first parent. It is not found where that history, as it was
// fetched, does not have it. The text is as it was written: it is for whoever
// shows it to make it inert. Of files that are large, or no text, only the names
// are told.
func (s *Source) Show(ctx context.Context, at core.Reading, commit string) (text string, found bool, err error) {
	head, err := revisionOf(at)
	if err != nil {
		return "", false, err
	}
	m, err := s.mirrorOf(at)
	if err != nil {
		return "", false, err
	}
	if !plumbing.IsHash(commit) {
		return "", false, &core.Error{Access: core.AccessInvalid, Op: fmt.Sprintf("show commit %q", commit), Err: errors.New("no id of a commit")}
	}
	err = s.look(ctx, m, head, func(l *lookback) (err error) {
		text, found, err = l.show(plumbing.NewHash(commit))
		return err
	})
	return text, found, err
}

func (l *lookback) show(h plumbing.Hash) (text string, found bool, err error) {
	l.objects.mu.Lock()
	c, err := object.GetCommit(l.objects.store, h)
	l.objects.mu.Unlock()
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read commit %s: %w", h, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "commit %s\n", h)
	if len(c.ParentHashes) > 1 {
		b.WriteString("Merge: ")
		for _, p := range c.ParentHashes {
			fmt.Fprintf(&b, "%.7s ", p)
		}
		b.WriteString("\n")
	}
	const layout = "Mon Jan 2 15:04:05 2006 -0700"
	fmt.Fprintf(&b, "Author: %s <%s>\nDate:   %s\n", c.Author.Name, c.Author.Email, c.Author.When.Format(layout))
	if c.Committer.Name != c.Author.Name {
		fmt.Fprintf(&b, "Commit: %s <%s>\n        %s\n", c.Committer.Name, c.Committer.Email, c.Committer.When.Format(layout))
	}
	b.WriteString("\n")
	for line := range strings.SplitSeq(strings.TrimRight(c.Message, "\n"), "\n") {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	b.WriteString("\n")
	if err := l.changesOf(&b, c); err != nil {
		return "", false, err
	}
	return b.String(), true, nil
}

// changesOf writes what a commit changed in files.
func (l *lookback) changesOf(b *strings.Builder, c *object.Commit) error {
	before := plumbing.ZeroHash
	switch {
	case l.cut[c.Hash]:
		b.WriteString("(the history that was fetched begins here)\n")
		return nil
	case len(c.ParentHashes) > 0:
		parent, err := l.commit(c.ParentHashes[0])
		if err != nil {
			return err
		}
		before = parent.tree
	}
	var failed error
	files := 0
	d := differ{tree: l.tree, found: func(path string, was, is plumbing.Hash) {
		if files++; files > mostShown || failed != nil {
			return
		}
		text, err := l.change(path, was, is)
		failed = err
		b.WriteString(text)
	}}
	if err := d.diff(before, c.TreeHash, "", 0); err != nil {
		return err
	}
	if files > mostShown {
		fmt.Fprintf(b, "and %d files more\n", files-mostShown)
	}
	return failed
}

// change is what differs of one file.
func (l *lookback) change(path string, was, is plumbing.Hash) (string, error) {
	if err := l.ctx.Err(); err != nil {
		return "", err
	}
	change, old := core.FileChange{Path: path}, core.File{}
	for _, side := range []struct {
		hash plumbing.Hash
		take func([]byte)
	}{
		{was, func(text []byte) { change.Before, old = was.String(), core.File{ID: was.String(), Content: text} }},
		{is, func(text []byte) { change.After = text }},
	} {
		if side.hash.IsZero() {
			continue
		}
		text, err := []byte{}, errTooLarge
		if side.hash != odd() {
			text, err = l.objects.blob(side.hash, largestShown)
		}
		switch {
		case errors.Is(err, errTooLarge), bytes.IndexByte(text, 0) >= 0:
			return fmt.Sprintf("diff --git a/%s b/%s\n(large, or no text)\n", path, path), nil
		case err != nil:
			return "", err
		}
		side.take(text)
	}
	return changeset.Diff(change, old)
}

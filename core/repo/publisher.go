package repo

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
	"selvage/core/changeset"
)

var (
	_ core.Publisher = (*Publisher)(nil)
	_ core.Patcher   = (*Publisher)(nil)
)

// Publisher publishes commits to the branch of one location. It is safe for
// concurrent use.
type Publisher struct {
	pool   *Pool
	mirror *mirror
	by     Authorship
}

// Publisher makes a publisher to the branch of a location. It shares the
// conversations, the login and what is known of the branch with the sources of
// the same location, and touches neither network nor disk.
func (p *Pool) Publisher(l Location, by Authorship) *Publisher {
	return &Publisher{pool: p, mirror: p.mirror(l), by: by}
}

// base gives the branch at a commit: from memory where that was the last one
// seen, else by asking where it is.
func (p *Publisher) base(ctx context.Context, commit string) (*revision, error) {
	known, number := p.mirror.known()
	if known != nil && known.commit.String() == commit {
		return known, nil
	}
	a, err := p.mirror.read(ctx, number)
	if err == nil {
		err = a.err
	}
	switch {
	case err != nil:
		return nil, because(ctx, err)
	case a.revision.commit.String() != commit:
		return nil, fmt.Errorf("%w: it is at %s, and not at %q", core.ErrMoved, a.revision.commit, commit)
	}
	return a.revision, nil
}

// known is the last commit that the branch was seen at, nil for none, and the
// number of the conversation that it comes from.
func (m *mirror) known() (*revision, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last.revision, m.last.number
}

// passed tells the mirror where the branch was seen, so that nobody is given an
// older answer.
func (m *mirror) passed(head string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.last.revision; head != "" && r != nil && r.commit.String() != head {
		m.last.at = time.Time{}
	}
}

// within works on the objects of a revision. A local repository that was packed
// again meanwhile is looked into a second time.
func (p *Publisher) within(ctx context.Context, r *revision, work func(*objects) error) error {
	for try := 1; ; try++ {
		err := p.pool.config.guarded(func() error {
			store, done, err := r.open()
			if err != nil {
				return err
			}
			defer done()
			return work(&objects{store: store, partial: r.partial})
		})
		if !again(ctx, try, err) {
			return err
		}
	}
}

// Files implements [core.Publisher]. A path at which there is a folder, a link
// or a submodule is an error.
func (p *Publisher) Files(ctx context.Context, commit string, paths []string) (map[string]core.File, error) {
	r, err := p.base(ctx, commit)
	if err != nil {
		return nil, p.told(err)
	}
	var files map[string]core.File
	err = p.within(ctx, r, func(o *objects) error {
		files = map[string]core.File{}
		for _, path := range paths {
			f, there, err := o.file(r.root, path)
			if err != nil {
				return fmt.Errorf("read %q: %w", path, err)
			}
			if there {
				files[path] = f
			}
		}
		return nil
	})
	return files, p.told(err)
}

// file is the content of a path below a tree, and whether there is one.
func (o *objects) file(root plumbing.Hash, name string) (core.File, bool, error) {
	dir, base := path.Split(name)
	at := root
	for step := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		if dir == "" {
			break
		}
		raw, err := o.raw(plumbing.TreeObject, at)
		if err != nil {
			return core.File{}, false, err
		}
		h, isDir, _, err := lookup(raw, step)
		if err != nil || h.IsZero() || !isDir {
			return core.File{}, false, err
		}
		at = h
	}
	raw, err := o.raw(plumbing.TreeObject, at)
	if err != nil {
		return core.File{}, false, err
	}
	e := treeEntries{rest: raw}
	for e.next() {
		if string(e.name) != base {
			continue
		}
		if !e.isFile() {
			return core.File{}, false, errors.New("it is no file")
		}
		f := core.File{ID: e.sum().String(), Executable: string(e.mode) == "100755"}
		f.Content, err = o.blob(e.sum(), maxBlob)
		return f, err == nil, err
	}
	return core.File{}, false, e.err
}

// Prepare implements [core.Publisher]. Where the base was read by a source, or
// prepared for before, it asks the server for nothing.
func (p *Publisher) Prepare(ctx context.Context, pub core.Publication) (core.Publication, error) {
	if pub.Commit != "" {
		return pub, invalid("it was prepared already", "")
	}
	r, err := p.base(ctx, pub.Base)
	if err != nil {
		return pub, p.told(err)
	}
	if err := p.fits(pub, r); err != nil {
		return pub, err
	}
	if err := p.by.fill(p.pool.config, &pub); err != nil {
		return pub, err
	}
	pub.Message = changeset.Message(pub, p.by.Signoff)
	tree, _, err := p.tree(ctx, r, pub)
	if err != nil {
		return pub, p.told(err)
	}
	if p.by.SSHKey != "" {
		if pub.Signature, err = p.sign(ctx, changeset.Encode(pub, tree).Data); err != nil {
			return pub, err
		}
	}
	pub.Commit = changeset.Encode(pub, tree).ID.String()
	return pub, nil
}

func invalid(what, hint string) error {
	return &core.Error{Access: core.AccessInvalid, Op: "prepare the commit", Err: errors.New(what), Hint: hint}
}

// fits tells why a publication is not one for this branch.
func (p *Publisher) fits(pub core.Publication, r *revision) error {
	switch {
	case pub.URL != p.mirror.origin.shown() || branchName(pub.Branch) != r.branch:
		return invalid(fmt.Sprintf("it is for branch %q of %q, and this is %q of %q", pub.Branch, pub.URL, r.branch, p.mirror.origin.shown()), "")
	case strings.TrimSpace(pub.Subject) == "":
		return invalid("it has no subject", "say in a line what it is for")
	case pub.Side == "":
		return nil
	}
	side := branchName(pub.Side)
	if err := plumbing.NewBranchReferenceName(side).Validate(); err != nil || side == branchName(pub.Branch) {
		return invalid(fmt.Sprintf("%q is no name for a branch beside %q", pub.Side, pub.Branch), "choose another")
	}
	return nil
}

// tree applies the changes to the base.
func (p *Publisher) tree(ctx context.Context, r *revision, pub core.Publication) (root plumbing.Hash, made []changeset.Object, err error) {
	err = p.within(ctx, r, func(o *objects) (err error) {
		root, made, err = changeset.Change(func(h plumbing.Hash) ([]byte, error) { return o.raw(plumbing.TreeObject, h) }, r.root, pub.Changes)
		return err
	})
	return root, made, err
}

// objects are what the server has to be sent of a publication, the commit last.
func (p *Publisher) objects(ctx context.Context, pub core.Publication) ([]changeset.Object, error) {
	r, err := p.base(ctx, pub.Base)
	if err != nil {
		return nil, err
	}
	if err := p.fits(pub, r); err != nil {
		return nil, err
	}
	tree, made, err := p.tree(ctx, r, pub)
	if err != nil {
		return nil, err
	}
	c := changeset.Encode(pub, tree)
	if c.ID.String() != pub.Commit {
		return nil, invalid(fmt.Sprintf("it makes the commit %s, and not %q", c.ID, pub.Commit), "it was changed after it was prepared: plan again")
	}
	return append(made, c), nil
}

// Patch implements [core.Patcher].
func (p *Publisher) Patch(ctx context.Context, pub core.Publication) ([]byte, error) {
	var paths []string
	for _, c := range pub.Changes {
		paths = append(paths, c.Path)
	}
	before, err := p.Files(ctx, pub.Base, paths)
	if err != nil {
		return nil, err
	}
	for _, c := range pub.Changes {
		if f := before[c.Path]; f.ID != c.Before {
			return nil, fmt.Errorf("make a patch of %q: %w", c.Path, core.ErrStale)
		}
	}
	return changeset.Patch(pub, before)
}

// sign signs with the configured key.
func (p *Publisher) sign(ctx context.Context, payload []byte) (string, error) {
	c := p.pool.config
	ctx, cancel := context.WithTimeoutCause(ctx, 3*c.Timeout, fmt.Errorf("no answer within %s", 3*c.Timeout))
	defer cancel()
	key, end, err := p.by.signer(ctx, c)
	if err != nil {
		return "", err
	}
	defer end()
	signature, err := changeset.Sign(key, payload, c.Random)
	if err != nil {
		return "", &core.Error{Access: core.AccessUnauthorized, Op: "sign the commit", Err: because(ctx, err), Hint: "check git.sign.key and the ssh agent"}
	}
	return signature, nil
}

// seconds cuts a time to what a commit keeps of it.
func seconds(t time.Time) time.Time {
	_, offset := t.Zone()
	minutes := offset / 60 * 60
	if minutes != offset {
		t = t.In(time.FixedZone("", minutes))
	}
	return t.Truncate(time.Second)
}

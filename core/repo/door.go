package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"selvage/core"
	"selvage/core/child"
)

// door is an origin that can be written to.
type door interface {
	origin
	// knock begins a conversation that writes; refs tells where the branches are.
	knock(ctx context.Context) (w wire, refs *packp.AdvRefs, err error)
	// tips tells where the branches are.
	tips(ctx context.Context) (*packp.AdvRefs, error)
	// lineage tells which of some commits are in the history of another one, that
	// is none of them.
	lineage(ctx context.Context, tip plumbing.Hash, of []plumbing.Hash) (map[plumbing.Hash]bool, error)
}

func (r *remote) knock(ctx context.Context) (wire, *packp.AdvRefs, error) {
	return r.greet(ctx, pushing)
}

func (r *remote) tips(ctx context.Context) (*packp.AdvRefs, error) {
	w, refs, err := r.greet(ctx, fetching)
	if err == nil {
		w.close()
	}
	return refs, err
}

// lineage fetches the commits since those that are asked about, without files.
// What they have before them is not sent, so that it ends there.
func (r *remote) lineage(ctx context.Context, tip plumbing.Hash, of []plumbing.Hash) (map[plumbing.Hash]bool, error) {
	w, refs, err := r.greet(ctx, fetching)
	if err != nil {
		return nil, err
	}
	defer w.close()
	answer, err := w.pack(ctx, request(refs.Capabilities, tip, 0, noFiles, of))
	if err != nil {
		return nil, err
	}
	store, err := r.receive(answer, refs.Capabilities)
	if err != nil {
		return nil, fmt.Errorf("fetch the commits since %s: %w", of[0], err)
	}
	if store.HasEncodedObject(tip) != nil {
		return nil, nil // it is among what they have before them, and was not sent
	}
	return ancestors(ctx, store, tip, of)
}

// ancestors walks a history as far as it is there, and no further than the
// commits that it looks for.
func ancestors(ctx context.Context, store storer.EncodedObjectStorer, tip plumbing.Hash, of []plumbing.Hash) (map[plumbing.Hash]bool, error) {
	sought := map[plumbing.Hash]bool{}
	for _, h := range of {
		sought[h] = true
	}
	found, known := map[plumbing.Hash]bool{}, map[plumbing.Hash]bool{tip: true}
	for queue := []plumbing.Hash{tip}; len(queue) > 0; queue = queue[1:] {
		h := queue[0]
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if sought[h] {
			found[h] = true
		}
		c, err := object.GetCommit(store, h)
		if errors.Is(err, plumbing.ErrObjectNotFound) && h != tip {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read commit %s: %w", h, err)
		}
		for _, p := range c.ParentHashes {
			if !known[p] {
				known[p] = true
				queue = append(queue, p)
			}
		}
	}
	return found, nil
}

func (l *local) lineage(ctx context.Context, tip plumbing.Hash, of []plumbing.Hash) (found map[plumbing.Hash]bool, err error) {
	dir, err := gitDir(l.dir)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		store := openStore(dir)
		found, err = ancestors(ctx, store, tip, of)
		_ = store.Close() // only read
		if !again(ctx, try, err) {
			return found, err
		}
	}
}

func (l *local) tips(context.Context) (*packp.AdvRefs, error) {
	dir, err := gitDir(l.dir)
	if err != nil {
		return nil, err
	}
	store, err := openSupported(dir)
	if err != nil {
		return nil, err
	}
	defer store.Close() //nolint:errcheck // only read
	refs := packp.NewAdvRefs()
	all, err := store.IterReferences()
	if err != nil {
		return nil, fmt.Errorf("list branches: %w", err)
	}
	err = all.ForEach(func(ref *plumbing.Reference) error {
		if ref.Type() == plumbing.HashReference {
			refs.References[ref.Name().String()] = ref.Hash()
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list branches: %w", err)
	}
	// What every git program can do that is younger than ten years.
	for _, c := range []capability.Capability{capability.ReportStatus, capability.Sideband64k, capability.Quiet} {
		if err := refs.Capabilities.Add(c); err != nil {
			return nil, fmt.Errorf("list branches: %w", err)
		}
	}
	return refs, nil
}

func (l *local) knock(ctx context.Context) (wire, *packp.AdvRefs, error) {
	refs, err := l.tips(ctx)
	return &localWire{dir: l.dir}, refs, err
}

// localWire writes to a repository on this machine through the git program, so
// that its hooks and its rules count as they do for anybody.
type localWire struct{ dir string }

func (w *localWire) refs(context.Context) (io.Reader, error) { return nil, errors.ErrUnsupported }

func (w *localWire) pack(ctx context.Context, request []byte) (io.Reader, error) {
	result, err := child.Command{
		Name: "git", Args: []string{"receive-pack", "--stateless-rpc", w.dir},
		Env: []string{"GIT_TERMINAL_PROMPT=0"}, Input: string(request),
	}.Run(ctx)
	switch {
	case errors.Is(err, child.ErrNotFound):
		return nil, &unsentError{&core.Error{
			Access: core.AccessInvalid, Op: "run git receive-pack", Err: errors.New("there is no git program in PATH"), Hint: "install git: a repository on this machine is written to by it alone",
		}}
	case err != nil && len(result.Output) == 0 && ctx.Err() == nil:
		return nil, fmt.Errorf("git receive-pack: %w: %s", err, line(strings.TrimSpace(result.Complaint)))
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("git receive-pack: %w", err)
	}
	return bytes.NewReader(result.Output), nil
}

func (w *localWire) close() {}

// unsentError is for what certainly did not go out.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

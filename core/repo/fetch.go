package repo

import (
	"context"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
)

// fetched is what a fetch of a branch's history came to.
type fetched struct {
	head    plumbing.Hash
	shallow []plumbing.Hash // commits whose parents the server does not have itself
	partial bool            // large files were left out
}

// fetch gets the history of the branch, but for the commits that are had and
// what comes before them, and gives the pack to take.
func (r *remote) fetch(ctx context.Context, had []plumbing.Hash, take func(pack io.Reader) error) (fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*r.config.Timeout)
	defer cancel()
	w, refs, err := r.greet(ctx, fetching)
	if err != nil {
		return fetched{}, err
	}
	defer w.close()
	branch, commit, err := r.find(refs)
	if err != nil {
		return fetched{}, err
	}
	f := fetched{head: commit, shallow: refs.Shallows, partial: refs.Capabilities.Supports("filter")}
	answer, err := w.pack(ctx, request(refs.Capabilities, commit, 0, smallFiles(), had))
	if err == nil {
		answer, err = packOf(answer, refs.Capabilities)
	}
	if err == nil {
		err = take(answer)
	}
	if err != nil {
		return fetched{}, fmt.Errorf("fetch the history of branch %q: %w", branch, err)
	}
	return f, nil
}

package repo

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-billy/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"

	"selvage/core"
)

// keepPack writes a pack into a repository. Its index comes first, because a
// pack is looked for by its own name.
func keepPack(ctx context.Context, at billy.Filesystem, in io.Reader, limit int64) (err error) {
	pack, err := at.TempFile("objects/pack", "tmp_pack_")
	if err != nil {
		return &unwritableError{err}
	}
	defer func() {
		_ = pack.Close()
		if err != nil {
			_ = at.Remove(pack.Name()) // the clone is thrown away some day
		}
	}()
	sum, index, err := receivePack(ctx, in, pack, limit)
	if err != nil {
		return err
	}
	name := "objects/pack/pack-" + sum.String()
	if err := writeIndex(at, name+".idx", index); err != nil {
		return &unwritableError{err}
	}
	if err := at.Rename(pack.Name(), name+".pack"); err != nil {
		return &unwritableError{err}
	}
	return nil
}

func writeIndex(at billy.Filesystem, name string, index *idxfile.MemoryIndex) error {
	return put(at, name, "objects/pack", "tmp_idx_", func(w io.Writer) error {
		_, err := idxfile.NewEncoder(w).Encode(index)
		return err
	})
}

// replace writes a small file so that nobody ever sees half of it.
func replace(at billy.Filesystem, name, text string) error {
	err := put(at, name, "refs", "tmp_", func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	if err != nil {
		return &unwritableError{err}
	}
	return nil
}

// put writes a file under another name, in a folder beside it, and names it when all
// of it is there.
func put(at billy.Filesystem, name, dir, prefix string, write func(io.Writer) error) error {
	f, err := at.TempFile(dir, prefix)
	if err != nil {
		return err
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = at.Rename(f.Name(), name)
	}
	if err != nil {
		_ = at.Remove(f.Name())
	}
	return err
}

// Bounds of a history that is kept, beside the size of its pack.
const (
	maxObjects = 4_000_000
	maxObject  = 256 << 20 // bytes of one object; what servers do not leave out may be a large file
)

// packFile is where a pack is written to, and read again for its index.
type packFile interface {
	io.Reader
	io.Writer
	io.Seeker
}

// receivePack writes a pack into a file and makes its index. Nothing in the
// pack is trusted: what it unpacks to is measured before anything is unpacked.
func receivePack(ctx context.Context, in io.Reader, into packFile, limit int64) (plumbing.Hash, *idxfile.MemoryIndex, error) {
	limited := &io.LimitedReader{R: in, N: limit + 1}
	written := &errWriter{w: into}
	scanner := packfile.NewScanner(io.TeeReader(limited, written))
	objects := 0
	err := weigh(scanner, func(size int64) error {
		if objects++; objects > maxObjects || size > maxObject || size < 0 {
			return historyTooLarge(fmt.Sprintf("more than %d objects, or one of more than %d MiB", maxObjects, maxObject>>20))
		}
		return nil
	})
	if err == nil {
		_, err = scanner.Checksum() // the end of it
	}
	switch {
	case written.err != nil:
		return plumbing.ZeroHash, nil, &unwritableError{written.err}
	case limited.N <= 0:
		return plumbing.ZeroHash, nil, historyTooLarge(fmt.Sprintf("a pack of more than %d MiB", limit>>20))
	case err != nil:
		return plumbing.ZeroHash, nil, fmt.Errorf("read pack: %w", err)
	}
	if _, err := into.Seek(0, io.SeekStart); err != nil {
		return plumbing.ZeroHash, nil, &unwritableError{err}
	}
	index := new(idxfile.Writer)
	p, err := packfile.NewParser(packfile.NewScanner(&endingReader{ctx, into}), index)
	if err != nil {
		return plumbing.ZeroHash, nil, fmt.Errorf("index pack: %w", err)
	}
	sum, err := p.Parse()
	if err != nil {
		return plumbing.ZeroHash, nil, fmt.Errorf("index pack: %w", because(ctx, err))
	}
	made, err := index.Index()
	if err != nil {
		return plumbing.ZeroHash, nil, fmt.Errorf("index pack: %w", err)
	}
	return sum, made, nil
}

func historyTooLarge(what string) error {
	return &core.Error{Access: core.AccessInvalid, Op: "fetch the history", Err: errors.New("it is " + what), Hint: "keep manifests in a repository of their own"}
}

// unwritableError is for a folder that cannot be written to.
type unwritableError struct{ err error }

func (e *unwritableError) Error() string { return "write the cache: " + e.err.Error() }
func (e *unwritableError) Unwrap() error { return e.err }

// errWriter remembers that it could not write, which a tee would not tell apart
// from a reader that could not read.
type errWriter struct {
	w   io.Writer
	err error
}

func (w *errWriter) Write(b []byte) (int, error) {
	n, err := w.w.Write(b)
	w.err = err
	return n, err
}

// endingReader ends with a context.
type endingReader struct {
	ctx context.Context //nolint:containedctx // of the one fetch
	r   packFile
}

func (r *endingReader) Read(b []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(b)
}

func (r *endingReader) Seek(offset int64, whence int) (int64, error) {
	return r.r.Seek(offset, whence)
}

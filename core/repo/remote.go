package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/memory"

	"selvage/core"
)

// remote is a branch on a server, read with the upload-pack protocol, version
// 0: one request says where all branches are, a second one fetches.
type remote struct {
	config  Config
	address address
	branch  string
	dial    func(ctx context.Context) (wire, error)
}

// wire is one conversation with git-upload-pack, over whatever transport.
type wire interface {
	// refs gives the server's advertisement.
	refs(ctx context.Context) (io.Reader, error)
	// pack sends a request and gives the answer. It comes after refs.
	pack(ctx context.Context, request []byte) (io.Reader, error)
	// close ends the conversation, politely if it can.
	close()
}

const (
	maxRefs = 64 << 20 // bytes of an advertisement
	// maxBlob is what a file may have; larger ones are findings anyway, so
	// servers that can leave them out are asked to.
	maxBlob = 8 << 20
)

func (r *remote) shown() string { return r.address.shown() }

func (r *remote) head(ctx context.Context, known *revision) (*revision, error) {
	got, err := r.converse(ctx, known)
	var refused *pktline.ErrorLine
	if errors.As(err, &refused) && strings.Contains(refused.Text, "not our ref") {
		// The branch was moved by force between our two requests.
		got, err = r.converse(ctx, known)
	}
	return got, err
}

func (r *remote) converse(ctx context.Context, known *revision) (*revision, error) {
	w, err := r.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer w.close()
	in, err := w.refs(ctx)
	if err != nil {
		return nil, err
	}
	refs, err := decodeRefs(in)
	if err != nil {
		return nil, err
	}
	branch, commit, err := r.find(refs)
	if err != nil {
		return nil, err
	}
	if known != nil && known.commit == commit && known.branch == branch {
		return known, nil
	}
	answer, err := w.pack(ctx, request(commit, refs.Capabilities))
	if err != nil {
		return nil, err
	}
	store, err := r.receive(answer, refs.Capabilities)
	if err != nil {
		return nil, fmt.Errorf("fetch branch %q: %w", branch, err)
	}
	got := &revision{branch: branch, commit: commit, partial: refs.Capabilities.Supports("filter"), open: func() (storer.EncodedObjectStorer, func(), error) {
		return store, func() {}, nil
	}}
	if got.root, got.when, err = readCommit(store, commit); err != nil {
		return nil, err
	}
	return got, nil
}

func decodeRefs(in io.Reader) (*packp.AdvRefs, error) {
	refs := packp.NewAdvRefs()
	limited := &io.LimitedReader{R: in, N: maxRefs}
	err := refs.Decode(limited)
	switch {
	case limited.N <= 0:
		return nil, &core.Error{Access: core.AccessInvalid, Op: "list branches", Err: fmt.Errorf("the list is larger than %d MiB", maxRefs>>20)}
	case errors.Is(err, packp.ErrEmptyAdvRefs) || err == nil && refs.IsEmpty():
		return nil, noBranch("", nil)
	case errors.Is(err, packp.ErrEmptyInput):
		return nil, fmt.Errorf("list branches: %w", io.ErrUnexpectedEOF)
	case err != nil:
		return nil, fmt.Errorf("list branches: %w", err)
	}
	return refs, nil
}

// find gives the branch and the commit it is at.
func (r *remote) find(refs *packp.AdvRefs) (string, plumbing.Hash, error) {
	branch := r.branch
	if branch == "" {
		for _, s := range refs.Capabilities.Get(capability.SymRef) {
			if target, ok := strings.CutPrefix(s, "HEAD:refs/heads/"); ok {
				branch = target
			}
		}
		if branch == "" {
			return "", plumbing.ZeroHash, &core.Error{Access: core.AccessInvalid, Op: "find the branch of HEAD", Err: errors.New("the server names none"), Hint: "set git.branch"}
		}
	}
	if h, ok := refs.References["refs/heads/"+branch]; ok {
		return branch, h, nil
	}
	var names []string
	for name := range refs.References {
		if b, ok := strings.CutPrefix(name, "refs/heads/"); ok {
			names = append(names, b)
		}
	}
	slices.Sort(names)
	return "", plumbing.ZeroHash, noBranch(branch, names)
}

// noBranch tells that a branch is missing, and which ones there are instead.
func noBranch(branch string, there []string) error {
	if len(there) == 0 {
		return &core.Error{Access: core.AccessInvalid, Op: "find the branch", Err: errors.New("the repository is empty"), Hint: "push a first commit"}
	}
	has := strings.Join(there[:min(5, len(there))], ", ")
	if len(there) > 5 {
		has += fmt.Sprintf(" and %d more", len(there)-5)
	}
	return &core.Error{Access: core.AccessInvalid, Op: "find the branch", Err: fmt.Errorf("no branch %q; it has %s", branch, has), Hint: "fix git.branch"}
}

// request asks for one commit without its history.
func request(commit plumbing.Hash, offered *capability.List) []byte {
	caps := []string{"agent=" + userAgent}
	for _, c := range []capability.Capability{
		// Azure DevOps answers nobody who does not ask for this; since nothing is
		// offered to negotiate about, its answers are those of plain ACK mode.
		capability.MultiACKDetailed,
		capability.OFSDelta, capability.Sideband64k, capability.Shallow, capability.NoProgress, "filter",
	} {
		if offered.Supports(c) {
			caps = append(caps, c.String())
		}
	}
	var b bytes.Buffer
	e := pktline.NewEncoder(&b)
	// Writing to a buffer does not fail.
	_ = e.Encodef("want %s %s\n", commit, strings.Join(caps, " "))
	if offered.Supports(capability.Shallow) {
		_ = e.EncodeString("deepen 1\n")
	}
	if offered.Supports("filter") {
		_ = e.Encodef("filter blob:limit=%d\n", maxBlob+1)
	}
	_ = e.Flush()
	_ = e.EncodeString("done\n")
	return b.Bytes()
}

// receive reads the answer to a request: what was cut off, an acknowledgement,
// and the pack.
func (r *remote) receive(in io.Reader, offered *capability.List) (*memory.ObjectStorage, error) {
	s := pktline.NewScanner(in)
	for cut := offered.Supports(capability.Shallow); ; {
		if !s.Scan() {
			if s.Err() != nil {
				return nil, s.Err()
			}
			return nil, io.ErrUnexpectedEOF
		}
		line := s.Bytes()
		switch {
		case len(line) == 0 && cut:
			cut = false
			continue
		case bytes.HasPrefix(line, []byte("shallow ")), bytes.HasPrefix(line, []byte("unshallow ")), bytes.HasPrefix(line, []byte("ACK ")):
			continue
		case bytes.HasPrefix(line, []byte("NAK")):
		default:
			return nil, &core.Error{Access: core.AccessInvalid, Op: "read the answer", Err: fmt.Errorf("unexpected %.40q", line)}
		}
		break
	}
	if offered.Supports(capability.Sideband64k) {
		in = sideband.NewDemuxer(sideband.Sideband64k, in)
	}
	pack, err := io.ReadAll(io.LimitReader(in, r.config.MaxRepository+1))
	if err != nil {
		return nil, err
	}
	if err := measure(pack, r.config.MaxRepository); err != nil {
		return nil, err
	}
	store := memory.NewStorage()
	p, err := packfile.NewParserWithStorage(packfile.NewScanner(bytes.NewReader(pack)), &store.ObjectStorage)
	if err != nil {
		return nil, fmt.Errorf("read pack: %w", err)
	}
	if _, err := p.Parse(); err != nil {
		return nil, fmt.Errorf("read pack: %w", err)
	}
	return &store.ObjectStorage, nil
}

// measure finds out what a pack unpacks to before anything of it is kept.
func measure(pack []byte, limit int64) error {
	s := packfile.NewScanner(bytes.NewReader(pack))
	_, count, err := s.Header()
	if err != nil {
		return fmt.Errorf("read pack: %w", err)
	}
	total := int64(len(pack))
	for range count {
		h, err := s.NextObjectHeader()
		if err != nil {
			return fmt.Errorf("read pack: %w", err)
		}
		size := h.Length
		if h.Type.IsDelta() {
			var delta prefix
			if _, _, err := s.NextObject(&delta); err != nil {
				return fmt.Errorf("read pack: %w", err)
			}
			size += delta.target()
		}
		if total += size; total > limit || size < 0 {
			return &core.Error{
				Access: core.AccessInvalid, Op: "fetch", Err: fmt.Errorf("one commit unpacks to more than %d MiB", limit>>20),
				Hint: "keep manifests in a repository of their own",
			}
		}
	}
	return nil
}

// prefix keeps the first bytes of what is written to it.
type prefix struct {
	data [20]byte
	n    int
}

func (p *prefix) Write(b []byte) (int, error) {
	p.n += copy(p.data[p.n:], b)
	return len(b), nil
}

// target is the size of what a delta makes: the second of the two numbers that
// it begins with, seven bits to a byte.
func (p *prefix) target() int64 {
	size, shift, number := int64(0), 0, 0
	for _, b := range p.data[:p.n] {
		if number == 1 && shift < 63 {
			size |= int64(b&0x7f) << shift
		}
		if shift += 7; b < 0x80 {
			if number++; number == 2 {
				break
			}
			shift = 0
		}
	}
	return size
}

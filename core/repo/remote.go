package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
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
	dial    func(context.Context, service) (wire, error)
	login   func(context.Context) core.Login
	archive *archive
}

func newRemote(c Config, a address, branch string, dial func(context.Context, service) (wire, error)) *remote {
	r := &remote{config: c, address: a, branch: branch, dial: dial}
	r.archive = newArchive(c, r)
	return r
}

// service is the program that a conversation is with.
type service string

const (
	fetching service = "git-upload-pack"  // to read
	pushing  service = "git-receive-pack" // to write
)

// wire is one conversation with a service, over whatever transport.
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

// Filters of what is fetched.
func smallFiles() string { return fmt.Sprintf("blob:limit=%d", maxBlob+1) }

const noFiles = "blob:none"

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
	w, refs, err := r.greet(ctx, fetching)
	if err != nil {
		return nil, err
	}
	defer w.close()
	branch, commit, err := r.find(refs)
	if err != nil {
		return nil, err
	}
	main := mainBranch(refs)
	if known.at(branch, commit) {
		return known.under(main), nil
	}
	answer, err := w.pack(ctx, request(refs.Capabilities, commit, 1, smallFiles(), nil))
	if err != nil {
		return nil, err
	}
	store, err := r.receive(answer, refs.Capabilities)
	if err != nil {
		return nil, fmt.Errorf("fetch branch %q: %w", branch, err)
	}
	got := &revision{branch: branch, main: main, commit: commit, partial: refs.Capabilities.Supports("filter"), open: func() (storer.EncodedObjectStorer, func(), error) {
		return store, func() {}, nil
	}}
	if got.root, got.when, err = readCommit(store, commit); err != nil {
		return nil, err
	}
	return got, nil
}

// greet begins a conversation by asking where the branches are. It is for the
// caller to close, unless there is an error.
func (r *remote) greet(ctx context.Context, s service) (wire, *packp.AdvRefs, error) {
	w, err := r.dial(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	in, err := w.refs(ctx)
	if err == nil {
		var refs *packp.AdvRefs
		if refs, err = decodeRefs(in); err == nil {
			return w, refs, nil
		}
	}
	w.close()
	return nil, nil, err
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
		if branch = mainBranch(refs); branch == "" {
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

// mainBranch is the branch that the server's HEAD names; "" where it names none.
func mainBranch(refs *packp.AdvRefs) string {
	for _, s := range refs.Capabilities.Get(capability.SymRef) {
		if branch, ok := strings.CutPrefix(s, "HEAD:refs/heads/"); ok {
			return branch
		}
	}
	return ""
}

var errNoBranches = errors.New("the repository is empty")

// noBranch tells that a branch is missing, and which ones there are instead.
func noBranch(branch string, there []string) error {
	if len(there) == 0 {
		return &core.Error{Access: core.AccessInvalid, Op: "find the branch", Err: errNoBranches, Hint: "push a first commit"}
	}
	has := strings.Join(there[:min(5, len(there))], ", ")
	if len(there) > 5 {
		has += fmt.Sprintf(" and %d more", len(there)-5)
	}
	return &core.Error{Access: core.AccessInvalid, Op: "find the branch", Err: fmt.Errorf("no branch %q; it has %s", branch, has), Hint: "fix git.branch"}
}

// request asks for one commit: of its history as many commits as depth says, or
// with 0 all but those that are had already and what comes before them; of the
// files those that a filter lets through, where the server can do that.
func request(offered *capability.List, commit plumbing.Hash, depth int, filter string, had []plumbing.Hash) []byte {
	caps := []string{"agent=" + userAgent}
	for _, c := range []capability.Capability{
		// Azure DevOps answers nobody who does not ask for this.
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
	if depth > 0 && offered.Supports(capability.Shallow) {
		_ = e.Encodef("deepen %d\n", depth)
	}
	if offered.Supports("filter") {
		_ = e.Encodef("filter %s\n", filter)
	}
	_ = e.Flush()
	for _, h := range had {
		_ = e.Encodef("have %s\n", h)
	}
	_ = e.EncodeString("done\n")
	return b.Bytes()
}

// receive reads the answer to a request for one commit into memory.
func (r *remote) receive(in io.Reader, offered *capability.List) (*memory.ObjectStorage, error) {
	in, err := packOf(in, offered)
	if err != nil {
		return nil, err
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

// packOf reads the answer to a request up to the pack: what was cut off, and
// which of the commits the server has, too.
func packOf(in io.Reader, offered *capability.List) (io.Reader, error) {
	buffered := bufio.NewReader(in)
	for {
		start, err := buffered.Peek(8)
		switch {
		case bytes.HasPrefix(start, []byte("0000")):
			_, _ = buffered.Discard(4) // it was just peeked at
			continue
		case err != nil:
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if word := string(start[4:]); word == "ACK " || word == "shal" || word == "unsh" || word == "ERR " || word[:3] == "NAK" {
			// The scanner reads no further than the line that it is at.
			if s := pktline.NewScanner(buffered); !s.Scan() {
				return nil, s.Err()
			}
			continue
		}
		if !offered.Supports(capability.Sideband64k) {
			return buffered, nil
		}
		if _, err := strconv.ParseUint(string(start[:4]), 16, 16); err != nil {
			return nil, pktline.ErrInvalidPktLen
		}
		if start[4] > 3 {
			return nil, &core.Error{Access: core.AccessInvalid, Op: "read the answer", Err: fmt.Errorf("unexpected %q", start[4:])}
		}
		return sideband.NewDemuxer(sideband.Sideband64k, buffered), nil
	}
}

// measure finds out what a pack unpacks to before anything of it is kept.
func measure(pack []byte, limit int64) error {
	total := int64(len(pack))
	return weigh(packfile.NewScanner(bytes.NewReader(pack)), func(size int64) error {
		// Each object costs something, even an empty one.
		if total += size + 64; total > limit || size < 0 {
			return &core.Error{
				Access: core.AccessInvalid, Op: "fetch", Err: fmt.Errorf("one commit unpacks to more than %d MiB", limit>>20),
				Hint: "keep manifests in a repository of their own",
			}
		}
		return nil
	})
}

// weigh tells of every object in a pack what it unpacks to.
func weigh(s *packfile.Scanner, each func(size int64) error) error {
	_, count, err := s.Header()
	if err != nil {
		return fmt.Errorf("read pack: %w", err)
	}
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
		if err := each(size); err != nil {
			return err
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

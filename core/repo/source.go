package repo

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"runtime"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
	"golang.org/x/sync/errgroup"

	"selvage/core"
	"selvage/core/manifest"
)

// Source reads a fabric's directories in Git. It is safe for concurrent use.
type Source struct {
	pool   *Pool
	places []*place

	mu       sync.Mutex
	last     *built
	memories map[string]*viewMemory // of looks back
}

// place is a location with what is known of it.
type place struct {
	location Location
	mirror   *mirror
	problem  error // of the location itself

	mu      sync.Mutex
	seen    int          // number of the last answer
	reading core.Reading // the last good one
}

// built is a whole snapshot, and what it was made of.
type built struct {
	commits  []plumbing.Hash
	scope    core.Scope
	snapshot *core.Snapshot
}

// Source makes a source of one or more locations, in the order in which people
// should see them. It touches neither network nor disk; what is wrong with a
// location is told by Read.
func (p *Pool) Source(locations []Location) *Source {
	s := &Source{pool: p, memories: map[string]*viewMemory{}}
	for _, l := range locations {
		s.places = append(s.places, &place{location: l, mirror: p.mirror(l), problem: selection(l).validate()})
	}
	return s
}

// Read implements [core.Source]: a reading for each location, in their order.
// After a failed one, Revision, RevisionTime and ReadAt are still those of the
// last good one. Where nothing changed since the last Read with the same scope,
// the snapshot shares everything but its readings with that of then.
func (s *Source) Read(ctx context.Context, want core.Scope) *core.Snapshot {
	// What decides about the content: Git holds all namespaces and kinds anyway.
	want = core.Scope{Namespace: want.Namespace, Kinds: want.Kinds}
	found := make([]found, len(s.places))
	var g errgroup.Group
	for i, p := range s.places {
		g.Go(func() error {
			if err := s.pool.config.guarded(func() error {
				found[i] = p.ask(ctx, s.pool.config)
				return nil
			}); err != nil {
				found[i].err = err
			}
			return nil
		})
	}
	_ = g.Wait() // what went wrong is in found

	if snapshot := s.unchanged(found, want); snapshot != nil {
		return snapshot
	}
	b := newBuilder(want)
	whole := true
	for i, p := range s.places {
		var loaded []loaded
		if found[i].err == nil {
			found[i].err = s.pool.config.guarded(func() (err error) {
				loaded, err = s.load(ctx, p, &found[i])
				return err
			})
		}
		p.settle(&found[i])
		whole = whole && found[i].err == nil
		b.add(loaded)
	}
	snapshot := b.snapshot(readings(found))
	if whole {
		snapshot.CoverAll()
		s.remember(found, want, snapshot)
	}
	return snapshot
}

// unchanged is the snapshot of the last Read under new readings, nil where it
// would not be the same.
func (s *Source) unchanged(all []found, want core.Scope) *core.Snapshot {
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last == nil || !reflect.DeepEqual(last.scope, want) {
		return nil
	}
	for i, f := range all {
		if f.err != nil || f.revision.commit != last.commits[i] {
			return nil
		}
	}
	for i, p := range s.places {
		p.settle(&all[i])
	}
	return last.snapshot.WithReadings(readings(all))
}

func (s *Source) remember(all []found, want core.Scope, snapshot *core.Snapshot) {
	b := &built{scope: want, snapshot: snapshot}
	for _, f := range all {
		b.commits = append(b.commits, f.revision.commit)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = b
}

func readings(all []found) []core.Reading {
	list := make([]core.Reading, len(all))
	for i, f := range all {
		list[i] = f.reading
	}
	return list
}

// found is what one location is at.
type found struct {
	revision *revision
	reading  core.Reading
	err      error
}

// ask finds out which commit the location's branch is at.
func (p *place) ask(ctx context.Context, c Config) found {
	if p.problem != nil {
		return found{err: p.problem}
	}
	p.mu.Lock()
	seen := p.seen
	p.mu.Unlock()
	a, err := p.mirror.read(ctx, seen)
	if err == nil {
		err = a.err
	}
	p.mu.Lock()
	p.seen = max(p.seen, a.number)
	before := p.reading
	p.mu.Unlock()
	f := found{revision: a.revision, err: err}
	if err != nil {
		return f
	}
	if before.Revision != a.revision.commit.String() {
		c.Log.Debug("branch moved", "url", p.mirror.origin.shown(), "branch", a.revision.branch, "from", before.Revision, "to", a.revision.commit.String())
	}
	f.reading = core.Reading{
		Branch: a.revision.branch, DefaultBranch: a.revision.main, Revision: a.revision.commit.String(), RevisionTime: a.revision.when, ReadAt: a.at,
	}
	return f
}

// settle completes a reading by what is the same of all of the location, and by
// what went wrong.
func (p *place) settle(f *found) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.err != nil {
		f.reading = p.reading
	}
	r := &f.reading
	r.Source, r.URL, r.Path = "git", p.mirror.origin.shown(), clean(p.location.Path)
	if r.Branch == "" {
		r.Branch = p.location.Branch
	}
	if f.err == nil {
		r.Access = core.AccessOK
		p.reading = *r
		return
	}
	e := failure(r.URL, f.err)
	r.Access, r.Error = e.Access, e.Error()
}

// loaded is a file of a location, or what stands in its place.
type loaded struct {
	path    string
	docs    []manifest.Document
	finding *core.Finding
	// rendered is what makes manifests of the file; nil where it is read as it is.
	rendered *rendering
}

// load reads and parses the files of a location. A local repository that was
// packed again meanwhile is read a second time.
func (s *Source) load(ctx context.Context, p *place, f *found) ([]loaded, error) {
	for try := 1; ; try++ {
		files, err := s.loadOnce(ctx, p, f.revision)
		if !again(ctx, try, err) {
			return files, err
		}
	}
}

func (s *Source) loadOnce(ctx context.Context, p *place, r *revision) ([]loaded, error) {
	store, done, err := r.open()
	if err != nil {
		return nil, err
	}
	defer done()
	o := &objects{store: store, partial: r.partial}
	folder, err := o.walk(ctx, r.root, p.location, r.branch)
	if err != nil {
		return nil, err
	}
	files := make([]loaded, len(folder.files), len(folder.files)+len(folder.odd))
	g, parsing := errgroup.WithContext(ctx)
	g.SetLimit(min(4, runtime.GOMAXPROCS(0)))
	for i, file := range folder.files {
		if parsing.Err() != nil {
			break
		}
		g.Go(func() error {
			return s.pool.config.guarded(func() (err error) {
				files[i], err = s.pool.parse(o, file)
				return err
			})
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err // not all files were begun
	}
	for _, odd := range folder.odd {
		files = append(files, loaded{path: odd.Path, finding: &odd})
	}
	all, err := s.pool.renderings(o, folder)
	if err != nil {
		return nil, err
	}
	for i := range files {
		files[i].rendered = all.of(folder.base, files[i].path)
	}
	for _, r := range all {
		if r.hides {
			f := r.finding()
			files = append(files, loaded{path: f.Path, finding: &f})
		}
	}
	return files, nil
}

const lfsPointer = "version https://git-lfs.github.com/spec/"

// parse reads and parses one file, from memory where the same content was
// parsed before.
func (p *Pool) parse(o *objects, f file) (loaded, error) {
	l := loaded{path: f.path}
	odd := func(reason string) (loaded, error) {
		l.finding = &core.Finding{Origin: core.Origin{Path: f.path}, Reason: reason, Opaque: true}
		return l, nil
	}
	parsed, ok := p.parsed.get(f.hash)
	if !ok || parsed.err != nil {
		data, err := o.blob(f.hash, maxBlob)
		if errors.Is(err, errTooLarge) {
			return odd("larger than 8 MiB: not read")
		}
		if err != nil {
			return l, err
		}
		if bytes.HasPrefix(data, []byte(lfsPointer)) {
			return odd("kept in Git LFS, of which Git holds only a pointer: not read")
		}
		parsed.docs, parsed.err = manifest.Parse(data)
		p.parsed.put(f.hash, parsed, len(data)+1024)
		if parsed.err != nil {
			l.finding = unreadable(f.path, data, parsed.err)
			return l, nil
		}
	}
	l.docs = parsed.docs
	return l, nil
}

// unreadable is the finding on a file that does not parse.
func unreadable(path string, data []byte, err error) *core.Finding {
	f := &core.Finding{Origin: core.Origin{Path: path}, Reason: line(err.Error()), Text: data}
	var syntax *manifest.SyntaxError
	if errors.As(err, &syntax) {
		f.Line, f.Reason, f.Opaque, f.Unrendered = syntax.Line, line(syntax.Reason), syntax.Opaque, syntax.Template
	}
	return f
}

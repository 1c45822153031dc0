package dump

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"selvage/core"
	"selvage/core/openapi"
)

// Config says where a dump lies and what it stands for.
type Config struct {
	Path        string // of the file or folder
	ClusterName string // of the cluster that it was taken from
	Namespace   string // of the fabric's agents, and of objects without one; "" for all
	Now         func() time.Time
}

// Source is a dump as a [core.Source]. It is safe for concurrent use.
type Source struct {
	config Config
	memory memory
}

// New makes the source; the dump is opened by Read.
func New(c Config) *Source { return &Source{config: c} }

// Read reads the dump. The snapshot holds the objects of the wanted kinds and
// namespaces and covers everything, or it holds nothing and its one reading
// says what is wrong with the dump, and where.
func (s *Source) Read(ctx context.Context, want core.Scope) *core.Snapshot {
	reading := core.Reading{
		Source: "dump",
		Name:   s.config.ClusterName,
		Path:   s.config.Path,
		Access: core.AccessOK,
		ReadAt: s.config.Now(),
	}
	seen := s.memory.begin(want)
	r := reader{want: want, seen: seen, places: map[core.Key]string{}, held: map[core.GroupKind]bool{}}
	if err := (files{ctx, r.parse}).read(s.config.Path); err != nil {
		e := explain("read dump", err)
		reading.Access, reading.Error, reading.ReadAt = e.Access, e.Error(), time.Time{}
		return core.NewSnapshot(reading)
	}
	s.memory.keep(seen)
	snapshot := core.NewSnapshot(reading)
	for _, o := range r.objects {
		snapshot.Add(o)
	}
	snapshot.CoverAll()
	snapshot.Schemas = r.schemas()
	snapshot.Gaps = r.unserved()
	return snapshot
}

func explain(op string, err error) *core.Error {
	e := &core.Error{Access: core.AccessInvalid, Op: op, Err: err}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e.Access = core.AccessUnreachable
	case errors.Is(err, fs.ErrNotExist):
		e.Hint = "correct dump in the configuration, or put the dump there"
	case errors.Is(err, fs.ErrPermission):
		e.Hint = "make it readable for this user"
	default:
		e.Hint = "correct it or take the dump again"
	}
	return e
}

// reader collects the objects of one reading.
type reader struct {
	want    core.Scope
	seen    *seen
	objects []*core.Object
	places  map[core.Key]string // of the objects: file:line

	held    map[core.GroupKind]bool // kinds of which the dump has an object, wanted or not
	defined []openapi.Definition
}

// parse takes the objects of one file.
func (r *reader) parse(data []byte, name string) error {
	docs, err := limits().ParseSeen(data, r.seen)
	if err != nil {
		return placed(err, name)
	}
	r.objects = slices.Grow(r.objects, len(docs))
	for _, d := range docs {
		place := fmt.Sprintf("%s:%d", name, d.Line)
		if d.Err != nil {
			return fmt.Errorf("%q: %w", place, d.Err)
		}
		if err := r.take(d.Object, place); err != nil {
			return err
		}
	}
	return nil
}

// take keeps an object if it is wanted, and what a definition says.
func (r *reader) take(o *core.Object, place string) error {
	if d, ok := openapi.Define(o); ok {
		r.defined = append(r.defined, d)
		return nil
	}
	r.held[o.Key.GroupKind()] = true
	namespace := o.Key.Namespace
	if namespace == "" {
		namespace = r.want.Namespace
	}
	wanted := len(r.want.Namespaces) == 0 || slices.Contains(r.want.Namespaces, namespace)
	if !wanted || !r.want.Kinds.Has(o.Key.GroupKind()) {
		return nil
	}
	o = r.seen.in(o, namespace)
	if before, ok := r.places[o.Key]; ok {
		return fmt.Errorf("%q: %s stands in %q too", place, o.Key, before)
	}
	r.places[o.Key] = place
	r.objects = append(r.objects, o)
	return nil
}

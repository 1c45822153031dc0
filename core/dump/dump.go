package dump

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"selvage/core"
	"selvage/core/manifest"
	"selvage/core/openapi"
)

// Config says where a dump lies and what it stands for.
type Config struct {
	Path        string // of the file or folder
	ClusterName string // of the cluster that it was taken from
	Now         func() time.Time
}

// Source is a dump as a [core.Source]. It is safe for concurrent use.
type Source struct{ config Config }

// New makes the source; the dump is opened by Read.
func New(c Config) *Source { return &Source{c} }

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
	r := reader{ctx: ctx, want: want, places: map[core.Key]string{}, held: map[core.GroupKind]bool{}}
	if err := r.read(s.config.Path); err != nil {
		e := explain(err)
		reading.Access, reading.Error, reading.ReadAt = e.Access, e.Error(), time.Time{}
		return core.NewSnapshot(reading)
	}
	snapshot := core.NewSnapshot(reading)
	for _, o := range r.objects {
		snapshot.Add(o)
	}
	snapshot.CoverAll()
	snapshot.Schemas = r.schemas()
	snapshot.Gaps = r.unserved()
	return snapshot
}

func explain(err error) *core.Error {
	e := &core.Error{Access: core.AccessInvalid, Op: "read dump", Err: err}
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
	ctx     context.Context
	want    core.Scope
	objects []*core.Object
	places  map[core.Key]string // of the objects: file:line

	held    map[core.GroupKind]bool // kinds of which the dump has an object, wanted or not
	defined []openapi.Definition
}

func (r *reader) read(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return r.readFolder(name)
	}
	file, err := openRegular(os.Open, name, info)
	if err != nil {
		return err
	}
	return r.readFile(file, name)
}

// readFolder reads the YAML and JSON files below a folder. Folders whose names
// start with a dot are left alone: they hold version control, and the copies
// that Kubernetes keeps beside the files of a mounted volume.
func (r *reader) readFolder(folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // it was only read from
	return fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%q: %w", filepath.Join(folder, name), err)
		}
		if entry.IsDir() {
			if name != "." && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		return r.readEntry(root, folder, name, entry)
	})
}

func (r *reader) readEntry(root *os.Root, folder, name string, entry fs.DirEntry) error {
	full := filepath.Join(folder, filepath.FromSlash(name))
	document := slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(path.Ext(name)))
	link := entry.Type()&fs.ModeSymlink != 0
	if !document && !link {
		return nil
	}
	info, err := root.Stat(name)
	switch {
	case err != nil && !document:
		return nil
	case err != nil:
		return fmt.Errorf("%q: %w", full, err)
	case info.IsDir() && link && !strings.HasPrefix(entry.Name(), "."):
		return fmt.Errorf("%q: a symbolic link to a folder, which is not followed", full)
	case !document || info.IsDir():
		return nil
	}
	file, err := openRegular(root.Open, name, info)
	if err != nil {
		return fmt.Errorf("%q: %w", full, err)
	}
	return r.readFile(file, full)
}

// openRegular opens a file that can be read to its end: opening a pipe would
// wait for somebody to write into it.
func openRegular(open func(string) (*os.File, error), name string, info fs.FileInfo) (*os.File, error) {
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q: neither a file nor a folder", name)
	}
	return open(name)
}

// limits are wider than those of a file in Git: a dump is one file for a whole
// cluster.
func limits() manifest.Limits {
	return manifest.Limits{Bytes: 512 << 20, Documents: 1_000_000}
}

func (r *reader) readFile(file *os.File, name string) error {
	defer file.Close() //nolint:errcheck // it was only read from
	if err := r.ctx.Err(); err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(file, int64(limits().Bytes)+1))
	if err != nil {
		return fmt.Errorf("%q: %w", name, err)
	}
	docs, err := limits().Parse(data)
	var syntax *manifest.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%q: %s", fmt.Sprintf("%s:%d", name, syntax.Line), syntax.Reason)
	}
	if err != nil {
		return fmt.Errorf("%q: %w", name, err)
	}
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
	if o.Key.Namespace == "" {
		o.Key.Namespace = r.want.Namespace
	}
	wanted := len(r.want.Namespaces) == 0 || slices.Contains(r.want.Namespaces, o.Key.Namespace)
	if !wanted || !r.want.Kinds.Has(o.Key.GroupKind()) {
		return nil
	}
	if before, ok := r.places[o.Key]; ok {
		return fmt.Errorf("%q: %s stands in %q too", place, o.Key, before)
	}
	r.places[o.Key] = place
	o.Origin = core.Origin{}
	r.objects = append(r.objects, o)
	return nil
}

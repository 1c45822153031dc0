package repo

import (
	"bytes"
	"crypto/sha256"
	"errors"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
	"selvage/core/manifest"
)

// pastCaches are what looks back into any repository share: all of it follows
// from hashes alone, and none of it from how anybody looked.
type pastCaches struct {
	commits *recent[plumbing.Hash, *commit]
	trees   *recent[plumbing.Hash, []byte]
	files   *recent[plumbing.Hash, held]
	seen    seenDocuments
}

func newPastCaches() pastCaches {
	return pastCaches{
		commits: newRecent[plumbing.Hash, *commit](16 << 20),
		trees:   newRecent[plumbing.Hash, []byte](16 << 20),
		files:   newRecent[plumbing.Hash, held](16 << 20),
		seen:    seenDocuments{newRecent[[sha256.Size]byte, []manifest.Document](4 << 20)},
	}
}

// seenDocuments is a [manifest.Seen].
type seenDocuments struct {
	docs *recent[[sha256.Size]byte, []manifest.Document]
}

func (s seenDocuments) Get(text [sha256.Size]byte) ([]manifest.Document, bool) {
	return s.docs.get(text)
}

func (s seenDocuments) Put(text [sha256.Size]byte, docs []manifest.Document, size int) {
	s.docs.put(text, docs, size+256)
}

// held is what one version of a file holds.
type held struct {
	docs   map[core.Key][]manifest.Document // that are objects, by their keys without the namespace
	odd    []manifest.Document              // that are none, or may be others once they are rendered
	text   []byte                           // of a file that does not parse
	opaque bool                             // it cannot be looked into at all
}

// state is what a commit says about an object.
type state uint8

const (
	absent state = iota
	present
	unread // something in its place cannot be read
)

// content reads one version of a file.
func (l *lookback) content(blob plumbing.Hash) (held, error) {
	if blob == odd() {
		return held{opaque: true}, nil
	}
	if c, ok := l.caches.files.get(blob); ok {
		return c, nil
	}
	var c held
	if read, ok := l.pool.parsed.get(blob); ok && read.err == nil { // as the branch has it now
		c.sort(read.docs)
		l.caches.files.put(blob, c, 64+100*len(read.docs))
		return c, nil
	}
	data, err := l.objects.blob(blob, maxBlob)
	switch {
	case errors.Is(err, errTooLarge):
		c.opaque = true
	case err != nil:
		return c, err
	case bytes.HasPrefix(data, []byte(lfsPointer)):
		c.opaque = true
	default:
		docs, err := manifest.ParseSeen(data, l.caches.seen)
		if err != nil {
			c.text = data
			var syntax *manifest.SyntaxError
			c.opaque = errors.As(err, &syntax) && syntax.Opaque
		}
		c.sort(docs)
	}
	l.caches.files.put(blob, c, 64+len(c.text)+500*(len(c.docs)+len(c.odd)))
	return c, nil
}

func (c *held) sort(docs []manifest.Document) {
	c.docs = make(map[core.Key][]manifest.Document, len(docs))
	for _, d := range docs {
		switch {
		case d.Object != nil && !d.Template:
			k := d.Key
			k.Namespace = ""
			c.docs[k] = append(c.docs[k], d)
		case !errors.Is(d.Err, manifest.ErrForeign):
			c.odd = append(c.odd, d)
		}
	}
}

// find looks for an object in a file that stands at a path. Its key is complete:
// documents without a namespace are in the fabric's own.
func (c held) find(k core.Key, namespace, path string) (*core.Object, state) {
	if c.opaque || c.text != nil && bytes.Contains(c.text, []byte(k.Name)) {
		return nil, unread
	}
	nameless := k
	nameless.Namespace = ""
	var object *core.Object
	for _, d := range c.docs[nameless] {
		if placed(d.Key, namespace) != k {
			continue
		}
		if object != nil {
			return nil, unread // twice: nobody can say which one counts
		}
		o := *d.Object
		o.Key, o.Origin = k, core.Origin{Path: path, Line: d.Line}
		object = &o
	}
	if object != nil {
		return object, present
	}
	for _, d := range c.odd {
		if d.Opaque || placed(d.Key, namespace) == k || d.Err != nil && !identified(d) && bytes.Contains(d.Text, []byte(k.Name)) {
			return nil, unread
		}
	}
	return nil, absent
}

// keys are the objects that a file holds readably.
func (c held) keys(namespace string, yield func(core.Key)) {
	for _, docs := range c.docs {
		for _, d := range docs {
			yield(placed(d.Key, namespace))
		}
	}
}

func placed(k core.Key, namespace string) core.Key {
	if k.Namespace == "" {
		k.Namespace = namespace
	}
	return k
}

package dump

import (
	"crypto/sha256"
	"sync"

	"selvage/core"
	"selvage/core/manifest"
	"selvage/core/openapi"
)

// digest is the SHA-256 of a document's text.
type digest = [sha256.Size]byte

// memory is what a source remembers of its dump, so that where one object changed
// only that is parsed again. It is that of the last reading that was whole, and so
// holds nothing for long that the dump does not. It is safe for concurrent use.
type memory struct {
	mu     sync.Mutex
	docs   map[digest][]manifest.Document // what may be kept of it; never changed
	placed map[*core.Object]*core.Object  // those of the documents that have no namespace, in theirs
	sound  map[digest]bool                // all that was parsed
}

func (m *memory) isSound(text digest) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sound[text]
}

func (m *memory) foundSound(texts []digest) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sound == nil {
		m.sound = map[digest]bool{}
	}
	for _, text := range texts {
		m.sound[text] = true
	}
}

// begin gives what one reading is given of the one before.
func (m *memory) begin(want core.Scope) *seen {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &seen{
		want: want, before: m.docs, placedBefore: m.placed,
		now:    make(map[digest][]manifest.Document, len(m.docs)),
		placed: make(map[*core.Object]*core.Object, len(m.placed)),
		sound:  make(map[digest]bool, len(m.sound)),
	}
}

// keep ends a reading that was whole.
func (m *memory) keep(s *seen) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.docs, m.placed, m.sound = s.now, s.placed, s.sound
}

// seen is the [manifest.Seen] of one reading: it gives what the one before parsed,
// and collects what the next one may be given.
type seen struct {
	want                 core.Scope
	before, now          map[digest][]manifest.Document
	placedBefore, placed map[*core.Object]*core.Object
	sound                map[digest]bool
}

// in is an object in a namespace. That of a document which stood in the dump
// before is the same one as then: who remembers it need not hold another.
func (s *seen) in(o *core.Object, namespace string) *core.Object {
	if o.Key.Namespace == namespace {
		return o
	}
	there, ok := s.placedBefore[o]
	if !ok || there.Key.Namespace != namespace {
		moved := *o
		moved.Key.Namespace = namespace
		there = &moved
	}
	s.placed[o] = there
	return there
}

// Get gives the documents of a text that stood in the dump before.
func (s *seen) Get(text digest) ([]manifest.Document, bool) {
	docs, ok := s.before[text]
	if ok {
		s.now[text], s.sound[text] = docs, true
	}
	return docs, ok
}

// Put keeps documents that are compared or define what is, and no others: an agent
// holds credentials.
func (s *seen) Put(text digest, docs []manifest.Document, _ int) {
	s.sound[text] = true
	for _, d := range docs {
		if d.Object == nil {
			return
		}
		if gk := d.Object.Key.GroupKind(); gk != openapi.DefinitionKind() && !s.want.Kinds.Has(gk) {
			return
		}
	}
	s.now[text] = docs
}

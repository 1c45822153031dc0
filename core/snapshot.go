package core

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// Access says how it stands with reading one side.
type Access string

// The words of the contract. The zero Access means that nothing was tried yet.
const (
	AccessOK           Access = "ok"
	AccessStale        Access = "stale"
	AccessUnreachable  Access = "unreachable"
	AccessLoginNeeded  Access = "login_needed"
	AccessUnauthorized Access = "unauthorized"
	AccessForbidden    Access = "forbidden"
	AccessInvalid      Access = "invalid"
)

// Reading describes one attempt to read one side: a cluster, a dump, or one
// directory of one Git repository.
type Reading struct {
	Source string // "kube", "dump" or "git"
	Name   string // of the cluster; "" for Git

	URL, Branch, Path string // where; without credentials
	Revision          string // of Git: the commit
	RevisionTime      time.Time
	// DefaultBranch is the branch that the repository's HEAD names; "" where it is
	// not known.
	DefaultBranch string

	// ReadAt is when the content below was read. After a failed attempt it
	// stays at the last good one.
	ReadAt time.Time
	Access Access
	Error  string // why Access is not ok, on one line

	// Insecure is set while the server's certificate is not verified.
	Insecure bool
}

// Presence tells what a side says about an object.
type Presence uint8

// An object is present, or proven absent, or it was not read.
const (
	Unread Presence = iota
	Absent
	Present
)

// Side is what one side says about one object.
type Side struct {
	Presence Presence
	Object   *Object // where present
	Reason   string  // where unread: why
	// Unserved is set where unread because the cluster does not serve the kind.
	Unserved bool
}

// Scope says which part of a fabric to read.
type Scope struct {
	Fabric     FabricID
	Namespace  string   // the fabric's own, for documents without one
	Namespaces []string // every namespace to list; the fabric's own among them
	Kinds      KindFilter

	// Expect are the kinds that Git or the store hold. A source that cannot
	// serve one of them says so with a [Gap].
	Expect []GroupKind
}

// Gap is a part of a side that was asked for and could not be read.
type Gap struct {
	GroupKind
	Namespace string // "" for all
	Access    Access
	Reason    string // on one line
	// Unserved is set where the cluster was asked and does not serve the kind:
	// it can hold no object of it.
	Unserved bool
}

// Finding is something in Git that cannot be read or accepted.
type Finding struct {
	Origin
	Reason string
	Key    Key // the object that it is about; zero where the document has no identity

	// Text is the content of a file that could not be parsed, or of a document
	// without a usable identity; nil otherwise. Any object that it names may
	// stand in it.
	Text []byte
	// Opaque is set for what cannot be looked into at all: a symbolic link out
	// of the tree, a submodule, a file over the size limit.
	Opaque bool
	// Unrendered is set for what is no manifest yet and will be one: a template,
	// something encrypted, what kustomize or Helm makes manifests of. It is not
	// wrong; what comes of it is unknown.
	Unrendered bool
}

// String is where something in Git cannot be read or accepted, and why:
// "dc1/vpcs.yaml:7: did not find expected key".
func (f Finding) String() string {
	if f.Line == 0 {
		return f.Path + ": " + f.Reason
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Reason)
}

// MayHold tells whether the object could stand in what the finding is about.
func (f Finding) MayHold(k Key) bool {
	return f.Opaque || f.Key == k || f.Text != nil && bytes.Contains(f.Text, []byte(k.Name))
}

// Unclear tells that the finding is about something whose identity is in doubt,
// so that what its file held before may still be there.
func (f Finding) Unclear() bool {
	return f.Opaque || f.Text != nil || f.Key == (Key{}) || !Known(f.Key.GroupKind())
}

// Snapshot is one side of a fabric as it was read at one time: the objects,
// and just as exactly what was not read. Build it with [NewSnapshot] and the
// Add methods, then share it; it does not change after that.
type Snapshot struct {
	Readings []Reading // one per Git directory; one for a cluster or dump
	Gaps     []Gap
	Findings []Finding

	// Schemas are the shapes of kinds, as far as the cluster tells them.
	Schemas map[GroupKind]Schema

	// Passages are what came and went since the last read, in the order in which
	// it went. Watched is since when nothing can have been missed; zero where
	// nobody watches.
	Passages []Passage
	Watched  time.Time

	objects map[Key]*Object
	covered map[coverage]struct{}
	lacking map[Key]struct{}
	all     bool // everything of the scope was read
	cluster map[GroupKind]bool
}

type coverage struct {
	GroupKind
	Namespace string
}

// NewSnapshot starts a snapshot. Of an empty one nothing is known: every
// object is unread.
func NewSnapshot(readings ...Reading) *Snapshot {
	return &Snapshot{
		Readings: readings,
		objects:  map[Key]*Object{},
		covered:  map[coverage]struct{}{},
		lacking:  map[Key]struct{}{},
		cluster:  map[GroupKind]bool{},
	}
}

// Add puts an object into the snapshot, in place of one of the same key, and
// gives back the one that was there before, nil if none was.
func (s *Snapshot) Add(o *Object) (before *Object) {
	before = s.objects[o.Key]
	s.objects[o.Key] = o
	return before
}

// Remove takes an object out again, as for an identity that two files claim.
func (s *Snapshot) Remove(k Key) { delete(s.objects, k) }

// Cover records that all objects of a kind in a namespace were read; "" stands
// for all namespaces, and for kinds that have none.
func (s *Snapshot) Cover(gk GroupKind, namespace string) {
	s.covered[coverage{gk, namespace}] = struct{}{}
}

// Lack records of one object that it was looked for and is not there.
func (s *Snapshot) Lack(k Key) { s.lacking[k] = struct{}{} }

// CoverAll records that everything in the scope was read, so that whatever is
// not in the snapshot is absent.
func (s *Snapshot) CoverAll() { s.all = true }

// ClusterScoped records that a kind has no namespaces.
func (s *Snapshot) ClusterScoped(gk GroupKind) { s.cluster[gk] = true }

// Len is the number of objects.
func (s *Snapshot) Len() int { return len(s.objects) }

// Has tells whether the snapshot holds an object. That it does not proves no
// absence, see [Snapshot.Side].
func (s *Snapshot) Has(k Key) bool { return s.Find(k) != nil }

// Find is the object of a key, nil where the snapshot holds none.
func (s *Snapshot) Find(k Key) *Object { return s.objects[k] }

// All ranges over the objects by their keys, in no order.
func (s *Snapshot) All() iter.Seq2[Key, *Object] { return maps.All(s.objects) }

// Keys ranges over the keys of the objects, in no order.
func (s *Snapshot) Keys() iter.Seq[Key] { return maps.Keys(s.objects) }

// Objects ranges over the objects in the order of their keys.
func (s *Snapshot) Objects() iter.Seq[*Object] {
	return func(yield func(*Object) bool) {
		for _, k := range slices.SortedFunc(maps.Keys(s.objects), Key.Compare) {
			if !yield(s.objects[k]) {
				return
			}
		}
	}
}

// Side tells what the snapshot says about an object: present, absent where
// that is proven, else unread with the reason.
func (s *Snapshot) Side(k Key) Side {
	if o, ok := s.objects[k]; ok {
		return Side{Presence: Present, Object: o}
	}
	if _, ok := s.lacking[k]; ok {
		return Side{Presence: Absent}
	}
	if f, ok := s.mayHold(k); ok {
		return Side{Reason: f.String()}
	}
	for _, g := range s.Gaps {
		if g.GroupKind == k.GroupKind() && (g.Namespace == "" || g.Namespace == k.Namespace) {
			return Side{Reason: g.Reason, Unserved: g.Unserved}
		}
	}
	_, namespace := s.covered[coverage{k.GroupKind(), k.Namespace}]
	_, everywhere := s.covered[coverage{k.GroupKind(), ""}]
	if s.all || namespace || everywhere {
		return Side{Presence: Absent}
	}
	for _, r := range s.Readings {
		if r.Access != AccessOK && r.Error != "" {
			return Side{Reason: r.Error}
		}
	}
	return Side{Reason: fmt.Sprintf("%s was not read", k.GroupKind())}
}

// mayHold finds what could hold an object: rather what names it than what
// cannot be looked into at all.
func (s *Snapshot) mayHold(k Key) (Finding, bool) {
	found := slices.IndexFunc(s.Findings, func(f Finding) bool { return !f.Opaque && f.MayHold(k) })
	if found < 0 {
		found = slices.IndexFunc(s.Findings, func(f Finding) bool { return f.MayHold(k) })
	}
	if found < 0 {
		return Finding{}, false
	}
	return s.Findings[found], true
}

// Doubt tells why an object that stood in a file before cannot be called absent
// although the file was read: something in the file is in doubt now. It is ""
// where nothing is.
func (s *Snapshot) Doubt(file string) string {
	if file == "" {
		return ""
	}
	for _, f := range s.Findings {
		if f.Path == file && f.Unclear() {
			return f.String()
		}
	}
	return ""
}

// SameContent tells whether another snapshot holds the same objects, with the
// same content at the same places, and as many findings.
func (s *Snapshot) SameContent(o *Snapshot) bool {
	if len(s.objects) != len(o.objects) || len(s.Findings) != len(o.Findings) {
		return false
	}
	for k, a := range s.objects {
		b, ok := o.objects[k]
		if !ok || a.Digest != b.Digest || a.Origin != b.Origin || a.Version != b.Version {
			return false
		}
	}
	return true
}

// Namespaces are the namespaces of the objects, sorted, without the empty one.
func (s *Snapshot) Namespaces() []string {
	seen := map[string]bool{}
	for k := range s.objects {
		if k.Namespace != "" {
			seen[k.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Kinds are the kinds of the objects, sorted.
func (s *Snapshot) Kinds() []GroupKind {
	seen := map[GroupKind]bool{}
	for k := range s.objects {
		seen[k.GroupKind()] = true
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b GroupKind) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Group, b.Group))
	})
}

// Placed is the snapshot with every object where the cluster has it: without a
// namespace where live knows the kind to have none. Sources fill a missing
// namespace in without asking the cluster, which alone knows. Two objects that
// come to the same place by that are a finding, and neither counts.
func (s *Snapshot) Placed(live *Snapshot) *Snapshot {
	if live == nil || len(live.cluster) == 0 {
		return s
	}
	place := func(k Key) Key {
		if live.cluster[k.GroupKind()] {
			k.Namespace = ""
		}
		return k
	}
	placed := *s
	placed.objects = make(map[Key]*Object, len(s.objects))
	placed.Findings = slices.Clone(s.Findings)
	for i, f := range placed.Findings {
		placed.Findings[i].Key = place(f.Key)
	}
	for o := range s.Objects() {
		k := place(o.Key)
		if k != o.Key {
			moved := *o
			moved.Key = k
			o = &moved
		}
		if twin, twice := placed.objects[k]; twice {
			placed.Findings = append(placed.Findings, Finding{
				Origin: o.Origin, Key: k,
				Reason: fmt.Sprintf("also in %s:%d; the kind has no namespaces", twin.Origin.Path, twin.Origin.Line),
			})
			continue
		}
		placed.objects[k] = o
	}
	for _, f := range placed.Findings {
		if f.Key != (Key{}) {
			delete(placed.objects, f.Key)
		}
	}
	return &placed
}

// Swapped is the snapshot with other objects in the place of some, under the same
// keys. They have to say the same.
func (s *Snapshot) Swapped(by map[*Object]*Object) *Snapshot {
	c := *s
	c.objects = make(map[Key]*Object, len(s.objects))
	for k, o := range s.objects {
		if other, ok := by[o]; ok {
			o = other
		}
		c.objects[k] = o
	}
	return &c
}

// WithReadings is the snapshot with other readings over the same content, as
// when a later attempt to read it failed.
func (s *Snapshot) WithReadings(readings []Reading) *Snapshot {
	c := *s
	c.Readings = readings
	return &c
}

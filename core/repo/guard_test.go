package repo

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/memory"

	"selvage/core"
)

// fragile is a branch with one file, where reading panics at one kind of object.
type fragile struct {
	*memory.Storage
	at plumbing.ObjectType
}

func (f fragile) EncodedObject(kind plumbing.ObjectType, h plumbing.Hash) (plumbing.EncodedObject, error) {
	if kind == f.at {
		panic("a pack nobody thought of")
	}
	return f.Storage.EncodedObject(kind, h)
}

func (f fragile) head(context.Context, *revision) (*revision, error) {
	if f.at == plumbing.CommitObject {
		panic("a pack nobody thought of")
	}
	tree := f.NewEncodedObject()
	entries := object.Tree{Entries: []object.TreeEntry{{Name: "a.yaml", Mode: filemode.Regular, Hash: plumbing.NewHash("01")}}}
	if err := entries.Encode(tree); err != nil {
		return nil, err
	}
	root, err := f.SetEncodedObject(tree)
	return &revision{branch: "main", root: root, commit: root, open: func() (storer.EncodedObjectStorer, func(), error) {
		return f, func() {}, nil
	}}, err
}

func (f fragile) shown() string { return "https://git.example/net" }

func TestPanicBecomesAnErrorOfTheReading(t *testing.T) {
	for name, at := range map[string]plumbing.ObjectType{
		"in a conversation": plumbing.CommitObject, "in a folder": plumbing.TreeObject, "in a file": plumbing.BlobObject,
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			p := NewPool(Config{Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))})
			s := p.Source([]Location{{URL: "https://git.example/net"}})
			s.places[0].mirror.origin = fragile{memory.NewStorage(), at}
			got := s.Read(t.Context(), core.Scope{Namespace: "default"})
			const want = "read git https://git.example/net: internal error: a pack nobody thought of (the log has more; please report it)"
			if r := got.Readings[0]; r.Access != core.AccessInvalid || r.Error != want {
				t.Errorf("%s, %q; want invalid, %q", r.Access, r.Error, want)
			}
			k := core.Key{Group: "vpc.githedgehog.com", Kind: "VPC", Namespace: "default", Name: "a"}
			if side := got.Side(k); side.Presence != core.Unread {
				t.Errorf("an object is %v", side.Presence)
			}
			if !strings.Contains(log.String(), "guard_test.go") {
				t.Errorf("the log has no stack: %s", log.String())
			}
		})
	}
}

func TestPanicOfADialerEndsNothing(t *testing.T) {
	p := NewPool(Config{Now: time.Now, Dial: func(context.Context, string, string) (net.Conn, error) { panic("no dialer") }})
	r := p.Source([]Location{{URL: "ssh://git@git.example/net"}}).Read(t.Context(), core.Scope{}).Readings[0]
	if r.Access != core.AccessInvalid || !strings.Contains(r.Error, "internal error: no dialer") {
		t.Errorf("%s, %q", r.Access, r.Error)
	}
}

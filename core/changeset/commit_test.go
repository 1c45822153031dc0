package changeset_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"golang.org/x/crypto/ssh"

	"selvage/core"
	"selvage/core/changeset"
)

// person was there at a time in a zone of 5:30 hours.
func person(name string) core.Person {
	return core.Person{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.net", When: time.Unix(1_790_000_000, 0).In(time.FixedZone("", 19800))}
}

// based is a publication on a commit that a repository has.
func based(r *repository, files map[string]file) (core.Publication, plumbing.Hash) {
	root := r.write(files)
	base := r.git("base\n", "commit-tree", root.String())
	r.git("", "update-ref", "refs/heads/main", base)
	return core.Publication{Base: base, Branch: "main", Author: person("Ann Op"), Committer: person("Bob"), Subject: "x"}, root
}

// land makes the commit and puts it into the repository.
func land(r *repository, root plumbing.Hash, p *core.Publication) {
	r.t.Helper()
	tree, made, err := changeset.Change(r.tree, root, p.Changes)
	if err != nil {
		r.t.Fatal(err)
	}
	c := changeset.Encode(*p, tree)
	p.Commit = c.ID.String()
	r.keep(append(made, c))
	r.git("", "fsck", "--strict", "--full", p.Commit)
}

func TestCommitIsThatOfGit(t *testing.T) {
	r := newRepository(t)
	p, root := based(r, map[string]file{"a": {"100644", "x"}})
	p.Changes = []core.FileChange{{Path: "a", Before: id("x"), After: []byte("y")}}
	p.Message = changeset.Message(p, false)
	land(r, root, &p)
	want := r.gitAs([]string{
		"GIT_AUTHOR_NAME=Ann Op", "GIT_AUTHOR_EMAIL=ann.op@example.net", "GIT_AUTHOR_DATE=1790000000 +0530",
		"GIT_COMMITTER_NAME=Bob", "GIT_COMMITTER_EMAIL=bob@example.net", "GIT_COMMITTER_DATE=1790000000 +0530",
	}, p.Message, "commit-tree", "-p", p.Base, r.git("", "rev-parse", p.Commit+"^{tree}"))
	if p.Commit != want {
		t.Errorf("commit %s, git makes %s\n%s", p.Commit, want, r.git("", "cat-file", "commit", p.Commit))
	}
}

func TestForeignWordsInAMessageStayWords(t *testing.T) {
	for name, c := range map[string]struct {
		p       core.Publication
		signoff bool
		want    string
	}{
		"all of it": {
			core.Publication{Subject: "set vlan", Body: "one\n\n\n\ntwo  \n", SyncID: "7f", Fabrics: []core.FabricID{"dc1", "dc2"}},
			true,
			"set vlan\n\none\n\ntwo\n\nSync-Id: 7f\nFabric: dc1\nFabric: dc2\nSigned-off-by: Bob <bob@example.net>\n",
		},
		"subject alone":     {core.Publication{Subject: " a\r\n\tb\x1b[31mc\u202e\u200b "}, false, "a b[31mc\n"},
		"forged trailers":   {core.Publication{Subject: "x", Body: "Signed-off-by: Boss <b@x>\nSYNC-ID: 1\nfabric: y\nCo-authored-by: z"}, false, "x\n\n Signed-off-by: Boss <b@x>\n SYNC-ID: 1\n fabric: y\n Co-authored-by: z\n"},
		"forged in others":  {core.Publication{Subject: "x", SyncID: "1\nSigned-off-by: a", Fabrics: []core.FabricID{"d\nFabric: e"}}, false, "x\n\nSync-Id: 1-Signed-off-by:-a\nFabric: d-Fabric:-e\n"},
		"parts of a patch":  {core.Publication{Subject: "x", Body: "From: b\n---\ndiff --git a/x b/x\nIndex: y\n> From z\n--- a"}, false, "x\n\n From: b\n ---\n diff --git a/x b/x\n Index: y\n> From z\n --- a\n"},
		"separators":        {core.Publication{Subject: "a\u2028b\u0085c", Body: "1\u2029Fabric: 2\rFabric: 3"}, false, "a bc\n\n1\n Fabric: 2\n Fabric: 3\n"},
		"broken characters": {core.Publication{Subject: "a\xffb"}, false, "a\uFFFDb\n"},
		"a long subject":    {core.Publication{Subject: strings.Repeat("ä", 600)}, false, strings.Repeat("ä", 500) + "\n"},
	} {
		c.p.Committer = person("Bob")
		if got := changeset.Message(c.p, c.signoff); got != c.want {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, c.want)
		}
	}
	for in, want := range map[string]string{"Ann Op": "Ann Op", " <Ann>\n": "Ann", "A\x1b[31m": "A[31m", "\"x\".": "x", "<>": "", "Ö": "Ö"} {
		if got := changeset.Name(in); got != want {
			t.Errorf("name of %q is %q, want %q", in, got, want)
		}
	}
}

// TestSignatureIsOneForGit has git, and so ssh-keygen, check it.
func TestSignatureIsOneForGit(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, private := range map[string]crypto.Signer{"ed25519": ed, "ecdsa": ec, "rsa": rs} {
		key, err := ssh.NewSignerFromSigner(private)
		if err != nil {
			t.Fatal(err)
		}
		r := newRepository(t)
		p, root := based(r, map[string]file{"a": {"100644", "x"}})
		p.Changes = []core.FileChange{{Path: "a", Before: id("x"), After: []byte("y")}}
		p.Message = changeset.Message(p, true)
		tree, _, err := changeset.Change(r.tree, root, p.Changes)
		if err != nil {
			t.Fatal(err)
		}
		if p.Signature, err = changeset.Sign(key, changeset.Encode(p, tree).Data, rand.Reader); err != nil {
			t.Fatal(err)
		}
		land(r, root, &p)
		signers := filepath.Join(r.dir, "signers")
		verify := func(k ssh.PublicKey) (string, error) {
			if err := os.WriteFile(signers, fmt.Appendf(nil, "bob@example.net namespaces=\"git\" %s", ssh.MarshalAuthorizedKey(k)), 0o600); err != nil {
				t.Fatal(err)
			}
			return r.try("", "-c", "gpg.format=ssh", "-c", "gpg.ssh.allowedSignersFile="+signers, "verify-commit", "-v", p.Commit)
		}
		if out, err := verify(key.PublicKey()); err != nil || !strings.Contains(out, `Good "git" signature for bob@example.net`) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		other, err := ssh.NewSignerFromSigner(func() crypto.Signer { _, k, _ := ed25519.GenerateKey(rand.Reader); return k }())
		if err != nil {
			t.Fatal(err)
		}
		if out, err := verify(other.PublicKey()); err == nil {
			t.Errorf("%s: anybody's key will do:\n%s", name, out)
		}
	}
}

// swapped signs with another key than it says.
type swapped struct{ ssh.Signer }

func (s swapped) PublicKey() ssh.PublicKey {
	public, _, _ := ed25519.GenerateKey(rand.Reader)
	k, _ := ssh.NewPublicKey(public)
	return k
}

func TestSignatureOfAnotherKeyIsNone(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := changeset.Sign(swapped{key}, []byte("x"), rand.Reader); err == nil {
		t.Errorf("signature %q", s)
	}
}

// TestPatchMakesTheSameTree has git am and git apply make of it what the commit
// is.
func TestPatchMakesTheSameTree(t *testing.T) {
	before := map[string]file{
		"dir/a b.yaml": {"100644", "one: 1\ntwo: 2\nthree: 3\n"}, "bare": {"100644", "no end"}, "gone": {"100644", "x\ny\n"},
		"tool": {"100755", "#!/bin/sh\n"}, "old tool": {"100755", "#!/bin/sh\n"}, "ä.yaml": {"100644", "ä: ö\n"}, "empty": {"100644", ""},
	}
	r := newRepository(t)
	p, root := based(r, before)
	p.Author.Name = "Ännie, O'p"
	p.Subject = "sëtze das VLAN auf einen Wert, der lang genug ist, dass er in keine Zeile eines Briefes passt: 3000"
	p.Body = "why\n---\nFrom: x\ndiff --git a/q b/q\n\nbecause"
	p.SyncID = "7f"
	files := map[string]core.File{}
	for path, after := range map[string]string{
		"dir/a b.yaml": "one: 1\ntwo: 22\nthree: 3\nfour: 4", "bare": "no end\nat all", "tool": "#!/bin/sh\necho\n", "ä.yaml": "ä: ü\n", "empty": "full\n",
		"new/file": "first\n", "new/empty": "",
	} {
		p.Changes = append(p.Changes, core.FileChange{Path: path, After: []byte(after)})
	}
	p.Changes = append(p.Changes, core.FileChange{Path: "gone"}, core.FileChange{Path: "old tool"})
	for i := range p.Changes {
		c := &p.Changes[i]
		if was, ok := before[c.Path]; ok {
			c.Before = id(was.content)
			files[c.Path] = core.File{ID: c.Before, Content: []byte(was.content), Executable: was.mode == "100755"}
		}
	}
	p.Message = changeset.Message(p, true)
	land(r, root, &p)
	patch, err := changeset.Patch(p, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"am", "apply"} {
		clone := filepath.Join(t.TempDir(), "clone")
		r.git("", "clone", "-q", r.dir, clone)
		c := &repository{t, clone}
		args := []string{"am", "-q"}
		if way == "apply" {
			args = []string{"apply", "--index"}
		}
		_ = os.Remove(filepath.Join(clone, "index")) // there is none yet
		c.git("", "reset", "-q", "--hard")
		c.git(string(patch), args...)
		if got, want := c.git("", "write-tree"), r.git("", "rev-parse", p.Commit+"^{tree}"); got != want {
			t.Errorf("git %s makes %s, want %s\n%s", way, got, want, patch)
		}
		if way == "am" {
			format := "--format=%an <%ae> %at%n%B"
			if got, want := c.git("", "log", "-1", format), r.git("", "log", "-1", format, p.Commit); got != want {
				t.Errorf("git am makes the commit\n%s\nwant\n%s\n%s", got, want, patch)
			}
		}
	}
}

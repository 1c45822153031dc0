package changeset

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1" //nolint:gosec // Git's own check sum of a pack
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"selvage/core"
)

// Encode makes the commit of a publication that has a message, an author and a
// committer. What a signature is of is the commit without one.
func Encode(p core.Publication, tree plumbing.Hash) Object {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\nparent %s\nauthor %s\ncommitter %s\n", tree, p.Base, stamp(p.Author), stamp(p.Committer))
	if p.Signature != "" {
		b.WriteString("gpgsig " + strings.ReplaceAll(strings.TrimSuffix(p.Signature, "\n"), "\n", "\n ") + "\n")
	}
	b.WriteString("\n" + p.Message)
	return newObject(plumbing.CommitObject, b.Bytes())
}

func stamp(p core.Person) string {
	return fmt.Sprintf("%s <%s> %d %s", p.Name, p.Email, p.When.Unix(), p.When.Format("-0700"))
}

// Pack puts objects into a pack, each whole.
func Pack(objects []Object) []byte {
	var b bytes.Buffer
	b.WriteString("PACK")
	// Writing to a buffer does not fail.
	_ = binary.Write(&b, binary.BigEndian, [2]uint32{2, uint32(len(objects))}) //nolint:gosec // a handful
	for _, o := range objects {
		b.Write(header(o))
		// The tree of a large folder is most of a pack, and hashes hardly shrink.
		z, _ := zlib.NewWriterLevel(&b, zlib.BestSpeed)
		_, _ = z.Write(o.Data)
		_ = z.Close()
	}
	sum := sha1.Sum(b.Bytes()) //nolint:gosec // see above
	b.Write(sum[:])
	return b.Bytes()
}

// header is the kind and the size of an object in a pack: four bits of the size
// beside the kind, then seven to a byte.
func header(o Object) []byte {
	size := len(o.Data)
	c := byte(o.Kind)<<4 | byte(size&0x0f)
	var h []byte
	for size >>= 4; size > 0; size >>= 7 {
		h = append(h, c|0x80)
		c = byte(size & 0x7f)
	}
	return append(h, c)
}

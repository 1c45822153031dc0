package manifest

import "crypto/sha256"

// Seen keeps the documents that were parsed, by the SHA-256 of their text, so
// that of a file in which one document changed only that one is parsed. It is
// for many versions of one file. It need not keep anything; what it gives back
// must be what was put there.
type Seen interface {
	Get(text [sha256.Size]byte) ([]Document, bool)
	// Put keeps documents that were parsed from so many bytes.
	Put(text [sha256.Size]byte, docs []Document, size int)
}

// moved are documents with their lines so many lines further down. Their objects,
// which do not tell where they stand, are the same ones.
func moved(docs []Document, by int) []Document {
	if len(docs) == 0 {
		return docs
	}
	all := make([]Document, len(docs))
	for i, d := range docs {
		d.Line += by
		all[i] = d
	}
	return all
}

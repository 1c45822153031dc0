package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"

	"selvage/core"
)

// changes keeps changes of files, each content once, and gives the digest of the
// list: lists that say the same are one.
func (r *recorder) changes(all []core.FileChange) ([]byte, error) {
	contents := make([]any, len(all)) // digests, nil where the file goes
	var text []byte
	for i, f := range all {
		var after []byte
		if f.After != nil {
			sum := sha256.Sum256(f.After)
			after = sum[:]
			contents[i] = after
		}
		for _, part := range []string{f.Path, f.Before, string(after)} {
			text = append(binary.AppendUvarint(text, uint64(len(part))), part...)
		}
	}
	list := sha256.Sum256(text)
	var known bool
	err := r.tx.QueryRowContext(r.ctx, "SELECT EXISTS (SELECT 1 FROM file_changes WHERE list = ?)", list[:]).Scan(&known)
	if err != nil || known {
		return list[:], err
	}
	for i, f := range all {
		if f.After != nil {
			if err := r.blob(sha256.Sum256(f.After), f.After); err != nil {
				return nil, err
			}
		}
		err := r.exec("INSERT INTO file_changes (list, position, path, before, after) VALUES (?, ?, ?, ?, ?)",
			list[:], i, f.Path, f.Before, contents[i])
		if err != nil {
			return nil, err
		}
	}
	return list[:], nil
}

// fileChanges reads a list. Without contents it is told of each file only
// whether it has one.
func fileChanges(ctx context.Context, q querier, list []byte, contents bool) ([]core.FileChange, error) {
	var all []core.FileChange
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			f              core.FileChange
			digest, stored []byte
		)
		err := rows.Scan(&f.Path, &f.Before, &digest, &stored)
		if err == nil && digest != nil {
			if f.After = []byte{}; contents {
				f.After = append(f.After, stored...)
				if !intact(digest, f.After) {
					err = fmt.Errorf("%w: the new content of %q", ErrDamaged, f.Path)
				}
			}
		}
		all = append(all, f)
		return err
	}, `SELECT c.path, c.before, c.after, b.content FROM file_changes c
		LEFT JOIN blobs b ON ?2 AND b.digest = c.after WHERE c.list = ?1 ORDER BY c.position`, list, contents)
	return all, err
}

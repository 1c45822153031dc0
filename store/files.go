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
	var text []byte
	for _, f := range all {
		for _, part := range []string{f.Path, f.Before, string(sumOf(f.Was)), string(sumOf(f.After))} {
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
		for _, content := range [][]byte{f.Was, f.After} {
			if content == nil {
				continue
			}
			if err := r.blob(sha256.Sum256(content), content); err != nil {
				return nil, err
			}
		}
		err := r.exec("INSERT INTO file_changes (list, position, path, before, was, after) VALUES (?, ?, ?, ?, ?, ?)",
			list[:], i, f.Path, f.Before, sumOf(f.Was), sumOf(f.After))
		if err != nil {
			return nil, err
		}
	}
	return list[:], nil
}

// sumOf is that of a content, nil for none.
func sumOf(content []byte) []byte {
	if content == nil {
		return nil
	}
	sum := sha256.Sum256(content)
	return sum[:]
}

// fileChanges reads a list. Without contents it is told of each file only
// whether it has one.
func fileChanges(ctx context.Context, q querier, list []byte, contents bool) ([]core.FileChange, error) {
	var all []core.FileChange
	err := each(ctx, q, func(rows *sql.Rows) error {
		var (
			f                       core.FileChange
			was, before, now, after []byte
		)
		err := rows.Scan(&f.Path, &f.Before, &was, &before, &now, &after)
		if err == nil && was != nil && contents {
			f.Was, err = fileContent(was, before, "former", f.Path)
		}
		if err == nil && now != nil {
			if f.After = []byte{}; contents {
				f.After, err = fileContent(now, after, "new", f.Path)
			}
		}
		all = append(all, f)
		return err
	}, `SELECT c.path, c.before, c.was, w.content, c.after, b.content FROM file_changes c
		LEFT JOIN blobs w ON ?2 AND w.digest = c.was
		LEFT JOIN blobs b ON ?2 AND b.digest = c.after WHERE c.list = ?1 ORDER BY c.position`, list, contents)
	return all, err
}

// fileContent is a copy of a stored content, which is never nil.
func fileContent(digest, stored []byte, which, path string) ([]byte, error) {
	if !intact(digest, stored) {
		return nil, fmt.Errorf("%w: the %s content of %q", ErrDamaged, which, path)
	}
	return append([]byte{}, stored...), nil
}

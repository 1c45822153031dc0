package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"selvage/core"
)

// mostRuled is how many runs [Store.Ruled] gives at most.
const mostRuled = 100

// Ruled gives the runs that policies began and by which something came into a
// fabric's Git, newest first, with their results; at most 100.
func (s *Store) Ruled(ctx context.Context, id core.FabricID) ([]*core.Run, error) {
	var all []*core.Run
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = runs(ctx, tx, true, `r.id IN (SELECT x.run FROM run_fabrics x JOIN fabrics f ON f.id = x.fabric JOIN runs y ON y.id = x.run
			WHERE f.name = ? AND y.over AND y.phase IN (?, ?, ?, ?) AND json_extract(y.body, '$.by') = 'policy' ORDER BY x.run DESC LIMIT ?)`,
			string(id), string(core.RunMerged), string(core.RunPublished), string(core.RunAgreed), string(core.RunWaiting), mostRuled)
		return err
	})
	slices.Reverse(all)
	return all, explain(fmt.Sprintf("read what policies did to %q in %q", id, s.path), err)
}

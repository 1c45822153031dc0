package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed migration/*.sql
var schema embed.FS

// applicationID marks a SQLite file as a store of selvage: "slvg".
const applicationID = 0x736c7667

// migration is one step of the schema; its version is its place from 1 on.
type migration struct{ name, text string }

// migrations are the steps in the order of their names: 0001_init.sql first.
func migrations(fsys fs.FS) ([]migration, error) {
	names, err := fs.Glob(fsys, "migration/*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]migration, 0, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if want := fmt.Sprintf("migration/%04d_", i+1); !strings.HasPrefix(name, want) {
			return nil, fmt.Errorf("migration %q: its name must start with %q", name, want)
		}
		all = append(all, migration{name, string(text)})
	}
	return all, nil
}

// inspect refuses what must not be used: the wrong SQLite, a foreign, newer or
// damaged file. A new, empty file passes.
func inspect(ctx context.Context, conn *sql.Conn, latest int) error {
	var (
		library             string
		id, version, tables int
	)
	row := conn.QueryRowContext(ctx, `SELECT sqlite_version(), a.application_id, v.user_version,
		(SELECT count(*) FROM sqlite_schema) FROM pragma_application_id a, pragma_user_version v`)
	if err := row.Scan(&library, &id, &version, &tables); err != nil {
		return err
	}
	switch {
	case !newEnough(library, minSQLite):
		return fmt.Errorf("%w: %s", errOldSQLite, library)
	case id == 0 && version == 0 && tables == 0:
		return nil
	case id != applicationID:
		return fmt.Errorf("%w: its application_id is %#x", ErrForeign, id)
	case version > latest:
		return fmt.Errorf("%w: its schema is version %d, this program knows %d", ErrNewer, version, latest)
	}
	var found string
	if err := conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(strings.Fields(found), " ")) // it speaks in lines
	}
	return nil
}

// migrate brings the file to the latest schema, each step in a transaction of
// its own. One that holds something is copied first, by backup.
func migrate(ctx context.Context, conn *sql.Conn, all []migration, backup func(context.Context, *sql.Conn, int) error) error {
	var version int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > 0 && version < len(all) {
		if err := backup(ctx, conn, version); err != nil {
			return err
		}
	}
	for i := version; i < len(all); i++ {
		if err := step(ctx, conn, all[i], i+1); err != nil {
			return fmt.Errorf("migrate by %q: %w", all[i].name, err)
		}
	}
	return nil
}

func step(ctx context.Context, conn *sql.Conn, m migration, version int) error {
	tx, err := begin(ctx, conn)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s;\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;", m.text, applicationID, version)
	if _, err := tx.ExecContext(ctx, text); err != nil {
		return also(err, undo(tx))
	}
	return tx.Commit()
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"selvage/core"
)

// umask sets the process's umask until the test ends.
func umask(t *testing.T, mask int) {
	before := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(before) })
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode() & (fs.ModePerm | fs.ModeSetgid)
}

func TestPrivateStoreIsPrivateWhateverTheUmask(t *testing.T) {
	for _, mask := range []int{0, 0o077, 0o777} {
		dir := filepath.Join(t.TempDir(), "state", "selvage")
		umask(t, mask)
		s := openAt(t, dir)
		record(t, s, inSync(t, "dc1", 1))
		syscall.Umask(0o022)
		for _, d := range []string{filepath.Dir(dir), dir} {
			if got := modeOf(t, d); got != 0o700 {
				t.Errorf("umask %04o: %s has mode %v, want 0700", mask, d, got)
			}
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if got := modeOf(t, s.path+suffix); got != 0o600 {
				t.Errorf("umask %04o: %s has mode %v, want 0600", mask, s.path+suffix, got)
			}
		}
	}
}

func TestSharedStoreBelongsToItsGroup(t *testing.T) {
	gid := os.Getgid()
	if os.Getuid() == 0 {
		gid = 4242 // any will do for root, and this one is nobody's own
	}
	for _, mask := range []int{0, 0o077} {
		dir := filepath.Join(t.TempDir(), "shared")
		umask(t, mask)
		s, err := Open(t.Context(), Config{Dir: dir, Group: strconv.Itoa(gid), Now: (&clock{noon}).Now})
		if err != nil {
			t.Fatal(err)
		}
		defer finish(t, s)
		record(t, s, inSync(t, "dc1", 1))
		if got := modeOf(t, dir); got != fs.ModeSetgid|0o770 {
			t.Errorf("umask %04o: the folder has mode %v, want 2770", mask, got)
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			info, err := os.Stat(s.path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != 0o660 || gidOf(info) != gid {
				t.Errorf("umask %04o: %s has mode %v and group %d, want 0660 and %d", mask, s.path+suffix, info.Mode(), gidOf(info), gid)
			}
		}
	}
}

// refused opens a store that must not open and checks that the error is one
// line that tells what to do.
func refused(t *testing.T, c Config, cause error, words ...string) {
	t.Helper()
	c.Now = (&clock{noon}).Now
	s, err := Open(t.Context(), c)
	if err == nil {
		finish(t, s)
		t.Errorf("Open succeeded, want an error about %q", words)
		return
	}
	var e *core.Error
	if !errors.As(err, &e) || e.Hint == "" || strings.Contains(err.Error(), "\n") {
		t.Errorf("Open = %q, want one line with a hint", err)
	}
	if cause != nil && !errors.Is(err, cause) {
		t.Errorf("Open = %q, want a case of %q", err, cause)
	}
	for _, w := range append(words, c.Dir) {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("Open = %q, want it to say %q", err, w)
		}
	}
	// Whoever only looks is told the same.
	if _, looked := Examine(t.Context(), c); looked == nil || !strings.HasSuffix(looked.Error(), because(err)) {
		t.Errorf("Examine = %q, want the reason of %q", looked, err)
	}
}

// because is an error without what was being done.
func because(err error) string {
	_, reason, _ := strings.Cut(err.Error(), ": ")
	return reason
}

// raw opens a SQLite file without any of the store's guards.
func raw(t *testing.T, file string) *sql.DB {
	t.Helper()
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db := connect(file, readWrite)
	t.Cleanup(func() { finish(t, db) })
	return db
}

func TestForeignFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	db := raw(t, filepath.Join(dir, "selvage.db"))
	if _, err := db.Exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')"); err != nil {
		t.Fatal(err)
	}
	refused(t, Config{Dir: dir}, ErrForeign, "application_id")
	var text string
	if err := db.QueryRow("SELECT text FROM notes").Scan(&text); err != nil || text != "mine" {
		t.Errorf("the foreign file holds %q, %v after the attempt", text, err)
	}

	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "selvage.db"), []byte(strings.Repeat("not SQLite at all. ", 300)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, Config{Dir: dir}, nil, "not a database", "move selvage.db")
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, inSync(t, "dc1", 2))
	other := openAt(t, dir)
	mend(t, other, "PRAGMA user_version = 99")
	refused(t, Config{Dir: dir}, ErrNewer, "99", "use the newer selvage")

	// A handle that was open before goes on neither reading nor writing.
	if err := s.Record(t.Context(), empty("dc1", noon)); !errors.Is(err, ErrNewer) {
		t.Errorf("Record = %v, want %v", err, ErrNewer)
	}
	if _, err := s.Memory(t.Context(), "dc1"); !errors.Is(err, ErrNewer) {
		t.Errorf("Memory = %v, want %v", err, ErrNewer)
	}
}

func TestDamagedFileIsRefused(t *testing.T) {
	for name, page := range map[string]int64{
		"near its start": 2,
		"far inside":     60, // where only quick_check looks before somebody needs it
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openAt(t, dir)
			record(t, s, inSync(t, "dc1", 200))
			finish(t, s)
			f, err := os.OpenFile(s.path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i := range int64(20) {
				if _, err := f.WriteAt([]byte(strings.Repeat("\xa5", 64)), (page+i)*4096); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			refused(t, Config{Dir: dir}, nil, "move selvage.db")
		})
	}
}

func TestWronglyOpenFilesAreRefused(t *testing.T) {
	gid := strconv.Itoa(os.Getgid())
	for _, c := range []struct {
		file, dir fs.FileMode
		group     string
		want      string
	}{
		{file: 0o644, dir: 0o700, want: "chmod 0600"},
		{file: 0o660, dir: 0o700, want: "state.group"},
		{file: 0o600, dir: 0o700, group: gid, want: "chmod 2770"},
		{file: 0o600, dir: fs.ModeSetgid | 0o770, group: gid, want: "chmod 0660"},
		{file: 0o666, dir: fs.ModeSetgid | 0o770, group: gid, want: "chmod 0660"},
	} {
		dir := t.TempDir()
		finish(t, openAt(t, dir))
		if err := errors.Join(os.Chmod(filepath.Join(dir, "selvage.db"), c.file), os.Chown(dir, -1, os.Getgid()), os.Chmod(dir, c.dir)); err != nil {
			t.Fatal(err)
		}
		refused(t, Config{Dir: dir, Group: c.group}, nil, c.want)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "selvage.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	refused(t, Config{Dir: dir}, nil, "not a regular file")
}

func TestAFileInPlaceOfTheFolderIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, Config{Dir: file}, nil, "it is not a folder", "is a file")
	refused(t, Config{Dir: filepath.Join(file, "selvage")}, syscall.ENOTDIR, "is a file", "state.dir")
}

func TestAFolderThatIsThereKeepsItsMode(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	openAt(t, dir)
	if got := modeOf(t, dir); got != 0o755 {
		t.Errorf("the folder has mode %v, want 0755 as before", got)
	}
}

func TestUnknownGroupIsRefused(t *testing.T) {
	_, err := Open(t.Context(), Config{Dir: t.TempDir(), Group: "no-such-group-here"})
	if err == nil || !strings.Contains(err.Error(), "state.group") {
		t.Errorf("Open = %v, want an error about state.group", err)
	}
}

func TestPathsNeedNoEscaping(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a?b=c&d%20e#f 'g'")
	s := openAt(t, dir)
	record(t, s, inSync(t, "dc1", 1))
	if _, err := os.Stat(filepath.Join(dir, "selvage.db-wal")); err != nil {
		t.Error(err)
	}
}

func TestConnectionsAreSetUp(t *testing.T) {
	s := openAt(t, t.TempDir())
	for _, db := range []*sql.DB{s.writer, s.reader} {
		for pragma, want := range map[string]string{
			"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0",
			"mmap_size": "0", "busy_timeout": "250", "cell_size_check": "1", "application_id": strconv.Itoa(applicationID),
		} {
			var got string
			if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
				t.Errorf("PRAGMA %s = %s, %v, want %s", pragma, got, err, want)
			}
		}
	}
	var soon int
	if err := s.leaser.QueryRow("PRAGMA synchronous").Scan(&soon); err != nil || soon != 1 {
		t.Errorf("leases are written with synchronous = %d, %v, want 1", soon, err)
	}
	if _, err := s.reader.Exec("DELETE FROM checks"); err == nil {
		t.Error("a reader could write")
	}
}

const initial = "CREATE TABLE upkeep (task TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT; CREATE TABLE one (a TEXT) STRICT; INSERT INTO one VALUES ('kept');"

// steps are the migrations of a program of another age.
func steps(texts ...string) []migration {
	all := make([]migration, len(texts))
	for i, text := range texts {
		all[i] = migration{name: strconv.Itoa(i + 1), text: text}
	}
	return all
}

func TestMigrationCopiesFirstAndIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	c := Config{Dir: dir, Now: (&clock{noon}).Now}
	s, err := open(t.Context(), c, steps(initial))
	if err != nil {
		t.Fatal(err)
	}
	finish(t, s)

	good, bad := "ALTER TABLE one ADD COLUMN b TEXT", "CREATE TABLE two (a TEXT); INSERT INTO one VALUES ('lost', ''); INSERT INTO nowhere VALUES (1)"
	if _, err := open(t.Context(), c, steps(initial, good, bad)); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("open = %v, want the error of the third step", err)
	}
	db := connect(s.path, readOnly)
	defer finish(t, db)
	var version, tables, rows int
	err = db.QueryRow("SELECT user_version, (SELECT count(*) FROM sqlite_schema WHERE name = 'two'), (SELECT count(b IS NULL) FROM one) FROM pragma_user_version").
		Scan(&version, &tables, &rows)
	if err != nil || version != 2 || tables != 0 || rows != 1 {
		t.Errorf("version %d, %d tables of the failed step, %d rows, %v, want 2, 0, 1", version, tables, rows, err)
	}

	backup := connect(s.path+".v1.bak", readOnly)
	defer finish(t, backup)
	var kept string
	if err := backup.QueryRow("SELECT a FROM one, pragma_user_version WHERE user_version = 1").Scan(&kept); err != nil || kept != "kept" {
		t.Errorf("the copy holds %q, %v", kept, err)
	}
	if got := modeOf(t, s.path+".v1.bak"); got != 0o600 {
		t.Errorf("the copy has mode %v, want 0600", got)
	}

	s, err = open(t.Context(), c, steps(initial, good, "CREATE TABLE two (a TEXT)"))
	if err != nil {
		t.Fatal(err)
	}
	finish(t, s)
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestInterruptedFirstOpenStartsAnew(t *testing.T) {
	dir := t.TempDir()
	if _, err := open(t.Context(), Config{Dir: dir, Now: (&clock{noon}).Now}, steps("CREATE TABLE a (b TEXT); garbage")); err == nil {
		t.Fatal("open succeeded with a first step that cannot")
	}
	record(t, openAt(t, dir), inSync(t, "dc1", 1))
}

func TestMigrationsAreNumbered(t *testing.T) {
	all, err := migrations(schema)
	if err != nil || len(all) == 0 {
		t.Fatalf("migrations = %d, %v", len(all), err)
	}
	gap := fstest.MapFS{"migration/0001_init.sql": {}, "migration/0003_more.sql": {}}
	if _, err := migrations(gap); err == nil || !strings.Contains(err.Error(), "0002_") {
		t.Errorf("migrations with a gap = %v, want an error that names the missing one", err)
	}
}

func TestOldSQLiteIsRefused(t *testing.T) {
	for version, want := range map[string]bool{
		"3.51.3": true, "3.51.10": true, "3.54.1": true, "4.0": true, "3.51.2": false, "3.7.0": false, "3.51": false, "": false,
	} {
		if got := newEnough(version, minSQLite); got != want {
			t.Errorf("newEnough(%q) = %v, want %v", version, got, want)
		}
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	p, err := place(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	lock, err := p.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, Config{Dir: dir}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open while another one prepares = %v, want %v", err, context.DeadlineExceeded)
	}
	finish(t, lock)
	openAt(t, dir)
}

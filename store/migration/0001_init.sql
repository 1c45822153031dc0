-- What selvage has seen of each fabric. Times are nanoseconds since 1970, NULL
-- where there is none. Digests are 32 bytes of SHA-256. States, verdicts and
-- accesses are the words of package core.

CREATE TABLE fabrics (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    generation INTEGER NOT NULL DEFAULT 0, -- grows with every check that changed what is remembered
    last_sync  INTEGER,
    last_check INTEGER,
    report     TEXT,                       -- JSON: what the last report says apart from its verdicts
    git        TEXT                        -- JSON: the readings of the last whole reading of Git
) STRICT;

-- Every object that was ever named in a fabric.
CREATE TABLE objects (
    id        INTEGER PRIMARY KEY,
    fabric    INTEGER NOT NULL REFERENCES fabrics (id),
    grp       TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    namespace TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    UNIQUE (fabric, grp, kind, namespace, name)
) STRICT;

-- Contents by their digest: canonical JSON of an object's fields, or the text
-- of a file that could not be parsed. Any number of rows of any fabric share
-- one.
CREATE TABLE blobs (
    digest  BLOB PRIMARY KEY,
    content BLOB NOT NULL
) STRICT;

-- What one side once said about an object. A row lives as long as memory or
-- git_objects refers to it.
CREATE TABLE docs (
    object  INTEGER NOT NULL REFERENCES objects (id),
    digest  BLOB    NOT NULL,  -- of the other columns
    version TEXT    NOT NULL,
    path    TEXT    NOT NULL,
    line    INTEGER NOT NULL,
    fields  BLOB    NOT NULL,  -- a blob's digest
    meta    TEXT,              -- JSON: what the API server keeps about the object
    UNIQUE (object, digest)
) STRICT;

-- What is remembered of each object: the base pair, the last sight of both
-- sides (docs' digests) and the verdict.
CREATE TABLE memory (
    object      INTEGER PRIMARY KEY REFERENCES objects (id),
    base_git    BLOB,
    base_live   BLOB,
    base_at     INTEGER,
    base_source TEXT,            -- NULL where there is no base
    git         BLOB,
    git_at      INTEGER,
    live        BLOB,
    live_at     INTEGER,
    state       TEXT,            -- NULL where there is no verdict
    last_state  TEXT,            -- the state before it became unknown
    last_since  INTEGER,
    since       INTEGER,
    reason      TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    line        INTEGER NOT NULL,
    revision    TEXT    NOT NULL, -- resourceVersion of the live object
    changes     TEXT             -- JSON, NULL where there are none
) STRICT;

-- The last whole reading of Git: its objects and what could not be read. The
-- objects stand apart from memory because their keys may differ: Git does not
-- know which kinds have no namespace.
CREATE TABLE git_objects (
    object INTEGER PRIMARY KEY REFERENCES objects (id),
    doc    BLOB NOT NULL
) STRICT;

CREATE TABLE git_findings (
    fabric    INTEGER NOT NULL REFERENCES fabrics (id),
    position  INTEGER NOT NULL,
    path      TEXT    NOT NULL,
    line      INTEGER NOT NULL,
    reason    TEXT    NOT NULL,
    grp       TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    namespace TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    text      BLOB,              -- a blob's digest
    opaque    INTEGER NOT NULL,
    PRIMARY KEY (fabric, position)
) STRICT, WITHOUT ROWID;

-- Every kind of which Git holds, or ever held, an object.
CREATE TABLE git_kinds (
    fabric INTEGER NOT NULL REFERENCES fabrics (id),
    grp    TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    PRIMARY KEY (fabric, grp, kind)
) STRICT, WITHOUT ROWID;

-- Append-only, until retention takes the oldest away.
CREATE TABLE checks (
    id       INTEGER PRIMARY KEY,
    fabric   INTEGER NOT NULL REFERENCES fabrics (id),
    started  INTEGER,
    finished INTEGER,
    duration INTEGER NOT NULL, -- nanoseconds by a clock that does not jump
    quiet    INTEGER NOT NULL, -- 1 where it changed nothing and met no error
    git      TEXT,             -- access, NULL without a report
    live     TEXT,
    counts   TEXT,             -- JSON: objects by state
    error    TEXT    NOT NULL
) STRICT;
CREATE INDEX checks_by_time ON checks (fabric, finished);

CREATE TABLE transitions (
    id         INTEGER PRIMARY KEY,
    fabric     INTEGER NOT NULL REFERENCES fabrics (id),
    object     INTEGER NOT NULL REFERENCES objects (id),
    at         INTEGER,
    from_state TEXT,           -- NULL where the object was not known before
    to_state   TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    changes    TEXT            -- JSON, NULL where there are none
) STRICT;
CREATE INDEX transitions_by_time ON transitions (fabric, at);
CREATE INDEX transitions_by_object ON transitions (object);

-- When each task of upkeep was last done.
CREATE TABLE upkeep (
    task TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

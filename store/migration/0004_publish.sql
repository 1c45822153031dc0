-- What people decide, what is planned and published because of it, what holds
-- policies back, and who acts for a fabric.

ALTER TABLE fabrics ADD COLUMN desk INTEGER NOT NULL DEFAULT 0; -- grows with every change of what lies on the desk

-- Decisions, with their values as they are to be written: secrets and all. An id
-- is never given a second time.
CREATE TABLE drafts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    fabric      INTEGER NOT NULL REFERENCES fabrics (id),
    object      INTEGER NOT NULL REFERENCES objects (id),
    path        TEXT    NOT NULL,
    choice      TEXT    NOT NULL,
    value       TEXT,             -- canonical JSON, NULL where nothing is to stand there
    git_digest  BLOB    NOT NULL, -- zeros where the side had no value
    live_digest BLOB    NOT NULL,
    base_digest BLOB    NOT NULL,
    anchor      TEXT    NOT NULL,
    person      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    rule        TEXT    NOT NULL,
    origin      TEXT    NOT NULL, -- where the value comes from
    lies        INTEGER NOT NULL DEFAULT 1, -- 1 while it lies on the desk
    done        INTEGER NOT NULL DEFAULT 0  -- 1 once it has come true
) STRICT;
CREATE INDEX drafts_on_desk ON drafts (fabric) WHERE lies;
CREATE INDEX drafts_by_object ON drafts (object);

-- The steps in which drafts came and went, for undo.
CREATE TABLE desk_steps (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    fabric INTEGER NOT NULL REFERENCES fabrics (id),
    person TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    undone INTEGER           -- NULL, or a number that grows with every undo
) STRICT;
CREATE INDEX desk_steps_of_person ON desk_steps (fabric, person);

CREATE TABLE desk_moves (
    step  INTEGER NOT NULL REFERENCES desk_steps (id) ON DELETE CASCADE,
    draft INTEGER NOT NULL REFERENCES drafts (id),
    laid  INTEGER NOT NULL,  -- 1 where the step laid it down, 0 where it went
    heir  INTEGER,           -- the draft that took its place, NULL for none
    PRIMARY KEY (step, draft)
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_moves_by_draft ON desk_moves (draft);

-- History: what became of each draft.
CREATE TABLE decisions (
    id     INTEGER PRIMARY KEY,
    fabric INTEGER NOT NULL REFERENCES fabrics (id),
    object INTEGER NOT NULL REFERENCES objects (id),
    draft  INTEGER NOT NULL REFERENCES drafts (id),
    at     INTEGER NOT NULL,
    what   TEXT    NOT NULL,
    person TEXT    NOT NULL
) STRICT;
CREATE INDEX decisions_by_time ON decisions (fabric, at);
CREATE INDEX decisions_by_object ON decisions (object);
CREATE INDEX decisions_by_draft ON decisions (draft);

-- Lists of changes of files, by a digest of what they say. A plan and what is
-- published from it share one; so do contents, which are blobs.
CREATE TABLE file_changes (
    list     BLOB    NOT NULL,
    position INTEGER NOT NULL,
    path     TEXT    NOT NULL,
    before   TEXT    NOT NULL, -- the id that Git gives to the content
    after    BLOB,             -- a blob's digest, NULL where the file is removed
    PRIMARY KEY (list, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    at   INTEGER NOT NULL,
    body TEXT    NOT NULL      -- JSON: the plan without its files
) STRICT;

CREATE TABLE plan_commits (
    plan     INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    files    BLOB    NOT NULL, -- a list of file_changes
    PRIMARY KEY (plan, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id       INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE, -- its Sync-Id
    plan     TEXT    NOT NULL,
    phase    TEXT    NOT NULL,
    over     INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    started  INTEGER NOT NULL,
    ended    INTEGER,
    body     TEXT    NOT NULL, -- JSON: the run without its result and its publications
    result   BLOB              -- a blob's digest: JSON, NULL where there is none
) STRICT;
CREATE INDEX runs_open ON runs (id) WHERE NOT over;

-- A run is told in the history of each of its fabrics.
CREATE TABLE run_fabrics (
    id     INTEGER PRIMARY KEY,
    run    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    fabric INTEGER NOT NULL REFERENCES fabrics (id),
    at     INTEGER NOT NULL,   -- when it ended, or began
    UNIQUE (run, fabric)
) STRICT;
CREATE INDEX run_fabrics_by_time ON run_fabrics (fabric, at);

-- The objects that a run is about.
CREATE TABLE run_objects (
    run    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    object INTEGER NOT NULL REFERENCES objects (id),
    PRIMARY KEY (run, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_objects_by_object ON run_objects (object);

-- Texts and times stand here as the commit has them: it must come out the same,
-- byte for byte.
CREATE TABLE publications (
    run             INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    phase           TEXT    NOT NULL,
    outcome         TEXT    NOT NULL,
    says            TEXT    NOT NULL,
    review          TEXT    NOT NULL,
    url             TEXT    NOT NULL,
    branch          TEXT    NOT NULL,
    side            TEXT    NOT NULL,
    base            TEXT    NOT NULL,
    files           BLOB    NOT NULL, -- a list of file_changes
    subject         TEXT    NOT NULL,
    body            TEXT    NOT NULL,
    sync_id         TEXT    NOT NULL,
    fabrics         TEXT    NOT NULL, -- JSON
    author          TEXT    NOT NULL,
    author_email    TEXT    NOT NULL,
    author_time     INTEGER,          -- seconds since 1970
    author_zone     INTEGER NOT NULL, -- seconds east of UTC
    committer       TEXT    NOT NULL,
    committer_email TEXT    NOT NULL,
    committer_time  INTEGER,
    committer_zone  INTEGER NOT NULL,
    message         TEXT    NOT NULL,
    signature       TEXT    NOT NULL,
    commit_id       TEXT    NOT NULL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX publications_pushing ON publications (run) WHERE phase = 'pushing';

-- What holds the policies of a fabric back.
CREATE TABLE pins (
    id     INTEGER PRIMARY KEY,
    fabric INTEGER NOT NULL REFERENCES fabrics (id),
    object INTEGER NOT NULL REFERENCES objects (id),
    path   TEXT    NOT NULL,
    rule   TEXT    NOT NULL,
    at     INTEGER,
    found  TEXT,               -- JSON: the commit that took it back, NULL where it is not known
    UNIQUE (object, path)
) STRICT;
CREATE INDEX pins_of_fabric ON pins (fabric);

CREATE TABLE heats (
    fabric   INTEGER NOT NULL REFERENCES fabrics (id),
    position INTEGER NOT NULL,
    object   INTEGER NOT NULL REFERENCES objects (id),
    path     TEXT    NOT NULL,
    level    REAL    NOT NULL,
    at       INTEGER,
    git      BLOB    NOT NULL,
    live     BLOB    NOT NULL,
    paused   INTEGER NOT NULL,
    PRIMARY KEY (fabric, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX heats_by_object ON heats (object);

-- Who reads, and who acts, for a fabric. Nothing here has to outlive the machine.
CREATE TABLE leases (
    fabric TEXT    NOT NULL,
    duty   TEXT    NOT NULL,
    beat   INTEGER NOT NULL,   -- grows with every word of a holder
    holder TEXT    NOT NULL,   -- '' where nobody has it
    body   TEXT    NOT NULL,   -- JSON: the rest of the holder
    PRIMARY KEY (fabric, duty)
) STRICT, WITHOUT ROWID;

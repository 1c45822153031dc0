-- What a verdict rests on and says besides, the ledger of overwritten edits,
-- and what people have said.

ALTER TABLE memory ADD COLUMN base_evidence TEXT NOT NULL DEFAULT ''; -- what a base taken from evidence rests on
ALTER TABLE memory ADD COLUMN git_until     INTEGER; -- when the side was read last; NULL where the last look did
ALTER TABLE memory ADD COLUMN live_until    INTEGER;
ALTER TABLE memory ADD COLUMN notes         TEXT;    -- JSON, NULL where there are none
ALTER TABLE memory ADD COLUMN acknowledged  TEXT;    -- JSON: the word that made the state, NULL for none

ALTER TABLE git_findings ADD COLUMN unrendered INTEGER NOT NULL DEFAULT 0;

-- Live values that somebody put there past Git and that were replaced. They are
-- as they were read: whoever shows them masks what looks like a secret.
CREATE TABLE overwritten (
    id              INTEGER PRIMARY KEY,
    fabric          INTEGER NOT NULL REFERENCES fabrics (id),
    object          INTEGER NOT NULL REFERENCES objects (id),
    at              INTEGER NOT NULL, -- when it was seen to be replaced
    path            TEXT    NOT NULL,
    op              TEXT    NOT NULL,
    live            TEXT,             -- canonical JSON of what was replaced, NULL where the edit had removed it
    now             TEXT,             -- likewise what live says after it
    manager         TEXT    NOT NULL,
    manager_time    INTEGER,
    appeared_after  INTEGER,          -- it came between these two looks
    appeared_before INTEGER,
    replaced_after  INTEGER,          -- and went between these
    replaced_before INTEGER,
    replaced_by     TEXT    NOT NULL,
    git_commit      TEXT              -- JSON: where Git moved meanwhile
) STRICT;
CREATE INDEX overwritten_by_time ON overwritten (fabric, at);
CREATE INDEX overwritten_by_object ON overwritten (object, path);

-- Times in which nobody watched. One that goes on is one row.
CREATE TABLE blind (
    id     INTEGER PRIMARY KEY,
    fabric INTEGER NOT NULL REFERENCES fabrics (id),
    since  INTEGER,          -- NULL where nobody had ever watched
    until  INTEGER NOT NULL,
    reason TEXT    NOT NULL
) STRICT;
CREATE INDEX blind_by_time ON blind (fabric, until);

-- What people accepted. What is void is history only.
CREATE TABLE acceptances (
    id          INTEGER PRIMARY KEY,
    fabric      INTEGER NOT NULL REFERENCES fabrics (id),
    at          INTEGER NOT NULL,
    what        TEXT    NOT NULL,
    person      TEXT    NOT NULL,
    from_commit TEXT    NOT NULL,
    to_commit   TEXT    NOT NULL,
    git_digest  BLOB    NOT NULL,
    live_digest BLOB    NOT NULL,
    void        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX acceptances_by_time ON acceptances (fabric, at);
CREATE INDEX acceptances_in_force ON acceptances (fabric) WHERE NOT void;

-- The objects that an acceptance is for, in its order.
CREATE TABLE accepted (
    acceptance INTEGER NOT NULL REFERENCES acceptances (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    object     INTEGER NOT NULL REFERENCES objects (id),
    PRIMARY KEY (acceptance, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX accepted_by_object ON accepted (object);

CREATE TABLE acknowledgements (
    id          INTEGER PRIMARY KEY,
    fabric      INTEGER NOT NULL REFERENCES fabrics (id),
    object      INTEGER NOT NULL REFERENCES objects (id),
    at          INTEGER NOT NULL,
    path        TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    person      TEXT    NOT NULL,
    until       INTEGER,
    git_digest  BLOB    NOT NULL, -- zeros where the side had no value
    live_digest BLOB    NOT NULL,
    void        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX acknowledgements_by_time ON acknowledgements (fabric, at);
CREATE INDEX acknowledgements_by_object ON acknowledgements (object);
CREATE INDEX acknowledgements_in_force ON acknowledgements (fabric) WHERE NOT void;

-- History shows the checks that have something to tell; nearly all have not.
CREATE INDEX checks_told ON checks (fabric, finished) WHERE NOT quiet;

-- What people have seen, and what they tell each other.

-- Until when a person has seen what is told of a fabric.
CREATE TABLE visits (
    fabric INTEGER NOT NULL REFERENCES fabrics (id),
    person TEXT    NOT NULL,
    before INTEGER NOT NULL, -- until when before this visit
    upto   INTEGER NOT NULL, -- until when by now
    at     INTEGER NOT NULL, -- when that was written
    PRIMARY KEY (fabric, person)
) STRICT, WITHOUT ROWID;

-- What operators leave for whoever comes next.
CREATE TABLE notes (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    person  TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    done    INTEGER,         -- when it was taken away, NULL while it lies there
    done_by TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX notes_there ON notes (id) WHERE done IS NULL;

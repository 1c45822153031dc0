-- What people accept is a step of theirs as what they decide, and is undone like it.
ALTER TABLE acknowledgements ADD COLUMN restored TEXT NOT NULL DEFAULT ''; -- who brought it back by an undo or a redo

CREATE TABLE desk_words (
    step   INTEGER NOT NULL REFERENCES desk_steps (id) ON DELETE CASCADE,
    word   INTEGER NOT NULL REFERENCES acknowledgements (id) ON DELETE CASCADE, -- that it said, or said again
    before INTEGER REFERENCES acknowledgements (id) ON DELETE CASCADE,          -- that was said there before, or to take it back
    PRIMARY KEY (step, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_words_by_word ON desk_words (word);
CREATE INDEX desk_words_by_before ON desk_words (before);

-- Words of before this are the last steps of a person as far as nothing was decided since.
INSERT INTO desk_steps (fabric, person, at)
    SELECT fabric, person, at FROM acknowledgements a
    WHERE NOT void AND until > at AND NOT EXISTS
        (SELECT 1 FROM desk_steps s WHERE s.fabric = a.fabric AND s.person = a.person AND s.at >= a.at AND s.undone IS NULL)
    GROUP BY fabric, person, at ORDER BY at;
INSERT INTO desk_words (step, word)
    SELECT s.id, a.id FROM acknowledgements a JOIN desk_steps s ON s.fabric = a.fabric AND s.person = a.person AND s.at = a.at
    WHERE NOT a.void AND a.until > a.at AND s.undone IS NULL AND s.id NOT IN (SELECT step FROM desk_moves);

-- Who brought a change of a verdict about, where that is known; '' otherwise.
ALTER TABLE transitions ADD COLUMN person TEXT NOT NULL DEFAULT '';

-- The run that put a decision into Git, '' while none has: no undo takes that back,
-- and it is not published a second time.
ALTER TABLE drafts ADD COLUMN published TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN published_at INTEGER; -- when that was found out

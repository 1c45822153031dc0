-- What the GitOps engine calls its own.

ALTER TABLE memory ADD COLUMN tracked INTEGER NOT NULL DEFAULT 0; -- 1 where the engine keeps the live object

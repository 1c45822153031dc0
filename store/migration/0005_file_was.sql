-- What a file held before it was changed, so that a run can be taken back byte for
-- byte: a blob's digest, NULL where there was no file, or an older program wrote it.
ALTER TABLE file_changes ADD COLUMN was BLOB;

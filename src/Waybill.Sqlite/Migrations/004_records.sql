-- Small named records that the faces of the site keep. Numbers go in the order of creation; a number is the revision
-- that the record was created with.
CREATE TABLE stored_record (
    number     INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    kept_until INTEGER,                      -- null: for ever
    value      TEXT NOT NULL,
    UNIQUE (kind, name)
);

CREATE INDEX stored_record_created ON stored_record (kind, number);
CREATE INDEX stored_record_kept ON stored_record (kept_until) WHERE kept_until IS NOT NULL;

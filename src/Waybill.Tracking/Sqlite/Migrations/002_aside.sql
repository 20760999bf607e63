-- Rows of journals that could not be taken in: what they were, as UTF-8 where it is text of the journal, and why not.
CREATE TABLE aside (
    site     INTEGER NOT NULL,
    tx       INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    element  BLOB NOT NULL,
    hop      INTEGER NOT NULL,
    workflow TEXT NOT NULL,
    version  INTEGER NOT NULL,
    node     TEXT NOT NULL,
    worked   INTEGER NOT NULL,
    detail   BLOB,
    facts    BLOB,
    reason   TEXT NOT NULL,
    PRIMARY KEY (site, tx, number)
) WITHOUT ROWID;

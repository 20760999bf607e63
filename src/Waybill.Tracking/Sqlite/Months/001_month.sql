-- One month of the warehouse: families that finished in it. Columns as in tracking, with the move that brought the row.

CREATE TABLE site (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE node (
    id       INTEGER PRIMARY KEY,
    workflow TEXT NOT NULL,
    version  INTEGER NOT NULL,
    name     TEXT NOT NULL
);

CREATE TABLE element (
    key          INTEGER PRIMARY KEY,
    id           BLOB NOT NULL,
    site         INTEGER NOT NULL,
    root         INTEGER NOT NULL,
    parent       INTEGER,
    business_key TEXT NOT NULL,
    node         INTEGER NOT NULL,
    state        INTEGER NOT NULL,
    hop          INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    arrived_at   INTEGER NOT NULL,
    accepted_at  INTEGER NOT NULL,
    ending       INTEGER,
    ended_at     INTEGER,
    batch        BLOB,
    subject      INTEGER,
    attributes   TEXT,
    personal     BLOB,
    move         INTEGER NOT NULL
);

CREATE INDEX element_id ON element (id);
CREATE INDEX element_family ON element (root) WHERE root <> key;
CREATE INDEX element_business_key ON element (business_key);
CREATE INDEX element_move ON element (move);

CREATE TABLE history (
    element INTEGER NOT NULL,
    part    INTEGER NOT NULL,
    steps   TEXT NOT NULL,
    PRIMARY KEY (element, part)
) WITHOUT ROWID;

-- Instants are microseconds since 1970-01-01 UTC. Ids are UUIDs, 16 bytes in network order. JSON is text.

-- One row for each number that must never be given out twice, not even after all rows that had it are gone.
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- number: of journal rows; an element's key, its ticket's and its position in a line are numbers of journal rows too.
INSERT INTO counter (name, value) VALUES ('number', 0), ('epoch', 0);

-- The process that has the store open for writing; kept for the message to the next one that tries.
CREATE TABLE holder (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    process INTEGER NOT NULL,
    machine TEXT NOT NULL,
    since   INTEGER NOT NULL
);

-- Node addresses, so that rows name a node by a small number. Filled on demand, never deleted.
CREATE TABLE node (
    id       INTEGER PRIMARY KEY,
    workflow TEXT NOT NULL,
    version  INTEGER NOT NULL,
    name     TEXT NOT NULL,
    UNIQUE (workflow, version, name)
);

-- Elements in flight. A hop updates its row in place, so no index stands on what a hop changes. The data comes last:
-- the columns before it are read without it.
CREATE TABLE element (
    key          INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    node         INTEGER NOT NULL,
    hop          INTEGER NOT NULL,
    arrived_hop  INTEGER NOT NULL,
    moved_at     INTEGER NOT NULL,
    business_key TEXT NOT NULL,
    caller_key   INTEGER,
    caller_id    BLOB,
    caller_hop   INTEGER,
    caller_slot  INTEGER,
    accepted_at  INTEGER NOT NULL,
    failure      TEXT,
    data         TEXT NOT NULL
);

CREATE INDEX element_called ON element (caller_id) WHERE caller_id IS NOT NULL;

-- Where each element stands: exactly one row for each. While an element is owned, its owner hands it on without touching
-- this row: node and hop then stay behind those of the element.
CREATE TABLE place (
    key           INTEGER PRIMARY KEY,
    node          INTEGER NOT NULL,
    state         INTEGER NOT NULL,          -- ElementState
    rank          INTEGER NOT NULL,
    due           INTEGER,
    owner         INTEGER,                   -- worker.epoch
    hop           INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    order_key     TEXT,                      -- with node: the line of per-key order in which it stands
    line          INTEGER NOT NULL,          -- its position in the line: the number of the hop that brought it there
    pending_calls INTEGER NOT NULL,
    join_mode     INTEGER NOT NULL,          -- JoinMode
    signal        TEXT,
    cancel        INTEGER NOT NULL           -- 0 none, 1 pending, 2 carried out
);

CREATE INDEX place_ready ON place (node, rank) WHERE state = 0;
CREATE INDEX place_due ON place (due) WHERE due IS NOT NULL AND state IN (1, 5);
CREATE INDEX place_owner ON place (owner) WHERE owner IS NOT NULL;
CREATE INDEX place_line ON place (node, order_key, line) WHERE order_key IS NOT NULL;

-- What came back from calls, or the payload of a signal, until the element's next hop uses it up.
CREATE TABLE reply (
    key    INTEGER NOT NULL,
    slot   INTEGER NOT NULL,
    ending INTEGER NOT NULL,                 -- Ending
    value  TEXT,
    reason TEXT,
    PRIMARY KEY (key, slot)
) WITHOUT ROWID;

-- Signals for elements that do not wait for them yet, oldest first.
CREATE TABLE kept_signal (
    number  INTEGER PRIMARY KEY,
    key     INTEGER NOT NULL,
    name    TEXT NOT NULL,
    payload TEXT NOT NULL
);

CREATE INDEX kept_signal_element ON kept_signal (key);

CREATE TABLE sidelined (
    key      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    type     TEXT NOT NULL,
    message  TEXT NOT NULL,
    stack    TEXT,
    node     TEXT NOT NULL,
    attempts INTEGER NOT NULL
);

-- Receipts of submitted elements, kept after their end until they are purged. The key is the element's.
CREATE TABLE ticket (
    key          INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    workflow     TEXT NOT NULL,
    business_key TEXT NOT NULL,
    accepted_at  INTEGER NOT NULL,
    ending       INTEGER,                    -- Ending
    ended_at     INTEGER,
    result       TEXT,
    reason       TEXT,
    UNIQUE (workflow, business_key)
);

-- Epochs that have not ended.
CREATE TABLE worker (
    epoch       INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    lease_until INTEGER NOT NULL
);

CREATE TABLE journal (
    number  INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    INTEGER NOT NULL,                -- JournalKind
    element BLOB NOT NULL,
    hop     INTEGER NOT NULL,
    node    INTEGER NOT NULL,
    worked  INTEGER NOT NULL,                -- microseconds
    detail  TEXT
);

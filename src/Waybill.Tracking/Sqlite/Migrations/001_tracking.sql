-- Instants are microseconds since 1970-01-01 UTC. Ids are UUIDs, 16 bytes in network order. JSON is text.

-- Sites whose journals are followed: how far, and how many processes run their nodes.
CREATE TABLE site (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    tx        INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    processes INTEGER NOT NULL
);

-- Never deleted: numbers of nodes stand in histories.
CREATE TABLE node (
    id       INTEGER PRIMARY KEY,
    workflow TEXT NOT NULL,
    version  INTEGER NOT NULL,
    name     TEXT NOT NULL,
    UNIQUE (workflow, version, name)
);

CREATE TABLE capacity (
    site INTEGER NOT NULL,
    node INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    PRIMARY KEY (site, node)
) WITHOUT ROWID;

-- Elements in flight, and those that have ended while others of their family have not.
CREATE TABLE element (
    key          INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    site         INTEGER NOT NULL,
    root         INTEGER NOT NULL,           -- the first of its family; its own key when nobody called it
    parent       INTEGER,                    -- who called it
    business_key TEXT NOT NULL,
    node         INTEGER NOT NULL,
    state        INTEGER NOT NULL,           -- TrackedState
    hop          INTEGER NOT NULL,
    since        INTEGER NOT NULL,           -- in this state
    arrived_at   INTEGER NOT NULL,           -- at this node
    accepted_at  INTEGER NOT NULL,
    ending       INTEGER,                    -- Ending; -1 when that is not known
    ended_at     INTEGER,
    batch        BLOB,
    is_hidden    INTEGER NOT NULL,           -- at a node that is not tracked; node is the last one that is
    open         INTEGER NOT NULL,           -- of a root: how many of its family have not ended
    parts        INTEGER NOT NULL,           -- of its history
    subject      INTEGER,
    attributes   TEXT,
    personal     BLOB                        -- sealed
);

CREATE INDEX element_family ON element (root) WHERE root <> key;
CREATE INDEX element_business_key ON element (business_key);
CREATE INDEX element_place ON element (node, state) WHERE ending IS NULL;
CREATE INDEX element_subject ON element (subject) WHERE subject IS NOT NULL;

-- Each pass that tells of an element adds one part: an array of [at, kind, hop, node, worked, note].
CREATE TABLE history (
    element INTEGER NOT NULL,
    part    INTEGER NOT NULL,
    steps   TEXT NOT NULL,
    PRIMARY KEY (element, part)
) WITHOUT ROWID;

-- Search attributes that are not personal.
CREATE TABLE attribute (
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    element INTEGER NOT NULL,
    PRIMARY KEY (name, value, element)
) WITHOUT ROWID;

-- Families to be moved to the warehouse.
CREATE TABLE finished (
    root INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL
);

-- The last move that counts: rows of later ones in the warehouse are what a move that was cut short has left.
CREATE TABLE warehouse (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    move     INTEGER NOT NULL,
    last_key INTEGER NOT NULL                -- the highest element key that was moved, so that none is given twice
);

INSERT INTO warehouse (one, move, last_key) VALUES (1, 0, 0);

-- Whose personal data there is, and the keys to it.
CREATE TABLE subject (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    key  BLOB NOT NULL
);

-- How many elements in flight are at a node in a state.
CREATE TABLE depth (
    site  INTEGER NOT NULL,
    node  INTEGER NOT NULL,
    state INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (site, node, state)
) WITHOUT ROWID;

CREATE TABLE node_minute (
    minute     INTEGER NOT NULL,
    site       INTEGER NOT NULL,
    node       INTEGER NOT NULL,
    arrivals   INTEGER NOT NULL,
    departures INTEGER NOT NULL,
    runs       INTEGER NOT NULL,
    busy       INTEGER NOT NULL,
    PRIMARY KEY (minute, site, node)
) WITHOUT ROWID;

-- Durations are histograms that can be merged: the sum, then pairs of bucket and count, as varints.
CREATE TABLE node_hour (
    hour        INTEGER NOT NULL,
    site        INTEGER NOT NULL,
    node        INTEGER NOT NULL,
    arrivals    INTEGER NOT NULL,
    completions INTEGER NOT NULL,
    retries     INTEGER NOT NULL,
    diverted    INTEGER NOT NULL,
    sidelined   INTEGER NOT NULL,
    waiting     BLOB NOT NULL,
    service     BLOB NOT NULL,
    PRIMARY KEY (hour, site, node)
) WITHOUT ROWID;

CREATE TABLE workflow_day (
    day       INTEGER NOT NULL,
    site      INTEGER NOT NULL,
    workflow  TEXT NOT NULL,
    version   INTEGER NOT NULL,
    accepted  INTEGER NOT NULL,
    finished  INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    dropped   INTEGER NOT NULL,
    duration  BLOB NOT NULL,
    PRIMARY KEY (day, site, workflow, version)
) WITHOUT ROWID;

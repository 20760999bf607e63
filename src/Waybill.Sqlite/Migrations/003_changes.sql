-- Requests to change elements in flight, and the ledger of what became of them.

-- changes: how many requests (cancels apart) the element's next hop has to answer; so that a hop without any need not
-- look further.
ALTER TABLE place ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;

-- Kept for ever.
CREATE TABLE change_request (
    number       INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    type         TEXT NOT NULL,
    element      BLOB NOT NULL,
    workflow     TEXT NOT NULL,
    business_key TEXT NOT NULL,
    payload      TEXT,
    actor        TEXT NOT NULL,
    reason       TEXT,
    at           INTEGER NOT NULL,
    spreads      INTEGER NOT NULL,
    concerned    TEXT NOT NULL,              -- workflows as name:version, a line each
    past_return  TEXT NOT NULL,              -- nodes as workflow:version/node, a line each
    due          INTEGER                     -- when it is withdrawn; null when that is done, or for never
);

CREATE INDEX change_request_element ON change_request (element);
CREATE INDEX change_request_key ON change_request (workflow, business_key);
CREATE INDEX change_request_due ON change_request (due) WHERE due IS NOT NULL;

-- What a request came to at one element; kept for ever. Numbers go in the order in which it reached the elements.
CREATE TABLE change_outcome (
    number     INTEGER PRIMARY KEY,
    request    INTEGER NOT NULL,
    element    BLOB NOT NULL,
    outcome    INTEGER NOT NULL,             -- ChangeOutcome
    node       INTEGER,
    hop        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    reason     TEXT,
    difference TEXT,
    UNIQUE (request, element)
);

CREATE INDEX change_outcome_element ON change_outcome (element);
CREATE INDEX change_outcome_pending ON change_outcome (request) WHERE outcome = 0;

-- Where requests are pending. The key is the element's; what stays is not asked again at the same hop and revision.
CREATE TABLE change_mark (
    request           INTEGER NOT NULL,
    key               INTEGER NOT NULL,
    is_concerned      INTEGER NOT NULL,
    is_cancel         INTEGER NOT NULL,
    answered_hop      INTEGER,
    answered_revision INTEGER,
    PRIMARY KEY (request, key)
) WITHOUT ROWID;

CREATE INDEX change_mark_element ON change_mark (key);

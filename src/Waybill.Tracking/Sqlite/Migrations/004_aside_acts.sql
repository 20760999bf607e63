-- Rows that are set aside have a number, and are sealed with the key of whose they are, where that is known. What was
-- kept as plain text must not survive in pages that become free.
PRAGMA secure_delete = ON;

CREATE TABLE aside_numbered (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    site      INTEGER NOT NULL,
    tx        INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    element   BLOB NOT NULL,
    hop       INTEGER NOT NULL,
    workflow  TEXT NOT NULL,
    version   INTEGER NOT NULL,
    node      TEXT NOT NULL,
    worked    INTEGER NOT NULL,
    detail    BLOB,
    facts     BLOB,
    reason    TEXT NOT NULL,
    subject   INTEGER,                    -- with whose key detail and facts are sealed; without: they are UTF-8
    is_erased INTEGER NOT NULL DEFAULT 0, -- 1: detail and facts were forgotten
    UNIQUE (site, tx, number)
);

INSERT INTO aside_numbered (
    site, tx, number, at, kind, element, hop, workflow, version, node, worked, detail, facts, reason)
SELECT site, tx, number, at, kind, element, hop, workflow, version, node, worked, detail, facts, reason
FROM aside ORDER BY site, tx, number;

DROP TABLE aside;
ALTER TABLE aside_numbered RENAME TO aside;

-- What operators did with rows that were set aside.
CREATE TABLE aside_act (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    act     INTEGER NOT NULL,             -- AsideActKind
    site    INTEGER NOT NULL,
    tx      INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    element BLOB NOT NULL,
    actor   TEXT NOT NULL,
    reason  TEXT
);

PRAGMA secure_delete = OFF;

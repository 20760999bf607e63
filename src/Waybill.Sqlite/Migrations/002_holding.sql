-- Aggregation queues, batches and readers of the journal.

-- revision: how often the element's data was amended where it stood. batch: the key of the batch element that it is a
-- member of.
ALTER TABLE place ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE place ADD COLUMN batch INTEGER;

CREATE INDEX place_batch ON place (batch, key) WHERE batch IS NOT NULL;

-- The columns of the table of each aggregation queue, as name:type with commas between. The table itself is called
-- held_ and the node's number; see HeldTable.
CREATE TABLE held_queue (
    node    INTEGER PRIMARY KEY,
    columns TEXT NOT NULL
);

ALTER TABLE journal ADD COLUMN facts TEXT;

-- Journal rows behind the position that a reader acknowledged are not trimmed.
CREATE TABLE journal_reader (
    name         TEXT PRIMARY KEY,
    acknowledged INTEGER NOT NULL,
    since        INTEGER NOT NULL
) WITHOUT ROWID;

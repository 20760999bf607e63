-- How long a node worked within an hour, a run over several hours in each with its part.
ALTER TABLE node_hour ADD COLUMN busy INTEGER NOT NULL DEFAULT 0;

-- What the element's workflow declares for readers of the journal.
alter table waybill.journal add column facts text;

-- Readers of the journal and the last row that each has dealt with. What one of them still needs is not trimmed.
create table waybill.journal_reader (
    name  text        primary key,
    since timestamptz not null,
    era   smallint    not null default 0,
    tx    xid8        not null default '0',
    n     integer     not null default 0);

-- How often the data was amended where the element stood. With the hop, the fence of an amendment.
alter table waybill.element add column revision integer not null default 0;

-- State 7: held, with a row in the table of its queue. State 8: member of the batch element with the key in batch.
-- An element that leads has, or had, members: its end is never a plain one.
alter table waybill.place add column batch bigint;
alter table waybill.place add column leads boolean not null default false;
create index place_batch on waybill.place (batch, key) where batch is not null;

-- Aggregation queues, each with a table held_<node> that DeclareAsync makes: the key of the element, its group, since
-- when it is held, and the declared columns, typed and indexed. Types: 0 text, 1 number, 2 instant. Columns that only
-- the declaration before had are still there, for processes that run it.
create table waybill.held_queue (
    node  integer    primary key,
    names text[]     not null,
    types smallint[] not null);

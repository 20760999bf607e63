-- Addresses of nodes, interned, so that a hop writes four bytes.
create table waybill.node (
    id       integer generated always as identity primary key,
    workflow text    not null,
    version  integer not null,
    node     text    not null,
    unique (workflow, version, node));

-- Keys of elements and numbers in lines: 4,096 for each value drawn.
create sequence waybill.number;
create sequence waybill.epoch;

-- One row for each live epoch. A commit locks its worker's row for key share; whoever takes a worker's elements away
-- deletes the row, or locks it for update, first.
create table waybill.worker (
    epoch       bigint      primary key,
    lease_until timestamptz not null,
    name        text        not null)
    with (fillfactor = 50);

-- The hot row. No index stands on what a hop changes, and pages have room, so that updates are HOT.
create table waybill.element (
    key          bigint      primary key,
    accepted_at  timestamptz not null,
    moved_at     timestamptz not null,
    caller_key   bigint,
    id           uuid        not null unique,
    caller_id    uuid,
    hop          integer     not null,
    node         integer     not null,
    arrived_hop  integer     not null,
    caller_hop   integer,
    caller_slot  integer,
    business_key text        not null,
    failure      text,
    data         bytea       not null)
    with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);

create index element_called on waybill.element (caller_id) where caller_id is not null;

-- Servers that were built without lz4 keep their own compression, which costs a hop more CPU.
do $$
begin
    alter table waybill.element alter column data set compression lz4;
exception
    when others then null;
end
$$;

-- What an element waits for. state: 0 ready, 1 delayed, 2 blocked, 3 owned, 4 calling, 5 awaiting a signal, 6 sidelined.
create table waybill.place (
    key       bigint   primary key,
    due       timestamptz,
    owner     bigint,
    claim     bigint,
    line      bigint   not null default 0,
    node      integer  not null,
    rank      integer  not null,
    hop       integer  not null default 0,
    attempts  integer  not null default 0,
    pending   integer  not null default 0,
    state     smallint not null,
    joining   smallint not null default 0,
    cancel    smallint not null default 0,
    replied   boolean  not null default false,
    order_key text,
    signal    text)
    with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);

create index place_ready on waybill.place (node, rank, key) where state = 0;
create index place_due on waybill.place (due) where state in (1, 5) and due is not null;
create index place_owned on waybill.place (owner, key) where state = 3;
-- By hash, because an order key may be longer than an index entry.
create index place_line on waybill.place (node, hashtextextended(order_key, 0), line) where order_key is not null;

-- What came back to an element that called others, or waited for a signal.
create table waybill.reply (
    key    bigint   not null,
    slot   integer  not null,
    ending smallint not null,
    value  bytea    not null,
    reason text,
    primary key (key, slot));

-- Signals that came before their element waited for them.
create table waybill.mailbox (
    key     bigint not null,
    number  bigint generated always as identity,
    name    text   not null,
    payload bytea  not null,
    primary key (key, name, number));

create table waybill.sidelined (
    key      bigint      primary key,
    at       timestamptz not null,
    node     integer     not null,
    attempts integer     not null,
    type     text        not null,
    message  text        not null,
    stack    text,
    at_node  text        not null);

-- Receipts of submitted elements; the key is the element's.
create table waybill.ticket (
    key          bigint      primary key,
    accepted_at  timestamptz not null,
    ended_at     timestamptz,
    id           uuid        not null unique,
    ending       smallint,
    workflow     text        not null,
    business_key text        not null,
    reason       text,
    result       bytea,
    unique (workflow, business_key))
    with (fillfactor = 80);

-- The log. Ordered by era, transaction and number; read only below the oldest transaction in progress. An era is the
-- time that the data spent in one cluster: transaction numbers of another cluster cannot be compared.
create table waybill.journal (
    tx      xid8        not null default pg_current_xact_id(),
    at      timestamptz not null,
    worked  bigint      not null,
    element uuid        not null,
    n       integer     not null,
    hop     integer     not null,
    node    integer     not null,
    kind    smallint    not null,
    era     smallint    not null default 0,
    detail  text,
    primary key (era, tx, n));

-- The present era, in one row. It is also the default of the column above.
create table waybill.journal_era (era smallint not null);
insert into waybill.journal_era values (0);

-- The ledger of requests to change elements in flight, kept for ever.
create table waybill.change (
    number       bigint      primary key,
    requested_at timestamptz not null,
    until        timestamptz,
    id           uuid        not null unique,
    element      uuid        not null,
    spreads      boolean     not null,
    type         text        not null,
    workflow     text        not null,
    business_key text        not null,
    actor        text        not null,
    reason       text,
    concerned    text[]      not null,
    past_return  integer[]   not null,
    payload      bytea       not null);

create index change_target on waybill.change (workflow, business_key);
create index change_element on waybill.change (element);

-- What a request came to at each element, numbered in the order in which it reached them. outcome: 0 pending,
-- 1 applied, 2 rejected, 3 too late, 4 could not reach.
create table waybill.change_outcome (
    change     bigint      not null,
    number     bigint      generated always as identity,
    at         timestamptz not null,
    element    uuid        not null,
    hop        integer     not null,
    node       integer,
    outcome    smallint    not null,
    reason     text,
    difference text,
    primary key (change, element));

create index change_outcome_element on waybill.change_outcome (element);
create index change_outcome_pending on waybill.change_outcome (change) where outcome = 0;

-- Where requests are pending. Written only under the lock of the element's place, which has their number in changes:
-- the only thing that a hop looks at when there are none.
create table waybill.change_mark (
    key               bigint  not null,
    change            bigint  not null,
    until             timestamptz,
    answered_hop      integer,
    answered_revision integer,
    is_concerned      boolean not null,
    primary key (key, change));

create index change_mark_change on waybill.change_mark (change, key);
create index change_mark_until on waybill.change_mark (until) where until is not null;

alter table waybill.place add column changes integer not null default 0;

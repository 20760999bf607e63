-- Instants are microseconds since 1970-01-01 UTC: to_timestamp(x / 1e6) shows them. JSON is text.

-- Sites whose journals are followed: how far, and how many processes run their nodes.
create table waybill.site (
    id        integer generated always as identity primary key,
    name      text not null unique,
    tx        bigint not null,
    number    integer not null,
    processes integer not null
);

-- Never deleted: numbers of nodes stand in histories.
create table waybill.node (
    id       integer generated always as identity primary key,
    workflow text not null,
    version  integer not null,
    name     text not null,
    unique (workflow, version, name)
);

create table waybill.capacity (
    site integer not null,
    node integer not null,
    runs integer not null,
    primary key (site, node)
);

create sequence waybill.element_key;

-- Elements in flight, and those that have ended while others of their family have not.
create table waybill.element (
    key          bigint primary key default nextval('waybill.element_key'),
    id           uuid not null unique,
    site         integer not null,
    root         bigint not null,           -- the first of its family; its own key when nobody called it
    parent       bigint,                    -- who called it
    business_key text not null,
    node         integer not null,
    state        integer not null,          -- TrackedState
    hop          integer not null,
    since        bigint not null,           -- in this state
    arrived_at   bigint not null,           -- at this node
    accepted_at  bigint not null,
    ending       integer,                   -- Ending; -1 when that is not known
    ended_at     bigint,
    batch        uuid,
    is_hidden    boolean not null,          -- at a node that is not tracked; node is the last one that is
    open         integer not null,          -- of a root: how many of its family have not ended
    parts        integer not null,          -- of its history
    subject      bigint,
    attributes   text,
    personal     bytea                      -- sealed
);

create index element_family on waybill.element (root) where root <> key;
create index element_business_key on waybill.element (business_key);
create index element_place on waybill.element (node, state) where ending is null;
create index element_subject on waybill.element (subject) where subject is not null;

-- Each pass that tells of an element adds one part: an array of [at, kind, hop, node, worked, note].
create table waybill.history (
    element bigint not null,
    part    integer not null,
    steps   text not null,
    primary key (element, part)
);

-- Search attributes that are not personal.
create table waybill.attribute (
    name    text not null,
    value   text not null,
    element bigint not null,
    primary key (name, value, element)
);

create index attribute_element on waybill.attribute (element);

-- Families to be moved to the warehouse.
create table waybill.finished (
    root bigint primary key,
    at   bigint not null
);

-- Whose personal data there is, and the keys to it.
create table waybill.subject (
    id   bigint generated always as identity primary key,
    name text not null unique,
    key  bytea not null
);

-- How many elements in flight are at a node in a state.
create table waybill.depth (
    site  integer not null,
    node  integer not null,
    state integer not null,
    count bigint not null,
    primary key (site, node, state)
);

create table waybill.node_minute (
    minute     bigint not null,
    site       integer not null,
    node       integer not null,
    arrivals   bigint not null,
    departures bigint not null,
    runs       bigint not null,
    busy       bigint not null,
    primary key (minute, site, node)
);

-- Durations are histograms that can be merged: the sum, then pairs of bucket and count, as varints.
create table waybill.node_hour (
    hour        bigint not null,
    site        integer not null,
    node        integer not null,
    arrivals    bigint not null,
    completions bigint not null,
    retries     bigint not null,
    diverted    bigint not null,
    sidelined   bigint not null,
    waiting     bytea not null,
    service     bytea not null,
    primary key (hour, site, node)
);

create table waybill.workflow_day (
    day       bigint not null,
    site      integer not null,
    workflow  text not null,
    version   integer not null,
    accepted  bigint not null,
    finished  bigint not null,
    failed    bigint not null,
    cancelled bigint not null,
    dropped   bigint not null,
    duration  bytea not null,
    primary key (day, site, workflow, version)
);

-- The warehouse: families that finished, one partition for each month.
create view waybill_warehouse.site as select id, name from waybill.site;
create view waybill_warehouse.node as select id, workflow, version, name from waybill.node;

create table waybill_warehouse.element (
    key          bigint not null,
    id           uuid not null,
    site         integer not null,
    root         bigint not null,
    parent       bigint,
    business_key text not null,
    node         integer not null,
    state        integer not null,
    hop          integer not null,
    since        bigint not null,
    arrived_at   bigint not null,
    accepted_at  bigint not null,
    ending       integer,
    ended_at     bigint,
    batch        uuid,
    subject      bigint,
    attributes   text,
    personal     bytea,
    month        integer not null,          -- 202611
    primary key (key, month)
) partition by range (month);

create index element_id on waybill_warehouse.element (id);
create index element_family on waybill_warehouse.element (root) where root <> key;
create index element_business_key on waybill_warehouse.element (business_key);

create table waybill_warehouse.history (
    element bigint not null,
    part    integer not null,
    steps   text not null,
    month   integer not null,
    primary key (element, part, month)
) partition by range (month);

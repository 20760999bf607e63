-- Rows of journals that could not be taken in: what they were, as UTF-8 where it is text of the journal, and why not.
create table waybill.aside (
    site     integer not null,
    tx       bigint not null,
    number   integer not null,
    at       bigint not null,
    kind     integer not null,
    element  uuid not null,
    hop      integer not null,
    workflow text not null,
    version  integer not null,
    node     text not null,
    worked   bigint not null,
    detail   bytea,
    facts    bytea,
    reason   text not null,
    primary key (site, tx, number)
);

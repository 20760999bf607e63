-- Rows that are set aside have a number, and are sealed with the key of whose they are, where that is known.
alter table waybill.aside
    add column id        bigint generated always as identity unique,
    add column subject   bigint,                     -- with whose key detail and facts are sealed; without: UTF-8
    add column is_erased integer not null default 0; -- 1: detail and facts were forgotten

-- What operators did with rows that were set aside.
create table waybill.aside_act (
    id      bigint generated always as identity primary key,
    at      bigint not null,
    act     integer not null,                        -- AsideActKind
    site    integer not null,
    tx      bigint not null,
    number  integer not null,
    kind    integer not null,
    element uuid not null,
    actor   text not null,
    reason  text
);

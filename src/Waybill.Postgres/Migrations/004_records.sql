-- One value for each statement that writes records, and for each record that it overwrites: revisions are this times
-- 1,024 and the number of the record in its call.
create sequence waybill.record_draw;

-- Small named records that the faces of the site keep. Numbers go in the order of creation; a number is the revision
-- that the record was created with. Names go by their bytes, which is the order of code points.
create table waybill.stored_record (
    number     bigint      not null,
    revision   bigint      not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    kept_until timestamptz,
    kind       text        collate "C" not null,
    name       text        collate "C" not null,
    value      bytea       not null,
    primary key (kind, name));

create index stored_record_created on waybill.stored_record (kind, number);
create index stored_record_kept on waybill.stored_record (kept_until) where kept_until is not null;

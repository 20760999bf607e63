-- How long a node worked within an hour, a run over several hours in each with its part.
alter table waybill.node_hour add column busy bigint not null default 0;

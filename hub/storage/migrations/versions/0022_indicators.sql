alter table frozen_indicator add column median_days numeric(8, 1), add column reveals text[], add column released boolean;

-- What was frozen before is told to nobody who may only count, except what is counted from public tables.
update frozen_indicator set released = name like 'retention%', reveals = case
    when name like 'retention%' then '{}'
    when name = 'enrolment' then '{register_entry}'
    when name = 'enrolment_disabled' then '{certificate,register_entry}'
    when name like 'placed%' then '{certificate,enrolment,register_entry}'
    when name like 'dropout%' then '{absence_spell,enrolment,person_resolved}'
    when name = 'late_report' then '{absence_spell,person_resolved}'
    when name = 'quarterly_update' then '{left_behind_file,parent_situation,person_resolved}'
    else '{assistance,certificate,custody,finding,parent_situation,payment}'
end::text[];
alter table frozen_indicator alter column reveals set not null, alter column released set not null;

-- The reader sees those of its division and reach that are released, or of whose tables it may read every one.
do $$
begin
    if (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor')) then
        grant select on frozen_indicator to hub_reader;
        create policy reading on frozen_indicator for select to hub_reader using (
            division = any ((select string_to_array(nullif(current_setting('hub.divisions', true), ''), ',')::int[])::int[])
            and (select strpos(current_setting('hub.tables', true), ',frozen_indicator,') > 0)
            and (released or reveals <@ ((select string_to_array(current_setting('hub.tables', true), ','))::text[]))
            and ((select current_setting('hub.reach', true) = 'county')
                 or township = any ((select string_to_array(nullif(current_setting('hub.towns', true), ''), ','))::text[])));
    end if;
end $$;

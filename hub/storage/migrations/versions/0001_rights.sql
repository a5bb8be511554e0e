-- Rights of the roles, and the second lock on personal tables.
-- Roles are made by whoever prepares the cluster (hub/storage/embedded.py); with a single login they do not exist and nothing is granted.

do $$
declare
    open_tables constant text[] := array['publication', 'delivery', 'school', 'school_profile', 'school_profile_history',
        'calendar_period', 'calendar_period_history', 'cohort_count', 'cohort_count_history', 'head_count', 'head_count_history',
        'school_funding', 'school_funding_history', 'rule_run'];
    writer_only constant text[] := array['vault'];
    custody constant text[] := array['custody', 'custody_history'];
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
    one record;
begin
    if has_roles then
        execute format('grant connect on database %I to hub_writer, hub_reader, hub_auditor', current_database());
        execute format('grant temporary on database %I to hub_writer', current_database());
        grant usage on schema public to hub_writer, hub_reader, hub_auditor;
    end if;
    for one in select c.relname as name from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'alembic_version'
    loop
        execute format('alter table %I enable row level security', one.name);
        execute format('alter table %I force row level security', one.name);
        if not has_roles then
            execute format('create policy everybody on %I using (true) with check (true)', one.name);
            continue;
        end if;
        execute format('create policy writing on %I to hub_writer using (true) with check (true)', one.name);
        -- the owner migrates and backs up; it is no application role
        execute format('create policy owning on %I to hub_owner using (true) with check (true)', one.name);
        execute format('grant select, insert, update, delete, truncate on %I to hub_writer', one.name);
        if current_setting('server_version_num')::int >= 170000 then  -- so that a load can tell the planner what it brought
            execute format('grant maintain on %I to hub_writer', one.name);
        end if;
        if one.name = any (writer_only) then
            continue;
        end if;
        execute format('grant select on %I to hub_reader', one.name);
        if one.name = any (open_tables) then
            execute format('create policy reading on %I for select to hub_reader using (true)', one.name);
        else
            -- A value set for the transaction, read once per statement; no setting, no row.
            execute format('create policy reading on %I for select to hub_reader using (division = any ('
                || '(select string_to_array(nullif(current_setting(''hub.divisions'', true), ''''), '','')::int[])::int[])%s)', one.name,
                case when one.name = any (custody) then ' and (select current_setting(''hub.custody'', true)) = ''on''' else '' end);
        end if;
    end loop;
    if has_roles then
        grant select on publication, delivery, rule_run to hub_auditor;
        create policy auditing on publication for select to hub_auditor using (true);
        create policy auditing on delivery for select to hub_auditor using (true);
        create policy auditing on rule_run for select to hub_auditor using (true);
    end if;
end $$;

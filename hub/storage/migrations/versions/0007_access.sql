-- The second lock: what the viewer's rights do not open gives no row, and who reaches some townships only sees people and findings of these.
-- The transaction is told hub.divisions, hub.reach, hub.towns, hub.tables and hub.day (hub/query/policy.py); without them nothing is seen.
-- Each is read once a statement, in a sub-select; none is a function of the row (reliability 2.1).

do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
    own_division constant text := 'division = any ((select string_to_array(nullif(current_setting(''hub.divisions'', true), ''''), '','')::int[])::int[])';
    opened constant text := ' and (select strpos(current_setting(''hub.tables'', true), '',%s,'') > 0)';
    -- of people only the township is asked, which the index that children are counted from carries; a school's care is the compiler's alone
    whole constant text := '(select current_setting(''hub.reach'', true) in (''county'', ''school''))';
    own_towns constant text := 'township = any ((select string_to_array(nullif(current_setting(''hub.towns'', true), ''''), '',''))::text[])';
    today constant text := '(select nullif(current_setting(''hub.day'', true), '''')::date)';
    in_care text;
    one record;
begin
    if not has_roles then
        alter table audit_entry enable row level security;
        alter table audit_entry force row level security;
        alter table audit_tail enable row level security;
        alter table audit_tail force row level security;
        alter table access_block enable row level security;
        alter table access_block force row level security;
        create policy everybody on audit_entry using (true) with check (true);
        create policy everybody on audit_tail using (true) with check (true);
        create policy everybody on access_block using (true) with check (true);
        return;
    end if;
    for one in select tablename as name from pg_policies where schemaname = 'public' and policyname = 'reading' and qual <> 'true'
    loop
        in_care := case
            when one.name in ('person_resolved', 'finding', 'finding_history') then format(' and (%s or %s)', whole, own_towns)
            when one.name = 'person_resolved_history' then format(
                ' and (%s or exists (select 1 from person_resolved p where p.division = person_resolved_history.division and p.id = person_resolved_history.id and p.valid @> %s))', whole, today)
            else '' end;
        execute format('drop policy reading on %I', one.name);
        execute format('create policy reading on %I for select to hub_reader using (%s%s%s)', one.name, own_division, format(opened, one.name), in_care);
    end loop;

    for one in select unnest(array['audit_entry', 'audit_tail', 'access_block']) as name
    loop
        execute format('alter table %I enable row level security', one.name);
        execute format('alter table %I force row level security', one.name);
        execute format('create policy owning on %I to hub_owner using (true) with check (true)', one.name);
        execute format('create policy writing on %I to hub_writer using (true) with check (true)', one.name);
        execute format('create policy auditing on %I for select to hub_auditor using (true)', one.name);
        execute format('grant select, insert on %I to hub_writer', one.name);
        execute format('grant select on %I to hub_auditor', one.name);
    end loop;
    grant update on audit_tail, access_block to hub_writer; -- an entry itself is never changed, and never deleted
    grant select on audit_entry, access_block to hub_reader;
    execute format('create policy reading on audit_entry for select to hub_reader using (%s%s)', own_division, format(opened, 'audit_entry'));
    create policy reading on access_block for select to hub_reader using (true); -- staff, no child
end $$;

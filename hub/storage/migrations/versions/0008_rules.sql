create table recheck (division integer not null, person bigint not null, constraint pk_recheck primary key (division, person));
comment on table recheck is 'Whom publications have touched since the rules last ran.';

do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
    -- a finding whose mere being there tells of custody is not there for who may not read of custody; '' is among the pieces
    openly constant text := 'reveals = any ((select string_to_array(current_setting(''hub.tables'', true), '',''))::text[])';
    one record;
begin
    alter table recheck enable row level security;
    alter table recheck force row level security;
    if not has_roles then
        create policy everybody on recheck using (true) with check (true);
        return;
    end if;
    create policy writing on recheck to hub_writer using (true) with check (true);
    create policy owning on recheck to hub_owner using (true) with check (true);
    grant select, insert, update, delete, truncate on recheck to hub_writer;
    if current_setting('server_version_num')::int >= 170000 then
        grant maintain on recheck to hub_writer;
    end if;
    for one in select tablename as name, qual from pg_policies where schemaname = 'public' and policyname = 'reading' and tablename in ('finding', 'finding_history')
    loop
        execute format('drop policy reading on %I', one.name);
        execute format('create policy reading on %I for select to hub_reader using (%s and %s)', one.name, one.qual, openly);
    end loop;
end $$;

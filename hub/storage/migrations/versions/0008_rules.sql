create table register_entry (
    division integer not null, id bigint not null, person bigint not null, school_year integer not null, township text, age integer not null, certain boolean not null,
    local boolean not null, conclusion text not null, school bigint, owner text not null, sources integer not null, valid daterange not null, known_from bigint not null,
    constraint one_register_entry_at_a_time exclude using gist (division with =, id with =, valid with &&) deferrable initially deferred
);
create table register_entry_history (
    division integer not null, id bigint not null, person bigint not null, school_year integer not null, township text, age integer not null, certain boolean not null,
    local boolean not null, conclusion text not null, school bigint, owner text not null, sources integer not null, valid daterange not null, known int8range not null
);
create index by_id_register_entry on register_entry using hash (id);
create index ix_register_entry_history_division_id on register_entry_history (division, id);
comment on table register_entry is '适龄儿童台账: each child of compulsory age in a school year, what came of it, and who has it in hand (A-09).';
comment on table register_entry_history is 'What was known of register_entry before, and during which publications.';
create index ix_register_entry_division_person on register_entry (division, person);
create index ix_register_entry_division_township_conclusion_id on register_entry (division, township, conclusion, id);
create index ix_register_entry_division_school on register_entry (division, school);
create index ix_register_entry_history_division_person on register_entry_history (division, person);
create index ix_register_entry_history_division_township_conclusion_id on register_entry_history (division, township, conclusion, id);
create index ix_register_entry_history_division_school on register_entry_history (division, school);
create table recheck (division integer not null, person bigint not null, constraint pk_recheck primary key (division, person));
comment on table recheck is 'Whom publications have touched since the rules last ran.';

do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
    -- a finding whose mere being there tells of custody is not there for who may not read of custody; '' is among the pieces
    openly constant text := 'reveals = any ((select string_to_array(current_setting(''hub.tables'', true), '',''))::text[])';
    -- as people and findings are: of the county, or of the viewer's townships; a school's care is the compiler's alone
    seen constant text := 'division = any ((select string_to_array(nullif(current_setting(''hub.divisions'', true), ''''), '','')::int[])::int[])'
        || ' and (select strpos(current_setting(''hub.tables'', true), '',%s,'') > 0) and ((select current_setting(''hub.reach'', true) in (''county'', ''school''))'
        || ' or township = any ((select string_to_array(nullif(current_setting(''hub.towns'', true), ''''), '',''))::text[]))';
    one record;
begin
    for one in select unnest(array['recheck', 'register_entry', 'register_entry_history']) as name
    loop
        execute format('alter table %I enable row level security', one.name);
        execute format('alter table %I force row level security', one.name);
        if not has_roles then
            execute format('create policy everybody on %I using (true) with check (true)', one.name);
            continue;
        end if;
        execute format('create policy writing on %I to hub_writer using (true) with check (true)', one.name);
        execute format('create policy owning on %I to hub_owner using (true) with check (true)', one.name);
        execute format('grant select, insert, update, delete, truncate on %I to hub_writer', one.name);
        if current_setting('server_version_num')::int >= 170000 then
            execute format('grant maintain on %I to hub_writer', one.name);
        end if;
        if one.name <> 'recheck' then
            execute format('grant select on %I to hub_reader', one.name);
            execute format('create policy reading on %I for select to hub_reader using (%s)', one.name, format(seen, one.name));
        end if;
    end loop;
    if not has_roles then
        return;
    end if;
    for one in select tablename as name, qual from pg_policies where schemaname = 'public' and policyname = 'reading' and tablename in ('finding', 'finding_history')
    loop
        execute format('drop policy reading on %I', one.name);
        execute format('create policy reading on %I for select to hub_reader using (%s and %s)', one.name, one.qual, openly);
    end loop;
end $$;

-- A first load writes empty tables: their indexes are set aside and built when a table has its rows, which is several times cheaper.
-- Only the owner may do that; the writer may ask for it, and no transaction ends while an index is missing.
create table index_aside (
    table_name text not null,
    name text not null,
    definition text not null,
    constraint pk_index_aside primary key (table_name, name)
);
comment on table index_aside is 'The indexes that a first load has set aside; empty outside of its transaction.';
alter table index_aside enable row level security, force row level security;
create policy owning on index_aside to hub_owner using (true) with check (true);

create function left_aside() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if exists (select from index_aside) then
        raise exception 'an index that was set aside has not been built again' using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger none_is_left after insert on index_aside deferrable initially deferred
    for each row execute function left_aside();

-- Sets aside the indexes of those of the tables that are empty; false, and nothing done, where somebody reads them just now.
create function set_indexes_aside(names text[]) returns boolean language plpgsql security definer
    set search_path = pg_catalog, public set lock_timeout = '2s' as $$
declare
    named text;
    found record;
    filled boolean;
begin
    foreach named in array names loop
        execute format('lock table public.%I in access exclusive mode', named);
        execute format('select exists (select from public.%I)', named) into filled;
        continue when filled;
        for found in
            select i.indexrelid::regclass::text as name, k.conname,
                   case when k.oid is null then pg_get_indexdef(i.indexrelid)
                        else format('alter table public.%I add constraint %I %s', named, k.conname, pg_get_constraintdef(k.oid)) end as definition
              from pg_index i left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
             where i.indrelid = format('public.%I', named)::regclass
        loop
            insert into index_aside values (named, found.name, found.definition);
            if found.conname is null then
                execute format('drop index %s', found.name);
            else
                execute format('alter table public.%I drop constraint %I', named, found.conname);
            end if;
        end loop;
    end loop;
    return true;
exception when lock_not_available then
    return false;
end $$;

-- Builds the indexes of a table again, of every table for null.
create function build_indexes(named text) returns void language plpgsql security definer
    set search_path = pg_catalog, public set maintenance_work_mem = '256MB' as $$
declare
    found record;
begin
    for found in delete from index_aside where table_name = coalesce(named, table_name) returning definition loop
        execute found.definition;
    end loop;
end $$;

revoke all on function left_aside(), set_indexes_aside(text[]), build_indexes(text) from public;
grant execute on function set_indexes_aside(text[]), build_indexes(text) to hub_writer;

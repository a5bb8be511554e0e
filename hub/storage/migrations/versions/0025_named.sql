-- Which list names a person in which role, now or during which publications. The view reads as the owner, who may read every mention; it
-- gives no name, number or row of a list, and only of the viewer's division. The writer and a single login may read the tables themselves.
create view named_by as
select i.division, i.person, m.source, m.role, true as now, i.known_from as since, null::bigint as until
  from identity i join mention m on m.division = i.division and m.id = i.id
 where i.division = any ((select string_to_array(nullif(current_setting('hub.divisions', true), ''), ',')::int[])::int[])
union all
select i.division, i.person, m.source, m.role, false, lower(i.known), upper(i.known)
  from identity_history i
  join (select division, id, source, role from mention union all select division, id, source, role from mention_history) m
    on m.division = i.division and m.id = i.id
 where i.division = any ((select string_to_array(nullif(current_setting('hub.divisions', true), ''), ',')::int[])::int[]);

do $$
begin
    if (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor')) then
        grant select on named_by to hub_reader, hub_writer;
    end if;
end $$;

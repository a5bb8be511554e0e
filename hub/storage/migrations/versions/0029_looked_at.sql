CREATE TABLE audit_hour (
	division INTEGER NOT NULL,
	hour TIMESTAMP WITH TIME ZONE NOT NULL,
	who TEXT NOT NULL,
	role TEXT NOT NULL,
	people INTEGER NOT NULL,
	answers INTEGER NOT NULL,
	opened BOOLEAN NOT NULL,
	broken BOOLEAN NOT NULL,
	upto BIGINT NOT NULL,
	CONSTRAINT pk_audit_hour PRIMARY KEY (division, hour, who, role)
);

COMMENT ON TABLE audit_hour IS 'What each account read of in an hour that is over, counted from the entries of the audit, which stay what counts.';

-- Behind row security an index serves only what cannot tell of other rows, and "is among the persons of" is not such. This asks the same two things
-- that row security asks of the table, and gives numbers of entries alone; the entries themselves are read under row security.
create function entries_about(asked_division integer, asked bigint[]) returns setof bigint language sql stable security definer set search_path = pg_catalog, public as $$
    select no from public.audit_entry
     where division = asked_division and persons && asked
       and asked_division = any ((select string_to_array(nullif(current_setting('hub.divisions', true), ''), ',')::int[])::int[])
       and (select strpos(current_setting('hub.tables', true), ',audit_entry,') > 0)
$$;
revoke execute on function entries_about(integer, bigint[]) from public;

do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
begin
    alter table audit_hour enable row level security;
    alter table audit_hour force row level security;
    if not has_roles then
        grant execute on function entries_about(integer, bigint[]) to current_user;
        create policy everybody on audit_hour using (true) with check (true);
        return;
    end if;
    grant execute on function entries_about(integer, bigint[]) to hub_reader;
    create policy owning on audit_hour to hub_owner using (true) with check (true);
    create policy writing on audit_hour to hub_writer using (true) with check (true);
    create policy reading on audit_hour for select to hub_reader using (
        division = any ((select string_to_array(nullif(current_setting('hub.divisions', true), ''), ',')::int[])::int[])
        and (select strpos(current_setting('hub.tables', true), ',audit_entry,') > 0));
    grant select, insert on audit_hour to hub_writer; -- what was counted is never changed
    grant select on audit_hour to hub_reader, hub_auditor;
    create policy auditing on audit_hour for select to hub_auditor using (true);
end $$;

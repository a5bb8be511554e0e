CREATE TABLE erased (
	division INTEGER NOT NULL,
	blind BYTEA NOT NULL,
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_erased PRIMARY KEY (division, blind)
);

COMMENT ON TABLE erased IS 'Numbers that were erased for somebody, by blind index: no delivery seals them anew.';

-- What was answered, concluded and told stays, and the writer deletes nothing of it; but of people who are known nowhere any more.
create function delete_of_forgotten(asked integer, people bigint[], findings bigint[]) returns bigint language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    gone bigint := 0;
    counted bigint;
begin
    if exists (select from identity i where i.division = asked and i.person = any (people)) or exists (select from finding f where f.division = asked and f.id = any (findings)) then
        raise exception 'somebody of these is known still';
    end if;
    delete from round_result where division = asked and person = any (people);
    get diagnostics counted = row_count;
    gone := gone + counted;
    delete from finding_event where division = asked and (person = any (people) or finding = any (findings));
    get diagnostics counted = row_count;
    gone := gone + counted;
    delete from conclusion where division = asked and finding = any (findings);
    get diagnostics counted = row_count;
    return gone + counted;
end $$;
revoke execute on function delete_of_forgotten(integer, bigint[], bigint[]) from public;

-- As the vault: forced, and the writer alone; a mark is never taken back.
do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
begin
    alter table erased enable row level security;
    alter table erased force row level security;
    if not has_roles then
        create policy everybody on erased using (true) with check (true);
        grant execute on function delete_of_forgotten(integer, bigint[], bigint[]) to current_user;
        return;
    end if;
    create policy owning on erased to hub_owner using (true) with check (true);
    create policy writing on erased to hub_writer using (true) with check (true);
    grant select, insert on erased to hub_writer;
    grant execute on function delete_of_forgotten(integer, bigint[], bigint[]) to hub_writer;
end $$;

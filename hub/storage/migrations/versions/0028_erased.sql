CREATE TABLE erased (
	division INTEGER NOT NULL,
	blind BYTEA NOT NULL,
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	CONSTRAINT pk_erased PRIMARY KEY (division, blind)
);

COMMENT ON TABLE erased IS 'Numbers that were erased for somebody, by blind index: no delivery seals them anew.';

-- As the vault: forced, and the writer alone; a mark is never taken back.
do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
begin
    alter table erased enable row level security;
    alter table erased force row level security;
    if not has_roles then
        create policy everybody on erased using (true) with check (true);
        return;
    end if;
    create policy owning on erased to hub_owner using (true) with check (true);
    create policy writing on erased to hub_writer using (true) with check (true);
    grant select, insert on erased to hub_writer;
    grant delete on finding_event, round_row, round_result, conclusion to hub_writer;  -- whoever is forgotten goes from these too
end $$;

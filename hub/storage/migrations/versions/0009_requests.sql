CREATE TABLE access_request (
	division INTEGER NOT NULL, 
	no BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	asked_by TEXT NOT NULL, 
	department TEXT NOT NULL, 
	role TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	person BIGINT, 
	finding BIGINT, 
	township TEXT, 
	what TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	ends_at TIMESTAMP WITH TIME ZONE, 
	decided_by TEXT, 
	decided_at TIMESTAMP WITH TIME ZONE, 
	agreed BOOLEAN, 
	CONSTRAINT pk_access_request PRIMARY KEY (division, no), 
	CONSTRAINT decided_by_a_second_person CHECK (decided_by <> asked_by)
);

CREATE INDEX ix_access_request_division_asked_by_asked_at ON access_request (division, asked_by, asked_at);

COMMENT ON TABLE access_request IS 'What somebody asked for that a second person decides: a sealed number, a broken glass, a long list.';

CREATE TABLE access_use (
	division INTEGER NOT NULL, 
	no BIGINT NOT NULL, 
	opened_by TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
	person BIGINT NOT NULL, 
	what TEXT NOT NULL, 
	request BIGINT, 
	CONSTRAINT pk_access_use PRIMARY KEY (division, no)
);

CREATE INDEX ix_access_use_division_opened_by_at ON access_use (division, opened_by, at);

COMMENT ON TABLE access_use IS 'Sealed numbers that were opened, kept before they were told; append-only.';

CREATE TABLE correction (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	publication BIGINT NOT NULL, 
	person BIGINT, 
	finding BIGINT, 
	source TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	item TEXT NOT NULL, 
	statement TEXT NOT NULL, 
	opened_by TEXT NOT NULL, 
	department TEXT NOT NULL, 
	opened_on DATE NOT NULL, 
	due_on DATE NOT NULL, 
	extended_on DATE, 
	extension TEXT, 
	state TEXT NOT NULL, 
	answer TEXT, 
	answered_by TEXT, 
	answered_on DATE, 
	CONSTRAINT pk_correction PRIMARY KEY (division, id)
);

CREATE INDEX ix_correction_division_owner_state ON correction (division, owner, state);

CREATE INDEX ix_correction_division_person ON correction (division, person);

COMMENT ON TABLE correction IS '校核申请: a department that uses data asks the one that provides it to check; the hub never edits source data (Order 809, G.1).';

-- As every personal table: forced, the writer writes, the reader sees opened tables of its division; a correction only its two sides.
do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
    own_division constant text := 'division = any ((select string_to_array(nullif(current_setting(''hub.divisions'', true), ''''), '','')::int[])::int[])';
    opened constant text := ' and (select strpos(current_setting(''hub.tables'', true), '',%s,'') > 0)';
    own_department constant text := ' and ((select current_setting(''hub.care'', true) = ''department/*'') or (select substring(current_setting(''hub.care'', true) from ''(?:^|,)department/([^,]+)'')) in (owner, department))';
    one text;
begin
    foreach one in array array['access_request', 'access_use', 'correction']
    loop
        execute format('alter table %I enable row level security', one);
        execute format('alter table %I force row level security', one);
        if not has_roles then
            execute format('create policy everybody on %I using (true) with check (true)', one);
            continue;
        end if;
        execute format('create policy owning on %I to hub_owner using (true) with check (true)', one);
        execute format('create policy writing on %I to hub_writer using (true) with check (true)', one);
        execute format('create policy auditing on %I for select to hub_auditor using (true)', one);
        execute format('create policy reading on %I for select to hub_reader using (%s%s%s)', one, own_division, format(opened, one),
            case when one = 'correction' then own_department else '' end);
        execute format('grant select, insert on %I to hub_writer', one);
        execute format('grant select on %I to hub_auditor, hub_reader', one);
    end loop;
    if has_roles then
        grant update on access_request, correction to hub_writer; -- what was opened is never changed, and nothing here is deleted
    end if;
end $$;

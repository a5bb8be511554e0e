CREATE TABLE inspection_round (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	publication BIGINT NOT NULL, 
	title TEXT NOT NULL, 
	frozen_on DATE NOT NULL, 
	known BIGINT NOT NULL, 
	rules TEXT[] NOT NULL, 
	townships TEXT[] NOT NULL, 
	sample INTEGER, 
	seed TEXT NOT NULL, 
	departments TEXT[] NOT NULL, 
	reveals TEXT[] NOT NULL, 
	size INTEGER NOT NULL, 
	fingerprint TEXT NOT NULL, 
	by TEXT NOT NULL, 
	department TEXT NOT NULL, 
	CONSTRAINT pk_inspection_round PRIMARY KEY (division, id)
);

COMMENT ON TABLE inspection_round IS '联合核查轮次: a list of findings frozen at a date and a publication, and the departments that look into it (A-47, A-67).';

CREATE TABLE round_row (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	publication BIGINT NOT NULL, 
	round BIGINT NOT NULL, 
	finding BIGINT NOT NULL, 
	place INTEGER NOT NULL, 
	township TEXT, 
	person BIGINT, 
	rule TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	checksum TEXT NOT NULL, 
	reveals TEXT NOT NULL, 
	CONSTRAINT pk_round_row PRIMARY KEY (division, id)
);

CREATE INDEX ix_round_row_division_person ON round_row (division, person);

CREATE INDEX ix_round_row_division_round_township_place ON round_row (division, round, township, place);

COMMENT ON TABLE round_row IS 'A finding on a round''s frozen list.';

CREATE TABLE round_result (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	publication BIGINT NOT NULL, 
	row BIGINT NOT NULL, 
	round BIGINT NOT NULL, 
	township TEXT, 
	person BIGINT, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	code TEXT NOT NULL, 
	note TEXT, 
	document TEXT, 
	by TEXT NOT NULL, 
	department TEXT NOT NULL, 
	"on" DATE NOT NULL, 
	countersigned_by TEXT, 
	countersigned_for TEXT, 
	settles BIGINT, 
	reveals TEXT NOT NULL, 
	CONSTRAINT pk_round_result PRIMARY KEY (division, id), 
	CONSTRAINT countersigned_by_a_second_department CHECK (countersigned_by <> "by" and countersigned_for <> department)
);

CREATE INDEX ix_round_result_division_person ON round_result (division, person);

CREATE INDEX ix_round_result_division_row ON round_result (division, row);

COMMENT ON TABLE round_result IS 'What a member of the team answered to a row; a countersignature is a result of its own.';

CREATE TABLE round_signature (
	division INTEGER NOT NULL, 
	id BIGINT NOT NULL, 
	publication BIGINT NOT NULL, 
	round BIGINT NOT NULL, 
	department TEXT NOT NULL, 
	by TEXT NOT NULL, 
	"on" DATE NOT NULL, 
	unanswered INTEGER NOT NULL, 
	reveals TEXT[] NOT NULL, 
	CONSTRAINT pk_round_signature PRIMARY KEY (division, id)
);

CREATE UNIQUE INDEX ix_round_signature_division_round_department ON round_signature (division, round, department);

COMMENT ON TABLE round_signature IS 'A department has signed a round off; when all of its departments have, it is closed (A-47).';


-- As every personal table: forced; the writer adds and never changes; the reader sees opened tables of its division, the townships in
-- its reach, and no row – of a round: no round – that tells of facts it may not read.
do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
    seen constant text := 'division = any ((select string_to_array(nullif(current_setting(''hub.divisions'', true), ''''), '','')::int[])::int[])'
        || ' and (select strpos(current_setting(''hub.tables'', true), '',%s,'') > 0)';
    whole constant text := ' and reveals <@ ((select string_to_array(current_setting(''hub.tables'', true), '',''))::text[])';
    single constant text := ' and reveals = any ((select string_to_array(current_setting(''hub.tables'', true), '',''))::text[])'
        || ' and ((select current_setting(''hub.reach'', true) in (''county'', ''school''))'
        || ' or township = any ((select string_to_array(nullif(current_setting(''hub.towns'', true), ''''), '',''))::text[]))';
    one text;
begin
    foreach one in array array['inspection_round', 'round_row', 'round_result', 'round_signature']
    loop
        execute format('alter table %I enable row level security', one);
        execute format('alter table %I force row level security', one);
        if not has_roles then
            execute format('create policy everybody on %I using (true) with check (true)', one);
            continue;
        end if;
        execute format('create policy owning on %I to hub_owner using (true) with check (true)', one);
        execute format('create policy writing on %I to hub_writer using (true) with check (true)', one);
        execute format('create policy reading on %I for select to hub_reader using (%s%s)', one, format(seen, one),
            case when one in ('round_row', 'round_result') then single else whole end);
        execute format('grant select, insert on %I to hub_writer', one);
        execute format('grant select on %I to hub_reader', one);
    end loop;
end $$;

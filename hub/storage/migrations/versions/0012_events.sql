CREATE TABLE finding_event (
    division INTEGER NOT NULL, 
    publication BIGINT NOT NULL, 
    finding BIGINT NOT NULL, 
    kind TEXT NOT NULL, 
    rule TEXT NOT NULL, 
    person BIGINT, 
    township TEXT, 
    status TEXT NOT NULL, 
    due_on DATE, 
    reveals TEXT NOT NULL, 
    CONSTRAINT pk_finding_event PRIMARY KEY (division, publication, finding, kind)
);

CREATE INDEX ix_finding_event_division_finding ON finding_event (division, finding);

CREATE INDEX ix_finding_event_division_person ON finding_event (division, person);

COMMENT ON TABLE finding_event IS 'The outbox: what became of a finding, written in the transaction that did it; append-only.';

CREATE TABLE hook_mark (
    division INTEGER NOT NULL, 
    department TEXT NOT NULL, 
    url_hash TEXT NOT NULL, 
    publication BIGINT NOT NULL, 
    finding BIGINT NOT NULL, 
    kind TEXT NOT NULL, 
    digested_on DATE NOT NULL, 
    CONSTRAINT pk_hook_mark PRIMARY KEY (division, department, url_hash)
);

COMMENT ON TABLE hook_mark IS 'The last event that a department has confirmed, and the last day whose digest it has.';

CREATE TABLE frozen_indicator (
    division INTEGER NOT NULL, 
    publication BIGINT NOT NULL, 
    name TEXT NOT NULL, 
    township TEXT NOT NULL, 
    "on" DATE NOT NULL, 
    known BIGINT NOT NULL, 
    above INTEGER NOT NULL, 
    below INTEGER NOT NULL, 
    fingerprint TEXT NOT NULL, 
    CONSTRAINT pk_frozen_indicator PRIMARY KEY (division, publication, name, township)
);

COMMENT ON TABLE frozen_indicator IS 'Indicators as they were at an assessment date (E.12); append-only.';

-- What became of findings before: each of their versions, in order.
with version as (
    select division, id, rule, person, township, status, due_on, contradicted_on, reveals, known_from as publication from finding
    union all select division, id, rule, person, township, status, due_on, contradicted_on, reveals, lower(known) from finding_history
), beside as (
    select *, lag(publication) over earlier as before, lag(contradicted_on) over earlier as contradicted_before
      from version window earlier as (partition by division, id order by publication)
)
insert into finding_event (division, publication, finding, kind, rule, person, township, status, due_on, reveals)
select division, publication, id,
       case when before is null then 'NEW' when contradicted_on is not null and contradicted_before is null then 'CONTRADICTED' else 'CHANGED' end,
       rule, person, township, status, due_on, reveals
  from beside on conflict do nothing;

-- Forced, as every personal table: the writer adds events and never changes them; the reader sees those of its division and reach, and none
-- that tells of facts it may not read. How far a department has confirmed, and what is frozen, is the writer's alone.
do $$
declare
    has_roles constant boolean := (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor'));
    one text;
begin
    foreach one in array array['finding_event', 'hook_mark', 'frozen_indicator']
    loop
        execute format('alter table %I enable row level security', one);
        execute format('alter table %I force row level security', one);
        if not has_roles then
            execute format('create policy everybody on %I using (true) with check (true)', one);
            continue;
        end if;
        execute format('create policy owning on %I to hub_owner using (true) with check (true)', one);
        execute format('create policy writing on %I to hub_writer using (true) with check (true)', one);
        execute format('grant select, insert on %I to hub_writer', one);
    end loop;
    if not has_roles then
        return;
    end if;
    grant update on hook_mark to hub_writer;
    grant select on finding_event to hub_reader;
    create policy reading on finding_event for select to hub_reader using (
        division = any ((select string_to_array(nullif(current_setting('hub.divisions', true), ''), ',')::int[])::int[])
        and (select strpos(current_setting('hub.tables', true), ',finding_event,') > 0)
        and reveals = any ((select string_to_array(current_setting('hub.tables', true), ','))::text[])
        and ((select current_setting('hub.reach', true) in ('county', 'school'))
             or township = any ((select string_to_array(nullif(current_setting('hub.towns', true), ''), ','))::text[])));
end $$;

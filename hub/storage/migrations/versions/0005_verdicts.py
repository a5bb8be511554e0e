"""Verdicts: what persons have decided about two mentions."""

from alembic import op

revision = "0005"
down_revision = "0004"

COLUMNS = """division integer not null, id bigint not null, mention bigint not null, other bigint not null, same boolean not null,
             by text not null, reason text not null, decided_on date not null, valid daterange not null"""


def upgrade() -> None:
    """Made as every table on two axes is."""
    op.execute(
        f"""create table link_verdict ({COLUMNS}, known_from bigint not null,
              constraint one_link_verdict_at_a_time exclude using gist (division with =, id with =, valid with &&) deferrable initially deferred);
            create table link_verdict_history ({COLUMNS}, known int8range not null);
            create index ix_link_verdict_history_division_id on link_verdict_history (division, id);
            comment on table link_verdict is 'What a person has decided about two mentions: one person, or two.';
            comment on table link_verdict_history is 'What was known of link_verdict before, and during which publications.'"""
    )
    for table in ("link_verdict", "link_verdict_history"):
        for column in ("mention", "other"):
            op.execute(f"create index ix_{table}_division_{column} on {table} (division, {column})")
        op.execute(f"alter table {table} enable row level security; alter table {table} force row level security")
        op.execute(RIGHTS.replace("link_verdict", table))


#: As every personal table: the writer writes, the owner migrates and backs up, a reader sees the divisions set for its transaction.
RIGHTS = """
do $$
begin
    if not exists (select from pg_roles where rolname = 'hub_writer') then
        create policy everybody on link_verdict using (true) with check (true);
        return;
    end if;
    create policy writing on link_verdict to hub_writer using (true) with check (true);
    create policy owning on link_verdict to hub_owner using (true) with check (true);
    create policy reading on link_verdict for select to hub_reader using (division = any (
        (select string_to_array(nullif(current_setting('hub.divisions', true), ''), ',')::int[])::int[]));
    grant select, insert, update, delete, truncate on link_verdict to hub_writer;
    grant select on link_verdict to hub_reader;
    if current_setting('server_version_num')::int >= 170000 then
        grant maintain on link_verdict to hub_writer;
    end if;
end $$
"""

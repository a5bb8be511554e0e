"""A verdict may say that it cannot be told; what becomes of person ids is kept."""

from alembic import op

revision = "0015"
down_revision = "0011"


def upgrade() -> None:
    """Whoever could tell stands beside the verdict; events begin with this version."""
    for table in ("link_verdict", "link_verdict_history"):
        op.execute(f"alter table {table} alter column same drop not null, add column settler text")
    op.execute("comment on table link_verdict is 'What a person has decided about two mentions: one person, two, or that it cannot be told.'")
    op.execute(
        """create table identity_event (division integer not null, publication bigint not null, kind text not null, person bigint not null,
               other bigint not null, "on" date not null, constraint pk_identity_event primary key (division, publication, kind, person, other));
           create index ix_identity_event_division_person on identity_event (division, person);
           create index ix_identity_event_division_other on identity_event (division, other);
           comment on table identity_event is 'What became of person ids: merged into another, forwarded, restored, split.';
           alter table identity_event enable row level security;
           alter table identity_event force row level security"""
    )
    op.execute(RIGHTS)


#: The writer adds and never changes; a reader sees opened tables of the divisions set for its transaction.
RIGHTS = """
do $$
begin
    if not exists (select from pg_roles where rolname = 'hub_writer') then
        create policy everybody on identity_event using (true) with check (true);
        return;
    end if;
    create policy owning on identity_event to hub_owner using (true) with check (true);
    create policy writing on identity_event to hub_writer using (true) with check (true);
    create policy reading on identity_event for select to hub_reader using (
        division = any ((select string_to_array(nullif(current_setting('hub.divisions', true), ''), ',')::int[])::int[])
        and (select strpos(current_setting('hub.tables', true), ',identity_event,') > 0));
    grant select, insert on identity_event to hub_writer;
    grant select on identity_event to hub_reader;
end $$
"""

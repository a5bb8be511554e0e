"""The linker's keys, how a row ties the people it names to each other, and the household of those whom the register does not list."""

from alembic import op

revision = "0004"
down_revision = "0003"

TIES = "relation text, add column register_household bigint, add column living_household bigint"


def upgrade() -> None:
    """Mentions of before get ties and keys as their rows are told anew, or all at once by ``hub link run``."""
    for table in ("mention", "mention_history"):
        op.execute(f"drop index ix_{table}_division_match_key; alter table {table} drop column match_key, add column {TIES}")
        for column in ("register_household", "living_household"):
            op.execute(f"create index ix_{table}_division_{column} on {table} (division, {column})")
    for table in ("identity", "identity_history"):
        op.execute(f"alter table {table} add column household bigint")
    op.execute(
        """create table mention_key (division integer not null, key bigint not null, mention bigint not null,
                                     constraint pk_mention_key primary key (division, key, mention));
           create index ix_mention_key_division_mention on mention_key (division, mention);
           comment on table mention_key is 'Keyed hashes of what mentions of one person are likely to share; only the linker reads them.';
           create table linkage_weights (division integer not null, publication bigint not null, version text not null, weights jsonb not null,
                                         constraint pk_linkage_weights primary key (division, publication));
           comment on table linkage_weights is 'Weights fitted to the hub''s own numbers; the newest decide, and without any those that come with the hub.'"""
    )
    for table in ("mention_key", "linkage_weights"):
        op.execute(f"alter table {table} enable row level security; alter table {table} force row level security")
        op.execute(RIGHTS.replace("mention_key", table))


#: The linker alone reads and writes the keys and the weights; the owner migrates and backs up.
RIGHTS = """
do $$
begin
    if not exists (select from pg_roles where rolname = 'hub_writer') then
        create policy everybody on mention_key using (true) with check (true);
        return;
    end if;
    create policy writing on mention_key to hub_writer using (true) with check (true);
    create policy owning on mention_key to hub_owner using (true) with check (true);
    grant select, insert, update, delete, truncate on mention_key to hub_writer;
    if current_setting('server_version_num')::int >= 170000 then
        grant maintain on mention_key to hub_writer;
    end if;
end $$
"""

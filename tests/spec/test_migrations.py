"""The migrations arrive exactly at the tables that `hub.storage.tables` shows, on a database of any age."""

import gc
import time

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from hub.storage import tables
from hub.storage.migrations import pending
from hub.storage.migrations.draft import statements

OPEN_TO_READERS = {"publication", "delivery", "school", "rule_run"}


def test_migrated_database_has_the_tables_and_nothing_else(database):
    engine = create_engine(database.sqlalchemy_url())
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        told = compare_metadata(context, tables.metadata)
    # Indexes are compared below, by their definitions: autogenerate does not see that two expressions are the same.
    differences = [d for d in told if "alembic_version" not in str(d) and not str(d[0]).endswith("_index")]
    assert differences == []
    assert not pending(database.sqlalchemy_url())


def test_constraints_indexes_and_comments_are_those_of_the_tables(database, cluster):
    """What autogenerate does not compare: exclusion constraints, index definitions, comments."""

    def shape(url: str) -> set[tuple[str, str]]:
        with create_engine(url).connect() as connection:
            told = connection.execute(
                text(
                    """select 'constraint', conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and contype <> 't'
                   union all select 'index', indexdef from pg_indexes where schemaname = 'public'
                   union all select 'comment', c.relname || obj_description(c.oid) from pg_class c
                    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and obj_description(c.oid) is not null"""
                )
            )
            return {(kind, what) for kind, what in told if "alembic_version" not in what}

    by_migration = shape(database.sqlalchemy_url())
    engine = create_engine(database.sqlalchemy_url())
    with engine.begin() as connection:
        connection.execute(text("drop table " + ", ".join(tables.metadata.tables)))
        for statement in statements():
            connection.exec_driver_sql(statement)
    assert shape(database.sqlalchemy_url()) == by_migration


def test_every_table_forces_row_security_and_application_roles_own_nothing(database):
    with create_engine(database.sqlalchemy_url("hub_admin")).connect() as connection:
        open_ = (
            connection.execute(
                text(
                    """select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'alembic_version'
                and not (relrowsecurity and relforcerowsecurity)"""
                )
            )
            .scalars()
            .all()
        )
        owned = (
            connection.execute(
                text(
                    "select relname from pg_class where relowner in ('hub_writer'::regrole, 'hub_reader'::regrole, 'hub_auditor'::regrole)"
                )
            )
            .scalars()
            .all()
        )
        strong = (
            connection.execute(
                text(
                    "select rolname from pg_roles where rolname like 'hub_%' and rolname <> 'hub_admin' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)"
                )
            )
            .scalars()
            .all()
        )
    assert (open_, owned, strong) == ([], [], [])


def test_reader_sees_no_personal_row_without_its_division(database):
    with create_engine(database.sqlalchemy_url("hub_writer")).begin() as connection:
        connection.execute(text("insert into person_id values (210281, 1, 1, 1)"))
        connection.execute(text("insert into household values (210281, 1, 'REGISTER', null, null, 1)"))
    with create_engine(database.sqlalchemy_url("hub_reader")).connect() as connection:

        def seen(divisions: str, tables: str = ",person_id,") -> int:
            connection.execute(text("select set_config('hub.divisions', :d, true), set_config('hub.tables', :t, true)"), {"d": divisions, "t": tables})
            return connection.execute(text("select count(*) from person_id")).scalar_one()

        assert [seen(""), seen("210282"), seen("210281"), seen("210282,210281"), seen("210281", ",person,household,")] == [0, 0, 1, 1, 0]


def test_reader_cannot_write_and_cannot_open_the_vault(database):
    with create_engine(database.sqlalchemy_url("hub_reader")).connect() as connection:
        rights = connection.execute(
            text(
                """select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
                and (has_table_privilege('hub_reader', oid, 'insert, update, delete, truncate') or relname = 'vault' and has_table_privilege('hub_reader', oid, 'select'))"""
            )
        ).all()
    assert rights == []


def test_who_asks_for_the_version_leaves_no_connection(database):
    """Also where nobody looks for garbage: an idle one of the owner's is one that nobody watches."""
    gc.disable()
    try:
        assert not pending(database.sqlalchemy_url())
        with create_engine(database.sqlalchemy_url("hub_admin")).connect() as connection:
            sessions = "select count(*) from pg_stat_activity where datname = current_database() and usename = 'hub_owner'"
            for _ in range(100):
                if not connection.execute(text(sessions)).scalar_one():
                    return
                connection.rollback()
                time.sleep(0.05)
        raise AssertionError("the owner's connection is still there after 5 s")
    finally:
        gc.enable()

"""The migrations arrive exactly at the tables that `hub.storage.tables` shows, on a database of any age."""

import gc
import time
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from hub.storage import migrations, tables
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
        connection.execute(text("drop table " + ", ".join(tables.metadata.tables) + " cascade"))
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


def test_what_was_found_before_says_what_it_reveals(database):
    """The statements of 0020 over findings, their history, events and rounds as they were stored before."""
    sides = {source: f'{{"sides": [{{"fact": "schooling_statement", "source": "{source}"}}, {{"fact": "enrolment", "source": "education.student_register"}}]}}' for source in SAID}
    found = [
        ("unenrolled", None, "{}", ""), ("unenrolled_disabled", None, "{}", "certificate"), ("unenrolled_poor", None, "{}", "assistance"),
        ("entitlement_gap", "F08", "{}", "assistance"), ("payment_returned", None, "{}", "payment"), ("left_behind_guardian", "NOBODY", "{}", ""),
        ("left_behind_guardian", "DISABLED", "{}", "certificate"), *(("said_in_school", None, told, SAID[source]) for source, told in sides.items()),
    ]  # fmt: skip
    with create_engine(database.sqlalchemy_url("hub_admin")).begin() as connection:
        for nth, (rule, kind, evidence, _) in enumerate(found):
            told = {"id": nth, "rule": rule, "kind": kind, "evidence": evidence if evidence != "{}" else '{"sides": []}'}
            for table, known in (("finding", "known_from"), ("finding_history", "known")):
                connection.execute(
                    text(
                        f"""insert into {table} (division, id, rule, rule_version, kind, subject, school_year, reference_date, severity, confidence, status, opened_on, last_seen_on, due_on,
                                reopened, evidence, reveals, valid, {known})
                            values (210281, :id, :rule, '1', :kind, 'person', 2026, '2026-08-31', 'low', 'NUMBER', '待核查', '2026-11-01', '2026-11-01', '2026-12-01', 0, :evidence, '', '[2026-11-01,)',
                                {"2" if known == "known_from" else "'[1,2)'"})"""
                    ),
                    told,
                )
            connection.execute(text("insert into finding_event (division, publication, finding, kind, rule, status, reveals) values (210281, 1, :id, 'NEW', :rule, '待核查', '')"), told)
    with create_engine(database.sqlalchemy_url("hub_owner")).begin() as connection:
        connection.exec_driver_sql((Path(migrations.__file__).parent / "versions" / "0020_reveals.sql").read_text())
    with create_engine(database.sqlalchemy_url("hub_admin")).connect() as connection:
        for table, key in (("finding", "id"), ("finding_history", "id"), ("finding_event", "finding")):
            told = connection.execute(text(f"select reveals from {table} order by {key}")).scalars().all()
            assert told == [reveals for *_, reveals in found], table


SAID = {
    "disabled_persons.survey": "certificate", "civil_affairs.child_welfare": "parent_situation", "civil_affairs.left_behind": "", "poverty_relief.household": "assistance",
}  # fmt: skip

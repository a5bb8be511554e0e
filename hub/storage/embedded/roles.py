"""The log-in roles and the hub's database: who may do what begins here, before the first table."""

import contextlib
from typing import Any

from hub.storage.embedded.places import DATABASE, ROLES
from hub.storage.embedded.running import Running

LOCK = 7_340_211  # any number that only the hub's launchers use


def prepare_cluster(running: Running) -> None:
    """Make the four roles and the database `hub` where they are missing; the same again changes nothing.

    hub_owner owns the database and is no superuser; hub_writer, hub_reader and hub_auditor own nothing and are bound by
    row security; what they may read and write is granted by the migrations.
    """
    with contextlib.closing(running.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("select pg_advisory_lock(%s)", (LOCK,))  # two hubs may come up at once
        cursor.execute("select rolname from pg_roles")
        present = {name for (name,) in cursor.fetchall()}
        for role in ROLES:
            if role not in present:
                _create_role(cursor, role, running.passwords[role])
        cursor.execute("select 1 from pg_database where datname = %s", (DATABASE,))
        if not cursor.fetchone():
            create_database(cursor, DATABASE, running.binaries.major)
        with contextlib.closing(running.connect(database=DATABASE)) as inside:
            prepare_database(inside.cursor(), DATABASE)


def create_database(cursor: Any, name: str, major: int) -> None:
    """An empty database of hub_owner's, text ordered by code point (builtin C.UTF-8; libc's on 15 and 16)."""
    order = "locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'" if major >= 17 else "locale 'C.UTF-8'"
    cursor.execute(f"create database {_quoted(name)} owner hub_owner template template0 encoding 'UTF8' {order}")


def prepare_database(cursor: Any, name: str) -> None:
    """The extension that forbids overlapping periods, and no rights for everybody."""
    cursor.execute("select 1 from pg_extension where extname = 'btree_gist'")
    if cursor.fetchone():
        return
    cursor.execute("revoke all on schema public from public")
    cursor.execute("grant all on schema public to hub_owner")
    cursor.execute(f"revoke temporary on database {_quoted(name)} from public")
    cursor.execute("create extension btree_gist")  # the last step: its presence says that all was done


def _create_role(cursor: Any, role: str, password: str) -> None:
    literal = password.replace("'", "''")  # CREATE ROLE takes no parameters
    cursor.execute(f"create role {role} login nosuperuser nocreatedb nocreaterole nobypassrls noreplication "
                   f"password '{literal}'")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

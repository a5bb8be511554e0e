"""The hub's database, embedded or given: an address per role, and what is weaker where all roles are one."""

import asyncio
import contextlib
import functools
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.settings import Settings
from hub.storage.embedded import Places, Running, ensure_started, serving_server, shared_server, stop
from hub.storage.outage import sql_state
from hub.storage.readers import Readers

Role = Literal["owner", "writer", "reader", "auditor"]


class DatabaseError(Exception):
    """The database address cannot be used; the message says why and what to write."""


@dataclass(frozen=True)
class Database:
    """Where the roles connect; `name` is another database of the same server, for tests."""

    running: Running | None
    urls: dict[str, str]
    name: str = "hub"

    def dsn(self, role: Role) -> str:
        """The address for asyncpg."""
        return self.running.dsn(f"hub_{role}", self.name) if self.running else self.urls[role]

    async def connect(self, role: Role, *, deadline: int = 0) -> asyncpg.Connection:
        """A connection of a role; a statement that runs longer than the deadline, in seconds, is ended by the server."""
        return await asyncpg.connect(self.dsn(role), server_settings=_settings(role, deadline))

    def engine(self, role: Role, *, deadline: int = 0) -> AsyncEngine:
        """A SQLAlchemy engine of a role, for the statements that are written with it."""
        creator = functools.partial(self.connect, role, deadline=deadline)
        return create_async_engine("postgresql+asyncpg://", async_creator=creator, pool_size=8, max_overflow=4)

    def readers(self, role: Role, *, deadline: int) -> Readers:
        """Connections for statements that are transactions of their own."""
        cached = {"statement_cache_size": 128, "max_cacheable_statement_size": 0}
        return Readers(lambda: asyncpg.connect(self.dsn(role), server_settings=_settings(role, deadline), **cached))

    def weaknesses(self) -> list[str]:
        """What a given database does not protect, in sentences."""
        if self.running or len(set(self.urls.values())) > 1:
            return []
        return [
            "DATABASE_URL is one login for everything: the endpoint could write, and row security does not tell roles apart; "
            "give DATABASE_URL_OWNER, _WRITER, _READER and _AUDITOR"
        ]


@contextlib.contextmanager
def open_database(settings: Settings, *, serving: bool = False) -> Iterator[Database]:
    """The database for the length of a verb: the one given in DATABASE_URL, else the embedded server's.

    An embedded server started for ``serving`` is our child: however we end, it shuts down cleanly.
    """
    if settings.database_url:
        urls = {
            "owner": settings.database_url_owner,
            "writer": settings.database_url_writer,
            "reader": settings.database_url_reader,
            "auditor": settings.database_url_auditor,
        }
        given = {role: _checked(url or settings.database_url) for role, url in urls.items()}
        for url in dict.fromkeys(given.values()):
            _reach(url)
        yield Database(None, given)
        return
    with (serving_server if serving else shared_server)(settings) as running:
        yield Database(running, {})


def keep_up(settings: Settings) -> None:
    """Start the embedded server and let it stay when the verb ends."""
    ensure_started(settings)
    Places(settings.home).stay.touch()


def stop_database(settings: Settings) -> str:
    """Stop the embedded server, stay or not; a sentence of what happened."""
    if settings.database_url:
        return "DATABASE_URL names a server that is not ours to stop"
    Places(settings.home).stay.unlink(missing_ok=True)
    return "the database is stopped" if stop(settings) else "the database was not up"


def _reach(url: str) -> None:
    """Connect once, so that an address that is wrong is told as such before anything is begun; never with its password."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    port = asked.get("port", [str(parts.port or 5432)])[0]
    where = f"{asked.get('host', [parts.hostname or 'localhost'])[0]} port {port} (DATABASE_URL)"
    try:
        with ThreadPoolExecutor(1) as aside:  # a verb's own event loop may be running here
            aside.submit(asyncio.run, _connect_once(url)).result()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.ClientConfigurationError, OSError) as error:
        raise DatabaseError(_unreached(error, where, user=parts.username or "", name=parts.path.strip("/"))) from None


async def _connect_once(url: str) -> None:
    connection = await asyncpg.connect(url, timeout=30)
    await connection.close()


def _unreached(error: Exception, where: str, *, user: str, name: str) -> str:
    state = sql_state(error)
    if "rejected SSL" in str(error):
        return f"the database at {where} offers no TLS: switch it on there, or use an address on this host"
    if isinstance(error, ssl.SSLError):
        return f"the database at {where} shows a certificate that sslrootcert does not vouch for"
    if isinstance(error, asyncpg.ClientConfigurationError) or (isinstance(error, FileNotFoundError) and not where.startswith("/")):
        return f"the database at {where} cannot be verified: add sslrootcert=FILE with the certificate of its authority to the address"
    if state.startswith("28"):
        return f"the database at {where} refuses the log-in {user}: check its name and password"
    if state == "3D000":
        return f"the server at {where} has no database {name}"
    if state:
        return f"the database at {where} cannot be used now (PostgreSQL's code {state})"
    return f"no database answers at {where}: start it, or correct the address"


def _settings(role: Role, deadline: int) -> dict[str, str]:
    """What a connection is told at its start; JIT would compile large statements for longer than they run."""
    told = {"application_name": f"children-hub {role}", "timezone": "UTC", "jit": "off", "plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1"}
    # who is asked for an answer and dies ends what it asked: PostgreSQL looks every two seconds
    return told | {"statement_timeout": f"{deadline}s", "client_connection_check_interval": "2s"} if deadline else told


def _checked(url: str) -> str:
    """A PostgreSQL address; off this host only with the server's certificate verified."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise DatabaseError("DATABASE_URL must begin with postgresql://")
    asked = parse_qs(parts.query)
    host = asked.get("host", [parts.hostname or ""])[0]
    local = host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")
    if not local and asked.get("sslmode") != ["verify-full"]:
        raise DatabaseError(
            "DATABASE_URL leaves this host: it must say sslmode=verify-full (and sslrootcert=FILE where the authority is your own)"
        )
    return urlunsplit(parts)

"""A server that answers: its addresses for asyncpg, libpq and SQLAlchemy, and how to ask whether it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pg8000.dbapi

from hub.storage.embedded.binaries import Binaries
from hub.storage.embedded.places import ADMIN, DATABASE, Places, Postmaster, ServerError

STARTING_UP = "57P03"  # cannot_connect_now: starting up, recovering or shutting down
WRONG_PASSWORD = ("28P01", "28000")


@dataclass(frozen=True)
class Running:
    """A server that answers. The socket is always there; ``tcp`` is "127.0.0.1:PORT" where TCP was asked for."""

    binaries: Binaries
    home: Path
    sockets: Path
    port: int
    pid: int
    tcp: str
    passwords: Mapping[str, str] = field(repr=False)

    @property
    def socket(self) -> Path:
        """The socket file."""
        return self.sockets / f".s.PGSQL.{self.port}"

    def dsn(self, user: str = "hub_reader", database: str = DATABASE) -> str:
        """An address for asyncpg and libpq programs, over the socket; holds the password."""
        where = f"host={quote(str(self.sockets), safe='')}&port={self.port}"
        return f"postgresql://{user}:{quote(self.passwords[user], safe='')}@/{quote(database, safe='')}?{where}"

    def sqlalchemy_url(
        self, user: str = "hub_owner", database: str = DATABASE, *, driver: Literal["pg8000", "asyncpg"] = "pg8000"
    ) -> str:
        """An address for SQLAlchemy's synchronous (pg8000) or asynchronous (asyncpg) engine, over the socket."""
        if driver == "asyncpg":
            return self.dsn(user, database).replace("postgresql:", "postgresql+asyncpg:", 1)
        login = f"{user}:{quote(self.passwords[user], safe='')}"
        return f"postgresql+pg8000://{login}@/{quote(database, safe='')}?unix_sock={quote(str(self.socket), safe='')}"

    def connect(self, user: str = ADMIN, database: str = "postgres") -> "pg8000.dbapi.Connection":
        """A synchronous connection that commits each statement, for the few things done outside the application."""
        return _connect(self.socket, user=user, password=self.passwords[user], database=database)


Answer = Literal["ready", "starting", "silent"]


def ask(socket: Path, password: str) -> Answer:
    """Whether a log-in succeeds, which says more than a pid. Raises ServerError where the password is not its own."""
    try:
        _connect(socket, user=ADMIN, password=password, database="postgres", timeout=5).close()
    except pg8000.dbapi.DatabaseError as error:
        told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        if told.get("C") in WRONG_PASSWORD:
            raise ServerError(f"the server at {socket.parent} refuses the passwords in keys/database.json: it was made with "
                              "others; bring back the file that belongs to this data home") from None
        return "starting" if told.get("C") == STARTING_UP else "silent"
    except (OSError, pg8000.dbapi.Error):
        return "silent"
    return "ready"


def describe(places: Places, binaries: Binaries, told: Postmaster, passwords: Mapping[str, str]) -> Running:
    """The running server as its postmaster.pid tells."""
    tcp = f"{told.listens}:{told.port}" if told.listens else ""
    return Running(binaries, places.home, told.sockets, told.port, told.pid, tcp, passwords)


def _connect(socket: Path, *, user: str, password: str, database: str, timeout: float | None = None) -> Any:
    # Over its own socket nothing is encrypted, and to read the system's certificates for that takes 20 ms.
    connection = pg8000.dbapi.connect(user, unix_sock=str(socket), database=database, password=password, timeout=timeout, ssl_context=False)
    connection.autocommit = True
    return connection

"""The embedded PostgreSQL, driven by our own launcher, as root and as a plain user.

    with shared_server(settings) as running:     # a verb: started if need be, stopped by the last one out
        asyncpg.connect(running.dsn("hub_reader"))

Read in this order: `server` (what may be asked), `binaries` and `accounts` (which programs, run as whom), `making`
(initdb, parameters, passwords), `launching` (start, wait, retry), `roles` (log-ins and the database).
"""

from hub.storage.embedded.accounts import Account, choose_account
from hub.storage.embedded.binaries import Binaries, find_binaries
from hub.storage.embedded.places import ADMIN, DATABASE, ROLES, Places, ServerError
from hub.storage.embedded.roles import create_database, prepare_cluster, prepare_database
from hub.storage.embedded.running import Running
from hub.storage.embedded.server import (
    Status,
    ensure_started,
    find_running,
    serve_child,
    serving_server,
    shared_server,
    status,
    stop,
)

__all__ = [
    "ADMIN", "DATABASE", "ROLES", "Account", "Binaries", "Places", "Running", "ServerError", "Status",
    "choose_account", "create_database", "ensure_started", "find_binaries", "find_running", "prepare_cluster",
    "prepare_database", "serve_child", "serving_server", "shared_server", "status", "stop",
]

"""What may be asked of the embedded server: run it for a verb, for an application, until further notice; stop it."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.settings import Settings
from hub.storage.embedded.accounts import choose_account
from hub.storage.embedded.binaries import Binaries, find_binaries, reachable
from hub.storage.embedded.launching import Launch, find_live, is_alive, start_child, start_detached
from hub.storage.embedded.making import initialise, make_folders, passwords, refuse_other_major
from hub.storage.embedded.places import ADMIN, Places, Postmaster, ServerError, Users, locked
from hub.storage.embedded.roles import prepare_cluster
from hub.storage.embedded.running import Running, describe

STOP_SECONDS = 120


@dataclass(frozen=True)
class Status:
    """What is known of a data home's server; ``major`` is None where there are no data yet."""

    up: bool
    major: int | None
    pid: int | None
    socket: str
    tcp: str
    data: Path
    log: Path


@contextlib.contextmanager
def shared_server(settings: Settings, *, for_tests: bool = False) -> Iterator[Running]:
    """The server for the length of a verb: started if it is not up, stopped by the last one out.

    A verb that was killed leaves the server behind; the next one uses it and stops it. After `hub db up` it stays.
    """
    with _used(settings) as users:
        running = ensure_started(settings, for_tests=for_tests)
        try:
            yield running
        finally:
            _stop_if_last(settings, users)


@contextlib.contextmanager
def serving_server(settings: Settings) -> Iterator[Running]:
    """The server for the life of an application: our child, which dies cleanly with us; a live server is reused."""
    with _used(settings) as users:
        running, ours = _up(settings, start_child)
        try:
            yield running
        finally:
            if ours:
                stop(running)
            else:
                _stop_if_last(settings, users)


def ensure_started(
    settings: Settings, *, for_tests: bool = False, tcp: bool = False, binaries: Binaries | None = None
) -> Running:
    """Make the cluster if there is none, start it detached if it is not up, prepare its roles; reuse a live server.

    ``for_tests`` gives durability up; ``tcp`` also listens on 127.0.0.1, on a free port; ``binaries`` forces a choice.
    Raises ServerError.
    """
    return _up(settings, start_detached, for_tests=for_tests, tcp=tcp, binaries=binaries)[0]


def serve_child(
    settings: Settings, *, for_tests: bool = False, tcp: bool = False, binaries: Binaries | None = None
) -> Running:
    """Like ensure_started, but the server is our child: however we end, it shuts down cleanly (on Linux)."""
    return _up(settings, start_child, for_tests=for_tests, tcp=tcp, binaries=binaries)[0]


def stop(where: Settings | Running) -> bool:
    """Stop the server by a fast shutdown (SIGINT; SIGTERM would wait for the clients); whether there was one."""
    places = Places(where.home)
    if not places.home.is_dir():
        return False
    with locked(places):
        told = places.postmaster()
        if told is None or not is_alive(places, told.pid):
            return False
        _interrupt(told, places)
        places.state.unlink(missing_ok=True)
    return True


def find_running(settings: Settings) -> Running | None:
    """The server if it answers; starts and makes nothing."""
    places = Places(settings.home)
    if places.major() is None:
        return None
    secrets = passwords(places)
    told = find_live(places, secrets[ADMIN])
    return describe(places, find_binaries(settings), told, secrets) if told else None


def status(settings: Settings) -> Status:
    """Whether the server is up, and where; starts and makes nothing."""
    places = Places(settings.home)
    running = find_running(settings)
    if running is None:
        return Status(False, places.major(), None, "", "", places.data, places.log)
    return Status(True, places.major(), running.pid, str(running.socket), running.tcp, places.data, places.log)


def _up(
    settings: Settings, start: Callable[[Launch], Postmaster], *, for_tests: bool = False, tcp: bool = False,
    binaries: Binaries | None = None,
) -> tuple[Running, bool]:
    """The prepared server, and whether it was us who started it."""
    places = Places(settings.home)
    programs = binaries or find_binaries(settings)
    account = choose_account(settings.pg_account, places, may_create=not for_tests)
    make_folders(places, account)
    with locked(places):
        if (made_by := places.major()) not in (None, programs.major):
            refuse_other_major(places, programs, made_by)
        secrets = passwords(places)
        live = find_live(places, secrets[ADMIN])
        if live and tcp and not live.listens:
            raise ServerError("the database is up without TCP; stop it first (hub db down)")
        if live is None:
            launch = Launch(places, account, reachable(programs, account, places), secrets[ADMIN], tcp)
            initialise(places, account, launch.binaries, for_tests=for_tests)
            told = start(launch)
            _write_state(places, told)
        running = describe(places, programs, live or told, secrets)
        prepare_cluster(running)
    return running, live is None


@contextlib.contextmanager
def _used(settings: Settings) -> Iterator[Users]:
    """Count as a user from before the start to after the stop, so that nobody stops what another is about to use."""
    places = Places(settings.home)
    make_folders(places, choose_account(settings.pg_account, places))
    with Users(places).joined() as users:
        yield users


def _stop_if_last(settings: Settings, users: Users) -> None:
    if users.is_last() and not Places(settings.home).stay.exists():
        stop(settings)


def _interrupt(told: Postmaster, places: Places) -> None:
    try:
        os.kill(told.pid, signal.SIGINT)
    except ProcessLookupError:
        return
    except PermissionError:
        raise ServerError(f"the database (pid {told.pid}) belongs to another account; stop it as that one") from None
    give_up = time.monotonic() + STOP_SECONDS
    while is_alive(places, told.pid):
        if time.monotonic() > give_up:
            raise ServerError(f"the database (pid {told.pid}) has not stopped after {STOP_SECONDS} s; see {places.log}")
        time.sleep(0.02)


def _write_state(places: Places, told: Postmaster) -> None:
    """For people and other programs; the hub itself trusts postmaster.pid alone."""
    state = {"pid": told.pid, "socket": str(told.sockets), "port": told.port, "tcp": told.listens or None}
    draft = places.state.with_name(f".{places.state.name}")
    draft.write_text(json.dumps(state) + "\n")
    draft.replace(places.state)

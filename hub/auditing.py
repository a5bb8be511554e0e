"""The audit of verbs: what somebody with a shell on the hub's machine reads of people leaves an entry too, and looking at the audit as well."""

import functools
import getpass
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hub.access.audit import Heads, Writer, entries_of, entry_of, verify_table
from hub.access.chain import Verdict
from hub.access.viewer import Kind, Viewer
from hub.exports.cells import private
from hub.opening import Hub

PURPOSE = "operation"


async def record(hub: Hub, verb: str, document: str = "", fields: Sequence[str] = (), about: Sequence[str] = (), **more: Any) -> None:
    """An entry of a verb, durable before anything is shown; AuditDown where it cannot be written."""
    viewer = Viewer(f"shell:{getpass.getuser()}", Kind.PERSON, "data_bureau", "it.operator")
    writer = Writer(functools.partial(hub.database.connect, "writer"), hub.division, _heads(hub))
    try:
        await writer.write(entry_of(viewer, PURPOSE, verb, document, fields, about, **more))
    finally:
        await writer.close()


async def verify_audit(hub: Hub, heads: Path | None = None) -> Verdict:
    """The audit's table against its signed heads: the hub's own, or those that somebody else has kept."""
    own = _heads(hub)
    lines = heads.read_text(encoding="utf-8").splitlines() if heads else own.lines()
    connection = await hub.database.connect("auditor")
    try:
        return await verify_table(connection, hub.division, lines, own.folder / "public.pem")
    finally:
        await connection.close()


async def export_audit(hub: Hub, out: Path) -> int:
    """The entries as a file for ``chain.py``; that somebody took it is in the audit."""
    await record(hub, "hub audit export")
    written = 0
    connection = await hub.database.connect("auditor")
    try:
        with private(out, encoding="utf-8") as file:
            async for one in entries_of(connection, hub.division):
                told = {"no": one.no, "entry": one.entry, "persons": one.persons, "leaf": one.leaf.hex(), "chain": one.chain.hex()}
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
                written += 1
    finally:
        await connection.close()
    return written


def _heads(hub: Hub) -> Heads:
    return Heads.open(hub.settings.audit, hub.settings.audit_key)

"""The audit of verbs: what somebody with a shell on the hub's machine reads of people leaves an entry too, and looking at the audit as well."""

import functools
import getpass
import json
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from hub.access.accounts import read_accounts
from hub.access.alarms import CHINA
from hub.access.audit import Heads, Writer, entries_of, entry_of, verify_table
from hub.access.catalogue import read_catalogue
from hub.access.chain import Verdict, exported
from hub.access.requests import NotOpened, decide
from hub.access.tokens import services
from hub.access.viewer import Kind, Viewer
from hub.exports.cells import private
from hub.opening import Hub
from hub.refusal import Refusal

PURPOSE = "operation"


async def record(hub: Hub, verb: str, document: str = "", fields: Sequence[str] = (), about: Sequence[str] = (), **more: Any) -> None:
    """An entry of a verb, durable before anything is shown; AuditDown where it cannot be written."""
    viewer = Viewer(f"shell:{getpass.getuser()}", Kind.PERSON, "data_bureau", "it.operator")
    writer = Writer(functools.partial(hub.database.connect, "writer"), hub.division, _heads(hub))
    try:
        await writer.write(entry_of(viewer, PURPOSE, verb, document, fields, about, **more))
    finally:
        await writer.close()


async def record_of(hub: Hub, verb: str, mentions: Sequence[int]) -> None:
    """The same of a verb that shows what rows say: whom those mentions mean now; of an id that is no mention's, the person of that id."""
    rows = await hub.connection.fetch("select id, person from identity where division = $1 and id = any($2::bigint[])", hub.division, list(mentions))
    known = {row["id"]: row["person"] for row in rows}
    await record(hub, verb, about=sorted({str(known.get(one, one)) for one in mentions}))


async def let_read(hub: Hub, no: int, *, by: str) -> str:
    """Let an account that was stopped read on; Refusal where the request is of another kind, or the same account would decide. Returns whose it was."""
    whose: str | None = await hub.connection.fetchval("select asked_by from access_request where division = $1 and no = $2 and kind = 'READING'", hub.division, no)
    if whose is None or not by.strip():
        raise Refusal("say who lets it read on (--by)" if whose else f"request {no} is of no account that was stopped")
    await record(hub, "hub access release", request=no, by=by)
    try:
        await decide(hub.connection, hub.division, no, by=by, agreed=True)
    except NotOpened as refused:
        raise Refusal(str(refused)) from None
    return whose


async def known_accounts(hub: Hub) -> set[str]:
    """The accounts that there are: of the demo, of services, and whoever the audit has seen."""
    accounts = read_accounts(hub.settings.home)
    found = {f"demo:{one.name}" for one in accounts.accounts} if accounts else set()
    connection = await hub.database.connect("auditor")
    try:
        rows = await connection.fetch("select distinct entry::jsonb->>'who' as who from audit_entry where division = $1", hub.division)
    finally:
        await connection.close()
    return found | set(services(hub.settings.services)) | {row["who"] for row in rows if row["who"] and row["who"] != "hub"}


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
                file.write(exported(one) + "\n")
                written += 1
    finally:
        await connection.close()
    return written


async def looked(hub: Hub, person: int, out: Path, *, by: str) -> int:
    """A page for a person's family, to be printed: when which department looked, for which purpose, at what (个人信息保护法 44, 45).

    It names offices and purposes, no account, and nothing of what was seen; what would tell of a parent in prison is in covering words, since who reads the
    page may not know (domain G.8). That it was made is in the audit first. Returns how many lines.
    """
    await record(hub, "hub audit looked", about=[str(person)], by=by)
    connection = await hub.database.connect("auditor")
    try:
        rows = await connection.fetch(ABOUT, hub.division, await _ids(hub, person))
    finally:
        await connection.close()
    catalogue = read_catalogue()
    lines = []
    for row in rows:
        role = catalogue.roles.get(row["role"])
        seen = [item for field in json.loads(row["fields"] or "[]") or () if (item := catalogue.item_of.get(field)) and item.personal]
        items = sorted({(item.name if item.code != REVEAL or row["opened"] else ONLY_ASKED) if item.values else OTHER_ITEM for item in seen})
        office = "系统" if role is None else OTHER_OFFICE if role.department == JUSTICE else role.name
        purpose = OTHER_PURPOSE if row["purpose"] == CUSTODY_CARE else catalogue.purposes.get(row["purpose"], row["purpose"] or "")
        cells = (f"{row['at'].astimezone(CHINA):%Y-%m-%d %H:%M}", office, purpose, "、".join(items))
        lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    today = datetime.now(CHINA)
    with private(out, encoding="utf-8") as file:
        file.write(PAGE.format(person=person, on=f"{today:%Y-%m-%d}", count=len(lines), lines="\n".join(lines)))
    return len(lines)


async def _ids(hub: Hub, person: int) -> list[int]:
    """Every id that the person ever had; Refusal where there is no such person."""
    rows = await hub.connection.fetch(
        "select o.id from person_id p join person_id o on o.division = p.division and o.current = p.current where p.division = $1 and p.id = $2", hub.division, person
    )
    if not rows:
        raise Refusal(f"there is no person {person}")
    return [row["id"] for row in rows]


#: The entries about a person ($2). A change has one before it and one after: that before it counts only where nothing came after.
ABOUT = """
    with told as (select no, at, entry::jsonb as entry from audit_entry where division = $1 and persons && $2::bigint[])
    select at, entry->>'role' as role, entry->>'purpose' as purpose, entry->'fields' as fields, entry ? 'opened' as opened from told t
     where not (entry ? 'begins') or not exists (select from told o where o.entry->>'act' = t.entry->>'act' and not (o.entry ? 'begins'))
     order by no"""
JUSTICE, CUSTODY_CARE = "justice", "custody_care"
REVEAL, ONLY_ASKED = "number.reveal", "完整号码（申请查看，未打开）"
OTHER_OFFICE, OTHER_PURPOSE, OTHER_ITEM = "有关部门工作人员", "儿童关爱保护", "其他受限信息项"
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>个人信息查阅记录</title>
<style>@page {{ size: A4; margin: 2cm }} body {{ font-family: 仿宋_GB2312, FangSong, serif; font-size: 12pt }} table {{ border-collapse: collapse; width: 100% }}
td, th {{ border: 1px solid; padding: 3pt; text-align: left; vertical-align: top }} thead {{ display: table-header-group }} tr {{ break-inside: avoid }}</style>
<h1>个人信息查阅记录</h1>
<p>人员编号 {person}，截至 {on}，共 {count} 次。依据《中华人民共和国个人信息保护法》第四十四条、第四十五条提供。</p>
<table><thead><tr><th>时间</th><th>查阅人身份</th><th>用途</th><th>查阅的信息项</th></tr></thead>
{lines}
</table></html>
"""


def _heads(hub: Hub) -> Heads:
    return Heads.open(hub.settings.audit, hub.settings.audit_key)

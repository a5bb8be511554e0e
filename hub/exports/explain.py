"""A person's walk through the hub: the rows, how they were read, how they were linked, what became of their id, what facts came of them, what was found."""

from datetime import date
from typing import Any

import asyncpg
import orjson

from hub.domain.noun import Kind, Owner
from hub.domain.nouns import NOUNS
from hub.domain.person import MENTION_COLUMNS


async def explain(connection: asyncpg.Connection, division: int, person: int, *, on: date) -> str:
    """The walk as text, Chinese and English, numbers masked; a fact that stands on the day is marked."""
    current = await connection.fetchval("select current from person_id where division = $1 and id = $2", division, person)
    if current is None:
        return f"no person was ever issued the id {person}"
    lines = [f"人员 person {person}" + (f" -> {current}（已合并 forwarded）" if current != person else "")]
    chosen = await connection.fetchrow("select * from person_resolved where division = $1 and id = $2", division, current)
    if chosen:
        lines.append(
            f"采用值 chosen: {chosen['name']} {chosen['sex'] or ''} {chosen['born'] or ''} {chosen['number_mask'] or '无有效号码 no valid number'}"
            f" 乡镇 township {chosen['township'] or '-'} 户 household {chosen['register_household'] or '-'}"
        )
    lines += await _events(connection, division, current)
    lines += await _rows(connection, division, current)
    lines += await _facts(connection, division, current, on)
    lines += await _findings(connection, division, current)
    return "\n".join(lines)


EVENTS = {
    "MERGED": "{person} 并入 merged into {other}",
    "FORWARDED": "{person} 转至 leads to {other}",
    "RESTORED": "{person} 自 {other} 恢复 stands again, apart from {other}",
    "SPLIT": "{person} 的部分来源行归 some rows went to {other}",
}


async def _events(connection: asyncpg.Connection, division: int, person: int) -> list[str]:
    """What became of the person's id, and of every id that leads to it."""
    rows = await connection.fetch(
        """with ids as (select id from person_id where division = $1 and current = $2)
           select * from identity_event where division = $1 and (person in (select id from ids) or other in (select id from ids))
            order by publication, kind, person, other""",
        division,
        person,
    )
    return [f"身份变动 {row['on']}（发布 publication {row['publication']}）: {EVENTS[row['kind']].format(**row)}" for row in rows]


async def _rows(connection: asyncpg.Connection, division: int, person: int) -> list[str]:
    """Each row that names the person: where it is, what it says, how that was read, why it is this person."""
    rows = await connection.fetch(
        """select m.*, i.tier, i.score, i.reasons, i.rule_version, r.sheet, r.row as number, r.payload, r.problems, d.file, d.as_of
             from identity i join mention m on m.division = i.division and m.id = i.id
             join record r on r.division = i.division and r.id = m.record and r.hash = m.hash
             join delivery d on d.division = i.division and d.id = r.delivery
            where i.division = $1 and i.person = $2 order by d.as_of, m.source, m.role, lower(m.valid)""",
        division,
        person,
    )
    lines = []
    for row in rows:
        until = f"–{row['valid'].upper}" if row["valid"].upper else "–"
        lines.append(
            f"\n来源行 row: {row['source']} {row['file']} {row['sheet']} 第{row['number']}行，{row['role']}，有效 valid {row['valid'].lower}{until}"
        )
        cells = {c: v["mask"] if isinstance(v, dict) else v for c, v in orjson.loads(row["payload"]).items()}
        lines.append("  原文 as written: " + "，".join(f"{c}={v}" for c, v in cells.items()))
        read = [
            f"{c.zh}={row[c.name + '_mask' if c.kind is Kind.SEALED else c.name]}"
            for c in MENTION_COLUMNS
            if row[c.name + "_mask" if c.kind is Kind.SEALED else c.name] is not None
        ]
        lines.append(f"  规范 as read: {'，'.join(read)}；号码 number {row['number_state']}")
        lines += [f"  问题 problem: {p['column']}: {p['kind']}; {p['hint']}" for p in orjson.loads(row["problems"] or "[]")]
        why = " + ".join(f"{name} {weight:+g}" for name, weight in orjson.loads(row["reasons"]))
        lines.append(f"  关联 link: {row['tier']}，{row['score']} = {why or '单独 alone'}（{row['rule_version']}）")
    return lines


async def _facts(connection: asyncpg.Connection, division: int, person: int, on: date) -> list[str]:
    lines = [f"\n事实 facts (* 在 stands on {on}):"]
    for noun in NOUNS.values():
        if noun.owner is not Owner.PERSON:
            continue
        for row in await connection.fetch(
            f"select *, valid @> $3::date as stands from {noun.name} where division = $1 and person = $2 order by lower(valid)", division, person, on
        ):
            told = [f"{c.zh}={_value(row, c.name, c.kind)}" for c in noun.columns if _value(row, c.name, c.kind) is not None]
            lines.append(f"{'* ' if row['stands'] else '  '}{noun.zh} {noun.name} [{row['valid'].lower} – {row['valid'].upper or ''}) {row['source']}: {'，'.join(told)}")
    return lines


def _value(row: Any, name: str, kind: Kind) -> Any:
    return row[f"{name}_mask"] if kind is Kind.SEALED else row[name]


async def _findings(connection: asyncpg.Connection, division: int, person: int) -> list[str]:
    rows = await connection.fetch("select * from finding where division = $1 and person = $2 order by opened_on", division, person)
    lines = ["\n核查 findings:" if rows else "\n核查 findings: 无 none"]
    for row in rows:
        lines.append(
            f"  {row['rule']} {row['kind']} {row['severity']} {row['status']} 发现 opened {row['opened_on']}"
            + (f" 被否定 contradicted {row['contradicted_on']}" if row["contradicted_on"] else "")
        )
        lines += [
            f"    {side['department']}: {side['says']}（自 since {side['as_of']}）" for side in orjson.loads(row["evidence"])["sides"]
        ]
    return lines

"""The graph against the planted truth: unenrolled disabled children, who is who, and entitlements."""

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.access.sealing import Keys
from hub.casework.plans import child_plans
from hub.opening import Hub
from hub.storage import tables

AT_ONCE = 2_000


@dataclass(frozen=True)
class Score:
    """How many were found of those there are, and how many of those found are right."""

    name: str
    right: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0

    def __str__(self) -> str:
        f1 = 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision + self.recall else 0.0
        return f"{self.name}: precision {self.precision:.4f}  recall {self.recall:.4f}  F1 {f1:.4f}  ({self.right} right, {self.found} found, {self.there} there)"


@dataclass(frozen=True)
class Evaluation:
    """All scores."""

    scores: tuple[Score, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.scores))


async def evaluate(hub: Hub, truth: Path, *, on: date) -> Evaluation:
    """Compare the published graph, on a business date, with the truth folder of a demo city."""
    async with hub.database.engine("writer").connect() as reading:
        return Evaluation(
            (
                await unenrolled(hub.connection, hub.division, truth, hub.keys),
                *await linkage(hub.connection, hub.division, truth),
                *await entitlements(hub.connection, reading, hub.division, truth, hub.keys, on),
            )
        )


async def unenrolled(connection: asyncpg.Connection, division: int, truth: Path, keys: Keys) -> Score:
    """E.1: findings that stand, against the children truly out of school."""
    numbers = {row["number"]: row["answer"] == "YES" for row in _read(truth / "unenrolled.csv")}
    persons = await _persons(connection, division, keys, list(numbers))
    there = {number for number, answer in numbers.items() if answer}
    found = {
        row["person"]
        for row in await connection.fetch(
            "select person from finding where division = $1 and rule = 'unenrolled_disabled' and contradicted_on is null", division
        )
    }
    right = sum(1 for number in there if persons.get(number) in found)
    return Score("E.1 unenrolled disabled children", right, len(found), len(there))


async def linkage(connection: asyncpg.Connection, division: int, truth: Path) -> list[Score]:
    """Pairs of mentions of one person, over the latest round's rows: all mentions, and the rows' own subjects."""
    latest = sorted(truth.glob("mentions_*.csv"))[-1]
    told = {(row["file"], row["sheet"], row["row"], row["role"]): row["person_id"] for row in _read(latest)}
    rows = await connection.fetch(
        """with latest as (select distinct on (source) id, file from delivery where division = $1 and state = 'PUBLISHED' order by source, as_of desc, publication desc),
                stood as (select l.file, p.sheet, u.record, u.number, u.line from latest l join delivery_page p on p.division = $1 and p.delivery = l.id,
                                 unnest(p.records, p.row_numbers, p.lines) u(record, number, line))
           select s.file, s.sheet, coalesce(nullif(s.line, ''), s.number::text) as row, m.role, i.person from stood s
             join (select distinct id, record, role from mention where division = $1) m on m.record = s.record
             join identity i on i.division = $1 and i.id = m.id""",
        division,
    )
    pairs: list[tuple[str, str, int]] = []
    for row in rows:
        name = Path(row["file"]).name
        true = told.get((name, row["sheet"], row["row"], row["role"])) or told.get((name, "Sheet1", row["row"], row["role"]))
        if true:
            pairs.append((row["role"], true, row["person"]))
    return [
        _pairwise("linkage, subjects (pairs)", [(t, p) for role, t, p in pairs if role == "主体"]),
        _pairwise("linkage, mentions (pairs)", [(t, p) for _, t, p in pairs]),
    ]


async def entitlements(
    connection: asyncpg.Connection, reading: AsyncConnection, division: int, truth: Path, keys: Keys, on: date
) -> list[Score]:
    """Each programme's answers for all children, against who truly receives it and who lacks what is due."""
    planted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in _read(truth / "entitlements.csv"):
        planted[row["programme"], row["answer"]].add(row["number"])
    persons = await _persons(connection, division, keys, list({n for numbers in planted.values() for n in numbers}))
    told = await _answers(reading, division, on)
    scores = []
    for (programme, answer), numbers in sorted(planted.items()):
        found = told[programme, answer]
        scores.append(Score(f"{programme} {answer}", sum(1 for n in numbers if persons.get(n) in found), len(found), len(numbers)))
    return scores


async def _answers(connection: AsyncConnection, division: int, on: date) -> dict[tuple[str, str], set[int]]:
    """(programme, answer) -> the children under 18 of whom the plans say so."""

    async def rows(statement: Any) -> Sequence[Any]:
        return (await connection.execute(statement)).mappings().all()

    p = tables.person_resolved
    born_after = date(on.year - 18, on.month, min(on.day, 28))
    children = await rows(select(p.c.id).where(p.c.division == division, p.c.birth_date > born_after).order_by(p.c.id))
    told: dict[tuple[str, str], set[int]] = defaultdict(set)
    for begin in range(0, len(children), AT_ONCE):
        for plan in await child_plans(rows, division, [row["id"] for row in children[begin : begin + AT_ONCE]], on=on):
            for answer in plan.answers:
                told[answer.programme.code, answer.judgement.answer.value].add(plan.person)
    return told


async def _persons(connection: asyncpg.Connection, division: int, keys: Keys, numbers: list[str]) -> dict[str, int]:
    """Citizen number -> person, by blind index."""
    by_blind = {keys.blind(number): number for number in numbers}
    rows = await connection.fetch(
        """select m.number_blind, i.person, count(*) as n from mention m join identity i on i.division = m.division and i.id = m.id
            where m.division = $1 and m.number_state = 'valid' and m.number_blind = any($2::bytea[]) and i.tier = 'NUMBER' group by 1, 2 order by n""",
        division,
        list(by_blind),
    )
    return {by_blind[row["number_blind"]]: row["person"] for row in rows}


def _pairwise(name: str, pairs: list[tuple[str, int]]) -> Score:
    def choose(counts: Counter[object]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    return Score(name, choose(Counter(pairs)), choose(Counter(p for _, p in pairs)), choose(Counter(t for t, _ in pairs)))


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))

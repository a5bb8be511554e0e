"""The graph against the planted truth: findings, who is who, and entitlements."""

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.access.sealing import Keys
from hub.casework.plans import child_plans
from hub.identity.scoring import Score
from hub.linking import measure
from hub.opening import Hub
from hub.rules import RULES
from hub.storage import tables

AT_ONCE = 2_000


@dataclass(frozen=True)
class Near:
    """How many near misses of a rule there are, and how many it finds all the same: of all, and of those whom every row names by their own valid number."""

    rule: str
    there: int
    found: int
    numbered: int
    numbered_found: int

    def __str__(self) -> str:
        return f"{self.rule} near misses: {self.found} of {self.there} found; where every number is valid: {self.numbered_found} of {self.numbered}"


@dataclass(frozen=True)
class Agreement:
    """How many of a programme's planted answers the graph gives, how many it leaves open, and how many it contradicts."""

    programme: str
    answers: Counter[tuple[str, str]]  # (what is so, what the graph says; '' where it does not know the child)
    due: Score

    @property
    def children(self) -> int:
        return self.answers.total()

    @property
    def agree(self) -> int:
        return sum(n for (true, told), n in self.answers.items() if true == told)

    @property
    def open(self) -> int:
        """Answered UNKNOWN though something is so: a person has to settle it."""
        return sum(n for (true, told), n in self.answers.items() if told == "UNKNOWN" != true)

    @property
    def unmet(self) -> int:
        """Children whose number stands in no list: nobody can say which answer is theirs."""
        return sum(n for (_, told), n in self.answers.items() if not told)

    @property
    def contradicted(self) -> int:
        return self.children - self.agree - self.open - self.unmet

    @property
    def share(self) -> float:
        return self.agree / self.children if self.children else 1.0

    def __str__(self) -> str:
        each = ", ".join(f"{true} {self.answers[true, true]} of {n}" for true, n in sorted(self._planted().items()))
        line = (
            f"{self.programme} answers: {self.agree} of {self.children} agree ({self.share:.4f}), {self.open} left open, "
            f"{self.contradicted} contradicted, {self.unmet} of children without a number; {each}"
        )
        return f"{line}\n{self.due}" if self.due.there or self.due.found else line

    def _planted(self) -> Counter[str]:
        planted: Counter[str] = Counter()
        for (true, _), n in self.answers.items():
            planted[true] += n
        return planted


@dataclass(frozen=True)
class Evaluation:
    """The scores of the findings and of the linkage, and the agreement of each programme's answers."""

    findings: tuple[Score, ...]
    schools: tuple[Score, ...]
    near: tuple[Near, ...]
    linkage: tuple[Score, ...]  # over the latest round's rows
    entitlements: tuple[Agreement, ...]

    @property
    def overall(self) -> tuple[Score, Score]:
        """All rules about people together: of all, and of those whom every row names by their own valid number."""
        names = ("all rules", "all rules, where every number is valid")
        return tuple(Score(name, *(sum(getattr(score, count) for score in self.findings[first::2]) for count in ("right", "found", "there"))) for first, name in enumerate(names))  # type: ignore[return-value]

    def __str__(self) -> str:
        return "\n".join((*map(str, self.findings), *map(str, self.overall), *map(str, self.schools), *map(str, self.near), *(f"linkage, {score}" for score in self.linkage), *map(str, self.entitlements)))


async def evaluate(hub: Hub, truth: Path, *, on: date) -> Evaluation:
    """Compare the published graph, on a business date, with the truth folder of a demo city."""
    told = (hub.connection, hub.division, truth)
    async with hub.database.engine("writer").connect() as reading:
        return Evaluation(
            tuple(await findings(*told, hub.keys)),
            tuple(await findings_of_schools(*told)),
            tuple(await near_misses(*told, hub.keys)),
            (await measure(hub, sorted(truth.glob("mentions_*.csv"))[-1])).scores,
            tuple(await entitlements(*told, hub.keys, reading, on)),
        )


async def findings(connection: asyncpg.Connection, division: int, truth: Path, keys: Keys) -> list[Score]:
    """Each rule that is built: its findings that stand, against the planted ones; all, and those of children with valid numbers only.

    A child found under two ids counts once too often.
    """
    valid = _numbered_everywhere(truth)
    planted: dict[str, set[str]] = defaultdict(set)
    doubtful: dict[str, set[str]] = defaultdict(set)  # known through somebody else, whose number is not valid everywhere
    for row in _read(truth / "findings.csv"):
        planted[row["rule"]].add(row["number"])
        if row["through"] and row["through"] not in valid:
            doubtful[row["rule"]].add(row["number"])
    persons = await _persons(connection, division, keys, sorted({n for numbers in planted.values() for n in numbers}))
    people = set((await _persons(connection, division, keys, sorted(valid))).values())
    found = await _standing(connection, division)
    scores = []
    for rule in RULES:
        if rule.subject != "school":
            name = f"{rule.number} {rule.title_en}"
            scores.append(_found(name, planted[rule.number], persons, found[rule.name]))
            certain = people - {persons[number] for number in doubtful[rule.number] if number in persons}
            scores.append(_found(f"{name}, where every number is valid", planted[rule.number] & valid - doubtful[rule.number], persons, found[rule.name] & certain))
    return scores


async def findings_of_schools(connection: asyncpg.Connection, division: int, truth: Path) -> list[Score]:
    """Each rule about schools: the schools that it finds, against the planted ones."""
    planted: dict[str, set[str]] = defaultdict(set)
    for row in _read(truth / "schools.csv"):
        planted[row["rule"]].add(row["school"])
    found = await _standing_of_schools(connection, division)
    told = [(f"{rule.number} {rule.title_en}", found[rule.name], planted[rule.number]) for rule in RULES if rule.subject == "school"]
    return [Score(f"{name}, schools", len(there & those), len(those), len(there)) for name, those, there in told]


async def near_misses(connection: asyncpg.Connection, division: int, truth: Path, keys: Keys) -> list[Near]:
    """Each rule's near misses, and how many of them it finds all the same."""
    rows = _read(truth / "near.csv")
    valid = _numbered_everywhere(truth)
    persons = await _persons(connection, division, keys, sorted({row["number"] for row in rows if row["number"]}))
    found, of_schools = await _standing(connection, division), await _standing_of_schools(connection, division)
    told = []
    for rule in RULES:
        near = [row for row in rows if row["rule"] == rule.number]
        if near:
            those = [row for row in near if persons.get(row["number"]) in found[rule.name] or row["school"] in of_schools[rule.name]]
            told.append(Near(f"{rule.number} {rule.title_en}", len(near), len(those), *(sum(not row["number"] or row["number"] in valid for row in some) for some in (near, those))))
    return told


async def _standing(connection: asyncpg.Connection, division: int) -> dict[str, set[int]]:
    """Rule -> whom its findings that stand are about."""
    found: dict[str, set[int]] = defaultdict(set)
    for row in await connection.fetch(
        """select f.rule, coalesce(p.current, f.person) as person
             from finding f left join person_id p on p.division = f.division and p.id = f.person
            where f.division = $1 and f.contradicted_on is null and f.person is not null""",
        division,
    ):
        found[row["rule"]].add(row["person"])
    return found


async def _standing_of_schools(connection: asyncpg.Connection, division: int) -> dict[str, set[str]]:
    """Rule -> the schools that its findings that stand are about."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in await connection.fetch(
        "select f.rule, s.name from finding f join school s on s.division = f.division and s.id = f.school where f.division = $1 and f.subject = 'school' and f.contradicted_on is null", division
    ):
        found[row["rule"]].add(row["name"])
    return found


def _found(name: str, numbers: set[str], persons: Mapping[str, int], found: set[int]) -> Score:
    return Score(name, _right(numbers, persons, found), len(found), len(numbers))


def _numbered_everywhere(truth: Path) -> set[str]:
    """The numbers of those whom every row of every round names by their own valid number."""
    doubtful = {row["person_id"] for mentions in truth.glob("mentions_*.csv") for row in _read(mentions) if row["id_state"] != "ok"}
    return {row["number"] for row in _read(truth / "persons.csv") if row["number"] and row["person_id"] not in doubtful}


def _right(numbers: set[str], persons: Mapping[str, int], found: set[int]) -> int:
    """How many of the people with these numbers are among those found."""
    return sum(1 for number in numbers if persons.get(number) in found)


async def entitlements(
    connection: asyncpg.Connection, division: int, truth: Path, keys: Keys, reading: AsyncConnection, on: date
) -> list[Agreement]:
    """Each programme's answers for all children, against what is so; and whom it calls due, against who lacks it."""
    planted: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _read(truth / "entitlements.csv"):
        planted[row["programme"]][row["number"]] = row["answer"]
    persons = await _persons(connection, division, keys, sorted({n for numbers in planted.values() for n in numbers}))
    told = await _answers(reading, division, on)
    agreements = []
    for programme, numbers in sorted(planted.items()):
        answers = Counter((true, told[programme].get(persons.get(number, 0), "")) for number, true in numbers.items())
        due = {person for person, answer in told[programme].items() if answer == "DUE"}
        lacking = {number for number, true in numbers.items() if true == "DUE"}
        agreements.append(Agreement(programme, answers, Score(f"{programme} DUE", _right(lacking, persons, due), len(due), len(lacking))))
    return agreements


async def _answers(connection: AsyncConnection, division: int, on: date) -> dict[str, dict[int, str]]:
    """Programme -> child under 18 -> what the plan says."""

    async def rows(statement: Any) -> Sequence[Any]:
        return (await connection.execute(statement)).mappings().all()

    p = tables.person_resolved
    born_after = date(on.year - 18, on.month, min(on.day, 28))
    children = await rows(select(p.c.id).where(p.c.division == division, p.c.birth_date > born_after).order_by(p.c.id))
    told: dict[str, dict[int, str]] = defaultdict(dict)
    for begin in range(0, len(children), AT_ONCE):
        for plan in await child_plans(rows, division, [row["id"] for row in children[begin : begin + AT_ONCE]], on=on):
            for answer in plan.answers:
                told[answer.programme.code][plan.person] = answer.judgement.answer.value
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


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))

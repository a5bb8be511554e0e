"""Plans: a child's facts from all sources side by side, what is given, and what each programme says; a household's plan is its children's.

Loading takes a fixed number of statements however many children there are.
"""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select

from hub.rules.programmes import PROGRAMMES, Basis, Judgement, Programme, Situation
from hub.storage import tables
from hub.storage.history import as_known

Rows = Callable[[Select[Any]], Awaitable[Sequence[Any]]]
INACTIVE = frozenset({"退学", "停学", "流失", "毕业", "结业", "肄业", "转学(转出)", "死亡", "开除", "下落不明"})
LIFTED = ("脱贫", "建档立卡", "一般贫困户", "低保贫困户", "五保贫困户")  # kinds of a household once on the poverty register (domain B.12)
PARENTS = {"父亲": "father", "母亲": "mother"}
TERMLY, TERMLY_DAYS, MONTHLY_DAYS = frozenset({"F10", "F11", "F12"}), 366, 93
SCHOOL_YEAR = re.compile(r"(20\d\d)-20\d\d")
#: Nouns whose facts a plan shows, with what each row says in a few words.
SHOWN: dict[str, Callable[[Any], str]] = {
    "enrolment": lambda r: _say("学籍", r["state"], f"{r['grade']}年级" if r["grade"] is not None else None, r["attendance_mode"]),
    "certificate": lambda r: _say("残疾人证", r["category"], r["level"], r["state"]),
    "assistance": lambda r: _say(r["programme"], r["kind"], r["state"]),
    "payment": lambda r: _say("发放", r["programme"], r["amount"], r["paid_on"], r["state"]),
    "parent_situation": lambda r: _say("父母情形", r["parent_role"], r["situation"]),
    "guardianship": lambda r: _say("监护", r["relation"], r["capacity"]),
    "schooling_statement": lambda r: _say("就学陈述", r["status"], r["reason"]),
    "left_behind_file": lambda r: _say("留守", r["definition"], r["kind"]),
    "hukou_registration": lambda r: _say("户籍", r["register_state"], r["village"]),
    "residence": lambda r: _say("居住", r["village"]),
    "vocational_enrolment": lambda r: _say("中职学籍", r["school_name"], r["entered"]),
}


@dataclass(frozen=True)
class ToldFact:
    """One source's fact, with its date, as a plan shows it."""

    noun: str
    says: str
    source: str
    as_of: date | None
    record: int
    hash: int


@dataclass(frozen=True)
class ProgrammeAnswer:
    """A programme and its answer for the child."""

    programme: Programme
    judgement: Judgement


@dataclass(frozen=True)
class Plan:
    """One child's plan (一生一案)."""

    person: int
    on: date
    facts: tuple[ToldFact, ...]
    disagreements: tuple[str, ...]
    answers: tuple[ProgrammeAnswer, ...]


async def child_plans(rows: Rows, division: int, persons: Sequence[int], *, on: date, known: int | None = None) -> list[Plan]:
    """The plans of some children, in their order. ``rows`` runs a statement and gives its rows as mappings."""
    told = {noun: await _by_person(rows, noun, division, persons, on, known) for noun in SHOWN}
    people = {row["id"]: row for row in await rows(_select("person_resolved", division, known, lambda t: t.c.id.in_(persons)))}
    delivered = await _delivered(rows, division, known)
    plans = []
    for person in persons:
        facts = {noun: found.get(person, []) for noun, found in told.items()}
        situation = situation_of(people.get(person), facts, delivered, on)
        answers = tuple(ProgrammeAnswer(p, p.judge(situation)) for p in PROGRAMMES if p.since <= on and (p.until is None or on <= p.until))
        plans.append(
            Plan(
                person,
                on,
                tuple(
                    ToldFact(noun, say(row), row["source"], _lower(row), row["record"], row["hash"])
                    for noun, say in SHOWN.items()
                    for row in facts[noun]
                ),
                disagreements(facts),
                answers,
            )
        )
    return plans


def situation_of(person: Any, facts: dict[str, list[Any]], delivered: frozenset[str], on: date) -> Situation:
    """What the programmes need to know, from the facts valid on the day."""
    active = [row for row in facts["enrolment"] if (row["state"] or "在读") not in INACTIVE]
    enrolled = active[0] if active else None
    certificates = [
        row
        for row in facts["certificate"]
        if (row["state"] or "正常") == "正常" and (row["valid_until"] is None or row["valid_until"] >= on)
    ]
    standings = [row for row in facts["assistance"] if (row["state"] or "在保") == "在保" and row["covered"] is not False]
    allowances = {row["kind"] for row in standings if row["programme"] == "F01"}
    poverty = {row["kind"] for row in standings if row["programme"] == "POV"}
    parents = {
        PARENTS[row["parent_role"]]: row["situation"]
        for row in facts["parent_situation"]
        if row["parent_role"] in PARENTS and row["situation"]
    }
    relations = {
        row["relation"] for row in facts["guardianship"] if row["is_guardian"] is not False and row["capacity"] in ("监护人", "家庭成员")
    }
    mode = enrolled["attendance_mode"] if enrolled else None
    return Situation(
        on=on,
        born=(person["born_from"], person["born_to"]) if person and person["born_to"] else None,
        delivered=delivered,
        grade=(enrolled["grade"] if enrolled["grade"] is not None else 1) if enrolled else None,
        boards=None if mode is None else mode == "住校",
        school_disability=None if enrolled is None or enrolled["disability"] is None else enrolled["disability"] != "无残疾",
        certified=bool(certificates),
        certificate_level=(certificates[0]["level"] or "") if certificates else None,
        standings=frozenset(row["programme"] for row in standings if row["programme"]),
        rural_allowance=("农村低保" in allowances) if allowances and None not in allowances and allowances != {"低保"} else None,
        lifted=any(kind.startswith(LIFTED) for kind in poverty if kind) or (None if None in poverty else False),
        paid=frozenset(row["programme"] for row in facts["payment"] if _paid(row, on))
        | frozenset(["F11"] if enrolled and enrolled["boarder_aid"] else []),
        parent_cares=bool(relations & {"父亲", "母亲"}) if relations else None,
        basis=tuple(
            Basis(SHOWN[noun](row), row["source"], row["record"], _lower(row))
            for noun in ("enrolment", "certificate", "assistance")
            for row in facts[noun]
        ),
        **parents,
    )


def _paid(row: Any, on: date) -> bool:
    """Whether a payment still speaks for the day: within two payment periods of it (E.10), or of the school year of its term."""
    if not row["programme"] or (row["state"] or "成功") != "成功":
        return False
    days = TERMLY_DAYS if row["programme"] in TERMLY else MONTHLY_DAYS
    year = SCHOOL_YEAR.search(row["period"] or "")
    told = max(filter(None, [row["paid_on"], date(int(year[1]) + 1, 8, 31) if year else None]), default=_lower(row))
    return told is None or told >= on - timedelta(days=days)


def disagreements(facts: dict[str, list[Any]]) -> tuple[str, ...]:
    """Where departments say different things of the child; for a person to look at, nothing is decided here."""
    found = []
    if facts["certificate"] and any((row["disability"] or "无残疾") == "无残疾" for row in facts["enrolment"] if row["disability"]):
        found.append("残联持证，学籍登记为无残疾 · certified by the federation, not disabled on the school register")
    if any(row["out_of_school"] for row in facts["schooling_statement"]) and any(
        (row["state"] or "在读") not in INACTIVE for row in facts["enrolment"]
    ):
        found.append("其他部门称失学，学籍在读 · said to be out of school, active on the register")
    if not facts["enrolment"] and any(row["assured"] for row in facts["schooling_statement"]):
        found.append("称义务教育有保障，无学籍 · said to be assured, on no register")
    schools = {row["school"] for row in facts["enrolment"] if (row["state"] or "在读") not in INACTIVE and row["school"]}
    if len(schools) > 1:
        found.append("两所学校同时在籍 · active on two registers")
    return tuple(found)


async def household_members(rows: Rows, division: int, household: int, *, known: int | None = None) -> list[Any]:
    """The people whose register or living household this is."""
    return list(
        await rows(
            _select(
                "person_resolved", division, known, lambda t: (t.c.register_household == household) | (t.c.living_household == household)
            ).order_by("birth_date", "id")
        )
    )


async def _by_person(rows: Rows, noun: str, division: int, persons: Sequence[int], on: date, known: int | None) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    statement = _select(noun, division, known, lambda t: t.c.person.in_(persons) & t.c.valid.contains(on)).order_by("source", "id")
    for row in await rows(statement):
        found[row["person"]].append(row)
    return found


async def _delivered(rows: Rows, division: int, known: int | None) -> frozenset[str]:
    d = tables.delivery
    statement = select(d.c.source).where(d.c.division == division, d.c.state == "PUBLISHED").distinct()
    return frozenset(row["source"] for row in await rows(statement if known is None else statement.where(d.c.publication <= known)))


def _select(table: str, division: int, known: int | None, condition: Callable[[Any], Any]) -> Select[Any]:
    source = as_known(table, known)
    return select(source).where(source.c.division == division, condition(source))


def _lower(row: Any) -> date | None:
    lower: date | None = row["valid"].lower
    return lower


def _say(*words: object) -> str:
    return " ".join(str(word) for word in words if word is not None)

"""Plans: a child's facts from all sources side by side, what is given, and what each programme says; a household's plan is its children's.

Loading takes a fixed number of statements however many children there are.
"""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from hub.casework.departure import departure, registered, reported_dead
from hub.casework.waiting import waiting_rows
from hub.domain.values.person_name import compare_form
from hub.rules.programmes import CANNOT_CARE, GONE, LISTS, PROGRAMMES, Basis, Judgement, Programme, Situation
from hub.storage import tables
from hub.storage.history import as_known

Rows = Callable[[Select[Any]], Awaitable[Sequence[Any]]]
INACTIVE = frozenset({"退学", "停学", "流失", "毕业", "结业", "肄业", "转学(转出)", "死亡", "开除", "下落不明"})
LIFTED = ("脱贫", "建档立卡", "一般贫困户", "低保贫困户", "五保贫困户")  # kinds of a household once on the poverty register (domain B.12)
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
    notices: tuple[str, ...]
    answers: tuple[ProgrammeAnswer, ...]


async def child_plans(rows: Rows, division: int, persons: Sequence[int], *, on: date, known: int | None = None) -> list[Plan]:
    """The plans of some children, in their order. ``rows`` runs a statement and gives its rows as mappings."""
    told = {noun: await _by_person(rows, noun, division, persons, on, known) for noun in SHOWN}
    people = {row["id"]: row for row in await rows(_select("person_resolved", division, known, lambda t: t.c.id.in_(persons)))}
    mentions = await _mentions(rows, division, persons, known)
    for person, row in people.items():  # whoever may not read mentions is told by the values chosen from them
        mentions[person].append(
            {**row, "name_key": compare_form(row["name"]) if row["name"] else None, "certificate_number_blind": None}
        )
    delivered = await _delivered(rows, division, on, known)
    waiting = await waiting_rows(rows, division, delivered, known)
    waiting.of_others(await _holders(rows, division, waiting.numbers_of(mentions), known))
    plans = []
    for person in persons:
        facts = {noun: found.get(person, []) for noun, found in told.items()}
        named = mentions.get(person, [])
        situation = situation_of(people.get(person), facts, delivered, on, mentions=named, waiting=waiting.that_may_name(person, named))
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
                disagreements(facts, on),
                waiting.notices,
                answers,
            )
        )
    return plans


def situation_of(
    person: Any,
    facts: dict[str, list[Any]],
    delivered: dict[str, date],
    on: date,
    *,
    mentions: Sequence[Any] = (),
    waiting: frozenset[str] = frozenset(),
) -> Situation:
    """What the programmes need to know, from the facts valid on the day."""
    active = [row for row in facts["enrolment"] if (row["state"] or "在读") not in INACTIVE]
    enrolled = min(active, key=lambda row: row["grade"] is None) if active else None
    certificates = [
        row
        for row in facts["certificate"]
        if (row["state"] or "正常") == "正常" and (row["valid_until"] is None or row["valid_until"] >= on)
    ]
    standings = [row for row in facts["assistance"] if (row["state"] or "在保") == "在保" and row["covered"] is not False]
    allowances = {row["kind"] for row in standings if row["programme"] == "F01"}
    poverty = {row["kind"] for row in standings if row["programme"] == "POV"}
    relations = {
        row["relation"] for row in facts["guardianship"] if row["is_guardian"] is not False and row["capacity"] in ("监护人", "家庭成员")
    }
    mode = enrolled["attendance_mode"] if enrolled else None
    stands = frozenset(row["programme"] for row in standings if row["programme"])
    return Situation(
        on=on,
        born=(person["born_from"], person["born_to"]) if person and person["born_to"] else None,
        delivered=delivered,
        waiting=waiting,
        gone=departure(facts, mentions, on, stands),
        grade=enrolled["grade"] if enrolled else None,
        grade_blank=enrolled is not None and enrolled["grade"] is None,
        vocational=bool(facts["vocational_enrolment"]),
        boards=None if mode is None else mode == "住校",
        school_disability=None if enrolled is None or enrolled["disability"] is None else enrolled["disability"] != "无残疾",
        certified=bool(certificates),
        certificate_level=(certificates[0]["level"] or "") if certificates else None,
        standings=stands,
        rural_allowance=("农村低保" in allowances) if allowances and None not in allowances and allowances != {"低保"} else None,
        lifted=any(kind.startswith(LIFTED) for kind in poverty if kind) or (None if None in poverty else False),
        paid=frozenset(row["programme"] for row in facts["payment"] if _paid(row, on))
        | frozenset(["F11"] if enrolled and enrolled["boarder_aid"] else []),
        father=_agreed(facts, "父亲"),
        mother=_agreed(facts, "母亲"),
        parent_cares=bool(relations & {"父亲", "母亲"}) if relations else None,
        basis=tuple(
            Basis(SHOWN[noun](row), row["source"], row["record"], _lower(row))
            for noun in ("enrolment", "certificate", "assistance")
            for row in facts[noun]
        ),
    )


def _agreed(facts: dict[str, list[Any]], role: str) -> str | None:
    """A parent's situation, where those who tell it mean the same for the programmes; else it is not known."""
    told = [row["situation"] for row in facts["parent_situation"] if row["parent_role"] == role and row["situation"]]
    meanings = {(situation in GONE, situation in CANNOT_CARE) for situation in told}
    return told[0] if len(meanings) == 1 else None


def _paid(row: Any, on: date) -> bool:
    """Whether a payment still speaks for the day: within two payment periods of it (E.10), or of the school year of its term."""
    if not row["programme"] or (row["state"] or "成功") != "成功":
        return False
    days = TERMLY_DAYS if row["programme"] in TERMLY else MONTHLY_DAYS
    year = SCHOOL_YEAR.search(row["period"] or "")
    told = max(filter(None, [row["paid_on"], date(int(year[1]) + 1, 8, 31) if year else None]), default=_lower(row))
    return told is None or told >= on - timedelta(days=days)


def disagreements(facts: dict[str, list[Any]], on: date) -> tuple[str, ...]:
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
    if reported_dead(facts) and registered(facts, on):
        found.append("残联或学校称已死亡，户籍在册 · said to have died by federation or school, on the household register")
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


async def _delivered(rows: Rows, division: int, on: date, known: int | None) -> dict[str, date]:
    """The lists that programmes look in and that have come by the day, with the latest date each speaks for."""
    d = tables.delivery
    statement = (
        select(d.c.source, func.max(d.c.as_of).label("as_of"))
        .where(d.c.division == division, d.c.state == "PUBLISHED", d.c.source.in_(LISTS), d.c.as_of <= on)
        .group_by(d.c.source)
    )
    found = await rows(statement if known is None else statement.where(d.c.publication <= known))
    return {row["source"]: row["as_of"] for row in found}


async def _mentions(rows: Rows, division: int, persons: Sequence[int], known: int | None) -> dict[int, list[Any]]:
    """Person -> how the lists name that person."""
    i, m = as_known("identity", known, alias="i"), as_known("mention", known, alias="m")
    same = (i.c.division == m.c.division) & (i.c.id == m.c.id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in await rows(
        select(i.c.person, m.c.name_key, m.c.number_blind, m.c.certificate_number_blind, m.c.birth_date, m.c.deceased_on, m.c.source)
        .select_from(i.join(m, same))
        .where(i.c.division == division, i.c.person.in_(persons))
        .order_by(m.c.source, m.c.id)
    ):
        found[row["person"]].append(row)
    return found


async def _holders(rows: Rows, division: int, numbers: frozenset[bytes], known: int | None) -> dict[bytes, int]:
    """Number -> whose it is."""
    found = await rows(_select("person_resolved", division, known, lambda t: t.c.number_blind.in_(numbers)))
    return {row["number_blind"]: row["id"] for row in found}


def _select(table: str, division: int, known: int | None, condition: Callable[[Any], Any]) -> Select[Any]:
    source = as_known(table, known)
    return select(source).where(source.c.division == division, condition(source))


def _lower(row: Any) -> date | None:
    lower: date | None = row["valid"].lower
    return lower


def _say(*words: object) -> str:
    return " ".join(str(word) for word in words if word is not None)

"""Plans: a child's facts from all sources side by side, what is given, and what each programme says; a household's plan is its children's.

Loading takes a fixed number of statements however many children there are.
"""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import FromClause, Select, select

from hub.casework.departure import care_ended, departure, registered, reported_dead, welfare_deaths
from hub.casework.plan_inputs import (
    FACT_COLUMNS,
    MENTION_COLUMNS,
    Lists,
    Sight,
    Told,
    counted,
    delivered,
    everything,
    gives,
    held,
    holders,
    waiting,
)
from hub.casework.waiting import Waiting
from hub.domain.support import PROGRAMMES as PROGRAMME_CODES
from hub.domain.values.dates import PartialDate, read_date
from hub.domain.values.person_name import compare_form
from hub.rules.programmes import CANNOT_CARE, GONE, PAYMENT_LISTS, PROGRAMMES, SHORT, Basis, Judgement, Programme, Situation
from hub.storage.history import as_known

Rows = Callable[[Select[Any]], Awaitable[Sequence[Any]]]
ACTIVE = frozenset({"在读", "复学", "休学", "公派出国"})
INACTIVE = frozenset({"退学", "停学", "流失", "毕业", "结业", "肄业", "转学(转出)", "死亡", "开除", "下落不明"})
#: Kinds of a household lifted out of poverty, and of one that is only watched (domain B.12), a number or code before them.
LIFTED = re.compile(r"[^一-鿿]*((已|稳定|一般|低保|五保|特困)?脱贫|建档立卡|(一般|低保|五保)贫困户)")
WATCHED = re.compile(r"[^一-鿿]*(边缘易致贫|突发严重困难)")
PARENTS = ("父亲", "母亲")
PARENT_OR_STEP = frozenset({*PARENTS, "父母", "继父或养父", "继母或养母"})
#: Situations that count only from a term of six months, and one that counts when it has lasted so long (民政部 2019, domain B.5).
HALF_A_YEAR = frozenset({"服刑在押", "强制隔离戒毒", "被执行其他限制人身自由的措施"})
OUT_OF_REACH = "失联"
MARTYRS = "烈士或优抚子女"
TERMLY, TERMLY_DAYS, MONTHLY_DAYS = frozenset({"F10", "F11", "F12"}), 366, 62
PAID, RETURNED = "成功", "退回"
UNREAD = "状态不明"
SCHOOL_YEAR, MONTH = re.compile(r"(20\d\d)-20\d\d"), re.compile(r"(20\d\d)-(\d\d)")
#: Nouns whose facts a plan shows, with what each row says in a few words.
SHOWN: dict[str, Callable[[Any], str]] = {
    "enrolment": lambda r: _say("学籍", r["state"], f"{r['grade']}年级" if r["grade"] is not None else None, r["attendance_mode"]),
    "certificate": lambda r: _say("残疾人证", r["category"], r["level"], r["state"]),
    "assistance": lambda r: _say(r["programme"], r["kind"], r["state"]),
    "payment": lambda r: _say("发放", r["programme"], r["amount"], r["paid_on"], r["state"]),
    "parent_situation": lambda r: _say("父母情形", r["parent_role"], r["situation"]),
    "guardianship": lambda r: _say("监护", r["relation"], r["capacity"]),
    "schooling_statement": lambda r: _say("就学陈述", r["status"], r["reason"], r["hardship"]),
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


async def child_plans(
    rows: Rows,
    division: int,
    persons: Sequence[int],
    *,
    on: date,
    known: int | None = None,
    seen: Callable[[str, FromClause], FromClause] = everything,
    closed: frozenset[str] = frozenset(),
) -> list[Plan]:
    """The plans of some children, in their order. ``rows`` runs a statement and gives its rows as mappings; ``seen`` is what of a table whoever
    asks may see, ``closed`` the lists that are closed to them."""
    sight = Sight(division, on, known, seen, closed)
    facts = {noun: await _by_person(rows, sight, noun, persons) for noun in FACT_COLUMNS}
    p = sight.table("person_resolved")
    people = {row["id"]: row for row in await rows(select(p).where(p.c.division == division, p.c.id.in_(persons)))}
    mentions = await _mentions(rows, sight, persons)
    told = [Told(people.get(person), {noun: found.get(person, []) for noun, found in facts.items()}, mentions.get(person, [])) for person in persons]
    lists = await _lists(rows, sight, on, told)
    return [plan_of(person, one, lists) for person, one in zip(persons, told, strict=True)]


def plan_of(person: int, told: Told, lists: Lists) -> Plan:
    """The plan of one child, from what sources tell of it and what the lists say."""
    named, on = naming(told), lists.on
    waits = lists.waiting.that_may_name(person, named)
    situation = situation_of(told.person, told.facts, lists.delivered, on, mentions=named, waiting=waits)
    situation = replace(situation, held=lists.held, parents_closed=lists.parents_closed)
    facts = tuple(
        ToldFact(noun, say(row), row["source"], _lower(row), row["record"], row["hash"]) for noun, say in SHOWN.items() for row in told.facts[noun]
    )
    answers = tuple(ProgrammeAnswer(p, p.judge(situation)) for p in PROGRAMMES if p.since <= on and (p.until is None or on <= p.until))
    return Plan(person, on, facts, disagreements(told.facts, on), lists.waiting.notices, answers)


def naming(told: Told) -> Sequence[Any]:
    """How the lists name a child; whoever may not read mentions is told by the values chosen from them."""
    if told.person is None:
        return told.mentions
    name = told.person["name"]
    return [*told.mentions, {**told.person, "name_key": compare_form(name) if name else None, "certificate_number_blind": None}]


def situation_of(
    person: Any,
    facts: Mapping[str, Sequence[Any]],
    delivered: Mapping[str, date],
    on: date,
    *,
    mentions: Sequence[Any] = (),
    waiting: frozenset[str] = frozenset(),
) -> Situation:
    """What the programmes need to know, from the facts valid on the day."""
    active = _active(facts)
    enrolled = min(active, key=lambda row: row["grade"] is None) if active else None
    lasting = [row for row in facts["certificate"] if row["valid_until"] is None or row["valid_until"] >= on]
    certificates = [row for row in lasting if (row["state"] or "正常") == "正常"]
    listed = [row for row in facts["assistance"] if row["covered"] is not False]
    standings = [row for row in listed if (row["state"] or "在保") == "在保"]
    allowances = {row["kind"] for row in standings if row["programme"] == "F01"}
    poverty = {row["kind"] for row in standings if row["programme"] == "POV"}
    relations = {
        row["relation"] for row in facts["guardianship"] if row["is_guardian"] is not False and row["capacity"] in ("监护人", "家庭成员")
    }
    mode = enrolled["attendance_mode"] if enrolled else None
    stands = frozenset(row["programme"] for row in standings if row["programme"])
    return Situation(
        on=on,
        born=(person["born_from"], person["born_to"]) if person and person["born_from"] and person["born_to"] else None,
        delivered=delivered,
        waiting=waiting,
        gone=departure(facts, mentions, on, stands),
        grade=enrolled["grade"] if enrolled else None,
        grade_blank=enrolled is not None and enrolled["grade"] is None,
        place_unclear=any(_unclear(row) for row in facts["enrolment"]),
        vocational=bool(facts["vocational_enrolment"]),
        boards=None if mode is None else mode == "住校",
        hardships=frozenset(_hardships(facts, enrolled)),
        may_descend_from_martyrs=any(row["hardship"] == MARTYRS for row in facts["schooling_statement"]),
        school_disability=None if enrolled is None or enrolled["disability"] is None else enrolled["disability"] != "无残疾",
        certified=bool(certificates),
        perhaps_certified=any(row["state"] == UNREAD for row in lasting) and not certificates,
        certificate_level=(certificates[0]["level"] or "") if certificates else None,
        standings=stands,
        perhaps_standing=frozenset(row["programme"] for row in listed if row["state"] == UNREAD and row["programme"]) - stands,
        rural_allowance=("农村低保" in allowances) if allowances and None not in allowances and allowances != {"低保"} else None,
        lifted=_lifted(poverty),
        paid=frozenset(row["programme"] for row in facts["payment"] if _paid(row, on))
        | frozenset(["F11"] if enrolled and enrolled["boarder_aid"] else []),
        paid_by=frozenset((row["programme"], row["source"]) for row in facts["payment"] if _made(row)),
        perhaps_paid=frozenset(code for row in facts["payment"] for code in _perhaps_paid(row, on)),
        father=_agreed(facts, "父亲", on),
        mother=_agreed(facts, "母亲", on),
        care_ended=care_ended(facts),
        parent_cares=bool(relations & {*PARENTS}) if relations and not _against_a_parent(facts) else None,
        basis=tuple(
            Basis(SHOWN[noun](row), row["source"], row["record"], _lower(row))
            for noun in ("enrolment", "certificate", "assistance")
            for row in facts[noun]
        ),
    )


def _lifted(kinds: set[str | None]) -> bool | None:
    """Whether a household was lifted out of poverty, by how its kind is told; a word that is no kind says nothing."""
    if any(LIFTED.match(kind) for kind in kinds if kind):
        return True
    return False if all(kind and WATCHED.match(kind) for kind in kinds) else None


def _active(facts: Mapping[str, Sequence[Any]]) -> list[Any]:
    """Places of which it is known that the pupil is there; a blank state is the usual one."""
    return [row for row in facts["enrolment"] if (row["state"] or "在读") in ACTIVE]


def _unclear(row: Any) -> bool:
    """Whether a place in compulsory school tells neither that the pupil is there nor that it is over."""
    state = row["state"] or "在读"
    return state not in ACTIVE | INACTIVE and (row["grade"] is None or 1 <= row["grade"] <= 9)


def _agreed(facts: Mapping[str, Sequence[Any]], role: str, on: date) -> str | None:
    """A parent's situation, where those who tell it mean the same for the programmes; else it is not known.

    Whoever has died by the household register or any date of death is dead, where nobody else is named as that parent."""
    told = [_situation(row, on) for row in facts["parent_situation"] if row["parent_role"] == role and row["situation"]]
    kin = [row["died"] for row in facts["kinship"] if row["relation"] == role]
    told += ["死亡"] if kin and all(kin) else []
    meanings = {(situation in GONE, situation in CANNOT_CARE) for situation in told}
    return told[0] if len(meanings) == 1 else None


def _situation(row: Any, on: date) -> str:
    """A situation that counts only from six months on, and goes for less as its dates say, is a short one: the dates of the sentence, or
    where civil affairs tells it those of the row. Nobody says how long a parent will be out of reach, so that counts from six months back."""
    situation = str(row["situation"])
    began, ends = row["sentence_from"], row["sentence_to"] and _day(row["sentence_to"], last=True)
    if not row["source"].startswith("justice."):
        began, ends = row["told_from"], row["told_until"] and _day(row["told_until"]) - timedelta(days=1)
    if not began:
        return situation
    half = _half_a_year_after(_day(began))
    short = (situation in HALF_A_YEAR and ends and ends < half - timedelta(days=1)) or (situation == OUT_OF_REACH and on < half)
    return SHORT if short else situation


def _day(told: str, *, last: bool = False) -> date:
    """The first or last day that a date as it is kept can mean."""
    meant = read_date(told, date.max)
    assert isinstance(meant, PartialDate)
    return meant.latest() if last else meant.earliest()


def _half_a_year_after(day: date) -> date:
    year, month = day.year + (day.month > 6), (day.month + 5) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _against_a_parent(facts: Mapping[str, Sequence[Any]]) -> bool:
    """Whether a parent has died or is in some situation, so that being named as guardian says less than that."""
    told = any((row["situation"] or "正常") != "正常" for row in facts["parent_situation"])
    return told or any(row["died"] for row in facts["kinship"] if row["relation"] in PARENTS)


def _hardships(facts: Mapping[str, Sequence[Any]], enrolled: Any) -> Iterator[str]:
    """Kinds of hardship (C.15) that no standing and no certificate of the child's own tells."""
    if any(row["certified"] for row in facts["kinship"] if row["relation"] in PARENT_OR_STEP):
        yield "残疾人子女"
    if enrolled and enrolled["orphan"]:
        yield "孤儿"


def _paid(row: Any, on: date) -> bool:
    """Whether a payment that was made still speaks for the day."""
    return _made(row) and _speaks(row, on)


def _made(row: Any) -> bool:
    """Whether something was paid for a programme."""
    return row["programme"] in PROGRAMME_CODES and (row["state"] or PAID) == PAID and gives(row)


def _perhaps_paid(row: Any, on: date) -> frozenset[str]:
    """What a payment may have been for whose programme nobody can read, or of which it is not told that it arrived or came back."""
    state = row["state"] or PAID
    if state == RETURNED or not gives(row) or not _speaks(row, on):
        return frozenset()
    if row["programme"] in PROGRAMME_CODES:
        return frozenset() if state == PAID else frozenset({row["programme"]})
    of_list = frozenset(code for code, lists in PAYMENT_LISTS.items() if row["source"] in lists)
    return of_list or frozenset(PAYMENT_LISTS)


def _speaks(row: Any, on: date) -> bool:
    """Within two payment periods (E.10) of the end of what it was paid for, or of the day of payment. A monthly programme goes by its month
    where that is told, whenever it was paid, then by the day; another by the later of the day and the end of its month or school year.
    A programme that cannot be read has the longer periods."""
    monthly = row["programme"] in PROGRAMME_CODES and row["programme"] not in TERMLY
    told = [row["paid_on"]] if row["paid_on"] else []
    if month := MONTH.fullmatch(row["period"] or ""):
        of_month = date(int(month[1]), int(month[2]), monthrange(int(month[1]), int(month[2]))[1])
        told = [of_month] if monthly else [*told, of_month]
    elif (year := SCHOOL_YEAR.search(row["period"] or "")) and not (monthly and told):
        told.append(date(int(year[1]) + 1, 8, 31))
    last = max(told, default=_lower(row))
    return last is None or last >= on - timedelta(days=MONTHLY_DAYS if monthly else TERMLY_DAYS)


def disagreements(facts: Mapping[str, Sequence[Any]], on: date) -> tuple[str, ...]:
    """Where departments say different things of the child; for a person to look at, nothing is decided here."""
    found = []
    if facts["certificate"] and any((row["disability"] or "无残疾") == "无残疾" for row in facts["enrolment"] if row["disability"]):
        found.append("残联持证，学籍登记为无残疾 · certified by the federation, not disabled on the school register")
    active = _active(facts)
    if active and any(row["out_of_school"] for row in facts["schooling_statement"]):
        found.append("其他部门称失学，学籍在读 · said to be out of school, active on the register")
    if not facts["enrolment"] and any(row["assured"] for row in facts["schooling_statement"]):
        found.append("称义务教育有保障，无学籍 · said to be assured, on no register")
    if reported_dead(facts) and registered(facts, on):
        found.append("残联或学校称已死亡，户籍在册 · said to have died by federation or school, on the household register")
    if welfare_deaths(facts) and registered(facts, on):
        found.append("民政称已死亡，户籍在册 · said to have died by civil affairs, on the household register")
    schools = {row["school"] for row in active if row["school"]}
    if len(schools) > 1:
        found.append("两所学校同时在籍 · active on two registers")
    return tuple(found)


async def household_members(
    rows: Rows, division: int, household: int, *, known: int | None = None, seen: Callable[[str, FromClause], FromClause] = everything
) -> list[Any]:
    """The people whose register or living household this is."""
    p = seen("person_resolved", as_known("person_resolved", known)).alias()
    lives = (p.c.register_household == household) | (p.c.living_household == household)
    return list(await rows(select(p).where(p.c.division == division, lives).order_by(p.c.birth_date, p.c.id)))


async def _by_person(rows: Rows, sight: Sight, noun: str, persons: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    told, there = sight.facts(noun)
    asked = select(told.c.person, *sight.told(noun, told)).where(there, told.c.person.in_(persons))
    for row in await rows(asked.order_by(told.c.source, told.c.id)):
        found[row["person"]].append(row)
    return found


async def _mentions(rows: Rows, sight: Sight, persons: Sequence[int]) -> dict[int, list[Any]]:
    """Person -> how the lists name that person."""
    i, m, same = sight.mentions()
    found: dict[int, list[Any]] = defaultdict(list)
    columns = [m.c[name] for name in MENTION_COLUMNS]
    for row in await rows(select(i.c.person, *columns).select_from(i.join(m, same)).where(i.c.person.in_(persons)).order_by(m.c.source, m.c.id)):
        found[row["person"]].append(row)
    return found


async def _lists(rows: Rows, sight: Sight, on: date, told: Sequence[Told]) -> Lists:
    """What the lists say, as far as these children are concerned."""
    come = {row["source"]: row["as_of"] for row in await rows(delivered(sight))}
    read = await rows(waiting(sight))
    waits = Waiting.of(read, {row["source"]: row["n"] for row in await rows(counted(sight))})
    numbers = waits.numbers_of([naming(one) for one in told])
    whose = {row["number_blind"]: row["id"] for row in await rows(holders(sight, numbers))}
    return Lists(on, come, waits.held_by(whose), sight.parents_closed, frozenset(row["source"] for row in await rows(held(sight))))


def _lower(row: Any) -> date | None:
    lower: date | None = row["valid"].lower
    return lower


def _say(*words: object) -> str:
    return " ".join(str(word) for word in words if word is not None)

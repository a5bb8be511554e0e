"""Random rows for every table that the graph reads: on both time axes, with texts that are hard to write as JSON."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, LargeBinary, Numeric, Table
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, INT8RANGE, JSONB

from hub.domain.values.division import COUNTY, TOWNSHIPS
from hub.identity.deciding import BY_HARM
from hub.query.cursors import global_id
from hub.rules import RULES
from hub.rules.indicators import INDICATORS
from hub.storage import tables
from schema.person import ASSERTED
from tests.flow import DIVISION

PUBLICATIONS = 6
TODAY = date(2026, 11, 24)
SOURCES = ("education.student_register", "civil_affairs.allowance", "disabled_persons.certificates", "disabled_persons.certificate", "finance.aid_payment")
TEXTS = ("王小明", "a\"b\\c", "行\n\t列", "\x01\x1f\x7f", "𠮷😀", "", "</script>", "在读", "正常", "在保", "停保", "退学", "F01", "F02", "服刑在押", "男性", "女性")
TOWNS = (*list(TOWNSHIPS)[:3], COUNTY, "999999999")
PEOPLE, HOUSEHOLDS, SCHOOLS, RECORDS, DELIVERIES, MENTIONS, FINDINGS = (range(1, n + 1) for n in (14, 5, 4, 30, 6, 30, 12))
PERSON = DIVISION * 10_000_000_000
NUMBERS = tuple(bytes((n, 0, 255, n)) for n in range(1, 10))  # blind indexes that people, mentions and rows in quarantine share
READ = ("delivery", "record", "household", "school", "person_id", "conclusion", "person_resolved", "mention", "identity", "finding", "register_entry", *tables.FACTS, "link_review", "link_verdict", "access_request", "correction", "inspection_round", "round_row", "round_result", "round_signature", "identity_event", "quarantine", "finding_event", "frozen_indicator")
KEYS = {"person_resolved": PEOPLE, "mention": MENTIONS, "identity": MENTIONS, "finding": FINDINGS, "household": HOUSEHOLDS, "school": SCHOOLS, "delivery": DELIVERIES}
FIXED: dict[str, Sequence[Any]] = {
    "source": SOURCES,
    "township": (*TOWNS, None),
    "hukou_township": TOWNS,
    "record": RECORDS,
    "delivery": DELIVERIES,
    "mention": MENTIONS,
    "finding": FINDINGS,
    "rule": (*(rule.name for rule in RULES), "no_such_rule"),
    "reveals": ("", "", "", "custody"),
    "owner": ("SCHOOL", "CASE", ""),
    "status": ("待核查", "销号", "属实"),
    "hash": (1, 2, -3),
    "role": ("主体", "监护人1"),
    "state": ("PUBLISHED", "HELD", "在读", "退学", "正常", "在保", None),
    "publication": range(1, PUBLICATIONS + 1),
    "deceased_on": (*[None] * 12, date(2026, 3, 1)),
    "number_blind": NUMBERS,
    "certificate_number_blind": NUMBERS,
    "pinyin": ("wang", "li", "WANG", "", None),
    "grade": (0, 1, 9, None),
    "birth_date": (None, *(date(y, m, d) for y in (1980, 2008, 2010, 2016, 2020) for m, d in ((2, 28), (11, 24), (11, 25)))),
}


def payload(chance: random.Random) -> dict[str, Any]:
    """A row's cells, a sealed one among them."""
    return {chance.choice(TEXTS): chance.choice((*TEXTS, None, 3, 1.5)), "身份证号": {"mask": "2102**"}, "数": chance.choice((1, "x", {"mask": None}))}


def waiting(chance: random.Random) -> dict[str, Any]:
    """The cells of a row in quarantine: perhaps a name, a birth date, numbers of its own and of somebody else."""
    cells = {
        "姓名": chance.choice((*TEXTS, "王小□", "王小明", "女性")),
        "出生日期": chance.choice(("2016-02-28", "201611", "x", "")),
        "身份证号": {"mask": "2102**", "blind": chance.choice(NUMBERS).hex()},
        "监护人身份证号": {"mask": None, "blind": chance.choice(NUMBERS).hex()},
        "数": chance.choice((1, "x", None)),
    }
    return {name: cell for name, cell in cells.items() if chance.random() < 0.6}


def json_of(name: str, table: str, chance: random.Random) -> Any:
    """A JSON column of the shape that the hub writes."""
    match name:
        case "payload" if table == "quarantine":
            return waiting(chance)
        case "payload":
            return chance.choice((payload(chance), {}))
        case "reasons" if table == "delivery":
            return [chance.choice(TEXTS) for _ in range(chance.randrange(3))]
        case "notices":
            return [chance.choice(TEXTS) for _ in range(chance.randrange(2))]
        case "reasons":
            return [[chance.choice(TEXTS), chance.choice((1.5, -2, 0.125, 3))] for _ in range(chance.randrange(3))]
        case "chosen":
            return {field: str(chance.choice(MENTIONS)) for field in ASSERTED if chance.random() < 0.5}
        case "evidence":
            sides = [
                {"department": "教育", "source": chance.choice(SOURCES), "says": chance.choice(TEXTS), "fact": "enrolment", "as_of": chance.choice(("2026-09-30", None)), "tier": chance.choice(("NUMBER", None)),
                 "record": str(chance.choice(RECORDS)), "hash": str(chance.choice((1, 2, -3)))}
                for _ in range(chance.randrange(3))
            ]
            return {"sides": sides, "looked_in": [{"source": chance.choice(SOURCES), "as_of": "2026-10-01"} for _ in range(chance.randrange(3))]}
    return []


def value(column: Any, table: str, chance: random.Random) -> Any:
    """A value of a column."""
    name, type_ = column.name, column.type
    if name in ("person", "current", "guardian", "relative", "parent", "head") and isinstance(type_, BigInteger):
        return chance.choice([PERSON + n for n in PEOPLE] + ([None] if column.nullable else []))
    if isinstance(type_, BigInteger) and name.endswith("household"):
        return chance.choice([*HOUSEHOLDS, 77, None])
    if isinstance(type_, BigInteger) and name.endswith("school"):
        return chance.choice([*SCHOOLS, None])
    if name in FIXED and any(isinstance(one, type_.python_type) for one in FIXED[name]):
        told = chance.choice(FIXED[name])
        return told if told is not None or column.nullable else "PUBLISHED"
    if isinstance(type_, JSONB):
        return json_of(name, table, chance)
    if column.nullable and chance.random() < 0.3:
        return None
    if isinstance(type_, ARRAY):
        return []
    if isinstance(type_, Boolean):
        return chance.random() < 0.5
    if isinstance(type_, Date):
        return TODAY + timedelta(days=chance.randrange(-900, 300))
    if isinstance(type_, DateTime):
        return datetime(2026, 10, 1, 8, 0, chance.randrange(60), chance.choice((0, 120000, 123456)), tzinfo=UTC)
    if isinstance(type_, LargeBinary):
        return chance.randbytes(4)
    if isinstance(type_, Numeric):
        return chance.choice((0, 1, 12.5, -3.125, 880))
    if isinstance(type_, (BigInteger, Integer)):
        return chance.randrange(1, 40)
    return chance.choice(TEXTS)


def periods(name: str, chance: random.Random) -> list[tuple[date | None, date | None]]:
    """One or two periods that do not overlap; people and findings have one, as the hub writes them."""
    if name in ("person_resolved", "identity", "link_review", "link_verdict"):
        return [(None, None)]
    if name in ("finding", "register_entry"):
        return [(TODAY - timedelta(days=chance.randrange(10, 400)), None)]
    begin = TODAY - timedelta(days=chance.randrange(10, 400))
    middle = begin + timedelta(days=chance.randrange(1, 300))
    return chance.choice(([(begin, None)], [(begin, middle)], [(begin, middle), (middle, None)], [(begin, None)]))


async def fill_at_random(connection: Any, chance: random.Random) -> None:
    """Rows for every table that the graph reads, current and history."""
    import asyncpg

    for no in range(1, PUBLICATIONS + 1):
        await connection.execute(
            "insert into publication (division, no, business_date, kind, by) values ($1, $2, $3, 'test', 'test')", DIVISION, no, TODAY - timedelta(days=30 * (PUBLICATIONS - no))
        )
    for name in READ:
        table = tables.metadata.tables[name]
        versions = [(table, False), (tables.TWO_AXES[name][1], True)] if name in tables.TWO_AXES else [(table, False)]
        for version, is_history in versions:
            rows = [row for key in KEYS.get(name, range(1, 31)) for row in _rows(version, name, key, chance, is_history)]
            columns = [c.name for c in version.c if c.computed is None]
            for row in rows:
                for column in version.c:
                    if isinstance(column.type, JSONB):
                        row[column.name] = orjson.dumps(row[column.name]).decode()
                    elif isinstance(column.type, (DATERANGE, INT8RANGE)):
                        row[column.name] = asyncpg.Range(*row[column.name])
            into, places = ", ".join(f'"{c}"' for c in columns), ", ".join(f"${i + 1}" for i in range(len(columns)))
            await connection.executemany(f"insert into {version.name} ({into}) values ({places})", [tuple(row[c] for c in columns) for row in rows])


async def fill_audit_at_random(connection: Any, chance: random.Random) -> None:
    """Entries of the audit about some people; their chain is not that of a real audit."""
    for no in range(1, 41):
        persons = sorted({PERSON + chance.choice(PEOPLE) for _ in range(chance.randrange(4))})
        entry = {name: chance.choice(TEXTS) for name in ("who", "department", "role", "purpose", "operation")} | {"fields": [chance.choice(TEXTS)] * chance.randrange(3)}
        told = orjson.dumps(entry | ({} if no % 5 else {"fields": None, "role": None})).decode()
        at = datetime(2026, 10, 1, 8, 0, no, chance.choice((0, 120000, 123456)), tzinfo=UTC)
        await connection.execute("insert into audit_entry (division, no, at, entry, persons, leaf, chain) values ($1, $2, $3, $4, $5, '', '')", DIVISION, no, at, told, persons)


def _rows(version: Table, name: str, key: int, chance: random.Random, is_history: bool) -> list[dict[str, Any]]:
    if "valid" not in version.c:
        row = {c.name: value(c, name, chance) for c in version.c} | {"division": DIVISION}
        if name == "quarantine":
            row |= {"row": key, "state": ("OPEN", "REPAIRED", "REPLAYED", "DROPPED")[key % 4], "source": SOURCES[row["delivery"] % len(SOURCES)]}
        if name == "delivery" and key % 3:  # the rows in quarantine are of these
            row |= {"source": SOURCES[key % len(SOURCES)], "state": "PUBLISHED", "as_of": TODAY - timedelta(days=10 * key), "publication": 1 + key % 3}
        if name == "access_request":
            row |= {"no": key, "asked_by": "demo:甲", "decided_by": (None, "demo:乙")[key % 2]}
        if name == "correction":
            row |= {"owner": ("education", "justice", "civil_affairs")[key % 3], "department": ("supervision", "education")[key % 2], "state": ("OPEN", "CORRECTED", "EXTENDED")[key % 3]}
        if name == "inspection_round":
            row |= {"rules": ["unenrolled_disabled"], "townships": chance.sample(TOWNS, key % 3), "departments": ["education", "justice"], "reveals": ["custody"] if key % 4 == 0 else []}
        if name == "round_signature":
            row |= {"round": key, "department": "education", "reveals": ["custody"] if key % 4 == 0 else []}
        if name in ("round_row", "round_result"):
            row |= {"round": 1 + key % 3, "row" if name == "round_result" else "place": 1 + key % 7}
        if name == "round_result":
            row |= {"by": "甲", "department": "education", "countersigned_by": None, "countersigned_for": (None, "justice")[key % 2]}
        if "id" in version.c:
            row["id"] = PERSON + 100 + key if name == "person_id" else key
        if name == "identity_event":
            row |= {"kind": ("MERGED", "SPLIT", "FORWARDED")[key % 3], "publication": 1 + key % PUBLICATIONS, "person": PERSON + chance.choice(PEOPLE), "other": PERSON + PEOPLE[key % len(PEOPLE)]}
        if name == "conclusion":
            row["finding"], row["publication"] = 1 + key % len(FINDINGS), 1 + key // len(FINDINGS)
        if name == "finding_event":
            row |= {"finding": 1 + key % len(FINDINGS), "publication": 1 + key // len(FINDINGS), "kind": ("NEW", "CHANGED", "CONTRADICTED", "OVERDUE")[key % 4]}
        if name == "frozen_indicator":
            told = INDICATORS[key % len(INDICATORS)]
            row |= {"publication": 1 + key % PUBLICATIONS, "name": told.name, "township": ("*", *TOWNS)[key % 4], "below": key % 5 * 13, "reveals": told.reveals}
        if name == "record":
            row["hash"] = (1, 2, -3)[key % 3]
        return [row]
    found = []
    for period in periods(name, chance):
        row = {c.name: value(c, name, chance) for c in version.c if c.name not in ("valid", "known", "known_from") and c.computed is None}
        changed = 1 + key % PUBLICATIONS  # before it the history holds, from it on the current row
        if is_history and changed == 1:
            continue
        if name in ("link_review", "link_verdict"):  # of few mentions, so that some pairs are decided
            pair = chance.sample(MENTIONS[:6], 2)
            row["mention"], row["other"] = sorted(pair) if name == "link_verdict" else pair
        if name == "link_review":
            row["kind"] = chance.choice((*BY_HARM, "SOMETHING"))
        if name in ("finding", "register_entry") and key % 2:  # of this school year, which indicators count
            row["school_year"] = TODAY.year
        if name == "cohort_count" and row["grade"] and key % 3:
            row["school_year"] = f"{TODAY.year - 10 + row['grade']}-"
        row |= {"division": DIVISION, "id": PERSON + key if name == "person_resolved" else key, "valid": period}
        row |= {"known": (max(1, changed - 3), changed)} if is_history else {"known_from": changed}
        found.append(row)
    return found


#: Ids of nodes by kind, a few of them of nobody.
IDS = {
    "Person": [global_id("Person", PERSON + n) for n in (*PEOPLE, 101, 999)],
    "Household": [global_id("Household", n) for n in (*HOUSEHOLDS, 77)],
    "School": [global_id("School", n) for n in SCHOOLS],
    "Finding": [global_id("Finding", n) for n in FINDINGS],
    "Delivery": [global_id("Delivery", n) for n in DELIVERIES],
    "Mention": [global_id("Mention", n) for n in MENTIONS],
    "LinkReview": [global_id("LinkReview", n) for n in range(1, 31)],
    "InspectionRound": [global_id("InspectionRound", n) for n in range(1, 31)],
    "RoundRow": [global_id("RoundRow", n) for n in range(1, 31)],
    "RoundResult": [global_id("RoundResult", n) for n in range(1, 31)],
    "RoundSignature": [global_id("RoundSignature", n) for n in range(1, 31)],
    "LinkVerdict": [global_id("LinkVerdict", n) for n in range(1, 31)],
    "Record": [global_id("Record", f"{n}/{(1, 2, -3)[n % 3]}") for n in RECORDS] + [global_id("Record", "1/9")],
    "Conclusion": [global_id("Conclusion", f"{1 + n % len(FINDINGS)}/{1 + n // len(FINDINGS)}") for n in range(1, 31)],
    **{name: [global_id(name, n) for n in range(1, 31)] for name in ("".join(w.capitalize() for w in noun.split("_")) for noun in tables.FACTS)},
}

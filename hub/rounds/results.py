"""Take answers to a round's rows: what stands at once, what a second department must countersign, what conflicts, who has signed.

An answer conflicts where the finding says something else than on the list, or where the row has another answer that waits: then it
stands only by a second department's countersignature, as do the conclusions that end a case without a school (A-68). Nothing that was
answered is overwritten or lost: a countersignature is a result of its own, and a refused answer stays as one.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import asyncpg
import orjson

from hub.casework.conclusions import ConclusionRefused, record_conclusion, refusal_of, unproved
from hub.domain.values.text import named
from hub.rounds.freezing import NotOpened, round_of
from hub.rules import RULES
from hub.steps.findings import CONCLUDED, OPEN
from hub.storage.history import known_at
from hub.storage.publishing import Publication

LEAD = "supervision"  # the department of who leads the joint team
TAKEN, WAITING, CONFLICT, REFUSED = "TAKEN", "WAITING", "CONFLICT", "REFUSED"
#: Codes of E.0.6 that end a case although the child is in no school here, or was found out of it: two departments say so, and one of them is whose fact it is.
COUNTERSIGNED: dict[str, str | None] = {
    "06": "education", "07": "public_security", "08": "public_security", "09": "public_security", "10": "education", "11": "education", "12": "education",
    "13": None, "14": "public_security", "16": "education", "17": "disabled_persons", "18": "justice", "99": None,
}  # fmt: skip
#: What a finding says that a conflict is told by: column -> the word for it.
SAYS = {"kind": "sub-list", "severity": "severity", "status": "status", "township": "township", "school": "school", "contradicted_on": "later data", "confidence": "link"}


class NotTaken(Exception):
    """An answer, countersignature or signature that is refused: which field, and what it needs."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True)
class Answer:
    """What a member of the team says of a row."""

    code: str
    note: str | None = None
    document: str | None = None


@dataclass(frozen=True)
class Taken:
    """What became of an answer: its result's id, the state, and why it is not TAKEN. ``again``: it was there already."""

    result: int
    state: str
    reason: str = ""
    again: bool = False


async def take(publication: Publication, *, round_no: int, finding: int, answer: Answer, by: str, department: str, twice: bool = False) -> Taken:
    """Take an answer to a row; the same once more changes nothing, unless its finding was opened again since. ``twice``: the same sheet holds another answer to it. NotTaken where it cannot be one."""
    connection, division = publication.connection, publication.division
    told = await _open(connection, division, round_no, department)
    row = await connection.fetchrow("select * from round_row where division = $1 and round = $2 and finding = $3", division, round_no, finding)
    if row is None:
        raise NotTaken("finding", "this finding is not on the round's list")
    answer = Answer(answer.code, _blank(answer.note), _blank(answer.document))
    refused = refusal_of(answer.code, by, department, answer.note, answer.document)
    if refused:
        raise NotTaken(refused.field, refused.reason)
    now = await connection.fetchrow("select * from finding where division = $1 and id = $2 for update", division, finding)
    refused = await unproved(publication, now, answer.code, answer.document) if now is not None else None
    if refused:
        raise NotTaken(refused.field, refused.reason)
    before = await connection.fetch("select * from round_result where division = $1 and row = $2 order by publication, id", division, row["id"])
    waiting = {one["id"] for one in await unsettled(connection, division, round_no)}
    for one in before:
        if (one["code"], one["note"], one["document"], one["department"]) != (answer.code, answer.note, answer.document, department) or one["settles"] is not None:
            continue
        if one["id"] in waiting or now is None or now["status"] != OPEN:  # a finding that is open again is answered again
            return Taken(one["id"], one["state"], one["reason"], again=True)
    state, reason = await _state(publication, told, row, now, before, answer, twice)
    if state == TAKEN:
        await _conclude(publication, finding, answer, by, department)
    return Taken(await _write(publication, row, state, reason, answer, by, department), state, reason)


async def countersign(publication: Publication, *, result: int, by: str, department: str) -> Taken:
    """A second department lets a waiting or conflicting answer stand. NotTaken where it may not, or somebody was quicker."""
    connection, division = publication.connection, publication.division
    one = await connection.fetchrow("select * from round_result where division = $1 and id = $2", division, result)
    if one is None:
        raise NotTaken("result", "there is no such answer")
    told = await _open(connection, division, one["round"], department)
    row = await connection.fetchrow("select * from round_row where division = $1 and id = $2", division, one["row"])
    await connection.execute("select from finding where division = $1 and id = $2 for update", division, row["finding"])
    if result not in {waiting["id"] for waiting in await unsettled(connection, division, one["round"])}:
        raise NotTaken("result", "this answer waits for nobody: it stands, was refused, another one of its row stands, or its finding was concluded elsewhere")
    if department == one["department"] or named(by) == named(one["by"]):
        raise NotTaken("by", f"somebody of another department than {one['department']} countersigns")
    owner = COUNTERSIGNED.get(one["code"])
    if owner and owner in told["departments"] and owner not in (department, one["department"]):
        raise NotTaken("department", f"{one['code']} is {owner}'s to say: that department answers or countersigns")
    answer = Answer(one["code"], one["note"], one["document"])
    await _conclude(publication, row["finding"], answer, one["by"], one["department"])
    id_ = await _write(publication, row, TAKEN, "", answer, one["by"], one["department"], countersigned=(by, department), settles=result)
    return Taken(id_, TAKEN)


async def sign(publication: Publication, *, round_no: int, by: str, department: str, unanswered: bool = False) -> tuple[str, ...]:
    """A department signs the round off; the departments that have yet to. Rows without an answer need ``unanswered``."""
    connection, division = publication.connection, publication.division
    told = await _open(connection, division, round_no, department)
    signatures = await connection.fetch("select department, by from round_signature where division = $1 and round = $2", division, round_no)
    signed = {row["department"] for row in signatures}
    if department in signed:
        raise NotTaken("department", f"{department} has signed already")
    if not named(by):
        raise NotTaken("by", "say who signs")
    for row in signatures:
        if named(row["by"]) == named(by):
            raise NotTaken("by", f"{row['by']} has signed for {row['department']}; somebody of {department} signs for it")
    waiting = await unsettled(connection, division, round_no)
    if waiting:
        raise NotTaken("round", f"{len(waiting)} answers wait for a countersignature; settle them first")
    missing = await connection.fetchval(
        """select count(*) from round_row r where division = $1 and round = $2
              and (not exists (select from round_result s where s.division = r.division and s.row = r.id and s.state = 'TAKEN')
                   or exists (select from finding f where f.division = r.division and f.id = r.finding and f.status = $3 and f.contradicted_on is null))""",
        division, round_no, OPEN,
    )  # fmt: skip
    if missing and not unanswered:
        raise NotTaken("unanswered", f"{missing} rows have no answer that stands; say that they are left open, or take their answers first")
    await connection.execute(
        'insert into round_signature (division, id, publication, round, department, by, "on", unanswered, reveals) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
        division, _id(f"signature/{round_no}/{department}"), publication.no, round_no, department, by, publication.business_date, missing, told["reveals"],
    )  # fmt: skip
    return tuple(one for one in told["departments"] if one not in signed | {department})


async def beside_a_round(publication: Publication, finding: int, code: str, department: str) -> ConclusionRefused | None:
    """Why a department cannot conclude a finding by itself; None where it can.

    A finding is concluded by its rule's owner, by a department whose list the rule compares, or by the team's lead. What needs a second
    department needs it outside a round too, and a round is where two departments sign. What was answered there is not told.
    """
    connection, division = publication.connection, publication.division
    now = await connection.fetchrow("select * from finding where division = $1 and id = $2 for update", division, finding)
    if now is None or now["status"] == CONCLUDED:
        return None  # the conclusion itself says so
    concluding = concluding_of(now["rule"])
    if department not in concluding:
        return ConclusionRefused("department", f"this finding is concluded by {', '.join(concluding)}")
    listed = await connection.fetch(
        """select r.*, i.known, i.departments from round_row r join inspection_round i on i.division = r.division and i.id = r.round
            where r.division = $1 and r.finding = $2
              and (select count(*) from round_signature s where s.division = r.division and s.round = r.round) < cardinality(i.departments)
            order by r.round""",
        division, finding,
    )  # fmt: skip
    for row in listed:
        before = await connection.fetch("select * from round_result where division = $1 and row = $2 order by publication, id", division, row["id"])
        state, reason = await _state(publication, row, row, now, before, Answer(code), False)
        if state in (WAITING, CONFLICT):
            why = reason if state == WAITING else "its row there waits for a countersignature or says something else by now"
            return ConclusionRefused("code", f"the finding is on the list of an open round, and {why}; answer its row there, and a second one of {', '.join(row['departments'])} countersigns")
    if code in COUNTERSIGNED:
        return ConclusionRefused("code", f"{code} needs a second department's countersignature: open a round with this finding, and answer its row there")
    return None


def concluding_of(rule: str) -> tuple[str, ...]:
    """The departments that may conclude a rule's findings by themselves: whose rule it is, whose lists it compares, and the team's lead."""
    told = {department for one in RULES if one.name == rule for department in (one.owner, *(need.source.partition(".")[0] for need in one.needs))}
    return tuple(sorted(told | {LEAD}))


async def unsettled(connection: asyncpg.Connection, division: int, round_no: int) -> list[Any]:
    """The answers that wait for a countersignature: none of their row has come to stand since, and their finding was not concluded elsewhere."""
    found: list[Any] = await connection.fetch(
        """select s.* from round_result s
             join round_row r on r.division = s.division and r.id = s.row
             join finding f on f.division = r.division and f.id = r.finding and f.status <> $3
            where s.division = $1 and s.round = $2 and s.state in ('WAITING', 'CONFLICT')
              and not exists (select from round_result t where t.division = s.division and t.row = s.row and t.state = 'TAKEN' and t.publication >= s.publication)
            order by s.publication, s.id""",
        division, round_no, CONCLUDED,
    )  # fmt: skip
    return found


async def _open(connection: asyncpg.Connection, division: int, no: int, department: str) -> Any:
    try:
        told = await round_of(connection, division, no)
    except NotOpened as missing:
        raise NotTaken("round", str(missing)) from None
    await connection.execute("select pg_advisory_xact_lock($1, $2)", division, no % 2**31)
    if department not in told["departments"]:
        raise NotTaken("department", f"{department} takes no part in this round; {', '.join(told['departments'])} do")
    signed = await connection.fetchval("select count(*) from round_signature where division = $1 and round = $2", division, no)
    if signed == len(told["departments"]):
        raise NotTaken("round", "the round is closed: all of its departments have signed")
    return told


async def _state(publication: Publication, told: Any, row: Any, now: Any, before: list[Any], answer: Answer, twice: bool) -> tuple[str, str]:
    if now is None or now["status"] == CONCLUDED:
        return REFUSED, f"concluded since the list was frozen{_how(now)}"
    if twice:
        return CONFLICT, "the same sheet holds two answers to this row"
    stood = [one["publication"] for one in before if one["state"] == TAKEN]
    waiting = [one for one in before if one["state"] in (WAITING, CONFLICT) and not any(no >= one["publication"] for no in stood)]
    if waiting:
        return CONFLICT, f"another answer waits: {waiting[-1]['code']} by {waiting[-1]['department']}"
    seen = max([told["known"], *stood])
    changed = await _changed(publication, row["finding"], now, seen)
    if changed:
        return CONFLICT, f"the finding says something else than the list: {', '.join(changed)}"
    if answer.code in COUNTERSIGNED:
        return WAITING, f"{answer.code} needs a second department's countersignature"
    return TAKEN, ""


async def _changed(publication: Publication, finding: int, now: Any, seen: int) -> list[str]:
    """What a finding says differently now than at a publication."""
    was = await publication.connection.fetchrow(f"select * from {known_at('finding')} f where id = $3", publication.division, seen, finding)
    told = [word for name, word in SAYS.items() if was is None or was[name] != now[name]]
    if was is not None and orjson.loads(was["evidence"])["sides"] != orjson.loads(now["evidence"])["sides"]:
        told.append("evidence")
    return told


async def _conclude(publication: Publication, finding: int, answer: Answer, by: str, department: str) -> None:
    told = await record_conclusion(publication, finding=finding, code=answer.code, by=by, department=department, note=answer.note, document=answer.document)
    if isinstance(told, ConclusionRefused):
        raise NotTaken(told.field, told.reason)


async def _write(
    publication: Publication, row: Any, state: str, reason: str, answer: Answer, by: str, department: str, *, countersigned: tuple[str, str] | None = None, settles: int | None = None
) -> int:
    connection, division = publication.connection, publication.division
    nth = await connection.fetchval("select count(*) from round_result where division = $1 and row = $2", division, row["id"])
    id_ = _id(f"result/{row['id']}/{nth}")
    on: date = publication.business_date
    await connection.execute(
        """insert into round_result (division, id, publication, row, round, township, person, state, reason, code, note, document, by, department, "on",
                                     countersigned_by, countersigned_for, settles, reveals)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)""",
        division, id_, publication.no, row["id"], row["round"], row["township"], row["person"], state, reason, answer.code, answer.note, answer.document, by, department, on,
        *(countersigned or (None, None)), settles, row["reveals"],
    )  # fmt: skip
    return id_


def _how(now: Any) -> str:
    return f": {now['conclusion']} on {now['concluded_on']}" if now is not None else ""


def _id(told: str) -> int:
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), "big", signed=True)


def _blank(text: str | None) -> str | None:
    return (text or "").strip() or None

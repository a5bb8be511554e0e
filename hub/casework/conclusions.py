"""Conclude a finding: a team member's code, the document it needs, the status it leads to; a finding ends in no other way."""

from dataclasses import dataclass
from typing import Any

from hub.domain.values.codes import CODE_LISTS
from hub.domain.values.concealed import spells_number
from hub.domain.values.concluding import AT_SCHOOL, GOES_ON, NEEDS_DOCUMENT, NEEDS_NOTE, TELLS_OF
from hub.storage.history import columns_of
from hub.storage.outbox import put_written
from hub.storage.publishing import Publication

PLACEMENTS = frozenset({"普通学校随班就读", "普通学校特教班", "特殊教育学校", "康复机构特教办学点", "福利机构特教办学点", "送教上门", "远程教育"})
#: Codes that only one kind of placement bears out.
ONLY = {"02": PLACEMENTS - {"普通学校随班就读", "送教上门", "远程教育"}, "03": frozenset({"送教上门"})}
DISABLED = "unenrolled_disabled"
DEPARTMENTS = ("education", "civil_affairs", "justice", "disabled_persons", "public_security", "township", "supervision")


@dataclass(frozen=True)
class ConclusionRecorded:
    """The conclusion stands."""

    finding: int
    code: str
    label: str
    status: str
    publication: int


@dataclass(frozen=True)
class ConclusionRefused:
    """It was not recorded: which field is wrong, and what it needs."""

    field: str
    reason: str


async def record_conclusion(
    publication: Publication, *, finding: int, code: str, by: str, department: str, note: str | None, document: str | None
) -> ConclusionRecorded | ConclusionRefused:
    """Record a conclusion about a finding and bring the finding to its status; nothing earlier is overwritten."""
    refused = refusal_of(code, by, department, note, document)
    if refused:
        return refused
    connection, division = publication.connection, publication.division
    row = await connection.fetchrow("select * from finding where division = $1 and id = $2 for update", division, finding)
    if row is None:
        return ConclusionRefused("finding", "there is no such finding")
    if row["status"] == "销号":
        return ConclusionRefused("finding", "it is concluded already; a new finding opens if the data bears it out again")
    refused = await unproved(publication, row, code, document)
    if refused:
        return refused
    status = GOES_ON.get(code, "销号")
    await connection.execute(
        """insert into conclusion (division, finding, publication, code, status, note, document, by, department, "on")
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        division,
        finding,
        publication.no,
        code,
        status,
        note,
        document,
        by,
        department,
        publication.business_date,
    )
    listed = ", ".join(columns_of("finding"))
    await connection.execute(
        f"insert into finding_history ({listed}, known) select {listed}, int8range(known_from, $3) from finding where division = $1 and id = $2 and known_from < $3",
        division,
        finding,
        publication.no,
    )
    await connection.execute(
        """update finding set status = $3, conclusion = $4, concluded_on = case when $3 = '销号' then $5::date end, known_from = $6
            where division = $1 and id = $2""",
        division,
        finding,
        status,
        code,
        publication.business_date,
        publication.no,
    )
    await put_written(publication, [finding])
    await connection.execute(  # who has the child in hand stands in the register, which the next check brings up to date
        "insert into recheck select $1, $2 where $2::bigint is not null on conflict do nothing", division, row["person"]
    )
    return ConclusionRecorded(finding, code, _labels()[code], status, publication.no)


async def unproved(publication: Publication, finding: Any, code: str, document: str | None) -> ConclusionRefused | None:
    """Why a code cannot be this finding's conclusion; None where it can.

    A code that tells of a certificate or of a parent in prison is of findings that tell of it, since who sees the finding sees the code. A disabled child is
    at school by a placement and a 学籍号 on education's register (A-68), any other by a 学籍号 there or by a document.
    """
    if finding["reveals"] not in TELLS_OF.get(code, {finding["reveals"]}):
        return ConclusionRefused("code", f"{code} {_labels()[code]} is no conclusion of this finding, which says nothing of that; 13 says that the data is wrong")
    if code not in AT_SCHOOL:
        return None
    places = await publication.connection.fetch(
        """select placement, student_number_blind is not null as numbered from enrolment
            where division = $1 and person = $2 and valid @> $3::date
              and coalesce(state, '在读') not in ('退学', '停学', '休学', '流失', '毕业', '结业', '肄业', '转学(转出)', '死亡', '开除', '下落不明')""",
        publication.division, finding["person"], publication.business_date,
    )  # fmt: skip
    numbered = [place["placement"] for place in places if place["numbered"]]
    if finding["rule"] != DISABLED:
        if numbered or (document or "").strip():
            return None
        return ConclusionRefused("document", f"{code} {_labels()[code]} needs a document, its title and number: the register has no 学籍号 of the child in force")
    if not numbered:
        return ConclusionRefused("code", "a disabled child is closed with a 学籍号 (A-68), and the register has none in force; or with an approved exemption: 10, 11, 12")
    right = ONLY.get(code, PLACEMENTS)
    if right.isdisjoint(numbered):
        return ConclusionRefused("code", f"a disabled child is closed with a placement (A-68), and the register says none of {', '.join(sorted(right))} beside the 学籍号")
    return None


def refusal_of(code: str, by: str, department: str, note: str | None, document: str | None) -> ConclusionRefused | None:
    """Why a conclusion could be recorded about no finding at all; None where it could about an open one."""
    known = _labels()
    if code not in known:
        return ConclusionRefused("code", f"the code must be one of {', '.join(known)}")
    if not by.strip():
        return ConclusionRefused("by", "say who concludes")
    if department not in DEPARTMENTS:
        return ConclusionRefused("department", f"the department must be one of {', '.join(DEPARTMENTS)}")
    if code in NEEDS_DOCUMENT and not (document or "").strip():
        return ConclusionRefused("document", f"{code} {known[code]} needs a document: its title and number")
    if code in NEEDS_NOTE and not (note or "").strip():
        return ConclusionRefused("note", f"{code} {known[code]} needs a note that explains it")
    if any(spells_number(text or "") for text in (note, document, by)):
        return ConclusionRefused("note", "a citizen, bank or telephone number has no place in a text; leave it out")
    return None


def _labels() -> dict[str, str]:
    return {entry.code: entry.label for entry in CODE_LISTS["conclusion"].codes}

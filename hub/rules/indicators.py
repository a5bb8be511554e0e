"""Indicators (E.12): numerator and denominator as lists, by township, at a date and as known at a publication – so that a frozen value comes again.

Each denominator is a list of rows with one township each (``''``: none owns it) and a weight of one; a numerator is those of them for
which the indicator holds. The city is therefore the sum of its townships, whatever the data. The retention rates (九年巩固率) are of a
cohort's counts instead: their weights are numbers of pupils. A share of nobody is no number: None.

The list is SQL over tables of their own names and ``asked`` (day, year): whoever reads says which rows of the tables these are.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from statistics import median

import asyncpg

from hub.rules import RULES
from hub.rules.rule import school_year
from hub.storage.history import known_at
from hub.storage.tables import TWO_AXES

IN_SCHOOL = ("在校", "在校(特教)", "送教上门", "市外或境外就读", "中职在读")
ACCOUNTED = ("死亡", "户口迁出或注销", "已完成义务教育")
REPORT_DAYS = next(rule for rule in RULES if rule.name == "report_undelivered").parameters["report_working_days"].default  # working days
QUARTER_DAYS = 92  # within which a left-behind child's file is brought up to date
NO_TOWNSHIP = ""
DAY, YEAR = "(select day from asked)", "(select year from asked)"  # of what is asked: the day, and the school year it is in
TARGETS = {"retention_raw": Decimal("97.5"), "retention_adjusted": Decimal("97.5")}  # 到2020年，义务教育巩固率达到97.5% (A-01); by which of the two is not said
OPEN_TO_ALL = frozenset({"cohort_count", "calendar_period", "school", "school_profile"})  # tables that tell nothing of a person

_CHILDREN = f"""
    select r.person as subject, r.person, coalesce(r.township, '') as township, 1 as below, case when r.conclusion in {IN_SCHOOL} then 1 else 0 end as above
      from register_entry r where r.school_year = {YEAR} and r.valid @> {DAY} and r.local and r.conclusion not in {ACCOUNTED}"""
_DISABLED = f"""
    {_CHILDREN} and r.person in (select c.person from certificate c where c.valid @> {DAY} and coalesce(c.state, '正常') = '正常' and coalesce(c.category, '') <> '无残疾')"""


def _placed(*placements: str) -> str:
    """The share of one kind of placement among disabled children who are in school."""
    listed = ", ".join(f"'{one}'" for one in placements)
    return f"""
    select d.subject, d.person, d.township, d.below,
           case when exists (select from enrolment e where e.person = d.subject and e.valid @> {DAY} and e.placement in ({listed})) then 1 else 0 end as above
      from ({_DISABLED}) d where d.above = 1"""


def _retained(entered: str, graduated: str, years: int, adjusted: bool) -> str:
    """Graduates of the summer against those who entered ``years`` Septembers before, school by school; adjusted: with whom the cohort gained and lost."""
    first = 10 - years  # the grade of entry, where the last is the ninth
    moved = "coalesce(c.transferred_in, 0) - coalesce(c.transferred_out, 0) - coalesce(c.died, 0)" if adjusted else "0"
    return f"""
    select c.id as subject, null::bigint as person, coalesce(k.township, s.township, '') as township,
           (case when c.grade = {first} then coalesce(c.{entered}, 0) else 0 end + {moved})::int as below, (case when c.grade = 9 then coalesce(c.{graduated}, 0) else 0 end)::int as above
      from cohort_count c left join school s on s.division = c.division and s.id = c.school
      left join lateral (select township from school_profile k where k.school = c.school and k.valid @> {DAY} and k.township is not null order by lower(k.valid) desc, k.id limit 1) k on true
     where c.valid @> {DAY} and c.grade between {first} and 9 and left(c.school_year, 4) = ({YEAR} - 10 + c.grade)::text"""


def _dropped_out(first_day: str) -> str:
    """Pupils of a first day, or of the first list after it where none speaks for it, and those of them who were marked 辍学 from that day on; whose mark has no day, by the absence."""
    start = f"(select case when exists (select from enrolment where valid @> {first_day}) then {first_day} else (select min(lower(valid)) from enrolment where lower(valid) > {first_day}) end)"
    return f"""
    select e.person as subject, e.person, coalesce(p.township, '') as township, 1 as below,
           case when exists (select from absence_spell a where a.person = e.person and a.mark = '辍学'
                              and coalesce(a.marked_on, a.first_absent_on, lower(a.valid)) between {first_day} and {DAY}) then 1 else 0 end as above
      from (select distinct person from enrolment where valid @> {start} and grade between 1 and 9
               and coalesce(state, '在读') not in ('退学', '停学', '流失', '毕业', '结业', '肄业', '转学(转出)', '死亡', '开除', '下落不明')) e
      left join lateral (select township from person_resolved p where p.id = e.person and p.valid @> {DAY} limit 1) p on true"""


@dataclass(frozen=True)
class Indicator:
    """One indicator: its name, its words, where it stands, and the list behind it (subject, person, township, below, above).

    ``of`` is the table whose rows the subjects are; ``also`` names tables that the list tells of beside those it reads.
    """

    name: str
    zh: str
    en: str
    cites: str
    sql: str
    reads: tuple[str, ...]
    of: str = "person_resolved"
    also: tuple[str, ...] = ()

    @property
    def target(self) -> Decimal | None:
        """What is to be reached, in per cent; None where nothing says so."""
        return TARGETS.get(self.name)

    @property
    def reveals(self) -> list[str]:
        """The tables that one must be able to read to see every row that is counted."""
        return sorted({*self.reads, *self.also} - OPEN_TO_ALL)


COHORTS = ("cohort_count", "school", "school_profile")
TOLD_BY_FINDINGS = tuple(sorted({table for rule in RULES for table in rule.reveals}))  # what a number of findings tells of
_SHARES = (
    ("inclusive", "随班就读比例", ("普通学校随班就读",)),
    ("special_class", "特教班比例", ("普通学校特教班",)),
    ("special_school", "特殊教育学校（含办学点）比例", ("特殊教育学校", "康复机构特教办学点", "福利机构特教办学点")),
    ("at_home", "送教上门比例", ("送教上门",)),
    ("remote", "远程教育比例", ("远程教育",)),
)
INDICATORS: tuple[Indicator, ...] = (
    Indicator("retention_raw", "九年义务教育巩固率（原始）", "Nine-year retention, raw", "A-01, E.12", _retained("entered", "graduated", 9, False), COHORTS, "cohort_count"),
    Indicator("retention_adjusted", "九年义务教育巩固率（调整）", "Nine-year retention, adjusted", "A-01, E.12", _retained("entered", "graduated", 9, True), COHORTS, "cohort_count"),
    Indicator("retention3_raw", "初中三年巩固率（原始）", "Three-year retention of junior middle school, raw", "E.12", _retained("entered", "graduated", 3, False), COHORTS, "cohort_count"),
    Indicator("retention3_adjusted", "初中三年巩固率（调整）", "Three-year retention of junior middle school, adjusted", "E.12", _retained("entered", "graduated", 3, True), COHORTS, "cohort_count"),
    Indicator("enrolment", "适龄儿童入学率", "Enrolment of compulsory age; 休学 is not enrolled", "E.12", _CHILDREN, ("register_entry",)),
    Indicator("enrolment_disabled", "残疾儿童义务教育入学率", "Enrolment of disabled children", "E.12", _DISABLED, ("register_entry", "certificate")),
    *(Indicator(f"placed_{name}", zh, f"Placement share: {name}", "A-76, C.18", _placed(*placements), ("register_entry", "certificate", "enrolment")) for name, zh, placements in _SHARES),
    Indicator(
        "dropout", "辍学率（本学年新增）", "New dropouts of the school year among the pupils of its first day", "E.12",
        _dropped_out(f"make_date({YEAR}, 9, 1)"),
        ("enrolment", "absence_spell", "person_resolved"),
    ),
    Indicator(
        "dropout_term", "辍学率（本学期新增）", "New dropouts of the term that began last among the pupils of its first day, by the school calendar", "E.12",
        _dropped_out(f"(select max(c.starts_on) from calendar_period c where c.kind ~ '学期' and c.starts_on <= {DAY})"),
        ("enrolment", "absence_spell", "person_resolved", "calendar_period"),
    ),
    Indicator(
        "late_report", "书面报告迟报率", f"Dropouts marked in the school year whose report was not served on both within {REPORT_DAYS} working days, among those served or past that", "A-13, A-15, E.12",
        f"""select s.id as subject, s.person, coalesce(p.township, '') as township, 1 as below, case when s.days > {REPORT_DAYS} then 1 else 0 end as above
              from (select a.id, a.person, t.served,
                           (select count(*) from generate_series(a.marked_on + 1, coalesce(t.served, {DAY}), interval '1 day') d
                             where extract(isodow from d) < 6
                               and not exists (select from calendar_period c where c.kind ~ '节假日' and d::date between c.starts_on and c.ends_on)) as days
                      from (select distinct on (id) * from absence_spell where mark = '辍学' and marked_on between make_date({YEAR}, 9, 1) and {DAY} order by id, lower(valid) desc) a
                      cross join lateral (select case when greatest(a.reported_to_bureau_on, a.reported_to_township_on) <= {DAY}
                                                       and num_nulls(a.reported_to_bureau_on, a.reported_to_township_on) = 0
                                                      then greatest(a.reported_to_bureau_on, a.reported_to_township_on) end as served) t) s
              left join lateral (select township from person_resolved p where p.id = s.person and p.valid @> {DAY} limit 1) p on true
             where s.served is not null or s.days > {REPORT_DAYS}""",
        ("absence_spell", "calendar_period", "person_resolved"), "absence_spell",
    ),
    Indicator(
        "quarterly_update", "留守儿童档案按季更新率", f"Left-behind files updated within {QUARTER_DAYS} days", "A-72, E.12",
        f"""select f.id as subject, f.person, coalesce(p.township, '') as township, 1 as below, case when coalesce(case when f.visited_on <= {DAY} then f.visited_on end, lower(f.valid)) > {DAY} - {QUARTER_DAYS} then 1 else 0 end as above
              from left_behind_file f left join lateral (select township from person_resolved p where p.id = f.person and p.valid @> {DAY} limit 1) p on true
             where f.valid @> {DAY}""",
        ("left_behind_file", "person_resolved"), "left_behind_file", ("parent_situation",),
    ),
    Indicator(
        "closing", "核查发现销号率", "Findings of the school year that were concluded", "A-08, E.12",
        f"""select f.id as subject, f.person, coalesce(f.township, '') as township, 1 as below, case when f.status = '销号' and f.concluded_on <= {DAY} then 1 else 0 end as above
             from finding f where f.school_year = {YEAR} and f.valid @> {DAY}""",
        ("finding",), "finding", TOLD_BY_FINDINGS,
    ),
    Indicator(
        "plan_coverage", "一生一案覆盖率", "Children of the priority groups whom a school, a case or a plan has in hand, and to whom nothing is open that is due", "A-45, A-48, A-84, E.12",
        f"""select k.subject, k.person, k.township, k.below,
                   case when k.owner <> '' and k.subject not in (select f.person from finding f where f.rule ~ '^entitlement_gap' and f.valid @> {DAY}
                                                                    and f.status <> '销号' and f.contradicted_on is null and f.person is not null) then 1 else 0 end as above
              from ({_CHILDREN.replace("1 as below", "1 as below, r.owner")}) k
             where k.subject in (select c.person from certificate c where c.valid @> {DAY} and coalesce(c.state, '正常') = '正常'
                           union select a.person from assistance a where a.valid @> {DAY} and coalesce(a.state, '在保') = '在保' and coalesce(a.covered, true)
                           union select l.person from left_behind_file l where l.valid @> {DAY}
                           union select s.person from parent_situation s where s.valid @> {DAY} and s.situation = '服刑在押')""",
        ("register_entry", "certificate", "assistance", "left_behind_file", "parent_situation", "finding"), also=TOLD_BY_FINDINGS,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """Above and below, with the subjects that they are made of."""

    above: int
    below: int
    above_list: tuple[int, ...]
    below_list: tuple[int, ...]

    @property
    def percent(self) -> Decimal | None:
        """The share in per cent to two places; None of nobody."""
        return None if self.below <= 0 else (Decimal(100) * self.above / self.below).quantize(Decimal("0.01"), ROUND_HALF_UP)


def short_of(target: Decimal | None, share: Share) -> int | None:
    """How many more are needed in the numerator to reach a target; None without one."""
    return None if target is None or share.below <= 0 else max(0, ceil(target * share.below / 100) - share.above)


@dataclass(frozen=True)
class Measured:
    """An indicator at a date, as known at a publication: the city and its townships."""

    indicator: Indicator
    on: date
    known: int
    city: Share
    townships: dict[str, Share]


async def measure(connection: asyncpg.Connection, division: int, indicator: Indicator, *, on: date, known: int) -> Measured:
    """Measure an indicator; the same date and publication give the same lists for ever."""
    as_known = "".join(f", {table} as (select * from {_rows(table)} t where division = $1)" for table in indicator.reads)
    rows = await connection.fetch(
        f"with asked as (select $3::date as day, $4::int as year where $2::bigint is not null){as_known} select subject, township, below, above from ({indicator.sql}) told order by township, subject",
        division, known, on, school_year(on),
    )  # fmt: skip
    by_township: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        by_township[row["township"]].append(row)
    return Measured(indicator, on, known, _share(rows), {township: _share(theirs) for township, theirs in by_township.items()})


async def closing_days(connection: asyncpg.Connection, division: int, *, on: date, known: int) -> dict[str, float]:
    """The median days from opening to conclusion of the school year's concluded findings, by township and under '*' for the city."""
    rows = await connection.fetch(
        f"""select coalesce(township, '') as township, concluded_on - opened_on as days from {known_at("finding")} f
             where status = '销号' and concluded_on <= $3::date and school_year = $4 and valid @> $3::date""",
        division, known, on, school_year(on),
    )  # fmt: skip
    told: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for place in (row["township"], "*"):
            told[place].append(row["days"])
    return {place: float(median(days)) for place, days in told.items()}


async def corrections_answered(connection: asyncpg.Connection, division: int, *, on: date) -> dict[str, Share]:
    """The school year's correction requests (校核申请) by the department that was asked, and those it answered in time, as they stand today."""
    rows = await connection.fetch(
        """select owner, id as subject, 1 as below, case when answered_on <= least(due_on, $2) then 1 else 0 end as above from correction
            where division = $1 and opened_on between make_date($3, 9, 1) and $2 and (answered_on <= $2 or due_on < $2) order by owner, id""",
        division, on, school_year(on),
    )  # fmt: skip
    told: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        told[row["owner"]].append(row)
    return {owner: _share(theirs) for owner, theirs in told.items()}


def _rows(table: str) -> str:
    return known_at(table) if table in TWO_AXES else table


def _share(rows: list[asyncpg.Record]) -> Share:
    return Share(
        sum(row["above"] for row in rows),
        sum(row["below"] for row in rows),
        tuple(row["subject"] for row in rows if row["above"]),
        tuple(row["subject"] for row in rows if row["below"]),
    )

"""A cross-check as data: what it asks, on which clause it stands, since when, what it needs to know; and the statement it becomes.

A rule's SQL has parts with names: a population, what is expected of it, exclusions, the sides that are shown as evidence. What many
rules mean by one word (enrolled, gone, poor …) is a definition, and stands once. A run computes each definition it needs once, as a
temporary table of that name, for everybody or for the persons to be rechecked; rules read it by name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

SEVERITIES = ("high", "medium", "low")
#: What every statement is told beside its own parameters.
TOLD = ("division", "on", "ref", "persons")
PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")
#: Whether a row is valid on a day, or on one of some days.
STANDS = re.compile(r"\b((?:[a-z_]+\.)?valid (?:@> :on\b|&& daterange\([^()]*\)))")
AMONG = re.compile(r"\bamong\(([a-z_.]+)\)")
SQL_TYPES = {date: "date", int: "int", str: "text", list: "bigint[]"}
#: The columns by which a definition (or a population) is a side of the evidence.
SIDE = ("mention", "record", "hash", "id", "source", "fact", "since", "says")


@dataclass(frozen=True)
class Need:
    """A source that a rule cannot do without, and how old it may be at most (D-32)."""

    source: str
    max_age_days: int


@dataclass(frozen=True)
class Parameter:
    """A value that a city may want otherwise: a number, a word, or a day of the school year as 'MM-DD'."""

    default: int | str
    means: str

    def value(self, year: int) -> Any:
        """As the statement takes it in a school year."""
        if isinstance(self.default, str) and re.fullmatch(r"\d\d-\d\d", self.default):
            month, day = map(int, self.default.split("-"))
            return date(year if month >= 9 else year + 1, month, day)
        return self.default


@dataclass(frozen=True)
class Definition:
    """What a word means (E.0): a select, with the parameters and the other definitions it stands on."""

    name: str
    means: str
    sql: str
    parameters: Mapping[str, Parameter]

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names it selects from."""
        return names_read(self.sql)


@dataclass(frozen=True)
class Statement:
    """A statement with numbered parameters, and their values in order."""

    text: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Rule:
    """One cross-check. ``since`` and ``until`` bound the dates on which it is in force."""

    name: str
    number: str
    title_zh: str
    title_en: str
    version: str
    since: date
    until: date | None
    clauses: tuple[str, ...]
    needs: tuple[Need, ...]
    owner: str
    due_days: int
    subject: str  # person or school
    whole: tuple[str, ...]  # nouns of which a new fact about one person concerns everybody: lists that tell of a whole school
    reveals: tuple[str, ...]  # the nouns that a finding's mere being there may tell of; who may not read its own does not see it
    population: str
    expectation: str
    exclusions: tuple[str, ...]
    evidence: tuple[str, ...]
    kind: str
    severity: str
    school: str
    revealing: str  # SQL for the one of them that a finding tells of; '' for none
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def in_force(self, on: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.since <= on and (self.until is None or on <= self.until)

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names it selects from: nouns' tables and definitions."""
        sides = (name for name in self.evidence if name != "population")
        return names_read(self.text) | {*self.exclusions, *sides}

    @cached_property
    def text(self) -> str:
        """All the SQL that is the rule's own."""
        return "\n".join((self.population, self.expectation, self.kind, self.severity, self.school, self.revealing))

    def statement(self, told: Mapping[str, Any], year: int) -> Statement:
        """The statement that finds: one row a finding, with its evidence. ``told`` has the values of ``TOLD``."""
        values = {**{name: one.value(year) for name, one in self.parameters.items()}, **told}
        return numbered(self.asked, values)

    @cached_property
    def asked(self) -> str:
        """The whole statement, its parameters by name."""
        leave_out = "".join(f"\n   and p.person not in (select person from {name} where person is not null)" for name in self.exclusions)
        sides = "\n    union all\n".join(self._side(name) for name in self.evidence)
        home = (
            "left join person_resolved h on h.division = :division and h.id = p.person" if self.subject == "person"
            else "left join school_place h on h.school = p.school"
        )
        township = "coalesce(h.township, h.hukou_township)" if self.subject == "person" else "h.township"
        key = "person" if self.subject == "person" else "school"
        return f"""
with population as materialized (
    select {self._part}, p.* from (
{self.population}
    ) p
),
found as materialized (
    select distinct on (p.{key}, p.part_) p.* from population p
     where not coalesce(({self.expectation}), true){leave_out}
     order by p.{key}, p.part_
),
side as (
{sides}
),
evidence as (
    select s.subject_, s.part_,
           jsonb_agg(jsonb_build_object('department', split_part(s.source, '.', 1), 'source', s.source, 'record', s.record::text,
                                        'hash', s.hash::text, 'fact', s.fact, 'id', s.id::text, 'says', s.says, 'as_of', s.since, 'tier', i.tier)
                     order by s.source, s.fact, s.id, s.since) as sides,
           max(case i.tier when 'NUMBER' then 1 when 'NAME' then 2 when 'RELATIVE' then 3 else case when s.mention is null then 1 else 4 end end) as weakest
      from (select distinct * from side) s left join identity i on i.division = :division and i.id = s.mention
     group by 1, 2
)
select p.{key} as subject, p.part_ as part, {"p.person" if key == "person" else "null::bigint"} as person, ({self.kind})::text as kind, ({self.severity})::text as severity, ({self.revealing})::text as reveals,
       {township} as township, ({self.school or "null"})::bigint as school,
       (array['NUMBER', 'NAME', 'RELATIVE', 'ALONE'])[coalesce(e.weakest, 4)] as confidence, coalesce(e.sides, '[]') as sides
  from found p {home} left join evidence e on e.subject_ = p.{key} and e.part_ = p.part_
 order by 1, 2"""

    @property
    def _part(self) -> str:
        """What tells several findings of the rule about one subject apart; nothing where there is one."""
        return "coalesce(p.part::text, '') as part_" if re.search(r"\bas part\b", self.population) else "'' as part_"

    def _side(self, name: str) -> str:
        key = "person" if self.subject == "person" else "school"
        columns = ", ".join(f"s.{column}" for column in SIDE)
        if name == "population":
            found = f"coalesce((s.{key}, s.part_) in (select {key}, part_ from found), false)"  # looked up; as a join it would be planned for a few
            return f"    select s.{key} as subject_, s.part_, {columns} from population s where {found}"
        return f"    select f.{key} as subject_, f.part_, {columns} from found f join {name} s on s.{key} = f.{key}"


def numbered(text: str, values: Mapping[str, Any]) -> Statement:
    """Number the parameters of a text; KeyError where it asks for one that there is not.

    ``among(column)`` narrows to the persons to be rechecked, or to nothing where ``persons`` is None. Behind row security PostgreSQL takes
    whatever ``valid @> day`` leaves for one row in two hundred and looks there first; inside coalesce for every second one, and looks elsewhere.
    """
    text = STANDS.sub(r"coalesce(\1, false)", text)
    narrow = values.get("persons") is not None
    text = AMONG.sub(lambda found: f"{found[1]} = any(:persons)" if narrow else "true", text)
    order: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            raise KeyError(f"the statement asks for :{name}, which is no parameter")
        if name not in order:
            order.append(name)
        return f"${order.index(name) + 1}::{SQL_TYPES[type(values[name])]}"

    told = PARAMETER.sub(number, text)
    return Statement(told, tuple(values[name] for name in order))


def needed(rules: Iterable[Rule], definitions: Mapping[str, Definition]) -> list[Definition]:
    """The definitions that rules stand on, each after those it stands on itself."""
    read = [name for rule in rules for name in sorted(rule.reads | ({"school_place"} if rule.subject == "school" else set()))]
    return words_needed(read, definitions)


def words_needed(names: Iterable[str], definitions: Mapping[str, Definition]) -> list[Definition]:
    """The definitions among some names and those they stand on, in the order in which they can be made."""
    ordered: dict[str, Definition] = {}

    def take(name: str) -> None:
        if name in definitions and name not in ordered:
            for other in sorted(definitions[name].reads - {name}):
                take(other)
            ordered[name] = definitions[name]

    for name in names:
        take(name)
    return list(ordered.values())


def nouns_read(rule: Rule, definitions: Mapping[str, Definition]) -> frozenset[str]:
    """The tables that a rule and its definitions select from."""
    return (rule.reads | tables_read(needed([rule], definitions), definitions)) - definitions.keys()


def tables_read(words: Iterable[Definition], definitions: Mapping[str, Definition]) -> frozenset[str]:
    """The tables that definitions, and those they stand on, select from."""
    every = words_needed([word.name for word in words], definitions)
    return frozenset(name for word in every for name in word.reads) - definitions.keys()


def names_read(sql: str) -> frozenset[str]:
    """The names after `from` and `join`, without those that the text itself makes by `with`."""
    text = bare(sql)
    made = set(re.findall(r"(?:\bwith|,)\s*([a-z_][a-z_0-9]*)\s+as\s+(?:materialized\s+)?\(", text))
    functions = set(re.findall(r"\b(?:from|join)\s+(?:lateral\s+)?([a-z_][a-z_0-9]*)\s*\(", text))
    return frozenset(set(re.findall(r"\b(?:from|join)\s+([a-z_][a-z_0-9]*)", text)) - made - functions - {"lateral", "select", "population", "unnest"})


def bare(sql: str) -> str:
    """SQL without comments and quoted text, so that what is left is words; every line keeps its place, and `from` only names tables."""
    text = re.sub(r"--[^\n]*|'(?:[^']|'')*'", lambda found: re.sub(r"[^\n]", " ", found[0]) if found[0].startswith("--") else "''", sql)
    return re.sub(r"(\bdistinct|\bextract\(\s*[a-z]+)\s+from\b", lambda found: found[0].replace("from", "    "), text)


def school_year(on: date) -> int:
    """The school year of a day: it runs from 1 September to 31 August (E.0.1)."""
    return on.year if on.month >= 9 else on.year - 1


def reference_date(year: int) -> date:
    """31 August, on which ages are counted (E.0.1)."""
    return date(year, 8, 31)

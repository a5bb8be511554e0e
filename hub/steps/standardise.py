"""Standardise: one accepted row becomes the mentions and facts it asserts, in one spelling, ready to be written.

The row's own text is never overwritten; it stays in the record. Numbers are sealed here: what leaves this file holds masks
and blind indexes only.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from asyncpg import Range

from hub.access.sealing import Keys
from hub.contract.model import Accepted, Contract, Fact, SubRow
from hub.domain.noun import Column, Kind, Noun, Owner
from hub.domain.nouns import NOUNS
from hub.domain.person import MENTION_COLUMNS
from hub.identity.pinyin import pinyin_key

Row = tuple[Any, ...]
SUBJECT = "主体"
PARENTS = {"男性": "父亲", "女性": "母亲"}
#: Nouns whose household is the register's (户号); every other noun means the living household.
REGISTER_NOUNS = frozenset({"hukou_registration"})
#: Columns in which a fact about the subject names somebody who is kin or looks after it.
KIN_COLUMNS = frozenset({"guardian", "relative", "parent"})


@dataclass(frozen=True, slots=True)
class Version:
    """One content of one source row and the business dates during which it stands."""

    record: int
    hash: int
    lower: date
    upper: date | None
    after: date | None = None  # until then the row's version before stood; where none did, a fact begins on whatever day the row states


@dataclass(slots=True)
class Tie:
    """How a row ties a person it names to others: what they are of the subject (the subject: of the household's head), their households, their school."""

    relation: str | None = None
    register_household: int | None = None
    living_household: int | None = None
    school: int | None = None

    def tell(self, relation: Any = None, **nodes: int) -> None:
        """Take in what one fact says; what was said before stays."""
        self.relation = self.relation or (None if relation is None else getattr(relation, "label", str(relation)))
        for name, id_ in nodes.items():
            setattr(self, name, id_)


NO_TIE = Tie()


@dataclass
class Drafted:
    """Rows for COPY, by table, and the sealed values, households and schools that they name."""

    mentions: list[Row] = field(default_factory=list)
    facts: dict[str, list[Row]] = field(default_factory=dict)
    vault: dict[bytes, bytes] = field(default_factory=dict)
    households: dict[int, tuple[str, str, bytes]] = field(default_factory=dict)
    schools: dict[int, str] = field(default_factory=dict)
    sexes: Counter[tuple[str, bool]] = field(default_factory=Counter)  # (role, agrees) -> sexes told beside a valid number


@dataclass
class Draft:
    """Drafts what rows assert; ``take`` gives what came together since the last time."""

    keys: Keys
    division: int
    drafted: Drafted = field(default_factory=Drafted)
    _sealed: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def seal(self, value: str) -> tuple[str, bytes]:
        """(mask, blind index) of a value; its ciphertext goes to the vault once."""
        known = self._sealed.get(value)
        if known is None:
            sealed = self.keys.seal(value)
            known = self._sealed[value] = (sealed.mask, sealed.blind)
            self.drafted.vault[sealed.blind] = sealed.cipher
        return known

    def take(self) -> Drafted:
        """What was drafted since the last time."""
        taken, self.drafted = self.drafted, Drafted()
        return taken

    def payload(self, row: Accepted | Any) -> dict[str, Any]:
        """The row's own cells by column, secret ones sealed: ``{"mask": …, "blind": hex}``."""
        told: dict[str, Any] = dict(row.raw)
        for name in row.secret:
            text = told.get(name)
            if text is not None:
                shown, blind = self.seal(text)
                told[name] = {"mask": shown, "blind": blind.hex()}
        return told

    def add(self, contract: Contract, subrows: Iterable[SubRow], version: Version) -> None:
        """Add the mentions and facts of one row's subrows."""
        for ordinal, subrow in enumerate(subrows):
            ids = {role: self.keys.number(str(version.record), role) for role in subrow.persons}
            subject = next((ids[r] for r in subrow.persons if r == subrow.subject), None)
            _tell_parents_apart(subrow)
            ties = self._ties(subrow)
            self._add_mentions(contract, subrow, ids, subject, ties, version, shared_told=ordinal > 0)
            for fact in subrow.facts:
                if ordinal and fact.person != subrow.subject:
                    continue  # a fact about somebody the subrows share is told once
                self._add_fact(contract, fact, ids, ordinal, version)

    def _add_mentions(
        self,
        contract: Contract,
        subrow: SubRow,
        ids: Mapping[str, int],
        subject: int | None,
        ties: Mapping[str, Tie],
        version: Version,
        *,
        shared_told: bool,
    ) -> None:
        for role, told in subrow.persons.items():
            if shared_told and role != subrow.subject:
                continue
            anchor = subject if role != subrow.subject else None
            self.drafted.mentions.append(self._mention(contract, role, told, ids[role], anchor, ties.get(role, NO_TIE), version))

    def _ties(self, subrow: SubRow) -> dict[str, Tie]:
        """Role -> how the row ties that person to others."""
        ties = {role: Tie(school=self.school(told["school"])) for role, told in subrow.persons.items() if told.get("school")}
        for fact in subrow.facts:
            if fact.person == subrow.subject:
                for column in KIN_COLUMNS & fact.values.keys():
                    ties.setdefault(fact.values[column], Tie()).tell(relation=fact.values.get("relation"))
            if school := fact.values.get("school"):
                ties.setdefault(fact.person, Tie()).tell(school=self.school(school))
            number = fact.values.get("household")
            if number is not None:
                noun = NOUNS[fact.noun]
                register = household_kind(noun, fact) == "REGISTER"
                id_ = self.household(noun, fact, number)
                tie = ties.setdefault(fact.person, Tie())
                household = {"register_household" if register else "living_household": id_}
                tie.tell(relation=fact.values.get("relation_to_head"), **household)
                if head := fact.values.get("head"):
                    ties.setdefault(head, Tie()).tell(**household)
        return ties

    def _mention(self, contract: Contract, role: str, told: Mapping[str, Any], id_: int, anchor: int | None, tie: Tie, version: Version) -> Row:
        state = told.get("number_state") or "missing"
        number = told.get("number")
        name_key = told.get("name_key")
        birth_date = birth_of(number, state, told.get("born"))
        sex = told.get("sex")
        if state == "valid":
            proved = sex_of(number)
            if sex in ("男性", "女性"):
                self.drafted.sexes[role, sex == proved] += 1
            sex = sex or proved
        row: list[Any] = [None] * len(MENTION_FIELDS)
        row[:8] = self.division, id_, version.record, version.hash, contract.name, role, contract.kind_of(role), anchor
        for name, value in told.items():
            if name in MENTION_PLACES and value is not None:
                place, kind = MENTION_PLACES[name]
                if kind is Kind.SEALED:
                    row[place : place + 2] = self.seal(value) if value else (None, None)
                else:
                    row[place] = convert(kind, value)
        row[MENTION_PLACES["sex"][0]] = sex
        row[-10:] = (
            state,
            self.seal(told["earlier"])[1] if told.get("earlier") else None,
            name_key,
            pinyin_key(name_key) if name_key else None,
            birth_date,
            tie.relation,
            tie.register_household,
            tie.living_household,
            tie.school,
            span(version.lower, version.upper),
        )
        return tuple(row)

    def _add_fact(self, contract: Contract, fact: Fact, ids: Mapping[str, int], ordinal: int, version: Version) -> None:
        noun = NOUNS[fact.noun]
        valid = period(fact, version)
        if valid is None:
            return
        fields, places = FACT_PLACES[fact.noun]
        row: list[Any] = [None] * fields
        row[:5] = self.division, self.keys.number(str(version.record), fact.label, str(ordinal)), contract.name, version.record, version.hash
        if noun.owner is Owner.PERSON:
            row[5] = ids.get(fact.person)
            if row[5] is None:
                return  # the row names nobody in that role
        for name, value in fact.values.items():
            if value is None or name not in places:
                continue
            place, kind = places[name]
            match kind:
                case Kind.SEALED:
                    row[place : place + 2] = self.seal(value) if value else (None, None)
                case Kind.PERSON:
                    row[place] = ids.get(value) if value else None
                case Kind.SCHOOL:
                    row[place] = self.school(value) if value else None
                case Kind.HOUSEHOLD:
                    row[place] = self.household(noun, fact, value) if value else None
                case _:
                    row[place] = convert(kind, value)
        row[-1] = valid
        self.drafted.facts.setdefault(fact.noun, []).append(tuple(row))

    def school(self, name: str) -> int:
        """The id of a school by its standardised name."""
        id_ = self.keys.number("school", name)
        self.drafted.schools.setdefault(id_, name)
        return id_

    def household(self, noun: Noun, fact: Fact, number: str) -> int:
        """The id of a household by its kind and number, whichever source names it."""
        kind = household_kind(noun, fact)
        id_ = self.keys.number("household", kind, number)
        if id_ not in self.drafted.households:
            shown, blind = self.seal(number)
            self.drafted.households[id_] = (kind, shown, blind)
        return id_


def household_kind(noun: Noun, fact: Fact) -> str:
    """REGISTER or LIVING."""
    return "REGISTER" if noun.name in REGISTER_NOUNS else str(fact.values.get("household_kind") or "LIVING")


def period(fact: Fact, version: Version) -> Range | None:
    """The business dates of a fact: what the row states of itself, within the dates at which the row stood.

    The first version of a row may reach back to the start it states. A later one begins where it stood again, unless it states a
    start after the end of the one before.
    """
    starts = earliest(fact.stated_from)
    lower = version.lower
    if starts is not None and (version.after is None or starts >= version.after):
        lower = starts
    ends = latest(fact.stated_to)
    upper = version.upper
    if ends is not None and (upper is None or ends + timedelta(days=1) < upper):
        upper = ends + timedelta(days=1)
    if upper is not None and upper <= lower:
        if version.after is not None:
            return None
        lower = upper - timedelta(days=1)
    return span(lower, upper)


@lru_cache(maxsize=10_000)
def span(lower: date, upper: date | None) -> Range:
    """The days from ``lower`` to before ``upper``: one object for the many rows that share it."""
    return Range(lower, upper)


def earliest(stated: Any) -> date | None:
    """The first day a stated date can mean."""
    return stated if stated is None or isinstance(stated, date) else stated.earliest()


def latest(stated: Any) -> date | None:
    """The last day a stated date can mean."""
    return stated if stated is None or isinstance(stated, date) else stated.latest()


def convert(kind: Kind, value: Any) -> Any:
    """A read value as its database column takes it."""
    if type(value) is str and kind in WRITTEN:
        return value
    return value if value is None else CONVERTERS.get(kind, str)(value)


def full_date(value: Any) -> date | None:
    """A full day; None where the source gave less (the record keeps its words)."""
    if isinstance(value, date):
        return value
    return date(value.year, value.month, value.day) if value.precision == "day" else None


def last_day(value: Any) -> date | None:
    """The last day of what is told; None of what was only worked out from an age."""
    return None if getattr(value, "approximate", False) else latest(value)


CONVERTERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.INTEGER: lambda value: value if isinstance(value, int) else int(getattr(value, "level", value)),
    Kind.AMOUNT: lambda value: getattr(value, "value", value),
    Kind.DATE: full_date,
    Kind.LAST_DAY: last_day,
    Kind.PARTIAL_DATE: lambda value: value.isoformat() if isinstance(value, date) else value.iso,
    Kind.FLAG: bool,
    Kind.CODE: lambda value: getattr(value, "label", value),
}


#: Kinds that are stored as they are written.
WRITTEN = frozenset(Kind) - CONVERTERS.keys() | {Kind.CODE}


def birth_of(number: str | None, state: str, born: Any) -> date | None:
    """The birth date to compute with: a trusted number's (D-20), else the row's own if it is a full day."""
    if number and state == "valid":
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    if born is None or getattr(born, "approximate", False):
        return None
    return full_date(born)


def _tell_parents_apart(subrow: SubRow) -> None:
    """Where a row does not say whether the parent it names is father or mother, that parent's number or sex does."""
    for fact in subrow.facts:
        told = subrow.persons.get(fact.values.get("parent") or "")
        if fact.noun == "parent_situation" and told and not fact.values.get("parent_role"):
            sex = sex_of(told.get("number")) if told.get("number_state") == "valid" else told.get("sex")
            if sex in PARENTS:
                fact.values["parent_role"] = PARENTS[sex]


def sex_of(number: str | None) -> str | None:
    """The sex in a citizen number: the 17th digit is odd for men."""
    return None if not number else ("男性" if int(number[16]) % 2 else "女性")


MENTION_FIELDS: tuple[str, ...] = (
    "division",
    "id",
    "record",
    "hash",
    "source",
    "role",
    "kind",
    "anchor",
    *(name for c in MENTION_COLUMNS for name in ((f"{c.name}_mask", f"{c.name}_blind") if c.kind is Kind.SEALED else (c.name,))),
    "number_state",
    "earlier_blind",
    "name_key",
    "pinyin",
    "birth_date",
    "relation",
    "register_household",
    "living_household",
    "school",
    "valid",
)


def fact_fields(noun: Noun) -> tuple[str, ...]:
    """The columns of a drafted fact, in the order of its rows; persons are still mentions."""
    fields = ["division", "id", "source", "record", "hash"]
    if noun.owner is Owner.PERSON:
        fields.append("mention")
    for column in noun.columns:
        if column.kind is Kind.SEALED:
            fields += [f"{column.name}_mask", f"{column.name}_blind"]
        elif column.kind is Kind.PERSON:
            fields.append(f"{column.name}_mention")
        else:
            fields.append(column.name)
    return (*fields, "valid")


def _places(columns: tuple[Column, ...], fields: tuple[str, ...]) -> dict[str, tuple[int, Kind]]:
    """Column -> its place in a row of those fields, and its kind; a sealed one has two places, a person's names a mention."""
    suffix = {Kind.SEALED: "_mask", Kind.PERSON: "_mention"}
    return {column.name: (fields.index(column.name + suffix.get(column.kind, "")), column.kind) for column in columns}


MENTION_PLACES = _places(MENTION_COLUMNS, MENTION_FIELDS)
FACT_PLACES = {name: (len(fact_fields(noun)), _places(noun.columns, fact_fields(noun))) for name, noun in NOUNS.items()}

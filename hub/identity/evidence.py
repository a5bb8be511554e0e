"""What a mention offers for telling who is meant, and the same of many mentions as columns, ready to be compared.

A mention is one person named in one row. ``Evidence`` is what the hub has drafted of it; ``Mentions`` holds many of them as
arrays of small integers, so that pairs are compared by the column and not one by one.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from itertools import count, permutations
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.contract.numbers import OLDEST_CHILD_YEARS
from hub.domain.values.citizen_number import CitizenNumber, read_citizen_number
from hub.domain.values.person_name import COMPOUND_SURNAMES

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
ADULT_YEARS = 18

#: What somebody named beside a child is of it, with the sex that this tells.
RELATIONS = {
    "父亲": (1, "男性"), "母亲": (2, "女性"), "祖父": (3, "男性"), "祖母": (4, "女性"), "外祖父": (5, "男性"), "外祖母": (6, "女性"),
    "兄": (7, "男性"), "姐姐": (8, "女性"), "伯父": (9, "男性"), "叔父": (9, "男性"), "姑母": (10, "女性"), "舅父": (9, "男性"),
    "姨母": (10, "女性"), "继父或养父": (11, "男性"), "继母或养母": (12, "女性"),
}  # fmt: skip
NO_RELATION = 0, None
PARENT, PARENTS = "父母", {"男性": "父亲", "女性": "母亲"}  # of a prisoner most lists say no more than whose child it is
NO_KIN = frozenset({"其他", "非亲属", "保姆"})
SEXES = {"男性": 1, "女性": 2}
CHILD, ADULT, EITHER = 0, 1, 2
HOMES = (("REGISTER", "register"), ("LIVING", "living"))  # kind of household, and its column in ``Mentions``
KINDS = {"child": CHILD, "adult": ADULT, "any": EITHER}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One mention as the linker sees it; numbers and telephones are opened in memory only, and never leave it."""

    id: int
    record: int
    source: str
    kind: str  # child, adult or any
    anchor: int | None = None  # the mention of the row's own subject, for people named beside it
    number: Hashable = None  # a valid number that nothing in its row speaks against
    written: str | None = None  # the digits of one that cannot be trusted: damaged, or somebody else's
    claimed: Hashable = None  # the same as a trusted number would be told
    earlier: Hashable = None  # a valid number that this one replaced, as a student number keeps it (D-27)
    name: str | None = None  # in the form in which names are compared; ? for a lost character
    former: str | None = None
    pinyin: str | None = None
    numbered_born: str | None = None  # what a valid number says
    numbered_sex: str | None = None
    born: str | None = None  # what the row says: 2012, 2012-05 or 2012-05-03
    sex: str | None = None
    phone: Hashable = None
    township: str | None = None
    village: str | None = None
    relation: str | None = None
    register_household: int | None = None
    living_household: int | None = None
    school: int | None = None
    role: str | None = None
    hash: int = 0  # of the cells of its row that told it last
    since: str = ""  # the day from which its row says so, as 2026-09-30
    began: str = ""  # the day from which there is such a row
    until: str = ""  # the day from which there is none any more; nothing while it stands

    @property
    def contradicted(self) -> bool:
        """Whether its row tells another birth date than its number."""
        return self.born is not None and self.number is not None and not (self.numbered_born or "").startswith(self.born)

    def without_number(self, written: str | None = None) -> "Evidence":
        """The same mention as if its row had no number, or a damaged one: what a model is trained on."""
        return replace(self, number=None, numbered_born=None, numbered_sex=None, written=written, claimed=None, earlier=None)


#: What is read of each, as ``gather`` needs it.
READ = tuple(column.name for column in fields(Evidence))


class Codes:
    """Values told apart by small integers, in the order in which they first come; nothing is -1."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = defaultdict(count().__next__, {None: -1})

    def __call__(self, value: Hashable) -> int:
        return self._known[value]

    def column(self, values: Iterable[Hashable]) -> Ints:
        """The codes of a column of values."""
        return np.fromiter(map(self._known.__getitem__, values), dtype=np.int64)

    @property
    def values(self) -> list[Any]:
        """Code -> value."""
        return list(self._known)[1:]


@dataclass
class Mentions:
    """Many mentions by column; all columns have one entry a mention, in one order, and -1 stands for nothing told."""

    evidence: Sequence[Evidence]
    record: Ints
    source: Ints
    kind: Ints  # CHILD, ADULT, EITHER
    number: Ints
    claimed: Ints  # the number that a row gives and that cannot be trusted, in the codes of ``number``
    earlier: Ints  # the number before the one that a row gives, in the codes of ``number``
    written: Ints
    name: Ints
    former: Ints
    pinyin: Ints
    year: Ints
    month: Ints
    day: Ints
    sex: Ints  # 0 not told, 1, 2
    phone: Ints
    town: Ints
    village: Ints
    relation: Ints  # 0 not told
    register: Ints  # household by the register
    registers: list[int]  # code of ``register`` -> id of the household
    living: Ints  # household by who lives together
    school: Ints
    role: Ints
    hash: Ints  # of the cells that told it last
    beside: Ints  # 1 for people named beside a row's subject
    names: list[str]
    pinyins: list[str]
    digits: list[str]  # code of ``written`` -> digits
    frequency: Ints  # how many mentions have this name
    opened: Callable[[Hashable], str]  # the digits of a trusted number, for comparing with a damaged one
    numbers: list[Hashable]
    sure: Sequence[tuple[str, Ints, Ints]] = ()  # (reason, codes, places): the places of one code are one person, though no number of theirs says so
    torn: Sequence[int] = ()  # the places whose number is one child's and whose name is that of another, a twin who sounds alike or lives elsewhere: nobody's until a person decides

    def __len__(self) -> int:
        return len(self.evidence)

    def at_once(self, one: int, other: int) -> bool:
        """Whether the rows of two mentions ever stood at one time; where the one ended as the other began, a name or a household may have been put right."""
        a, b = self.evidence[one], self.evidence[other]
        return (not b.until or a.began < b.until) and (not a.until or b.began < a.until)

    @cached_property
    def twins(self) -> dict[int, list[int]]:
        """Place -> the places of those whom its list has beside it in one household, at one time, with the same birth date and by another name."""
        found: dict[int, list[int]] = defaultdict(list)
        for _, column in HOMES:
            home = getattr(self, column)
            places = np.flatnonzero((home >= 0) & (self.beside == 0) & (self.name >= 0) & (self.day >= 0))
            key = (((home * (self.source.max(initial=0) + 1) + self.source) * 4096 + self.year) * 16 + self.month) * 32 + self.day
            places = places[np.argsort(key[places], kind="stable")]
            starts = np.flatnonzero(begins(key[places]))
            sizes = lengths(starts, len(places))
            for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
                for one, other in permutations(places[start : start + size].tolist(), 2):
                    if self.name[one] != self.name[other] and self.at_once(one, other):
                        found[one].append(other)
        return found

    def disown(self, place: int, keeper: int, year: int) -> None:
        """Let a mention tell nothing that it may have from its number, which is somebody else's, the keeper's."""
        told = self.evidence[place]
        self.claimed[place] = self.number[place]
        self.year[place], self.month[place], self.day[place] = born = parts(told.born)
        self.kind[place] = kind_of(told, -1 if born[0] < 0 else year - born[0])
        if self.sex[place] == self.sex[keeper] and not self.beside[place]:
            self.sex[place] = 0  # where a row tells no sex, what is kept is the number's


def gather(evidence: Sequence[Evidence], year: int, opened: Callable[[Hashable], str] = str, frequency: Callable[[str], int] | None = None) -> Mentions:
    """The columns of mentions; ``year`` is that of the business date, from which children and grown-ups are told apart.

    ``frequency`` tells how many mentions in the whole hub have a name; without it, these mentions are the whole.
    """
    told: dict[str, list[Any]] = {name: list(map(attrgetter(name), evidence)) for name in READ}
    names, pinyins, numbers, written, registers = Codes(), Codes(), Codes(), Codes(), Codes()
    number = numbers.column(told["number"])
    name = names.column(told["name"])
    former = names.column(told["former"])
    born = Codes()
    dated = born.column(born_of(mention, year) for mention in evidence)
    dates = np.array([*map(parts, born.values), parts(None)], dtype=np.int64)[dated]
    beside = np.array([anchor is not None for anchor in told["anchor"]], dtype=np.int64)
    said = zip(told["relation"], told["numbered_sex"], told["sex"], strict=True)
    relations = [PARENTS.get(numbered or sex or "") if relation == PARENT else relation for relation, numbered, sex in said]
    related = [RELATIONS.get(relation or "", NO_RELATION) if of is not None else NO_RELATION for relation, of in zip(relations, told["anchor"], strict=True)]
    sexes = [numbered or own or sex for numbered, own, (_, sex) in zip(told["numbered_sex"], told["sex"], related, strict=True)]
    town, village = _where(told, beside)
    if frequency is None:
        counted = np.bincount(name[name >= 0], minlength=len(names.values))
    else:
        counted = np.array([frequency(value) for value in names.values], dtype=np.int64)
    return Mentions(
        evidence=evidence,
        record=Codes().column(told["record"]),
        source=Codes().column(told["source"]),
        kind=_kinds(told["kind"], np.where(dates[:, 0] < 0, -1, year - dates[:, 0])),
        number=number,
        claimed=numbers.column(told["claimed"]),
        earlier=numbers.column(told["earlier"]),
        written=written.column(told["written"]),
        name=name,
        former=former,
        pinyin=pinyins.column(told["pinyin"]),
        year=dates[:, 0],
        month=dates[:, 1],
        day=dates[:, 2],
        sex=np.array([SEXES.get(sex or "", 0) for sex in sexes], dtype=np.int64),
        phone=Codes().column(told["phone"]),
        town=town,
        village=village,
        relation=np.array([relation for relation, _ in related], dtype=np.int64),
        register=registers.column(told["register_household"]),
        registers=registers.values,
        living=Codes().column(told["living_household"]),
        school=Codes().column(told["school"]),
        role=Codes().column(told["role"]),
        hash=np.array(told["hash"], dtype=np.int64),
        beside=beside,
        names=names.values,
        pinyins=pinyins.values,
        digits=written.values,
        frequency=counted,
        opened=opened,
        numbers=numbers.values,
    )


def _where(told: Mapping[str, list[Any]], beside: Ints) -> tuple[Ints, Ints]:
    """Codes of township and village: a mention's own, else those of the subject beside whom it is named."""
    places = zip(told["township"], told["village"], strict=True)
    town = Codes().column(told["township"])
    village = Codes().column(None if village is None else (township, stem(village)) for township, village in places)
    telling = np.flatnonzero((beside == 0) & (town >= 0))
    asking = np.flatnonzero((beside == 1) & (town < 0))
    ids = np.array(told["id"], dtype=np.int64)
    telling = telling[np.argsort(ids[telling], kind="stable")]
    anchors = np.array(told["anchor"], dtype=object)[asking].astype(np.int64)
    subject = np.r_[-1, telling][np.searchsorted(ids[telling], anchors, side="right")]
    found = (subject >= 0) & (ids[subject] == anchors)
    for column in (town, village):
        column[asking] = np.where(found, column[subject], -1)
    return town, village


def _kinds(told: Sequence[str], age: Ints) -> Ints:
    """CHILD, ADULT or EITHER of each, as ``kind_of`` tells it."""
    kinds = Codes()
    code = kinds.column(told)
    kind = np.array([KINDS[word] for word in kinds.values], dtype=np.int64)[code]
    return np.where((kind != EITHER) | (age < 0), kind, np.where(age < ADULT_YEARS + 1, CHILD, ADULT))


def distinct(values: Ints) -> Ints:
    """Each value once, rising; by sorting, which takes a twentieth of the time of ``numpy.unique``, who hashes them."""
    values = np.sort(values)
    return values[begins(values)]


def begins(rising: Ints) -> Flags:
    """Where in a sorted column a value first comes."""
    first = np.empty(len(rising), dtype=bool)
    first[:1] = True
    np.not_equal(rising[1:], rising[:-1], out=first[1:])
    return first


def lengths(starts: Ints, total: int) -> Ints:
    """How long each stretch of a column is that begins at one of ``starts`` and ends where the next begins, the last with the column."""
    found = np.empty_like(starts)
    found[:-1] = starts[1:] - starts[:-1]
    found[-1:] = total - starts[-1:]
    return found


def holds(rising: Ints, values: Ints) -> Flags:
    """Which of the values are among some that rise."""
    if not len(rising):
        return np.zeros(len(values), dtype=bool)
    found: Flags = rising[np.minimum(np.searchsorted(rising, values), len(rising) - 1)] == values
    return found


def kind_of(evidence: Evidence, age: int) -> int:
    """CHILD, ADULT or EITHER: as the row's role says, else by age (in years of the calendar; -1 where it is not told)."""
    kind = KINDS[evidence.kind]
    return kind if kind != EITHER or age < 0 else (CHILD if age < ADULT_YEARS + 1 else ADULT)


@lru_cache(maxsize=100_000)
def parts(born: str | None) -> tuple[int, int, int]:
    """'2012-05' -> (2012, 5, -1)."""
    if born is None:
        return -1, -1, -1
    found = [int(part) for part in born.split("-")]
    return found[0], found[1] if len(found) > 1 else -1, found[2] if len(found) > 2 else -1


def born_of(evidence: Evidence, year: int) -> str | None:
    """What a mention's number, its row or else a damaged number tells; ``year`` is that of the business date, in which no child is a grown-up."""
    told = evidence.numbered_born or evidence.born
    if told is not None or evidence.written is None:
        return told
    told = born_of_digits(evidence.written)
    return None if told and evidence.kind == "child" and year - int(told[:4]) > OLDEST_CHILD_YEARS else told


def born_of_digits(written: str) -> str | None:
    """The birth date that a damaged number of 18 digits still tells, where it can be one; a whole number that is not believed is somebody else's."""
    if len(written) != 18 or not written[6:14].isdigit() or isinstance(read_citizen_number(written), CitizenNumber):
        return None
    year, month, day = int(written[6:10]), int(written[10:12]), int(written[12:14])
    return f"{year}-{month:02d}-{day:02d}" if 1920 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31 else None


@lru_cache(maxsize=50_000)
def stem(village: str) -> str:
    """A village's name without what is left out or added: '前胡沟村' and '前胡沟村委会' are one."""
    for ending in ("社区居委会", "村委会", "居委会", "社区", "村", "屯"):
        if village.endswith(ending) and len(village) > len(ending):
            return village[: -len(ending)]
    return village


@lru_cache(maxsize=200_000)
def surname(name: str) -> str:
    """The family name, compound ones included."""
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1]

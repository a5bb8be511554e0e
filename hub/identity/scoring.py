"""How well mentions are linked, against a truth: pairs and twins, for all and for those who are hard to tell.

A pair of mentions is right where both truth and graph call them one person. A subset's pairs are those of which a side belongs to it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import comb

SUBJECT = "主体"


@dataclass(frozen=True, slots=True)
class Told:
    """One mention: who and of which household it truly is, and what the graph says."""

    role: str
    source: str
    person: str
    household: str
    kind: str  # child or adult
    twin: bool
    number: str  # ok, missing, invalid or foreign
    linked: str
    lives: str


@dataclass(frozen=True, slots=True)
class Score:
    """How many (pairs, or cases) were found of those there are, and how many of those found are right."""

    name: str
    right: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        """Share of those found that are right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of those there that were found."""
        return self.right / self.there if self.there else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"{self.name}: precision {self.precision:.4f}  recall {self.recall:.4f}  F1 {self.f1:.4f}  ({self.right} right, {self.found} found, {self.there} there)"


SETS: tuple[tuple[str, Callable[[Told], bool]], ...] = (
    ("no number", lambda m: m.number in ("missing", "invalid")),
    ("another's number", lambda m: m.number == "foreign"),
    ("twins", lambda m: m.twin),
    ("prisoners' children", lambda m: m.source in ("justice", "justice.prisoners_children")),
)


def scores(mentions: Iterable[Told]) -> list[Score]:
    """Pairs of subjects and of all mentions, of the subjects who are hard to tell, and of households."""
    told = list(mentions)
    subjects = [m for m in told if is_subject(m.role)]
    housed = [m for m in told if m.household]

    def person(m: Told) -> str:
        return m.person

    def household(m: Told) -> str:
        return m.household

    def linked(m: Told) -> str:
        return m.linked

    def lives(m: Told) -> str:
        return m.lives

    return [
        pairs("subjects", subjects, person, linked),
        *(pairs(f"subjects, {name}", subjects, person, linked, belongs) for name, belongs in SETS),
        pairs("mentions", told, person, linked),
        pairs("mentions, no number", told, person, linked, SETS[0][1]),
        pairs("households, mentions", housed, household, lives),
        pairs("households, subjects", [m for m in housed if is_subject(m.role)], household, lives),
    ]


def is_subject(role: str) -> bool:
    """Whether a role is a row's own subject; of several in one cell each is."""
    return role == SUBJECT or role.startswith("子女")


def pairs(name: str, told: list[Told], true: Callable[[Told], str], said: Callable[[Told], str], belongs: Callable[[Told], bool] = lambda m: True) -> Score:
    """The pairs of one set, counted by groups: all pairs of a group less those of which neither side belongs to the set."""

    def counted(key: Callable[[Told], object]) -> int:
        every = Counter(map(key, told))
        outside = Counter(key(m) for m in told if not belongs(m))
        return sum(comb(n, 2) for n in every.values()) - sum(comb(n, 2) for n in outside.values())

    return Score(name, counted(lambda m: (true(m), said(m))), counted(said), counted(true))


def twins_confused(mentions: Iterable[Told]) -> int:
    """How many of the graph's persons hold two twins of one birth."""
    found: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.twin:
            found[mention.linked].add(mention.person)
    return sum(len(persons) > 1 for persons in found.values())

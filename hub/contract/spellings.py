"""Every way a header may be spelled: a column's own name, its other spellings, and both under a person's other stems."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from hub.contract.header_words import HEADER_WORDS
from hub.contract.model import ColumnRule, Contract, PersonRole
from hub.domain.values.text import fold_header, without_hints, yuan_of

Spellings = Mapping[str, tuple[ColumnRule, ...]]
Placed = Mapping[int, ColumnRule]
_CODED = re.compile(r"([A-Za-z][A-Za-z0-9_]*)[\s\-_:：]*([\u4e00-\u9fff].*)")
LAYOUTS = 64  # rows of headers remembered for a contract: a workbook repeats its own on the sheet of every township


def spellings(contract: Contract) -> Spellings:
    """Folded spelling -> the columns that claim it, one that stands ``after`` another first."""
    return _known(contract).spellings


def place_headers(contract: Contract, headers: Sequence[str]) -> Placed:
    """Which header position is which column; each column once, the leftmost header first."""
    return _known(contract).place(tuple(headers))


def variants(columns: Mapping[str, ColumnRule], persons: Mapping[str, PersonRole]) -> Iterator[ColumnRule]:
    """Each column, and again under each other stem of the person it begins with (成员1姓名 as 监护人1姓名)."""
    for rule in columns.values():
        yield rule
        for person in persons.values():
            if rule.name.startswith(person.name):
                for stem in person.also:
                    own = [name for name in rule.also if name.startswith(person.name)]
                    yield replace(rule, name=stem + rule.name[len(person.name):],
                                  also=tuple(stem + name[len(person.name):] for name in own))


def called(contract: Contract, header: str) -> ColumnRule | None:
    """The column that a contract has under a header, whatever it calls it."""
    return place_headers(contract, (header,)).get(0)


def clashes(columns: Mapping[str, ColumnRule], persons: Mapping[str, PersonRole]) -> Iterator[tuple[str, str, str]]:
    """Pairs of columns that cannot be told apart: (first, second, the spelling both claim)."""
    claimed: dict[tuple[str, str | None], str] = {}
    for rule in variants(columns, persons):
        for spelling in (rule.name, *rule.also):
            after = rule.after if spelling != rule.name else None
            first = claimed.setdefault((fold(spelling), after), rule.name)
            if first != rule.name:
                yield first, rule.name, spelling


@lru_cache(maxsize=65536)
def fold(header: str) -> str:
    """A header's folded form, with one word where offices have several; headers come again and again."""
    return _WORD.sub(lambda found: _WORDS[found[0]], fold_header(header))


def _spell_words(words: Mapping[str, str]) -> dict[str, str]:
    """Other word -> the word that stands for it."""
    return {other: word for word, others in words.items() for other in (*others.split(), word)}


_WORDS = _spell_words(HEADER_WORDS)
_WORD = re.compile("|".join(map(re.escape, sorted(_WORDS, key=len, reverse=True))))


@dataclass(frozen=True)
class _Known:
    """What is worked out of a contract once: its spellings, and where it finds its columns in rows of headers."""

    contract: Contract
    spellings: Spellings
    place: Callable[[tuple[str, ...]], Placed]


_KNOWN: dict[int, _Known] = {}  # by identity: a contract holds mappings and cannot be hashed


def _known(contract: Contract) -> _Known:
    found = _KNOWN.get(id(contract))
    if found is None or found.contract is not contract:
        known = _spellings(contract)
        found = _KNOWN[id(contract)] = _Known(contract, known, lru_cache(maxsize=LAYOUTS)(partial(_place, known)))
    return found


def _place(known: Spellings, headers: tuple[str, ...]) -> Placed:
    placed: dict[int, ColumnRule] = {}
    seen: dict[str, int] = {}
    own = {rule.name for header in headers for spelling in _readings(header) for rule in known.get(spelling, ()) if fold(rule.name) == spelling}
    for position, header in enumerate(headers):
        for spelling in _readings(header):
            claim = known.get(spelling, ())
            free = [c for c in claim if c.name not in seen and (c.name not in own or fold(c.name) == spelling)]
            rule = _choose(free, spelling, seen, alone=len(claim) > 1)
            if rule is not None:
                placed[position] = replace(rule, scale=yuan_of(header)) if rule.type == "amount" else rule
                seen[rule.name] = position
                break
    return placed


def _spellings(contract: Contract) -> Spellings:
    found: defaultdict[str, list[ColumnRule]] = defaultdict(list)
    for rule in variants(contract.columns, contract.persons):
        for spelling in dict.fromkeys(fold(name) for name in (rule.name, *rule.also)):
            found[spelling].append(rule)
    return {spelling: tuple(rules) for spelling, rules in found.items()}


@lru_cache(maxsize=65536)
def _readings(header: str) -> tuple[str, ...]:
    """A merged header ``成员1/姓名`` reads as the whole path, as its words run together, or as its last word.

    One that gives a standard's code and its name (``XBDM 性别``) reads as either.
    """
    parts = [part for part in without_hints(header).split("/") if part.strip()]
    coded = _CODED.match(header.strip())
    return tuple(dict.fromkeys((fold(header), fold("".join(parts)), fold(parts[-1]) if parts else "",
                                *(map(fold, coded.groups()) if coded else ()))))


def _choose(candidates: Sequence[ColumnRule], spelling: str, seen: Mapping[str, int], *, alone: bool) -> ColumnRule | None:
    """The column of that very name; else the one whose ``after`` was seen last; else one that needs no such place.

    ``alone``: several columns claim the spelling; the only one of them that is left has it, wherever it stands.
    """
    for rule in candidates:
        if fold(rule.name) == spelling:
            return rule
    placed = [rule for rule in candidates if rule.after in seen]
    if placed:
        return max(placed, key=lambda rule: seen[rule.after or ""])
    return next((rule for rule in candidates if rule.after is None or (alone and len(candidates) == 1)), None)

"""Recognises a delivered sheet by its headers, and by its file name and title where several contracts would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from hub.contract.model import Contract, Mode
from hub.contract.spellings import Placed, called, fold, place_headers, spellings, variants
from hub.domain.values.concealed import concealed
from hub.domain.values.text import without_hints, yuan_of

LEAST_COLUMNS = 3
LEAST_SHARE = 0.5  # of a sheet's headers that a contract must know if the file or a title names it
LEAST_SHARE_UNNAMED = 0.75  # else: names, numbers and addresses stand in every list, and a list of its own kind is no other
NAMED_IN_FILE, NAMED_IN_TITLE, EACH_COLUMN = 0.3, 0.2, 0.001


@dataclass(frozen=True, slots=True)
class Match:
    """A sheet and its contract: which position holds which column, which headers are new, which columns are lost.

    ``notices`` are for the delivery's report; ``holds`` say why a frozen column holds the delivery.
    """

    contract: Contract
    columns: Placed
    unknown: tuple[tuple[int, str], ...]
    lost: tuple[str, ...]
    notices: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    doubled: tuple[tuple[int, str], ...] = ()  # of the new, those that spell a column which another header has


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """No contract fits; the reason names the one that came nearest and the headers it lacked."""

    reason: str


def recognise(contracts: Sequence[Contract], *, file_name: str, titles: Sequence[str], headers: Sequence[str]) -> Match | Unrecognised:
    """The contract that a sheet with these headers was made by."""
    best: tuple[float, Contract, Placed] | None = None
    nearest: tuple[float, Contract, list[str]] | None = None
    for contract in contracts:
        placed = place_headers(contract, headers)
        named = _named(contract, file_name, titles)
        score = _score(contract, placed, headers) + sum(named)
        lacking = _lacking(contract, placed)
        if lacking or len(placed) < LEAST_COLUMNS or len(placed) < (LEAST_SHARE if any(named) else LEAST_SHARE_UNNAMED) * _width(headers):
            if nearest is None or score > nearest[0]:
                nearest = (score, contract, lacking)
        elif best is None or score > best[0]:
            best = (score, contract, placed)
    if best is not None:
        return _match(best[1], _in_yuan(best[2], titles, headers), headers)
    return Unrecognised(_reason(nearest, headers))


def header_test(contracts: Sequence[Contract]) -> Callable[[Sequence[str]], bool]:
    """Whether a row of cells looks like a header: three or more known spellings, of one contract."""
    known = [frozenset(spellings(contract)) for contract in contracts]
    every = frozenset().union(*known)

    def is_header(cells: Sequence[str]) -> bool:
        words = {word for cell in cells if cell and len(cell) <= 60 for word in _words(cell)} & every
        return len(words) >= LEAST_COLUMNS and any(len(words & spelled) >= LEAST_COLUMNS for spelled in known)

    return is_header


def _words(cell: str) -> tuple[str, ...]:
    return (fold(cell), fold(without_hints(cell).rsplit("/", 1)[-1])) if "/" in cell else (fold(cell),)


def _width(headers: Sequence[str]) -> int:
    return sum(1 for header in headers if header.strip())


def _score(contract: Contract, placed: Placed, headers: Sequence[str]) -> float:
    score = len(placed) / max(_width(headers), 1) + EACH_COLUMN * len(placed)
    score -= 0.05 * sum(1 for rule in contract.columns.values() if rule.required and rule.name not in _names(placed))
    return score


def _named(contract: Contract, file_name: str, titles: Sequence[str]) -> tuple[float, float]:
    """What it counts that the file's name, and that a title, names the contract."""
    words = [fold(word) for word in (contract.title, *contract.recognise)]
    in_file = any(word in fold(file_name) for word in words)
    in_title = any(word in fold(title) for word in words for title in titles)
    return NAMED_IN_FILE * in_file, NAMED_IN_TITLE * in_title


def _lacking(contract: Contract, placed: Placed) -> list[str]:
    """Needed headers that are not there: those the contract names, and those of its shortest natural key."""
    there = _names(placed)
    lacking = [" or ".join(group) for group in contract.needs if there.isdisjoint(group)]
    keys = [[part for part in parts if part not in there] for parts in contract.natural_key]
    return lacking + min(keys, key=len)


def _names(placed: Placed) -> set[str]:
    return {rule.name for rule in placed.values()}


def _match(contract: Contract, placed: Placed, headers: Sequence[str]) -> Match:
    unknown = tuple(_numbered(contract, [(i, header) for i, header in enumerate(headers) if header.strip() and i not in placed]))
    doubled = tuple((i, rule.name) for i, _ in unknown if (rule := called(contract, headers[i])) and rule.name in _names(placed) and not rule.drop)
    stems = [(person.name, stem) for person in contract.persons.values() for stem in person.also]
    there = {name for told in _names(placed) for name in (told, *_plain(told, stems))}
    lost = tuple(rule.name for rule in contract.columns.values() if rule.name not in there and not rule.sheet)
    holds, notices = [], []
    for name in lost:
        rule = contract.columns[name]
        if rule.bad is Mode.FREEZE:
            holds.append(f"column {name} is gone, and the contract freezes it")
        elif rule.required or (rule.bad_stated and rule.bad is not Mode.EVOLVE):
            notices.append(f"column {name} is gone")
    for position, header in unknown:
        if contract.new_columns is Mode.FREEZE:
            holds.append(f"column {concealed(header)} is new, and the contract freezes its columns")
        elif position not in dict(doubled):
            notices.append(f"column {concealed(header)} is new")
    notices += [f"column {name} stands twice; the first is read, and the other kept" for _, name in doubled]
    return Match(contract, placed, unknown, lost, tuple(notices), tuple(holds), doubled)


def _numbered(contract: Contract, unknown: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Each header under a name of its own: one that is a column's name, or came before, is numbered (姓名·2)."""
    times = Counter({rule.name for rule in variants(contract.columns, contract.persons)})
    for position, header in unknown:
        times[header] += 1
        yield position, header if times[header] == 1 else f"{header}·{times[header]}"


def _in_yuan(placed: Placed, titles: Sequence[str], headers: Sequence[str]) -> Placed:
    """Amounts in what the unit line above the header says (单位：万元), unless their own headers say it."""
    scale = max(map(yuan_of, titles), default=1)
    if scale == 1:
        return placed
    return {at: replace(rule, scale=scale) if rule.type == "amount" and "元" not in headers[at] else rule for at, rule in placed.items()}


def _plain(name: str, stems: Sequence[tuple[str, str]]) -> list[str]:
    return [person + name[len(stem):] for person, stem in stems if name.startswith(stem)]


def _reason(nearest: tuple[float, Contract, list[str]] | None, headers: Sequence[str]) -> str:
    if nearest is None:
        return "there are no contracts"
    _, contract, lacking = nearest
    known = len(place_headers(contract, headers))
    told = f"nearest is {contract.name} ({contract.title}): it knows {known} of the {_width(headers)} headers"
    return f"{told} and lacks {', '.join(lacking)}" if lacking else told

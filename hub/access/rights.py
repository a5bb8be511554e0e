"""A class of rights: all that one role may see for one purpose on one day, as the compiler and the second lock take it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hub.access.catalogue import Catalogue, Item, Mask, Reach
from hub.access.deciding import Asker, decide_item


@dataclass(frozen=True)
class Rights:
    """The fields that are there, the tables that give rows, the columns that are masked, and how far it reaches."""

    name: str  # equal for equal rights: plans are kept by it
    reach: Reach
    fields: frozenset[str]
    tables: frozenset[str]
    masks: Mapping[str, Mask]
    personal: frozenset[str]  # those of the fields that tell something of a person
    small_counts: bool  # whether counts of 1 to 5 are shown
    closed_sources: frozenset[str] = frozenset()  # lists whose naming somebody tells what these rights do not open: none of their rows is there
    plainly: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # "table.column" -> a word that tells what these rights do not open -> what is seen instead


def rights_of(catalogue: Catalogue, asker: Asker, purpose: str, on: date) -> Rights:
    """What a role may see for a purpose on a day; without a grant nothing at all."""
    told = {code: decide_item(catalogue, asker, purpose, code, on) for code in catalogue.items}
    seen = [catalogue.items[code] for code, decision in told.items() if decision.allowed]
    closed = [item for code, item in catalogue.items.items() if not told[code].allowed]
    masked = [item for item in seen if told[item.code].masked]
    masks = {column: mask for item in masked for column, mask in item.masks.items()}
    reach = catalogue.roles[asker.role].reach if asker.role in catalogue.roles else Reach.SCHOOL
    named = "|".join([reach, *sorted(item.code for item in seen), *sorted(f"{column}={mask}" for column, mask in masks.items())])
    return Rights(
        hashlib.sha256(named.encode()).hexdigest()[:16],
        reach,
        frozenset(name for item in seen for name in item.fields),
        frozenset(table for item in seen for table in item.tables),
        masks,
        frozenset(name for item in seen if item.personal for name in item.fields),
        any(item.personal for item in seen),
        frozenset(source for item in closed for source in item.sources),
        _plainly(closed),
    )


def _plainly(closed: list[Item]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for item in closed:
        for column, told in item.plainly.items():
            words.setdefault(column, {}).update(told)
    return words


def everything(catalogue: Catalogue) -> Rights:
    """All there is: for tests and benches over invented data, which ask without a token (HUB_WITHOUT_TOKEN)."""
    items = catalogue.items.values()
    return Rights(
        "everything",
        Reach.COUNTY,
        frozenset(catalogue.item_of),
        catalogue.tables,
        {},
        frozenset(name for item in items if item.personal for name in item.fields),
        True,
    )

"""Whether somebody may see an item: a pure function of the catalogue, the asker, the purpose, the place and the day. No grant, no sight."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from hub.access.catalogue import Catalogue, Grant, Reach


@dataclass(frozen=True)
class Asker:
    """Who asks, as far as a decision needs: department, role, and what is in the role's care.

    The care of a township's inspector are codes of townships, of a village's worker "township/village", of a school's
    status manager ids of schools; for a role that reaches the county it is empty.
    """

    department: str
    role: str
    care: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """Where a row belongs."""

    township: str | None = None
    village: str | None = None
    schools: frozenset[str] = frozenset()
    of_the_case: bool = False  # of somebody in the case that is stated, which is open and the asker's


@dataclass(frozen=True)
class Decision:
    """The answer with its grounds; without a ground it is no."""

    allowed: bool
    masked: bool = False
    grants: tuple[str, ...] = ()


NO = Decision(False)


def decide(catalogue: Catalogue, asker: Asker, purpose: str, item: str, place: Place, on: date) -> Decision:
    """Whether the asker may see an item of a row at a place, for a purpose, on a day."""
    decision = decide_item(catalogue, asker, purpose, item, on)
    return decision if decision.allowed and (place.of_the_case if purpose in catalogue.of_a_case else reaches(catalogue, asker, place)) else NO


def decide_item(catalogue: Catalogue, asker: Asker, purpose: str, item: str, on: date) -> Decision:
    """The same before any row is known. What one grant shows as it is, no other grant masks."""
    role = catalogue.roles.get(asker.role)
    if role is None or role.department != asker.department or item not in catalogue.items:
        return NO
    grounds = [grant for grant in standing(catalogue.grants, asker.role, purpose, on) if item in grant.items]
    if not grounds:
        return NO
    return Decision(True, all(grant.masked for grant in grounds), tuple(grant.code for grant in grounds))


def standing(grants: Iterable[Grant], role: str, purpose: str, on: date) -> list[Grant]:
    """The grants of a role for a purpose that are in force on a day."""
    return [grant for grant in grants if grant.stands(on) and role in grant.roles and purpose in grant.purposes]


def reaches(catalogue: Catalogue, asker: Asker, place: Place) -> bool:
    """Whether a row at a place is in the asker's care."""
    match catalogue.roles[asker.role].reach:
        case Reach.COUNTY:
            return True
        case Reach.TOWNSHIP:
            return place.township is not None and place.township in asker.care
        case Reach.VILLAGE:
            return place.township is not None and place.village is not None and f"{place.township}/{place.village}" in asker.care
        case Reach.SCHOOL:
            return bool(place.schools & asker.care)


def tables_read_by(catalogue: Catalogue, department: str, on: date) -> frozenset[str]:
    """The tables that some role of a department may read for some purpose on a day."""
    roles = {code for code, role in catalogue.roles.items() if role.department == department}
    granted = {item for grant in catalogue.grants if grant.stands(on) and grant.roles & roles for item in grant.items}
    return frozenset(table for item in granted for table in catalogue.items[item].tables)


def departments_that_may(catalogue: Catalogue, fields: Collection[str], tables: Collection[str], on: date) -> frozenset[str]:
    """The departments some role of which has all of some fields, and may read all of some tables, for one purpose on a day."""
    found = set()
    for role in catalogue.roles.values():
        for purpose in catalogue.purposes:
            items = [catalogue.items[code] for grant in standing(catalogue.grants, role.code, purpose, on) for code in grant.items]
            if all(any(name in item.fields for item in items) for name in fields) and all(any(table in item.tables for item in items) for table in tables):
                found.add(role.department)
    return frozenset(found)


@dataclass(frozen=True)
class Sight:
    """One line of "who could see X on day D": a role, a purpose, how, and by which grants."""

    role: str
    department: str
    reach: Reach
    purpose: str
    masked: bool
    grants: tuple[str, ...]


def who_could_see(catalogue: Catalogue, item: str, on: date) -> list[Sight]:
    """Every role and purpose to which an item was open on a day, in the file's order."""
    found = []
    for role in catalogue.roles.values():
        for purpose in catalogue.purposes:
            told = decide_item(catalogue, Asker(role.department, role.code), purpose, item, on)
            if told.allowed:
                found.append(Sight(role.code, role.department, role.reach, purpose, told.masked, told.grants))
    return found

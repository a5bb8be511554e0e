"""Decisions against an independent oracle: the same rules written a second time for Cedar, whose engine shares no line with ours."""

import json
import os
import random
from datetime import date, timedelta

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.access.catalogue import Catalogue, Grant, Reach, Role, read_catalogue
from hub.access.deciding import NO, Asker, Place, decide, decide_item

CATALOGUE = read_catalogue()
DAYS = [date(2026, 11, 1) + timedelta(30 * i) for i in range(12)]
CASES = ["case_work"]  # purposes about one case
TOWNS, VILLAGES, SCHOOLS = ("210281101", "210281102"), ("甲村", "乙村"), ("11", "12")


def cedar_policies(catalogue: Catalogue) -> cedarpy.PolicySet:
    """The rules in Cedar's language: what reaches a row is written per role, what is granted per grant."""
    written = []
    for grant in catalogue.grants:
        for code in sorted(grant.roles):
            role = catalogue.roles[code]
            reach = {
                Reach.COUNTY: "true",
                Reach.TOWNSHIP: "resource has township && principal.care.contains(resource.township)",
                Reach.VILLAGE: "resource has household_village && principal.care.contains(resource.household_village)",
                Reach.SCHOOL: "principal.care.containsAny(resource.schools)",
            }[role.reach]
            until = f" && context.day < {grant.until.toordinal()}" if grant.until else ""
            written.append(
                f'permit(principal, action, resource) when {{ principal.role == "{code}" && principal.department == "{role.department}" && '
                f"{json.dumps(sorted(grant.purposes), ensure_ascii=False)}.contains(context.purpose) && {json.dumps(sorted(grant.items), ensure_ascii=False)}.contains(resource.item) && "
                f"context.day >= {grant.since.toordinal()}{until} && (if {json.dumps(CASES)}.contains(context.purpose) then resource.of_the_case else ({reach})) }};"
            )
    return cedarpy.PolicySet.from_str("\n".join(written))  # parsed once, not for each decision


def cedar_request(asker: Asker, purpose: str, item: str, place: Place, on: date) -> tuple[dict, list[dict]]:
    attributes: dict = {"item": item, "schools": sorted(place.schools), "of_the_case": place.of_the_case}
    if place.township:
        attributes["township"] = place.township
        if place.village:
            attributes["household_village"] = f"{place.township}/{place.village}"
    entities = [
        {"uid": {"type": "U", "id": "u"}, "attrs": {"role": asker.role, "department": asker.department, "care": sorted(asker.care)}, "parents": []},
        {"uid": {"type": "R", "id": "r"}, "attrs": attributes, "parents": []},
    ]
    request = {"principal": 'U::"u"', "action": 'A::"read"', "resource": 'R::"r"', "context": {"purpose": purpose, "day": on.toordinal()}}
    return request, entities


def anything(rng: random.Random, catalogue: Catalogue) -> tuple[Asker, str, str, Place, date]:
    """A request; mostly of a role with its own department, and a purpose and item that some grant has, so that both answers come."""
    role = rng.choice([*catalogue.roles, "nobody"])
    department = catalogue.roles[role].department if role in catalogue.roles and rng.random() < 0.9 else rng.choice(["education", "justice", ""])
    town, village = rng.choice([*TOWNS, None]), rng.choice([*VILLAGES, None])
    place = Place(town, village, frozenset(rng.sample(SCHOOLS, rng.randint(0, 2))), rng.random() < 0.5)
    care = frozenset(rng.sample([*TOWNS, *SCHOOLS, *(f"{t}/{v}" for t in TOWNS for v in VILLAGES)], rng.randint(0, 4)))
    purposes, items = list(catalogue.purposes), list(catalogue.items)
    theirs = [grant for grant in catalogue.grants if role in grant.roles]
    if theirs and rng.random() < 0.7:
        grant = rng.choice(theirs)
        purposes, items = sorted(grant.purposes), sorted(grant.items)
    return Asker(department, role, care), rng.choice([*purposes, ""]), rng.choice([*items, "x"]), place, rng.choice(DAYS)


def changing(rng: random.Random) -> Catalogue:
    """The catalogue with grants that come and go."""
    grants = []
    for grant in CATALOGUE.grants:
        since = rng.choice(DAYS[:6])
        grants.append(Grant(grant.code, grant.name, grant.roles, grant.purposes, grant.items, grant.masked, since, rng.choice([None, rng.choice(DAYS[6:])])))
    return Catalogue(CATALOGUE.versions, CATALOGUE.purposes, CATALOGUE.roles, CATALOGUE.items, tuple(grants), CATALOGUE.of_a_case)


def disagreements(times: int, seed: int) -> tuple[int, int]:
    """How many of so many random decisions Cedar decides otherwise, and how many are yes."""
    rng = random.Random(seed)
    catalogue = changing(rng)
    policies = cedar_policies(catalogue)
    wrong = yes = 0
    for _ in range(times // 500):
        asked = [anything(rng, catalogue) for _ in range(500)]
        for one in asked:
            request, entities = cedar_request(*one)
            told = cedarpy.is_authorized(request, policies, entities).allowed
            ours = decide(catalogue, *one)
            wrong += told != ours.allowed
            yes += told
    return wrong, yes


def test_cedar_agrees():
    wrong, yes = disagreements(int(os.environ.get("DECISIONS", "2000")), int(os.environ.get("SEED", "1")))
    assert wrong == 0 and yes > 100


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_cedar_agrees_fifty_thousand_times_each(seed):
    assert disagreements(50_000, 100 + seed)[0] == 0


roles = st.sampled_from(sorted(CATALOGUE.roles))
purposes, items, days = st.sampled_from(sorted(CATALOGUE.purposes)), st.sampled_from(sorted(CATALOGUE.items)), st.sampled_from(DAYS)


def asker(role: str) -> Asker:
    return Asker(CATALOGUE.roles[role].department, role, frozenset(TOWNS))


@settings(deadline=None)
@given(roles, purposes, items, days)
def test_without_a_grant_nothing_is_seen(role, purpose, item, day):
    empty = Catalogue(CATALOGUE.versions, CATALOGUE.purposes, CATALOGUE.roles, CATALOGUE.items, (), CATALOGUE.of_a_case)
    assert decide(empty, asker(role), purpose, item, Place(TOWNS[0]), day) == NO


@settings(deadline=None)
@given(roles, purposes, items, days)
def test_a_grant_more_never_takes_away_and_never_masks_what_was_clear(role, purpose, item, day):
    more = Grant("more", "", frozenset(CATALOGUE.roles), frozenset(CATALOGUE.purposes), frozenset(CATALOGUE.items), True, DAYS[0], None)
    wider = Catalogue(CATALOGUE.versions, CATALOGUE.purposes, CATALOGUE.roles, CATALOGUE.items, (*CATALOGUE.grants, more), CATALOGUE.of_a_case)
    before, after = decide_item(CATALOGUE, asker(role), purpose, item, day), decide_item(wider, asker(role), purpose, item, day)
    assert after.allowed and (not before.allowed or after.masked == before.masked)


@settings(deadline=None)
@given(roles, st.text(max_size=5), st.text(max_size=5), days)
def test_what_the_catalogue_does_not_know_is_no(role, purpose, item, day):
    assert decide_item(CATALOGUE, asker(role), "?" + purpose, "person.basic", day) == NO
    assert decide_item(CATALOGUE, asker(role), "audit", "?" + item, day) == NO
    assert decide_item(CATALOGUE, Asker("another", role), "audit", "public.place", day) == NO


def test_every_reach_is_met():
    assert {role.reach for role in CATALOGUE.roles.values()} == set(Reach)
    assert all(isinstance(role, Role) for role in CATALOGUE.roles.values())

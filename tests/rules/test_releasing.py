"""Which frozen values whoever may only count is told: no small cell, and none that the rest of a family or the city's value would tell."""

import random

import pytest

from hub.rules.indicators import INDICATORS
from hub.rules.releasing import CITY, FAMILIES, FEWEST, released

ENROLMENT = "enrolment"


def of(name: str, **towns: tuple[int, int]) -> dict[tuple[str, str], tuple[int, int]]:
    """An indicator's values by township, with the city's."""
    return {(name, place): told for place, told in towns.items()} | {(name, CITY): tuple(map(sum, zip(*towns.values(), strict=True)))}


def places(values, name: str = ENROLMENT) -> str:
    return "".join(sorted(place for one, place in released(values) if one == name))


@pytest.mark.parametrize(
    ("towns", "shown"),
    [
        ({"a": (90, 100), "b": (94, 100), "c": (6, 12)}, "*abc"),
        ({"a": (95, 100), "b": (94, 100), "c": (6, 12)}, "*c"),  # five beside it in a: hidden, and b with it, or the city's value would tell
        ({"a": (100, 100), "b": (94, 100), "c": (6, 12)}, "*abc"),  # nobody is no small cell
        ({"a": (5, 100), "b": (94, 100), "c": (6, 12)}, "*c"),
        ({"a": (95, 100), "b": (95, 100), "c": (6, 12)}, "*c"),  # ten between two: either may have any of 1 to 5
        ({"a": (98, 100), "b": (98, 100), "c": (6, 12)}, "*"),  # four between two: c is hidden, too
        ({"a": (98, 100), "b": (100, 100)}, "b"),  # the city's own cell is small: it is hidden, and nothing else need be
        ({"a": (94, 100)}, "*a"),
        ({"a": (0, 3), "b": (50, 100), "c": (50, 100)}, "*c"),
        ({"a": (0, 0), "b": (50, 100)}, "*ab"),
    ],
)
def test_small_cells_by_township(towns, shown):
    assert places(of(ENROLMENT, **towns)) == shown


def test_a_family_is_hidden_as_a_whole():
    """Placements are parts of those in school, and dropouts of a term are among those of the year: what one value hides another would tell."""
    disabled = of("enrolment_disabled", a=(20, 30), b=(20, 30), c=(20, 30))
    inclusive = of("placed_inclusive", a=(14, 20), b=(12, 20), c=(10, 20))
    home = of("placed_at_home", a=(0, 20), b=(0, 20), c=(10, 20))
    assert places(disabled | inclusive | home, "enrolment_disabled") == "*abc"
    remote = of("placed_remote", a=(3, 20), b=(0, 20), c=(0, 20))
    told = released(disabled | inclusive | home | remote)
    assert {place for _, place in told} == {"b", "c"}  # the city's three hide it of the whole family, and no sum tells of a
    year, term = of("dropout", a=(20, 900), b=(20, 900), c=(20, 900)), of("dropout_term", a=(17, 900), b=(20, 900), c=(20, 900))
    assert ("dropout", "a") not in released(year | term) and ("dropout", "a") in released(year)


@pytest.mark.parametrize("seed", range(4))
def test_no_table_tells_a_small_cell(seed):
    """Random tables of every family: nothing small is shown, and what the city's value leaves of the shown ones is nobody, or enough in two places or more."""
    chance = random.Random(seed)
    shown = 0
    for _ in range(400):
        towns = "abcdefgh"[: chance.randrange(1, 9)]
        for family in (*FAMILIES, (ENROLMENT,)):
            values: dict[tuple[str, str], tuple[int, int]] = {}
            for place in towns:
                below = chance.choice((0, 3, 8, 12, 20, 200))
                for name in family:
                    values[name, place] = (chance.choice((0, 0, below // 4, below // 2, below)), below)
            for name in family:
                values[name, CITY] = tuple(sum(values[name, place][i] for place in towns) for i in (0, 1))
            told = released(values)
            assert told <= values.keys()
            for name in family:
                for i in (0, 1):
                    cells = {place: (values[name, place][0], values[name, place][1] - values[name, place][0])[i] for place in (*towns, CITY)}
                    assert not [place for place, cell in cells.items() if (name, place) in told and 0 < cell < FEWEST]
                    hidden = [cells[place] for place in towns if (name, place) not in told]
                    if hidden and (name, CITY) in told:
                        assert len(hidden) > 1 and not 0 < sum(hidden) < FEWEST
            shown += len(told)
    assert shown > 500


def test_every_family_is_of_indicators_there_are():
    assert {name for family in FAMILIES for name in family} <= {one.name for one in INDICATORS}

"""Which frozen values are released to whoever may only count: no cell of 1 to 5 is told, not by a value, not by what is left of a sum.

A cell is the numerator, what the denominator has beside it, or what values of one family leave of each other. A township with a small cell
is left out of its whole family, since one value would tell another's; so are others, in the order of their codes and never by their size,
until the city's value leaves what is hidden open; and where that cannot be, the city.
"""

from collections.abc import Iterator, Mapping

FEWEST = 6  # a group that is shown to who may see nobody in it: 1 to 5 are hidden (reliability 0.6)
CITY = "*"
#: Indicators whose values tell of each other: parts of one whole, or one within the other.
FAMILIES = (
    ("enrolment_disabled", "placed_inclusive", "placed_special_class", "placed_special_school", "placed_at_home", "placed_remote"),
    ("dropout", "dropout_term"),
)

Values = Mapping[tuple[str, str], tuple[int, int]]  # (name, township) -> numerator, denominator


def released(values: Values) -> set[tuple[str, str]]:
    """The (name, township) of those that whoever may only count may see."""
    names = {name for name, _ in values}
    alone = [(name,) for name in sorted(names - {name for family in FAMILIES for name in family})]
    told: set[tuple[str, str]] = set()
    for family in (*FAMILIES, *alone):
        shown = _shown({place: _family(values, family, place) for place in sorted({place for name, place in values if name in family})})
        told |= {(name, place) for name in family for place in shown if (name, place) in values}
    return told


def _family(values: Values, family: tuple[str, ...], place: str) -> dict[str, tuple[int, int]]:
    return {name: values[name, place] for name in family if (name, place) in values}


def _shown(family: Mapping[str, Mapping[str, tuple[int, int]]]) -> set[str]:
    """The places of a family that are shown."""
    cells = {place: dict(_cells(told)) for place, told in family.items()}
    towns = [place for place in cells if place != CITY]
    hidden = [place for place in towns if _is_small(cells[place])]
    if CITY not in cells or _is_small(cells[CITY]):
        return {*towns} - {*hidden}
    others = [place for place in towns if place not in hidden]
    if hidden:  # in a ring, from the first hidden one on
        others.sort(key=lambda place: (place < hidden[0], place))
    while hidden and not _is_open([cells[place] for place in hidden]):
        if not others:
            return set()
        hidden.append(others.pop(0))
    return {CITY, *others}


def _cells(told: Mapping[str, tuple[int, int]]) -> Iterator[tuple[str, int]]:
    for name, (above, below) in told.items():
        yield name, above
        yield f"{name}: beside", below - above
    placed = [one for name, one in told.items() if name.startswith("placed_")]
    if placed:
        yield "placed: the rest", placed[0][1] - sum(above for above, _ in placed)
    if {"dropout", "dropout_term"} <= told.keys():
        yield "dropout: before the term", told["dropout"][0] - told["dropout_term"][0]


def _is_small(cells: Mapping[str, int]) -> bool:
    return any(0 < abs(one) < FEWEST for one in cells.values())


def _is_open(hidden: list[dict[str, int]]) -> bool:
    """Whether the sum of what is hidden, which the city's value tells, leaves each cell open: two places at least, and nobody or enough."""
    sums = {name: sum(cells.get(name, 0) for cells in hidden) for name in {name for cells in hidden for name in cells}}
    return len(hidden) > 1 and not _is_small(sums)

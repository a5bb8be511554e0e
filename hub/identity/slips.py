"""Slips of the pen: how far two spellings are apart, and what a damaged number still tells of another."""

from functools import lru_cache

from hub.domain.values.citizen_number import check_digit


@lru_cache(maxsize=500_000)
def slips(written: str, number: str) -> int:
    """The level at which a damaged number is near another: slips of one digit, two neighbours changed about counting as one."""
    if written == number:
        return 1
    if len(written) == 18 and written[15:] == "000" and written[:15] == number[:15]:
        return 4
    far = distance(written, number, most=3)
    if far <= 3:
        return far
    if len(written) == 18 and written[:17].isdigit() and check_digit(written[:17]) == written[17]:
        return 6
    return 5 if written[6:14] == number[6:14] and len(written) == 18 else 7


def distance(one: str, other: str, most: int) -> int:
    """The optimal string alignment distance of two numbers; ``most`` + 1 for anything farther."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        last, before, row = before, row, [i] + [0] * len(other)
        for j, b in enumerate(other, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], last[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)

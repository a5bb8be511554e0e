"""Words of state in a column that a contract does not know: a list that says who is dead, moved or struck off under a header of its own."""

from __future__ import annotations

from functools import lru_cache

from hub.contract.model import Contract, StateWord
from hub.domain.values.cell_lists import CELL_LISTS
from hub.domain.values.codes import Code

STATES = "_state"  # how the names of code lists end that tell whether somebody still stands on a list
USUAL, OTHER = "1", "其他"  # the first entry of each is the usual one; 其他 stands in every list


def state_lists(contract: Contract) -> tuple[str, ...]:
    """The code lists by which a contract's columns tell a state."""
    return tuple(dict.fromkeys(rule.codes for rule in contract.columns.values() if rule.codes and rule.codes.endswith(STATES)))


@lru_cache(maxsize=10_000)
def state_word(header: str, cell: str, lists: tuple[str, ...]) -> StateWord | None:
    """What a cell under an undeclared header says of a state; a bare code says nothing, for it may count anything."""
    if cell.isascii():
        return None
    for codes in lists:
        read = CELL_LISTS[codes].read(cell)
        if isinstance(read, Code) and read.label != OTHER:
            return StateWord(header, codes, read.code.lstrip("0") == USUAL)
    return None

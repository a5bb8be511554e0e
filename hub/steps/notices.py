"""Notices: what of a delivery is told although nothing is wrong enough to hold it.

Hidden rows, a stated total that differs (D-40), rows on another township's sheet (D-18), characters missing in names (D-03, D-05), and a sex column that the numbers beside it contradict (D-44).
"""

import re
from collections import Counter
from collections.abc import Iterator

from hub.contract.model import LostCharacter, RowSign, Sign
from hub.steps.validate import Delivery, Part

MIXED_UP, MIN_SEXES = 0.05, 3
_LOST = {
    False: "a lost character (such as ? or □); ask the owner for the right one",
    True: "a character of a private font, which only its sender's machines show; ask the owner for the standard one",
}
_TOTAL = re.compile(r"(?:共计?|合计|总计)[:：]?\s*((?:\d[\d,，]*\s*[人名条行户][、,，;；\s]*)+)")
_COUNT = re.compile(r"(\d[\d,，]*?)\s*([人名条行户])")
_HOUSEHOLD = ("户号", "户编号", "家庭编号", "低保证号", "救助证号", "户主身份证号", "户主姓名")  # the surest sign of one household first


def notices(delivery: Delivery) -> tuple[str, ...]:
    """Sentences with figures, never with a value."""
    return (*_hidden(delivery), *_totals(delivery))


def other_sexes(sexes: Counter[tuple[str, bool]]) -> tuple[str, ...]:
    """A sentence for each role of which too many sexes are not those in the valid numbers beside them: a list that mixes up its codes."""
    told = []
    for role in sorted({role for role, _ in sexes}):
        other, all_ = sexes[role, False], sexes[role, False] + sexes[role, True]
        if other >= MIN_SEXES and other > MIXED_UP * all_:
            told.append(f"{role}: in {other} of {all_} rows the sex is not the one in the number; does the list use other codes for it?")
    return tuple(told)


def other_sheets(signs: Counter[RowSign]) -> tuple[str, ...]:
    """A sentence where rows name another township than the sheet on which they stand."""
    rows = signs[Sign.OTHER_SHEET]
    return (f"{rows} rows name another township than their sheet; the row's own counts",) if rows else ()


def lost_characters(signs: Counter[RowSign]) -> tuple[str, ...]:
    """A sentence for each column of names in which characters are missing, and how."""
    told = sorted((sign.column, sign.private, rows) for sign, rows in signs.items() if isinstance(sign, LostCharacter))
    return tuple(f"column {column}: in {rows} {'row' if rows == 1 else 'rows'} a name has {_LOST[private]}" for column, private, rows in told)


def _hidden(delivery: Delivery) -> Iterator[str]:
    for part in delivery.parts:
        if hidden := len(part.sheet.hidden_rows):
            yield f"{_sheet(part)}{hidden} of {part.sheet.row_count} rows are hidden, and were read like the others"


def _totals(delivery: Delivery) -> Iterator[str]:
    """A title's total may speak for its own sheet or for all; where it is neither, the sender meant other rows than came."""
    for part in delivery.parts:
        for where, stated, unit in _stated(part):
            here, everywhere = _count(part, unit), sum(_count(one, unit) for one in delivery.parts)
            if stated not in (here, everywhere):
                what = "households" if unit == "户" else "rows"
                yield f"{_sheet(part)}the {where} says {stated}{unit}, but {here} {what} were read"


def _stated(part: Part) -> Iterator[tuple[str, int, str]]:
    for where, line in (*(("title", line) for line in part.sheet.title), ("total", part.sheet.total)):
        for total in _TOTAL.findall(line):
            for figure, unit in _COUNT.findall(total):
                yield where, int(re.sub("[,，]", "", figure)), unit


def _count(part: Part, unit: str) -> int:
    """The sheet's rows; of households, as many as its surest column tells apart."""
    if unit != "户":
        return part.sheet.row_count
    places = {header.split("/")[-1].strip(): position for position, header in reversed(list(enumerate(part.sheet.headers)))}
    column = next((places[name] for name in _HOUSEHOLD if name in places), None)
    if column is None:
        return part.sheet.row_count
    return len({row.cells[column].strip() for row in part.sheet.rows} - {""})


def _sheet(part: Part) -> str:
    return f"sheet {part.sheet.name}: " if part.sheet.name else ""

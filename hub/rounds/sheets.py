"""Sheets of a round: one XLSX a township with locked keys, and what comes back in it.

The lock of a sheet keeps nobody out. What counts is that every printed key is compared with the round's own row when the sheet comes
back: a sheet in which one was changed, moved or added is refused as a whole, with the rows and columns.
"""

import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import xlsxwriter
from python_calamine import CalamineError, load_workbook

from hub.domain.values.codes import CODE_LISTS, Code
from hub.domain.values.division import TOWNSHIPS
from hub.domain.values.text import clean
from hub.exports.cells import private, safe
from hub.rounds.freezing import round_of, sheet_number
from hub.rounds.results import COUNTERSIGNED, Answer, NotTaken, Taken, take
from hub.rules import RULES
from hub.storage.history import known_at
from hub.storage.publishing import Publication

SHEET = "核查表"
KEYS = ("轮次", "序号", "核查编号", "乡镇街道", "姓名", "性别", "出生日期", "核查规则", "子类", "严重程度", "校验码")
NUMBER = KEYS.index("核查编号")  # by which a line's row is found
ANSWERS = ("结论代码", "证明材料", "说明")
WIDTHS = (8, 6, 22, 14, 10, 6, 12, 22, 24, 8, 18, 10, 32, 40)
BYTES_MOST, UNPACKED_MOST = 4 * 2**20, 40 * 2**20  # of a sheet that comes back
#: What a sheet says instead of the rule and the kind where these tell why: a township, a village, a school see that a child needs looking after (G.8).
PLAINLY = {"custody": "监护缺失", "parent_situation": "监护缺失", "certificate": "特殊教育需要", "assistance": "需要关爱帮扶", "payment": "需要关爱帮扶"}
NOT_PRINTED = ("严重程度", "")  # of these rows the severity would tell the rule: it is not printed, and not asked back
ONLY_JUSTICE_KNOWS = "18"  # 家长不再服刑/非其子女: no conclusion of a township's
NO_TOWNSHIP = "-"  # the name of the sheet of those whom no township owns


@dataclass(frozen=True)
class Line:
    """What became of one line of a sheet: its row from 1 on, and the answer's fate or why it was refused."""

    row: int
    taken: Taken | None
    refused: str = ""


async def write_sheets(connection: asyncpg.Connection, division: int, no: int, folder: Path, *, township: str = "") -> list[tuple[Path, int]]:
    """A township's sheet, or all of them: each file (0600) with its number of rows."""
    rows = await _printed(connection, division, no)
    chosen = sorted({row["place_name"] for row in rows} if not township else {township})
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = []
    for name in chosen:
        theirs = [row["cells"] for row in rows if row["place_name"] == name]
        if not theirs:
            raise NotTaken("township", f"the round has no rows of {name}; it has rows of {', '.join(sorted({row['place_name'] for row in rows}))}")
        path = folder / f"核查表_{no}_{'无乡镇' if name == NO_TOWNSHIP else name}.xlsx"
        _write(path, theirs)
        written.append((path, len(theirs)))
    return written


async def take_sheet(publication: Publication, no: int, path: Path, *, by: str, department: str) -> list[Line]:
    """Take a sheet's answers; lines without one are passed over. NotTaken where the sheet is none of the round, or a key was changed."""
    told = _read(path)
    rows = await _printed(publication.connection, publication.division, no)
    printed = {str(safe(str(row["finding"]))): row for row in rows} | {row["cells"][NUMBER]: row for row in rows}
    faults = []
    for at, cells in told:
        row = printed.get(cells[NUMBER])
        if row is None:
            faults.append(f"row {at}: 核查编号 is none of 轮次 {no}")
            continue
        wrong = [name for name, cell, key in zip(KEYS, cells, row["cells"], strict=False) if cell != key and name != KEYS[NUMBER] and (name, key) != NOT_PRINTED]
        if wrong:
            faults.append(f"row {at}: {', '.join(wrong)} was changed")
    if faults:
        more = f"; and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise NotTaken("sheet", f"the keys are not those that were handed out: {'; '.join(faults[:10])}{more}; nothing of it was taken. Fill a fresh sheet (hub round sheet)")
    answers = [(at, printed[cells[NUMBER]]["finding"], Answer(_code(cells[len(KEYS)]), note=cells[len(KEYS) + 2], document=cells[len(KEYS) + 1])) for at, cells in told if any(cells[len(KEYS) :])]
    several: dict[int, set[Answer]] = {}
    for _, finding, answer in answers:
        several.setdefault(finding, set()).add(answer)
    lines = []
    for at, finding, answer in answers:
        try:
            lines.append(Line(at, await take(publication, round_no=no, finding=finding, answer=answer, by=by, department=department, twice=len(several[finding]) > 1)))
        except NotTaken as refused:
            if refused.field in ("round", "department", "by"):
                raise
            lines.append(Line(at, None, f"{refused.field}: {refused}"))
    return lines


def told_of(lines: list[Line]) -> Counter[str]:
    """How many lines came to which state; those that were there already apart."""
    return Counter("REFUSED" if line.taken is None else "AGAIN" if line.taken.again else line.taken.state for line in lines)


async def _printed(connection: asyncpg.Connection, division: int, no: int) -> list[Any]:
    """The cells that are locked, of every row, from the axes as known at the round's publication."""
    told = await round_of(connection, division, no)
    titles = {rule.name: f"{rule.number} {rule.title_zh}" for rule in RULES}
    found = await connection.fetch(
        f"""select r.finding, r.place, r.township, r.checksum, r.rule, r.reveals, f.kind, f.severity, p.name, p.sex, p.birth_date
              from round_row r join {known_at("finding")} f on f.id = r.finding
              left join lateral (select * from {known_at("person_resolved")} p where p.id = r.person and p.valid @> $3::date limit 1) p on true
             where r.division = $1 and r.round = $4 order by r.township nulls first, r.place""",
        division, told["known"], told["frozen_on"], no,
    )  # fmt: skip
    rows = []
    for row in found:
        place = row["township"] or NO_TOWNSHIP
        rule, kind, severity = (PLAINLY[row["reveals"]], "", "") if row["reveals"] else (titles.get(row["rule"], row["rule"]), row["kind"] or "", row["severity"])
        cells = (
            str(no), str(row["place"]), str(sheet_number(told["seed"], row["finding"]) if row["reveals"] else row["finding"]), TOWNSHIPS.get(place, place), row["name"] or "", row["sex"] or "",
            row["birth_date"].isoformat() if row["birth_date"] else "", rule, kind, severity, row["checksum"],
        )  # fmt: skip
        rows.append({"finding": row["finding"], "place_name": place, "cells": tuple(str(safe(cell)) for cell in cells)})
    return rows


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    with private(path) as file, xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, help_ = book.add_worksheet(SHEET), book.add_worksheet("填写说明")
        head = book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1, "text_wrap": True})
        locked = book.add_format({"border": 1, "num_format": "@", "bg_color": "#F2F2F2"})
        free = book.add_format({"border": 1, "num_format": "@", "locked": False, "text_wrap": True})
        for column, (name, width) in enumerate(zip((*KEYS, *ANSWERS), WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        for at, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(at, column, cell, locked)
            for column in range(len(KEYS), len(KEYS) + len(ANSWERS)):
                sheet.write_blank(at, column, None, free)
        codes = [one for one in CODE_LISTS["conclusion"].codes if one.code != ONLY_JUSTICE_KNOWS]
        sheet.data_validation(1, len(KEYS), len(rows), len(KEYS), {"validate": "list", "source": [one.code for one in codes], "error_message": "见“填写说明”中的代码"})
        sheet.freeze_panes(1, 5)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
        help_.set_column(0, 0, 60)
        help_.set_column(1, 1, 30)
        lines = [("只填写最后三列；灰色各列为核查键，改动后整表退回。", ""), ("不得填写身份证号、银行账号、电话号码。", "")]
        lines += [(f"{one.code} {one.label}", "须第二部门会签" if one.code in COUNTERSIGNED else "") for one in codes]
        for at, (one, other) in enumerate(lines):
            help_.write_string(at, 0, one)
            help_.write_string(at, 1, other)
        help_.protect()


def _read(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    """The lines of a sheet that came back, with their rows."""
    wrong = NotTaken("sheet", f"{path.name} is no sheet of a round: an XLSX with the sheet {SHEET} and the columns as they were handed out, at most {BYTES_MOST // 2**20} MB")
    try:
        if path.stat().st_size > BYTES_MOST:
            raise wrong
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_MOST:
                raise wrong
        rows = load_workbook(str(path)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    except (OSError, zipfile.BadZipFile, CalamineError) as broken:
        raise wrong from broken
    width = len(KEYS) + len(ANSWERS)
    if not rows or tuple(_text(cell) for cell in rows[0][:width]) != (*KEYS, *ANSWERS):
        raise wrong
    lines = [(at, tuple(_text(cell) for cell in [*row, *[""] * width][:width])) for at, row in enumerate(rows[1:], start=2)]
    return [(at, cells) for at, cells in lines if any(cells)]


def _code(cell: str) -> str:
    """The code that a cell gives, as the list writes it: in wide digits, by its name, or both as they stand under 填写说明. A cell whose code
    and name differ stays as it is, and is refused."""
    told = CODE_LISTS["conclusion"].read(cell)
    if not isinstance(told, Code):
        return cell
    digits = re.match(r"\d+", clean(cell))
    return cell if digits and digits[0].zfill(2) != told.code else told.code


def _text(cell: Any) -> str:
    """A cell as text; a code that a program made a number of has its two digits again."""
    if isinstance(cell, float) and cell.is_integer():
        return f"{int(cell):02d}"
    return str(cell).strip()

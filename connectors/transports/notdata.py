"""Recognises the rows of an office sheet that are not records: units, totals, notes, repeated headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from connectors.transports.grid import is_blank
from connectors.transports.header import Header, plain
from hub.domain.delivery import NotDataKind

_SUMMARY_NAME = re.compile(r"汇总|说明|统计|目录|封面|字典|代码表|示例|样表|填报须知|填表须知")
_UNIT = re.compile(r"^(?:计量|金额)?单位(?:[:：]|$)|^[（(]单位[:：]")
# A total says so in its first cell, alone or after the name of a place, a school or a page: a pupil called
# 合… or 王小计 is no total.
_TOTAL = re.compile(
    r"^(?:.{0,14}(?:镇|乡|街道|村|社区|学校|小学|中学|市|县|区|局|所|班|年级|页|月|年|全部|以上))?"
    r"(?:合计|小计|总计|共计|累计)(?:[（(].{0,8}[)）])?[:：]?[\d,.]*[人户名条元个]*$"
)
_NOTE = re.compile(
    r"^(?:(?:填表|填报|审核|审批|制表|制单|复核|经办|联系|负责|统计)人(?:签字|签名|员)?|填[表报](?:单位|日期|时间)"
    r"|单位(?:负责人|盖章|公章)|制表(?:单位|日期|时间)?|审核|(?:打印|导出|生成)(?:时间|日期|人)|数据来源|来源|备注"
    r"|附?注\d*|说明|填表说明|联系电话|截[止至](?:日期|时间)?|日期)[:：、]"
    r"|^(?:备注|制表|审核|填表人|审核人|制表人|填报人|说明|注)$"
    r"|^(?:总?共|合计共?|本表共|以上共)\d+(?:人|户|名|条|行|个)"
)
_AMOUNT = re.compile(r"^[-+]?[￥¥]?[\d,.]*(?:万?元|人次?|户|名|条|个|%)?$|^[-—/]+$")
_IDENTIFIER = re.compile(r"^[A-Z]?\d{14,19}[\dXx]$")


def is_summary_name(name: str) -> bool:
    """True for a sheet called a summary, an explanation, a code list or the like (domain research D-18)."""
    return _SUMMARY_NAME.search(name) is not None


def title_kind(line: str) -> NotDataKind:
    """The kind of a line above the header."""
    text = plain(line)
    if _UNIT.match(text):
        return NotDataKind.UNIT
    if text.startswith("sep="):
        return NotDataKind.NOTE
    return NotDataKind.TITLE


def row_kind(cells: Sequence[str], header: Header) -> NotDataKind | None:
    """None for data, else why this row below the header is not (domain research D-15)."""
    first = next(cell for cell in cells if not is_blank(cell))
    if first.isdigit() and first.isascii():
        return None
    text = plain(first)
    if text in header.openings and header.repeats(cells):
        return NotDataKind.REPEATED_HEADER
    if _UNIT.match(text) and _sparse(cells, header):
        return NotDataKind.UNIT
    if _TOTAL.match(text) and (_sparse(cells, header) or _amounts(cells)) and not _identified(cells):
        return NotDataKind.TOTAL
    if _NOTE.match(text) and _sparse(cells, header) and not _identified(cells):
        return NotDataKind.NOTE
    return None


def _sparse(cells: Sequence[str], header: Header) -> bool:
    filled = sum(not is_blank(cell) for cell in cells)
    return filled == 1 or filled * 2 < len(header.paths)


def _amounts(cells: Sequence[str]) -> bool:
    """True when amounts follow the first filled cell: a total over a narrow sheet fills every column."""
    filled = [plain(cell) for cell in cells if not is_blank(cell)]
    return all(_AMOUNT.match(cell) for cell in filled[1:])


def _identified(cells: Sequence[str]) -> bool:
    return any(_IDENTIFIER.match(plain(cell)) for cell in cells)

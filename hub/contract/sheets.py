"""A sheet's name as the township of its rows, where a district sends a sheet for each (domain D-18)."""

from __future__ import annotations

import re
from dataclasses import replace

from hub.contract.model import ColumnRule, Contract, Mode
from hub.domain.values.division import DivisionMatch, read_division
from hub.domain.values.text import clean

SHEET = "工作表"  # under this name a record keeps what its sheet's name told
_LEAD = re.compile(r"^[\s\d.、,，_\-—()（）\[\]【】第年月日]+")
_TAIL = re.compile(r"[(（\[【].*$")
_INSTITUTION = re.compile(r"小学|中学|学校|幼儿园|中心校|教学点|派出所|医院|卫生院|司法所|法院|监狱|看守所|福利院|敬老院|公司")
_AFTER = re.compile(r"[\s\d(（\[【_\-—.]|共|残疾|儿童|低保|特困|困境|留守|孤儿|服刑|脱贫|监测|适龄|未入学|无户口|学生|人员|人口|名单|明细|台账|清单|汇总|统计|登记|表|辖区|所属|人民政府|政府|办事处")


def township_of(sheet: str) -> DivisionMatch | None:
    """The township, perhaps with its village, that a sheet is named after; None for Sheet1, 汇总, a school and the like."""
    plain = clean(sheet)
    if not plain.isdigit():
        plain = _TAIL.sub("", _LEAD.sub("", plain))
    found = None if _INSTITUTION.search(plain) else read_division(plain)
    if found is None or len(found.code) < 9 or not (found.village or not found.rest or _AFTER.match(found.rest)):
        return None
    return found


def sheet_rule(contract: Contract) -> ColumnRule | None:
    """The township that a contract lets the sheet's name tell: as a column of its own, the weakest of those that tell it."""
    rule = next((rule for rule in contract.columns.values() if rule.sheet and rule.type == "division"), None)
    return rule and replace(rule, name=SHEET, also=(), required=False, bad=Mode.EVOLVE)


def told_by(sheet: str) -> str:
    """What the record keeps of the name: the township as it is called, however the sheet is numbered or counted; blank for none."""
    found = township_of(sheet)
    return found.name + (found.village or "") if found else ""

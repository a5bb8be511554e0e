"""A personal number lies in the vault and nowhere else, whichever column it was written into."""

import re
from datetime import date

import pytest

from connectors import load_contracts
from hub.access.sealing import Keys
from hub.contract.apply import Reapply
from hub.contract.model import Accepted
from hub.domain.values.cell_lists import CELL_LISTS
from hub.steps.standardise import Draft, Version
from hub.storage.tables import metadata
from tests.flow import DIVISION, TODAY, carry, hub, number, write_csv
from tests.properties.test_timelines import HEADER

HOLDER, STRANGER, PHONE, CARD = number(date(2014, 5, 3), 101), number(date(1985, 3, 17), 421), "13900001234", "6222021234567890123"


async def test_no_table_holds_a_number_in_clear(database, tmp_path):
    header = [*HEADER, "填报人身份证", "家庭电话", "备注", "银行卡", "编码"]
    good = ["1", "210281000", "王大山", "孙子", "王小禾", "", "男", HOLDER, "20140503", "汉族", f"瓦房店市许屯镇南姜泡村（身份证{STRANGER}）", "",
            STRANGER, PHONE, f"联系 {STRANGER[:6]} {STRANGER[6:14]} {STRANGER[14:]}，{PHONE}", CARD, "2024210281000123"]
    quarantined = [*good[:4], f"王小雨{STRANGER}", *good[5:]]
    shifted = ["3", STRANGER, PHONE, "孙子", "王小晴", "", "男", number(date(2014, 5, 3), 103), "20140503", "汉族", "瓦房店市许屯镇", "", "", "", "", "", ""]
    write_csv(tmp_path / "in", "常住人口_202609.csv", [header, good, quarantined, shifted])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
        assert (report.counts.new, report.counts.quarantined) == (2, 1)
        looked_in = 0
        for table in metadata.tables.keys() - {"index_aside"}:  # which nobody but the owner reads, and which is empty
            for row in await connection.fetch(f'select t::text as told from "{table}" t'):
                looked_in += 1
                plain = re.sub(r"[\s\-]", "", row["told"])
                for secret in (HOLDER, STRANGER, PHONE, CARD, "2024210281000123", number(date(2014, 5, 3), 103)):
                    assert secret not in plain, (table, secret)
        assert looked_in > 10


#: What a cell of each type may plausibly say before somebody's number stands in it, too.
PLAUSIBLE = {
    "school": "岗店小学", "name": "王小禾", "address": "瓦房店市许屯镇东村", "division": "许屯镇", "grade": "三年级", "date": "20120503", "month": "201205",
    "partial_date": "2012", "period": "20230110-20260709", "yes_no": "是", "integer": "3", "amount": "1260元", "decimal": "3", "school_year": "2026-2027",
}
WRITTEN = ("{said}{number}", "{said}（{number}）", "{said} {number}", "{number}{said}", "{said}{spaced}", "{said}{number}13900001234", "{number}")


@pytest.mark.parametrize("contract", load_contracts(), ids=lambda contract: contract.name)
def test_a_number_in_any_text_is_shown_nowhere(contract, tmp_path):
    """Whichever column of whichever list holds it, beside whatever else: neither record, quarantine, mention, fact nor school tells it."""
    keys = Keys.load_or_make(tmp_path / "sealing.json")
    again = Reapply(contract)
    usual = {name: rule for name, rule in contract.columns.items() if rule.required or any(name in key for key in contract.natural_key)}
    for rule in contract.columns.values():
        said = CELL_LISTS[rule.codes].codes[0].label if rule.codes else PLAUSIBLE.get(rule.type, "说明")
        for form in WRITTEN:
            cell = form.format(said=said, number=STRANGER, spaced=f"{STRANGER[:6]} {STRANGER[6:14]}-{STRANGER[14:]}")
            raw = {name: _usual(one.type) for name, one in usual.items()} | {rule.name: cell}
            row = again(raw, TODAY)
            draft = Draft(keys, DIVISION)
            told = [draft.payload(row), row.line, row.problems]
            if isinstance(row, Accepted):
                draft.add(contract, row.subrows, Version(1, 2, TODAY, None))
            taken = draft.take()
            told += [taken.mentions, taken.facts, taken.schools, [household[:2] for household in taken.households.values()]]
            assert STRANGER not in re.sub(r"[\s\-]", "", str(told)), (rule.name, form)


def _usual(type_: str) -> str:
    return {"citizen_number": HOLDER, "person_number": HOLDER, "student_number": "G" + HOLDER, "certificate_number": HOLDER + "52"}.get(type_, PLAUSIBLE.get(type_, "甲"))


async def test_a_school_and_a_name_with_a_number_in_them(database, tmp_path):
    """The school of a row is masked wherever it is shown; so is a number in the brackets behind a name, and one in the rows' own numbering."""
    header = ["序号", "学校名称", "姓名", "性别", "出生日期", "身份证件号", "年级", "就读状态", "学籍号"]
    row = [STRANGER, f"岗店小学{STRANGER}", f"王小禾（{STRANGER}）", "男", "20140503", HOLDER, "三年级", "在读", "G" + HOLDER]
    write_csv(tmp_path / "in", "学生基础信息_202609.csv", [header, row])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
        assert report.counts.new == 1
        assert await connection.fetchval("select name from school") == "岗店小学2102***********212"
        for table in metadata.tables.keys() - {"index_aside"}:
            for told in await connection.fetch(f'select t::text as told from "{table}" t'):
                assert STRANGER not in told["told"], table

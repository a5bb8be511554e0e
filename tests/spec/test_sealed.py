"""A personal number lies in the vault and nowhere else, whichever column it was written into."""

import re
from datetime import date

from hub.storage.tables import metadata
from tests.flow import carry, hub, number, write_csv
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

"""A file of repairs is taken whole or not at all, and its first fault is told by its line, never by its cells."""

import pytest

from connectors import load_contracts
from hub.steps.quarantine import repair
from hub.steps.repairs import HEADER, RepairError
from tests.flow import DIVISION, hub
from tests.spec.test_verbs import verb, with_broken_rows

HEAD = ",".join(HEADER) + "\n"
SECRET = "210299201203050010"

FAULTS = {
    "another header": ("a,b\n", "line 1: the header must be delivery,sheet,row,column,value"),
    "an empty file": ("", "line 1: the file is empty"),
    "a delivery that is no number": (HEAD + f"{{good}}\n{SECRET}A,,2,姓名,王\n", "line 3: delivery is not a whole number"),
    "a rounded delivery": (HEAD + "-5.86898E+18,,2,姓名,王\n", "line 2: delivery is not a whole number"),
    "a row that is no number": (HEAD + "{good}\n{delivery},,二,姓名,王\n", "line 3: row is not a whole number"),
    "a row beyond any": (HEAD + "{delivery},,99999999999,姓名,王\n", "line 2: row is not a whole number"),
    "too few cells": (HEAD + "{good}\n{delivery},,2,姓名\n", "line 3: it has 4 cells, the header 5"),
    "an unknown row": (HEAD + "{good}\n{delivery},,4711,姓名,王\n", "line 3: no row that waits has this delivery"),
    "a column that does not exist": (HEAD + "{good}\n{delivery},,2,王的列,王\n", "line 3: neither the row nor the contract public_security.household_register has a column of this name; take the names"),
    "a column by another name": (HEAD + "{delivery},,2,XM,王\n", "line 2: neither the row nor the contract public_security.household_register has a column of this name; the contract calls that column 姓名"),
    "a NUL": (HEAD + "{delivery},,2,姓名,王\0小\n", "line 2: it holds a NUL"),
    "a cell without end": (HEAD + '{delivery},,2,姓名,"王' + "小" * 2_000_000, "line 2: it cannot be read as CSV"),
}


@pytest.mark.parametrize("what", FAULTS)
async def test_a_fault_is_told_by_its_line_and_nothing_is_applied(what, database, tmp_path):
    text, said = FAULTS[what]
    ((delivery, row), *_) = await with_broken_rows(database, tmp_path)
    file = tmp_path / "repair.csv"
    file.write_text(text.replace("{good}", f"{delivery},,{row},姓名,王一").replace("{delivery}", str(delivery)), encoding="utf-8")
    async with hub(database, tmp_path) as (connection, keys):
        with pytest.raises(RepairError) as told:
            await repair(connection, DIVISION, keys, file, contracts=load_contracts(), by="甲")
        assert said in str(told.value) and "Nothing of the file was applied" in str(told.value)
        assert "王" not in str(told.value) and SECRET not in str(told.value)
        assert await connection.fetchval("select count(*) from quarantine where state <> 'OPEN'") == 0


async def test_a_file_in_another_encoding(database, tmp_path):
    ((delivery, row), *_) = await with_broken_rows(database, tmp_path)
    good = (HEAD + f"{delivery},,{row},姓名,王一\n").encode("gb18030")
    (tmp_path / "gbk.csv").write_bytes(good)
    (tmp_path / "bad.csv").write_bytes(good + b"\xff\xff\xff\n")
    told = verb(database, "quarantine", "repair", str(tmp_path / "bad.csv"), "--by", "甲")
    assert told.returncode == 1 and "line 3: it is neither UTF-8 nor GB18030" in " ".join(told.stderr.split()) and "fault" not in told.stderr
    assert "1 of 1 rows repaired" in verb(database, "quarantine", "repair", str(tmp_path / "gbk.csv"), "--by", "甲").stdout


@pytest.mark.parametrize("delimiter", [";", "\t"])
async def test_a_file_as_spreadsheets_elsewhere_save_it(delimiter, database, tmp_path):
    ((delivery, row), *_) = await with_broken_rows(database, tmp_path)
    (tmp_path / "repair.csv").write_text(delimiter.join(HEADER) + "\r\n" + delimiter.join((str(delivery), "", str(row), "姓名", "王一")) + "\r\n", encoding="utf-8-sig")
    assert "1 of 1 rows repaired" in verb(database, "quarantine", "repair", str(tmp_path / "repair.csv"), "--by", "甲").stdout

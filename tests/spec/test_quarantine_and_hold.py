"""Rows that could not be accepted are repaired and replayed; deliveries that look wrong wait for a person."""

import csv
from datetime import date
from pathlib import Path

import pytest

from connectors import load_contracts
from hub import pipeline
from hub.exports.mentions import told_mentions
from hub.steps.quarantine import repair, repaired, show, summary
from tests.flow import DIVISION, TODAY, carry, hub, number, what_is_known, write_csv
from tests.properties.test_timelines import HEADER

SOURCE = "public_security.household_register"
ROWS = 60


def rows(*, broken: range = range(0), rounds: int = 0) -> list[list[str]]:
    """A register of sixty children; the broken ones lack their names."""
    told = [HEADER]
    for i in range(ROWS):
        born = date(2012 + i % 8, 1 + i % 12, 3)
        name = "" if i in broken else f"王{chr(0x4e00 + i)}"
        told.append([str(i + 1), f"2102{i:05d}", "王大山", "长女", name, "", "女", number(born, 100 + 2 * i), f"{born:%Y%m%d}", "汉族", f"瓦房店市许屯镇{'东' * (1 + rounds)}村", ""])
    return told


async def test_repaired_and_replayed_equals_a_clean_first_load(database_factory, tmp_path):
    write_csv(tmp_path / "clean", "常住人口_202609.csv", rows())
    write_csv(tmp_path / "broken", "常住人口_202609.csv", rows(broken=range(0, 5)))
    seen = []
    for folder in ("clean", "broken"):
        with database_factory() as database:
            async with hub(database, tmp_path) as (connection, keys):
                (report,) = await carry(connection, keys, tmp_path / folder)
                assert report.counts.conserved
                if folder == "broken":
                    assert report.counts.quarantined == 5
                    await replay_all(connection, keys, tmp_path)
                seen.append(await what_is_known(connection))
                counts = await connection.fetchrow("select rows_new, rows_quarantined from delivery")
                assert tuple(counts) == (ROWS, 0)
    assert seen[0] == seen[1]


async def replay_all(connection, keys, tmp_path: Path) -> None:
    """What `hub quarantine show`, `repair` and `replay` do."""
    (line,) = await summary(connection, DIVISION, on=TODAY)
    delivery = int(line[0])
    shown = "\n".join(await show(connection, DIVISION, delivery, "", 2, on=TODAY))
    assert "姓名" in shown and "is blank" in shown and number(date(2012, 1, 3), 100) not in shown
    mended = tmp_path / "repair.csv"
    with mended.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["delivery", "sheet", "row", "column", "value"])
        writer.writerows([delivery, "", i + 2, "姓名", f"王{chr(0x4e00 + i)}"] for i in range(5))
    assert (await repair(connection, DIVISION, keys, mended, contracts=load_contracts(), by="甲")).startswith("5 of 5")
    contract = next(c for c in load_contracts() if c.name == SOURCE)
    (waiting,) = await repaired(connection, DIVISION)
    counts = await pipeline.replay(waiting.delivery, contract, connection=connection, keys=keys, division=DIVISION, business_date=TODAY)
    assert counts.new == 5
    assert await connection.fetchval("select count(*) from quarantine where state = 'REPLAYED'") == 5


@pytest.mark.parametrize(("spoil", "told"), [
    ({4: "#N/A"}, "its number tells which it is"), ({4: "#N/A", 7: ""}, "all else tells"), ({4: "王小禾" * 20}, "a name too long"),
    ({4: "瓦房店市许屯镇东村12号", 6: "the number", 7: ""}, "a shifted row"),
])
async def test_a_row_that_waits_ends_nothing(spoil, told, database, tmp_path):
    """What the source said before of it holds until it is repaired, whoever else has gone; then it is what the repair says."""
    now = rows()
    for row in (3, 4):
        for column, cell in spoil.items():
            now[row][column] = rows()[row][7] if cell == "the number" else cell
    write_csv(tmp_path / "a", "常住人口_202609.csv", rows())
    write_csv(tmp_path / "b", "常住人口_202610.csv", [*now[:9], *now[10:]])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (report,) = await carry(connection, keys, tmp_path / "b")
        assert (report.counts.quarantined, report.counts.ended, report.state) == (2, 1, "PUBLISHED"), (told, report.reasons)
        assert report.notices == ("2 records that it does not name stay as before: rows in quarantine may be theirs; repair and replay those",)
        assert await connection.fetchval("select count(*) from hukou_registration where upper(valid) is null") == ROWS - 1
        delivery = await connection.fetchval("select delivery from quarantine limit 1")
        mended = tmp_path / "repair.csv"
        header = rows()[0]
        cells = [[delivery, "", n + 1, header[c], rows()[n][c]] for n in (3, 4) for c in spoil]
        mended.write_text("\n".join(",".join(map(str, line)) for line in [["delivery", "sheet", "row", "column", "value"], *cells]), encoding="utf-8")
        await repair(connection, DIVISION, keys, mended, contracts=load_contracts(), by="甲")
        contract = next(c for c in load_contracts() if c.name == SOURCE)
        counts = await pipeline.replay(delivery, contract, connection=connection, keys=keys, division=DIVISION, business_date=TODAY)
        assert counts.new + counts.ended == 0 and counts.unchanged == 2
        assert await connection.fetchval("select count(*) from hukou_registration where upper(valid) is null") == ROWS - 1


async def test_a_small_list_that_cannot_be_read_ends_nothing(database, tmp_path):
    header = ["批准文号", "姓名", "出生日期", "批准日期", "延缓至", "监护人"]
    told = [[f"瓦教延{n}", f"王{chr(0x4e00 + n)}", f"2019010{n + 1}", "20260801", "20270831", "孙秀兰"] for n in range(4)]
    write_csv(tmp_path / "a", "延缓入学审批登记_202609.csv", [header, *told])
    write_csv(tmp_path / "b", "延缓入学审批登记_202610.csv", [header, *([row[0], "#N/A", *row[2:]] for row in told)])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (held,) = await carry(connection, keys, tmp_path / "b")
        assert (held.state, held.faulty, held.reasons[0]) == ("HELD", 4, "none of its rows could be accepted (4 of 4), and 4 stood before")
        (report,) = await carry(connection, keys, tmp_path / "b", released=True)
        assert (report.counts.quarantined, report.counts.ended) == (4, 0)
        assert await connection.fetchval("select count(*) from record_period where upper(valid) is null") == 4


async def test_a_repair_that_does_not_mend_leaves_the_row_in_quarantine(database, tmp_path):
    write_csv(tmp_path / "in", "常住人口_202609.csv", rows(broken=range(0, 1)))
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "in")
        delivery = await connection.fetchval("select delivery from quarantine")
        mended = tmp_path / "repair.csv"
        mended.write_text(f"delivery,sheet,row,column,value\n{delivery},,2,派出所,许屯派出所\n", encoding="utf-8")
        await repair(connection, DIVISION, keys, mended, contracts=load_contracts(), by="甲")
        contract = next(c for c in load_contracts() if c.name == SOURCE)
        counts = await pipeline.replay(delivery, contract, connection=connection, keys=keys, division=DIVISION, business_date=TODAY)
        assert counts.read == 0 and await connection.fetchval("select state from quarantine") == "OPEN"


def swapped(told: list[list[str]], one: int, other: int) -> list[list[str]]:
    """The contents of two columns change places; the headers stay."""
    return [told[0], *([*row[:one], row[other], *row[one + 1:other], row[one], *row[other + 1:]] for row in told[1:])]


def in_new_words(told: list[list[str]], count: int) -> list[list[str]]:
    """The relation to the head, of which new words pass, is told in such words by the first rows."""
    return [told[0], *([*row[:3], "二房" if i < count else row[3], *row[4:]] for i, row in enumerate(told[1:]))]


LOOKS_WRONG = {
    "a fifth of the rows gone": (lambda told: told[: 1 + ROWS * 4 // 5], "12 of 60 rows"),
    "two columns swapped, one unreadable": (lambda told: swapped(told, 4, 7), "姓名"),
    "two columns swapped, both readable": (lambda told: swapped(told, 2, 10), "were they swapped"),
    "a column in words that its list does not have": (lambda told: in_new_words(told, ROWS), "与户主关系"),
    "a column gone blank": (lambda told: [told[0], *([*row[:8], "", *row[9:]] for row in told[1:])], "出生日期"),
}


@pytest.mark.parametrize("what", LOOKS_WRONG)
async def test_a_delivery_that_looks_wrong_is_held_and_changes_nothing(what, database, tmp_path):
    spoil, said = LOOKS_WRONG[what]
    write_csv(tmp_path / "a", "常住人口_202609.csv", rows())
    write_csv(tmp_path / "b", "常住人口_202610.csv", spoil(rows()))
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        before = await what_is_known(connection)
        (report,) = await carry(connection, keys, tmp_path / "b")
        assert report.state == "HELD" and any(said in reason for reason in report.reasons), report.reasons
        assert report.counts.conserved and report.counts.refused == report.counts.read - report.counts.not_data
        assert report.faulty == (ROWS if "unreadable" in what else 0) and not await connection.fetchval("select count(*) from quarantine")
        assert await what_is_known(connection) == before
        assert (await carry(connection, keys, tmp_path / "b"))[0].state == "ALREADY"
        (released,) = await carry(connection, keys, tmp_path / "b", released=True)
        assert released.state == "PUBLISHED"
        assert await connection.fetchval("select state from delivery where id <> (select id from delivery order by as_of limit 1)") == "PUBLISHED"


async def test_normal_months_are_not_held(database, tmp_path):
    """Twenty-four months in which some rows come, go and change, and once every row does."""
    async with hub(database, tmp_path) as (connection, keys):
        for month in range(24):
            told = rows(rounds=month // 12)
            told = [told[0], *(row for i, row in enumerate(told[1:]) if (i + month) % 30)]
            folder = tmp_path / f"{month}"
            write_csv(folder, f"常住人口_{2024 + month // 12}{month % 12 + 1:02d}.csv", told)
            (report,) = await carry(connection, keys, folder)
            assert report.state == "PUBLISHED", (month, report.reasons)


@pytest.mark.parametrize("counts", [(0, 20), (ROWS, ROWS), (40, ROWS)])
async def test_new_words_pass_where_they_are_few_or_were_so_before(counts, database, tmp_path):
    """A first list is taken in its own words, and the next is seen beside it."""
    async with hub(database, tmp_path) as (connection, keys):
        for month, count in zip(("09", "10"), counts, strict=True):
            write_csv(tmp_path / month, f"常住人口_2026{month}.csv", in_new_words(rows(), count))
            (report,) = await carry(connection, keys, tmp_path / month)
            assert report.state == "PUBLISHED", report.reasons


async def test_a_few_rows_with_borrowed_numbers_hold_nothing(database, tmp_path):
    """Of a list that hardly changed the changed rows are its doubtful ones, which says nothing of its columns."""
    write_csv(tmp_path / "a", "常住人口_202609.csv", rows())
    later = rows()
    for row, born in zip(later[1:9], later[21:29], strict=True):
        row[7] = born[7]  # the number of somebody born years apart
    write_csv(tmp_path / "b", "常住人口_202610.csv", later)
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (report,) = await carry(connection, keys, tmp_path / "b")
        assert await connection.fetchval("select count(*) from mention where number_state = 'suspect' and source = $1", SOURCE) >= 8
    assert report.state == "PUBLISHED" and report.counts.new + report.counts.changed >= 8


FIRST_OF_A_SOURCE = {
    "names and addresses changed about": (lambda told: swapped(told, 4, 10), "姓名"),
    "birth dates of somebody else": (lambda told: [told[0], *([*row[:8], "19550101", *row[9:]] for row in told[1:])], "contradict"),
}


@pytest.mark.parametrize("what", FIRST_OF_A_SOURCE)
async def test_a_first_delivery_is_looked_at_too(what, database, tmp_path):
    spoil, said = FIRST_OF_A_SOURCE[what]
    write_csv(tmp_path / "a", "常住人口_202609.csv", spoil(rows()))
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        assert report.state == "HELD" and any(said in reason for reason in report.reasons), report.reasons


async def test_a_held_delivery_says_which_rows_could_not_be_accepted(database, tmp_path):
    write_csv(tmp_path / "a", "常住人口_202609.csv", rows(broken=range(0, 9)))
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        assert report.state == "HELD"
        assert "row 2: column 姓名: is blank" in report.reasons and not any(number(date(2012, 1, 3), 100) in r for r in report.reasons)


@pytest.mark.parametrize(("stood", "left", "held"), [(19, 0, True), (19, 14, True), (19, 16, False), (10, 8, False), (6, 3, True), (4, 0, False)])
async def test_short_lists_are_held_too(stood, left, held, database, tmp_path):
    write_csv(tmp_path / "a", "常住人口_202609.csv", rows()[: 1 + stood])
    write_csv(tmp_path / "b", "常住人口_202610.csv", rows()[: 1 + left])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (report,) = await carry(connection, keys, tmp_path / "b")
        assert (report.state == "HELD") is held, report.reasons


async def test_a_character_that_no_database_takes_quarantines_its_row(database, tmp_path):
    told = rows()
    told[3][10] = "瓦房店市许屯镇\x00东村"
    write_csv(tmp_path / "a", "常住人口_202609.csv", told)
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        assert (report.state, report.counts.quarantined, report.counts.new) == ("PUBLISHED", 1, ROWS - 1)
        assert "NUL" in await connection.fetchval("select problems::text from quarantine")


async def test_two_runs_at_once_carry_a_delivery_once(database, tmp_path):
    import asyncio

    write_csv(tmp_path / "a", "常住人口_202609.csv", rows())
    async with hub(database, tmp_path) as (one, keys), hub(database, tmp_path) as (other, _):
        reports = await asyncio.gather(carry(one, keys, tmp_path / "a"), carry(other, keys, tmp_path / "a"))
        assert sorted(report.state for (report,) in reports) == ["ALREADY", "PUBLISHED"]
        assert await one.fetchval("select count(*) from record") == ROWS


def with_states(header: str, states: list[str]) -> list[list[str]]:
    """The register with one more column; the rows say the states in turn."""
    told = rows()
    return [[*told[0], header], *([*row, states[i % len(states)]] for i, row in enumerate(told[1:]))]


@pytest.mark.parametrize(
    ("header", "states", "held"),
    [
        ("在册情形", ["正常", "正常", "死亡", "迁出(市外)", "出国(境)"], True),
        ("在册情形", ["正常", "正常", "不详"], False),  # nobody would stand on who should not
        ("在册情形", ["死亡", "打工", "务农", "上学"], False),  # mostly other words
        ("楼层", ["1", "2", "3"], False),  # a bare code may count anything
        ("户籍状态", ["正常", "死亡"], False),  # the contract knows it
    ],
)
async def test_a_state_told_under_an_unknown_header_holds_the_delivery(header, states, held, database, tmp_path):
    write_csv(tmp_path / "a", "常住人口_202609.csv", with_states(header, states))
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        assert (report.state == "HELD") is held, report.reasons
        assert not held or any(header in reason and "register_state" in reason for reason in report.reasons)
        assert not any(state in reason for state in ("死亡", "迁出(市外)") for reason in report.reasons)


@pytest.mark.parametrize("header", ["状态", "户籍状态", "人员状态", "户口状态"])
@pytest.mark.parametrize(("told", "state"), [("死亡注销", "死亡注销"), ("迁出(市外)", "迁出"), ("出国(境)注销", "出国(境)注销"), ("注销", "注销"), ("在册", "正常")])
async def test_the_register_tells_its_state_under_any_spelling(header, told, state, database, tmp_path):
    write_csv(tmp_path / "a", "常住人口_202609.csv", with_states(header, [told])[:4])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        assert report.state == "PUBLISHED", report.reasons
        assert {row["register_state"] for row in await connection.fetch("select register_state from hukou_registration")} == {state}


async def test_why_an_entry_was_cancelled_counts_before_its_state(database, tmp_path):
    told = with_states("状态", ["注销"])[:4]
    write_csv(tmp_path / "a", "常住人口_202609.csv", [[*told[0], "注销原因"], *([*row, "重户"] for row in told[1:])])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        assert {row["register_state"] for row in await connection.fetch("select register_state from hukou_registration")} == {"重户"}


async def test_several_files_of_one_list_each_keep_their_names(database, tmp_path):
    """What two files of one list hold is one delivery; a row is told by its own file, and found by its sheet's own name."""
    for name, half in (("常住人口_东_202609.csv", slice(1, 31)), ("常住人口_西_202609.csv", slice(31, 61))):
        write_csv(tmp_path / "in", name, [HEADER, *rows(broken=range(0, 60, 30))[half]])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "in")
        (told,) = await connection.fetch("select id, file, sheet from delivery join quarantine on delivery = id group by 1, 2, 3 having count(*) > 0 order by 3 limit 1")
        assert "; " in told["file"] and told["sheet"].startswith("常住人口_东_202609.csv/")
        found = await told_mentions(connection, DIVISION)
        assert {mention["file"] for mention in found} == {"常住人口_东_202609.csv", "常住人口_西_202609.csv"} and {mention["sheet"] for mention in found} == {""}
        row = await connection.fetchval("select row from quarantine where sheet = $1 order by row limit 1", told["sheet"])
        lines = await show(connection, DIVISION, told["id"], "", row, on=TODAY)
        assert "several sheets" in lines[0] and "常住人口_东_202609.csv/, 常住人口_西_202609.csv/" in lines[0]
        assert told["sheet"] in (await show(connection, DIVISION, told["id"], told["sheet"], row, on=TODAY))[0]


async def test_what_nobody_reads_may_come_and_go(database, tmp_path):
    """A column that the contract does not declare, or that stood twice, is gone again: the delivery that mends it is not held."""
    told = rows()
    write_csv(tmp_path / "a", "常住人口_202609.csv", [[*row, *more] for row, more in zip(told, [["姓名", "备用"], *([row[4], "甲"] for row in told[1:])], strict=True)])
    write_csv(tmp_path / "b", "常住人口_202610.csv", told)
    async with hub(database, tmp_path) as (connection, keys):
        for folder in ("a", "b"):
            (report,) = await carry(connection, keys, tmp_path / folder)
            assert report.state == "PUBLISHED", report.reasons

"""Rows that wait in quarantine: nothing ends because a cell could not be read, in any order; repaired they are as if they had come so."""

import csv
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from connectors import load_contracts
from hub import pipeline
from hub.steps.quarantine import repair, repaired
from tests.flow import DIVISION, TODAY, carry, hub, number, what_is_known, write_csv
from tests.properties.test_timelines import BORN, HEADER, MONTHS, NAMES, NEVER_HELD, TOWNS

SOURCE = "public_security.household_register"
CONTRACT = next(contract for contract in load_contracts() if contract.name == SOURCE)

# A round: which of four people are on the register, where each lives, whether the number is told, and whether the name can be read.
rounds = st.lists(st.dictionaries(st.integers(0, 3), st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), min_size=1, max_size=4), min_size=2, max_size=4)


def deliver(folder: Path, month: date, people: dict[int, tuple[int, bool, bool]], *, clean: bool = False) -> Path:
    """One month's register; a name that cannot be read is #N/A, as a failed formula leaves it."""
    rows = [HEADER]
    for line, (who, (town, told, readable)) in enumerate(sorted(people.items()), start=1):
        name = NAMES[who] if readable or clean else "#N/A"
        rows.append([str(line), f"2102810{who}", NAMES[0], "孙子", name, "", "男", number(BORN, 101 + 2 * who) if told else "", f"{BORN:%Y%m%d}", "汉族", f"瓦房店市{TOWNS[town]}", ""])
    write_csv(folder, f"常住人口_{month:%Y%m}.csv", rows)
    return folder


async def registered(connection, day: date) -> dict[str, str]:
    """Who is registered where on a day, by name."""
    rows = await connection.fetch("select m.name, h.address from hukou_registration h join mention m on m.id = h.mention and m.valid @> $1::date where h.valid @> $1::date", day)
    return {row["name"]: row["address"].removeprefix("瓦房店市") for row in rows}


@NEVER_HELD
@given(told=rounds)
async def test_whoever_may_be_in_the_list_stands_as_before(database_factory, tmp_path_factory, told):
    folder = tmp_path_factory.mktemp("rounds")
    with database_factory() as database:
        async with hub(database, folder) as (connection, keys):
            stood: dict[str, str] = {}
            for month, people in zip(MONTHS, told, strict=False):
                (report,) = await carry(connection, keys, deliver(folder / f"{month:%Y-%m}", month, people), released=True)
                assert report.counts.conserved
                waiting = [who for who, (_, _, readable) in people.items() if not readable]
                assert report.counts.quarantined == len(waiting)
                now = await registered(connection, month)
                for who, (town, _, readable) in people.items():
                    if readable:
                        assert now[NAMES[who]] == TOWNS[town]
                    elif NAMES[who] in stood:
                        assert now[NAMES[who]] == stood[NAMES[who]]
                gone = stood.keys() - {NAMES[who] for who in people}
                if not waiting:
                    assert not gone & now.keys()
                stood = now


@NEVER_HELD
@given(told=rounds, order=st.randoms(use_true_random=False))
async def test_in_any_order_and_repaired_as_if_they_had_come_so(database_factory, tmp_path_factory, told, order):
    folder = tmp_path_factory.mktemp("rounds")
    months = list(zip(MONTHS, told, strict=False))
    shuffled = list(months)
    order.shuffle(shuffled)
    waiting, mended = [], []
    for sequence in (months, shuffled):
        with database_factory() as database:
            async with hub(database, folder) as (connection, keys):
                for month, people in sequence:
                    await carry(connection, keys, deliver(folder / f"{month:%Y-%m}", month, people), released=True)
                waiting.append(await what_is_known(connection))
                await mend(connection, keys, folder / "repair.csv", dict(months))
                mended.append(await what_is_known(connection))
    with database_factory() as database:
        async with hub(database, folder) as (connection, keys):
            for month, people in months:
                await carry(connection, keys, deliver(folder / "clean" / f"{month:%Y-%m}", month, people, clean=True), released=True)
            mended.append(await what_is_known(connection))
    for table in waiting[0]:
        assert waiting[0][table] == waiting[1][table], table
        assert mended[0][table] == mended[1][table] == mended[2][table], table


async def mend(connection, keys, file: Path, told: dict[date, dict[int, tuple[int, bool, bool]]]) -> None:
    """Write every name that could not be read beside its row, and replay."""
    rows = await connection.fetch("select q.delivery, q.row, d.as_of from quarantine q join delivery d on d.id = q.delivery")
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(["delivery", "sheet", "row", "column", "value"])
        for row in rows:
            people = next(people for month, people in told.items() if (month.year, month.month) == (row["as_of"].year, row["as_of"].month))
            writer.writerow([row["delivery"], "", row["row"], "姓名", NAMES[sorted(people)[row["row"] - 2]]])
    if rows:
        await repair(connection, DIVISION, keys, file, contracts=load_contracts(), by="甲")
    for one in await repaired(connection, DIVISION):
        await pipeline.replay(one.delivery, CONTRACT, connection=connection, keys=keys, division=DIVISION, business_date=TODAY)

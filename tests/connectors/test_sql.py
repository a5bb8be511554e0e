"""Databases of departments: key pages on real servers, one state of the table, and failures on the way."""

from __future__ import annotations

import datetime
import json
import threading
from decimal import Decimal
from pathlib import Path

import pytest
import servers
import sqlalchemy as sa
from carriers import fill

from connectors.transports.sql import SqlSource
from hub.domain.delivery import RawDelivery, Refused

HEADERS = ("序号", "姓名")


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/office.db"
    return str(request.getfixturevalue(f"{request.param}_url"))


def execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def cells(item: RawDelivery | Refused) -> list[tuple[str, ...]]:
    assert isinstance(item, RawDelivery), item
    return [row.cells for row in item.sheets[0].rows]


def numbered(count: int) -> list[tuple[str, str]]:
    return [(str(i), f"童{i}") for i in range(1, count + 1)]


def test_values_of_every_type_become_text(url: str) -> None:
    name = f"kinds_{abs(hash(url)) % 10**9}"
    meta = sa.MetaData()
    table = sa.Table(
        name,
        meta,
        sa.Column("k", sa.Integer, primary_key=True),
        sa.Column("big", sa.BigInteger),
        sa.Column("money", sa.Numeric(10, 2)),
        sa.Column("ratio", sa.Float(53)),
        sa.Column("day", sa.Date),
        sa.Column("moment", sa.DateTime),
        sa.Column("raw", sa.LargeBinary),
        sa.Column("none", sa.Text),
    )
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        meta.drop_all(connection)
        meta.create_all(connection)
        values = {"k": 1, "big": 210293201205030178, "money": Decimal("1260.00"), "ratio": 312.5}
        day, moment = datetime.date(2012, 5, 3), datetime.datetime(2012, 5, 3, 8, 30)
        connection.execute(table.insert().values(**values, day=day, moment=moment, raw=b"\x01\xff", none=None))
    (row,) = cells(SqlSource("kinds", url, ("k",), table=name).read())
    assert row[0:2] == ("1", "210293201205030178")
    assert Decimal(row[2]) == Decimal("1260.00")
    assert (row[3], row[4], row[6], row[7]) == ("312.5", "2012-05-03", "0x01ff", "")
    assert row[5].startswith("2012-05-03 08:30:00")


def test_a_key_of_two_columns(url: str) -> None:
    execute(url, "DROP TABLE IF EXISTS pairs", "CREATE TABLE pairs (a INT, b VARCHAR(9), c VARCHAR(9))")
    wanted = [(str(a), f"{b:02d}", "x") for a in range(1, 8) for b in range(1, 8)]
    execute(url, *(f"INSERT INTO pairs VALUES ({a}, '{b}', '{c}')" for a, b, c in reversed(wanted)))
    source = SqlSource("pairs", url, ("a", "b"), table="pairs", page_size=5)
    assert cells(source.read()) == wanted


def test_a_query_with_colons_and_per_cents(url: str) -> None:
    name = fill(url, HEADERS, numbered(9))
    quote = "`" if "mysql" in url else '"'
    key, child = f"{quote}序号{quote}", f"{quote}姓名{quote}"
    query = f"SELECT {key} AS k, '12:30:n' AS t, '5%' AS p FROM {name} WHERE {child} LIKE '童%';"
    item = SqlSource("query", url, ("k",), query=query, page_size=4).read()
    assert cells(item) == [(str(i), "12:30:n", "5%") for i in range(1, 10)]


def test_changes_since(url: str) -> None:
    execute(url, "DROP TABLE IF EXISTS moved", "CREATE TABLE moved (k INT, at TIMESTAMP)")
    execute(url, *(f"INSERT INTO moved VALUES ({i}, '2026-09-0{i} 00:00:00')" for i in range(1, 8)))
    source = SqlSource("moved", url, ("k",), table="moved", changed_column="at", page_size=2)
    since = "2026-09-05 00:00:00" if "sqlite" in url else datetime.datetime(2026, 9, 5)
    assert [row[0] for row in cells(source.read(since=since))] == ["6", "7"]
    assert len(cells(source.read())) == 7


def test_rows_written_during_the_reading_are_not_half_seen(url: str) -> None:
    """One state of the table: what is added or taken away between two pages is not part of it."""
    name = fill(url, HEADERS, numbered(10))
    quote = "`" if "mysql" in url else '"'
    writers: list[threading.Thread] = []

    def meddle(read: int, total: int) -> None:
        if read == 4:
            statements = (
                f"DELETE FROM {name} WHERE {quote}序号{quote} = 9",
                f"INSERT INTO {name} VALUES (99, 'x')",
            )
            writers.append(threading.Thread(target=execute, args=(url, *statements)))
            writers[0].start()
            if "sqlite" not in url:  # there the writer waits until the reader has finished
                writers[0].join()

    item = SqlSource("meddled", url, ("序号",), table=name, page_size=4).read(on_progress=meddle)
    writers[0].join()
    assert cells(item) == numbered(10)


def test_keys_that_do_not_identify_a_row_are_refused(url: str) -> None:
    execute(url, "DROP TABLE IF EXISTS doubled", "CREATE TABLE doubled (k INT)")
    execute(url, *["INSERT INTO doubled VALUES (1)"] * 5)
    item = SqlSource("doubled", url, ("k",), table="doubled", page_size=2).read()
    assert isinstance(item, Refused) and "do not identify a row" in item.reason


def test_null_keys_are_refused(url: str) -> None:
    execute(url, "DROP TABLE IF EXISTS unkeyed", "CREATE TABLE unkeyed (k INT)")
    execute(url, "INSERT INTO unkeyed VALUES (1)", "INSERT INTO unkeyed VALUES (NULL)")
    item = SqlSource("unkeyed", url, ("k",), table="unkeyed").read()
    assert isinstance(item, Refused) and "NULL in 1 rows" in item.reason


def test_a_missing_table_and_a_missing_column_are_refused(url: str) -> None:
    name = fill(url, HEADERS, numbered(1))
    absent = SqlSource("absent", url, ("k",), table="no_such_table").read()
    wrong = SqlSource("wrong", url, ("no_such",), table=name).read()
    assert isinstance(absent, Refused) and "refused the connection or the query" in absent.reason
    assert isinstance(wrong, Refused)


def test_reading_cannot_write(url: str) -> None:
    """Even a query that tries to is refused, and the table is as it was."""
    name = fill(url, HEADERS, numbered(3))
    for query in (f"DELETE FROM {name}", f"SELECT 1 AS k; DELETE FROM {name}"):
        assert isinstance(SqlSource("evil", url, ("k",), query=query).read(), Refused)
    assert len(cells(SqlSource("list", url, ("序号",), table=name).read())) == 3


def test_refusals_name_no_password_and_no_value(url: str) -> None:
    name = fill(url, HEADERS, numbered(3))
    query = f"SELECT CAST('王小明' AS INTEGER) / 0 AS k FROM {name} WHERE nothing = '王小明'"
    item = SqlSource("bad", url, ("k",), query=query).read()
    assert isinstance(item, Refused)
    assert "王小明" not in item.reason + item.hint


def test_a_wrong_address_is_refused_without_its_password() -> None:
    address = f"postgresql+pg8000://hub:geheim@127.0.0.1:{servers.free_port()}/x"
    waits: list[float] = []
    source = SqlSource("down", address, ("k",), table="t")
    item = source.read(sleep=waits.append)
    assert isinstance(item, Refused) and "geheim" not in item.reason + item.hint + repr(source)
    assert waits == [2.0, 4.0]


def test_a_file_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    item = SqlSource("mistyped", f"sqlite:///{tmp_path}/ofice.db", ("k",), table="t").read()
    assert isinstance(item, Refused) and "no database file" in item.reason and list(tmp_path.iterdir()) == []


def test_an_unknown_driver_is_refused() -> None:
    item = SqlSource("odd", "nosuchdb://x/y", ("k",), table="t").read()
    assert isinstance(item, Refused) and "address" in item.reason


def test_a_source_names_a_table_or_a_query() -> None:
    with pytest.raises(ValueError, match="either a table or a query"):
        SqlSource("both", "sqlite://", ("k",), table="t", query="SELECT 1")
    with pytest.raises(ValueError, match="key columns"):
        SqlSource("none", "sqlite://", (), table="t")


def test_a_server_that_drops_the_connection_is_read_again(postgres_url: str) -> None:
    """Every session is ended between two pages, as a restart does; nothing is lost, nothing twice."""
    name = fill(postgres_url, HEADERS, numbered(20))
    ended: list[int] = []

    def drop(read: int, total: int) -> None:
        if read == 8 and not ended:
            ended.append(read)
            others = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
            execute(postgres_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    item = SqlSource("dropped", postgres_url, ("序号",), table=name, page_size=4).read(on_progress=drop, sleep=lambda seconds: None)
    assert ended and cells(item) == numbered(20)


def test_the_row_limit_is_kept(url: str) -> None:
    name = fill(url, HEADERS, numbered(4))
    item = SqlSource("long", url, ("序号",), table=name, row_limit=3).read()
    assert isinstance(item, Refused) and "more than the limit" in item.reason


def test_a_value_that_the_driver_cannot_read_is_shown_nowhere(postgres_url: str, capfd: pytest.CaptureFixture[str]) -> None:
    """The driver's own words hold it, and SQLAlchemy's pool would log them."""
    execute(postgres_url, "drop table if exists late", "create table late (id int primary key, at time)", "insert into late values (1, '24:00:00')")
    told = SqlSource("late", postgres_url, ("id",), table="late").read()
    shown = "".join(capfd.readouterr())
    assert isinstance(told, Refused) and "24:00" not in f"{told}{shown}" and "Traceback" not in shown


def test_numbers_of_more_than_64_bits_within_json_are_read(postgres_url: str) -> None:
    told = '{"证件": 210293201205030178999999, "名": "童", "a": [1, 2.5]}'
    execute(postgres_url, "drop table if exists wide", "create table wide (id int primary key, told jsonb)", f"insert into wide values (1, '{told}')")
    ((_, read),) = cells(SqlSource("wide", postgres_url, ("id",), table="wide").read())
    assert json.loads(read) == json.loads(told) and "童" in read


@pytest.mark.parametrize("address", ["postgresql+asyncpg://reader@127.0.0.1/register", "sqlite+aiosqlite:///register", "mysql+aiomysql://reader@127.0.0.1/register"])
def test_a_driver_that_cannot_wait_here_is_refused_by_name(address: str, recwarn: pytest.WarningsRecorder) -> None:
    told = SqlSource("register", address, ("id",), table="czrk").read()
    assert isinstance(told, Refused) and address.split("+")[1].split(":")[0] in told.reason and "pg8000" in told.hint
    assert not recwarn.list

"""`hub pull` and the worker, end to end: a department's database and interface become the graph, by cadence."""

import json
import os
import sqlite3
from datetime import date

import asyncpg
import pytest

from connectors import configured
from tests import processes
from tests.connectors.office import Office, by_cursor
from tests.flow import number

COLUMNS = ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址")
PEOPLE = [
    ("21028101", "王大山", "长女", f"王小{chr(0x4e00 + n)}", "女", number(date(2014, 5, 1 + n), 100 + 2 * n), f"201405{1 + n:02d}", "瓦房店市许屯镇东村")
    for n in range(5)
]


def verb(environ, *told):
    """A verb as a process of its own."""
    done = processes.verb(*told, env={**os.environ, **environ})
    return done.returncode, done.stdout + done.stderr


def declare(home, text):
    """The operator's sources.toml."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "sources.toml").write_text(text, encoding="utf-8")


async def known(database):
    """(sealed mask and name of each person named, deliveries with their counts)."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    try:
        people = await connection.fetch("select name, number_mask from person_resolved where name like '王小%' order by name")
        deliveries = await connection.fetch("select as_of, rows_read, rows_new, rows_unchanged, rows_changed from delivery order by as_of")
        return [tuple(p) for p in people], [tuple(d) for d in deliveries]
    finally:
        await connection.close()


@pytest.fixture
def register(tmp_path):
    """The police's register as a database."""
    path = tmp_path / "register.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"create table czrk (id integer primary key, {', '.join(f'{c} text' for c in COLUMNS)})")
        connection.executemany(f"insert into czrk ({', '.join(COLUMNS)}) values ({', '.join('?' * len(COLUMNS))})", PEOPLE)
    return path


async def test_a_database_is_pulled_and_pulled_again(database, register):
    declare(database.home, f'[register]\ncontract = "public_security.household_register"\nkind = "sql"\nurl = "sqlite:///{register}"\ntable = "czrk"\nkeys = ["id"]\n')
    assert verb(database.environ(), "pull", "register", "--on", "2026-09-30")[0] == 0
    with sqlite3.connect(register) as connection:
        connection.execute("update czrk set 户籍地址 = '瓦房店市复州城镇八里庄村' where id = 1")
        connection.execute("delete from czrk where id = 5")
    code, said = verb(database.environ(), "pull", "register", "--on", "2026-10-31")
    assert code == 0
    people, deliveries = await known(database)
    assert [name for name, _ in people] == sorted(p[3] for p in PEOPLE)  # nobody is deleted
    assert not any(p[5] in said for p in PEOPLE)
    assert [d[1:] for d in deliveries] == [(5, 5, 0, 0), (4, 0, 3, 1)]


async def test_an_interface_is_pulled(database):
    records = [dict(zip(COLUMNS, person, strict=True)) for person in PEOPLE]
    with Office(by_cursor(records)) as office:
        declare(database.home, f'[register]\ncontract = "public_security.household_register"\nkind = "http"\nurl = "{office.url}"\nrecords = ["data", "items"]\n')
        code, said = verb(database.environ(), "pull", "register", "--on", "2026-09-30")
    assert code == 0, said
    people, deliveries = await known(database)
    assert len(people) == 5
    assert [d[1:] for d in deliveries] == [(5, 5, 0, 0)]
    assert PEOPLE[0][5] not in repr(people)  # masks only


async def test_the_worker_pulls_what_is_due(database, register):
    declare(database.home, f'[register]\ncontract = "public_security.household_register"\nkind = "sql"\nurl = "sqlite:///{register}"\ntable = "czrk"\nkeys = ["id"]\ncadence_days = 31\n')
    for day in ("2026-09-01", "2026-09-02", "2026-10-01", "2026-10-02", "2026-10-03"):
        code, said = verb(database.environ(), "worker", "--once", "--on", day)
        assert code == 0, said
        assert ("PUBLISHED" in said) == (day in ("2026-09-01", "2026-10-02"))  # 31 days later, not 30
        new = 5 if day == "2026-09-01" else 0
        told = f"PUBLISHED; 5 read = 0 not data + {new} new + 0 changed + {5 - new} unchanged + 0 quarantined + 0 refused"
        assert (told in " ".join(said.split())) == ("PUBLISHED" in said)
    _, deliveries = await known(database)
    assert [d[0] for d in deliveries] == [date(2026, 9, 1), date(2026, 10, 2)]


async def test_what_is_wrong_with_one_source_keeps_no_other_from_being_pulled(database, register):
    """A declaration that cannot be read, a server whose answers nobody could have thought of, then one that is as it should be."""

    def odd(request, line):
        body = json.dumps({"data": {"items": []}, "next": "x" * 70_000})
        line.send(f'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nlink: <http://[::1>; rel="next"\r\ncontent-length: {len(body)}\r\n\r\n{body}'.encode())

    with Office(odd) as office:
        declare(
            database.home,
            '[crooked]\ncontract = "public_security.household_register"\nkind = "sql"\nurl = "sqlite://"\ntable = "t"\nkeys = [1]\n'
            + "".join(f'[odd_{paging}]\ncontract = "education.exam"\nkind = "http"\nurl = "{office.url}"\npaging = "{paging}"\nrecords = ["data", "items"]\n' for paging in ("link", "cursor"))
            + f'[register]\ncontract = "public_security.household_register"\nkind = "sql"\nurl = "sqlite:///{register}"\ntable = "czrk"\nkeys = ["id"]\n',
        )
        code, said = verb(database.environ(), "worker", "--once", "--on", "2026-09-30")
    said = " ".join(said.split())
    assert code == 0, said
    assert "PUBLISHED" in said and "odd_link refused" in said and "odd_cursor refused" in said and "[crooked] keys must be a list" in said and "E.1 " in said
    code, said = verb(database.environ(), "pull", "crooked", "--on", "2026-09-30")
    assert code == 1 and "[crooked] keys must be" in " ".join(said.split())


async def test_a_source_that_is_not_there_is_told(database):
    declare(database.home, '[register]\ncontract = "public_security.household_register"\nkind = "ftp"\nurl = "x"\n')
    code, said = verb(database.environ(), "pull", "register")
    assert code == 1 and "kind must be sql or http" in " ".join(said.split()) and "Traceback" not in said
    declare(database.home, f'[register]\ncontract = "public_security.household_register"\nkind = "sql"\nurl = "sqlite:///{database.home}/none.sqlite"\ntable = "czrk"\nkeys = ["id"]\n')
    code, said = verb(database.environ(), "pull", "register")
    assert code == 1 and "Traceback" not in said
    code, said = verb(database.environ(), "pull", "nowhere")
    assert code == 1 and "there are: register" in " ".join(said.split())


def example():
    """The example in the module's own words."""
    return configured.__doc__.split("\n\n")[1] + "\n"


def test_the_example_word_for_word_reads_its_password_from_the_file(tmp_path, monkeypatch):
    """As documented in the address, or as a setting of its own; the address that is used has the password and no such word."""
    secret = tmp_path / "population"
    secret.write_text("pw-secret\n", encoding="utf-8")
    told = example().replace("/etc/children-hub/population", str(secret))
    assert f"?password_file={secret}" in told
    beside = told.replace(f"?password_file={secret}", "") + f'password_file = "{secret}"\n'
    seen = []
    monkeypatch.setattr("connectors.transports.sql.SqlSource.read", lambda self, **_: seen.append(self.url))
    for text in (told, beside):
        declare(tmp_path, text)
        configured.configured_sources(tmp_path)["household_register"].pull(tmp_path, None, None)
    assert [(u.password, u.host, dict(u.query)) for u in seen] == [("pw-secret", "10.1.2.3", {})] * 2


SPOILT = {
    "a password file that is not there": (lambda t: t, "password_file /etc/children-hub/population cannot be read: No such file"),
    "no database address": (lambda t: t.replace("mysql+pymysql://reader@", "reader:pw-secret "), "url is no database address"),
    "a cadence that is no number": (lambda t: t.replace("= 31", '= "monthly"'), "cadence_days must be a whole number"),
    "keys as a text": (lambda t: t.replace('["ZJHM"]', '"ZJHM"'), "keys must be a list"),
    "no keys": (lambda t: t.replace('keys = ["ZJHM"]\n', ""), "needs keys"),
    "table and query": (lambda t: t + 'query = "select 1"\n', "either table or query"),
    "an unknown contract": (lambda t: t.replace("household_register\"\nkind", "nowhere\"\nkind"), "no contract is called public_security.nowhere"),
}


@pytest.mark.parametrize("what", SPOILT)
async def test_a_setting_that_cannot_be_used_is_told(what, database):
    spoil, sentence = SPOILT[what]
    declare(database.home, spoil(example()))
    code, said = verb({**database.environ(), "COLUMNS": "300"}, "pull", "household_register")
    assert code == 1 and sentence in said and "pw-secret" not in said and "fault" not in said


CASES = ("编号", "单位", "涉及未成年人数", "处理结果")


@pytest.mark.parametrize("kind", ["sql", "http"])
async def test_of_a_list_that_adds_only_what_is_new_is_asked_for(database, tmp_path, kind):
    """From the day before the last pull on, so that what came during that day is there; the whole list at first."""
    rows = [(f"LJ-{n}", "某厂", "1", "责令改正", day) for n, day in enumerate(("2026-08-01", "2026-09-28", "2026-09-29", "2026-09-30", "2026-10-15"))]
    asked: list[str | None] = []

    def answer(request, line):
        asked.append(request.query.get("since"))
        known = [row for row in rows if row[4] <= ("2026-09-30" if len(asked) == 1 else "2026-12-31") and row[4] > (asked[-1] or "")]
        line.json([dict(zip(CASES, row[:4], strict=True)) for row in known])

    with Office(answer) as office:
        if kind == "http":
            declare(database.home, f'[cases]\ncontract = "labour.inspection_case"\nkind = "http"\nurl = "{office.url}"\nsince_parameter = "since"\npaging = "link"\n')
        else:
            with sqlite3.connect(tmp_path / "cases.sqlite") as connection:
                connection.execute(f"create table ldjc (changed text, {', '.join(f'{c} text' for c in CASES)})")
                connection.executemany("insert into ldjc values (?, ?, ?, ?, ?)", [(row[4], *row[:4]) for row in rows if row[4] <= "2026-09-30"])
            query = f"select {', '.join(CASES)}, changed from ldjc"
            declare(database.home, f'[cases]\ncontract = "labour.inspection_case"\nkind = "sql"\nurl = "sqlite:///{tmp_path}/cases.sqlite"\nquery = "{query}"\nkeys = ["编号"]\nchanged_column = "changed"\n')
        code, said = verb(database.environ(), "pull", "cases", "--on", "2026-09-30")
        assert code == 0, said
        if kind == "sql":
            with sqlite3.connect(tmp_path / "cases.sqlite") as connection:
                connection.execute("insert into ldjc values (?, ?, ?, ?, ?)", (rows[4][4], *rows[4][:4]))
        code, said = verb(database.environ(), "pull", "cases", "--on", "2026-10-31")
        assert code == 0, said
    _, deliveries = await known(database)
    assert [d[1:4] for d in deliveries] == [(4, 4, 0), (2, 1, 1)], said
    assert kind == "sql" or asked == [None, "2026-09-29"]


async def test_of_a_list_that_must_come_whole_no_news_are_asked_for(database, register):
    declare(database.home, f'[register]\ncontract = "public_security.household_register"\nkind = "sql"\nurl = "sqlite:///{register}"\ntable = "czrk"\nkeys = ["id"]\nchanged_column = "id"\n')
    code, said = verb(database.environ(), "pull", "register", "--on", "2026-09-30")
    assert code == 1 and "must come whole" in " ".join(said.split())


async def test_an_interface_whose_pages_have_other_names_is_pulled(database):
    """Numbered pages from nought, under other names, one of them empty though the total says that there are more."""
    records = [dict(zip(COLUMNS, person, strict=True)) for person in PEOPLE]

    def answer(request, line):
        start = int(request.query["p"]) * int(request.query["n"])
        line.json({"rows": records[start : start + int(request.query["n"])], "meta": {"all": len(records)}})

    with Office(answer) as office:
        told = f'[register]\ncontract = "public_security.household_register"\nkind = "http"\nurl = "{office.url}"\nrecords = ["rows"]\n'
        declare(database.home, told + 'paging = { kind = "page", parameter = "p", size_parameter = "n", size = 2, first_number = 0, total = ["meta", "all"] }\n')
        code, said = verb(database.environ(), "pull", "register", "--on", "2026-09-30")
    assert code == 0, said
    assert [d[1] for d in (await known(database))[1]] == [5]


@pytest.mark.parametrize(("paging", "words"), [
    ('"pages"', "must be cursor, page or link"), ("{ parameter = \"p\" }", "must be cursor, page or link"), ('{ kind = "link", size = 2 }', "of link known are none"),
    ('{ kind = "page", size = "2" }', "size must be a whole number"), ('{ kind = "page", size = 0 }', "size is 1 or more"), ('{ kind = "cursor", next = "n" }', "next must be a list"),
    ("3", "paging must be cursor, page or link, or a table"),
])  # fmt: skip
async def test_paging_that_is_declared_wrongly_is_told(database, paging, words):
    declare(database.home, f'[register]\ncontract = "public_security.household_register"\nkind = "http"\nurl = "http://127.0.0.1:9/"\npaging = {paging}\n')
    code, said = verb(database.environ(), "pull", "register", "--on", "2026-09-30")
    assert code == 1 and words in " ".join(said.split())

"""Whole lists as files: the rows of the pages, in their order, with nothing that a spreadsheet would run."""

import csv
import random

import asyncpg
import openpyxl
import orjson
import pytest

from hub.access.accounts import INVENTED
from hub.access.requests import NotOpened, decide
from hub.answering import Answering, Request
from hub.exporting import ROWS_ALONE, Recipient, export_answers, export_document, export_found, export_named
from hub.query.reading import BadInput
from hub.refusal import Refusal
from hub.storage.database import Database
from tests.flow import DIVISION
from tests.queries.random_data import TODAY, fill_at_random

LIST = "{ persons(filter: {ageFrom: 0}, orderBy: BIRTH_DATE) { nodes { id name registerHousehold { number } enrolments { grade school { name } } } } }"


@pytest.fixture
async def hub(database):
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(writer, random.Random(7))
    await writer.execute("update person_resolved set name = '=HYPERLINK(1)' where name is not null and id % 2 = 0")
    await writer.close()

    class Opened:
        division = DIVISION
        database = None

        def today(self):
            return TODAY

    opened = Opened()
    opened.database = Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")})
    opened.settings = database.settings(HUB_BUSINESS_DATE=TODAY.isoformat())
    yield opened


async def test_an_export_is_the_list_whole_and_in_order(hub, tmp_path):
    answering = Answering(hub.settings, hub.database)
    page = orjson.loads((await answering.answer(Request(LIST.replace("BIRTH_DATE)", "BIRTH_DATE, first: 100)")))).body)["data"]["persons"]["nodes"]
    await answering.close()
    files = {ending: tmp_path / f"list.{ending}" for ending in ("ndjson", "csv", "xlsx")}
    for path in files.values():
        assert await export_document(hub, LIST, "{}", path, TODAY) == len(page) > 3
    told = [orjson.loads(line) for line in files["ndjson"].read_bytes().splitlines()]
    assert told[:-1] == page and told[-1]["watermark"].startswith("shell:")
    sheet = [list(row) for row in openpyxl.load_workbook(files["xlsx"], read_only=True).active.iter_rows(values_only=True)]
    assert sheet[0] == ["id", "name", "registerHousehold.number", "enrolments"] and [row[0] for row in sheet[1:-1]] == [node["id"] for node in page]
    assert sheet[-1][0].startswith("shell:") and sheet[-1][0].endswith(" operation 不得转交")  # who, when, for what
    assert {row[1] for row in sheet[1:] if row[1]} >= {"'=HYPERLINK(1)"}
    assert ",=HYPERLINK" not in files["csv"].read_text("utf-8-sig") and "'=HYPERLINK(1)" in files["csv"].read_text("utf-8-sig")


async def test_what_turns_writing_around_is_in_no_export(hub, database, tmp_path):
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    await admin.execute("update person_resolved set name = U&'\\202E=1+1\\2069\\0085\\061C' || chr(7)")
    await admin.close()
    for ending in ("ndjson", "csv", "xlsx"):
        out = tmp_path / f"list.{ending}"
        await export_document(hub, "{ persons { nodes { id name mentions { name } } } }", "{}", out, TODAY)
        if ending == "xlsx":
            text = "".join(str(cell) for row in openpyxl.load_workbook(out).active.iter_rows(values_only=True) for cell in row)
        else:
            text = out.read_text("utf-8-sig")
        assert not set(text) & set("\u202e\u2069\x85\u061c\x07"), ending
        assert ("\\u202e=1+1" if ending == "ndjson" else "'=1+1") in text
    assert orjson.loads((tmp_path / "list.ndjson").read_bytes().splitlines()[0])["name"] == "\u202e=1+1\u2069\x85\u061c\x07"


TOWN = "210281001"
INSPECTOR = Recipient("township.inspector", "visit", frozenset({TOWN}))


async def test_a_file_made_for_somebody_holds_what_that_one_may_see(hub, database, tmp_path):
    out = tmp_path / "list.ndjson"
    with pytest.raises(BadInput, match="custodies"):
        await export_document(hub, "{ persons { nodes { id custodies { facility } } } }", "{}", out, TODAY, recipient=INSPECTOR)
    for wrong, says in ((Recipient("township.inspector", "approval"), "nobody is granted"), (Recipient("nobody", "visit"), "nobody is granted"), (Recipient("township.inspector", "visit"), "--care")):
        with pytest.raises(BadInput, match=says):
            await export_document(hub, LIST, "{}", out, TODAY, recipient=wrong)
    assert not out.exists()
    document = "{ persons { nodes { id township } } }"
    everybody = await export_document(hub, document, "{}", tmp_path / "all.ndjson", TODAY)
    theirs = await export_document(hub, document, "{}", out, TODAY, recipient=INSPECTOR)
    *told, mark = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert 0 < theirs < everybody and {one["township"] for one in told} == {TOWN}
    assert mark["watermark"].endswith(f"供 township.inspector visit {TOWN}")
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    assert orjson.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))["made_for"] == f"township.inspector visit {TOWN}"
    await admin.close()


async def test_findings_made_for_a_township_are_its_own_and_tell_of_no_custody(hub, database, tmp_path):
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    hub.connection = admin
    await admin.execute("update finding set reveals = '', township = '210281999'")
    some = [row["id"] for row in await admin.fetch("select id from finding where opened_on <= $1 order by id limit 3", TODAY)]
    await admin.execute("update finding set township = $1, rule = 'plain' where id = any($2)", TOWN, some[:2])
    await admin.execute("update finding set reveals = 'custody', rule = 'unenrolled_of_prisoners' where id = any($1)", some[1:])

    async def rules(recipient: Recipient | None) -> list[str]:
        await export_found(hub, tmp_path / "found.csv", recipient=recipient)
        with (tmp_path / "found.csv").open(newline="") as file:
            return [row[0] for row in csv.reader(file)][1:]

    told, mark = await rules(INSPECTOR)
    assert told == "plain" and mark.startswith("shell:") and mark.endswith(f"operation 供 township.inspector visit {TOWN}")
    assert "unenrolled_of_prisoners" not in await rules(Recipient("education.clerk", "joint_inspection"))
    assert (await rules(Recipient("justice.officer", "joint_inspection"))).count("unenrolled_of_prisoners") == 2 == (await rules(None)).count("unenrolled_of_prisoners")
    for role in (Recipient("education.school", "visit", frozenset({"1"})), Recipient("city.leader", "statistics")):
        with pytest.raises(BadInput, match="findings are not shown"):
            await rules(role)
    await admin.close()


async def test_more_than_fifty_rows_need_a_second_person(hub, database, tmp_path):
    """50 go alone, 51 do not; the agreement is of this document, this person and ten minutes."""
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    await admin.execute("delete from person_resolved; delete from access_request")
    hub.settings = database.settings(HUB_BUSINESS_DATE=TODAY.isoformat(), HUB_WITHOUT_TOKEN="refused")
    insert = "insert into person_resolved (division, id, name, chosen, valid, known_from) select $1, n, '王', '{}', daterange(null, null), 1 from generate_series($2::int, $3::int) n"
    await admin.execute(insert, DIVISION, 1, ROWS_ALONE)
    document, out = "{ persons { nodes { id } } }", tmp_path / "list.csv"
    assert await export_document(hub, document, "{}", out, TODAY) == ROWS_ALONE
    await admin.execute(insert, DIVISION, ROWS_ALONE + 1, ROWS_ALONE + 1)
    out.unlink()
    with pytest.raises(Refusal, match="--because"):
        await export_document(hub, document, "{}", out, TODAY)
    with pytest.raises(Refusal, match="asked as request 1"):
        await export_document(hub, document, "{}", out, TODAY, because="专项督导")
    with pytest.raises(Refusal, match="is not agreed to"):
        await export_document(hub, document, "{}", out, TODAY, request=1)
    asked = await admin.fetchval("select asked_by from access_request")
    with pytest.raises(NotOpened, match="second person"):
        await decide(admin, DIVISION, 1, by=asked, agreed=True)
    await decide(admin, DIVISION, 1, by="demo:manager", agreed=True)
    with pytest.raises(Refusal, match="not of this document"):
        await export_document(hub, "{ persons { nodes { id name } } }", "{}", out, TODAY, request=1)
    assert not out.exists()
    assert await export_document(hub, document, "{}", out, TODAY, request=1) == ROWS_ALONE + 1
    assert "申请1" in out.read_text("utf-8-sig").splitlines()[-1]
    await admin.execute("update access_request set ends_at = now()")
    with pytest.raises(Refusal, match="older than"):
        await export_document(hub, document, "{}", out, TODAY, request=1)
    await admin.close()


async def test_a_few_rows_about_many_people_need_one_too(hub, database, tmp_path):
    """Whatever the rows are of; and whom a short list is about, the audit says by name."""
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    hub.settings = database.settings(HUB_BUSINESS_DATE=TODAY.isoformat(), HUB_WITHOUT_TOKEN="refused")
    await admin.execute("delete from enrolment where ctid <> (select ctid from enrolment where school is not null limit 1)")
    await admin.execute("update enrolment set valid = daterange(null, null)")
    await admin.execute("insert into person_resolved (division, id, name, chosen, valid, known_from) select $1, n, '王', '{}', daterange(null, null), 1 from generate_series(1, 60) n", DIVISION)
    names = [row["attname"] for row in await admin.fetch("select attname from pg_attribute where attrelid = 'enrolment'::regclass and attnum > 0 and attname not in ('id', 'person')")]
    await admin.execute(f"insert into enrolment (id, person, {', '.join(names)}) select 1000 + n, n, {', '.join(names)} from enrolment, generate_series(1, {ROWS_ALONE}) n")
    document, out = "{ schools { nodes { name enrolments { person { id } } } } }", tmp_path / "list.ndjson"
    assert await admin.fetchval("select count(*) from school") < ROWS_ALONE
    with pytest.raises(Refusal, match="asked as request"):
        await export_document(hub, document, "{}", out, TODAY, because="专项督导")
    await admin.execute("delete from enrolment where person <> 7")
    await export_document(hub, document, "{}", out, TODAY)
    assert await admin.fetchval("select persons from audit_entry order by no desc limit 1") == [7]
    await admin.close()


@pytest.mark.parametrize("verb", [export_found, export_named, export_answers])
async def test_the_files_for_programs_need_one_too_where_there_is_anybody_who_could_agree(hub, database, tmp_path, verb, monkeypatch):
    """On a hub with the city's accounts; a hub without any, and one that holds invented people, go on as they were. The audit has each."""
    monkeypatch.setattr("hub.exporting.ROWS_ALONE", 0)
    monkeypatch.setattr("hub.exporting.told_entitlements", a_row)
    monkeypatch.setattr("hub.exporting.told_mentions", a_record)
    admin = hub.connection = await asyncpg.connect(database.dsn("hub_admin"))
    await admin.execute("delete from access_request")
    out, invented = tmp_path / "out.csv", database.home / INVENTED
    invented.unlink(missing_ok=True)
    written = await verb(hub, out)
    with out.open(newline="") as file:
        lines = list(csv.reader(file))
    assert written == len(lines) - 1 > 0 and "shell:" not in lines[-1][0]
    entry = orjson.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert entry["operation"].startswith("hub export ") and entry["whole_list"] and entry["made_for"] == "hub"
    hub.settings = database.settings(HUB_BUSINESS_DATE=TODAY.isoformat(), HUB_OIDC_ISSUER="https://id.example")
    invented.unlink()
    out.unlink()
    with pytest.raises(Refusal, match="--because"):
        await verb(hub, out)
    with pytest.raises(Refusal, match="asked as request 1"):
        await verb(hub, out, because="专项督导")
    assert not out.exists()
    await decide(admin, DIVISION, 1, by="manager", agreed=True)
    assert await verb(hub, out, request=1) == written
    invented.touch()
    assert await verb(hub, out) == written
    await admin.close()


async def a_row(*_, **__) -> list[tuple[object, ...]]:
    return [("F01", 1, 2, "DUE", "", "civil_affairs")]


async def a_record(*_, **__) -> list[dict[str, object]]:
    return [{"source": "s", "file": "f", "sheet": "", "row": "1", "role": "subject", "person": 1, "household": None}]


@pytest.mark.parametrize(("document", "says"), [
    ("{ persons(first: 3) { nodes { id } } }", "whole list"),
    ("{ persons { totalCount nodes { id } } }", "nodes, and nothing else"),
    ("{ publication }", "one list"),
    ("{ a: persons { nodes { id } } b: persons { nodes { id } } }", "one field"),
    ("{ persons { nodes { nothing } } }", "nothing"),
])
async def test_what_is_no_list_is_told_so(hub, tmp_path, document, says):
    with pytest.raises(BadInput, match=says):
        await export_document(hub, document, "{}", tmp_path / "list.csv", TODAY)

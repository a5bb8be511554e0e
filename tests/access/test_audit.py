"""The audit: no answer without a durable entry, every tamper is found, and who looked is answered – and logged."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from graphql import is_enum_type, is_input_object_type, is_list_type, is_non_null_type
from pymerkle import InmemoryTree

import hub.answering as answers
from hub.access.accounts import write_accounts
from hub.access.audit import AuditDown, Heads, Writer, entries_of, verify_table
from hub.access.chain import START, Entry, Frontier, canonical, chained, exported, leaf_of, read_entries, signed_head, verify, written_time
from hub.query.cursors import global_id, local_id
from hub.settings import Settings
from hub.storage import access_tables
from hub.storage.database import Database
from hub.web import create_app
from tests.access.people import EVERYBODY
from tests.flow import DIVISION
from tests.processes import run_alone
from tests.queries.random_data import TODAY, fill_at_random

KEY = Ed25519PrivateKey.generate()


def a_chain(size: int, each: int, seed: int = 1) -> tuple[list[Entry], list[str], tuple[int, bytes]]:
    """A chain of so many entries with a head signed after each so many."""
    rng = random.Random(seed)
    frontier, before, entries, heads = Frontier(), START, [], []
    for no in range(1, size + 1):
        persons = sorted(rng.sample(range(1000), rng.randint(0, 5)))
        text = canonical({"no": no, "who": f"u{rng.randint(1, 9)}", "persons": persons, "purpose": "visit"})
        leaf = leaf_of(text)
        before = chained(before, leaf)
        frontier.add(leaf)
        entries.append(Entry(no, text, tuple(persons), leaf, before))
        if no % each == 0 or no == size:
            heads.append(signed_head(KEY, size=no, root=frontier.root(), chain=before, at=f"t{no}", previous=heads[-1] if heads else ""))
    return entries, heads, (size, before)


def rechained(entries: list[Entry]) -> list[Entry]:
    """The chain told anew from what the entries say: what somebody with the database and this code could write."""
    before, found = START, []
    for no, one in enumerate(entries, start=1):
        text = canonical({**json.loads(one.entry), "no": no})
        leaf = leaf_of(text)
        before = chained(before, leaf)
        found.append(Entry(no, text, tuple(json.loads(text)["persons"]), leaf, before))
    return found


def edited(entry: Entry) -> Entry:
    return replace(entry, entry=entry.entry.replace('"visit"', '"audit"'))


def tampered(rng: random.Random, entries: list[Entry], heads: list[str]) -> tuple[str, int, list[Entry], list[str], tuple[int, bytes]]:
    """One random tamper: its name, the first entry that is not as it was, and what is there then; the table's end follows."""
    entries, heads = list(entries), list(heads)
    i = rng.randrange(len(entries) - 1)
    kind = rng.choice(["edit", "edit and hash", "edit and chain", "persons", "delete", "delete and chain", "insert", "insert and chain", "swap", "swap and chain", "cut", "roll back", "fork", "head", "no head"])
    match kind.split(" ")[0]:
        case "edit":
            entries[i] = edited(entries[i])
            if kind == "edit and hash":
                entries[i] = replace(entries[i], leaf=leaf_of(entries[i].entry))
        case "persons":
            entries[i] = replace(entries[i], persons=(*entries[i].persons, 5000))
        case "delete":
            del entries[i]
        case "insert":
            entries.insert(i, edited(entries[i]))
        case "swap":
            entries[i], entries[i + 1] = entries[i + 1], entries[i]
        case "cut":
            entries = entries[:i]
        case "roll":
            i -= i % 25  # as it was when a head was signed
            entries = entries[:i]
        case "fork":
            entries = entries[:i] + [edited(one) for one in entries[i:]]
        case "head":
            j = rng.randrange(len(heads))
            heads[j] = heads[j].replace('"size":', '"size":1') if rng.random() < 0.5 else heads[j].replace('"at":"t', '"at":"u')
            i = -1
        case "no":
            del heads[rng.randrange(len(heads) - 1)]
            i = -1
    if kind.endswith("chain") or kind == "fork":
        entries = rechained(entries)
    end = (len(entries), entries[-1].chain if entries else START)
    return kind, i + 1, entries, heads, end


def test_our_tree_is_that_of_the_rfc_as_another_library_computes_it():
    tree, frontier = InmemoryTree(algorithm="sha256"), Frontier()
    for i in range(300):
        data = f"entry {i}"
        tree.append_entry(data.encode())
        frontier.add(leaf_of(data))
        assert frontier.root() == tree.get_root()
        assert Frontier(frontier.size, b"".join(frontier.roots)).root() == frontier.root()


def test_a_thousand_random_tampers_are_found_and_the_first_bad_entry_is_named():
    entries, heads, end = a_chain(200, 25)
    assert verify(entries, end, heads, KEY.public_key()).good
    rng = random.Random(int(os.environ.get("SEED", "1")))
    found = 0
    for _ in range(1000):
        kind, first, *rest = tampered(rng, entries, heads)
        verdict = verify(rest[0], rest[2], rest[1], KEY.public_key())
        assert not verdict.good, (kind, first)
        found += 1
        if kind.endswith("chain") or kind in ("fork", "cut"):  # told anew or not there: only the signed head knows, and it is of 25 entries
            assert verdict.first_bad <= first <= verdict.first_bad + 25, (kind, first, verdict)
        elif first > 0:
            assert verdict.first_bad == first, (kind, first, verdict)
    assert found == 1000


@pytest.mark.parametrize("text", ["x", "[]", "5", "null", '{"no": 7}', '{"no": 7, "persons": [], "v": 2}'])
def test_what_is_no_entry_at_all_is_named(text):
    """Whoever writes the table may chain anything; what reads it says which, and does not fall over."""
    entries, heads, end = a_chain(50, 10)
    leaf = leaf_of(text)
    entries[6] = replace(entries[6], entry=text, persons=(), leaf=leaf, chain=chained(entries[5].chain, leaf))
    verdict = verify(entries, end, heads, KEY.public_key())
    assert verdict.first_bad == 7 and "entry 7" in verdict.wrong


@pytest.mark.parametrize("line", ["[]", "5", "null", '{"signature": 5}', '"x"', "x"])
def test_what_is_no_head_at_all_is_named(line):
    entries, heads, end = a_chain(50, 10)
    assert verify(entries, end, [heads[0], line, *heads[2:]], KEY.public_key()).wrong == "head 2 is not signed by the hub"


def test_another_key_and_another_hubs_heads_are_refused():
    entries, heads, end = a_chain(50, 10)
    assert "not signed" in verify(entries, end, heads, Ed25519PrivateKey.generate().public_key()).wrong
    assert not verify(a_chain(50, 10, seed=2)[0], None, heads, KEY.public_key()).good


@pytest.fixture
def heads(tmp_path):
    return Heads.open(tmp_path / "audit", tmp_path / "keys" / "audit.pem")


def writer_of(database, heads) -> Writer:
    return Writer(lambda: asyncpg.connect(database.dsn("hub_writer")), DIVISION, heads)


async def test_many_writers_make_one_chain_and_their_heads_agree(database, heads):
    writers = [writer_of(database, heads) for _ in range(4)]
    await asyncio.gather(*(w.write({"who": f"w{i}", "persons": [n], "count": 1}) for i, w in enumerate(writers) for n in range(100)))
    for writer in writers:
        await writer.close()
    auditor = await asyncpg.connect(database.dsn("hub_auditor"))
    entries = [one async for one in entries_of(auditor, DIVISION)]
    row = await auditor.fetchrow("select no, chain from audit_tail")
    verdict = verify(entries, (row["no"], row["chain"]), heads.lines(), heads.key.public_key())
    assert verdict.good and verdict.entries == 400 and verdict.heads >= 1, verdict
    await auditor.close()


async def test_whoever_was_overtaken_goes_on_from_the_end_of_now_and_no_head_of_another_stops_it(database, heads):
    """Two processes by turns; the one's head is signed while the other still has an older end."""
    one, other = writer_of(database, heads), writer_of(database, heads)
    for n in range(3):
        await one.write({"who": "one", "persons": [n], "count": 1})
        await other.write({"who": "other", "persons": [], "count": 0})
        other._sign()
    await asyncio.gather(*(w.write({"who": "both", "persons": [n], "count": 1}) for w in (one, other) for n in range(20)))
    await one.close()
    await other.close()
    auditor = await asyncpg.connect(database.dsn("hub_auditor"))
    entries = [entry async for entry in entries_of(auditor, DIVISION)]
    row = await auditor.fetchrow("select no, chain from audit_tail")
    verdict = verify(entries, (row["no"], row["chain"]), heads.lines(), heads.key.public_key())
    assert verdict.good and verdict.entries == 46 and verdict.heads >= 4, verdict
    await auditor.close()


#: A change of each kind of column, as somebody with the database could make it.
CHANGED = {
    "bigint": "{} + 7000",
    "integer": "{} + 1",
    "text": "{} || ' '",
    "bytea": "decode(md5({}), 'hex')",
    "bigint[]": "{}[2:] || {}[1]",
    "timestamp with time zone": "{} + interval '1 microsecond'",
}


async def test_a_change_of_any_column_of_an_entry_is_found(database, heads):
    """The columns are the table's own: a new one that nothing compares fails here."""
    writer = writer_of(database, heads)
    for n in range(5):
        await writer.write({"who": "w", "persons": [n, n + 1, n + 2], "count": 3})
    await writer.close()
    administrator, auditor = await asyncpg.connect(database.dsn("hub_admin")), await asyncpg.connect(database.dsn("hub_auditor"))
    assert (await verify_table(auditor, DIVISION, heads.lines(), heads.folder / "public.pem")).good
    rows = await administrator.fetch("select attname as name, format_type(atttypid, null) as type from pg_attribute where attrelid = 'audit_entry'::regclass and attnum > 0 and not attisdropped")
    assert {row["name"] for row in rows} == {column.name for column in access_tables.audit_entry.columns}
    for row in rows:
        change = administrator.transaction()
        await change.start()
        await administrator.execute(f"update audit_entry set {row['name']} = {CHANGED[row['type']].replace('{}', row['name'])} where no = 3")
        entries = [one async for one in entries_of(administrator, DIVISION)]
        await change.rollback()
        verdict = verify(entries, None, heads.lines(), heads.key.public_key())
        assert not verdict.good and verdict.first_bad == 3, (row["name"], verdict)
        assert list(read_entries(exported(one) for one in entries)) == entries
    await administrator.close()
    await auditor.close()


async def test_entries_of_before_still_verify_and_their_time_is_looked_at_too(database, heads):
    entries, lines, end = a_chain(20, 5)
    assert verify(entries, end, lines, KEY.public_key()).good  # as exports of before were
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    text = canonical({"no": 1, "who": "u", "persons": [4], "at": written_time(at, "milliseconds")})
    old = Entry(1, text, (4,), leaf_of(text), chained(START, leaf_of(text)), at.replace(microsecond=999), DIVISION)
    head = [signed_head(KEY, size=1, root=old.leaf, chain=old.chain, at="t1", previous="")]
    assert verify([old], None, head, KEY.public_key()).good
    told = verify([replace(old, at=at + timedelta(seconds=1))], None, head, KEY.public_key())
    assert told.first_bad == 1 and "time" in told.wrong


async def test_entries_without_heads_are_not_good_and_the_first_entry_has_its_head_at_once(database, heads):
    auditor = await asyncpg.connect(database.dsn("hub_auditor"))

    async def told(lines: list[str]) -> str:
        return (await verify_table(auditor, DIVISION, lines, heads.folder / "public.pem")).wrong

    assert await told([]) == ""  # nobody looked yet
    writer = writer_of(database, heads)
    await writer.write({"who": "w", "persons": [1], "count": 1})
    assert await told(heads.lines()) == ""
    assert "no signed head" in await told([])
    (heads.folder / "heads.jsonl").unlink()
    assert "no signed head" in await told(heads.lines())
    await writer.write({"who": "w", "persons": [2], "count": 1})
    assert await told(heads.lines()) == ""  # within the minute nothing is lost
    later = signed_head(heads.key, size=2, root=bytes.fromhex(json.loads(heads.lines()[0])["root"]), chain=bytes.fromhex(json.loads(heads.lines()[0])["chain"]), at=(datetime.now(UTC) + timedelta(hours=1)).isoformat(), previous="")
    assert "the heads of before are gone" in await told([later])
    await writer.close()
    await auditor.close()


@pytest.mark.parametrize("more", [{}, {"note": "王*，\"引\"\n\t\u007f\u2028😀"}, {"glass": [1, 2], "case": None, "agreed": True, "rows": ["Mention/-5"]}])
def test_what_is_hashed_is_what_the_verifier_calls_canonical(more):
    entry = {"who": "甲", "persons": [-(2**63), 2**63 - 1], "no": 1, **more}
    assert orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode() == canonical(entry)


async def test_nobody_may_change_an_entry_and_a_table_rolled_back_is_not_written_on(database, heads):
    writer = writer_of(database, heads)
    for n in range(3):
        await writer.write({"who": "w", "persons": [n], "count": 1})
    await writer.close()
    application = await asyncpg.connect(database.dsn("hub_writer"))
    for statement in ("update audit_entry set entry = ''", "delete from audit_entry", "truncate audit_entry"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(statement)
    await application.close()
    administrator = await asyncpg.connect(database.dsn("hub_admin"))
    await administrator.execute("delete from audit_entry where no = 3")
    await administrator.execute("update audit_tail set no = 2")
    await administrator.close()
    behind = writer_of(database, heads)
    with pytest.raises(AuditDown):
        await behind.write({"who": "w", "persons": [], "count": 0})
    await behind.close()


@pytest.fixture
async def served(database):
    """A client of a hub with people and an account for everybody, and the hub itself."""
    filling = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(filling, random.Random(7))
    await filling.close()
    made = write_accounts(database.home, EVERYBODY)
    app = create_app(database.settings(HUB_BUSINESS_DATE=TODAY.isoformat(), HUB_WITHOUT_TOKEN="refused"), Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:

        async def ask(name: str, query: str, **variables) -> dict:
            sent = {"authorization": f"Bearer {made.token(name)}", "hub-purpose": made.named(name).purpose}
            return (await client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)).json()

        yield ask, app.answering
    await app.answering.close()


async def test_an_entry_says_who_why_what_whom_and_how_many(database, served):
    ask, _ = served
    told = await ask("lead", "query Look($f: ChildFilter) { persons(first: 3, filter: $f) { nodes { id name custodies { facility } guardianships { guardian { id } } } } }", f={"disabled": True})
    people = {node["id"] for node in told["data"]["persons"]["nodes"]} | {g["guardian"]["id"] for node in told["data"]["persons"]["nodes"] for g in node["guardianships"] if g["guardian"]}
    assert people
    auditor = await asyncpg.connect(database.dsn("hub_auditor"))
    row = await auditor.fetchrow("select entry, persons from audit_entry order by no desc limit 1")
    entry = json.loads(row["entry"])
    assert (entry["who"], entry["role"], entry["purpose"], entry["operation"]) == ("demo:lead", "team.lead", "joint_inspection", "Look")
    assert {"Person.name", "Custody.facility", "ChildFilter.disabled", "Query.persons"} <= set(entry["fields"])
    assert {global_id("Person", one) for one in row["persons"]} == people and entry["count"] == len(people)
    assert await ask("lead", "{ publication sources { name } }") and await auditor.fetchval("select count(*) from audit_entry") == entry["no"]  # nothing personal, no entry
    await ask("lead", "query M($id: ID!) { nodeAt(id: $id) { ... on Person { mentions { name } } } }", id=told["data"]["persons"]["nodes"][0]["id"])
    last = json.loads(await auditor.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert any(one.startswith("Mention/") for one in last["rows"]) and last["persons"]
    await auditor.close()


NAMED = "{ children(filter: {nameContains: %s, sex: %s, disabled: true}) { totalCount } }"


@pytest.mark.parametrize("query, variables", [
    (NAMED, {}),
    ("query ($f: ChildFilter) { persons(filter: $f) { totalCount } }", ["f"]),
    ("query ($n: String) { division(code: \"450126103\") { children(filter: {nameContains: $n}) { totalCount } } }", ["n"]),
    ("fragment F on Query { childCounts(groupBy: SEX, filter: {nameContains: %s, enrolled: false}) { key count } } { ...F }", []),
    ("query ($id: ID!) { childPlan(personId: $id) { __typename } }", ["id"]),
    ("query ($k: Int) { persons(asKnownAt: $k, filter: {nameContains: %s}) { totalCount } }", ["k"]),
])  # fmt: skip
async def test_who_asks_about_one_by_name_or_id_is_found_whatever_the_answer_tells(database, served, query, variables):
    ask, _ = served
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    one = await admin.fetchrow("update person_resolved set name = '欧阳竹青', sex = '男性' where id = (select id from person_resolved order by id limit 1) returning id, name, sex")
    text = query if "%s" not in query else query.replace("%s", json.dumps(one["name"], ensure_ascii=False), 1).replace("%s", json.dumps(one["sex"], ensure_ascii=False), 1)
    told = {"f": {"nameContains": one["name"], "hasFinding": False}, "n": one["name"], "id": global_id("Person", one["id"]), "k": await admin.fetchval("select max(no) from publication")}
    answer = await ask("lead", text, **{name: told[name] for name in variables})
    assert answer["data"], answer
    entry = json.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert one["id"] in entry["persons"] and str(one["id"]) in entry["asked"] and one["name"] not in json.dumps(entry, ensure_ascii=False)
    who = await ask("auditor", "query ($id: ID!) { accesses(personId: $id) { nodes { who } } }", id=global_id("Person", one["id"]))
    assert "demo:lead" in [node["who"] for node in who["data"]["accesses"]["nodes"]]
    await admin.close()


@pytest.mark.parametrize("query", ["childPlan(personId: $id) { on disagreements }", "person(id: $id) { id name }", "node(id: $id) { id }"])
@pytest.mark.parametrize("spelt", ["0{}", "+{}", " {}", "{}_0", "fullwidth"])
async def test_an_id_has_one_spelling_so_that_nobody_is_asked_about_unseen(database, served, query, spelt):
    ask, _ = served
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    one = await admin.fetchval("select min(id) from person_resolved")
    key = str(one).translate({ord(str(n)): 0xFF10 + n for n in range(10)}) if spelt == "fullwidth" else spelt.format(one)
    for id_ in (key, global_id("Person", key)):
        told = await ask("lead", f"query ($id: ID!) {{ {query} }}", id=id_)
        assert told.get("errors") and not any((told.get("data") or {}).values()), (id_, told)
    await admin.close()


async def test_every_child_whose_plan_is_told_is_in_the_audit(database, served):
    ask, _ = served
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    plans = "query ($id: ID!) { aidPlan(householdId: $id) { householdCash children { facts { says } programmes { code answer } } } }"
    who = "query ($id: ID!) { aidPlan(householdId: $id) { children { person { id } } } }"
    found = 0
    for home in await admin.fetch("select id from household order by id"):
        told = await ask("lead", plans, id=global_id("Household", home["id"]))
        if told["data"]["aidPlan"] and (many := len(told["data"]["aidPlan"]["children"])):
            entry = json.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
            named = await ask("lead", who, id=global_id("Household", home["id"]))
            assert {global_id("Person", one) for one in entry["persons"]} >= {child["person"]["id"] for child in named["data"]["aidPlan"]["children"]}
            found += many
    assert found
    await admin.close()


async def test_a_name_that_many_have_singles_nobody_out(database, served, monkeypatch):
    ask, _ = served
    monkeypatch.setattr("schema.people.FEW", 2)
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    name = await admin.fetchval("select left(name, 1) from person_resolved group by 1 order by count(*) desc limit 1")
    assert (await ask("lead", NAMED % (json.dumps(name), '"男性"')))["data"]
    entry = json.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert "asked" not in entry and entry["persons"] == []
    await admin.close()


BORN = "{ division(code: %s) { %s } }"
DAY = 'query ($d: Date) { persons(on: $d, filter: {sex: %s, township: %s, ageFrom: %s, ageTo: %s, parentInPrison: true}) { totalCount } }'


@pytest.mark.parametrize("way", ["all in the filter", "by the division's code", "in variables", "as known then", "through a fragment"])
async def test_who_asks_about_one_by_place_sex_and_birthday_is_found(database, served, way):
    ask, _ = served
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    one = await admin.fetchrow(
        """update person_resolved set birth_date = '2011-02-03', born_from = '2011-02-03', born_to = '2011-02-03', sex = '女性', township = coalesce(township, '450126103')
            where id = (select min(id) from person_resolved) returning id, sex, township"""
    )
    await admin.execute("update person_resolved set birth_date = '2001-01-01', born_from = '2001-01-01', born_to = '2001-01-01' where id <> $1 and township = $2", one["id"], one["township"])
    known = await admin.fetchval("select max(no) from publication")
    sex, town = (json.dumps(one[name], ensure_ascii=False) for name in ("sex", "township"))
    ages = {"ageFrom": 14, "ageTo": 14, "sex": one["sex"]}
    text, told = {
        "all in the filter": (DAY % (sex, town, 14, 14), {"d": "2025-02-04"}),
        "by the division's code": (BORN % (town, f"children(filter: {{sex: {sex}, ageFrom: 15, enrolled: false}}) {{ totalCount }}"), {}),
        "in variables": ("query ($f: ChildFilter, $d: Date) { children(on: $d, filter: $f) { totalCount } }", {"d": "2025-02-04", "f": {**ages, "township": one["township"]}}),
        "as known then": ("query ($k: Int, $f: ChildFilter) { persons(asKnownAt: $k, filter: $f) { totalCount } }", {"k": known, "f": {"township": one["township"], "ageTo": 16}}),
        "through a fragment": ("fragment F on Query { childCounts(groupBy: SEX, filter: {township: TOWN, ageFrom: 13, ageTo: 16}) { key count } } { ...F }".replace("TOWN", town), {}),
    }[way]  # fmt: skip
    answer = await ask("lead", text, **told)
    assert answer["data"], answer
    entry = json.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert str(one["id"]) in entry["asked"] and one["id"] in entry["persons"], entry
    assert entry["ages"] and one["sex"] not in json.dumps(entry["ages"], ensure_ascii=False)
    await admin.close()


GIRLS = "children(filter: {sex: \"女性\", ageFrom: 16}) { totalCount }"


@pytest.mark.parametrize("query, told", [
    ("{ division(code: TOWN) { ...F } } fragment F on Division { %s }" % GIRLS, {}),  # noqa: UP031
    ("{ division(code: TOWN) { ...G } } fragment G on Division { ...F } fragment F on Division { %s }" % GIRLS, {}),  # noqa: UP031
    ("query ($c: String!, $f: ChildFilter) { division(code: $c) { ...F } } fragment F on Division { children(filter: $f) { totalCount } }", {"c": "TOWN", "f": {"sex": "女性", "ageFrom": 16}}),
    ("{ children(filter: {township: TOWN, ageFrom: 16}) { totalCount } }", {}),
    ("{ childCounts(groupBy: SEX, filter: {township: TOWN, ageFrom: 16}) { key count } }", {}),
    ("{ children(on: \"2010-03-23\", filter: {township: TOWN, ageTo: 0}) { totalCount } }", {}),  # who is born later is nobody's child
    ("{ a: division(code: \"450126103\") { ...F } b: division(code: TOWN, on: \"2010-03-23\") { ...F } } fragment F on Division { children(filter: {ageTo: 0}) { totalCount } }", {}),
    ("query ($i: ID!) { person(id: $i) { division { %s } } }" % GIRLS, {"i": "OTHER"}),  # noqa: UP031
    ("query ($i: ID!) { person(id: $i) { division { ...F } } } fragment F on Division { %s }" % GIRLS, {"i": "OTHER"}),  # noqa: UP031
])  # fmt: skip
async def test_whom_a_filter_means_is_told_by_all_that_stands_around_it(database, served, monkeypatch, query, told):
    """Fragments, divisions without a code, and lists that leave out grown-ups and whoever is not born yet: of a township with many people, one girl of sixteen."""
    ask, _ = served
    monkeypatch.setattr("schema.people.FEW", 3)
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    ids = [row["id"] for row in await admin.fetch("select id from person_resolved order by id limit 12")]
    town = "450126104"
    born = ["2010-03-22", *["1980-01-01"] * 5, *["2015-01-01"] * 6]
    for id_, day in zip(ids, born, strict=True):
        await admin.execute("update person_resolved set township = $2, sex = '女性', birth_date = $3::text::date, born_from = $3::text::date, born_to = $3::text::date where id = $1", id_, town, day)
    await admin.execute("update person_resolved set township = '450126103' where not id = any($1::bigint[])", ids)
    values = {"TOWN": town, "OTHER": global_id("Person", ids[3])}
    answer = await ask("lead", query.replace("TOWN", json.dumps(town)), **{name: values.get(value, value) if isinstance(value, str) else value for name, value in told.items()})
    assert answer["data"], answer
    entry = json.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert str(ids[0]) in entry["asked"] and ids[0] in entry["persons"], entry
    assert set(entry["asked"]) <= {str(ids[0]), str(ids[3])}, entry
    await admin.close()


async def test_a_filter_that_means_many_is_looked_up_once(database, served, monkeypatch):
    ask, _ = served
    monkeypatch.setattr("schema.people.FEW", 2)
    looked: list[int] = []
    whom_named = answers.whom_named

    async def seen(context, sought):
        looked.append(len(sought))
        return await whom_named(context, sought)

    monkeypatch.setattr("hub.answering.whom_named", seen)
    for _ in range(3):
        assert (await ask("lead", '{ persons(filter: {ageTo: 149}) { totalCount } }'))["data"]
    assert looked == [1]
    for _ in range(2):  # a name is not kept in memory
        assert (await ask("lead", '{ persons(filter: {sex: "男性", nameContains: "王"}) { totalCount } }'))["data"]
    assert looked == [1, 1, 1]


@pytest.mark.parametrize("down", ["locked", "revoked"])
async def test_a_change_whose_entry_cannot_be_written_leaves_nothing(database, served, monkeypatch, down):
    ask, answering = served
    monkeypatch.setattr("hub.access.audit.PATIENCE", 0.3)
    monkeypatch.setattr("hub.answering.DEADLINE", 2)
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    ran: list[str] = []
    second_road = answering._second_road

    async def seen(request, *more):
        ran.append(request.document)
        return await second_road(request, *more)

    monkeypatch.setattr(answering, "_second_road", seen)
    mutations = answering.documents.graph.types.mutation_type.fields
    lock = admin.transaction()
    await lock.start()
    if down == "locked":
        await admin.execute("lock table audit_entry in exclusive mode")
    else:
        await lock.rollback()
        await admin.execute("revoke insert on audit_entry from hub_writer")
    for name, field in mutations.items():
        answering.audit._failed = False  # as if nobody knew yet
        told = await ask("lead", f"mutation M($i: {field.args['input'].type}) {{ {name}(input: $i) {{ __typename }} }}", i=sample(field.args["input"].type))
        message = json.dumps(told, ensure_ascii=False)
        assert "data" not in told and ("nothing is read or changed" in message or "Cannot query field" in message or "Unknown type" in message), (name, told)
    assert not ran  # no resolver was reached
    if down == "locked":
        await lock.rollback()
    else:
        await admin.execute("grant insert on audit_entry to hub_writer")
    await admin.close()


def sample(type_) -> Any:
    """Something of an input type."""
    if is_non_null_type(type_) or is_list_type(type_):
        return [sample(type_.of_type)] if is_list_type(type_) else sample(type_.of_type)
    if is_input_object_type(type_):
        return {name: sample(field.type) for name, field in type_.fields.items()}
    if is_enum_type(type_):
        return next(iter(type_.values))
    return {"Int": 1, "Boolean": True, "Date": "2026-10-31", "Float": 1.0}.get(type_.name, "1")


async def test_a_change_has_its_entry_before_it_and_is_not_told_as_undone(database, served, monkeypatch):
    """The audit goes down between the change and its answer: the change has an entry, and nobody is told to come back and do it again."""
    ask, answering = served
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    second_road = answering._second_road

    async def then_down(*asked):
        done = await second_road(*asked)
        await admin.execute("revoke insert on audit_entry from hub_writer")
        return done

    monkeypatch.setattr(answering, "_second_road", then_down)
    person = global_id("Person", await admin.fetchval("select id from person_resolved order by id limit 1"))
    told = await ask("lead", 'mutation Ask($p: ID!) { askAccess(input: {personId: $p, what: NUMBER, reason: "家访"}) { __typename } }', p=person)
    assert told["data"] is None and "look before you send it again" in told["errors"][0]["message"]
    entry = json.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert entry["begins"] is True and entry["operation"] == "Ask" and len(entry["persons"]) == 1
    await admin.close()


async def test_the_second_road_leaves_the_same_people(database, served, monkeypatch):
    from hub.query.plans import SECOND_ROAD

    ask, answering = served
    query = "{ persons(first: 3) { nodes { id memberships { household { kind } } } } }"
    await ask("lead", query)
    [view] = [view for name, view in answering._views.items() if name != "everything"]
    monkeypatch.setattr(view.documents, "plan", lambda *_: SECOND_ROAD)
    await ask("lead", query)
    auditor = await asyncpg.connect(database.dsn("hub_auditor"))
    one, two = [json.loads(row["entry"]) for row in await auditor.fetch("select entry from audit_entry order by no")]
    assert one["persons"] and set(one["persons"]) <= set(two["persons"]) and one["fields"] == two["fields"]
    await auditor.close()


async def test_when_the_audit_is_down_nothing_personal_is_read(database, served):
    ask, answering = served
    administrator = await asyncpg.connect(database.dsn("hub_admin"))
    await administrator.execute("revoke insert on audit_entry from hub_writer")
    statements: list[str] = []
    answering.noted = statements.append
    told = await ask("lead", "{ persons(first: 1) { nodes { name } } }")
    assert "data" not in told and "nothing is read" in told["errors"][0]["message"]
    statements.clear()
    told = await ask("lead", "{ persons(first: 2) { nodes { name } } }")
    assert "data" not in told and not statements  # known to be down: not even read
    assert (await ask("lead", "{ publication }"))["data"] is not None
    await administrator.execute("grant insert on audit_entry to hub_writer")
    assert (await ask("lead", "{ persons(first: 1) { nodes { name } } }"))["data"]["persons"]["nodes"]
    await administrator.close()


async def test_who_looked_is_a_question_of_the_auditor_and_leaves_an_entry_too(served):
    ask, _ = served
    told = await ask("lead", "query First { persons(first: 1) { nodes { id name } } }")
    [person] = told["data"]["persons"]["nodes"]
    query = "query Who($id: ID!) { accesses(personId: $id) { totalCount nodes { who purpose operation fields } } }"
    first = (await ask("auditor", query, id=person["id"]))["data"]["accesses"]
    assert first["nodes"][0] | {"fields": []} == {"who": "demo:lead", "purpose": "joint_inspection", "operation": "First", "fields": []}
    assert "Person.name" in first["nodes"][0]["fields"]
    again = (await ask("auditor", query, id=person["id"]))["data"]["accesses"]["nodes"]
    assert [(one["who"], one["operation"]) for one in again] == [("demo:lead", "First"), ("demo:auditor", "Who")]
    assert "Cannot query field 'accesses'" in orjson.dumps(await ask("lead", query, id=person["id"])).decode()


CHILD = """
import asyncio, os, signal, sys
from hub.storage import crash_points
wanted = sys.argv[1]
crash_points.watchers.append(lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == wanted else None)
from hub.settings import Settings
from hub.storage import access_tables
from hub.storage.database import Database
from hub.answering import Answering, Request
async def main():
    settings = Settings.from_environ({k: v for k, v in os.environ.items() if k.startswith(("HUB_", "DATABASE_URL"))})
    answering = Answering(settings, Database(None, {r: os.environ["DATABASE_URL_" + r.upper()] for r in ("owner", "writer", "reader", "auditor")}))
    for n in range(3):
        answer = await answering.answer(Request("query N%d { persons(first: %d) { nodes { id } } }" % (n, n + 1)))
        os.write(1, answer.body + b"\\n")
asyncio.run(main())
"""


@pytest.mark.parametrize("step", ["audit.before", "audit.written", "audit.committed"])
async def test_killed_at_any_step_no_answer_has_left_without_its_entry(database, step):
    filling = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(filling, random.Random(7))
    for _ in range(int(os.environ.get("CRASH_TIMES", "1"))):
        before = await filling.fetchval("select count(*) from audit_entry")
        environ = {**os.environ, **database.environ(HUB_BUSINESS_DATE=TODAY.isoformat())}
        done = run_alone(CHILD, step, env=environ)
        assert done.returncode == -signal.SIGKILL
        left = len(done.stdout.splitlines())
        kept = await filling.fetchval("select count(*) from audit_entry") - before
        assert left <= kept, (step, left, kept)
    await filling.close()


def test_the_verifier_stands_alone(tmp_path):
    entries, heads, _ = a_chain(100, 10)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    source = (Path(__file__).parents[2] / "hub" / "access" / "chain.py").read_text(encoding="utf-8")
    assert "from hub" not in source and "import hub" not in source
    (tmp_path / "chain.py").write_text(source, encoding="utf-8")
    (tmp_path / "public.pem").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "heads").write_text("\n".join(heads) + "\n", encoding="utf-8")

    def told(lines: list[str]) -> tuple[int, str]:
        (tmp_path / "entries").write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run([sys.executable, "-I", "chain.py", "entries", "heads", "public.pem"], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    whole = [json.dumps({"no": e.no, "entry": e.entry, "persons": e.persons, "leaf": e.leaf.hex(), "chain": e.chain.hex()}) for e in (*entries, edited(entries[41]))]
    changed = whole.pop()
    assert told(whole) == told([*whole[:41], "", *whole[41:], ""]) == (0, "100 entries and 10 heads agree\n")
    assert told([*whole[:41], changed, *whole[42:]]) == (1, "BAD: entry 42 was changed\n")
    for spoilt in ("garbage", "[1]", "{}", "[" * 100_000, '{"no": 42, "entry": "", "persons": null, "leaf": "", "chain": ""}'):
        assert told([*whole[:41], spoilt, *whole[42:]]) == (1, "BAD: entry 42 is none that the hub writes\n"), spoilt[:40]
    (tmp_path / "public.pem").write_text("no key", encoding="utf-8")
    assert told(whole)[0] == 2


def test_settings_name_the_folder_of_the_heads(database):
    assert isinstance(database.settings(), Settings) and database.settings().audit == database.home / "audit"


async def test_who_looked_is_found_by_the_index_and_by_whom_the_second_lock_lets(database, served):
    ask, _ = served
    [child, *_] = (await ask("lead", "{ children(first: 1) { nodes { id } } }"))["data"]["children"]["nodes"]
    key = local_id(child["id"], "Person")
    reader, admin = await asyncpg.connect(database.dsn("hub_reader")), await asyncpg.connect(database.dsn("hub_admin"))
    async with reader.transaction():
        assert await reader.fetch("select entries_about($1, $2)", DIVISION, [key]) == []  # nothing set, nothing told
    for name, told, seen in (("hub.divisions", str(DIVISION), 0), ("hub.tables", ",audit_entry,", 1), ("hub.divisions", "210299", 0), ("hub.divisions", str(DIVISION), 1), ("hub.tables", ",person_resolved,", 0)):
        await reader.execute("select set_config($1, $2, false)", name, told)
        assert len(await reader.fetch("select entries_about($1, $2)", DIVISION, [key])) == seen, (name, told)
    for role in ("hub_writer", "hub_auditor"):
        other = await asyncpg.connect(database.dsn(role))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await other.fetch("select entries_about($1, $2)", DIVISION, [key])
        await other.close()
    await admin.execute("insert into audit_entry (division, no, at, entry, persons, leaf, chain) select $1, 1000 + n, now(), '{}', array[n], '', '' from generate_series(1, 20000) n", DIVISION)
    await admin.execute("analyze audit_entry")
    plan = "\n".join(row[0] for row in await admin.fetch("explain select no from audit_entry where division = 210281 and persons && array[5]::bigint[]"))
    assert "ix_audit_entry_persons" in plan
    await reader.close()
    await admin.close()

"""Who is refused leaves a trace: an account in the audit, a token of nobody in the log; once a minute, and nothing that was sent is told. So does who is let in."""

import json
import logging

import asyncpg
import pytest

from hub.access import refusals
from hub.access.blocks import block
from hub.access.refusals import MOST, NOT_GRANTED, TOO_MUCH, Refusals
from hub.admitting import CATALOGUE
from hub.query.cursors import global_id, local_id
from tests.access.people import TOWNSHIP
from tests.flow import DIVISION

OPEN = {"query": "{ publication }"}


@pytest.fixture
async def admin(database):
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    yield connection
    await connection.close()


@pytest.fixture
async def noted(admin, ask):
    """What the audit says of who was refused."""
    assert ask

    async def read() -> list[dict]:
        return [json.loads(row["entry"]) for row in await admin.fetch("select entry from audit_entry where entry like '%\"refused\"%' order by no")]

    return read


def token_of(ask, name: str) -> str:
    return ask.app.answering.admission.accounts.token(name)


async def sent(ask, **headers: str):
    return (await ask.client.post("/graphql", json=OPEN, headers=headers)).status_code


async def test_a_token_of_nobody_is_a_line_of_the_log_once_a_minute(ask, noted, caplog, monkeypatch):
    with caplog.at_level(logging.WARNING, "hub"):
        for _ in range(3):
            assert await sent(ask, authorization="Bearer secret.secret.secret") == 401
        assert await sent(ask) == 401
        assert [record.getMessage() for record in caplog.records] == [
            "not let in (401): this is not a token of an issuer that the hub knows", "not let in (401): send an access token: authorization: Bearer …",
        ]
        monkeypatch.setattr(refusals, "AGAIN", 0)
        assert await sent(ask) == 401
    assert len(caplog.records) == 3 and "secret" not in caplog.text and await noted() == []


async def test_an_account_that_is_not_let_in_is_named_in_the_audit(ask, admin, noted):
    for _ in range(2):
        assert await sent(ask, authorization=f"Bearer {token_of(ask, 'school')}", **{"hub-purpose": "curiosity"}) == 403
    await block(admin, DIVISION, "demo:lead", by="security", reason="left the team")
    ask.app.answering.admission.look_anew()
    assert await sent(ask, authorization=f"Bearer {token_of(ask, 'lead')}", **{"hub-purpose": "joint_inspection"}) == 403
    told = [(one["who"], one["role"], one["purpose"], one["refused"].split(":")[0], one["operation"], one["persons"]) for one in await noted()]
    assert told == [
        ("demo:school", "education.school", "", "state a purpose", "refused", []),
        ("demo:lead", "team.lead", "joint_inspection", "the rights of this account were taken away", "refused", []),
    ]


async def test_what_somebody_asks_for_that_is_not_granted_is_in_the_audit(ask, noted):
    secret = "query ($id: ID!) { person(id: $id) { id custodies { facility } } }"
    for _ in range(3):
        assert "Cannot query field 'custodies'" in json.dumps(await ask("school", secret, id=global_id("Person", 1)))
    await ask("school", "{ children { nodes { nothingOfTheKind } } }")  # a slip of the pen is none
    await ask("lead", secret, id=global_id("Person", 1))
    [entry] = await noted()
    assert (entry["who"], entry["refused"], entry["purpose"]) == ("demo:school", NOT_GRANTED, "enrolment_check")
    assert "Person.custodies" in entry["fields"] and not [name for name in entry["fields"] if name not in CATALOGUE.item_of]


async def test_who_is_asked_about_by_id_and_not_in_sight_is_told_apart_in_the_audit(ask, admin):
    people = (await ask("lead", "{ children(first: 50) { nodes { id township } } }"))["data"]["children"]["nodes"]
    theirs, others = (next(one["id"] for one in people if (one["township"] == TOWNSHIP) is inside) for inside in (True, False))
    for query in ("query ($id: ID!) { person(id: $id) { id name } }", "query ($id: ID!) { node(id: $id) { id ... on Person { name } } }"):
        for asked, unseen in ((theirs, []), (others, [str(local_id(others, "Person"))])):
            await ask("township", query, id=asked)
            entry = json.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
            assert entry["asked"] == [str(local_id(asked, "Person"))] and entry.get("unseen", []) == unseen


async def test_whoever_asks_more_than_a_document_may_is_in_the_audit(ask, noted):
    for _ in range(2):
        assert "data" not in await ask("school", "{" + " ".join(f"a{n}: businessDate" for n in range(31)) + "}")
    assert [(one["who"], one["refused"]) for one in await noted()] == [("demo:school", TOO_MUCH)]


async def test_who_is_let_in_is_a_line_of_the_log_once_a_token(ask, caplog):
    token = token_of(ask, "school")
    with caplog.at_level(logging.INFO, "hub"):
        for _ in range(3):
            assert await sent(ask, authorization=f"Bearer {token}", **{"hub-purpose": "enrolment_check"}) == 200
    assert [record.getMessage() for record in caplog.records] == ["let in: a demo of role education.school; what is read of people is in the audit, by account"]
    assert token not in caplog.text


async def test_a_refusal_stands_though_the_audit_is_down(ask, admin):
    await admin.execute("revoke insert on audit_entry from hub_writer")
    assert await sent(ask, authorization=f"Bearer {token_of(ask, 'school')}", **{"hub-purpose": "curiosity"}) == 403
    assert "data" not in await ask("school", "{ persons { nodes { custodies { facility } } } }")
    await admin.execute("grant insert on audit_entry to hub_writer")


def test_whoever_is_refused_in_ever_new_ways_fills_no_memory():
    told = Refusals()
    for n in range(MOST + 5):
        assert told.note(f"u{n}", "x")
    assert len(told._noted) == MOST and not told.is_due(f"u{MOST + 4}", "x") and told.is_due("u0", "x")

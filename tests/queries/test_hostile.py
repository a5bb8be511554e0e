"""Requests that mean harm or make no sense: told in words, before anything is read."""

import json
import time

import pytest
from graphql import get_introspection_query, parse

from hub.query.documents import Documents
from hub.query.limits import AD_HOC, TooMuch, check
from schema.declared import graph
from tests.queries.conftest import fill

DEEP = "{children{nodes{" + "registerHousehold{registeredPersons{" * 10 + "id" + "}}" * 10 + "}}}"
DOUBLING = "{...f0} " + " ".join(f"fragment f{n} on Query {{...f{n + 1} ...f{n + 1}}}" for n in range(40)) + " fragment f40 on Query {a: __typename}"


@pytest.mark.parametrize(("told", "status", "says"), [
    (b"{garbage", 400, "the body is not JSON"),
    (b"[1]", 400, "batches are not taken"),
    (b"{}", 400, "must be a GraphQL document"),
    (b'{"query":"{ children(filter:{nameContains:\\"\\\\u0000\\"}) { totalCount } }"}', 400, "U+0000"),
    (b'{"query":"query($n:String){ children(filter:{nameContains:$n}) { totalCount } }","variables":{"n":"\\u0000"}}', 400, "U+0000"),
    (b'{"query":"' + DEEP.encode() + b'"}', 400, "more than 12 levels"),
    (b'{"query":"{' + b"a " * 3_000 + b'}"}', 400, "more than 2000 words"),
    (b'{"query":"{ children(first:1000000){totalCount} }"}', 200, "from 0 to 100"),
    (b'{"query":"{ children(first:1000000){nodes{id}} }"}', 400, "costs more than 5000"),
    (b'{"query":"{ node(id:\\"UGVyc29uOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5\\"){id} }"}', 200, "not an id of the hub"),
    (b'{"query":"{ person(id:\\"99999999999999999999999\\"){id} }"}', 200, "not an id of the hub"),
], ids=range(11))
async def test_a_hostile_request_is_told_in_words(database, served, told, status, says):
    async with served(database) as client:
        headers = {"content-type": "application/json", "accept": "application/graphql-response+json"}
        answer = await client.http.post("/graphql", content=told, headers=headers)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert "the log has it" not in answer.text and ("data" in answer.json()) == (status == 200)


@pytest.mark.parametrize("text", ["' or 1=1 --", "%", "_", "\\", ".*", "$1", ":division", "'); drop table person_id; --", "{0}", "%s", "甲' union select cipher from vault --"])
async def test_what_looks_like_a_statement_or_a_pattern_is_a_text(database, served, writer, tmp_path, text):
    """By either way that it may come, it is found as it stands or not at all, and no statement has it in it."""
    connection, keys = writer
    await fill(connection, keys, tmp_path / "in", 3)
    for named, found in ((None, 0), (f"王{text}", 1)):
        if named:
            await connection.execute("update person_resolved set name = $1 where id = (select min(id) from person_resolved)", named)
        async with served(database) as client:
            by_variable = await client.ask("query ($t: String) { persons(filter: {nameContains: $t}) { totalCount } }", t=text)
            assert by_variable == await client.ask("{ persons(filter: {nameContains: %s}) { totalCount } }" % json.dumps(text)) == {"persons": {"totalCount": found}}  # noqa: UP031
            assert not [statement for statement in client.statements if "union select" in statement or "drop table" in statement or "1=1" in statement]


#: Each is over one limit, the rest of it is harmless.
REFUSED = {
    "levels of fields": DEEP,
    "aliases": "{" + " ".join(f"a{n}: businessDate" for n in range(31)) + "}",
    "aliases in fragments": DOUBLING,
    "fields at the root": "{" + " ".join(f"{'abcdefghijklmnopqrstuvwxyz'[n]}: businessDate" for n in range(21)) + "}",
    "directives": "{ businessDate " + "@include(if: true) " * 11 + "}",
    "variables": "query(" + " ".join(f"$v{n}: Int" for n in range(101)) + ") { businessDate }",
    "fragments": "{ businessDate } " + " ".join(f"fragment f{n} on Query {{ publication }}" for n in range(51)),
    "fields of one name": "{ children { nodes { " + "name " * 70 + "} } }",
    "fields of one name in fragments": "{" + "... { children { nodes { id name } } } " * 150 + "}",
    "fields written out": "{ children { nodes { ...f0 } } } " + " ".join(f"fragment f{n} on Person {{ name sex ...f{n + 1} ...f{n + 1} }}" for n in range(30)) + " fragment f30 on Person { id }",
    "lists of introspection": "{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}",
    "lists of arguments within lists": "{__schema{types{fields{type{fields{name args{name}}}}}}}",
    "aliases of introspection": "{" + " ".join(f"a{n}: __schema {{ types {{ fields {{ args {{ name }} }} }} }}" for n in range(3)) + "}",
    "aliases within introspection": "{__schema{types{fields{" + " ".join(f"a{n}: args {{ name description }}" for n in range(3)) + "}}}}",
    "a fragment in itself": "{ ...f } fragment f on Query { children { nodes { ...g } } } fragment g on Person { registerHousehold { registeredPersons { ...g } } }",
}


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED)
def test_what_is_over_a_limit_is_refused_quickly(document):
    spent = []
    for _ in range(3):  # the quickest counts: the machine may have had something else to do
        began = time.perf_counter()
        with pytest.raises(TooMuch):
            Documents(graph).find(document, AD_HOC)
        spent.append(time.perf_counter() - began)
    assert min(spent) < 0.2


def test_introspection_fits_and_fragments_are_counted_as_often_as_they_are_spread():
    check(parse(get_introspection_query()), AD_HOC)
    check(parse("{...f} fragment f on Query {children{...g}} fragment g on PersonConnection {totalCount}"), AD_HOC)
    twice = " ".join(f"fragment f{n} on Query {{...f{n + 1} ...f{n + 1}}}" for n in range(5)) + " fragment f5 on Query {a: __typename}"
    with pytest.raises(TooMuch):
        check(parse("{...f0} " + twice), AD_HOC)  # 2^5 aliases

"""Requests that mean harm or make no sense: told in words, before anything is read."""

import pytest
from graphql import get_introspection_query, parse

from schema.limits import DEEPEST, depth_of

DEEP = "{children{nodes{" + "registerHousehold{registeredPersons{" * 40 + "id" + "}}" * 40 + "}}}"
DOUBLING = "{...f0} " + " ".join(f"fragment f{n} on Query {{...f{n + 1} ...f{n + 1}}}" for n in range(60)) + " fragment f60 on Query {__typename}"


@pytest.mark.parametrize(("told", "status", "says"), [
    (b"{garbage", 400, "the body is not JSON"),
    (b"[1]", 400, "batches are not taken"),
    (b"{}", 400, "must be a GraphQL document"),
    (b'{"query":"{ children(filter:{nameContains:\\"\\\\u0000\\"}) { totalCount } }"}', 400, "U+0000"),
    (b'{"query":"query($n:String){ children(filter:{nameContains:$n}) { totalCount } }","variables":{"n":"\\u0000"}}', 400, "U+0000"),
    (b'{"query":"' + DEEP.encode() + b'"}', 400, f"more than {DEEPEST} levels"),
    (b'{"query":"{' + b"a " * 20_000 + b'}"}', 400, "more than 10000 words"),
    (b'{"query":"{ children(first:1000000){totalCount} }"}', 200, "from 0 to 100"),
    (b'{"query":"{ node(id:\\"UGVyc29uOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5\\"){id} }"}', 200, "not an id of the hub"),
    (b'{"query":"{ person(id:\\"99999999999999999999999\\"){id} }"}', 200, "not an id of the hub"),
], ids=range(10))
async def test_a_hostile_request_is_told_in_words(database, served, told, status, says):
    async with served(database) as client:
        answer = await client.http.post("/graphql", content=told, headers={"content-type": "application/json"})
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert "the log has it" not in answer.text


def test_depth_is_found_in_one_pass_and_introspection_fits():
    assert depth_of(parse("{a{b{c}} d}")) == 3
    assert depth_of(parse("{...f} fragment f on Q {a{...g}} fragment g on Q {b{c}}")) == 3
    assert depth_of(parse("{...f} fragment f on Q {a{...f}}")) > DEEPEST
    assert depth_of(parse(get_introspection_query())) <= DEEPEST
    assert depth_of(parse(DOUBLING)) == 1  # visited once each: 2^60 visits would never end

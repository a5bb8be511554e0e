"""The three uses over GraphQL, and what every list and edge must hold."""

from datetime import date, timedelta
from pathlib import Path

import asyncpg
import orjson
import pytest

from hub.access.sealing import Keys
from hub.steps.check import check
from hub.storage.publishing import publishing
from schema.api import api
from tests.flow import DIVISION, carry, write_csv
from tests.queries.conftest import DISABLED, fill

HERE = Path(__file__).parent
SDL = HERE.parents[1] / "schema" / "schema.graphql"

EVERYTHING = """query ($id: ID!, $known: Int) {
  child(id: $id, asKnownAt: $known) {
    name age sex born number township links { tier score reasons { evidence weight } }
    enrolments { grade state validFrom validTo school { name } provenance { source asOf rowNumber linkTier } }
    certificates { category level state provenance { source asOf payload } }
    assistances { programme kind state household { id kind number } }
    registerHousehold { id registeredPersons { name guardianshipsAsGuardian { relation person { name } } } }
    findings { kind severity status contradictedOn evidence { department says record { rowNumber } } }
    provenance(field: "birthDate") { value chosen provenance { source } }
  }
  children(asKnownAt: $known, filter: {disabled: true}) { totalCount nodes { name enrolments { grade } } }
  childCounts(groupBy: TOWNSHIP, asKnownAt: $known, filter: {disabled: true}) { key count }
  findings(asKnownAt: $known) { totalCount nodes { status kind } }
  childPlan(personId: $id, asKnownAt: $known) { facts { says source asOf } programmes { code answer reason missing settledBy } }
}"""


def test_published_sdl_is_the_committed_one():
    assert api.as_str() + "\n" == SDL.read_text(encoding="utf-8"), "run: python -m schema.printed"


async def test_across_departments_in_one_operation(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 48)
    async with served(database) as client:
        told = await client.ask("""{
          children(filter: {disabled: true, enrolled: false, onMinimumLivingAllowance: true}, orderBy: TOWNSHIP) {
            totalCount nodes { name township certificates { level } enrolments { grade } } }
          childCounts(groupBy: TOWNSHIP, filter: {disabled: true, enrolled: false}) { key count }
          disabled: children(filter: {disabled: true}) { totalCount } enrolled: children(filter: {enrolled: true}) { totalCount } all: children { totalCount } }""")
    assert (told["all"]["totalCount"], told["disabled"]["totalCount"], told["enrolled"]["totalCount"]) == (48, 16, 44)
    assert told["children"]["totalCount"] == sum(group["count"] for group in told["childCounts"]) == 4
    townships = [node["township"] for node in told["children"]["nodes"]]
    assert townships == sorted(townships) and all(not node["enrolments"] and node["certificates"] for node in told["children"]["nodes"])


async def test_a_child_is_listed_from_the_day_of_its_birth(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 12)
    async with served(database) as client:
        (first,) = (await client.ask("{ children(orderBy: BIRTH_DATE, first: 1) { nodes { born } } }"))["children"]["nodes"]
        born = date.fromisoformat(first["born"])
        counted = await client.ask(
            f'{{ before: children(on: "{born - timedelta(days=1)}") {{ totalCount }} day: children(on: "{born}") {{ nodes {{ born }} }} }}'
        )
    assert counted["before"]["totalCount"] == 0
    assert {node["born"] for node in counted["day"]["nodes"]} == {first["born"]}


async def test_a_finding_opens_to_both_sides_in_one_operation(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 24)
    async with served(database) as client:
        told = await client.ask("""{ findings { totalCount nodes { rule { number clauses } ruleVersion confidence person { name }
            evidence { department says asOf record { payload delivery { file } } } lookedIn { source asOf } } } }""")
    assert told["findings"]["totalCount"] == 2
    for finding in told["findings"]["nodes"]:
        assert {side["department"] for side in finding["evidence"]} == {"disabled_persons", "public_security"}
        assert all(side["record"]["delivery"]["file"] and side["asOf"] for side in finding["evidence"])
        assert "education.student_register" in {looked["source"] for looked in finding["lookedIn"]}
        assert finding["confidence"] == "NUMBER" and finding["rule"]["number"] == "E.1"


async def test_a_plan_says_what_is_received_due_and_cannot_be_told(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 6)
    async with served(database) as client:
        child = (
            await client.ask("{ children(filter: {disabled: true, enrolled: true}, first: 1) { nodes { id registerHousehold { id } } } }")
        )["children"]["nodes"][0]
        plan = (
            await client.ask(
                "query ($id: ID!) { childPlan(personId: $id) { facts { department } programmes { code answer missing settledBy } } }",
                id=child["id"],
            )
        )["childPlan"]
        assert len(client.statements) == 1
        household = (
            await client.ask(
                "query ($id: ID!) { aidPlan(householdId: $id) { members { name } children { programmes { code answer } } } }",
                id=child["registerHousehold"]["id"],
            )
        )["aidPlan"]
        assert len(client.statements) == 1
    answers = {programme["code"]: programme["answer"] for programme in plan["programmes"]}
    assert answers == {
        "F01": "RECEIVING",
        "F05": "NOT_DUE",
        "F06": "NOT_DUE",
        "F07": "UNKNOWN",
        "F08": "UNKNOWN",
        "F10": "RECEIVING",
        "F11": "UNKNOWN",
        "F12": "UNKNOWN",
    }
    assert len({fact["department"] for fact in plan["facts"]}) >= 3
    assert all(p["missing"] and p["settledBy"] for p in plan["programmes"] if p["answer"] == "UNKNOWN")
    assert len(household["members"]) == 2 and len(household["children"]) == 1


async def test_statements_do_not_grow_with_the_children(database_factory, served, tmp_path):
    from hub.access.sealing import Keys
    from tests.flow import hub

    counted = []
    for children in (3, 60):
        with database_factory() as database:
            async with hub(database, tmp_path / str(children)) as (connection, keys):
                assert isinstance(keys, Keys)
                await fill(connection, keys, tmp_path / f"in{children}", children)
            async with served(database) as client:
                await client.ask("""{ children(first: 100) { nodes { name enrolments { school { name } provenance { source } } guardianships { guardian { name } }
                    registerHousehold { registeredPersons { name assistances { kind } } } certificates { level } findings { kind } } } }""")
                counted.append(len(client.statements))
    assert counted[0] == counted[1], counted


async def test_walking_a_list_skips_and_repeats_nobody(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 50)
    async with served(database) as client:
        for order in ("NAME", "BIRTH_DATE", "TOWNSHIP"):
            everybody = [
                n["id"]
                for n in (await client.ask(f"{{ children(first: 100, orderBy: {order}) {{ nodes {{ id }} }} }}"))["children"]["nodes"]
            ]
            forward, after = [], None
            while True:
                told = (
                    await client.ask(
                        f"query ($after: String) {{ children(first: 7, after: $after, orderBy: {order}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}",
                        after=after,
                    )
                )["children"]
                forward += [n["id"] for n in told["nodes"]]
                after = told["pageInfo"]["endCursor"]
                if not told["pageInfo"]["hasNextPage"]:
                    break
            backward, before = [], None
            while True:
                told = (
                    await client.ask(
                        f"query ($before: String) {{ children(last: 7, before: $before, orderBy: {order}) {{ nodes {{ id }} pageInfo {{ hasPreviousPage startCursor }} }} }}",
                        before=before,
                    )
                )["children"]
                backward = [n["id"] for n in told["nodes"]] + backward
                before = told["pageInfo"]["startCursor"]
                if not told["pageInfo"]["hasPreviousPage"]:
                    break
            assert everybody == forward == backward and len(set(everybody)) == 50, order


async def test_as_known_at_reproduces_an_old_answer_byte_for_byte(database, served, writer, tmp_path):
    connection, keys = writer
    await fill(connection, keys, tmp_path / "in", 24)
    async with served(database) as client:
        known = (await client.ask("{ publication }"))["publication"]
        child = (await client.ask("{ findings { nodes { person { id } } } }"))["findings"]["nodes"][0]["person"]["id"]
        old = orjson.dumps(await client.ask(EVERYTHING, id=child, known=known))
        write_csv(tmp_path / "later", "持证残疾人_202610.csv", [DISABLED, ["1", "x", "甲", "女", "智力", "二级", "", "", "", ""]])
        await carry(connection, keys, tmp_path / "later", released=True)
        async with publishing(connection, division=DIVISION, kind="check", by="test", business_date=date(2026, 11, 1)) as publication:
            await check(publication, (), on=date(2026, 11, 1))
        assert orjson.dumps(await client.ask(EVERYTHING, id=child, known=known)) == old
        now = await client.ask('{ children(on: "2026-11-01", filter: {disabled: true}) { totalCount } }')
        assert now["children"]["totalCount"] == 0


async def test_conclusions_have_typed_outcomes(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 24)
    conclude = """mutation ($input: ConcludeFindingInput!) { concludeFinding(input: $input) { __typename
        ... on ConclusionRecorded { status finding { status conclusions { code by } } } ... on ConclusionRefused { field reason } } }"""
    async with served(database) as client:
        finding = (await client.ask("{ findings { nodes { id } } }"))["findings"]["nodes"][0]["id"]

        async def concluded(**told):
            return (await client.ask(conclude, input={"findingId": finding, "by": "甲", "department": "education", **told}))[
                "concludeFinding"
            ]

        assert (await concluded(code="77"))["field"] == "code"
        assert (await concluded(code="04"))["field"] == "document"
        assert (await concluded(code="15"))["status"] == "属实"
        assert (await concluded(code="02", document="瓦特教学籍证明 2026-1"))["__typename"] == "ConclusionRefused"  # no place with a number yet
        told = await concluded(code="04", document="在读证明 2026-1")
        assert told["status"] == "销号" and [c["code"] for c in told["finding"]["conclusions"]] == ["15", "04"]
        assert (await concluded(code="04", document="在读证明 2026-1"))["__typename"] == "ConclusionRefused"
        assert (await client.ask('{ findings(status: "销号") { totalCount } }'))["findings"]["totalCount"] == 1


async def test_any_node_is_found_by_its_id_again(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 6)
    async with served(database) as client:
        told = await client.ask(
            """{ children(first: 1, filter: {enrolled: true}) { nodes { id registerHousehold { id } enrolments { id school { id } provenance { recordId } } } } }"""
        )
        child = told["children"]["nodes"][0]
        ids = [
            child["id"],
            child["registerHousehold"]["id"],
            child["enrolments"][0]["id"],
            child["enrolments"][0]["school"]["id"],
            child["enrolments"][0]["provenance"]["recordId"],
        ]
        for id_ in ids:
            assert (await client.ask("query ($id: ID!) { node(id: $id) { id __typename } }", id=id_))["node"]["id"] == id_


async def test_bad_input_is_told_in_words_and_internals_never(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 3)
    async with served(database) as client:
        for query, said in (
            ("{ children(first: 101) { totalCount } }", "from 0 to 100"),
            ('{ children(after: "x") { totalCount } }', "cursor"),
            ('{ person(id: "zzz") { name } }', "id"),
            ("{ children(asKnownAt: 999) { totalCount } }", "no publication 999"),
            ("{ children(first: 1, last: 1) { totalCount } }", "both"),
        ):
            answer = (await client.http.post("/graphql", json={"query": query})).json()
            assert said in answer["errors"][0]["message"], answer
        for body in (
            b"null",
            b"1",
            b'"x"',
            b"\xff\xfe",
            b"[" * 100_000,
            b"1" * 5_000,
            b"{}",
            b'{"query": 1}',
            b'{"query": "{ publication }", "variables": []}',
        ):
            answer = await client.http.post("/graphql", content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 400 and answer.json()["errors"][0]["message"], body[:20]
        assert (
            await client.http.post("/graphql", content=b'{"query":"{ publication }"}', headers={"content-type": "text/plain"})
        ).status_code == 415
        page = await client.http.get("/graphql")
        assert (
            page.status_code == 200
            and "default-src 'self'" in page.headers["content-security-policy"]
            and "http" not in page.text.replace("http-equiv", "")
        )


async def test_what_had_not_come_yet_is_not_there(database, served, writer, tmp_path):
    """By id as by list: a school that the second delivery named first, and the last delivery, are not known at the first."""
    await fill(*writer, tmp_path / "in", 6)
    ask = "query ($id: ID!, $known: Int!) { node: nodeAt(id: $id, asKnownAt: $known) { id } schools(asKnownAt: $known) { totalCount } }"
    async with served(database) as client:
        told = await client.ask("{ publication schools(first: 1) { nodes { id } } deliveries { nodes { id receivedAt } } }")
        school, *_ = told["schools"]["nodes"]
        last = max(told["deliveries"]["nodes"], key=lambda node: node["receivedAt"])
        for node in ({"id": school["id"]}, {"id": last["id"]}):
            assert (await client.ask(ask, id=node["id"], known=told["publication"]))["node"] == node
            before = await client.ask(ask, id=node["id"], known=1)
            assert before == {"node": None, "schools": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('{ children(filter: {rule: "nope"}) { totalCount } }', "unenrolled_disabled"),
        ('{ findings(rule: "nope") { totalCount } }', "unenrolled_disabled"),
        ('{ division(code: "210281") { schoolAgeRegister(owner: "SOMEBODY") { totalCount } } }', "SCHOOL, CASE, PLAN, GONE"),
        ('{ children(filter: {sex: "公"}) { totalCount } }', "男性 or 女性"),
    ],
)
async def test_a_word_that_means_nothing_is_told(database, served, asked, said):
    async with served(database) as client:
        response = await client.http.post("/graphql", json={"query": asked})
        assert said in response.json()["errors"][0]["message"]


async def test_a_sex_in_any_spelling_and_a_rule_alone(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 6)
    async with served(database) as client:
        counts = [
            (await client.ask(f"{{ children(filter: {{{asked}}}) {{ totalCount }} }}"))["children"]["totalCount"]
            for asked in ('sex: "男"', 'sex: "男性"', 'rule: "unenrolled_disabled"', 'rule: "unenrolled_disabled", hasFinding: true', 'sex: "女"')
        ]
        assert counts[0] == counts[1] and counts[2] == counts[3] and counts[0] + counts[4] > 0


async def test_what_could_not_be_read_is_told_with_the_row(database, served, writer, tmp_path):
    header = ["序号", "户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"]
    write_csv(tmp_path / "in", "常住人口_202609.csv", [header, ["1", "21028101", "王大山", "孙子", "王小禾", "男", "210299201405030177", "20140503", "许屯镇"]])
    await carry(*writer, tmp_path / "in")
    async with served(database) as client:
        told = await client.ask("{ deliveries { nodes { records { problems } } } }")
        problems = told["deliveries"]["nodes"][0]["records"][0]["problems"]
        assert {"column": "公民身份号码", "kind": "check digit fails"}.items() <= problems[0].items()


async def test_a_pair_is_decided_and_taken_back(database, served, tmp_path):
    """Two persons become one by a verdict, the same again changes nothing, a contradiction is refused, and withdrawn they are two under their old ids."""
    keys = Keys.load_or_make(database.settings().key_file)
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    await fill(connection, keys, tmp_path / "in", 12)
    await connection.close()
    outcome = "{ __typename ... on LinkDecided { persons { id identity { verdicts { same reason } links { role tier } } } } ... on LinkRefused { field reason } }"
    decide = f"mutation ($input: DecideLinkInput!) {{ decideLink(input: $input) {outcome} }}"
    withdraw = f"mutation ($input: WithdrawVerdictInput!) {{ withdrawVerdict(input: $input) {outcome} }}"
    async with served(database) as client:
        people = (await client.ask("{ children(first: 2) { nodes { id mentions { id } } } }"))["children"]["nodes"]
        pair = {"mentionId": people[0]["mentions"][0]["id"], "otherId": people[1]["mentions"][0]["id"]}
        ids = {person["id"] for person in people}

        async def decided(**told):
            return (await client.ask(decide, input={**pair, "same": True, "by": "甲", "reason": "核对了户口簿", **told}))["decideLink"]

        assert (await decided(reason=" "))["field"] == "reason"
        assert (await decided(mentionId=None))["field"] == "mentionId"
        assert (await decided(otherId="Mention"))["field"] == "otherId"
        assert (await decided(reviewId=people[0]["id"]))["field"] == "reviewId"
        one = (await decided())["persons"]
        assert len(one) == 1 and one[0]["id"] in ids and one[0]["identity"]["verdicts"] == [{"same": True, "reason": "核对了户口簿"}]
        assert (await decided())["persons"] == one
        assert (await decided(same=False))["field"] == "same"
        for id_ in ids:  # whichever was given up leads to the other
            assert (await client.ask("query ($id: ID!) { person(id: $id) { id } }", id=id_))["person"]["id"] == one[0]["id"]
        back = (await client.ask(withdraw, input={**pair, "by": "乙"}))["withdrawVerdict"]["persons"]
        assert {person["id"] for person in back} == ids and not any(person["identity"]["verdicts"] for person in back)
        assert (await client.ask(withdraw, input={**pair, "by": "乙"}))["withdrawVerdict"]["field"] == "otherId"


async def test_persons_are_merged_split_and_left_undecided_over_the_graph(database, served, tmp_path):
    keys = Keys.load_or_make(database.settings().key_file)
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    await fill(connection, keys, tmp_path / "in", 12)
    await connection.close()
    outcome = """{ __typename ... on LinkRefused { field reason } ... on LinkDecided { persons { id mentions { id } identity {
        verdicts { same settler } events { kind personId otherId } links { ruleVersion } } } } }"""
    names = {"mergePersons": "MergePersonsInput", "splitPerson": "SplitPersonInput", "leaveUndecided": "LeaveUndecidedInput", "withdrawVerdict": "WithdrawVerdictInput"}
    async with served(database) as client:

        async def told(name, **input):
            asked = f"mutation ($input: {names[name]}!) {{ {name}(input: $input) {outcome} }}"
            return (await client.ask(asked, input={"by": "甲", **({} if name == "withdrawVerdict" else {"reason": "核对了户口簿"}), **input}))[name]

        one, other = (await client.ask("{ children(first: 2) { nodes { id mentions { id } } } }"))["children"]["nodes"]
        pair = {"mentionId": one["mentions"][0]["id"], "otherId": other["mentions"][0]["id"]}
        left = (await told("leaveUndecided", **pair, settler="学校"))["persons"]
        assert {p["id"] for p in left} == {one["id"], other["id"]} and left[0]["identity"]["verdicts"] == [{"same": None, "settler": "学校"}]
        assert (await told("leaveUndecided", **pair, settler=""))["field"] == "settler"

        assert (await told("mergePersons", personId=one["id"], otherId=one["mentions"][0]["id"]))["field"] == "otherId"
        [person] = (await told("mergePersons", personId=one["id"], otherId=other["id"]))["persons"]
        [gone] = {one["id"], other["id"]} - {person["id"]}
        assert {m["id"] for m in person["mentions"]} == {m["id"] for m in one["mentions"] + other["mentions"]}
        assert person["identity"]["events"] == [{"kind": "MERGED", "personId": gone, "otherId": person["id"]}]
        assert person["identity"]["verdicts"] == [{"same": True, "settler": None}]
        assert all(link["ruleVersion"].startswith("identity-") for link in person["identity"]["links"])
        assert (await told("mergePersons", personId=gone, otherId=person["id"]))["field"] == "otherId", "the old id leads to the same person"

        assert (await told("splitPerson", personId=gone, mentionIds=[]))["field"] == "mentionIds"
        refused = await told("splitPerson", personId=gone, mentionIds=[pair["mentionId"]])
        assert refused["field"] == "same" and "withdraw" in refused["reason"]
        back = (await told("withdrawVerdict", **pair))["persons"]
        assert {p["id"] for p in back} == {one["id"], other["id"]} and not any(p["identity"]["verdicts"] for p in back)
        assert [e["kind"] for e in back[0]["identity"]["events"]] == ["MERGED", "RESTORED"]
        parted = (await told("splitPerson", personId=one["id"], mentionIds=[m["id"] for m in one["mentions"][:1]]))["persons"]
        assert len(parted) == 2 and {e["kind"] for e in parted[0]["identity"]["events"]} >= {"SPLIT"}

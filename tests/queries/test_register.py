"""The register of children of compulsory age in the graph: of a township and of the county, blind spots, and one entry by its id."""

from datetime import date

from hub.steps.check import check
from hub.storage.publishing import publishing
from tests.flow import DIVISION
from tests.queries.conftest import fill

ASK = """query ($code: String!, $owner: String, $blind: Boolean) { division(code: $code) { schoolAgeRegister(first: 50, owner: $owner, blindSpot: $blind) {
    totalCount nodes { id conclusion owner age local sources schoolYear township person { name } school { name } } } } }"""


async def test_of_a_township_of_the_county_and_by_id(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 24)
    connection = writer[0]
    async with served(database) as client:
        whole = (await client.ask(ASK, code="210281"))["division"]["schoolAgeRegister"]
        assert whole["totalCount"] == await connection.fetchval("select count(*) from register_entry") > 0
        assert all(entry["conclusion"] and entry["sources"] > 0 and entry["person"]["name"] for entry in whole["nodes"])
        towns = {entry["township"] for entry in whole["nodes"]}
        parts = [(await client.ask(ASK, code=town))["division"]["schoolAgeRegister"] for town in towns]
        assert sum(part["totalCount"] for part in parts) == whole["totalCount"] and len(towns) > 1
        blind = (await client.ask(ASK, code="210281", blind=True))["division"]["schoolAgeRegister"]
        assert {entry["owner"] for entry in blind["nodes"]} == {""} and 0 < blind["totalCount"] < whole["totalCount"]
        schooled = (await client.ask(ASK, code="210281", owner="SCHOOL"))["division"]["schoolAgeRegister"]
        assert all(entry["school"] and entry["conclusion"].startswith("在校") for entry in schooled["nodes"])
        one = await client.ask("query ($id: ID!) { node(id: $id) { ... on RegisterEntry { conclusion person { name } } } }", id=blind["nodes"][0]["id"])
        assert one["node"]["person"] == blind["nodes"][0]["person"]


async def test_findings_are_those_opened_by_the_day_that_is_asked_for(database, served, writer, tmp_path):
    await fill(*writer, tmp_path / "in", 24)
    async with publishing(writer[0], division=DIVISION, kind="check", by="test", business_date=date(2026, 10, 20)) as publication:
        await check(publication, [], on=date(2026, 10, 20))
    async with served(database) as client:
        for on, are_there in (("2026-10-19", False), ("2026-10-20", True)):
            told = await client.ask("query ($on: Date) { findings(on: $on) { totalCount } children(first: 1, on: $on, filter: {hasFinding: true}) { totalCount } }", on=on)
            assert (told["findings"]["totalCount"] > 0, told["children"]["totalCount"] > 0) == (are_there, are_there), on

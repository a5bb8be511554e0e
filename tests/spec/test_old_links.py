"""A link keeps the reasons it was decided by: whatever weights come later, its reasons sum to its score, and it says which weights those were."""

from decimal import Decimal

import orjson
import pytest

from hub.identity.weights import shipped
from hub.identity.writing import rule_version
from hub.linking import link_everything
from hub.opening import open_hub
from hub.reviewing import decide
from tests.bench.linkage.population import write
from tests.flow import carry
from tests.weighing import install


@pytest.fixture
async def small(database, tmp_path):
    write(tmp_path / "city", children=60, seed=9, dirt="hard")
    async with open_hub(database.settings(HUB_BUSINESS_DATE="2026-11-24")) as hub:
        await carry(hub.connection, hub.keys, tmp_path / "city" / "2026-09")
        yield hub


async def links(hub, table: str = "identity") -> list[tuple[str, str, Decimal, Decimal]]:
    """(tier, rule version, score, sum of the reasons) of each link."""
    rows = await hub.connection.fetch(f"select tier, rule_version, score, reasons from {table}")
    return [(r["tier"], r["rule_version"], r["score"], sum((Decimal(str(w)) for _, w in orjson.loads(r["reasons"])), Decimal(0))) for r in rows]


async def test_reasons_sum_to_the_score_whatever_weights_came_since(small):
    old, new = rule_version(shipped().version), rule_version("heavier")
    before = await links(small)
    weighed = [told for told in before if told[0] in ("NAME", "RELATIVE")]
    assert len(weighed) > 20 and {told[1] for told in before} == {old}
    assert all(score == total for _, _, score, total in before)

    await install(small, "heavier")
    alone = await small.connection.fetch("select id from identity where tier = 'ALONE' limit 2")
    await decide(small, *(row["id"] for row in alone), same=True, by="甲", reason="核对")  # decides anew around two mentions only
    mixed = await links(small)
    assert {told[1] for told in mixed} == {old, new}, "who was not looked at keeps the weights that decided it"
    assert all(score == total for _, _, score, total in mixed)

    await link_everything(small)
    after = await links(small)
    assert {told[1] for told in after} == {new}
    assert all(score == total for _, _, score, total in after + await links(small, "identity_history"))
    assert sum(s for t, _, s, _ in after if t == "RELATIVE") > sum(s for t, _, s, _ in before if t == "RELATIVE")

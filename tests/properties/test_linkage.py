"""Linking does not depend on who came first: not in memory at all, and hardly on the order in which deliveries arrive."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from hub.identity.deciding import Engine
from hub.identity.gathering import stored_evidence
from hub.identity.linking import relink_all
from hub.steps.assemble import prepare, rehome
from hub.steps.resolve import resolve
from hub.storage.publishing import publishing
from tests.bench.linkage.population import write
from tests.flow import DIVISION, TODAY, carry, hub

CHILDREN = 150
AT_MOST = 0.005  # of all mentions


async def people(connection) -> dict[int, int]:
    """Mention -> person."""
    return {row["id"]: row["person"] for row in await connection.fetch("select id, person from identity")}


def apart(one: dict[int, int], other: dict[int, int]) -> float:
    """Share of the mentions whose company differs: who is not with the largest part of those it was with."""
    assert one.keys() == other.keys()
    groups: dict[int, Counter[int]] = {}
    for mention, person in one.items():
        groups.setdefault(person, Counter())[other[mention]] += 1
    moved = sum(group.total() - max(group.values()) for group in groups.values())
    back: dict[int, Counter[int]] = {}
    for mention, person in other.items():
        back.setdefault(person, Counter())[one[mention]] += 1
    return max(moved, sum(group.total() - max(group.values()) for group in back.values())) / len(one)


async def carried(connection, keys, folder: Path, order: list[Path]) -> dict[int, int]:
    for place, file in enumerate(order):
        alone = folder / f"{place}-{file.stem}" / "2026-09"
        alone.mkdir(parents=True)
        (alone / file.name).write_bytes(file.read_bytes())
        await carry(connection, keys, alone.parent)
    return await people(connection)


@pytest.mark.parametrize("seed", [71])
async def test_order_of_arrival_and_the_road_hardly_matter(database_factory, tmp_path, seed):
    """Six deliveries in two orders, each by the neighbourhood of what came; then everything at once."""
    write(tmp_path / "city", children=CHILDREN, seed=seed, dirt="hard")
    files = sorted((tmp_path / "city" / "2026-09").glob("*/*.csv"))
    found = []
    for turn in range(2):
        order = list(files)
        Random(turn).shuffle(order)
        with database_factory() as database:
            async with hub(database, tmp_path) as (connection, keys):
                one_by_one = await carried(connection, keys, tmp_path / str(turn), order)
                async with publishing(connection, division=DIVISION, kind="link", by="test", business_date=TODAY) as publication:
                    await prepare(publication)
                    await relink_all(publication, keys)
                    await rehome(publication)
                    await resolve(publication)
                at_once = await people(connection)
                assert apart(one_by_one, at_once) <= AT_MOST
                found.append((one_by_one, at_once))
                if turn == 0:
                    evidence, opened = await stored_evidence(connection, DIVISION, keys)
    assert apart(found[0][0], found[1][0]) <= AT_MOST
    assert apart(found[0][1], found[1][1]) == 0, "at once, the order is forgotten"
    engine = Engine(TODAY.year, opened=lambda number: opened.get(number))
    told = {d.mention: d.cluster for d in engine.decide(evidence).decisions}
    Random(seed).shuffle(evidence)
    assert {d.mention: d.cluster for d in engine.decide(evidence).decisions} == told

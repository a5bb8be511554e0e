"""What persons decide stands until they take it back; and then everything is as if they had never decided."""

from random import Random

import pytest

from hub.identity import writing
from hub.identity.verdicts import standing
from hub.linking import link_everything
from hub.opening import open_hub
from hub.refusal import Refusal
from hub.reviewing import decide, waiting, withdraw
from hub.running import run_checks
from hub.storage.history import columns_of
from hub.storage.tables import TWO_AXES
from tests.bench.linkage.population import write
from tests.flow import carry

WHEN_KNOWN = {"known_from", "publication"}
NOT_COMPARED = {"link_verdict", "link_review"}


@pytest.fixture
async def small(database, tmp_path):
    """A hub with a few families, out of six departments' lists."""
    write(tmp_path / "city", children=80, seed=5, dirt="medium")
    async with open_hub(database.settings(HUB_BUSINESS_DATE="2026-11-24")) as hub:
        await carry(hub.connection, hub.keys, tmp_path / "city" / "2026-09")
        await run_checks(hub)
        yield hub


async def graph(hub) -> dict[str, list[tuple]]:
    """Everything that the hub says now, whenever it came to know it; and where every id leads.

    A finding that only the joined person had stays, contradicted: none ends but by a conclusion (E.0.6).
    """
    told = {}
    for name in ["identity", *sorted(TWO_AXES.keys() - NOT_COMPARED - {"identity"})]:
        columns = [c for c in columns_of(name) if c not in WHEN_KNOWN]
        stand = " where contradicted_on is null" if name == "finding" else ""
        rows = await hub.connection.fetch(f"select {', '.join(columns)} from {name}{stand}")
        told[name] = sorted((tuple(map(repr, row)) for row in rows), key=repr)
    return told


async def persons(hub) -> dict[int, int]:
    return dict(await hub.connection.fetch("select id, person from identity order by id"))


async def mentions(hub) -> list[int]:
    """Every mention, in an order that does not hang on the hub's keys."""
    rows = await hub.connection.fetch("select id from mention order by source, name, role, pinyin, born, number_mask, phone_mask, village, id")
    return [row["id"] for row in rows]


async def leads(hub) -> dict[int, int]:
    return dict(await hub.connection.fetch("select id, current from person_id"))


async def go(hub, rng: Random) -> None:
    """A history: up to four verdicts about mentions drawn at random, taken back in another order."""
    given = []
    for _ in range(rng.randint(1, 4)):
        one, other = rng.sample(await mentions(hub), 2)
        try:
            found = await decide(hub, one, other, same=rng.random() < 0.75, by="甲", reason="核对了户口簿")
        except Refusal:
            continue
        pair = min(one, other), max(one, other)
        (verdict,) = [v for v in await standing(hub.connection, hub.division) if v.pair == pair]
        assert len(found) == (1 if verdict.same else 2)
        given.append(pair)
    rng.shuffle(given)
    for one, other in dict.fromkeys(given):
        await withdraw(hub, one, other, by="乙")


async def histories(hub, seeds: range) -> None:
    before, ids = await graph(hub), await leads(hub)
    for seed in seeds:
        await go(hub, Random(seed))
        after = await graph(hub)
        for name, rows in before.items():
            lost, come = set(rows) - set(after[name]), set(after[name]) - set(rows)
            assert rows == after[name], f"history {seed}: {name}: lost {sorted(lost)[:3]}, come {sorted(come)[:3]}"
        now = await leads(hub)
        elsewhere = {id_: (current, now.get(id_)) for id_, current in ids.items() if now.get(id_) != current}
        assert not elsewhere, f"history {seed}: ids lead elsewhere (before, now): {elsewhere}"


async def test_what_is_taken_back_leaves_no_trace(small):
    await histories(small, range(15))


@pytest.mark.long
async def test_what_is_taken_back_leaves_no_trace_five_hundred_times(small):
    await histories(small, range(1000, 1500))


async def together(hub, pairs) -> list[bool]:
    now = await persons(hub)
    return [now[a] == now[b] for a, b in pairs]


async def stands_over_reloads(hub, monkeypatch, *, verdicts: int, reloads: int) -> None:
    rng = Random(7)
    given: dict[tuple[int, int], bool] = {}
    known = await mentions(hub)
    while len(given) < verdicts:
        one, other = sorted(rng.sample(known, 2))
        same = rng.random() < 0.1
        try:
            await decide(hub, one, other, same=same, by="甲", reason="核对")
        except Refusal:
            continue
        given[one, other] = same
    assert await together(hub, given) == list(given.values())
    for turn in range(reloads):
        monkeypatch.setattr(writing, "RULE", f"identity-of-another-time-{turn}")
        await link_everything(hub)
        assert await together(hub, given) == list(given.values()), turn
    assert len(await standing(hub.connection, hub.division)) == len(given)


async def test_verdicts_survive_reloads_and_another_version(small, monkeypatch):
    await stands_over_reloads(small, monkeypatch, verdicts=40, reloads=2)


@pytest.mark.long
async def test_a_thousand_verdicts_survive_ten_reloads_and_other_versions(small, monkeypatch):
    await stands_over_reloads(small, monkeypatch, verdicts=1000, reloads=10)


async def test_any_order_gives_the_same_persons(small):
    now = await persons(small)
    rng = Random(3)
    known = await mentions(small)
    chosen = [tuple(sorted(rng.sample(known, 2))) for _ in range(4)]
    found = []
    for _ in range(3):
        rng.shuffle(chosen)
        for one, other in chosen:
            await decide(small, one, other, same=True, by="甲", reason="核对")
        after = await persons(small)
        groups: dict[int, set[int]] = {}
        for mention, person in after.items():
            groups.setdefault(person, set()).add(mention)
        found.append(sorted(map(sorted, groups.values())))
        for one, other in chosen:
            await withdraw(small, one, other, by="甲")
    assert found[0] == found[1] == found[2]
    assert await persons(small) == now


async def test_what_is_refused(small):
    a, b, c = sorted(await persons(small))[:3]
    assert len(await decide(small, a, b, same=True, by="甲", reason="同一户口簿")) == 1
    assert len(await decide(small, b, a, same=True, by="乙", reason="再核对")) == 1  # said twice is said once
    await decide(small, b, c, same=True, by="甲", reason="同一户口簿")
    verdicts = await standing(small.connection, small.division)
    assert len(verdicts) == 2
    for wrong, says in (
        ((a, c, False, "甲", "不同"), "together say that these two are one person"),
        ((a, b, False, "甲", "不同"), "withdraw that first"),
        ((a, a, True, "甲", "同"), "name two"),
        ((a, 12345, True, "甲", "同"), "no mention of the hub"),
        ((a, b, True, " ", "同"), "who decides"),
        ((a, c, True, "甲", "号码210299201205030199"), "no place in a reason"),
    ):
        one, other, same, by, reason = wrong
        with pytest.raises(Refusal, match=says):
            await decide(small, one, other, same=same, by=by, reason=reason)
    with pytest.raises(Refusal, match="no verdict stands"):
        await withdraw(small, a, c, by="甲")
    assert await standing(small.connection, small.division) == verdicts


async def test_a_decided_pair_waits_no_more(small):
    pairs = await waiting(small, 100)
    for pair in pairs:
        assert pair.sides[0] and pair.sides[1]
        await decide(small, pair.mention, pair.other, same=False, by="甲", reason="核对")
    assert await waiting(small, 100) == []


async def test_pairs_that_are_one_by_now_or_fit_no_longer_wait_no_more(small):
    insert = """insert into link_review (division, id, kind, score, reasons, mention, other, valid, known_from)
                select division, hashint8extended($1, $2), 'BAND', 1, '[]', $1, $2, '(,)', 1 from identity where id = $1"""
    one = await small.connection.fetchrow("select min(id) as a, max(id) as b from identity group by person having count(*) > 1 limit 1")
    strangers = await small.connection.fetchrow("select a.id as a, b.id as b from identity a, identity b where a.person < b.person limit 1")
    real = {row["id"] for row in await small.connection.fetch("select id from link_review")}
    for pair in (one, strangers):
        await small.connection.execute(insert, *sorted(pair))
    await link_everything(small)
    assert {row["id"] for row in await small.connection.fetch("select id from link_review")} == real
    assert await small.connection.fetchval("select count(*) from link_review_history") == 2, "they were shown once: history keeps them"

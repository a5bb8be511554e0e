"""What persons decide stands until they take it back; and then everything is as if they had never decided."""

import asyncio
from collections import Counter
from random import Random

import pytest

from hub.casework.conclusions import record_conclusion
from hub.exports.explain import explain
from hub.identity.verdicts import standing
from hub.linking import link_everything
from hub.opening import open_hub
from hub.refusal import Refusal
from hub.reviewing import decide, leave_undecided, merge, split, waiting, withdraw
from hub.running import run_checks
from hub.storage.history import columns_of
from hub.storage.publishing import publishing
from hub.storage.tables import TWO_AXES
from tests.bench.linkage.population import write
from tests.flow import carry
from tests.weighing import install

WHEN_KNOWN = {"known_from", "publication"}
NOT_COMPARED = {"link_verdict", "link_review"}


@pytest.fixture(scope="module")
def families(filled_once, tmp_path_factory):
    """The database of a hub with a few families, out of six departments' lists."""

    async def fill():
        folder = tmp_path_factory.mktemp("city")
        write(folder, children=80, seed=5, dirt="medium")
        async with open_hub(filled_once.settings(HUB_BUSINESS_DATE="2026-11-24")) as hub:
            await carry(hub.connection, hub.keys, folder / "2026-09")
            await run_checks(hub)

    asyncio.run(fill())
    return filled_once


@pytest.fixture
async def small(families, database_factory):
    """The hub over a copy of it."""
    with database_factory(families) as database:
        async with open_hub(database.settings(HUB_BUSINESS_DATE="2026-11-24")) as hub:
            yield hub


async def graph(hub) -> dict[str, list[tuple]]:
    """Everything that the hub says now, whenever it came to know it; and where every id leads.

    Findings too, whether they stand or not; of those that only a joined person had, each has ended by its conclusion (E.0.6: 13).
    """
    told = {}
    for name in ["identity", *sorted(TWO_AXES.keys() - NOT_COMPARED - {"identity"})]:
        columns = [c for c in columns_of(name) if c not in WHEN_KNOWN]
        rows = await hub.connection.fetch(f"select {', '.join(columns)} from {name}{MADE_BY_DATA if name == 'finding' else ''}")
        told[name] = sorted((tuple(map(repr, row)) for row in rows), key=repr)
    return told


#: Findings that not only verdicts have ever borne out.
MADE_BY_DATA = """ f where exists (
    select from publication p where p.division = f.division and p.kind <> 'verdict' and p.no = (
        select min(no) from (select f.known_from as no union all select lower(h.known) from finding_history h where h.division = f.division and h.id = f.id) v))"""


async def left_open(hub) -> int:
    """How many findings that only verdicts have borne out, and no longer do, have not ended by a conclusion on record."""
    return await hub.connection.fetchval(
        f"""select count(*) from finding o where not exists (select from finding{MADE_BY_DATA} and f.id = o.id)
               and not (o.contradicted_on is not null and o.status = '销号' and o.conclusion = '13'
                        and exists (select from conclusion c where c.division = o.division and c.finding = o.id and c.code = '13' and c.by <> ''))"""
    )


async def persons(hub) -> dict[int, int]:
    return dict(await hub.connection.fetch("select id, person from identity order by id"))


async def mentions(hub) -> list[int]:
    """Every mention, in an order that does not hang on the hub's keys."""
    rows = await hub.connection.fetch("select id from mention order by source, name, role, pinyin, born, number_mask, phone_mask, village, id")
    return [row["id"] for row in rows]


async def leads(hub) -> dict[int, int]:
    return dict(await hub.connection.fetch("select id, current from person_id"))


async def act(hub, rng: Random) -> None:
    """One verdict on two mentions or persons drawn at random, a person split in two, or a pair left undecided. Refusal where it contradicts another."""
    known, now = await mentions(hub), await persons(hub)
    one, other = rng.sample(known, 2)
    signed = {"by": "甲", "reason": "核对了户口簿"}
    match rng.choices(("decide", "merge", "split", "undecided"), (4, 2, 2, 1))[0]:
        case "decide":
            same = rng.random() < 0.75
            assert len(await decide(hub, one, other, same=same, **signed)) == (1 if same else 2)
        case "merge":
            assert len(await merge(hub, now[one], now[other], **signed)) == 1
        case "split":
            person = rng.choice(sorted(p for p, n in Counter(now.values()).items() if n > 1))
            every = [mention for mention in known if now[mention] == person]
            off = rng.sample(every, rng.randrange(1, len(every)))
            await split(hub, person, off, **signed)
            after = await persons(hub)
            assert {after[m] for m in off}.isdisjoint(after[m] for m in set(every) - set(off))
        case "undecided":
            assert len(await leave_undecided(hub, one, other, settler="学校", **signed)) == 2


async def go(hub, rng: Random) -> None:
    """A history: up to four acts, taken back in another order."""
    given = []
    for _ in range(rng.randint(1, 4)):
        stood = {verdict.pair for verdict in await standing(hub.connection, hub.division)}
        try:
            await act(hub, rng)
        except Refusal:
            continue
        given += [verdict.pair for verdict in await standing(hub.connection, hub.division) if verdict.pair not in stood][:1]
    rng.shuffle(given)
    for one, other in given:
        if any(verdict.pair == (one, other) for verdict in await standing(hub.connection, hub.division)):  # a merge settles what was left undecided
            await withdraw(hub, one, other, by="乙")
    assert not await standing(hub.connection, hub.division)


async def histories(hub, seeds: range) -> None:
    before, ids = await graph(hub), await leads(hub)
    for seed in seeds:
        await go(hub, Random(seed))
        after = await graph(hub)
        for name, rows in before.items():
            lost, come = set(rows) - set(after[name]), set(after[name]) - set(rows)
            assert rows == after[name], f"history {seed}: {name}: lost {sorted(lost)[:3]}, come {sorted(come)[:3]}"
        assert not await left_open(hub), f"history {seed}: a finding of a person who is no more waits for ever"
        now = await leads(hub)
        elsewhere = {id_: (current, now.get(id_)) for id_, current in ids.items() if now.get(id_) != current}
        assert not elsewhere, f"history {seed}: ids lead elsewhere (before, now): {elsewhere}"


async def test_what_is_taken_back_leaves_no_trace(small):
    await histories(small, range(5))


@pytest.mark.long
async def test_what_is_taken_back_leaves_no_trace_five_hundred_times(small):
    await histories(small, range(1000, 1500))


async def together(hub, pairs) -> list[bool]:
    now = await persons(hub)
    return [now[a] == now[b] for a, b in pairs]


async def stands_over_reloads(hub, *, verdicts: int, reloads: int) -> None:
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
        await install(hub, f"of-another-time-{turn}", 1.05 + turn / 50)
        await link_everything(hub)
        assert await together(hub, given) == list(given.values()), turn
    assert len(await standing(hub.connection, hub.division)) == len(given)


async def test_verdicts_survive_reloads_and_other_weights(small):
    await stands_over_reloads(small, verdicts=40, reloads=2)


@pytest.mark.long
async def test_a_thousand_verdicts_survive_ten_reloads_and_other_weights(small):
    await stands_over_reloads(small, verdicts=1000, reloads=10)


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
    a, b, c = [row["id"] for row in await small.connection.fetch("select distinct id from mention where anchor is null order by id limit 3")]
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


SIGNED = {"by": "甲", "reason": "核对了户口簿"}


async def test_a_child_is_not_its_own_guardian(small):
    row = await small.connection.fetchrow(
        """select c.id as child, g.id as guardian, ci.person, gi.person as other from mention c
             join mention g on g.record = c.record and g.anchor = c.id and g.kind = 'adult'
             join identity ci on ci.id = c.id join identity gi on gi.id = g.id where c.kind = 'child' and ci.person <> gi.person limit 1"""
    )
    for asked in (decide(small, row["child"], row["guardian"], same=True, **SIGNED), merge(small, row["person"], row["other"], **SIGNED)):
        with pytest.raises(Refusal, match="side by side"):
            await asked
    assert not await standing(small.connection, small.division)


async def events(hub, after: int = 0) -> list[tuple]:
    return [tuple(row) for row in await hub.connection.fetch("select kind, person, other from identity_event where publication > $1 order by publication, kind", after)]


async def test_ids_lead_on_over_chains_and_come_back(small):
    """a into b, then b into c: a and b lead to c, with every row of theirs; what is taken back gives each id its own person again, and events tell of it."""
    before = await leads(small)
    rows = await small.connection.fetch("select distinct person from mention join identity using (division, id) where source = 'education.student_register' and anchor is null")
    a, b, c = sorted(row["person"] for row in rows)[:3]  # a child and who stands beside it cannot be joined
    carried = await events(small)
    mine = await persons(small)
    latest = await small.connection.fetchval("select max(no) from publication")
    [first] = await merge(small, a, b, **SIGNED)
    [last] = await merge(small, first, c, **SIGNED)
    given_up = {a, b, c} - {last}
    now = await leads(small)
    assert {now[id_] for id_ in (a, b, c)} == {last}
    joined = await persons(small)
    assert {joined[mention] for mention, person in mine.items() if person in (a, b, c)} == {last}
    merged = [event for event in await events(small, latest) if event[0] == "MERGED"]  # a mention of somebody else may be parted by what is known now
    assert len(merged) == 2 and {person for _, person, _ in merged} == given_up
    assert merged[-1][2] == last
    with pytest.raises(Refusal, match="one person already"):
        await merge(small, a, b, **SIGNED)
    text = await explain(small.connection, small.division, min(given_up), on=small.today())
    assert "并入 merged into" in text
    while verdicts := await standing(small.connection, small.division):  # what was said in one act is taken back in one
        await withdraw(small, *verdicts[0].pair, by="乙")
    after = await leads(small)
    assert {id_: after[id_] for id_ in before} == before and await persons(small) == mine  # who was parted for a while may have had an id of its own
    assert {(kind, person) for kind, person, _ in await events(small, latest) if kind == "RESTORED"} == {("RESTORED", id_) for id_ in given_up}
    assert (await events(small))[: len(carried)] == carried


async def test_a_person_is_split_and_each_side_holds_together_by_its_number(small):
    person = await small.connection.fetchval("select person from identity where tier = 'NUMBER' group by person having count(*) >= 4 order by person limit 1")
    every = [m for m, p in (await persons(small)).items() if p == person and await small.connection.fetchval("select tier = 'NUMBER' from identity where id = $1", m)]
    rest = [m for m, p in (await persons(small)).items() if p == person and m not in every[:2]]
    latest = await small.connection.fetchval("select max(no) from publication")
    for wrong, says in ((every[:0], "not all"), (every + rest, "not all"), ([12345], "no mention of this person")):
        with pytest.raises(Refusal, match=says):
            await split(small, person, wrong, **SIGNED)
    await split(small, person, every[:2], **SIGNED)
    now = await persons(small)
    assert now[every[0]] == now[every[1]] and now[every[0]] not in {now[m] for m in rest}
    assert len({now[m] for m in every[2:]}) == 1, "who shares a number and was not told apart stays one"
    assert ("SPLIT", person) in {(kind, min(one, other)) for kind, one, other in await events(small, latest)}
    with pytest.raises(Refusal, match="are two persons; withdraw that first"):
        await decide(small, every[0], rest[0], same=True, **SIGNED)
    await withdraw(small, every[0], rest[0], by="乙")
    assert {(await persons(small))[m] for m in every + rest} == {person}
    assert not await standing(small.connection, small.division), "what was said in one act is taken back in one"


async def test_whoever_was_parted_keeps_the_id_over_further_verdicts(small):
    """Nobody is merged by a second verdict that says the same of another row, nor when the first is taken back."""
    person = await small.connection.fetchval("select person from identity where tier = 'NUMBER' group by person having count(*) >= 4 order by person limit 1")
    other, one, off, *_ = [row["id"] for row in await small.connection.fetch("select id from identity where person = $1 and tier = 'NUMBER' order by id", person)]
    await decide(small, off, one, same=False, **SIGNED)
    issued, latest = (await persons(small))[off], await small.connection.fetchval("select max(no) from publication")
    assert issued != person
    await decide(small, off, other, same=False, **SIGNED)
    assert (await persons(small))[off] == issued
    await withdraw(small, off, one, by="乙")
    assert (await persons(small))[off] == issued
    assert not await events(small, latest)
    await withdraw(small, off, other, by="乙")
    assert (await persons(small))[off] == person
    assert ("MERGED", issued, person) in await events(small, latest)


async def test_what_cannot_be_told_stays_apart_and_waits_last(small):
    await strangers_wait(small)
    pairs = await waiting(small, 100)
    first = pairs[0]
    with pytest.raises(Refusal, match="who could settle"):
        await leave_undecided(small, first.mention, first.other, settler=" ", **SIGNED)
    together = await small.connection.fetchrow("select min(id) as a, max(id) as b from identity group by person having count(*) > 1 limit 1")
    with pytest.raises(Refusal, match="one person now"):
        await leave_undecided(small, *together, settler="学校", **SIGNED)
    assert len(await leave_undecided(small, first.mention, first.other, settler="得利寺镇中心小学", **SIGNED)) == 2
    again = await waiting(small, 100)
    assert again[-1].settler == "得利寺镇中心小学" and (again[-1].mention, again[-1].other) == (first.mention, first.other) and len(again) == len(pairs)
    await link_everything(small)
    assert await together_now(small, first.mention, first.other) is False
    assert len(await decide(small, first.mention, first.other, same=True, **SIGNED)) == 1, "whoever can tell later decides without withdrawing"
    [verdict] = await standing(small.connection, small.division)
    assert verdict.same is True and verdict.settler is None


async def together_now(hub, one: int, other: int) -> bool:
    now = await persons(hub)
    return now[one] == now[other]


async def test_findings_come_back_with_their_conclusions_and_those_of_nobody_end(small):
    """A concluded finding of a child is concluded again after a merge is taken back; a finding that only the joined child had is concluded."""
    found = await small.connection.fetchrow("select * from finding where status = '待核查' and contradicted_on is null and subject = 'person' order by id limit 1")
    async with publishing(small.connection, division=small.division, kind="conclusion", by="丙", business_date=small.today()) as publication:
        told = await record_conclusion(publication, finding=found["id"], code="99", by="丙", department="education", note="已核", document=None)
    assert told.status == "销号"
    await run_checks(small)
    before = await graph(small)
    beside = await small.connection.fetch("select distinct i.person from identity i join mention m on m.id = i.id where m.kind <> 'child'")
    others = [p for p in sorted(set((await persons(small)).values()) - {row["person"] for row in beside}) if p != found["person"]]
    made = 0
    for other in others[:12]:
        assert len(await merge(small, other, found["person"], **SIGNED)) == 1
        for verdict in await standing(small.connection, small.division):
            await withdraw(small, *verdict.pair, by="乙")
        assert await graph(small) == before
        assert not await left_open(small)
        made = await small.connection.fetchval("select count(*) from finding where conclusion = '13'")
    assert made, "some finding was only the joined child's"
    kept = await small.connection.fetchrow("select status, conclusion, reopened from finding where id = $1", found["id"])
    assert tuple(kept) == ("销号", "99", 0)


async def strangers_wait(hub) -> None:
    """Let three pairs of different people wait."""
    people = await hub.connection.fetch("select min(id) as id from identity where tier = 'NUMBER' group by person order by 1 limit 6")
    for one, other in zip(people[::2], people[1::2], strict=True):
        await hub.connection.execute(PAIR, *sorted((one["id"], other["id"])))
    assert len(await waiting(hub, 100)) >= 3


async def test_a_decided_pair_waits_no_more(small):
    await strangers_wait(small)
    pairs = await waiting(small, 100)
    for pair in pairs:
        assert pair.sides[0] and pair.sides[1]
        await decide(small, pair.mention, pair.other, same=False, by="甲", reason="核对")
    assert await waiting(small, 100) == []


#: A pair for review, as the linker would have written it.
PAIR = """insert into link_review (division, id, kind, score, reasons, mention, other, valid, known_from)
          select division, hashint8extended($1, $2), 'BAND', 1, '[]', $1, $2, '(,)', 1 from identity where id = $1"""


async def test_pairs_that_are_one_by_now_or_fit_no_longer_wait_no_more(small):
    one = await small.connection.fetchrow("select min(id) as a, max(id) as b from identity group by person having count(*) > 1 limit 1")
    strangers = await small.connection.fetchrow("select a.id as a, b.id as b from identity a, identity b where a.person < b.person limit 1")
    real = {row["id"] for row in await small.connection.fetch("select id from link_review")}
    for pair in (one, strangers):
        await small.connection.execute(PAIR, *sorted(pair))
    await link_everything(small)
    assert {row["id"] for row in await small.connection.fetch("select id from link_review")} == real
    assert await small.connection.fetchval("select count(*) from link_review_history") == 2, "they were shown once: history keeps them"

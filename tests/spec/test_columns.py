"""Columns of integers: told apart by sorting, joined by code, copied to the server as they are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.clusters import Clusters, join_equal
from hub.identity.evidence import Evidence, distinct, gather
from hub.storage import copying
from hub.storage.copying import copy_columns
from tests.flow import hub

BIG = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(BIG, max_size=60) | st.lists(st.integers(0, 5), max_size=60))
def test_each_value_once_and_rising(values):
    assert distinct(np.array(values, dtype=np.int64)).tolist() == sorted(set(values))


@given(st.data())
def test_equal_codes_are_joined_but_for_those_told_apart(data):
    """The sets are those of joining one by one, whatever was joined or told apart before."""
    size = data.draw(st.integers(1, 12))
    place = st.integers(0, size - 1)
    numbers = data.draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size))
    codes = data.draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size))
    before = data.draw(st.lists(st.tuples(place, place), max_size=4))
    apart = [(a, b) for a, b in data.draw(st.lists(st.tuples(place, place), max_size=4)) if a != b]
    spelt = data.draw(st.lists(st.sampled_from("甲乙"), min_size=size, max_size=size))
    mentions = gather([Evidence(id=n, record=n, source="x", kind="child", name=name) for n, name in enumerate(spelt)], 2026)
    found = []
    for join in (join_equal, one_by_one):
        clusters = Clusters(mentions, np.array(numbers, dtype=np.int64), apart)
        for a, b in before:
            clusters.join(clusters.root(a), clusters.root(b))
        join(clusters, np.array(codes, dtype=np.int64), mentions.name)
        roots = [clusters.root(p) for p in range(size)]
        found.append((clusters.labels().tolist(), [sorted(clusters.members(root)) for root in roots], [clusters.number[root] >= 0 for root in roots]))
        assert all(clusters.forbidden(root, other) for root in roots for other in roots if root != other and clusters.number[root] != clusters.number[other] and min(clusters.number[root], clusters.number[other]) >= 0)
    assert found[0] == found[1]


def one_by_one(clusters, codes, names):
    """The plainest way: each place in turn with those of its code that it may be joined with: rather of no other number, then of its name, then the first."""
    parts = {}
    for place in np.flatnonzero(codes >= 0).tolist():
        known = parts.setdefault(int(codes[place]), [])
        open_ = []
        for part in known:
            a, b = clusters.root(part), clusters.root(place)
            why = None if a == b else clusters.forbidden(a, b)
            if why != "pinned":
                open_.append((why is not None, names[place] not in {names[one] for one in clusters.members(a)}, part))
        if open_:
            clusters.join(clusters.root(min(open_)[2]), clusters.root(place))
        else:
            known.append(place)


async def test_columns_arrive_as_they_are(database, tmp_path, monkeypatch):
    """In one piece or in many; the ends of what 64 bits hold among them; nothing is no row."""
    whole = np.array([0, -1, 2**63 - 1, -(2**63), 7], dtype=np.int64)
    flags = np.array([True, False, True, True, False])
    async with hub(database, tmp_path) as (connection, _):
        await connection.execute("create temp table arrived (n bigint, flag boolean, m bigint)")
        for piece in (2, 100):
            monkeypatch.setattr(copying, "ROWS", piece)
            await copy_columns(connection, "arrived", {"m": whole[::-1], "flag": flags, "n": whole})
            told = [tuple(row) for row in await connection.fetch("select n, flag, m from arrived")]
            assert told == list(zip(whole.tolist(), flags.tolist(), whole[::-1].tolist(), strict=True))
            await connection.execute("truncate arrived")
        await copy_columns(connection, "arrived", {"n": whole[:0], "flag": flags[:0]})
        assert await connection.fetchval("select count(*) from arrived") == 0

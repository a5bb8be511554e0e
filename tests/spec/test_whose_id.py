"""Which person keeps an id when what was one becomes two, or two become one."""

from hub.identity.deciding import Decision
from hub.identity.persons import assign_persons


def decision(mention: int, cluster: bytes, tier: str) -> Decision:
    return Decision(mention, cluster, tier, 0.0, (), None, listed=False)


def test_the_id_stays_with_the_number_it_was_published_with():
    """A girl's row with her number and three rows of her twin's were one person; the register then lists both."""
    told = [decision(1, b"a", "NUMBER"), *(decision(n, b"b", "NAME") for n in (2, 3, 4)), decision(5, b"b", "NUMBER")]
    clusters, went = assign_persons(told, {1: 100, 2: 100, 3: 100, 4: 100, 5: None})
    assert clusters == {b"a": 100, b"b": None}
    assert went == {100: b"a"}


def test_a_number_that_is_not_believed_takes_no_id_along():
    told = [decision(1, b"other", "NAME"), *(decision(n, b"own", "NAME") for n in (2, 3)), decision(9, b"other", "NUMBER")]
    clusters, went = assign_persons(told, {1: 100, 2: 100, 3: 100, 9: None})
    assert clusters == {b"other": None, b"own": 100}
    assert went == {100: b"own"}


def test_of_two_ids_the_one_with_the_number_stands_and_the_other_forwards():
    told = [decision(1, b"a", "NUMBER"), *(decision(n, b"a", "NAME") for n in (2, 3))]
    clusters, went = assign_persons(told, {1: 200, 2: 100, 3: 100})
    assert clusters == {b"a": 200}
    assert went == {100: b"a", 200: b"a"}


def test_most_mentions_decide_where_no_number_does():
    told = [*(decision(n, b"a", "NAME") for n in (1, 2)), decision(3, b"b", "NAME")]
    assert assign_persons(told, {1: 100, 2: 100, 3: 100}) == ({b"a": 100, b"b": None}, {100: b"a"})

"""Whose number a row gives where its name and something else in it speak against the holder: brothers, cousins and twins whose names differ by a character."""

from dataclasses import replace

import pytest

from tests.spec.test_identity_engine import CHILD, FATHER, PUPIL, beside, clusters, decided, together_of

UNCLE = "210299198603170111"
ELSEWHERE = {"township": "210281102", "village": "前屯村", "register_household": 8}


def pupil(name: str, born: str | None, **told):
    return replace(PUPIL, id=4, record=4, name=name, pinyin=name, born=born, **told)


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("father", [FATHER, UNCLE, None])
@pytest.mark.parametrize("name", ["王小树", "王大禾", "王禾小", "王小河子", "王思远"])
def test_a_pupil_with_a_cousins_number_another_name_and_birth_date_is_not_the_cousin(name, father, registered):
    """In a village with a generation's character brothers and cousins differ in one character and are a year apart (D-42)."""
    row = pupil(name, "2013-05-28", township=None, village=None)
    own = replace(CHILD, id=5, record=5, number="210299201305280113", numbered_born=row.born, born=row.born, name=name, pinyin=name, **ELSEWHERE)
    fathers = [beside(child, 20 + child.id, name, "父亲", number) for child, name, number in ((CHILD, "王大山", FATHER), (row, "王大海", father)) if number]
    outcome = decided(CHILD, row, *fathers, *([own] if registered else []))
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert told[row.id] != told[CHILD.id]
    assert not registered or told[row.id] == told[own.id]
    assert {told[row.id], told[CHILD.id]} in [{told[pair.mention], told[pair.other]} for pair in outcome.review if pair.kind in ("NUMBER_CONFLICT", "TWINS")]


@pytest.mark.parametrize(("name", "born", "father", "one"), [
    ("王小树", "2012-05-08", FATHER, True),  # a wrong character and a wrong day of one hand
    ("王小树", "2012-05-08", UNCLE, False),
    ("王小树", "2012-05-08", None, False),  # nobody beside it is the holder's
    ("王小树", "2012-03-05", FATHER, True),  # day and month changed about
    ("王小树", "2013-03-05", FATHER, False),
    ("王小树", "2012-05", FATHER, True),
    ("王小树", "2013", FATHER, False),
    ("王禾小", "2012-05-08", None, True),  # a name that agrees needs nobody
    ("王筱禾", "2013-05-28", None, True),  # one name by its sound: the number tells (D-20)
    ("王小?", "2013-05-28", None, True),
    ("王小树", "2012-05-03", None, True),  # the number's own birth date
    ("王小树", "2012-05-03", UNCLE, False),
    ("王小树", None, FATHER, True),
    ("王小树", None, UNCLE, False),
])  # fmt: skip
def test_a_slip_in_a_name_and_one_in_a_date_are_the_holders_beside_whoever_is_the_holders(name, born, father, one):
    row = pupil(name, born)
    fathers = [beside(child, 20 + child.id, name, "父亲", number) for child, name, number in ((CHILD, "王大山", FATHER), (row, "王大海" if father == UNCLE else "王大山", father)) if number]
    assert together_of(CHILD.id, row.id, CHILD, row, *fathers) is one


@pytest.mark.parametrize(("born", "goes"), [("2013-05-28", "name"), ("2012-05-03", "number"), (None, "number")])
def test_a_payment_without_a_birth_date_goes_with_the_pupil_of_its_name(born, goes):
    row = pupil("王小树", born)
    paid = replace(row, id=6, record=6, source="education.payment", born=None)
    told = clusters(CHILD, row, paid)
    assert told[paid.id] == told[row.id if goes == "name" else CHILD.id]
    assert (told[row.id] == told[CHILD.id]) is (goes == "number")

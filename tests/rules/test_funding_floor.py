"""E.13: the floor of a hundred pupils for small schools."""


import pytest


@pytest.fixture
def rule():
    return "funding_floor"


@pytest.mark.parametrize(
    ("pupils", "funded", "paid", "kind"),
    [
        (37, 100, 72000, None),
        (37, 100, 26640, "PAID_BELOW"),
        (37, 99, 71280, "APPROVED_BELOW"),
        (99, 99, 71280, "APPROVED_BELOW"),
        (100, 100, 72000, None),
        (101, 101, 72720, None),
        (101, 100, 72000, "APPROVED_BELOW"),
        (1, 100, None, "NOT_PAID"),
        (0, 0, 0, None),  # no pupil, no floor
    ],
)
@pytest.mark.parametrize("kind_of_school", ["小学教学点", "小学"])
async def test_the_floor_of_a_hundred(city, kind_of_school, pupils, funded, paid, kind):
    await city.school(20, "八里庄", kind=kind_of_school, township="210281103")
    await city.fact("school_funding", None, source="finance.school_funding", school=20, school_year="2026-2027", pupils=pupils, funded_pupils=funded, rate=720, paid=paid)
    row = await city.one(rule="funding_floor")
    assert (row["kind"] if row else None) == (kind if kind_of_school == "小学教学点" else None)
    if row:
        assert (row["school"], row["township"], row["person"]) == (20, "210281103", None)


@pytest.mark.parametrize(
    ("name", "profile", "is_found"),
    [
        ("瓦房店市八里庄村小学", {"kind": "小学"}, True),
        ("瓦房店市杨家村小学", {"kind": "211"}, True),
        ("瓦房店市钱屯教学点", {"kind": "小学"}, True),
        ("瓦房店市赵屯小学", {"kind": "村小"}, True),
        ("瓦房店市赵屯小学", {"kind": "小学", "parent": 5}, True),  # it belongs to a central school
        ("瓦房店市赵屯小学", {"kind": "小学"}, False),
        ("瓦房店市赵屯小学", {"kind": "小学", "parent": 20}, False),  # to itself
        ("瓦房店市李店初级中学", {"kind": "311", "parent": 5}, False),
        ("瓦房店市孙家村中心小学", {"kind": "小学"}, False),
        ("复州城镇中心小学杨家村小学", {"kind": "小学"}, True),
        ("复州城镇中心小学", {"kind": "218"}, True),
    ],
)
async def test_which_schools_have_the_floor(city, name, profile, is_found):
    await city.school(20, name, township="210281103", **profile)
    await city.fact("school_funding", None, source="finance.school_funding", school=20, school_year="2026-2027", pupils=37, funded_pupils=37, rate=720, paid=26640)
    assert bool(await city.one(rule="funding_floor")) is is_found

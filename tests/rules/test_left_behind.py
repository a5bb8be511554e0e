"""E.9: left-behind children by each definition, visited in every quarter, and who looks after them."""

from datetime import date

import pytest
from asyncpg import Range

from tests.rules.city import ON
from tests.rules.pupils import STUDENTS, pupil


@pytest.fixture
def rule():
    return "left_behind_overdue"



QUARTERS = [
    # updated on, today, kind
    (date(2026, 7, 1), date(2026, 11, 24), None),  # once in the third quarter
    (date(2026, 6, 30), date(2026, 11, 24), "OVERDUE"),  # the third quarter went by
    (date(2026, 9, 30), date(2026, 12, 16), None),
    (date(2026, 9, 30), date(2026, 12, 17), "DUE_SOON"),  # fifteen days are left
    (date(2026, 10, 1), date(2026, 12, 31), None),
    (date(2026, 9, 30), date(2026, 12, 31), "DUE_SOON"),
    (date(2026, 9, 30), date(2027, 1, 1), "OVERDUE"),  # the quarter is over
]


@pytest.mark.parametrize(("updated", "on", "kind"), QUARTERS)
@pytest.mark.parametrize("definition", ["EDUCATION", "CIVIL_AFFAIRS", "GOVERNANCE"])
async def test_an_update_in_every_quarter_by_each_definition(city, definition, updated, on, kind):
    child = await city.registered()
    await city.fact("left_behind_file", child, source="civil_affairs.left_behind", definition=definition, visited_on=updated, valid=Range(date(2026, 1, 1), None))
    await city.connection.execute("update delivery set as_of = $1", on)
    row = await city.one(on, "left_behind_overdue")
    assert (row["kind"] if row else None) == (None if definition == "GOVERNANCE" else kind)


async def test_the_definitions_stand_for_themselves(city):
    child = await city.registered()
    for definition, visited in (("EDUCATION", date(2026, 2, 1)), ("CIVIL_AFFAIRS", date(2026, 10, 2)), ("GOVERNANCE", date(2026, 2, 1))):
        await city.fact("left_behind_file", child, source="x.y", definition=definition, visited_on=visited, valid=Range(date(2026, 1, 1), None))
    assert await city.found(rule="left_behind_overdue") == {child: "OVERDUE"}
    says = await city.connection.fetchval("select evidence::text from finding where rule = 'left_behind_overdue'")
    assert "EDUCATION" in says and "CIVIL_AFFAIRS" not in says


@pytest.mark.parametrize(
    ("born", "level", "kind"),
    [
        (None, None, "NOBODY"),
        (date(1955, 11, 25), None, None),  # seventy
        (date(1955, 11, 24), None, "TOO_OLD"),  # seventy-one today
        (date(2008, 11, 24), None, None),  # eighteen today
        (date(2008, 11, 25), None, "TOO_YOUNG"),
        (date(1980, 1, 1), "二级", "DISABLED"),
        (date(1955, 11, 24), "二级", "TOO_OLD"),  # which is enough, and tells nothing of a certificate
        (date(1980, 1, 1), "三级", None),
    ],
)
async def test_who_looks_after_a_left_behind_child(city, born, level, kind):
    child = await city.registered()
    await city.fact("left_behind_file", child, source="civil_affairs.left_behind", definition="CIVIL_AFFAIRS", visited_on=ON)
    if born:
        guardian = await city.someone(born)
        await city.fact("guardianship", child, source="civil_affairs.left_behind", guardian=guardian, capacity="受委托监护人")
        if level:
            await city.fact("certificate", guardian, category="肢体残疾", level=level, state="正常")
    row = await city.one(rule="left_behind_guardian")
    assert (row["kind"] if row else None) == kind
    assert not row or row["reveals"] == ("certificate" if kind == "DISABLED" else "")


@pytest.mark.parametrize(("is_guardian", "kind"), [(True, None), (False, "TOO_OLD"), (None, None)])
async def test_who_is_only_of_the_family_looks_after_nobody(city, is_guardian, kind):
    """The school's list names a mother and a grandmother, and says which of them is the guardian."""
    child = await city.registered()
    await city.fact("left_behind_file", child, source=STUDENTS, definition="EDUCATION", visited_on=ON)
    mother, grandmother = await city.someone(date(1985, 1, 1)), await city.someone(date(1950, 1, 1))
    await city.fact("guardianship", child, source=STUDENTS, guardian=grandmother, capacity="监护人", is_guardian=True, valid=Range(date(2026, 9, 1), None))
    await city.fact("guardianship", child, source=STUDENTS, guardian=mother, capacity="家庭成员", is_guardian=is_guardian)
    row = await city.one(rule="left_behind_guardian")
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(
    ("definition", "kind", "capacity", "relation", "kin", "found"),
    [
        ("CIVIL_AFFAIRS", None, "家庭成员", "父亲", None, "NOBODY"),
        ("CIVIL_AFFAIRS", None, "监护人", None, "父亲", "NOBODY"),  # as another list says
        ("CIVIL_AFFAIRS", None, "监护人", None, None, None),
        ("CIVIL_AFFAIRS", None, "家庭成员", "祖母", None, None),
        ("CIVIL_AFFAIRS", None, "受委托监护人", "母亲", None, None),
        ("EDUCATION", "双亲留守儿童", "家庭成员", "父亲", None, None),  # the school's register has no place for who is entrusted
    ],
)
async def test_an_absent_parent_looks_after_nobody(city, definition, kind, capacity, relation, kin, found):
    child, parent = await city.registered(), await city.someone(date(1985, 1, 1))
    await city.fact("left_behind_file", child, source="civil_affairs.left_behind", definition=definition, kind=kind, visited_on=ON)
    await city.fact("guardianship", child, source=STUDENTS, guardian=parent, capacity=capacity, relation=relation, is_guardian=True)
    if kin:
        await city.fact("kinship", child, source=STUDENTS, relative=parent, relation=kin)
    row = await city.one(rule="left_behind_guardian")
    assert (row["kind"] if row else None) == found


@pytest.mark.parametrize(("definition", "marked", "is_found"), [("CIVIL_AFFAIRS", "非留守儿童", True), ("CIVIL_AFFAIRS", "双亲留守儿童", False), ("CIVIL_AFFAIRS", None, False), ("GOVERNANCE", "非留守儿童", False)])
async def test_unmarked_at_school(city, definition, marked, is_found):
    child = await pupil(city, left_behind=marked)
    await city.fact("left_behind_file", child, source="x.y", definition=definition, visited_on=ON)
    assert (child in await city.found(rule="left_behind_unmarked")) is is_found

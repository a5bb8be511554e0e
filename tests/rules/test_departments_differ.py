"""E.11: what departments say of one child, compared, each boundary the day before and after."""

from collections import Counter
from datetime import date

import orjson
import pytest
from asyncpg import Range

from hub.steps.notices import other_sexes
from tests.rules.city import ON
from tests.rules.pupils import DAY, STUDENTS


@pytest.fixture
def rule():
    return "disability_differs"


@pytest.mark.parametrize(
    ("school", "card", "kind"),
    [
        (("智力残疾", "二级"), ("智力残疾", "二级"), None),
        (("无残疾", None), ("智力残疾", "二级"), "UNMARKED"),
        (("精神残疾", "二级"), ("智力残疾", "二级"), "CATEGORY"),
        (("智力残疾", "三级"), ("智力残疾", "二级"), "LEVEL"),
        ((None, None), ("智力残疾", "二级"), None),  # a blank is not 无
    ],
)
async def test_disability_at_school_and_on_the_card(city, school, card, kind):
    child = await city.child(certificate={"category": card[0], "level": card[1]})
    await city.fact("enrolment", child, source=STUDENTS, state="在读", grade=5, school=5, disability=school[0], disability_level=school[1])
    row = await city.one(rule="disability_differs")
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(
    ("card", "school", "civil", "kind"),
    [
        (("智力残疾", "二级"), ("智力残疾", "二级"), ("智力残疾", "二级"), None),
        (("智力残疾", "二级"), ("智力残疾", "二级"), ("精神残疾", "二级"), "CIVIL_AFFAIRS_CATEGORY"),
        (("智力残疾", "二级"), ("智力残疾", "二级"), ("智力残疾", "三级"), "CIVIL_AFFAIRS_LEVEL"),
        (("智力残疾", "二级"), ("智力残疾", "二级"), ("智力残疾", None), None),
        (("智力残疾", "二级"), ("无残疾", None), ("精神残疾", "二级"), "UNMARKED"),  # which the school's register tells alone
        (("智力残疾", "二级"), None, ("精神残疾", "二级"), "CIVIL_AFFAIRS_CATEGORY"),  # on no register
        (None, ("智力残疾", "二级"), ("智力残疾", "二级"), None),
        (None, ("无残疾", None), ("精神残疾", "二级"), "CIVIL_AFFAIRS_CATEGORY"),
        (None, None, ("精神残疾", "二级"), None),  # nobody else says anything
    ],
)
async def test_disability_by_civil_affairs_is_a_third_side(city, card, school, civil, kind):
    child = await city.child(certificate={"category": card[0], "level": card[1]}) if card else await city.registered()
    if school:
        await city.fact("enrolment", child, source=STUDENTS, state="在读", grade=5, school=5, disability=school[0], disability_level=school[1])
    await city.fact("assessment", child, source="civil_affairs.child_welfare", kind="REGISTERED", category=civil[0], level=civil[1])
    row = await city.one(rule="disability_differs")
    assert (row["kind"] if row else None) == kind
    if row:
        assert row["reveals"] == ("certificate" if kind == "UNMARKED" else "parent_situation")
        assert "civil_affairs" in {side["department"] for side in orjson.loads(row["evidence"])["sides"]}


@pytest.mark.parametrize(
    ("source", "values", "enrolled", "kind"),
    [
        ("poverty_relief.household", {"assured": True}, False, "ASSURED_BUT_OUT"),
        ("poverty_relief.household", {"assured": True}, True, None),
        ("poverty_relief.household", {"assured": None}, False, None),
        ("civil_affairs.child_welfare", {"status": "小学"}, False, "SAID_IN_BUT_OUT"),
        ("civil_affairs.child_welfare", {"status": "未就学"}, False, None),
        ("civil_affairs.left_behind", {"status": "小学"}, False, "SAID_IN_BUT_OUT"),
        ("disabled_persons.survey", {"out_of_school": True}, True, "SAID_OUT_BUT_ENROLLED"),
        ("disabled_persons.survey", {"out_of_school": True}, False, None),
    ],
)
async def test_what_a_department_says_of_schooling(city, source, values, enrolled, kind):
    child = await city.registered()
    await city.fact("schooling_statement", child, source=source, **values)
    if enrolled:
        await city.fact("enrolment", child, source=STUDENTS, state="在读", grade=5, school=5)
    row = await city.one(rule="said_in_school")
    assert (row["kind"] if row else None) == kind
    tells = {"poverty_relief.household": "assistance", "civil_affairs.child_welfare": "parent_situation", "disabled_persons.survey": "certificate"}
    assert not row or row["reveals"] == tells.get(source, "")


@pytest.mark.parametrize(
    ("told", "place", "kind"),
    [
        ({"status": "小学", "school_name": "瓦房店市新华小学"}, {"state": "在读", "school": 5}, "AT_ANOTHER_SCHOOL"),
        ({"status": "小学", "school_name": "瓦房店市复州城镇中心小学"}, {"state": "在读", "school": 5}, None),  # with and without the city's name
        ({"status": "小学", "school_name": "新华小学"}, {"state": "在读", "school": None}, None),
        ({"status": "小学", "school_name": "庄河市某小学"}, {"state": "在读", "school": 5}, None),  # of which nothing is known
        ({"status": "小学", "school_name": None}, {"state": "在读", "school": 5}, None),
        ({"status": "小学", "school_name": "新华小学"}, {"state": "流失", "school": 5}, "SAID_IN_BUT_OUT"),
    ],
)
async def test_a_school_that_does_not_have_the_pupil(city, told, place, kind):
    await city.school(20, "新华小学", kind="小学")
    child = await city.registered()
    await city.fact("schooling_statement", child, source="civil_affairs.child_welfare", **told)
    await city.fact("enrolment", child, source=STUDENTS, grade=5, **place)
    row = await city.one(rule="said_in_school")
    assert (row["kind"] if row else None) == kind
    assert not row or (row["severity"] == "low") is (kind == "AT_ANOTHER_SCHOOL")


async def test_what_is_said_tells_of_its_list_only_where_no_other_list_of_the_department_says_it(city):
    child = await city.registered()
    await city.fact("schooling_statement", child, source="civil_affairs.child_welfare", status="小学")
    assert (await city.one(rule="said_in_school"))["reveals"] == "parent_situation"
    added = await city.fact("schooling_statement", child, source="civil_affairs.left_behind", status="初中")
    assert (await city.one(rule="said_in_school"))["reveals"] == ""
    await city.connection.execute("update schooling_statement set status = '未就学' where id = $1", added)  # it no longer says so
    assert (await city.one(rule="said_in_school"))["reveals"] == "parent_situation"


@pytest.mark.parametrize(
    ("values", "enrolled", "kind"),
    [
        ({"status": "2", "stated_on": "2026-09-01"}, False, "SAID_IN_BUT_OUT"),
        ({"status": "_3", "stated_on": "2026-09"}, False, "SAID_IN_BUT_OUT"),
        ({"status": "2", "stated_on": "2026-09-01"}, True, None),
        ({"status": "2", "stated_on": "2026-08-31"}, False, None),  # told in the school year before
        ({"status": "2", "stated_on": "2026-08"}, False, None),
        ({"status": "2", "stated_on": "2026"}, False, None),  # a bare year may be its summer
        ({"status": "2"}, False, None),
        ({"status": "1", "stated_on": "2026-09-01"}, False, None),  # no schooling
        ({"status": "4", "stated_on": "2026-09-01"}, False, None),  # beyond compulsory schooling
        ({"status": "2", "reason": "_1", "out_of_school": True, "stated_on": "2026-09-01"}, False, None),  # and yet a reason why in none
    ],
)
async def test_a_survey_speaks_of_the_school_year_in_which_it_was_told(city, values, enrolled, kind):
    child = await city.registered()
    await city.fact("schooling_statement", child, source="disabled_persons.survey", **values)
    if enrolled:
        await city.fact("enrolment", child, source=STUDENTS, state="在读", grade=5, school=5)
    row = await city.one(rule="said_in_school")
    assert (row["kind"] if row else None) == kind
    if row:
        assert orjson.loads(row["evidence"])["sides"][0]["says"] in ("小学", "初中")  # not the survey's code


@pytest.mark.parametrize(
    ("entry", "is_found"),
    [
        ({"deceased_on": ON - 62 * DAY}, False),
        ({"deceased_on": ON - 63 * DAY}, True),
        ({"register_state": "死亡注销", "cancelled_on": ON - 63 * DAY}, True),
        ({"register_state": "死亡注销", "cancelled_on": ON - 62 * DAY}, False),
        ({"register_state": "死亡注销", "valid": Range(ON - 63 * DAY, None)}, True),  # since the register says so
        ({"register_state": "死亡注销", "valid": Range(ON - 90 * DAY, ON - 20 * DAY)}, True),  # and where it no longer lists the entry
        ({"register_state": "迁出", "cancelled_on": ON - 90 * DAY}, False),
    ],
)
async def test_covered_after_death(city, entry, is_found):
    someone = await city.someone(date(1950, 1, 1))
    await city.fact("hukou_registration", someone, **entry)
    await city.fact("assistance", someone, source="civil_affairs.minimum_living_allowance", programme="F01", state="在保")
    assert (someone in await city.found(rule="dead_on_allowance")) is is_found


@pytest.mark.parametrize("register", [{"deceased_on": date(2024, 1, 1)}, {"register_state": "死亡注销"}, None])
async def test_whose_parent_has_died_is_judged_also_when_only_the_child_is_rechecked(city, register):
    child, parent = await city.registered(), await city.someone(date(1985, 1, 1))
    await city.fact("kinship", child, source=STUDENTS, relative=parent, relation="父亲")
    if register:
        await city.fact("hukou_registration", parent, source="public_security.household_register", **register)
    else:  # the register no longer lists the entry
        await city.connection.execute("update person_resolved set deceased_on = '2024-01-01' where id = $1", parent)
    judged = []

    async def judge(children):
        judged.extend(children)
        return []

    city.judge = judge
    await city.check()
    await city.connection.execute("insert into recheck values (210281, $1)", child)
    await city.check(everybody=False)
    assert judged == [child, child]


@pytest.mark.parametrize(
    ("register", "situation", "is_found"), [({}, None, True), ({"deceased_on": date(2024, 1, 1)}, None, False), ({}, "失联", False), ({}, "正常", True)]
)
async def test_an_orphan_whose_parent_lives(city, register, situation, is_found):
    child, parent = await city.registered(), await city.registered(date(1985, 1, 1), **register)
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F05", state="在保")
    await city.fact("kinship", child, source=STUDENTS, relative=parent, relation="父亲")
    if situation:
        await city.fact("parent_situation", child, source="civil_affairs.child_welfare", parent=parent, parent_role="父亲", situation=situation)
    assert (child in await city.found(rule="orphan_with_parent")) is is_found


@pytest.mark.parametrize(("ended", "other", "is_found"), [(ON - 61 * DAY, None, False), (ON - 62 * DAY, None, True), (ON - 90 * DAY, "失联", False)])
async def test_a_sentence_that_has_ended(city, ended, other, is_found):
    child = await city.registered()
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F06", state="在保")
    await city.fact("parent_situation", child, source="civil_affairs.child_welfare", parent_role="父亲", situation="服刑在押", valid=Range(date(2024, 1, 1), ended))
    if other:
        await city.fact("parent_situation", child, source="civil_affairs.child_welfare", parent_role="父亲", situation=other, valid=Range(ended, None))
    assert (child in await city.found(rule="sentence_ended")) is is_found


SERVED = {"parent_role": "父亲", "situation": "服刑在押"}


@pytest.mark.parametrize(
    ("ended", "justice", "civil", "is_found"),
    [
        (ON - 61 * DAY, {}, {}, False),
        (ON - 62 * DAY, {}, {}, True),
        (None, {}, {}, False),  # serves still
        (ON - 62 * DAY, {"parent_role": "母亲"}, {}, False),  # the other parent
        (ON - 62 * DAY, {"situation": "失联"}, {}, False),
        (ON - 62 * DAY, {}, {"situation": "失联"}, False),  # recognised for something else
        (ON - 62 * DAY, {}, {"valid": Range(date(2023, 1, 10), ON - 30 * DAY)}, False),  # by civil affairs' own row it ended later
    ],
)
async def test_a_sentence_that_has_ended_by_the_list_of_justice(city, ended, justice, civil, is_found):
    child = await city.registered()
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F06", state="在保")
    await city.fact("parent_situation", child, source="civil_affairs.child_welfare", **({"valid": Range(date(2023, 1, 10), None)} | SERVED | civil))
    await city.fact("parent_situation", child, source="justice.prisoners_children", valid=Range(date(2023, 1, 10), ended), **SERVED | justice)
    row = await city.one(rule="sentence_ended")
    assert (row["reveals"] if row else None) == ("custody" if is_found else None)


async def test_a_sentence_that_justice_lists_again_has_not_ended(city):
    child = await city.registered()
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F06", state="在保")
    await city.fact("parent_situation", child, source="civil_affairs.child_welfare", valid=Range(date(2023, 1, 10), None), **SERVED)
    for valid in (Range(date(2023, 1, 10), ON - 200 * DAY), Range(ON - 100 * DAY, None)):
        await city.fact("parent_situation", child, source="justice.prisoners_children", valid=valid, **SERVED)
    assert await city.found(rule="sentence_ended") == {}


@pytest.mark.parametrize(("towns", "is_found"), [(("210281101", "210281103", "210281101"), False), (("210281101", "210281103", "210281001"), True)])
async def test_three_lists_three_townships(city, towns, is_found):
    child = await city.registered()
    for n, town in enumerate(towns):
        await city.fact("residence", child, source=f"x.list{n}", township=town)
    assert (child in await city.found(rule="homes_differ")) is is_found


@pytest.mark.parametrize(("until", "state", "is_found"), [
    (ON, "正常", False), (ON - DAY, "正常", True), (ON - DAY, "过期", True), (None, "过期", True), (ON + DAY, "过期", True), (None, "正常", False),
    (ON - DAY, "状态不明", True), (ON, "状态不明", False), (ON - DAY, "注销", False), (ON - DAY, "注销(康复/不再符合)", False),
])  # fmt: skip
async def test_a_certificate_that_has_run_out(city, until, state, is_found):
    child = await city.child(certificate={"valid_until": until, "state": state})
    assert (child in await city.found(rule="certificate_expired")) is is_found


@pytest.mark.parametrize(("second", "kind"), [({"sex": "男性", "birth_date": date(2015, 5, 3)}, None), ({"sex": "女性", "birth_date": date(2015, 5, 3)}, "SEX"), ({"sex": "男性", "birth_date": date(2015, 5, 4)}, "BIRTH_DATE"), ({"sex": None, "birth_date": None}, None)])
async def test_sex_and_birth_date_between_lists(city, second, kind):
    child = await city.registered()
    for n, told in enumerate(({"sex": "男性", "birth_date": date(2015, 5, 3)}, second)):
        await city.connection.execute(
            """insert into mention (division, id, record, hash, source, role, kind, name, name_key, sex, birth_date, number_state, valid, known_from)
               values (210281, $1, 1, 1, $2, '主体', 'child', '王小禾', '王小禾', $3, $4, 'valid', '[2026-09-01,)', 1)""", 700 + n, f"x.list{n}", told["sex"], told["birth_date"])  # fmt: skip
        await city.connection.execute("insert into identity (division, id, person, tier, score, reasons, rule_version, cluster, valid, known_from) values (210281, $1, $2, 'NUMBER', 9, '[]', '1', '', '(,)', 1)", 700 + n, child)
    row = await city.one(rule="basics_differ")
    assert (row["kind"] if row else None) == kind


MIXED_UP = other_sexes(Counter({("主体", False): 64, ("主体", True): 2}))  # what the delivery itself is told


@pytest.mark.parametrize(
    ("notices", "told", "kind"),
    [
        (MIXED_UP, {}, None),  # D-44: the file's, no child's
        (MIXED_UP, {"birth_date": date(2015, 5, 4)}, "BIRTH_DATE"),
        (other_sexes(Counter({("成员1", False): 64, ("成员1", True): 2})), {}, "SEX"),
        ([], {}, "SEX"),
    ],
)
async def test_a_list_that_mixes_its_sexes_up_is_no_childs_finding(city, notices, told, kind):
    child, write = await city.registered(), city.connection.execute
    await write(
        """insert into delivery (division, id, source, contract_version, file, parts, headers, as_of, state, notices)
           values (210281, 900, 'x.list1', '1', 'f', '[]', '[]', '2026-09-30', 'PUBLISHED', $1)""", orjson.dumps(notices).decode()
    )  # fmt: skip
    await write("insert into record (division, id, hash, source, delivery, sheet, row, payload, publication) values (210281, 701, 1, 'x.list1', 900, '', 2, '{}', 1)")
    for n, row in enumerate(({"sex": "男性", "birth_date": date(2015, 5, 3)}, {"sex": "女性", "birth_date": date(2015, 5, 3)} | told)):
        await write(
            """insert into mention (division, id, record, hash, source, role, kind, name, name_key, sex, birth_date, number_state, valid, known_from)
               values (210281, $1, $1, 1, $2, '主体', 'child', '王小禾', '王小禾', $3, $4, 'valid', '[2026-09-01,)', 1)""", 700 + n, f"x.list{n}", row["sex"], row["birth_date"])  # fmt: skip
        await write("insert into identity (division, id, person, tier, score, reasons, rule_version, cluster, valid, known_from) values (210281, $1, $2, 'NUMBER', 9, '[]', '1', '', '(,)', 1)", 700 + n, child)
    found = await city.one(rule="basics_differ")
    assert (found["kind"] if found else None) == kind

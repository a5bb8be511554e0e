"""E.1: who is in no school here and is not unenrolled – elsewhere, ill, deferred, done, gone – each the day before and after."""

from datetime import date, timedelta

import orjson
import pytest
from asyncpg import Range

from tests.rules.city import ON, REF

LEFT = Range(date(2026, 6, 30), date(2026, 9, 30))  # of an entry that the register no longer lists


@pytest.fixture
def rule():
    return "unenrolled_disabled"


EXCLUSIONS = [
    # what is known, and whether the child is found
    ("enrolled", "enrolment", {"state": "在读", "grade": 3}, False),
    ("state blank counts as active", "enrolment", {"state": None, "grade": 3}, False),
    ("suspended is still on the register", "enrolment", {"state": "休学", "grade": 3}, False),
    ("lost to the register", "enrolment", {"state": "流失", "grade": 3}, True),
    ("come back", "enrolment", {"state": "复学", "grade": 3}, False),
    ("sent abroad", "enrolment", {"state": "公派出国", "grade": 3}, False),
    ("a state that nobody can read", "enrolment", {"state": "状态不明", "grade": 3}, True),
    ("neither there nor gone", "enrolment", {"state": "其他", "grade": 3}, True),
    ("awaiting a placement", "enrolment", {"state": "在读", "grade": 3, "placement": "待安置"}, True),
    ("put off, as the school says", "enrolment", {"state": "在读", "grade": 3, "placement": "延缓入学(已批准)"}, True),
    ("assessed, as the school says", "enrolment", {"state": "在读", "grade": 3, "placement": "专家委员会评估不具备学习条件"}, True),
    ("suspended, as the school says", "enrolment", {"state": "休学", "grade": 3, "placement": "休学(已批准)"}, False),
    ("taught at a distance", "enrolment", {"state": "在读", "grade": 3, "placement": "远程教育"}, False),
    ("kindergarten is no enrolment", "enrolment", {"state": "在读", "grade": 0}, True),
    ("a grade that is not told", "enrolment", {"state": "在读", "grade": None, "school": 5}, False),
    ("a grade that is not told, at no school", "enrolment", {"state": "在读", "grade": None}, False),
    ("a grade that is not told, in a kindergarten by name", "enrolment", {"state": "在读", "grade": None, "school": 6}, True),
    ("a grade that is not told, in a kindergarten by the register of schools", "enrolment", {"state": "在读", "grade": None, "school": 7}, True),
    ("enrolment ended yesterday", "enrolment", {"state": "在读", "grade": 3, "valid": Range(date(2026, 9, 1), ON)}, True),
    (
        "enrolment ends tomorrow",
        "enrolment",
        {"state": "在读", "grade": 3, "valid": Range(date(2026, 9, 1), ON + timedelta(days=1))},
        False,
    ),
    ("deferral until today", "deferral_approval", {"approved_on": date(2026, 8, 20), "until": ON}, False),
    ("deferral that the list of today no longer has", "deferral_approval", {"approved_on": date(2026, 8, 20), "until": date(2027, 8, 31), "valid": Range(date(2026, 8, 20), ON)}, True),
    ("deferral that the list of tomorrow will not have", "deferral_approval", {"approved_on": date(2026, 8, 20), "until": date(2027, 8, 31), "valid": Range(date(2026, 8, 20), ON + timedelta(days=1))}, False),
    ("deferral ended yesterday", "deferral_approval", {"approved_on": date(2026, 8, 20), "until": ON - timedelta(days=1)}, True),
    ("deferral whose approval tells no day, in the list of today", "deferral_approval", {"approved_on": None, "until": ON, "valid": Range(ON, None)}, False),
    ("deferral whose approval tells no day, ended yesterday", "deferral_approval", {"approved_on": None, "until": ON - timedelta(days=1)}, True),
    ("deferral approved tomorrow", "deferral_approval", {"approved_on": ON + timedelta(days=1), "until": date(2027, 8, 31)}, True),
    *(
        (f"deferral approved by {authority}", "deferral_approval", {"approved_on": date(2026, 8, 20), "until": ON, "authority": authority}, is_found)
        for authority, is_found in (
            ("瓦房店市教育局", False), ("教育体育局", False), ("瓦房店市教育和体育局基础教育科", False), ("复州城镇人民政府", False), ("复州城镇", False), ("新华街道办事处", False), ("市教委", False),
            ("新华中心小学", True), ("瓦房店市特殊教育学校", True), ("桃园社区", True), ("市残疾人联合会", True), ("家长", True), (None, True),
            ("瓦房店市教育局附属实验小学", True), ("瓦房店市教育局实验学校", True), ("复州城镇政府幼儿园", True), ("瓦房店市教育局（不予批准）", True), ("瓦房店市教育局驳回", True), ("瓦房店市教育局、复州城镇中心小学", False),
            ("瓦房店市残疾人教育专家委员会", True), ("瓦房店市残疾人教育委员会", True), ("瓦房店市教育局机关幼儿园", True), ("复州城镇政府机关幼儿园", True), ("瓦房店市教育研究培训中心委员会", True),
            ("复州城镇中心小学（报教育局备案）", True), ("复州城镇中心小学（报教育局）", True), ("复州城镇中心小学（报教育局批准）", True), ("瓦房店市教育局教研中心", True), ("复州城镇政府附属幼儿园办公室", True),
            ("瓦房店市教育局（盖章）", False), ("瓦房店市教育局批准", False), ("经瓦房店市教育局同意", False), ("瓦房店市教育局〔2026〕12号", False), ("复州城镇人民政府办公室", False), ("市教育委员会", False),
            ("瓦房店市 教育局", False), ("复州城镇中心小学（瓦房店市教育局批准）", False), ("复州城镇政府", False), ("瓦房店市人民政府", False), ("省教育厅", False), ("瓦房店市教育局和复州城镇政府", False),
        )
    ),
    (
        "suspension until today",
        "movement",
        {"kind": "休学", "moved_on": date(2026, 3, 1), "suspended_until": ON, "progress": "已完成"},
        False,
    ),
    (
        "suspension over",
        "movement",
        {"kind": "休学", "moved_on": date(2026, 3, 1), "suspended_until": ON - timedelta(days=1), "progress": "已完成"},
        True,
    ),
    (
        "transfer out completed",
        "movement",
        {"kind": "转学(转出)", "moved_on": date(2026, 8, 1), "to_school": 9, "progress": "已完成"},
        False,
    ),
    (
        "transfer out not completed",
        "movement",
        {"kind": "转学(转出)", "moved_on": date(2026, 8, 1), "to_school": 9, "progress": "待转入地教育局核办"},
        True,
    ),
    (
        "suspension that the list of today no longer has",
        "movement",
        {"kind": "休学", "moved_on": date(2026, 3, 1), "suspended_until": date(2027, 3, 1), "progress": "已完成", "valid": Range(date(2026, 3, 1), ON)},
        True,
    ),
    (
        "transfer that the list of today no longer has",
        "movement",
        {"kind": "转学(转出)", "moved_on": date(2026, 8, 1), "to_school": 9, "progress": "已完成", "valid": Range(date(2026, 8, 1), ON)},
        True,
    ),
    (
        "transfer that the list of tomorrow will not have",
        "movement",
        {"kind": "转学(转出)", "moved_on": date(2026, 8, 1), "to_school": 9, "progress": "已完成", "valid": Range(date(2026, 8, 1), ON + timedelta(days=1))},
        False,
    ),
    ("committee's assessment of a year ago", "assessment", {"kind": "COMMITTEE", "result": "不具备学习条件", "assessed": "2025-11-24"}, False),
    ("committee's assessment of more than a year ago", "assessment", {"kind": "COMMITTEE", "result": "不具备学习条件", "assessed": "2025-11-23"}, True),
    ("transfer to nowhere", "movement", {"kind": "转学(转出)", "moved_on": date(2026, 8, 1), "progress": "已完成"}, True),
    ("transfer to a school of this city that does not list the child", "movement", {"kind": "省内转学", "moved_on": date(2026, 9, 1), "to_school": 5, "from_school": 8, "progress": "已完成"}, True),
    ("transfer told by the day of its completion alone", "movement", {"kind": "省内转学", "completed_on": date(2026, 9, 8), "to_school": 9, "progress": "已完成"}, False),
    ("transfer to another province, to a school of the same name", "movement", {"kind": "跨省转学", "moved_on": date(2026, 9, 1), "to_school": 5, "from_school": 7, "progress": "已完成"}, False),
    ("transfer from another province", "movement", {"kind": "跨省转学", "moved_on": date(2026, 9, 1), "to_school": 5, "from_school": 9, "progress": "已完成"}, True),
    ("transfer to another province, to a school that nobody names", "movement", {"kind": "跨省转学", "moved_on": date(2026, 9, 1), "from_school": 5, "progress": "已完成"}, True),
    ("abroad", "movement", {"kind": "出国", "moved_on": date(2026, 5, 1), "progress": "已完成"}, False),
]


async def test_exclusions(city):
    """All children of the table in one city."""
    children = []
    for _, noun, values, _ in EXCLUSIONS:
        children.append(await city.child())
        await city.fact(noun, children[-1], source="education.student_register", **values)
    found = await city.found()
    told = {what: child in found for child, (what, *_) in zip(children, EXCLUSIONS, strict=True)}
    assert told == {what: is_found for what, *_, is_found in EXCLUSIONS} and len(told) == len(EXCLUSIONS)


BACK = date(2026, 9, 1)
SUSPENDED = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("noun", "since", "is_found"),
    [
        ({"kind": "复学", "moved_on": BACK}, None, True),
        ({"kind": "恢复学籍", "moved_on": BACK}, None, True),
        ({"kind": "复学", "completed_on": BACK}, None, True),  # told by the day of its completion alone
        ({"kind": "复学", "moved_on": SUSPENDED}, None, False),  # from an earlier suspension
        ({"kind": "复学", "moved_on": ON}, None, True),
        ({"kind": "复学", "moved_on": ON + timedelta(days=1)}, None, False),
        ({"kind": "复学", "moved_on": BACK, "progress": "待审核"}, None, False),
        ({"kind": "复学", "moved_on": BACK, "progress": "已取消"}, None, False),
        ({"kind": "退学", "moved_on": BACK}, None, True),
        ({"kind": "转学(转出)", "moved_on": BACK}, None, True),  # to nowhere
        ({"kind": "转学(转出)", "moved_on": BACK, "to_school": 9}, None, False),
        ({"kind": "转班级", "moved_on": BACK}, None, False),
        ({"kind": "休学", "moved_on": BACK, "suspended_until": ON}, None, False),  # suspended again
        ({"state": "流失", "grade": 3, "school": 5}, BACK, True),
        ({"state": "流失", "grade": 3, "school": 5}, SUSPENDED, False),  # before it was suspended
        ({"state": "退学", "grade": 3, "school": 5}, BACK, True),
        ({"state": "其他", "grade": 3, "school": 5}, BACK, False),
        ({"mark": "辍学", "marked_on": BACK}, BACK, True),
        ({"mark": "疑似辍学", "marked_on": BACK}, BACK, False),
        ({"mark": "辍学", "marked_on": BACK, "returned_on": BACK + timedelta(days=1)}, BACK, False),
    ],
)  # fmt: skip
async def test_a_suspension_exempts_until_it_is_over(city, noun, since, is_found):
    person = await city.child()
    await city.fact("movement", person, kind="休学", moved_on=SUSPENDED, suspended_until=date(2027, 2, 28), progress="已完成", source="education.movement")
    where = "movement" if "kind" in noun else "enrolment" if "state" in noun else "absence_spell"
    await city.fact(where, person, source="education.student_register", valid=Range(since or SUSPENDED, None), **({"progress": "已完成"} if where == "movement" else {}) | noun)
    assert (person in await city.found()) is is_found


async def test_a_suspension_whose_beginning_is_not_told_exempts_until_its_end(city):
    person = await city.child()
    await city.fact("movement", person, kind="休学", applied_on=SUSPENDED, suspended_until=ON, progress="已完成", source="education.movement")
    assert await city.found() == {}
    assert set(await city.found(ON + timedelta(days=1))) == {person}


@pytest.mark.parametrize("left", ["跨省转学", "出国"])
@pytest.mark.parametrize(
    ("back", "is_found"),
    [
        (None, False),
        ({"kind": "转学(转入)", "moved_on": BACK, "to_school": 5}, True),
        ({"kind": "转学(转入)", "moved_on": BACK}, True),
        ({"kind": "转学(转入)", "moved_on": BACK, "to_school": 9}, False),  # what the other school entered
        ({"kind": "转学(转入)", "moved_on": BACK, "progress": "待转入地教育局核办"}, False),
        ({"kind": "转学(转入)", "moved_on": ON + timedelta(days=1)}, False),
        ({"kind": "转学(转入)", "moved_on": date(2026, 3, 1)}, False),  # on the day of the departure: that was before it
        ({"kind": "转学(转入)", "moved_on": date(2026, 3, 2)}, True),
        ({"kind": "回国复学", "moved_on": BACK}, True),
        ({"kind": "复学", "moved_on": BACK}, True),
        ({"kind": "省内转学", "moved_on": BACK, "to_school": 5, "from_school": 9}, True),
        ({"kind": "休学", "moved_on": BACK}, False),
    ],
)
async def test_who_came_back_is_no_longer_elsewhere(city, left, back, is_found):
    person = await city.child()
    for told in ({"kind": left, "moved_on": date(2026, 3, 1), "to_school": 9}, *([back] if back else [])):
        await city.fact("movement", person, source="education.movement", valid=Range(date(2026, 3, 1), None), **{"progress": "已完成"} | told)
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("state", "since", "is_found"),
    [("流失", date(2026, 3, 2), True), ("流失", date(2026, 3, 1), False), ("转学(转出)", date(2026, 3, 2), False), ("下落不明", BACK, True)],
)
async def test_a_place_here_that_was_lost_since_outweighs_a_departure(city, state, since, is_found):
    person = await city.child()
    await city.fact("movement", person, kind="跨省转学", moved_on=date(2026, 3, 1), to_school=9, progress="已完成", source="education.movement")
    await city.fact("enrolment", person, state=state, grade=3, school=5, valid=Range(since, None), source="education.student_register")
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("name", "is_found"),
    [("瓦房店市第二小学", True), ("辽宁省大连市瓦房店市第二小学", True), ("瓦房店市复州城镇中心小学", True), ("2121000005", True), ("大连市甘井子区某小学", False), ("长春市复州城镇中心小学", False)],
)
async def test_what_names_a_school_of_this_city(city, name, is_found):
    person = await city.child()
    await city.connection.execute("update school_profile set code = '2121000005' where school = 5")
    await city.connection.execute("insert into school values (210281, 30, $1, null, 1)", name)
    await city.fact("movement", person, kind="省内转学", moved_on=BACK, to_school=30, from_school=5, progress="已完成", source="education.movement")
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(("source", "is_found"), [("education.student_register", True), ("education.exam", False)])
async def test_a_school_whose_pupils_the_register_lists_is_of_this_city(city, source, is_found):
    person, other = await city.child(), await city.registered()
    await city.connection.execute("insert into school values (210281, 30, '某小学', null, 1)")
    await city.fact("enrolment", other, source=source, state="在读", grade=3, school=30)
    await city.fact("movement", person, kind="转学(转出)", moved_on=BACK, to_school=30, from_school=5, progress="已完成", source="education.movement")
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("differs", "is_found"),
    [
        ({"register": {"deceased_on": ON}}, False),
        ({"register": {"deceased_on": ON + timedelta(days=1)}}, True),
        ({"register": {"cancelled_on": ON}}, False),
        ({"register": {"register_state": "死亡注销"}}, False),  # no day is told
        ({"register": {"register_state": "注销"}}, False),
        ({"register": {"register_state": "死亡注销", "deceased_on": ON + timedelta(days=1)}}, True),
        ({"register": {"cancelled_on": ON + timedelta(days=1)}}, True),
        ({"register": {"register_state": "迁出", "cancelled_on": ON + timedelta(days=1)}}, True),
        ({"register": {"register_state": "迁出", "cancelled_on": ON}}, False),
        ({"register": {"register_state": "市内迁移", "cancel_reason": "市内迁移", "cancelled_on": ON}}, True),  # to another entry of this city
        ({"register": {"register_state": "死亡注销", "valid": LEFT}}, False),  # a cancelled entry that is no longer listed is cancelled still
        ({"register": {"register_state": "迁出", "cancelled_on": REF, "valid": LEFT}}, False),
        ({"register": {"register_state": "正常", "valid": LEFT}}, True),  # its home is here by the certificate's address
        ({"certificate": {"valid_until": REF}}, True),  # in force on the reference date: E.1 counts by that day
        ({"certificate": {"valid_until": REF - timedelta(days=1)}}, False),
        ({"certificate": {"state": "过期"}}, False),
        ({"certificate": {"state": "状态不明"}}, True),  # which nobody can read
        ({"certificate": {"valid": Range(ON, None)}}, True),  # issued since: nobody waits a year for the next reference date
        ({"certificate": {"valid": Range(ON + timedelta(days=1), None)}}, False),
    ],
)
async def test_gone_and_expired(city, differs, is_found):
    person = await city.child(**differs)
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(("why", "is_found"), [
    ("死亡", False), ("儿童因病去世", False), ("本人溺水身亡", False), ("事实无人抚养儿童死亡", False), ("母亲死亡，转为孤儿", True), ("爷爷去世，改由姑姑抚养", True),
    ("原抚养人死亡", True), ("户主死亡", True), ("照料人病故", True), ("被收养", True),
])  # fmt: skip
async def test_a_death_that_ended_an_allowance(city, why, is_found):
    person = await city.child()
    await city.fact("assistance", person, programme="F06", state="停保", stop_reason=why, source="civil_affairs.child_welfare")
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(("died", "is_found"), [(ON, False), (ON + timedelta(days=1), True)])
async def test_any_lists_date_of_death_counts(city, died, is_found):
    person = await city.child()
    await city.connection.execute(
        """insert into mention (division, id, record, hash, source, role, kind, name, name_key, deceased_on, number_state, valid, known_from)
           values (210281, 700, 700, 1, 'health.deaths', '主体', 'any', '王小禾', '王小禾', $1, '', '[2026-09-01,)', 1)""", died)  # fmt: skip
    await city.connection.execute("insert into identity (division, id, person, tier, score, reasons, rule_version, cluster, valid, known_from) values (210281, 700, $1, 'NUMBER', 9, '[]', '1', '', '(,)', 1)", person)
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("first", "second", "is_found"),
    [
        ({"register_state": "正常"}, {"register_state": "迁出", "cancelled_on": date(2024, 3, 1)}, True),
        ({"register_state": "正常"}, {"register_state": "重户", "cancelled_on": date(2024, 3, 1)}, True),
        ({"register_state": "正常"}, {"register_state": "死亡注销", "valid": LEFT}, True),  # the entry that stands counts
        ({"register_state": "死亡注销", "valid": Range(REF, LEFT.upper)}, {"register_state": "正常", "valid": Range(date(2026, 1, 1), REF)}, False),
        ({"register_state": "正常", "cancelled_on": date(2024, 3, 1), "cancel_reason": "重户"}, None, True),
        ({"register_state": "迁出"}, {"register_state": "迁出", "cancelled_on": date(2024, 3, 1)}, False),
        ({"register_state": "正常"}, {"register_state": "死亡注销"}, False),
    ],
)
async def test_a_child_with_two_register_entries(city, first, second, is_found):
    person = await city.child(register=first)
    if second:
        await city.fact("hukou_registration", person, source="public_security.household_register", **second)
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("born", "severity"),
    [
        (("2015-01-01", "2015-12-31"), "medium"),  # a year alone, well inside
        (("2020-08-01", "2020-08-31"), "medium"),  # the month in which the age is reached
        (("2020-01-01", "2020-12-31"), "low"),  # perhaps six, perhaps five
        (("2020-09-01", "2020-09-30"), None),
        (("2008-08-01", "2008-08-31"), None),
        (("2008-01-01", "2008-12-31"), "low"),
    ],
)
async def test_a_birth_date_that_is_known_in_part(city, born, severity):
    person = await city.child()
    await city.connection.execute(
        "update person_resolved set birth_date = null, born_from = $2::text::date, born_to = $3::text::date where id = $1", person, *born
    )
    assert (person in await city.found()) is (severity is not None)
    assert await city.connection.fetchval("select severity from finding where rule = 'unenrolled_disabled'") == severity


@pytest.mark.parametrize(
    ("valid", "is_found"),
    [
        (Range(date(2025, 6, 1), date(2026, 6, 1)), False),  # it ran out before the reference date
        (Range(date(2025, 9, 1), date(2026, 9, 1)), True),  # in force on 31 August
        (Range(date(2026, 11, 1), None), True),
    ],
)
async def test_who_is_registered_elsewhere_is_local_by_a_permit_in_force(city, valid, is_found):
    person = await city.child()
    await city.connection.execute("delete from hukou_registration")
    await city.fact("residence_permit", person, source="public_security.residence_permit", valid=valid)
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("dates", "is_found"),
    [
        ({"issued_on": date(2022, 3, 10), "endorsed_on": date(2023, 3, 8)}, False),  # for a year
        ({"issued_on": date(2022, 3, 10), "endorsed_on": date(2025, 8, 31)}, False),
        ({"issued_on": date(2022, 3, 10), "endorsed_on": date(2025, 9, 1)}, True),  # in force on 31 August
        ({"issued_on": date(2025, 9, 1)}, True),
        ({"endorsed_on": date(2023, 3, 8), "expires_on": date(2027, 3, 7)}, True),  # the end that it tells counts
        ({"endorsed_on": date(2026, 7, 15), "expires_on": date(2026, 8, 1), "valid": Range(date(2024, 7, 20), date(2026, 8, 2))}, True),  # and an endorsement after it was printed
        ({"endorsed_on": date(2025, 8, 31), "expires_on": date(2026, 8, 1), "valid": Range(date(2024, 7, 20), date(2026, 8, 2))}, False),
        ({"endorsed_on": date(2026, 7, 15), "expires_on": date(2027, 8, 1), "valid": Range(date(2024, 7, 20), date(2026, 8, 2))}, False),  # the list no longer has it
        ({}, True),
    ],
)
async def test_a_permit_that_tells_no_end_is_in_force_for_a_year(city, dates, is_found):
    person = await city.child()
    await city.connection.execute("delete from hukou_registration")
    await city.fact("residence_permit", person, source="public_security.residence_permit", **dates)
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("places", "kind"),
    [
        ([{"placement": "送教上门"}], "TAUGHT_WITHOUT_NUMBER"),
        ([{"attendance_mode": "送教上门"}], "TAUGHT_WITHOUT_NUMBER"),
        ([{"placement": "送教上门", "student_number_blind": b"1"}], None),
        ([{"placement": "送教上门"}, {"student_number_blind": b"1"}], None),
        ([{"placement": "送教上门"}, {"student_number_blind": b"1", "state": "流失"}], "TAUGHT_WITHOUT_NUMBER"),
        ([{"placement": "普通学校随班就读"}], None),
        ([{"placement": "送教上门", "state": "流失"}], "INACTIVE_ENROLMENT"),
    ],
)
async def test_who_is_taught_at_home_must_have_a_student_number(city, places, kind):
    person = await city.child()
    for place in places:
        await city.fact("enrolment", person, source="education.student_register", **({"state": "在读", "grade": 3, "school": 5} | place))
    assert (await city.found()).get(person) == kind
    if kind:
        evidence = orjson.loads(await city.connection.fetchval("select evidence from finding where rule = 'unenrolled_disabled'"))
        assert "enrolment" in {side["fact"] for side in evidence["sides"]}
        assert await city.connection.fetchval("select school from finding where rule = 'unenrolled_disabled'") == 5


@pytest.mark.parametrize(("grade", "is_found"), [(6, True), (9, False), (None, False)])
async def test_the_end_of_primary_school_is_not_the_end(city, grade, is_found):
    person = await city.child(date(2011, 8, 31))
    await city.fact("movement", person, kind="毕业", moved_on=date(2026, 6, 28), grade=grade, source="education.movement")
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("born", "school", "note", "is_found"),
    [
        (date(2011, 8, 31), 20, None, True),  # fifteen, from a primary school by the register of schools
        (date(2011, 8, 31), 21, None, True),  # by its name
        (date(2011, 8, 31), 22, None, False),  # from a junior middle school
        (date(2012, 8, 31), 22, None, False),  # fourteen
        (date(2011, 8, 31), 23, None, False),  # of both stages, at fifteen
        (date(2011, 9, 1), 23, None, True),  # at fourteen it may have been the first
        (date(2011, 8, 31), 24, None, True),  # a special school, whose pupils are of any age
        (date(2011, 8, 31), None, None, False),
        (date(2011, 9, 1), None, None, True),
        (date(2011, 8, 31), None, "小学毕业", True),
        (date(2011, 9, 1), 23, "初中毕业", False),
        (date(2011, 9, 1), 25, None, False),  # a school whose kind counts before its name
    ],
)
async def test_which_stage_was_completed_where_no_grade_is_told(city, born, school, note, is_found):
    for id_, name, kind in ((20, "八里庄", "小学"), (21, "桃园小学", None), (22, "复州城镇初级中学", None), (23, "泡崖学校", "九年一贯制学校"), (24, "培智学校", "特殊教育学校"), (25, "小学部旧址中学", "初级中学")):
        await city.school(id_, name, kind=kind)
    person = await city.child(born)
    await city.fact("movement", person, kind="毕业", moved_on=date(2026, 6, 30), from_school=school, note=note, progress="已完成", source="education.movement")
    record = await city.connection.fetchval("select record from movement")
    await city.fact("graduation", person, outcome="毕业", graduated_on=date(2026, 6, 30), school=school, record=record, source="education.movement")
    assert (person in await city.found()) is is_found
    assert (person in await city.found(rule="lost_between_schools")) is (school in (20, 21) or note == "小学毕业")


@pytest.mark.parametrize(
    ("born", "kind", "grade", "is_found"),
    [
        (date(2011, 8, 31), "毕业", 7, False),  # the grade at which the row was filed, or 初一 for 初三
        (date(2011, 8, 31), "毕业", 6, True),  # primary school's certificate
        (date(2011, 8, 31), "其他", None, False),
        (date(2011, 8, 31), "其他", 8, True),
        (date(2014, 1, 1), "毕业", None, True),  # too young for junior middle school's
    ],
)
async def test_a_certificate_number_says_that_school_is_done(city, born, kind, grade, is_found):
    person = await city.child(born)
    await city.fact("movement", person, kind=kind, moved_on=date(2026, 6, 28), grade=grade, graduation_certificate="BY1", source="education.movement")
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("told", "is_found"),
    [
        ({"marked_on": ON}, True),
        ({"marked_on": ON + timedelta(days=1)}, False),
        ({"marked_on": ON, "returned_on": ON}, False),
        ({"marked_on": ON, "returned_on": ON + timedelta(days=1)}, True),
        ({"marked_on": ON, "returned_on": ON - timedelta(days=1)}, True),  # had come back before it was marked
        ({"returned_on": ON}, False),
        ({"marked_on": ON, "closed_on": ON}, False),
        ({"marked_on": ON, "mark": "状态不明"}, True),  # which nobody can read
        ({"marked_on": ON, "mark": "状态不明", "returned_on": ON}, False),
        ({"marked_on": ON, "mark": "无标注"}, False),
        ({"marked_on": ON, "mark": None}, False),
    ],
)
async def test_a_mark_of_dropout_counts_from_its_day_to_the_return(city, told, is_found):
    person = await city.child()
    await city.fact("enrolment", person, source="education.student_register", state="在读", grade=3)
    await city.fact("absence_spell", person, source="education.dropout_ledger", **{"mark": "辍学"} | told)
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(
    ("mark", "back", "is_found"),
    [
        ({"kind": "辍学标注", "moved_on": ON}, None, True),
        ({"kind": "辍学标注", "moved_on": ON + timedelta(days=1)}, None, False),
        ({"kind": "辍学标注", "applied_on": BACK}, None, True),
        ({"kind": "辍学标注", "moved_on": BACK, "progress": "待审核"}, None, True),  # the school has marked the pupil
        ({"kind": "辍学标注", "moved_on": BACK, "progress": "已取消"}, None, False),
        ({"kind": "疑似辍学标注", "moved_on": BACK}, None, False),
        ({"kind": "辍学标注", "moved_on": BACK}, {"kind": "辍学返校", "moved_on": BACK}, False),
        ({"kind": "辍学标注", "moved_on": BACK}, {"kind": "辍学返校", "moved_on": SUSPENDED}, True),  # from an earlier one
        ({"kind": "辍学标注", "moved_on": BACK}, {"kind": "辍学返校", "moved_on": ON + timedelta(days=1)}, True),
        ({"kind": "辍学标注", "moved_on": BACK}, {"kind": "辍学返校", "moved_on": ON, "progress": "待审核"}, True),
        ({"kind": "辍学标注", "moved_on": BACK}, {"kind": "转学(转入)", "moved_on": ON}, False),
        ({"kind": "辍学标注", "moved_on": BACK}, {"kind": "转学(转出)", "moved_on": ON, "to_school": 9}, False),
        ({"kind": "辍学标注", "moved_on": BACK}, {"mark": "辍学", "marked_on": BACK, "returned_on": ON}, False),  # the ledger tells the return
        ({"kind": "辍学标注", "moved_on": BACK}, {"mark": "辍学", "marked_on": SUSPENDED, "returned_on": BACK - timedelta(days=1)}, True),
    ],
)  # fmt: skip
async def test_a_mark_of_dropout_among_the_movements_counts_too(city, mark, back, is_found):
    person = await city.child()
    await city.fact("enrolment", person, source="education.student_register", state="在读", grade=3, school=5)
    for told in (mark, *([back] if back else [])):
        noun = "movement" if "kind" in told else "absence_spell"
        await city.fact(noun, person, source="education.movement", valid=Range(SUSPENDED, None), **({"progress": "已完成"} if "kind" in told else {}) | told)
    assert (person in await city.found()) is is_found


async def test_graduation_counts_from_fourteen(city):
    older, younger = await city.child(date(2011, 8, 31)), await city.child(date(2014, 1, 1))
    for person in (older, younger):
        await city.fact("movement", person, kind="毕业", moved_on=date(2026, 6, 28), progress="已完成", source="education.movement")
    assert set(await city.found()) == {younger}


@pytest.mark.parametrize(("progress", "is_found"), [("已完成", False), (None, False), ("已取消", True), ("审核不通过", True)])
async def test_a_graduation_that_was_turned_down_is_none(city, progress, is_found):
    person = await city.child(date(2011, 8, 31))
    await city.fact("movement", person, kind="毕业", moved_on=date(2026, 6, 28), grade=9, progress=progress, source="education.movement")
    await city.fact("graduation", person, outcome="毕业", graduated_on=date(2026, 6, 28), grade=9, record=await city.connection.fetchval("select record from movement"), source="education.movement")
    assert (person in await city.found()) is is_found

"""E.2, E.3 and the full list of compulsory age as tables: who belongs to the population the day before and after, and who is left out."""

from datetime import date, timedelta

import pytest
from asyncpg import Range

from hub.domain.values.division import TOWNSHIPS
from hub.rules import RULES as EVERY_RULE
from tests.rules.city import ON, REF

DAY = timedelta(days=1)
RULES = ("unenrolled", "unenrolled_of_prisoners", "unenrolled_poor")


@pytest.fixture
def rule():
    return "unenrolled"


async def found(city, on=ON):
    """The rules that find the one child."""
    await city.check(on, rules=[rule for rule in EVERY_RULE if rule.name in RULES])
    rows = await city.connection.fetch("select rule, person from finding where contradicted_on is null and rule = any($1)", list(RULES))
    assert len({row["person"] for row in rows}) <= 1
    return {row["rule"].removeprefix("unenrolled").removeprefix("_") or "all" for row in rows}


async def of_prisoner(city, child, **custody):
    parent = await city.someone(date(1985, 3, 17))
    told = {"facility": "某监狱", "sentence_from": "2023-01-10", "sentence_to": "2027-07-09"} | custody
    await city.fact("custody", parent, source="justice.prisoners_children", **told)
    await city.fact("kinship", child, source="justice.prisoners_children", relative=parent, relation="父亲")
    return parent


@pytest.mark.parametrize(
    ("born", "is_found"),
    [
        (date(2020, 9, 1), False),  # 5 on the reference date
        (date(2020, 8, 31), True),  # 6: the birthday counts
        (date(2010, 9, 1), True),  # 15
        (date(2010, 8, 31), False),  # 16
    ],
)
async def test_compulsory_age_on_the_reference_date(city, born, is_found):
    child = await city.registered(born)
    await of_prisoner(city, child)
    await city.fact("assistance", child, source="civil_affairs.minimum_living_allowance", programme="F01", state="在保")
    assert await found(city) == ({"all", "of_prisoners", "poor"} if is_found else set())


@pytest.mark.parametrize(
    ("noun", "values", "rules"),
    [
        ("parent_situation", {"source": "justice.prisoners_children", "situation": "服刑在押"}, {"of_prisoners"}),  # by who may know of the list alone
        ("parent_situation", {"source": "civil_affairs.child_welfare", "situation": "失联"}, set()),
        ("left_behind_file", {"source": "civil_affairs.left_behind", "definition": "CIVIL_AFFAIRS"}, {"all"}),
        ("assistance", {"source": "civil_affairs.child_welfare", "programme": "F06", "state": "在保"}, {"poor"}),
        ("schooling_statement", {"source": "disabled_persons.unenrolled_list", "out_of_school": True}, {"all"}),
        ("schooling_statement", {"source": "disabled_persons.survey", "out_of_school": True}, set()),  # a list of everybody
        ("assistance", {"source": "civil_affairs.minimum_living_allowance", "programme": "F01", "state": "在保"}, set()),
    ],
)
async def test_whose_birth_date_nobody_tells_is_a_child_by_a_list_of_minors(city, noun, values, rules):
    child = await city.someone(date(2015, 5, 3))
    await city.connection.execute("update person_resolved set birth_date = null, born_from = null, born_to = null")
    await city.fact(noun, child, **values)
    assert await found(city) == rules
    assert {row["severity"] for row in await city.connection.fetch("select severity from finding where rule ~ '^unenrolled'")} == ({"low"} if rules else set())
    told = await city.connection.fetch("select certain, conclusion, owner from register_entry")
    assert [tuple(row) for row in told] == ([(False, "失学", "")] if "all" in rules else [])  # a blind spot


@pytest.mark.parametrize(("grade", "severity"), [(None, "low"), (8, "medium")])
async def test_a_fifteen_year_old_of_unknown_history_counts_little(city, grade, severity):
    child = await city.registered(date(2010, 9, 1))
    if grade:
        await city.fact("enrolment", child, state="流失", grade=grade, source="education.student_register")
    assert (await city.one())["severity"] == severity


@pytest.mark.parametrize(
    ("custody", "is_found"),
    [
        ({}, True),
        ({"valid": Range(date(2023, 1, 1), REF + DAY), "sentence_to": REF.isoformat()}, False),  # released on the reference date
        ({"valid": Range(date(2023, 1, 1), REF + 2 * DAY), "sentence_to": (REF + DAY).isoformat()}, True),  # released the day after
        ({"valid": Range(ON, None), "sentence_from": ON.isoformat()}, True),  # begun today
        ({"valid": Range(ON + DAY, None), "sentence_from": (ON + DAY).isoformat()}, False),  # begins tomorrow
        ({"sentence_to": "2026-08"}, False),  # released with the month of the reference date at the latest
        ({"sentence_to": "2026-09"}, True),
        ({"sentence_to": "2026"}, True),
        ({"sentence_to": "2025"}, False),
        ({"sentence_to": None}, True),
        ({"facility": "已释放"}, False),
        ({"facility": "社区矫正"}, False),  # the parent is at home
        ({"facility": "某看守所(未决)"}, False),  # remand is no sentence
    ],
)
async def test_a_parent_in_prison_on_a_day_from_the_reference_date_on(city, custody, is_found):
    child = await city.registered()
    await of_prisoner(city, child, **custody)
    assert await found(city) == ({"all", "of_prisoners"} if is_found else {"all"})


@pytest.mark.parametrize(
    ("relation", "is_found"), [("父亲", True), ("母亲", True), ("父母", True), ("祖父", False), ("兄", False), (None, False)]
)
async def test_a_grandfather_in_prison_is_no_parent(city, relation, is_found):
    child = await city.registered()
    await of_prisoner(city, child)
    await city.connection.execute("update kinship set relation = $1", relation)
    assert ("of_prisoners" in await found(city)) is is_found


async def test_a_prisoner_who_heads_the_register_household_is_the_parent_of_his_son_and_not_of_a_grandson(city):
    for relation, is_found in (("长子", True), ("其他女儿", True), ("孙子", False), ("女婿", False)):
        child = await city.registered()
        parent = await of_prisoner(city, child)
        await city.connection.execute("delete from kinship")
        await city.fact("membership", child, source="public_security.household_register", household=1, household_kind="REGISTER", head=parent, relation_to_head=relation)
        assert ("of_prisoners" in await found(city)) is is_found
        for table in ("person_resolved", "hukou_registration", "membership", "custody", "finding"):
            await city.connection.execute(f"delete from {table}")


async def test_where_rows_name_no_head_it_is_the_member_whose_row_says_so(city):
    """The register's layout by letter codes (B.8) has no column of heads: 02 in the head's own row says who it is; and the child of a head is that of the head's spouse."""
    for head, relation, is_found in (("户主", "长子", True), ("户主", "孙子", False), ("夫", "长子", True), ("配偶", "女", True), ("配偶", "孙子", False), ("女婿", "孙子", False)):
        child = await city.registered()
        parent = await of_prisoner(city, child)
        await city.connection.execute("delete from kinship")
        for person, told in ((child, relation), (parent, head)):
            await city.fact("membership", person, source="public_security.household_register", household=1, household_kind="REGISTER", relation_to_head=told)
        assert ("of_prisoners" in await found(city)) is is_found
        for table in ("person_resolved", "hukou_registration", "membership", "custody", "finding"):
            await city.connection.execute(f"delete from {table}")


@pytest.mark.parametrize(
    ("assistance", "is_found"),
    [
        ({"programme": "F01", "state": "在保"}, True),
        ({"programme": "F01", "state": None}, True),
        ({"programme": "F01", "state": "停保"}, False),
        ({"programme": "F01", "state": "在保", "covered": False}, False),  # listed with the household, and not covered
        ({"programme": "F01", "state": "在保", "valid": Range(date(2023, 1, 1), REF)}, False),  # ended before the reference date
        ({"programme": "F01", "state": "在保", "valid": Range(date(2023, 1, 1), REF + DAY)}, True),  # its last day
        ({"programme": "F01", "state": "在保", "valid": Range(ON, None)}, True),  # granted today
        ({"programme": "F01", "state": "在保", "valid": Range(ON + DAY, None)}, False),
        ({"programme": "F03", "kind": "低保边缘", "state": "在保"}, True),
        ({"programme": "F04", "state": "在保"}, True),
        ({"programme": "F05", "kind": "社会散居孤儿"}, True),
        ({"programme": "F06", "kind": "事实无人抚养儿童"}, True),
        ({"programme": "POV", "kind": "脱贫户"}, True),
        ({"programme": "F07"}, False),  # a subsidy for disability is no sign of poverty by itself
    ],
)
async def test_poor_on_a_day_from_the_reference_date_on(city, assistance, is_found):
    child = await city.registered()
    await city.fact("assistance", child, source="civil_affairs.minimum_living_allowance", **assistance)
    assert await found(city) == ({"all", "poor"} if is_found else {"all"})


ACCOUNTED = [
    ("enrolment", {"state": "在读", "grade": 3}),
    ("movement", {"kind": "转学(转出)", "moved_on": date(2026, 8, 1), "to_school": 9, "progress": "已完成"}),
    ("deferral_approval", {"approved_on": date(2026, 8, 20), "until": ON}),
    ("movement", {"kind": "休学", "moved_on": date(2026, 3, 1), "suspended_until": ON, "progress": "已完成"}),
]


@pytest.mark.parametrize(("noun", "values"), ACCOUNTED)
async def test_who_is_accounted_for_is_found_by_none(city, noun, values):
    child = await city.registered()
    await of_prisoner(city, child)
    await city.fact(noun, child, source="education.student_register", **values)
    assert await found(city) == set()


async def test_a_dropout_in_poverty_is_told_as_such(city):
    child = await city.registered()
    await city.fact("assistance", child, source="civil_affairs.minimum_living_allowance", programme="F01")
    await city.fact("enrolment", child, source="education.student_register", state="在读", grade=3, school=5)
    await city.fact("absence_spell", child, source="education.dropout_ledger", mark="辍学", marked_on=ON)
    row = await city.one(rule="unenrolled_poor")
    assert (row["kind"], row["school"], row["severity"]) == ("DROPOUT_POOR", 5, "high")


@pytest.mark.parametrize("kind", ["毕业", "结业"])
@pytest.mark.parametrize(
    ("values", "is_found"),
    [
        ({"progress": "已完成"}, False),
        ({"progress": None}, False),  # a list without 审核状态 tells what is done
        ({"progress": "待审核"}, True),
        ({"progress": "待转出校核办"}, True),
        ({"progress": "状态不明"}, True),
        ({"progress": "审核不通过"}, True),
        ({"progress": "已完成", "completed_on": ON}, False),
        ({"progress": "已完成", "completed_on": ON + DAY}, True),
        ({"progress": "待审核", "graduation_certificate": "BY1"}, False),  # the certificate says it
    ],
)
async def test_compulsory_education_ends_when_the_graduation_is_completed(city, kind, values, is_found):
    child = await city.registered(date(2011, 10, 10))
    await city.fact("movement", child, kind=kind, grade=9, moved_on=date(2026, 6, 28), valid=Range(date(2026, 7, 1), None), source="education.movement", **values)
    assert await found(city) == ({"all"} if is_found else set())


@pytest.mark.parametrize(
    ("values", "place", "is_found"),
    [
        ({}, None, False),  # the next full list no longer has who has graduated
        ({"outcome": "结业"}, None, False),
        ({"grade": 6}, None, True),
        ({}, {"state": "流失", "grade": 9}, True),  # the row says otherwise by now
        ({}, {"state": "流失", "grade": None}, True),
        ({"source": "education.movement"}, None, True),  # a list of all years, from which the row was taken
    ],
)
async def test_who_left_the_student_register_as_a_graduate_has_graduated(city, values, place, is_found):
    child = await city.registered(date(2011, 10, 10))
    told = {"source": "education.student_register", "outcome": "毕业", "grade": 9, "valid": Range(date(2026, 6, 30), date(2026, 9, 28))} | values
    await city.fact("graduation", child, **told)
    if place:
        await city.fact("enrolment", child, source="education.student_register", valid=Range(date(2026, 9, 28), None), **place)
    assert await found(city) == ({"all"} if is_found else set())


LEFT, MARKED = date(2026, 3, 10), date(2026, 10, 5)


@pytest.mark.parametrize(
    ("departure", "noun", "since", "is_found"),
    [
        ({}, {"kind": "辍学标注", "moved_on": MARKED}, MARKED, True),
        ({}, {"kind": "疑似辍学标注", "moved_on": MARKED}, MARKED, False),
        ({}, {"kind": "辍学标注", "moved_on": LEFT}, LEFT, False),  # before the departure was all done
        ({"completed_on": date(2026, 3, 20)}, {"kind": "辍学标注", "moved_on": date(2026, 3, 15)}, LEFT, False),
        ({"kind": "出国", "to_school": None}, {"kind": "辍学标注", "moved_on": MARKED}, MARKED, True),
        ({}, {"mark": "辍学", "marked_on": MARKED}, MARKED, True),
        ({}, {"mark": "辍学", "first_absent_on": MARKED}, MARKED, True),
        ({}, {"mark": "辍学", "marked_on": date(2026, 2, 1)}, LEFT, False),  # the school elsewhere came after it
        ({}, {"mark": "辍学", "marked_on": MARKED, "returned_on": ON}, MARKED, False),
        ({}, {"mark": "疑似辍学", "marked_on": MARKED}, MARKED, False),
        ({}, {"state": "退学", "grade": 3}, MARKED, True),
        ({}, {"state": "开除", "grade": 3}, MARKED, True),
        ({}, {"state": "其他", "grade": 3}, MARKED, False),
        ({}, {"state": "退学", "grade": 3}, LEFT, False),
    ],
)
async def test_who_was_marked_as_a_dropout_since_the_departure_is_enrolled_nowhere(city, departure, noun, since, is_found):
    child = await city.registered()
    told = {"kind": "转学(转出)", "moved_on": LEFT, "to_school": 9, "progress": "已完成"} | departure
    await city.fact("movement", child, source="education.movement", valid=Range(LEFT, None), **told)
    where = "movement" if "kind" in noun else "enrolment" if "state" in noun else "absence_spell"
    await city.fact(where, child, source="education.student_register", valid=Range(since, None), **({"progress": "已完成"} if where == "movement" else {}) | noun)
    assert await found(city) == ({"all"} if is_found else set())


@pytest.mark.parametrize("marked_on", [None, date(2026, 6, 1), MARKED])
async def test_a_vocational_place_enrols_from_fifteen_whom_the_middle_school_has_marked(city, marked_on):
    child = await city.registered(date(2011, 5, 3))
    await city.fact("vocational_enrolment", child, source="vocational.student_register", entered="2026-09", school_name="某职业学校")
    if marked_on:
        await city.fact("absence_spell", child, source="education.dropout_ledger", mark="辍学", marked_on=marked_on, valid=Range(marked_on, None))
    assert await found(city) == set()


@pytest.mark.parametrize(
    "authority",
    ["瓦房店市教育局小学教育科", "瓦房店市教育局学前与小学教育科", "瓦房店市教育局学校管理科", "瓦房店市教育局 瓦教发〔2026〕12号", "瓦房店市教育局（瓦教发(2026)12号）", "瓦房店市教育局第12号批复", "瓦房店市教育局审批通过",
     "瓦房店市教育局基教科已审批同意", "瓦房店市教育局特殊教育指导中心办公室", "瓦房店市教育局（报大连市教育局备案）", "三台满族乡人民政府", "新华街道办事处已批准",
     "瓦房店市教育局：同意", "瓦房店市教育局准予延缓入学", "瓦房店市教育局2026年8月20日批准", "瓦房店市教育局已批", "瓦房店市教育局（公章）2026-08-20", "复州城镇人民政府、瓦房店市教育局同意延缓入学"],
)  # fmt: skip
async def test_a_section_a_documents_number_or_a_word_of_approval_is_the_offices(city, authority):
    child = await city.registered()
    await city.fact("deferral_approval", child, approved_on=date(2026, 8, 20), until=ON, authority=authority)
    assert await found(city) == set()


async def test_every_township_of_the_city_approves(city):
    for town in TOWNSHIPS.values():
        for office in ("", "办事处" if town.endswith("街道") else "人民政府"):
            await city.fact("deferral_approval", await city.registered(), approved_on=date(2026, 8, 20), until=ON, authority=town + office)
    assert await found(city) == set()


@pytest.mark.parametrize(
    "authority",
    ["复州城中心小学报瓦房店市教育局", "复州城镇中心小学呈瓦房店市教育局", "学校转瓦房店市教育局", "待瓦房店市教育局批准", "申请瓦房店市教育局批准", "尚未经瓦房店市教育局批准", "须经复州城镇人民政府批准", "建议瓦房店市教育局批准",
     "复州城镇报瓦房店市教育局批准", "家长申请复州城镇政府批准", "瓦房店市教育局（审批中）", "瓦房店市教育局〔2026〕12号待批准", "瓦房店市教育局备案", "瓦房店市教育局第一小学办公室", "瓦房店市教育局附属小学教务科", "复州城镇民政办",
     *(f"瓦房店市教育局（{word}）" for word in ("否决", "未予批准", "没有批准", "不符合条件", "已撤销", "拒绝", "作废", "暂缓", "暂缓批准", "申请被拒", "无批文", "研究", "批准后撤销", "同意上报", "期满")),
     "瓦房店市教育局否决", "瓦房店市教育局：缓批", "瓦房店市教育局，不", "瓦房店市教育局未2026年8月20日批准", "同意上报瓦房店市教育局", "伪造瓦房店市教育局", "瓦房店市教育局拒绝受理办公室", "沙河口街道社区"],
)  # fmt: skip
async def test_an_office_that_is_still_to_be_asked_has_approved_nothing(city, authority):
    child = await city.registered()
    await city.fact("deferral_approval", child, approved_on=date(2026, 8, 20), until=ON, authority=authority)
    assert await found(city) == {"all"}


@pytest.mark.parametrize(
    ("number", "is_found"),
    [(None, False), ("瓦教缓〔2026〕3号", False), ("2026-003", False), ("已批准", False), ("瓦教〔2026〕3号（已撤销）", True), ("未批准", True), ("待批", True), ("另行通知", True)],
)  # fmt: skip
async def test_what_stands_in_place_of_a_documents_number_is_read_too(city, number, is_found):
    child = await city.registered()
    await city.fact("deferral_approval", child, approved_on=date(2026, 8, 20), until=ON, document_number=number)
    assert await found(city) == ({"all"} if is_found else set())


@pytest.mark.parametrize(
    ("register", "is_found"),
    [
        ({"register_state": "状态不明", "cancel_reason": "状态不明", "cancelled_on": ON}, True),  # nobody can read why
        ({"register_state": "迁出", "cancelled_on": ON}, False),
        ({"cancelled_on": ON}, False),  # no reason is told
    ],
)
async def test_an_entry_that_was_cancelled_for_a_reason_nobody_can_read_stands(city, register, is_found):
    await city.registered(**({"register_state": None} | register))
    assert await found(city) == ({"all"} if is_found else set())


@pytest.mark.parametrize(
    ("why", "is_found"),
    [("死亡（2026年8月）", False), ("儿童死亡，停发", False), ("因病死亡", False), ("孤儿车祸身亡", False),
     ("双方均死亡转为孤儿", True), ("法定代理人去世", True), ("失联方确认死亡", True), ("核实未死亡，重新认定", True), ("非死亡，户籍迁出", True), ("疑似死亡", True)],
)  # fmt: skip
async def test_who_died_is_the_child_where_the_reason_says_nothing_else(city, why, is_found):
    child = await city.registered()
    await city.fact("assistance", child, programme="F06", state="停保", stopped="2026-08-01", stop_reason=why, source="civil_affairs.child_welfare")
    assert await found(city) == ({"all"} if is_found else set())


@pytest.mark.parametrize(
    ("transfer", "school", "is_found"),
    [
        ({}, 8, False),
        ({}, 5, True),  # the new school does not have the pupil
        ({"progress": "待转入地教育局核办"}, 8, True),
        ({"moved_on": date(2026, 9, 20)}, 8, True),  # before the mark
        ({"moved_on": date(2026, 9, 20), "completed_on": date(2026, 10, 20)}, 8, False),
        ({"completed_on": ON + DAY}, 8, True),
    ],
)
async def test_a_dropout_who_has_come_to_another_school_of_this_city_is_enrolled_there(city, transfer, school, is_found):
    child = await city.registered()
    told = {"kind": "省内转学", "moved_on": date(2026, 10, 20), "from_school": 5, "to_school": 8, "progress": "已完成"} | transfer
    await city.school(8, "岭东街道中心小学", kind="小学", township="210281003")
    await city.fact("movement", child, kind="辍学标注", moved_on=date(2026, 10, 1), progress="已完成", source="education.movement", valid=Range(date(2026, 9, 1), None))
    await city.fact("movement", child, source="education.movement", valid=Range(date(2026, 9, 1), None), **told)
    await city.fact("enrolment", child, state="在读", grade=3, school=school, source="education.student_register")
    assert await found(city) == ({"all"} if is_found else set())


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2027, 6, 27), "NO_ENROLMENT"),  # the day before
        (date(2027, 6, 28), None),  # completed grade 6
        (date(2027, 8, 31), None),  # the last day of the holidays
        (date(2027, 9, 1), "NOT_YET_REGISTERED"),
        (date(2027, 9, 30), "NOT_YET_REGISTERED"),
        (date(2027, 10, 1), "NO_ENROLMENT"),
    ],
)
async def test_between_primary_and_middle_school_nobody_is_unenrolled_before_september(city, on, kind):
    """Nor is who was marked 辍学 spared by having completed grade 6, nor who completed it the summer before."""
    leaver, marked, before = [await city.registered(date(2014, 5, day)) for day in (3, 4, 5)]
    for child in (leaver, marked):
        await city.fact("graduation", child, source="education.student_register", grade=6, graduated_on=date(2027, 6, 28))
    await city.fact("graduation", before, source="education.student_register", grade=6, graduated_on=date(2026, 6, 28))
    await city.fact("absence_spell", marked, source="education.dropout_ledger", school=5, mark="辍学", marked_on=date(2027, 6, 20), first_absent_on=date(2027, 5, 10))
    await city.connection.execute("update delivery set as_of = $1", on)
    await city.check(on)
    found = {row["person"]: row["kind"] for row in await city.connection.fetch("select person, kind from finding where rule = 'unenrolled'")}
    assert (found.get(leaver), marked in found, found[before]) == (kind, True, "NO_ENROLMENT")
    told = await city.connection.fetchval("select conclusion from register_entry where person = $1", leaver)
    assert told == ("失学" if kind == "NO_ENROLMENT" else "待登记")

"""E.1: whose age counts, how grave a case is, what is shown beside it, and that a finding never vanishes; who is excluded: test_unenrolled_disabled_exclusions.py."""

from datetime import date, timedelta

import orjson
import pytest
from asyncpg import Range

from hub.rules import RULES
from tests.rules.city import ON

NEEDED = ("education.student_register", "disabled_persons.certificate", "public_security.household_register")


@pytest.fixture
def rule():
    return "unenrolled_disabled"


@pytest.mark.parametrize(
    ("born", "is_found"),
    [
        (date(2020, 9, 1), False),  # 5 on the reference date
        (date(2020, 8, 31), True),  # 6: the birthday counts
        (date(2008, 9, 1), True),  # 17
        (date(2008, 8, 31), False),  # 18
        (date(2015, 5, 3), True),
    ],
)
async def test_age_on_the_reference_date(city, born, is_found):
    person = await city.child(born)
    assert (person in await city.found()) is is_found


@pytest.mark.parametrize(("on", "kind"), [(date(2026, 9, 30), "NOT_YET_REGISTERED"), (date(2026, 10, 1), "NO_ENROLMENT")])
async def test_six_year_olds_have_until_the_end_of_september(city, on, kind):
    person = await city.child(date(2020, 3, 1))
    await city.connection.execute("update delivery set as_of = $1", on)
    assert (await city.found(on))[person] == kind


async def test_a_certificate_annulled_since_the_reference_date_still_counts_and_says_so(city):
    person = await city.child(certificate={"valid": Range(date(2026, 9, 30), date(2026, 10, 31))})
    certificate = await city.connection.fetchrow("select * from certificate")
    await city.fact("certificate", person, category="智力残疾", level="三级", state="注销(康复/不再符合)", id=certificate["id"], valid=Range(date(2026, 10, 31), None))
    assert person in await city.found()
    row = await city.connection.fetchrow("select severity, evidence from finding where rule = 'unenrolled_disabled'")
    says = [side["says"] for side in orjson.loads(row["evidence"])["sides"] if side["fact"] == "certificate"]
    assert (says, row["severity"]) == (["残疾人证 智力残疾 三级 注销(康复/不再符合)"], "high")  # the latest row is shown


@pytest.mark.parametrize(
    ("certificate", "severity"),
    [
        ({"category": "智力残疾", "level": "二级"}, "medium"),
        ({"category": "智力残疾", "level": "三级"}, "high"),
        ({"category": "肢体残疾", "level": "一级"}, "high"),
        ({"category": "多重残疾", "level": "一级", "multiple": "听力一级;视力二级"}, "high"),
        ({"category": "多重残疾", "level": "一级", "multiple": "听力残疾一级、言语残疾1级"}, "high"),
        ({"category": "多重残疾", "level": "一级", "multiple": "智力二级;肢体三级"}, "medium"),
        ({"category": "多重残疾", "level": "一级", "multiple": None}, "medium"),
        ({"category": "多重残疾", "level": "三级", "multiple": None}, "high"),
    ],
)
async def test_who_likely_can_go_to_an_ordinary_school_is_high(city, certificate, severity):
    await city.child(certificate=certificate)
    assert (await city.one())["severity"] == severity


@pytest.mark.parametrize(("source", "level", "severity"), [("disabled_persons.survey", "三级", "high"), ("disabled_persons.survey", "二级", "medium"), ("health.disability_screening", "四级", "high")])
async def test_without_a_certificate_the_survey_or_a_diagnosis_tells_the_level(city, source, level, severity):
    child = await city.registered()
    told = await city.fact("assessment", child, source=source, category="智力残疾", level=level)
    if source == "disabled_persons.survey":
        await city.fact("schooling_statement", child, source=source, reason="交通不便", record=await city.connection.fetchval("select record from assessment where id = $1", told))
    assert (await city.one())["severity"] == severity


async def test_a_concluded_finding_that_comes_back_is_reopened(city):
    person = await city.child()
    await city.found()
    await city.connection.execute("update finding set status = '销号', conclusion = '01', concluded_on = $1", ON)
    await city.fact("enrolment", person, state="在读", grade=3, source="education.student_register")
    await city.found(ON + timedelta(days=1))
    row = await city.connection.fetchrow("select * from finding where rule = 'unenrolled_disabled'")
    assert (row["status"], row["contradicted_on"], row["reopened"]) == ("销号", ON + timedelta(days=1), 0)
    await city.connection.execute("delete from enrolment")
    await city.found(ON + timedelta(days=2))
    row = await city.connection.fetchrow("select * from finding where rule = 'unenrolled_disabled'")
    assert (row["status"], row["contradicted_on"], row["conclusion"], row["reopened"]) == ("待核查", None, None, 1)
    assert row["due_on"] - (ON + timedelta(days=2)) == timedelta(days=next(rule.due_days for rule in RULES if rule.name == row["rule"]))  # somebody has as long as for a new one


async def test_a_finding_never_vanishes(city):
    person = await city.child()
    await city.found()
    await city.fact("enrolment", person, state="在读", grade=3, source="education.student_register")
    assert await city.found(ON + timedelta(days=1)) == {}
    row = await city.connection.fetchrow("select * from finding where rule = 'unenrolled_disabled'")
    assert (row["status"], row["contradicted_on"]) == ("待核查", ON + timedelta(days=1))
    await city.connection.execute("update enrolment set valid = daterange('2026-09-30', '2026-11-26')")
    assert await city.found(ON + timedelta(days=3)) == {person: "NO_ENROLMENT"}
    assert await city.connection.fetchval("select count(*) from finding_history where contradicted_on is not null and rule = 'unenrolled_disabled'") == 1


async def test_a_rule_is_refused_while_a_source_is_too_old(city):
    await city.child()
    assert await city.found(date(2027, 1, 1)) != {}
    await city.connection.execute("delete from finding")
    assert await city.found(date(2027, 1, 2)) == {}
    assert "63 days old" in city.outcomes["unenrolled_disabled"].refused


async def test_checking_again_writes_nothing(city):
    await city.child()
    await city.found()
    before = await city.connection.fetch("select * from finding")
    await city.found()
    assert await city.connection.fetch("select * from finding") == before
    assert await city.connection.fetchval("select count(*) from finding_history") == 0


async def test_evidence_holds_both_sides_and_where_was_looked(city):
    person = await city.child()
    await city.fact("enrolment", person, state="流失", grade=3, source="education.student_register")
    await city.found()
    evidence = orjson.loads(await city.connection.fetchval("select evidence from finding where rule = 'unenrolled_disabled'"))
    assert {side["fact"] for side in evidence["sides"]} == {"certificate", "enrolment", "hukou_registration"}
    assert {told["source"] for told in evidence["looked_in"]} == set(NEEDED)


@pytest.mark.parametrize(
    ("deferral", "is_told"),
    [({"until": ON}, True), ({"until": ON - timedelta(days=1)}, False), ({"until": ON, "approved_on": ON + timedelta(days=1)}, False), ({"until": ON, "valid": Range(date(2026, 8, 20), ON)}, False)],
)  # fmt: skip
async def test_a_deferral_that_is_not_read_as_approved_is_shown_to_be_read_by_a_person(city, deferral, is_told):
    person = await city.child()
    await city.fact("deferral_approval", person, source="education.deferral_approval", **({"approved_on": date(2026, 8, 20), "authority": "瓦房店市教育局（否决）"} | deferral))
    assert await city.found() == {person: "NO_ENROLMENT"}
    sides = orjson.loads(await city.connection.fetchval("select evidence from finding where rule = 'unenrolled_disabled'"))["sides"]
    assert [side["says"] for side in sides if side["fact"] == "deferral_approval"] == (["延缓入学批件待人工核对，延缓至 2026-11-24"] if is_told else [])


@pytest.mark.parametrize(
    ("values", "card", "kind"),
    [
        ({"disability": "智力残疾"}, None, "MARKED"),
        ({"disability": "智力残疾"}, {}, None),
        ({"disability": "智力残疾"}, {"state": "过期"}, None),  # known to the federation
        ({"disability": "无残疾"}, None, None),
        ({"disability": None, "placement": "普通学校随班就读"}, None, "PLACED"),
        ({"disability": None, "placement": "延缓入学(已批准)"}, None, None),
        ({"disability": "智力残疾", "state": "退学"}, None, None),
        ({"disability": "智力残疾", "grade": 0}, None, None),
    ],
)
async def test_disabled_at_school_and_not_certified(city, values, card, kind):
    person = await city.registered() if card is None else await city.child(certificate=card)
    await city.fact("enrolment", person, source=NEEDED[0], **({"state": "在读", "grade": 5, "school": 5} | values))
    row = await city.one(rule="uncertified_pupil")
    assert ((row["kind"], row["reveals"]) if row else None) == ((kind, "certificate") if kind else None)


@pytest.mark.parametrize(
    ("values", "is_found"), [({"placement": "送教上门"}, True), ({"placement": "送教上门", "student_number_blind": b"1"}, False), ({"placement": "特殊教育学校"}, False), ({}, False)]
)
async def test_taught_at_home_without_a_student_number(city, values, is_found):
    person = await city.child()
    await city.fact("enrolment", person, source=NEEDED[0], state="在读", grade=5, school=5, **values)
    assert (person in await city.found(rule="home_taught_unregistered")) is is_found

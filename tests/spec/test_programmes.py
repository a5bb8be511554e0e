"""Programmes in three-valued logic: the boundary cases as a table; and that a missing fact never turns into 'no'."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from connectors import load_contracts
from hub.rules import RULES
from hub.rules.limits import limit_days
from hub.rules.programmes import LISTS, PROGRAMMES, Answer, Situation
from hub.rules.programmes.situation import Gone

ALL = dict.fromkeys(
    (
        "education.student_register",
        "disabled_persons.certificate",
        "civil_affairs.minimum_living_allowance",
        "civil_affairs.destitute_support",
        "civil_affairs.child_welfare",
        "poverty_relief.household",
        "civil_affairs.disability_subsidy",
        "finance.aid_payment",
    ),
    date(2026, 10, 31),
)


def without(*sources):
    """All lists but some."""
    return {source: told for source, told in ALL.items() if source not in sources}



CHILD = Situation(
    on=date(2026, 10, 31), born=(date(2016, 5, 3), date(2016, 5, 3)), delivered=ALL, grade=4, boards=False, school_disability=False, parent_cares=True
)
BY_CODE = {programme.code: programme for programme in PROGRAMMES}

CASES = [
    # programme, what differs from an ordinary day pupil of grade 4, answer, who can settle it
    ("F01", {}, "UNKNOWN", "civil_affairs"),
    ("F01", {"standings": frozenset({"F01"})}, "RECEIVING", None),
    ("F05", {}, "NOT_DUE", None),
    ("F05", {"father": "死亡", "mother": "死亡", "parent_cares": None}, "DUE", None),
    ("F05", {"father": "死亡", "mother": None, "parent_cares": None}, "UNKNOWN", "civil_affairs"),
    ("F05", {"father": "死亡", "mother": "正常", "parent_cares": None}, "NOT_DUE", None),
    # in custody for less than half a year: alive, and whether that parent can care is not told
    ("F05", {"father": "死亡", "mother": "情形不足六个月", "parent_cares": None}, "NOT_DUE", None),
    ("F06", {"father": "死亡", "mother": "情形不足六个月", "parent_cares": None}, "UNKNOWN", "civil_affairs"),
    # a payment that nobody can read may be the one
    ("F08", {"certified": True, "certificate_level": "一级", "perhaps_paid": frozenset({"F08"})}, "UNKNOWN", "civil_affairs"),
    ("F08", {"certified": True, "certificate_level": "一级", "perhaps_paid": frozenset({"F07"})}, "DUE", None),
    ("F08", {"certified": True, "certificate_level": "一级", "perhaps_paid": frozenset({"F08"}), "paid": frozenset({"F08"})}, "RECEIVING", None),
    # nor is it told whether a certificate is one whose state nobody can read
    ("F07", {"perhaps_certified": True, "standings": frozenset({"F01"})}, "UNKNOWN", "disabled_persons"),
    ("F08", {"perhaps_certified": True}, "UNKNOWN", "disabled_persons"),
    ("F11", {"perhaps_certified": True, "boards": True}, "UNKNOWN", "disabled_persons"),
    ("F12", {"perhaps_certified": True}, "UNKNOWN", "disabled_persons"),
    ("F12", {"perhaps_certified": True, "standings": frozenset({"F04"})}, "DUE", None),
    ("F11", {"boards": True, "hardships": frozenset({"孤儿"})}, "DUE", None),
    ("F11", {"boards": True, "hardships": frozenset({"孤儿"}), "perhaps_paid": frozenset({"F11"})}, "UNKNOWN", "finance"),
    ("F11", {"boards": True, "may_descend_from_martyrs": True}, "UNKNOWN", "education"),
    ("F11", {"boards": True, "may_descend_from_martyrs": True, "paid": frozenset({"F11"})}, "RECEIVING", None),
    ("F12", {"hardships": frozenset({"残疾人子女"})}, "NOT_DUE", None),  # none of the four kinds
    # 18 or older: whoever is still in full-time study; who is on no register may be at a university
    ("F05", {"born": (date(2008, 10, 31), date(2008, 10, 31)), "father": "死亡", "mother": "死亡"}, "DUE", None),
    ("F05", {"born": (date(2008, 10, 31), date(2008, 10, 31)), "grade": None, "vocational": True, "father": "死亡", "mother": "死亡"}, "DUE", None),
    ("F05", {"born": (date(2008, 10, 31), date(2008, 10, 31)), "grade": None, "father": "死亡", "mother": "死亡"}, "UNKNOWN", "education"),
    ("F05", {"born": (date(2008, 11, 1), date(2008, 11, 1)), "grade": None, "father": "死亡", "mother": "死亡"}, "DUE", None),
    ("F05", {"born": (date(2008, 10, 31), date(2008, 10, 31)), "grade": None, "father": "正常", "mother": "死亡"}, "NOT_DUE", None),
    ("F06", {"born": (date(2008, 10, 31), date(2008, 10, 31)), "father": "服刑在押", "mother": "失联", "parent_cares": None}, "NOT_DUE", None),
    ("F06", {"born": (date(2008, 11, 1), date(2008, 11, 1)), "father": "服刑在押", "mother": "失联", "parent_cares": None}, "DUE", None),
    ("F05", {"father": "死亡", "mother": "死亡", "delivered": without("civil_affairs.child_welfare")}, "UNKNOWN", "civil_affairs"),
    ("F05", {"born": (date(2008, 11, 1), date(2008, 11, 1)), "father": "死亡", "mother": "死亡", "parent_cares": None}, "DUE", None),
    ("F05", {"born": None}, "UNKNOWN", "public_security"),
    ("F05", {"born": (date(2008, 10, 5), date(2008, 11, 5)), "parent_cares": None}, "UNKNOWN", "public_security"),
    ("F05", {"born": (date(2014, 5, 1), date(2014, 5, 31)), "father": "死亡", "mother": "死亡", "parent_cares": None}, "DUE", None),
    ("F06", {"father": "服刑在押", "mother": "失联", "parent_cares": None}, "DUE", None),
    ("F06", {"father": "服刑在押", "mother": "死亡", "parent_cares": None}, "DUE", None),
    ("F06", {"father": "服刑在押", "mother": None, "parent_cares": None}, "UNKNOWN", "civil_affairs"),
    ("F06", {"father": "服刑在押", "mother": "正常", "parent_cares": None}, "NOT_DUE", None),
    ("F06", {"father": "死亡", "mother": "失踪", "parent_cares": None}, "NOT_DUE", None),
    # a list that may tell of a parent is closed to whoever asks: what an open one says stands
    ("F05", {"parents_closed": True}, "NOT_DUE", None),  # nobody in custody is dead
    ("F06", {"parents_closed": True}, "UNKNOWN", "civil_affairs"),
    ("F06", {"parents_closed": True, "father": "正常"}, "NOT_DUE", None),
    ("F06", {"parents_closed": True, "father": "服刑在押", "mother": "失联", "parent_cares": None}, "DUE", None),
    ("F06", {"parents_closed": True, "born": (date(2008, 10, 31), date(2008, 10, 31))}, "NOT_DUE", None),
    ("F06", {"parents_closed": True, "standings": frozenset({"F06"})}, "RECEIVING", None),
    ("F07", {}, "NOT_DUE", None),
    ("F07", {"certified": True, "certificate_level": "四级"}, "NOT_DUE", None),
    ("F07", {"certified": True, "certificate_level": "四级", "standings": frozenset({"F01"})}, "DUE", None),
    (
        "F07",
        {"certified": True, "certificate_level": "四级", "standings": frozenset({"F01"}), "paid": frozenset({"F07"})},
        "RECEIVING",
        None,
    ),
    ("F07", {"certified": True, "delivered": without("civil_affairs.minimum_living_allowance")}, "UNKNOWN", "civil_affairs"),
    ("F07", {"delivered": without("disabled_persons.certificate")}, "UNKNOWN", "disabled_persons"),
    ("F08", {"certified": True, "certificate_level": "二级"}, "DUE", None),
    ("F08", {"certified": True, "certificate_level": "三级"}, "NOT_DUE", None),
    ("F08", {"certified": True, "certificate_level": ""}, "UNKNOWN", "disabled_persons"),
    ("F10", {}, "RECEIVING", None),
    ("F10", {"grade": 9}, "RECEIVING", None),
    ("F10", {"grade": 10}, "NOT_DUE", None),
    ("F10", {"grade": 0}, "NOT_DUE", None),
    ("F10", {"grade": None, "delivered": without("education.student_register")}, "UNKNOWN", "education"),
    # a place whose state tells neither that the pupil is there nor that it is over
    ("F10", {"grade": None, "place_unclear": True}, "UNKNOWN", "education"),
    ("F10", {"place_unclear": True}, "RECEIVING", None),
    ("F12", {"grade": None, "place_unclear": True, "certified": True}, "UNKNOWN", "education"),
    # on a list, with a state that nobody can read
    ("F01", {"perhaps_standing": frozenset({"F01"})}, "UNKNOWN", "civil_affairs"),
    ("F05", {"perhaps_standing": frozenset({"F05"}), "father": "死亡", "mother": "死亡"}, "UNKNOWN", "civil_affairs"),
    ("F06", {"perhaps_standing": frozenset({"F06"}), "father": "死亡", "mother": "服刑在押"}, "UNKNOWN", "civil_affairs"),
    ("F06", {"perhaps_standing": frozenset({"F05"}), "father": "死亡", "mother": "服刑在押"}, "DUE", None),
    ("F07", {"certified": True, "certificate_level": "四级", "perhaps_standing": frozenset({"F01"})}, "UNKNOWN", "civil_affairs"),
    ("F08", {"certified": True, "certificate_level": "一级", "perhaps_standing": frozenset({"F01"})}, "DUE", None),
    ("F11", {"boards": True, "perhaps_standing": frozenset({"F03"})}, "UNKNOWN", "civil_affairs"),
    ("F11", {"boards": True, "perhaps_standing": frozenset({"F03"}), "certified": True}, "DUE", None),
    ("F12", {"perhaps_standing": frozenset({"F01"})}, "UNKNOWN", "civil_affairs"),
    ("F12", {"perhaps_standing": frozenset({"F03"})}, "NOT_DUE", None),
    ("F11", {}, "NOT_DUE", None),
    ("F11", {"boards": None}, "UNKNOWN", "education"),
    ("F11", {"boards": True, "standings": frozenset({"F01"})}, "DUE", None),
    ("F11", {"boards": True, "standings": frozenset({"F01"}), "paid": frozenset({"F11"})}, "RECEIVING", None),
    ("F11", {"boards": True, "delivered": without("poverty_relief.household")}, "UNKNOWN", "poverty_relief"),
    ("F11", {"boards": True, "delivered": without("civil_affairs.child_welfare")}, "UNKNOWN", "civil_affairs"),
    ("F11", {"boards": True, "delivered": without("disabled_persons.certificate")}, "UNKNOWN", "disabled_persons"),
    ("F11", {"boards": True, "standings": frozenset({"F01"}), "delivered": without("finance.aid_payment")}, "UNKNOWN", "finance"),
    ("F12", {"delivered": without("civil_affairs.destitute_support")}, "UNKNOWN", "civil_affairs"),
    ("F12", {"delivered": without("civil_affairs.child_welfare")}, "NOT_DUE", None),
    ("F08", {"certified": True, "certificate_level": "二级", "delivered": without("civil_affairs.disability_subsidy")}, "DUE", None),
    (
        "F08",
        {"certified": True, "certificate_level": "二级", "delivered": without("civil_affairs.disability_subsidy", "finance.aid_payment")},
        "UNKNOWN",
        "civil_affairs",
    ),
    ("F07", {"certified": True, "certificate_level": "四级", "standings": frozenset({"F03"})}, "UNKNOWN", "civil_affairs"),
    ("F07", {"certified": True, "certificate_level": "四级", "standings": frozenset({"F03"}), "paid": frozenset({"F07"})}, "RECEIVING", None),
    ("F07", {"certified": True, "certificate_level": "四级", "standings": frozenset({"F01", "F05"})}, "UNKNOWN", "civil_affairs"),
    ("F11", {"boards": True, "paid": frozenset({"F11"})}, "RECEIVING", None),
    ("F12", {"paid": frozenset({"F12"})}, "RECEIVING", None),
    # a blank grade is missing where the answer hangs on it, and only there
    ("F10", {"grade": None, "grade_blank": True}, "UNKNOWN", "education"),
    ("F11", {"grade": None, "grade_blank": True}, "NOT_DUE", None),
    ("F11", {"grade": None, "grade_blank": True, "boards": True}, "NOT_DUE", None),
    ("F11", {"grade": None, "grade_blank": True, "boards": True, "standings": frozenset({"F01"})}, "UNKNOWN", "education"),
    ("F11", {"grade": None, "grade_blank": True, "boards": True, "delivered": without("poverty_relief.household")}, "UNKNOWN", "education"),
    ("F12", {"grade": None, "grade_blank": True}, "NOT_DUE", None),
    ("F12", {"grade": None, "grade_blank": True, "boards": True, "school_disability": True}, "NOT_DUE", None),
    ("F12", {"grade": None, "grade_blank": True, "school_disability": True}, "UNKNOWN", "education"),
    ("F12", {"school_disability": True}, "DUE", None),
    ("F12", {"standings": frozenset({"F01"}), "rural_allowance": True}, "DUE", None),
    ("F12", {"standings": frozenset({"F01"}), "rural_allowance": False}, "NOT_DUE", None),
    ("F12", {"standings": frozenset({"F01"}), "rural_allowance": None}, "UNKNOWN", "civil_affairs"),
    ("F12", {"boards": True, "school_disability": True}, "NOT_DUE", None),
    ("F12", {"standings": frozenset({"POV"}), "lifted": True}, "DUE", None),
    ("F12", {"standings": frozenset({"POV"}), "lifted": False}, "NOT_DUE", None),
    ("F12", {"standings": frozenset({"POV"}), "lifted": None}, "UNKNOWN", "poverty_relief"),
]


@pytest.mark.parametrize(("code", "differs", "answer", "settled_by"), CASES)
def test_case(code, differs, answer, settled_by):
    judged = BY_CODE[code].judge(replace(CHILD, **differs))
    assert (judged.answer, judged.department) == (answer, settled_by)
    assert judged.reason_zh and judged.reason_en
    assert bool(judged.missing) == (answer == "UNKNOWN")


@pytest.mark.parametrize("disabled", [{"school_disability": True}, {"certified": True, "certificate_level": "四级"}])
def test_a_disabled_day_pupil_is_due_by_kind_and_the_answer_says_what_is_left_to_establish(disabled):
    """C.15 lists 残疾学生 alone; F12 says 家庭经济困难残疾学生, and no list tells the difference."""
    alone = BY_CODE["F12"].judge(replace(CHILD, **disabled))
    poor = BY_CODE["F12"].judge(replace(CHILD, **disabled, standings=frozenset({"F01"}), rural_allowance=True))
    assert (alone.answer, poor.answer) == (Answer.DUE, Answer.DUE)
    assert ("以学校认定为准" in alone.reason_zh, "以学校认定为准" in poor.reason_zh) == (True, False)


@pytest.mark.parametrize(("code", "differs"), [(code, differs) for code, differs, answer, _ in CASES if answer == "UNKNOWN"])
def test_what_cannot_be_told_stays_so_when_still_less_is_known(code, differs):
    """Taking away any further fact never turns UNKNOWN into NOT_DUE."""
    situation = replace(CHILD, **differs)
    for less in (
        {"born": None},
        {"boards": None},
        {"father": None},
        {"mother": None},
        {"parent_cares": None},
        {"certificate_level": ""},
        {"rural_allowance": None},
        *({"delivered": {s: told for s, told in situation.delivered.items() if s != source}} for source in ALL),
    ):
        assert BY_CODE[code].judge(replace(situation, **less)).answer is not Answer.NOT_DUE, less


def test_the_named_department_can_settle_it():
    """Giving what is missing gives an answer."""
    asked = replace(CHILD, father="服刑在押", mother=None, parent_cares=None)
    assert BY_CODE["F06"].judge(asked).missing == ("母亲情形",)
    assert {BY_CODE["F06"].judge(replace(asked, mother=told)).answer for told in ("失联", "正常")} == {Answer.DUE, Answer.NOT_DUE}


@pytest.mark.parametrize(
    ("code", "source", "differs"),
    [
        ("F01", "civil_affairs.minimum_living_allowance", {}),
        ("F05", "civil_affairs.child_welfare", {"father": "死亡", "mother": "死亡"}),
        ("F06", "civil_affairs.child_welfare", {"father": "失联", "mother": "失联", "parent_cares": None}),
        ("F07", "disabled_persons.certificate", {}),
        ("F07", "civil_affairs.minimum_living_allowance", {"certified": True}),
        ("F08", "disabled_persons.certificate", {}),
        ("F10", "education.student_register", {"grade": None}),
        ("F11", "civil_affairs.child_welfare", {"boards": True}),
        ("F11", "finance.aid_payment", {"boards": True, "certified": True}),
        ("F12", "poverty_relief.household", {}),
        ("F12", "civil_affairs.destitute_support", {}),
        ("F12", "finance.aid_payment", {"certified": True}),
    ],
)
def test_a_list_speaks_to_the_last_day_of_its_limit(code, source, differs):
    """On that day whom it leaves out is not on it; a day later it is missing, with its date, and its owner can settle it."""
    told = CHILD.on - timedelta(days=limit_days(source))
    before = BY_CODE[code].judge(replace(CHILD, **differs))
    assert BY_CODE[code].judge(replace(CHILD, **differs, delivered=ALL | {source: told})) == before
    late = BY_CODE[code].judge(replace(CHILD, **differs, delivered=ALL | {source: told - timedelta(days=1)}))
    assert (late.answer, late.department) == (Answer.UNKNOWN, source.split(".")[0])
    assert late.missing == (f"{LISTS[source][0]}（现有截至{told - timedelta(days=1)}）",)
    waits = BY_CODE[code].judge(replace(CHILD, **differs, waiting=frozenset({source})))
    assert (waits.answer, waits.department) == (Answer.UNKNOWN, source.split(".")[0])


def test_one_list_of_payments_that_speaks_is_enough_unless_a_row_of_it_waits():
    severe = replace(CHILD, certified=True, certificate_level="一级")
    old = ALL | {"finance.aid_payment": date(2025, 1, 1)}
    assert BY_CODE["F08"].judge(replace(severe, delivered=old)).answer is Answer.DUE
    assert BY_CODE["F08"].judge(replace(severe, delivered=old, waiting=frozenset({"civil_affairs.disability_subsidy"}))).answer is Answer.UNKNOWN
    assert BY_CODE["F08"].judge(replace(severe, delivered=old, waiting=frozenset({"finance.aid_payment"}))).answer is Answer.UNKNOWN
    assert BY_CODE["F08"].judge(replace(severe, delivered=old, waiting=frozenset({"poverty_relief.household"}))).answer is Answer.DUE


def test_every_list_has_the_limit_that_its_contract_and_the_cross_checks_give():
    contracts = {contract.name: contract for contract in load_contracts()}
    for source in LISTS:
        assert limit_days(source) == contracts[source].cadence_days + 31, source
        assert {need.max_age_days for rule in RULES for need in rule.needs if need.source == source} <= {limit_days(source)}


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda programme: programme.code)
def test_nothing_is_due_to_the_dead_and_what_is_still_paid_is_said(programme):
    dead = replace(CHILD, standings=frozenset({"F01"}), gone=Gone(True, "已死亡（2026-10-01）", "died on 2026-10-01", date(2026, 10, 1), frozenset({programme.code})))
    judged = programme.judge(dead)
    assert judged.answer is Answer.NOT_DUE and "已死亡" in judged.reason_zh and "仍有发放" in judged.reason_zh and "still paid" in judged.reason_en
    quiet = programme.judge(replace(dead, gone=replace(dead.gone, paid=frozenset())))
    assert quiet.answer is Answer.NOT_DUE and "仍" not in quiet.reason_zh


def test_whoever_moved_away_keeps_what_goes_with_the_place_at_school():
    """F10 to F12 are for whoever has a place on the register, wherever registered; the rest moves with the register entry."""
    moved = replace(CHILD, certified=True, certificate_level="一级", gone=Gone(False, "户籍已迁出", "moved to a register elsewhere", None))
    answers = {programme.code: programme.judge(moved).answer.value for programme in PROGRAMMES}
    assert answers == dict.fromkeys(("F01", "F05", "F06", "F07", "F08", "F11"), "NOT_DUE") | {"F10": "RECEIVING", "F12": "DUE"}
    away = replace(moved, grade=None)
    assert {programme.judge(away).answer for programme in PROGRAMMES} == {Answer.NOT_DUE}


def test_what_is_paid_and_not_due_is_said():
    judged = BY_CODE["F12"].judge(replace(CHILD, boards=True, paid=frozenset({"F12"})))
    assert judged.answer is Answer.NOT_DUE and "仍有发放" in judged.reason_zh and "still paid" in judged.reason_en

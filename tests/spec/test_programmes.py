"""Programmes in three-valued logic: the boundary cases as a table; and that a missing fact never turns into 'no'."""

from dataclasses import replace
from datetime import date

import pytest

from hub.rules.programmes import PROGRAMMES, Answer, Situation

ALL = frozenset(
    {
        "education.student_register",
        "disabled_persons.certificate",
        "civil_affairs.minimum_living_allowance",
        "civil_affairs.destitute_support",
        "civil_affairs.child_welfare",
        "poverty_relief.household",
        "civil_affairs.disability_subsidy",
        "finance.aid_payment",
    }
)
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
    ("F05", {"born": (date(2008, 10, 31), date(2008, 10, 31)), "father": "死亡", "mother": "死亡"}, "NOT_DUE", None),
    ("F05", {"born": (date(2008, 11, 1), date(2008, 11, 1)), "father": "死亡", "mother": "死亡", "parent_cares": None}, "DUE", None),
    ("F05", {"born": None}, "UNKNOWN", "public_security"),
    ("F05", {"born": (date(2008, 10, 1), date(2008, 10, 31)), "father": "死亡", "mother": "死亡", "parent_cares": None}, "NOT_DUE", None),
    ("F05", {"born": (date(2008, 10, 5), date(2008, 11, 5)), "parent_cares": None}, "UNKNOWN", "public_security"),
    ("F05", {"born": (date(2014, 5, 1), date(2014, 5, 31)), "father": "死亡", "mother": "死亡", "parent_cares": None}, "DUE", None),
    ("F06", {"father": "服刑在押", "mother": "失联", "parent_cares": None}, "DUE", None),
    ("F06", {"father": "服刑在押", "mother": "死亡", "parent_cares": None}, "DUE", None),
    ("F06", {"father": "服刑在押", "mother": None, "parent_cares": None}, "UNKNOWN", "civil_affairs"),
    ("F06", {"father": "服刑在押", "mother": "正常", "parent_cares": None}, "NOT_DUE", None),
    ("F06", {"father": "死亡", "mother": "失踪", "parent_cares": None}, "NOT_DUE", None),
    ("F07", {}, "NOT_DUE", None),
    ("F07", {"certified": True, "certificate_level": "四级"}, "NOT_DUE", None),
    ("F07", {"certified": True, "certificate_level": "四级", "standings": frozenset({"F01"})}, "DUE", None),
    (
        "F07",
        {"certified": True, "certificate_level": "四级", "standings": frozenset({"F01"}), "paid": frozenset({"F07"})},
        "RECEIVING",
        None,
    ),
    ("F07", {"certified": True, "delivered": ALL - {"civil_affairs.minimum_living_allowance"}}, "UNKNOWN", "civil_affairs"),
    ("F07", {"delivered": ALL - {"disabled_persons.certificate"}}, "UNKNOWN", "disabled_persons"),
    ("F08", {"certified": True, "certificate_level": "二级"}, "DUE", None),
    ("F08", {"certified": True, "certificate_level": "三级"}, "NOT_DUE", None),
    ("F08", {"certified": True, "certificate_level": ""}, "UNKNOWN", "disabled_persons"),
    ("F10", {}, "RECEIVING", None),
    ("F10", {"grade": 9}, "RECEIVING", None),
    ("F10", {"grade": 10}, "NOT_DUE", None),
    ("F10", {"grade": 0}, "NOT_DUE", None),
    ("F10", {"grade": None, "delivered": ALL - {"education.student_register"}}, "UNKNOWN", "education"),
    ("F11", {}, "NOT_DUE", None),
    ("F11", {"boards": None}, "UNKNOWN", "education"),
    ("F11", {"boards": True, "standings": frozenset({"F01"})}, "DUE", None),
    ("F11", {"boards": True, "standings": frozenset({"F01"}), "paid": frozenset({"F11"})}, "RECEIVING", None),
    ("F11", {"boards": True, "delivered": ALL - {"poverty_relief.household"}}, "UNKNOWN", "poverty_relief"),
    ("F11", {"boards": True, "delivered": ALL - {"civil_affairs.child_welfare"}}, "UNKNOWN", "civil_affairs"),
    ("F11", {"boards": True, "delivered": ALL - {"disabled_persons.certificate"}}, "UNKNOWN", "disabled_persons"),
    ("F11", {"boards": True, "standings": frozenset({"F01"}), "delivered": ALL - {"finance.aid_payment"}}, "UNKNOWN", "finance"),
    ("F12", {"delivered": ALL - {"civil_affairs.destitute_support"}}, "UNKNOWN", "civil_affairs"),
    ("F12", {"delivered": ALL - {"civil_affairs.child_welfare"}}, "NOT_DUE", None),
    ("F08", {"certified": True, "certificate_level": "二级", "delivered": ALL - {"civil_affairs.disability_subsidy"}}, "DUE", None),
    (
        "F08",
        {"certified": True, "certificate_level": "二级", "delivered": ALL - {"civil_affairs.disability_subsidy", "finance.aid_payment"}},
        "UNKNOWN",
        "civil_affairs",
    ),
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
        *({"delivered": situation.delivered - {source}} for source in ALL),
    ):
        assert BY_CODE[code].judge(replace(situation, **less)).answer is not Answer.NOT_DUE, less


def test_the_named_department_can_settle_it():
    """Giving what is missing gives an answer."""
    asked = replace(CHILD, father="服刑在押", mother=None, parent_cares=None)
    assert BY_CODE["F06"].judge(asked).missing == ("母亲情形",)
    assert {BY_CODE["F06"].judge(replace(asked, mother=told)).answer for told in ("失联", "正常")} == {Answer.DUE, Answer.NOT_DUE}

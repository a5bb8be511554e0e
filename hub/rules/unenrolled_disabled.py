"""E.1: disabled children of compulsory age who are in no school's register, and whom nothing else accounts for."""

from datetime import date

from hub.rules.rule import Need, Rule

UNENROLLED_DISABLED = Rule(
    name="unenrolled_disabled",
    number="E.1",
    title_zh="未入学适龄残疾儿童少年",
    title_en="Unenrolled disabled children",
    version="2026-11-24",
    since=date(2018, 11, 12),
    until=None,
    clauses=("瓦房店 2018 五(三)", "A-67", "A-68", "A-74", "义务教育法 11", "残疾人教育条例 14, 15, 17"),
    needs=(
        Need("education.student_register", 62),
        Need("disabled_persons.certificate", 62),
        Need("public_security.household_register", 62),
    ),
    owner="education",
    due_days=30,
    parameters={
        "age_from": 6,
        "age_to": 17,  # 残疾人教育条例 14: may be raised; default of E.0.2
        "grace_ends": "09-30",  # until then a six-year-old without 学籍 is 'not yet registered'
        "proof_days": 366,  # a completed transfer out proves enrolment elsewhere for so long
    },
)

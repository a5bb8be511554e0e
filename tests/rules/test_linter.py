"""The linter: forty broken rule files, each with the right message at the right line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.contract.model import ContractError
from hub.rules import DEFINITIONS, RULES
from hub.rules.reader import CHECKS, read_definitions, read_rule

GOOD = '''name = "some_rule"
number = "E.99"
title_zh = "某规则"
title_en = "Some rule"
version = "2026-11-26"
since = 2018-11-12
clauses = ["A-67", "义务教育法 11"]
owner = "education"
due_days = 30

[needs]
"education.student_register" = 62

[parameters]
days = { default = 5, means = "days of grace" }

[sql]
population = """
select p.person, p.mention, p.record, p.hash, p.id, p.source, p.fact, p.since, p.says, p.school
  from place p
  join enrolment e on e.division = :division and e.id = p.id and e.valid @> :on
 where p.since < :on - :days
"""
expectation = "p.person in (select person from enrolled)"
exclusions = ["gone"]
evidence = ["population"]
kind = "'KIND'"
severity = "'high'"
school = "p.school"
'''

BROKEN = [
    # what is replaced, by what, the line of the message, and what it says
    ('name = "some_rule"', 'name = "another"', 1, "rename the file"),
    ('name = "some_rule"\n', "", 1, "name is missing"),
    ('number = "E.99"', 'number = "99"', 2, "such as E.1, E.11-4 or A-13"),
    ('number = "E.99"', "number = 99", 2, "a text in quotes"),
    ('title_zh = "某规则"', 'title_zh = " "', 3, "not blank"),
    ('title_en = "Some rule"\n', "", 1, "title_en is missing"),
    ('version = "2026-11-26"', 'version = "2"', 5, "day of the last change"),
    ("since = 2018-11-12", 'since = "2018-11-12"', 6, "without quotes"),
    ("since = 2018-11-12", "since = 2018-11-12\nuntil = 2018-11-11", 7, "until is before since"),
    ("since = 2018-11-12", "since = 2018-13-12", 6, "not TOML"),
    ('clauses = ["A-67", "义务教育法 11"]', "clauses = []", 7, "name what the rule serves"),
    ('clauses = ["A-67", "义务教育法 11"]', 'clauses = ["A-67", "somewhere"]', 7, "'somewhere' is no clause"),
    ('clauses = ["A-67", "义务教育法 11"]', 'clauses = "A-67"', 7, "a list of texts"),
    ('owner = "education"', 'owner = "school"', 8, "it may be education, civil_affairs"),
    ("due_days = 30", "due_days = 0", 9, "at least 1"),
    ("due_days = 30", 'due_days = "30"', 9, "a whole number"),
    ("due_days = 30", 'due_days = 30\nsubject = "class"', 10, "person, school"),
    ("due_days = 30", 'due_days = 30\nreveals = "prison"', 10, "no noun is called prison"),
    ("due_days = 30", 'due_days = 30\nreveals = ["custody", "payment"]', 10, "say which of them a finding reveals"),
    ("due_days = 30", 'due_days = 30\nwhole = ["signals"]', 10, "no noun is called signals"),
    ("due_days = 30", 'due_days = 30\ncolour = "red"', 10, "a rule has no key colour"),
    ('"education.student_register" = 62', '"student register" = 62', 12, "write department.list"),
    ('"education.student_register" = 62', '"education.student_register" = "62"', 12, "how old it may be"),
    ("days = { default = 5,", 'days = { default = "13-40",', 15, "no day of the year"),
    ("days = { default = 5,", "days = { default = true,", 15, "needs a default"),
    (', means = "days of grace" }', " }", 15, "means is missing"),
    ("days = { default = 5,", 'on = { default = 1, means = "x" }\ndays = { default = 5,', 15, ":on is told already (by the run)"),
    ("days = { default = 5,", 'proof_days = { default = 1, means = "x" }\ndays = { default = 5,', 15, "definition departed"),
    ("days = { default = 5,", 'more = { default = 1, means = "x" }\ndays = { default = 5,', 15, "never asks for :more"),
    (":on - :days", ":on - :weeks", 22, ":weeks is no parameter; declare it"),
    ("from place p", "from places p", 20, "neither a definition nor a table places"),
    ("e.valid @> :on", "e.period @> :on", 21, "enrolment has no column period"),
    ("e.division = :division and ", "", 21, "needs its division"),
    ("where p.since < :on - :days", "where p.since < current_date - :days", 22, "ask for :on"),
    ("where p.since < :on - :days", "where p.since < (:on - :days", 22, "opened here and never closed"),
    ("where p.since < :on - :days", "where p.since < :on - :days)", 22, "without an opening one"),
    ("where p.since < :on - :days", "where p.since < :on - :days;", 22, "leave the semicolon out"),
    ("select p.person, p.mention", "delete from enrolment where p.mention", 19, "must begin with select"),
    ("select p.person, p.mention,", "select p.mention,", 18, "must give a column person"),
    ("p.says, p.school", "p.school", 26, "population cannot be evidence: it gives no column says"),
    ('exclusions = ["gone"]', 'exclusions = ["vanished"]', 25, "no definition is called vanished"),
    ('exclusions = ["gone"]', 'exclusions = ["working_day"]', 25, "no column person, by which it could exclude"),
    ('evidence = ["population"]', "evidence = []", 26, "name the sides"),
    ('evidence = ["population"]', 'evidence = ["enrolled"]', 26, "enrolled cannot be evidence"),
    ("severity = \"'high'\"", "severity = \"'urgent'\"", 28, "high, medium, low"),
    ("expectation = \"p.person in (select person from enrolled)\"\n", "", 17, "expectation is missing"),
    ("[sql]\n", "[query]\n", 17, "a rule has no key query"),
    ("kind = \"'KIND'\"", "kind = \"'KIND\"", 27, "quotation mark is opened and never closed"),
    ("expectation = \"p.person in (select person from enrolled)\"", "expectation = \"p.person in (select person from pupils)\"", 24, "nor a table pupils"),
]  # fmt: skip


@pytest.fixture
def rule():
    return ""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "some_rule.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_good_file_is_good(tmp_path):
    read = read_rule(written(tmp_path, GOOD), DEFINITIONS)
    assert (read.number, read.due_days, read.parameters["days"].default) == ("E.99", 30, 5)


@pytest.mark.parametrize(("old", "new", "line", "message"), BROKEN, ids=[f"{n}" for n in range(len(BROKEN))])
def test_what_is_wrong_is_told_with_its_line_and_a_remedy(tmp_path, old, new, line, message):
    assert GOOD.count(old) == 1
    with pytest.raises(ContractError) as told:
        read_rule(written(tmp_path, GOOD.replace(old, new)), DEFINITIONS)
    assert message in told.value.message and told.value.line == line, str(told.value)


def test_there_are_forty_and_each_has_its_own_message():
    assert len(BROKEN) >= 40 and len({message for *_, message in BROKEN}) >= 40


BROKEN_WORDS = [
    ("-- other: means nothing\nselect 1 as person", 1, "the first line says what the word means"),
    ("-- word: x\n-- :days is 5\nselect 1 as person", 2, "a parameter is told as"),
    ("-- word: x\nselect person from nowhere", 2, "neither a definition nor a table nowhere"),
    ("-- word: x\nselect e.person from enrolment e", 2, "needs its division"),
    ("-- word: x\nselect e.persons from enrolment e where e.division = :division", 2, "no column persons"),
    ("-- word: x\nselect person from word where :day > 1", 2, ":day is no parameter"),
]


@pytest.mark.parametrize(("text", "line", "message"), BROKEN_WORDS)
def test_definitions_are_looked_at_too(tmp_path, text, line, message):
    (tmp_path / "word.sql").write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as told:
        read_definitions(tmp_path)
    assert message in told.value.message and told.value.line == line, str(told.value)


def test_the_verbs(tmp_path):
    good, broken = written(tmp_path, GOOD), tmp_path / "broken.toml"
    broken.write_text("name = 1", encoding="utf-8")
    told = CliRunner().invoke(app, ["rules", "check", str(good)])
    assert told.exit_code == 0 and "E.99 some_rule" in told.output
    told = CliRunner().invoke(app, ["rules", "check", str(good), str(broken)])
    assert told.exit_code == 1 and "broken.toml:1:1: name must be a text" in str(told.exception)
    told = CliRunner().invoke(app, ["rules", "list"])
    assert told.exit_code == 0 and "E.13" in told.output
    told = CliRunner().invoke(app, ["rules", "show", "unenrolled"])
    assert told.exit_code == 0 and "-- gone:" in told.output and "from school_age" in told.output
    assert CliRunner().invoke(app, ["rules", "show", "nothing"]).exit_code == 1


async def test_postgresql_takes_every_rule_and_its_own_words(city):
    """What the linter lets through is a statement: each rule ran, and none was refused."""
    await city.check()
    assert [outcome.rule.name for outcome in city.outcomes.values() if outcome.refused] == []
    assert {rule.name for rule in RULES} == {path.stem for path in CHECKS.glob("*.toml")} == set(city.outcomes)

"""The linter: forty broken rule files, each with the right message at the right line."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from connectors import load_contracts
from hub.cli import app
from hub.contract.model import ContractError
from hub.rules import DEFINITIONS, RULES
from hub.rules.reader import CHECKS, read_definitions, read_rule
from hub.steps.check import refused_by_database
from tests.flow import DIVISION

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
    ("days = { default = 5,", 'days = { default = "02-29",', 15, "'02-29' is no day of the year"),
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
REACHES_OUT = [
    # an expectation or a population that does more than read its own city's rows, the line of the message, and what it says
    ("expectation", "pg_sleep(1) is null", 24, "pg_sleep(…) is none of the functions"),
    ("expectation", "p.says ~ query_to_xml ('select 1', true, false, '')::text", 24, "query_to_xml(…)"),
    ("expectation", "pg_catalog.lo_import('/etc/passwd') > 0", 24, "pg_catalog.lo_import(…)"),
    ("expectation", "PG_SLEEP(1) is null", 24, "in small letters"),
    ("expectation", "p.since < localtimestamp", 24, "localtimestamp has no place in a rule: ask for :on"),
    ("expectation", "p.since < 'Today'::date", 24, "'Today' has no place in a rule: ask for :on"),
    ("expectation", r"p.says = e'\' || pg_sleep(1) || '\'", 24, "e' has no place"),
    ("expectation", "p.says = $$ ' $$ || pg_sleep(1) || $$ ' $$", 24, "$ has no place"),
    ("expectation", "true /* ' */ and pg_sleep(1) is null /* ' */", 24, "/* has no place"),
    ("population", "where p.since < :on and e.division <> :division", 22, "its own city alone"),
    ("population", "where p.since < :on and not (e.division = :division)", 22, "its own city alone"),
    ("population", "where p.since < :on and e.division in (210281, 210282)", 22, "its own city alone"),
    ("population", "where p.since < :on limit 100", 22, "limit has no place here"),
    ("population", "where p.since < :on offset 5", 22, "offset has no place here"),
    ("population", "cross join (select a.id from school a, account b where a.division = :division) s", 22, "a comma hides the second"),
    ("population", "where p.since < :on for share", 22, "share has no place"),
]
STAYS_WITHIN = [
    ("expectation", '''coalesce(regexp_replace(p.says, '^x(y)', ''), 'a "b') ~ '[A-Z]' and p.says collate "C" > 'e' '''),
    ("expectation", "exists (select from enrolment x where x.division = :division and left(x.source, 6) <> :division::text)"),
    ("expectation", "(select i.school from place i where i.person = p.person order by i.since desc limit 1) is null"),
    ("expectation", "(select count(*) filter (where w.day > p.since) from working_day w) > 3 and 'pg_sleep(1)' <> p.says"),
    ("population", "cross join lateral unnest(array[1, 2]) t (part) where p.since < :on - :days"),
    ("population", "join person_resolved h on h.division = e.division and h.id = p.person where p.since < make_date(2026, 9, 1)"),
]


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


def replaced(part: str, sql: str) -> str:
    """The good file with another expectation, or another end of its population."""
    if part == "expectation":
        return GOOD.replace('"p.person in (select person from enrolled)"', json.dumps(sql))
    return GOOD.replace("where p.since < :on - :days", sql).replace("select person from enrolled", "select person from enrolled where :days > 0")


@pytest.mark.parametrize(("part", "sql", "line", "message"), REACHES_OUT)
def test_a_rule_reads_its_own_citys_rows_and_does_nothing_else(tmp_path, part, sql, line, message):
    with pytest.raises(ContractError) as told:
        read_rule(written(tmp_path, replaced(part, sql)), DEFINITIONS)
    assert message in told.value.message and told.value.line == line, str(told.value)


@pytest.mark.parametrize(("part", "sql"), STAYS_WITHIN)
def test_what_only_reckons_with_those_rows_is_good(tmp_path, part, sql):
    assert read_rule(written(tmp_path, replaced(part, sql)), DEFINITIONS).number == "E.99"


def test_a_rule_needs_lists_that_there_are_and_has_a_number_of_its_own(tmp_path):
    path = written(tmp_path, GOOD)
    mine = read_rule(path, DEFINITIONS, sources=["education.student_register"], others=RULES)
    assert read_rule(path, DEFINITIONS, others=[*RULES, mine]) == mine  # the file itself once more
    with pytest.raises(ContractError, match=r"no source is called education.student_register; there are education.movement"):
        read_rule(path, DEFINITIONS, sources=["education.movement"])
    with pytest.raises(ContractError, match=r"E\.99 is the number of another_rule already"):
        read_rule(path, DEFINITIONS, others=[replace(mine, name="another_rule")])


def test_the_shipped_rules_need_lists_that_there_are_and_have_numbers_of_their_own():
    assert {need.source for rule in RULES for need in rule.needs} <= {contract.name for contract in load_contracts()}
    assert len({rule.number for rule in RULES}) == len(RULES)


async def test_the_database_is_asked_what_the_text_does_not_show(database, tmp_path):
    connection = await asyncpg.connect(database.dsn("hub_writer"))

    async def refused(text: str) -> str | None:
        return await refused_by_database(connection, DIVISION, read_rule(written(tmp_path, text), DEFINITIONS), date(2026, 11, 24))

    assert [rule.name for rule in RULES if await refused_by_database(connection, DIVISION, rule, date(2026, 11, 24))] == []
    assert await refused(GOOD) is None
    assert "must match initial ORDER BY" in await refused(GOOD.replace("select p.person, p.mention", "select distinct on (p.person) p.person, p.mention").replace(":on - :days\n", ":on - :days order by p.since\n"))
    assert "date - text" in await refused(GOOD.replace("default = 5", 'default = "5"'))
    assert await connection.fetchval("select count(*) from pg_class where relpersistence = 't'") == 0  # nothing is left
    await connection.close()


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


def test_the_verbs(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_HOME", str(tmp_path))  # a home without a database: the text alone is looked at
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

"""A finding whose mere being there tells why – a parent in prison, a disability, an allowance – is not there for who may not read of that (domain G.8)."""

from datetime import date

import asyncpg
import pytest
from sqlalchemy.dialects import postgresql

from hub.access.catalogue import Level
from hub.access.deciding import Asker
from hub.access.rights import rights_of
from hub.query.policy import CATALOGUE, Policy
from hub.rules import DEFINITIONS, RULES
from hub.rules.rule import names_read, tables_read, words_needed
from hub.storage.tables import TWO_AXES, metadata
from tests.access.people import EVERYBODY
from tests.flow import DIVISION
from tests.rules.city import City

TODAY = date(2026, 11, 24)


@pytest.fixture
async def child(database):
    """A prisoner's child out of school, found by two rules and concluded upon; the admin's connection to look from."""
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    city = City(writer, "unenrolled_of_prisoners")
    await city.deliver()
    person, parent = await city.registered(), await city.someone(date(1985, 3, 17))
    await city.fact("custody", parent, source="justice.prisoners_children", facility="某监狱")
    await city.fact("kinship", person, source="justice.prisoners_children", relative=parent, relation="父亲")
    assert person in await city.found(TODAY)
    for row in await writer.fetch("select id from finding"):
        await writer.execute(
            """insert into conclusion (division, finding, publication, code, status, by, department, "on") values ($1, $2, 1, '15', '属实', '甲', 'education', $3)""",
            DIVISION, row["id"], TODAY,
        )
    yield person
    await writer.close()


def policy_of(account) -> Policy:
    return Policy(rights_of(CATALOGUE, Asker(account.department, account.role), account.purpose, TODAY))


@pytest.mark.parametrize("account", EVERYBODY, ids=lambda account: account.name)
async def test_only_who_may_read_of_custody_sees_the_finding_on_both_locks(child, database, account):
    policy = policy_of(account)
    may = "custody" in policy.allowed.tables
    hidden = await _of_prisoners(database)
    for user in ("hub_reader", "hub_admin"):  # row security and the compiler together; and the compiler alone, for whom no row security holds
        connection = await asyncpg.connect(database.dsn(user))
        async with connection.transaction():
            for name, value in policy.settings(DIVISION, TODAY, frozenset(account.care)).items():
                await connection.execute("select set_config($1, $2, true)", f"hub.{name}", value)
            for table, key in (("finding", "id"), ("conclusion", "finding")):
                rows = policy.seen(table, metadata.tables[table])
                statement = str(rows.select().compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
                told = {row[key] for row in await connection.fetch(statement)}
                assert may or not hidden & told, (user, table)
                if may and account.name in ("lead", "member"):
                    assert hidden <= told, (user, table)
                if account.name in ("education", "disabled") and table in policy.allowed.tables:
                    assert told  # the child itself is not hidden: another finding, which gives no reason away, is there
            if user == "hub_reader":  # row security alone
                behind = {row["id"] for row in await connection.fetch("select id from finding")}
                assert may or not hidden & behind
        await connection.close()


async def _of_prisoners(database) -> set[int]:
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    found = {row["id"] for row in await admin.fetch("select id from finding where reveals = 'custody'")}
    await admin.close()
    assert found
    return found


#: Tables of highly sensitive items that a rule reads and does not reveal, with why being found does not tell what they hold. Most only ever take
#: a finding away: whoever is found may be anybody else.
PARDONED = {
    "deferral_approval": "an approved deferral only excuses or exempts: it takes findings away",
    "mention": "everybody who is on any list has one",
}
TELLS_NOTHING = {
    ("phantom_enrolment", "assistance"): "that an orphan's allowance ended by death shows the same as the household register does: the pupil is gone",
    ("said_in_school", "assessment"): "a committee's assessment only exempts",
    ("disability_differs", "assessment"): "the certificate is what it compares, or civil affairs' register, which tells of the parents; the definitions it reads hold diagnoses too",
    ("unenrolled_disabled", "assessment"): "disabled by one of three lists, and who may read the one may read the others (item disability)",
    ("entitlement_gap", "certificate"): "a programme that is due tells of a disability too; who pays these programmes has both (item support)",
    ("entitlement_gap", "assessment"): "as the certificate",
    ("entitlement_gap", "custody"): "of a prisoner's child only F05 and F06 are due, which entitlement_gap_without_care has",
    ("entitlement_gap", "parent_situation"): "as custody",
    ("entitlement_gap_without_care", "certificate"): "who is poor or disabled may be judged; what is found is want of care",
    ("entitlement_gap_without_care", "assessment"): "as the certificate",
    ("entitlement_gap_without_care", "assistance"): "as the certificate",
    ("entitlement_gap_without_care", "parent_situation"): "it reveals custody, which fewer may read",
    ("unenrolled_of_prisoners", "parent_situation"): "it reveals custody, which fewer may read",
    ("unenrolled_of_prisoners", "assistance"): "as the situation of the parents",
    ("unenrolled_poor", "parent_situation"): "of whom no birth date is told only recognition as an orphan or without care is asked, which it reveals",
    ("unenrolled", "assistance"): "that an orphan's allowance ended by death only takes findings away: who has died does not live here",
    ("unenrolled_disabled", "assistance"): "as unenrolled",
    ("absence_clock", "assistance"): "an orphan's allowance ended by death only ends the absence, as a death in the household register or a school elsewhere does",
    ("mark_overdue", "assistance"): "as the absence clock",
    ("ninth_grade_spring", "assistance"): "as the absence clock",
    ("file_not_transferred", "assistance"): "as unenrolled",
    ("orphan_with_parent", "assistance"): "recognition as an orphan tells of the parents, and fewer may read of these",
    ("payment_late", "assistance"): "recognition as an orphan or without care tells of the parents, and fewer may read of these",
    ("programmes_exclude", "assistance"): "recognition as an orphan tells of the parents, and fewer may read of these",
    ("programmes_exclude", "payment"): "as that recognition",
    ("sentence_ended", "assistance"): "recognition as without care tells of the parents, and fewer may read of these",
    ("sibling_recognised", "assistance"): "recognition as without care tells of the parents, and fewer may read of these",
    ("paid_wrongly", "payment"): "a payment tells of the programme that it is of: it reveals assistance",
    ("paid_wrongly", "certificate"): "annulled since long: nobody is disabled for it, and the programme is what is told",
}


def test_a_rule_that_reads_what_the_catalogue_closes_reveals_it_or_says_why_not():
    """By population and expectation, with every definition that they are made of; exclusions take findings away."""
    told = set()
    for rule in RULES:
        for noun in _read(rule) & CLOSED:
            if noun not in rule.reveals and noun not in PARDONED:
                told.add((rule.name, noun))
        assert set(rule.reveals) <= TWO_AXES.keys()
    assert told == TELLS_NOTHING.keys(), (sorted(told - TELLS_NOTHING.keys()), sorted(TELLS_NOTHING.keys() - told))


#: The tables that highly sensitive items alone hold: what no item of a lower level opens.
CLOSED = {table for item in CATALOGUE.items.values() if item.level is Level.HIGHLY for table in item.tables} - {
    table for item in CATALOGUE.items.values() if item.level is not Level.HIGHLY for table in item.tables
}


def _read(rule) -> frozenset[str]:
    names = names_read(f"{rule.population}\n{rule.expectation}")
    made = {"judged": ["aid_candidate", "poor", "disabled"]}  # whoever judges reads what its candidates are made of
    words = words_needed([one for name in sorted(names) for one in [name, *made.get(name, ())]], DEFINITIONS)
    return (names | tables_read(words, DEFINITIONS)) - DEFINITIONS.keys()


def test_the_tables_that_are_closed_are_those_that_tell_why():
    assert {"custody", "parent_situation", "certificate", "assessment", "assistance", "payment", "deferral_approval", "mention"} <= CLOSED
    assert not {"enrolment", "person_resolved", "guardianship", "schooling_statement"} & CLOSED

"""The catalogue: every field of the graph has an entry, what is wrong is told with its place, and each change has two people."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.access.catalogue import FILE, Level, Mask, read_catalogue
from hub.access.deciding import Asker, tables_read_by, who_could_see
from hub.access.rights import rights_of
from hub.cli import app
from hub.contract.model import ContractError
from hub.query.pruning import missing_entries
from hub.steps.resolve import TELLING
from hub.storage.tables import TWO_AXES, metadata
from schema.declared import graph
from tests.access.people import EVERYBODY

CATALOGUE = read_catalogue()
TEXT = FILE.read_text(encoding="utf-8")


def draft(tmp_path: Path, old: str, new: str) -> Path:
    """The catalogue with one change."""
    assert old in TEXT
    path = tmp_path / "catalogue.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return path


def place_of(text: str, wanted: str) -> tuple[int, int]:
    at = text.index(wanted)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def test_every_field_of_the_graph_has_an_entry_and_every_entry_a_field():
    assert missing_entries(CATALOGUE, graph.types) == ([], [])


def test_a_field_without_an_entry_is_found(tmp_path):
    shorter = read_catalogue(draft(tmp_path, '"legalDocument", ', ""), approved=False)
    assert missing_entries(shorter, graph.types) == (["AbsenceSpell.legalDocument"], [])
    longer = read_catalogue(draft(tmp_path, '"legalDocument", ', '"legalDocument", "secret", '), approved=False)
    assert missing_entries(longer, graph.types) == ([], ["AbsenceSpell.secret"])


def test_every_personal_table_and_masked_column_exists_and_none_is_left_out():
    assert CATALOGUE.tables <= set(metadata.tables)
    for item in CATALOGUE.items.values():
        for column in item.masks:
            table, name = column.split(".")
            assert name in metadata.tables[table].c, column
    with_persons = {name for name in TWO_AXES if "person" in TWO_AXES[name][0].c}
    assert with_persons <= CATALOGUE.tables


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ('"敏感级别" = "公开"', '"敏感级别" = "秘密"', '"敏感级别" = "秘密"', "may be 公开, 内部, 敏感, 高度敏感"),
        ('"批准" = "政务数据主管部门审核员"', '"批准" = "信息中心目录管理员"', '"批准" = "信息中心目录管理员"', "a second person"),
        ('"范围" = "学校"', '"范围" = "省"', '"范围" = "省"', "全市, 乡镇, 村居, 学校"),
        ('"justice.custody", "employment"', '"justice.custodi", "employment"', '"justice.custodi"', "no 信息项 is called justice.custodi"),
        ('"person_resolved.name" = "姓名"', '"persons.name" = "姓名"', '"persons.name"', "no column of one of its tables"),
        ('Count = ["key", "count"]', 'Count = ["key", "count"]\nPerson = ["name"]', 'Person = ["name"]', "stands in person.basic already"),
        ('"提出" = ', '"提议" = ', '"提议"', "a version has no key 提议"),
        ('"来源" = ["civil_affairs.child_welfare", "governance.key_youth"]\n', "", '"取值"', "取值 is of the lists that 来源 names"),
        ("[\"用途\".\"audit\"]", "[\"用途\".\"audit\"", None, "not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(tmp_path, old, new, at, message):
    path = draft(tmp_path, old, new)
    with pytest.raises(ContractError) as told:
        read_catalogue(path, approved=False)
    assert message in str(told.value)
    if at is not None:
        line, column = place_of(path.read_text(encoding="utf-8"), at)
        assert (told.value.line, told.value.column) in {(line, column), (line, column + len(at) - 1)} or told.value.line == line, str(told.value)


def test_nothing_changes_without_a_version_that_approves_it(tmp_path):
    path = draft(tmp_path, '"显示" = "脱敏"\n', "")
    with pytest.raises(ContractError, match=f"is not what version {len(CATALOGUE.versions)} approved"):
        read_catalogue(path)


def test_lint_prints_the_fingerprint_that_a_draft_needs(tmp_path):
    path = draft(tmp_path, '"显示" = "脱敏"\n', "")
    told = CliRunner().invoke(app, ["access", "lint", str(path), "--draft"])
    assert told.exit_code == 0, told.output
    [print_] = re.findall(r"[0-9a-f]{32}", told.output)
    mended = re.sub(r'"指纹" = "[0-9a-f]+"', f'"指纹" = "{print_}"', path.read_text(encoding="utf-8"))
    path.write_text(mended, encoding="utf-8")
    assert read_catalogue(path).grants != CATALOGUE.grants


def test_who_could_see_a_field_is_answered_for_any_day(tmp_path):
    """A later version ends a grant; what stood before is answered as it stood."""
    no = len(CATALOGUE.versions) + 1
    later = TEXT.replace('# ---- 用途', f'["版本"."{no}"]\n"日期" = "2027-03-01"\n"提出" = "甲"\n"批准" = "乙"\n"事由" = "司法不再看"\n"指纹" = "-"\n\n# ---- 用途', 1)
    later = later.replace('"信息项" = ["person.basic", "family", "residence", "education.enrolment", "parent.situation", "justice.custody", "provenance"]\n"自" = "1"',
                          '"信息项" = ["person.basic", "family", "residence", "education.enrolment", "parent.situation", "justice.custody", "provenance"]\n"自" = "1"\n"至" = ' f'"{no}"', 1)  # fmt: skip
    later = later.replace('"信息项" = ["justice.custody"]\n"自" = "12"', f'"信息项" = ["justice.custody"]\n"自" = "12"\n"至" = "{no}"', 1)
    path = tmp_path / "catalogue.toml"
    path.write_text(later, encoding="utf-8")
    catalogue = read_catalogue(path, approved=False)

    def roles(on: date) -> set[str]:
        return {sight.role for sight in who_could_see(catalogue, "justice.custody", on)}

    first = catalogue.versions[0].on
    assert roles(first - timedelta(1)) == set()
    assert roles(first) == {"justice.officer", "team.lead"}
    assert roles(date(2027, 2, 28)) == {"justice.officer", "team.lead"} and roles(date(2027, 3, 1)) == {"team.lead"}


def test_the_verb_answers_by_field_and_day():
    told = CliRunner().invoke(app, ["access", "who", "Custody.facility", "--on", "2026-12-01"])
    assert told.exit_code == 0 and "justice.officer" in told.output and "education.school" not in told.output
    assert "nobody" in CliRunner().invoke(app, ["access", "who", "Custody.facility", "--on", "2026-08-31"]).output
    assert CliRunner().invoke(app, ["access", "who", "Custody.nothing"]).exit_code != 0


def test_the_most_sensitive_items_are_closed_to_those_who_need_only_the_consequence():
    """domain G.8: that a parent is in prison is for justice, civil affairs, the team's lead and the planner."""
    for item in ("justice.custody", "parent.situation"):
        seeing = {sight.role for sight in who_could_see(CATALOGUE, item, date(2026, 12, 1))}
        assert seeing <= {"justice.officer", "civil.clerk", "team.lead", "education.planner"}
    assert CATALOGUE.items["justice.custody"].level is Level.HIGHLY
    assert CATALOGUE.items["person.basic"].masks["person_resolved.name"] is Mask.NAME


def test_whoever_may_not_see_an_item_sees_no_row_of_the_lists_that_tell_it():
    """A list of the disabled or of the poor tells it by naming somebody; each of these lists is closed to who lacks its item."""
    lists = {source for item in ("disability", "assistance", "payment", "education.special", "parent.situation", "justice.custody") for source in CATALOGUE.items[item].sources}
    assert {"disabled_persons.", "health.disability_screening", "poverty_relief.", "civil_affairs.minimum_living_allowance", "finance.aid_payment", "education.deferral_approval"} <= lists
    on = date(2026, 12, 1)
    closed = {
        (account.name, source)
        for account in EVERYBODY
        for source in rights_of(CATALOGUE, Asker(account.department, account.role), account.purpose, on).closed_sources
    }
    for name in ("school", "village", "township", "supervisor", "education", "police", "leader", "operator"):
        assert {source for whose, source in closed if whose == name} == lists, name
    assert not {source for whose, source in closed if whose == "lead"}
    assert {source for whose, source in closed if whose == "planner"} == {"justice."}
    assert ("civil", "civil_affairs.disability_subsidy") not in closed and ("civil", "disabled_persons.") in closed
    assert ("disabled", "disabled_persons.") not in closed and ("disabled", "poverty_relief.") in closed


def test_what_these_lists_say_of_a_person_counts_but_for_those_of_custody_and_parents():
    """The address that such a list gives is where a child is whom nobody sees."""
    assert {"civil_affairs.child_welfare", "governance.key_youth", "justice."} == set(TELLING)


def test_whose_job_it_is_keeps_what_it_needs():
    on = date(2026, 12, 1)
    for item, role, purposes in (
        ("assistance", "civil.clerk", {"assistance_review", "joint_inspection"}),
        ("finding", "civil.clerk", {"assistance_review", "joint_inspection"}),
        ("finding.conclude", "civil.clerk", {"assistance_review", "joint_inspection"}),
        ("identity.decide", "education.clerk", {"enrolment_check", "special_education", "joint_inspection"}),
        ("school_age_register.sources", "team.lead", {"joint_inspection"}),
    ):
        assert {sight.purpose for sight in who_could_see(CATALOGUE, item, on) if sight.role == role} == purposes, (item, role)
    assert {sight.role for sight in who_could_see(CATALOGUE, "school_age_register.sources", on)} == {"team.lead"}
    assert not who_could_see(CATALOGUE, "school_age_register.sources", date(2026, 11, 26))


def test_what_a_department_reads_is_what_some_role_of_it_may():
    on = date(2026, 12, 1)
    reads = {department: tables_read_by(CATALOGUE, department, on) for department in ("education", "civil_affairs", "justice", "disabled_persons", "township", "supervision", "labour")}
    assert {name for name, tables in reads.items() if "custody" in tables} == {"justice", "supervision"}
    assert {name for name, tables in reads.items() if "assistance" in tables} == {"education", "civil_affairs", "supervision"}
    assert "certificate" in reads["disabled_persons"] and "certificate" not in reads["township"] and not reads["labour"]
    assert "assistance" not in tables_read_by(CATALOGUE, "civil_affairs", date(2026, 8, 31))

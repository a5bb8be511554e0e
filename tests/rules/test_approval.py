"""No rule runs as one person has changed it: each state of them is a version with two names and a fingerprint."""

import shutil
import tomllib
from datetime import date

import pytest

from hub.opening import open_hub
from hub.refusal import Refusal
from hub.rules import approval
from hub.rules.approval import FOLDER, RULED, fingerprint, refuse_unapproved
from hub.running import run_checks, run_folder
from hub.settings import CannotServe
from hub.storage.database import Database
from hub.web import create_app
from tests.flow import number, write_csv
from tests.spec.test_verbs import verb

NEWEST = max(map(int, tomllib.loads(approval.FILE.read_text("utf-8"))["版本"]))


@pytest.fixture
def rules(tmp_path):
    """A copy of the rules."""
    return shutil.copytree(FOLDER, tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))


def test_the_rules_as_they_stand_are_approved(database):
    refuse_unapproved()
    assert f"指纹 = {fingerprint()}" in verb(database, "rules", "check").stdout


@pytest.mark.parametrize("pattern", RULED)
def test_whatever_one_person_changes_of_them_is_refused(rules, pattern):
    refuse_unapproved(rules)
    changed = min(rules.glob(pattern))
    changed.write_text(changed.read_text("utf-8").replace("\n", "\n# days\n", 1) if changed.suffix != ".sql" else changed.read_text("utf-8") + "-- days\n", "utf-8")
    with pytest.raises(Refusal, match=f"add version {NEWEST + 1}, which names who proposes and who approves") as told:
        refuse_unapproved(rules)
    assert fingerprint(rules) in str(told.value)


def test_a_rule_more_or_less_or_by_another_name_is_refused(rules):
    one = min((rules / "checks").glob("*.toml"))
    one.rename(one.with_name("another.toml"))
    with pytest.raises(Refusal):
        refuse_unapproved(rules)


@pytest.mark.parametrize(("proposed", "approved", "good"), [("张三", "李四", True), ("张三", "张 三", False), ("zhang", "ＺＨＡＮＧ", False)])
def test_a_version_is_two_people(rules, proposed, approved, good):
    (rules / "limits.py").write_text((rules / "limits.py").read_text("utf-8") + "\n", "utf-8")
    versions = rules / approval.FILE.name
    text = f'\n["版本"."{NEWEST + 1}"]\n"日期" = "2026-11-28"\n"提出" = "{proposed}"\n"批准" = "{approved}"\n"事由" = "宽限一天"\n"指纹" = "{fingerprint(rules)}"\n'
    versions.write_text(versions.read_text("utf-8") + text, "utf-8")
    if good:
        refuse_unapproved(rules)
        return
    with pytest.raises(Refusal, match="a second person"):
        refuse_unapproved(rules)


async def test_nothing_is_carried_checked_or_served_by_other_rules(database, tmp_path, monkeypatch):
    monkeypatch.setattr(approval, "fingerprint", lambda folder=FOLDER: "other")
    write_csv(tmp_path / "in", "常住人口_202609.csv", [["户号", "姓名", "公民身份号码", "出生日期", "与户主关系"], ["1", "王小禾", number(date(2014, 5, 3), 101), "20140503", "户主"]])
    async with open_hub(database.settings()) as hub:
        for work in (lambda: run_folder(hub, tmp_path / "in", watch=lambda: None), lambda: run_checks(hub)):
            with pytest.raises(Refusal, match=f"are not those that version {NEWEST}"):
                await work()
        assert await hub.connection.fetchval("select count(*) from publication") == 0
    with pytest.raises(CannotServe, match=f"are not those that version {NEWEST}"):
        create_app(database.settings(), Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))

"""The demo city: the same seed gives the same bytes, its files carry offices' habits, and every row of them ends somewhere."""

import csv
import hashlib
from collections import Counter
from datetime import date

import openpyxl
import pytest

from hub.demo import ROUNDS, SPRING, generate
from hub.demo.evaluate import evaluate, findings
from hub.demo.show import Asked, asked_for
from hub.opening import open_hub
from hub.rules import RULES
from hub.running import run_folder
from hub.settings import CannotServe, Settings
from tests.rules.test_school_age_register import counted_apart

CHILDREN = 200


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A small city's folder and what was made."""
    folder = tmp_path_factory.mktemp("demo") / "city"
    return folder, generate(folder, children=CHILDREN, seed=3)


def digest(folder):
    """One hash of all files."""
    told = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            told.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return told.hexdigest()


def test_the_same_seed_gives_the_same_bytes(city, tmp_path):
    generate(tmp_path / "again", children=CHILDREN, seed=3)
    generate(tmp_path / "other", children=CHILDREN, seed=4)
    assert digest(tmp_path / "again") == digest(city[0]) != digest(tmp_path / "other")


def test_workbooks_carry_what_offices_leave_in_them(city):
    states = {sheet.title: sheet.sheet_state for path in city[0].rglob("*.xlsx") for sheet in openpyxl.load_workbook(path).worksheets}
    assert states["汇总"] == "visible" and states["旧表"] == "hidden"


def sheet_of(folder, stem):
    """A workbook's first sheet."""
    return openpyxl.load_workbook(next(folder.glob(f"2026-09/*/{stem}_*.xlsx"))).worksheets[0]


def test_headers_stand_in_two_rows_under_merged_groups(city):
    merged = {str(cells) for cells in sheet_of(city[0], "农村留守儿童").merged_cells.ranges}
    assert {"A1:S1", "A2:A3", "J2:N2", "O2:S2"} <= merged
    upper, lower = ([cell.value for cell in row] for row in sheet_of(city[0], "农村留守儿童")["A2:S3"])
    assert (upper[9], upper[10], lower[9], lower[8]) == ("父母", None, "父亲姓名", None)


def test_a_household_is_merged_over_its_members(city):
    sheet = sheet_of(city[0], "脱贫户监测户")
    tall = [cells for cells in sheet.merged_cells.ranges if cells.max_row > cells.min_row]
    assert {cells.min_col for cells in tall} == {2, 3, 4}
    assert all(sheet.cell(cells.min_row + 1, cells.min_col).value is None for cells in tall)


def test_lists_end_with_totals_and_notes(city):
    last = [row[0] for row in sheet_of(city[0], "控辍保学台账").iter_rows(values_only=True)][-2:]
    assert last[0] == "合计" and last[1].startswith("填表人：")
    assert sheet_of(city[0], "特困人员")["A2"].value == "单位：人、元"


def test_several_children_stand_in_one_cell_of_the_justice_list(city):
    text = next(city[0].glob("2026-09/justice/*.csv")).read_bytes().decode("gb18030")
    (row,) = [line.split(",") for line in text.splitlines() if "王大山" in line]
    assert row[6:10] == ["王小禾、王小雨", "男、女", "201205、201311", ""]


#: The worked example of the domain: source -> words of the one row about somebody (their number or name first).
FAMILY = {
    "常住人口": ("210299201205030178", "210281101000123", "孙秀兰", "孙子", "辽宁省瓦房店市复州城镇八里庄村12号"),
    "居住证": ("210299201508311014", "吉林省某县", "瓦房店市新华街道桃园社区", "20240310", "投靠"),
    "城乡低保对象": ("210299201205030178", "DB2102810001234", "210299195501013024", "是", "3", "1860.00", "202303"),
    "特困人员": ("210299195904026313", "残疾人", "分散", "半护理", "1400.00"),
    "孤儿和事实无人抚养儿童": ("210299201311022083", "服刑在押", "20230110", "失联", "20220301", "祖母", "20230415"),
    "农村留守儿童": ("210299201311022083", "父母均不在", "孙秀兰", "13900000002", "有慢性病"),
    "服刑人员未成年子女": ("210299198503174212", "王小禾、王小雨", "201205、201311"),
    "持证残疾人": ("21029920120503017852", "智力", "二级", "正常", "20330531"),
    "残疾人基本服务状况和需求动态更新": ("21029920120503017852", "_1"),
    "未入学适龄残疾儿童少年名单": ("210299201205030178", "王小禾"),
    "学生基础信息": ("210299201311022083", "G210299201311022083", "走读", "非留守儿童", "无残疾", "非随班就读"),
    "学籍异动": ("210299201107091209", "21", "20250305", "99"),
    "控辍保学台账": ("210299201107091209", "20250303", "辍学", "20250401", "20250403"),
    "中职学籍": ("210299201107091209", "202503", "其他"),
    "用工备案": ("210299201107091209", "91210281MA0000000X", "20260301", "20260310"),
    "脱贫户监测户": ("21029920120503017852", "非在校生", "是"),
    "资助和补贴发放明细": ("210299201311022083", "低保家庭学生", "F12", "成功"),
    "教学点公用经费": ("复州城教学点", "37", "100", "720", "72000.00", "26640.00"),
    "残疾儿童筛查": ("210299201205030178", "疑似智力", "20180611"),
}


def rows_of(path):
    """All rows of a delivered file that are seen, as text."""
    if path.suffix == ".xlsx":
        sheets = [sheet for sheet in openpyxl.load_workbook(path).worksheets if sheet.title not in ("汇总", "旧表")]
        return [[cell or "" for cell in row] for sheet in sheets for row in sheet.iter_rows(values_only=True)]
    data = path.read_bytes()
    encoding = "utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "gb18030"
    return [line.split(",") for line in data.decode(encoding).splitlines()]


@pytest.mark.parametrize("month", ["2026-09", "2026-10"])
@pytest.mark.parametrize(("source", "words"), FAMILY.items(), ids=FAMILY)
def test_the_worked_example_is_in_every_city(city, month, source, words):
    (path,) = city[0].glob(f"{month}/*/{source}_*")
    rows = [row for row in rows_of(path) if words[0] in row]
    assert len(rows) == 1
    assert [word for word in words if word not in rows[0]] == []


def test_truth_tells_every_child_and_programme_once(city):
    rows = truth_of(city[0], "entitlements")
    assert len({(row["programme"], row["number"]) for row in rows}) == len(rows)
    by_programme = Counter(row["programme"] for row in rows)
    assert len(by_programme) == 8 and len(set(by_programme.values())) == 1
    told = {(row["programme"], row["answer"]) for row in rows}
    assert told >= {(f, answer) for f in ("F05", "F06") for answer in ("RECEIVING", "DUE", "NOT_DUE")}
    assert told >= {("F01", "RECEIVING"), ("F01", "UNKNOWN"), ("F10", "RECEIVING"), ("F10", "NOT_DUE")}


def test_truth_of_the_worked_example(city):
    boy, girl = "210299201205030178", "210299201311022083"
    answers = {(row["number"], row["programme"]): row["answer"] for row in truth_of(city[0], "entitlements")}
    of = {
        "F01": "RECEIVING",
        "F05": "NOT_DUE",
        "F06": "DUE",
        "F07": "DUE",
        "F08": "DUE",
        "F10": "NOT_DUE",
        "F11": "NOT_DUE",
        "F12": "NOT_DUE",
    }
    assert {programme: answers[boy, programme] for programme in of} == of
    assert {programme for programme in of if answers[girl, programme] == "RECEIVING"} == {"F01", "F06", "F10", "F12"}
    found = {(row["rule"], row["number"]) for row in truth_of(city[0], "findings")}
    assert found >= {("E.1", boy), ("E.2", boy), ("E.3", boy), ("E.8", "210299201107091209")}
    assert {rule for rule, number in found if number == girl} == {"E.9-1", "E.9-2", "E.9-3"}
    assert found >= {(rule, "210299201107091209") for rule in ("E.7", "A-61", "A-13")}


async def test_every_row_ends_somewhere_and_the_graph_agrees_with_the_truth(city, database, tmp_path):
    """Both rounds through the whole flow: every row is accounted for, and what is found is what was planted."""
    folder, made = city
    async with open_hub(database.settings(HUB_BUSINESS_DATE="2026-10-31")) as hub:
        for month in ("2026-09", "2026-10"):
            outcome = await run_folder(hub, folder / month, watch=lambda: None)
            assert not outcome.refused
            assert all(report.state == "PUBLISHED" and report.counts.conserved for report in outcome.reports)
            written = sum(rows for name, rows in made.rows.items() if name.startswith(month))
            assert sum(report.counts.read - report.counts.not_data for report in outcome.reports) == written
            assert {kind for report in outcome.reports for kind in report.not_data} >= NOT_DATA
            assert sum(report.counts.quarantined for report in outcome.reports) < written / 100
        scores = await evaluate(hub, folder / "truth", on=hub.today())
        blind = {row["person"] for row in await hub.connection.fetch("select person from register_entry where owner = ''")}
        assert blind and blind == await counted_apart(hub.connection, tmp_path, hub.today(), date(2026, 8, 31))
    unenrolled, numbered = [score for score in scores.findings if score.name.startswith("E.1 ")]
    assert unenrolled.there == unenrolled.right == unenrolled.found > 0
    assert numbered.there == numbered.right == numbered.found > 0
    of_all, of_numbered = scores.findings[::2], scores.findings[1::2]
    assert {score.name.split()[0] for score in of_all if not score.there} <= {"E.11-12", "E.5-7"}  # each rule has its cases; so small a city has one certified pupil, and it is autumn
    assert len(of_all) + len(scores.schools) == len(RULES)
    assert len(scores.near) > 30 and not [str(near) for near in scores.near if near.found]
    assert all(score.there == score.right == score.found > 0 for score in scores.schools) and len(scores.schools) == 2, [str(score) for score in scores.schools]
    assert all(score.there == score.right == score.found for score in of_numbered), [str(score) for score in of_numbered if not score.there == score.right == score.found]  # certain links: all and no other
    there, right, found = (sum(getattr(score, name) for score in of_all) for name in ("there", "right", "found"))
    assert right / there >= 0.95 and right / found >= 0.95, (there, right, found)
    assert all(score.precision > 0.99 and score.recall > 0.85 for score in scores.linkage)
    assert [told.programme for told in scores.entitlements] == ["F01", "F05", "F06", "F07", "F08", "F10", "F11", "F12"]
    assert all(told.share > 0.9 for told in scores.entitlements if told.programme not in ("F05", "F06")), str(scores)
    assert all(told.contradicted == 0 for told in scores.entitlements), str(scores)
    # What is left open is a child of whose parents no list tells, never one who is recognised.
    assert all(told.answers["NOT_DUE", "UNKNOWN"] == told.open - told.answers["DUE", "UNKNOWN"] for told in scores.entitlements)
    assert "F01 answers" in str(scores) and "precision" in str(scores)


async def test_in_spring_ninth_graders_who_stay_away_are_found(tmp_path, database):
    """The third round alone: what E.5-7 finds is what was planted, and only then."""
    generate(tmp_path / "city", children=300, seed=5, rounds=(*ROUNDS, SPRING))
    async with open_hub(database.settings(HUB_BUSINESS_DATE=SPRING.isoformat())) as hub:
        assert not (await run_folder(hub, tmp_path / "city" / f"{SPRING:%Y-%m}", watch=lambda: None)).refused
        scores = await findings(hub.connection, hub.division, tmp_path / "city" / "truth", hub.keys)
    score = next(one for one in scores if one.name.startswith("E.5-7"))
    assert score.there == score.right == score.found == 3, str(score)


#: What a small city's files carry beside data.
NOT_DATA = {"title", "unit line", "header", "repeated header", "total", "note", "hidden sheet", "summary sheet"}


def truth_of(folder, name):
    """A file of planted truth."""
    with (folder / "truth" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_where_nothing_is_said_the_city_that_stands_is_served(tmp_path):
    settings = Settings.from_environ({"HUB_HOME": str(tmp_path)})
    assert asked_for(settings, None, None, None, spring=False) == Asked(20_000, 1, "medium", False)
    made = tmp_path / "demo" / "city" / "made"
    made.parent.mkdir(parents=True)
    for standing in (Asked(300, 7, "hard", False), Asked(20_000, 1, "medium", True)):
        made.write_text(str(standing))
        assert asked_for(settings, None, None, None, spring=False) == standing
        assert asked_for(settings, standing.children, standing.seed, standing.dirt, spring=standing.spring) == standing
        for other in ((301, None, None, False), (None, 8, None, False), (None, None, "easy", False), (300, 7, "hard", True)):
            with pytest.raises(CannotServe, match=r"holds a city of .*demo-reset"):
                asked_for(settings, *other[:3], spring=other[3])
    with pytest.raises(CannotServe, match="--dirt must be one of"):
        asked_for(settings, None, None, "filthy", spring=False)
    made.write_text("something else")
    with pytest.raises(CannotServe, match="holds a city of something else"):
        asked_for(settings, None, None, None, spring=False)

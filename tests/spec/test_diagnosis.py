"""A diagnosis in a physician's words becomes a category where the text names one, and the child is found; else it stays text and is told (B.14, C.7, E.1)."""

from datetime import date

import pytest

from hub.domain.values.codes import Code
from hub.domain.values.defect import Defect
from hub.domain.values.diagnosis import DIAGNOSIS, NO_CATEGORY
from hub.rules import RULES
from hub.steps.check import check
from hub.storage.publishing import publishing
from tests.flow import DIVISION, TODAY, carry, hub, number, write_csv

NAMED = {
    "视力残疾": "盲 双眼失明 低视力 双眼低视力（二级） 视力障碍 无光感 视力一级",
    "听力残疾": "听力损失 双耳听力损失（中度） 重度感音神经性耳聋 听力障碍 失聪 疑似智力低下；听力损失",
    "言语残疾": "言语 言语障碍 语言发育迟缓 构音障碍 失语症",
    "肢体残疾": "脑瘫 小儿脑性瘫痪 1.脑瘫2.癫痫 偏瘫 肢体 脑瘫，排除孤独症 ７肢体残疾",
    "智力残疾": "智力低下 智力发育迟缓 智力发育迟缓（轻度） 精神发育迟滞 智障 智力残疾二级 智　力　低　下",
    "精神残疾": "孤独症 自闭症 孤独症谱系障碍 儿童孤独症（F84.0） 非典型孤独症 孤独症，无语言 精神分裂症 精神 孤独症；父亲精神分裂症",
    "多重残疾": "孤独症伴智力低下 聋哑 脑瘫、智力低下 多重残疾",
    "无残疾": "未见异常 正常 发育正常",
}
UNNAMED = """疑似孤独症 孤独症? 孤独症倾向 孤独症待排 考虑脑瘫 排除孤独症 孤独症除外 未见听力损失 无听力损失、智力低下 听力筛查未通过 高危儿 母亲聋哑 单侧耳聋
    色盲 夜盲症 面瘫 声音嘶哑 耳聋基因携带 唐氏综合征 全面性发育迟缓 发育迟缓 多动症 癫痫 弱视 智力正常 脑瘫已治愈 1 8 待查"""


@pytest.mark.parametrize(("text", "label"), [(text, label) for label, texts in NAMED.items() for text in texts.split(" ")])
def test_what_a_text_names_is_its_category(text, label):
    read = DIAGNOSIS.read(text)
    assert isinstance(read, Code) and read.label == label


@pytest.mark.parametrize("text", UNNAMED.split())
def test_what_names_none_beyond_doubt_is_never_guessed(text):
    read = DIAGNOSIS.read(text)
    assert isinstance(read, Defect) and read.kind == NO_CATEGORY


@pytest.mark.parametrize("text", ["", " ", "无", "/", "—"])
def test_a_blank_says_nothing(text):
    assert DIAGNOSIS.read(text) is None


BORN = date(2017, 3, 8)
CHILDREN = [("赵一鸣", "孤独症"), ("钱二宝", "疑似孤独症"), ("孙三顺", "未见异常"), ("李四海", "精神发育迟滞（中度）"), ("周五福", "癫痫"), ("吴六安", "排除脑瘫")]


def deliver(folder) -> None:
    """Six screened children on the household register; the other needed lists name other people."""
    ids = [number(BORN, 101 + 2 * i) for i in range(len(CHILDREN))]
    write_csv(folder, "常住人口_202610.csv", [
        "户号 与户主关系 姓名 性别 公民身份号码 出生日期 户籍地址".split(),
        *([f"2102{i}", "子", name, "男", ids[i], f"{BORN:%Y%m%d}", "瓦房店市许屯镇东村"] for i, (name, _) in enumerate(CHILDREN))])
    write_csv(folder, "学生基础信息_202610.csv", [
        "学校名称 姓名 性别 身份证件号 年级 就读状态 是否留守儿童".split(), ["许屯镇中心小学", "郑七", "男", number(date(2016, 1, 2), 111), "四年级", "在读", "否"]])
    write_csv(folder, "持证残疾人_202610.csv", [
        "姓名 身份证号 残疾人证号 残疾类别 残疾等级 证件状态".split(), ["冯八", number(date(1970, 1, 2), 111), number(date(1970, 1, 2), 111) + "42", "肢体", "二级", "正常"]])
    write_csv(folder, "0-6岁残疾儿童筛查_202610.csv", [
        "儿童 身份证号 性别 出生日期 筛查结果 转介 诊断 诊断日期".split(),
        *([name, ids[i], "男", f"{BORN:%Y%m%d}", "异常", "", text, "20220611"] for i, (name, text) in enumerate(CHILDREN))])


async def test_a_diagnosed_child_is_found_and_the_others_are_told(database, tmp_path):
    deliver(tmp_path / "in")
    async with hub(database, tmp_path) as (connection, keys):
        reports = {report.source: report for report in await carry(connection, keys, tmp_path / "in")}
        assert {report.state for report in reports.values()} == {"PUBLISHED"}, reports
        async with publishing(connection, division=DIVISION, kind="check", by="test", business_date=TODAY) as publication:
            await check(publication, RULES, on=TODAY)
        found = await connection.fetch("select m.name from finding f join identity i on i.person = f.person join mention m on m.id = i.id where f.rule = 'unenrolled_disabled' and m.source like 'health.%'")
        assert sorted(row["name"] for row in found) == ["李四海", "赵一鸣"]
        screened = reports["health.disability_screening"]
        assert screened.unread.cells == (("诊断", NO_CATEGORY, 3),)
        kept = await connection.fetch("select payload::text from record where source = 'health.disability_screening'")
        assert any("癫痫" in row["payload"] for row in kept)

"""Education's extracts: the student register in the national template, movements, the dropout ledger, signals, schools."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from hub.demo.city import SCHOOL_YEAR, City, Person
from hub.demo.sheets import Extract, Line, Named, Round
from hub.domain.values.division import TOWNSHIPS

GRADES = ("学前班", *["一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级", "高一", "高二", "高三"])
MEMBER = [
    "姓名",
    "关系",
    "关系说明",
    "现住址",
    "户口所在地行政区划",
    "联系电话",
    "是否监护人",
    "身份证件类型",
    "身份证件号",
    "民族",
    "工作单位",
    "职务",
]
TEMPLATE = (
    *[
        "学校标识码",
        "姓名",
        "性别",
        "出生日期",
        "出生地行政区划代码",
        "籍贯",
        "民族",
        "国籍/地区",
        "身份证件类型",
        "港澳台侨外",
        "健康状况",
        "政治面貌",
        "身份证件号",
        "户口性质",
        "户口所在地行政区划",
        "班号",
        "入学年月",
        "入学方式",
        "就读方式",
        "现住址",
        "通信地址",
        "家庭地址",
        "联系电话",
        "邮政编码",
        "是否独生子女",
        "是否受过学前教育",
        "是否留守儿童",
        "是否需要申请资助",
        "是否享受一补",
        "是否孤儿",
        "是否烈士或优抚子女",
        "上下学距离",
        "上下学方式",
        "是否需要乘坐校车",
        "曾用名",
        "身份证件有效期",
        "血型",
        "特长",
        "学籍辅号",
        "班内学号",
        "学生来源",
        "电子信箱",
        "主页地址",
        "残疾类型",
        "是否由政府购买学位",
        "随班就读",
    ],
    *(f"成员1{part}" for part in MEMBER),
    *(f"成员2{part}" for part in MEMBER),
    "是否进城务工人员随迁子女",
    *["学校名称", "年级", "班级", "学籍号", "学籍状态", "就读状态", "特教就读类型", "残疾证书号", "残疾程度"],
)
LEFT_BEHIND = {"": "非留守儿童", "单亲": "单亲留守儿童", "双亲": "双亲留守儿童"}


def pupils(city: City) -> Iterator[Person]:
    """Everybody on a school's register."""
    return (child for child in city.children() if child.school and child.where in ("SCHOOL", "DROPOUT"))


def student_number(child: Person, id_state: str) -> str:
    """G with the citizen number; L where the register has none."""
    return f"G{child.number}" if id_state == "ok" else f"L{child.number[:14]}{int(child.id[1:]) % 10000:04d}"


def student_register(round_: Round) -> Iterator[Line]:
    """One row a pupil, one sheet a township of the school."""
    numbers = tuple(child.number for child in islice(round_.city.children(), 500))  # the same every month: who borrows one keeps it
    for child in pupils(round_.city):
        s = round_.smudge("学籍", child.id)
        number, state = s.number(child.number, others=numbers)
        cells = {
            "学校标识码": round_.city.schools[child.school]["code"],
            "姓名": s.name(child.name),
            "性别": s.sex(child.sex),
            "出生日期": s.date(child.born),
            "出生地行政区划代码": f"{child.township}000",
            "籍贯": "辽宁瓦房店",
            "民族": "汉族",
            "国籍/地区": "中国",
            "身份证件类型": "居民身份证" if number else "其他",
            "港澳台侨外": "否",
            "健康状况": "残疾" if child.disability else "健康或良好",
            "政治面貌": "群众",
            "身份证件号": number,
            "户口性质": "农业户口",
            "户口所在地行政区划": f"{child.township}000",
            "班号": f"{SCHOOL_YEAR - max(child.grade, 1) + 1}01",
            "入学年月": entered(child),
            "入学方式": "就近入学",
            "就读方式": "住校" if child.boards else "走读",
            "现住址": s.address(child.township, child.village),
            "家庭地址": child.address,
            "联系电话": s.phone(child.phone),
            "是否独生子女": "否",
            "是否受过学前教育": "是",
            "是否留守儿童": LEFT_BEHIND[child.left_behind],
            "是否需要申请资助": "是" if child.aid else "否",
            "是否享受一补": "是" if "F11" in child.paid else "否",
            "是否孤儿": "否",
            "是否烈士或优抚子女": "否",
            "上下学距离": "3.5" if child.bus else "1",
            "上下学方式": "校车" if child.bus else "步行",
            "是否需要乘坐校车": "是" if child.bus else "否",
            "学生来源": "正常入学",
            "残疾类型": f"{child.disability}残疾" if child.disability else "无残疾",
            "是否由政府购买学位": "否",
            "随班就读": f"{child.disability}残疾随班就读"
            if child.placement == "普通学校随班就读" and child.disability in ("视力", "听力", "智力")
            else "非随班就读",
            "是否进城务工人员随迁子女": "否",
            "学校名称": child.school,
            "年级": GRADES[child.grade],
            "班级": f"{int(child.id[1:]) % 4 + 1}班",
            "学籍号": student_number(child, state),
            "学籍状态": "在籍" if child.where == "SCHOOL" else "流失",
            "就读状态": "在读" if child.where == "SCHOOL" else "流失",
            "特教就读类型": child.placement,
            "残疾证书号": child.certificate_number if child.disability and child.certificate == "正常" else "",
            "残疾程度": f"{child.level}级" if child.disability else "",
        }
        named = [Named("主体", child, state)]
        members = [(child.guardian, child.guardian_is)]
        if child.mother and child.guardian is not child.mother and child.mother.alive(round_.day):
            members.append((child.mother, "母亲"))
        for place, (member, relation) in enumerate(members, start=1):
            if member is None:
                continue
            text, told = s.number(member.number, adult=True)
            cells |= {
                f"成员{place}姓名": s.name(member.name),
                f"成员{place}关系": relation,
                f"成员{place}现住址": member.address,
                f"成员{place}联系电话": s.phone(member.phone),
                f"成员{place}是否监护人": "是" if place == 1 else "否",
                f"成员{place}身份证件类型": "居民身份证",
                f"成员{place}身份证件号": text,
            }
            named.append(Named(f"成员{place}", member, told))
        yield Line(cells, named, TOWNSHIPS[round_.city.schools[child.school]["township"]])
        if "第二学籍" in child.said:  # the same child on another school's register
            other = next(name for name, told in round_.city.schools.items() if told["level"] == round_.city.schools[child.school]["level"] and name != child.school)
            second = cells | {"学校名称": other, "学校标识码": round_.city.schools[other]["code"]} | child.said["第二学籍"]
            yield Line(second, named, TOWNSHIPS[round_.city.schools[other]["township"]])


def entered(child: Person) -> str:
    """Month of entry to the stage."""
    stage = 1 if child.grade <= 6 else 7 if child.grade <= 9 else 10
    return f"{SCHOOL_YEAR - max(child.grade, stage) + stage}09"


def movements(round_: Round) -> Iterator[Line]:
    """Transfers out with their end, suspensions, graduations of many years."""
    for child in round_.city.children():
        if child.where in ("ELSEWHERE", "DONE", "ABROAD") or "学籍异动" in child.said:
            s = round_.smudge("异动", child.id)
            number, state = s.number(child.number)
            day = date(SCHOOL_YEAR, 6, 28) if child.where == "DONE" else date(SCHOOL_YEAR, 3 + int(child.id[1:]) % 4, 5)
            kind = {"ELSEWHERE": "转学(转出)", "DONE": "毕业", "ABROAD": "出国"}.get(child.where, "")
            stem = TOWNSHIPS[child.township].removesuffix("满族乡").rstrip("街道镇乡")
            cells = {
                "学籍号": student_number(child, state),
                "姓名": child.name,
                "性别": s.sex(child.sex),
                "身份证件号": number,
                "年级": GRADES[min(child.grade, 9)],
                "班级": "1班",
                "异动类型": kind,
                "异动原因": "其他",
                "异动日期": f"{day:%Y%m%d}",
                "申请日期": f"{day - timedelta(days=9):%Y%m%d}",
                "申请学校": f"{stem}实验小学",
                "转入学校": "大连市甘井子区某小学" if child.where == "ELSEWHERE" else "",
                "转出学校": f"{stem}实验小学",
                "审核状态": "已完成",
                "完成日期": f"{day + timedelta(days=12):%Y%m%d}",
                "录入日期": f"{day + timedelta(days=1):%Y%m%d}",
                "毕业证书号": f"BY{SCHOOL_YEAR}{child.id[1:]}" if child.where == "DONE" else "",
                "异动说明": "随父母务工转出" if child.where == "ELSEWHERE" else "",
            }
            yield Line(cells, [Named("主体", child, state)])
            for again in [told for told in ("再次异动", "三次异动") if told in child.said]:
                yield Line(cells | child.said[again], [Named("主体", replace(child, said={}), state)])


def ledger(round_: Round) -> Iterator[Line]:
    """One row an absence, excused ones too."""
    for child in round_.city.children():
        if (child.absent_since is None and child.where != "DROPOUT") or (child.absent_since and child.absent_since > round_.day):
            continue
        s = round_.smudge("台账", child.id)
        number, state = s.number(child.number)
        since = child.absent_since or date(SCHOOL_YEAR, 9, 1)
        dropout = child.where == "DROPOUT"
        back = since + timedelta(days=6)
        yield Line(
            {
                "学校": child.school,
                "年级": GRADES[child.grade],
                "班级": "1班",
                "学籍号": student_number(child, state),
                "姓名": child.name,
                "性别": s.sex(child.sex),
                "出生日期": s.date(child.born),
                "身份证号": number,
                "户籍地址": child.address,
                "现住址": child.address,
                "监护人姓名": child.guardian.name if child.guardian else "",
                "关系": child.guardian_is,
                "电话": s.phone(child.phone),
                "首次无故不到校日期": f"{since:%Y%m%d}",
                "累计天数": str((round_.day - since).days) if dropout else "5",
                "标注状态": "辍学" if dropout else "",
                "标注日期": f"{since + timedelta(days=29):%Y%m%d}" if dropout else "",
                "辍学原因": "厌学" if dropout else "",
                "去向": "在家" if dropout else "",
                "书面报告送达(教育局)": f"{since + timedelta(days=30):%Y%m%d}" if dropout else "",
                "书面报告送达(乡镇)": f"{since + timedelta(days=31):%Y%m%d}" if dropout and int(child.id[1:]) % 3 else "",
                "是否请假": "是" if child.slip else "否",
                "请假类型": "病假" if child.slip else "",
                "请假起始日期": f"{child.slip:%Y%m%d}" if child.slip else "",
                "请假截止日期": f"{child.slip + timedelta(days=5):%Y%m%d}" if child.slip else "",
                "假条登记日期": f"{child.slip:%Y%m%d}" if child.slip else "",
                "复学日期": "" if dropout else f"{back:%Y%m%d}",
                "销号日期": "" if dropout else f"{back:%Y%m%d}",
            },
            [Named("主体", child, state)],
        )


def deferrals(round_: Round) -> Iterator[Line]:
    """Approved later starts."""
    for child in round_.city.children():
        if child.where == "DEFERRED":
            s = round_.smudge("延缓", child.id)
            number, state = s.number(child.number)
            yield Line(
                {
                    "姓名": child.name,
                    "性别": s.sex(child.sex),
                    "出生日期": s.date(child.born),
                    "身份证号": number,
                    "监护人": child.guardian.name if child.guardian else "",
                    "监护人身份证号": child.guardian.number if child.guardian else "",
                    "事由": "身体状况",
                    "批准机关": "瓦房店市教育局",
                    "批准文号": f"瓦教缓〔{SCHOOL_YEAR}〕{int(child.id[1:]) % 900 + 1}号",
                    "批准日期": f"{SCHOOL_YEAR}0820",
                    "延缓至": f"{SCHOOL_YEAR + 1}0831",
                },
                [Named("主体", child, state)],
            )


def schools(round_: Round) -> Iterator[Line]:
    """The register of schools with the hierarchy of small ones."""
    for name, told in round_.city.schools.items():
        yield Line(
            {
                "学校标识码": told["code"],
                "学校名称": name,
                "办学类型": told["kind"],
                "举办者": "公办",
                "中心学校": told["parent"],
                "乡镇街道": TOWNSHIPS[told["township"]],
                "地址": f"瓦房店市{TOWNSHIPS[told['township']]}",
            }
        )


def calendar(round_: Round) -> Iterator[Line]:
    """Terms, vacations and holidays of two school years."""
    for year in (SCHOOL_YEAR - 1, SCHOOL_YEAR):
        for kind, name, start, end in (
            ("学期", "秋季学期", (0, 9, 1), (1, 1, 16)),
            ("寒假", "寒假", (1, 1, 17), (1, 2, 28)),
            ("学期", "春季学期", (1, 3, 1), (1, 7, 11)),
            ("暑假", "暑假", (1, 7, 12), (1, 8, 31)),
            ("法定节假日", "国庆节", (0, 10, 1), (0, 10, 7)),
            ("法定节假日", "劳动节", (1, 5, 1), (1, 5, 3)),
        ):
            yield Line(
                {
                    "起始日期": f"{date(year + start[0], *start[1:]):%Y%m%d}",
                    "截止日期": f"{date(year + end[0], *end[1:]):%Y%m%d}",
                    "类型": kind,
                    "名称": f"{year}-{year + 1} {name}",
                }
            )


def cohorts(round_: Round) -> Iterator[Line]:
    """Ten years of counts, each grade of each school: a cohort shrinks a little every year."""
    counted = Counter((child.school, child.grade) for child in pupils(round_.city) if 1 <= child.grade <= 9)
    for (school, grade), now in sorted(counted.items()):
        for back in range(10):
            year = SCHOOL_YEAR - back
            pupils_then = now + (back * 7 + grade) % 5
            yield Line(
                {
                    "学年": f"{year}-{year + 1}",
                    "学校": school,
                    "年级": GRADES[grade],
                    "入学人数": str(pupils_then),
                    "在校人数": str(pupils_then),
                    "毕业人数": str(max(pupils_then - 1, 0)) if grade in (6, 9) else "",
                    "转入人数": "1",
                    "转出人数": "1",
                    "死亡人数": "0",
                }
            )


def present(kind: str) -> "Extract":
    """A signal list: who was seen at exams, meals or on the bus."""

    def lines(round_: Round) -> Iterator[Line]:
        for child in pupils(round_.city):
            if (
                child.where != "SCHOOL"
                or "E.4" in child.cases
                or ("E.4" in child.near and kind == "考试成绩登记" and round_.number == 1)
                or not 1 <= child.grade <= 9
                or (kind == "校车乘坐名单" and not child.bus)
                or (kind == "食堂就餐名单" and not child.boards)
            ):
                continue
            s = round_.smudge(kind, child.id)
            number, state = s.number(child.number)
            yield Line(
                {
                    "学校": child.school,
                    "年级": GRADES[child.grade],
                    "班级": "1班",
                    "姓名": child.name,
                    "学籍号": student_number(child, state),
                    "身份证件号": number,
                    "学年": f"{SCHOOL_YEAR - (round_.number == 1)}-{SCHOOL_YEAR + (round_.number > 1)}",
                    "学期": "春季学期" if round_.number == 1 else "秋季学期",
                    "月份": f"{round_.day:%Y%m}",
                    "成绩": str(60 + int(child.id[1:]) % 40),
                    "就餐次数": "22",
                    "乘车次数": "20",
                },
                [Named("主体", child, state)],
            )

    common = ("学校", "年级", "班级", "姓名", "学籍号", "身份证件号")
    own = {"考试成绩登记": ("学年", "学期", "成绩"), "食堂就餐名单": ("月份", "就餐次数"), "校车乘坐名单": ("月份", "乘车次数")}[kind]
    return Extract("education", kind, (*common, *own), lines, form="utf-8-sig")


def head_counts(round_: Round) -> Iterator[Line]:
    """Pupils present in each class on the day of the supervisor's visit."""
    counted = Counter((c.school, c.grade) for c in pupils(round_.city) if 1 <= c.grade <= 9)
    there = Counter((c.school, c.grade) for c in pupils(round_.city) if 1 <= c.grade <= 9 and c.where == "SCHOOL" and "E.4" not in c.cases)
    for (school, grade), registered in sorted(counted.items()):
        yield Line(
            {
                "学校": school,
                "年级": GRADES[grade],
                "班级": "全年级",
                "日期": f"{round_.day:%Y%m%d}",
                "学籍人数": str(registered),
                "实到人数": str(there[school, grade]),
            }
        )


EXTRACTS = (
    Extract("education", "学校名录", ("学校标识码", "学校名称", "办学类型", "举办者", "中心学校", "乡镇街道", "地址"), schools),
    Extract("education", "校历", ("起始日期", "截止日期", "类型", "名称"), calendar, form="utf-8-sig", numbered=False),
    Extract("education", "学生基础信息", TEMPLATE, student_register, heading="瓦房店市中小学生学籍信息（{day:%Y%m}）", numbered=False),
    Extract(
        "education",
        "学籍异动",
        tuple(
            [
                "学籍号",
                "姓名",
                "性别",
                "身份证件号",
                "年级",
                "班级",
                "异动类型",
                "异动原因",
                "异动日期",
                "申请日期",
                "申请学校",
                "转入学校",
                "转出学校",
                "审核状态",
                "完成日期",
                "录入日期",
                "休学截止日期",
                "毕业证书号",
                "异动说明",
            ]
        ),
        movements,
        heading="学籍异动情况表",
    ),
    Extract(
        "education",
        "控辍保学台账",
        tuple(
            [
                "学校",
                "年级",
                "班级",
                "学籍号",
                "姓名",
                "性别",
                "出生日期",
                "身份证号",
                "户籍地址",
                "现住址",
                "监护人姓名",
                "关系",
                "电话",
                "首次无故不到校日期",
                "累计天数",
                "标注状态",
                "标注日期",
                "辍学原因",
                "去向",
                "书面报告送达(教育局)",
                "书面报告送达(乡镇)",
                "是否请假",
                "请假类型",
                "请假起始日期",
                "请假截止日期",
                "假条登记日期",
                "复学日期",
                "销号日期",
            ]
        ),
        ledger,
        heading="瓦房店市控辍保学台账",
        unit="单位：瓦房店市教育局",
        total=True,
        note="填表人：        审核人：        填表日期：",
        page=40,
    ),
    Extract(
        "education",
        "延缓入学审批登记",
        tuple(["姓名", "性别", "出生日期", "身份证号", "监护人", "监护人身份证号", "事由", "批准机关", "批准文号", "批准日期", "延缓至"]),
        deferrals,
    ),
    Extract(
        "education",
        "历年年级人数",
        tuple(["学年", "学校", "年级", "入学人数", "在校人数", "毕业人数", "转入人数", "转出人数", "死亡人数"]),
        cohorts,
        form="utf-8-sig",
    ),
    Extract("education", "班级实到人数", tuple(["学校", "年级", "班级", "日期", "学籍人数", "实到人数"]), head_counts, page=45),
    present("考试成绩登记"),
    present("食堂就餐名单"),
    present("校车乘坐名单"),
)

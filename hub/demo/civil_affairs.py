"""Civil affairs' extracts: the allowance, extreme hardship, children without care, the left-behind, disability subsidies."""

from collections.abc import Iterator
from datetime import date

from hub.demo.aid import DESTITUTE, visited
from hub.demo.besides import ALLOWANCE
from hub.demo.city import SCHOOL_YEAR
from hub.demo.sheets import Line, Named, Round
from hub.domain.values.division import TOWNSHIPS

LEVELS = ("一级", "二级", "三级", "四级")


def allowance(round_: Round) -> Iterator[Line]:
    """Members of households on the minimum living allowance or near it."""
    for household in round_.city.households:
        if not household.allowance:
            continue
        for person in (person for person in household.members if person.alive(round_.day) or ALLOWANCE in person.said):
            s = round_.smudge("低保", person.id)
            number, state = s.number(person.number)
            yield Line(
                {
                    "低保证号": household.allowance_number,
                    "户主姓名": household.head.name,
                    "户主身份证号": household.head.number,
                    "家庭成员姓名": s.name(person.name),
                    "与户主关系": person.relation,
                    "成员身份证号": number,
                    "性别": s.sex(person.sex),
                    "出生日期": s.date(person.born),
                    "乡镇街道": s.township(person.township),
                    "村社区": person.village,
                    "联系电话": s.phone(household.head.phone),
                    "救助类别": household.allowance,
                    "是否保障对象": "是",
                    "家庭人口": str(len(household.members)),
                    "保障人口": str(len(household.members)),
                    "月保障金额": "1260.00",
                    "起始年月": "202301",
                    "状态": "在保",
                },
                [Named("主体", person, state)],
            )


def destitute(round_: Round) -> Iterator[Line]:
    """Some of the old without supporters."""
    told = (household.head for household in round_.city.households if DESTITUTE in household.head.said)
    orphans = (child for child in round_.city.children() if DESTITUTE in child.said)
    for head in (*(household.head for household in round_.city.sampled(150)), *told, *orphans):
        if head.age(round_.day) >= 60 or DESTITUTE in head.said:
            yield Line(
                {
                    "姓名": head.name,
                    "身份证号": head.number,
                    "特困类别": "农村特困人员",
                    "供养方式": "分散",
                    "生活自理能力": "半护理",
                    "月标准": "1400.00",
                    "批准日期": "20230401",
                    "状态": "在保",
                    "乡镇": TOWNSHIPS[head.township],
                },
                [Named("主体", head, "ok")],
            )


def child_welfare(round_: Round) -> Iterator[Line]:
    """Children recognised as orphans, or as de facto without care: the father in prison, the mother out of reach."""
    for child in round_.city.children():
        father, mother = child.father, child.mother
        if not {"F05", "F06"} & child.aid.keys() or father is None or mother is None:
            continue
        s = round_.smudge("福利", child.id)
        number, state = s.number(child.number)
        guardian = child.guardian if child.guardian not in (father, mother) else None
        orphan = "F05" in child.aid
        yield Line(
            {
                "儿童姓名": s.name(child.name),
                "性别": s.sex(child.sex),
                "出生日期": s.date(child.born),
                "身份证件类型": "居民身份证",
                "证件号码": number,
                "户籍地": child.address,
                "现居住地": child.address,
                "类别": child.aid["F05"] if orphan else "事实无人抚养儿童",
                "父亲姓名": father.name,
                "父亲证件号": father.number,
                "父亲情形": "死亡" if orphan else "服刑在押",
                "父亲情形起": _day(father.deceased if orphan else father.sentence and father.sentence[0]),
                "父亲情形止": "" if orphan else _day(father.sentence and father.sentence[1]),
                "母亲姓名": mother.name,
                "母亲情形": "死亡" if orphan else "失联",
                "母亲情形起": _day(mother.deceased if orphan else mother.lost),
                "监护人姓名": guardian.name if guardian else "",
                "监护人关系": child.guardian_is if guardian else "",
                "残疾类型": f"{child.disability}残疾" if child.disability else "",
                "残疾等级": LEVELS[child.level - 1] if child.disability else "",
                "就学状况": ("小学" if child.grade <= 6 else "初中") if child.where == "SCHOOL" else "未就学",
                "发放标准": "1800.00",
                "认定日期": "20250415",
                "保障状态": "在保",
            },
            [
                Named("主体", child, state),
                Named("父亲", father, "ok"),
                Named("母亲", mother, "missing"),
                *([Named("监护人", guardian, "missing")] if guardian else []),
            ],
        )


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


def _months(day: date) -> list[str]:
    """The months from September to a day's own, as 202609."""
    count = (day.year - SCHOOL_YEAR) * 12 + day.month - 8
    return [f"{SCHOOL_YEAR + (8 + n) // 12}{(8 + n) % 12 + 1:02d}" for n in range(count)]


def left_behind(round_: Round) -> Iterator[Line]:
    """Civil affairs' own, narrower definition: both parents away; one sheet a township, spelt as it comes."""
    for child in round_.city.children():
        if child.left_behind != "双亲" or child.age(round_.day) >= 16 or not child.father or not child.mother:
            continue
        s = round_.smudge("留守", child.id)
        number, state = s.number(child.number)
        sheet = s.township(child.township)
        texts = [(role, person, *s.number(person.number, adult=True)) for role, person in (("父亲", child.father), ("母亲", child.mother))]
        guardian = child.guardian if child.guardian not in (child.father, child.mother) else None
        guard, guard_state = s.number(guardian.number, adult=True) if guardian else ("", "missing")
        yield Line(
            {
                "乡镇（街道）": sheet,
                "村（居）": child.village,
                "儿童姓名": s.name(child.name),
                "性别": s.sex(child.sex),
                "出生年月": s.date(child.born),
                "儿童身份证号码": number,
                "父亲姓名": s.name(child.father.name),
                "父亲身份证号": texts[0][2],
                "父亲务工地": "苏州",
                "留守类型": "父母均外出务工",
                "最近走访日期": visited(child),
                "母亲姓名": s.name(child.mother.name),
                "母亲身份证号": texts[1][2],
                "受委托监护人姓名": s.name(guardian.name) if guardian else "",
                "与儿童关系": child.guardian_is if guardian else "",
                "监护人身份证号": guard,
                "监护人联系电话": s.phone(guardian.phone) if guardian else "",
                "健康状况": "健康或良好" if guardian else "",
            },
            [
                Named("主体", child, state),
                *(Named(role, person, told) for role, person, _, told in texts),
                *([Named("监护人", guardian, guard_state)] if guardian else []),
            ],
            sheet,
        )


def subsidies(round_: Round) -> Iterator[Line]:
    """Payments of the two disability subsidies, month by month."""
    for child in round_.city.children():
        for programme, amount in (("F07", "120.00"), ("F08", "100.00")):
            if programme in child.paid:
                s = round_.smudge("两补", child.id + programme)
                number, state = s.number(child.number)
                for month in _months(round_.day):
                    yield Line(
                        {
                            "姓名": child.name,
                            "身份证号": number,
                            "残疾人证号": child.certificate_number,
                            "资助项目": programme,
                            "月份": month,
                            "金额": amount,
                            "发放日期": f"{month}20",
                            "发放状态": "成功",
                        },
                        [Named("主体", child, state)],
                    )

"""Smaller extracts that few cross-checks need: births, people without a register entry, insured people, inspections, the governance list."""

from collections.abc import Iterator
from datetime import timedelta

from hub.demo.city import SCHOOL_YEAR
from hub.demo.sheets import Extract, Line, Named, Round


def births(round_: Round) -> Iterator[Line]:
    """Birth certificates of the children of the last six years."""
    for child in round_.city.children():
        if child.age(round_.day) < 6 and child.father and child.mother:
            s = round_.smudge("出生", child.id)
            parents = [
                (role, person, *s.number(person.number, adult=True)) for role, person in (("母亲", child.mother), ("父亲", child.father))
            ]
            yield Line(
                {
                    "编号": f"Z21{int(child.id[1:]):07d}",
                    "儿童姓名": s.name(child.name),
                    "性别": s.sex(child.sex),
                    "出生日期": s.date(child.born),
                    "母亲姓名": child.mother.name,
                    "母亲证件号": parents[0][2],
                    "父亲姓名": child.father.name,
                    "父亲证件号": parents[1][2],
                    "接生机构": "瓦房店市妇幼保健院",
                },
                [Named("主体", child, "missing"), *(Named(role, person, state) for role, person, _, state in parents)],
            )


def unregistered(round_: Round) -> Iterator[Line]:
    """Children whom no register knows: they have no number at all."""
    for child in round_.city.unregistered:
        s = round_.smudge("无户口", child.id)
        yield Line(
            {
                "姓名": child.name,
                "性别": s.sex(child.sex),
                "出生日期": s.date(child.born),
                "父亲姓名": child.father.name if child.father else "",
                "母亲姓名": child.mother.name if child.mother else "",
                "原因": "未办理出生登记",
                "发现日期": f"{child.born + timedelta(days=400):%Y%m%d}",
                "现住址": s.address(child.township, child.village),
            },
            [
                Named("主体", child, "missing"),
                *(Named(role, person, "missing") for role, person in (("父亲", child.father), ("母亲", child.mother)) if person),
            ],
        )


def insured(round_: Round) -> Iterator[Line]:
    """Adults of some households whose employer pays social insurance."""
    for household in round_.city.sampled(30):
        for worker in [p for p in household.living(round_.day) if 22 <= p.age(round_.day) < 60 and not p.sentence][:1]:
            yield Line(
                {
                    "姓名": worker.name,
                    "身份证号": worker.number,
                    "险种": "企业职工基本养老保险",
                    "参保单位": "某轴承制造厂",
                    "统一社会信用代码": "91210281MA0000001X",
                    "参保起止": f"{SCHOOL_YEAR - 3}0101-{SCHOOL_YEAR}1231",
                },
                [Named("主体", worker, "ok")],
            )


def inspections(round_: Round) -> Iterator[Line]:
    """Labour inspection cases of the month; they name nobody."""
    for n in range(1, 4):
        yield Line(
            {
                "编号": f"瓦劳监〔{round_.day.year}〕{round_.day.month * 10 + n}号",
                "单位": ("某饭店", "某洗车行", "某水产加工厂")[n - 1],
                "涉及未成年人数": str(n % 2),
                "处理结果": "责令改正" if n % 2 else "未发现使用童工",
            }
        )


def key_youth(round_: Round) -> Iterator[Line]:
    """The governance list's left-behind children, its third definition of them."""
    for child in round_.city.children():
        if child.left_behind and child.guardian and 6 <= child.age(round_.day) < 16 and int(child.id[1:]) % 4 == 0 and not child.example:
            s = round_.smudge("重点青少年", child.id)
            number, state = s.number(child.number)
            guardian, told = s.number(child.guardian.number, adult=True)
            yield Line(
                {
                    "姓名": s.name(child.name),
                    "certifID": number,
                    "人员类型": "05",
                    "家庭情况": "父母外出",
                    "guardianCertifID": guardian,
                    "guardianName": child.guardian.name,
                    "与监护人关系": child.guardian_is,
                    "guardianContact": s.phone(child.guardian.phone),
                    "监护人居住地": child.guardian.address,
                    "是否犯罪": "否",
                    "帮扶人": "网格员",
                },
                [Named("主体", child, state), Named("监护人", child.guardian, told)],
            )


EXTRACTS = (
    Extract(
        "health", "出生医学证明", tuple("编号 儿童姓名 性别 出生日期 母亲姓名 母亲证件号 父亲姓名 父亲证件号 接生机构".split()), births
    ),
    Extract("public_security", "无户口人员", tuple("姓名 性别 出生日期 父亲姓名 母亲姓名 原因 发现日期 现住址".split()), unregistered),
    Extract("labour", "社保参保", tuple("姓名 身份证号 险种 参保单位 统一社会信用代码 参保起止".split()), insured, form="gb18030"),
    Extract("labour", "劳动监察案件", tuple("编号 单位 涉及未成年人数 处理结果".split()), inspections),
    Extract(
        "governance",
        "重点青少年",
        tuple(
            "姓名 certifID 人员类型 家庭情况 guardianCertifID guardianName 与监护人关系 guardianContact 监护人居住地 是否犯罪 帮扶人".split()
        ),
        key_youth,
        form="utf-8-sig",
    ),
)

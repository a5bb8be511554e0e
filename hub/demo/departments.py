"""The other departments' extracts, each with its own headers, forms and habits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from hub.demo.checks import paid_below
from hub.demo.city import SCHOOL_YEAR, Person
from hub.demo.civil_affairs import allowance, child_welfare, destitute, left_behind, subsidies
from hub.demo.family import TEACHING_POINT
from hub.demo.justice import prisoners
from hub.demo.sheets import SPELT, Extract, Line, Named, Round
from hub.domain.values.division import TOWNSHIPS

CATEGORIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
LEVELS = ("", "一级", "二级", "三级", "四级")
LETTER_CODES = {
    "户号": "HH",
    "户主姓名": "HZ_XM",
    "与户主关系": "YHZGXDM",
    "姓名": "XM",
    "曾用名": "CYM",
    "性别": "XBDM",
    "公民身份号码": "ZJHM",
    "出生日期": "CSRQ",
    "民族": "MZDM",
    "户籍地址": "HJD_XZ",
    "现住址": "XZZ_XZ",
    "死亡日期": "SWRQ",
    "注销日期": "ZXSJ",
    "注销原因": "ZXYY",
}
SPELT.update({code: name for name, code in LETTER_CODES.items()})


def register(round_: Round) -> Iterator[Line]:
    """Everybody of every register household."""
    for household in round_.city.households:
        for person in household.members:
            s = round_.smudge("户籍", person.id)
            number, state = s.number(person.number, adult=False) if person.age(round_.day) < 18 else s.number(person.number)
            gone = person.deceased or person.left
            yield Line(
                {
                    "户号": household.id,
                    "户主姓名": household.head.name,
                    "与户主关系": person.relation,
                    "姓名": s.name(person.name),
                    "性别": s.sex(person.sex),
                    "公民身份号码": number,
                    "出生日期": s.date(person.born),
                    "民族": "汉族",
                    "户籍地址": s.address(person.township, person.village),
                    "派出所": TOWNSHIPS[person.township].removesuffix("满族乡").rstrip("街道镇乡") + "派出所",
                    "死亡日期": f"{person.deceased:%Y%m%d}" if person.deceased else "",
                    "注销日期": f"{gone:%Y%m%d}" if gone else "",
                    "注销原因": "死亡" if person.deceased else person.left_why,
                },
                [Named("主体", person, state)],
            )


def permits(round_: Round) -> Iterator[Line]:
    """Adults of some households hold a residence permit of another township of the city."""
    holders = [h.members[-1] if h.members[-1].age(round_.day) >= 16 else h.head for h in round_.city.sampled(40)]
    for holder in (*(person for person in holders if person.alive(round_.day)), *round_.city.residents):
        s = round_.smudge("居住证", holder.id)
        yield Line(
            {
                "居住证号": f"JZ{holder.household or holder.id}",
                "姓名": holder.name,
                "性别": s.sex(holder.sex),
                "民族": "汉族",
                "出生日期": s.date(holder.born),
                "公民身份号码": holder.number,
                "常住户口所在地住址": holder.address,
                "居住地住址": f"瓦房店市新华街道桃园社区{int(holder.id[1:]) % 90 + 1}号",
                "签发机关": "瓦房店市公安局",
                "签发日期": f"{SCHOOL_YEAR - 2}0310",
                "最近签注日期": f"{SCHOOL_YEAR}0308",
                "居住事由": "务工",
            },
            [Named("主体", holder, "ok")],
        )


def certificates(round_: Round) -> Iterator[Line]:
    """Holders of disability certificates among the children."""
    for child in disabled(round_):
        s = round_.smudge("残联", child.id)
        level = child.level
        yield Line(
            {
                "残疾人证号": child.certificate_number,
                "姓名": s.name(child.name),
                "性别": s.sex(child.sex),
                "残疾类别": child.disability,
                "残疾等级": LEVELS[level],
                "出生日期": s.date(child.born),
                "监护人姓名": child.guardian.name if child.guardian else "",
                "监护人电话": s.phone(child.guardian.phone) if child.guardian else "",
                "户籍地址": s.address(child.township, child.village),
                "初次发证日期": "20210601",
                "有效期至": f"{child.certificate_until:%Y%m%d}" if child.certificate_until else "",
                "证件状态": child.certificate,
            },
            [Named("主体", child, "ok"), *([Named("监护人", child.guardian, "missing")] if child.guardian else [])],
        )


def disabled(round_: Round) -> Iterator[Person]:
    """Disabled children who are alive."""
    return (child for child in round_.city.children() if child.disability)


def survey(round_: Round) -> Iterator[Line]:
    """The federation's yearly survey, in its own codes; a self-report of summer."""
    for child in disabled(round_):
        if child.certificate == "正常" and 6 <= child.age(date(SCHOOL_YEAR, 8, 31)) <= 15:
            out = child.where in ("OUT", "DROPOUT")
            yield Line(
                {
                    "G2": child.certificate_number,
                    "G1": child.name,
                    "O17": child.number,
                    "O18": child.sex,
                    "O19": f"{child.born:%Y%m%d}",
                    "O15": str(CATEGORIES.index(child.disability) + 1),
                    "O16": str(child.level),
                    "G12": "2" if out else "1",
                    "G13": "1" if out else "2",
                    "G15": "_1" if out else "",
                    "O10_A": "1" if out else "0",
                    "niandu": str(SCHOOL_YEAR),
                },
                [Named("主体", child, "ok")],
            )


def unenrolled(round_: Round) -> Iterator[Line]:
    """The federation's list of children it believes out of school."""
    for child in disabled(round_):
        if child.certificate == "正常" and child.where == "OUT" and 6 <= child.age(date(SCHOOL_YEAR, 8, 31)) <= 15:
            s = round_.smudge("未入学", child.id)
            yield Line(
                {
                    "姓名": child.name,
                    "性别": s.sex(child.sex),
                    "出生日期": s.date(child.born),
                    "身份证号": child.number,
                    "残疾人证号": child.certificate_number,
                    "残疾类别": child.disability,
                    "残疾等级": LEVELS[child.level],
                    "监护人": child.guardian.name if child.guardian else "",
                    "联系电话": s.phone(child.phone),
                    "户籍地址": child.address,
                    "现住址": child.address,
                    "未入学原因": "残疾程度较重",
                    "教育部门核查结果": "",
                    "备注": "",
                },
                [Named("主体", child, "ok")],
            )


def vocational(round_: Round) -> Iterator[Line]:
    """Pupils of the vocational centre."""
    for child in round_.city.children():
        if child.where == "VOCATIONAL":
            s = round_.smudge("中职", child.id)
            number, state = s.number(child.number)
            yield Line(
                {
                    "姓名": child.name,
                    "性别": s.sex(child.sex),
                    "出生日期": s.date(child.born),
                    "身份证件类型": "居民身份证",
                    "身份证件号": number,
                    "班级名称": "机电1班",
                    "学号": f"Z{child.id[1:]}",
                    "就读方式": "住校",
                    "入学年月": f"{SCHOOL_YEAR}09",
                    "专业简称": "机电",
                    "学制": "3",
                    "民族": "汉族",
                    "招生对象": "应届初中毕业生",
                    "考生号": f"K{child.id[1:]}",
                    "联系电话": s.phone(child.phone),
                    "家庭现地址": child.address,
                },
                [Named("主体", child, state)],
            )


def contracts(round_: Round) -> Iterator[Line]:
    """Filed employment contracts of some adults."""
    sampled = (next((p for p in h.living(round_.day) if 20 <= p.age(round_.day) < 60), None) for h in round_.city.sampled(25))
    for worker in (*sampled, *(child for child in round_.city.children() if "用工备案" in child.said)):
        if worker:
            yield Line(
                {
                    "单位名称": "某水产加工厂",
                    "统一社会信用代码": "91210281MA0000000X",
                    "姓名": worker.name,
                    "身份证号": worker.number,
                    "合同起始": f"{SCHOOL_YEAR}0301",
                    "合同终止": f"{SCHOOL_YEAR + 1}0228",
                    "岗位": "操作工",
                    "备案日期": f"{SCHOOL_YEAR}0310",
                },
                [Named("主体", worker, "ok")],
            )


def poverty(round_: Round) -> Iterator[Line]:
    """Members of households lifted out of poverty, or watched."""
    for household in round_.city.households:
        if not household.poverty:
            continue
        for person in household.living(round_.day):
            child = person.age(round_.day) < 18
            yield Line(
                {
                    "户编号": f"P{household.id}",
                    "户主": household.head.name,
                    "户类型": household.poverty,
                    "成员姓名": person.name,
                    "证件号码": person.number,
                    "与户主关系": person.relation,
                    "在校生状况": ("小学" if person.where == "SCHOOL" else "非在校生") if child else "",
                    "义务教育是否有保障": "是" if child else "",
                },
                [Named("主体", person, "ok")],
            )


def aid(round_: Round) -> Iterator[Line]:
    """Payments of the boarders' and non-boarders' living subsidies of the term."""
    for child in round_.city.children():
        for programme in ("F11", "F12"):
            if programme in child.paid:
                s = round_.smudge("资助", child.id + programme)
                number, state = s.number(child.number)
                base = 1250 if child.grade <= 6 else 1500
                amount = base / 2 if programme == "F11" else base / 4
                cells = {
                    "学校": child.school,
                    "年级": "",
                    "姓名": child.name,
                    "身份证号": number,
                    "特殊困难类型": "残疾学生" if child.disability else "低保家庭学生",
                    "学年": f"{SCHOOL_YEAR}-{SCHOOL_YEAR + 1}",
                    "学期": "秋季学期",
                    "资助项目": programme,
                    "金额": f"{amount:.2f}",
                    "发放日期": f"{SCHOOL_YEAR}0925",
                    "发放方式": "银行卡",
                    "发放状态": "成功",
                }
                yield Line(cells, [Named("主体", child, state)])
                if "再次发放" in child.said:  # what the bank returned
                    yield Line(cells | child.said["再次发放"], [Named("主体", replace(child, said={}), state)])


def funding(round_: Round) -> Iterator[Line]:
    """Public funds of small schools: some are paid for the pupils they have instead of a hundred."""
    for place, (name, told) in enumerate(round_.city.schools.items()):
        if told["kind"] == "小学教学点":
            pupils = TEACHING_POINT[1] if name == TEACHING_POINT[0] else 20 + place % 60
            paid = pupils if paid_below(place, name) else 100
            yield Line(
                {
                    "教学点": name,
                    "学年": f"{SCHOOL_YEAR}",
                    "在校生数": str(pupils),
                    "核定人数": "100",
                    "标准": "720",
                    "核定金额": "72000.00",
                    "到账金额": f"{paid * 720}.00",
                    "到账日期": f"{SCHOOL_YEAR}0915",
                }
            )


def screening(round_: Round) -> Iterator[Line]:
    """Screenings of young children."""
    for child in disabled(round_):
        screened = date(child.born.year + 2, 6, 11)
        if (child.age(round_.day) <= 8 and screened <= round_.day) or "残疾儿童筛查" in child.said:
            mother, state = round_.smudge("筛查", child.id).number(child.mother.number, adult=True) if child.mother else ("", "missing")
            yield Line(
                {
                    "儿童姓名": child.name,
                    "性别": "男" if child.sex == "1" else "女",
                    "出生日期": f"{child.born:%Y%m%d}",
                    "身份证号": child.number,
                    "母亲姓名": child.mother.name if child.mother else "",
                    "母亲身份证号": mother,
                    "筛查结果": f"疑似{child.disability}",
                    "筛查日期": f"{screened:%Y%m%d}",
                },
                [Named("主体", child, "ok"), *([Named("母亲", child.mother, state)] if child.mother else [])],
            )


def swapped(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Name and sex change places in the second month's file."""
    order = list(headers)
    i, j = order.index("姓名"), order.index("性别")
    order[i], order[j] = order[j], order[i]
    return tuple(order)


def letter_codes(headers: tuple[str, ...]) -> tuple[str, ...]:
    """The second month comes with the standard's letter codes for headers."""
    return tuple(LETTER_CODES.get(header, header) for header in headers)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


EXTRACTS = (
    Extract(
        "public_security",
        "常住人口",
        _words("户号 户主姓名 与户主关系 姓名 曾用名 性别 公民身份号码 出生日期 民族 户籍地址 现住址 派出所 死亡日期 注销日期 注销原因"),
        register,
        form="gb18030",
        second_round=letter_codes,
    ),
    Extract(
        "public_security",
        "居住证",
        _words("居住证号 姓名 性别 民族 出生日期 公民身份号码 常住户口所在地住址 居住地住址 签发机关 签发日期 最近签注日期 居住事由"),
        permits,
    ),
    Extract(
        "civil_affairs",
        "城乡低保对象",
        _words(
            "低保证号 户主姓名 户主身份证号 家庭成员姓名 与户主关系 成员身份证号 性别 出生日期 乡镇街道 村社区 联系电话 救助类别 是否保障对象 家庭人口 保障人口 月保障金额 起始年月 状态"
        ),
        allowance,
        form="gb18030",
    ),
    Extract(
        "civil_affairs",
        "特困人员",
        _words("姓名 身份证号 特困类别 供养方式 生活自理能力 月标准 批准日期 状态 乡镇"),
        destitute,
        heading="特困人员供养名册",
        unit="单位：人、元",
        total=True,
    ),
    Extract(
        "civil_affairs",
        "孤儿和事实无人抚养儿童",
        _words(
            "儿童姓名 性别 出生日期 身份证件类型 证件号码 户籍地 现居住地 类别 父亲姓名 父亲证件号 父亲情形 父亲情形起 父亲情形止 母亲姓名 母亲证件号 母亲情形 母亲情形起 监护人姓名 监护人关系 残疾类型 残疾等级 就学状况 发放标准 认定日期 保障状态"
        ),
        child_welfare,
        heading="儿童福利信息",
        groups=(("父亲情况", "父亲姓名", "父亲情形止"), ("母亲情况", "母亲姓名", "母亲情形起")),
    ),
    Extract(
        "civil_affairs",
        "农村留守儿童",
        _words(
            "乡镇（街道） 村（居） 儿童姓名 性别 出生年月 儿童身份证号码 留守类型 最近走访日期 父亲姓名 父亲身份证号 父亲务工地 母亲姓名 母亲身份证号 受委托监护人姓名 与儿童关系 监护人身份证号 监护人联系电话 健康状况"
        ),
        left_behind,
        heading="农村留守儿童信息采集表",
        groups=(("父母", "父亲姓名", "母亲身份证号"), ("受委托监护人", "受委托监护人姓名", "健康状况")),
        total=True,
    ),
    Extract(
        "civil_affairs",
        "残疾人两项补贴发放",
        _words("姓名 身份证号 残疾人证号 资助项目 月份 金额 发放日期 发放状态"),
        subsidies,
        form="utf-8-sig",
    ),
    Extract(
        "justice",
        "服刑人员未成年子女",
        _words(
            "罪犯编号 服刑人员姓名 服刑人员身份证号 羁押监所 刑期止日 未成年子女姓名 子女性别 子女出生日期 子女身份证号 现监护人姓名 监护人与子女关系 监护人电话 户籍地"
        ),
        prisoners,
        form="gb18030",
    ),
    Extract(
        "disabled_persons",
        "持证残疾人",
        _words("残疾人证号 姓名 性别 残疾类别 残疾等级 出生日期 监护人姓名 监护人电话 户籍地址 初次发证日期 有效期至 证件状态"),
        certificates,
        form="utf-8-sig",
        second_round=swapped,
    ),
    Extract(
        "disabled_persons",
        "残疾人基本服务状况和需求动态更新",
        _words("G2 G1 O17 O18 O19 O15 O16 G12 G13 G15 O10_A niandu"),
        survey,
        form="utf-16",
        numbered=False,
    ),
    Extract(
        "disabled_persons",
        "未入学适龄残疾儿童少年名单",
        _words("姓名 性别 出生日期 身份证号 残疾人证号 残疾类别 残疾等级 监护人 联系电话 户籍地址 现住址 未入学原因 教育部门核查结果 备注"),
        unenrolled,
        heading="未入学适龄残疾儿童少年名单",
    ),
    Extract(
        "vocational",
        "中职学籍",
        _words(
            "姓名 性别 出生日期 身份证件类型 身份证件号 班级名称 学号 就读方式 入学年月 专业简称 学制 民族 招生对象 考生号 联系电话 家庭现地址"
        ),
        vocational,
    ),
    Extract("labour", "用工备案", _words("单位名称 统一社会信用代码 姓名 身份证号 合同起始 合同终止 岗位 备案日期"), contracts),
    Extract(
        "poverty_relief",
        "脱贫户监测户",
        _words("户编号 户主 户类型 成员姓名 证件号码 与户主关系 在校生状况 义务教育是否有保障"),
        poverty,
        heading="脱贫户和监测户信息",
        merged=("户编号", "户主", "户类型"),
        note="制表人：",
    ),
    Extract(
        "finance",
        "资助和补贴发放明细",
        _words("学校 年级 姓名 身份证号 特殊困难类型 学年 学期 资助项目 金额 发放日期 发放方式 发放状态"),
        aid,
        form="gb18030",
    ),
    Extract(
        "finance",
        "教学点公用经费",
        _words("教学点 学年 在校生数 核定人数 标准 核定金额 到账金额 到账日期"),
        funding,
        heading="{day:%Y}年教学点公用经费",
        unit="单位：元",
    ),
    Extract("health", "残疾儿童筛查", _words("儿童姓名 性别 出生日期 身份证号 母亲姓名 母亲身份证号 筛查结果 筛查日期"), screening),
)

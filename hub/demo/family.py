"""The worked example that is in every city: the Wang family and three others, with a row in nearly every source, free of dirt.

A grandmother raises two children: their father is in prison, their mother is out of reach. The boy is disabled and in no
school, receives nothing for himself, and poverty relief calls his schooling assured; the girl goes to school, is recognised
as without care, and civil affairs counts her as left behind while her school does not. Beside them: a girl who left junior
middle school for vocational school and works at fourteen, a boy known only by a residence permit, and a destitute man.
"""

from datetime import date

from hub.demo.city import EXAMPLE, City, Household, Person
from hub.domain.values.citizen_number import check_digit

AREA = "210299"  # assigned to no county
TOWNSHIP, VILLAGE = "210281101", "八里庄村"
ADDRESS = "辽宁省瓦房店市复州城镇八里庄村12号"
HOUSEHOLD = "210281101000123"
#: The teaching point whose public funds are paid for the pupils it has: (name, pupils).
TEACHING_POINT = ("复州城教学点", 37)


def add_family(city: City) -> None:
    """Add the example's households and its boy with a permit at the end of the city."""
    city.households += [_wang(), _zhao(), _zheng()]
    city.residents.append(_sun_xiaozhou())


def _wang() -> Household:
    """孙秀兰, her son, his wife, their children 王小禾 and 王小雨."""
    grandmother = _person(1, "孙秀兰", date(1955, 1, 1), 302, "户主", phone="13900000002")
    father = _person(2, "王大山", date(1985, 3, 17), 421, "子")
    mother = _person(3, "李梅", date(1987, 8, 12), 244, "儿媳")
    boy = _person(4, "王小禾", date(2012, 5, 3), 17, "孙子")
    girl = _person(5, "王小雨", date(2013, 11, 2), 208, "孙女")
    father.sentence, father.prison = (date(2023, 1, 10), date(2027, 7, 9)), "某监狱"
    mother.lost = date(2022, 3, 1)
    for child in (boy, girl):
        child.father, child.mother = father, mother
        child.guardian, child.guardian_is = grandmother, "祖母"
        child.aid["F01"] = "农村低保"
    _disabled_and_in_no_school(boy)
    _pupil_without_care(girl)
    _prisoners_row(father)
    family = Household(HOUSEHOLD, grandmother, [grandmother, father, mother, boy, girl], "农村低保", "DB2102810001234", "脱贫户")
    for member in family.members:
        covered = member is not father and member is not mother
        member.said["城乡低保对象"] = {
            "是否保障对象": "是" if covered else "否",
            "保障人口": "3",
            "月保障金额": "1860.00",
            "起始年月": "202303",
        }
        member.said["常住人口"] = {"户籍地址": ADDRESS}
        member.said.setdefault("脱贫户监测户", {})["户编号"] = "P2102811010001"
    return family


def _disabled_and_in_no_school(boy: Person) -> None:
    boy.where, boy.grade = "OUT", 9
    boy.disability, boy.level, boy.certificate, boy.certificate_until = "智力", 2, "正常", date(2033, 5, 31)
    boy.aid |= {"F07": "符合", "F08": "符合"}  # neither is paid
    boy.said["脱贫户监测户"] = {"证件号码": boy.certificate_number, "在校生状况": "非在校生", "义务教育是否有保障": "是"}
    boy.said["残疾儿童筛查"] = {"筛查结果": "疑似智力", "筛查日期": "20180611"}


def _pupil_without_care(girl: Person) -> None:
    girl.where, girl.grade, girl.school = "SCHOOL", 7, "复州城初级中学"
    girl.left_behind = "双亲"
    girl.aid |= {"F06": "父亲服刑在押，母亲失联", "F12": "符合"}
    girl.paid.add("F12")
    girl.said["学生基础信息"] = {"是否留守儿童": "非留守儿童"}
    girl.said["农村留守儿童"] = {"留守类型": "父母均不在", "父亲务工地": "", "健康状况": "有慢性病", "最近走访日期": "20260612"}
    girl.said["脱贫户监测户"] = {"在校生状况": "初中"}
    girl.said["孤儿和事实无人抚养儿童"] = {"认定日期": "20230415", "就学状况": "初中"}


def _prisoners_row(father: Person) -> None:
    """The justice bureau's row: both children in one cell, their birth months, no numbers."""
    father.said["服刑人员未成年子女"] = {"未成年子女姓名": "王小禾、王小雨", "子女出生日期": "201205、201311", "子女身份证号": ""}


def _zhao() -> Household:
    """赵丽, who left junior middle school in spring 2025 for vocational school, and her father."""
    father = _person(6, "赵大勇", date(1983, 6, 9), 513, "户主")
    girl = _person(7, "赵丽", date(2011, 7, 9), 120, "长女")
    girl.father, girl.guardian, girl.guardian_is = father, father, "父亲"
    girl.where, girl.grade, girl.absent_since = "VOCATIONAL", 10, date(2025, 3, 3)
    girl.said["中职学籍"] = {"入学年月": "202503", "招生对象": "其他", "考生号": ""}
    girl.said["用工备案"] = {"合同起始": "20260301", "合同终止": "20270228", "备案日期": "20260310"}
    girl.said["控辍保学台账"] = {
        "学校": "复州城初级中学",
        "年级": "八年级",
        "累计天数": "28",
        "标注状态": "辍学",
        "标注日期": "20250401",
        "辍学原因": "提前进入中职",
        "书面报告送达(教育局)": "20250403",
        "书面报告送达(乡镇)": "",
        "复学日期": "",
        "销号日期": "",
    }
    girl.said["学籍异动"] = {
        "年级": "八年级",
        "异动类型": "21",
        "异动原因": "99",
        "异动日期": "20250305",
        "申请日期": "20250224",
        "申请学校": "复州城初级中学",
        "转出学校": "复州城初级中学",
        "录入日期": "20250306",
        "完成日期": "20250317",
    }
    for member in (father, girl):
        member.household = "210281101000124"
    return Household("210281101000124", father, [father, girl])


def _zheng() -> Household:
    """A destitute disabled man who lives alone."""
    man = _person(8, "郑守田", date(1959, 4, 2), 631, "户主")
    man.household = "210281101000125"
    man.said["特困人员"] = {"特困类别": "残疾人"}
    return Household(man.household, man, [man])


def _sun_xiaozhou() -> Person:
    """孙小舟, registered in another province, here with a permit."""
    boy = _person(9, "孙小舟", date(2015, 8, 31), 101, "")
    boy.household, boy.township, boy.village = "", "210281001", "桃园社区"
    boy.said["居住证"] = {
        "常住户口所在地住址": "吉林省某县",
        "居住地住址": "瓦房店市新华街道桃园社区",
        "签发日期": "20240310",
        "最近签注日期": "20260308",
        "居住事由": "投靠",
    }
    return boy


def _person(place: int, name: str, born: date, serial: int, relation: str, phone: str = "") -> Person:
    """Somebody of the example; an odd serial is male."""
    first = f"{AREA}{born:%Y%m%d}{serial:03d}"
    return Person(
        f"{EXAMPLE}{place:07d}",
        name,
        "1" if serial % 2 else "2",
        born,
        first + check_digit(first),
        TOWNSHIP,
        VILLAGE,
        HOUSEHOLD,
        relation,
        phone=phone or f"1390000001{place}",
    )

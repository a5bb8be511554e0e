"""One spelling: what each reader makes of the cells that lists really hold (domain C.6, D)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.values.citizen_number import CitizenNumber, check_digit, read_citizen_number
from hub.domain.values.codes import CODE_LISTS
from hub.domain.values.concealed import concealed, holds_long_number, holds_number, spells_number
from hub.domain.values.dates import PartialDate, read_date, read_period
from hub.domain.values.defect import Defect
from hub.domain.values.disability_certificate import read_disability_certificate
from hub.domain.values.division import read_division
from hub.domain.values.grade import read_grade
from hub.domain.values.number import read_amount, read_decimal, read_integer
from hub.domain.values.person_name import read_person_name, split_names
from hub.domain.values.phone import read_phone
from hub.domain.values.student_number import read_student_number
from hub.domain.values.text import fold_header, is_blank
from hub.domain.values.yes_no import read_yes_no

ON = date(2026, 11, 24)
BORN = st.dates(date(1930, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(("cell", "number"), [
    ("210299201205030178", "210299201205030178"), ("210299550101302", "210299195501013024"), ("21029920120503024x", "21029920120503024X"),
    ("２１０２９９２０１２０５０３０１７８", "210299201205030178"), ("'210299201205030178", "210299201205030178"), (" 210299 20120503 0178 ", "210299201205030178"),
    ("21029920120503024×", "21029920120503024X"), ("210299201205030178.0", "210299201205030178"), ("210299-20120503-0178", "210299201205030178"),
    ('="210299201205030178"', "210299201205030178"), ("\u202d210299201205030178\u202c", "210299201205030178"), ("\u200e210299201205030178", "210299201205030178"),
])
def test_citizen_numbers_in_their_spellings(cell, number):
    assert read_citizen_number(cell).number == number


@pytest.mark.parametrize(("cell", "kind"), [
    ("2.10299E+17", "spreadsheet damage"), ("210299201205030000", "spreadsheet damage"), ("000000000000000000", "placeholder"), ("123456789012345678", "placeholder"),
    ("210299201205030176", "check digit fails"), ("210299201213030178", "no such birth date in the number"), ("E12345678", "another kind of document"), ("13900000000", "not a citizen number"),
])
def test_damaged_numbers_are_never_repaired(cell, kind):
    defect = read_citizen_number(cell)
    assert isinstance(defect, Defect) and defect.kind == kind and cell not in defect.hint


@settings(max_examples=300)
@given(born=BORN, serial=st.integers(1, 998))
def test_every_valid_number_is_accepted_and_every_single_wrong_digit_refused(born, serial):
    first = f"210299{born:%Y%m%d}{serial:03d}"
    number = first + check_digit(first)
    if number.endswith("000"):
        return
    read = read_citizen_number(number)
    assert isinstance(read, CitizenNumber) and read.born == born and read.sex == ("1" if serial % 2 else "2")
    for place in range(17):
        for digit in "0123456789":
            if digit != number[place]:
                assert isinstance(read_citizen_number(number[:place] + digit + number[place + 1:]), Defect)


@pytest.mark.parametrize(("cell", "iso"), [
    ("20120503", "2012-05-03"), ("20120503153000", "2012-05-03"), ("201205031530", "2012-05-03"), ("2012-5-3", "2012-05-03"), ("2012.5.3", "2012-05-03"), ("2012/05/03", "2012-05-03"), ("2012年5月3日", "2012-05-03"),
    ("12.5.3", "2012-05-03"), ("2012.05", "2012-05"), ("201205", "2012-05"), ("2009.9", "2009-09"), ("2017年", "2017"), ("41032", "2012-05-03"),
    ("2012-05-03 00:00:00", "2012-05-03"), ("44,000", "2020-06-18"), ("2018年7月", "2018-07"), ("12岁", "2014"), ("2026-04", "2026-04"), ("30.1.2", "1930-01-02"),
    ("二〇一二年五月三日", "2012-05-03"), ("二○一二年十二月三十一日", "2012-12-31"), ("二零一二年十月", "2012-10"), ("2012年五月二十号", "2012-05-20"), ("2012年5月3号", "2012-05-03"),
])
def test_dates_are_as_precise_as_they_are(cell, iso):
    assert read_date(cell, ON).iso == iso


@pytest.mark.parametrize("cell", ["2012-13-01", "2012-02-30", "农历三月初三", "明年", "99999999", "19000"])
def test_what_is_no_date(cell):
    assert isinstance(read_date(cell, ON), Defect)


@given(day=BORN)
def test_reading_a_date_again_changes_nothing(day):
    once = read_date(f"{day.year}年{day.month}月{day.day}日", ON)
    assert isinstance(once, PartialDate) and read_date(once.iso, ON) == once and once.earliest() == once.latest() == day


def test_periods():
    assert [side.iso for side in read_period("20230110-20260709", ON)] == ["2023-01-10", "2026-07-09"]
    assert read_period("20200601-长期", ON)[1] is None


@pytest.mark.parametrize(("cell", "compare"), [
    ("王 小 禾", "王小禾"), ("蔣　建傑", "蒋建杰"), ("文芳（小）", "文芳"), ("阿依.古丽", "阿依·古丽"), ("阿依•古丽", "阿依·古丽"), ("蒋姿□", "蒋姿?"), ("髙峯", "高峰"), ("王\ue863", "王?"), ("𣲗", "𣲗"),
])
def test_names_are_compared_in_one_form(cell, compare):
    read = read_person_name(cell)
    assert read.compare == compare and read_person_name(read.compare).compare == compare


@pytest.mark.parametrize(("cell", "shown", "compare"), [
    ("王(上龙下天)乐", "王(上龙下天)乐", "王?乐"), ("王[上龙下天]", "王[上龙下天]", "王?"), ("王（䶮）乐", "王䶮乐", "王䶮乐"), ("王（䶮）", "王䶮", "王䶮"), ("(王乐)", "王乐", "王乐"),
    ("李(王乐)", "李(王乐)", "李?"), ("李小（左王右乐）", "李小(左王右乐)", "李小?"), ("欧阳[⿰王乐]", "欧阳[⿰王乐]", "欧阳?"), ("王【上龙下天", "王【上龙下天", "王?"), ("李(王字旁加乐)明", "李(王字旁加乐)明", "李?明"),
    ("(䶮)小禾", "䶮小禾", "䶮小禾"), ("文芳（小）", "文芳", "文芳"), ("(小)文芳", "文芳", "文芳"), ("王大山（已故）", "王大山", "王大山"), ("(已故)王大山", "王大山", "王大山"), ("王小禾(女)", "王小禾", "王小禾"),
    ("王小禾（女，2012年5月）", "王小禾", "王小禾"), ("王小禾(曾用名王小雨)", "王小禾", "王小禾"), ("阿依(Ayi)·古丽", "阿依·古丽", "阿依·古丽"), ("王小禾(13900001234)", "王小禾", "王小禾"),
])
def test_a_character_in_brackets_is_the_names_own(cell, shown, compare):
    """D-03: it stands at its place, lost where it is only described; what is a remark is none, and nothing else is swallowed."""
    read = read_person_name(cell)
    assert (read.text, read.compare) == (shown, compare)


def test_names_split_only_where_lists_split_them():
    assert split_names("李小雨、李小明") == ["李小雨", "李小明"]
    assert split_names("王小禾\n王小雨") == ["王小禾", "王小雨"]
    assert split_names("阿依·古丽") == ["阿依·古丽"]


@pytest.mark.parametrize(("cell", "code", "village"), [
    ("辽宁省瓦房店市复州城镇八里庄村12号", "210281101", "八里庄村"), ("大连市瓦房店市许屯南姜泡村", "210281107", "南姜泡村"), ("文兰", "210281002", None),
    ("老虎第一小学", "210281112", None), ("210281101201", "210281101", None), ("瓦房店市", "210281", None), ("岭东派出所", "210281003", None), ("复县永宁", "210281108", None),
])
def test_divisions_from_addresses_names_and_codes(cell, code, village):
    read = read_division(cell)
    assert (read.code, read.village) == (code, village)


@pytest.mark.parametrize("cell", ["吉林省某县", "大连市甘井子区", "无", "普兰店市城子坦镇"])
def test_elsewhere_is_not_here(cell):
    assert read_division(cell) is None


@pytest.mark.parametrize(("name", "cell", "label"), [
    ("assistance_state", "在享", "在保"), ("assistance_state", "供养中", "在保"), ("assistance_state", "停止供养", "停保"),
    ("sex", "2", "女性"), ("sex", "男", "男性"), ("ethnic_group", "汉", "汉族"), ("ethnic_group", "毛难族", "毛南族"), ("identity_document", "1-居民身份证", "居民身份证"),
    ("disability_category", "5", "智力残疾"), ("school_disability", "6", "智力残疾"), ("disability_level", "2级", "二级"), ("family_relationship", "祖父(爷爷)", "祖父"),
    ("sex", "1男", "男性"), ("ethnic_group", "01汉族", "汉族"), ("family_relationship", "62-祖母", "祖母"), ("family_relationship", "02", "户主"), ("placement", "免学", "待安置"), ("placement", "特教学校就读", "特殊教育学校"),
    ("placement", "暂未安置", "待安置"), ("placement", "在家", "待安置"), ("placement", "缓学", "延缓入学(已批准)"), ("placement", "不具备学习条件", "专家委员会评估不具备学习条件"),
    ("disability_category", "孤独症谱系障碍", "精神残疾"), ("disability_category", "脑性瘫痪", "肢体残疾"), ("disability_category", "聋", "听力残疾"),
    ("family_relationship", "生父", "父亲"), ("family_relationship", "母子", "母亲"), ("family_relationship", "大儿子", "长子"), ("family_relationship", "小女儿", "其他女儿"),
    ("movement_kind", "21", "转学(转出)"),
])
def test_codes_names_and_aliases(name, cell, label):
    assert CODE_LISTS[name].read(cell).label == label


@pytest.mark.parametrize("codes", CODE_LISTS.values(), ids=lambda codes: codes.name)
def test_every_label_reads_as_itself(codes):
    assert [codes.read(entry.label) for entry in codes.codes] == list(codes.codes)
    assert isinstance(codes.read("没有这个词"), Defect)


@pytest.mark.parametrize(("cell", "told"), [("是", True), ("√", True), ("1", True), ("否", False), ("×", False), ("无", False), ("", None), ("/", None), ("不详", None), ("1-是", True), ("0-否", False),
                                          ("1是", True), ("2 否", False), ("01_有", True), ("0：无", False)])
def test_a_blank_is_never_no(cell, told):
    assert read_yes_no(cell) is told


@pytest.mark.parametrize("cell", ["1-", "1-1", "1-77", "2-是的吗", "11", "是1"])
def test_what_is_neither_yes_nor_no(cell):
    assert isinstance(read_yes_no(cell), Defect)


def test_further_readers():
    assert read_student_number("g210299201205030178").citizen_number.number == "210299201205030178"
    assert read_student_number("L210299201205030178").citizen_number is None
    assert read_disability_certificate("21029920120503017852B1").holder == "210299201205030178"
    assert [read_grade(cell, ON).level for cell in ("一年级", "4年级", "初三", "高一", "小六", "十一年级", "学前班", "小学2024级")] == [1, 4, 9, 10, 6, 11, 0, 3]
    assert [read_grade(cell, ON).level for cell in ("幼小衔接班", "一年级预备班", "幼升小班", "初一预备班", "大班")] == [0, 0, 0, 7, 0]
    assert [read_phone(cell) for cell in ("+8613916510325", "186 3942 6101", "１５６１０６８０００７")] == ["13916510325", "18639426101", "15610680007"]
    assert [str(read_amount(cell).value) for cell in ("￥1,260.00", "1.2万元", "312.5元/学期")] == ["1260.00", "12000.0", "312.5"]
    assert [is_blank(cell) for cell in ("", "无", "/", "—", "N/A", "　", "王")] == [True] * 6 + [False]
    assert fold_header("*姓 名（必填）") == "姓名"


@pytest.mark.parametrize(("text", "shown"), [
    ("身份证210299198503174212", "身份证2102***********212"), ("电话13900000001。", "电话139****0001。"), ("21029920120503017852", "2102*************852"),
    ("G210299201311022083", "G210************083"), ("210299550101302", "2102********302"), ("卡号6222021234567890123", "卡号6222************123"),
    ("210299 19850317 4212", "****** ******** ****"), ("２１０２９９１９８５０３１７４２１２", "2102***********212"),
])
def test_personal_numbers_in_a_text_are_masked(text, shown):
    assert holds_number(text) and concealed(text) == shown


@pytest.mark.parametrize("text", ["20230110-20260709", "2026-10-31 00:00:00", "0.30000000000000004", "91210281MA0000000X", "2121009999", "210281101201", "许屯镇南姜泡村12号", "1260.00"])
def test_what_is_no_personal_number_stays(text):
    assert not holds_number(text) and concealed(text) == text


@pytest.mark.parametrize("text", ["岗店小学210299198503174212", "210299198503174212139000000013", "3210299198503174212", "2102991985031742121"])
def test_a_number_run_together_with_others_is_masked(text):
    assert holds_number(text) and "210299198503174212" not in concealed(text)


@pytest.mark.parametrize("text", ["二一〇二九九一九八五〇三一七四二一二", "２１０２９９l９８５０３１７４２１２", "电话 壹叁八零零零零一二三四", "21o2991985o3174212", "一三八-〇〇〇〇-一二三四"])
def test_a_number_in_other_figures_is_one_where_people_write(text):
    assert spells_number(text)


@pytest.mark.parametrize("text", ["已于二〇二六年九月一日入户核查", "一二三年级共四十五人", "家访三次，十二月再访", "第 20261128 号文件", "二一〇二九九"])
def test_words_with_figures_are_no_number(text):
    assert not spells_number(text)


def test_what_has_too_many_digits_counts_nothing():
    assert all(isinstance(read("3210299198503174212"), Defect) for read in (read_integer, read_decimal, read_amount))


def test_a_long_number_in_an_undeclared_column_is_told():
    assert holds_long_number("2024210281000123") and holds_long_number("2102 9919 8503") and not holds_long_number("2026-10-31")


@pytest.mark.parametrize("cell", ["20260301-", "20260301—", "2026.03.01至", "20260301-长期"])
def test_a_period_may_be_open(cell):
    assert read_period(cell, ON) == (PartialDate(2026, 3, 1), None)


@pytest.mark.parametrize("cell", ["李四 电话13900001234", "辽宁省瓦房店市复州城镇八里庄村12号", "瓦房店市许屯镇", "210299198503174212"])
def test_addresses_and_numbers_are_no_names(cell):
    assert isinstance(read_person_name(cell), Defect)


@pytest.mark.parametrize("cell", ["区家乡", "县委", "买买提·吐尔逊江", "市川惠子", "张省三"])
def test_names_with_a_word_of_places_are_names(cell):
    assert not isinstance(read_person_name(cell), Defect)


def test_a_remark_in_brackets_is_no_list():
    told = split_names("孙一（女，2012年5月）、孙二（男，2014年6月）")
    assert [read_person_name(name).text for name in told] == ["孙一", "孙二"]

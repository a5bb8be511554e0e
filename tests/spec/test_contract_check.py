"""Contracts broken in one place each: `hub contract check` says where, by line and column, and what is allowed there."""

import pytest

from hub.contract.model import ContractError
from hub.contract.reader import faults_of, read_contract

GOOD = """\
name = "finance.meal_money"
title = "餐费"
department = "finance"
version = "2026-11-24"
mode = "full"
cadence_days = 31
natural_key = [["编号"], ["姓名", "月份"]]
recognise = ["伙食费"]
needs = ["金额"]
keep = ["备注"]
new_columns = "evolve"
hold = { rows_lost = 0.2 }

[persons]
"主体" = { kind = "child" }
"监护人" = { kind = "adult", of = "主体", also = ["家长"] }

[facts]
payment = { from = "月份", set = { programme = "F12" }, when = "金额" }
guardianship = { guardian = "监护人", set = { capacity = [{ value = "监护人", when = { "性别" = ["男性"] } }] } }

[columns]
"编号" = { type = "text", required = true }
"姓名" = { type = "name", also = ["学生姓名"], becomes = "主体.name" }
"性别" = { type = "code", codes = "sex", bad = "quarantine_row", becomes = "主体.sex" }
"月份" = { type = "month" }
"金额" = { type = "amount", becomes = "payment.amount" }
"监护人姓名" = { type = "name", after = "姓名", becomes = "监护人.name" }
"银行账号" = { type = "account", secret = true, sensitivity = "sensitive" }
"""

#: (what stands in the good contract, what is put in its place, line, column, the message or how it begins)
BROKEN = [
    ("name = \"finance.meal_money\"\n", "", 1, 1, "name is missing"),
    ("name = \"finance.meal_money\"", "name = 5", 1, 1, "name must be a text in quotes, not blank"),
    ("\"finance.meal_money\"", "\"Meal Money\"", 1, 1, "name must be department.extract in small letters, such as civil_affairs.minimum_living_allowance"),
    ("\"finance.meal_money\"", "\"education.meal_money\"", 3, 1, "department must be the first part of name: education"),
    ("title = \"餐费\"\n", "", 1, 1, "title is missing"),
    ("title = \"餐费\"", "title = \"\"", 2, 1, "title must be a text in quotes, not blank"),
    ("version = \"2026-11-24\"", "version = \"24.11.2026\"", 4, 1, "version must be the date of the declaration, such as \"2026-11-24\""),
    ("mode = \"full\"", "mode = \"often\"", 5, 1, "mode = 'often' is not known; it may be full, incremental"),
    ("cadence_days = 31", "cadence_days = \"monthly\"", 6, 1, "cadence_days must be a whole number of days from 1 to 3660"),
    ("cadence_days = 31", "cadence_days = 0", 6, 1, "cadence_days must be a whole number of days from 1 to 3660"),
    ("natural_key = [[\"编号\"], [\"姓名\", \"月份\"]]\n", "", 1, 1, "natural_key must be a list of lists of columns: [[\"…\", \"…\"], [\"…\"]]"),
    ("natural_key = [[\"编号\"], [\"姓名\", \"月份\"]]", "natural_key = []", 7, 1, "natural_key must be a list of lists of columns: [[\"…\", \"…\"], [\"…\"]]"),
    ("[\"姓名\", \"月份\"]]", "[\"姓名\", \"日子\"]]", 7, 31, "no column is called 日子; there are 编号, 姓名, 性别, 月份, 金额, 监护人姓名, 银行账号, 备注"),
    ("natural_key = [[\"编号\"], [\"姓名\", \"月份\"]]", "natural_key = \"编号\"", 7, 1, "natural_key must be a list of lists of columns: [[\"…\", \"…\"], [\"…\"]]"),
    ("recognise = [\"伙食费\"]", "recognise = \"伙食费\"", 8, 1, "recognise must be a list of texts: [\"…\", \"…\"]"),
    ("needs = [\"金额\"]", "needs = [\"总额\"]", 9, 10, "no column is called 总额; there are 编号, 姓名, 性别, 月份, 金额, 监护人姓名, 银行账号, 备注"),
    ("keep = [\"备注\"]", "keep = [\"金额\"]", 10, 9, "金额 stands under [columns] already"),
    ("new_columns = \"evolve\"", "new_columns = \"ignore\"", 11, 1, "new_columns = 'ignore' is not known; it may be"),
    ("programme = \"F12\"", "programme = \"F99\"", 19, 34, "there is no programme F99; there are F01 to F29 and POV"),
    ("rows_lost = 0.2", "rows_lost = 2", 12, 10, "rows_lost must be a share above 0 and at most 1"),
    ("rows_lost = 0.2", "rows_gone = 0.2", 12, 10, "hold has no key rows_gone; it has"),
    ("title = \"餐费\"", "titel = \"餐费\"", 2, 1, "a contract has no key titel; it has"),
    ("title = \"餐费\"", "title = \"餐费", 2, 12, "not TOML: Illegal character '\\n'"),
    ("[persons]", "[people]", 14, 1, "a contract has no key people; it has"),
    ("kind = \"child\"", "kind = \"kid\"", 15, 10, "kind = 'kid' is not known; it may be child, adult, any"),
    ("of = \"主体\"", "of = \"户主\"", 16, 27, "no person is called 户主; there are 主体, 监护人"),
    ("also = [\"家长\"]", "also = [\"姓名\"], of_whom = 1", 16, 53, "a person has no key of_whom; it has kind, of, also, split, same_when"),
    ("payment = {", "paiment = {", 19, 1, "no noun is called paiment; there are"),
    ("from = \"月份\"", "from = \"季度\"", 19, 13, "no column is called 季度; there are 编号, 姓名, 性别, 月份, 金额, 监护人姓名, 银行账号, 备注"),
    ("programme = \"F12\"", "programm = \"F12\"", 19, 34, "payment has no column programm; it has"),
    ("when = \"金额\" }", "when = \"总额\" }", 19, 62, "no column is called 总额; there are 编号, 姓名, 性别, 月份, 金额, 监护人姓名, 银行账号, 备注"),
    ("guardian = \"监护人\"", "guardian = \"家\"", 20, 18, "no person is called 家; there are 主体, 监护人"),
    ("when = { \"性别\" = [\"男性\"] }", "when = { \"性\" = [\"男性\"] }", 20, 82, "no column is called 性; there are 编号, 姓名, 性别, 月份, 金额, 监护人姓名, 银行账号, 备注"),
    ("type = \"text\", required", "type = \"string\", required", 23, 10, "type = 'string' is not known; it may be"),
    ("codes = \"sex\"", "codes = \"gender\"", 25, 25, "no code list is called gender; there are"),
    ("codes = \"sex\", ", "", 25, 10, "a column of type code names its list in codes, and no other column does"),
    ("bad = \"quarantine_row\"", "bad = \"drop\"", 25, 40, "bad = 'drop' is not known; it may be evolve, freeze, quarantine_row, quarantine_value, keep_value"),
    ("becomes = \"主体.name\"", "becomes = \"主体.names\"", 24, 52, "a person has no column names; it has"),
    ("becomes = \"payment.amount\"", "becomes = \"award.amount\"", 27, 37, "award is neither a person nor a fact of this contract; there are"),
    ("becomes = \"主体.name\"", "becomes = \"name\"", 24, 52, "name is neither a person nor a fact of this contract; there are"),
    ("after = \"姓名\"", "after = \"名\"", 28, 28, "no column is called 名; there are 编号, 姓名, 性别, 月份, 金额, 监护人姓名, 银行账号, 备注"),
    ("{ type = \"month\" }", "{ type = \"month\", not_before = [\"月\"] }", 26, 26, "no column is called 月; there are 编号"),
    ("{ type = \"month\" }", "{ type = \"month\", not_before = [\"姓名\"] }", 26, 26, "only a date lies before another"),
    ("also = [\"学生姓名\"]", "also = [\"编号\"]", 24, 1, "编号 is a spelling of 编号 too; take it from one of them, or say after which column it means 姓名"),
    ("secret = true", "secret = \"yes\"", 29, 30, "secret must be true or false"),
    ("\"sensitive\"", "\"very\"", 29, 45, "sensitivity = 'very' is not known; it may be open, personal, sensitive, sealed"),
    ("required = true", "requird = true", 23, 25, "a column has no key requird; it has"),
    ("\"银行账号\" = {", "\"编号\" = {", 29, 70, "not TOML: Cannot overwrite a value"),
    ("becomes = \"主体.sex\"", "becomes = \"payment.amount\"", 25, 74, "payment.amount holds a amount, which a column of type code cannot fill; types that can: amount, decimal, integer"),
    ("becomes = \"主体.name\"", "becomes = \"主体.number\"", 24, 52, "主体.number holds a sealed, which a column of type name cannot fill; types that can: citizen_number, person_number"),
    ("{ type = \"text\", required = true", "{ type = \"text\", becomes = \"主体.name\", required = true", 23, 35, "主体.name holds a text, which a column of type text cannot fill; types that can: name"),
    ("\"amount\", becomes", "\"amount\", per = \"周\", becomes", 27, 27, "per = '周' is not known; it may be 月, 学期, 年, 人·月"),
    ("\"month\" }", "\"month\", per = \"月\" }", 26, 26, "only an amount is for somebody and a period"),
    ("type = \"month\"", "type = \"month\", codes = \"sex\"", 26, 26, "a column of type code names its list in codes, and no other column does"),
]


def written(tmp_path, text):
    """The contract as a file in its department's folder."""
    path = tmp_path / "finance" / "meal_money.toml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_the_good_contract_is_good(tmp_path):
    assert read_contract(written(tmp_path, GOOD)).name == "finance.meal_money"


@pytest.mark.parametrize(("stands", "put", "line", "column", "message"), BROKEN)
def test_a_broken_contract_is_told_where_and_what(tmp_path, stands, put, line, column, message):
    assert stands in GOOD
    with pytest.raises(ContractError) as told:
        read_contract(written(tmp_path, GOOD.replace(stands, put, 1)))
    assert (told.value.line, told.value.column) == (line, column)
    assert told.value.message.startswith(message)
    assert str(told.value).startswith(f"{told.value.path}:{line}:{column}: ")


@pytest.mark.parametrize(("stands", "put", "line", "column", "message"), BROKEN)
def test_one_slip_is_told_once(tmp_path, stands, put, line, column, message):
    (fault,) = faults_of(written(tmp_path, GOOD.replace(stands, put, 1)))
    assert (fault.line, fault.column) == (line, column) and fault.message.startswith(message)


def test_several_slips_are_told_in_one_go(tmp_path):
    text = GOOD
    for stands, put in (('mode = "full"', 'mode = "often"'), ("rows_lost = 0.2", "rows_lost = 2"), ('type = "month"', 'type = "moon"'), ('"account", secret = true', '"account", secret = 1')):
        text = text.replace(stands, put, 1)
    assert [(fault.line, fault.message.split()[0]) for fault in faults_of(written(tmp_path, text))] == [
        (5, "mode"), (12, "rows_lost"), (26, "type"), (29, "secret")
    ]

"""The awkward files: each trap that files have, made by code, and what must be read from it."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from making import (
    HEADERS,
    ROWS,
    TABLE,
    compound_file,
    gbk_named_zip,
    modern_workbook,
    old_workbook,
    page,
    rewritten,
    text_file,
    workbook,
    zipped,
)

Row = Sequence[str]


@dataclass(frozen=True)
class Awkward:
    """A file, the traps in it, and what comes out: the rows of its data sheets, or words of the refusal."""

    trap: str
    file: str
    make: Callable[[], bytes]
    rows: Sequence[Row] = ()
    refused: str = ""
    headers: Row = HEADERS
    numbers: Sequence[int] = ()
    title: Row = ()
    not_data: Sequence[tuple[str, int, str]] = ()
    defects: Mapping[int, str] = field(default_factory=dict)
    hidden_rows: Sequence[int] = ()
    encoding: str | None = None
    sheets: Row = ()


def row(number: int, name: str, *rest: str) -> tuple[str, ...]:
    """A row of the standard table with another name."""
    return (str(number), name, *(rest or ("男", "2012-05-03", f"21029320120503{number:03d}8")))


def named(*names: str) -> tuple[tuple[str, ...], ...]:
    return tuple(row(i, name) for i, name in enumerate(names, start=1))


def with_rows(*rows: Row) -> list[Row]:
    return [HEADERS, *rows]


RARE = named("䶮小雨", "㛃文", "𣲗明", "𬭎华")
SEPARATED = named("阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽．买买提", "阿依古丽‧买买提", "阿依古丽 买买提")
TITLE = "瓦房店市2025年残疾儿童名单"
BLANKS = ("", "", "", "")

TEXTS = (
    Awkward("D-01", "utf8.csv", lambda: text_file(), ROWS, encoding="utf-8"),
    Awkward("D-01", "utf8_bom.csv", lambda: text_file(encoding="utf-8-sig"), ROWS, encoding="utf-8-sig"),
    Awkward("D-01", "ansi.csv", lambda: text_file(encoding="gbk"), ROWS, encoding="gb18030"),
    Awkward(
        "D-01",
        "unicode_text.txt",
        lambda: text_file(encoding="utf-16", delimiter="\t"),
        ROWS,
        encoding="utf-16",
    ),
    Awkward("D-01", "utf16_be.csv", lambda: b"\xfe\xff" + text_file(encoding="utf-16-be"), ROWS, encoding="utf-16"),
    Awkward("D-01", "utf16_no_bom.csv", lambda: text_file(encoding="utf-16-le"), ROWS, encoding="utf-16-le"),
    Awkward("D-01", "utf16_be_no_bom.csv", lambda: text_file(encoding="utf-16-be"), ROWS, encoding="utf-16-be"),
    Awkward("D-01", "old_mac.csv", lambda: text_file(end="\r"), ROWS),
    Awkward("D-01", "unix.csv", lambda: text_file(end="\n"), ROWS),
    Awkward("D-01", "no_last_newline.csv", lambda: text_file().rstrip(b"\r\n"), ROWS),
    Awkward(
        "D-04",
        "rare_gb18030.csv",
        lambda: text_file(with_rows(*RARE), encoding="gb18030"),
        RARE,
        encoding="gb18030",
    ),
    Awkward("D-04", "rare_utf8.csv", lambda: text_file(with_rows(*RARE)), RARE),
    Awkward("D-04", "rare.xlsx", lambda: workbook(("Sheet1", with_rows(*RARE))), RARE),
    Awkward(
        "D-03",
        "lost_characters.csv",
        lambda: text_file(with_rows(*named("王?雨", "李□", "赵〓", "(王乐)", "[上龙下天]"))),
        named("王?雨", "李□", "赵〓", "(王乐)", "[上龙下天]"),
    ),
    Awkward(
        "D-05",
        "private_use.csv",
        lambda: text_file(with_rows(*named("王\ue863", "李\U000f0001"))),
        named("王\ue863", "李\U000f0001"),
    ),
    Awkward(
        "D-05",
        "private_use_gbk.csv",
        lambda: text_file(with_rows(*named("王\ue78d")), encoding="gb18030"),
        named("王\ue78d"),
    ),
    Awkward(
        "D-06",
        "variants.csv",
        lambda: text_file(with_rows(*named("王昇", "李堃", "髙明", "\uf900小"))),
        named("王昇", "李堃", "髙明", "\uf900小"),
    ),
    Awkward("D-07", "separators.csv", lambda: text_file(with_rows(*SEPARATED)), SEPARATED),
    Awkward(
        "D-08",
        "full_width.csv",
        lambda: text_file(
            with_rows(
                row(1, "王　明", "男", "２０１２", "２１０２９３２０１２０５０３０１７８"),
                row(2, "李\u200b雨\u00a0"),
            )
        ),
        [
            row(1, "王　明", "男", "２０１２", "２１０２９３２０１２０５０３０１７８"),
            row(2, "李\u200b雨\u00a0"),
        ],
    ),
    Awkward(
        "D-14",
        "leading_zeros.csv",
        lambda: text_file(with_rows(row(1, "王", "男", "", "0411085001"), row(2, "李", "女", "", "'210293201205030178"))),
        [row(1, "王", "男", "", "0411085001"), row(2, "李", "女", "", "'210293201205030178")],
    ),
    Awkward(
        "D-13",
        "scientific.csv",
        lambda: text_file(with_rows(row(1, "王", "男", "41032", "2.10299E+17"))),
        [row(1, "王", "男", "41032", "2.10299E+17")],
    ),
    Awkward(
        "D-21",
        "newline_in_cell.csv",
        lambda: text_file(with_rows(row(1, "李小雨\n李小明", "女", "", "A\r\nB"), row(2, "王"))),
        [row(1, "李小雨\n李小明", "女", "", "A\r\nB"), row(2, "王")],
        numbers=(2, 3),
    ),
    Awkward(
        "D-22",
        "starred_header.csv",
        lambda: text_file([["*序号", "*姓 名", " 性别 ", "出生日期", "身份证号"], *ROWS]),
        ROWS,
        headers=("*序号", "*姓 名", "性别", "出生日期", "身份证号"),
    ),
    Awkward(
        "D-29",
        "shifted.csv",
        lambda: text_file().replace("李雨欣".encode(), "李,雨欣".encode()),
        [ROWS[0], ("2", "李", "雨欣", *ROWS[1][2:]), ROWS[2]],
        defects={3: "6 cells"},
    ),
    Awkward(
        "D-29",
        "short_row.csv",
        lambda: text_file([HEADERS, ROWS[0], ("2", "李雨欣"), ROWS[2]]),
        [ROWS[0], ("2", "李雨欣", "", "", ""), ROWS[2]],
        defects={3: "2 cells"},
    ),
    Awkward(
        "D-35",
        "absent_values.csv",
        lambda: text_file(with_rows(row(1, "无", "/", "—", "同上"), row(2, "略", "-", "N/A", ""))),
        [row(1, "无", "/", "—", "同上"), row(2, "略", "-", "N/A", "")],
    ),
    Awkward(
        "D-45",
        "formula_text.csv",
        lambda: text_file(with_rows(row(1, "=1+1", "@x", "+1", "-1"))),
        [row(1, "=1+1", "@x", "+1", "-1")],
    ),
    Awkward("delimiter", "semicolon.csv", lambda: text_file(delimiter=";"), ROWS),
    Awkward("delimiter", "tab.tsv", lambda: text_file(delimiter="\t", encoding="gbk"), ROWS),
    Awkward("delimiter", "bar.txt", lambda: text_file(delimiter="|"), ROWS),
    Awkward(
        "delimiter",
        "sep_line.csv",
        lambda: b"sep=;\r\n" + text_file(delimiter=";"),
        ROWS,
        numbers=(3, 4, 5),
        title=("sep=",),
        not_data=[("", 1, "note")],
    ),
    Awkward(
        "delimiter",
        "commas_in_tabs.tsv",
        lambda: text_file(with_rows(row(1, "王", "男", "a,b,c,d,e,f,g", "x,y")), delimiter="\t"),
        [row(1, "王", "男", "a,b,c,d,e,f,g", "x,y")],
    ),
    Awkward(
        "quotes",
        "quoted_commas.csv",
        lambda: text_file(with_rows(row(1, "王", "男", "a,b", 'say "no"'))),
        [row(1, "王", "男", "a,b", 'say "no"')],
    ),
    Awkward(
        "quotes",
        "quote_inside.csv",
        lambda: text_file().replace("王小明".encode(), '王"小"明'.encode()),
        [("1", '王"小"明', *ROWS[0][2:]), *ROWS[1:]],
    ),
    Awkward(
        "quotes",
        "lines_in_a_cell.csv",
        lambda: text_file(with_rows(row(1, "王", "男", "a,b,c,d\r\n一,二,三,四,五\r\n六", "x"))),
        [row(1, "王", "男", "a,b,c,d\r\n一,二,三,四,五\r\n六", "x")],
    ),
    Awkward(
        "blank",
        "blank_lines.csv",
        lambda: text_file([HEADERS, [], ROWS[0], BLANKS, ROWS[1], ["　"], ROWS[2], [], []]),
        ROWS,
        numbers=(3, 5, 7),
    ),
    Awkward("blank", "trailing_commas.csv", lambda: text_file([[*r, "", ""] for r in TABLE]), ROWS),
    Awkward("blank", "header_only.csv", lambda: text_file([HEADERS]), ()),
    Awkward(
        "control",
        "nul.csv",
        lambda: text_file(with_rows(row(1, "王\x00明"))),
        [row(1, "王\x00明")],
        defects={2: "NUL"},
    ),
    Awkward(
        "D-15",
        "title_and_notes.csv",
        lambda: text_file([[TITLE], ["单位：人"], HEADERS, *ROWS, ["合计", "3"], ["填表人：某", "", "审核人：某"]]),
        ROWS,
        numbers=(4, 5, 6),
        title=(TITLE, "单位：人"),
        not_data=[
            ("", 1, "title"),
            ("", 2, "unit line"),
            ("", 3, "header"),
            ("", 7, "total"),
            ("", 8, "note"),
        ],
        defects={},
    ),
    Awkward(
        "D-15",
        "sparse_and_named_like_a_total.csv",
        lambda: text_file([HEADERS[1:], ("合计", "", "", "210293201205030178"), ("小计", "", "", "12")]),
        [("合计", "", "", "210293201205030178")],
        headers=HEADERS[1:],
        not_data=[("", 1, "header"), ("", 3, "total")],
    ),
    Awkward(
        "D-15",
        "named_like_a_total.csv",
        lambda: text_file([HEADERS[1:], *(r[1:] for r in named("合计", "合小计", "王小计", "合总计", "总计"))]),
        [r[1:] for r in named("合计", "合小计", "王小计", "合总计", "总计")],
        headers=HEADERS[1:],
    ),
    Awkward(
        "D-15",
        "subtotals.csv",
        lambda: text_file([HEADERS, ROWS[0], ["瓦窝镇小计", "1"], *ROWS[1:], ["小 计：", "2"], ["共3人"]]),
        ROWS,
        numbers=(2, 4, 5),
        not_data=[("", 1, "header"), ("", 3, "total"), ("", 6, "total"), ("", 7, "note")],
    ),
    Awkward(
        "D-15",
        "narrow_total.csv",
        lambda: text_file([["户主姓名", "电话", "金额"], ["王某", "0411", "1,260.00"], ["合计", "1户", "1,260.00"]]),
        [("王某", "0411", "1,260.00")],
        headers=("户主姓名", "电话", "金额"),
        not_data=[("", 1, "header"), ("", 3, "total")],
    ),
    Awkward(
        "D-15",
        "repeated_header.csv",
        lambda: text_file([[TITLE], HEADERS, ROWS[0], [TITLE], HEADERS, *ROWS[1:]]),
        ROWS,
        numbers=(3, 6, 7),
        title=(TITLE,),
        not_data=[("", 1, "title"), ("", 2, "header"), ("", 4, "title"), ("", 5, "repeated header")],
    ),
    Awkward(
        "D-16",
        "two_levels_unmerged.csv",
        lambda: text_file(
            [
                ["序号", "姓名", "性别", "监护人", ""],
                ["", "", "", "监护人姓名", "电话"],
                ["1", "王", "男", "李", "0411"],
            ]
        ),
        [("1", "王", "男", "李", "0411")],
        headers=("序号", "姓名", "性别", "监护人/监护人姓名", "监护人/电话"),
        numbers=(3,),
    ),
    Awkward(
        "D-16",
        "groups_unmerged.csv",
        lambda: text_file(
            [
                ["儿童", "", "", "监护人", ""],
                ["序号", "姓名", "性别", "姓名", "电话"],
                ["1", "王", "男", "李", "0411"],
            ]
        ),
        [("1", "王", "男", "李", "0411")],
        headers=("儿童/序号", "儿童/姓名", "儿童/性别", "监护人/姓名", "监护人/电话"),
    ),
    Awkward("D-02", "kun_jin_kao.csv", lambda: text_file(with_rows(row(1, "锟斤拷锟斤拷"))), refused="锟斤拷"),
    Awkward(
        "D-02",
        "utf8_as_gbk.csv",
        lambda: text_file().decode("gbk", "replace").encode(),
        refused="read in another encoding",
    ),
    Awkward(
        "D-02",
        "utf8_as_latin.csv",
        lambda: text_file().decode("latin-1").encode(),
        refused="read in another encoding",
    ),
    Awkward("D-02", "mixed_encodings.csv", lambda: text_file() + "4,王小明,男".encode("gbk"), refused="not valid"),
    Awkward(
        "truncated",
        "cut_character.csv",
        lambda: text_file([HEADERS, ROWS[0], ("2", "李雨欣")], encoding="utf-8")[:-3],
        refused="cut short",
    ),
    Awkward(
        "quotes",
        "open_quote.csv",
        lambda: text_file().replace("李雨欣".encode(), '"李雨欣'.encode()),
        refused="row 3",
    ),
    Awkward(
        "quotes",
        "open_quote_long_after.csv",
        lambda: text_file(with_rows(row(1, "王小明"))) + b'2,"' + text_file(named("李" * 50)) * 9_000,
        refused="a quotation mark opened in row 3 is never closed",
    ),
    Awkward(
        "quotes",
        "stray_quotes.csv",
        lambda: text_file().replace("王小明".encode(), '"王小明'.encode()).replace("赵子涵".encode(), '赵子涵"'.encode()),
        refused="a quotation mark opened in row 2 is closed only in a later row",
    ),
    Awkward(
        "quotes",
        "stray_quotes_of_other_columns.csv",
        lambda: text_file().replace("王小明".encode(), '"王小明'.encode()).replace(b"20140101", b'20140101"'),
        refused="a quotation mark opened in row 2 is closed only in a later row",
    ),
    Awkward(
        "quotes",
        "stray_quotes_inside.csv",
        lambda: text_file().replace("王小明".encode(), '"王小明'.encode()).replace("李雨欣".encode(), '李"雨欣'.encode()),
        refused="a quotation mark opened in row 2 is closed only in a later row",
    ),
    *(
        Awkward(
            "quotes",
            f"stray_quotes_around_{name}.csv",
            lambda between=between: text_file([HEADERS]) + "1,王小明,男,2012-05-03,\"a\r\n".encode() + text_file(named("李雨欣")) + between + "3,赵子涵,男,2013-05-03,b\"\r\n".encode(),
            refused="a quotation mark opened in row 2 is closed only in a later row",
        )
        for name, between in (("a_blank_line", b"\r\n"), ("half_a_row", "第二行\r\n".encode()), ("a_row_without_its_end", "4,孙一,男,2012-05-03\r\n".encode()))
    ),
    Awkward(
        "quotes",
        "lines_with_a_comma_in_a_cell.csv",
        lambda: text_file([HEADERS]) + "1,王小明,男,2012-05-03,\"松树镇\r\n电话,已换\r\n待核,另行\"\r\n".encode(),
        [("1", "王小明", "男", "2012-05-03", "松树镇\r\n电话,已换\r\n待核,另行")],
    ),
    Awkward(
        "control",
        "nul_for_a_line_break.csv",
        lambda: text_file().replace(b"\r\n3,", b"\x003,"),
        refused="row 3 holds 2 rows",
    ),
    Awkward(
        "a cell beyond any",
        "huge_cell.csv",
        lambda: text_file(with_rows(row(1, "王小明"), row(2, "小" * 1_000_001))),
        refused="row 3 holds a cell of more than 1,000,000 characters",
    ),
    Awkward("D-39", "empty.csv", lambda: b"", refused="empty"),
    Awkward("D-39", "bom_only.csv", lambda: b"\xef\xbb\xbf\r\n", refused="empty"),
    Awkward("D-22", "no_header.csv", lambda: text_file(ROWS), refused="known column names"),
)


def _merge_and_title(sheet: Any) -> None:
    sheet.merge_cells("A1:E1")


def _hide_rows(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def _errors(book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, HEADERS)
    sheet.write_row(1, 0, ("1", "王", "男", "2012-05-03"))
    sheet.write_formula(1, 4, "=VLOOKUP(A2,B:C,2,0)", None, "#N/A")
    sheet.write_row(2, 0, ("2", "李", "女", "2013-05-03"))
    sheet.write_formula(2, 4, "=B1/0", None, "#DIV/0!")


def _typed(book: Any, sheet: Any) -> None:
    dated = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADERS)
    sheet.write_number(1, 0, 1)
    sheet.write_datetime(1, 3, datetime.datetime(2012, 5, 3), dated)
    sheet.write_number(1, 4, 210293201205030178)
    sheet.write_row(2, 0, (45537, "王"))
    sheet.write_boolean(2, 2, True)
    sheet.write_number(2, 3, 312.5)
    sheet.write_number(2, 4, 210293120503017)
    sheet.write_row(3, 0, (0.1 + 0.2, "x", "FALSE"))
    sheet.write_datetime(3, 3, datetime.datetime(2012, 5, 3, 8, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    sheet.write_number(3, 4, -7)


def _dated_1904(book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, HEADERS)
    sheet.write_row(1, 0, ("1", "王", "男"))
    sheet.write_datetime(1, 3, datetime.datetime(2012, 5, 3), book.add_format({"num_format": "yyyy/m/d"}))


def _two_levels(sheet: Any) -> None:
    for cells in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"):
        sheet.merge_cells(cells)


def _three_levels(sheet: Any) -> None:
    for cells in ("A1:A3", "B1:B3", "C1:C3", "D1:F1", "E2:F2", "D2:D3"):
        sheet.merge_cells(cells)


def _groups(sheet: Any) -> None:
    for cells in ("A1:E1", "A2:C2", "D2:E2"):
        sheet.merge_cells(cells)


def _household(sheet: Any) -> None:
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("A5:A7")


def _far_style(sheet: Any) -> None:
    from openpyxl.styles import Font

    sheet["XFD1048576"].font = Font(bold=True)


def _hide_sheet(first: Any, second: Any) -> None:
    second.sheet_state = "hidden"


def _very_hide(first: Any, second: Any) -> None:
    second.sheet_state = "veryHidden"


HOUSEHOLDS = [
    ["户编号", "户主姓名", "姓名", "性别"],
    ["86191967", "王建昌", "王建昌", "男"],
    [None, None, "王燕", "女"],
    ["72158281", "于立军", "于立军", "男"],
    ["55417836", "王平", "王平", "男"],
    [None, None, "王轩", "男"],
    [None, "另户", "王明", ""],
    [None, None, "无户", "女"],
]
HOUSEHOLDS_READ = [
    ("86191967", "王建昌", "王建昌", "男"),
    ("86191967", "王建昌", "王燕", "女"),
    ("72158281", "于立军", "于立军", "男"),
    ("55417836", "王平", "王平", "男"),
    ("55417836", "", "王轩", "男"),
    ("55417836", "另户", "王明", ""),
    ("", "", "无户", "女"),
]

WORKBOOKS = (
    Awkward("plain", "plain.xlsx", workbook, ROWS),
    Awkward(
        "plain",
        "shared_strings.xlsx",
        lambda: modern_workbook(lambda b, s: [s.write_row(i, 0, r) for i, r in enumerate(TABLE)] and None),
        ROWS,
    ),
    Awkward(
        "D-15",
        "titled.xlsx",
        lambda: workbook(
            (
                "Sheet1",
                [
                    [TITLE],
                    ["单位：人"],
                    *TABLE,
                    ["合计", None, "3人"],
                    ["审核人：", "某"],
                    ["备注：本表报市教育局"],
                ],
            ),
            then=_merge_and_title,
        ),
        ROWS,
        numbers=(4, 5, 6),
        title=(TITLE, "单位：人"),
        not_data=[
            ("Sheet1", 1, "title"),
            ("Sheet1", 2, "unit line"),
            ("Sheet1", 3, "header"),
            ("Sheet1", 7, "total"),
            ("Sheet1", 8, "note"),
            ("Sheet1", 9, "note"),
        ],
    ),
    Awkward(
        "D-15",
        "indented.xlsx",
        lambda: workbook(("Sheet1", [[], [], [], *([None, None, *r] for r in TABLE)])),
        [("", "", *r) for r in ROWS],
        headers=("", "", *HEADERS),
        numbers=(5, 6, 7),
    ),
    Awkward(
        "D-16",
        "two_levels.xlsx",
        lambda: workbook(
            (
                "Sheet1",
                [
                    [TITLE],
                    ["序号", "姓名", "性别", "监护人", None],
                    [None, None, None, "监护人姓名", "电话"],
                    ["1", "王", "男", "李", "0411"],
                ],
            ),
            then=_two_levels,
        ),
        [("1", "王", "男", "李", "0411")],
        headers=("序号", "姓名", "性别", "监护人/监护人姓名", "监护人/电话"),
        numbers=(4,),
        title=(TITLE,),
    ),
    Awkward(
        "D-16",
        "three_levels.xlsx",
        lambda: workbook(
            (
                "Sheet1",
                [
                    ["序号", "姓名", "性别", "保障人数", None, None],
                    [None, None, None, "合计", "分解", None],
                    [None, None, None, None, "重点保障人数", "其他"],
                    ["1", "王", "男", "3", "2", "1"],
                ],
            ),
            then=_three_levels,
        ),
        [("1", "王", "男", "3", "2", "1")],
        headers=("序号", "姓名", "性别", "保障人数/合计", "保障人数/分解/重点保障人数", "保障人数/分解/其他"),
        numbers=(4,),
    ),
    Awkward(
        "D-16",
        "groups.xlsx",
        lambda: workbook(
            (
                "Sheet1",
                [
                    [TITLE],
                    ["儿童基本信息", None, None, "监护人信息", None],
                    ["序号", "姓名", "性别", "姓名", "电话"],
                    ["1", "王", "男", "李", "0411"],
                ],
            ),
            then=_groups,
        ),
        [("1", "王", "男", "李", "0411")],
        headers=(
            "儿童基本信息/序号",
            "儿童基本信息/姓名",
            "儿童基本信息/性别",
            "监护人信息/姓名",
            "监护人信息/电话",
        ),
        title=(TITLE,),
    ),
    Awkward(
        "D-16",
        "office_and_date.xlsx",
        lambda: workbook(("Sheet1", [[TITLE], ["填报单位：某镇", None, None, "2026年9月", None], *TABLE]), then=_groups),
        ROWS,
        title=(TITLE, "填报单位：某镇 2026年9月"),
    ),
    Awkward(
        "D-17",
        "merged_households.xlsx",
        lambda: workbook(("Sheet1", HOUSEHOLDS), then=_household),
        HOUSEHOLDS_READ,
        headers=("户编号", "户主姓名", "姓名", "性别"),
    ),
    Awkward(
        "D-18",
        "sheet_per_township.xlsx",
        lambda: workbook(("瓦窝镇", TABLE[:3]), ("九龙街道", [HEADERS, ROWS[2]]), ("Sheet3", [])),
        ROWS,
        numbers=(2, 3, 2),
        sheets=("瓦窝镇", "九龙街道", "Sheet3"),
    ),
    Awkward(
        "D-18",
        "summary_sheets.xlsx",
        lambda: workbook(("汇总", [["乡镇", "人数"], ["瓦窝镇", "3"]]), ("瓦窝镇", TABLE), ("填写说明", [["请按要求填写"]])),
        ROWS,
        not_data=[("汇总", 1, "summary sheet"), ("瓦窝镇", 1, "header"), ("填写说明", 1, "summary sheet")],
    ),
    Awkward("D-18", "summary_is_the_data.xlsx", lambda: workbook(("全市汇总表", TABLE)), ROWS),
    Awkward(
        "D-18",
        "hidden_sheet.xlsx",
        lambda: workbook(("瓦窝镇", TABLE), ("旧", TABLE), then=_hide_sheet),
        ROWS,
        not_data=[("瓦窝镇", 1, "header"), ("旧", 1, "hidden sheet")],
    ),
    Awkward(
        "D-18",
        "very_hidden_sheet.xlsx",
        lambda: workbook(("瓦窝镇", TABLE), ("旧", TABLE), then=_very_hide),
        ROWS,
        not_data=[("瓦窝镇", 1, "header"), ("旧", 1, "hidden sheet")],
    ),
    Awkward("D-40", "hidden_rows.xlsx", lambda: workbook(then=_hide_rows), ROWS, hidden_rows=(3,)),
    Awkward(
        "D-13 D-19",
        "typed_cells.xlsx",
        lambda: modern_workbook(_typed),
        [
            ("1", "", "", "2012-05-03", "2.1029320120503E+17"),
            ("45537", "王", "TRUE", "312.5", "210293120503017"),
            ("0.3", "x", "FALSE", "2012-05-03 08:30:00", "-7"),
        ],
    ),
    Awkward(
        "D-19",
        "dates_1904.xlsx",
        lambda: modern_workbook(_dated_1904, date_1904=True),
        [("1", "王", "男", "2012-05-03", "")],
    ),
    Awkward(
        "D-19",
        "date_texts.xlsx",
        lambda: workbook(
            (
                "Sheet1",
                with_rows(
                    *(
                        row(i, "王", "男", d, "")
                        for i, d in enumerate(("2012年5月3日", "12.5.3", "201205", "农历四月", "2012-05-03 00:00:00"), start=1)
                    )
                ),
            )
        ),
        [row(i, "王", "男", d, "") for i, d in enumerate(("2012年5月3日", "12.5.3", "201205", "农历四月", "2012-05-03 00:00:00"), start=1)],
    ),
    Awkward(
        "D-41",
        "error_cells.xlsx",
        lambda: modern_workbook(_errors),
        [("1", "王", "男", "2012-05-03", "#N/A"), ("2", "李", "女", "2013-05-03", "#DIV/0!")],
    ),
    Awkward(
        "D-21",
        "several_in_a_cell.xlsx",
        lambda: workbook(("Sheet1", with_rows(row(1, "李小雨、李小明", "女", "", "A\nB")))),
        [row(1, "李小雨、李小明", "女", "", "A\nB")],
    ),
    Awkward(
        "D-08",
        "spaces.xlsx",
        lambda: workbook(("Sheet1", with_rows(row(1, " 王 明　")))),
        [row(1, " 王 明　")],
    ),
    Awkward("far cell", "far_style.xlsx", lambda: workbook(then=_far_style), ROWS),
    Awkward("far cell", "far_blank.xlsx", lambda: workbook(then=lambda s: s.__setitem__("XFD1048576", " ")), ROWS),
    Awkward(
        "far cell",
        "far_value.xlsx",
        lambda: workbook(then=lambda s: s.__setitem__("C1048576", "x")),
        [*ROWS, ("", "", "x", "", "")],
        numbers=[2, 3, 4, 1_048_576],
    ),
    Awkward(
        "far cell",
        "beyond_header.xlsx",
        lambda: workbook(("Sheet1", [HEADERS, ROWS[0], (*ROWS[1], None, "x"), ROWS[2]])),
        [ROWS[0], (*ROWS[1], "", "x"), ROWS[2]],
        defects={3: "7 cells"},
    ),
    Awkward(
        "lying",
        "lying_dimension.xlsx",
        lambda: rewritten(workbook(), lambda n, d: d.replace(b'ref="A1:E4"', b'ref="A1:XFD1048576"')),
        ROWS,
    ),
    Awkward("D-38", "old.xls", old_workbook, ROWS),
    Awkward(
        "D-38",
        "old_numbers.xls",
        lambda: old_workbook([HEADERS, (1.0, "王", "男", 41032.0, 210293201205030178.0)]),
        [("1", "王", "男", "41032", "2.1029320120503E+17")],
    ),
    Awkward("D-38", "really_html.xls", page, ROWS, encoding="utf-8"),
    Awkward("D-38", "really_html_gb2312.xls", lambda: page(encoding="gb2312"), ROWS, encoding="gb18030"),
    Awkward("D-38", "really_csv.xls", lambda: text_file(encoding="gbk"), ROWS, encoding="gb18030"),
    Awkward("D-38", "really_tabs.xls", lambda: text_file(encoding="utf-16", delimiter="\t"), ROWS),
    Awkward("D-38", "really_xlsx.xls", workbook, ROWS),
    Awkward("D-38", "really_xlsx.csv", workbook, ROWS),
    Awkward("D-38", "really_xlsx.et", workbook, ROWS),
    Awkward(
        "D-38",
        "html_spans.xls",
        lambda: (
            b"<table><tr><th colspan=4>\xe5\x90\x8d\xe5\x8d\x95</th></tr>"
            + (
                "<tr><td>户编号<td>户主姓名<td>姓名<td>性别<tr><td rowspan=2>86<td rowspan=2>王建昌"
                "<td>王建昌<td>男<tr><td>王燕<br>(女)<td>女</table>"
            ).encode()
        ),
        [("86", "王建昌", "王建昌", "男"), ("86", "王建昌", "王燕\n(女)", "女")],
        headers=("户编号", "户主姓名", "姓名", "性别"),
        title=("名单",),
    ),
    Awkward("D-39", "protected.xlsx", lambda: compound_file("EncryptedPackage", b"x" * 5000), refused="password"),
    Awkward("D-39", "table.et", old_workbook, refused="WPS"),
    Awkward("D-39", "letter.doc", lambda: compound_file("WordDocument", b"x"), refused="text document"),
    Awkward("D-39", "scan.pdf", lambda: b"%PDF-1.7\n...", refused="PDF"),
    Awkward("D-39", "photo.xlsx", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(99), refused="picture"),
    Awkward("D-39", "screen.png", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", refused="picture"),
    Awkward(
        "D-39",
        "table.ods",
        lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        refused="OpenDocument",
    ),
    Awkward(
        "D-39",
        "letter.docx",
        lambda: zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
        refused="not a workbook",
    ),
    Awkward(
        "D-39",
        "binary.xlsb",
        lambda: zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}),
        refused="xlsb",
    ),
    Awkward(
        "error page",
        "gateway.xls",
        lambda: "<!DOCTYPE html><html><body>系统错误</body></html>".encode(),
        refused="without a table",
    ),
    Awkward("error page", "json.csv", lambda: b'{"code":500,"msg":"error"}', refused="known column names"),
    *(
        Awkward(
            "truncated",
            f"cut_{share}.xlsx",
            lambda share=share: (lambda d: d[: len(d) * share // 100])(workbook()),
            refused="cut short",
        )
        for share in (1, 10, 50, 90, 99)
    ),
    Awkward(
        "truncated",
        "half_zeros.xlsx",
        lambda: (lambda d: d[: len(d) // 2] + bytes(len(d) // 2))(workbook()),
        refused="cut short",
    ),
    Awkward("damaged", "flipped_byte.xlsx", lambda: _flipped(workbook()), refused="damaged"),
    Awkward(
        "damaged",
        "broken_xml.xlsx",
        lambda: rewritten(workbook(), lambda n, d: d[: len(d) // 2] if "sheet1" in n else d),
        refused="damaged",
    ),
    Awkward(
        "hostile",
        "macro.xlsm",
        lambda: rewritten(workbook(), lambda n, d: d, {"xl/vbaProject.bin": b"x"}),
        refused="macros",
    ),
    Awkward(
        "hostile",
        "doctype.xlsx",
        lambda: rewritten(workbook(), lambda n, d: b'<!DOCTYPE x [<!ENTITY a "b">]>' + d if "sheet1" in n else d),
        refused="DOCTYPE",
    ),
    Awkward(
        "hostile",
        "many_parts.xlsx",
        lambda: rewritten(workbook(), lambda n, d: d, {f"xl/media/{i}.bin": b"" for i in range(1001)}),
        refused="1,000 parts",
    ),
    Awkward(
        "hostile",
        "slip.xlsx",
        lambda: rewritten(workbook(), lambda n, d: d, {"../../evil": b"x"}),
        refused="leads out",
    ),
    Awkward(
        "hostile",
        "bomb.xlsx",
        lambda: rewritten(workbook(), lambda n, d: d, {"xl/blank.xml": b" " * 30_000_000}),
        refused="zip bomb",
    ),
)


def _flipped(data: bytes) -> bytes:
    """One bit of the sheet's packed bytes turned."""
    import io

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    at = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


CONTAINERS = (
    Awkward(
        "zip",
        "two.zip",
        lambda: zipped({"a.csv": text_file(TABLE[:2]), "b/c.xlsx": workbook(("Sheet1", [HEADERS, *ROWS[1:]]))}),
        ROWS,
    ),
    Awkward("zip", "gbk_names.zip", lambda: gbk_named_zip({"教育/学生.csv": text_file()}), ROWS),
    Awkward(
        "zip",
        "mac.zip",
        lambda: zipped({"a.csv": text_file(), "__MACOSX/._a.csv": b"\x00", ".DS_Store": b"\x00"}),
        ROWS,
    ),
    Awkward(
        "zip",
        "nested.zip",
        lambda: zipped({"inner.zip": zipped({"a.csv": text_file()})}),
        refused="zip within a zip",
    ),
    Awkward("zip", "slip.zip", lambda: zipped({"../a.csv": text_file()}), refused="leads out"),
    Awkward("zip", "slip_windows.zip", lambda: zipped({"..\\a.csv": text_file()}), refused="leads out"),
    Awkward("zip", "bomb.zip", lambda: zipped({"a.csv": b"0" * 30_000_000}), refused="zip bomb"),
    Awkward("zip", "crowd.zip", lambda: zipped({f"{i}.csv": b"" for i in range(1001)}), refused="1,000 parts"),
    Awkward("zip", "locked.zip", lambda: _encrypted(zipped({"a.csv": text_file()})), refused="password"),
    Awkward(
        "zip",
        "lying_size.zip",
        lambda: _lying(zipped({"a.csv": text_file()}), len(text_file())),
        refused="damaged",
    ),
    Awkward("zip", "cut.zip", lambda: zipped({"a.csv": text_file()})[:-30], refused="cut short"),
)


def _encrypted(data: bytes) -> bytes:
    """The same zip with the encryption flag set in both headers of its one member."""
    central = data.rindex(b"PK\x01\x02")
    changed = bytearray(data)
    changed[6] |= 1
    changed[central + 8] |= 1
    return bytes(changed)


def _lying(data: bytes, size: int) -> bytes:
    """The same zip, stating a smaller unpacked size."""
    return data.replace(size.to_bytes(4, "little"), (size - 9).to_bytes(4, "little"))


CASES = (*TEXTS, *WORKBOOKS, *CONTAINERS)

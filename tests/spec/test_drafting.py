"""Pages drafted by several processes are the pages that one process drafts."""

import os
from dataclasses import asdict
from datetime import date

import pytest

from connectors import load_contracts
from connectors.transports.files import open_deliveries
from hub.access.sealing import Keys
from hub.contract.recognise import header_test
from hub.steps import drafting, validate
from hub.steps.page import Desk, Own, Window
from hub.steps.standardise import Draft
from hub.steps.validate import sort_out
from tests.flow import DIVISION, TODAY, number, write_csv

HEADER = ["序号", "户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"]
BORN = date(2015, 3, 4)


def register(rows):
    """(name, serial) -> rows of a household register."""
    return [
        HEADER,
        *(
            [str(line), f"21028{serial // 4}", "王大山", "孙子", name, "男", number(BORN, serial), f"{BORN:%Y%m%d}", "瓦房店市许屯镇"]
            for line, (name, serial) in enumerate(rows, start=1)
        ),
    ]


def drafted(folder, keys, before, monkeypatch, processors, families=None):
    """Every page of the one delivery in a folder, as plain data without what is random by design; and how many processes made them."""
    contracts = load_contracts()
    (delivery,) = sort_out(open_deliveries(folder, is_header=header_test(contracts)), contracts, today=TODAY).deliveries
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(processors)))
    window = Window(delivery.as_of, None, False)
    desk = Desk(keys, DIVISION, 7, delivery.contract, 1, window, before, frozenset(), Draft(keys, DIVISION), families=families or {})
    seen, pages = {}, []
    for page in drafting.draft_pages(desk, delivery, seen):
        told = asdict(page)
        told["drafted"]["vault"] = sorted(told["drafted"]["vault"])
        pages.append(told)
    return pages, seen


@pytest.fixture
def small_pages(monkeypatch):
    """Pages of ten rows."""
    monkeypatch.setattr(drafting, "PAGE_ROWS", 10)
    monkeypatch.setattr(validate, "PAGE_ROWS", 10)


def whole(pages):
    """All pages' rows together; which values a page seals first depends on who drafts it."""
    return {
        "places": [place for page in pages for place in page["places"]],
        "records": [row for page in pages for row in page["records"]],
        "mentions": [row for page in pages for row in page["drafted"]["mentions"]],
        "facts": [(page["position"], page["drafted"]["facts"]) for page in pages],
        "vault": {blind for page in pages for blind in page["drafted"]["vault"]},
        "counts": [page["tally"]["counts"] for page in pages],
    }


@pytest.mark.parametrize("processors", [2, 3])
@pytest.mark.parametrize("twice", [(), (3,), (37,)], ids=["no row twice", "twice within a page", "twice over pages"])
def test_by_one_process_or_several(tmp_path, monkeypatch, small_pages, processors, twice):
    rows = [(f"王小{'禾雨晴川'[n % 4]}", 101 + n) for n in range(47)]
    for place in twice:
        rows.insert(5, rows[place])  # word for word but for 序号, which is no content
        rows.insert(6, ("王他", rows[place][1]))  # the same key, other content
    write_csv(tmp_path / "in", "常住人口_202609.csv", register(rows))
    keys = Keys.load_or_make(tmp_path / "keys.json")
    alone, stood = drafted(tmp_path / "in", keys, {}, monkeypatch, 1)
    together, met = drafted(tmp_path / "in", keys, {}, monkeypatch, processors)
    assert whole(alone) == whole(together) and met == stood
    assert sum(page["tally"]["counts"]["read"] for page in together) == len(rows)
    again, _ = drafted(tmp_path / "in", keys, stood, monkeypatch, processors)
    assert sum(page["tally"]["counts"]["unchanged"] for page in again) == len(rows)
    assert not whole(again)["records"]


@pytest.mark.parametrize("processors", [1, 2])
def test_rows_of_one_key_find_their_own_records(tmp_path, monkeypatch, small_pages, processors):
    """Two of one name in one household, the second's row first and pages apart."""
    others = [(f"王小{'禾雨晴川'[n % 4]}", 101 + n) for n in range(30)]
    write_csv(tmp_path / "in", "常住人口_202609.csv", register([("王他", 202), *others, ("王他", 201)]))
    keys = Keys.load_or_make(tmp_path / "keys.json")
    first, _ = drafted(tmp_path / "in", keys, {}, monkeypatch, 1)
    key, double = first[0]["places"][0], first[-1]["places"][-1]
    own = [Own(keys.blind(number(BORN, serial)), BORN) for serial in (201, 202)]
    pages, _ = drafted(tmp_path / "in", keys, {}, monkeypatch, processors, {key: {key: {own[0]}, double: {own[1]}}})
    assert (pages[0]["places"][0], pages[-1]["places"][-1]) == (double, key)
    assert [row[-1] for page in pages for row in page["records"] if row[1] == double] == [key]


def test_a_fault_in_another_process_is_raised_here(tmp_path, monkeypatch, small_pages):
    write_csv(tmp_path / "in", "常住人口_202609.csv", register([("王小禾", 101 + n) for n in range(47)]))
    keys = Keys.load_or_make(tmp_path / "keys.json")

    def fails(*args):
        raise ArithmeticError("as a program's fault would")

    monkeypatch.setattr(drafting, "draft_page", fails)
    with pytest.raises(ArithmeticError):
        drafted(tmp_path / "in", keys, {}, monkeypatch, 2)


def test_processes_end_when_nobody_reads_on(tmp_path, monkeypatch, small_pages):
    from multiprocessing import active_children

    write_csv(tmp_path / "in", "常住人口_202609.csv", register([(f"王小{n}", 101 + n) for n in range(300)]))
    contracts = load_contracts()
    (delivery,) = sort_out(open_deliveries(tmp_path / "in", is_header=header_test(contracts)), contracts, today=TODAY).deliveries
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    keys = Keys.load_or_make(tmp_path / "keys.json")
    desk = Desk(keys, DIVISION, 7, delivery.contract, 1, Window(delivery.as_of, None, False), {}, frozenset(), Draft(keys, DIVISION))
    pages = drafting.draft_pages(desk, delivery, {})
    next(pages)
    children = active_children()
    assert len(children) == 2
    pages.close()
    for child in children:
        child.join(timeout=10)
        assert not child.is_alive()

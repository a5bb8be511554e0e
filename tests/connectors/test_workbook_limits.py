"""A workbook made to exhaust the reader is refused in bounded time and memory; a large one is read."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import ascii_uppercase as LETTERS

import pytest
from making import HEADERS, ROWS, TABLE, is_header, raw_workbook, rewritten, workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from connectors.transports.files import open_deliveries
from connectors.transports.limits import LIMITS, MIB, Limits
from connectors.transports.workbook import CHILD
from hub.domain.delivery import RawDelivery, Refused

ROOT = Path(__file__).parents[2]


def opened(data: bytes, folder: Path, limits: Limits = LIMITS) -> RawDelivery | Refused:
    path = folder / "list.xlsx"
    path.write_bytes(data)
    (item,) = open_deliveries(path, is_header=is_header, limits=limits)
    return item


def refused(item: RawDelivery | Refused, words: str) -> None:
    assert isinstance(item, Refused), item
    assert words in item.reason, item.reason


def inline_row(number: int, texts: Iterator[str]) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{cells}</row>'


def many_strings(count: int) -> Iterator[str]:
    source = random.Random(1)
    return (f"{source.getrandbits(40):x}" for _ in range(count))


def test_more_shared_strings_than_any_list_has(tmp_path: Path) -> None:
    limits = replace(LIMITS, shared_strings=200_000)
    book = raw_workbook([inline_row(1, iter(HEADERS))], many_strings(200_001))
    refused(opened(book, tmp_path, limits), "more than 200,000 texts")


def test_strings_that_outgrow_the_memory_end_the_child_alone(tmp_path: Path) -> None:
    limits = replace(LIMITS, memory_floor=64 * MIB, memory_ceiling=64 * MIB)
    book = raw_workbook([inline_row(1, iter(HEADERS))], many_strings(900_000))
    refused(opened(book, tmp_path, limits), "memory")


def test_processor_time_runs_out(tmp_path: Path) -> None:
    limits = replace(LIMITS, cpu_seconds=1, memory_floor=2048 * MIB)
    rows = (inline_row(n, iter(["王"] * 200)) for n in range(1, 30_000))
    refused(opened(raw_workbook(rows), tmp_path, replace(limits, zip_ratio=10_000)), "time")


def test_the_clock_runs_out(tmp_path: Path) -> None:
    refused(opened(workbook(), tmp_path, replace(LIMITS, wall_seconds=0)), "took too long")


STRAY = {"A1048576": 1_048_576, "ZZ1048576": 1_048_576, "XFD1048576": 1_048_576, "XFD3": 3, "XFD900": 900}


@pytest.mark.parametrize("corner", STRAY)
@pytest.mark.parametrize("stray", [" ", "x", 7])
def test_one_cell_far_out(corner: str, stray: object, tmp_path: Path) -> None:
    """A single far cell spans up to 17 thousand million cells; what the sheet really holds is read, at its own places."""
    item = opened(workbook(then=lambda sheet: sheet.__setitem__(corner, stray)), tmp_path)
    assert isinstance(item, RawDelivery), item
    (sheet,) = item.sheets
    assert sheet.headers == HEADERS
    rows = {row.number: row for row in sheet.rows}
    assert [rows[number].cells[: len(HEADERS)] for number in (2, 3, 4)] == list(ROWS)
    if stray == " " or corner == "XFD3":
        assert list(rows) == [2, 3, 4]
    else:
        assert list(rows) == [2, 3, 4, STRAY[corner]]
        assert str(stray) in rows[STRAY[corner]].cells


def test_a_far_cell_in_the_header(tmp_path: Path) -> None:
    item = opened(workbook(then=lambda sheet: sheet.__setitem__("XFD1", "x")), tmp_path)
    assert isinstance(item, RawDelivery)
    assert [row.cells[: len(HEADERS)] for row in item.sheets[0].rows] == list(ROWS)


def test_a_far_cell_beside_a_long_list(tmp_path: Path) -> None:
    """Filled, hidden, merged, blank and faulty cells stay where the office sees them."""
    table = [HEADERS, *(row(n) for n in range(1, 2_001))]

    def spoil(sheet: Worksheet) -> None:
        sheet.row_dimensions[7].hidden = True
        sheet["D9"] = "#N/A"
        sheet["D9"].data_type = "e"
        sheet.delete_rows(20)
        sheet["B30"].value = None
        sheet.insert_rows(50, 3)
        sheet["F2"] = "旁注"

    def spoil_far_out(sheet: Worksheet) -> None:
        spoil(sheet)
        sheet["XFD1048576"] = " "

    item = opened(workbook(("名单", table), then=spoil_far_out), tmp_path)
    plain = opened(workbook(("名单", table), then=spoil), tmp_path)
    assert isinstance(item, RawDelivery) and isinstance(plain, RawDelivery)
    assert [(r.number, r.cells, r.hidden) for r in item.sheets[0].rows] == [(r.number, r.cells, r.hidden) for r in plain.sheets[0].rows]
    assert item.sheets[0].hidden_rows == (7,) and item.sheets[0].row_count == 1_999


def row(number: int) -> tuple[str, ...]:
    return (str(number), f"童{number}", "男", "2012-05-03", f"{number:018d}")


@pytest.mark.parametrize("shape", ["a diagonal", "each row to the far column"])
def test_cells_spread_out_by_intent_are_refused(shape: str, tmp_path: Path) -> None:
    """Few cells of which each stands in a row and a column of its own, or as far right as any."""
    def place(n: int) -> str:
        return f"{get_column_letter(n)}{n * 60}" if shape == "a diagonal" else f"XFD{n}"

    rows = (f'<row r="{place(n).lstrip(LETTERS)}"><c r="{place(n)}"><v>1</v></c></row>' for n in range(1, 16_384))
    refused(opened(raw_workbook(rows), tmp_path, replace(LIMITS, zip_ratio=10_000)), "a stray cell far out?")


def test_limits_on_size_and_sheets(tmp_path: Path) -> None:
    refused(opened(workbook(), tmp_path, replace(LIMITS, file_bytes=1000)), "larger than")
    refused(opened(workbook(), tmp_path, replace(LIMITS, unpacked_bytes=2000)), "unpacks to more than")
    sheets = [(f"镇{i}", TABLE) for i in range(5)]
    refused(opened(workbook(*sheets), tmp_path, replace(LIMITS, sheets=4)), "more than 4 sheets")


def test_a_cell_longer_than_any_cell(tmp_path: Path) -> None:
    rows = [inline_row(1, iter(HEADERS)), inline_row(2, iter(["1", "x" * 300_000]))]
    refused(opened(raw_workbook(rows), tmp_path), "row 2 holds a cell of more than 200,000 characters")


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for wide in ("utf-8", "utf-16"):
        prefix = f'<?xml version="1.0" encoding="{wide}"?>{bomb}'.encode(wide)
        book = rewritten(workbook(), lambda name, data, prefix=prefix: prefix + data if "styles" in name else data)
        refused(opened(book, tmp_path), "DOCTYPE")


def test_the_child_has_no_network() -> None:
    """Where the kernel gives a process a network of its own, the child reaches not even loopback."""
    probe = subprocess.run(["unshare", "--net", "--map-root-user", "true"], capture_output=True)
    if probe.returncode:
        pytest.skip("this kernel does not let a process leave the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        program = f"""
import importlib.util, socket
spec = importlib.util.spec_from_file_location("child", {str(CHILD)!r})
child = importlib.util.module_from_spec(spec)
import sys; sys.modules["child"] = child
spec.loader.exec_module(child)
socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), 2).close()
child._leave_network()
try:
    socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), 2)
except OSError:
    print("away")
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "away", done.stderr


def test_the_child_needs_nothing_of_the_program(tmp_path: Path) -> None:
    """It starts from any folder, isolated, and answers nonsense with a refusal in a frame."""
    arguments = {"zipped": True, "memory": 512 * MIB, "cpu_seconds": 10, "unpacked_bytes": MIB}
    limits = {"sheets": 9, "sheet_cells": 99, "merges": 9, "cell_characters": 99, "shared_strings": 9}
    with (tmp_path / "x").open("w+b") as file:
        file.write(workbook())
        file.seek(0)
        command = [sys.executable, "-I", str(CHILD), json.dumps({**arguments, **limits})]
        done = subprocess.run(command, stdin=file, capture_output=True, cwd="/", env={"PATH": os.defpath})
    assert done.returncode == 0 and done.stdout[:1] == b"S" and done.stdout[-5:-4] == b"E"


def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    """The bar: 100,000 rows by 20 columns within 400 MB in parent and child each."""
    rows = (
        inline_row(n, iter(HEADERS if n == 1 else [str(n), f"童{n}", *(f"{n * 7919 * i:018d}" for i in range(18))]))
        for n in range(1, 100_002)
    )
    path = tmp_path / "list.xlsx"
    path.write_bytes(raw_workbook(rows))
    program = f"""
import re, resource, sys
sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]
from pathlib import Path
from connectors.transports.files import open_deliveries
from making import is_header
(item,) = open_deliveries(Path({str(path)!r}), is_header=is_header)
count = sum(1 for row in item.sheets[0].rows)
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])  # what ru_maxrss says of oneself counts the program that started us
print(count, own // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    count, parent, child = done.stdout.split()
    assert int(count) == 100_000
    assert int(parent) <= 400 and int(child) <= 400

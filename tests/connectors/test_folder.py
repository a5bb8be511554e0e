"""A folder drop: what leads out of it, never ends or may not be opened is refused in a line of its own, and the rest is read."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from making import is_header, text_file

from connectors.transports.files import fingerprints, open_deliveries
from hub.domain.delivery import RawDelivery, Refused

PLAIN = 65534  # an account that is nobody's


def read(folder: Path) -> dict[str, str]:
    """Name -> why it was refused, '' for what was read."""
    return {item.file: item.reason if isinstance(item, Refused) else "" for item in open_deliveries(folder, is_header=is_header)}


@contextlib.contextmanager
def as_plain_user() -> Iterator[None]:
    """Root may open everything; for a while we are somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(PLAIN)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    (folder / "民政").mkdir(parents=True)
    (folder / "民政" / "低保.csv").write_bytes(text_file())
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "常住人口.csv").write_bytes(text_file())
    return folder


def test_no_link_is_followed_out_of_it(drop: Path) -> None:
    outside = drop.parent / "outside"
    (drop / "常住人口.csv").symlink_to(outside / "常住人口.csv")
    (drop / "公安").symlink_to(outside)
    (drop / "链.csv").symlink_to("/etc/passwd")
    (drop / "断.csv").symlink_to(drop / "没有.csv")
    told = read(drop)
    assert told.pop("民政/低保.csv") == ""
    assert set(told) == {"常住人口.csv", "公安", "链.csv", "断.csv"}
    assert all("link" in reason for reason in told.values())
    assert [print_.file for print_ in fingerprints(drop)] == ["民政/低保.csv"]


def test_what_the_operator_names_may_be_a_link(drop: Path) -> None:
    (drop.parent / "本月").symlink_to(drop)
    assert read(drop.parent / "本月") == {"民政/低保.csv": ""}
    (drop.parent / "低保.csv").symlink_to(drop / "民政" / "低保.csv")
    assert read(drop.parent / "低保.csv") == {"低保.csv": ""}


def test_nothing_is_waited_for_that_never_ends(drop: Path) -> None:
    os.mkfifo(drop / "管道.csv")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(drop)  # a socket's path is short
        try:
            listening.bind("s.csv")
        finally:
            os.chdir(here)
        told = read(drop)
    assert told.pop("民政/低保.csv") == ""
    assert told.keys() == {"管道.csv", "s.csv"} and all("no file" in reason for reason in told.values())


def test_what_may_not_be_opened_is_told_and_the_rest_is_read(drop: Path) -> None:
    closed = drop / "zz.csv"
    closed.write_bytes(text_file())
    closed.chmod(0)
    inside = drop / "残联"
    inside.mkdir()
    (inside / "持证残疾人.csv").write_bytes(text_file())
    inside.chmod(0)
    for folder in (drop, *drop.parents[:-2]):  # pytest's own are closed to others
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    try:
        with as_plain_user():
            told = read(drop)
    finally:
        inside.chmod(0o700)
    assert told.pop("民政/低保.csv") == ""
    assert told.keys() == {"zz.csv", "残联"} and all("cannot be opened" in reason for reason in told.values())


def test_a_file_that_became_a_link_while_it_was_read_is_not_followed(drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectors.transports import files

    found = files.found_in(drop)
    file = drop / "民政" / "低保.csv"
    file.unlink()
    file.symlink_to(drop.parent / "outside" / "常住人口.csv")
    monkeypatch.setattr(files, "found_in", lambda path: found)
    (item,) = open_deliveries(drop, is_header=is_header)
    assert isinstance(item, Refused) and not isinstance(item, RawDelivery)

"""Files that tell of people are nobody else's on the machine, whatever the umask and whatever was there before."""

import os
import stat

import pytest

from hub.exports.cells import write_csv
from hub.exports.lists import WRITERS


@pytest.fixture(autouse=True)
def wide_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("before", [None, 0o644, 0o666])
@pytest.mark.parametrize("ending", [*WRITERS, "mentions"])
def test_an_export_is_its_owners_alone(ending, before, tmp_path):
    path = tmp_path / ("list.csv" if ending == "mentions" else f"list{ending}")
    if before is not None:
        path.write_text("what was there before, and longer than what comes")
        path.chmod(before)
    if ending == "mentions":
        assert write_csv(path, ("name",), [("王小禾",)]) == 1
    else:
        with WRITERS[ending](path, [("name",)]) as write:
            write('{"name": "王小禾"}'.encode())
    assert mode(path) == 0o600 and b"before" not in path.read_bytes()

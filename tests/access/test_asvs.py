"""The table of ASVS requirements has all of levels 1 and 2, names tests that there are, and says of the rest why there is none."""

import ast
from functools import cache
from pathlib import Path

from tests.access.asvs import KINDS, LEVELS, TABLE, counted, kind_of


@cache
def named_in(file: str) -> frozenset[str]:
    """The tests of a file, those of classes too; of one that is parametrized the name alone."""
    module = ast.parse(Path(file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"))


def test_every_requirement_of_the_first_two_levels_is_there():
    assert [list(LEVELS.values()).count(level) for level in (1, 2, 3)] == [70, 183, 92]  # as the standard has them
    assert {no for no, level in LEVELS.items() if level < 3} <= TABLE.keys() <= LEVELS.keys()
    assert {no: told["level"] for no, told in TABLE.items()} == {no: LEVELS[no] for no in TABLE}
    assert [counted(level).total() for level in (1, 2)] == [70, 183]


def test_every_requirement_has_a_test_that_exists_or_a_reason():
    for no, told in TABLE.items():
        assert told.keys() <= {"level", "what", *KINDS} and told["what"].strip() and kind_of(told), no
        assert sum(bool(told.get(kind)) for kind in KINDS) <= 2, no
        assert all(told[kind].strip() for kind in ("na", "left") if kind in told), no
        for test in told.get("tests", ()):
            file, _, name = test.partition("::")
            assert name.partition("[")[0].rpartition("::")[2] in named_in(file), (no, test)

"""The table of ASVS requirements names tests that there are, and says of the rest why there is none."""

import re
import tomllib
from pathlib import Path

TABLE = tomllib.loads(Path(__file__).with_name("asvs.toml").read_text(encoding="utf-8"))


def test_every_requirement_has_a_test_that_exists_or_a_reason():
    for no, told in TABLE.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", no) and told["what"], no
        assert told.get("tests") or told.get("left"), no
        for test in told.get("tests", ()):
            file, _, name = test.partition("::")
            found = re.findall(r"^(?:async )?def (test_\w+)\(", Path(file).read_text(encoding="utf-8"), re.MULTILINE)
            assert found if name == "*" else name in found, (no, test)

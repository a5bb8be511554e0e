"""Operations with their answers and their SQL beside them: one statement each, and a change of either is seen in review.

`SNAPSHOT=write pytest tests/queries/test_operations.py` writes the answers and the SQL anew.
"""

import os
import random
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from hub.answering import Answering, Request
from tests.queries.random_data import TODAY, fill_at_random

HERE = Path(__file__).parent / "operations"
OPERATIONS = sorted(HERE.glob("*.graphql"))


@pytest.fixture
async def answering(database):
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(writer, random.Random(7))
    await writer.close()
    from hub.storage.database import Database

    logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
    over = Answering(database.settings(HUB_BUSINESS_DATE=TODAY.isoformat()), Database(None, logins))
    yield over
    await over.close()


async def test_each_operation_is_one_statement_with_the_answer_and_the_sql_beside_it(answering):
    assert len(OPERATIONS) >= 80
    changed = []
    for path in OPERATIONS:
        statements: list[str] = []
        answering.noted = statements.append
        answer = await answering.answer(request_of(path))
        assert len(statements) == 1, f"{path.stem}: {len(statements)} statements; {answer.body[:200]!r}"
        told = orjson.dumps(orjson.loads(answer.body), option=orjson.OPT_INDENT_2).decode() + "\n"
        changed += [f"{path.stem}{ending}" for ending, text in ((".json", told), (".sql", statements[0] + "\n")) if _differs(path.with_suffix(ending), text)]
    assert not changed, f"{changed}: look at the difference, then SNAPSHOT=write"


def request_of(path: Path) -> Request:
    """An operation; its variables stand in a comment on the last line."""
    text = path.read_text(encoding="utf-8")
    last = text.strip().split("\n")[-1]
    variables: dict[str, Any] | None = orjson.loads(last[1:]) if last.startswith("#") else None
    return Request(text, variables)


def _differs(path: Path, text: str) -> bool:
    if os.environ.get("SNAPSHOT") == "write":
        path.write_text(text, encoding="utf-8")
    return not path.exists() or path.read_text(encoding="utf-8") != text

"""The servers that the transports' tests share within one test process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import servers


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    try:
        server = servers.mariadb()
        url = server.__enter__()
    except servers.Absent as absence:
        pytest.skip(str(absence))
    yield url
    server.__exit__(None, None, None)

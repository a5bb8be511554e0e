"""Sources that are pulled: a department's database or interface, declared by the operator in `sources.toml` of HUB_HOME.

[household_register]
contract = "public_security.household_register"
kind = "sql"                              # sql or http
url = "mysql+pymysql://reader@10.1.2.3/population?password_file=/etc/children-hub/population"
table = "czrk"
keys = ["ZJHM"]
cadence_days = 31
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.transports.resume import ResumeFile, Seal
from hub.domain.delivery import RawDelivery, Refused

if TYPE_CHECKING:  # the transports take half a second to import; most verbs pull nothing
    from connectors.transports.http import HttpSource
    from connectors.transports.sql import SqlSource

FILE = "sources.toml"
_KNOWN = {
    "sql": {"contract", "kind", "cadence_days", "url", "password_file", "table", "query", "keys", "changed_column"},
    "http": {"contract", "kind", "cadence_days", "url", "token_file", "paging", "records", "parameters", "since_parameter", "ca_file"},
}


class SourcesError(Exception):
    """`sources.toml` cannot be used; the message names the source and the setting."""


@dataclass(frozen=True)
class ConfiguredSource:
    """One source to pull, and the contract its rows are read by."""

    name: str
    contract: str
    cadence_days: int
    told: Mapping[str, Any]

    def pull(self, folder: Path, seal: Seal, unseal: Seal, *, on: date) -> RawDelivery | Refused:
        """Read the source to its end; an unfinished page run is gone on with next time. Call it outside an event loop."""
        if self.told["kind"] == "sql":
            return _sql(self).read()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _http(self).read(resume=ResumeFile(folder / f"{self.name}.pages", seal, unseal))


def configured_sources(home: Path) -> dict[str, ConfiguredSource]:
    """The sources declared in the home's `sources.toml`, by name; none where there is no such file."""
    path = home / FILE
    if not path.exists():
        return {}
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SourcesError(f"{path}: {error}") from None
    return {name: _read(path, name, entry) for name, entry in told.items()}


def _read(path: Path, name: str, entry: Any) -> ConfiguredSource:
    kind = entry.get("kind") if isinstance(entry, dict) else None
    if kind not in _KNOWN:
        raise SourcesError(f"{path}: [{name}] kind must be sql or http")
    unknown = sorted(set(entry) - _KNOWN[kind])
    if unknown:
        raise SourcesError(f"{path}: [{name}] {unknown[0]} is unknown; known are {', '.join(sorted(_KNOWN[kind]))}")
    for needed in ("contract", "url"):
        if not entry.get(needed):
            raise SourcesError(f"{path}: [{name}] needs {needed}")
    return ConfiguredSource(name, entry["contract"], int(entry.get("cadence_days", 31)), entry)


def _sql(source: ConfiguredSource) -> "SqlSource":
    from sqlalchemy.engine import make_url

    from connectors.transports.sql import SqlSource

    told = source.told
    url = make_url(told["url"])
    if "password_file" in told:
        url = url.set(password=Path(told["password_file"]).read_text().strip())
    return SqlSource(source.name, url, tuple(told.get("keys", ())), told.get("table"), told.get("query"), told.get("changed_column"))


def _http(source: ConfiguredSource) -> "HttpSource":
    from connectors.transports.http import HttpSource
    from connectors.transports.http_paging import CursorPaging, LinkPaging, PagePaging, Paging

    told = source.told
    paging: dict[str, Paging] = {"cursor": CursorPaging(), "page": PagePaging(), "link": LinkPaging()}
    wanted = told.get("paging", "cursor")
    if wanted not in paging:
        raise SourcesError(f"[{source.name}] paging must be cursor, page or link")
    token = Path(told["token_file"]).read_text().strip() if "token_file" in told else None
    return HttpSource(
        source.name,
        told["url"],
        paging[wanted],
        tuple(told.get("records", ())),
        token,
        told.get("parameters", {}),
        told.get("since_parameter"),
        Path(told["ca_file"]) if "ca_file" in told else None,
    )

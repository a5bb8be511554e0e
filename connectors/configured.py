"""Sources that are pulled: a department's database or interface, declared by the operator in `sources.toml` of HUB_HOME.

[household_register]
contract = "public_security.household_register"
kind = "sql"                              # sql or http
url = "mysql+pymysql://reader@10.1.2.3/population?password_file=/etc/children-hub/population"
table = "czrk"
keys = ["ZJHM"]
cadence_days = 31

A secret stands in a file of its own: `password_file` in the address or as a setting beside it, `token_file` for an interface. Of a list that adds
to what stands (an incremental contract) `changed_column`, a date or time, or `since_parameter` asks for what is new since the day before the last
pull. An interface's pages are cut by `paging`: "cursor", "page" or "link", or a table that says more:

paging = { kind = "page", parameter = "p", size_parameter = "limit", size = 200, first_number = 0, total = ["data", "total"] }
paging = { kind = "cursor", parameter = "after", next = ["meta", "next"] }
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.transports.resume import ResumeFile, Seal
from hub.domain.delivery import RawDelivery, Refused

if TYPE_CHECKING:  # the transports take half a second to import; most verbs pull nothing
    from connectors.transports.http import HttpSource
    from connectors.transports.http_paging import Paging
    from connectors.transports.sql import SqlSource

FILE = "sources.toml"
_KNOWN = {
    "sql": {"contract", "kind", "cadence_days", "url", "password_file", "table", "query", "keys", "changed_column"},
    "http": {"contract", "kind", "cadence_days", "url", "token_file", "paging", "records", "parameters", "since_parameter", "ca_file"},
}

_VALUES: dict[str, tuple[type | tuple[type, ...], str]] = {  # what is no text
    "cadence_days": (int, "a whole number"),
    "keys": (list, 'a list such as ["ZJHM"]'),
    "records": (list, 'a list such as ["data", "items"]'),
    "parameters": (dict, "a table"),
    "paging": ((str, dict), "cursor, page or link, or a table with kind"),
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

    @property
    def asks_for_news(self) -> bool:
        """Whether it is asked for what is new alone: only of a list that adds to what stands."""
        return bool(self.told.get("changed_column") or self.told.get("since_parameter"))

    def pull(self, folder: Path, seal: Seal, unseal: Seal, *, last: date | None = None) -> RawDelivery | Refused:
        """Read the source to its end, or what is new since the day before it was last pulled; an unfinished page run is gone on with next time.

        Call it outside an event loop.
        """
        since = last - timedelta(days=1) if last and self.asks_for_news else None
        if self.told["kind"] == "sql":
            return _sql(self).read(since=since)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _http(self).read(since=since.isoformat() if since else None, resume=ResumeFile(folder / f"{self.name}.pages", seal, unseal))


def configured_sources(home: Path, faults: list[SourcesError] | None = None) -> dict[str, ConfiguredSource]:
    """The sources declared in the home's `sources.toml`, by name; none where there is no such file.

    SourcesError where something is wrong with it; with ``faults`` that is put there, and the sources with which nothing is wrong are given.
    """
    try:
        told = _told(home / FILE)
    except SourcesError as error:
        if faults is None:
            raise
        faults.append(error)
        return {}
    found: dict[str, ConfiguredSource] = {}
    for name, entry in told.items():
        try:
            found[name] = _read(home / FILE, name, entry)
        except SourcesError as error:
            if faults is None:
                raise
            faults.append(error)
    return found


def _told(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SourcesError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise SourcesError(f"{path}: it is not UTF-8; save it as such") from None
    except OSError as error:
        raise SourcesError(f"{path}: it cannot be read: {error.strerror}") from None


def _read(path: Path, name: str, entry: Any) -> ConfiguredSource:
    if not re.fullmatch(r"\w[\w-]*", name):
        raise SourcesError(f"{path}: [{name}] a source's name is of letters, digits, _ and -")
    kind = entry.get("kind") if isinstance(entry, dict) else None
    if kind not in _KNOWN:
        raise SourcesError(f"{path}: [{name}] kind must be sql or http")
    unknown = sorted(set(entry) - _KNOWN[kind])
    if unknown:
        raise SourcesError(f"{path}: [{name}] {unknown[0]} is unknown; known are {', '.join(sorted(_KNOWN[kind]))}")
    for needed in ("contract", "url"):
        if not entry.get(needed):
            raise SourcesError(f"{path}: [{name}] needs {needed}")
    for setting, value in entry.items():
        kind_of_value, said = _VALUES.get(setting, (str, "a text"))
        if not isinstance(value, kind_of_value) or isinstance(value, bool):
            raise SourcesError(f"{path}: [{name}] {setting} must be {said}")
        if isinstance(value, list) and not all(isinstance(one, str) and one for one in value):
            raise SourcesError(f"{path}: [{name}] {setting} must be {said}, of texts")
    if kind == "sql" and ("table" in entry) == ("query" in entry):
        raise SourcesError(f"{path}: [{name}] needs either table or query")
    if kind == "sql" and not entry.get("keys"):
        raise SourcesError(f"{path}: [{name}] needs keys, the columns that together identify a row")
    return ConfiguredSource(name, entry["contract"], int(entry.get("cadence_days", 31)), entry)


def _sql(source: ConfiguredSource) -> "SqlSource":
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    from connectors.transports.sql import SqlSource

    told = source.told
    try:
        url = make_url(told["url"])
    except (ArgumentError, ValueError):  # its message would quote the address, and a password with it
        raise SourcesError(f"[{source.name}] url is no database address; write one such as mysql+pymysql://USER@HOST/DATABASE") from None
    in_address = url.query.get("password_file")
    file = told.get("password_file") or (in_address if isinstance(in_address, str) else None)
    if file:
        url = url.difference_update_query(["password_file"]).set(password=_secret(source, "password_file", file))
    return SqlSource(source.name, url, tuple(told["keys"]), told.get("table"), told.get("query"), told.get("changed_column"))


def _secret(source: ConfiguredSource, setting: str, file: str) -> str:
    """What a file of one secret holds."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SourcesError(f"[{source.name}] {setting} {file} cannot be read: {why}") from None


def _http(source: ConfiguredSource) -> "HttpSource":
    from connectors.transports.http import HttpSource

    told = source.told
    token = _secret(source, "token_file", told["token_file"]) if "token_file" in told else None
    if token is not None and not (token.isascii() and token.isprintable()):
        raise SourcesError(f"[{source.name}] token_file {told['token_file']} holds what no token is made of; it must be one line of letters, digits and signs")
    if "ca_file" in told and not Path(told["ca_file"]).is_file():
        raise SourcesError(f"[{source.name}] ca_file {told['ca_file']} is not there")
    return HttpSource(
        source.name,
        told["url"],
        _paging(source),
        tuple(told.get("records", ())),
        token,
        told.get("parameters", {}),
        told.get("since_parameter"),
        Path(told["ca_file"]) if "ca_file" in told else None,
    )


_PAGING: dict[str, dict[str, type]] = {
    "cursor": {"parameter": str, "next": list},
    "page": {"parameter": str, "size_parameter": str, "size": int, "first_number": int, "total": list},
    "link": {},
}  # kind -> what a table may say of it


def _paging(source: ConfiguredSource) -> "Paging":
    from connectors.transports.http_paging import CursorPaging, LinkPaging, PagePaging

    told = source.told.get("paging", "cursor")
    said: dict[str, Any] = dict(told) if isinstance(told, Mapping) else {"kind": told}
    kind = str(said.pop("kind", None))
    if kind not in _PAGING:
        raise SourcesError(f"[{source.name}] paging must be cursor, page or link, as a text or as the kind of a table")
    for name, value in said.items():
        wanted = _PAGING[kind].get(name)
        if wanted is None:
            raise SourcesError(f"[{source.name}] paging: {name} is unknown; of {kind} known are {', '.join(_PAGING[kind]) or 'none'}")
        if not isinstance(value, wanted) or isinstance(value, bool) or (isinstance(value, list) and not all(isinstance(one, str) for one in value)):
            raise SourcesError(f"[{source.name}] paging: {name} must be {'a list of texts' if wanted is list else 'a whole number' if wanted is int else 'a text'}")
    if said.get("size", 1) < 1 or said.get("first_number", 0) < 0:
        raise SourcesError(f"[{source.name}] paging: size is 1 or more, first_number 0 or more")
    if kind == "cursor":
        return CursorPaging(tuple(said.get("next", ("next",))), said.get("parameter", "cursor"))
    if kind == "link":
        return LinkPaging()
    return PagePaging(said.get("size", 500), said.get("parameter", "page"), said.get("size_parameter", "pageSize"), said.get("first_number", 1), tuple(said.get("total", ())))

"""What an operator may set: each setting's name, default and meaning, and the only reader of the environment."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Setting(NamedTuple):
    """One setting: the environment variable, its value where unset, and a sentence for the operator."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting("HUB_HOME", "", "Folder for all data. Empty: /var/lib/children-hub as root, else "
            "$XDG_DATA_HOME/children-hub or ~/.local/share/children-hub."),
    Setting("DATABASE_URL", "", "postgresql:// address of the database. Empty: the embedded server under HUB_HOME. "
            "Off this machine it must say sslmode=verify-full."),
    Setting("DATABASE_URL_OWNER", "", "Login that migrates the tables, where DATABASE_URL is set. Empty: DATABASE_URL."),
    Setting("DATABASE_URL_WRITER", "", "Login that carries deliveries into the graph. Empty: DATABASE_URL."),
    Setting("DATABASE_URL_READER", "", "Login that answers queries, bound by row security. Empty: DATABASE_URL."),
    Setting("DATABASE_URL_AUDITOR", "", "Login that reads the audit tables only. Empty: DATABASE_URL."),
    Setting("HUB_PG_BIN", "", "Folder with postgres and initdb for the embedded server. Empty: the installed wheel's, "
            "else pg_config's, else those on PATH, else the newest under /usr/lib/postgresql."),
    Setting("HUB_PG_ACCOUNT", "", "Account that runs the embedded server when the hub runs as root. Empty: children-hub "
            "(made without log-in where it is missing), else postgres, else nobody."),
    Setting("HUB_HOST", "127.0.0.1", "Address that the endpoint listens on."),
    Setting("HUB_PUBLIC_NAMES", "", "Host names under which the proxy serves it, with commas between, such as hub.city.example. Others but this machine's are refused."),
    Setting("HUB_PORT", "8000", "Port that the endpoint listens on; 0 takes a free one."),
    Setting("HUB_PROXY_SOCKET", "", "Unix socket by which the proxy comes, such as /run/children-hub/proxy.sock; by it alone a client certificate is taken. Empty: none."),
    Setting("HUB_DIVISION", "210281", "Six-digit county-level division code of the hub that owns the rows."),
    Setting("HUB_KEY_FILE", "", "File with the sealing keys. Empty: keys/sealing.json under HUB_HOME."),
    Setting("HUB_BUSINESS_DATE", "", "The day taken as today, YYYY-MM-DD. Empty: the calendar's."),
    Setting("HUB_CONTRACTS", "", "Folder with the operator's own contracts (TOML). Empty: none."),
    Setting("HUB_TRUSTED", "", "Folder with trusted documents (*.graphql), asked by their SHA-256; they have wider limits. Empty: none."),
    Setting("HUB_TRUSTED_ONLY", "no", "yes: only trusted documents are answered, as production should; no: others within narrow limits."),
    Setting("HUB_OIDC_ISSUER", "", "Address of the city's OpenID provider, exactly as its tokens name it. Empty: its tokens are not taken."),
    Setting("HUB_OIDC_ACR", "", "What its tokens must say of how somebody logged in (acr), one of these with commas between. Empty: that is left to the provider."),
    Setting("HUB_SERVICES", "", "Folder with one NAME.json for each department's service: its public key and what it may be. Empty: none."),
    Setting("HUB_AUDIT", "", "Folder, outside the database, where the audit's signed heads and the public key are kept. Empty: audit under HUB_HOME."),
    Setting("HUB_AUDIT_KEY", "", "File with the key that signs them. Empty: keys/audit.pem under HUB_HOME."),
    Setting("HUB_WITHOUT_TOKEN", "refused", "What a request without a token sees: refused; or everything, for tests over invented people on this machine."),
    Setting("HUB_CRYPTO", "aes", "What a new home seals with: aes (AES-256-GCM, BLAKE2b) or sm (SM4-GCM, SM3); later `hub keys rotate --suite`."),
    Setting("HUB_LOG_LEVEL", "INFO", f"How much is logged: {', '.join(LOG_LEVELS)}."),
)


class SettingsError(Exception):
    """A setting that is unknown or ill-formed; the text names the variable and what to write, never a secret."""


class CannotServe(Exception):
    """What the settings ask for cannot be served, such as a port that is taken; the text says what to choose instead."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one process. Paths are absolute; empty texts and None mean the default named in ``SETTINGS``."""

    home: Path
    database_url: str = field(repr=False)
    database_url_owner: str = field(repr=False)
    database_url_writer: str = field(repr=False)
    database_url_reader: str = field(repr=False)
    database_url_auditor: str = field(repr=False)
    pg_bin: Path | None
    pg_account: str
    host: str
    public_names: tuple[str, ...]
    port: int
    proxy_socket: Path | None
    division: int
    key_file: Path
    business_date: date | None
    contracts: Path | None
    trusted: Path | None
    trusted_only: bool
    oidc_issuer: str
    oidc_acr: tuple[str, ...]
    services: Path | None
    audit: Path
    audit_key: Path
    without_token: str
    crypto: str
    log_level: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings out of ``environ``; raises SettingsError on the first unknown or ill-formed one."""
        _refuse_unknown(environ)
        read = {setting.name: _read(setting, environ) for setting in SETTINGS}
        home = read["HUB_HOME"] or _default_home(environ)
        read |= {
            "HUB_HOME": home,
            "HUB_KEY_FILE": read["HUB_KEY_FILE"] or home / "keys" / "sealing.json",
            "HUB_AUDIT": read["HUB_AUDIT"] or home / "audit",
            "HUB_AUDIT_KEY": read["HUB_AUDIT_KEY"] or home / "keys" / "audit.pem",
        }
        return cls(**{name.lower().removeprefix("hub_"): value for name, value in read.items()})

    def today(self) -> date:
        """The business date: as set for this process, else the calendar's."""
        return self.business_date or date.today()


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = [setting.name for setting in SETTINGS]
    for name in environ:
        if name.startswith(("HUB_", "DATABASE_URL")) and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(known)}"
            raise SettingsError(f"{name}: no such setting; {hint}")


def _read(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = environ.get(setting.name, "").strip() or setting.default
    try:
        return _READERS[setting.name](text)
    except ValueError as error:
        raise SettingsError(f"{setting.name}: {error}") from None


def _default_home(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/children-hub")
    shared = environ.get("XDG_DATA_HOME", "")
    if not Path(shared).is_absolute():  # the XDG base directory specification: a relative path is ignored
        shared = str(Path(environ.get("HOME") or Path.home(), ".local", "share"))
    return Path(shared, "children-hub")


def _path(text: str) -> Path | None:
    return Path(text).expanduser().absolute() if text else None


def _folder(text: str) -> Path | None:
    path = _path(text)
    if path and not path.is_dir():
        raise ValueError(f"there is no folder {path}")
    return path


def _issuer(text: str) -> str:
    if text and not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", text):
        raise ValueError("not an issuer; write its https:// address")
    return text


def _crypto(text: str) -> str:
    if text not in ("aes", "sm"):
        raise ValueError("may be aes or sm")
    return text


def _without_token(text: str) -> str:
    if text not in ("refused", "everything"):
        raise ValueError("write refused or everything")
    return text


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("write yes or no")
    return text == "yes"


def _address(text: str) -> str:
    form = "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
    try:
        scheme = urlsplit(text).scheme if text else "postgresql"
    except ValueError:
        raise ValueError(f"not an address; {form}") from None
    if scheme not in ("postgresql", "postgres"):
        raise ValueError(f"not a PostgreSQL address; {form}")
    return text


def _account(text: str) -> str:
    if text and not re.fullmatch(r"[a-z_][a-z0-9_.-]{0,31}", text):
        raise ValueError("not the name of an account; write one that stands in /etc/passwd, such as postgres")
    return text


def _host(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", text):
        raise ValueError("not a host name or address; write one such as 127.0.0.1")
    return text


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    if not all(re.fullmatch(r"[0-9a-z._-]+", name) for name in names):
        raise ValueError("not host names; write them without scheme and port, such as hub.city.example")
    return names


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        raise ValueError("not a port; write a whole number from 0 to 65535")
    return int(text)


def _division(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{5}", text) or text.endswith("00"):
        raise ValueError("not a county-level division code; write six digits such as 210281")
    return int(text)


def _date(text: str) -> date | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("not a date; write YYYY-MM-DD")
    return date.fromisoformat(text)


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"not a log level; write one of {', '.join(LOG_LEVELS)}")
    return text.upper()


_READERS: dict[str, Callable[[str], Any]] = {
    "HUB_HOME": _path,
    "DATABASE_URL": _address,
    "DATABASE_URL_OWNER": _address,
    "DATABASE_URL_WRITER": _address,
    "DATABASE_URL_READER": _address,
    "DATABASE_URL_AUDITOR": _address,
    "HUB_PG_BIN": _folder,
    "HUB_PG_ACCOUNT": _account,
    "HUB_HOST": _host,
    "HUB_PUBLIC_NAMES": _names,
    "HUB_PORT": _port,
    "HUB_PROXY_SOCKET": _path,
    "HUB_DIVISION": _division,
    "HUB_KEY_FILE": _path,
    "HUB_BUSINESS_DATE": _date,
    "HUB_CONTRACTS": _folder,
    "HUB_TRUSTED": _folder,
    "HUB_TRUSTED_ONLY": _yes,
    "HUB_OIDC_ISSUER": _issuer,
    "HUB_OIDC_ACR": _words,
    "HUB_SERVICES": _folder,
    "HUB_AUDIT": _path,
    "HUB_AUDIT_KEY": _path,
    "HUB_WITHOUT_TOKEN": _without_token,
    "HUB_CRYPTO": _crypto,
    "HUB_LOG_LEVEL": _log_level,
}

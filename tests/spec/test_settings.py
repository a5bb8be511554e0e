"""Settings: every default, every ill-formed value, and nothing secret in an error or a repr."""

import dataclasses
import os
from datetime import date
from pathlib import Path

import pytest

from hub.settings import SETTINGS, Settings, SettingsError


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environ({"XDG_DATA_HOME": "/data"})
    home = Path("/var/lib/children-hub" if os.geteuid() == 0 else "/data/children-hub")
    assert (settings.home, settings.key_file) == (home, home / "keys" / "sealing.json")
    assert (settings.host, settings.port, settings.division) == ("127.0.0.1", 8000, 210281)
    assert (settings.database_url, settings.business_date, settings.contracts) == ("", None, None)
    assert settings.log_level == "INFO"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_DATA_HOME": "/data", "HOME": "/home/wang"}, "/data/children-hub"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/home/wang"}, "/home/wang/.local/share/children-hub"),
        ({"HOME": "/home/wang"}, "/home/wang/.local/share/children-hub"),
        ({"HOME": "/home/wang", "HUB_HOME": "/srv/hub"}, "/srv/hub"),
    ],
)
def test_a_plain_user_keeps_data_under_xdg(environ: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert Settings.from_environ(environ).home == Path(expected)


def test_values_are_read(tmp_path: Path) -> None:
    settings = Settings.from_environ(
        {
            "HUB_HOME": "data",
            "HUB_PG_BIN": str(tmp_path),
            "HUB_CONTRACTS": str(tmp_path),
            "HUB_PG_ACCOUNT": "postgres",
            "HUB_HOST": "::1",
            "HUB_PORT": "0",
            "HUB_DIVISION": "210293",
            "HUB_KEY_FILE": "/k/sealing.json",
            "HUB_BUSINESS_DATE": "2026-09-30",
            "HUB_LOG_LEVEL": "debug",
            "DATABASE_URL": "postgres:///hub",
            "DATABASE_URL_READER": "postgresql://r@/hub",
        }
    )
    assert settings.home == Path.cwd() / "data"
    assert settings.pg_bin == settings.contracts == tmp_path
    assert (settings.host, settings.port, settings.division) == ("::1", 0, 210293)
    assert (settings.key_file, settings.business_date) == (Path("/k/sealing.json"), date(2026, 9, 30))
    assert (settings.log_level, settings.pg_account) == ("DEBUG", "postgres")
    assert (settings.database_url, settings.database_url_reader) == ("postgres:///hub", "postgresql://r@/hub")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("HUB_HOEM", "/x", "did you mean HUB_HOME"),
        ("HUB_QQQQQQQQQQQQ", "1", "the settings are HUB_HOME"),
        ("DATABASE_URL_REDER", "postgresql:///x", "did you mean DATABASE_URL_READER"),
        ("HUB_PORT", "80000", "from 0 to 65535"),
        ("HUB_PORT", "8_0", "from 0 to 65535"),
        ("HUB_DIVISION", "2102", "six digits"),
        ("HUB_DIVISION", "210200", "county-level"),
        ("HUB_BUSINESS_DATE", "30.9.2026", "YYYY-MM-DD"),
        ("HUB_BUSINESS_DATE", "2026-02-30", "day"),
        ("HUB_LOG_LEVEL", "LOUD", "DEBUG, INFO"),
        ("HUB_PG_BIN", "/no/such/folder", "there is no folder"),
        ("HUB_CONTRACTS", "/no/such/folder", "there is no folder"),
        ("HUB_PG_ACCOUNT", "two words", "account"),
        ("HUB_HOST", "two words", "host name"),
        ("DATABASE_URL", "mysql://u:geheim@h/d", "not a PostgreSQL address"),
        ("DATABASE_URL", "postgresql://u:geheim@[h/d", "not an address"),
        ("DATABASE_URL_OWNER", "geheim", "not a PostgreSQL address"),
    ],
)
def test_an_unknown_or_ill_formed_setting_is_named(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({name: value})
    assert str(refused.value).startswith(f"{name}: ")
    assert told in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_an_empty_value_is_as_good_as_none() -> None:
    emptied = {setting.name: "" for setting in SETTINGS} | {"XDG_DATA_HOME": "/data"}
    assert Settings.from_environ(emptied) == Settings.from_environ({"XDG_DATA_HOME": "/data"})


def test_each_setting_has_its_field_and_a_sentence() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)}
    assert {setting.name.lower().removeprefix("hub_") for setting in SETTINGS} == fields
    assert all(setting.help.endswith(".") for setting in SETTINGS)


def test_a_password_is_not_shown() -> None:
    shown = repr(Settings.from_environ({"DATABASE_URL": "postgresql://u:geheim@localhost/hub"}))
    assert "geheim" not in shown

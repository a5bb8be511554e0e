"""What the operator is told and given: the guide says what the program does, and its examples are as strict as it asks."""

import inspect
import re
from pathlib import Path

import pytest

from connectors.transports.limits import LIMITS, MIB
from hub.access import requests, tokens
from hub.access.accounts import Accounts
from hub.access.alarms import MANY, STOP
from hub.access.sealing import SUITES
from hub.answering import DEADLINE
from hub.events import hooks
from hub.exporting import ROWS_ALONE
from hub.over_http import BODY_LIMIT
from hub.over_sockets import MOST
from hub.patience import BODY_SECONDS, HEAD_SECONDS
from hub.query.limits import AD_HOC
from hub.settings import SETTINGS, Settings
from hub.storage.database import DatabaseError, open_database
from hub.storage.embedded import Places
from hub.storage.readers import Readers

DEPLOY = Path(__file__).parents[2] / "deploy"
GUIDE = (DEPLOY / "README.md").read_text(encoding="utf-8")


def part(title: str) -> str:
    return GUIDE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_guide_says_how_long_tokens_live_and_whose_they_are():
    told = part("Accounts")
    assert f"at most {tokens.Discovered.longest} s" in told and f"at most {tokens.Registered.longest} s" in told and f"`{tokens.AUDIENCE}`" in told
    assert Accounts.longest == tokens.DAY and "invented people only" in told


def test_the_guide_names_every_key_and_secret():
    told = part("Keys and secrets")
    home = Path("/home")
    made = Settings.from_environ({"HUB_HOME": str(home)})
    for path in (made.key_file, made.audit_key, Places(home).passwords, home / hooks.FILE):
        assert f"`{path.relative_to(home)}`" in told
    assert f"RSA of {tokens.SHORTEST_RSA} bits" in told and {"aes", "sm"} == set(SUITES) and all(word in told for word in ("AES-256-GCM", "SM4-GCM", "Ed25519"))


def test_the_guide_names_whatever_the_hub_connects_to_and_writes():
    for setting in SETTINGS:
        if "ISSUER" in setting.name or setting.name == "HUB_SERVICES":
            assert f"`{setting.name}`" in GUIDE
    assert all(f"`{name}`" in part("What it connects to") for name in ("HUB_OIDC_ISSUER", "sources.toml", "hooks.toml"))
    assert all(f"`{name}`" in part("What it writes down") for name in ("audit_entry", "HUB_AUDIT", "postgresql/server.log"))
    assert re.search(r"within 7 days .* within 30 ", part("Packages").replace("\n", " "))


def test_the_guide_says_what_is_taken_and_how_large_it_may_be():
    told = part("What it takes")
    for figure in (f"{LIMITS.file_bytes // MIB} MiB at most", f"unpacked {LIMITS.unpacked_bytes // MIB} MiB", f"{LIMITS.zip_parts} parts", f"{LIMITS.sheets} sheets", f"{LIMITS.cpu_seconds} s"):
        assert figure in told, figure


def test_the_guide_says_what_costs_much_and_what_one_account_may():
    told = " ".join(part("What it costs").split())
    readers = inspect.signature(Readers).parameters
    for figure in (
        f"{BODY_LIMIT // 1024} KiB", f"{AD_HOC.tokens} words", f"{AD_HOC.depth} levels", f"a cost of {AD_HOC.cost}", f"an answer {DEADLINE} s", f"{readers['size'].default} statements", f"waits {readers['wait'].default} s",
        f"{HEAD_SECONDS} s for the head", f"{BODY_SECONDS} s for its body", f"{MOST} operations on a socket", f"of {STOP} people in an hour", f"from {MANY} on", f"{requests.OPENED_AN_HOUR} numbers",
        f"of {requests.OPEN_MINUTES} minutes", f"{requests.GLASS_A_DAY} times a day for {requests.GLASS_MINUTES} minutes", f"{ROWS_ALONE} rows",
    ):  # fmt: skip
        assert figure in told, figure


def test_the_proxy_of_the_example_speaks_tls_alone_and_keeps_nothing():
    told = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\s+([a-z_]+) ([^;{]+);", told, re.MULTILINE))
    assert said["ssl_protocols"] == "TLSv1.2 TLSv1.3" and all(re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA\d{3}|CHACHA20-POLY1305)", one) for one in said["ssl_ciphers"].split(":"))
    assert {port for port in re.findall(r"listen (\S+ ?\S*);", told)} == {"443 ssl", "[::]:443 ssl"} and "return 30" not in told and "rewrite" not in told
    assert (said["access_log"], said["proxy_cache"], said["server_tokens"], said["client_max_body_size"]) == ("off", "off", "off", f"{BODY_LIMIT // 1024}k")
    assert "X-Forwarded" not in told and said["proxy_pass"] == "http://unix:/run/children-hub/proxy.sock"
    assert "proxy_set_header Client-Cert $ssl_client_escaped_cert;" in told and said["ssl_verify_client"] == "optional"


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.stem)
def test_the_units_run_as_nobody_in_particular_with_little(unit):
    told = unit.read_text(encoding="utf-8").splitlines()
    for line in ("User=children-hub", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "UMask=0077", "StateDirectoryMode=0700"):
        assert line in told
    assert not [line for line in told if re.match(r"Environment=.*(PASSWORD|SECRET|DATABASE_URL)", line)]


@pytest.mark.parametrize("asked", ["", "?sslmode=require", "?sslmode=prefer", "?sslmode=disable", "?sslmode=verify-ca"])
def test_a_database_elsewhere_is_reached_over_verified_tls_or_not_at_all(asked, tmp_path):
    settings = Settings.from_environ({"HUB_HOME": str(tmp_path), "DATABASE_URL": f"postgresql://u:geheim@db.example/hub{asked}"})
    with pytest.raises(DatabaseError, match="sslmode=verify-full") as refused, open_database(settings):
        pass
    assert "geheim" not in str(refused.value)

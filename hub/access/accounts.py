"""Demo accounts: one for each kind of user (domain H), with tokens that only the demo's own issuer signs, over invented data alone.

They lie in one file of the demo's home. Where that file is not, there is no such issuer.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import JWKRegistry, KeySet

from hub.access.tokens import AUDIENCE, DAY
from hub.access.viewer import Kind, Viewer

ISSUER = "demo"
FILE = Path("keys") / "demo-accounts.json"
#: A home that holds invented people only says so by this file; without it nobody is let in without a token.
INVENTED = "invented-people-only"


@dataclass(frozen=True)
class Account:
    """One invented user."""

    name: str
    title: str
    department: str
    role: str
    purpose: str
    care: tuple[str, ...] = ()


@dataclass(frozen=True)
class Accounts:
    """The demo's issuer and its accounts."""

    key: Mapping[str, Any]
    accounts: tuple[Account, ...]
    kind: Kind = Kind.DEMO
    longest: int = DAY

    async def keys(self, key_id: str) -> KeySet:
        """Its one key."""
        return KeySet([JWKRegistry.import_key(dict(self.key))])

    def viewer(self, claims: Mapping[str, Any]) -> Viewer:
        """The account of that name, as the file has it."""
        account = self.named(claims["sub"])
        return Viewer(f"demo:{account.name}", self.kind, account.department, account.role, frozenset(account.care), float(claims["exp"]))

    def named(self, name: str) -> Account:
        """An account; KeyError with the names that there are."""
        for account in self.accounts:
            if account.name == name:
                return account
        raise KeyError(f"there is no demo account {name}; there are {', '.join(account.name for account in self.accounts)}")

    def token(self, name: str) -> str:
        """A fresh token of an account, for a day."""
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": self.named(name).name, "aud": AUDIENCE, "iat": now, "exp": now + DAY}
        return jwt.encode({"alg": "Ed25519", "kid": str(self.key["kid"])}, claims, JWKRegistry.import_key(dict(self.key)), algorithms=["Ed25519"])


def read_accounts(home: Path) -> Accounts | None:
    """The accounts of a home; None where it has none."""
    path = home / FILE
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return Accounts(told["key"], tuple(Account(**{**one, "care": tuple(one["care"])}) for one in told["accounts"]))


def write_accounts(home: Path, accounts: Sequence[Account]) -> Accounts:
    """Make the demo's issuer with a new key; the home is told to hold invented people only."""
    key = JWKRegistry.generate_key("OKP", "Ed25519", {"kid": ISSUER}).as_dict(private=True)
    path = home / FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"key": key, "accounts": [vars(account) for account in accounts]}, ensure_ascii=False), encoding="utf-8")
    (home / INVENTED).touch()
    return Accounts(key, tuple(accounts))

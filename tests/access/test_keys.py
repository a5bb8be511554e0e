"""Keys: two suites behind one interface, rotation that loses nothing, erasure that leaves the audit valid."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from hub.access.sealing import SUITES, Keys, Sm4Gcm
from hub.auditing import record, verify_audit
from hub.identity.linking import relink_all
from hub.keeping import erase, forget_keys, rotate
from hub.refusal import Refusal
from hub.storage.database import Database
from hub.storage.publishing import publishing
from tests.flow import DIVISION
from tests.queries.conftest import fill


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_opens_what_it_sealed_and_nothing_that_was_touched(tmp_path, suite):
    keys = Keys.load_or_make(tmp_path / "keys.json", suite)
    again = Keys.load_or_make(tmp_path / "keys.json")
    sealed = keys.seal("210299201205030178")
    assert again.open(sealed.cipher, sealed.blind, 1) == "210299201205030178" and again.blind("210299201205030178") == sealed.blind and len(sealed.blind) == 16
    for i in (0, 12, len(sealed.cipher) - 1):
        broken = bytearray(sealed.cipher)
        broken[i] ^= 1
        with pytest.raises(InvalidTag):
            again.open(bytes(broken), sealed.blind, 1)
    with pytest.raises(InvalidTag):
        again.open(sealed.cipher, keys.blind("another"), 1)  # it is bound to its place
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_sm4_gcm_is_that_of_the_standard():
    """RFC 8998, A.1."""
    key, nonce = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"), bytes.fromhex("00001234567800000000ABCD")
    plain = bytes.fromhex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA")
    context = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    sealed = Sm4Gcm(key).encrypt(nonce, plain, context)
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert Sm4Gcm(key).decrypt(nonce, sealed, context) == plain


@pytest.fixture
def opened(database, tmp_path):
    """A small city, opened as a verb opens it."""

    @asynccontextmanager
    async def hub():
        settings = database.settings(HUB_BUSINESS_DATE="2026-10-20")
        connection = await asyncpg.connect(database.dsn("hub_writer"))
        logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
        yield SimpleNamespace(
            settings=settings, connection=connection, division=DIVISION, keys=Keys.load_or_make(settings.key_file), database=Database(None, logins), today=settings.today
        )
        await connection.close()

    return hub


async def values(hub) -> list[str]:
    keys = Keys.load_or_make(hub.settings.key_file)
    return sorted(keys.open(row["cipher"], row["blind"], row["key_no"]) for row in await hub.connection.fetch("select * from vault"))


@pytest.mark.parametrize("suite", SUITES)
async def test_after_rotation_every_number_opens_and_the_old_key_opens_none(opened, tmp_path, suite):
    async with opened() as hub:
        await fill(hub.connection, hub.keys, tmp_path / "in", 12)
        before, old = await values(hub), hub.keys
        with_old = await hub.connection.fetch("select * from vault limit 3")
        assert await rotate(hub, suite) == len(before) > 20
        assert await values(hub) == before
        assert await hub.connection.fetchval("select count(*) from vault where key_no <> 2") == 0
        with pytest.raises(Refusal, match="older key"):
            await hub.connection.execute("update vault set key_no = 1 where blind = $1", with_old[0]["blind"])
            hub.keys = Keys.load_or_make(hub.settings.key_file)
            await forget_keys(hub)
        await hub.connection.execute("update vault set key_no = 2")
        assert await forget_keys(hub) == 1
        left = Keys.load_or_make(hub.settings.key_file)
        assert await values(hub) == before and old.key_no == 1
        with pytest.raises(KeyError):  # a backup of before
            left.open(with_old[0]["cipher"], with_old[0]["blind"], 1)


async def test_an_erased_number_opens_no_more_and_the_audit_is_valid(opened, tmp_path):
    async with opened() as hub:
        await fill(hub.connection, hub.keys, tmp_path / "in", 12)
        person = await hub.connection.fetchrow("select id, number_blind, number_mask from person_resolved where number_blind is not null order by birth_date desc, id limit 1")
        await record(hub, "test", about=[str(person["id"])])
        before = await hub.connection.fetchval("select count(*) from vault")
        would = await erase(hub, person["id"], by="甲", because="监护人申请", dry_run=True)
        assert would.numbers > 0 and await hub.connection.fetchval("select count(*) from vault") == before
        for by, because in (("", "x"), ("甲", " ")):
            with pytest.raises(Refusal):
                await erase(hub, person["id"], by=by, because=because, dry_run=True)
        done = await erase(hub, person["id"], by="甲", because="监护人申请", dry_run=False)
        assert done == would and await hub.connection.fetchval("select count(*) from vault") == before - done.numbers
        assert not await hub.connection.fetchval("select exists (select from vault where blind = $1)", person["number_blind"])
        assert await hub.connection.fetchval("select number_mask from person_resolved where id = $1", person["id"]) == person["number_mask"]
        assert (await erase(hub, person["id"], by="甲", because="再次", dry_run=False)).numbers == 0
        for other in await hub.connection.fetch("select number_blind from person_resolved where id <> $1 and number_blind is not null", person["id"]):
            assert await hub.connection.fetchval("select exists (select from vault where blind = $1)", other["number_blind"])
        verdict = await verify_audit(hub)
        assert verdict.good and verdict.entries >= 3, verdict
        async with publishing(hub.connection, division=DIVISION, kind="link", by="test", business_date=hub.today()) as publication:
            await relink_all(publication, hub.keys)  # linking goes on without it
        held = await hub.connection.fetchval("select count(*) from vault")
        await fill(hub.connection, hub.keys, tmp_path / "again", 13)  # a later delivery names the person again, and somebody new
        assert await hub.connection.fetchval("select number_mask from person_resolved where id = $1", person["id"]) == person["number_mask"]
        assert not await hub.connection.fetchval("select exists (select from vault where blind = $1)", person["number_blind"])
        assert await hub.connection.fetchval("select count(*) from vault") > held

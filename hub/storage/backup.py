"""Backup and restore that prove themselves: every table's row count and digest are taken with the data and compared after a restore."""

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from sqlalchemy import Connection, text

from hub.settings import Settings
from hub.storage.connecting import engine_of
from hub.storage.database import Database, open_database
from hub.storage.embedded import find_binaries

MANIFEST = "manifest.json"
DUMP = "database.dump"
KEYS = "keys"


BACKED_UP, RESTORED = "backed up to", "restored"
KEYS_TOLD = {
    (BACKED_UP, True): "with the sealing keys: keep it as safe as they are",
    (BACKED_UP, False): "without the sealing keys: keep a copy of them elsewhere, or its numbers stay sealed",
    (RESTORED, True): "the sealing keys are in place",
    (RESTORED, False): "it has no sealing keys; those in place are its hub's",
}
#: What a dump of the tables does not bring: the rights on the database itself, as the first migration gives them.
RIGHTS = """
do $$ begin
    if (select count(*) = 3 from pg_roles where rolname in ('hub_writer', 'hub_reader', 'hub_auditor')) then
        execute format('grant connect on database %I to hub_writer, hub_reader, hub_auditor', current_database());
        execute format('grant temporary on database %I to hub_writer', current_database());
    end if;
end $$"""


class Told(TypedDict):
    """What a table holds: its rows, and a digest of them in any order."""

    rows: int
    digest: str


class Manifest(TypedDict):
    """A backup's own word: SHA-256 by file, what each table holds."""

    files: dict[str, str]
    tables: dict[str, Told]
    sealing: list[int]  # the numbers of the keys that what it holds is sealed under; those of before have none
    sealed_under: str | None  # a fingerprint of the keys, which tells nothing of them; backups of before have none


class BackupError(Exception):
    """A backup that cannot be made or is not what its manifest says; the message names the file or table."""


@dataclass(frozen=True)
class Proof:
    """What a backup holds or a restore brought back, as compared."""

    verb: str
    folder: Path
    tables: int
    rows: int
    with_keys: bool

    def __str__(self) -> str:
        keys = KEYS_TOLD[self.verb, self.with_keys]
        return f"{self.verb} {self.folder}: {self.tables} tables, {self.rows} rows, counts and digests equal; {keys}"


def backup(settings: Settings, target: Path, *, with_keys: bool = False) -> Proof:
    """Dump the database in one snapshot into an empty folder, with a manifest of files, counts and digests."""
    if target.exists() and any(target.iterdir()):
        raise BackupError(f"{target} is not empty")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_database(settings) as database:
        engine = engine_of(database.dsn("owner"))
        with engine.connect() as connection:
            connection.execute(text("set transaction isolation level repeatable read, read only"))
            snapshot = connection.execute(text("select pg_export_snapshot()")).scalar_one()
            _dump(settings, database, target / DUMP, snapshot)
            counted = digests(connection)
            sealing = sorted(connection.execute(text("select distinct key_no from vault")).scalars())
    if with_keys:
        shutil.copytree(settings.key_file.parent, target / KEYS)
    files = {str(path.relative_to(target)): _sha256(path) for path in sorted(target.rglob("*")) if path.is_file()}
    (target / MANIFEST).write_text(json.dumps({"files": files, "tables": counted, "sealed_under": fingerprint(settings.key_file), "sealing": sealing}, indent=1))
    return Proof(BACKED_UP, target, len(counted), sum(told["rows"] for told in counted.values()), with_keys)


def restore(settings: Settings, source: Path) -> Proof:
    """Bring a backup back into a database without rows, and compare it with the manifest; refuses to overwrite anything."""
    manifest = _checked_manifest(source)
    _refuse_other_keys(settings, source / KEYS)
    if not (source / KEYS / settings.key_file.name).exists():
        _refuse_without_keys(settings, manifest)
    with open_database(settings) as database:
        engine = engine_of(database.dsn("owner"))
        with engine.begin() as connection:
            holds = [name for name, told in digests(connection).items() if told["rows"] and name != "alembic_version"]
            if holds:
                raise BackupError(f"the database is not empty ({holds[0]} has rows); restore into a new HUB_HOME or an empty database")
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public authorization pg_database_owner"))
        _program(settings, database, ["pg_restore", "--no-owner", "--exit-on-error", "--dbname={dsn}", str(source / DUMP)])
        with engine.begin() as connection:
            connection.execute(text(RIGHTS))
            brought = digests(connection)
    wrong = [name for name, told in manifest["tables"].items() if brought.get(name) != told]
    if wrong:
        raise BackupError(f"table {wrong[0]} is not what was backed up: {brought.get(wrong[0])} instead of {manifest['tables'][wrong[0]]}")
    _place_keys(settings, source / KEYS)
    return Proof(RESTORED, source, len(brought), sum(told["rows"] for told in brought.values()), (source / KEYS).exists())


def _refuse_other_keys(settings: Settings, kept: Path) -> None:
    """A home that has keys of its own keeps them: what the backup holds cannot be known again under them."""
    own, brought = settings.key_file, kept / settings.key_file.name
    if brought.exists() and own.exists() and own.read_bytes() != brought.read_bytes():
        raise BackupError(f"{own} holds other keys than the backup; restore into a new HUB_HOME")


def _refuse_without_keys(settings: Settings, manifest: Manifest) -> None:
    """What is sealed goes only to a home that has its keys: under new ones nobody would be known again."""
    own, under = settings.key_file, manifest.get("sealed_under")
    if not any(manifest["tables"].get(name, {"rows": 0})["rows"] for name in ("vault", "delivery")):
        return
    if not own.exists():
        raise BackupError(f"the backup has no sealing keys, and {own} is not there: put the keys of its hub there first, or restore a backup made --with-keys")
    if under and fingerprint(own) != under:
        raise BackupError(f"{own} holds other keys than those of the backup's hub: put those there first, into a new HUB_HOME")
    gone = {str(no) for no in manifest.get("sealing", ())} - json.loads(own.read_text())["data"].keys()
    if gone:
        raise BackupError(f"the backup is sealed under keys that {own} no longer holds (`hub keys forget`): what they sealed is gone, in this backup too")


def fingerprint(key_file: Path) -> str | None:
    """A hash of the key under which everybody is known, the same after every rotation; None where there is no file."""
    return hashlib.sha256(json.loads(key_file.read_text())["blind"].encode()).hexdigest() if key_file.exists() else None


def _place_keys(settings: Settings, kept: Path) -> None:
    """The backup's keys where the hub looks for them, for its account only; what is there already stays."""
    for file in sorted(kept.rglob("*")) if kept.exists() else ():
        place = settings.key_file.parent / file.relative_to(kept)
        if file.is_dir() or place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.touch(mode=0o600)
        place.write_bytes(file.read_bytes())


def digests(connection: Connection) -> dict[str, Told]:
    """Each table's row count and a digest that does not depend on the order of its rows."""
    names = connection.execute(text("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1")).scalars()
    told: dict[str, Told] = {}
    for name in names:
        rows, digest = connection.execute(text(f'select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from "{name}" t')).one()
        told[name] = {"rows": int(rows), "digest": str(digest)}
    return told


def _checked_manifest(source: Path) -> Manifest:
    path = source / MANIFEST
    if not path.exists():
        raise BackupError(f"{source} has no {MANIFEST}: it is not a backup of the hub")
    manifest: Manifest = json.loads(path.read_text())
    for name, digest in manifest["files"].items():
        if not (source / name).exists() or _sha256(source / name) != digest:
            raise BackupError(f"{source / name} is not what its manifest says: the backup is damaged")
    return manifest


def _dump(settings: Settings, database: Database, file: Path, snapshot: str) -> None:
    """Dump what the owner sees under row security, which is every row: a policy says so, and the digests prove it."""
    try:
        _program(settings, database, ["pg_dump", "--format=custom", "--enable-row-security", f"--snapshot={snapshot}", f"--file={file}"])
    except BackupError:
        file.unlink(missing_ok=True)  # half a backup is none
        raise


def _program(settings: Settings, database: Database, command: list[str]) -> None:
    """Run one of PostgreSQL's own programs on the database as its owner."""
    dsn = database.dsn("owner")
    words = [word.format(dsn=dsn) if "{dsn}" in word else word for word in command]
    if command[0] == "pg_dump":
        words.append(f"--dbname={dsn}")
    told = subprocess.run([str(find_binaries(settings).program(words[0])), *words[1:]], capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise BackupError(f"{words[0]} failed: {_cause(told.stderr)}")


def _cause(said: str) -> str:
    """The first error that a program of PostgreSQL's tells; what follows it may quote a row."""
    errors = [line.partition("error: ")[2] for line in said.splitlines() if "error: " in line]
    return errors[0] if errors else "no message"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

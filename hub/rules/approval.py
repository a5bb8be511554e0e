"""What the rules are is approved by a second person: ``versions.toml`` names who proposed and who approved them as they stand."""

import hashlib
from pathlib import Path

from hub.contract.approval import read_versions
from hub.contract.form import Form
from hub.contract.model import ContractError
from hub.refusal import Refusal

FOLDER = Path(__file__).parent
FILE = FOLDER / "versions.toml"
MOST_LINES = 2_000
#: What a finding, an answer of a programme or an indicator depends on.
RULED = ("checks/*.toml", "definitions/*.sql", "programmes/*.py", "indicators.py", "limits.py")


def fingerprint(folder: Path = FOLDER) -> str:
    """The SHA-256 of all files that rule, by name and text: what the second person approves."""
    told = hashlib.sha256()
    for path in sorted(path for pattern in RULED for path in folder.glob(pattern)):
        told.update(f"{path.relative_to(folder).as_posix()}\0{path.read_text('utf-8')}\0".encode())
    return told.hexdigest()[:32]


def refuse_unapproved(folder: Path = FOLDER) -> None:
    """Refusal where the rules are not those of the newest version: nothing is checked or served by what one person has changed."""
    try:
        form = Form(folder / FILE.name, most=MOST_LINES)
        form.only(form.data, ("版本",), "the file of versions")
        versions = read_versions(form, form.table(form.data.get("版本", {}), "版本"))
    except ContractError as fault:
        raise Refusal(str(fault)) from None
    found = fingerprint(folder)
    if not versions or versions[-1].fingerprint != found:
        no = len(versions)
        raise Refusal(f"the rules are not those that version {no} of {folder / FILE.name} approved: add version {no + 1}, which names who proposes and who approves, with 指纹 = {found!r}")

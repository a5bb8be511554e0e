"""Stored rows as they were: a record's or a quarantined row's payload with its sealed cells opened."""

from collections.abc import Iterable, Mapping

from hub.steps.stage import Stage


async def opened(stage: Stage, payloads: Iterable[Mapping[str, object]]) -> dict[bytes, str]:
    """Blind index -> value, for the sealed cells of some payloads."""
    blinds = {bytes.fromhex(cell["blind"]) for payload in payloads for cell in payload.values() if isinstance(cell, dict)}
    rows = await stage.publication.connection.fetch(
        "select blind, cipher, key_no from vault where division = $1 and blind = any($2::bytea[])", stage.publication.division, list(blinds)
    )
    opened = {row["blind"]: stage.keys.open(row["cipher"], row["blind"], row["key_no"]) for row in rows}
    return opened | {b: stage.keys.open(c, b, stage.keys.key_no) for b, c in stage.vault.items() if b in blinds}

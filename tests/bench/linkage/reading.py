"""Mentions from files, in memory: read, validated and drafted by the hub's own contracts, without a database."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from connectors import load_contracts
from connectors.transports.files import open_deliveries
from hub.access.sealing import Keys
from hub.contract.model import Accepted
from hub.contract.recognise import header_test
from hub.identity.evidence import Evidence
from hub.identity.gathering import evidence_of
from hub.linking import SHORT_NAMES
from hub.steps.standardise import MENTION_FIELDS, Draft, Version
from hub.steps.validate import raw_pages, sort_out, validate

KEYS = Keys(b"k" * 32, ((1, b"d" * 32),))  # for invented people alone
DIVISION = 210281
TODAY = date(2026, 10, 1)


@dataclass
class Read:
    """What files say: evidence with the place (source, sheet, row, role) of each, and the digits of every number."""

    evidence: list[Evidence] = field(default_factory=list)
    places: list[tuple[str, str, str, str]] = field(default_factory=list)
    digits: dict[Hashable, str] = field(default_factory=dict)

    def opened(self, number: Hashable) -> str:
        """The digits of a number."""
        return self.digits.get(number, "")


def read(folder: Path, today: date = TODAY) -> Read:
    """Every mention in the deliveries under a folder."""
    contracts = load_contracts()
    told = Read()
    before: dict[int, dict[str, str]] = {}
    for delivery in sort_out(open_deliveries(folder, is_header=header_test(contracts)), contracts, today=today).deliveries:
        draft = Draft(KEYS, DIVISION)
        source = next((short for short, title in SHORT_NAMES.items() if title in delivery.file), delivery.contract.name)
        for page in raw_pages(delivery):
            for number, row in validate(page):
                if not isinstance(row, Accepted):
                    continue
                record = KEYS.number(delivery.contract.name, *row.key)
                if before.setdefault(record, row.raw) != row.raw:
                    record = KEYS.number(delivery.contract.name, *row.key, str(row.raw))
                draft.add(delivery.contract, row.subrows, Version(record, 0, delivery.as_of, None))
                drafted = draft.take()
                told.digits |= {blind: KEYS.open(cipher, blind, KEYS.key_no) for blind, cipher in drafted.vault.items()}
                for mention in drafted.mentions:
                    cells = dict(zip(MENTION_FIELDS, mention, strict=True))
                    told.evidence += evidence_of([cells | {"began": delivery.as_of}], told.digits.get)
                    told.places.append((source, page.sheet or "Sheet1", row.line or str(number), cells["role"]))
    return told

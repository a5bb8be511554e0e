"""Refusals: who was not let in, or asked for what is not granted, is noted once a minute, so that nobody fills the log or the audit with them."""

import time
from collections import OrderedDict

AGAIN = 60  # seconds until the same refusal of the same account is noted again
MOST = 10_000  # refusals that are remembered; the oldest is forgotten
NOT_GRANTED = "it asked for what is not granted"
TOO_MUCH = "it asked more than a document may"


class Refusals:
    """What one process has noted within the minute."""

    def __init__(self) -> None:
        self._noted: OrderedDict[tuple[str, str], float] = OrderedDict()

    def is_due(self, subject: str, why: str) -> bool:
        """Whether a refusal has not been noted within the minute."""
        return time.monotonic() - self._noted.get((subject, why), float("-inf")) >= AGAIN

    def note(self, subject: str, why: str) -> bool:
        """Whether it is due; from now on it is noted."""
        due = self.is_due(subject, why)
        if due:
            self._noted.pop((subject, why), None)
            self._noted[subject, why] = time.monotonic()
            if len(self._noted) > MOST:
                self._noted.popitem(last=False)
        return due

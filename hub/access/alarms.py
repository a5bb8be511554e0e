"""Alarms of reading (domain G.9): at night, of many people within an hour, numbers opened and glasses broken; for the auditor, and as a line of the log."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta, timezone

MANY = 300  # people within an hour of the clock, above which one account's reading is an alarm
STOP = 500  # people within an hour of the clock, beyond which one account reads of nobody until a second person lets it (reliability 5, row 26)
NIGHT_FROM, NIGHT_TO = 22, 6  # hours of the day in China, the first included, the last not
CHINA_AHEAD = 8  # hours of UTC
CHINA = timezone(timedelta(hours=CHINA_AHEAD))
HOUR = 3600  # seconds
AGAIN = 50  # people after whom one process looks anew what an account has read in others
log = logging.getLogger("hub.access")


class Watch:
    """What one process has seen of the hour: says once an hour and account that there is an alarm, never who looked or at whom."""

    def __init__(self) -> None:
        self._hour = -1
        self._seen: dict[str, set[str]] = {}
        self._told: set[tuple[str, str]] = set()
        self._looked: dict[str, int] = {}  # account -> of how many people it had read when the audit was last looked into

    def knows(self, subject: str, at: datetime) -> bool:
        """Whether it need not look in the audit what an account has read in an hour: what was read before this process began, or in others since it last looked."""
        return self._hour == _hour_of(at) and subject in self._seen and len(self._seen[subject]) < self._looked.get(subject, 0) + AGAIN

    def note(self, subject: str, role: str, about: Collection[str], at: datetime) -> list[str]:
        """Take note of an answer; the alarms that it raised, which the log has then too."""
        hour = _hour_of(at)
        if hour != self._hour:
            self._hour, self._seen, self._told, self._looked = hour, {}, set(), {}
        seen = self._seen.setdefault(subject, set())
        if len(seen) <= STOP:
            seen.update(one for one in about if "/" not in one)
        new = [kind for kind in ("NIGHT", "MANY") if (subject, kind) not in self._told]
        raised = [kind for kind in new if (bool(about) and _is_night(hour) if kind == "NIGHT" else len(seen) > MANY)]
        for kind in raised:
            self._told.add((subject, kind))
            log.warning("alarm %s: an account of role %s; `accessAlarms` tells the auditor which", kind, role)
        return raised

    def looked(self, subject: str, role: str, about: Collection[str], at: datetime) -> None:
        """Take note of whom an account has read of by the audit."""
        self.note(subject, role, about, at)
        self._looked[subject] = len(self._seen[subject])

    def stops(self, subject: str) -> bool:
        """Whether an account has read of more people in the hour of its last note than it may."""
        return len(self._seen.get(subject, ())) > STOP

    def forgive(self, subject: str) -> None:
        """A second person lets the account read on: it is counted from nothing."""
        self._seen.pop(subject, None)


def is_night(at: datetime) -> bool:
    """Whether a time is at night in China."""
    return _is_night(_hour_of(at))


def _hour_of(at: datetime) -> int:
    """The hour of the epoch."""
    return int(at.timestamp()) // HOUR


def _is_night(hour: int) -> bool:
    of_day = (hour + CHINA_AHEAD) % 24
    return of_day >= NIGHT_FROM or of_day < NIGHT_TO

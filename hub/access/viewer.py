"""Viewer: a person or a service of a department, as a verified token says, and the purpose that a request is made for."""

from dataclasses import dataclass, field
from enum import StrEnum

from hub.access.deciding import Asker


class Kind(StrEnum):
    """What vouches for a viewer."""

    PERSON = "person"  # the city's OpenID provider
    SERVICE = "service"  # a department's registered key
    DEMO = "demo"  # an invented account over invented data
    TEST = "test"  # no token at all: HUB_WITHOUT_TOKEN over invented data


@dataclass(frozen=True)
class Viewer:
    """Who asks."""

    subject: str
    kind: Kind
    department: str
    role: str
    care: frozenset[str] = field(default_factory=frozenset)
    expires: float = float("inf")  # when the token ends, in seconds of the epoch

    @property
    def asker(self) -> Asker:
        """As a decision takes it."""
        return Asker(self.department, self.role, self.care)


TESTER = Viewer("without-token", Kind.TEST, "test", "test")


class NotAdmitted(Exception):
    """The request is not answered at all: its status, and a sentence that tells nothing of anybody's data."""

    def __init__(self, message: str, status: int = 401) -> None:
        super().__init__(message)
        self.status = status
        self.viewer: Viewer | None = None  # whose token was good all the same

"""What a mention offers for telling who is meant, and what each kind of agreement weighs."""

from dataclasses import dataclass

RULE_VERSION = "identity-1"

#: Weights in natural log odds. They are set by hand for this first form, from the calibration table of the reference
#: recipe; pairs below LINK_AT stay apart and go to review.
LINK_AT = 2.0
WEIGHTS = {
    "valid_number": 18.0,
    "same_name": 6.0,
    "same_birth_date": 5.6,
    "same_sex": 0.7,
    "same_township": 2.3,
    "same_child": 7.5,
    "same_register_household": 6.5,
    "prior": -9.5,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One mention as the linker sees it."""

    id: int
    number: bytes | None  # blind index of a trusted citizen number
    match_key: int | None  # name, full birth date and sex, hashed together
    township: str | None
    name_key: str | None
    kind: str  # child, adult or any
    anchor: int | None  # the mention of the row's own subject, for people named beside it
    person: int | None  # whom it meant before
    cluster: bytes | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Which cluster a mention belongs to, how sure that is, and why; the weights sum to the score."""

    mention: int
    cluster: bytes
    tier: str  # NUMBER, NAME, RELATIVE or ALONE
    reasons: tuple[tuple[str, float], ...]

    @property
    def score(self) -> float:
        return round(sum(weight for _, weight in self.reasons), 3)


def reasons(*names: str) -> tuple[tuple[str, float], ...]:
    """The named weights."""
    return tuple((name, WEIGHTS[name]) for name in names)


def names_agree(one: str | None, other: str | None) -> bool:
    """Whether two names under one number can be one person's: same surname, or same given name, or a lost character.

    Two names without one character in common under one number are two people (D-42), never merged.
    """
    if not one or not other or one == other or "?" in one or "?" in other:
        return True
    return one[0] == other[0] or bool(set(one[1:]) & set(other[1:])) or one[1:] == other[1:]

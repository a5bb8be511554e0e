"""One folder per department with its contracts, and the transports that carry deliveries in."""

from collections.abc import Iterable
from pathlib import Path

from hub.contract.model import Contract
from hub.contract.reader import read_contract

#: In the order in which deliveries of one date are carried: first what others refer to (schools, the calendar), then the
#: registers that say who is who, then what departments do for these people.
ORDER = (
    "education/school",
    "education/school_calendar",
    "public_security/household_register",
    "education/student_register",
    "education/family_member",
    "education/family_economy",
    "education/school_class",
    "education/movement",
    "education/dropout_ledger",
    "education/deferral_approval",
    "education/cohort_count",
    "education/head_count",
    "education/exam",
    "education/meal",
    "education/school_bus",
    "public_security/residence_permit",
    "public_security/unregistered",
    "disabled_persons/certificate",
    "disabled_persons/survey",
    "disabled_persons/unenrolled_list",
    "civil_affairs/minimum_living_allowance",
    "civil_affairs/minimum_living_allowance_household",
    "civil_affairs/destitute_support",
    "civil_affairs/child_welfare",
    "civil_affairs/left_behind",
    "civil_affairs/disability_subsidy",
    "justice/prisoners_children",
    "vocational/student_register",
    "labour/employment",
    "labour/social_insurance",
    "labour/inspection_case",
    "poverty_relief/household",
    "finance/aid_payment",
    "finance/school_funding",
    "health/disability_screening",
    "health/birth_certificate",
    "governance/key_youth",
)
_FOLDER = Path(__file__).parent
_LOADED: list[Contract] = []


def load_contracts(extra_folder: Path | None = None) -> tuple[Contract, ...]:
    """The hub's own contracts in order, then those of an operator's folder by file name.

    An operator's contract of the same name replaces the hub's. Raises ContractError with line and column.
    """
    if not _LOADED:
        _LOADED.extend(read_contract(_FOLDER / f"{name}.toml") for name in ORDER)
    own = [read_contract(path) for path in sorted(extra_folder.glob("**/*.toml"))] if extra_folder else []
    replaced = {contract.name for contract in own}
    return (*_without(_LOADED, replaced), *own)


def replaced(extra_folder: Path | None) -> tuple[str, ...]:
    """The names of the hub's own contracts in whose place an operator's stands."""
    in_force = {id(contract) for contract in load_contracts(extra_folder)}
    return tuple(contract.name for contract in load_contracts() if id(contract) not in in_force)


def _without(contracts: Iterable[Contract], names: set[str]) -> tuple[Contract, ...]:
    return tuple(contract for contract in contracts if contract.name not in names)


def __getattr__(name: str) -> tuple[Contract, ...]:
    """``CONTRACTS`` is read when first asked for."""
    if name == "CONTRACTS":
        return load_contracts()
    raise AttributeError(f"module {__name__} has no attribute {name}")

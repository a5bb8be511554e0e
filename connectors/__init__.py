"""One folder per department with its contracts, and the transports that carry deliveries in."""

from collections.abc import Iterable
from pathlib import Path

from hub.contract.model import Contract
from hub.contract.reader import read_contract

#: In the order in which deliveries of one date are carried: first what others refer to (schools, the calendar), then the
#: registers that say who is who, then what departments do for these people.
ORDER = (
    "education/student_register",
    "public_security/household_register",
    "disabled_persons/certificate",
    "civil_affairs/minimum_living_allowance",
    "civil_affairs/left_behind",
    "justice/prisoners_children",
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


def _without(contracts: Iterable[Contract], names: set[str]) -> tuple[Contract, ...]:
    return tuple(contract for contract in contracts if contract.name not in names)


def __getattr__(name: str) -> tuple[Contract, ...]:
    """``CONTRACTS`` is read when first asked for."""
    if name == "CONTRACTS":
        return load_contracts()
    raise AttributeError(f"module {__name__} has no attribute {name}")

"""How a field of the graph is read: what a declaration says of it, in SQL, for whoever asks and as known whenever.

A declaration is a function of a place (the row that a field is asked of, and the point in time) and of the field's
arguments. It gives a value, rows, or a list that is read in pages. ``schema`` declares; ``hub.query`` compiles.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from sqlalchemy import BigInteger, ColumnElement, Date, FromClause, Integer, Subquery, literal
from sqlalchemy.types import TypeEngine

from hub.query.policy import Policy
from hub.storage.history import known_rows

Value = ColumnElement[Any]
Convert = Callable[[Any], Any]


class BadInput(Exception):
    """An argument that cannot be used; its message is for the caller and holds nothing personal."""


def camel(name: str) -> str:
    """'birth_date' -> 'birthDate'."""
    first, *more = name.split("_")
    return first + "".join(word.capitalize() for word in more)


def as_it_is(value: Any) -> Any:
    """The conversion of an argument that needs none."""
    return value


class Args(Protocol):
    """A field's arguments. What shapes the statement is asked by ``given`` and ``choice``; everything else becomes a parameter."""

    def given(self, name: str) -> bool:
        """Whether the argument is there and not null."""

    def choice(self, name: str, of: Convert = as_it_is) -> Any:
        """What the argument says, where the statement itself depends on it; ``of`` narrows that to what it depends on."""

    def sql(self, name: str, type_: type[TypeEngine[Any]] | TypeEngine[Any], convert: Convert = as_it_is) -> Value:
        """The argument as a typed parameter; ``convert`` reads it and raises BadInput where it cannot be used."""

    def inside(self, name: str) -> "Args":
        """The fields of an input object; none where it is not given."""


@dataclass(frozen=True)
class Given:
    """Arguments whose values are at hand: how the resolvers read the same declarations."""

    values: Mapping[str, Any]

    @classmethod
    def of(cls, **values: Any) -> "Given":
        """The arguments of a resolver, under the names that they have in the graph."""
        return cls({camel(name): value for name, value in values.items()})

    def given(self, name: str) -> bool:
        return self.values.get(name) is not None

    def choice(self, name: str, of: Convert = as_it_is) -> Any:
        return of(self.values.get(name))

    def sql(self, name: str, type_: type[TypeEngine[Any]] | TypeEngine[Any], convert: Convert = as_it_is) -> Value:
        return literal(convert(self.values.get(name)), type_)

    def inside(self, name: str) -> Args:
        found = self.values.get(name)
        return Given.of(**vars(found)) if found is not None else Given({})


@dataclass(frozen=True)
class Place:
    """Where a field is asked: the row with its columns, the point in time, the division, and what the policy lets through."""

    division: Value
    on: Value
    known: Value | None
    policy: Policy
    type_name: str = ""
    columns: Mapping[str, Value] = field(default_factory=dict)
    told_of: bool = False  # the row hangs on a person whom the audit is told of already

    def table(self, name: str) -> Subquery | Any:
        """A table's rows as known here, as the policy lets them be seen, under an alias of their own."""
        return self.policy.seen(name, known_rows(name, self.known)).alias()

    def valid(self, source: FromClause) -> ColumnElement[bool]:
        """Whether a row is valid on the day."""
        return source.c.valid.contains(self.on)

    def at(self, type_name: str, columns: Any) -> "Place":
        """The same point in time at another row, of whose columns a mapping or a table's own collection tells."""
        return replace(self, type_name=type_name, columns=columns, told_of=False)


def place_of(division: int, on: date, known: int | None, policy: Policy) -> Place:
    """A place whose point in time is at hand, without a row."""
    return Place(literal(division, Integer), literal(on, Date), None if known is None else literal(known, BigInteger), policy)


@dataclass(frozen=True)
class Join:
    """A left join that is made only where something of it is asked for; ``needs`` names those that it leans on."""

    table: FromClause
    on: ColumnElement[bool]
    needs: tuple[FromClause, ...] = ()


@dataclass(frozen=True)
class Rows:
    """The rows of an edge: one or many, in their order. ``columns`` are what the fields below read, the source's own unless given."""

    source: FromClause | None
    where: tuple[ColumnElement[bool], ...] = ()
    order: tuple[Value, ...] = ()
    many: bool = True
    columns: Mapping[str, Value] | None = None
    joins: tuple[Join, ...] = ()
    type_name: str | None = None  # where the field's own type is an interface
    edge: "tuple[Value, str] | None" = None  # rows that hang on one column of the row they are asked of: their column, and its name there


@dataclass(frozen=True)
class Listed:
    """A list that is read in pages: its rows, the keys it is ordered by (the last one unique), and a name for its cursors."""

    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    keys: tuple[Value, ...]
    order: str


@dataclass(frozen=True)
class Judging:
    """How the fields of an object that rules make are made: what the rules are told, as JSON, and the rules.

    ``judge(beside, inputs)`` gives an object that has the judged fields as attributes; ``inputs`` is of the row, ``beside`` of the
    point in time alone, read once however many rows there are.
    ``read_beside`` reads the latter once.
    """

    inputs: Callable[[Place], Value]
    beside: Callable[[Place], Value]
    read_beside: Callable[[Any], Any]
    judge: Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Judged:
    """A field that rules make in Python of what the statement tells them: an attribute of what they give."""

    by: Judging
    attribute: str


Read = Callable[[Place, Args], Value | Rows | Listed | Judged | None]

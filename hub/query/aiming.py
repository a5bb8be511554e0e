"""What a request says itself, whatever it is answered: whom it asks about, by ids and by filters that name somebody; and the texts of a change."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from unicodedata import category

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLString,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
)
from graphql.utilities import value_from_ast

from hub.query.cursors import is_key, split_id
from hub.query.reading import BadInput

KNOWN_AT, ON = "asKnownAt", "on"
MOST_TEXT = 2_000  # characters of a text that a change may keep
UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Co"})  # kinds of characters that show nothing
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs that show nothing either
NAMING = "nameContains"  # the field of an input object that names people
AGES = ("ageFrom", "ageTo")
WHO = (NAMING, "sex", "township", *AGES)  # those that say who somebody is
DIVISION, CODE = "division", "code"  # the field that leads to one, and its argument
EVERYBODY = "persons"  # the list that is of grown-ups too
PLACES = ("School", "Division", "Source")  # kinds whose ids are nobody's


@dataclass(frozen=True)
class Sought:
    """What a filter says of who is meant, and as of when: None is now, and today – or the day of the publication, where one is named."""

    who: tuple[tuple[str, Any], ...]  # fields of ``WHO`` with their values
    known: int | None = None
    on: date | None = None
    children: bool = True  # of children alone, who are born on the day; grown-ups and the unborn would make many of few

    def within(self, township: str) -> "Sought":
        """The same of a township's people."""
        return replace(self, who=(*((name, value) for name, value in self.who if name != "township"), ("township", township)))

    @property
    def names(self) -> bool:
        """Whether it says a name."""
        return any(name == NAMING for name, _ in self.who)

    @property
    def by_age(self) -> bool:
        """Whether it says an age."""
        return any(name in AGES for name, _ in self.who)

    @property
    def plain(self) -> dict[str, Any]:
        """What an entry of the audit may say of it: ages, day and publication, from which two questions that differ by one person are known."""
        told = {name: value for name, value in self.who if name in AGES}
        return told | ({KNOWN_AT: self.known} if self.known is not None else {}) | ({ON: self.on.isoformat()} if self.on else {})


@dataclass(frozen=True)
class Meant:
    """Whom an argument means: people by id, and whoever is so and so; those that are sought where somebody lives; and whether it says an id that is no place's."""

    people: frozenset[str]
    sought: tuple[Sought, ...]
    where_somebody_lives: tuple[Sought, ...] = ()
    by_id: bool = False


@dataclass(frozen=True)
class Around:
    """What stands around an argument: the publication as known at which it is asked, the day, the code of the division, and whether one without a code is."""

    known: ValueNode | None = None
    on: ValueNode | None = None
    code: ValueNode | None = None
    is_of_somebodys_place: bool = False

    @classmethod
    def of(cls, path: Sequence[FieldNode]) -> "Around":
        """What the fields of a path say, the nearest first."""
        said = [(field.name.value, argument.name.value, argument.value) for field in reversed(path) for argument in field.arguments or ()]
        known, on = (next((value for _, name, value in said if name == wanted), None) for wanted in (KNOWN_AT, ON))
        code = next((value for field, name, value in said if (field, name) == (DIVISION, CODE)), None)
        return cls(known, on, code, any(field.name.value == DIVISION and not field.arguments for field in path))

    def within(self, outer: "Around") -> "Around":
        """The same, where this stands within something else."""
        return Around(self.known or outer.known, self.on or outer.on, self.code or outer.code, self.is_of_somebodys_place or outer.is_of_somebodys_place)


@dataclass(frozen=True)
class Aim:
    """An argument that may single somebody out, with what stands around it."""

    value: ValueNode
    type: Any
    kind: str  # of a bare number, which some ids may be
    children: bool  # whether the field tells of children alone
    around: Around

    @classmethod
    def of(cls, node: ArgumentNode, type_: Any, told: Any, path: Sequence[FieldNode]) -> "Aim | None":
        """The aim of an argument of the field at the end of a path, which tells of a type; None where it can be none."""
        named = get_named_type(type_)
        if not is_input_object_type(named) and getattr(named, "name", "") != "ID":
            return None
        return cls(node.value, type_, kind_of(node.name.value, told.name if told else ""), path[-1].name.value != EVERYBODY, Around.of(path))

    def means(self, variables: Mapping[str, Any]) -> "Meant":
        """Whom it means in a request, whose variables are as the operation declares them; what the document says itself is read once."""
        return self._always if self._is_constant else self._means(variables)

    @cached_property
    def _is_constant(self) -> bool:
        return not any(map(_has_variables, (self.value, self.around.known, self.around.on, self.around.code)))

    @cached_property
    def _always(self) -> "Meant":
        return self._means({})

    @cached_property
    def _is_filter(self) -> bool:
        return NAMING in getattr(get_named_type(self.type), "fields", {})

    def _means(self, variables: Mapping[str, Any]) -> "Meant":
        told = self.told(variables)
        ids = frozenset(_ids(told, self.type, self.kind))
        people = frozenset(key for kind, key in ids if kind == "Person" and is_key(key))
        sought = tuple(self._sought(told, variables)) if self._is_filter and told else ()
        return Meant(people, sought, sought[:1] if self.around.is_of_somebodys_place else (), any(kind not in PLACES for kind, _ in ids))

    def _sought(self, told: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[Sought]:
        """Who a filter says somebody is: wherever they live, and of the division that it is asked of."""
        who = tuple((name, told[name]) for name in WHO if told.get(name) is not None)
        if not who:
            return
        around = self.around
        known, on, code = (_value(node, GraphQLInt if node is around.known else GraphQLString, variables) for node in (around.known, around.on, around.code))
        sought = Sought(who, known if isinstance(known, int) else None, _day(on), self.children)
        yield sought
        if isinstance(code, str):
            yield sought.within(code)

    def told(self, variables: Mapping[str, Any]) -> Any:
        """What the argument says."""
        if isinstance(self.value, VariableNode):
            return variables.get(self.value.name.value)
        return value_from_ast(self.value, self.type, dict(variables))

    def unfit(self, variables: Mapping[str, Any]) -> str:
        """What is wrong with a text that it says; nothing where all may be kept."""
        return next((f"{name}: {wrong}" for name, text in _texts(self.told(variables), self.type, "") if (wrong := _wrong(text))), "")


def _has_variables(node: Any) -> bool:
    """Whether a value, or one within it, comes with the request."""
    within = [field.value for field in getattr(node, "fields", ())] + list(getattr(node, "values", ()))
    return isinstance(node, VariableNode) or any(map(_has_variables, within))


def _value(node: ValueNode | None, type_: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    return value_from_ast(node, type_) if node else None


def _day(told: Any) -> date | None:
    if isinstance(told, str):
        with suppress(ValueError):
            return date.fromisoformat(told)
    return told if isinstance(told, date) else None


def _texts(told: Any, type_: Any, name: str) -> Iterator[tuple[str, str]]:
    type_ = get_nullable_type(type_)
    if isinstance(told, str):
        yield name, told
    elif isinstance(told, list):
        for one in told:
            yield from _texts(one, type_.of_type, name)
    elif isinstance(type_, GraphQLInputObjectType) and told:
        for field in type_.fields:
            yield from _texts(told.get(field), type_.fields[field].type, field)


def _wrong(text: str) -> str:
    if len(text) > MOST_TEXT:
        return f"a text is of {MOST_TEXT} characters at most; this one has {len(text)}"
    if text.strip() and all(category(one) in UNSEEN or one in BLANKS for one in text):
        return "there is nothing to see in it"
    return ""


def kind_of(name: str, told: str) -> str:
    """Of which kind a bare number is: that of the argument's name, else that which is asked for."""
    bare = name.removesuffix("s").removesuffix("Id")
    return told if name == "id" else bare[:1].upper() + bare[1:]


def _ids(told: Any, type_: Any, kind: str) -> Iterator[tuple[str, str]]:
    type_ = get_nullable_type(type_)
    if told is None or (not told and not isinstance(told, str)):
        return
    if isinstance(type_, GraphQLList):
        for one in told if isinstance(told, list) else [told]:
            yield from _ids(one, type_.of_type, kind)
    elif isinstance(type_, GraphQLInputObjectType):
        for name, field in type_.fields.items():
            of_merge = type_.name == "MergePersonsInput"
            yield from _ids(told.get(name), field.type, "Person" if of_merge else kind_of(name, ""))
    elif getattr(type_, "name", "") == "ID" and isinstance(told, str):
        try:
            yield (kind, told) if told.lstrip("-").isdigit() else split_id(told)
        except BadInput:
            return

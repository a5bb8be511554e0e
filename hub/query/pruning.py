"""The graph of one class of rights: what it may not see is not in it, so that a forbidden field is an unknown one, in introspection too."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_specified_scalar_type,
)

from hub.access.catalogue import Catalogue

STRUCTURE = ("PageInfo", "Node")  # parts of lists and nodes that tell nothing by themselves


def is_structure(name: str) -> bool:
    """Whether a type only carries others: pages and their edges are there where their nodes are."""
    return name in STRUCTURE or name.startswith("__") or name.endswith(("Connection", "Edge"))


def missing_entries(catalogue: Catalogue, types: GraphQLSchema) -> tuple[list[str], list[str]]:
    """Fields of the graph that no item of the catalogue has, and fields of the catalogue that the graph does not have."""
    fields = {
        f"{type_.name}.{name}"
        for type_ in types.type_map.values()
        if isinstance(type_, (GraphQLObjectType, GraphQLInputObjectType)) and not is_structure(type_.name)
        for name in type_.fields
    }
    named = set(catalogue.item_of)
    return sorted(fields - named), sorted(named - fields)


def pruned(types: GraphQLSchema, seen: frozenset[str]) -> GraphQLSchema:
    """The graph with the fields that are seen, and with the types that still have one."""
    return _Pruning(types, seen).graph()


class _Pruning:
    def __init__(self, types: GraphQLSchema, seen: frozenset[str]) -> None:
        self.types, self.seen = types, seen
        self.made: dict[str, GraphQLNamedType] = {}
        self.there = self._there()

    def graph(self) -> GraphQLSchema:
        for name in sorted(self.there):  # introspection tells types in the same order in every process
            self._type(self.types.type_map[name])
        roots = {kind: self._root(getattr(self.types, f"{kind}_type")) for kind in ("query", "mutation", "subscription")}
        return GraphQLSchema(
            **roots, types=list(self.made.values()), directives=self.types.directives, description=self.types.description, extensions=self.types.extensions
        )

    def _there(self) -> frozenset[str]:
        """The types that have something to show; one that leads only to types without is none either, and so on."""
        kinds = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)
        there = {name for name in self.types.type_map if not name.startswith("__")}
        while True:
            gone = {
                name
                for name in there
                if isinstance(type_ := self.types.type_map[name], kinds) and not self._shows(type_, there)
            }
            gone |= {
                name
                for name in there
                if isinstance(type_ := self.types.type_map[name], GraphQLUnionType) and not any(one.name in there for one in type_.types)
            }
            # an edge or a page is there where its node is
            gone |= {f"{name}{end}" for name in self.types.type_map.keys() - (there - gone) for end in ("Edge", "Connection") if f"{name}{end}" in there}
            if not gone:
                return frozenset(there - self._unused(there))
            there -= gone

    def _unused(self, there: Collection[str]) -> set[str]:
        """The enums, unions, inputs and scalars that nothing there asks for or answers with."""
        carried = (GraphQLObjectType, GraphQLInterfaceType)
        used: set[str] = set()
        waiting = {name for name in there if isinstance(self.types.type_map[name], carried)}
        while waiting:
            used |= waiting
            waiting = {named for name in waiting for named in self._asked(self.types.type_map[name], there)} - used
        return set(there) - used

    def _asked(self, type_: Any, there: Collection[str]) -> Iterable[str]:
        """The types of a type's fields and of their arguments, as far as they are there."""
        for name, told in getattr(type_, "fields", {}).items():
            if self._keeps(type_.name, name, told, there):
                yield get_named_type(told.type).name
                yield from (named for one in getattr(told, "args", {}).values() if (named := get_named_type(one.type).name) in there)

    def _shows(self, type_: Any, there: Collection[str]) -> bool:
        """Whether a type has a field left; a node without its id is none."""
        left = {field for field, told in type_.fields.items() if self._keeps(type_.name, field, told, there)}
        return bool(left) and all(set(one.fields) <= left for one in getattr(type_, "interfaces", ()))

    def _keeps(self, type_name: str, field: str, told: Any, there: Collection[str]) -> bool:
        return get_named_type(told.type).name in there and (is_structure(type_name) or f"{type_name}.{field}" in self.seen)

    def _root(self, type_: Any) -> Any:
        return self._type(type_) if type_ is not None and type_.name in self.there else None

    def _type(self, type_: Any) -> Any:
        """The type as it is here; of its fields those that are seen."""
        if isinstance(type_, GraphQLNonNull):
            return GraphQLNonNull(self._type(type_.of_type))
        if isinstance(type_, GraphQLList):
            return GraphQLList(self._type(type_.of_type))
        if is_specified_scalar_type(type_):
            return type_
        if type_.name not in self.made:
            self.made[type_.name] = self._made(type_)
        return self.made[type_.name]

    def _made(self, type_: Any) -> GraphQLNamedType:
        told = type_.to_kwargs()
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            return type(type_)(**{**told, "fields": self._later(type_, self._field), "interfaces": lambda: [self._type(one) for one in type_.interfaces if one.name in self.there]})
        if isinstance(type_, GraphQLInputObjectType):
            return GraphQLInputObjectType(**{**told, "fields": self._later(type_, self._retyped)})
        if isinstance(type_, GraphQLUnionType):
            own = type_.resolve_type  # it compares with the types that it was made for, and answers by name
            resolve = (lambda root, info, _: own(root, info, type_)) if own else None
            return GraphQLUnionType(**{**told, "resolve_type": resolve, "types": lambda: [self._type(one) for one in type_.types if one.name in self.there]})
        named: GraphQLNamedType = type_
        return named

    def _later(self, type_: Any, make: Callable[[Any], Any]) -> Callable[[], dict[str, Any]]:
        return lambda: {name: make(told) for name, told in type_.fields.items() if self._keeps(type_.name, name, told, self.there)}

    def _field(self, field: GraphQLField) -> GraphQLField:
        args = {name: self._retyped(told) for name, told in field.args.items() if get_named_type(told.type).name in self.there}
        return GraphQLField(**{**field.to_kwargs(), "type_": self._type(field.type), "args": args})

    def _retyped(self, told: Any) -> Any:
        return type(told)(**{**told.to_kwargs(), "type_": self._type(told.type)})

"""A request's variables as its operation declares them; the everyday ones are looked at in passing, the rest as the language says."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSchema, ListTypeNode, NonNullTypeNode, OperationDefinitionNode
from graphql.execution.values import get_variable_values

#: What a variable of a plain type may be as it comes; whatever is not so goes the long way, and gets its error there.
PLAIN: dict[str, Any] = {"ID": str, "String": str, "Boolean": bool, "Int": int}


class Variables:
    """Reads the variables of one operation."""

    def __init__(self, types: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self.types, self.definitions = types, operation.variable_definitions or ()
        self.plain: list[tuple[str, Any, bool]] | None = []
        for definition in self.definitions:
            type_ = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
            python = None if isinstance(type_, ListTypeNode) else PLAIN.get(type_.name.value)  # type: ignore[attr-defined]
            if python is None or definition.default_value is not None:
                self.plain = None
                break
            self.plain.append((definition.variable.name.value, python, isinstance(definition.type, NonNullTypeNode)))

    def read(self, given: Mapping[str, Any] | None) -> dict[str, Any] | list[GraphQLError]:
        """The variables, or what is wrong with them."""
        if not self.definitions:
            return {}
        found = self._plain(given or {}) if self.plain is not None else None
        if found is not None:
            return found
        told = get_variable_values(self.types, self.definitions, dict(given or {}), max_errors=5)
        return told if isinstance(told, list) else told.coerced

    def _plain(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        for name, python, needed in self.plain or ():
            if name in given:
                value = given[name]
                if type(value) is not python and (needed or value is not None):
                    return None
                if python is int and value is not None and not -(2**31) <= value < 2**31:
                    return None
                found[name] = value
            elif needed:
                return None
        return found

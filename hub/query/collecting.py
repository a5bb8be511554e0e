"""Which fields a selection has: fragments followed, @skip and @include decided, the same response name merged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

from hub.query.asking import Asker, Constant, FromVariable
from hub.query.reading import BadInput

Fields = dict[str, list[FieldNode]]


def decided(told: object) -> bool:
    """What @skip or @include says; BadInput where a variable is null."""
    if not isinstance(told, bool):
        raise BadInput("the condition of a directive must not be null")
    return told


@dataclass(frozen=True)
class Collector:
    """Collects fields for one operation; the type of every object is known when its statement is made."""

    graph: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    asker: Asker

    def fields(self, type_: GraphQLObjectType, selections: Iterable[SelectionSetNode]) -> Fields:
        """Response name -> the field nodes that are merged under it, in the order of first appearance."""
        found: Fields = {}
        seen: set[str] = set()
        for selection in selections:
            self._collect(type_, selection, found, seen)
        return found

    def _collect(self, type_: GraphQLObjectType, selections: SelectionSetNode, found: Fields, seen: set[str]) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name not in seen:
                    seen.add(name)
                    self._fragment(type_, self.fragments[name], found, seen)
            else:
                self._fragment(type_, node, found, seen)

    def _fragment(self, type_: GraphQLObjectType, fragment: object, found: Fields, seen: set[str]) -> None:
        condition = getattr(fragment, "type_condition", None)
        if condition is None or self._fits(type_, condition.name.value):
            self._collect(type_, fragment.selection_set, found, seen)  # type: ignore[attr-defined]

    def _fits(self, type_: GraphQLObjectType, name: str) -> bool:
        wanted = self.graph.type_map[name]
        return wanted is type_ or (is_abstract_type(wanted) and self.graph.is_sub_type(wanted, type_))

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            told = directive.arguments[0].value if directive.arguments else None
            if directive.name.value in ("skip", "include") and told is not None:
                source = (
                    FromVariable((told.name.value,)) if isinstance(told, VariableNode) else Constant(isinstance(told, BooleanValueNode) and told.value)
                )
                if self.asker.answer(source, decided) is (directive.name.value == "skip"):
                    return False
        return True

"""What an operation may cost, told by the sizes of its pages before anything is read: the rows that its answer may have."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from hub.query.limits import MANY
from hub.query.paging import USUAL_PAGE

USUAL_LIST = 3  # rows of an edge that has no pages
COUNT = 10  # a totalCount


def cost_of(graph: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
    """The cost of an operation with these variables."""
    return _Cost(graph, fragments, variables).selection(graph.query_type, operation.selection_set, 1)


class _Cost:
    def __init__(self, graph: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self.graph, self.fragments, self.variables = graph, fragments, variables
        self.known: dict[tuple[str, int], int] = {}

    def selection(self, type_: Any, selections: SelectionSetNode, page: int) -> int:
        """The rows below a selection; ``page`` is the size of the connection that it is a selection of."""
        cost = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                cost += self._field(type_, node, page)
            elif isinstance(node, FragmentSpreadNode):
                cost += self._fragment(node.name.value, page)
            else:
                condition = node.type_condition  # type: ignore[attr-defined]
                inner = self.graph.type_map[condition.name.value] if condition else type_
                cost += self.selection(inner, node.selection_set, page)  # type: ignore[attr-defined]
        return min(cost, MANY)

    def _fragment(self, name: str, page: int) -> int:
        if (name, page) not in self.known:
            fragment = self.fragments[name]
            self.known[name, page] = self.selection(self.graph.type_map[fragment.type_condition.name.value], fragment.selection_set, page)
        return self.known[name, page]

    def _field(self, type_: Any, node: FieldNode, page: int) -> int:
        name = node.name.value
        field = getattr(type_, "fields", {}).get(name)
        if field is None or name.startswith("__"):
            return 0
        target = get_named_type(field.type)
        if is_leaf_type(target) or node.selection_set is None:
            return COUNT if name == "totalCount" else 0
        times = 1
        if type_.name.endswith("Connection") and name in ("nodes", "edges"):
            times = page
        elif is_list_type(field.type.of_type if is_non_null_type(field.type) else field.type):
            times = USUAL_LIST
        return times * (1 + self.selection(target, node.selection_set, self._page(node)))

    def _page(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                told = self._value(argument.value)
                if told is not None:
                    return max(0, min(told, MANY))
        return USUAL_PAGE

    def _value(self, node: Any) -> int | None:
        if isinstance(node, IntValueNode):
            return int(node.value)
        if isinstance(node, VariableNode):
            told = self.variables.get(node.name.value)
            return told if isinstance(told, int) else None
        return None

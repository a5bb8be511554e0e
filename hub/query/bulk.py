"""A whole list instead of a page of it: the same declarations, one JSON text a row, for exports that stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLObjectType, OperationDefinitionNode, get_named_type, is_leaf_type, is_list_type, is_non_null_type
from sqlalchemy import select

from hub.query.asking import Asker, arguments
from hub.query.compiling import Compiler, Graph
from hub.query.documents import Document
from hub.query.plans import Plan, written
from hub.query.policy import Policy
from hub.query.reading import BadInput, Listed

Path = tuple[str, ...]


@dataclass(frozen=True)
class Bulk:
    """A plan whose every row is one object, and the paths of its cells in the order of the document."""

    plan: Plan
    cells: tuple[Path, ...]


def bulk(graph: Graph, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any], policy: Policy, *, marks: bool = False) -> Bulk:
    """The plan of an operation that asks one list for its nodes; BadInput where it asks something else. With marks its rows say whom they are about."""
    asker = Asker(variables)
    assert document.parsed is not None
    compiler = Compiler(graph, document.parsed, asker, policy, marks=marks)
    told, args, type_, fields = _one_list(compiler, operation)
    if any(args.given(name) for name in ("first", "last", "after", "before")):
        raise BadInput("an export is the whole list: leave out first, last, after and before")
    node, nodes = _nodes(compiler, type_, fields)
    text = compiler.object(compiler.here.at(node.name, told.source.c), node, nodes)
    statement = select(text.label("answer")).select_from(told.source).where(*told.where).order_by(*told.keys)
    return Bulk(written(statement, asker), tuple(_cells(compiler, node, nodes)))


def _one_list(compiler: Compiler, operation: OperationDefinitionNode) -> tuple[Listed, Any, GraphQLObjectType, list[FieldNode]]:
    root = compiler.graph.types.query_type
    assert root is not None
    chosen = compiler.collector.fields(root, [operation.selection_set])
    if operation.operation.value != "query" or len(chosen) != 1:
        raise BadInput("an export is one list: the document must ask one field")
    [fields] = chosen.values()
    definition = root.fields.get(fields[0].name.value)
    if definition is None:
        raise BadInput("an export is one list: ask a field that ends in a connection")
    args = arguments(compiler.asker, {one.name.value: one.value for one in fields[0].arguments or ()}, definition.args)
    told = compiler.declared(root, fields[0].name.value, definition, args)
    target = get_named_type(definition.type)
    if not isinstance(told, Listed) or not isinstance(target, GraphQLObjectType):
        raise BadInput("an export is one list: ask a field that ends in a connection")
    return told, args, target, fields


def _nodes(compiler: Compiler, type_: GraphQLObjectType, fields: list[FieldNode]) -> tuple[GraphQLObjectType, list[FieldNode]]:
    chosen = compiler.collector.fields(type_, [field.selection_set for field in fields if field.selection_set])
    if len(chosen) != 1 or next(iter(chosen.values()))[0].name.value != "nodes":
        raise BadInput("an export asks of its list the nodes, and nothing else")
    [nodes] = chosen.values()
    node = get_named_type(type_.fields["nodes"].type)
    assert isinstance(node, GraphQLObjectType)
    return node, nodes


def _cells(compiler: Compiler, type_: GraphQLObjectType, nodes: list[FieldNode]) -> list[Path]:
    """One cell a leaf; an object's leaves beside one another; a list within the list is one cell."""
    found: list[Path] = []
    for name, fields in compiler.collector.fields(type_, [node.selection_set for node in nodes if node.selection_set]).items():
        definition = type_.fields.get(fields[0].name.value)
        target = get_named_type(definition.type) if definition else None
        if definition is None or target is None or is_leaf_type(target) or _is_list(definition.type) or not isinstance(target, GraphQLObjectType) or target.name.endswith("Connection"):
            found.append((name,))
        else:
            found += [(name, *path) for path in _cells(compiler, target, fields)]
    return found


def _is_list(type_: Any) -> bool:
    return bool(is_list_type(type_.of_type if is_non_null_type(type_) else type_))

"""The declarations of the graph as ``hub.query`` takes them: which column a field shows, or how it is read."""

from copy import copy
from functools import lru_cache

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.extensions import DisableValidation

from hub.query.compiling import Graph
from hub.query.policy import Policy
from hub.query.pruning import pruned
from hub.query.reading import Read
from schema.api import Api, api


def declared() -> Graph:
    """Every field of the graph with its declaration; one that has none shows the column of its own name."""
    types: GraphQLSchema = api._schema
    reads: dict[tuple[str, str], Read] = {}
    columns: dict[tuple[str, str], str] = {}
    for type_ in types.type_map.values():
        if not isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)) or type_.name.startswith("__"):
            continue
        for name, field in type_.fields.items():
            told = field.extensions["strawberry-definition"]
            if "read" in told.metadata:
                reads[type_.name, name] = told.metadata["read"]
            else:
                columns[type_.name, name] = told.metadata.get("column", told.python_name)
    return Graph(types, reads, columns)


graph = declared()


@lru_cache(40)  # as many as the server keeps classes of rights
def _of(fields: frozenset[str]) -> GraphQLSchema:
    """The graph over some fields, made once for both roads."""
    return pruned(graph.types, fields)


def seen_by(policy: Policy) -> Graph:
    """The graph of a class of rights: the same declarations over the fields that it sees."""
    return Graph(_of(policy.allowed.fields), graph.reads, graph.columns)


def api_of(policy: Policy) -> Api:
    """The resolvers over the same fields; they take no document that ``Documents`` of these fields has not validated."""
    seen = copy(api)
    seen.extensions = (*api.extensions, DisableValidation)
    seen._schema = _of(policy.allowed.fields)
    seen._schema._strawberry_schema = seen  # as Strawberry itself does where it sorts a graph
    return seen

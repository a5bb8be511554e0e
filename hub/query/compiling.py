"""From an operation to its statement: every selection a piece of JSON text, every edge a sub-select, every list a page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
)
from sqlalchemy import BigInteger, ColumnElement, Date, Integer, Select, Text, cast, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from hub.query.asking import Asked, Asker, FromVariable, arguments
from hub.query.collecting import Collector
from hub.query.json_text import NULL, Part, constant, joined, leaf
from hub.query.judging import END as HOLE_ENDS
from hub.query.judging import HOLE, Judgements, Shape
from hub.query.paging import MAX_PAGE, Pager, Used
from hub.query.policy import SETTINGS, Policy
from hub.query.reading import Judged, Listed, Place, Read, Rows, Value, as_it_is
from hub.query.scalar import joined_for, within
from hub.storage import tables

#: What a request brings besides its variables, under names that no variable can have.
TODAY, DIVISION = FromVariable(("@today",)), FromVariable(("@division",))
MARK, END = 1, 2  # characters that stand in no JSON text: between them the statement tells whom a piece of the answer is about


#: Objects whose own id is a person's.
OF_A_PERSON = ("Person", "ChildPlan")
#: Objects that hold people's data without a person of their own beside them.
ABOUT_A_ROW = ("Record", "Mention")


class SecondRoad(Exception):
    """What is asked is no part of one statement; the resolvers answer it."""


@dataclass(frozen=True)
class Graph:
    """The declarations that ``schema`` hands over: the types, and how each field that is no column of its row is read."""

    types: GraphQLSchema
    reads: Mapping[tuple[str, str], Read]
    columns: Mapping[tuple[str, str], str]  # (type, field) -> the column that a plain field shows


class Compiler:
    """Compiles one operation under one policy; what it asks of the variables is remembered by the asker."""

    def __init__(self, graph: Graph, document: DocumentNode, asker: Asker, policy: Policy, most: int = MAX_PAGE, *, marks: bool = True) -> None:
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self.graph, self.asker, self.policy, self.most, self.marks = graph, asker, policy, most, marks
        self.collector = Collector(graph.types, fragments, asker)
        self.publications: list[Value] = []
        self.pages = 0
        self.judgements = Judgements()
        self.judged_at: Place | None = None

    def statement(self, operation: OperationDefinitionNode) -> Select[Any]:
        """The statement: the answer as bytes, and whether a publication that was asked for is not there.

        The frame sets what row security asks of the viewer for this statement's own transaction before anything is read: row security
        holds, one round trip is enough, and nothing of it is left on the connection.
        """
        root = self.graph.types.query_type
        if operation.operation.value != "query" or root is None:
            raise SecondRoad
        answer = self.object(self._root(), root, [operation])
        told_of = [func.set_config(f"hub.{name}", self._request(FromVariable((f"@{name}",)), Text), True) for name in SETTINGS]
        frame = select(joined(list(told_of)).label("told"))
        framed = frame.offset(0).subquery("frame")
        refused = or_(false(), *(self._unknown(known) for known in self.publications))
        told = joined(['{"data":', answer, "}"])
        found = select(func.convert_to(told, "UTF8").label("answer"), refused.label("refused")).where(framed.c.told.is_not(None))
        beside = [cast(by.beside(replace(self._root(), known=known, on=on)), Text) for by, known, on in self.judgements.slots]
        return found.add_columns(array(beside).label("beside")) if beside else found

    def object(self, place: Place, type_: GraphQLObjectType, nodes: list[Any]) -> Value:
        """A selection at a place, as the text of a JSON object."""
        parts: list[Part] = ["{"]
        for name, fields in self.collector.fields(type_, [node.selection_set for node in nodes]).items():
            parts += [f'"{name}":' if parts == ["{"] else f',"{name}":', self.field(place, type_, fields)]
        return joined([*self._about(place, type_.name), *parts, "}"])

    def field(self, place: Place, type_: GraphQLObjectType, fields: list[FieldNode]) -> Part:
        """One field of a row, whatever it leads to."""
        name = fields[0].name.value
        if name == "__typename":
            return f'"{type_.name}"'
        if name.startswith("__"):
            raise SecondRoad
        definition = type_.fields[name]
        args = arguments(self.asker, {one.name.value: one.value for one in fields[0].arguments or ()}, definition.args)
        if "asKnownAt" in definition.args:
            place = self._scoped(place, args)
        told = self._read(place, type_, name, args)
        if isinstance(told, (Rows, Listed)):
            named = getattr(told, "type_name", None) or get_named_type(definition.type).name
            if named not in self.graph.types.type_map:  # a kind of node that these rights do not have: there is none
                return NULL
            target = self.graph.types.type_map[named]
            assert isinstance(target, GraphQLObjectType)
            return Pager(self, place, told, args).text(target, fields) if isinstance(told, Listed) else self.rows(place, told, target, fields)
        if isinstance(told, Judged):
            return self.judged(place, told, self._shape(get_named_type(definition.type), fields))
        return NULL if told is None else leaf(told)

    def judged(self, place: Place, told: Judged, shape: Shape | None) -> Part:
        """A field that rules make afterwards: its place, behind what they are told of the object unless that was written just before."""
        hole = self.judgements.hole(told.attribute, shape)
        if self.judged_at is place:
            return hole
        self.judged_at = place
        return joined([f"{HOLE}{self.judgements.slot(told.by, place)}:", cast(told.by.inputs(place), Text), f"{HOLE_ENDS}{hole}"])

    def _shape(self, type_: Any, fields: list[FieldNode]) -> Shape | None:
        if not isinstance(type_, GraphQLObjectType):
            return None
        asked = self.collector.fields(type_, [field.selection_set for field in fields if field.selection_set])
        return Shape(type_.name, tuple((name, *self._asked(type_, nodes)) for name, nodes in asked.items()))

    def _asked(self, type_: GraphQLObjectType, fields: list[FieldNode]) -> tuple[str, Shape | None]:
        name = fields[0].name.value
        if name == "__typename":
            return "", None
        return self.graph.columns[type_.name, name], self._shape(get_named_type(type_.fields[name].type), fields)

    def _about(self, place: Place, type_name: str) -> list[Part]:
        """Whom an object is about, for the audit; what hangs on a person that is told already is not told again."""
        of = "id" if type_name in (*OF_A_PERSON, *ABOUT_A_ROW) else "person"
        if not self.marks or of not in place.columns or place.told_of:
            return []
        kind = [literal(f"{type_name}/")] if type_name in ABOUT_A_ROW else []
        whom = func.coalesce(cast(place.columns[of], Text), "", type_=Text)
        return [func.chr(MARK, type_=Text), *kind, whom, func.chr(END, type_=Text)]

    def rows(self, place: Place, told: Rows, type_: GraphQLObjectType, fields: list[FieldNode]) -> Part:
        """The rows of an edge as a JSON array, or the one row as an object."""
        if told.source is None:
            return "[]" if told.many else NULL
        columns = told.columns if told.columns is not None else told.source.c
        hangs_on_person = place.type_name == "Person" and told.edge is not None and getattr(told.edge[0], "name", "") == "person"
        text = self.object(replace(place.at(type_.name, columns), told_of=hangs_on_person), type_, fields)
        source, own = joined_for(told.source, told.joins, text)
        if told.many and told.edge and isinstance(place.columns, Used) and place.columns.is_large:
            return place.columns.add_set(told, text, source)
        if told.many:
            listed = func.string_agg(text, aggregate_order_by(literal(","), *told.order) if told.order else literal(","), type_=Text)
            found = select(func.coalesce(literal("[").concat(listed).concat("]"), "[]"))
            return within(found.select_from(source).where(*told.where), *own)
        found = select(text).select_from(source).where(*told.where).order_by(*told.order).limit(1)
        return func.coalesce(within(found, *own), constant(NULL), type_=Text)

    def declared(self, type_: GraphQLObjectType, name: str, definition: GraphQLField, args: Asked) -> Value | Rows | Listed | Judged | None:
        """What a root field's declaration says, at the point in time that its arguments give; `here` is that place afterwards."""
        self.here = self._scoped(self._root(), args) if "asKnownAt" in definition.args else self._root()
        return self._read(self.here, type_, name, args)

    def name_page(self) -> str:
        """A name for the next page in the statement."""
        self.pages += 1
        return f"page_{self.pages}"

    def _read(self, place: Place, type_: GraphQLObjectType, name: str, args: Asked) -> Value | Rows | Listed | Judged | None:
        read = self.graph.reads.get((type_.name, name))
        if read is not None:
            return read(place, args)
        column = self.graph.columns.get((type_.name, name), "")
        if column not in place.columns:
            raise SecondRoad
        return place.columns[column]

    def _root(self) -> Place:
        return Place(self._request(DIVISION, Integer), self._request(TODAY, Date), None, self.policy)

    def _scoped(self, place: Place, args: Asked) -> Place:
        """The point in time of a root field: its day, else that of the publication it asks for, else today."""
        on = args.sql("on", Date) if args.given("on") else None
        if not args.given("asKnownAt"):
            return replace(place, on=place.on if on is None else on)
        known = args.sql("asKnownAt", BigInteger)
        self.publications.append(known)
        if on is None:
            p = tables.publication.alias()
            on = select(p.c.business_date).where(p.c.division == place.division, p.c.no == known).scalar_subquery()
        return replace(place, known=self.policy.known_to(place.division, known), on=on)

    def _unknown(self, known: Value) -> ColumnElement[bool]:
        p = tables.publication.alias()
        return ~select(p.c.no).where(p.c.division == self._request(DIVISION, Integer), p.c.no == known).exists()

    def _request(self, source: FromVariable, type_: Any) -> Value:
        return self.asker.parameter(source, type_, as_it_is)

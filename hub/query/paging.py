"""A connection in SQL: the page found by its keys first, its nodes written after, its count only where it is asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLObjectType, get_named_type
from sqlalchemy import (
    CTE,
    FromClause,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hub.query.cursors import cursor_in_sql, read_cursor
from hub.query.json_text import Part, joined, leaf
from hub.query.reading import Args, BadInput, Listed, Place, Rows, Value
from hub.query.scalar import within

if TYPE_CHECKING:
    from hub.query.compiling import Compiler

MAX_PAGE = 100
USUAL_PAGE = 50
LARGE_PAGE = 200  # from here on, lists of its rows are read once for all of them


@cache
def page_size(most: int) -> Callable[[int | None], int]:
    """How many rows a page has; BadInput where it is more than a page may have, or less than none."""

    def read(size: int | None) -> int:
        told = USUAL_PAGE if size is None else size
        if not 0 <= told <= most:
            raise BadInput(f"first and last are from 0 to {most}")
        return told

    return read


class Page:
    """What a connection asks for: a size that the statement has, a direction, and where to begin."""

    def __init__(self, args: Args, most: int = MAX_PAGE) -> None:
        self.args = args
        self.backwards = args.given("last")
        if self.backwards and args.given("first"):
            raise BadInput("first and last cannot both be given")
        self.size: int = args.choice("last" if self.backwards else "first", page_size(most))
        self.after, self.before = args.given("after"), args.given("before")

    def rows(self, listed: Listed, columns: Iterable[str] | None = None) -> Select[Any]:
        """One row more than the page, with its keys as key_0, key_1 …; in the list's order, or from its end."""
        wanted = listed.source.c if columns is None else [listed.source.c[name] for name in columns]
        found = select(*wanted, *(key.label(f"key_{i}") for i, key in enumerate(listed.keys))).where(*listed.where)
        keys = tuple_(*listed.keys)
        if self.after:
            found = found.where(keys > tuple_(*self._cursor("after", listed)))
        if self.before:
            found = found.where(keys < tuple_(*self._cursor("before", listed)))
        order = [key.desc() for key in listed.keys] if self.backwards else list(listed.keys)
        return found.order_by(*order).limit(self.size + 1)

    def cursors(self, listed: Listed) -> None:
        """Ask for the cursors' keys, used or not."""
        for name, is_given in (("after", self.after), ("before", self.before)):
            if is_given:
                self._cursor(name, listed)

    def _cursor(self, name: str, listed: Listed) -> list[Value]:
        return [self.args.sql(name, key.type, Key(listed.order, i, listed.keys)) for i, key in enumerate(listed.keys)]


class Key:
    """Reads one key out of a cursor of a list; two of the same list and place are the same."""

    def __init__(self, order: str, i: int, keys: tuple[Value, ...]) -> None:
        self.order, self.i, self.keys = order, i, keys

    def __call__(self, text: str) -> Any:
        return read_cursor(text, self.order, self.keys)[self.i]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and (self.order, self.i) == (other.order, other.i)

    def __hash__(self) -> int:
        return hash((self.order, self.i))


class Used(Mapping[str, Value]):
    """A page's columns, which notes what is used: only that is selected. They are known by name, since the page is made last."""

    def __init__(self, name: str, types: Mapping[str, Any], *, is_large: bool) -> None:
        self.name, self.types, self.is_large = name, types, is_large
        self.used: dict[str, None] = {}
        self.sets: list[tuple[Subquery, str]] = []  # lists of all the page's rows at once, and the column that they hang on

    def add_set(self, told: Rows, text: Value, source: FromClause) -> Value:
        """A list of every row of a large page at once: its table is read once, not once a row."""
        assert told.edge
        by, own = told.edge
        listed = func.string_agg(text, aggregate_order_by(literal(","), *told.order), type_=Text)
        keys = func.array(select(self[own]).select_from(table(self.name)).scalar_subquery())
        others = [one for one in told.where if not _is_edge(one, by, self.name)]
        found = select(by.label("key"), literal("[").concat(listed).concat("]").label("told")).select_from(source)
        made = found.where(*others, by == any_(keys)).group_by(by).subquery(f"{self.name}_{len(self.sets)}")
        self.sets.append((made, own))
        return func.coalesce(literal_column(f"{made.name}.told", Text), "[]", type_=Text)

    def __getitem__(self, column: str) -> Value:
        told = literal_column(f'{self.name}."{column}"', self.types[column])
        self.used[column] = None
        return told

    def __iter__(self) -> Iterator[str]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)


def _is_edge(condition: Any, by: Value, page: str) -> bool:
    """Whether a condition is the one by which rows hang on a page's row."""
    return getattr(condition, "left", None) is by and str(getattr(condition, "right", "")).startswith(f"{page}.")


class Pager:
    """Writes one connection as JSON."""

    def __init__(self, compiler: "Compiler", place: Place, listed: Listed, args: Args) -> None:
        self.compiler, self.place, self.listed = compiler, place, listed
        self.page = Page(args, compiler.most)
        self.page.cursors(listed)  # read also where only the count is asked for, so that one that cannot be used is told
        keys = {f"key_{i}": key.type for i, key in enumerate(listed.keys)}
        types = {name: column.type for name, column in listed.source.c.items()}
        is_large = self.page.size >= LARGE_PAGE and not place.columns
        self.p = Used(compiler.name_page(), types | keys | {"n": Integer(), "found": Integer()}, is_large=is_large)

    def text(self, type_: GraphQLObjectType, fields: list[FieldNode]) -> Part:
        """The connection; without a page where only its count is asked for."""
        parts: list[Part] = ["{"]
        paged = False
        for name, nodes in self._fields(type_, fields).items():
            asked = nodes[0].name.value
            paged = paged or asked not in ("totalCount", "__typename")
            parts += [f'"{name}":' if parts == ["{"] else f',"{name}":', self._field(type_, asked, nodes)]
        told = joined([*parts, "}"])
        # HAVING makes it one row even where nothing that is asked for is an aggregate
        return self._from_page(told) if paged else told

    def _from_page(self, told: Value) -> Value:
        page: FromClause = self._page()
        own = [page]
        for listed, column in self.p.sets:
            page = page.outerjoin(listed, listed.c.key == literal_column(f'{self.p.name}."{column}"', self.p.types[column]))
            own.append(listed)
        return within(select(told).select_from(page).having(func.count() >= 0), *own)

    def _page(self) -> Subquery | CTE:
        """The page itself, when it is known which columns are used: found by its keys, then numbered."""
        columns = [name for name in self.p.used if name in self.listed.source.c]
        found = self.page.rows(self.listed, columns).correlate_except(self.listed.source).subquery()
        order = [found.c[f"key_{i}"].desc() if self.page.backwards else found.c[f"key_{i}"] for i in range(len(self.listed.keys))]
        numbered = select(found, func.row_number().over(order_by=order).label("n"), func.count().over().label("found"))
        # A large page is read several times. A materialised CTE is for one machine: it would not be spread over many.
        return numbered.cte(self.p.name).prefix_with("MATERIALIZED") if self.p.sets else numbered.subquery(self.p.name)

    def _field(self, type_: GraphQLObjectType, asked: str, nodes: list[FieldNode]) -> Part:
        if asked == "__typename":
            return f'"{type_.name}"'
        if asked == "totalCount":
            return leaf(within(select(func.count()).select_from(self.listed.source).where(*self.listed.where), self.listed.source))
        target = get_named_type(type_.fields[asked].type)
        assert isinstance(target, GraphQLObjectType)
        if asked == "pageInfo":
            return self.compiler.object(self.place.at("PageInfo", self._page_info()), target, nodes)
        return self._all(self._node(target, nodes) if asked == "nodes" else self._edge(target, nodes))

    def _edge(self, type_: GraphQLObjectType, fields: list[FieldNode]) -> Value:
        parts: list[Part] = ["{"]
        for name, nodes in self._fields(type_, fields).items():
            told: Part
            match nodes[0].name.value:
                case "__typename":
                    told = f'"{type_.name}"'
                case "cursor":
                    told = leaf(self._cursor())
                case _:
                    target = get_named_type(type_.fields["node"].type)
                    assert isinstance(target, GraphQLObjectType)
                    told = self._node(target, nodes)
            parts += [f'"{name}":' if parts == ["{"] else f',"{name}":', told]
        return joined([*parts, "}"])

    def _node(self, type_: GraphQLObjectType, fields: list[FieldNode]) -> Value:
        return self.compiler.object(self.place.at(type_.name, self.p), type_, fields)

    def _all(self, text: Value) -> Value:
        order = self.p["n"].desc() if self.page.backwards else self.p["n"]
        listed = func.string_agg(text, aggregate_order_by(literal(","), order), type_=Text).filter(self.p["n"] <= self.page.size)
        return func.coalesce(literal("[").concat(listed).concat("]"), "[]", type_=Text)

    def _page_info(self) -> dict[str, Value]:
        p, page = self.p, self.page
        more = func.coalesce(func.max(p["found"]) > page.size, false())
        first, last = p["n"] == 1, p["n"] == func.least(p["found"], page.size)
        start, end = (last, first) if page.backwards else (first, last)
        within_page = p["n"] <= page.size
        return {
            "has_next_page": literal(page.before) if page.backwards else more,
            "has_previous_page": more if page.backwards else literal(page.after),
            "start_cursor": func.max(self._cursor(), type_=Text).filter(and_(start, within_page)),
            "end_cursor": func.max(self._cursor(), type_=Text).filter(and_(end, within_page)),
        }

    def _cursor(self) -> Value:
        return cursor_in_sql(self.listed.order, [self.p[f"key_{i}"] for i in range(len(self.listed.keys))])

    def _fields(self, type_: GraphQLObjectType, fields: list[FieldNode]) -> dict[str, list[FieldNode]]:
        return self.compiler.collector.fields(type_, [field.selection_set for field in fields if field.selection_set])

"""Plans: statements that are ready to run, with how each of their parameters is read from a request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import orjson
from graphql import DocumentNode, OperationDefinitionNode
from sqlalchemy import Select, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import asyncpg as postgresql

from hub.query.asking import PREFIX, Asker, FromVariable, Source
from hub.query.compiling import Compiler, Graph, SecondRoad
from hub.query.judging import Judgements
from hub.query.policy import Policy
from hub.query.reading import BadInput, Convert, as_it_is

OBJECTS = 8  # a plan's questions and parameters weigh about so many times its statement; measured with tracemalloc


@dataclass(frozen=True)
class Plan:
    """A statement and how each of its parameters is read; ``sql`` is None where the resolvers must answer."""

    sql: str | None
    reads: tuple[tuple[Source, Convert], ...] = ()
    checks: tuple[tuple[Source, Convert], ...] = ()  # of arguments that the statement had no use for
    judgements: Judgements | None = None  # what rules in Python add to its answers

    def parameters(self, variables: Mapping[str, Any]) -> list[Any]:
        """The statement's parameters; BadInput where a value cannot be used."""
        for source, convert in self.checks:
            convert(source.read(variables))
        return [variables.get(name) if convert is None else convert(source.read(variables)) for name, source, convert in self._reads]

    @cached_property
    def _reads(self) -> tuple[tuple[str, Source, Convert | None], ...]:
        """The same; a variable that is taken as it is, by its name alone."""
        return tuple((_plain(source), source, None if _plain(source) and convert is as_it_is else convert) for source, convert in self.reads)

    def answer(self, row: Any) -> bytes:
        """The answer in the statement's row, with its marks."""
        told: bytes = row["answer"]
        return self.judgements.fill(told, row["beside"]) if self.judgements else told

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return 1000 + OBJECTS * len(self.sql or "")


def _plain(source: Source) -> str:
    """The name of the variable that a value simply is."""
    return source.path[0] if isinstance(source, FromVariable) and len(source.path) == 1 and source.default is None else ""


SECOND_ROAD = Plan(None)


class _Compiler(postgresql.PGCompiler_asyncpg):
    """Writes out every literal of a declaration, so that PostgreSQL plans with it; only what is asked is a parameter."""

    def visit_bindparam(self, bindparam: Any, *args: Any, **kw: Any) -> Any:
        kw["literal_binds"] = not bindparam.key.startswith(PREFIX)
        return super().visit_bindparam(bindparam, *args, **kw)  # type: ignore[no-untyped-call]

    def render_literal_value(self, value: Any, type_: Any) -> Any:
        if isinstance(type_, JSONB):
            return self.render_literal_value(orjson.dumps(value).decode(), Text()) + "::jsonb"
        return super().render_literal_value(value, type_)  # type: ignore[no-untyped-call]


DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
DIALECT.statement_compiler = _Compiler


def compile_plan(graph: Graph, document: DocumentNode, operation: OperationDefinitionNode, asker: Asker, policy: Policy, most: int) -> Plan:
    """The plan of an operation for variables that answer as these do."""
    try:
        compiler = Compiler(graph, document, asker, policy, most)
        plan = written(compiler.statement(operation), asker)
    except (SecondRoad, BadInput):
        return SECOND_ROAD
    return replace(plan, judgements=compiler.judgements) if compiler.judgements.holes else plan


def written(statement: Select[Any], asker: Asker) -> Plan:
    """A statement as PostgreSQL takes it, and its parameters in order."""
    compiled = statement.compile(dialect=DIALECT)
    reads = {name: (source, convert) for name, source, convert in asker.reads()}
    used = compiled.positiontup or []
    return Plan(str(compiled), tuple(reads[name] for name in used), tuple(read for name, read in reads.items() if name not in used))

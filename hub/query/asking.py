"""Which statement an operation needs: the questions that compiling asks of the variables, and the plan their answers lead to.

Compiling asks as little as it can – whether ``$after`` is there, what ``$orderBy`` says – and every question is remembered.
Two requests whose variables answer alike share a plan; all else in the variables is a parameter of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLArgument, GraphQLInputObjectType, ObjectValueNode, ValueNode, VariableNode, get_named_type, is_non_null_type
from graphql.utilities import coerce_input_literal
from sqlalchemy import BindParameter, bindparam
from sqlalchemy.types import TypeEngine

from hub.query.reading import Args, BadInput, Convert, Value, as_it_is

Variables = Mapping[str, Any]
PREFIX = "asked_"  # of parameters; every other literal in a statement is written out


@dataclass(frozen=True)
class Constant:
    """A value that stands in the document."""

    value: Any

    def read(self, variables: Variables) -> Any:
        return self.value


@dataclass(frozen=True)
class FromVariable:
    """A value that comes with the request: a variable, or a field of one."""

    path: tuple[str, ...]
    default: Any = None

    def read(self, variables: Variables) -> Any:
        found = variables.get(self.path[0], self.default)
        for name in self.path[1:]:
            found = found.get(name) if found else None
        return found


Source = Constant | FromVariable
NOTHING = Constant(None)
Question = tuple[Source, Convert]


def is_given(value: Any) -> bool:
    """Whether a value is there."""
    return value is not None


def not_null(value: Any) -> bool:
    """BadInput where there is no value: a nullable variable with a default may still be null."""
    if value is None:
        raise BadInput("this must not be null")
    return True


@dataclass
class Asker:
    """The questions of one compilation with the answers they had, and the parameters of the statement it makes."""

    variables: Variables
    questions: list[tuple[Question, Any]] = field(default_factory=list)
    parameters: dict[tuple[Any, ...], BindParameter[Any]] = field(default_factory=dict)

    def answer(self, source: Source, of: Convert) -> Any:
        """What a value says to a question; remembered where it comes with the request."""
        try:
            told = of(source.read(self.variables))
        except BadInput:
            self.questions.append(((source, of), BadInput))
            raise
        if isinstance(source, FromVariable):
            self.questions.append(((source, of), told))
        return told

    def parameter(self, source: Source, type_: Any, convert: Convert) -> Value:
        """The parameter that carries a value, the same one wherever that value is meant."""
        value = source.value if isinstance(source, Constant) else source
        key = (type(value), value, str(type_), convert)
        if key not in self.parameters:
            self.parameters[key] = bindparam(f"{PREFIX}{len(self.parameters)}", type_=type_)
        return self.parameters[key]

    def reads(self) -> list[tuple[str, Source, Convert]]:
        """How each parameter is read from a request's variables."""
        return [
            (parameter.key, value if isinstance(value, FromVariable) else Constant(value), convert)
            for (_, value, _, convert), parameter in self.parameters.items()
        ]


@dataclass(frozen=True)
class Asked:
    """A field's arguments as the document has them."""

    asker: Asker
    sources: Mapping[str, Any]  # name -> Source, or a mapping for an input object written out in the document

    def given(self, name: str) -> bool:
        found = self.sources.get(name, NOTHING)
        return True if isinstance(found, dict) else bool(self.asker.answer(found, is_given))

    def choice(self, name: str, of: Convert = as_it_is) -> Any:
        return self.asker.answer(self.sources.get(name, NOTHING), of)

    def sql(self, name: str, type_: type[TypeEngine[Any]] | TypeEngine[Any], convert: Convert = as_it_is) -> Value:
        return self.asker.parameter(self.sources.get(name, NOTHING), type_, convert)

    def inside(self, name: str) -> Args:
        found = self.sources.get(name, NOTHING)
        if isinstance(found, dict):
            return Asked(self.asker, found)
        if isinstance(found, Constant):
            return Asked(self.asker, {key: Constant(value) for key, value in (found.value or {}).items()})
        return Asked(self.asker, _Fields(found))


class _Fields(dict[str, Any]):
    """The fields of an input object that is a variable: each a path into it."""

    def __init__(self, source: FromVariable) -> None:
        super().__init__()
        self.source = source

    def get(self, name: str, default: Any = None) -> Any:
        return FromVariable((*self.source.path, name))


def arguments(asker: Asker, nodes: Mapping[str, ValueNode], declared: Mapping[str, GraphQLArgument]) -> Asked:
    """A field's arguments; those that the document leaves out are their defaults."""
    sources: dict[str, Any] = {}
    for name, argument in declared.items():
        default = argument.default_value if _is_value(argument.default_value) else None
        sources[name] = _source(nodes[name], argument.type, default) if name in nodes else Constant(default)
        if is_non_null_type(argument.type):
            asker.answer(sources[name], not_null)
    return Asked(asker, sources)


def _source(node: ValueNode, type_: Any, default: Any = None) -> Any:
    if isinstance(node, VariableNode):
        return FromVariable((node.name.value,), default)
    named = get_named_type(type_)
    if isinstance(node, ObjectValueNode) and isinstance(named, GraphQLInputObjectType):
        return {one.name.value: _source(one.value, named.fields[one.name.value].type) for one in node.fields}
    return Constant(coerce_input_literal(node, type_))


def _is_value(value: Any) -> bool:
    return value is not None and type(value).__name__ != "UndefinedType"


@dataclass
class Answers:
    """A tree of questions that ends in plans: the first operation of its kind grows it, later ones walk it."""

    question: Question | None = None
    answers: dict[Any, "Answers"] = field(default_factory=dict)
    plan: Any = None

    def find(self, variables: Variables) -> Any:
        """The plan that these variables lead to; None where they are new."""
        here: Answers | None = self
        while here is not None and here.question is not None:
            source, of = here.question
            here = here.answers.get(_hashable(source, of, variables))
        return here.plan if here is not None else None

    def grow(self, questions: list[tuple[Question, Any]], plan: Any) -> None:
        """Remember the plan under the answers that led to it."""
        here = self
        for question, told in questions:
            here.question = question
            here = here.answers.setdefault(told, Answers())
        here.plan = plan


def _hashable(source: Source, of: Convert, variables: Variables) -> Any:
    try:
        return of(source.read(variables))
    except BadInput:
        return BadInput


Compile = Callable[[Asker], Any]

"""Documents: parsed, measured and validated once each, and remembered with their plans within a bound on memory."""

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    specified_rules,
    validate,
    visit,
)

from hub.query.aiming import Aim, Around
from hub.query.asking import Answers, Asker
from hub.query.compiling import Graph
from hub.query.costs import cost_of
from hub.query.limits import Limits, TooMuch, check
from hub.query.plans import Plan, compile_plan
from hub.query.policy import Policy
from hub.query.pruning import is_structure
from hub.query.trusted import sha256
from hub.query.variables import Variables

MEMORY_LIMIT = 64 * 1024 * 1024
MOST_PLACES = 100
OBJECTS = 12  # a parsed document weighs about so many times its text


@dataclass
class Document:
    """A document with what is wrong with it, and the plans of its operations."""

    weight: int
    hash: str = ""  # SHA-256 of its text: the audit has no text, which may hold a name
    errors: list[GraphQLError] = field(default_factory=list)
    operations: dict[str, OperationDefinitionNode] = field(default_factory=dict)
    parsed: DocumentNode | None = None
    plans: dict[tuple[str, str], Answers] = field(default_factory=dict)
    variables: dict[str, Variables] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()  # "Type.field" of everything it names, filters too
    aims: tuple[Aim, ...] = ()  # arguments that may single somebody out

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of that name, or the only one."""
        if name:
            return self.operations.get(name)
        return next(iter(self.operations.values())) if len(self.operations) == 1 else None


class Documents:
    """The documents of a process; those least lately used go first."""

    def __init__(self, graph: Graph, memory: int = MEMORY_LIMIT) -> None:
        self.graph, self.memory, self.weight = graph, memory, 0
        self._known: OrderedDict[tuple[str, Limits], Document] = OrderedDict()
        self._growing = Lock()  # documents are read in a thread of their own

    def known(self, text: str, limits: Limits) -> Document | None:
        """The document of a text that was read before."""
        found = self._known.get((text, limits))
        if found is not None:
            with suppress(KeyError):  # another thread may just have let it go
                self._known.move_to_end((text, limits))
        return found

    def find(self, text: str, limits: Limits) -> Document:
        """The document of a text; TooMuch where it is over a limit, which is found before anything else is done with it."""
        found = self.known(text, limits)
        if found is None:
            found = read(self.graph.types, text, limits)
            if not found.errors:  # who sends nonsense fills no memory
                with self._growing:
                    self._known[text, limits] = found
                    self._grow(found.weight)
        return found

    def plan(self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any], policy: Policy, limits: Limits) -> Plan:
        """The plan of an operation for a class of rights; TooMuch where its pages cost more than it may."""
        name = operation.name.value if operation.name else ""
        answers = document.plans.setdefault((name, policy.rights), Answers())
        plan: Plan | None = answers.find(variables)
        if plan is None:
            plan = self._made(document, operation, variables, policy, limits, answers)
        return plan

    def known_plan(self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any], policy: Policy) -> Plan | None:
        """The plan, if it is there already; to make one takes as long as dozens of answers."""
        answers = document.plans.get((operation.name.value if operation.name else "", policy.rights))
        plan: Plan | None = None if answers is None else answers.find(variables)
        return plan

    def _made(
        self, document: Document, operation: OperationDefinitionNode, variables: Mapping[str, Any], policy: Policy, limits: Limits, answers: Answers
    ) -> Plan:
        assert document.parsed is not None
        fragments = {d.name.value: d for d in document.parsed.definitions if isinstance(d, FragmentDefinitionNode)}
        if operation.operation.value == "query" and cost_of(self.graph.types, fragments, operation, variables) > limits.cost:
            raise TooMuch(f"the operation costs more than {limits.cost}: ask for smaller pages, or for fewer lists within lists")
        asker = Asker(variables)
        plan = compile_plan(self.graph, document.parsed, operation, asker, policy, limits.page)
        with self._growing:
            answers.grow(asker.questions, plan)
            document.weight += plan.weight
            self._grow(plan.weight)
        return plan

    def _grow(self, more: int) -> None:
        self.weight += more
        while self.weight > self.memory and self._known:
            _, gone = self._known.popitem(last=False)
            self.weight -= gone.weight


def read(types: GraphQLSchema, text: str, limits: Limits) -> Document:
    """Parse, measure and validate a text. What the language finds wrong is in the document; TooMuch is raised."""
    try:
        parsed = parse(text, max_tokens=limits.tokens)
        check(parsed, limits)
    except GraphQLSyntaxError as error:
        if "tokens" in error.message and "more than" in error.message:
            raise TooMuch(f"the document has more than {limits.tokens} words") from None
        return Document(1000 + 2 * len(text), errors=[error])
    except RecursionError:
        raise TooMuch(f"the document has more than {limits.depth} levels of fields") from None
    errors = validate(types, parsed, specified_rules, max_errors=5, hide_suggestions=True)
    operations = {d.name.value if d.name else "": d for d in parsed.definitions if isinstance(d, OperationDefinitionNode)}
    variables = {} if errors else {name: Variables(types, operation) for name, operation in operations.items()}
    fields, aims = (frozenset[str](), ()) if errors else named_in(types, parsed)
    return Document(1000 + OBJECTS * len(text), sha256(text), list(errors), operations, parsed, variables=variables, fields=fields, aims=aims)


def named_in(types: GraphQLSchema, document: DocumentNode) -> tuple[frozenset[str], tuple[Aim, ...]]:
    """The fields that a valid document names – those of pages and introspection are left out – and its arguments that may single somebody out.

    TooMuch where fragments with such arguments stand in more places than can be told apart.
    """
    found: set[str] = set()
    aims: list[tuple[str, Aim]] = []  # each with the fragment that it stands in; nothing for an operation
    spreads: list[tuple[str, str, Around]] = []  # within which fragment, which other, and what stands around it there
    info = TypeInfo(types)
    here: list[FieldNode] = []
    fragment = ""

    class Naming(Visitor):
        def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
            nonlocal fragment
            fragment = node.name.value

        def leave_fragment_definition(self, *_: Any) -> None:
            nonlocal fragment
            fragment = ""

        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
            spreads.append((fragment, node.name.value, Around.of(here)))

        def enter_field(self, node: FieldNode, *_: Any) -> None:
            here.append(node)
            parent = info.get_parent_type()
            if parent is not None and not is_structure(parent.name) and not node.name.value.startswith("__"):
                found.add(f"{parent.name}.{node.name.value}")

        def leave_field(self, *_: Any) -> None:
            here.pop()

        def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
            aim = Aim.of(node, info.get_input_type(), get_named_type(info.get_type()), here)
            if aim is not None:
                aims.append((fragment, aim))

        def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
            parent = get_named_type(info.get_parent_input_type())
            if parent is not None:
                found.add(f"{parent.name}.{node.name.value}")

    visit(document, TypeInfoVisitor(info, Naming()))
    places = _places(spreads)
    return frozenset(found), tuple(replace(aim, around=aim.around.within(place)) for name, aim in aims for place in places[name])


def _places(spreads: Sequence[tuple[str, str, Around]]) -> Mapping[str, set[Around]]:
    """What stands around each fragment, wherever it is spread; around an operation stands nothing."""
    places: dict[str, set[Around]] = defaultdict(set, {"": {Around()}})
    grows = True
    while grows:
        grows = False
        for within, name, around in spreads:
            new = {around.within(place) for place in places[within]} - places[name]
            places[name] |= new
            grows |= bool(new)
            if len(places[name]) > MOST_PLACES:
                raise TooMuch(f"a fragment stands in more than {MOST_PLACES} places that differ by division, day or publication")
    return places

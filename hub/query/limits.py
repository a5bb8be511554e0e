"""What a document may ask, found in one pass before anything is read; each fragment is measured once and counted as often as it is spread."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MANY = 10**9  # numbers stop growing here: a chain of fragments may mean 2^1000 fields
REFLECTING = frozenset({"types", "fields", "args", "interfaces", "possibleTypes", "inputFields"})  # lists of introspection: each within another is as many times as long


@dataclass(frozen=True, eq=False)
class Limits:
    """What one document may ask; each set of limits is one object, and a key as such."""

    tokens: int = 2_000
    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    directives: int = 10  # on one field
    variables: int = 100
    fragments: int = 50
    fields: int = 3_000  # with every fragment written out where it is spread
    pairs: int = 2_000  # of fields that come together under one name: validation compares each with each
    cost: int = 5_000
    page: int = 100


AD_HOC = Limits()
#: Documents that the operator has read and registered.
TRUSTED = Limits(tokens=20_000, depth=20, aliases=500, root_fields=100, directives=20, fragments=500, fields=20_000, pairs=20_000, cost=200_000, page=1_000)
#: The standard introspection query needs 15 levels and asks no data.
INTROSPECTION_DEPTH, INTROSPECTION_LISTS = 15, 3
INTROSPECTION_ALIASES = 2  # of an operation that asks for the whole schema: each might have all of it once more


class TooMuch(Exception):
    """The document asks more than it may; the message says of what and how much is allowed."""


@dataclass(frozen=True)
class Size:
    """How big a selection is."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    lists: int = 0  # introspection's lists one within another


NOTHING = Size()


def check(document: DocumentNode, limits: Limits) -> None:
    """TooMuch where an operation of the document is over a limit."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    _within("fragments", len(fragments), limits.fragments)
    measure = _Measure(fragments, limits)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            _check_operation(operation, measure, limits)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            _Merge(fragments, limits).level([definition.selection_set])
    for fragment in fragments.values():  # also those that nobody spreads: validation reads them too
        measure.fragment(fragment.name.value)


def _check_operation(operation: OperationDefinitionNode, measure: "_Measure", limits: Limits) -> None:
    size = measure.selection(operation.selection_set)
    roots = measure.roots(operation.selection_set)
    reflects = roots <= {"__schema", "__type", "__typename"}
    _within("variables", len(operation.variable_definitions or ()), limits.variables)
    _within("fields at the root", len(measure.roots(operation.selection_set, response=True)), limits.root_fields)
    _within("levels of fields", size.depth, max(limits.depth, INTROSPECTION_DEPTH) if reflects else limits.depth)
    _within("aliases", size.aliases, limits.aliases)
    if "__schema" in roots:
        _within("aliases beside __schema", size.aliases, INTROSPECTION_ALIASES)
    _within("directives on one field", max(size.directives, len(operation.directives or ())), limits.directives)
    _within("lists of introspection within one another", size.lists, INTROSPECTION_LISTS)


class _Measure:
    """Measures selections; a fragment that spreads itself is too deep."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self.fragments, self.limits = fragments, limits
        self.known: dict[str, Size] = {}
        self.root_names: dict[tuple[str, bool], frozenset[str]] = {}

    def selection(self, selections: SelectionSetNode | None) -> Size:
        """The measure of a selection set: added up in plain numbers, since there may be thousands of fields beside one another."""
        depth = aliases = directives = lists = 0
        for node in selections.selections if selections else ():
            below = self.fragment(node.name.value) if isinstance(node, FragmentSpreadNode) else self._below(node.selection_set)  # type: ignore[attr-defined]
            own = isinstance(node, FieldNode)
            reflecting = own and node.selection_set is not None and node.name.value in REFLECTING  # type: ignore[attr-defined]
            depth = max(depth, below.depth + own)
            aliases += below.aliases + (own and node.alias is not None)  # type: ignore[attr-defined]
            directives = max(directives, below.directives, len(node.directives or ()))
            lists = max(lists, below.lists + reflecting)
        return Size(min(depth, MANY), min(aliases, MANY), directives, lists)

    def _below(self, selections: SelectionSetNode | None) -> Size:
        return self.selection(selections) if selections else NOTHING

    def fragment(self, name: str) -> Size:
        if name not in self.known:
            self.known[name] = Size(depth=MANY)  # until it is measured: inside itself it has no end
            self.known[name] = self.selection(self.fragments[name].selection_set) if name in self.fragments else Size()
        return self.known[name]

    def roots(self, selections: SelectionSetNode, *, response: bool = False) -> frozenset[str]:
        """The fields that stand at the root, by their own name or by the name in the response."""
        found: set[str] = set()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found.add(node.alias.value if response and node.alias else node.name.value)
            elif isinstance(node, FragmentSpreadNode):
                found |= self._roots_of(node.name.value, response)
            else:
                found |= self.roots(node.selection_set, response=response)  # type: ignore[attr-defined]
        return frozenset(found)

    def _roots_of(self, name: str, response: bool) -> frozenset[str]:
        if (name, response) not in self.root_names:
            self.root_names[name, response] = frozenset()
            if name in self.fragments:
                self.root_names[name, response] = self.roots(self.fragments[name].selection_set, response=response)
        return self.root_names[name, response]


class _Merge:
    """Writes a selection out, name by name, as an answer has it; stops where that becomes too much."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self.fragments, self.limits = fragments, limits
        self.fields = self.pairs = 0

    def level(self, selections: list[SelectionSetNode]) -> None:
        """All selections of one place at once, and then what comes together below each name."""
        found: dict[str, list[SelectionSetNode]] = {}
        met: Counter[str] = Counter()
        for one in selections:
            self._collect(one, found, met)
        self.pairs += sum(count * (count - 1) // 2 for count in met.values())
        _within("fields of one name beside one another", self.pairs, self.limits.pairs)
        for below in found.values():
            self.level(below)

    def _collect(self, selections: SelectionSetNode, found: dict[str, list[SelectionSetNode]], met: Counter[str]) -> None:
        for node in selections.selections:
            self.fields += 1
            _within("fields, with its fragments written out", self.fields, self.limits.fields)
            if isinstance(node, FieldNode):
                name = node.alias.value if node.alias else node.name.value
                met[name] += 1
                if node.selection_set:
                    found.setdefault(name, []).append(node.selection_set)
            else:
                inner = self.fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
                if inner is not None:
                    self._collect(inner.selection_set, found, met)  # type: ignore[union-attr]


def _within(what: str, told: int, limit: int) -> None:
    if told > limit:
        raise TooMuch(f"the document has more than {limit} {what}")
